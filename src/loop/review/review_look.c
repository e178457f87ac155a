/* Looking for traces: do logs reach back far enough, and are waived looks made up for? */
#include "loop/review_mark.h"

struct looks {
    int64_t made, nothing; /* nothing: not established */
    struct review_mark_names name;
};

static struct looks count_looks(const struct review_facts *f, struct arena *a)
{
    struct looks n = {0};
    for (size_t i = 0; i < f->file_n; i++) {
        const struct case_file *c = &f->file[i];
        for (size_t k = 0; k < c->member_n; k++) {
            const struct case_member *m = &c->member[k];
            if (!m->a.check)
                continue;
            n.made++;
            if (m->a.verdict != CHECK_NOT_ESTABLISHED)
                continue;
            n.nothing++;
            struct str name = m->look && m->look->name.n ? m->look->name : m->a.key;
            review_mark_name(&n.name,
                             str_of(arena_printf(a, "%.*s (C-%lld)", STR_ARG(name), (long long)c->head.id)));
        }
    }
    return n;
}

static const struct review_window *longest(const struct review_facts *f)
{
    const struct review_window *w = NULL;
    for (size_t i = 0; i < f->window_n; i++)
        if (!w || f->window[i].days > w->days)
            w = &f->window[i];
    return w;
}

static const char *log_words(const struct review_facts *f, const struct review_window *w, struct arena *a)
{
    if (w && f->log_days)
        return arena_printf(a,
                            tr("Logs are kept for %d days; the longest exposure seen was %lld days (%.*s, "
                               "C-%lld)."),
                            f->log_days, (long long)w->days, STR_ARG(w->vuln), (long long)w->case_id);
    if (w)
        return arena_printf(a,
                            tr("The longest exposure seen was %lld days (%.*s, C-%lld); how long logs are "
                               "kept is not stated."),
                            (long long)w->days, STR_ARG(w->vuln), (long long)w->case_id);
    return f->log_days ? arena_printf(a, tr("Logs are kept for %d days."), f->log_days)
                       : tr("How long logs are kept is not stated.");
}

static struct review_mark measure_logs(const struct review_facts *f, struct arena *a)
{
    struct looks n = count_looks(f, a);
    const struct review_window *w = longest(f);
    const char *words = log_words(f, w, a);
    const char *state = tr("say how many days logs are kept: setting review.log_days");
    bool stated = f->log_days > 0, compared = stated && w;
    if (n.made == 0 && !compared) {
        if (!stated)
            return review_mark_unknown(words, state);
        return review_mark_empty(arena_printf(
            a, tr("%s No look for traces was made and no exposure seen that it could be held against."),
            words));
    }
    int found = n.made ? review_mark_percent(n.made - n.nothing, n.made) : 100;
    int kept = compared ? review_mark_percent(f->log_days, w->days) : 100;
    const char *next = w && !stated ? state : NULL;
    const char *value =
        n.made ? arena_printf(a, tr("%s Of %lld looks for traces, %lld could establish nothing."), words,
                              (long long)n.made, (long long)n.nothing)
               : words;
    if (kept < 100)
        next = arena_printf(a, tr("keep logs for at least %lld days, away from the machines that write them"),
                            (long long)w->days);
    else if (n.nothing)
        next = arena_printf(a, tr("find out which logs were missing, and keep them longer: %s"),
                            review_mark_names(&n.name, a));
    buf_release(&n.name.text);
    /* A window that was seen and cannot be compared is half the answer. */
    int score = MIN(found, kept);
    return review_mark_measured(w && !stated ? MIN(score, 50) : score, value, next);
}

const struct review_line review_look_logs = {
    .name = "look_logs",
    .title = TR("Are logs kept long enough?"),
    .reason = TR("\"No trace found\" says nothing when the logs begin after the attacks did."),
    .weight = 5,
    .measure = measure_logs};

static bool established(enum case_verdict v)
{
    return v == CHECK_CLEAN || v == CHECK_SUSPICIOUS || v == CHECK_COMPROMISED;
}

static struct review_mark measure_waivers(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names open = {0};
    int64_t all = 0, made_up = 0;
    for (size_t i = 0; i < f->file_n; i++) {
        for (size_t k = 0; k < f->file[i].member_n; k++) {
            const struct case_member *m = &f->file[i].member[k];
            if (!m->a.waive || !m->a.patch)
                continue;
            all++;
            if (m->a.check && established(m->a.verdict) && m->a.check->at > m->a.waive->at) {
                made_up++;
                continue;
            }
            struct str name = m->look && m->look->name.n ? m->look->name : m->a.key;
            review_mark_name(&open, str_of(arena_printf(a, "%.*s (C-%lld)", STR_ARG(name),
                                                        (long long)f->file[i].head.id)));
        }
    }
    if (all == 0)
        return review_mark_empty(tr("No machine was patched on a waiver."));
    const char *next = NULL;
    if (open.n)
        next =
            arena_printf(a, tr("toban investigate, then toban case check: %s"), review_mark_names(&open, a));
    return review_mark_measured(
        review_mark_percent(made_up, all),
        arena_printf(a, tr("Of %lld machines patched on a waiver, %lld were looked at since."),
                     (long long)all, (long long)made_up),
        next);
}

const struct review_line review_look_waivers = {
    .name = "look_waivers",
    .title = TR("Are waived looks made up for?"),
    .reason = TR("A patch shuts the door; it does not tell who came in before."),
    .weight = 2,
    .measure = measure_waivers};
