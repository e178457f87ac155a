/* Words that every form of a report uses. */
#include "report/report.h"

const char *report_stage_name(enum report_stage s)
{
    static const char *const name[] = {"published", "heard",     "matched", "checked",
                                       "contained", "mitigated", "patched", "verified"};
    return name[s];
}

const char *report_stage_title(enum report_stage s)
{
    static const char *const title[] = {TR("Published"), TR("Heard"),     TR("Matched"), TR("Checked"),
                                        TR("Contained"), TR("Mitigated"), TR("Patched"), TR("Fixed, proved")};
    return tr(title[s]);
}

const char *report_by_name(enum report_by b)
{
    static const char *const name[] = {"place", "owner", "department", "contractor"};
    return name[b];
}

const char *report_by_title(enum report_by b)
{
    static const char *const title[] = {TR("Place"), TR("Owner"), TR("Department"), TR("Contractor")};
    return tr(title[b]);
}

const char *report_verdict_title(enum case_verdict v)
{
    static const char *const name[] = {TR("not looked at"), TR("clean"), TR("not established"), TR("suspicious"),
                                       TR("COMPROMISED")};
    return tr(name[v]);
}

struct report_enquiries report_enquiry_count(const struct report_enquiry *q, size_t n, when_t now)
{
    struct report_enquiries c = {0};
    for (size_t i = 0; i < n; i++) {
        bool answered = q[i].answered != WHEN_NONE;
        if (q[i].withdrawn)
            continue;
        c.asked++;
        c.answered += answered;
        c.unanswered += !answered;
        c.overdue += !answered && q[i].due != WHEN_NONE && q[i].due < now;
    }
    return c;
}

void report_span_text(int64_t span, bool known, struct buf *out)
{
    long long minutes = (long long)(span / (60 * WHEN_SEC)), size = minutes < 0 ? -minutes : minutes;
    if (!known) {
        buf_adds(out, tr("unknown"));
        return;
    }
    if (minutes < 0)
        buf_addc(out, '-'); /* done before it was published */
    if (size >= 2880)
        buf_printf(out, tr("%lld d %lld h"), size / 1440, size % 1440 / 60);
    else if (size >= 60)
        buf_printf(out, tr("%lld h %02lld min"), size / 60, size % 60);
    else
        buf_printf(out, tr("%lld min"), size);
}

void report_waiver_text(const struct report_machine *m, int zone_s, struct buf *out)
{
    const struct case_step *by = m->a.waive, *ask = m->a.waive_ask;
    char at[CLOCK_ISO_SIZE];
    if (by) {
        static const struct case_step nobody = {.until = WHEN_NONE};
        ask = ask ? ask : &nobody;
        clock_minute(by->at, zone_s, at);
        buf_printf(out, tr("WAIVED: the look for traces was waived by %.*s on %s (asked by %.*s: %.*s; %.*s)"), STR_ARG(by->who), at, STR_ARG(ask->who),
                   STR_ARG(ask->why), STR_ARG(by->why));
    } else if (ask) {
        buf_printf(out, tr("a waiver is asked for by %.*s (%.*s), and nobody has approved it"), STR_ARG(ask->who), STR_ARG(ask->why));
    }
}

static bool is_lang(const struct report_statement *s)
{
    return str_is(s->lang, i18n_lang() == LANG_JA ? "ja" : "en");
}

static bool exploits(const struct report_statement *s)
{
    return str_is(s->signal, "exploited") || str_is(s->signal, "attempted");
}

/* Which of two says it better to the reader; both are quoted. */
static bool better(const struct report_statement *a, const struct report_statement *b)
{
    if (exploits(a) != exploits(b))
        return exploits(a);
    if (is_lang(a) != is_lang(b))
        return is_lang(a);
    return a->published != WHEN_NONE && (b->published == WHEN_NONE || a->published < b->published);
}

const struct report_statement *report_quote(const struct report_case *c)
{
    const struct report_statement *best = NULL;
    for (size_t i = 0; i < c->statement_n; i++)
        if (c->statement[i].quote.n && (!best || better(&c->statement[i], best)))
            best = &c->statement[i];
    return best;
}

