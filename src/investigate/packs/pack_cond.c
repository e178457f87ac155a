#include "investigate/packs/pack_cond.h"

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"

/* ---- one value against one ---- */

static bool number(struct str s, double *out)
{
    uint64_t hex;
    s = str_trim(s);
    if (str_starts_i(s, "0x") && num_hex(str_sub(s, 2, s.n), &hex)) {
        *out = (double)hex;
        return true;
    }
    return num_double(s, out);
}

static bool compare(enum cond_op op, struct str v, struct str w)
{
    double a, b;
    when_t ta, tb;
    int c;
    if (number(v, &a) && number(w, &b))
        c = (a > b) - (a < b);
    else if (clock_parse_iso(v, ZONE_UTC, &ta) && clock_parse_iso(w, ZONE_UTC, &tb))
        c = (ta > tb) - (ta < tb);
    else
        return false;
    return op == COND_LESS ? c < 0 : op == COND_LESS_EQUAL ? c <= 0 : op == COND_MORE ? c > 0 : c >= 0;
}

/* Below the directory; a variable is asked for at the subject, else taken as "some directories". */
static enum tri under(const struct cond_test *t, uint32_t i, const struct pack_subject *s, struct str v)
{
    struct str w = t->value[i], root[8];
    size_t end = w.n && w.p[0] == '%' ? str_chr(str_sub(w, 1, w.n), '%') : STR_NONE;
    int n = end == STR_NONE ? -1 : s->field(s->ctx, str_sub(w, 0, end + 2), root, ARRAY_LEN(root));
    struct buf path = BUF_INIT(LIMIT_LINE), dir = BUF_INIT(LIMIT_LINE), joined = BUF_INIT(LIMIT_LINE);
    enum tri r = TRI_NO;
    pack_path_normal(v, 0, 0, &path);
    if (n <= 0)
        r = pack_regex_match(t->rx[i], buf_str(&path));
    for (int k = 0; k < n && k < (int)ARRAY_LEN(root) && r != TRI_YES; k++) {
        buf_clear(&joined);
        buf_clear(&dir);
        buf_add_str(&joined, root[k]);
        buf_addc(&joined, '/');
        buf_add_str(&joined, str_sub(w, end + 2, w.n));
        pack_path_normal(buf_str(&joined), 0, 0, &dir);
        r = path.n > dir.n && memcmp(path.p, dir.p, dir.n) == 0 && path.p[dir.n] == '/' ? TRI_YES : TRI_NO;
    }
    buf_release(&path);
    buf_release(&dir);
    buf_release(&joined);
    return r;
}

static bool cased_find(struct str v, struct str w)
{
    return str_find(v, w) != STR_NONE;
}

static enum tri fits(const struct cond_test *t, uint32_t i, const struct pack_subject *s, struct str v)
{
    struct str w = t->value[i];
    switch (t->op) {
    case COND_IS:
        return t->cased ? str_eq(v, w) : str_ieq(v, w);
    case COND_CONTAINS:
        return t->cased ? cased_find(v, w) : str_find_i(v, w) != STR_NONE;
    case COND_STARTS:
        v = str_sub(v, 0, w.n);
        return t->cased ? str_eq(v, w) : str_ieq(v, w);
    case COND_ENDS:
        v = v.n >= w.n ? str_sub(v, v.n - w.n, w.n) : v;
        return t->cased ? str_eq(v, w) : str_ieq(v, w);
    case COND_LIKE:
        return pack_regex_glob(w, v, t->cased);
    case COND_MATCHES:
        return pack_regex_match(t->rx[i], v);
    case COND_WITHIN:
        return pack_value_within(v, w);
    case COND_UNDER:
        return under(t, i, s, v);
    default:
        return compare(t->op, v, w);
    }
}

/* ---- one test ---- */

static enum tri either(enum tri a, enum tri b)
{
    return a == TRI_YES || b == TRI_YES           ? TRI_YES
           : a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN
                                                  : TRI_NO;
}

static enum tri same(const struct cond_test *t, const struct pack_subject *s, struct str *have, int n)
{
    struct str other[16];
    enum tri r = TRI_NO;
    for (uint32_t i = 0; i < t->n && r != TRI_YES; i++) {
        int m = s->field(s->ctx, t->value[i], other, ARRAY_LEN(other));
        if (m < 0)
            r = TRI_UNKNOWN;
        for (int k = 0; k < n; k++)
            for (int j = 0; j < MIN(m, (int)ARRAY_LEN(other)); j++)
                if (t->cased ? str_eq(have[k], other[j]) : str_ieq(have[k], other[j]))
                    return TRI_YES;
    }
    return r;
}

