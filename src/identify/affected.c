#include "identify/affected.h"

#include "identify/cpe.h"
#include "identify/versions/vers.h"
#include "identify/versions/vers_native.h"

static bool is_placeholder(struct str s)
{
    static const char *const word[] = {"",        "0", "n/a", "na",  "unspecified",
                                       "unknown", "*", "-",   "all", "all versions"};
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_is_i(s, word[i]))
            return true;
    return false;
}

static bool is_all(struct str s)
{
    return str_is(s, "*") || str_is_i(s, "all") || str_is_i(s, "all versions");
}

static bool is_commits(struct str type)
{
    return str_is_i(type, "git") || str_is_i(type, "original_commit_for_fix");
}

struct asked {
    const struct affected_version *e;
    struct str version;
    struct arena *a;
    const struct scheme *scheme; /* of versionType, or NULL */
    bool by_scheme, generic;     /* which order was used */
};

/* -1, 0, 1, or VERSION_INCOMPARABLE */
static int cmp(struct asked *q, struct str a, struct str b)
{
    int c = q->scheme ? q->scheme->compare(a, b) : VERSION_INVALID;
    if (c <= 1) {
        q->by_scheme = true;
        return c;
    }
    q->generic = true;
    c = scheme_generic.compare(a, b);
    return c <= 1 ? c : VERSION_INCOMPARABLE;
}

static enum finding_status status_of(struct str s)
{
    if (str_is_i(s, "affected"))
        return FINDING_AFFECTED;
    return str_is_i(s, "unaffected") ? FINDING_NOT_AFFECTED : FINDING_UNKNOWN;
}

/* The status at the version: the change with the highest "at" that it has reached. */
static struct str changed_status(struct asked *q)
{
    struct str status = q->e->status, at = {0};
    for (size_t i = 0; i < q->e->change_n; i++) {
        const struct affected_change *c = &q->e->change[i];
        int reached = cmp(q, q->version, c->at);
        if (reached != 0 && reached != 1)
            continue;
        if (at.n && cmp(q, c->at, at) == -1)
            continue;
        at = c->at;
        status = c->status;
    }
    return status;
}

/* The nearest point above the version where it stops being affected. */
static struct str first_fixed(struct asked *q)
{
    struct str best = {0};
    for (size_t i = 0; i < q->e->change_n; i++) {
        const struct affected_change *c = &q->e->change[i];
        if (status_of(c->status) == FINDING_NOT_AFFECTED && cmp(q, c->at, q->version) == 1 &&
            (!best.n || cmp(q, c->at, best) == -1))
            best = c->at;
    }
    struct str end = str_trim(q->e->less_than);
    if (!best.n && end.n && str_chr(end, '*') == STR_NONE)
        best = end;
    return best;
}

enum hit { MISS, HIT, UNSURE };

static enum hit in_range(struct asked *q)
{
    struct str start = str_trim(q->e->version);
    bool incl = !q->e->less_than.n;
    struct str end = str_trim(incl ? q->e->less_or_equal : q->e->less_than);
    int low = is_placeholder(start) ? 1 : cmp(q, q->version, start);
    if (low == -1)
        return MISS;
    int high = str_chr(end, '*') != STR_NONE ? -1 : cmp(q, q->version, end);
    if (high == 1 || (high == 0 && !incl))
        return MISS;
    return low == VERSION_INCOMPARABLE || high == VERSION_INCOMPARABLE ? UNSURE : HIT;
}

/* ">= 1.0, < 2.5" as GitHub writes it into "version" */
static enum hit in_text_range(struct asked *q, struct str text)
{
    struct vers v;
    if (vers_native_parse(q->a, STR_LIT("generic"), text, &v, NULL))
        return UNSURE;
    q->generic = true;
    int rc = vers_contains(&v, q->version, NULL);
    return rc < 0 ? UNSURE : rc ? HIT : MISS;
}

static struct str text_range_end(struct asked *q, struct str text)
{
    struct vers v;
    if (vers_native_parse(q->a, STR_LIT("generic"), text, &v, NULL))
        return (struct str){0};
    for (size_t i = 0; i < v.n; i++)
        if (v.c[i].op == VERS_LT && cmp(q, v.c[i].version, q->version) == 1)
            return v.c[i].version;
    return (struct str){0};
}

