/* collect, sources, sources check, sources accept. */
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "cli/collecting.h"
#include "cli/list.h"

static atomic_bool cancelled;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&cancelled, true);
}

struct collecting {
    struct cli *c;
    struct progress p;
    size_t failed, refused;
};

static void on_progress(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total)
{
    struct collecting *k = ctx;
    char label[128];
    snprintf(label, sizeof(label), "%s  %.90s", source, what);
    progress_show(&k->p, label, done, total, total > 4096);
}

static const char *outcome_text(struct str name)
{
    static const char *const text[] = {TR("ok"),      TR("unchanged"), TR("in part"),
                                       TR("REFUSED"), TR("FAILED"),    TR("skipped")};
    for (int i = VISIT_OK; i <= VISIT_SKIPPED; i++)
        if (str_is(name, visit_outcome_name((enum visit_outcome)i)))
            return tr(text[i]);
    return "";
}

static void on_done(void *ctx, const struct world_source *ws, const struct visit_report *r)
{
    struct collecting *k = ctx;
    progress_end(&k->p);
    k->failed += r->outcome == VISIT_FAILED || r->outcome == VISIT_PARTIAL;
    k->refused += r->outcome == VISIT_REFUSED;
    if (k->c->quiet || r->outcome == VISIT_SKIPPED)
        return;
    fprintf(stderr, "%-10.*s  %s  ", STR_ARG(ws->setup.name),
            outcome_text(str_of(visit_outcome_name(r->outcome))));
    fprintf(stderr, tr("%llu records, %llu set aside, %llu notices and %llu records new\n"),
            (unsigned long long)r->good, (unsigned long long)r->bad, (unsigned long long)r->new_notices,
            (unsigned long long)r->new_states);
    if (r->text.n)
        list_wrap(k->c, stderr, "    ", r->text);
}

int collecting_run(struct cli *c, const struct world_source *list, size_t n, bool only_due,
                   struct collecting_sum *sum)
{
    struct collecting k = {.c = c};
    struct stage_collect_options o = {.mirror = config_str(c->config, "mirror"),
                                      .only_due = only_due,
                                      .again = cli_has(c, "again"),
                                      .cancel = &cancelled,
                                      .progress = on_progress,
                                      .done = on_done,
                                      .ctx = &k,
                                      .now = clock_now()};
    if (app_http(c->app, &o.http, &c->err))
        return c->err.code;
    struct sigaction sa = {.sa_handler = on_signal}, old;
    sigaction(SIGINT, &sa, &old);
    progress_init(&k.p, c);
    int rc = stage_collect_run(app_world(c->app), list, n, &o, &c->err);
    progress_end(&k.p);
    sigaction(SIGINT, &old, NULL);
    *sum = (struct collecting_sum){k.failed, k.refused, atomic_load(&cancelled)};
    return rc;
}

/* A mirror speaks for every source that it has, enabled or not. */
bool collecting_wanted(const struct cli *c, const struct world_source *ws)
{
    struct str mirror = config_str(c->config, "mirror");
    char path[4096];
    if (ws->enabled || mirror.n == 0)
        return ws->enabled;
    snprintf(path, sizeof(path), STR_FMT "/" STR_FMT, STR_ARG(mirror), STR_ARG(ws->setup.name));
    return access(path, F_OK) == 0;
}

static int pick(struct cli *c, struct world_source **list, size_t *n)
{
    struct world_source *all;
    size_t all_n;
    int rc = app_sources(c->app, &all, &all_n, &c->err);
    if (rc)
        return rc;
    *list = arena_array(&c->a, struct world_source, all_n + c->arg_n + 1);
    *n = 0;
    for (size_t i = 0; c->arg_n == 0 && i < all_n; i++)
        if (collecting_wanted(c, &all[i]))
            (*list)[(*n)++] = all[i];
    for (size_t k = 0; k < c->arg_n; k++) {
        size_t i = 0;
        while (i < all_n && !str_is(all[i].setup.name, c->arg[k]))
            i++;
        if (i == all_n)
            return err_set(&c->err, ERR_USAGE, "there is no source \"%s\"; toban sources lists them",
                           c->arg[k]);
        (*list)[(*n)++] = all[i];
    }
    return 0;
}

