/* One criteria against one name of the asset. */
#include "identify/applic.h"

#include "identify/versions/scheme.h"

struct state {
    enum applic_truth truth;
    enum applic_reason reason;
    bool loose;
};

static void lower(struct state *s, enum applic_truth t, enum applic_reason why)
{
    if (t < s->truth) {
        s->truth = t;
        s->reason = why;
    }
}

/* Everything but version and update. */
static void judge_names(const struct applic_leaf *leaf, const struct applic_name *name, struct state *s)
{
    static const enum cpe_attr order[] = {CPE_PRODUCT,   CPE_VENDOR,     CPE_PART,
                                          CPE_TARGET_SW, CPE_SW_EDITION, CPE_EDITION,
                                          CPE_TARGET_HW, CPE_LANGUAGE,   CPE_OTHER};
    for (size_t i = 0; i < ARRAY_LEN(order) && s->truth != APPLIC_FALSE; i++) {
        enum cpe_attr x = order[i];
        enum cpe_relation r = cpe_match_attr(&leaf->cpe, &name->cpe, x);
        if (r == CPE_DISJOINT || (r == CPE_UNDEFINED && !cpe_is_any(&leaf->cpe, x) &&
                                  !str_eq(leaf->cpe.attr[x], name->cpe.attr[x])))
            lower(s, APPLIC_FALSE, APPLIC_SURE);
        else if (r == CPE_SUBSET && x != CPE_PART && cpe_has(&leaf->cpe, x))
            s->loose = true; /* the criteria asks for more than the inventory tells */
    }
}

static struct str version_of(const struct applic_name *name)
{
    if (name->version.n)
        return name->version;
    return cpe_has(&name->cpe, CPE_VERSION) ? name->cpe.attr[CPE_VERSION] : (struct str){0};
}

/* "rc1", "beta2": what a version without it comes after. */
static bool is_pre_release(struct str update)
{
    return scheme_generic.compare(STR_LIT("1"), update) != VERSION_INVALID && update.n < 40 &&
           (str_starts(update, "rc") || str_starts(update, "alpha") || str_starts(update, "beta") ||
            str_starts(update, "pre") || str_starts(update, "dev") || str_starts(update, "milestone") ||
            str_starts(update, "snapshot"));
}

/* version "-" update, in p; the version alone when that does not fit. */
static struct str joined(struct str version, struct str update, char p[LIMIT_VERSION])
{
    if (version.n + update.n + 1 > LIMIT_VERSION)
        return version;
    memcpy(p, version.p, version.n);
    p[version.n] = '-';
    memcpy(p + version.n + 1, update.p, update.n);
    return str_n(p, version.n + 1 + update.n);
}

static void judge_bounds(const struct applic_leaf *leaf, const struct applic_name *name, struct state *s)
{
    char p[LIMIT_VERSION];
    struct str version = version_of(name);
    if (!version.n) {
        lower(s, APPLIC_UNKNOWN, APPLIC_NO_VERSION);
        return;
    }
    bool pre = cpe_has(&name->cpe, CPE_UPDATE) && is_pre_release(name->cpe.attr[CPE_UPDATE]);
    int in = cpe_match_bounds(&leaf->bounds, pre ? joined(version, name->cpe.attr[CPE_UPDATE], p) : version);
    /* the exact version may count differently from NVD's: Exchange 15.1.2106.13 and 2016 */
    if (in < 0 && name->version.n && cpe_has(&name->cpe, CPE_VERSION))
        in = cpe_match_bounds(&leaf->bounds, name->cpe.attr[CPE_VERSION]);
    if (in == 0)
        lower(s, APPLIC_FALSE, APPLIC_SURE);
    else if (in < 0)
        lower(s, APPLIC_UNKNOWN, APPLIC_INCOMPARABLE);
}

static bool same_version(struct str criteria, struct str version)
{
    return str_ieq(criteria, version) || scheme_generic.compare(criteria, version) == 0;
}

/* "1.2" with update "rc1" against an inventory that writes "1.2rc1". Settles the update, too. */
static bool same_with_update(const struct applic_leaf *leaf, const struct applic_name *name)
{
    char p[LIMIT_VERSION];
    if (!cpe_has(&leaf->cpe, CPE_UPDATE) || !name->version.n)
        return false;
    return scheme_generic.compare(joined(leaf->cpe.attr[CPE_VERSION], leaf->cpe.attr[CPE_UPDATE], p),
                                  name->version) == 0;
}

