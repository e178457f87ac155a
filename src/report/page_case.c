/* One case on one page, for people who decide and have no time. */
#include <stdlib.h>

#include "report/page.h"

#define PAGE_MACHINES 30 /* rows; the others are counted, and the CSV has them all */
#define PAGE_STEPS 8
#define PAGE_QUOTE 600 /* bytes of the quoted sentence */

/* ---- the way: published, heard, matched, checked, patched, proved ---- */

struct node {
    enum report_stage stage;
    size_t done, of; /* of 0: of the case itself */
};

static bool looked_for(const struct report_machine *m)
{
    return m->a.ask || m->a.check || m->a.waive;
}

static size_t count_of(const struct report_case *c, enum report_stage s, size_t *of)
{
    size_t n = 0;
    *of = 0;
    for (size_t i = 0; i < c->machine_n; i++) {
        const struct report_machine *m = &c->machine[i];
        if (m->a.triage == CASE_NOT_AFFECTED || (s == REPORT_CHECKED && !looked_for(m)))
            continue;
        (*of)++;
        n += m->times.at[s] != WHEN_NONE;
    }
    return n;
}

static void svg_text(struct buf *b, int x, int y, const char *attr, const char *text)
{
    buf_printf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" %s>", x, y, attr);
    page_words(b, text);
    buf_adds(b, "</text>");
}

static void node(struct buf *b, const struct report_case *c, const struct node *n, int x)
{
    when_t t = c->times.at[n->stage], from = c->times.at[REPORT_PUBLISHED];
    bool part = n->of && n->done < n->of && n->done;
    struct buf text = BUF_INIT(4 * KIB);
    char when[CLOCK_ISO_SIZE] = "";
    buf_printf(b, "<circle cx=\"%d\" cy=\"30\" r=\"6\" fill=\"%s\" stroke=\"#1f3a5f\" stroke-width=\"2\"/>", x,
               t != WHEN_NONE ? "#1f3a5f" : part ? "#9db4d0" : "#fff");
    svg_text(b, x, 15, "font-size=\"11\" font-weight=\"600\" fill=\"#1b1b1b\"", report_stage_title(n->stage));
    if (t != WHEN_NONE)
        clock_minute(t, c->site.zone_s, when);
    else if (n->of)
        buf_printf(&text, tr("%zu of %zu"), n->done, n->of);
    else
        buf_adds(&text, n->stage >= REPORT_CHECKED ? "–" : tr("unknown"));
    svg_text(b, x, 51, "font-size=\"10\" fill=\"#333\"", t != WHEN_NONE ? when : buf_cstr(&text));
    buf_clear(&text);
    if (n->stage != REPORT_PUBLISHED && t != WHEN_NONE && from != WHEN_NONE) {
        buf_addc(&text, t >= from ? '+' : ' ');
        report_span_text(t - from, true, &text);
        svg_text(b, x, 64, "font-size=\"10\" fill=\"#666\"", buf_cstr(&text));
    }
    buf_release(&text);
}

static void way(struct buf *b, const struct report_case *c)
{
    static const enum report_stage stage[] = {REPORT_PUBLISHED, REPORT_HEARD, REPORT_MATCHED, REPORT_CHECKED, REPORT_PATCHED, REPORT_VERIFIED};
    buf_adds(b, "<svg viewBox=\"0 0 760 70\" role=\"img\" aria-label=\"");
    page_words(b, tr("From publication to the proved fix"));
    buf_adds(b, "\"><line x1=\"64\" y1=\"30\" x2=\"696\" y2=\"30\" stroke=\"#1f3a5f\" stroke-width=\"2\"/>");
    for (size_t i = 0; i < ARRAY_LEN(stage); i++) {
        struct node n = {.stage = stage[i]};
        if (stage[i] >= REPORT_CHECKED)
            n.done = count_of(c, stage[i], &n.of);
        node(b, c, &n, 64 + (int)i * 632 / 5);
    }
    buf_adds(b, "</svg>\n");
}

/* ---- parts ---- */

static void status(struct buf *b, const struct report_case *c)
{
    struct buf s = BUF_INIT(16 * KIB);
    const struct report_figures *f = &c->figures;
    bool bad = f->overdue || f->compromised || f->lapsed;
    report_case_sentence(c, &s);
    buf_printf(b, "<p class=\"s%s\">", bad ? " bad" : f->open || !f->machines ? "" : " ok");
    page_text(b, buf_str(&s));
    buf_adds(b, "</p>\n");
    buf_release(&s);
}

