/* Contacts: checked, reachable without mail, with substitutes; and contractors that answer. */
#include "loop/review_mark.h"

static struct review_mark no_contact(void)
{
    return review_mark_measured(0, tr("No contact is written down."), "toban contacts add");
}

static bool in_tree(const struct contact *k)
{
    return k->call_order > 0 || k->called_by != 0;
}

static size_t tree_size(const struct review_facts *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->contact_n; i++)
        n += in_tree(&f->contact[i]);
    return n;
}

static struct str label(const struct contact *k, struct arena *a)
{
    return str_of(arena_printf(a, "K-%lld %.*s", (long long)k->id, STR_ARG(k->name)));
}

static struct review_mark measure_checked(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names due = {0};
    int64_t good = 0;
    if (f->contact_n == 0)
        return no_contact();
    for (size_t i = 0; i < f->contact_n; i++) {
        const struct contact *k = &f->contact[i];
        if (k->checked != WHEN_NONE && f->now - k->checked <= f->contact_days * WHEN_DAY)
            good++;
        else
            review_mark_name(&due, label(k, a));
    }
    const char *value = arena_printf(a, tr("%lld of %zu contacts were checked within %d days."),
                                     (long long)good, f->contact_n, f->contact_days);
    const char *next = NULL;
    if (due.n)
        next = arena_printf(a, tr("call them, then toban contacts check: %s"), review_mark_names(&due, a));
    return review_mark_measured(review_mark_percent(good, (int64_t)f->contact_n), value, next);
}

const struct review_line review_contact_checked = {
    .name = "contact_checked",
    .title = TR("Are contacts checked?"),
    .reason = TR("People move and numbers change; in an incident it is too late to find out."),
    .weight = 4,
    .measure = measure_checked};

static bool needs_mail(const struct contact_channel *c)
{
    struct str_split it = str_split_init(c->needs, ' ');
    struct str piece;
    if (c->kind == CHANNEL_MAIL)
        return true;
    while (str_split_next(&it, &piece))
        if (str_is_i(piece, "mail"))
            return true;
    return false;
}

static bool reachable_without_mail(const struct contact *k)
{
    for (size_t i = 0; i < k->channel_n; i++)
        if (!needs_mail(&k->channel[i]) && !review_mark_blank(k->channel[i].address))
            return true;
    return false;
}

static struct review_mark measure_channels(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names only_mail = {0};
    size_t tree = tree_size(f);
    int64_t good = 0, of = 0;
    if (f->contact_n == 0)
        return no_contact();
    for (size_t i = 0; i < f->contact_n; i++) {
        const struct contact *k = &f->contact[i];
        if (tree && !in_tree(k))
            continue;
        of++;
        if (reachable_without_mail(k))
            good++;
        else
            review_mark_name(&only_mail, label(k, a));
    }
    int score = review_mark_percent(good, of);
    const char *next = NULL;
    if (only_mail.n)
        next = arena_printf(a, tr("toban contacts set, adding a telephone number or another channel: %s"),
                            review_mark_names(&only_mail, a));
    if (tree)
        return review_mark_measured(
            score,
            arena_printf(a, tr("%lld of %lld contacts of the call tree can be reached without mail."),
                         (long long)good, (long long)of),
            next);
    return review_mark_measured(
        score / 2,
        arena_printf(
            a, tr("%lld of %lld contacts can be reached without mail, and none has a place in a call tree."),
            (long long)good, (long long)of),
        next ? next : tr("toban contacts set: say who calls whom, in which order"));
}

const struct review_line review_contact_channels = {
    .name = "contact_channels",
    .title = TR("Is there another channel than mail?"),
    .reason = TR("When the mail server is what was broken into, nobody may be told by mail."),
    .weight = 6,
    .measure = measure_channels};

static bool has_substitute(const struct review_facts *f, const struct contact *k)
{
    for (size_t i = 0; i < f->contact_n; i++)
        if (k->substitute && f->contact[i].id == k->substitute && k->substitute != k->id)
            return true;
    return false;
}

static struct review_mark measure_substitutes(const struct review_facts *f, struct arena *a)
{
    struct review_mark_names alone = {0};
    size_t tree = tree_size(f);
    int64_t good = 0, of = 0;
    if (f->contact_n == 0)
        return no_contact();
    for (size_t i = 0; i < f->contact_n; i++) {
        const struct contact *k = &f->contact[i];
        /* An organisation answers by whoever is there. */
        if ((tree && !in_tree(k)) || k->kind == CONTACT_ORGANISATION)
            continue;
        of++;
        if (has_substitute(f, k))
            good++;
        else
            review_mark_name(&alone, label(k, a));
    }
    if (of == 0)
        return review_mark_empty(tr("The contacts are organisations; they have no substitutes."));
    const char *next = NULL;
    if (alone.n)
        next =
            arena_printf(a, tr("toban contacts set, naming a substitute: %s"), review_mark_names(&alone, a));
    return review_mark_measured(
        review_mark_percent(good, of),
        arena_printf(a, tr("%lld of %lld people to call have a substitute."), (long long)good, (long long)of),
        next);
}

