/* feed_test.h — a sink that remembers what a feed gave, for the tests of feeds. */
#ifndef TOBAN_TESTS_FEED_TEST_H
#define TOBAN_TESTS_FEED_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "collect/source.h"

#define TEST_TIME 1617235200000000 /* 2021-04-01T00:00:00Z */

struct got {
    struct arena a;
    VEC(struct notice) notice;
    VEC(struct feed_request) request;
    VEC(char *) bad; /* reasons */
    VEC(char *) bad_bytes;
    VEC(struct kev) kev;
    VEC(struct epss) epss;
    size_t vulns, rejected, with_config, with_metric, full_lists, after_full;
    uint64_t stated;
    when_t document;
    struct str cursor;
    /* called with each vuln of that id ("" = every one) while its views are valid */
    const char *watch;
    void (*seen)(const struct vuln *v, void *arg);
    void *arg;
    int fail_after; /* vuln() fails with ERR_IO after this many; 0 = never */
    struct err err;
};

static inline struct str got_str(struct got *g, struct str s)
{
    return arena_str(&g->a, s);
}

static inline int got_notice(void *ctx, const struct notice *n, struct err *e)
{
    struct got *g = ctx;
    struct notice *c = vec_add(&g->notice);
    (void)e;
    *c = *n;
    c->source = got_str(g, n->source);
    c->id = got_str(g, n->id);
    c->url = got_str(g, n->url);
    c->title = got_str(g, n->title);
    c->text = got_str(g, n->text);
    c->lang = got_str(g, n->lang);
    c->cve = arena_array(&g->a, struct str, n->cve_n + 1);
    for (size_t i = 0; i < n->cve_n; i++)
        c->cve[i] = got_str(g, n->cve[i]);
    c->product = arena_array(&g->a, struct notice_product, n->product_n + 1);
    for (size_t i = 0; i < n->product_n; i++)
        c->product[i] =
            (struct notice_product){got_str(g, n->product[i].vendor), got_str(g, n->product[i].product),
                                    got_str(g, n->product[i].version), got_str(g, n->product[i].cpe)};
    c->metric = arena_array(&g->a, struct metric, n->metric_n + 1);
    for (size_t i = 0; i < n->metric_n; i++) {
        c->metric[i] = n->metric[i];
        c->metric[i].version = got_str(g, n->metric[i].version);
        c->metric[i].vector = got_str(g, n->metric[i].vector);
    }
    assert_true(str_is_utf8(c->text) && str_is_utf8(c->title));
    return 0;
}

static inline int got_vuln(void *ctx, const struct vuln *v, struct err *e)
{
    struct got *g = ctx;
    if (g->fail_after && g->vulns == (size_t)g->fail_after)
        return err_set(e, ERR_IO, "disk full");
    g->vulns++;
    g->rejected += v->state == VULN_REJECTED;
    g->with_config += v->config_n > 0;
    g->with_metric += v->metric_n > 0;
    if (g->watch && (!*g->watch || str_is(v->id, g->watch)))
        g->seen(v, g->arg);
    return 0;
}

static inline int got_kev(void *ctx, const struct kev *k, struct err *e)
{
    struct got *g = ctx;
    struct kev *c = vec_add(&g->kev);
    (void)e;
    g->after_full += g->full_lists > 0;
    *c = *k;
    c->cve = got_str(g, k->cve);
    c->source = got_str(g, k->source);
    c->vendor = got_str(g, k->vendor);
    c->product = got_str(g, k->product);
    c->name = got_str(g, k->name);
    c->action = got_str(g, k->action);
    c->notes = got_str(g, k->notes);
    return 0;
}

static inline int got_epss(void *ctx, const struct epss *s, struct err *e)
{
    struct got *g = ctx;
    struct epss *c = vec_add(&g->epss);
    (void)e;
    *c = *s;
    c->cve = got_str(g, s->cve);
    c->model_version = got_str(g, s->model_version);
    return 0;
}

static inline int got_full_list(void *ctx, struct err *e)
{
    (void)e;
    ((struct got *)ctx)->full_lists++;
    return 0;
}

static inline void got_bad(void *ctx, struct str bytes, const char *reason)
{
    struct got *g = ctx;
    assert_non_null(reason);
    vec_push(&g->bad, arena_strdup(&g->a, reason));
    vec_push(&g->bad_bytes, arena_dup(&g->a, bytes.p ? bytes.p : "", MIN(bytes.n, 4096UL)));
}

static inline void got_stated(void *ctx, uint64_t count)
{
    ((struct got *)ctx)->stated = count;
}

