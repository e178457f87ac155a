#include "identify/applic_verdict.h"

/* ">= 2.0, < 2.15.0", "2.14.1 sp1", or "all versions" */
static struct str range_text(const struct applic_leaf *leaf, struct arena *a)
{
    const struct cpe_bounds *b = &leaf->bounds;
    const struct {
        const char *op;
        struct str bound;
    } part[] = {{">= ", b->start_incl}, {"> ", b->start_excl}, {"<= ", b->end_incl}, {"< ", b->end_excl}};
    struct buf out = BUF_INIT(16 * KIB);
    struct str update = cpe_plain(a, &leaf->cpe, CPE_UPDATE);
    if (cpe_has(&leaf->cpe, CPE_VERSION)) {
        buf_add_str(&out, cpe_plain(a, &leaf->cpe, CPE_VERSION));
    } else if (cpe_is_any(&leaf->cpe, CPE_VERSION)) {
        for (size_t i = 0; i < ARRAY_LEN(part); i++)
            if (part[i].bound.n)
                buf_printf(&out, "%s%s%.*s", out.n ? ", " : "", part[i].op, STR_ARG(part[i].bound));
    }
    if (!out.n)
        buf_adds(&out, cpe_is_na(&leaf->cpe, CPE_VERSION) ? tr("versions not stated") : tr("all versions"));
    if (update.n)
        buf_printf(&out, " %.*s", STR_ARG(update));
    struct str s = arena_str(a, buf_str(&out));
    buf_release(&out);
    return s;
}

static struct str product_text(const struct cpe *c, struct arena *a)
{
    struct str vendor = cpe_plain(a, c, CPE_VENDOR), product = cpe_plain(a, c, CPE_PRODUCT);
    return str_of(arena_printf(a, "%.*s:%.*s", STR_ARG(vendor), STR_ARG(product)));
}

static struct str name_text(const struct applic_name *name, struct arena *a)
{
    return name->written.n ? name->written : product_text(&name->cpe, a);
}

static struct str version_text(const struct applic_name *name, struct arena *a)
{
    struct str v = name->version.n ? name->version : cpe_plain(a, &name->cpe, CPE_VERSION);
    struct str u = cpe_plain(a, &name->cpe, CPE_UPDATE);
    if (!v.n && !u.n)
        return str_of(tr("no version"));
    return u.n ? str_of(arena_printf(a, "%.*s %.*s", STR_ARG(v), STR_ARG(u))) : v;
}

static const char *rule_of(const struct applic_leaf *leaf)
{
    if (cpe_has(&leaf->cpe, CPE_VERSION))
        return "cpe-name";
    return cpe_bounds_none(&leaf->bounds) ? "cpe-all-versions" : "cpe-range";
}

static void write_unknown(const struct applic_found *f, struct str who, struct str range, struct str version,
                          struct arena *a, struct verdict *v)
{
    struct str product = product_text(&f->leaf->cpe, a);
    v->status = FINDING_UNKNOWN;
    v->confidence = CONFIDENCE_LOW;
    switch (f->reason) {
    case APPLIC_NO_VERSION:
        v->missing = str_of(arena_printf(a, tr("the version of %.*s"), STR_ARG(who)));
        v->why = str_of(arena_printf(
            a, tr("Affected are %.*s; the ledger does not say which version of %.*s is installed."),
            STR_ARG(range), STR_ARG(who)));
        break;
    case APPLIC_NO_UPDATE:
        v->missing = str_of(arena_printf(
            a, tr("the update level (service pack, cumulative update, release) of %.*s"), STR_ARG(who)));
        v->why = str_of(arena_printf(a, tr("Affected is %.*s; the ledger has %.*s without an update level."),
                                     STR_ARG(range), STR_ARG(version)));
        break;
    case APPLIC_UNCONFIRMED:
        v->missing = str_of(tr("the affected versions: the source states none"));
        v->why = str_of(arena_printf(
            a, tr("The source names %.*s without versions, so it is not confirmed that %.*s is affected."),
            STR_ARG(product), STR_ARG(version)));
        break;
    case APPLIC_INCOMPARABLE:
        v->missing =
            str_of(arena_printf(a, tr("a version of %.*s in the way the source counts"), STR_ARG(who)));
        v->why =
            str_of(arena_printf(a, tr("Affected are %.*s; %.*s counts differently and cannot be compared."),
                                STR_ARG(range), STR_ARG(version)));
        break;
    default:
        v->missing = str_of(arena_printf(a, tr("whether %.*s is there, and its version"), STR_ARG(product)));
        v->why = str_of(arena_printf(
            a,
            tr("The device is named together with its software %.*s (%.*s), which the ledger does not list."),
            STR_ARG(product), STR_ARG(range)));
    }
}

void applic_verdict_write(const struct applic_found *f, const struct applic_name *name, struct str source,
                          struct arena *a, struct applic_result *out)
{
    struct verdict *v = &out->verdict;
    struct str who = name_text(name, a), range = range_text(f->leaf, a), version = version_text(name, a);
    *out = (struct applic_result){.match = f->leaf->match, .reason = f->reason};
    v->source = source;
    v->rule = str_of(rule_of(f->leaf));
    v->criteria = f->leaf->match->criteria;
    v->confidence = f->loose || name->guessed ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH;
    if (f->leaf_truth == APPLIC_TRUE) {
        v->status = FINDING_AFFECTED;
        v->conditional = f->path == APPLIC_UNKNOWN;
        v->fixed = f->leaf->bounds.end_excl;
        if (v->conditional && v->confidence == CONFIDENCE_HIGH)
            v->confidence = CONFIDENCE_MEDIUM;
        if (v->conditional)
            v->missing = str_of(tr("the platform (operating system or hardware) it runs on"));
        v->why = str_of(arena_printf(
            a,
            v->conditional ? tr("Affected are %.*s; the ledger has %.*s %.*s. It holds on certain platforms "
                                "only, and the ledger does not state the platform.")
                           : tr("Affected are %.*s; the ledger has %.*s %.*s."),
            STR_ARG(range), STR_ARG(who), STR_ARG(version)));
    } else if (f->leaf_truth == APPLIC_UNKNOWN) {
        write_unknown(f, who, range, version, a, v);
    } else {
        v->status = FINDING_NOT_AFFECTED;
        v->why = str_of(arena_printf(
            a,
            f->context ? tr("The version matches (%.*s), but %.*s %.*s runs on another platform than the one "
                            "stated.")
                       : tr("None of the ranges stated for this product (for one: %.*s) has %.*s %.*s."),
            STR_ARG(range), STR_ARG(who), STR_ARG(version)));
    }
}
