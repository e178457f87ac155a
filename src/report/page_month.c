/* A month on one page: how fast, how many, where. */
#include "report/page.h"

#define PAGE_GROUPS 8
#define PAGE_CASES 12

/* Bars of the medians from publication; a log scale would hide what hurts, so it is linear to the longest. */
static void speed(struct buf *b, const struct report_figures *f)
{
    static const char *const title[] = {TR("From publication until"), TR("Median"), TR("Longest"), TR("In this time")};
    static const enum report_stage stage[] = {REPORT_HEARD, REPORT_MATCHED, REPORT_CHECKED, REPORT_CONTAINED, REPORT_MITIGATED, REPORT_PATCHED, REPORT_VERIFIED};
    struct buf s = BUF_INIT(KIB);
    int64_t top = 1;
    for (size_t i = 0; i < ARRAY_LEN(stage); i++)
        top = MAX(top, f->span[stage[i]].median);
    page_heading(b, tr("How fast"));
    page_table(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < ARRAY_LEN(stage); i++) {
        const struct report_span *x = &f->span[stage[i]];
        buf_adds(b, "<tr>");
        page_cell(b, str_of(report_stage_title(stage[i])));
        buf_clear(&s);
        report_span_text(x->median, x->n != 0, &s);
        buf_adds(b, "<td>");
        if (x->n && x->median > 0)
            buf_printf(b, "<svg viewBox=\"0 0 100 6\" width=\"100\" height=\"6\" aria-hidden=\"true\" style=\"display:inline-block;width:30mm\">"
                          "<rect width=\"%d\" height=\"6\" fill=\"#1f3a5f\"/></svg> ",
                       (int)(x->median * 100 / top));
        page_text(b, buf_str(&s));
        buf_adds(b, "</td>");
        buf_clear(&s);
        report_span_text(x->longest, x->n != 0, &s);
        page_cell(b, buf_str(&s));
        buf_clear(&s);
        buf_printf(&s, stage[i] == REPORT_HEARD ? tr("%zu cases") : tr("%zu machines"), f->reached[stage[i]]);
        page_cell(b, buf_str(&s));
        buf_adds(b, "</tr>\n");
    }
    buf_adds(b, "</tbody></table>\n");
    buf_release(&s);
}

static void number(struct buf *b, size_t n, bool bad)
{
    buf_printf(b, "<td class=\"n%s\">%zu</td>", bad && n ? " bad" : "", n);
}

static void group(struct buf *b, const struct report_figures *f, enum report_by by)
{
    const char *const title[] = {report_by_title(by), TR("Machines"), TR("Open"), TR("Overdue"), TR("Not examined"), TR("Waived"), TR("Fixed")};
    if (f->group_n[by] == 0)
        return;
    page_table(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < f->group_n[by] && i < PAGE_GROUPS; i++) {
        const struct report_group *g = &f->group[by][i];
        buf_adds(b, "<tr>");
        page_cell(b, g->name.n ? g->name : str_of(by == REPORT_BY_ORGANISATION ? tr("ourselves") : tr("not stated")));
        number(b, g->machines, false);
        number(b, g->open, false);
        number(b, g->overdue, true);
        number(b, g->unchecked, true);
        number(b, g->waived, true);
        number(b, g->fixed, false);
        buf_adds(b, "</tr>\n");
    }
    if (f->group_n[by] > PAGE_GROUPS)
        buf_printf(b, "<tr><td colspan=\"7\" class=\"m\">… (%zu)</td></tr>", f->group_n[by] - PAGE_GROUPS);
    buf_adds(b, "</tbody></table>\n");
}

static void cases(struct buf *b, const struct report_month *m)
{
    static const char *const title[] = {TR("Case"), TR("Opened"), TR("Machines"), TR("Open"), TR("Overdue"), TR("Not examined"), TR("Waived"), TR("Fixed")};
    page_heading(b, tr("Cases"));
    if (m->case_n == 0) {
        buf_adds(b, "<p>");
        page_words(b, tr("None."));
        buf_adds(b, "</p>\n");
        return;
    }
    page_table(b, title, ARRAY_LEN(title));
    size_t skip = m->case_n > PAGE_CASES ? m->case_n - PAGE_CASES : 0; /* the newest */
    for (size_t i = skip; i < m->case_n; i++) {
        const struct report_case *c = &m->cases[i];
        buf_printf(b, "<tr><td>C-%lld ", (long long)c->head.id);
        page_text(b, c->head.title);
        if (c->head.closed) {
            buf_adds(b, " <span class=\"ok\">");
            page_words(b, tr("closed"));
            buf_adds(b, "</span>");
        }
        buf_adds(b, "</td><td>");
        page_day(b, &m->site, c->head.opened);
        buf_adds(b, "</td>");
        number(b, c->figures.machines, false);
        number(b, c->figures.open, false);
        number(b, c->figures.overdue, true);
        number(b, c->figures.unchecked, true);
        number(b, c->figures.waived, true);
        number(b, c->figures.fixed, false);
        buf_adds(b, "</tr>\n");
    }
    if (skip)
        buf_printf(b, "<tr><td colspan=\"8\" class=\"m\">… (%zu)</td></tr>", skip);
    buf_adds(b, "</tbody></table>\n");
}

