#include "identify/match.h"

#include "identify/affected.h"
#include "identify/applic.h"
#include "identify/match_vendor.h"

struct match_record {
    const struct vuln *v;
    struct applic *applic; /* NULL: no configurations */
};

struct match_vuln {
    struct str id;
    const struct name_sources *names;
    struct match_record *record;
    size_t n;
    bool rejected, ranges;
    when_t published; /* earliest by any source */
    struct match_vendor_list vendor;
};

const struct match_vuln *match_vuln_prepare(const struct name_sources *names, struct str id,
                                            const struct known_vuln *record, size_t n, struct arena *a)
{
    struct match_vuln *m = arena_new(a, struct match_vuln);
    m->id = id;
    m->names = names;
    m->published = WHEN_NONE;
    m->record = arena_array(a, struct match_record, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct vuln *v = &record[i].v;
        if (v->published != WHEN_NONE && (m->published == WHEN_NONE || v->published < m->published))
            m->published = v->published;
        if (record[i].later)
            continue;
        m->rejected |= v->state == VULN_REJECTED;
        m->ranges |= v->config_n || v->affected_n || v->product_n;
        struct match_record *r = &m->record[m->n++];
        r->v = v;
        if (v->config_n)
            r->applic = applic_prepare(a, v->config, v->config_n);
        match_vendor_add(&m->vendor, names, v, a);
    }
    return m;
}

bool match_vuln_has_ranges(const struct match_vuln *v)
{
    return v->ranges;
}

/* Windows names need their part: they meet generic platform leaves. */
static char part_of(const struct match_item *it)
{
    return str_is(it->vendor, "microsoft") && str_starts(it->product, "windows") ? 'o' : 0;
}

static void asset_of(const struct match_item *all, size_t n, struct arena *a, struct applic_asset *out)
{
    struct applic_name *name = arena_array(a, struct applic_name, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct match_item *it = &all[i];
        applic_name_init(a, part_of(it), it->vendor.n ? it->vendor : STR_LIT("-"),
                         it->product.n ? it->product : STR_LIT("-"), it->version, it->update, &name[i]);
        name[i].written = it->written;
    }
    applic_asset_init(a, name, n, 0, out);
}

struct product_ctx {
    const struct match_item *item;
    struct arena *a;
};

static bool is_product(const struct affected *p, void *ctx)
{
    const struct product_ctx *c = ctx;
    return affected_names(p, c->item->vendor, c->item->product, c->a);
}

/* What NVD and CVE 5 say, the first that can tell; `open` keeps an "unknown". */
static bool from_records(const struct match_vuln *v, const struct match_item *item,
                         const struct match_item *all, size_t all_n, struct arena *a, struct verdict *out)
{
    struct product_ctx ctx = {item, a};
    struct verdict open = {0};
    struct applic_asset asset;
    bool have_open = false, have_asset = false;
    for (size_t i = 0; i < v->n; i++) {
        const struct vuln *r = v->record[i].v;
        if (r->affected_n && affected_judge(r->affected, r->affected_n, is_product, &ctx, item->version,
                                            item->written, a, out)) {
            out->source = r->source;
            if (out->status != FINDING_UNKNOWN)
                return true;
            open = *out;
            have_open = true;
        }
    }
    for (size_t i = 0; i < v->n; i++) {
        struct applic_result res;
        if (!v->record[i].applic)
            continue;
        if (!have_asset)
            asset_of(all, all_n, a, &asset);
        have_asset = true;
        if (!applic_judge(v->record[i].applic, &asset, (size_t)(item - all), v->record[i].v->source, a, &res))
            continue;
        if (res.verdict.status != FINDING_UNKNOWN) {
            *out = res.verdict;
            return true;
        }
        if (!have_open)
            open = res.verdict;
        have_open = true;
    }
    *out = open;
    return have_open;
}

void match_run(const struct match_vuln *v, const struct match_item *item, const struct match_item *all,
               size_t all_n, struct arena *a, struct verdict *out, bool *undecided)
{
    *out = (struct verdict){.status = FINDING_UNKNOWN};
    *undecided = false;
    if (v->rejected) {
        *out = (struct verdict){.status = FINDING_NOT_AFFECTED,
                                .confidence = CONFIDENCE_HIGH,
                                .source = v->record[0].v->source,
                                .rule = STR_LIT("rejected"),
                                .why = str_of(tr("the identifier was rejected by its issuer"))};
        return;
    }
    struct verdict vendor = {0}, records;
    if (item->product.n == 0) {
        *undecided = true;
        return;
    }
    enum match_vendor_said said =
        match_vendor_judge(&v->vendor, v->names, v->id, v->published, item, a, &vendor);
    if (said == MATCH_VENDOR_FINAL) {
        *out = vendor;
        return;
    }
    bool told = from_records(v, item, all, all_n, a, &records);
    if (said == MATCH_VENDOR_NOTHING) {
        *out = records;
        *undecided = !told;
    } else if (told && records.status == FINDING_AFFECTED) {
        /* The level is affected; whether the update is on it cannot be seen. */
        *out = records;
        out->confidence = MIN(out->confidence, CONFIDENCE_MEDIUM);
        out->missing = vendor.missing;
        if (vendor.fixed.n)
            out->fixed = vendor.fixed;
    } else {
        *out = vendor;
    }
}
