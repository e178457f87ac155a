/* Do keywords reach a person? Rounds that were run, cases that were opened, somebody to tell. */
#include "loop/review_mark.h"

static struct review_mark measure_rounds(const struct review_facts *f, struct arena *a)
{
    int64_t done = 0, due = 0;
    if (f->first_round == REVIEW_NEVER)
        return review_mark_unknown(tr("No round was ever run."), tr("toban round, every business day"));
    int64_t span = f->today - f->first_round + 1;
    if (span < REVIEW_DAYS_LEAST)
        return review_mark_unknown(arena_printf(a,
                                                tr("The first round was %lld days ago; it takes %d days to "
                                                   "tell a habit."),
                                                (long long)(span - 1), REVIEW_DAYS_LEAST),
                                   tr("toban round, every business day"));
    for (int64_t back = 0; back < MIN(span, REVIEW_DAYS); back++) {
        bool yes = f->round_days >> back & 1, business = f->business_days >> back & 1;
        done += yes && business;
        due += business && (yes || back > 0);
    }
    return review_mark_measured(
        review_mark_percent(done, due),
        arena_printf(a, tr("Rounds were run on %lld of the last %lld business days."), (long long)done,
                     (long long)due),
        done < due ? tr("put toban round on the duty list of every business day, and somebody who reads it")
                   : NULL);
}

const struct review_line review_people_rounds = {.name = "people_rounds",
                                                 .title = TR("Is the round run every business day?"),
                                                 .reason =
                                                     TR("Keywords that stand in no list are read by nobody."),
                                                 .weight = 5,
                                                 .measure = measure_rounds};

struct answered {
    int64_t in_time, late, none;
    struct review_mark_names open;
};

/* A notice younger than the limit may still be answered in time. */
static struct answered count_answered(const struct review_facts *f, struct arena *a)
{
    struct answered n = {0};
    when_t limit = (when_t)f->case_hours * 3600 * WHEN_SEC;
    for (size_t i = 0; i < f->urgent_n; i++) {
        const struct review_urgent *u = &f->urgent[i];
        bool open = u->opened == WHEN_NONE;
        if (open && f->now - u->heard <= limit)
            continue;
        n.in_time += !open && u->opened - u->heard <= limit;
        n.late += !open && u->opened - u->heard > limit;
        n.none += open;
        if (open)
            review_mark_name(&n.open, str_of(arena_printf(a, "N-%lld", (long long)u->notice)));
    }
    return n;
}

static struct review_mark measure_cases(const struct review_facts *f, struct arena *a)
{
    if (f->ledger.assets == 0)
        return review_mark_unknown(tr("The ledger is empty: nothing tells which notices concern you."),
                                   tr("toban ledger import FILE"));
    if (f->first_round == REVIEW_NEVER || f->notices == 0)
        return review_mark_unknown(
            arena_printf(a, tr("No notice of the last %d days was matched with the ledger."),
                         REVIEW_NOTICE_DAYS),
            "toban round");
    struct answered n = count_answered(f, a);
    int64_t all = n.in_time + n.late + n.none;
    if (all == 0)
        return review_mark_empty(
            arena_printf(a,
                         tr("Of %lld notices of the last %d days, none that is urgent had to be "
                            "answered for your machines yet."),
                         (long long)f->notices, REVIEW_NOTICE_DAYS));
    const char *value = arena_printf(
        a,
        tr("Of %lld urgent notices that touch your machines, %lld led to a case within %d hours, %lld "
           "later, %lld never."),
        (long long)all, (long long)n.in_time, f->case_hours, (long long)n.late, (long long)n.none);
    const char *next = NULL;
    if (n.none)
        next = arena_printf(a, tr("toban case open for %s"), review_mark_names(&n.open, a));
    else if (n.late)
        next = tr("open a case as soon as the round lists an urgent notice (toban case open N-…)");
    return review_mark_measured(review_mark_percent(n.in_time * 2 + n.late, all * 2), value, next);
}

const struct review_line review_people_cases = {
    .name = "people_cases",
    .title = TR("Does an urgent notice lead to a case in time?"),
    .reason =
        TR("This is where a keyword has reached a person: somebody acted on it, and it is written down."),
    .weight = 7,
    .measure = measure_cases};

static bool on_duty(const struct contact *k)
{
    const struct str text[] = {k->role, k->name};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        if (str_find(text[i], STR_LIT("当番")) != STR_NONE ||
            str_find_i(text[i], STR_LIT("on duty")) != STR_NONE ||
            str_find_i(text[i], STR_LIT("on call")) != STR_NONE)
            return true;
    return false;
}

static const struct contact *who_is_told(const struct review_facts *f)
{
    for (size_t i = 0; i < f->contact_n; i++) {
        const struct contact *k = &f->contact[i];
        if (f->notify.n ? str_eq(k->name, f->notify) || str_eq(k->role, f->notify) : on_duty(k))
            return k;
    }
    return NULL;
}

static struct review_mark measure_notified(const struct review_facts *f, struct arena *a)
{
    const struct contact *k = who_is_told(f);
    if (!k && f->notify.n)
        return review_mark_measured(
            0,
            arena_printf(a, tr("The setting review.notify names %.*s, and no contact has that name or role."),
                         STR_ARG(f->notify)),
            tr("toban contacts add, or correct the setting"));
    if (!k)
        return review_mark_measured(
            0, tr("Nobody is named who is told of an urgent notice."),
            tr("toban contacts add somebody with the role \"on duty\", or name one: setting review.notify"));
    bool other = false;
    for (size_t i = 0; i < k->channel_n; i++)
        other |= k->channel[i].kind != CHANNEL_MAIL && k->channel[i].needs.n == 0;
    bool checked = k->checked != WHEN_NONE && f->now - k->checked <= f->contact_days * WHEN_DAY;
    const char *value = k->channel_n == 0
                            ? tr("no way to reach them is written down")
                            : arena_printf(a, tr("%zu ways to reach them, %s; %s"), k->channel_n,
                                           other ? tr("one of them without any system of yours")
                                                 : tr("none without your own systems"),
                                           checked ? tr("checked lately") : tr("not checked lately"));
    int score = k->channel_n == 0 ? 0 : 50 + (other ? 25 : 0) + (checked ? 25 : 0);
    const char *next = NULL;
    if (!other)
        next = arena_printf(
            a, tr("toban contacts set K-%lld: add a telephone number that runs without your own systems"),
            (long long)k->id);
    else if (!checked)
        next = arena_printf(a, tr("call them, then toban contacts check K-%lld"), (long long)k->id);
    return review_mark_measured(
        score, arena_printf(a, tr("Told is %.*s (K-%lld): %s."), STR_ARG(k->name), (long long)k->id, value),
        next);
}

const struct review_line review_people_notified = {
    .name = "people_notified",
    .title = TR("Can somebody be reached when a notice is urgent?"),
    .reason = TR("Notices come at night and on holidays; attackers do, too."),
    .weight = 5,
    .measure = measure_notified};
