/* visit_test.h — real visits of a small source to the misbehaving server.
 *
 * The source reads JSON lines:
 *   {"id":"CVE-1","text":"…"}          a record        {"full":true}   the document lists everything
 *   {"notice":"N-1","text":"…"}        a notice        {"count":3}     what it says it holds
 *   {"next":"/path","optional":true,"steers":true}     {"cursor":"…"}  {"made":"2021-03-01"}
 * A line that is no JSON object is a bad record; a first line that does not begin
 * with '{' makes the whole document unreadable.
 */
#ifndef TOBAN_TESTS_VISIT_TEST_H
#define TOBAN_TESTS_VISIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "codec/json.h"
#include "collect/visit.h"
#include "http_fixture.h"
#include "store/notice_store.h"

#define DAY(n) (1614556800 * WHEN_SEC + (when_t)(n)*WHEN_DAY) /* n days after 2021-03-01T00:00:00Z */

static int parses __attribute__((unused));           /* documents the source was given */
static char last_cursor[64] __attribute__((unused)); /* feed_input.cursor of the last one */

static int lines_plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct feed_request r = {.url = st->url,
                             .accept = STR_LIT("application/json"),
                             .kind = STR_LIT("list"),
                             .steers = str_ends(st->url, "steers")};
    (void)a;
    if (str_ends(st->url, "no-plan"))
        return err_set(e, ERR_USAGE, "no plan for %.*s", STR_ARG(st->url));
    return sink->request(sink->ctx, &r);
}

static int lines_next(const struct feed_input *in, const struct json *v, struct arena *a,
                      struct feed_sink *sink, struct err *e)
{
    struct str path = json_get_str(v, "next"), host = in->url;
    (void)e;
    if (path.n && path.p[0] == '/') {
        size_t at = str_find(host, STR_LIT("://"));
        at += 3 + str_chr(str_sub(host, at + 3, host.n), '/');
        path = str_of(arena_printf(a, STR_FMT STR_FMT, STR_ARG(str_sub(host, 0, at)), STR_ARG(path)));
    }
    struct feed_request r = {.url = path,
                             .kind = STR_LIT("page"),
                             .context = STR_LIT("c"),
                             .optional = json_bool(json_get(v, "optional"), false),
                             .steers = json_bool(json_get(v, "steers"), false)};
    return sink->request(sink->ctx, &r);
}

static int lines_record(const struct json *v, struct feed_sink *sink, struct err *e)
{
    when_t at = DAY(0);
    struct str when = json_get_str(v, "at");
    if (when.n)
        clock_parse_iso(when, ZONE_UTC, &at);
    if (json_get(v, "notice")) {
        struct notice n = {.id = json_get_str(v, "notice"),
                           .title = STR_LIT("t"),
                           .text = json_get_str(v, "text"),
                           .published = at,
                           .updated = WHEN_NONE,
                           .complete = true};
        return sink->notice(sink->ctx, &n, e);
    }
    struct vuln r = {.id = json_get_str(v, "id"),
                     .source = STR_LIT("lines"),
                     .description = json_get_str(v, "text"),
                     .published = at,
                     .modified = at,
                     .known = at,
                     .kev = {.added = WHEN_NONE, .due = WHEN_NONE},
                     .ssvc = {.when = WHEN_NONE}};
    return sink->vuln(sink->ctx, &r, e);
}

static int lines_one(const struct feed_input *in, struct str line, struct arena *a, struct feed_sink *sink,
                     struct err *e)
{
    struct err why = {0};
    const struct json *v = json_parse(a, line, &why);
    when_t made;
    if (!json_is(v, JSON_OBJECT)) {
        sink->bad(sink->ctx, line, why.text);
        return 0;
    }
    if (json_get(v, "full"))
        return sink->full_list(sink->ctx, e);
    if (json_get(v, "next"))
        return lines_next(in, v, a, sink, e);
    if (json_get(v, "count"))
        sink->stated_count(sink->ctx, (uint64_t)json_int(json_get(v, "count"), 0));
    else if (json_get(v, "cursor"))
        sink->cursor(sink->ctx, json_get_str(v, "cursor"));
    else if (clock_parse_iso(json_get_str(v, "made"), ZONE_UTC, &made))
        sink->document_time(sink->ctx, made);
    else
        return lines_record(v, sink, e);
    return 0;
}

static int lines_parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct buf b = BUF_INIT(4 * MIB);
    struct str line;
    int rc = stream_read_all(in->stream, &b, e);
    struct str rest = buf_str(&b);
    parses++;
    snprintf(last_cursor, sizeof(last_cursor), STR_FMT, STR_ARG(in->cursor));
    if (rc == 0 && !str_starts(rest, "{"))
        rc = err_set(e, ERR_INPUT, "this is not JSON");
    while (rc == 0 && str_line_next(&rest, &line))
        rc = lines_one(in, line, a, sink, e);
    buf_release(&b);
    return rc;
}

static bool lines_sniff(struct str head, const char *file_name)
{
    return str_starts(head, "{") && str_ends(str_of(file_name), ".jsonl");
}

struct visit_test {
    struct fixture f;
    char dir[64], path[128];
    struct visit_env env;
    struct db *db;
    struct knowledge *knowledge;
    struct spool *spool;
    struct source s;
    struct visit_setup setup;
    struct visit_report r;
    struct arena a;
    struct err e;
};

