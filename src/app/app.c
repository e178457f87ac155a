#include "app/app.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/stream.h"
#include "identify/name_dictionary.h"
#include "identify/name_rules.h"
#include "store/ledger_store.h"

struct app {
    const struct config *config; /* borrows */
    char *dir;
    struct world w;
    struct terms *terms;
    char terms_hash[17];
    struct app_names names;
    struct name_confirmed *confirmed;
    struct http_client *http;
    struct arena a;
};

static int make_dirs(char *path, struct err *e)
{
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char c = *p;
        *p = 0;
        int rc = mkdir(path, 0700);
        *p = c;
        if (rc != 0 && errno != EEXIST)
            return err_sys(e, "cannot make the folder %s", path);
        if (!c)
            return 0;
    }
}

/* sqlite:PATH, a bare PATH, or nothing: then the user's data folder. */
static int store_path(struct arena *a, const struct config *c, char **path, struct err *e)
{
    struct str s = config_str(c, "store");
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (str_starts(s, "postgresql:") || str_starts(s, "postgres:"))
        return err_set(e, ERR_USAGE, "this toban was built for sqlite:PATH only");
    if (str_starts(s, "sqlite:"))
        s = str_sub(s, 7, s.n);
    if (s.n) {
        *path = arena_dup(a, s.p, s.n);
        struct stat st;
        if (stat(*path, &st) == 0 && S_ISDIR(st.st_mode))
            *path = arena_printf(a, "%s/toban.db", *path);
    } else if (xdg && *xdg) {
        *path = arena_printf(a, "%s/toban/toban.db", xdg);
    } else if (home && *home) {
        *path = arena_printf(a, "%s/.local/share/toban/toban.db", home);
    } else {
        return err_set(e, ERR_USAGE,
                       "no home folder is known; say where the state is kept: --store sqlite:PATH");
    }
    return 0;
}

static int open_files(struct app *app, struct err *e)
{
    char *path, *dir;
    int rc = store_path(&app->a, app->config, &path, e);
    if (rc)
        return rc;
    dir = arena_strdup(&app->a, path);
    char *slash = strrchr(dir, '/');
    if (slash)
        *slash = 0;
    app->dir = slash && slash != dir ? dir : arena_strdup(&app->a, slash ? "/" : ".");
    if (slash && slash != dir && (rc = make_dirs(dir, e)))
        return rc;
    rc = db_open(&app->w.db, path, e);
    if (rc == 0)
        rc = knowledge_open(&app->w.knowledge, arena_printf(&app->a, "%s/knowledge", app->dir), e);
    if (rc == 0)
        rc = spool_new(&app->w.spool, arena_printf(&app->a, "%s/spool", app->dir), e);
    return rc;
}

int app_terms(const struct config *c, struct terms **out, char hash[17], struct err *e)
{
    struct arena a = {0};
    struct rule_file *file;
    size_t n;
    struct buf all = BUF_INIT(LIMIT_FILE_SMALL * 4);
    struct terms *t = terms_new();
    int rc = rules_list(config_str(c, "rules"), "urgency/", ".rules", &a, &file, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = terms_add_rules(t, file[i].path.p, file[i].bytes, e);
        buf_add_str(&all, file[i].bytes);
    }
    if (rc == 0)
        rc = terms_compile(t, e);
    snprintf(hash, 17, "%016llx", (unsigned long long)str_hash(buf_str(&all)));
    buf_release(&all);
    arena_release(&a);
    if (rc)
        terms_free(t);
    else
        *out = t;
    return rc;
}

static int load_tables(const struct config *c, struct app_names *out, struct arena *a, struct err *e)
{
    struct rule_file *file;
    size_t n;
    int rc = rules_list(config_str(c, "rules"), "products/", "_builds.txt", a, &file, &n, e);
    out->table = mem_zalloc((n + 1) * sizeof(*out->table));
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = build_table_parse(&out->table[i], file[i].path.p, file[i].bytes, e);
        out->table_n += rc == 0;
    }
    return rc;
}

#define DICTIONARY "names.index"

/* Beside the store; its absence is no error, a damaged one is. */
static int open_dictionary(const struct config *c, struct app_names *out, struct arena *a, struct err *e)
{
    char *path;
    if (store_path(a, c, &path, NULL) != 0)
        return 0; /* no home folder: names are still matched by rule */
    char *slash = strrchr(path, '/');
    char *index =
        slash ? arena_printf(a, "%.*s/" DICTIONARY, (int)(slash - path), path) : arena_strdup(a, DICTIONARY);
    return access(index, F_OK) == 0 ? name_dictionary_open(&out->dictionary, index, e) : 0;
}

int app_names(const struct config *c, struct app_names *out, struct err *e)
{
    struct arena a = {0};
    struct rule_file file;
    *out = (struct app_names){0};
    out->rules = name_rules_new();
    int rc = rules_get(config_str(c, "rules"), "products/vendors.txt", &a, &file, e);
    if (rc == 0)
        rc = name_rules_vendors(out->rules, file.path.p, file.bytes, e);
    if (rc == 0)
        rc = rules_get(config_str(c, "rules"), "products/names.txt", &a, &file, e);
    if (rc == 0)
        rc = name_rules_products(out->rules, file.path.p, file.bytes, e);
    if (rc == 0) {
        name_rules_ready(out->rules);
        rc = load_tables(c, out, &a, e);
    }
    if (rc == 0)
        rc = open_dictionary(c, out, &a, e);
    out->sources = (struct name_sources){.rules = out->rules,
                                         .dictionary = out->dictionary,
                                         .build = (const struct build_table *const *)out->table,
                                         .build_n = out->table_n};
    arena_release(&a);
    if (rc)
        app_names_free(out);
    return rc;
}

