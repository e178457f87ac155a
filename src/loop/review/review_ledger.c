/* Could the ledger answer, how fast, and what is not filled in? */
#include "loop/review_mark.h"

static struct review_mark no_ledger(void)
{
    return review_mark_unknown(tr("The ledger is empty."), tr("toban ledger import FILE"));
}

static struct review_mark measure_answers(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    if (l->assets == 0)
        return no_ledger();
    int score = review_mark_percent(l->answerable, l->assets);
    const char *value =
        arena_printf(a,
                     tr("%lld of %lld rows could answer. %lld name no product; of %lld products, %lld are "
                        "not identified and %lld more have no version."),
                     (long long)l->answerable, (long long)l->assets, (long long)l->no_component,
                     (long long)l->components, (long long)l->unnamed, (long long)l->unversioned);
    const char *next = NULL;
    if (l->unnamed)
        next = tr("toban ledger names: confirm what the names mean; then toban ledger health");
    else if (score < 100)
        next = tr("toban ledger health: add products and versions to the import");
    return review_mark_measured(score, value, next);
}

const struct review_line review_ledger_answers = {
    .name = "ledger_answers",
    .title = TR("Could the ledger answer \"are you affected?\""),
    .reason = TR("A row without product or version cannot be told affected or safe."),
    .weight = 8,
    .measure = measure_answers};

/* A person waits a second without noticing, and ten without leaving. */
#define FAST_MS 1000
#define SLOW_MS 10000

static struct review_mark measure_time(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    if (l->assets == 0)
        return no_ledger();
    if (l->asked.n == 0)
        return review_mark_unknown(tr("No product of the ledger is identified, so none could be asked for."),
                                   "toban ledger names");
    uint64_t ms = l->asked_ns / 1000000;
    if (l->asked_rows == 0)
        return review_mark_measured(
            0,
            arena_printf(a, tr("Asked for %.*s, the ledger found no row, though it has some."),
                         STR_ARG(l->asked)),
            "toban rebuild");
    const char *value = arena_printf(a, tr("Asked for %.*s, it found %lld rows in %.1f ms."),
                                     STR_ARG(l->asked), (long long)l->asked_rows, (double)l->asked_ns / 1e6);
    if (ms <= FAST_MS)
        return review_mark_measured(100, value, NULL);
    return review_mark_measured(ms <= SLOW_MS ? 60 : 20, value,
                                tr("toban doctor: the store is slow; move it to a local disk"));
}

const struct review_line review_ledger_time = {
    .name = "ledger_time",
    .title = TR("How long does the ledger take to answer?"),
    .reason = TR("Measured just now by asking for a product that it has."),
    .weight = 2,
    .measure = measure_time};

static struct review_mark filled(const struct review_ledger *l, int64_t missing, const char *value,
                                 const char *next)
{
    if (l->assets == 0)
        return no_ledger();
    return review_mark_measured(review_mark_percent(l->assets - missing, l->assets), value,
                                missing ? next : NULL);
}

static struct review_mark measure_exposure(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    const char *value = arena_printf(a, tr("%lld of %lld rows say whether the internet reaches the machine."),
                                     (long long)(l->assets - l->no_exposure), (long long)l->assets);
    return filled(l, l->no_exposure, value,
                  tr("toban ledger set ASSET exposure=public|internal; toban ledger health counts them"));
}

const struct review_line review_ledger_exposure = {
    .name = "ledger_exposure",
    .title = TR("Is the exposure of every machine filled in?"),
    .reason = TR("Deadlines depend on it: what the internet reaches is attacked first."),
    .weight = 5,
    .measure = measure_exposure};

static struct review_mark measure_purpose(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    const char *value = arena_printf(a, tr("%lld of %lld rows say what the machine is for."),
                                     (long long)(l->assets - l->no_purpose), (long long)l->assets);
    return filled(l, l->no_purpose, value,
                  tr("toban ledger set ASSET purpose=TEXT; toban ledger health counts them"));
}

const struct review_line review_ledger_purpose = {
    .name = "ledger_purpose",
    .title = TR("Is the purpose of every machine filled in?"),
    .reason = TR("Who stops a machine has to know what stops with it."),
    .weight = 4,
    .measure = measure_purpose};

static struct review_mark measure_owner(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    const char *value = arena_printf(a, tr("%lld of %lld rows name an owner."),
                                     (long long)(l->assets - l->no_owner), (long long)l->assets);
    return filled(l, l->no_owner, value,
                  tr("toban ledger set ASSET owner=NAME; toban ledger health counts them"));
}

const struct review_line review_ledger_owner = {
    .name = "ledger_owner",
    .title = TR("Has every machine an owner?"),
    .reason = TR("Without an owner nobody is asked, and nobody patches."),
    .weight = 4,
    .measure = measure_owner};

/* Full marks for a month; nothing is left after a quarter. */
#define AGE_GOOD 31
#define AGE_NONE 92

static struct review_mark measure_age(const struct review_facts *f, struct arena *a)
{
    const struct review_ledger *l = &f->ledger;
    if (l->assets == 0 || l->newest_import == WHEN_NONE)
        return no_ledger();
    int64_t days = MAX(0, (f->now - l->newest_import) / WHEN_DAY);
    int age = days <= AGE_GOOD ? 100 : review_mark_percent(AGE_NONE - days, AGE_NONE - AGE_GOOD);
    int young = review_mark_percent(l->assets - l->old, l->assets);
    int score = MIN(age, young);
    return review_mark_measured(
        score,
        arena_printf(a, tr("The last import was %lld days ago; %lld of %lld rows are older than 90 days."),
                     (long long)days, (long long)l->old, (long long)l->assets),
        score < 100 ? tr("toban ledger import FILE with a fresh inventory, at least once a month") : NULL);
}

const struct review_line review_ledger_age = {.name = "ledger_age",
                                              .title = TR("Is the ledger of today?"),
                                              .reason =
                                                  TR("An old inventory answers for machines as they were."),
                                              .weight = 4,
                                              .measure = measure_age};
