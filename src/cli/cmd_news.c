/* news: notices by urgency, with the sentence each rests on. */
#include "cli/contact_print.h"
#include "cli/list.h"
#include "codec/json.h"
#include "loop/stage_identify.h"

static const char *state_of(const struct assessment *as, bool assessed)
{
    return !assessed ? tr("not judged") : as->exploited ? tr("exploited") : as->urgent ? tr("urgent") : "";
}

static struct str first_quote(struct arena *a, const struct assessment *as)
{
    return json_get_str(json_at(json_parse(a, as->evidence, NULL), 0), "quote");
}

struct news {
    struct notice_rev rev;
    struct assessment as;
    bool assessed;
};

static int by_urgency(const void *a, const void *b)
{
    const struct news *x = a, *y = b;
    int ux = x->as.exploited * 2 + x->as.urgent, uy = y->as.exploited * 2 + y->as.urgent;
    if (ux != uy)
        return uy - ux;
    return (x->rev.known < y->rev.known) - (x->rev.known > y->rev.known);
}

static int list_news(struct cli *c)
{
    struct notice_rev *rev;
    size_t n;
    when_t as_of = clock_now(), since;
    if (!cli_when(c, "as-of", &as_of))
        return cli_fail(c);
    since = as_of - config_int(c->config, "round.days", 7) * WHEN_DAY;
    if (!cli_when(c, "since", &since))
        return cli_fail(c);
    struct db *db = app_world(c->app)->db;
    if (notice_store_list(db, since, as_of, 10000, &c->a, &rev, &n, &c->err))
        return cli_fail(c);
    struct news *news = arena_array(&c->a, struct news, n + 1);
    for (size_t i = 0; i < n; i++) {
        news[i].rev = rev[i];
        if (notice_store_assessment(db, rev[i].rev, &c->a, &news[i].as, &news[i].assessed, &c->err))
            return cli_fail(c);
    }
    if (n)
        qsort(news, n, sizeof(*news), by_urgency);
    if (contact_print_lead_now(c))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.news/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "known", TR("Date"), 0);
    list_column(&t, "source", TR("Source"), 0);
    list_column(&t, "urgency", TR("Urgency"), 0);
    list_column(&t, "title", TR("Title"), LIST_WIDE);
    list_column(&t, "quote", TR("Because"), LIST_WIDE);
    list_column(&t, "url", "URL", LIST_JSON);
    for (size_t i = 0; i < n; i++) {
        char when[CLOCK_ISO_SIZE];
        (c->format == FORMAT_TABLE ? clock_minute : clock_iso)(news[i].rev.known, config_zone(c->config),
                                                               when);
        list_cellf(&t, "N-%lld", (long long)news[i].rev.id);
        list_cells(&t, when);
        list_cell(&t, news[i].rev.n.source);
        list_cells(&t, c->format == FORMAT_TABLE ? state_of(&news[i].as, news[i].assessed)
                       : !news[i].assessed       ? "unknown"
                       : news[i].as.exploited    ? "exploited"
                       : news[i].as.urgent       ? "urgent"
                                                 : "none");
        list_cell(&t, news[i].rev.n.title);
        list_cell(&t,
                  news[i].assessed && news[i].as.urgent ? first_quote(&c->a, &news[i].as) : (struct str){0});
        list_cell(&t, news[i].rev.n.url);
    }
    list_end(&t);
    return EXIT_DONE;
}

static void show_rev(struct cli *c, const struct notice_rev *r, const struct assessment *as, bool assessed)
{
    char when[CLOCK_ISO_SIZE], heard[CLOCK_ISO_SIZE];
    clock_minute(r->known, config_zone(c->config), when);
    clock_minute(r->heard, config_zone(c->config), heard);
    printf("N-%lld  " STR_FMT "\n", (long long)r->id, STR_ARG(list_safe(&c->a, r->n.title)));
    printf("  " STR_FMT "  %s\n", STR_ARG(r->n.source), when);
    printf(tr("  heard %s\n"), heard);
    printf("  " STR_FMT "\n  sha256 " STR_FMT "\n", STR_ARG(list_safe(&c->a, r->n.url)), STR_ARG(r->sha256));
    for (size_t i = 0; i < r->n.cve_n; i++)
        printf("%s" STR_FMT, i ? " " : "  ", STR_ARG(r->n.cve[i]));
    puts(r->n.cve_n ? "\n" : "");
    if (!r->n.complete)
        printf("%s\n\n", tr("  only title and summary are here; the page itself was not fetched"));
    list_wrap(c, stdout, "  ", r->n.text);
    printf("\n%s %s\n", tr("judgement:"),
           *state_of(as, assessed) ? state_of(as, assessed) : tr("not urgent"));
    const struct json *ev = assessed ? json_parse(&c->a, as->evidence, NULL) : NULL;
    for (size_t i = 0; i < json_len(ev); i++) {
        const struct json *v = json_at(ev, i);
        printf("  " STR_FMT " (" STR_FMT "):\n", STR_ARG(json_get_str(v, "signal")),
               STR_ARG(json_get_str(v, "rule")));
        list_wrap(c, stdout, "      ", json_get_str(v, "quote"));
    }
}

static int show_news(struct cli *c)
{
    struct notice_rev *rev;
    struct assessment as = {0};
    struct outage down = {0};
    struct app_lead lead;
    size_t n;
    int64_t id;
    bool assessed;
    struct str text = str_of(c->arg[0]);
    struct db *db = app_world(c->app)->db;
    bool number = str_starts_i(text, "N-") && num_i64(str_sub(text, 2, text.n), &id);
    if (!number && notice_store_find(db, text, &id, &c->err) != 0) {
        err_set(&c->err, ERR_NOT_FOUND, "there is no notice \"%s\"; toban news lists them", c->arg[0]);
        return cli_fail(c);
    }
    if (notice_store_get(db, id, &c->a, &rev, &n, &c->err) ||
        notice_store_assessment(db, rev[0].rev, &c->a, &as, &assessed, &c->err) ||
        app_outage_notice(c->app, &rev[0], &c->a, &down, &c->err) ||
        app_contact_lead(c->app, &down, &c->a, &lead, &c->err))
        return cli_fail(c);
    contact_print_lead(c, stdout, &lead);
    show_rev(c, &rev[0], &as, assessed);
    if (n > 1)
        printf(tr("\n%zu earlier revisions are kept\n"), n - 1);
    return EXIT_DONE;
}

static int run_news(struct cli *c)
{
    if (cli_app(c))
        return cli_fail(c);
    return c->arg_n ? show_news(c) : list_news(c);
}

const struct cli_cmd cmd_news = {
    .name = "news",
    .args = "[N-NUMBER]",
    .summary = TR("notices by urgency, with the sentence each rests on"),
    .about = TR("Without a number: the notices of the last days, the most urgent first. With one: its whole "
                "text, where it\n"
                "came from, and how it was judged."),
    .examples = "  toban news --since 2021-03-01\n  toban news N-12",
    .opt = (const struct cli_opt[]){{"since", "DATE",
                                     TR("from this day on; default: the setting round.days back"), NULL},
                                    {"as-of", "DATE", TR("with what was known then"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = 1,
    .run = run_news};
