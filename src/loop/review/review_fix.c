/* Fixing: plans with a way back, the emergency track exercised, mitigations and proofs. */
#include "loop/review_mark.h"
#include "remediate/fix.h"

static struct str member_name(const struct case_file *c, const struct case_member *m, struct arena *a)
{
    struct str name = m->look && m->look->name.n ? m->look->name : m->a.key;
    return str_of(arena_printf(a, "%.*s (C-%lld)", STR_ARG(name), (long long)c->head.id));
}

static bool within_year(const struct review_facts *f, when_t at)
{
    return at != WHEN_NONE && f->now - at <= REVIEW_YEAR * WHEN_DAY;
}

static struct review_mark measure_rollback(const struct review_facts *f, struct arena *a)
{
    const char *missing[FIX_MISSING];
    struct review_mark_names lacking = {0};
    int64_t all = 0, written = 0, complete = 0;
    for (size_t i = 0; i < f->file_n; i++) {
        for (size_t k = 0; k < f->file[i].plan_n; k++) {
            const struct case_plan *p = &f->file[i].plan[k];
            if (f->file[i].head.closed && !within_year(f, p->at))
                continue;
            bool whole = fix_missing(p, missing) == 0;
            all++;
            written += !review_mark_blank(p->rollback) && !review_mark_blank(p->trigger);
            complete += whole;
            if (!whole)
                review_mark_name(&lacking, str_of(arena_printf(a, "P-%lld", (long long)p->id)));
        }
    }
    if (all == 0)
        return review_mark_unknown(tr("There is no patch plan of the last year or of an open case."),
                                   tr("toban fix plan C-…, for a drill if there is no case"));
    const char *next = NULL;
    if (lacking.n)
        next =
            arena_printf(a, tr("toban fix plan with --rollback and --trigger, and what else is missing: %s"),
                         review_mark_names(&lacking, a));
    return review_mark_measured(
        review_mark_percent(written + complete, all * 2),
        arena_printf(a, tr("Of %lld patch plans, %lld say how to roll back and when; %lld are complete."),
                     (long long)all, (long long)written, (long long)complete),
        next);
}

const struct review_line review_fix_rollback = {.name = "fix_rollback",
                                                .title = TR("Is the way back written before a patch?"),
                                                .reason = TR("Without a way back, a patch is put off."),
                                                .weight = 5,
                                                .measure = measure_rollback};

enum exercise { EXERCISE_NONE, EXERCISE_PATCHED, EXERCISE_VERIFIED };

static enum exercise emergency_done(const struct review_facts *f, when_t *at)
{
    enum exercise best = EXERCISE_NONE;
    for (size_t i = 0; i < f->file_n; i++) {
        for (size_t k = 0; k < f->file[i].member_n; k++) {
            const struct case_asset *as = &f->file[i].member[k].a;
            const struct case_plan *p = as->patch ? stage_remediate_plan(&f->file[i], as) : NULL;
            if (!p || !str_is(p->track, "emergency") || !within_year(f, as->patch->at))
                continue;
            enum exercise now = as->verify ? EXERCISE_VERIFIED : EXERCISE_PATCHED;
            if (now < best || (now == best && as->patch->at <= *at))
                continue;
            best = now;
            *at = as->patch->at;
        }
    }
    return best;
}

static struct review_mark measure_emergency(const struct review_facts *f, struct arena *a)
{
    when_t at = WHEN_NONE;
    char day[CLOCK_ISO_SIZE];
    enum exercise done = emergency_done(f, &at);
    if (done < EXERCISE_VERIFIED && within_year(f, f->exercised)) {
        clock_date(f->exercised, f->zone_s, day);
        return review_mark_measured(100, arena_printf(a, tr("It was exercised on %s."), day), NULL);
    }
    if (done == EXERCISE_NONE)
        return review_mark_measured(
            0, arena_printf(a, tr("No emergency patch was made or exercised within %d days."), REVIEW_YEAR),
            tr("toban drill proxylogon --live; or take one machine through toban fix plan --track emergency, "
               "to the proof"));
    clock_date(at, f->zone_s, day);
    if (done == EXERCISE_VERIFIED)
        return review_mark_measured(
            100, arena_printf(a, tr("A patch on the emergency track was made on %s, and proved."), day),
            NULL);
    return review_mark_measured(
        50, arena_printf(a, tr("A patch on the emergency track was made on %s, and is not proved."), day),
        tr("toban ledger import a fresh inventory, then toban fix verify"));
}

