#include "app/app_report_parts.h"

#include "loop/figures.h"
#include "loop/statements.h"
#include "report/vex.h"
#include "store/contain_store.h"
#include "store/report_store.h"

int app_report_site(struct app *app, struct report_site *out, bool *named, struct err *e)
{
    const struct config *c = app_config(app);
    struct str name = config_str(c, "report.publisher"), space = config_str(c, "report.namespace");
    *out = (struct report_site){.publisher = name.n ? name : str_of(tr("an organisation that has not said its name")),
                                .space = space.n ? space : STR_LIT("https://organisation.invalid"),
                                .at = clock_now(),
                                .zone_s = config_zone(c),
                                .who = app_who(app)};
    if (named)
        *named = name.n && space.n;
    if (!vex_is_url(out->space))
        return err_set(e, ERR_USAGE, "report.namespace: \"%.*s\" is not a web address such as https://www.example.jp", STR_ARG(space));
    return 0;
}

static void key_of(struct buf *b, struct str ledger, struct str key)
{
    buf_clear(b);
    buf_add_str(b, ledger);
    buf_addc(b, 0);
    buf_add_str(b, key);
}

/* Folds the steps again that are left; members that had not joined yet are dropped. */
static void refold(struct case_file *f)
{
    struct map index = {0};
    struct buf key = BUF_INIT(MIB);
    size_t kept = 0;
    f->head.closed = NULL;
    f->vuln_n = 0;
    for (size_t i = 0; i < f->member_n; i++) {
        struct case_asset *as = &f->member[i].a;
        key_of(&key, as->ledger, as->key);
        *map_put(&index, buf_str(&key), NULL) = i;
        gate_start(as, as->ledger, as->key);
    }
    for (size_t i = 0; i < f->step_n; i++) {
        const struct case_step *s = &f->step[i];
        key_of(&key, s->ledger, s->asset_key);
        const uint64_t *at = s->asset_key.n ? map_get(&index, buf_str(&key)) : NULL;
        if (at)
            gate_fold_step(&f->member[*at].a, s);
        else if (s->kind == STEP_VULN)
            f->vuln[f->vuln_n++] = s->value;
        else if (s->kind == STEP_CLOSE)
            f->head.closed = s;
        else if (s->kind == STEP_REOPEN)
            f->head.closed = NULL;
    }
    for (size_t i = 0; i < f->member_n; i++)
        if (f->member[i].a.joined != WHEN_NONE)
            f->member[kept++] = f->member[i];
    f->member_n = kept;
    map_release(&index);
    buf_release(&key);
}

/* Leaves the steps that were taken by then. */
static void cut(struct case_file *f, when_t until, struct arena *a)
{
    size_t n = 0, all = f->step_n;
    const struct case_step *from = f->step;
    for (size_t i = 0; i < all; i++)
        n += from[i].at < until;
    if (n == all)
        return;
    f->step = arena_array(a, struct case_step, n + 1);
    f->step_n = 0;
    for (size_t i = 0; i < all; i++)
        if (from[i].at < until)
            f->step[f->step_n++] = from[i];
    refold(f);
}

static void vulns(const struct case_file *f, struct arena *a, struct report_case *out)
{
    out->vuln = arena_array(a, struct report_vuln, f->vuln_n + 1);
    for (size_t i = 0; i < f->vuln_n; i++) {
        bool have = false;
        for (size_t k = 0; k < out->vuln_n; k++)
            have = have || str_eq(out->vuln[k].id, f->vuln[i]);
        if (!have)
            out->vuln[out->vuln_n++] = (struct report_vuln){.id = f->vuln[i], .published = WHEN_NONE};
    }
}

static int heard(struct app *app, when_t until, struct arena *a, struct report_case *out, struct err *e)
{
    struct world_source *source;
    size_t n;
    int rc = app_sources(app, &source, &n, e);
    if (rc == 0)
        rc = statements_of(app_world(app), source, n, until, out->vuln, out->vuln_n, a, &out->statement, &out->statement_n, e);
    for (size_t k = 0; k < REPORT_STAGES; k++)
        out->times.at[k] = WHEN_NONE;
    for (size_t i = 0; rc == 0 && i < out->statement_n; i++) {
        const when_t t[] = {out->statement[i].published, out->statement[i].heard};
        for (size_t k = REPORT_PUBLISHED; k <= REPORT_HEARD; k++)
            if (t[k] != WHEN_NONE && (out->times.at[k] == WHEN_NONE || t[k] < out->times.at[k]))
                out->times.at[k] = t[k];
    }
    return rc;
}

