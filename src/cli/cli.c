#include "cli/cli.h"

#include "cli/list.h"

#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define X(name) extern const struct cli_cmd cmd_##name;
#include "cli/cmd_list.h"
#undef X
const struct cli_cmd *const cli_cmds[] = {
#define X(name) &cmd_##name,
#include "cli/cmd_list.h"
#undef X
    NULL};

const struct cli_opt cli_common_opts[] = {
    {"format", "table|json|csv", TR("form of the result; JSON is never translated"), "table|json|csv"},
    {"lang", "ja|en", TR("language of messages"), "ja|en"},
    {"store", "sqlite:PATH", TR("where the state is kept"), NULL},
    {"config", "FILE", TR("settings to read"), NULL},
    {"rules", "FOLDER", TR("the site's rules, beside or instead of the shipped ones"), NULL},
    {"mirror", "FOLDER", TR("read from this folder instead of the network"), NULL},
    {"offline", NULL, TR("open no connection"), NULL},
    {"quiet", NULL, TR("print results and errors only (-q)"), NULL},
    {"verbose", NULL, TR("say more (-v, -vv)"), NULL},
    {"help", NULL, TR("explain this verb (-h)"), NULL},
    {"version", NULL, TR("print the version"), NULL},
    {NULL, NULL, NULL, NULL}};

const char *cli_opt(const struct cli *c, const char *name)
{
    for (size_t i = c->opt_n; i-- > 0;)
        if (strcmp(c->opt[i].name, name) == 0)
            return c->opt[i].value;
    return NULL;
}

bool cli_has(const struct cli *c, const char *name)
{
    return cli_opt(c, name) != NULL;
}

int cli_fail(struct cli *c)
{
    struct str text = list_safe(&c->a, str_of(c->err.text));
    fprintf(stderr, "toban: " STR_FMT "\n", STR_ARG(text));
    return err_exit_code(c->err.code);
}

int cli_usage(struct cli *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "toban: ");
    vfprintf(stderr, tr(fmt), ap);
    va_end(ap);
    fputc('\n', stderr);
    if (c->cmd)
        fprintf(stderr, tr("try: toban help %s\n"), c->cmd->name);
    else
        fprintf(stderr, "%s", tr("try: toban help\n"));
    return EXIT_USAGE;
}

bool cli_when(struct cli *c, const char *name, when_t *out)
{
    const char *v = cli_opt(c, name);
    if (!v)
        return true;
    if (clock_parse_any(str_of(v), config_zone(c->config), out)) {
        /* "As of" a day is what was known when it ended. */
        if (strcmp(name, "as-of") == 0 && !strchr(v, ':'))
            *out += WHEN_DAY - 1;
        return true;
    }
    err_set(&c->err, ERR_USAGE, "--%s: \"%s\" is not a date; write 2021-03-03 or 2021-03-03T12:00+09:00",
            name, v);
    return false;
}

int cli_app(struct cli *c)
{
    return app_open(&c->app, c->config, &c->err);
}

static const struct cli_opt *opt_find(const struct cli_opt *list, struct str name)
{
    for (; list && list->name; list++)
        if (str_is(name, list->name))
            return list;
    return NULL;
}

static bool opt_add(struct cli *c, const char *name, const char *value)
{
    if (c->opt_n == ARRAY_LEN(c->opt))
        return false;
    c->opt[c->opt_n++] = (struct cli_value){name, value};
    return true;
}

/* "--name", "--name=value", "--name value". Returns 0, or an exit code. */
static int parse_long(struct cli *c, char **argv, int argc, int *i)
{
    struct str s = str_of(argv[*i] + 2);
    size_t eq = str_chr(s, '=');
    struct str name = str_sub(s, 0, eq);
    const struct cli_opt *o = c->cmd ? opt_find(c->cmd->opt, name) : NULL; /* a verb's own --version is its own */
    if (!o)
        o = opt_find(cli_common_opts, name);
    if (!o)
        return cli_usage(c, "there is no option --%.*s", STR_ARG(name));
    const char *value = "";
    if (o->arg && eq != STR_NONE)
        value = argv[*i] + 2 + eq + 1;
    else if (o->arg && *i + 1 < argc)
        value = argv[++*i];
    else if (o->arg)
        return cli_usage(c, "--%s needs %s", o->name, o->arg);
    else if (eq != STR_NONE)
        return cli_usage(c, "--%s takes no value", o->name);
    if (!opt_add(c, o->name, value))
        return cli_usage(c, "too many options");
    return 0;
}

static int parse_short(struct cli *c, const char *arg)
{
    for (const char *p = arg + 1; *p; p++) {
        const char *name = *p == 'q' ? "quiet" : *p == 'v' ? "verbose" : *p == 'h' ? "help" : NULL;
        if (!name)
            return cli_usage(c, "there is no option -%c", *p);
        if (!opt_add(c, name, ""))
            return cli_usage(c, "too many options");
    }
    return 0;
}

