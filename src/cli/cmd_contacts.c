/* contacts: whom to reach, by what means, in which order. */
#include "cli/contact_print.h"
#include "cli/list.h"

#define OPT_END {NULL, NULL, NULL, NULL}
#define OPT_DOWN {"down", "mail|A-NUMBER|C-NUMBER|none", TR("what not to rely on, instead of what is affected now"), NULL}
#define OPTS_EDIT                                                                                                   \
    {"kind", "person|role|organisation", TR("what it is; default: person"), "person|role|organisation"},            \
        {"role", "TEXT", TR("what they do: head of IT, on duty, …"), NULL},                                         \
        {"organisation", "NAME", TR("whose they are; as the ledger writes contractors"), NULL},                     \
        {"department", "NAME", TR("department"), NULL},                                                             \
        {"lang", "ja|en", TR("language of messages, and of the enquiries they get"), "ja|en"},                      \
        {"channel", "KIND=ADDRESS", TR("a way to reach them, in the order to try; may be repeated"), NULL},         \
        {"called-by", "K-NUMBER|NAME", TR("who calls them; default: whoever is on duty"), NULL},                    \
        {"order", "NUMBER", TR("place among those whom the same one calls; 0: not in the call tree"), NULL},        \
        {"substitute", "K-NUMBER|NAME", TR("whom to call when they are not reached"), NULL}, {"note", "TEXT", TR("remarks"), NULL}

/* ---- list ---- */

static int outage_of(struct cli *c, struct outage *o)
{
    bool named = false;
    *o = (struct outage){0};
    for (size_t i = 0; i < c->opt_n; i++) {
        if (strcmp(c->opt[i].name, "down") != 0)
            continue;
        named = true;
        if (app_outage_named(c->app, str_of(c->opt[i].value), &c->a, o, &c->err))
            return c->err.code;
    }
    return named ? 0 : app_outage_now(c->app, &c->a, o, &c->err);
}

static struct str join_channels(struct cli *c, const struct call_channel *ch, size_t n)
{
    struct buf b = BUF_INIT(MIB);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s" STR_FMT, i ? "; " : "", STR_ARG(call_tree_channel_text(&ch[i], &c->a)));
    struct str s = arena_str(&c->a, buf_str(&b));
    buf_release(&b);
    return s;
}

static void name_of(struct list *t, const struct contact *all, size_t n, int64_t id)
{
    const struct contact *c = call_tree_find(all, n, id);
    if (!id)
        list_cells(t, "");
    else if (c && t->c->format == FORMAT_TABLE)
        list_cell(t, c->name);
    else
        list_cellf(t, "K-%lld", (long long)id);
}

static const char *kind_text(const struct cli *c, enum contact_kind k)
{
    static const char *const name[] = {TR("person"), TR("role"), TR("organisation")};
    return c->format == FORMAT_TABLE ? tr(name[k]) : contact_kind_name(k);
}

static void list_row(struct list *t, const struct contact *all, size_t n, const struct contact *c, const struct outage *o)
{
    struct call_channel *ch;
    char day[CLOCK_ISO_SIZE] = "";
    size_t works = call_tree_channels(c, o, &t->c->a, &ch);
    bool late = call_tree_overdue(c, app_contact_recheck_days(t->c->app), clock_now());
    if (c->checked != WHEN_NONE)
        clock_date(c->checked, config_zone(t->c->config), day);
    list_cellf(t, "K-%lld", (long long)c->id);
    list_cell(t, c->name);
    list_cells(t, kind_text(t->c, c->kind));
    list_cell(t, c->role);
    list_cell(t, c->organisation);
    list_cell(t, c->department);
    list_cell(t, join_channels(t->c, ch, c->channel_n));
    list_cellf(t, "%zu", works);
    if (c->call_order || t->c->format != FORMAT_TABLE)
        list_cellf(t, "%d", c->call_order);
    else
        list_cells(t, "");
    name_of(t, all, n, c->called_by);
    name_of(t, all, n, c->substitute);
    list_cells(t, *day || t->c->format != FORMAT_TABLE ? day : tr("never"));
    if (t->c->format == FORMAT_TABLE)
        list_cells(t, late ? tr("check again") : "");
    else
        list_cells(t, late ? "yes" : "no");
}