static bool is_text_range(struct str s)
{
    return s.n && (s.p[0] == '<' || s.p[0] == '>' || s.p[0] == '=');
}

/* One entry. *gap is set when it cannot be told. */
static enum hit look(struct asked *q, enum affected_gap *gap)
{
    struct str single = str_trim(q->e->version);
    enum hit hit;
    if (is_commits(q->e->version_type)) {
        if (q->version.n && str_ieq(single, q->version))
            return HIT;
        *gap = AFFECTED_GIT;
        return UNSURE;
    }
    bool range = q->e->less_than.n || q->e->less_or_equal.n;
    if (!range && is_all(single))
        return HIT;
    if (!range && is_placeholder(single)) {
        *gap = AFFECTED_NOT_STATED;
        return UNSURE;
    }
    if (!q->version.n) {
        *gap = AFFECTED_NO_VERSION;
        return UNSURE;
    }
    if (range)
        hit = in_range(q);
    else if (is_text_range(single))
        hit = in_text_range(q, single);
    else
        hit = str_ieq(single, q->version) || cmp(q, single, q->version) == 0 ? HIT : MISS;
    if (hit == UNSURE)
        *gap = AFFECTED_INCOMPARABLE;
    return hit;
}

static void decide(struct asked *q, struct affected_answer *out)
{
    struct str status = q->version.n ? changed_status(q) : q->e->status;
    out->status = status_of(status);
    out->entry = q->e;
    out->gap = out->status == FINDING_UNKNOWN ? AFFECTED_SAID_UNKNOWN : AFFECTED_TOLD;
    if (out->status == FINDING_AFFECTED && q->version.n)
        out->fixed = is_text_range(str_trim(q->e->version)) && !q->e->less_than.n
                         ? text_range_end(q, str_trim(q->e->version))
                         : first_fixed(q);
    out->exact_scheme = q->by_scheme && !q->generic;
}

void affected_status(const struct affected *p, struct str version, struct arena *a,
                     struct affected_answer *out)
{
    enum affected_gap worst = AFFECTED_TOLD;
    *out = (struct affected_answer){0};
    version = str_trim(version);
    for (size_t i = 0; i < p->version_n; i++) {
        enum affected_gap gap = AFFECTED_TOLD;
        struct asked q = {.e = &p->version[i], .version = version, .a = a};
        q.scheme = q.e->version_type.n ? scheme_find(q.e->version_type) : NULL;
        if (q.scheme == &scheme_generic)
            q.scheme = NULL;
        enum hit hit = look(&q, &gap);
        if (hit == HIT) {
            decide(&q, out);
            return;
        }
        worst = MAX(worst, gap);
    }
    out->status = worst == AFFECTED_TOLD ? status_of(p->default_status) : FINDING_UNKNOWN;
    out->gap = worst != AFFECTED_TOLD           ? worst
               : out->status == FINDING_UNKNOWN ? AFFECTED_SAID_UNKNOWN
                                                : AFFECTED_TOLD;
    if (!p->version_n && out->status != FINDING_NOT_AFFECTED && !status_of(p->default_status))
        out->gap = AFFECTED_NOT_STATED;
}

/* ---- names ---- */

static bool is_name_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* Equal without case and punctuation; prefix: the shorter may end early. */
static bool same_name(struct str a, struct str b, bool prefix)
{
    size_t i = 0, k = 0, n = 0;
    for (;; i++, k++, n++) {
        while (i < a.n && !is_name_byte(a.p[i]))
            i++;
        while (k < b.n && !is_name_byte(b.p[k]))
            k++;
        if (i >= a.n || k >= b.n)
            return n > 0 && (prefix || (i >= a.n && k >= b.n));
        char x = a.p[i], y = b.p[k];
        x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
        if (x != y)
            return false;
    }
}

