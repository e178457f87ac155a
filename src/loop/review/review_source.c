/* Are sources visited daily, and is what they gave fresh? */
#include "loop/review_mark.h"

static int64_t first_visit(const struct review_facts *f)
{
    int64_t first = REVIEW_NEVER;
    for (size_t i = 0; i < f->source_n; i++)
        if (f->source[i].first != REVIEW_NEVER && (first == REVIEW_NEVER || f->source[i].first < first))
            first = f->source[i].first;
    return first;
}

/* Visited on that day, or, where a visit is due less often, within its period. */
static bool visited(const struct review_source *s, int64_t back)
{
    for (int64_t k = back; k < back + s->period_days && k < 64; k++)
        if (s->good >> k & 1)
            return true;
    return false;
}

/* Today is not over: it counts only once it is done. */
static void count_days(const struct review_source *s, int64_t span, int64_t *good, int64_t *of)
{
    *good = *of = 0;
    for (int64_t back = 0; back < span; back++) {
        bool yes = visited(s, back);
        *good += yes;
        *of += yes || back > 0;
    }
}

static struct review_mark measure_daily(const struct review_facts *f, struct arena *a)
{
    int64_t first = first_visit(f), good, of, sum = 0, all = 0;
    struct review_mark_names worst = {0};
    if (f->source_n == 0)
        return review_mark_unknown(tr("No source is on."),
                                   tr("turn sources on: sources.NAME.enabled; see toban sources"));
    if (first == REVIEW_NEVER)
        return review_mark_unknown(tr("No source was ever visited."), tr("toban round, every day"));
    int64_t span = f->today - first + 1;
    if (span < REVIEW_DAYS_LEAST)
        return review_mark_unknown(arena_printf(a,
                                                tr("The first visit was %lld days ago; it takes %d days to "
                                                   "tell a habit."),
                                                (long long)(span - 1), REVIEW_DAYS_LEAST),
                                   tr("toban round, every day"));
    for (size_t i = 0; i < f->source_n; i++) {
        const struct review_source *s = &f->source[i];
        /* One turned on later is asked for from then on; one never visited, from the start. */
        int64_t own = s->first == REVIEW_NEVER ? span : f->today - s->first + 1;
        count_days(s, MIN(own, REVIEW_DAYS), &good, &of);
        sum += good;
        all += of;
        if (good < of)
            review_mark_name(&worst, str_of(arena_printf(a, tr("%.*s %lld of %lld"), STR_ARG(s->name),
                                                         (long long)good, (long long)of)));
    }
    int score = review_mark_percent(sum, all);
    if (score == 100)
        return review_mark_measured(100, arena_printf(a, tr("All %zu sources, on every day."), f->source_n),
                                    NULL);
    return review_mark_measured(
        score, arena_printf(a, tr("Days with a good visit: %s."), review_mark_names(&worst, a)),
        tr("let toban round run every day (cron or systemd timer); toban sources tells what went wrong"));
}

const struct review_line review_source_daily = {
    .name = "source_daily",
    .title = TR("Are sources visited daily?"),
    .reason = TR("A notice that is fetched late is read late; exploitation often starts within a day."),
    .weight = 7,
    .measure = measure_daily};

static struct review_mark measure_fresh(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names stale = {0};
    size_t fresh = 0;
    if (f->source_n == 0)
        return review_mark_unknown(tr("No source is on."),
                                   tr("turn sources on: sources.NAME.enabled; see toban sources"));
    if (first_visit(f) == REVIEW_NEVER)
        return review_mark_unknown(tr("No source was ever visited."), "toban collect");
    for (size_t i = 0; i < f->source_n; i++) {
        if (f->source[i].age == GUARD_FRESH)
            fresh++;
        else
            review_mark_name(&stale, f->source[i].name);
    }
    if (fresh == f->source_n)
        return review_mark_measured(100, arena_printf(a, tr("All %zu sources are fresh."), fresh), NULL);
    return review_mark_measured(review_mark_percent((int64_t)fresh, (int64_t)f->source_n),
                                arena_printf(a, tr("%zu of %zu sources are fresh. Not fresh: %s."), fresh,
                                             f->source_n, review_mark_names(&stale, a)),
                                tr("toban collect, then toban sources for those that still fail"));
}

const struct review_line review_source_fresh = {
    .name = "source_fresh",
    .title = TR("Is what the sources gave fresh?"),
    .reason = TR("From stale data, \"nothing to do\" cannot be told from \"not heard\"."),
    .weight = 5,
    .measure = measure_fresh};