void app_names_free(struct app_names *n)
{
    for (size_t i = 0; i < n->table_n; i++)
        build_table_free(n->table[i]);
    free(n->table);
    name_rules_free(n->rules);
    name_dictionary_free(n->dictionary);
    *n = (struct app_names){0};
}

static int load_confirmed(struct app *app, struct err *e)
{
    struct arena a = {0};
    struct name_confirmed_row *row;
    size_t n;
    int rc = ledger_store_confirmed(app->w.db, &a, &row, &n, e);
    if (rc == 0) {
        struct name_answer *answer = arena_array(&a, struct name_answer, n + 1);
        for (size_t i = 0; i < n; i++)
            answer[i] = (struct name_answer){row[i].written, row[i].cpe};
        app->confirmed = name_confirmed_new(answer, n);
        app->w.names.confirmed = app->confirmed;
    }
    arena_release(&a);
    return rc;
}

static int load_rules(struct app *app, struct err *e)
{
    struct rule_file file;
    int rc = app_terms(app->config, &app->terms, app->terms_hash, e);
    if (rc == 0)
        rc = app_names(app->config, &app->names, e);
    if (rc == 0)
        rc = rules_get(config_str(app->config, "rules"), "decisions/bod_26_04.csv", &app->a, &file, e);
    if (rc)
        return rc;
    app->w.terms = app->terms;
    app->w.terms_hash = str_of(app->terms_hash);
    app->w.names = app->names.sources;
    app->w.decision_table = ssvc_load(&app->a, file.path.p, file.bytes, e);
    return app->w.decision_table ? load_confirmed(app, e) : ERR_INPUT;
}

int app_open(struct app **out, const struct config *c, struct err *e)
{
    struct app *app = mem_zalloc(sizeof(*app));
    app->config = c;
    app->w.zone_s = config_zone(c);
    app->w.site_days = (int)config_int(c, "decide.site_days", 0);
    int rc = open_files(app, e);
    if (rc == 0)
        rc = load_rules(app, e);
    if (rc) {
        app_close(app);
        return rc;
    }
    *out = app;
    return 0;
}

void app_close(struct app *app)
{
    if (!app)
        return;
    http_free(app->http);
    name_confirmed_free(app->confirmed);
    app_names_free(&app->names);
    terms_free(app->terms);
    spool_free(app->w.spool);
    knowledge_close(app->w.knowledge);
    db_close(app->w.db);
    arena_release(&app->a);
    free(app);
}

int app_forget_knowledge(const struct config *c, struct err *e)
{
    struct arena a = {0};
    char *path;
    int rc = store_path(&a, c, &path, e);
    if (rc == 0) {
        char *slash = strrchr(path, '/');
        rc = knowledge_remove(
            slash ? arena_printf(&a, "%.*s/knowledge", (int)(slash - path), path) : "knowledge", e);
    }
    arena_release(&a);
    return rc;
}

const struct world *app_world(struct app *app)
{
    return &app->w;
}

const struct config *app_config(const struct app *app)
{
    return app->config;
}

const char *app_data_dir(const struct app *app)
{
    return app->dir;
}

struct str app_who(const struct app *app)
{
    struct str who = config_str(app->config, "who");
    if (who.n)
        return who;
    const char *env = getenv("USER");
    if (env && *env)
        return str_of(env);
    struct passwd *pw = getpwuid(getuid());
    return str_of(pw ? pw->pw_name : "unknown");
}

static const char **split_hosts(struct app *app, struct str s)
{
    struct str_split it = str_split_init(s, ' ');
    struct str piece;
    const char **list = arena_array(&app->a, const char *, s.n + 2);
    size_t n = 0;
    while (str_split_next(&it, &piece))
        if (piece.n)
            list[n++] = arena_dup(&app->a, piece.p, piece.n);
    return list;
}

int app_http(struct app *app, struct http_client **out, struct err *e)
{
    *out = NULL;
    if (config_bool(app->config, "offline") || config_str(app->config, "mirror").n)
        return 0;
    if (!app->http) {
        struct str proxy = config_str(app->config, "net.proxy"), ca = config_str(app->config, "net.ca_file");
        struct http_config hc = {.proxy = proxy.n ? proxy.p : NULL,
                                 .ca_file = ca.n ? ca.p : NULL,
                                 .private_hosts =
                                     split_hosts(app, config_str(app->config, "net.private_hosts")),
                                 .allow_http = config_bool(app->config, "net.allow_http")};
        int rc = http_new(&app->http, &hc, e);
        if (rc)
            return rc;
    }
    *out = app->http;
    return 0;
}

struct arena *app_arena(struct app *app)
{
    return &app->a;
}
