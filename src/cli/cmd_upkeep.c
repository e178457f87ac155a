/* Upkeep: help, completion, config, rebuild, backup, doctor, db status. */
#include <stdlib.h>
#include <sys/statvfs.h>

#include "cli/cli.h"
#include "cli/list.h"

static const struct cli_cmd *cmd_named(const struct cli *c)
{
    char name[64];
    snprintf(name, sizeof(name), "%s%s%s", c->arg[0], c->arg_n > 1 ? " " : "", c->arg_n > 1 ? c->arg[1] : "");
    for (size_t i = 0; cli_cmds[i]; i++)
        if (strcmp(cli_cmds[i]->name, name) == 0)
            return cli_cmds[i];
    return NULL;
}

static int help_group(const struct cli *c)
{
    size_t n = strlen(c->arg[0]);
    bool any = false;
    for (size_t i = 0; c->arg_n == 1 && cli_cmds[i]; i++) {
        if (strncmp(cli_cmds[i]->name, c->arg[0], n) != 0 ||
            (cli_cmds[i]->name[n] != ' ' && cli_cmds[i]->name[n]))
            continue;
        printf("  toban %-18s %s\n", cli_cmds[i]->name, tr(cli_cmds[i]->summary));
        any = true;
    }
    return any;
}

static int run_help(struct cli *c)
{
    if (c->arg_n == 0) {
        if (cli_has(c, "man"))
            cli_help_man(NULL, stdout);
        else
            cli_help_all(stdout);
        return EXIT_DONE;
    }
    const struct cli_cmd *cmd = cmd_named(c);
    if (!cmd && help_group(c))
        return EXIT_DONE;
    if (!cmd)
        return cli_usage(c, "there is no verb \"%s\"", c->arg[0]);
    if (cli_has(c, "man"))
        cli_help_man(cmd, stdout);
    else
        cli_help_cmd(cmd, stdout);
    return EXIT_DONE;
}