static int run_collect(struct cli *c)
{
    struct world_source *list;
    size_t n;
    struct collecting_sum sum;
    uint64_t judged;
    if (cli_app(c) || pick(c, &list, &n) || collecting_run(c, list, n, cli_has(c, "due"), &sum) ||
        stage_assess_run(app_world(c->app), &judged, &c->err))
        return cli_fail(c);
    if (sum.interrupted)
        return EXIT_IO;
    return sum.failed || sum.refused ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_collect = {
    .name = "collect",
    .args = "[SOURCE…]",
    .summary = TR("visit one source or all, and judge what they say"),
    .about =
        TR("Visits the sources, keeps the exact bytes of every document under their SHA-256, and takes over "
           "what passes\n"
           "the guard. A source that fails, shrinks or answers with something else keeps its last good data, "
           "is shouted\n"
           "about, and costs the others nothing (exit code 3). --mirror FOLDER reads FOLDER/SOURCE/… and\n"
           "FOLDER/HOST/PATH instead of the network, by the same code."),
    .examples = "  toban collect kev epss\n  toban collect --mirror /media/usb/mirror",
    .opt = (const struct cli_opt[]){{"due", NULL, TR("only sources whose period has passed"), NULL},
                                    {"again", NULL, TR("read documents again though they have not changed"),
                                     NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = -1,
    .run = run_collect};

void sources_table(struct cli *c, const struct source_age *age, size_t n)
{
    struct list t;
    int zone = config_zone(c->config);
    static const char *const state[] = {TR("fresh"), TR("STALE"), TR("never")};
    list_init(&t, c, "toban.sources/1");
    list_column(&t, "source", TR("Source"), 0);
    list_column(&t, "publisher", TR("Publisher"), 0);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "last_ok", TR("Last good visit"), 0);
    list_column(&t, "newest", TR("Newest record"), 0);
    list_column(&t, "outcome", TR("Last outcome"), 0);
    list_column(&t, "records", TR("Records"), LIST_NUMBER);
    list_column(&t, "set_aside", TR("Set aside"), LIST_NUMBER);
    list_column(&t, "text", TR("Remarks"), LIST_WIDE);
    for (size_t i = 0; i < n; i++) {
        char when[CLOCK_ISO_SIZE];
        bool text = c->format == FORMAT_TABLE;
        list_cell(&t, age[i].ws->setup.name);
        list_cell(&t, age[i].ws->setup.publisher);
        list_cells(&t, !age[i].ws->enabled ? (text ? tr("off") : "off")
                       : text              ? tr(state[age[i].age])
                                           : (const char *const[]){"fresh", "stale", "never"}[age[i].age]);
        (text ? clock_minute : clock_iso)(age[i].last_ok, zone, when);
        list_cells(&t, when);
        (text ? clock_minute : clock_iso)(age[i].newest, zone, when);
        list_cells(&t, when);
        list_cell(&t, text ? str_of(outcome_text(age[i].last.outcome)) : age[i].last.outcome);
        list_cellf(&t, "%lld", (long long)age[i].last.good);
        list_cellf(&t, "%lld", (long long)age[i].quarantined);
        list_cell(&t, age[i].last.text.n          ? age[i].last.text
                      : age[i].age == GUARD_FRESH ? (struct str){0}
                                                  : age[i].text);
    }
    list_end(&t);
}

static int run_sources(struct cli *c)
{
    struct world_source *list;
    size_t n;
    if (cli_app(c) || app_sources(c->app, &list, &n, &c->err))
        return cli_fail(c);
    struct source_age *age = arena_array(&c->a, struct source_age, n + 1);
    if (stage_collect_ages(app_world(c->app), list, n, clock_now(), &c->a, age, &c->err))
        return cli_fail(c);
    sources_table(c, age, n);
    bool stale = false;
    for (size_t i = 0; i < n; i++)
        stale |= list[i].enabled && age[i].age != GUARD_FRESH;
    return stale ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_sources = {
    .name = "sources",
    .args = "",
    .summary = TR("every source: how fresh, how many records, what went wrong"),
    .about = TR("Exit code 3 when a source that is on is stale or was never visited."),
    .run = run_sources};

static void show_quarantined(struct cli *c, const struct quarantined *q)
{
    char when[CLOCK_ISO_SIZE];
    clock_minute(q->at, config_zone(c->config), when);
    printf("Q-%lld  %s  " STR_FMT "\n", (long long)q->id, when, STR_ARG(q->reason));
    struct str head = str_sub(q->bytes, 0, 300);
    printf("    ");
    for (size_t i = 0; i < head.n; i++)
        putchar((unsigned char)head.p[i] < 32 ? ' ' : head.p[i]);
    printf("%s\n", q->bytes.n > head.n ? " …" : "");
}

static int run_check(struct cli *c)
{
    struct world_source *list;
    size_t n;
    if (cli_app(c) || app_sources(c->app, &list, &n, &c->err))
        return cli_fail(c);
    int64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        struct quarantined *q;
        size_t qn;
        int64_t total;
        if (c->arg_n && !str_is(list[i].setup.name, c->arg[0]))
            continue;
        if (visit_store_quarantined(app_world(c->app)->db, list[i].setup.name,
                                    cli_has(c, "verbose") ? 1000 : 20, &c->a, &q, &qn, &total, &c->err))
            return cli_fail(c);
        all += total;
        if (total)
            printf(tr("%.*s: %lld records set aside\n"), STR_ARG(list[i].setup.name), (long long)total);
        for (size_t k = 0; k < qn; k++)
            show_quarantined(c, &q[k]);
    }
    if (all == 0)
        printf("%s\n", tr("no record is set aside"));
    return all ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_sources_check = {
    .name = "sources check",
    .args = "[SOURCE]",
    .summary = TR("records that were set aside, with their bytes and the reason"),
    .about = TR("A record that cannot be read does not stop the others. It is kept here with its first bytes "
                "and why it was\n"
                "set aside; the whole document is in the spool."),
    .max_args = 1,
    .run = run_check};

static int run_accept(struct cli *c)
{
    const char *why = cli_opt(c, "why");
    if (!why || !*why)
        return cli_usage(c, "say why: --why \"…\"");
    if (cli_app(c) || app_sources_accept(c->app, str_of(c->arg[0]), str_of(c->arg[1]), str_of(why), &c->err))
        return cli_fail(c);
    printf(tr("the document is taken at the next visit: toban collect %s\n"), c->arg[0]);
    return EXIT_DONE;
}

const struct cli_cmd cmd_sources_accept = {
    .name = "sources accept",
    .args = "SOURCE SHA256",
    .summary = TR("take a document that the guard refused, with a reason"),
    .about = TR("When a source really did shrink, a person says so. The reason, name and time are kept."),
    .opt = (const struct cli_opt[]){{"why", "TEXT", TR("the reason, kept for good"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .min_args = 2,
    .max_args = 2,
    .run = run_accept};