const struct review_line review_contact_substitutes = {
    .name = "contact_substitutes",
    .title = TR("Has everybody to call a substitute?"),
    .reason = TR("The one who knows is on holiday exactly then."),
    .weight = 3,
    .measure = measure_substitutes};

/* ---- contractors ---- */

enum enquiry_state {
    ENQUIRY_STATE_ANSWERED,
    ENQUIRY_STATE_WAITING,
    ENQUIRY_STATE_SILENT,
    ENQUIRY_STATE_DROPPED
};

static enum enquiry_state enquiry_state(const struct enquiry *q, when_t now)
{
    enum enquiry_state s = q->due < now ? ENQUIRY_STATE_SILENT : ENQUIRY_STATE_WAITING;
    for (size_t i = 0; i < q->event_n; i++) {
        if (q->event[i].kind == ENQUIRY_ANSWERED)
            return ENQUIRY_STATE_ANSWERED;
        if (q->event[i].kind == ENQUIRY_WITHDRAWN)
            s = ENQUIRY_STATE_DROPPED;
    }
    return s;
}

/* About this case, or, without one, about one of its vulnerabilities. */
static bool about(const struct review_facts *f, const struct enquiry *q, int64_t case_id)
{
    if (q->case_id)
        return q->case_id == case_id;
    for (size_t i = 0; i < f->file_n; i++)
        for (size_t k = 0; f->file[i].head.id == case_id && k < f->file[i].vuln_n; k++)
            if (str_ieq(f->file[i].vuln[k], str_trim(q->subject)))
                return true;
    return false;
}

/* A draft that nobody sent asks nobody; once it is overdue it counts as silent, and not twice. */
static bool asked(const struct review_facts *f, const struct review_exposed *x)
{
    for (size_t i = 0; i < f->enquiry_n; i++) {
        const struct enquiry *q = &f->enquiry[i];
        if ((q->event_n || q->due < f->now) && about(f, q, x->case_id) &&
            str_eq(str_trim(q->organisation), str_trim(x->organisation)))
            return true;
    }
    return false;
}

struct contractors {
    int64_t answered, waiting, silent, unasked;
    struct review_mark_names who;
};

static struct contractors count_contractors(const struct review_facts *f, struct arena *a)
{
    struct contractors n = {0};
    for (size_t i = 0; i < f->enquiry_n; i++) {
        const struct enquiry *q = &f->enquiry[i];
        enum enquiry_state s = enquiry_state(q, f->now);
        n.answered += s == ENQUIRY_STATE_ANSWERED && f->now - q->at <= REVIEW_YEAR * WHEN_DAY;
        n.waiting += s == ENQUIRY_STATE_WAITING;
        n.silent += s == ENQUIRY_STATE_SILENT;
        if (s == ENQUIRY_STATE_SILENT)
            review_mark_name(
                &n.who, str_of(arena_printf(a, "E-%lld %.*s", (long long)q->id, STR_ARG(q->organisation))));
    }
    for (size_t i = 0; i < f->exposed_n; i++) {
        const struct review_exposed *x = &f->exposed[i];
        if (asked(f, x))
            continue;
        n.unasked++;
        review_mark_name(&n.who, str_of(arena_printf(a, "%.*s (C-%lld)", STR_ARG(x->organisation),
                                                     (long long)x->case_id)));
    }
    return n;
}

static struct review_mark measure_contractors(const struct review_facts *f, struct arena *a)
{
    struct contractors n = count_contractors(f, a);
    int64_t all = n.answered + n.silent + n.unasked;
    if (all == 0 && n.waiting)
        return review_mark_empty(tr("Contractors were asked, and their time is not up yet."));
    if (all == 0 && f->ledger.assets == 0)
        return review_mark_unknown(tr("The ledger is empty: it names no contractors."),
                                   tr("toban ledger import FILE"));
    if (all == 0 && f->contractor_n == 0)
        return review_mark_empty(tr("No machine of the ledger stands at a contractor."));
    if (all == 0)
        return review_mark_unknown(
            arena_printf(a, tr("The ledger names %zu contractors, and none was ever asked about anything."),
                         f->contractor_n),
            tr("ask one, as an exercise: toban ledger ask"));
    const char *next = NULL;
    if (n.silent + n.unasked)
        next = arena_printf(a, tr("toban ledger ask, or call them: %s"), review_mark_names(&n.who, a));
    return review_mark_measured(
        review_mark_percent(n.answered, all),
        arena_printf(a,
                     tr("%lld enquiries were answered; %lld are overdue; %lld times nobody asked a "
                        "contractor with machines in an open case."),
                     (long long)n.answered, (long long)n.silent, (long long)n.unasked),
        next);
}

const struct review_line review_contact_contractors = {
    .name = "contact_contractors",
    .title = TR("Do contractors answer?"),
    .reason = TR("A machine at a silent contractor is a machine nobody looks after."),
    .weight = 3,
    .measure = measure_contractors};
