#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_sigma.h"

struct parser {
    struct pack *p;
    struct str s, word; /* word: the token at hand, empty at the end */
    size_t i;
    const struct str *name;
    struct cond **cond;
    size_t n;
    unsigned depth;
    struct err *e;
};

static void next(struct parser *p)
{
    while (p->i < p->s.n && strchr(" \t\r\n", p->s.p[p->i]) && p->s.p[p->i])
        p->i++;
    size_t from = p->i;
    if (p->i < p->s.n && strchr("()|", p->s.p[p->i]))
        p->i++;
    else
        while (p->i < p->s.n && !strchr(" \t\r\n()|", p->s.p[p->i]))
            p->i++;
    p->word = str_sub(p->s, from, p->i - from);
}

static struct cond *fail(struct parser *p, const char *what)
{
    if (p->word.n)
        err_set(p->e, ERR_INPUT, "the condition cannot be read at \"%.*s\": %s",
                STR_ARG(str_sub(p->word, 0, 60)), what);
    else
        err_set(p->e, ERR_INPUT, "the condition cannot be read at its end: %s", what);
    return NULL;
}

static struct cond *alternatives(struct parser *p);

/* "1 of selection_*", "all of them": X with '*', or every name that does not begin with '_'. */
static struct cond *quantified(struct parser *p, bool all)
{
    VEC(struct cond *) part = {0};
    next(p);
    if (!str_is_i(p->word, "of"))
        return fail(p, tr("\"of\" is expected"));
    next(p);
    bool them = str_is_i(p->word, "them");
    for (size_t i = 0; i < p->n; i++)
        if (them ? p->name[i].n && p->name[i].p[0] != '_' : pack_regex_glob(p->word, p->name[i], true))
            vec_push(&part, p->cond[i]); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    struct cond *c = part.n ? pack_cond_join(&p->p->a, all ? COND_AND : COND_OR, part.p, part.n) : NULL;
    vec_release(&part);
    if (!c)
        return fail(p, tr("no selection has such a name"));
    next(p);
    return c;
}

static struct cond *primary(struct parser *p)
{
    if (++p->depth > LIMIT_PACK_DEPTH)
        return fail(p, tr("it is nested too deeply"));
    struct cond *c = NULL;
    if (str_is_i(p->word, "not")) {
        next(p);
        c = primary(p);
        p->depth--;
        return c ? pack_cond_not(&p->p->a, c) : NULL;
    }
    if (str_is(p->word, "(")) {
        next(p);
        c = alternatives(p);
        if (c && !str_is(p->word, ")"))
            return fail(p, tr("')' is missing"));
        if (c)
            next(p);
        p->depth--;
        return c;
    }
    p->depth--;
    bool one = str_is(p->word, "1") || str_is_i(p->word, "any"), all = str_is_i(p->word, "all");
    if (one || all)
        return quantified(p, all);
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->name[i], p->word)) {
            next(p);
            return p->cond[i];
        }
    return fail(p, tr("no selection has such a name"));
}

static struct cond *chain(struct parser *p, enum cond_type type)
{
    VEC(struct cond *) part = {0};
    struct cond *c;
    bool more = true;
    while (more) {
        c = type == COND_AND ? primary(p) : chain(p, COND_AND);
        if (!c)
            break;
        vec_push(&part, c); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
        more = str_is_i(p->word, type == COND_AND ? "and" : "or");
        if (more)
            next(p);
    }
    c = more ? NULL : pack_cond_join(&p->p->a, type, part.p, part.n);
    vec_release(&part);
    return c;
}

static struct cond *alternatives(struct parser *p)
{
    return chain(p, COND_OR);
}

struct cond *pack_sigma_condition(struct pack *pack, struct str text, const struct str *name,
                                  struct cond **cond, size_t n, struct err *e)
{
    struct parser p = {.p = pack, .s = text, .name = name, .cond = cond, .n = n, .e = e};
    next(&p);
    struct cond *c = alternatives(&p);
    if (c && str_is(p.word, "|"))
        return fail(&p, tr("aggregations are obsolete; use a correlation rule"));
    if (c && p.word.n)
        return fail(&p, tr("\"and\" or \"or\" is expected"));
    return c;
}