static void happened(struct buf *b, const struct report_case *c)
{
    const struct report_statement *q = report_quote(c);
    page_heading(b, tr("What happened"));
    if (q) {
        buf_adds(b, "<blockquote>");
        page_text(b, q->quote.n > PAGE_QUOTE ? str_sub(q->quote, 0, str_utf8_clip(q->quote.p, PAGE_QUOTE)) : q->quote);
        buf_adds(b, q->quote.n > PAGE_QUOTE ? " …</blockquote>" : "</blockquote>");
    }
    buf_adds(b, "<p>");
    if (q) {
        buf_adds(b, "<cite>");
        page_text(b, q->publisher);
        buf_adds(b, ", ");
        page_day(b, &c->site, q->published);
        buf_adds(b, " · ");
        page_text(b, q->title);
        buf_adds(b, "</cite> · ");
    }
    for (size_t i = 0; i < c->vuln_n && i < 8; i++) {
        buf_adds(b, i ? ", " : "");
        page_text(b, c->vuln[i].id);
    }
    if (c->vuln_n > 8)
        buf_printf(b, " … (%zu)", c->vuln_n);
    if (!q)
        page_words(b, c->statement_n ? tr(" No sentence of a notice is quoted: none states exploitation or urges.") : tr(" No notice about it was fetched."));
    buf_adds(b, "</p>\n");
}

static void machine(struct buf *b, const struct report_case *c, const struct report_machine *m)
{
    struct buf w = BUF_INIT(64 * KIB);
    buf_adds(b, "<tr><td><b>");
    page_text(b, m->name);
    buf_adds(b, "</b> <span class=\"m\">");
    const struct str part[] = {m->place, m->organisation, m->owner};
    for (size_t i = 0, k = 0; i < ARRAY_LEN(part); i++)
        if (part[i].n) {
            buf_adds(b, k++ ? " · " : "");
            page_text(b, part[i]);
        }
    if (m->count > 1)
        buf_printf(b, " ×%lld", (long long)m->count);
    buf_printf(b, "</span></td><td%s>", m->lapsed || m->a.verdict == CHECK_COMPROMISED ? " class=\"bad\"" : m->open ? "" : " class=\"ok\"");
    page_text(b, m->state_text);
    buf_printf(b, "</td><td%s>", m->a.verdict >= CHECK_SUSPICIOUS ? " class=\"bad\"" : "");
    if (m->a.ask || m->a.check)
        page_words(b, report_verdict_title(m->a.verdict));
    else
        buf_adds(b, "–");
    if (m->a.contain) {
        buf_adds(b, " · ");
        page_words(b, tr("contained"));
    }
    buf_printf(b, "</td><td%s>", m->overdue ? " class=\"bad\"" : "");
    page_day(b, &c->site, m->open && m->look ? m->look->deadline : WHEN_NONE);
    if (m->overdue) {
        buf_addc(b, ' ');
        page_words(b, tr("overdue"));
    }
    buf_adds(b, "</td></tr>\n");
    report_waiver_text(m, c->site.zone_s, &w);
    if (w.n) {
        buf_adds(b, "<tr class=\"w\"><td colspan=\"4\">");
        page_text(b, buf_str(&w));
        buf_adds(b, "</td></tr>\n");
    }
    buf_release(&w);
}

static int weight(const struct report_machine *m)
{
    return (m->a.verdict == CHECK_COMPROMISED) * 8 + m->overdue * 4 + m->open * 2 + (m->a.waive != NULL);
}

struct ranked {
    const struct report_machine *m;
};

static int by_weight(const void *x, const void *y)
{
    const struct report_machine *a = ((const struct ranked *)x)->m, *b = ((const struct ranked *)y)->m;
    int d = weight(b) - weight(a);
    return d ? d : (a > b) - (a < b);
}

static void machines(struct buf *b, const struct report_case *c)
{
    static const char *const title[] = {TR("Machine"), TR("State"), TR("Traces of a break-in"), TR("Deadline")};
    if (!c->machine_n)
        return;
    struct ranked *r = mem_alloc(c->machine_n * sizeof(*r));
    for (size_t i = 0; i < c->machine_n; i++)
        r[i].m = &c->machine[i];
    qsort(r, c->machine_n, sizeof(*r), by_weight);
    page_heading(b, tr("The machines"));
    page_table(b, title, ARRAY_LEN(title));
    size_t shown = 0;
    for (size_t i = 0; i < c->machine_n; i++)
        if (shown < PAGE_MACHINES || r[i].m->a.waive) { /* a waiver is always shown */
            machine(b, c, r[i].m);
            shown++;
        }
    buf_adds(b, "</tbody></table>\n");
    if (shown < c->machine_n) {
        struct buf s = BUF_INIT(KIB);
        buf_printf(&s, tr("… and %zu more machines; the CSV and JSON forms have them all."), c->machine_n - shown);
        buf_adds(b, "<p class=\"m\">");
        page_text(b, buf_str(&s));
        buf_adds(b, "</p>\n");
        buf_release(&s);
    }
    free(r);
}

