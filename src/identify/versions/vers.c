#include "identify/versions/vers.h"

#include <stdlib.h>

#include "identify/versions/token.h"

const char *vers_op_text(enum vers_op op)
{
    static const char *const text[] = {"", "!=", "<", "<=", ">", ">="};
    return text[op];
}

static bool is_range(enum vers_op op)
{
    return op >= VERS_LT;
}

static int bad(struct err *e, struct str text, const char *why)
{
    return err_set(e, ERR_INPUT, "version range \"%.*s\": %s", STR_ARG(text), tr(why));
}

/* Bytes that stand for themselves in a vers version. */
static bool stands_bare(unsigned char c)
{
    return c > 0x20 && c < 0x7f && !token_in((char)c, "><=!*|%");
}

/* Percent-decoding, strict: capital digits, and only of what needs it. NULL, or why not. */
static const char *decode(struct arena *a, struct str s, struct str *out)
{
    if (str_chr(s, '%') == STR_NONE) {
        *out = s;
        for (size_t i = 0; i < s.n; i++)
            if (!stands_bare((unsigned char)s.p[i]))
                return TR("a character that must be percent-encoded stands in a version");
        return NULL;
    }
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c != '%') {
            if (!stands_bare(c))
                return TR("a character that must be percent-encoded stands in a version");
            p[n++] = (char)c;
            continue;
        }
        uint64_t v;
        if (i + 2 >= s.n || !num_hex(str_sub(s, i + 1, 2), &v) || v == 0)
            return TR("invalid percent-encoding");
        c = (unsigned char)v;
        bool small = (s.p[i + 1] >= 'a' && s.p[i + 1] <= 'f') || (s.p[i + 2] >= 'a' && s.p[i + 2] <= 'f');
        if (small || token_is_alnum((char)c) || token_in((char)c, "-._~:"))
            return TR("percent-encoding that is not canonical (capitals, and only where it is needed)");
        p[n++] = (char)c;
        i += 2;
    }
    *out = str_n(p, n);
    return NULL;
}

static struct str read_op(struct str s, enum vers_op *op)
{
    static const struct {
        const char *text;
        enum vers_op op;
    } list[] = {{"!=", VERS_NE}, {"<=", VERS_LE}, {">=", VERS_GE},
                {"<", VERS_LT},  {">", VERS_GT},  {"=", VERS_EQ}};
    *op = VERS_EQ;
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (str_starts(s, list[i].text)) {
            *op = list[i].op;
            return str_sub(s, strlen(list[i].text), s.n);
        }
    return s;
}

static const char *read_constraints(struct arena *a, struct str s, struct vers *out)
{
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '|';
    if (n > LIMIT_VERS_CONSTRAINTS)
        return TR("too many constraints");
    out->c = arena_array(a, struct vers_constraint, n);
    struct str_split it = str_split_init(s, '|');
    struct str piece;
    while (str_split_next(&it, &piece)) {
        struct vers_constraint *c = &out->c[out->n];
        if (!piece.n)
            return TR("an empty constraint: a bar at the start, at the end or twice");
        if (str_is(piece, "*")) {
            if (n > 1)
                return TR("\"*\" stands alone");
            out->all = true;
            return NULL;
        }
        const char *why = decode(a, read_op(piece, &c->op), &c->version);
        if (why)
            return why;
        if (!c->version.n)
            return TR("a comparator without a version");
        /* the vers specification asks for checking at this point for this type only */
        if (out->scheme == &scheme_datetime && !scheme_datetime.valid(c->version))
            return TR("a moment that is not written as RFC 3339 asks (capital T and Z)");
        out->n++;
    }
    return NULL;
}

static bool in_order(const struct vers *v)
{
    const struct vers_constraint *last = NULL;
    for (size_t i = 0; i < v->n; i++) {
        if (!is_range(v->c[i].op))
            continue;
        int c = last ? v->scheme->compare(last->version, v->c[i].version) : 0;
        if (c == 1)
            return false;
        last = &v->c[i];
    }
    return true;
}

int vers_parse(struct arena *a, struct str text, struct vers *out, struct err *e)
{
    *out = (struct vers){0};
    if (text.n > LIMIT_VERS)
        return err_set(e, ERR_LIMIT, "version range of %zu bytes: at most %lu are read", text.n, LIMIT_VERS);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= 0x20 || (unsigned char)text.p[i] >= 0x7f)
            return bad(e, text, TR("white space and characters outside ASCII are not permitted"));
    if (!str_starts(text, "vers:"))
        return bad(e, text, TR("it does not begin with vers:"));
    size_t slash = str_chr(text, '/');
    if (slash == STR_NONE)
        return bad(e, text, TR("no slash behind the type"));
    out->type = str_sub(text, 5, slash - 5);
    for (size_t i = 0; i < out->type.n; i++)
        if (out->type.p[i] >= 'A' && out->type.p[i] <= 'Z')
            return bad(e, text, TR("the type is written in small letters"));
    out->scheme = scheme_find(out->type);
    if (!out->scheme || !out->type.n)
        return err_set(e, ERR_INPUT,
                       "version range \"%.*s\": no order is known for versions of type \"%.*s\"",
                       STR_ARG(text), STR_ARG(out->type));
    const char *why = read_constraints(a, str_sub(text, slash + 1, text.n), out);
    if (!why && !in_order(out))
        why = TR("constraints are not sorted by version");
    return why ? bad(e, text, why) : vers_sort(out, e);
}