static int parse_args(struct cli *c, int argc, char **argv, int from)
{
    bool literal = false;
    for (int i = from; i < argc; i++) {
        int rc = 0;
        if (literal || argv[i][0] != '-' || argv[i][1] == 0)
            c->arg[c->arg_n++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            literal = true;
        else if (argv[i][1] == '-')
            rc = parse_long(c, argv, argc, &i);
        else
            rc = parse_short(c, argv[i]);
        if (rc)
            return rc;
    }
    return 0;
}

/* The verb is the first one or two words that are not options. */
static const struct cli_cmd *cmd_find(const char *one, const char *two)
{
    char both[64];
    snprintf(both, sizeof(both), "%s %s", one, two ? two : "");
    for (size_t i = 0; two && cli_cmds[i]; i++)
        if (strcmp(cli_cmds[i]->name, both) == 0)
            return cli_cmds[i];
    for (size_t i = 0; cli_cmds[i]; i++)
        if (strcmp(cli_cmds[i]->name, one) == 0)
            return cli_cmds[i];
    return NULL;
}

static bool is_group(const char *one)
{
    size_t n = strlen(one);
    for (size_t i = 0; cli_cmds[i]; i++)
        if (strncmp(cli_cmds[i]->name, one, n) == 0 && cli_cmds[i]->name[n] == ' ')
            return true;
    return false;
}

/* Options before the verb belong to every verb; skips them to find it. */
static int find_verb(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-')
            return i;
        const struct cli_opt *o = argv[i][1] == '-' ? opt_find(cli_common_opts, str_of(argv[i] + 2)) : NULL;
        if (o && o->arg)
            i++;
    }
    return argc;
}

/* The language must be known before anything is said. */
static void early_language(int argc, char **argv)
{
    const char *v = getenv("TOBAN_LANG");
    if (!v || !*v) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            v = getenv(names[i]);
            if (v && *v)
                break;
        }
    }
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            v = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            v = argv[i + 1];
    }
    i18n_use(v && strncmp(v, "ja", 2) == 0 ? LANG_JA : LANG_EN);
}

static int load_config(struct cli *c)
{
    const struct config_flag flags[] = {{"lang", "--lang", cli_opt(c, "lang")},
                                        {"store", "--store", cli_opt(c, "store")},
                                        {"rules", "--rules", cli_opt(c, "rules")},
                                        {"mirror", "--mirror", cli_opt(c, "mirror")},
                                        {"offline", "--offline", cli_has(c, "offline") ? "yes" : NULL},
                                        {NULL, NULL, NULL}};
    int rc = config_load(&c->config, cli_opt(c, "config"), flags, &c->err);
    if (rc)
        return rc;
    struct str lang = config_str(c->config, "lang");
    if (lang.n)
        i18n_use(str_is(lang, "ja") ? LANG_JA : LANG_EN);
    return 0;
}

static int set_common(struct cli *c)
{
    const char *f = cli_opt(c, "format");
    if (f && strcmp(f, "json") == 0)
        c->format = FORMAT_JSON;
    else if (f && strcmp(f, "csv") == 0)
        c->format = FORMAT_CSV;
    else if (f && strcmp(f, "table") != 0 && !opt_find(c->cmd->opt, STR_LIT("format")))
        return cli_usage(c, "--format: \"%s\" is not one of table, json, csv", f);
    c->quiet = cli_has(c, "quiet");
    for (size_t i = 0; i < c->opt_n; i++)
        c->verbose += strcmp(c->opt[i].name, "verbose") == 0;
    log_set_level(c->quiet ? LOG_ERROR : c->verbose ? LOG_DEBUG : LOG_INFO);
    c->tty_out = isatty(STDOUT_FILENO) != 0;
    c->tty_err = isatty(STDERR_FILENO) != 0;
    c->color = c->tty_out && !getenv("NO_COLOR");
    if (c->arg_n < (size_t)c->cmd->min_args)
        return cli_usage(c, "toban %s needs %s", c->cmd->name, tr(c->cmd->args));
    if (c->cmd->max_args >= 0 && c->arg_n > (size_t)c->cmd->max_args)
        return cli_usage(c, "toban %s does not take \"%s\"", c->cmd->name, c->arg[c->cmd->max_args]);
    return 0;
}

static int run_cmd(struct cli *c, int argc, char **argv, int at)
{
    const char *two = at + 1 < argc && argv[at + 1][0] != '-' ? argv[at + 1] : NULL;
    c->cmd = cmd_find(argv[at], two);
    if (!c->cmd && is_group(argv[at]))
        return two ? cli_usage(c, "toban %s has no \"%s\"", argv[at], two)
                   : cli_usage(c, "toban %s needs one more word", argv[at]);
    if (!c->cmd)
        return cli_usage(c, "there is no verb \"%s\"", argv[at]);
    int words = strchr(c->cmd->name, ' ') ? 2 : 1;
    int rc = parse_args(c, at, argv, 1);
    if (rc == 0)
        rc = parse_args(c, argc, argv, at + words);
    if (rc)
        return rc;
    if (cli_has(c, "help")) {
        cli_help_cmd(c->cmd, stdout);
        return EXIT_DONE;
    }
    rc = set_common(c);
    if (rc)
        return rc;
    if (load_config(c))
        return cli_fail(c);
    return c->cmd->run(c);
}

int cli_main(int argc, char **argv)
{
    struct cli c = {0};
    /* The C.UTF-8 locale always exists; it lets libraries see UTF-8 and changes no number. */
    setlocale(LC_ALL, "C.UTF-8");
    early_language(argc, argv);
    c.arg = mem_zalloc(sizeof(*c.arg) * (size_t)(argc + 1));
    int at = find_verb(argc, argv);
    int rc;
    if (at < argc) {
        rc = run_cmd(&c, argc, argv, at);
    } else {
        rc = parse_args(&c, argc, argv, 1);
        if (rc == 0 && cli_has(&c, "version"))
            printf("toban %s\n", TOBAN_VERSION);
        else if (rc == 0)
            cli_help_all(argc > 1 ? stdout : stderr);
        if (rc == 0 && argc == 1)
            rc = EXIT_USAGE;
    }
    app_close(c.app);
    config_free(c.config);
    arena_release(&c.a);
    free(c.arg);
    if (fflush(stdout) != 0 && rc == EXIT_DONE) {
        fprintf(stderr, "toban: %s\n", tr("cannot write the result"));
        rc = EXIT_IO;
    }
    return rc;
}