void report_case_sentence(const struct report_case *c, struct buf *out)
{
    const struct report_figures *f = &c->figures;
    struct report_enquiries q = report_enquiry_count(c->enquiry, c->enquiry_n, c->site.at);
    const struct {
        size_t n;
        const char *text;
    } part[] = {{f->compromised, TR("%zu compromised")},
                {f->overdue, TR("%zu past the deadline")},
                {f->unchecked, TR("%zu not examined for a break-in")},
                {f->mitigated, TR("%zu mitigated, not fixed")},
                {f->unverified, TR("%zu patched, not proved")},
                {f->waived, TR("%zu with a waiver")},
                {q.unanswered, TR("enquiries unanswered: %zu")}};
    if (c->head.closed)
        buf_adds(out, tr("The case is closed."));
    else if (f->machines == 0)
        buf_adds(out, tr("No machine is known to be concerned yet."));
    else if (f->open == 0)
        buf_printf(out, tr("Nothing is left to do on the %zu machines; the case waits to be closed."), f->machines);
    else
        buf_printf(out, tr("%zu of %zu machines still need work."), f->open, f->machines);
    size_t said = 0;
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        if (part[i].n == 0)
            continue;
        buf_adds(out, said++ ? tr(", ") : tr(" Of note: "));
        buf_printf(out, tr(part[i].text), part[i].n);
    }
    if (said)
        buf_adds(out, tr("."));
}

struct unknowns {
    const struct report_case *c;
    void (*say)(void *ctx, struct str text);
    void *ctx;
    struct buf b;
};

static void done(struct unknowns *u)
{
    u->say(u->ctx, buf_str(&u->b));
    buf_clear(&u->b);
}

static void names(struct unknowns *u, const char *text, bool (*is)(const struct report_machine *m))
{
    size_t n = 0;
    for (size_t i = 0; i < u->c->machine_n; i++)
        n += is(&u->c->machine[i]);
    if (n == 0)
        return;
    buf_printf(&u->b, tr(text), n);
    size_t k = 0;
    for (size_t i = 0; i < u->c->machine_n && k < 6; i++)
        if (is(&u->c->machine[i]))
            buf_printf(&u->b, "%s" STR_FMT, k++ ? tr(", ") : "", STR_ARG(u->c->machine[i].name));
    if (n > k)
        buf_adds(&u->b, " …");
    done(u);
}

static bool is_undecided(const struct report_machine *m)
{
    return m->open && (m->a.triage == CASE_UNTOLD || m->a.triage == CASE_CANNOT_TELL);
}

static bool is_unchecked(const struct report_machine *m)
{
    return m->a.ask && m->a.triage != CASE_NOT_AFFECTED && m->a.verdict == CHECK_NONE;
}

static bool is_not_established(const struct report_machine *m)
{
    return m->a.verdict == CHECK_NOT_ESTABLISHED;
}

static bool is_unproved(const struct report_machine *m)
{
    return m->unverified.n != 0;
}

static bool is_gone(const struct report_machine *m)
{
    return !m->look || m->look->gone;
}

void report_unknowns(const struct report_case *c, void (*say)(void *ctx, struct str text), void *ctx)
{
    struct unknowns u = {c, say, ctx, BUF_INIT(64 * KIB)};
    struct report_enquiries q = report_enquiry_count(c->enquiry, c->enquiry_n, c->site.at);
    names(&u, TR("Not known whether affected (%zu): "), is_undecided);
    names(&u, TR("Not known whether broken into, nobody has looked (%zu): "), is_unchecked);
    names(&u, TR("Not known whether broken into, the look established nothing (%zu): "), is_not_established);
    names(&u, TR("Not known whether the patch took hold, no newer inventory proves it (%zu): "), is_unproved);
    names(&u, TR("Not known what runs there now, they left the ledger (%zu): "), is_gone);
    if (q.unanswered) {
        buf_printf(&u.b, tr("Not known what contractors run: %zu of %zu enquiries are unanswered, %zu of them past their date."), q.unanswered, q.asked, q.overdue);
        done(&u);
    }
    if (c->times.at[REPORT_HEARD] == WHEN_NONE) {
        buf_adds(&u.b, tr("Not known when we first heard of it: no notice that we fetched names it."));
        done(&u);
    }
    buf_release(&u.b);
}
