#include "assess/decide_step.h"

#include "assess/scores/derive.h"
#include "assess/scores/kev.h"

#define QUOTE_MAX 400 /* bytes of a quotation within a reason */
#define QUOTES_MAX 3  /* quotations of trusted, and of other sources */

static struct str quote_clip(struct str s)
{
    return str_n(s.p, s.n > QUOTE_MAX ? str_utf8_clip(s.p, QUOTE_MAX) : s.n);
}

static void since_lower(struct decision *d, when_t t)
{
    if (t != WHEN_NONE && (d->exploited_since == WHEN_NONE || t < d->exploited_since))
        d->exploited_since = t;
}

static void kev_catalogues(struct deciding *g)
{
    const struct decide_input *in = g->in;
    const struct kev *first = kev_first(in->kev, in->kev_n, in->as_of);
    if (!first)
        return;
    g->d->in_kev = true;
    since_lower(g->d, first->added);
    const char *fmt =
        kev_is_cisa(first)
            ? tr("Listed in CISA's catalogue of known exploited vulnerabilities since %s (%.*s).")
            : tr("Listed as exploited since %s by the catalogue %.*s; that is not CISA's KEV, and "
                 "counts like it.");
    decide_reason_add(g, DECIDE_KEV, first->source,
                      arena_printf(g->a, fmt, decide_clock_date(g, first->added), STR_ARG(first->source)));
}

static const char *statement_words(struct deciding *g, const struct decide_statement *s, bool listed)
{
    struct str quote = quote_clip(s->quote);
    const char *when = s->when == WHEN_NONE ? tr("undated") : decide_clock_minute(g, s->when);
    const char *fmt;
    if (!s->trusted)
        fmt =
            tr("%.*s (%s) says that it is exploited, but is not a trusted source; this alone is not counted: "
               "\"%.*s\"");
    else if (listed)
        fmt = tr("A trusted notice, %.*s (%s), says that it is exploited: \"%.*s\"");
    else
        fmt = tr(
            "Counted as in KEV because a trusted notice, %.*s (%s), says that it is exploited; no catalogue "
            "lists it yet: \"%.*s\"");
    return arena_printf(g->a, fmt, STR_ARG(s->source), when, STR_ARG(quote));
}

/* All that are visible count; the first few are quoted. */
static void kev_statements(struct deciding *g, bool trusted, bool listed)
{
    size_t quoted = 0;
    for (size_t i = 0; i < g->in->statement_n; i++) {
        const struct decide_statement *s = &g->in->statement[i];
        if (s->trusted != trusted || (s->when != WHEN_NONE && s->when > g->in->as_of))
            continue;
        if (quoted++ < QUOTES_MAX)
            decide_reason_add(g, DECIDE_KEV, s->source, statement_words(g, s, listed));
        if (!trusted)
            continue;
        g->d->in_kev = true;
        since_lower(g->d, s->when);
    }
}

static void kev_ssvc(struct deciding *g, bool listed)
{
    const struct ssvc_points *p = &g->in->ssvc;
    if (!str_is_i(p->exploitation, "active") || (p->when != WHEN_NONE && p->when > g->in->as_of))
        return;
    since_lower(g->d, p->when);
    g->d->in_kev = true;
    if (!listed)
        decide_reason_add(
            g, DECIDE_KEV, p->source,
            arena_printf(g->a,
                         tr("Counted as in KEV because the SSVC decision of %.*s says \"exploitation: "
                            "active\"; no catalogue lists it yet."),
                         STR_ARG(p->source)));
}

/* "yes", "no" or "" for the table. */
struct str decide_input_kev(struct deciding *g)
{
    const struct decide_input *in = g->in;
    kev_catalogues(g);
    bool listed = g->d->in_kev;
    kev_statements(g, true, listed);
    kev_statements(g, false, listed);
    kev_ssvc(g, listed);
    if (g->d->in_kev) {
        g->d->in_kev_by_notice = !listed;
        return STR_LIT("yes");
    }
    if (in->kev_consulted) {
        decide_reason_add(
            g, DECIDE_KEV, (struct str){0},
            tr("No catalogue of exploited vulnerabilities lists it, and no trusted notice says that it is "
               "exploited."));
        return STR_LIT("no");
    }
    decide_reason_add(g, DECIDE_KEV, (struct str){0},
                      tr("Whether it is exploited is not known: no catalogue has been read."));
    return (struct str){0};
}

struct str decide_input_exposure(struct deciding *g)
{
    struct str source = g->in->exposure_source;
    if (str_empty(source))
        source = str_of(tr("ledger"));
    switch (g->in->exposure) {
    case EXPOSURE_PUBLIC:
        decide_reason_add(g, DECIDE_EXPOSURE, source, tr("The machine can be reached from the internet."));
        return STR_LIT("yes");
    case EXPOSURE_INTERNAL:
        decide_reason_add(g, DECIDE_EXPOSURE, source, tr("The machine cannot be reached from the internet."));
        return STR_LIT("no");
    case EXPOSURE_UNKNOWN:
        break;
    }
    decide_reason_add(g, DECIDE_EXPOSURE, source,
                      tr("The ledger does not say whether the machine can be reached from the internet."));
    return (struct str){0};
}

static bool ssvc_current(const struct decide_input *in)
{
    return in->ssvc.when == WHEN_NONE || in->ssvc.when <= in->as_of;
}

struct str decide_input_automatable(struct deciding *g)
{
    const struct decide_input *in = g->in;
    if (!str_empty(in->ssvc.automatable) && ssvc_current(in)) {
        decide_reason_add(g, DECIDE_AUTOMATABLE, in->ssvc.source,
                          arena_printf(g->a, tr("Automatable: %.*s, as stated by %.*s."),
                                       STR_ARG(in->ssvc.automatable), STR_ARG(in->ssvc.source)));
        return in->ssvc.automatable;
    }
    if (in->cvss) {
        struct derive_point p = derive_automatable(in->cvss, g->a);
        decide_reason_add(
            g, DECIDE_AUTOMATABLE, in->cvss_source,
            arena_printf(g->a, tr("Automatable: %.*s. %.*s"), STR_ARG(p.value), STR_ARG(p.why)));
        return p.value;
    }
    decide_reason_add(
        g, DECIDE_AUTOMATABLE, (struct str){0},
        tr("Whether attacks can be automated is not known: neither an SSVC decision nor a CVSS vector is "
           "there."));
    return (struct str){0};
}

struct str decide_input_impact(struct deciding *g)
{
    const struct decide_input *in = g->in;
    if (!str_empty(in->ssvc.technical_impact) && ssvc_current(in)) {
        decide_reason_add(g, DECIDE_IMPACT, in->ssvc.source,
                          arena_printf(g->a, tr("Technical impact: %.*s, as stated by %.*s."),
                                       STR_ARG(in->ssvc.technical_impact), STR_ARG(in->ssvc.source)));
        return in->ssvc.technical_impact;
    }
    if (in->cvss) {
        struct derive_point p = derive_impact(in->cvss, g->a);
        decide_reason_add(
            g, DECIDE_IMPACT, in->cvss_source,
            arena_printf(g->a, tr("Technical impact: %.*s. %.*s"), STR_ARG(p.value), STR_ARG(p.why)));
        return p.value;
    }
    decide_reason_add(
        g, DECIDE_IMPACT, (struct str){0},
        tr("The technical impact is not known: neither an SSVC decision nor a CVSS vector is there."));
    return (struct str){0};
}