struct sorting {
    const struct scheme *scheme;
    bool failed;
};

static int cmp_constraint(const void *x, const void *y, void *ctx)
{
    const struct vers_constraint *a = x, *b = y;
    struct sorting *s = ctx;
    int c = s->scheme->compare(a->version, b->version);
    if (c == VERSION_INCOMPARABLE || c == VERSION_INVALID) {
        s->failed = true;
        c = 0;
    }
    return c;
}

int vers_sort(struct vers *v, struct err *e)
{
    if (v->n < 2)
        return 0;
    struct sorting s = {.scheme = v->scheme};
    /* glibc sorts by merging, so equal ones keep their order, as long as memory
     * suffices; LIMIT_VERS_CONSTRAINTS keeps it far below that bound. */
    qsort_r(v->c, v->n, sizeof(v->c[0]), cmp_constraint, &s);
    if (s.failed)
        return err_set(e, ERR_INPUT, "version range of type %.*s: two of its versions cannot be compared",
                       STR_ARG(v->type));
    return 0;
}

void vers_format(const struct vers *v, struct buf *out)
{
    buf_printf(out, "vers:%.*s/", STR_ARG(v->type));
    if (v->all)
        buf_addc(out, '*');
    for (size_t i = 0; i < v->n; i++) {
        buf_printf(out, "%s%s", i ? "|" : "", vers_op_text(v->c[i].op));
        for (size_t k = 0; k < v->c[i].version.n; k++) {
            unsigned char c = (unsigned char)v->c[i].version.p[k];
            if (stands_bare(c))
                buf_addc(out, (char)c);
            else
                buf_printf(out, "%%%02X", c);
        }
    }
}

/* cmp[i] is the sign of version : constraint i. */
static bool walk(const struct vers *v, const signed char *cmp)
{
    const struct vers_constraint *last = NULL;
    size_t last_i = 0;
    bool only_ne = v->n > 0;
    for (size_t i = 0; i < v->n; i++) {
        enum vers_op op = v->c[i].op;
        only_ne = only_ne && op == VERS_NE;
        if (!is_range(op))
            continue;
        bool upper = op == VERS_LT || op == VERS_LE;
        /* open towards below, or between a lower and the next upper bound */
        if (upper && cmp[i] < 0 &&
            (!last || ((last->op == VERS_GT || last->op == VERS_GE) && cmp[last_i] > 0)))
            return true;
        last = &v->c[i];
        last_i = i;
    }
    if (last && (last->op == VERS_GT || last->op == VERS_GE) && cmp[last_i] > 0)
        return true;
    return only_ne;
}

int vers_contains(const struct vers *v, struct str version, struct err *e)
{
    if (v->scheme->compare(version, version) == VERSION_INVALID)
        return err_set(e, ERR_INPUT, "\"%.*s\" is not a version of the scheme %s", STR_ARG(version),
                       v->scheme->name);
    if (v->all)
        return 1;
    signed char *cmp = mem_alloc(v->n + 1);
    int answer = -1;
    bool unknown = false;
    for (size_t i = 0; i < v->n && answer < 0; i++) {
        int c = v->scheme->compare(version, v->c[i].version);
        if (c == VERSION_INCOMPARABLE || c == VERSION_INVALID) {
            /* for "=" and "!=": of another family, so not the same */
            unknown = unknown || is_range(v->c[i].op);
            c = 2;
        }
        cmp[i] = (signed char)c;
        if (c == 0 && v->c[i].op == VERS_NE)
            answer = 0;
    }
    for (size_t i = 0; i < v->n && answer < 0; i++)
        if (cmp[i] == 0 && (v->c[i].op == VERS_EQ || v->c[i].op == VERS_LE || v->c[i].op == VERS_GE))
            answer = 1;
    if (answer < 0 && !unknown)
        answer = walk(v, cmp);
    free(cmp);
    if (answer < 0)
        return err_set(e, ERR_INPUT, "\"%.*s\" cannot be compared with the bounds of the range (scheme %s)",
                       STR_ARG(version), v->scheme->name);
    return answer;
}
