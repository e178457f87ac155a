#include "app/config.h"

#include <ctype.h>
#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "codec/stream.h"

extern char **environ;

struct config {
    struct arena a;
    VEC(struct config_entry) entry;
    char *file;
};

/* "sources.nvd.url" fits "sources.*.url". */
static bool key_fits(struct str key, const char *pattern)
{
    struct str_split k = str_split_init(key, '.'), p = str_split_init(str_of(pattern), '.');
    struct str a, b;
    for (;;) {
        bool more = str_split_next(&k, &a);
        if (more != str_split_next(&p, &b))
            return false;
        if (!more)
            return true;
        if (!str_is(b, "*") && !str_eq(a, b))
            return false;
    }
}

static const struct config_key *key_find(struct str key)
{
    for (const struct config_key *k = config_keys; k->name; k++)
        if (key_fits(key, k->name))
            return k;
    return NULL;
}

static bool zone_parse(struct str s, int *out)
{
    when_t t;
    char tmp[64];
    snprintf(tmp, sizeof(tmp), "1970-01-02T00:00:00" STR_FMT, STR_ARG(s));
    if (s.n == 0 || s.n > 6 || !strchr("+-Zz", s.p[0]) || !clock_parse_iso(str_of(tmp), 0, &t))
        return false;
    *out = (int)(86400 - t / WHEN_SEC);
    return true;
}

static bool value_fits(const char *type, struct str v)
{
    int64_t n;
    int zone;
    if (strcmp(type, "yes/no") == 0)
        return str_is_i(v, "yes") || str_is_i(v, "no") || str_is_i(v, "true") || str_is_i(v, "false") ||
               str_is(v, "1") || str_is(v, "0");
    if (strcmp(type, "number") == 0)
        return num_i64(v, &n) && n >= 0;
    if (strcmp(type, "lang") == 0)
        return str_is(v, "ja") || str_is(v, "en");
    if (strcmp(type, "zone") == 0)
        return zone_parse(v, &zone);
    return true;
}

static int put(struct config *c, struct str key, struct str value, enum config_origin origin,
               const char *where, struct err *e)
{
    const struct config_key *k = key_find(key);
    if (!k)
        return err_set(e, ERR_USAGE, "%s: there is no setting \"%.*s\"; toban config show lists them", where,
                       STR_ARG(key));
    if (value.n && !value_fits(k->type, value))
        return err_set(e, ERR_USAGE, "%s: \"%.*s\" is not a value of %.*s (%s)", where, STR_ARG(value),
                       STR_ARG(key), k->type);
    struct config_entry entry = {arena_str(&c->a, key), arena_str(&c->a, value), origin,
                                 str_of(arena_strdup(&c->a, where))};
    for (size_t i = 0; i < c->entry.n; i++) {
        if (str_eq(c->entry.p[i].key, key)) {
            if (origin >= c->entry.p[i].origin)
                c->entry.p[i] = entry;
            return 0;
        }
    }
    vec_push(&c->entry, entry);
    return 0;
}

struct walk {
    struct config *c;
    const char *file;
    struct err *e;
};

static int node_line(struct fy_node *n)
{
    struct fy_token *t = fy_node_get_scalar_token(n);
    const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
    return m ? m->line + 1 : 0;
}

static int walk_node(struct walk *w, struct fy_node *n, const char *prefix, int line, unsigned depth);

static int walk_mapping(struct walk *w, struct fy_node *n, const char *prefix, unsigned depth)
{
    void *it = NULL;
    struct fy_node_pair *pair;
    int rc = 0;
    while (rc == 0 && (pair = fy_node_mapping_iterate(n, &it))) {
        size_t len = 0;
        struct fy_node *key = fy_node_pair_key(pair);
        const char *text = fy_node_get_scalar(key, &len);
        if (!text)
            return err_at(w->e, ERR_USAGE, w->file, 0, "a key is not plain text");
        char *full = arena_printf(&w->c->a, "%s%s%.*s", prefix, *prefix ? "." : "", (int)len, text);
        rc = walk_node(w, fy_node_pair_value(pair), full, node_line(key), depth + 1);
    }
    return rc;
}

