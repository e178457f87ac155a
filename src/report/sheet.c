/* CSV: RFC 4180 with CRLF; cells that begin a formula are defused by table_write. Names and values are never translated. */
#include <stdio.h>

#include "codec/table.h"
#include "report/report.h"

#define CELLS 48

struct sheet {
    struct buf *out;
    unsigned flags;
    struct arena a;
    struct str cell[CELLS];
    size_t n;
};

static void row(struct sheet *s)
{
    table_write(s->out, s->cell, s->n, s->flags);
    s->flags &= ~TABLE_BOM;
    s->n = 0;
    arena_clear(&s->a);
}

static void cell(struct sheet *s, struct str v)
{
    if (s->n < CELLS)
        s->cell[s->n++] = v;
}

static void word(struct sheet *s, const char *v)
{
    cell(s, str_of(v));
}

static void when(struct sheet *s, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, iso);
    word(s, arena_strdup(&s->a, iso)); /* "" : unknown */
}

static void count(struct sheet *s, int64_t n)
{
    word(s, arena_printf(&s->a, "%lld", (long long)n));
}

static void names(struct sheet *s, const char *const *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        word(s, name[i]);
    row(s);
}

static struct sheet start(struct buf *out, unsigned flags)
{
    return (struct sheet){.out = out, .flags = TABLE_CRLF | (flags & SHEET_BOM ? TABLE_BOM : 0)};
}

static void machine(struct sheet *s, const struct report_case *c, const struct report_machine *m)
{
    const struct case_asset *a = &m->a;
    static const struct case_step none = {.at = WHEN_NONE, .until = WHEN_NONE};
    const struct case_step *waive = a->waive ? a->waive : &none, *ask = a->waive_ask ? a->waive_ask : &none;
    const struct case_step *mit = a->mitigate ? a->mitigate : &none, *check = a->check ? a->check : &none;
    word(s, arena_printf(&s->a, "C-%lld", (long long)c->head.id));
    word(s, m->asset ? arena_printf(&s->a, "A-%lld", (long long)m->asset) : "");
    cell(s, a->ledger);
    cell(s, a->key);
    cell(s, m->name);
    cell(s, m->place);
    cell(s, m->owner);
    cell(s, m->department);
    cell(s, m->organisation);
    count(s, m->count);
    cell(s, m->product);
    cell(s, m->version);
    cell(s, m->cpe);
    word(s, case_state_name(m->state));
    word(s, case_vex_name(m->vex));
    word(s, case_vex_reason_name(a->reason));
    word(s, case_verdict_name(a->verdict));
    cell(s, check->detail);
    cell(s, waive->who);
    when(s, waive->at);
    cell(s, waive->why);
    cell(s, ask->who);
    cell(s, ask->why);
    when(s, m->look ? m->look->deadline : WHEN_NONE);
    word(s, m->overdue ? "yes" : "no");
    cell(s, mit->value);
    cell(s, mit->owner);
    when(s, mit->until);
    word(s, m->mitigated ? "yes" : m->lapsed ? "lapsed" : "no");
    cell(s, a->patch ? a->patch->value : (struct str){0});
    if (m->unverified.n)
        count(s, m->unverified_days);
    else
        word(s, "");
    for (size_t k = 0; k < REPORT_STAGES; k++)
        when(s, m->times.at[k]);
    cell(s, c->lead_n ? c->lead[0] : (struct str){0});
    row(s);
}

void sheet_case(const struct report_case *c, unsigned flags, struct buf *out)
{
    static const char *const name[] = {"case",          "asset",       "ledger",        "key",           "name",             "place",
                                       "owner",         "department",  "contractor",    "count",         "product",          "version",
                                       "cpe",           "state",       "vex",           "justification", "verdict",          "coverage",
                                       "waived_by",     "waived_at",   "waiver_why",    "waiver_asked_by", "waiver_asked_why", "deadline",
                                       "overdue",       "mitigation",  "mitigation_owner", "mitigated_until", "mitigated",     "patched_to",
                                       "unverified_days", "published", "heard",         "matched",       "checked",          "contained_at",
                                       "mitigated_at",  "patched_at",  "verified_at",   "reach"};
    struct sheet s = start(out, flags);
    names(&s, name, ARRAY_LEN(name));
    for (size_t i = 0; i < c->machine_n; i++)
        machine(&s, c, &c->machine[i]);
    arena_release(&s.a);
}

/* ---- month: one figure a row ---- */

static void figure(struct sheet *s, const char *name, const char *by, struct str of, size_t n, const char *unit)
{
    word(s, name);
    word(s, by);
    cell(s, of);
    count(s, (int64_t)n);
    word(s, unit);
    row(s);
}

