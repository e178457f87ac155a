#include "identify/cpe_match.h"

#include "codec/json.h"
#include "identify/versions/scheme.h"

static size_t unit_len(struct str s, size_t i)
{
    return s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
}

static size_t unit_count(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i += unit_len(s, i))
        n++;
    return n;
}

#define ANY_NUMBER ((size_t)-1)

/* Takes the wildcards off both ends; how many characters each may stand for. */
static struct str strip_wild(struct str s, size_t *before, size_t *behind)
{
    *before = *behind = 0;
    if (s.n && s.p[0] == '*') {
        *before = ANY_NUMBER;
        s = str_sub(s, 1, s.n);
    } else {
        while (s.n && s.p[0] == '?') {
            ++*before;
            s = str_sub(s, 1, s.n);
        }
    }
    /* canonical spelling: an unquoted wildcard is never behind a backslash, so find where the core ends */
    size_t core = 0;
    while (core < s.n && s.p[core] != '*' && s.p[core] != '?')
        core += unit_len(s, core);
    if (core < s.n)
        *behind = s.p[core] == '*' ? ANY_NUMBER : s.n - core;
    return str_sub(s, 0, core);
}

static bool wild_match(struct str pattern, struct str target)
{
    size_t before, behind;
    struct str core = strip_wild(pattern, &before, &behind);
    size_t left = unit_count(target), core_units = unit_count(core), skipped = 0;
    for (size_t i = 0;; i += unit_len(target, i), skipped++, left--) {
        if (before != ANY_NUMBER && skipped > before)
            return false;
        if (left < core_units)
            return false;
        if (target.n - i >= core.n && (core.n == 0 || memcmp(target.p + i, core.p, core.n) == 0) &&
            (behind == ANY_NUMBER || left - core_units <= behind))
            return true;
        if (i >= target.n)
            return false;
    }
}

enum cpe_relation cpe_match_attr(const struct cpe *source, const struct cpe *target, enum cpe_attr x)
{
    unsigned bit = 1U << x;
    if (target->wild & bit) {
        return CPE_UNDEFINED; /* rows 4, 8, 11, 17 */
    }
    if (source->any & bit)
        return target->any & bit ? CPE_EQUAL : CPE_SUPERSET; /* rows 1 to 3 */
    if (target->any & bit)
        return CPE_SUBSET; /* rows 5, 13, 15 */
    if (source->na & bit)
        return target->na & bit ? CPE_EQUAL : CPE_DISJOINT; /* rows 6, 7 */
    if (target->na & bit)
        return CPE_DISJOINT; /* rows 12, 16 */
    if (source->wild & bit)
        return wild_match(source->attr[x], target->attr[x]) ? CPE_SUPERSET : CPE_DISJOINT; /* row 14 */
    return str_eq(source->attr[x], target->attr[x]) ? CPE_EQUAL : CPE_DISJOINT;            /* rows 9, 10 */
}

enum cpe_relation cpe_match_names(const struct cpe *source, const struct cpe *target)
{
    unsigned seen = 0;
    for (int i = 0; i < CPE_ATTRS; i++) {
        enum cpe_relation r = cpe_match_attr(source, target, (enum cpe_attr)i);
        if (r == CPE_DISJOINT)
            return CPE_DISJOINT;
        seen |= 1U << r;
    }
    if (seen & 1U << CPE_UNDEFINED)
        return CPE_UNDEFINED;
    bool sub = seen & 1U << CPE_SUBSET, super = seen & 1U << CPE_SUPERSET;
    if (sub && super)
        return CPE_UNDEFINED;
    return sub ? CPE_SUBSET : super ? CPE_SUPERSET : CPE_EQUAL;
}

const char *cpe_match_word(enum cpe_relation r)
{
    static const char *const word[] = {"disjoint", "equal", "subset", "superset", "undefined"};
    return word[r];
}

/* Where a version stands to one bound: inside, outside, or of another way of counting. */
enum side { OUTSIDE, INSIDE, FOREIGN };