#define ok(t, call)                                                                                          \
    do {                                                                                                     \
        int rc_ = (call);                                                                                    \
        if (rc_ != 0)                                                                                        \
            fail_msg("%s: %d %s", #call, rc_, (t)->e.text);                                                  \
    } while (0)

/* The state of ours: what a new process opens. */
static inline void state_open(struct visit_test *t)
{
    ok(t, db_open(&t->db, arena_printf(&t->a, "%s/toban.db", t->dir), &t->e));
    ok(t, knowledge_open(&t->knowledge, arena_printf(&t->a, "%s/knowledge", t->dir), &t->e));
    ok(t, spool_new(&t->spool, arena_printf(&t->a, "%s/spool", t->dir), &t->e));
    t->env.db = t->db;
    t->env.knowledge = t->knowledge;
    t->env.spool = t->spool;
}

static inline void state_close(struct visit_test *t)
{
    db_close(t->db);
    knowledge_close(t->knowledge);
    spool_free(t->spool);
}

static inline void visit_open(struct visit_test *t, const struct route *routes, const char *path)
{
    *t = (struct visit_test){.s = {.name = "lines",
                                   .title = "lines",
                                   .kind = SOURCE_VULN,
                                   .max_shrink_pct = 10,
                                   .page_max = 20,
                                   .plan = lines_plan,
                                   .parse = lines_parse,
                                   .sniff = lines_sniff},
                             .setup = {.name = STR_LIT("lines")}};
    struct http_config c = fixture_config(&t->f);
    fixture_open(&t->f, routes, &c);
    snprintf(t->dir, sizeof(t->dir), "/tmp/toban-test-XXXXXX");
    assert_non_null(mkdtemp(t->dir));
    if (path)
        t->setup.url = str_of(arena_strdup(&t->a, http_server_url(t->f.server, path)));
    t->env.now = DAY(10);
    t->env.http = t->f.client;
    state_open(t);
    parses = 0;
}

static inline void visit_close(struct visit_test *t)
{
    char cmd[96];
    state_close(t);
    fixture_close(&t->f);
    arena_release(&t->a);
    snprintf(cmd, sizeof(cmd), "rm -rf '%s'", t->dir);
    assert_int_equal(system(cmd), 0);
}

static inline enum visit_outcome visit(struct visit_test *t)
{
    ok(t, visit_run(&t->env, &t->s, &t->setup, &t->a, &t->r, &t->e));
    struct visit row;
    ok(t, visit_store_get(t->db, t->setup.name, VISIT_LAST, INT64_MAX, &t->a, &row, &t->e));
    assert_true(
        str_is(row.outcome, visit_outcome_name(t->r.outcome))); /* the row says what the report says */
    assert_int_equal(row.good, t->r.good);
    assert_int_equal(row.bad, t->r.bad);
    return t->r.outcome;
}

#define assert_visit(t, want)                                                                                \
    do {                                                                                                     \
        enum visit_outcome got_ = visit(t);                                                                  \
        if (got_ != (want))                                                                                  \
            fail_msg("%s: " STR_FMT, visit_outcome_name(got_), STR_ARG((t)->r.text));                        \
    } while (0)

#define assert_says(t, words)                                                                                \
    do {                                                                                                     \
        if (str_find((t)->r.text, str_of(words)) == STR_NONE)                                                \
            fail_msg("\"" STR_FMT "\" does not say \"%s\"", STR_ARG((t)->r.text), words);                    \
    } while (0)

/* What we know of a record now: its text; "" = nothing. */
static inline const char *known(struct visit_test *t, const char *id)
{
    struct known_vuln *v;
    size_t n;
    ok(t, knowledge_read_begin(t->knowledge, &t->e));
    int rc = knowledge_vuln(t->knowledge, str_of(id), INT64_MAX, &t->a, &v, &n, &t->e);
    const char *text = rc == 0 ? arena_dup(&t->a, v[0].v.description.p, v[0].v.description.n) : "";
    knowledge_read_end(t->knowledge);
    return text;
}

static inline size_t documents(struct visit_test *t)
{
    struct document *d;
    size_t n;
    ok(t, visit_store_documents(t->db, &t->a, &d, &n, &t->e));
    return n;
}

static inline const char *cursor_of(struct visit_test *t)
{
    struct str cursor;
    when_t last_ok;
    ok(t, visit_store_cursor(t->db, t->setup.name, &t->a, &cursor, &last_ok, &t->e));
    return arena_dup(&t->a, cursor.p, cursor.n);
}

static inline void accept_by_hand(struct visit_test *t, const char *body, size_t n)
{
    struct sha256 h = {0};
    char hex[SHA256_HEX];
    sha256_init(&h);
    sha256_add(&h, body, n);
    sha256_final(&h, hex);
    sha256_release(&h);
    ok(t, visit_store_accept(t->db, t->setup.name, str_of(hex), STR_LIT("looked at it"), STR_LIT("sato"),
                             DAY(10), &t->e));
}

/* Makes DIR/path with its folders. */
static inline void write_file(struct visit_test *t, const char *path, const char *text)
{
    char full[512];
    snprintf(full, sizeof(full), "%s/%s", t->dir, path);
    for (char *p = full + strlen(t->dir) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = 0;
        mkdir(full, 0700);
    }
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

#endif