const struct cli_cmd cmd_help = {
    .name = "help",
    .args = "[VERB]",
    .summary = TR("explain a verb"),
    .about = TR("Prints what a verb does, its options and examples. --man prints it as a manual page."),
    .opt = (const struct cli_opt[]){{"man", NULL, TR("as a manual page (roff)"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = 2,
    .run = run_help};

static int run_completion(struct cli *c)
{
    int rc = cli_completion(c->arg[0], stdout);
    return rc == EXIT_USAGE ? cli_usage(c, "\"%s\" is not one of bash, zsh, fish", c->arg[0]) : rc;
}

const struct cli_cmd cmd_completion = {
    .name = "completion",
    .args = "bash|zsh|fish",
    .summary = TR("print completion for a shell"),
    .about = TR("Prints a script that completes verbs and options. Load it from the shell's start-up file."),
    .examples = "  toban completion bash > /etc/bash_completion.d/toban",
    .min_args = 1,
    .max_args = 1,
    .run = run_completion};

static const char *origin_name(enum config_origin o)
{
    static const char *const name[] = {TR("default"), TR("file"), TR("environment"), TR("flag")};
    return tr(name[o]);
}

static int run_config_show(struct cli *c)
{
    struct list t;
    list_init(&t, c, "toban.config/1");
    list_column(&t, "key", TR("Setting"), 0);
    list_column(&t, "value", TR("Value"), LIST_WIDE);
    list_column(&t, "origin", TR("From"), 0);
    list_column(&t, "where", TR("Where"), 0);
    for (size_t i = 0; i < config_n(c->config); i++) {
        const struct config_entry *e = config_at(c->config, i);
        list_cell(&t, e->key);
        list_cell(&t, e->value);
        list_cells(&t, c->format == FORMAT_TABLE
                           ? origin_name(e->origin)
                           : (const char *const[]){"default", "file", "environment", "flag"}[e->origin]);
        list_cell(&t, e->where);
    }
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_config_show = {
    .name = "config show",
    .args = "",
    .summary = TR("print every setting, its value and where it came from"),
    .about =
        TR("A flag wins over the environment (TOBAN_…), that over the file, that over the default. Keys and\n"
           "tokens are never printed: settings only name the files that hold them."),
    .run = run_config_show};

static int run_config_check(struct cli *c)
{
    if (cli_app(c))
        return cli_fail(c);
    struct world_source *list;
    size_t n;
    if (app_sources(c->app, &list, &n, &c->err))
        return cli_fail(c);
    printf(tr("settings: %s\n"), config_file(c->config) ? config_file(c->config) : tr("no file; defaults"));
    printf(tr("sources: %zu; rules and tables load\n"), n);
    return EXIT_DONE;
}

const struct cli_cmd cmd_config_check = {
    .name = "config check",
    .args = "",
    .summary = TR("check settings, rules and tables; errors name file and line"),
    .about = TR(
        "Reads the settings, the key files, every rule file and decision table, shipped or the site's, and\n"
        "reports the first error with its file and line."),
    .run = run_config_check};

static int run_backup(struct cli *c)
{
    if (cli_app(c) || db_backup(app_world(c->app)->db, c->arg[0], &c->err))
        return cli_fail(c);
    printf(tr("wrote %s\n"), c->arg[0]);
    return EXIT_DONE;
}

const struct cli_cmd cmd_backup = {.name = "backup",
                                   .args = "FILE",
                                   .summary = TR("copy the state while it is in use"),
                                   .about = TR("Writes a whole copy of the state (ledger, decisions, "
                                               "notices, findings) to a file that must not exist.\n"
                                               "To restore, put the copy in the place of the store while no "
                                               "toban runs. Knowledge and spool are not\n"
                                               "in it: they come back with a round."),
                                   .examples = "  toban backup /backup/toban-$(date +%F).db",
                                   .min_args = 1,
                                   .max_args = 1,
                                   .run = run_backup};

static int run_rebuild(struct cli *c)
{
    struct app_rebuilt r;
    /* The knowledge may be the very thing that does not open. */
    if (cli_has(c, "knowledge") && app_forget_knowledge(c->config, &c->err))
        return cli_fail(c);
    if (cli_app(c) || app_rebuild(c->app, cli_has(c, "knowledge"), &r, &c->err))
        return cli_fail(c);
    printf(tr("judged %llu notices and named %llu products again\n"), (unsigned long long)r.notices,
           (unsigned long long)r.names);
    if (cli_has(c, "knowledge"))
        printf(tr("read %llu documents again; %llu are no longer in the spool\n"),
               (unsigned long long)r.documents, (unsigned long long)r.missing);
    return r.missing ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_rebuild = {
    .name = "rebuild",
    .args = "",
    .summary = TR("drop what was concluded and conclude it again"),
    .about = TR(
        "What the world said and what people decided are kept; judgements, names and findings are made anew\n"
        "from them. --knowledge also makes the knowledge file anew from the documents in the spool."),
    .opt = (const struct cli_opt[]){{"knowledge", NULL, TR("read the spool again, too"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .run = run_rebuild};

static int run_db_status(struct cli *c)
{
    struct knowledge_stat st;
    if (cli_app(c))
        return cli_fail(c);
    struct knowledge *k = app_world(c->app)->knowledge;
    if (knowledge_read_begin(k, &c->err) || knowledge_stat(k, &st, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.db.status/1");
    list_column(&t, "generation", TR("Generation"), LIST_NUMBER);
    list_column(&t, "vulnerability_states", TR("Vulnerability records"), LIST_NUMBER);
    list_column(&t, "product_entries", TR("Product entries"), LIST_NUMBER);
    list_column(&t, "kev", TR("KEV entries"), LIST_NUMBER);
    list_column(&t, "epss", TR("EPSS scores"), LIST_NUMBER);
    list_column(&t, "bytes", TR("Bytes"), LIST_NUMBER);
    const uint64_t v[] = {knowledge_generation(k), st.vuln_states, st.products, st.kev, st.epss, st.bytes};
    for (size_t i = 0; i < ARRAY_LEN(v); i++)
        list_cellf(&t, "%llu", (unsigned long long)v[i]);
    list_end(&t);
    knowledge_read_end(k);
    return EXIT_DONE;
}

const struct cli_cmd cmd_db_status = {
    .name = "db status",
    .args = "",
    .summary = TR("what the knowledge holds, and its generation"),
    .about = TR("Counts of the knowledge file. toban sources shows how fresh each source is."),
    .run = run_db_status};

static void say(bool ok, const char *what, const char *detail)
{
    printf("%s  %s%s%s\n", ok ? tr("ok  ") : tr("BAD "), what, *detail ? ": " : "", detail);
}

static bool check_space(const struct app *app)
{
    struct statvfs vfs;
    char text[64];
    if (statvfs(app_data_dir(app), &vfs) != 0)
        return false;
    uint64_t mib = (uint64_t)vfs.f_bavail * vfs.f_frsize / MIB;
    snprintf(text, sizeof(text), "%llu MB", (unsigned long long)mib);
    say(mib >= 2048, tr("free space (a full knowledge needs about 2 GB)"), text);
    return mib >= 2048;
}

static int run_doctor(struct cli *c)
{
    struct buf said = BUF_INIT(64 * KIB);
    struct knowledge_stat st;
    if (cli_app(c))
        return cli_fail(c);
    const struct world *w = app_world(c->app);
    bool good = true, ok = db_check(w->db, &said, &c->err) == 0 && said.n == 0;
    good &= ok;
    say(ok, tr("store"), ok ? db_path(w->db) : said.n ? buf_cstr(&said) : c->err.text);
    ok = knowledge_read_begin(w->knowledge, &c->err) == 0 && knowledge_stat(w->knowledge, &st, &c->err) == 0;
    good &= ok;
    say(ok, tr("knowledge"), ok ? "" : c->err.text);
    good &= check_space(c->app);
    say(true, tr("rules and tables"), "");
    char now[CLOCK_ISO_SIZE];
    clock_iso(clock_now(), w->zone_s, now);
    say(true, tr("clock and zone"), now);
    knowledge_read_end(w->knowledge);
    buf_release(&said);
    return good ? EXIT_DONE : EXIT_IO;
}

const struct cli_cmd cmd_doctor = {
    .name = "doctor",
    .args = "",
    .summary = TR("check the store, the knowledge, the disk and the clock"),
    .about = TR("Looks for what would make answers wrong or lose data, and says what to do."),
    .run = run_doctor};
