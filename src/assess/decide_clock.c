#include "assess/decide_step.h"

#include "assess/scores/kev.h"

#define HOUR (3600 * WHEN_SEC)

/* Catalogues give dates without a time, kept as midnight UTC. */
static bool is_date_only(when_t t)
{
    return t % WHEN_DAY == 0;
}

/* First moment of t's day; a date without a time names that day in every zone. */
static when_t day_start(const struct deciding *g, when_t t)
{
    when_t zone = (when_t)g->in->zone_s * WHEN_SEC;
    when_t local = is_date_only(t) ? t : t + zone;
    when_t day = local / WHEN_DAY - (local % WHEN_DAY < 0);
    return day * WHEN_DAY - zone;
}

const char *decide_clock_date(const struct deciding *g, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_date(day_start(g, t), g->in->zone_s, s);
    return arena_strdup(g->a, s);
}

const char *decide_clock_minute(const struct deciding *g, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_minute(t, g->in->zone_s, s);
    return arena_strdup(g->a, s);
}

void decide_clock_start(struct deciding *g)
{
    const struct decide_input *in = g->in;
    struct decision *d = g->d;
    when_t published = in->published <= in->as_of ? in->published : WHEN_NONE;
    when_t from;
    if (d->in_kev && d->exploited_since != WHEN_NONE && d->exploited_since >= published) {
        d->start_kind = DECIDE_START_EXPLOITED;
        from = d->exploited_since;
    } else if (published != WHEN_NONE) {
        d->start_kind = DECIDE_START_PUBLISHED;
        from = published;
    } else if (in->found != WHEN_NONE && in->found <= in->as_of) {
        d->start_kind = DECIDE_START_FOUND;
        from = in->found;
    } else {
        d->start_kind = DECIDE_START_AS_OF;
        from = in->as_of;
    }
    d->start = day_start(g, from);
}

static const char *start_words(const struct decision *d)
{
    switch (d->start_kind) {
    case DECIDE_START_EXPLOITED:
        return tr("the day exploitation was first stated");
    case DECIDE_START_PUBLISHED:
        return tr("the day the vulnerability was published");
    case DECIDE_START_FOUND:
        return tr("the day of the finding; no earlier date is known");
    case DECIDE_START_AS_OF:
        break;
    }
    return tr("today; no earlier date is known");
}

/* The last second of the day that begins at start + days. */
static when_t day_end(when_t start, int days)
{
    return start + (when_t)(days + 1) * WHEN_DAY - WHEN_SEC;
}

static void deadline_offer(struct decision *d, when_t t, enum decide_by by)
{
    if (d->deadline == WHEN_NONE || t < d->deadline) {
        d->deadline = t;
        d->deadline_by = by;
    }
}

static void deadline_table(struct deciding *g)
{
    struct decision *d = g->d;
    if (d->outcome->days < 0) {
        decide_reason_add(
            g, DECIDE_DEADLINE, g->table->file,
            tr("The table sets no date: it is remedied with the next planned upgrade or rebuild."));
        return;
    }
    when_t t = day_end(d->start, d->outcome->days);
    deadline_offer(d, t, DECIDE_BY_TABLE);
    decide_reason_add(g, DECIDE_DEADLINE, g->table->file,
                      arena_printf(g->a, tr("By the table until %s: %d calendar days from %s, %s."),
                                   decide_clock_date(g, t), d->outcome->days, decide_clock_date(g, d->start),
                                   start_words(d)));
}

/* False when no catalogue gives a due date. */
static bool deadline_kev(struct deciding *g)
{
    const struct kev *due = kev_first_due(g->in->kev, g->in->kev_n, g->in->as_of);
    if (!due)
        return false;
    when_t t = day_end(day_start(g, due->due), 0);
    deadline_offer(g->d, t, DECIDE_BY_KEV_DUE);
    const char *fmt =
        due->due < due->added
            ? tr("The catalogue's own due date is %s, which had passed when it was entered on %s.")
            : tr("The catalogue's own due date is %s (entered on %s).");
    decide_reason_add(g, DECIDE_DEADLINE, due->source,
                      arena_printf(g->a, fmt, decide_clock_date(g, t), decide_clock_date(g, due->added)));
    return true;
}

/* All run from the same day: the shortest is the only one that can count. False when there is none. */
static bool deadline_policy(struct deciding *g)
{
    const struct decide_policy *p = NULL;
    for (size_t i = 0; i < g->in->policy_n; i++) {
        const struct decide_policy *q = &g->in->policy[i];
        if (q->days >= 0 && q->days <= LIMIT_SSVC_DAYS && (!p || q->days < p->days))
            p = q;
    }
    if (!p)
        return false;
    when_t t = day_end(g->d->start, p->days);
    deadline_offer(g->d, t, DECIDE_BY_POLICY);
    decide_reason_add(
        g, DECIDE_DEADLINE, p->name,
        arena_printf(g->a, tr("By the site's policy \"%.*s\" until %s: %d calendar days from %s, %s."),
                     STR_ARG(p->name), decide_clock_date(g, t), p->days, decide_clock_date(g, g->d->start),
                     start_words(g->d)));
    return true;
}

void decide_clock_deadline(struct deciding *g)
{
    static const char *const by[] = {
        [DECIDE_BY_TABLE] = TR("the decision table's"),
        [DECIDE_BY_KEV_DUE] = TR("the catalogue's due date"),
        [DECIDE_BY_POLICY] = TR("the site's policy"),
    };
    struct decision *d = g->d;
    deadline_table(g);
    bool kev = deadline_kev(g), policy = deadline_policy(g);
    if (!kev && !policy)
        return; /* there was nothing to choose from */
    decide_reason_add(g, DECIDE_DEADLINE, (struct str){0},
                      arena_printf(g->a, tr("The earliest date counts: %s, %s."),
                                   decide_clock_date(g, d->deadline), tr(by[d->deadline_by])));
}

void decide_clock_forensic(struct deciding *g)
{
    struct decision *d = g->d;
    if (!d->outcome->forensic)
        return;
    d->forensic = true;
    d->forensic_certain = d->best->forensic;
    d->forensic_start = d->exploited_since == WHEN_NONE    ? d->start
                        : is_date_only(d->exploited_since) ? day_start(g, d->exploited_since)
                                                           : d->exploited_since;
    d->scope_by = d->forensic_start + 2 * HOUR;
    d->volatile_by = d->forensic_start + 24 * HOUR;
    d->verdict_by = d->forensic_start + 72 * HOUR;
    const char *fmt = d->forensic_certain
                          ? tr("The machine is examined before it is patched: scope by %s, volatile evidence "
                               "by %s, verdict by "
                               "%s, counted from %s.")
                          : tr("The machine may have to be examined before it is patched; as long as "
                               "something is not known, it "
                               "is: scope by %s, volatile evidence by %s, verdict by %s, counted from %s.");
    decide_reason_add(
        g, DECIDE_FORENSIC, g->table->file,
        arena_printf(g->a, fmt, decide_clock_minute(g, d->scope_by), decide_clock_minute(g, d->volatile_by),
                     decide_clock_minute(g, d->verdict_by), decide_clock_minute(g, d->forensic_start)));
}