/* Whatever the month: what was waived and still stands. */
static void waivers(struct buf *b, const struct report_month *m)
{
    struct buf s = BUF_INIT(64 * KIB);
    size_t n = 0;
    for (size_t i = 0; i < m->case_n; i++)
        for (size_t k = 0; k < m->cases[i].machine_n; k++) {
            const struct report_machine *x = &m->cases[i].machine[k];
            if (!x->a.waive)
                continue;
            if (n++ == 0) {
                page_heading(b, tr("Waivers in force"));
                buf_adds(b, "<ul>");
            }
            buf_clear(&s);
            report_waiver_text(x, m->site.zone_s, &s);
            buf_printf(b, "<li>C-%lld ", (long long)m->cases[i].head.id);
            page_text(b, x->name);
            buf_adds(b, ": ");
            page_text(b, buf_str(&s));
            buf_adds(b, "</li>");
        }
    if (n)
        buf_adds(b, "</ul>\n");
    buf_release(&s);
}

void page_month(const struct report_month *m, struct buf *b)
{
    const struct report_figures *f = &m->figures;
    when_t end = m->running ? m->site.at : m->until;
    struct report_enquiries q = report_enquiry_count(m->enquiry, m->enquiry_n, end);
    const struct page_tile tile[] = {{TR("cases opened"), f->cases_opened, false}, {TR("cases closed"), f->cases_closed, false},
                                     {TR("machines"), f->machines, false},         {TR("still open"), f->open, false},
                                     {TR("overdue"), f->overdue, true},            {TR("not examined"), f->unchecked, true},
                                     {TR("mitigated only"), f->mitigated, false},  {TR("patched, not proved"), f->unverified, false},
                                     {TR("waived"), f->waived, true},              {TR("unanswered enquiries"), q.unanswered, true}};
    struct buf s = BUF_INIT(16 * KIB);
    char day[CLOCK_ISO_SIZE];
    clock_date(m->from, m->site.zone_s, day);
    buf_printf(&s, tr("Vulnerability management, %.7s"), day);
    page_begin(b, &m->site, tr("Monthly report"), buf_str(&s));
    page_lead(b, m->lead, m->lead_n);
    buf_clear(&s);
    if (m->running)
        buf_adds(&s, tr("The month is not over: figures up to now. "));
    if (f->machines == 0)
        buf_adds(&s, tr("No case had a machine in this time."));
    else if (m->running)
        buf_printf(&s, tr("%zu of %zu machines still need work now, %zu of them past the deadline."), f->open, f->machines, f->overdue);
    else
        buf_printf(&s, tr("%zu of %zu machines still need work at its end, %zu of them past the deadline."), f->open, f->machines, f->overdue);
    buf_printf(b, "<p class=\"s%s\">", f->overdue || f->compromised ? " bad" : f->open ? "" : " ok");
    page_text(b, buf_str(&s));
    buf_adds(b, "</p>\n");
    page_tiles(b, tile, ARRAY_LEN(tile));
    speed(b, f);
    cases(b, m);
    waivers(b, m);
    page_heading(b, tr("Where the work is"));
    buf_adds(b, "<div class=\"k\">");
    for (size_t k = 0; k < REPORT_BYS; k++)
        group(b, f, (enum report_by)k);
    buf_adds(b, "</div>\n");
    buf_clear(&s);
    buf_printf(&s, tr("Enquiries to contractors: %zu asked, %zu answered, %zu unanswered, %zu of them past their date."), q.asked, q.answered, q.unanswered,
               q.overdue);
    buf_adds(b, "<p>");
    page_text(b, buf_str(&s));
    buf_adds(b, "</p>\n");
    page_signatures(b);
    page_end(b, &m->site);
    buf_release(&s);
}