static void judge_exact(const struct applic_leaf *leaf, const struct applic_name *name, struct state *s)
{
    struct str want = leaf->cpe.attr[CPE_VERSION];
    bool stated = cpe_has(&name->cpe, CPE_VERSION);
    if (!version_of(name).n) {
        /* NA of the asset is a version it is known not to have */
        lower(s, cpe_is_na(&name->cpe, CPE_VERSION) ? APPLIC_FALSE : APPLIC_UNKNOWN, APPLIC_NO_VERSION);
        return;
    }
    if (leaf->cpe.wild >> CPE_VERSION & 1) {
        if (!stated || cpe_match_attr(&leaf->cpe, &name->cpe, CPE_VERSION) != CPE_SUPERSET)
            lower(s, APPLIC_FALSE, APPLIC_SURE);
        return;
    }
    if (stated && same_version(want, name->cpe.attr[CPE_VERSION]))
        return;
    if (name->version.n && same_version(want, name->version))
        return;
    lower(s, APPLIC_FALSE, APPLIC_SURE);
}

static void judge_na(const struct applic_leaf *leaf, const struct applic_name *name, struct state *s)
{
    if (!leaf->match->vulnerable || str_is(leaf->cpe.attr[CPE_PART], "h"))
        return; /* "running on": any version */
    if (!name->version.n && cpe_is_na(&name->cpe, CPE_VERSION))
        return;
    lower(s, APPLIC_UNKNOWN, version_of(name).n ? APPLIC_UNCONFIRMED : APPLIC_NO_VERSION);
}

/* "update_281" and "update281" are one. */
static bool same_update(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.n && (a.p[i] == '_' || a.p[i] == '-' || a.p[i] == '\\'))
            i++;
        while (k < b.n && (b.p[k] == '_' || b.p[k] == '-' || b.p[k] == '\\'))
            k++;
        if (i >= a.n || k >= b.n)
            return i >= a.n && k >= b.n;
        if (a.p[i++] != b.p[k++])
            return false;
    }
}

static void judge_update(const struct applic_leaf *leaf, const struct applic_name *name, struct state *s)
{
    const struct cpe *c = &leaf->cpe, *n = &name->cpe;
    if (cpe_is_any(c, CPE_UPDATE) || (cpe_is_na(c, CPE_UPDATE) && !cpe_has(n, CPE_UPDATE)))
        return;
    if (cpe_is_na(c, CPE_UPDATE) || cpe_is_na(n, CPE_UPDATE)) {
        lower(s, APPLIC_FALSE, APPLIC_SURE);
        return;
    }
    if (cpe_is_any(n, CPE_UPDATE)) {
        bool known = version_of(name).n > 0 && is_pre_release(c->attr[CPE_UPDATE]);
        lower(s, known ? APPLIC_FALSE : APPLIC_UNKNOWN, APPLIC_NO_UPDATE);
        return;
    }
    if (cpe_match_attr(c, n, CPE_UPDATE) == CPE_DISJOINT &&
        !same_update(c->attr[CPE_UPDATE], n->attr[CPE_UPDATE]))
        lower(s, APPLIC_FALSE, APPLIC_SURE);
}

enum applic_truth applic_leaf_holds(const struct applic_leaf *leaf, const struct applic_name *name,
                                    enum applic_reason *reason, bool *loose)
{
    struct state s = {.truth = leaf->refused ? APPLIC_FALSE : APPLIC_TRUE};
    if (!leaf->refused)
        judge_names(leaf, name, &s);
    if (s.truth != APPLIC_FALSE) {
        const struct cpe *c = &leaf->cpe;
        bool settled = cpe_has(c, CPE_VERSION) && same_with_update(leaf, name);
        if (cpe_is_na(c, CPE_VERSION))
            judge_na(leaf, name, &s);
        else if (cpe_has(c, CPE_VERSION))
            settled ? (void)0 : judge_exact(leaf, name, &s);
        else if (!cpe_bounds_none(&leaf->bounds))
            judge_bounds(leaf, name, &s);
        if (!settled)
            judge_update(leaf, name, &s);
    }
    if (reason)
        *reason = s.reason;
    if (loose)
        *loose = s.loose;
    return s.truth;
}
