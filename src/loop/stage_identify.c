#include "loop/stage_identify.h"

#include <stdlib.h>

#include "loop/identify_parts.h"

static void keep_verdict(struct identify_run *r, struct verdict *v)
{
    struct str *const field[] = {&v->source, &v->rule, &v->criteria, &v->fixed, &v->missing, &v->why};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        *field[i] = arena_str(r->a, *field[i]);
}

/* Nobody states ranges for it yet, and a notice names the product: tell people now. */
static void possible(struct identify_run *r, const struct candidate *c, bool others, struct verdict *out)
{
    const struct identify_notice *n = &r->out->notice[c->notice];
    char date[CLOCK_ISO_SIZE];
    clock_minute(n->rev.known, r->w->zone_s, date);
    *out = (struct verdict){
        .status = FINDING_POSSIBLE,
        .confidence = CONFIDENCE_LOW,
        .source = n->rev.n.source,
        .rule = STR_LIT("product-name"),
        .criteria = n->rev.n.id,
        .missing = str_of(tr("affected versions are not published yet; read the notice and compare")),
        .why = str_of(arena_printf(r->a,
                                   others ? tr("%.*s names this product (%s); affected versions are stated for other products only")
                                          : tr("%.*s names this product (%s); no source states affected versions yet"),
                                   STR_ARG(n->publisher), date))};
}

/* "Not affected" is worth a line where somebody asks: a notice, or a person with one vulnerability in hand.
 */
static bool keep_it(const struct identify_run *r, const struct candidate *c, const struct verdict *v)
{
    return v->status != FINDING_NOT_AFFECTED || c->notice != NO_NOTICE || r->o->only_vuln.n;
}

/* One candidate: every item of the product, alike ones once. False: nothing to say. */
static void match_candidate(struct identify_run *r, const struct candidate *c, const struct match_vuln *mv,
                            uint32_t stamp, const struct decision *(*table)[3][4])
{
    for (uint32_t i = fleet_first(r->f, r->f->key[c->key]); i != UINT32_MAX; i = r->f->item[i].next) {
        const struct fleet_item *it = &r->f->item[i];
        if (r->stamp[it->same] != stamp) {
            r->stamp[it->same] = stamp;
            match_run(mv, r->f->match + i, r->f->match + it->of_asset, it->of_asset_n, &r->scratch,
                      &r->verdict[it->same], &r->undecided[it->same]);
            if (r->undecided[it->same] && c->notice != NO_NOTICE && (c->alone || !match_vuln_has_ranges(mv)))
                possible(r, c, match_vuln_has_ranges(mv), &r->verdict[it->same]);
            else if (r->undecided[it->same])
                continue;
            else
                keep_verdict(r, &r->verdict[it->same]);
            r->undecided[it->same] = false;
        } else if (r->undecided[it->same]) {
            continue;
        }
        const struct verdict *v = &r->verdict[it->same];
        if (!keep_it(r, c, v))
            continue;
        vec_push(&r->finding,
                 ((struct identify_finding){.item = it,
                                            .vuln = c->vuln,
                                            .v = *v,
                                            .notice = c->notice,
                                            .decision = (*table)[it->asset->a.exposure][v->status]}));
    }
}

static struct str first_sentence(struct str s, struct arena *a)
{
    size_t at = str_find(s, STR_LIT(". "));
    s = str_sub(s, 0, at == STR_NONE ? s.n : at + 1);
    if (s.n > 160)
        s = str_sub(s, 0, str_utf8_clip(s.p, 160));
    return arena_str(a, s);
}

static void describe(struct identify_run *r, struct identify_vuln *v, const struct known_vuln *record,
                     size_t n, uint32_t notice, uint32_t oldest)
{
    for (size_t i = 0; i < n; i++) {
        const struct vuln *k = &record[i].v;
        if (k->published != WHEN_NONE && (v->published == WHEN_NONE || k->published < v->published))
            v->published = k->published;
        if (v->title.n == 0 && k->title.n)
            v->title = arena_str(r->a, k->title);
    }
    for (size_t i = 0; i < n && v->title.n == 0; i++)
        v->title = first_sentence(record[i].v.description, r->a);
    if (notice == NO_NOTICE)
        return;
    const struct identify_notice *no = &r->out->notice[notice];
    if (v->title.n == 0)
        v->title = no->rev.n.title;
    if (v->published == WHEN_NONE)
        v->published = r->out->notice[oldest].rev.n.published;
}

