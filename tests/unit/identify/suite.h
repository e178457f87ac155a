/* suite.h — reading published suites in place, for the tests of this folder. */
#ifndef TOBAN_TESTS_IDENTIFY_SUITE_H
#define TOBAN_TESTS_IDENTIFY_SUITE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

/* The file below TOBAN_TEST_DATA; p is NULL (and the reason is printed) when it is absent. */
static inline struct str suite_file(struct arena *a, const char *path)
{
    const char *root = getenv("TOBAN_TEST_DATA");
    FILE *f = root ? fopen(arena_printf(a, "%s/%s", root, path), "rb") : NULL;
    if (!f) {
        printf("# skipped: %s is not there\n", path);
        return (struct str){0};
    }
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = arena_alloc(a, (size_t)n + 1);
    size_t got = fread(p, 1, (size_t)n, f);
    fclose(f);
    p[got] = 0;
    return str_n(p, got);
}

/* The fields of a line of tab-separated values; returns how many. */
static inline size_t suite_fields(struct str line, struct str *field, size_t max)
{
    struct str_split it = str_split_init(line, '\t');
    size_t n = 0;
    for (size_t i = 0; i < max; i++)
        field[i] = (struct str){0};
    while (n < max && str_split_next(&it, &field[n]))
        n++;
    return n;
}

#endif
