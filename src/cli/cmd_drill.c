/* drill: an event of the past, against this ledger and these settings. */
#include <errno.h>
#include <sys/stat.h>

#include "cli/drill_live.h"

static int list_drills(struct cli *c)
{
    struct app_drill_name *d;
    size_t n;
    struct list t;
    char text[CLOCK_ISO_SIZE];
    if (app_drill_list(c->app, &c->a, &d, &n, &c->err))
        return cli_fail(c);
    list_init(&t, c, "toban.drills/1");
    list_column(&t, "name", TR("Name"), 0);
    list_column(&t, "title", TR("Title"), LIST_WIDE);
    list_column(&t, "from", TR("Begins"), 0);
    list_column(&t, "until", TR("Ends"), 0);
    list_column(&t, "file", TR("File"), LIST_JSON);
    for (size_t i = 0; i < n; i++) {
        list_cell(&t, d[i].name);
        list_cell(&t, drill_text_get(&d[i].pack.title));
        clock_date(d[i].pack.from * WHEN_DAY, ZONE_UTC, text);
        list_cells(&t, text);
        clock_date(d[i].pack.until * WHEN_DAY, ZONE_UTC, text);
        list_cells(&t, text);
        list_cell(&t, d[i].path);
    }
    list_end(&t);
    return EXIT_DONE;
}

static bool number(struct cli *c, const char *name, int max, int *out)
{
    const char *v = cli_opt(c, name);
    int64_t n;
    if (!v)
        return true;
    if (!num_i64(str_of(v), &n) || n < 0 || n > max) {
        err_set(&c->err, ERR_USAGE, "--%s: a number from 0 to %d is expected, not \"%s\"", name, max, v);
        return false;
    }
    *out = (int)n;
    return true;
}

/* Beside the store: drills/NAME-20210303-120000.jsonl */
static int log_path(struct cli *c, const struct drill_pack *p, const char **out)
{
    const char *given = cli_opt(c, "log");
    char at[CLOCK_ISO_SIZE], plain[CLOCK_ISO_SIZE];
    size_t n = 0;
    if (given) {
        *out = given;
        return 0;
    }
    clock_iso(clock_now() / WHEN_SEC * WHEN_SEC, config_zone(c->config), at);
    for (const char *s = at; *s && n < 15; s++)
        if (*s != '-' && *s != ':')
            plain[n++] = *s == 'T' ? '-' : *s;
    plain[n] = 0;
    char *dir = arena_printf(&c->a, "%s/drills", app_data_dir(c->app));
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return err_sys(&c->err, "cannot make the folder %s", dir);
    *out = arena_printf(&c->a, "%s/" STR_FMT "-%s.jsonl", dir, STR_ARG(p->name), plain);
    return 0;
}

static int show(struct drill_view *v)
{
    struct cli *c = v->c;
    const char *path = NULL;
    if (cli_has(c, "live")) {
        int rc = log_path(c, v->r->pack, &path);
        return rc ? rc : drill_live(v, path);
    }
    if (c->format == FORMAT_JSON) {
        drill_print_json(v);
    } else if (c->format == FORMAT_CSV) {
        drill_print_machines(v);
    } else {
        drill_print_head(v);
        for (size_t i = 0; i < v->r->day_n; i++)
            drill_print_day(v, &v->r->day[i]);
        drill_print_machines(v);
        putchar('\n');
        drill_print_figures(v);
    }
    return 0;
}

static int run_drill(struct cli *c)
{
    struct drill_pack pack;
    struct fleet f = {0};
    struct drill_result r = {0};
    struct drill_options o = {
        .hour = 9, .assume_hours = 24, .news_days = (int)config_int(c->config, "round.days", 7)};
    struct drill_view v = {.c = c, .r = &r, .o = &o, .zone = config_zone(c->config)};
    if (!number(c, "hour", 23, &o.hour) || !number(c, "assume-hours", 8784, &o.assume_hours))
        return cli_fail(c);
    if (cli_has(c, "live") && c->format != FORMAT_TABLE)
        return cli_usage(c, "--live is for people: it has no --format");
    if (cli_app(c))
        return cli_fail(c);
    if (c->arg_n == 0)
        return list_drills(c);
    int rc = app_drill_pack(c->config, str_of(c->arg[0]), &c->a, &pack, &c->err);
    if (rc == 0)
        rc = app_drill_run(c->app, &pack, &o, &f, &c->a, &r, &c->err);
    if (rc == 0)
        rc = show(&v);
    fleet_release(&f);
    if (rc)
        return cli_fail(c);
    if (r.unanswered || r.ledger_n == 0)
        return EXIT_UNTRUSTED;
    return r.late ? EXIT_FINDINGS : EXIT_DONE;
}

const struct cli_cmd cmd_drill = {
    .name = "drill",
    .args = "[NAME]",
    .summary = TR("replay an event of the past against your ledger and settings"),
    .about = TR("Publishes, day by day, what was published then, and holds a round each day with the code of "
                "toban round: what you\n"
                "would have heard, from whom, which machines it would have named, what you would have been "
                "told to do, and when\n"
                "each machine would have been safe, beside the dates of first exploitation, patch and "
                "directive. Without a NAME,\n"
                "lists the drills: proxylogon (2 March to 9 April 2021), log4shell, and those of the site "
                "(rules, drills/NAME.txt).\n"
                "Dates and facts cite their sources; the notices are texts written for the drill. The store "
                "is only read: all\n"
                "happens in a folder of its own, which is gone afterwards. Sources that the settings switch "
                "off are not heard.\n\n"
                "Exit code 3: the ledger is empty, or could not answer for a machine that may be concerned; "
                "1: a machine would\n"
                "have been exposed past the directive's deadline; 0: neither.\n\n"
                "--live goes one step at a time and asks the participants to decide. What they decide is "
                "recorded with time and\n"
                "name (drills/ beside the store, or --log); no case is touched. It reads stdin: a line a "
                "step, q ends."),
    .examples = "  toban drill\n  toban drill proxylogon\n  toban drill proxylogon --assume-hours 72 --hour "
                "8\n  toban drill log4shell --format json\n"
                "  toban drill proxylogon --live --log exercise.jsonl",
    .opt =
        (const struct cli_opt[]){
            {"live", NULL, TR("one step at a time, with decisions asked"), NULL},
            {"log", "FILE", TR("where --live records the decisions"), NULL},
            {"hour", "HOUR", TR("when the round is held, in the site's zone; default 9"), NULL},
            {"assume-hours", "HOURS", TR("from being told to fixed, in an emergency; default 24"), NULL},
            {NULL, NULL, NULL, NULL}},
    .max_args = 1,
    .run = run_drill};