static enum tri test(const struct cond_test *t, const struct pack_subject *s)
{
    struct str have[LIMIT_PACK_VALUES];
    int n = pack_cond_values(&t->subject, s, have);
    if (n < 0)
        return TRI_UNKNOWN;
    if (t->op == COND_PRESENT)
        return n > 0;
    if (t->op == COND_EMPTY) {
        for (int k = 0; k < n; k++)
            if (have[k].n)
                return TRI_NO;
        return TRI_YES;
    }
    if (t->op == COND_SAME)
        return same(t, s, have, n);
    enum tri r = t->all ? TRI_YES : TRI_NO;
    for (uint32_t i = 0; i < t->n; i++) {
        enum tri one = TRI_NO;
        for (int k = 0; k < n && one != TRI_YES; k++)
            one = either(one, fits(t, i, s, have[k]));
        if (!t->all) {
            r = either(r, one);
            if (r == TRI_YES)
                break;
        } else if (one == TRI_NO)
            return TRI_NO;
        else if (one == TRI_UNKNOWN)
            r = TRI_UNKNOWN;
    }
    return r;
}

/* Depth is bounded by the readers (LIMIT_PACK_DEPTH). */
enum tri pack_cond_eval(const struct cond *c, const struct pack_subject *s)
{
    enum tri r;
    switch (c->type) {
    case COND_CONST:
        return c->value;
    case COND_NOT:
        r = pack_cond_eval(c->sub[0], s);
        return r == TRI_UNKNOWN ? r : r == TRI_NO ? TRI_YES : TRI_NO;
    case COND_TEST:
        return test(c->test, s);
    default:
        break;
    }
    enum tri stop = c->type == COND_AND ? TRI_NO : TRI_YES;
    r = c->type == COND_AND ? TRI_YES : TRI_NO;
    for (uint32_t i = 0; i < c->n; i++) {
        enum tri one = pack_cond_eval(c->sub[i], s);
        if (one == stop)
            return stop;
        if (one == TRI_UNKNOWN)
            r = TRI_UNKNOWN;
    }
    return r;
}

/* ---- building ---- */

struct cond *pack_cond_const(struct arena *a, enum tri value, struct str why)
{
    struct cond *c = arena_new(a, struct cond);
    c->type = COND_CONST;
    c->value = value;
    c->why = why;
    return c;
}

struct cond *pack_cond_not(struct arena *a, struct cond *sub)
{
    struct cond *c = arena_new(a, struct cond);
    c->type = COND_NOT;
    c->n = 1;
    c->sub = arena_array(a, struct cond *, 1);
    c->sub[0] = sub;
    return c;
}

struct cond *pack_cond_join(struct arena *a, enum cond_type type, struct cond **part, size_t n)
{
    if (n == 1)
        return part[0];
    if (n == 0)
        return pack_cond_const(a, type == COND_AND ? TRI_YES : TRI_NO, (struct str){"", 0});
    struct cond *c = arena_new(a, struct cond);
    c->type = type;
    c->n = (uint32_t)n;
    c->sub = arena_array(a, struct cond *, n);
    memcpy(c->sub, part, n * sizeof(*part)); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    return c;
}

struct cond *pack_cond_field(struct arena *a, enum cond_op op, struct str field, struct str *value, size_t n)
{
    struct cond *c = arena_new(a, struct cond);
    c->type = COND_TEST;
    c->test = arena_new(a, struct cond_test);
    c->test->op = op;
    c->test->subject = (struct cond_value){.source = COND_FIELD, .name = arena_str(a, field)};
    c->test->n = (uint32_t)n;
    c->test->value = arena_array(a, struct str, n ? n : 1);
    for (size_t i = 0; i < n; i++)
        c->test->value[i] = arena_str(a, value[i]);
    if (op == COND_MATCHES || op == COND_UNDER)
        c->test->rx = arena_array(a, const struct pack_regex *, n ? n : 1);
    return c;
}

bool pack_cond_unknown(const struct cond *c, struct str *why)
{
    if (c->type == COND_CONST && c->value == TRI_UNKNOWN) {
        *why = c->why;
        return true;
    }
    for (uint32_t i = 0; c->type != COND_TEST && i < c->n; i++)
        if (pack_cond_unknown(c->sub[i], why))
            return true;
    return false;
}

void pack_cond_each(const struct cond *c, void (*leaf)(void *ctx, const struct cond_test *t), void *ctx)
{
    if (c->type == COND_TEST)
        leaf(ctx, c->test);
    for (uint32_t i = 0; c->type != COND_TEST && i < c->n; i++)
        pack_cond_each(c->sub[i], leaf, ctx);
}

bool pack_cond_required(const struct cond *c, const char *field, const struct cond_test **out)
{
    if (c->type == COND_TEST && c->test->op == COND_IS && !c->test->all &&
        c->test->subject.source == COND_FIELD && str_is_i(c->test->subject.name, field)) {
        *out = c->test;
        return true;
    }
    for (uint32_t i = 0; c->type == COND_AND && i < c->n; i++)
        if (pack_cond_required(c->sub[i], field, out))
            return true;
    return false;
}
