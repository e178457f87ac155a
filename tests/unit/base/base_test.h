/* base_test.h — what every test of this room includes. */
#ifndef TOBAN_TESTS_BASE_TEST_H
#define TOBAN_TESTS_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base.h"

#define assert_text(s, lit)                                                                                  \
    do {                                                                                                     \
        struct str got_ = (s);                                                                               \
        if (!str_is(got_, (lit)))                                                                            \
            fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got_), (lit));                                 \
    } while (0)

#endif