/* ---- what comes next: one line for machines with the same step and person ---- */

struct todo {
    struct str what, who;
    when_t by;
    size_t n;
    struct str names[4];
};

static struct str person(const struct report_machine *m)
{
    if (m->plan && m->plan->owner.n)
        return m->plan->owner;
    if (m->mitigated && m->a.mitigate->owner.n)
        return m->a.mitigate->owner;
    return m->owner;
}

static when_t due(const struct report_machine *m)
{
    when_t t = m->look ? m->look->deadline : WHEN_NONE;
    if (m->mitigated && (t == WHEN_NONE || m->a.mitigate->until < t))
        t = m->a.mitigate->until;
    return t;
}

static void add(struct todo *t, size_t *n, const struct report_machine *m)
{
    struct str who = person(m);
    size_t i = 0;
    while (i < *n && !(str_eq(t[i].what, m->next) && str_eq(t[i].who, who)))
        i++;
    if (i == PAGE_STEPS)
        return;
    if (i == *n)
        t[(*n)++] = (struct todo){.what = m->next, .who = who, .by = WHEN_NONE};
    when_t by = due(m);
    if (by != WHEN_NONE && (t[i].by == WHEN_NONE || by < t[i].by))
        t[i].by = by;
    if (t[i].n < ARRAY_LEN(t[i].names))
        t[i].names[t[i].n] = m->name;
    t[i].n++;
}

static void next_steps(struct buf *b, const struct report_case *c)
{
    static const char *const title[] = {TR("What"), TR("The machines"), TR("Who"), TR("Due")};
    struct todo t[PAGE_STEPS];
    size_t n = 0;
    for (size_t i = 0; i < c->machine_n; i++)
        if (c->machine[i].open && c->machine[i].next.n)
            add(t, &n, &c->machine[i]);
    page_heading(b, tr("Next steps"));
    if (n == 0) {
        buf_adds(b, "<p>");
        page_words(b, tr("None."));
        buf_adds(b, "</p>\n");
        return;
    }
    page_table(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "<tr>");
        page_cell(b, t[i].what);
        buf_adds(b, "<td>");
        for (size_t k = 0; k < t[i].n && k < ARRAY_LEN(t[i].names); k++) {
            buf_adds(b, k ? ", " : "");
            page_text(b, t[i].names[k]);
        }
        if (t[i].n > ARRAY_LEN(t[i].names))
            buf_printf(b, " … (%zu)", t[i].n);
        buf_adds(b, "</td>");
        page_cell(b, t[i].who.n ? t[i].who : str_of(tr("nobody is named")));
        buf_printf(b, "<td%s>", t[i].by != WHEN_NONE && t[i].by < c->site.at ? " class=\"bad\"" : "");
        page_day(b, &c->site, t[i].by);
        buf_adds(b, "</td></tr>\n");
    }
    buf_adds(b, "</tbody></table>\n");
}

/* ---- lists ---- */

static void say_item(void *ctx, struct str text)
{
    struct buf *b = ctx;
    buf_adds(b, "<li>");
    page_text(b, text);
    buf_adds(b, "</li>");
}

static void unknowns(struct buf *b, const struct report_case *c)
{
    struct buf list = BUF_INIT(MIB);
    report_unknowns(c, say_item, &list);
    page_heading(b, tr("What is not known"));
    buf_adds(b, "<ul>");
    if (list.n)
        buf_add_str(b, buf_str(&list));
    else
        say_item(b, str_of(tr("Nothing that this report would have to show.")));
    buf_adds(b, "</ul>\n");
    buf_release(&list);
}

static void mitigations(struct buf *b, const struct report_case *c)
{
    struct buf s = BUF_INIT(64 * KIB), list = BUF_INIT(MIB);
    for (size_t i = 0; i < c->machine_n; i++) {
        const struct report_machine *m = &c->machine[i];
        if (!m->mitigated && !m->lapsed)
            continue;
        char until[CLOCK_ISO_SIZE];
        clock_minute(m->a.mitigate->until, c->site.zone_s, until);
        buf_clear(&s);
        buf_printf(&s, STR_FMT ": ", STR_ARG(m->name));
        if (m->mitigated)
            buf_printf(&s, tr("until %s, %lld days left (%.*s): %.*s"), until, (long long)((m->a.mitigate->until - c->site.at) / WHEN_DAY),
                       STR_ARG(m->a.mitigate->owner), STR_ARG(m->a.mitigate->value));
        else
            buf_printf(&s, tr("RAN OUT on %s: %.*s"), until, STR_ARG(m->a.mitigate->value));
        say_item(&list, buf_str(&s));
    }
    if (list.n) {
        page_heading(b, tr("Mitigations: they buy time and fix nothing"));
        buf_adds(b, "<ul>");
        buf_add_str(b, buf_str(&list));
        buf_adds(b, "</ul>\n");
    }
    buf_release(&s);
    buf_release(&list);
}

