/* Sources as the configuration has them. */
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "codec/json.h"
#include "codec/stream.h"
#include "loop/audit.h"

#define X(name) extern const struct source source_##name;
#include "collect/source_list.h"
#undef X
static const struct source *const source_list[] = {
#define X(name) &source_##name,
#include "collect/source_list.h"
#undef X
};

/* A key is read from its file, never from a setting's value. */
static int read_key(struct app *app, struct str path, const struct source *s, const char **key, struct err *e)
{
    struct buf b = BUF_INIT(4 * KIB);
    *key = NULL;
    if (path.n == 0)
        return 0;
    int rc = stream_slurp(path.p, &b, e);
    struct str text = str_trim(buf_str(&b));
    bool bearer =
        s->key_header && strcmp(s->key_header, "Authorization") == 0 && !str_starts_i(text, "Bearer ");
    if (rc == 0 && (text.n == 0 || memchr(text.p, '\n', text.n)))
        rc = err_set(e, ERR_INPUT, "%s: one line with the key of %s is expected", path.p, s->name);
    if (rc == 0)
        *key = arena_printf(app_arena(app), "%s" STR_FMT, bearer ? "Bearer " : "", STR_ARG(text));
    buf_release(&b);
    return rc;
}

static int one_source(struct app *app, const struct source *s, struct world_source *out, struct err *e)
{
    const struct config *c = app_config(app);
    struct str enabled = config_strf(c, "sources.%s.enabled", s->name), n;
    int64_t v;
    *out = (struct world_source){
        .s = s, .trusted = s->trusted, .period_min = s->period_min, .stale_hours = s->stale_hours};
    out->setup = (struct visit_setup){.name = str_of(s->name),
                                      .url = config_strf(c, "sources.%s.url", s->name),
                                      .account = config_strf(c, "sources.%s.account", s->name),
                                      .publisher = str_of(s->publisher)};
    n = config_strf(c, "sources.%s.period", s->name);
    if (num_i64(n, &v))
        out->period_min = (unsigned)v;
    n = config_strf(c, "sources.%s.stale_hours", s->name);
    if (num_i64(n, &v))
        out->stale_hours = (unsigned)v;
    n = config_strf(c, "sources.%s.min_records", s->name);
    out->setup.floor_set = num_u64(n, &out->setup.floor);
    int rc = read_key(app, config_strf(c, "sources.%s.key_file", s->name), s, &out->setup.key, e);
    /* A source that needs a key, or an address, is on when it has it. */
    bool able = (s->default_url || out->setup.url.n) && (!s->needs_key || out->setup.key);
    out->enabled =
        enabled.n ? str_is_i(enabled, "yes") || str_is_i(enabled, "true") || str_is(enabled, "1") : able;
    return rc;
}

/* feeds.NAME.url: RSS and Atom feeds that people add. */
static int user_feeds(struct app *app, struct world_source *out, size_t *n, size_t max)
{
    const struct config *c = app_config(app);
    const struct source *rss = NULL;
    for (size_t i = 0; i < ARRAY_LEN(source_list); i++)
        if (strcmp(source_list[i]->name, "rss") == 0)
            rss = source_list[i];
    for (size_t i = 0; rss && i < config_n(c) && *n < max; i++) {
        const struct config_entry *entry = config_at(c, i);
        if (!str_starts(entry->key, "feeds.") || !str_ends(entry->key, ".url"))
            continue;
        struct str name = str_sub(entry->key, 6, entry->key.n - 6 - 4);
        struct str trusted = config_strf(c, "feeds." STR_FMT ".trusted", STR_ARG(name));
        out[(*n)++] = (struct world_source){
            .s = rss,
            .setup = {.name = str_of(arena_printf(app_arena(app), "rss." STR_FMT, STR_ARG(name))),
                      .url = entry->value,
                      .publisher = config_strf(c, "feeds." STR_FMT ".publisher", STR_ARG(name))},
            .enabled = true,
            .trusted = str_is_i(trusted, "yes") || str_is_i(trusted, "true"),
            .period_min = rss->period_min,
            .stale_hours = rss->stale_hours};
    }
    return 0;
}

int app_sources(struct app *app, struct world_source **out, size_t *n, struct err *e)
{
    size_t max = ARRAY_LEN(source_list) + config_n(app_config(app));
    *out = arena_array(app_arena(app), struct world_source, max);
    *n = 0;
    for (size_t i = 0; i < ARRAY_LEN(source_list); i++) {
        int rc = one_source(app, source_list[i], &(*out)[*n], e);
        if (rc)
            return rc;
        /* The generic reader is a source of its own only in a mirror, where it takes any feed. */
        *n += 1;
    }
    return user_feeds(app, *out, n, max);
}

int app_sources_accept(struct app *app, struct str source, struct str sha256, struct str why, struct err *e)
{
    struct db *db = app_world(app)->db;
    struct buf detail = BUF_INIT(LIMIT_RECORD);
    struct audit_row r = {.at = clock_now(), .who = app_who(app), .action = STR_LIT("source.accepted"), .object = source};
    struct json_writer w;
    json_writer_init(&w, &detail);
    json_w_object(&w);
    json_w_kstr(&w, "sha256", sha256);
    json_w_kstr(&w, "why", why);
    json_w_object_end(&w);
    r.detail = buf_str(&detail);
    int rc = db_begin(db, e);
    if (rc == 0)
        rc = audit_commit(db, &r, visit_store_accept(db, source, sha256, why, r.who, r.at, e), e);
    buf_release(&detail);
    return rc;
}
