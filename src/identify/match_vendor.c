#include "identify/match_vendor.h"

#include "identify/build_table.h"
#include "identify/versions/scheme.h"
#include "identify/versions/versions.h"

void match_vendor_add(struct match_vendor_list *l, const struct name_sources *names, const struct vuln *v,
                      struct arena *a)
{
    if (v->product_n == 0)
        return;
    struct match_vendor_entry *all = arena_array(a, struct match_vendor_entry, l->n + v->product_n);
    if (l->n)
        memcpy(all, l->entry, l->n * sizeof(*all));
    l->entry = all;
    for (size_t i = 0; i < v->product_n; i++) {
        struct name_match m;
        struct name_input in = {.product = v->product[i].name.n ? v->product[i].name : v->product[i].cpe};
        if (in.product.n == 0 || name_match(names, &in, a, &m, NULL) != 0 || m.kind < NAME_CANDIDATE)
            continue;
        l->entry[l->n++] =
            (struct match_vendor_entry){&v->product[i], v->source, m.vendor, m.product, m.version, m.update};
    }
}

static bool same_product(const struct match_vendor_entry *x, const struct match_item *it)
{
    return str_ieq(x->vendor, it->vendor) && str_ieq(x->product, it->product);
}

static bool blank(struct str s)
{
    return s.n == 0 || str_is(s, "-");
}

static bool same_word(struct str a, struct str b)
{
    return (blank(a) && blank(b)) || str_ieq(a, b);
}

/* "cumulative_update_19" is level CU19; "sp3_rollup32" is level SP3 with update RU32. */
static void level_words(const struct match_item *it, struct arena *a, struct str *level, struct str *update)
{
    char *text = arena_dup(a, it->update.p, it->update.n);
    for (char *p = text; *p; p++)
        if (*p == '_')
            *p = ' ';
    char *rollup = strstr(text, " rollup");
    *update = (struct str){0};
    if (rollup) {
        *rollup = 0;
        *update = str_of(arena_printf(a, "RU%s", rollup + 7));
    }
    *level = str_of(text);
}

static enum match_vendor_said from_answer(const struct build_answer *ans, struct arena *a,
                                          struct verdict *out)
{
    static const struct {
        enum finding_status status;
        enum confidence confidence;
        enum match_vendor_said said;
    } meaning[] = {[BUILD_FIX_UNKNOWN] = {FINDING_UNKNOWN, CONFIDENCE_LOW, MATCH_VENDOR_OPEN},
                   [BUILD_FIX_NO] = {FINDING_AFFECTED, CONFIDENCE_HIGH, MATCH_VENDOR_FINAL},
                   [BUILD_FIX_YES] = {FINDING_NOT_AFFECTED, CONFIDENCE_HIGH, MATCH_VENDOR_FINAL},
                   [BUILD_FIX_UPGRADE_FIRST] = {FINDING_AFFECTED, CONFIDENCE_HIGH, MATCH_VENDOR_FINAL},
                   [BUILD_FIX_VERIFY] = {FINDING_UNKNOWN, CONFIDENCE_MEDIUM, MATCH_VENDOR_FINAL}};
    if (ans->fix == BUILD_FIX_OTHER)
        return MATCH_VENDOR_NOTHING;
    *out = (struct verdict){.status = meaning[ans->fix].status,
                            .confidence = meaning[ans->fix].confidence,
                            .source = STR_LIT("build table"),
                            .rule = STR_LIT("build-table"),
                            .criteria = ans->kb,
                            .fixed = ans->fixed.n && ans->kb.n
                                         ? str_of(arena_printf(a, STR_FMT " (" STR_FMT ")",
                                                               STR_ARG(ans->fixed), STR_ARG(ans->kb)))
                                     : ans->fixed.n ? ans->fixed
                                                    : ans->kb,
                            .why = ans->why};
    if (out->status == FINDING_UNKNOWN)
        out->missing = str_of(tr("the exact build of the product"));
    return meaning[ans->fix].said;
}

static enum match_vendor_said from_tables(const struct name_sources *names, struct str id,
                                          const struct match_item *it, struct arena *a, struct verdict *out)
{
    for (size_t i = 0; i < names->build_n; i++) {
        const struct build_table *t = names->build[i];
        struct build_info info = {0};
        struct build_answer ans = {0};
        struct str level, update;
        if (!str_eq(build_table_vendor(t), it->vendor) || !str_eq(build_table_product(t), it->product))
            continue;
        bool found = it->build.n && build_table_find(t, it->build, &info);
        if (!found) {
            level_words(it, a, &level, &update);
            found = it->version.n && build_table_level(t, it->version, level, update, &info);
        }
        if (!found)
            continue;
        build_table_fix(t, a, &info, id, &ans);
        return from_answer(&ans, a, out);
    }
    return MATCH_VENDOR_NOTHING;
}

/* Builds compare only within a family: the first three numbers alike (formats.md 7.7). */
static bool same_family(struct str x, struct str y)
{
    size_t dots = 0, i = 0;
    for (; i < x.n && i < y.n && x.p[i] == y.p[i]; i++)
        if (x.p[i] == '.' && ++dots == 3)
            return true;
    return false;
}

