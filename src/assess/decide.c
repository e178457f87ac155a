#include "assess/decide.h"

#include "assess/decide_step.h"

/* At most 16 are ever given (three quotations twice, and ten others), so none is dropped. */
void decide_reason_add(struct deciding *g, enum decide_about about, struct str source, const char *text)
{
    if (g->d->reason_n < DECIDE_REASONS)
        g->d->reason[g->d->reason_n++] = (struct decide_reason){about, str_of(text), source};
}

static void missing_add(struct deciding *g, const char *text)
{
    if (g->d->missing_n < DECIDE_MISSING)
        g->d->missing[g->d->missing_n++] = str_of(text);
}

/* Names what to fill in, for the unknown inputs that can change the outcome. */
static void missing_say(struct deciding *g, const struct ssvc_answer *answer)
{
    static const struct {
        const char *column, *ask;
    } ask[] = {
        {"Publicly Exposed", TR("the machine's exposure (internal or public) in the ledger")},
        {"In KEV", TR("a catalogue of exploited vulnerabilities (KEV): collect one with a round")},
        {"Automatable",
         TR("automatable (yes or no): an SSVC decision or a CVSS vector for the vulnerability")},
        {"Technical Impact",
         TR("technical impact (partial or total): an SSVC decision or a CVSS vector for the vulnerability")},
    };
    for (size_t i = 0; i < ARRAY_LEN(ask); i++) {
        int column = ssvc_column_find(g->table, str_of(ask[i].column));
        if (column >= 0 && answer->matters & 1U << column)
            missing_add(g, tr(ask[i].ask));
    }
}

/* The outcomes of the shipped table in the thread's language; a site's own as the site writes them. */
static const char *outcome_words(struct deciding *g, const struct ssvc_value *v)
{
    static const char *const shipped[] = {TR("fix on system upgrade"), TR("60 days"), TR("14 days"),
                                          TR("3 days"), TR("3 days & forensic investigation")};
    for (size_t i = 0; i < ARRAY_LEN(shipped); i++)
        if (str_is_i(v->text, shipped[i]))
            return tr(shipped[i]);
    return arena_printf(g->a, STR_FMT, STR_ARG(v->text));
}

static void outcome_say(struct deciding *g)
{
    struct decision *d = g->d;
    const char *text;
    if (d->best == d->worst)
        text = arena_printf(g->a, tr("The decision table says %.*s: %s."), STR_ARG(d->outcome->code),
                            outcome_words(g, d->outcome));
    else
        text =
            arena_printf(g->a,
                         tr("Something is not known, so the decision table gives anything from %.*s (%s) to "
                            "%.*s (%s); the worst case is acted on until it is filled in."),
                         STR_ARG(d->best->code), outcome_words(g, d->best), STR_ARG(d->worst->code),
                         outcome_words(g, d->worst));
    decide_reason_add(g, DECIDE_OUTCOME, g->table->file, text);
}

static int outcome_find(struct deciding *g, struct err *e)
{
    const struct ssvc_given given[] = {
        {STR_LIT("In KEV"), decide_input_kev(g)},
        {STR_LIT("Publicly Exposed"), decide_input_exposure(g)},
        {STR_LIT("Automatable"), decide_input_automatable(g)},
        {STR_LIT("Technical Impact"), decide_input_impact(g)},
    };
    struct ssvc_answer answer;
    int rc = ssvc_decide(g->table, given, ARRAY_LEN(given), &answer, e);
    if (rc < 0)
        return rc;
    g->d->best = answer.best;
    g->d->worst = g->d->outcome = answer.worst;
    outcome_say(g);
    missing_say(g, &answer);
    return 0;
}

static bool status_applies(struct deciding *g)
{
    switch (g->in->status) {
    case FINDING_NOT_AFFECTED:
        decide_reason_add(g, DECIDE_STATUS, (struct str){0}, tr("Not affected: nothing has to be done."));
        return false;
    case FINDING_POSSIBLE:
        g->d->provisional = true;
        decide_reason_add(
            g, DECIDE_STATUS, (struct str){0},
            tr("Provisional: a notice names the product, but no version range confirms the finding yet."));
        break;
    case FINDING_UNKNOWN:
        g->d->provisional = true;
        decide_reason_add(g, DECIDE_STATUS, (struct str){0},
                          tr("Provisional: the data that would confirm the finding is missing."));
        break;
    case FINDING_AFFECTED:
        break;
    }
    return true;
}

int decide_run(const struct decide_input *in, const struct ssvc_table *table, struct arena *a,
               struct decision *out, struct err *e)
{
    struct deciding g = {.in = in, .table = table, .a = a, .d = out};
    *out = (struct decision){.exploited_since = WHEN_NONE,
                             .start = WHEN_NONE,
                             .deadline = WHEN_NONE,
                             .forensic_start = WHEN_NONE,
                             .scope_by = WHEN_NONE,
                             .volatile_by = WHEN_NONE,
                             .verdict_by = WHEN_NONE};
    out->applies = status_applies(&g);
    if (!out->applies)
        return 0;
    int rc = outcome_find(&g, e);
    if (rc < 0)
        return rc;
    decide_clock_start(&g);
    decide_clock_deadline(&g);
    decide_clock_forensic(&g);
    return 0;
}
