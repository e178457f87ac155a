#include "assess/terms/engine.h"

#include <stdlib.h>

struct terms *terms_new(void)
{
    struct terms *t = mem_zalloc(sizeof(*t));
    arena_init(&t->arena);
    return t;
}

void terms_free(struct terms *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->file.n; i++)
        free(t->file.p[i]);
    vec_release(&t->file);
    vec_release(&t->cls);
    vec_release(&t->rule);
    vec_release(&t->test);
    vec_release(&t->key);
    map_release(&t->class_by_name);
    lexicon_free(t->lexicon);
    arena_release(&t->arena);
    free(t);
}

int terms_add_rules(struct terms *t, const char *file, struct str bytes, struct err *e)
{
    if (t->compiled)
        return err_set(e, ERR_INTERNAL, "the rules are compiled already");
    if (bytes.n > LIMIT_FILE_SMALL)
        return err_at(e, ERR_LIMIT, file, 0, "the rule file has %zu bytes; at most %lu are read", bytes.n,
                      (unsigned long)LIMIT_FILE_SMALL);
    if (t->file.n >= 1000)
        return err_at(e, ERR_LIMIT, file, 0, "more than 1000 rule files");
    vec_push(&t->file, mem_dup(file, strlen(file)));
    return rulefile_parse(t, (uint16_t)(t->file.n - 1), bytes, e);
}

struct test_run {
    const struct terms *terms;
    const struct test *test;
    struct arena *arena;
};

/* 1 or 0; -1 when the name is neither a signal nor a rule. */
static int test_outcome(const struct test_run *x, const struct terms_result *res)
{
    const struct test *k = x->test;
    int reading;
    if (str_is(k->name, "exploited"))
        return res->exploited;
    if (str_is(k->name, "urgent"))
        return res->urgent;
    if (reading_by_name(k->name, &reading) && reading < TERMS_SIGNALS)
        return (res->signals >> reading & 1) != 0;
    for (size_t i = 0; i < res->evidence_n; i++)
        if (str_eq(res->evidence[i].rule, k->name))
            return 1;
    for (size_t i = 0; i < x->terms->order_n; i++)
        if (str_eq(x->terms->rule.p[x->terms->order[i]].name, k->name))
            return 0;
    return -1;
}

size_t terms_run_tests(const struct terms *t, void (*failed)(void *ctx, const char *message), void *ctx,
                       size_t *ran)
{
    struct arena a = {0};
    size_t bad = 0;
    for (size_t i = 0; i < t->test.n; i++) {
        const struct test *k = &t->test.p[i];
        struct test_run x = {t, k, &a};
        struct terms_result res;
        struct err e = {0};
        arena_clear(&a);
        int got = terms_judge(t, &(struct terms_input){.text = k->text}, &a, &res, &e);
        if (got == 0)
            got = test_outcome(&x, &res);
        if (got == (k->wanted ? 1 : 0))
            continue;
        bad++;
        if (got < 0 && !e.code)
            err_at(&e, ERR_INPUT, t->file.p[k->file], k->line,
                   "the test names '%.*s', which is neither a signal nor a rule in force", STR_ARG(k->name));
        else if (got >= 0)
            err_at(&e, ERR_INPUT, t->file.p[k->file], k->line,
                   k->wanted ? "the test expects %.*s, but the rules do not find it: %.*s"
                             : "the test expects no %.*s, but the rules find it: %.*s",
                   STR_ARG(k->name),
                   STR_ARG(str_sub(k->text, 0, str_utf8_clip(k->text.p, MIN(k->text.n, 300)))));
        if (failed)
            failed(ctx, e.text);
    }
    arena_release(&a);
    if (ran)
        *ran = t->test.n;
    return bad;
}