static enum match_vendor_said from_entry(const struct match_vendor_entry *x, when_t published,
                                         const struct match_item *it, struct arena *a, struct verdict *out)
{
    const struct scheme *windows = scheme_find(STR_LIT("windows"));
    int sign = 0;
    struct str build = it->build.n ? it->build : it->version;
    struct str kb = x->p->kb.n ? str_of(arena_printf(a, "KB" STR_FMT, STR_ARG(x->p->kb))) : (struct str){0};
    *out = (struct verdict){.status = FINDING_AFFECTED,
                            .confidence = CONFIDENCE_MEDIUM,
                            .source = x->source,
                            .rule = STR_LIT("vendor-list"),
                            .criteria = x->p->name,
                            .fixed = x->p->fixed_build.n ? x->p->fixed_build : kb};
    if (str_is(x->p->status, "known_not_affected") || str_is(x->p->status, "fixed")) {
        out->status = FINDING_NOT_AFFECTED;
        out->why =
            str_of(arena_printf(a, tr("the vendor lists \"%.*s\" as not affected"), STR_ARG(x->p->name)));
        return MATCH_VENDOR_FINAL;
    }
    if (x->p->fixed_build.n && build.n && same_family(build, x->p->fixed_build) && windows &&
        versions_compare(windows, build, x->p->fixed_build, &sign, NULL) == 0) {
        out->confidence = CONFIDENCE_HIGH;
        out->status = sign < 0 ? FINDING_AFFECTED : FINDING_NOT_AFFECTED;
        out->why =
            str_of(arena_printf(a,
                                sign < 0 ? tr("build %.*s is older than the fixed build %.*s (%.*s)")
                                         : tr("build %.*s is not older than the fixed build %.*s (%.*s)"),
                                STR_ARG(build), STR_ARG(x->p->fixed_build), STR_ARG(kb)));
        return MATCH_VENDOR_FINAL;
    }
    out->missing = str_of(tr("the exact build, which shows whether the update is installed"));
    /* Seen before the fix existed, it cannot have had it; seen later, nobody can tell. */
    if (it->seen <= 0 || published == WHEN_NONE || it->seen >= published) {
        out->status = FINDING_UNKNOWN;
        out->confidence = CONFIDENCE_LOW;
        out->why = str_of(arena_printf(
            a, tr("the vendor lists \"%.*s\"; whether %.*s is installed cannot be told without the build"),
            STR_ARG(x->p->name), STR_ARG(out->fixed.n ? out->fixed : str_of(tr("the fix")))));
        return MATCH_VENDOR_OPEN;
    }
    out->why =
        str_of(arena_printf(a, tr("the vendor lists \"%.*s\" as affected until %.*s is installed"),
                            STR_ARG(x->p->name), STR_ARG(out->fixed.n ? out->fixed : str_of(tr("a fix")))));
    return MATCH_VENDOR_FINAL;
}

static enum match_vendor_said from_list(const struct match_vendor_list *l, when_t published,
                                        const struct match_item *it, struct arena *a, struct verdict *out)
{
    const struct match_vendor_entry *other = NULL, *sibling = NULL;
    bool open = false;
    for (size_t i = 0; i < l->n; i++) {
        const struct match_vendor_entry *x = &l->entry[i];
        if (!same_product(x, it))
            continue;
        if (same_word(x->version, it->version) && same_word(x->update, it->update))
            return from_entry(x, published, it, a, out);
        if (blank(it->version) && !blank(x->version))
            open = true;
        else if (same_word(x->version, it->version))
            sibling = x;
        else
            other = x;
    }
    if (!other && !sibling && !open)
        return MATCH_VENDOR_NOTHING;
    const struct match_vendor_entry *x = sibling ? sibling : other;
    *out = (struct verdict){.status = FINDING_UNKNOWN,
                            .source = x ? x->source : STR_LIT("vendor"),
                            .rule = STR_LIT("vendor-list"),
                            .criteria = x ? x->p->name : (struct str){0}};
    if (open || sibling) {
        out->missing = str_of(open ? tr("the version of the product")
                                   : tr("the exact build or update level of the product"));
        out->why = str_of(
            tr("the vendor lists this product by update level, and the ledger's level is not among them"));
        return MATCH_VENDOR_OPEN;
    }
    out->status = FINDING_NOT_AFFECTED;
    out->confidence = CONFIDENCE_MEDIUM;
    out->why = str_of(arena_printf(a,
                                   tr("the vendor lists affected versions of this product, such as \"%.*s\"; "
                                      "this version is not among them"),
                                   STR_ARG(x->p->name)));
    return MATCH_VENDOR_FINAL;
}

enum match_vendor_said match_vendor_judge(const struct match_vendor_list *l, const struct name_sources *names,
                                          struct str id, when_t published, const struct match_item *item,
                                          struct arena *a, struct verdict *out)
{
    struct verdict list;
    enum match_vendor_said table = from_tables(names, id, item, a, out);
    if (table == MATCH_VENDOR_FINAL)
        return table;
    enum match_vendor_said said = from_list(l, published, item, a, &list);
    /* A level known to need the update outranks a list that only names levels. */
    if (said == MATCH_VENDOR_FINAL || table == MATCH_VENDOR_NOTHING) {
        *out = list;
        return said;
    }
    return table;
}
