/* windows: when patches may be made. */
#include "app/app_case.h"
#include "cli/list.h"

#define ICS_DAYS 366

static void cells(struct list *t, const char *id, struct str name, struct str rule, when_t start, when_t end, struct str who)
{
    char s[CLOCK_ISO_SIZE] = "", u[CLOCK_ISO_SIZE] = "";
    int zone = config_zone(t->c->config);
    if (start != WHEN_NONE) {
        clock_minute(start, zone, s);
        clock_minute(end, zone, u);
    }
    list_cells(t, id);
    list_cell(t, name);
    list_cell(t, rule);
    list_cells(t, s);
    list_cells(t, u);
    list_cell(t, who);
}

static int run_list(struct cli *c)
{
    struct app_windows w;
    const char *format = cli_opt(c, "format");
    int zone = config_zone(c->config);
    if (cli_app(c) || app_windows(c->app, &c->a, &w, &c->err))
        return cli_fail(c);
    if (format && strcmp(format, "ics") == 0) {
        struct buf b = BUF_INIT(64 * MIB);
        app_window_ics(&w, clock_now(), ICS_DAYS, zone, &b);
        fwrite(b.p, 1, b.n, stdout);
        buf_release(&b);
        return EXIT_DONE;
    }
    if (format && strcmp(format, "table") != 0 && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0)
        return cli_usage(c, "--format: \"%s\" is not one of table, json, csv, ics", format);
    struct list t;
    list_init(&t, c, "toban.windows/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "name", TR("Name"), LIST_WIDE);
    list_column(&t, "rule", TR("Rule"), 0);
    list_column(&t, "start", TR("Opens next"), 0);
    list_column(&t, "end", TR("Until"), 0);
    list_column(&t, "who", TR("By"), 0);
    for (size_t i = 0; i < w.window_n; i++) {
        struct window_span s = {WHEN_NONE, WHEN_NONE};
        window_next(&w.window[i].rule, w.freeze, w.freeze_n, clock_now(), zone, &s);
        cells(&t, arena_printf(&c->a, "W-%lld", (long long)w.window[i].row.id), w.window[i].row.name, w.window[i].row.rule, s.start, s.end, w.window[i].row.who);
    }
    for (size_t i = 0; i < w.freeze_n; i++)
        cells(&t, arena_printf(&c->a, "Z-%lld", (long long)w.freeze_row[i].id), w.freeze_row[i].why,
              c->format == FORMAT_TABLE ? str_of(tr("freeze")) : STR_LIT("freeze"), w.freeze_row[i].first, w.freeze_row[i].until, w.freeze_row[i].who);
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_windows_list = {
    .name = "windows list",
    .args = "",
    .summary = TR("patch windows, when each opens next, and freezes"),
    .about = TR("--format ics writes the coming year as iCalendar (RFC 5545), for calendar programs."),
    .examples = "  toban windows list --format ics > windows.ics",
    .opt = (const struct cli_opt[]){{"format", "table|json|csv|ics", TR("form of the result; JSON is never translated"), "table|json|csv|ics"},
                                    {NULL, NULL, NULL, NULL}},
    .run = run_list};

static int run_add(struct cli *c)
{
    int64_t id;
    if (cli_app(c) || app_window_add(c->app, str_of(c->arg[0]), str_of(c->arg[1]), &id, &c->err))
        return cli_fail(c);
    if (!c->quiet)
        printf("W-%lld\n", (long long)id);
    return EXIT_DONE;
}

const struct cli_cmd cmd_windows_add = {
    .name = "windows add",
    .args = "NAME RULE",
    .summary = TR("add a patch window"),
    .about = TR("A rule is one of\n"
                "  weekly DAY HH:MM LENGTH\n"
                "  monthly first|second|third|fourth|fifth|last DAY [+N] HH:MM LENGTH\n"
                "  once YYYY-MM-DD HH:MM LENGTH\n"
                "in the site's time zone (setting zone); +N is N days after that day, LENGTH such as 4h or 90m. \"once\" is an\n"
                "exception: it opens in a freeze, too."),
    .examples = "  toban windows add servers \"monthly second tuesday +4 22:00 6h\"",
    .min_args = 2,
    .max_args = 2,
    .run = run_add};

static int run_freeze(struct cli *c)
{
    int64_t id;
    when_t first = WHEN_NONE, until = WHEN_NONE;
    if (!cli_when(c, "from", &first) || !cli_when(c, "until", &until))
        return cli_fail(c);
    if (first == WHEN_NONE || until == WHEN_NONE)
        return cli_usage(c, "say from when to when (--from, --until)");
    if (!strchr(cli_opt(c, "until"), ':'))
        until += WHEN_DAY; /* that day included */
    const char *why = cli_opt(c, "why");
    if (cli_app(c) || app_window_freeze(c->app, first, until, str_of(why ? why : ""), &id, &c->err))
        return cli_fail(c);
    if (!c->quiet)
        printf("Z-%lld\n", (long long)id);
    return EXIT_DONE;
}

const struct cli_cmd cmd_windows_freeze = {
    .name = "windows freeze",
    .args = "",
    .summary = TR("keep windows shut for a time"),
    .about = TR("For the end of the fiscal year, a sale, a migration. A window that touches the freeze does not open."),
    .examples = "  toban windows freeze --from 2021-03-29 --until 2021-04-02 --why 年度末",
    .opt = (const struct cli_opt[]){{"from", "DATE", TR("first day"), NULL},
                                    {"until", "DATE", TR("last day"), NULL},
                                    {"why", "TEXT", TR("the reason; it is kept with your name and the time"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .run = run_freeze};

static int run_remove(struct cli *c)
{
    if (cli_app(c))
        return cli_fail(c);
    for (size_t i = 0; i < c->arg_n; i++)
        if (app_window_remove(c->app, str_of(c->arg[i]), &c->err))
            return cli_fail(c);
    return EXIT_DONE;
}

const struct cli_cmd cmd_windows_remove = {
    .name = "windows remove",
    .args = "W-NUMBER|Z-NUMBER…",
    .summary = TR("take away a window or a freeze"),
    .about = TR("It stays in the audit log. Plans that name the window keep its name, and say that it does not open again."),
    .min_args = 1,
    .max_args = -1,
    .run = run_remove};
