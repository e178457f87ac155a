/* knowledge_test.h — knowledge in a folder of its own, for the tests of this room. */
#ifndef TOBAN_TESTS_KNOWLEDGE_TEST_H
#define TOBAN_TESTS_KNOWLEDGE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "knowledge/knowledge.h"

#define DAY(n) (1614556800 * WHEN_SEC + (when_t)(n)*WHEN_DAY) /* n days after 2021-03-01T00:00:00Z */

struct kt {
    char dir[64];
    struct knowledge *k;
    struct arena a;
    struct err e;
};

#define ok(t, call)                                                                                          \
    do {                                                                                                     \
        int rc_ = (call);                                                                                    \
        if (rc_ != 0)                                                                                        \
            fail_msg("%s: %d %s", #call, rc_, (t)->e.text);                                                  \
    } while (0)

static inline int setup(void **state)
{
    struct kt *t = mem_zalloc(sizeof(*t));
    snprintf(t->dir, sizeof(t->dir), "/tmp/toban-test-XXXXXX");
    if (!mkdtemp(t->dir) || knowledge_open(&t->k, t->dir, &t->e) != 0)
        return -1;
    *state = t;
    return 0;
}

static inline int teardown(void **state)
{
    struct kt *t = *state;
    char cmd[96];
    knowledge_close(t->k);
    arena_release(&t->a);
    snprintf(cmd, sizeof(cmd), "rm -rf '%s'", t->dir);
    int rc = system(cmd);
    free(t);
    return rc;
}

#define NONE_TIMES .kev = {.added = WHEN_NONE, .due = WHEN_NONE}, .ssvc = {.when = WHEN_NONE}

static inline struct vuln a_vuln(const char *id, const char *source, const char *text, when_t published,
                                 when_t known)
{
    return (struct vuln){.id = str_of(id),
                         .source = str_of(source),
                         .description = str_of(text),
                         .published = published,
                         .modified = known,
                         .known = known,
                         NONE_TIMES};
}

static inline bool put(struct kt *t, const struct vuln *v)
{
    bool changed;
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_vuln(t->k, v, NULL, 0, &changed, &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
    return changed;
}

#define kt_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
