#include "cli/list.h"
#include "cli/round_print.h"
#include "codec/json.h"

static void w_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, 0, iso);
    json_w_kcstr(w, key, *iso ? iso : NULL);
}

static void w_notices(struct json_writer *w, const struct round_view *v, const struct round_item *it)
{
    json_w_key(w, "notices");
    json_w_array(w);
    for (size_t i = 0; i < it->notice_n; i++) {
        const struct identify_notice *n = &v->r->found.notice[it->notice[i]];
        char id[32];
        snprintf(id, sizeof(id), "N-%lld", (long long)n->rev.id);
        json_w_object(w);
        json_w_kcstr(w, "id", id);
        json_w_kstr(w, "source", n->rev.n.source);
        json_w_kstr(w, "publisher", n->publisher);
        json_w_kstr(w, "title", n->rev.n.title);
        json_w_kstr(w, "url", n->rev.n.url);
        w_when(w, "known", n->rev.known);
        json_w_kbool(w, "exploited", n->as.exploited);
        json_w_kbool(w, "urgent", n->as.urgent);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_finding(struct json_writer *w, const struct round_view *v, const struct identify_finding *f)
{
    char id[32];
    snprintf(id, sizeof(id), "F-%lld", (long long)f->id);
    json_w_object(w);
    json_w_kcstr(w, "id", f->id ? id : NULL);
    json_w_kstr(w, "vulnerability", v->r->found.vuln[f->vuln].id);
    json_w_kcstr(w, "status", finding_status_name(f->v.status));
    json_w_kstr(w, "product", f->item->key);
    json_w_kstr(w, "written", f->item->match.written);
    json_w_kstr(w, "source", f->v.source);
    json_w_kstr(w, "rule", f->v.rule);
    json_w_kstr(w, "criteria", f->v.criteria);
    json_w_kstr(w, "fixed", f->v.fixed);
    json_w_kstr(w, "missing", f->v.missing);
    json_w_kstr(w, "why", f->v.why);
    json_w_kcstr(w, "confidence", (const char *const[]){"low", "medium", "high"}[f->v.confidence]);
    json_w_kbool(w, "conditional", f->v.conditional);
    const struct decision *d = f->decision;
    if (d && d->applies && d->outcome) {
        json_w_kstr(w, "outcome", d->outcome->code);
        w_when(w, "deadline", d->deadline);
        json_w_kbool(w, "forensic", d->forensic);
    }
    json_w_object_end(w);
}

static void w_machines(struct json_writer *w, const struct round_view *v, const struct round_item *it)
{
    json_w_key(w, "machines");
    json_w_array(w);
    for (size_t i = 0; i < it->machine_n; i++) {
        const struct round_machine *m = &it->machine[i];
        const struct asset *a = &m->asset->a;
        char id[32];
        snprintf(id, sizeof(id), "A-%lld", (long long)a->id);
        json_w_object(w);
        json_w_kcstr(w, "id", id);
        json_w_kstr(w, "key", a->key);
        json_w_kstr(w, "name", a->name);
        json_w_kstr(w, "place", a->place);
        json_w_kstr(w, "purpose", a->purpose);
        json_w_kstr(w, "owner", a->owner);
        json_w_kstr(w, "contractor", a->organisation);
        json_w_kcstr(w, "exposure", exposure_name(a->exposure));
        json_w_kint(w, "count", a->count);
        json_w_kcstr(w, "status", finding_status_name(m->status));
        json_w_key(w, "findings");
        json_w_array(w);
        for (size_t k = 0; k < m->finding_n; k++)
            w_finding(w, v, m->finding[k]);
        json_w_array_end(w);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_decision(struct json_writer *w, const struct decision *d)
{
    json_w_key(w, "decision");
    if (!d || !d->outcome) {
        json_w_null(w);
        return;
    }
    json_w_object(w);
    json_w_kstr(w, "outcome", d->outcome->code);
    json_w_kstr(w, "text", d->outcome->text);
    w_when(w, "deadline", d->deadline);
    json_w_kbool(w, "forensic", d->forensic);
    json_w_kbool(w, "provisional", d->provisional);
    json_w_kbool(w, "kev", d->in_kev);
    json_w_kbool(w, "kev_by_notice", d->in_kev_by_notice);
    json_w_key(w, "reasons");
    json_w_array(w);
    for (size_t i = 0; i < d->reason_n; i++) {
        json_w_object(w);
        json_w_kstr(w, "text", d->reason[i].text);
        json_w_kstr(w, "source", d->reason[i].source);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    json_w_object_end(w);
}

static void w_scores(struct json_writer *w, const struct identify_vuln *k)
{
    json_w_object(w);
    json_w_kstr(w, "vulnerability", k->id);
    json_w_kbool(w, "kev", k->listed);
    if (k->cvss_score >= 0) {
        json_w_key(w, "cvss");
        json_w_double(w, k->cvss_score, 1);
        json_w_kstr(w, "cvss_vector", k->cvss);
        json_w_kstr(w, "cvss_source", k->cvss_source);
    }
    if (k->epss.cve.n) {
        json_w_key(w, "epss");
        json_w_double(w, k->epss.score, 5);
        json_w_kstr(w, "epss_model", k->epss.model_version);
        w_when(w, "epss_date", k->epss.date);
    }
    json_w_object_end(w);
}

static void w_item(struct json_writer *w, const struct round_view *v, const struct round_item *it)
{
    json_w_object(w);
    json_w_kcstr(w, "level", round_level_name(it->level));
    json_w_kstr(w, "title", it->title);
    json_w_kbool(w, "exploited", it->exploited);
    json_w_kbool(w, "urgent", it->urgent);
    json_w_kbool(w, "kev", it->listed);
    json_w_kbool(w, "news", it->news);
    json_w_kstr(w, "quote", it->quote);
    json_w_kstr(w, "signal", it->signal);
    json_w_kstr(w, "by", it->by);
    json_w_key(w, "vulnerabilities");
    json_w_array(w);
    for (size_t i = 0; i < it->vuln_n; i++)
        json_w_str(w, v->r->found.vuln[it->vuln[i]].id);
    json_w_array_end(w);
    json_w_key(w, "scores");
    json_w_array(w);
    for (size_t i = 0; i < it->vuln_n; i++)
        w_scores(w, &v->r->found.vuln[it->vuln[i]]);
    json_w_array_end(w);
    json_w_kint(w, "affected", it->affected);
    json_w_kint(w, "possible", it->possible);
    json_w_kint(w, "unknown", it->unknown);
    json_w_kint(w, "not_affected", it->cleared);
    json_w_kint(w, "exposed", it->exposed);
    json_w_kint(w, "at_contractors", it->contractor);
    w_decision(w, it->decision);
    json_w_kstr(w, "next", it->next);
    w_notices(w, v, it);
    w_machines(w, v, it);
    json_w_object_end(w);
}

static void w_sources(struct json_writer *w, const struct round_view *v)
{
    json_w_key(w, "sources");
    json_w_array(w);
    for (size_t i = 0; i < v->age_n; i++) {
        if (!v->age[i].ws->enabled)
            continue;
        json_w_object(w);
        json_w_kstr(w, "source", v->age[i].ws->setup.name);
        json_w_kcstr(w, "state", (const char *const[]){"fresh", "stale", "never"}[v->age[i].age]);
        w_when(w, "last_ok", v->age[i].last_ok);
        w_when(w, "newest", v->age[i].newest);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

/* Steps that cases took by rule: a mitigation ran out, an inventory proved a patch, a machine joined. */
static void w_changes(struct json_writer *w, const struct round_view *v)
{
    json_w_key(w, "cases");
    json_w_array(w);
    for (size_t i = 0; i < v->change_n; i++) {
        const struct case_step *s = &v->change[i].step;
        char id[32];
        snprintf(id, sizeof(id), "C-%lld", (long long)s->case_id);
        json_w_object(w);
        json_w_kcstr(w, "case", id);
        json_w_kstr(w, "asset_key", s->asset_key);
        json_w_kstr(w, "name", v->change[i].name);
        json_w_kcstr(w, "step", case_step_name(s->kind));
        json_w_kstr(w, "why", s->why);
        w_when(w, "at", s->at);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

void round_print_json(const struct round_view *v)
{
    struct buf out = BUF_INIT(GIB);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.round/1");
    w_when(&w, "as_of", v->as_of);
    w_when(&w, "since", v->since);
    json_w_kint(&w, "notices", (int64_t)v->r->notices);
    json_w_kbool(&w, "trustworthy", v->stale == 0);
    contact_json_lead(&w, &v->lead);
    contact_json_enquiries(&w, &v->enquiries);
    contain_json_reminders(&w, v->undo, v->undo_n);
    w_sources(&w, v);
    json_w_key(&w, "items");
    json_w_array(&w);
    for (size_t i = 0; i < v->r->n; i++)
        if (v->all || v->r->item[i].level != ROUND_QUIET)
            w_item(&w, v, &v->r->item[i]);
    json_w_array_end(&w);
    w_changes(&w, v);
    json_w_key(&w, "counts");
    json_w_object(&w);
    for (int l = ROUND_QUIET; l <= ROUND_NOW; l++)
        json_w_kint(&w, round_level_name((enum round_level)l), (int64_t)v->r->count[l]);
    json_w_object_end(&w);
    json_w_object_end(&w);
    fwrite(out.p, 1, out.n, stdout);
    putchar('\n');
    buf_release(&out);
}

void round_print_csv(const struct round_view *v)
{
    struct list t;
    list_init(&t, v->c, "toban.round/1");
    static const char *const column[] = {
        "level",    "title",      "vulnerability", "finding", "status",  "asset",    "name", "place",
        "exposure", "contractor", "count",         "product", "outcome", "deadline", "why",  "quote"};
    for (size_t i = 0; i < ARRAY_LEN(column); i++)
        list_column(&t, column[i], column[i], 0);
    for (size_t i = 0; i < v->r->n; i++) {
        const struct round_item *it = &v->r->item[i];
        for (size_t m = 0; m < it->machine_n; m++) {
            const struct asset *a = &it->machine[m].asset->a;
            for (size_t k = 0; k < it->machine[m].finding_n; k++) {
                const struct identify_finding *f = it->machine[m].finding[k];
                char iso[CLOCK_ISO_SIZE];
                clock_iso(f->decision && f->decision->applies ? f->decision->deadline : WHEN_NONE, 0, iso);
                list_cells(&t, round_level_name(it->level));
                list_cell(&t, it->title);
                list_cell(&t, v->r->found.vuln[f->vuln].id);
                list_cellf(&t, "F-%lld", (long long)f->id);
                list_cells(&t, finding_status_name(f->v.status));
                list_cellf(&t, "A-%lld", (long long)a->id);
                list_cell(&t, a->name);
                list_cell(&t, a->place);
                list_cells(&t, exposure_name(a->exposure));
                list_cell(&t, a->organisation);
                list_cellf(&t, "%lld", (long long)a->count);
                list_cell(&t, f->item->match.written);
                list_cell(&t,
                          f->decision && f->decision->outcome ? f->decision->outcome->code : (struct str){0});
                list_cells(&t, iso);
                list_cell(&t, f->v.why);
                list_cell(&t, it->quote);
            }
        }
    }
    list_end(&t);
}
