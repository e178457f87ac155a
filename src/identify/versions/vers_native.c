#include "identify/versions/vers_native.h"

#include <stdlib.h>

#include "identify/versions/native_part.h"
#include "identify/versions/token.h"

struct interval {
    struct str lo, hi; /* empty: open */
    bool lo_incl, hi_incl, nothing;
};

struct native {
    struct arena *arena;
    const struct scheme *scheme;
    enum native_kind kind;
    struct interval *interval; /* in the arena, room for max */
    struct vers_constraint *point;
    size_t intervals, points, max;
    const char *why; /* first thing that could not be read */
    bool incomparable;
};

static int cmp(struct native *n, struct str a, struct str b)
{
    int c = n->scheme->compare(a, b);
    if (c == VERSION_INVALID || c == VERSION_INCOMPARABLE) {
        n->incomparable = true;
        return 0;
    }
    return c;
}

/* ---- narrowing one alternative ---- */

static void check(struct native *n, struct interval *v)
{
    if (!v->lo.n || !v->hi.n)
        return;
    int c = cmp(n, v->lo, v->hi);
    if (c > 0 || (c == 0 && !(v->lo_incl && v->hi_incl)))
        v->nothing = true;
}

static void narrow_lo(struct native *n, struct interval *v, struct str lo, bool incl)
{
    int c = v->lo.n ? cmp(n, lo, v->lo) : 1;
    if (c > 0 || (c == 0 && !incl)) {
        v->lo = lo;
        v->lo_incl = incl;
    }
}

static void narrow_hi(struct native *n, struct interval *v, struct str hi, bool incl)
{
    int c = v->hi.n ? cmp(n, hi, v->hi) : -1;
    if (c < 0 || (c == 0 && !incl)) {
        v->hi = hi;
        v->hi_incl = incl;
    }
}

static void add_point(struct native *n, enum vers_op op, struct str version)
{
    n->point[n->points++] = (struct vers_constraint){op, version};
}

/* One comparator with its version, inside an alternative. *exact: versions stand in it without
 * a range; they are taken as a list, though npm itself would find that nothing is two versions at once. */