static int run_list(struct cli *c)
{
    struct contact *all;
    struct outage o;
    struct app_lead lead;
    size_t n;
    if (cli_app(c) || outage_of(c, &o) || app_contacts(c->app, &c->a, &all, &n, &c->err) ||
        app_contact_lead(c->app, &o, &c->a, &lead, &c->err))
        return cli_fail(c);
    contact_print_lead(c, c->format == FORMAT_TABLE ? stdout : stderr, &lead);
    struct list t;
    list_init(&t, c, "toban.contacts/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "name", TR("Name"), 0);
    list_column(&t, "kind", TR("Kind"), 0);
    list_column(&t, "role", TR("Role"), LIST_WIDE);
    list_column(&t, "organisation", TR("Organisation"), LIST_WIDE);
    list_column(&t, "department", TR("Department"), LIST_JSON);
    list_column(&t, "channels", TR("How to reach, in this order"), LIST_WIDE);
    list_column(&t, "channels_that_work", TR("Work"), LIST_NUMBER | LIST_JSON);
    list_column(&t, "order", TR("Order"), LIST_NUMBER);
    list_column(&t, "called_by", TR("Called by"), 0);
    list_column(&t, "substitute", TR("Substitute"), 0);
    list_column(&t, "checked", TR("Last checked"), 0);
    list_column(&t, "overdue", TR("To check"), 0);
    for (size_t i = 0; i < n; i++)
        if (!cli_has(c, "overdue") || call_tree_overdue(&all[i], app_contact_recheck_days(c->app), clock_now()))
            list_row(&t, all, n, &all[i], &o);
    list_end(&t);
    size_t late = app_contact_overdue(c->app, all, n);
    if (n == 0 && !c->quiet)
        fprintf(stderr, "%s\n", tr("there are no contacts yet; toban contacts add, or toban contacts import FILE"));
    else if (late && !c->quiet)
        fprintf(stderr, tr("%zu of %zu contacts are to be checked again: call them, then toban contacts check K-…\n"), late, n);
    return cli_has(c, "overdue") && late ? EXIT_FINDINGS : EXIT_DONE;
}

const struct cli_cmd cmd_contacts_list = {
    .name = "contacts list",
    .args = "",
    .summary = TR("people, roles and organisations to call, and how"),
    .about = TR("Channels stand in the order to try. While a mail server is among the affected machines, those that do\n"
                "not need mail come first, and the list says so; the same for a channel that needs another machine that is\n"
                "affected. --overdue lists those that nobody has checked for contacts.recheck_days (exit code 1 when there\n"
                "are any)."),
    .examples = "  toban contacts list --overdue\n  toban contacts list --down mail",
    .opt = (const struct cli_opt[]){{"overdue", NULL, TR("only those to be checked again"), NULL}, OPT_DOWN, OPT_END},
    .run = run_list};

/* ---- add, set, remove, check ---- */

static void edit_of(const struct cli *c, struct app_contact_edit *e)
{
    *e = (struct app_contact_edit){.kind = cli_opt(c, "kind"),
                                   .role = cli_opt(c, "role"),
                                   .organisation = cli_opt(c, "organisation"),
                                   .department = cli_opt(c, "department"),
                                   .lang = cli_opt(c, "lang"),
                                   .note = cli_opt(c, "note"),
                                   .order = cli_opt(c, "order"),
                                   .called_by = cli_opt(c, "called-by"),
                                   .substitute = cli_opt(c, "substitute")};
    for (size_t i = 0; i < c->opt_n && e->channel_n < ARRAY_LEN(e->channel); i++)
        if (strcmp(c->opt[i].name, "channel") == 0)
            e->channel[e->channel_n++] = c->opt[i].value;
}

static int tell_written(struct cli *c, int64_t id)
{
    if (!c->quiet)
        printf("K-%lld\n", (long long)id);
    return EXIT_DONE;
}

static int run_add(struct cli *c)
{
    struct app_contact_edit e;
    int64_t id;
    edit_of(c, &e);
    e.name = c->arg[0];
    if (cli_app(c) || app_contact_add(c->app, &e, &id, &c->err))
        return cli_fail(c);
    return tell_written(c, id);
}

const struct cli_cmd cmd_contacts_add = {
    .name = "contacts add",
    .args = "NAME",
    .summary = TR("add somebody to call"),
    .about = TR("Kinds of channel: phone, mobile, sms, chat, mail, fax, radio, web, in-person. \" needs KEY\" behind an\n"
                "address names machines, by their key in the ledger, that have to run for it to work; mail needs mail\n"
                "always. A new contact is to be checked (toban contacts check)."),
    .examples = "  toban contacts add 佐藤 --role 情シス責任者 --channel mobile=090-0000-0001 --channel mail=sato@example.jp --order 1\n"
                "  toban contacts add 鈴木 --channel phone=2201 --channel \"chat=#bcp needs S-015\" --called-by 佐藤 --substitute K-3",
    .opt = (const struct cli_opt[]){OPTS_EDIT, OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_add};

static int run_set(struct cli *c)
{
    struct app_contact_edit e;
    int64_t id;
    edit_of(c, &e);
    e.name = cli_opt(c, "name");
    if (cli_app(c) || app_contact_set(c->app, str_of(c->arg[0]), &e, &id, &c->err))
        return cli_fail(c);
    return tell_written(c, id);
}

const struct cli_cmd cmd_contacts_set = {
    .name = "contacts set",
    .args = "K-NUMBER|NAME",
    .summary = TR("change a contact"),
    .about = TR("What is not given stays. Channels are given anew as a whole; one that was not there before makes the\n"
                "contact one to be checked again. An empty value takes a field away."),
    .examples = "  toban contacts set K-2 --channel mobile=090-0000-0002 --channel phone=2201",
    .opt = (const struct cli_opt[]){{"name", "NAME", TR("the new name"), NULL}, OPTS_EDIT, OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_set};

static struct str *args_of(struct cli *c)
{
    struct str *who = arena_array(&c->a, struct str, c->arg_n + 1);
    for (size_t i = 0; i < c->arg_n; i++)
        who[i] = str_of(c->arg[i]);
    return who;
}

static int run_check(struct cli *c)
{
    if (cli_app(c) || app_contact_check(c->app, args_of(c), c->arg_n, &c->err))
        return cli_fail(c);
    return EXIT_DONE;
}

const struct cli_cmd cmd_contacts_check = {
    .name = "contacts check",
    .args = "K-NUMBER|NAME…",
    .summary = TR("record that contacts were tried today, and are right"),
    .about = TR("For when you have called, or asked. Your name and the time are kept. After the days of the setting\n"
                "contacts.recheck_days a contact is to be checked again."),
    .min_args = 1,
    .max_args = -1,
    .run = run_check};

static int run_remove(struct cli *c)
{
    if (cli_app(c) || app_contact_remove(c->app, args_of(c), c->arg_n, &c->err))
        return cli_fail(c);
    return EXIT_DONE;
}

const struct cli_cmd cmd_contacts_remove = {
    .name = "contacts remove",
    .args = "K-NUMBER|NAME…",
    .summary = TR("take contacts out of all lists"),
    .about = TR("They stay in the audit log. Whom they called is called by whoever is on duty, until somebody else is named."),
    .min_args = 1,
    .max_args = -1,
    .run = run_remove};

/* ---- import ---- */

static int import_one(struct cli *c, const char *path)
{
    struct app_contact_import im;
    bool dry = cli_has(c, "dry-run");
    if (app_contact_import(c->app, path, cli_opt(c, "sheet"), dry, &c->a, &im, &c->err))
        return cli_fail(c);
    for (size_t i = 0; i < im.table.issue_n && !c->quiet; i++)
        fprintf(stderr, "%s:%lu: %s: " STR_FMT "\n", path, im.table.issue[i].line, im.table.issue[i].whole ? tr("row kept aside") : tr("warning"),
                STR_ARG(list_safe(&c->a, im.table.issue[i].reason)));
    printf(tr("%s: %zu contacts: %zu new, %zu changed, %zu as before; %zu rows kept aside\n"), path, im.table.n, im.added, im.changed, im.same,
           im.table.aside);
    if (dry)
        printf("%s\n", tr("  nothing was changed (--dry-run)"));
    return im.table.aside ? EXIT_UNTRUSTED : EXIT_DONE;
}

static int run_import(struct cli *c)
{
    int worst = EXIT_DONE;
    if (cli_app(c))
        return cli_fail(c);
    for (size_t i = 0; i < c->arg_n; i++) {
        int rc = import_one(c, c->arg[i]);
        worst = MAX(worst, rc);
    }
    return worst;
}

const struct cli_cmd cmd_contacts_import = {
    .name = "contacts import",
    .args = "FILE…",
    .summary = TR("take a table of contacts over"),
    .about = TR("Reads CSV (UTF-8, CP932, UTF-16) and Excel (.xlsx). Headers in Japanese and English are recognised, as in\n"
                "rules/contacts/columns.txt. A row is known again by name and organisation, and updates that contact; what\n"
                "the file does not state stays as it is. A contact whose number changed is to be checked again. Rows that\n"
                "cannot be used are listed with their line and kept aside (exit code 3)."),
    .examples = "  toban contacts import --dry-run 連絡網.xlsx",
    .opt = (const struct cli_opt[]){{"sheet", "NAME", TR("sheet of a workbook; default: the first"), NULL},
                                    {"dry-run", NULL, TR("show what would be done and change nothing"), NULL},
                                    OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_import};

/* ---- tree: contact_tree.c has the forms ---- */

static int run_tree(struct cli *c)
{
    struct contact *all;
    struct outage o;
    struct app_lead lead;
    struct call_tree t;
    size_t n;
    const char *format = cli_opt(c, "format");
    if (format && strcmp(format, "table") != 0 && strcmp(format, "json") != 0 && strcmp(format, "html") != 0)
        return cli_usage(c, "--format: \"%s\" is not one of table, json, html", format);
    if (cli_app(c) || outage_of(c, &o) || app_contacts(c->app, &c->a, &all, &n, &c->err) ||
        app_contact_lead(c->app, &o, &c->a, &lead, &c->err))
        return cli_fail(c);
    call_tree_build(all, n, &o, &c->a, &t);
    if (format && strcmp(format, "html") == 0) {
        struct buf b = BUF_INIT(GIB);
        call_tree_html(&t, lead.text, clock_now(), config_zone(c->config), app_contact_recheck_days(c->app), &b);
        fwrite(b.p, 1, b.n, stdout);
        buf_release(&b);
    } else if (c->format == FORMAT_JSON) {
        contact_json_tree(&t, &lead);
    } else {
        contact_print_lead(c, stdout, &lead);
        contact_print_tree(c, &t);
    }
    return t.circle_n ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_contacts_tree = {
    .name = "contacts tree",
    .args = "",
    .summary = TR("the call tree, to print"),
    .about = TR("Everybody with a place in the calling order, each above those whom they call, with channels that work\n"
                "first, the substitute, and whether nobody can be reached. --format html is one file for A4 paper: print it\n"
                "while the network is up. Exit code 3 when contacts call each other in a circle, so that nobody begins."),
    .examples = "  toban contacts tree --format html > tree.html\n  toban contacts tree --down C-1",
    .opt = (const struct cli_opt[]){OPT_DOWN,
                                    {"format", "table|json|html", TR("form of the result; JSON is never translated"), "table|json|html"},
                                    OPT_END},
    .run = run_tree};