static int walk_list(struct walk *w, struct fy_node *n, const char *prefix, int line)
{
    void *it = NULL;
    struct fy_node *item;
    struct buf joined = BUF_INIT(LIMIT_FILE_SMALL);
    while ((item = fy_node_sequence_iterate(n, &it))) {
        size_t len = 0;
        const char *text = fy_node_get_scalar(item, &len);
        if (!text) {
            buf_release(&joined);
            return err_at(w->e, ERR_USAGE, w->file, (unsigned long)line, "%s: a list holds plain values only",
                          prefix);
        }
        buf_printf(&joined, "%s%.*s", joined.n ? " " : "", (int)len, text);
    }
    char *where = arena_printf(&w->c->a, "%s:%d", w->file, line);
    int rc = put(w->c, str_of(prefix), buf_str(&joined), CONFIG_FILE, where, w->e);
    buf_release(&joined);
    return rc;
}

static int walk_node(struct walk *w, struct fy_node *n, const char *prefix, int line, unsigned depth)
{
    if (depth > 8)
        return err_at(w->e, ERR_USAGE, w->file, (unsigned long)line, "settings are nested too deeply");
    if (n && fy_node_is_mapping(n))
        return walk_mapping(w, n, prefix, depth);
    if (n && fy_node_is_sequence(n))
        return walk_list(w, n, prefix, line);
    size_t len = 0;
    const char *text = n ? fy_node_get_scalar(n, &len) : NULL;
    char *where = arena_printf(&w->c->a, "%s:%d", w->file, line);
    return put(w->c, str_of(prefix), str_n(text ? text : "", len), CONFIG_FILE, where, w->e);
}

/* libfyaml writes its complaints itself; they are caught for our own message. */
static void diag_output(struct fy_diag *d, void *user, const char *buf, size_t len)
{
    (void)d;
    buf_add((struct buf *)user, buf, MIN(len, 600));
}

/* Nothing but comments and blank lines, which libfyaml takes for an error. */
static int file_is_blank(const char *file, bool *blank, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    int rc = stream_slurp(file, &b, e);
    struct str rest = buf_str(&b), line;
    *blank = true;
    while (rc == 0 && *blank && str_line_next(&rest, &line)) {
        line = str_trim(line);
        *blank = line.n == 0 || line.p[0] == '#' || str_is(line, "---");
    }
    buf_release(&b);
    return rc;
}

static int read_file(struct config *c, const char *file, struct err *e)
{
    bool blank;
    if (access(file, R_OK) != 0)
        return err_sys(e, "cannot read the settings %s", file);
    int rc = file_is_blank(file, &blank, e);
    if (rc || blank) {
        c->file = arena_strdup(&c->a, file);
        return rc;
    }
    struct buf said = BUF_INIT(4 * KIB);
    struct fy_diag_cfg dc;
    fy_diag_cfg_default(&dc);
    dc.fp = NULL;
    dc.output_fn = diag_output;
    dc.user = &said;
    dc.colorize = false;
    struct fy_diag *diag = fy_diag_create(&dc);
    struct fy_parse_cfg pc = {.flags = FYPCF_QUIET | FYPCF_RESOLVE_DOCUMENT, .diag = diag};
    struct fy_document *doc = fy_document_build_from_file(&pc, file);
    if (!doc) {
        struct str rest = buf_str(&said), line = {0};
        (void)str_line_next(&rest, &line);
        rc = err_set(e, ERR_USAGE, "%s: this is not YAML: %.*s", file, STR_ARG(line));
    } else if (fy_document_root(doc)) {
        struct walk w = {c, file, e};
        rc = walk_node(&w, fy_document_root(doc), "", 1, 0);
    }
    fy_document_destroy(doc);
    fy_diag_destroy(diag);
    buf_release(&said);
    if (rc == 0)
        c->file = arena_strdup(&c->a, file);
    return rc;
}

static const char *default_file(struct config *c)
{
    const char *env = getenv("TOBAN_CONFIG"), *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (env && *env)
        return env;
    const char *mine = xdg && *xdg ? arena_printf(&c->a, "%s/toban/toban.yaml", xdg)
                       : home      ? arena_printf(&c->a, "%s/.config/toban/toban.yaml", home)
                                   : NULL;
    if (mine && access(mine, F_OK) == 0)
        return mine;
    return access("/etc/toban/toban.yaml", F_OK) == 0 ? "/etc/toban/toban.yaml" : NULL;
}