static void containment(struct buf *b, const struct report_case *c)
{
    struct buf s = BUF_INIT(64 * KIB);
    page_heading(b, tr("Containment"));
    buf_adds(b, "<ul>");
    for (size_t i = 0; i < c->containment_n; i++) {
        const struct report_containment *p = &c->containment[i];
        buf_clear(&s);
        buf_printf(&s, "B-%lld " STR_FMT ": ", (long long)p->id, STR_ARG(p->title));
        if (p->refused && p->approved == WHEN_NONE)
            buf_adds(&s, tr("refused"));
        else if (p->approved == WHEN_NONE)
            buf_adds(&s, tr("waits for approval"));
        else
            buf_printf(&s, tr("approved by %.*s; %zu of %zu actions done, %zu skipped"), STR_ARG(p->approved_by), p->done, p->actions, p->skipped);
        say_item(b, buf_str(&s));
    }
    buf_clear(&s);
    buf_printf(&s, tr("Machines contained: %zu"), c->figures.contained);
    say_item(b, buf_str(&s));
    buf_adds(b, "</ul>\n");
    buf_release(&s);
}

static void contractors(struct buf *b, const struct report_case *c)
{
    struct buf s = BUF_INIT(64 * KIB);
    struct report_enquiries q = report_enquiry_count(c->enquiry, c->enquiry_n, c->site.at);
    size_t shown = 0;
    page_heading(b, tr("Contractors"));
    buf_printf(&s, tr("%zu asked, %zu answered, %zu unanswered, %zu of them past their date."), q.asked, q.answered, q.unanswered, q.overdue);
    buf_adds(b, "<ul>");
    say_item(b, buf_str(&s));
    for (size_t i = 0; i < c->enquiry_n && shown < 6; i++) {
        const struct report_enquiry *e = &c->enquiry[i];
        if (e->withdrawn || e->answered != WHEN_NONE)
            continue;
        char day[CLOCK_ISO_SIZE];
        clock_date(e->due, c->site.zone_s, day);
        buf_clear(&s);
        buf_printf(&s, tr("E-%lld %.*s: no answer, due %s"), (long long)e->id, STR_ARG(e->organisation), day);
        if (e->due < c->site.at)
            buf_adds(&s, tr(", OVERDUE"));
        say_item(b, buf_str(&s));
        shown++;
    }
    buf_adds(b, "</ul>\n");
    buf_release(&s);
}

void page_case(const struct report_case *c, struct buf *b)
{
    const struct report_figures *f = &c->figures;
    struct report_enquiries q = report_enquiry_count(c->enquiry, c->enquiry_n, c->site.at);
    const struct page_tile tile[] = {{TR("machines"), f->machines, false},    {TR("still open"), f->open, false},
                                     {TR("overdue"), f->overdue, true},       {TR("not examined"), f->unchecked, true},
                                     {TR("mitigated only"), f->mitigated, false}, {TR("patched, not proved"), f->unverified, false},
                                     {TR("waived"), f->waived, true},         {TR("fixed, proved"), f->fixed, false},
                                     {TR("unanswered enquiries"), q.unanswered, true}};
    struct buf title = BUF_INIT(128 * KIB);
    buf_printf(&title, "C-%lld  " STR_FMT, (long long)c->head.id, STR_ARG(c->head.title));
    page_begin(b, &c->site, tr("Status report"), buf_str(&title));
    page_lead(b, c->lead, c->lead_n);
    status(b, c);
    page_tiles(b, tile, ARRAY_LEN(tile));
    way(b, c);
    happened(b, c);
    machines(b, c);
    next_steps(b, c);
    buf_adds(b, "<div class=\"c\"><div>");
    unknowns(b, c);
    contractors(b, c);
    buf_adds(b, "</div><div>");
    mitigations(b, c);
    containment(b, c);
    buf_adds(b, "</div></div>\n");
    page_signatures(b);
    page_end(b, &c->site);
    buf_release(&title);
}