static int plans(struct app *app, int64_t case_id, when_t until, struct arena *a, struct report_case *out, struct err *e)
{
    struct containment *p;
    size_t n;
    int rc = containment_store_list(app_world(app)->db, case_id, a, &p, &n, e);
    out->containment = arena_array(a, struct report_containment, n + 1);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (p[i].at >= until)
            continue;
        struct report_containment *r = &out->containment[out->containment_n++];
        bool *done = arena_array(a, bool, p[i].action_n + 1), *skipped = arena_array(a, bool, p[i].action_n + 1);
        *r = (struct report_containment){.id = p[i].id, .title = p[i].title, .who = p[i].who, .at = p[i].at, .approved = WHEN_NONE, .actions = p[i].action_n};
        for (size_t k = 0; k < p[i].event_n; k++) {
            const struct containment_event *ev = &p[i].event[k];
            if (ev->at >= until)
                continue;
            if (ev->kind == CONTAINMENT_APPROVED && ev->number == 0) {
                r->approved = ev->at;
                r->approved_by = ev->who;
            }
            if (ev->kind == CONTAINMENT_REFUSED && ev->number == 0)
                r->refused = true;
            for (size_t j = 0; j < p[i].action_n; j++) {
                if (p[i].action[j].number != ev->number || ev->number == 0)
                    continue;
                done[j] = ev->kind == CONTAINMENT_DONE;
                skipped[j] = ev->kind == CONTAINMENT_SKIPPED;
            }
        }
        for (size_t j = 0; j < p[i].action_n; j++) {
            r->done += done[j];
            r->skipped += skipped[j];
        }
    }
    return rc;
}

static int machine(struct app_report_ledger *l, const struct report_case *c, const struct case_file *f, const struct case_member *mem,
                   struct report_machine *m, when_t *first, struct err *e)
{
    const struct ledger_asset *as = NULL;
    when_t now = c->site.at, since;
    m->a = mem->a;
    m->look = mem->look;
    m->plan = stage_remediate_plan(f, &mem->a);
    m->asset = mem->look ? mem->look->asset : 0;
    m->count = 1;
    m->name = mem->look ? mem->look->name : mem->a.key;
    m->state = gate_state(&mem->a, now);
    m->vex = gate_vex(&mem->a);
    m->state_text = app_case_state_text(mem, now, c->site.zone_s, l->a);
    m->next = str_of(gate_next(&mem->a, now));
    m->unverified = app_case_unverified(mem, now, &m->unverified_days);
    m->mitigated = gate_mitigated(&mem->a, now);
    m->lapsed = gate_lapsed(&mem->a, now);
    *first = WHEN_NONE;
    int rc = m->asset ? app_report_ledger_get(l, m->asset, &as, e) : 0;
    for (size_t i = 0; rc == 0 && as && i < c->vuln_n; i++) {
        rc = report_store_since(app_world(l->app)->db, c->vuln[i].id, m->asset, &since, e);
        if (since != WHEN_NONE && (*first == WHEN_NONE || since < *first))
            *first = since;
    }
    if (rc || !as)
        return rc;
    m->count = as->a.count;
    m->place = as->a.place;
    m->purpose = as->a.purpose;
    m->owner = as->a.owner;
    m->department = as->a.department;
    m->organisation = as->a.organisation;
    m->exposure = as->a.exposure;
    return app_report_software(l, as, m, e);
}

int app_report_build(struct app_report_ledger *l, const struct report_site *site, int64_t case_id, when_t until, struct report_case *out,
                     struct err *e)
{
    struct case_file f;
    *out = (struct report_case){.site = *site};
    int rc = stage_remediate_load(app_world(l->app), case_id, l->a, &f, e);
    if (rc)
        return rc;
    cut(&f, until, l->a);
    out->head = f.head;
    out->step = f.step;
    out->step_n = f.step_n;
    vulns(&f, l->a, out);
    rc = heard(l->app, until, l->a, out, e);
    if (rc == 0)
        rc = plans(l->app, case_id, until, l->a, out, e);
    if (rc == 0)
        rc = app_report_enquiries(l->app, case_id, until, l->a, &out->enquiry, &out->enquiry_n, e);
    out->machine = arena_array(l->a, struct report_machine, f.member_n + 1);
    out->machine_n = f.member_n;
    when_t *first = arena_array(l->a, when_t, f.member_n + 1);
    for (size_t i = 0; rc == 0 && i < f.member_n; i++)
        rc = machine(l, out, &f, &f.member[i], &out->machine[i], &first[i], e);
    if (rc)
        return rc;
    figures_times(&f, out->machine, first);
    figures_case(out);
    figures_of(out, 1, WHEN_NONE, INT64_MAX, l->a, &out->figures);
    return 0;
}

int app_report_case(struct app *app, int64_t case_id, struct arena *a, struct report_case *out, struct err *e)
{
    struct app_report_ledger l;
    struct report_site site;
    struct case_look *look;
    size_t n;
    int rc = app_report_site(app, &site, NULL, e);
    if (rc == 0)
        rc = case_store_looks(app_world(app)->db, case_id, a, &look, &n, e);
    if (rc == 0)
        rc = app_report_ledger_open(app, n, a, &l, e);
    if (rc)
        return rc;
    rc = app_report_build(&l, &site, case_id, INT64_MAX, out, e);
    app_report_ledger_close(&l);
    return rc ? rc : app_report_lead(app, case_id, a, &out->lead, &out->lead_n, e);
}
