#include "cli/report_print.h"

/* What strangers wrote, without what a terminal obeys. */
static void put(struct cli *c, struct buf *b, struct str s)
{
    buf_add_str(b, list_safe(&c->a, s));
}

static void pad(struct cli *c, struct buf *b, struct str s, size_t width)
{
    struct str safe = list_safe(&c->a, s);
    size_t w = list_width(c, safe);
    buf_add_str(b, safe);
    for (; w < width; w++)
        buf_addc(b, ' ');
}

static void minute(struct buf *b, const struct report_site *site, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_minute(t, site->zone_s, s);
    buf_adds(b, t == WHEN_NONE ? tr("unknown") : s);
}

static void title(struct cli *c, struct buf *b, const struct report_site *site, const char *kind, struct str what)
{
    put(c, b, what);
    buf_printf(b, "\n%s · ", kind);
    put(c, b, site->publisher);
    buf_adds(b, " · ");
    minute(b, site, site->at);
    buf_adds(b, "\n\n");
}

static void lead(struct cli *c, struct buf *b, const struct str *line, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "! ");
        put(c, b, line[i]);
        buf_addc(b, '\n');
    }
    if (n)
        buf_addc(b, '\n');
}

struct saying {
    struct cli *c;
    struct buf *b;
};

static void say(void *ctx, struct str text)
{
    struct saying *s = ctx;
    buf_adds(s->b, "  - ");
    put(s->c, s->b, text);
    buf_addc(s->b, '\n');
}

static void machine(struct cli *c, const struct report_case *r, const struct report_machine *m, struct buf *b, size_t width)
{
    struct buf w = BUF_INIT(64 * KIB);
    char day[CLOCK_ISO_SIZE];
    buf_adds(b, "  ");
    pad(c, b, m->name, width);
    buf_adds(b, "  ");
    put(c, b, m->state_text);
    if (m->a.ask || m->a.check)
        buf_printf(b, " · %s", report_verdict_title(m->a.verdict));
    if (m->open && m->look && m->look->deadline != WHEN_NONE) {
        clock_date(m->look->deadline, r->site.zone_s, day);
        buf_adds(b, " · ");
        buf_printf(b, tr("deadline %s"), day);
        if (m->overdue)
            buf_adds(b, tr(", OVERDUE"));
    }
    buf_addc(b, '\n');
    report_waiver_text(m, r->site.zone_s, &w);
    if (w.n) {
        buf_adds(b, "      ");
        put(c, b, buf_str(&w));
        buf_addc(b, '\n');
    }
    if (m->open && m->next.n) {
        buf_printf(b, "      %s: ", tr("next"));
        put(c, b, m->next);
        buf_addc(b, '\n');
    }
    buf_release(&w);
}

static void times(const struct report_case *r, struct buf *b)
{
    for (size_t k = 0; k < REPORT_STAGES; k++) {
        when_t t = r->times.at[k], from = r->times.at[REPORT_PUBLISHED];
        if (t == WHEN_NONE && (k == REPORT_CONTAINED || k == REPORT_MITIGATED))
            continue;
        buf_printf(b, "  %s: ", report_stage_title((enum report_stage)k));
        if (t == WHEN_NONE && k >= REPORT_CHECKED)
            buf_printf(b, tr("not everywhere (%zu so far)"), r->figures.reached[k]);
        else
            minute(b, &r->site, t);
        if (k && t != WHEN_NONE && from != WHEN_NONE) {
            buf_adds(b, "  +");
            report_span_text(t - from, true, b);
        }
        buf_addc(b, '\n');
    }
}

void report_print_case(struct cli *c, const struct report_case *r, struct buf *b)
{
    const struct report_statement *q = report_quote(r);
    struct report_enquiries n = report_enquiry_count(r->enquiry, r->enquiry_n, r->site.at);
    struct saying s = {c, b};
    size_t width = 0;
    lead(c, b, r->lead, r->lead_n);
    title(c, b, &r->site, tr("Status report"), str_of(arena_printf(&c->a, "C-%lld  " STR_FMT, (long long)r->head.id, STR_ARG(r->head.title))));
    report_case_sentence(r, b);
    buf_adds(b, "\n\n");
    if (q) {
        buf_adds(b, "  “");
        put(c, b, q->quote);
        buf_adds(b, "” — ");
        put(c, b, q->publisher);
        buf_adds(b, ", ");
        minute(b, &r->site, q->published);
        buf_adds(b, "\n\n");
    }
    times(r, b);
    buf_printf(b, "\n%s\n", tr("The machines"));
    for (size_t i = 0; i < r->machine_n; i++) {
        size_t w = list_width(c, r->machine[i].name);
        width = MAX(width, w);
    }
    width = MIN(width, 40);
    for (size_t i = 0; i < r->machine_n; i++)
        machine(c, r, &r->machine[i], b, width);
    buf_printf(b, "\n%s\n", tr("What is not known"));
    report_unknowns(r, say, &s);
    buf_printf(b, "\n");
    buf_printf(b, tr("Enquiries to contractors: %zu asked, %zu answered, %zu unanswered, %zu of them past their date."), n.asked, n.answered, n.unanswered, n.overdue);
    buf_addc(b, '\n');
}