static void apply(struct native *n, struct interval *v, struct str op, struct str text, bool *exact)
{
    struct native_part part;
    if (!native_part_read(n->kind, text, &part)) {
        n->why = TR("a version in it cannot be read");
        return;
    }
    if (part.n == 0 && part.wild) {
        if (n->kind == NATIVE_CONAN)
            narrow_lo(n, v, STR_LIT("0.0.0"), true);
        return; /* "*": no bound */
    }
    struct str lo = native_part_text(n->arena, n->kind, &part);
    if (str_is(op, ">=") || str_is(op, ">")) {
        narrow_lo(n, v, lo, op.n == 2);
    } else if (str_is(op, "<=") || str_is(op, "<")) {
        narrow_hi(n, v, lo, op.n == 2);
    } else if (str_is(op, "!=")) {
        add_point(n, VERS_NE, lo);
    } else if (str_is(op, "^") || str_is(op, "~") || str_is(op, "~>") || str_is(op, "~=")) {
        narrow_lo(n, v, lo, true);
        narrow_hi(n, v, native_part_upper(n->arena, n->kind, &part, op), false);
    } else if (!op.n || str_is(op, "=") || str_is(op, "==") || str_is(op, "===")) {
        if (part.wild || (n->kind == NATIVE_NPM && part.n < 3)) {
            narrow_lo(n, v, lo, true);
            narrow_hi(n, v, native_part_upper(n->arena, n->kind, &part, STR_LIT("x")), false);
        } else if (n->kind == NATIVE_NUGET && !op.n) {
            narrow_lo(n, v, lo, true);
        } else {
            add_point(n, VERS_EQ, lo);
            *exact = true;
        }
    } else {
        n->why = TR("a comparator in it is not known");
    }
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static bool is_op(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '!' || c == '~' || c == '^';
}

static struct str next_token(struct str *s, bool op)
{
    size_t i = 0;
    while (i < s->n && is_gap(s->p[i]))
        i++;
    size_t start = i;
    while (i < s->n && !is_gap(s->p[i]) && is_op(s->p[i]) == op)
        i++;
    struct str t = str_sub(*s, start, i - start);
    *s = str_sub(*s, i, s->n);
    return t;
}

static void read_alternative(struct native *n, struct str s)
{
    struct interval v = {0};
    struct str kept = {0};
    bool exact = false;
    size_t parts = 0, points = n->points;
    while (!n->why) {
        struct str op = next_token(&s, true), text = next_token(&s, false);
        if (!op.n && !text.n)
            break;
        parts++;
        /* "1.2 - 1.4": what was read last becomes the lower bound */
        if (!op.n && str_is(text, "-") && kept.n) {
            apply(n, &v, STR_LIT(">="), kept, &exact);
            apply(n, &v, STR_LIT("<="), next_token(&s, false), &exact);
            continue;
        }
        kept = text;
        if (op.n)
            kept.n = 0;
        /* the lower half of "1.2 - 1.4" must not be taken as an exact version */
        struct str ahead = s;
        if (!op.n && str_is(next_token(&ahead, false), "-"))
            continue;
        if (n->points + 2 > n->max)
            n->why = TR("too many constraints");
        else
            apply(n, &v, op, text, &exact);
    }
    if (!parts && n->kind == NATIVE_OTHER)
        n->why = TR("nothing stands in it");
    check(n, &v);
    if (!exact && !v.nothing && !(n->points > points && !v.lo.n && !v.hi.n))
        n->interval[n->intervals++] = v;
}

/* ---- [1.0,2.0) ---- */

static struct str read_interval(struct native *n, struct str s)
{
    size_t close = 1;
    while (close < s.n && s.p[close] != ']' && s.p[close] != ')')
        close++;
    if (close >= s.n) {
        n->why = TR("an interval in it does not end");
        return (struct str){0};
    }
    struct str in = str_sub(s, 1, close - 1);
    size_t comma = str_chr(in, ',');
    struct interval v = {.lo_incl = s.p[0] == '[', .hi_incl = s.p[close] == ']'};
    if (comma == STR_NONE) {
        if (!v.lo_incl || !v.hi_incl || !str_trim(in).n)
            n->why = TR("an interval without a comma is one version in square brackets");
        else
            add_point(n, VERS_EQ, str_trim(in));
    } else {
        v.lo = str_trim(str_sub(in, 0, comma));
        v.hi = str_trim(str_sub(in, comma + 1, in.n));
        check(n, &v);
        if (!v.nothing)
            n->interval[n->intervals++] = v;
    }
    s = str_trim(str_sub(s, close + 1, s.n));
    if (s.n && s.p[0] == ',')
        s = str_trim(str_sub(s, 1, s.n));
    return s;
}

static void read_intervals(struct native *n, struct str s)
{
    while (s.n && !n->why) {
        if (s.p[0] != '[' && s.p[0] != '(')
            n->why = TR("an interval begins with a bracket");
        else
            s = read_interval(n, s);
    }
}

/* ---- nginx, openssl: lists ---- */

static void read_nginx_item(struct native *n, struct str s)
{
    struct interval v = {0};
    size_t dash = str_chr(s, '-');
    if (s.n && s.p[s.n - 1] == '+') {
        struct native_part part;
        v.lo = str_trim(str_sub(s, 0, s.n - 1));
        v.lo_incl = true;
        if (!native_part_read(NATIVE_OTHER, v.lo, &part) || part.n < 2)
            n->why = TR("a version in it cannot be read");
        /* branches with an even second number are the stable ones */
        else if ((part.part[1].p[part.part[1].n - 1] - '0') % 2 == 0)
            v.hi = native_part_upper(n->arena, NATIVE_NPM, &part, STR_LIT("~"));
        n->interval[n->intervals++] = v;
    } else if (dash != STR_NONE) {
        v = (struct interval){.lo = str_trim(str_sub(s, 0, dash)),
                              .hi = str_trim(str_sub(s, dash + 1, s.n)),
                              .lo_incl = true,
                              .hi_incl = true};
        n->interval[n->intervals++] = v;
    } else if (s.n) {
        add_point(n, VERS_EQ, s);
    }
}

static void read_list(struct native *n, struct str s)
{
    struct str_split it = str_split_init(s, ',');
    struct str piece;
    while (!n->why && str_split_next(&it, &piece)) {
        piece = str_trim(piece);
        if (n->kind == NATIVE_NGINX)
            read_nginx_item(n, piece);
        else if (piece.n)
            add_point(n, VERS_EQ, piece);
    }
}

/* ---- putting it together ---- */

static int cmp_interval(const void *x, const void *y, void *ctx)
{
    const struct interval *a = x, *b = y;
    if (!a->lo.n || !b->lo.n)
        return (a->lo.n > 0) - (b->lo.n > 0);
    return cmp(ctx, a->lo, b->lo);
}

/* a begins no later than b; do they share more than an edge? */
static bool overlap(struct native *n, const struct interval *a, const struct interval *b)
{
    return !a->hi.n || !b->lo.n || cmp(n, b->lo, a->hi) < 0;
}

static void join(struct native *n)
{
    if (!n->intervals)
        return;
    qsort_r(n->interval, n->intervals, sizeof(n->interval[0]), cmp_interval, n);
    size_t last = 0;
    for (size_t i = 1; i < n->intervals; i++) {
        struct interval *a = &n->interval[last], *b = &n->interval[i];
        if (!overlap(n, a, b)) {
            n->interval[++last] = *b;
            continue;
        }
        int c = a->hi.n && b->hi.n ? cmp(n, b->hi, a->hi) : a->hi.n ? 1 : -1;
        if (c > 0 || (c == 0 && b->hi_incl)) {
            a->hi = b->hi;
            a->hi_incl = b->hi_incl;
        }
    }
    n->intervals = last + 1;
}

static void build(struct native *n, struct vers *out)
{
    join(n);
    out->c = arena_array(n->arena, struct vers_constraint, n->intervals * 2 + n->points + 1);
    for (size_t i = 0; i < n->intervals; i++) {
        const struct interval *v = &n->interval[i];
        if (v->lo.n)
            out->c[out->n++] = (struct vers_constraint){v->lo_incl ? VERS_GE : VERS_GT, v->lo};
        if (v->hi.n)
            out->c[out->n++] = (struct vers_constraint){v->hi_incl ? VERS_LE : VERS_LT, v->hi};
        if (!v->lo.n && !v->hi.n)
            out->all = true;
    }
    for (size_t i = 0; i < n->points; i++)
        out->c[out->n++] = n->point[i];
    if (out->all)
        out->n = 0;
}

static size_t count_pieces(struct str s)
{
    size_t n = 2;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '|' || is_gap(s.p[i]) || is_op(s.p[i]);
    return n;
}

static void read_all(struct native *n, struct str s)
{
    if (n->kind == NATIVE_CONAN) {
        size_t comma = str_chr(s, ',');
        s = str_trim(comma == STR_NONE ? s : str_sub(s, 0, comma));
        if (s.n > 1 && s.p[0] == '[' && s.p[s.n - 1] == ']')
            s = str_sub(s, 1, s.n - 2);
    } else if (n->kind == NATIVE_NGINX || n->kind == NATIVE_LIST) {
        read_list(n, s);
        return;
    } else if (s.n && (s.p[0] == '[' || s.p[0] == '(')) {
        read_intervals(n, s);
        return;
    }
    struct str_split it = str_split_init(s, '|');
    struct str piece;
    bool bar = false;
    while (!n->why && str_split_next(&it, &piece)) {
        piece = str_trim(piece);
        bool middle = bar && !piece.n && !it.done; /* between the two bars of "||" */
        bar = true;
        if (!middle)
            read_alternative(n, piece);
    }
}

int vers_native_parse(struct arena *a, struct str type, struct str native, struct vers *out, struct err *e)
{
    *out = (struct vers){.type = type, .scheme = scheme_find(type)};
    native = str_trim(native);
    if (!out->scheme)
        return err_set(e, ERR_INPUT, "no order is known for versions of type \"%.*s\"", STR_ARG(type));
    if (native.n > LIMIT_VERS)
        return err_set(e, ERR_LIMIT, "version range of %zu bytes: at most %lu are read", native.n,
                       LIMIT_VERS);
    struct native n = {.arena = a, .scheme = out->scheme, .kind = native_part_kind(type)};
    n.max = count_pieces(native);
    if (n.max > LIMIT_VERS_CONSTRAINTS)
        return err_set(e, ERR_LIMIT, "version range \"%.*s\": %s", STR_ARG(str_sub(native, 0, 80)),
                       tr("too many constraints"));
    n.max = 2 * n.max + 2;
    n.interval = arena_array(a, struct interval, n.max);
    n.point = arena_array(a, struct vers_constraint, n.max);
    read_all(&n, native);
    if (!n.why)
        build(&n, out);
    if (!n.why && n.incomparable)
        n.why = TR("two of its versions cannot be compared");
    if (!n.why && !out->all && !out->n)
        n.why = TR("nothing can satisfy it");
    if (n.why)
        return err_set(e, ERR_INPUT, "version range \"%.*s\": %s", STR_ARG(native), tr(n.why));
    return vers_sort(out, e);
}