/* TOBAN_SOURCES_NVD_KEY_FILE: which key? Names of keys hold underscores, too, so
 * each known pattern is tried against the words. */
static bool env_key(struct arena *a, struct str name, struct str *out)
{
    char *low = arena_dup(a, name.p, name.n);
    for (char *p = low; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    for (const struct config_key *k = config_keys; k->name; k++) {
        const char *star = strstr(k->name, "*");
        char *flat = arena_strdup(a, k->name);
        for (char *p = flat; *p; p++)
            if (*p == '.')
                *p = '_';
        if (!star && strcmp(flat, low) == 0) {
            *out = str_of(k->name);
            return true;
        }
        if (!star)
            continue;
        size_t head = (size_t)(star - k->name), tail = strlen(star + 1), n = strlen(low);
        if (n > head + tail && strncmp(low, flat, head) == 0 &&
            strcmp(low + n - tail, flat + head + 1) == 0) {
            *out = str_of(arena_printf(a, "%.*s%.*s%s", (int)head, k->name, (int)(n - head - tail),
                                       low + head, star + 1));
            return true;
        }
    }
    return false;
}

static int read_env(struct config *c, struct err *e)
{
    for (char **p = environ; *p; p++) {
        struct str s = str_of(*p), key;
        size_t eq = str_chr(s, '=');
        if (!str_starts(s, "TOBAN_") || eq == STR_NONE)
            continue;
        if (!env_key(&c->a, str_sub(s, 6, eq - 6), &key))
            continue; /* TOBAN_NOW, TOBAN_CONFIG and other programs' variables */
        char *where = arena_dup(&c->a, s.p, eq);
        int rc = put(c, key, str_sub(s, eq + 1, s.n), CONFIG_ENV, where, e);
        if (rc)
            return rc;
    }
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct config_entry *)a)->key, ((const struct config_entry *)b)->key);
}

int config_load(struct config **out, const char *file, const struct config_flag *flags, struct err *e)
{
    struct config *c = mem_zalloc(sizeof(*c));
    int rc = 0;
    for (const struct config_key *k = config_keys; rc == 0 && k->name; k++)
        if (!strchr(k->name, '*'))
            rc = put(c, str_of(k->name), str_of(k->otherwise), CONFIG_DEFAULT, "", e);
    if (!file)
        file = default_file(c);
    if (rc == 0 && file)
        rc = read_file(c, file, e);
    if (rc == 0)
        rc = read_env(c, e);
    for (; rc == 0 && flags->key; flags++)
        if (flags->value)
            rc = put(c, str_of(flags->key), str_of(flags->value), CONFIG_FLAG, flags->flag, e);
    if (rc) {
        config_free(c);
        return rc;
    }
    qsort(c->entry.p, c->entry.n, sizeof(*c->entry.p), by_key);
    *out = c;
    return 0;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    vec_release(&c->entry);
    arena_release(&c->a);
    free(c);
}

struct str config_str(const struct config *c, const char *key)
{
    for (size_t i = 0; i < c->entry.n; i++)
        if (str_is(c->entry.p[i].key, key))
            return c->entry.p[i].value;
    return (struct str){"", 0};
}

struct str config_strf(const struct config *c, const char *fmt, ...)
{
    char key[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(key, sizeof(key), fmt, ap);
    va_end(ap);
    return config_str(c, key);
}

bool config_bool(const struct config *c, const char *key)
{
    struct str v = config_str(c, key);
    return str_is_i(v, "yes") || str_is_i(v, "true") || str_is(v, "1");
}

int64_t config_int(const struct config *c, const char *key, int64_t otherwise)
{
    int64_t n;
    return num_i64(config_str(c, key), &n) ? n : otherwise;
}

int config_zone(const struct config *c)
{
    int zone;
    if (zone_parse(config_str(c, "zone"), &zone))
        return zone;
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    return (int)tm.tm_gmtoff;
}

size_t config_n(const struct config *c)
{
    return c->entry.n;
}

const struct config_entry *config_at(const struct config *c, size_t i)
{
    return &c->entry.p[i];
}

const char *config_file(const struct config *c)
{
    return c->file;
}