void report_print_month(struct cli *c, const struct report_month *r, struct buf *b)
{
    const struct report_figures *f = &r->figures;
    struct report_enquiries q = report_enquiry_count(r->enquiry, r->enquiry_n, r->running ? r->site.at : r->until);
    char day[CLOCK_ISO_SIZE];
    clock_date(r->from, r->site.zone_s, day);
    lead(c, b, r->lead, r->lead_n);
    title(c, b, &r->site, tr("Monthly report"), str_of(arena_printf(&c->a, tr("Vulnerability management, %.7s"), day)));
    if (r->running)
        buf_printf(b, "%s\n", tr("The month is not over: figures up to now. "));
    buf_printf(b, tr("Cases: %zu opened, %zu closed, %zu open at the end\n"), f->cases_opened, f->cases_closed, f->cases_open);
    buf_printf(b, tr("Machines: %zu; open %zu, overdue %zu, not examined %zu, mitigated only %zu, patched but not proved %zu, waived %zu, fixed %zu\n\n"), f->machines,
               f->open, f->overdue, f->unchecked, f->mitigated, f->unverified, f->waived, f->fixed);
    for (size_t k = REPORT_HEARD; k < REPORT_STAGES; k++) {
        buf_adds(b, "  ");
        pad(c, b, str_of(report_stage_title((enum report_stage)k)), 16);
        buf_adds(b, tr("median "));
        report_span_text(f->span[k].median, f->span[k].n != 0, b);
        buf_adds(b, tr(", longest "));
        report_span_text(f->span[k].longest, f->span[k].n != 0, b);
        buf_printf(b, " (%zu)\n", f->reached[k]);
    }
    for (size_t k = 0; k < REPORT_BYS; k++) {
        buf_printf(b, "\n%s\n", report_by_title((enum report_by)k));
        for (size_t i = 0; i < f->group_n[k]; i++) {
            const struct report_group *g = &f->group[k][i];
            buf_adds(b, "  ");
            pad(c, b, g->name.n ? g->name : str_of(k == REPORT_BY_ORGANISATION ? tr("ourselves") : tr("not stated")), 24);
            buf_printf(b, tr("  %zu machines, open %zu, overdue %zu, waived %zu, fixed %zu\n"), g->machines, g->open, g->overdue, g->waived, g->fixed);
        }
    }
    buf_addc(b, '\n');
    for (size_t i = 0; i < r->case_n; i++)
        for (size_t k = 0; k < r->cases[i].machine_n; k++) {
            const struct report_machine *m = &r->cases[i].machine[k];
            if (!m->a.waive)
                continue;
            buf_printf(b, "C-%lld ", (long long)r->cases[i].head.id);
            put(c, b, m->name);
            buf_adds(b, ": ");
            struct buf w = BUF_INIT(64 * KIB);
            report_waiver_text(m, r->site.zone_s, &w);
            put(c, b, buf_str(&w));
            buf_release(&w);
            buf_addc(b, '\n');
        }
    buf_printf(b, tr("Enquiries to contractors: %zu asked, %zu answered, %zu unanswered, %zu of them past their date."), q.asked, q.answered, q.unanswered, q.overdue);
    buf_addc(b, '\n');
}

void report_print_audit(struct cli *c, const struct report_audit *r, struct buf *b)
{
    lead(c, b, r->lead, r->lead_n);
    title(c, b, &r->site, tr("Audit report"), str_of(tr("Decisions and waivers")));
    if (r->chain_broken)
        buf_printf(b, tr("BROKEN: row %lld of the audit log was changed, or a row before it was removed or put in."), (long long)r->chain_broken);
    else
        buf_printf(b, tr("The chain of %lld rows of the audit log is whole."), (long long)r->chain_rows);
    buf_printf(b, "\nhead " STR_FMT "\n\n%s\n", STR_ARG(r->chain_head.n ? r->chain_head : STR_LIT("-")), tr("Waivers"));
    for (size_t i = 0; i < r->waiver_n; i++) {
        const struct report_waiver *w = &r->waiver[i];
        buf_printf(b, "  C-%lld ", (long long)w->case_id);
        put(c, b, w->machine);
        buf_printf(b, "  [%s]  ", w->in_force ? tr("in force") : w->at == WHEN_NONE ? tr("nobody has approved it") : tr("no longer in force"));
        put(c, b, w->asked_by);
        buf_adds(b, ": ");
        put(c, b, w->asked_why);
        if (w->at != WHEN_NONE) {
            buf_adds(b, " → ");
            minute(b, &r->site, w->at);
            buf_addc(b, ' ');
            put(c, b, w->by);
            buf_adds(b, ": ");
            put(c, b, w->why);
        }
        buf_addc(b, '\n');
    }
    if (!r->waiver_n)
        buf_printf(b, "  %s\n", tr("None."));
    buf_printf(b, "\n%s\n", tr("Who decided what"));
    for (size_t i = 0; i < r->decision_n; i++) {
        const struct report_decision *d = &r->decision[i];
        if (str_is(d->who, CASE_BY_RULE))
            continue;
        buf_adds(b, "  ");
        minute(b, &r->site, d->at);
        buf_adds(b, "  ");
        pad(c, b, d->who, 12);
        buf_adds(b, "  ");
        pad(c, b, d->action, 18);
        buf_adds(b, "  ");
        put(c, b, d->object);
        buf_adds(b, "  ");
        put(c, b, d->detail);
        buf_addc(b, '\n');
    }
    buf_printf(b, tr("%zu decisions by people; %zu steps by rule are in the CSV and JSON forms."), r->decision_n - r->by_rule, r->by_rule);
    buf_addc(b, '\n');
}