const struct review_line review_fix_emergency = {.name = "fix_emergency",
                                                 .title = TR("Was the emergency patch exercised?"),
                                                 .reason =
                                                     TR("What was never done takes days instead of hours."),
                                                 .weight = 5,
                                                 .measure = measure_emergency};

static struct review_mark measure_mitigations(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names past = {0};
    int64_t stand = 0, lapsed = 0;
    for (size_t i = 0; i < f->file_n; i++) {
        const struct case_file *c = &f->file[i];
        for (size_t k = 0; !c->head.closed && k < c->member_n; k++) {
            stand +=
                !c->member[k].a.patch && !c->member[k].a.closed && gate_mitigated(&c->member[k].a, f->now);
            if (!gate_lapsed(&c->member[k].a, f->now))
                continue;
            lapsed++;
            review_mark_name(&past, member_name(c, &c->member[k], a));
        }
    }
    if (stand + lapsed == 0)
        return review_mark_empty(tr("No mitigation stands in for a patch."));
    if (lapsed == 0)
        return review_mark_measured(
            100, arena_printf(a, tr("%lld mitigations stand, none is past its end."), (long long)stand),
            NULL);
    /* One is enough for an open door, however many others stand. */
    int score = review_mark_percent(stand, stand + lapsed);
    return review_mark_measured(
        MIN(score, 50),
        arena_printf(a, tr("%lld mitigations ran out on machines that are still not fixed; %lld stand."),
                     (long long)lapsed, (long long)stand),
        arena_printf(a, tr("toban fix apply, or toban fix mitigate again: %s"), review_mark_names(&past, a)));
}

const struct review_line review_fix_mitigations = {
    .name = "fix_mitigations",
    .title = TR("Are mitigations within their time?"),
    .reason = TR("A mitigation past its end is a machine that is open, and that everybody thinks is not."),
    .weight = 5,
    .measure = measure_mitigations};

static struct review_mark measure_unproved(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names old = {0};
    int64_t patched = 0, late = 0;
    for (size_t i = 0; i < f->file_n; i++) {
        const struct case_file *c = &f->file[i];
        for (size_t k = 0; k < c->member_n; k++) {
            const struct case_asset *as = &c->member[k].a;
            if (!as->patch || as->triage == CASE_NOT_AFFECTED)
                continue;
            bool open = !as->verify && !as->closed;
            if (!open && !within_year(f, as->patch->at))
                continue;
            patched++;
            if (!open || f->now - as->patch->at <= REVIEW_UNPROVED_DAYS * WHEN_DAY)
                continue;
            late++;
            review_mark_name(&old, member_name(c, &c->member[k], a));
        }
    }
    if (patched == 0)
        return review_mark_empty(tr("Nothing was patched within the last year."));
    const char *next = NULL;
    if (late)
        next = arena_printf(a, tr("toban ledger import a fresh inventory, then toban fix verify: %s"),
                            review_mark_names(&old, a));
    return review_mark_measured(
        review_mark_percent(patched - late, patched),
        arena_printf(a, tr("Of %lld patched machines, %lld wait for their proof for more than %d days."),
                     (long long)patched, (long long)late, REVIEW_UNPROVED_DAYS),
        next);
}

const struct review_line review_fix_unproved = {
    .name = "fix_unproved",
    .title = TR("Are patches proved?"),
    .reason = TR("Patched by somebody's word is not fixed: updates fail, and restarts are forgotten."),
    .weight = 4,
    .measure = measure_unproved};
