#include "loop/because.h"

#include "loop/identify_parts.h"

struct chain {
    const struct world *w;
    struct arena *a;
    VEC(struct because_step) step;
};

static struct because_step *add(struct chain *c, const char *what, const char *text)
{
    struct because_step *s = vec_add(&c->step);
    *s = (struct because_step){.what = str_of(what), .text = str_of(text)};
    return s;
}

static struct str spool_path(struct chain *c, struct str sha256)
{
    if (sha256.n != 64)
        return (struct str){0};
    return str_of(arena_printf(c->a, "spool/" STR_FMT "/" STR_FMT, STR_ARG(str_sub(sha256, 0, 2)),
                               STR_ARG(str_sub(sha256, 2, 64))));
}

static void add_notice(struct chain *c, const struct identify_notice *n)
{
    char when[CLOCK_ISO_SIZE];
    clock_minute(n->rev.known, c->w->zone_s, when);
    struct because_step *s = add(c, "notice",
                                 arena_printf(c->a, "N-%lld %.*s (%.*s, %s)", (long long)n->rev.id,
                                              STR_ARG(n->rev.n.title), STR_ARG(n->publisher), when));
    s->quote = identify_quote(n, NULL);
    s->source = n->rev.n.source;
    s->url = n->rev.n.url;
    s->sha256 = n->rev.sha256;
    s->path = spool_path(c, n->rev.sha256);
}

static void add_item(struct chain *c, const struct fleet_item *it)
{
    const struct asset *as = &it->asset->a;
    static const char *const exposure[] = {TR("exposure unknown"), TR("internal"),
                                           TR("exposed to the internet")};
    add(c, "asset",
        arena_printf(c->a, tr("A-%lld %.*s, %.*s, %s"), (long long)as->id,
                     STR_ARG(as->name.n ? as->name : as->key), STR_ARG(as->place),
                     tr(exposure[as->exposure])));
    char seen[CLOCK_ISO_SIZE];
    clock_date(it->component->seen, c->w->zone_s, seen);
    add(c, "component",
        arena_printf(c->a, tr("\"%.*s\", from %.*s of %s"), STR_ARG(it->match.written),
                     STR_ARG(it->component->source), seen));
    if (it->name)
        add(c, "name",
            arena_printf(c->a, tr("taken for %.*s %.*s %.*s: %.*s"), STR_ARG(it->key),
                         STR_ARG(it->match.version), STR_ARG(it->match.update), STR_ARG(it->name->reason)));
}

static void add_verdict(struct chain *c, const struct verdict *v)
{
    struct because_step *s = add(c, "match", arena_dup(c->a, v->why.p, v->why.n));
    s->source = v->source;
    s->quote = v->criteria;
    if (v->missing.n)
        add(c, "missing", arena_dup(c->a, v->missing.p, v->missing.n));
}

static void add_scores(struct chain *c, const struct identify_vuln *k)
{
    char date[CLOCK_ISO_SIZE];
    if (k->cvss_score >= 0)
        add(c, "score", arena_printf(c->a, "CVSS %.1f  %.*s", k->cvss_score, STR_ARG(k->cvss)))->source = k->cvss_source;
    if (k->epss.cve.n == 0)
        return;
    clock_date(k->epss.date, 0, date);
    struct str model = k->epss.model_version.n ? k->epss.model_version : str_of(tr("model not stated"));
    add(c, "score", arena_printf(c->a, "EPSS %.5f  %.*s  %s", k->epss.score, STR_ARG(model), date))->source = STR_LIT("epss");
}

static void add_decision(struct chain *c, const struct decision *d)
{
    for (size_t i = 0; d && i < d->reason_n; i++)
        add(c, "decision", arena_dup(c->a, d->reason[i].text.p, d->reason[i].text.n))->source =
            d->reason[i].source;
}

/* The document that carried the record is the newest of that source that names it: found by source, shown by
 * hash. */
static int add_document(struct chain *c, struct str source, struct err *e)
{
    struct stmt *st;
    int rc = db_query(c->w->db, &st, "document_of_source", e, ARG_S("source", source));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    struct because_step *s = add(c, "document", tr("latest document of that source that was read"));
    s->source = arena_str(c->a, source);
    s->url = arena_str(c->a, stmt_str(st, 0));
    s->sha256 = arena_str(c->a, stmt_str(st, 1));
    s->path = spool_path(c, s->sha256);
    stmt_done(st);
    return 0;
}

static void finish(struct chain *c, struct because *out)
{
    out->n = c->step.n;
    out->step = arena_array(c->a, struct because_step, c->step.n + 1);
    if (c->step.n)
        memcpy(out->step, c->step.p, c->step.n * sizeof(*c->step.p));
    vec_release(&c->step);
}

static const struct identify_finding *pick(const struct identify_result *r, const struct finding_key *key)
{
    for (size_t i = 0; i < r->finding_n; i++) {
        const struct fleet_item *it = r->finding[i].item;
        struct str product = it->key.n ? it->key : it->component->product;
        if (str_eq(it->asset->ledger, key->ledger) && str_eq(it->asset->a.key, key->asset_key) &&
            str_eq(product, key->product))
            return &r->finding[i];
    }
    return NULL;
}

int because_finding(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                    int64_t id, struct arena *a, struct because *out, struct err *e)
{
    struct finding_key key;
    struct identify_result r;
    struct stage_identify_options opt = *o;
    struct chain c = {.w = w, .a = a};
    *out = (struct because){0};
    int rc = finding_store_key(w->db, id, a, &key, e);
    if (rc)
        return rc;
    opt.only_vuln = key.vuln;
    rc = stage_identify_run(w, f, &opt, a, &r, e);
    if (rc)
        return rc;
    add(&c, "finding",
        arena_printf(a, "F-%lld %.*s × %.*s", (long long)id, STR_ARG(key.vuln), STR_ARG(key.product)));
    const struct identify_finding *hit = pick(&r, &key);
    if (!hit) {
        add(&c, "match",
            tr("this asset no longer has the product, or nothing says that it is affected any more"));
    } else {
        out->finding = *hit;
        out->have = true;
        add_item(&c, hit->item);
        add_verdict(&c, &hit->v);
        rc = add_document(&c, hit->v.source, e);
        add_scores(&c, &r.vuln[hit->vuln]);
        add_decision(&c, hit->decision);
    }
    for (size_t i = 0; i < r.notice_n; i++) {
        bool about = str_eq(r.notice[i].rev.n.id, key.vuln);
        for (size_t k = 0; k < r.notice[i].rev.n.cve_n; k++)
            about |= str_eq(r.notice[i].rev.n.cve[k], key.vuln);
        if (about)
            add_notice(&c, &r.notice[i]);
    }
    finish(&c, out);
    return rc;
}

int because_notice(const struct world *w, int64_t id, struct arena *a, struct because *out, struct err *e)
{
    struct notice_rev *rev;
    size_t n;
    struct chain c = {.w = w, .a = a};
    *out = (struct because){0};
    int rc = notice_store_get(w->db, id, a, &rev, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct identify_notice in = {.rev = rev[i], .publisher = rev[i].n.source};
        rc = notice_store_assessment(w->db, rev[i].rev, a, &in.as, &in.assessed, e);
        in.evidence = rc == 0 && in.assessed ? json_parse(a, in.as.evidence, NULL) : NULL;
        if (rc == 0)
            add_notice(&c, &in);
    }
    finish(&c, out);
    return rc;
}