static enum side side_of(struct str version, struct str bound, int want, bool incl)
{
    int c = scheme_generic.compare(version, bound);
    if (c == VERSION_INCOMPARABLE || c == VERSION_INVALID)
        return FOREIGN;
    return c == want || (c == 0 && incl) ? INSIDE : OUTSIDE;
}

int cpe_match_bounds(const struct cpe_bounds *b, struct str version)
{
    struct str start = str_trim(b->start_incl.n ? b->start_incl : b->start_excl);
    struct str end = str_trim(b->end_incl.n ? b->end_incl : b->end_excl);
    enum side low = start.n ? side_of(version, start, 1, b->start_incl.n > 0) : INSIDE;
    enum side high = end.n ? side_of(version, end, -1, b->end_incl.n > 0) : INSIDE;
    if (low == OUTSIDE || high == OUTSIDE)
        return 0;
    if (low == INSIDE && high == INSIDE)
        return 1;
    /* From 12.29 to 2024.11: the range itself says that one way of counting followed the other. */
    bool bridge =
        start.n && end.n && low != high && scheme_generic.compare(start, end) == VERSION_INCOMPARABLE;
    return bridge ? 1 : -1;
}

static bool attr_applies(const struct cpe *criteria, const struct cpe *name, enum cpe_attr x,
                         enum cpe_relation r)
{
    bool wild = criteria->wild >> x & 1;
    if (r == CPE_UNDEFINED)
        return cpe_is_any(criteria, x) || str_eq(criteria->attr[x], name->attr[x]);
    if (r == CPE_SUPERSET && wild && (x == CPE_VENDOR || x == CPE_PRODUCT))
        return false;
    return r != CPE_DISJOINT;
}

bool cpe_match_applies(const struct cpe *criteria, const struct cpe_bounds *b, const struct cpe *name)
{
    if (!cpe_has(name, CPE_PRODUCT))
        return false;
    enum cpe_relation rel[CPE_ATTRS];
    for (int i = 0; i < CPE_ATTRS; i++) {
        rel[i] = cpe_match_attr(criteria, name, (enum cpe_attr)i);
        if (!attr_applies(criteria, name, (enum cpe_attr)i, rel[i]))
            return false;
    }
    if ((rel[CPE_VENDOR] == CPE_SUBSET && rel[CPE_PRODUCT] == CPE_SUPERSET) ||
        (rel[CPE_VENDOR] == CPE_SUPERSET && rel[CPE_PRODUCT] == CPE_SUBSET))
        return false;
    if (cpe_bounds_none(b) || !cpe_is_any(criteria, CPE_VERSION) || !cpe_has(name, CPE_VERSION))
        return true;
    return cpe_match_bounds(b, name->attr[CPE_VERSION]) == 1;
}

static int read_name(struct arena *a, struct str s, struct cpe *out, struct err *e)
{
    unsigned repairs;
    int rc = cpe_parse_tolerant(a, s, out, &repairs, e);
    if (rc)
        return rc;
    if (!(repairs & (CPE_REPAIR_FIELDS | CPE_REPAIR_WILDCARD)))
        return 0;
    struct buf why = BUF_INIT(1 * KIB);
    cpe_repairs_text(repairs & (CPE_REPAIR_FIELDS | CPE_REPAIR_WILDCARD), &why);
    rc =
        err_set(e, ERR_INPUT, "\"%.*s\" is not a CPE name without guessing (%s)", STR_ARG(s), buf_cstr(&why));
    buf_release(&why);
    return rc;
}

static void error_line(const struct err *e, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kcstr(&w, "error", e->text);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

void cpe_match_line(struct str line, struct buf *out)
{
    struct arena a = {0};
    struct err e = {0};
    struct cpe source, target;
    size_t tab = str_chr(line, '\t');
    if (tab == STR_NONE)
        err_set(&e, ERR_INPUT, "expected two CPE names separated by a tab: CRITERIA<TAB>NAME");
    else if (read_name(&a, str_sub(line, 0, tab), &source, &e) == 0 &&
             read_name(&a, str_sub(line, tab + 1, line.n), &target, &e) == 0)
        buf_printf(out, "%s\n", cpe_match_word(cpe_match_names(&source, &target)));
    if (e.code)
        error_line(&e, out);
    arena_release(&a);
}
