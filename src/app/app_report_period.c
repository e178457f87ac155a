/* Reports of a time: a month's figures, and the audit log. */
#include "app/app_report_parts.h"

#include "loop/audit.h"
#include "loop/figures.h"

/* "2021-03", or the month of the clock; its bounds in the site's zone. */
static int bounds(struct str month, const struct report_site *site, when_t *from, when_t *until, struct err *e)
{
    uint64_t y, m;
    int year, mon, day;
    clock_civil((site->at + site->zone_s * WHEN_SEC) / WHEN_DAY, &year, &mon, &day);
    if (month.n) {
        if (month.n != 7 || month.p[4] != '-' || !num_u64(str_sub(month, 0, 4), &y) || !num_u64(str_sub(month, 5, 2), &m) || m < 1 || m > 12 || y < 1970)
            return err_set(e, ERR_USAGE, "\"%.*s\" is not a month such as 2021-03", STR_ARG(month));
        year = (int)y;
        mon = (int)m;
    }
    *from = clock_days(year, mon, 1) * WHEN_DAY - site->zone_s * WHEN_SEC;
    *until = clock_days(mon == 12 ? year + 1 : year, mon == 12 ? 1 : mon + 1, 1) * WHEN_DAY - site->zone_s * WHEN_SEC;
    if (*from > site->at)
        return err_set(e, ERR_USAGE, "the month %.*s has not begun", STR_ARG(month));
    return 0;
}

static bool in_month(const struct report_case *c, when_t from)
{
    return !c->head.closed || c->head.closed->at >= from;
}

int app_report_month(struct app *app, struct str month, struct arena *a, struct report_month *out, struct err *e)
{
    struct app_report_ledger l;
    struct case_head *head;
    struct db *db = app_world(app)->db;
    size_t n, machines = 0;
    *out = (struct report_month){0};
    int rc = app_report_site(app, &out->site, NULL, e);
    if (rc == 0)
        rc = bounds(month, &out->site, &out->from, &out->until, e);
    if (rc == 0)
        rc = case_store_heads(db, 0, a, &head, &n, e);
    if (rc)
        return rc;
    out->running = out->until > out->site.at;
    out->cases = arena_array(a, struct report_case, n + 1);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct arena scratch = {0};
        struct case_look *look;
        size_t k;
        rc = case_store_looks(db, head[i].id, &scratch, &look, &k, e);
        machines += rc ? 0 : k;
        arena_release(&scratch);
    }
    if (rc == 0)
        rc = app_report_ledger_open(app, machines, a, &l, e);
    if (rc)
        return rc;
    struct report_site then = out->site;
    if (!out->running)
        then.at = out->until;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (head[i].opened >= out->until)
            continue;
        rc = app_report_build(&l, &then, head[i].id, out->until, &out->cases[out->case_n], e);
        if (rc == 0 && in_month(&out->cases[out->case_n], out->from))
            out->case_n++;
    }
    app_report_ledger_close(&l);
    if (rc == 0)
        rc = app_report_enquiries(app, 0, out->until, a, &out->enquiry, &out->enquiry_n, e);
    if (rc == 0)
        rc = app_report_lead(app, 0, a, &out->lead, &out->lead_n, e);
    if (rc == 0)
        figures_of(out->cases, out->case_n, out->from, out->until, a, &out->figures);
    return rc;
}

/* ---- audit ---- */

static bool in_span(when_t t, when_t from, when_t until)
{
    return (from == WHEN_NONE || t >= from) && (until == WHEN_NONE || t < until);
}

static int waivers_of(struct app *app, int64_t id, struct arena *a, struct report_audit *out, size_t *cap, struct err *e)
{
    struct case_file f;
    int rc = stage_remediate_load(app_world(app), id, a, &f, e);
    for (size_t i = 0; rc == 0 && i < f.step_n; i++) {
        const struct case_step *s = &f.step[i];
        if ((s->kind != STEP_WAIVE_ASK && s->kind != STEP_WAIVE) || s->asset_key.n == 0)
            continue;
        const struct case_member *m = stage_remediate_member(&f, s->ledger, s->asset_key);
        struct str name = m && m->look ? m->look->name : s->asset_key;
        struct report_waiver *w = NULL;
        /* An approval belongs to the last question about the same machine that has none yet. */
        for (size_t k = out->waiver_n; s->kind == STEP_WAIVE && k > 0 && !w; k--)
            if (out->waiver[k - 1].case_id == id && str_eq(out->waiver[k - 1].machine, name) && out->waiver[k - 1].at == WHEN_NONE)
                w = &out->waiver[k - 1];
        if (!w) {
            if (out->waiver_n == *cap) {
                struct report_waiver *more = arena_array(a, struct report_waiver, *cap * 2 + 16);
                if (*cap)
                    memcpy(more, out->waiver, *cap * sizeof(*more));
                out->waiver = more;
                *cap = *cap * 2 + 16;
            }
            w = &out->waiver[out->waiver_n++];
            *w = (struct report_waiver){.case_id = id, .title = f.head.title, .machine = name, .asked = WHEN_NONE, .at = WHEN_NONE};
        }
        if (s->kind == STEP_WAIVE_ASK) {
            w->asked = s->at;
            w->asked_by = s->who;
            w->asked_why = s->why;
        } else {
            w->at = s->at;
            w->by = s->who;
            w->why = s->why;
            w->in_force = m && m->a.waive == s;
        }
    }
    return rc;
}

static int waivers(struct app *app, struct arena *a, struct report_audit *out, struct err *e)
{
    struct case_head *head;
    size_t n, cap = 0, kept = 0;
    int rc = case_store_heads(app_world(app)->db, 0, a, &head, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = waivers_of(app, head[i].id, a, out, &cap, e);
    for (size_t i = 0; i < out->waiver_n; i++) {
        const struct report_waiver *w = &out->waiver[i];
        /* One in force stands in every report, whenever it was given. */
        if (w->in_force || in_span(w->at != WHEN_NONE ? w->at : w->asked, out->from, out->until))
            out->waiver[kept++] = *w;
    }
    out->waiver_n = kept;
    return rc;
}

int app_report_audit(struct app *app, when_t from, when_t until, struct arena *a, struct report_audit *out, struct err *e)
{
    struct audit_row *row;
    struct audit_answer chain;
    size_t n;
    *out = (struct report_audit){.from = from, .until = until};
    int rc = app_report_site(app, &out->site, NULL, e);
    if (rc == 0)
        rc = audit_rows(app_world(app)->db, 0, a, &row, &n, e);
    if (rc == 0)
        rc = audit_verify(app_world(app)->db, (struct str){0}, &chain, e);
    if (rc)
        return rc;
    out->chain_rows = chain.rows;
    out->chain_broken = chain.broken;
    out->chain_head = str_of(arena_strdup(a, chain.head));
    out->decision = arena_array(a, struct report_decision, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!in_span(row[i].at, from, until))
            continue;
        out->by_rule += str_is(row[i].who, CASE_BY_RULE);
        out->decision[out->decision_n++] = (struct report_decision){row[i].id, row[i].at, row[i].who, row[i].action, row[i].object, row[i].detail, row[i].hash};
    }
    rc = waivers(app, a, out, e);
    return rc ? rc : app_report_lead(app, 0, a, &out->lead, &out->lead_n, e);
}
