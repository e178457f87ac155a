/* store_test.h — a store in a folder of its own, for the tests of this room. */
#ifndef TOBAN_TESTS_STORE_TEST_H
#define TOBAN_TESTS_STORE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/db.h"

#define DAY(n) (1614556800 * WHEN_SEC + (when_t)(n)*WHEN_DAY) /* n days after 2021-03-01T00:00:00Z */

struct store_test {
    char dir[64], path[96];
    struct db *db;
    struct arena a;
    struct err e;
};

#define assert_ok(rc, t)                                                                                     \
    do {                                                                                                     \
        int rc_ = (rc);                                                                                      \
        if (rc_ != 0)                                                                                        \
            fail_msg("%s: %d %s", #rc, rc_, (t)->e.text);                                                    \
    } while (0)

#define assert_text(s, lit)                                                                                  \
    do {                                                                                                     \
        struct str got_ = (s);                                                                               \
        if (!str_is(got_, (lit)))                                                                            \
            fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got_), (lit));                                 \
    } while (0)

static inline int store_setup(void **state)
{
    struct store_test *t = mem_zalloc(sizeof(*t));
    snprintf(t->dir, sizeof(t->dir), "/tmp/toban-test-XXXXXX");
    if (!mkdtemp(t->dir))
        return -1;
    snprintf(t->path, sizeof(t->path), "%s/toban.db", t->dir);
    if (db_open(&t->db, t->path, &t->e) != 0) {
        print_error("%s\n", t->e.text);
        return -1;
    }
    *state = t;
    return 0;
}

static inline int store_teardown(void **state)
{
    struct store_test *t = *state;
    char cmd[96];
    db_close(t->db);
    arena_release(&t->a);
    snprintf(cmd, sizeof(cmd), "rm -rf '%s'", t->dir);
    int rc = system(cmd);
    free(t);
    return rc;
}

/* What the database file says, past all caches: the first column of the first row, as text. */
static inline const char *store_ask(struct store_test *t, const char *sql)
{
    struct buf b = BUF_INIT(4096);
    assert_ok(db_pragma(t->db, sql, &b, &t->e), t);
    const char *s = arena_strdup(&t->a, buf_cstr(&b));
    buf_release(&b);
    return s;
}

#define store_test(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)

#endif