static int one_vuln(struct identify_run *r, const struct candidate *c, size_t n, struct err *e)
{
    struct identify_vuln *v = &r->vuln.p[c->vuln];
    const struct decision *table[3][4];
    struct known_vuln *record;
    size_t record_n;
    uint32_t notice = NO_NOTICE;
    arena_clear(&r->scratch);
    int rc = knowledge_vuln(r->w->knowledge, v->id, r->o->as_of, &r->scratch, &record, &record_n, e);
    if (rc == ERR_NOT_FOUND)
        rc = 0;
    if (rc)
        return rc;
    uint32_t oldest = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].notice == NO_NOTICE)
            continue;
        notice = MIN(notice, c[i].notice);
        oldest = MAX(oldest, c[i].oldest);
    }
    /* Not known by then: neither a record nor a notice. */
    if (record_n == 0 && notice == NO_NOTICE)
        return 0;
    describe(r, v, record, record_n, notice, oldest);
    const struct match_vuln *mv = match_vuln_prepare(&r->w->names, v->id, record, record_n, &r->scratch);
    v->ranges = match_vuln_has_ranges(mv);
    rc = identify_decide(r, v, record, record_n, &table, e);
    v->first = r->finding.n;
    for (size_t i = 0; rc == 0 && i < n; i++)
        match_candidate(r, &c[i], mv, c->vuln + 1, &table);
    v->n = r->finding.n - v->first;
    return rc;
}

static int by_vuln(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->vuln != y->vuln ? (x->vuln > y->vuln) - (x->vuln < y->vuln)
                              : (x->key > y->key) - (x->key < y->key);
}

static int all_vulns(struct identify_run *r, struct err *e)
{
    int rc = 0;
    if (r->cand.n)
        qsort(r->cand.p, r->cand.n, sizeof(*r->cand.p), by_vuln);
    for (size_t i = 0, n; rc == 0 && i < r->cand.n; i += n) {
        for (n = 1; i + n < r->cand.n && r->cand.p[i + n].vuln == r->cand.p[i].vuln;)
            n++;
        rc = one_vuln(r, &r->cand.p[i], n, e);
    }
    return rc;
}

static void hand_over(struct identify_run *r)
{
    struct identify_result *out = r->out;
    out->vuln_n = r->vuln.n;
    out->vuln = arena_array(r->a, struct identify_vuln, r->vuln.n + 1);
    if (r->vuln.n)
        memcpy(out->vuln, r->vuln.p, r->vuln.n * sizeof(*r->vuln.p));
    out->finding_n = r->finding.n;
    out->finding = arena_array(r->a, struct identify_finding, r->finding.n + 1);
    if (r->finding.n)
        memcpy(out->finding, r->finding.p, r->finding.n * sizeof(*r->finding.p));
}

int stage_identify_run(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                       struct arena *a, struct identify_result *out, struct err *e)
{
    struct identify_run r = {.w = w, .f = f, .o = o, .a = a, .out = out};
    struct knowledge_stat stat;
    *out = (struct identify_result){0};
    r.stamp = arena_array(a, uint32_t, f->same_n + 1);
    r.verdict = arena_array(a, struct verdict, f->same_n + 1);
    r.undecided = arena_array(a, bool, f->same_n + 1);
    int rc = identify_notices(w, o, a, out, e);
    if (rc == 0)
        rc = knowledge_stat(w->knowledge, &stat, e);
    if (rc == 0) {
        r.kev_consulted = stat.kev > 0;
        rc = identify_candidates(&r, e);
    }
    if (rc == 0)
        rc = all_vulns(&r, e);
    hand_over(&r);
    vec_release(&r.cand);
    vec_release(&r.vuln);
    vec_release(&r.finding);
    map_release(&r.vuln_index);
    map_release(&r.cand_index);
    map_release(&r.spoken);
    arena_release(&r.scratch);
    return rc;
}

static int store_one(const struct world *w, const struct identify_result *r, struct identify_finding *f,
                     when_t now, struct err *e)
{
    const struct fleet_item *it = f->item;
    struct finding_key key = {it->asset->ledger, it->asset->a.key,
                              it->key.n ? it->key : it->component->product, r->vuln[f->vuln].id};
    int rc = finding_store_number(w->db, &key, &f->id, e);
    if (rc)
        return rc;
    struct finding_row row = {.id = f->id,
                              .asset = it->asset->a.id,
                              .component = it->component->id,
                              .vuln = r->vuln[f->vuln].id,
                              .v = f->v,
                              .outcome = f->decision->outcome ? f->decision->outcome->code : (struct str){0},
                              .deadline = f->decision->applies ? f->decision->deadline : WHEN_NONE,
                              .notice_rev = f->notice == NO_NOTICE ? 0 : r->notice[f->notice].rev.rev,
                              .since = now};
    return finding_store_put(w->db, &row, e);
}

int stage_identify_store(const struct world *w, struct identify_result *r, when_t now, struct err *e)
{
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = db_run(w->db, "finding_mark", e);
    for (size_t i = 0; rc == 0 && i < r->finding_n; i++)
        rc = store_one(w, r, &r->finding[i], now, e);
    if (rc == 0)
        rc = db_run(w->db, "finding_sweep", e);
    if (rc == 0)
        rc = db_commit(w->db, e);
    if (rc)
        db_rollback(w->db);
    return rc;
}