static inline int got_request(void *ctx, const struct feed_request *r)
{
    struct got *g = ctx;
    struct feed_request c = *r;
    c.url = got_str(g, r->url);
    c.kind = got_str(g, r->kind);
    c.context = got_str(g, r->context);
    c.accept = got_str(g, r->accept);
    vec_push(&g->request, c);
    return 0;
}

static inline void got_cursor(void *ctx, struct str cursor)
{
    struct got *g = ctx;
    g->cursor = got_str(g, cursor);
}

static inline void got_document(void *ctx, when_t when)
{
    ((struct got *)ctx)->document = when;
}

static inline struct feed_sink got_sink(struct got *g)
{
    return (struct feed_sink){.ctx = g,
                              .notice = got_notice,
                              .vuln = got_vuln,
                              .kev = got_kev,
                              .epss = got_epss,
                              .full_list = got_full_list,
                              .bad = got_bad,
                              .stated_count = got_stated,
                              .request = got_request,
                              .cursor = got_cursor,
                              .document_time = got_document};
}

static inline void got_release(struct got *g)
{
    vec_release(&g->notice);
    vec_release(&g->request);
    vec_release(&g->bad);
    vec_release(&g->bad_bytes);
    vec_release(&g->kev);
    vec_release(&g->epss);
    arena_release(&g->a);
    memset(g, 0, sizeof(*g));
}

/* Takes the stream. */
static inline int got_parse_stream(struct got *g, const struct source *s, const char *kind, const char *url,
                                   const char *context, struct stream *in)
{
    struct arena a = {0};
    struct feed_sink sink = got_sink(g);
    struct feed_input input = {.url = str_of(url),
                               .kind = str_of(kind),
                               .context = str_of(context ? context : ""),
                               .fetched = TEST_TIME,
                               .stream = in,
                               .cursor = g->cursor};
    g->document = WHEN_NONE;
    int rc = s->parse(&input, &a, &sink, &g->err);
    if (rc < 0) {
        assert_int_equal(rc, g->err.code);
        assert_true(g->err.text[0] != 0);
    }
    stream_free(in);
    arena_release(&a);
    return rc;
}

static inline int got_parse(struct got *g, const struct source *s, const char *kind, const char *url,
                            const char *context, struct str bytes)
{
    struct stream *in;
    assert_int_equal(stream_open_mem(&in, url, bytes, LIMIT_INFLATED, &g->err), 0);
    return got_parse_stream(g, s, kind, url, context, in);
}

/* A file below the real data; skips the test, saying so, when there is none. */
static inline const char *data_path(char out[4096], const char *rel)
{
    const char *dir = getenv("TOBAN_TEST_DATA");
    snprintf(out, 4096, "%s/%s", dir ? dir : "", rel);
    if (!dir || access(out, R_OK) != 0) {
        print_message("skipped: %s is not there (TOBAN_TEST_DATA)\n", rel);
        skip();
    }
    return out;
}

static inline int got_parse_file(struct got *g, const struct source *s, const char *kind, const char *rel)
{
    char path[4096];
    struct stream *in;
    data_path(path, rel);
    assert_int_equal(stream_open(&in, path, LIMIT_INFLATED, &g->err), 0);
    return got_parse_stream(g, s, kind, path, NULL, in);
}

static inline bool sniffs(const struct source *s, const char *rel)
{
    char path[4096], head[4096];
    struct stream *in;
    struct err e;
    size_t n = 0, got = 0;
    data_path(path, rel);
    assert_int_equal(stream_open(&in, path, LIMIT_INFLATED, &e), 0);
    do {
        assert_int_equal(stream_read(in, head + n, sizeof(head) - n, &got, &e), 0);
        n += got;
    } while (got && n < sizeof(head));
    stream_free(in);
    return s->sniff(str_n(head, n), path);
}

static inline struct got got_plan(const struct source *s, const struct feed_state *st)
{
    struct got g = {0};
    struct arena a = {0};
    struct feed_sink sink = got_sink(&g);
    g.err.code = s->plan(st, &a, &sink, &g.err);
    arena_release(&a);
    return g;
}

static inline void assert_str(struct str s, const char *expected)
{
    if (!str_is(s, expected))
        print_error("\"%.*s\" is not \"%s\"\n", STR_ARG(s), expected);
    assert_true(str_is(s, expected));
}

static inline void assert_when(when_t t, const char *iso)
{
    char out[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, out);
    assert_string_equal(out, iso);
}

static inline bool has(struct str s, const char *part)
{
    return str_find(s, str_of(part)) != STR_NONE;
}

#define S(lit) STR_LIT(lit)

#endif