static void span(struct sheet *s, const char *name, const char *which, const struct report_span *x, int64_t v)
{
    word(s, name);
    word(s, which);
    word(s, "");
    if (x->n)
        count(s, v / WHEN_SEC);
    else
        word(s, ""); /* unknown is no number */
    word(s, "seconds");
    row(s);
}

static void groups(struct sheet *s, const struct report_figures *f)
{
    for (size_t k = 0; k < REPORT_BYS; k++)
        for (size_t i = 0; i < f->group_n[k]; i++) {
            const struct report_group *g = &f->group[k][i];
            const struct {
                const char *name;
                size_t n;
            } part[] = {{"machines", g->machines},   {"open", g->open},           {"overdue", g->overdue}, {"unchecked", g->unchecked},
                        {"mitigated", g->mitigated}, {"unverified", g->unverified}, {"waived", g->waived},   {"fixed", g->fixed}};
            for (size_t p = 0; p < ARRAY_LEN(part); p++)
                figure(s, part[p].name, report_by_name((enum report_by)k), g->name, part[p].n, "machines");
        }
}

void sheet_month(const struct report_month *m, unsigned flags, struct buf *out)
{
    static const char *const name[] = {"figure", "by", "of", "value", "unit"};
    const struct report_figures *f = &m->figures;
    struct report_enquiries q = report_enquiry_count(m->enquiry, m->enquiry_n, m->running ? m->site.at : m->until);
    const struct {
        const char *name;
        size_t n;
        const char *unit;
    } part[] = {{"cases_opened", f->cases_opened, "cases"}, {"cases_closed", f->cases_closed, "cases"}, {"cases_open", f->cases_open, "cases"},
                {"machines", f->machines, "machines"},      {"affected", f->affected, "machines"},      {"not_affected", f->not_affected, "machines"},
                {"undecided", f->undecided, "machines"},    {"open", f->open, "machines"},              {"overdue", f->overdue, "machines"},
                {"unchecked", f->unchecked, "machines"},    {"compromised", f->compromised, "machines"}, {"contained", f->contained, "machines"},
                {"mitigated", f->mitigated, "machines"},    {"mitigation_lapsed", f->lapsed, "machines"}, {"unverified", f->unverified, "machines"},
                {"waived", f->waived, "machines"},          {"fixed", f->fixed, "machines"},            {"enquiries_asked", q.asked, "enquiries"},
                {"enquiries_unanswered", q.unanswered, "enquiries"}, {"enquiries_overdue", q.overdue, "enquiries"}};
    struct sheet s = start(out, flags);
    names(&s, name, ARRAY_LEN(name));
    for (size_t i = 0; i < m->lead_n; i++) {
        word(&s, "reach");
        word(&s, "");
        cell(&s, m->lead[i]);
        word(&s, "");
        word(&s, "");
        row(&s);
    }
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        figure(&s, part[i].name, "", (struct str){0}, part[i].n, part[i].unit);
    for (size_t k = REPORT_HEARD; k < REPORT_STAGES; k++) {
        char title[64];
        const char *stage = report_stage_name((enum report_stage)k);
        snprintf(title, sizeof(title), "reached_%s", stage);
        figure(&s, title, "", (struct str){0}, f->reached[k], k == REPORT_HEARD ? "cases" : "machines");
        snprintf(title, sizeof(title), "published_to_%s", stage);
        span(&s, title, "median", &f->span[k], f->span[k].median);
        span(&s, title, "longest", &f->span[k], f->span[k].longest);
    }
    groups(&s, f);
    arena_release(&s.a);
}

/* The first row tells of the chain itself. */
void sheet_audit(const struct report_audit *r, unsigned flags, struct buf *out)
{
    static const char *const name[] = {"id", "at", "who", "action", "object", "detail", "hash"};
    struct sheet s = start(out, flags);
    names(&s, name, ARRAY_LEN(name));
    word(&s, "");
    when(&s, r->site.at);
    cell(&s, r->site.who);
    word(&s, "audit.verify");
    word(&s, r->chain_broken ? arena_printf(&s.a, "broken at %lld", (long long)r->chain_broken) : "whole");
    word(&s, arena_printf(&s.a, "%lld rows", (long long)r->chain_rows));
    cell(&s, r->chain_head);
    row(&s);
    for (size_t i = 0; i < r->decision_n; i++) {
        const struct report_decision *d = &r->decision[i];
        count(&s, d->id);
        when(&s, d->at);
        cell(&s, d->who);
        cell(&s, d->action);
        cell(&s, d->object);
        cell(&s, d->detail);
        cell(&s, d->hash);
        row(&s);
    }
    arena_release(&s.a);
}