static bool same_cpe(struct str text, struct str vendor, struct str product, struct arena *a)
{
    struct cpe c;
    if (cpe_parse_tolerant(a, text, &c, NULL, NULL))
        return false;
    return same_name(cpe_plain(a, &c, CPE_PRODUCT), product, false) &&
           (!vendor.n || same_name(cpe_plain(a, &c, CPE_VENDOR), vendor, false));
}

bool affected_names(const struct affected *p, struct str vendor, struct str product, struct arena *a)
{
    if (!product.n)
        return false;
    bool vendor_ok =
        !vendor.n || !p->vendor.n || str_is_i(p->vendor, "n/a") || same_name(p->vendor, vendor, true);
    if (vendor_ok && (same_name(p->product, product, false) || same_name(p->package_name, product, false)))
        return true;
    for (size_t i = 0; i < p->cpe_n; i++)
        if (same_cpe(p->cpe[i], vendor, product, a))
            return true;
    return false;
}

/* ---- a verdict ---- */

static int weight(const struct affected_answer *x)
{
    if (x->status == FINDING_AFFECTED)
        return 4;
    if (x->status == FINDING_NOT_AFFECTED)
        return x->entry ? 3 : 1;
    return 2;
}

static struct str entry_text(const struct affected_version *e, struct arena *a)
{
    if (!e)
        return STR_LIT("defaultStatus");
    struct str start = str_trim(e->version);
    if (e->less_than.n)
        return str_of(arena_printf(a, "%.*s <= x < %.*s", STR_ARG(start), STR_ARG(e->less_than)));
    if (e->less_or_equal.n)
        return str_of(arena_printf(a, "%.*s <= x <= %.*s", STR_ARG(start), STR_ARG(e->less_or_equal)));
    return start;
}

static const char *missing_text(enum affected_gap gap)
{
    switch (gap) {
    case AFFECTED_NO_VERSION:
        return tr("the installed version");
    case AFFECTED_NOT_STATED:
        return tr("the affected versions: the source states none");
    case AFFECTED_GIT:
        return tr("versions: the source states commits only, which cannot be ordered without the repository");
    case AFFECTED_INCOMPARABLE:
        return tr("a version in the way the source counts");
    default:
        return tr("a statement of the source about this version");
    }
}

static void write_verdict(const struct affected_answer *x, struct str source, struct str written,
                          struct str version, struct arena *a, struct verdict *out)
{
    struct str entry = entry_text(x->entry, a);
    *out = (struct verdict){.status = x->status, .source = source, .fixed = x->fixed, .criteria = entry};
    out->rule = x->entry ? STR_LIT("cve-affected") : STR_LIT("cve-default");
    out->confidence = x->status == FINDING_UNKNOWN ? CONFIDENCE_LOW
                      : x->exact_scheme            ? CONFIDENCE_HIGH
                                                   : CONFIDENCE_MEDIUM;
    if (x->status == FINDING_UNKNOWN) {
        out->missing = str_of(missing_text(x->gap));
        out->why = str_of(arena_printf(
            a,
            tr("The CVE record names %.*s, but it cannot be told from it whether version %.*s is affected."),
            STR_ARG(written), STR_ARG(version.n ? version : STR_LIT("?"))));
    } else {
        out->why = str_of(
            arena_printf(a,
                         x->status == FINDING_AFFECTED
                             ? tr("The CVE record lists version %.*s of %.*s as affected (%.*s).")
                             : tr("The CVE record lists version %.*s of %.*s as not affected (%.*s)."),
                         STR_ARG(version.n ? version : STR_LIT("*")), STR_ARG(written), STR_ARG(entry)));
    }
}

int affected_judge(const struct affected *list, size_t n,
                   bool (*is_product)(const struct affected *p, void *ctx), void *ctx, struct str version,
                   struct str written, struct arena *a, struct verdict *out)
{
    struct affected_answer best = {0};
    struct str source = {0};
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_product(&list[i], ctx))
            continue;
        struct affected_answer x;
        affected_status(&list[i], version, a, &x);
        if (!found || weight(&x) > weight(&best)) {
            best = x;
            source = list[i].source;
        }
        found = 1;
    }
    if (found)
        write_verdict(&best, source, written, str_trim(version), a, out);
    else
        *out = (struct verdict){0};
    return found;
}
