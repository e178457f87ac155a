#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_path.h"
#include "investigate/packs/pack_toban.h"
#include "investigate/traces/trace.h"

#define FIELDS 64

/* A word, or a "text" in which "" is a quote; *s is moved behind it. */
static bool take(struct arena *a, struct str *s, const char *stop, struct str *out)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    size_t i = 0;
    *s = str_trim(*s);
    if (s->n && s->p[0] == '"') {
        for (i = 1; i < s->n; i++) {
            if (s->p[i] == '"') {
                if (i + 1 >= s->n || s->p[i + 1] != '"')
                    break;
                i++;
            }
            buf_addc(&b, s->p[i]);
        }
        bool closed = i < s->n;
        i++;
        *out = arena_str(a, buf_str(&b));
        buf_release(&b);
        *s = str_sub(*s, i, s->n);
        return closed;
    }
    while (i < s->n && !strchr(stop, s->p[i]))
        i++;
    *out = str_sub(*s, 0, i);
    *s = str_sub(*s, i, s->n);
    buf_release(&b);
    return true;
}

static int fields(struct arena *a, struct str s, struct trace_field *f, size_t *n, struct err *e)
{
    *n = 0;
    for (s = str_trim(s); s.n; s = str_trim(s)) {
        if (*n == FIELDS)
            return err_set(e, ERR_LIMIT, "a test has more than %d fields", FIELDS);
        if (!take(a, &s, "= \t", &f[*n].name) || !s.n || s.p[0] != '=')
            return err_set(e, ERR_INPUT, "FIELD=VALUE is expected in the test");
        s = str_sub(s, 1, s.n);
        f[*n].value = (struct str){"", 0};
        if (s.n && s.p[0] != ' ' && !take(a, &s, " \t", &f[*n].value))
            return err_set(e, ERR_INPUT, "a quote is never closed");
        ++*n;
    }
    return 0;
}

/* "log", "text" and "%Variable%" are not fields of the record itself. */
struct world {
    struct trace_field *root;
    size_t n;
};

static int roots(const void *ctx, struct str name, struct str *out, int max)
{
    const struct world *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (max > 0 && str_ieq(w->root[i].name, name)) {
            out[0] = w->root[i].value;
            return 1;
        }
    return -1;
}

static bool record_hits(const struct pack *p, uint32_t check, struct arena *a, struct trace_field *f,
                        size_t n)
{
    struct trace_record t = {.time = WHEN_NONE, .field = f};
    struct trace_field root[FIELDS];
    struct world w = {root, 0};
    struct pack_record r = {.record = &t, .roots = roots, .roots_ctx = &w, .scratch = a};
    for (size_t i = 0; i < n; i++) {
        struct trace_field x = f[i];
        if (str_is(x.name, "log"))
            r.kind = arena_strdup(a, arena_dup(a, x.value.p, x.value.n));
        else if (str_is(x.name, "log.path"))
            r.path = x.value;
        else if (str_is(x.name, "text"))
            t.text = x.value;
        else if (str_starts(x.name, "%"))
            root[w.n++] = x;
        else
            f[t.field_n++] = x;
    }
    for (size_t i = 0; i < p->indicator_n; i++) {
        const struct indicator *x = &p->indicator[i];
        if (x->check == check && !x->context && pack_eval_one(x, &r) == TRI_YES)
            return true;
    }
    return false;
}

static bool path_hits(const struct pack *p, uint32_t check, struct str path)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    bool yes = false;
    pack_path_normal(path, 0, 0, &b);
    for (size_t i = 0; i < p->indicator_n && !yes; i++) {
        const struct indicator *x = &p->indicator[i];
        yes = x->check == check && x->kind == INDICATOR_PATH &&
              pack_regex_match(x->rx, buf_str(&b)) == TRI_YES &&
              !(x->except && pack_regex_match(x->except, buf_str(&b)) == TRI_YES);
    }
    buf_release(&b);
    return yes;
}

/* Plain values: the text itself is what is looked at. */
static bool value_hits(const struct indicator *x, struct str s)
{
    if (x->form == PATTERN_REGEX)
        return pack_regex_match(x->rx, s) == TRI_YES;
    if (x->kind == INDICATOR_DETECTION || x->kind == INDICATOR_PROCESS)
        return x->form == PATTERN_GLOB ? pack_regex_glob(x->value, s, false) : str_ieq(x->value, s);
    return x->cased ? str_find(s, x->value) != STR_NONE : str_find_i(s, x->value) != STR_NONE;
}

int pack_toban_test(const struct pack *p, uint32_t check, bool hit, struct str text, struct err *e)
{
    struct arena a = {0};
    struct trace_field f[FIELDS];
    struct str what, rest = text, value;
    size_t n;
    bool yes = false;
    int rc = 0;
    (void)take(&a, &rest, " \t", &what);
    if (str_is(what, "record")) {
        rc = fields(&a, rest, f, &n, e);
        yes = rc == 0 && record_hits(p, check, &a, f, n);
    } else if (str_is(what, "path")) {
        yes = path_hits(p, check, str_trim(rest));
    } else {
        bool known = false;
        rest = str_trim(rest);
        value = rest;
        if (rest.n && rest.p[0] == '"')
            (void)take(&a, &rest, "", &value);
        for (int k = 0; k < INDICATOR_KINDS; k++)
            known |= str_is(what, indicator_kind_name((enum indicator_kind)k)) || str_is(what, "line");
        if (!known)
            rc = err_set(e, ERR_INPUT, "\"record\", \"path\" or a kind of indicator is expected in the test");
        for (size_t i = 0; rc == 0 && i < p->indicator_n && !yes; i++) {
            const struct indicator *x = &p->indicator[i];
            bool kind =
                str_is(what, "line") ? x->kind == INDICATOR_LINE : str_is(what, indicator_kind_name(x->kind));
            yes = x->check == check && kind && value_hits(x, value);
        }
    }
    arena_release(&a);
    return rc < 0 ? rc : yes == hit;
}
