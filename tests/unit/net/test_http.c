/* What servers do to clients, through the real client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "http_fixture.h"

#define LONG_N 200000
static char long_body[LONG_N + 1], packed[LONG_N + 1000], bomb[200000];
static size_t packed_n, bomb_n;
/* printf %s "abc" | sha256sum: the first example of FIPS 180-4 */
static const char abc_sha[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static size_t gzip(const char *p, size_t n, char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)p;
    z.avail_in = (unsigned)n;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t k = z.total_out;
    deflateEnd(&z);
    return k;
}

static struct route routes[] = {
    {"/abc",
     {{.body = "abc",
       .headers = "Content-Type: application/json; charset=shift_jis\r\n",
       .etag = "\"v1\"",
       .modified = "Sun, 06 Nov 1994 08:49:37 GMT",
       .flags = ANSWER_CONDITIONAL}}},
    {"/modified",
     {{.body = "abc", .modified = "Sun, 06 Nov 1994 08:49:37 GMT", .flags = ANSWER_CONDITIONAL}}},
    {"/304", {{.status = 304}}},
    {"/404", {{.status = 404, .headers = "message: Invalid apiKey.\r\n"}}},
    {"/403", {{.status = 403}, {.body = "abc"}}, 2},
    {"/429", {{.status = 429}, {.body = "abc"}}, 2},
    {"/429-after", {{.status = 429, .headers = "Retry-After: 77\r\n"}, {.body = "abc"}}, 2},
    {"/503-date",
     {{.status = 503, .headers = "Retry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n"}, {.body = "abc"}},
     2},
    {"/429-day", {{.status = 429, .headers = "Retry-After: 86400\r\n"}}},
    {"/503", {{.status = 503}, {.status = 500}, {.body = "abc"}}, 3},
    {"/501", {{.status = 501}}},
    {"/down", {{.status = 502, .body = "<html>bad gateway</html>"}}},
    {"/short", {{.body = "abc", .claim = 10}}},
    {"/short-once", {{.body = "abcdef", .claim = 6, .cut = 3}, {.body = "abc"}}, 2},
    {"/chunk-cut", {{.body = long_body, .cut = 1000, .flags = ANSWER_CHUNKED}}},
    {"/chunked", {{.body = "abc", .flags = ANSWER_CHUNKED}}},
    {"/close", {{.body = "abc", .flags = ANSWER_NO_LENGTH}}},
    {"/endless", {{.body = "abcdefgh", .flags = ANSWER_ENDLESS}}},
    {"/endless-error", {{.status = 404, .body = "abcdefgh", .flags = ANSWER_ENDLESS}}},
    {"/endless-header", {{.flags = ANSWER_ENDLESS_HEADER}}},
    {"/announced", {{.body = "abc", .claim = 2000000}}},
    {"/gzip", {{.body = packed, .headers = "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n"}}},
    {"/gzip-not", {{.body = "abc", .headers = "Content-Encoding: gzip\r\n"}}},
    {"/gzip-cut",
     {{.body = packed, .cut = 50, .headers = "Content-Encoding: gzip\r\n", .flags = ANSWER_NO_LENGTH}}},
    {"/file.gz", {{.body = packed, .headers = "Content-Type: application/gzip\r\n"}}},
    {"/bomb", {{.body = bomb, .headers = "Content-Encoding: gzip\r\n"}}},
    {"/html",
     {{.body = "<!DOCTYPE html><p>Log in</p>", .headers = "Content-Type: text/html; charset=utf-8\r\n"}}},
    {"/drip", {{.body = "abcdefghijklmnopqrstuvwxyz", .drip_ms = 60}}},
    {"/silent", {{.flags = ANSWER_SILENT}}},
    {"/reset", {{.body = long_body, .cut = 1000, .flags = ANSWER_RESET}, {.body = "abc"}}, 2},
    {"/garbage", {{.body = "SSH-2.0-OpenSSH_9.2\r\n", .flags = ANSWER_GARBAGE}}},
    {"/empty", {{.body = ""}}},
    {"/204", {{.status = 204}}},
    {"/resume",
     {{.body = long_body, .cut = 70000, .claim = LONG_N, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.body = long_body, .etag = "\"a\"", .flags = ANSWER_RANGES}},
     2},
    {"/resume-gzip",
     {{.body = packed,
       .cut = 60,
       .etag = "\"a\"",
       .flags = ANSWER_RANGES,
       .headers = "Content-Encoding: gzip\r\n"},
      {.body = packed, .etag = "\"a\"", .flags = ANSWER_RANGES, .headers = "Content-Encoding: gzip\r\n"}},
     2},
    {"/changed",
     {{.body = "xxxxxxxxxx", .cut = 7, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.body = "abc", .etag = "\"b\"", .flags = ANSWER_RANGES}},
     2},
    {"/weak",
     {{.body = "xxxxxxxxxx", .cut = 7, .etag = "W/\"a\"", .flags = ANSWER_RANGES}, {.body = "abc"}},
     2},
    {"/no-ranges", {{.body = "xxxxxxxxxx", .cut = 7, .etag = "\"a\""}, {.body = "abc"}}, 2},
    {"/wrong-part",
     {{.body = "abcdefghij", .cut = 7, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.status = 206, .body = "fghij", .headers = "Content-Range: bytes 5-9/10\r\n"},
      {.body = "abc"}},
     3},
    {"/short-part",
     {{.body = "abcdefghij", .cut = 7, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.status = 206, .body = "hi", .headers = "Content-Range: bytes 7-8/10\r\n"},
      {.body = "abc"}},
     3},
    {"/wrong-whole",
     {{.body = "abcdefghij", .cut = 7, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.status = 206, .body = "hijk", .headers = "Content-Range: bytes 7-10/11\r\n"},
      {.body = "abc"}},
     3},
    {"/416",
     {{.body = "xxxxxxxxxx", .cut = 7, .etag = "\"a\"", .flags = ANSWER_RANGES},
      {.status = 416},
      {.body = "abc"}},
     3},
    {0},
};

static void set_sizes(void)
{
    for (size_t i = 0; i < LONG_N; i++)
        long_body[i] = (char)('a' + (i * 7 + i / 251) % 26);
    packed_n = gzip(long_body, LONG_N, packed, sizeof(packed));
    char *zeros = calloc(1, 20 << 20);
    bomb_n = gzip(zeros, 20 << 20, bomb, sizeof(bomb));
    free(zeros);
    for (struct route *r = routes; r->path; r++)
        for (int i = 0; i < ROUTE_ANSWERS; i++) {
            if (r->answer[i].body == packed)
                r->answer[i].body_n = packed_n;
            if (r->answer[i].body == bomb)
                r->answer[i].body_n = bomb_n;
        }
}

static struct fixture f;
static struct http_response r;
static struct err e;

static int setup(void **state)
{
    (void)state;
    f = (struct fixture){0};
    err_clear(&e);
    struct http_config c = fixture_config(&f);
    fixture_open(&f, routes, &c);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    http_response_release(&r);
    assert_int_equal(fixture_files(&f), 0); /* no call leaves a file behind */
    fixture_close(&f);
    return 0;
}

static int get(const char *path)
{
    http_response_release(&r);
    return fixture_get(&f, path, (struct http_request){0}, &r, &e);
}

static void expect_abc(const char *path)
{
    if (get(path) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.status / 100, 2);
    assert_int_equal(r.body.size, 3);
    assert_string_equal(r.body.sha256, abc_sha);
    char *b = fixture_body(&r);
    assert_string_equal(b, "abc");
    free(b);
}

static void expect_long(const char *path)
{
    if (get(path) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.body.size, LONG_N);
    char *b = fixture_body(&r);
    assert_string_equal(b, long_body);
    free(b);
}

static void plain(void **state)
{
    (void)state;
    expect_abc("/abc");
    assert_string_equal(r.etag, "\"v1\"");
    assert_string_equal(r.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_string_equal(r.content_type,
                        "application/json; charset=shift_jis"); /* a claim handed on, bytes untouched */
    assert_string_equal(r.url, http_server_url(f.server, "/abc"));
    assert_int_equal(r.wire_size, 3);
    assert_int_equal(r.attempts, 1);
    const char *head = http_server_request(f.server, "/abc", 0);
    assert_non_null(strstr(head, "User-Agent: toban/"));
    assert_non_null(strstr(head, "Accept-Encoding: gzip\r\n"));
    assert_null(strstr(head, "If-None-Match"));
    assert_null(strstr(head, "Cookie"));
    expect_abc("/chunked");
    expect_abc("/close");
    assert_int_equal(get("/empty"), 0);
    assert_int_equal(r.body.size, 0);
    assert_int_equal(f.slept_n, 0);
}

static void conditional(void **state)
{
    (void)state;
    struct http_request rq = {.etag = STR_LIT("\"v1\""),
                              .last_modified = STR_LIT("Sun, 06 Nov 1994 08:49:37 GMT")};
    assert_int_equal(fixture_get(&f, "/abc", rq, &r, &e), 0);
    assert_true(r.not_modified);
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body.size, 0);
    assert_non_null(strstr(http_server_request(f.server, "/abc", 0),
                           "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    http_response_release(&r);
    rq.etag = STR_LIT("");
    assert_int_equal(fixture_get(&f, "/modified", rq, &r, &e), 0);
    assert_true(r.not_modified);
    http_response_release(&r);
    rq.etag = STR_LIT("\"v0\"");
    assert_int_equal(fixture_get(&f, "/abc", rq, &r, &e), 0);
    assert_false(r.not_modified);
    assert_string_equal(r.body.sha256, abc_sha);
    /* A validator with a line break is not sent; nothing can be put into our request. */
    http_response_release(&r);
    rq = (struct http_request){.etag = STR_LIT("\"v1\"\r\nX-Evil: 1")};
    assert_int_equal(fixture_get(&f, "/abc", rq, &r, &e), 0);
    assert_null(strstr(http_server_request(f.server, "/abc", 2), "Evil"));
    /* 304 to a question that had no condition is no answer. */
    assert_int_equal(get("/304"), ERR_IO);
    assert_false(r.not_modified);
}

static void statuses(void **state)
{
    (void)state;
    assert_int_equal(get("/404"), ERR_NOT_FOUND);
    assert_int_equal(r.status, 404);
    assert_string_equal(r.message, "Invalid apiKey.");
    assert_non_null(strstr(e.text, "Invalid apiKey."));
    assert_int_equal(http_server_hits(f.server, "/404"), 1);
    assert_int_equal(get("/501"), ERR_IO);
    assert_int_equal(http_server_hits(f.server, "/501"), 1);
    assert_int_equal(get("/204"), ERR_IO);
    assert_int_equal(get("/403"), ERR_PERM);
    assert_int_equal(f.slept_n, 0);
    assert_int_equal(get("/down"), ERR_IO);
    assert_int_equal(r.attempts, 3);
    assert_int_equal(http_server_hits(f.server, "/down"), 3);
    assert_int_equal(f.slept_n, 2);
    assert_int_equal(f.slept[0], 500); /* random = 0: half of 1 s, half of 2 s */
    assert_int_equal(f.slept[1], 1000);
}

static void throttled(void **state)
{
    (void)state;
    expect_abc("/429");
    assert_int_equal(f.slept_n, 1);
    assert_true(f.slept[0] >= 30000);
    expect_abc("/429-after");
    assert_int_equal(f.slept[1], 77000);
    expect_abc("/503-date"); /* two minutes after the client's clock */
    assert_int_equal(f.slept[2], 120000);
    expect_abc("/503");
    assert_int_equal(r.attempts, 3);
    assert_int_equal(f.slept_n, 5);
    /* A wait longer than the whole call may last is not waited for, but handed on. */
    assert_int_equal(get("/429-day"), ERR_IO);
    assert_int_equal(http_server_hits(f.server, "/429-day"), 1);
    assert_int_equal(r.wait_ms, 86400000);
    assert_int_equal(f.slept_n, 5);
    http_response_release(&r);
    assert_int_equal(fixture_get(&f, "/403", (struct http_request){.throttles_403 = true}, &r, &e), 0);
    assert_true(f.slept[5] >= 30000);
}

static void broken(void **state)
{
    (void)state;
    assert_int_equal(get("/short"), ERR_IO);
    assert_int_equal(r.attempts, 3);
    assert_int_equal(http_server_hits(f.server, "/short"), 3);
    expect_abc("/short-once");
    assert_int_equal(get("/chunk-cut"), ERR_IO);
    expect_abc("/reset");
    assert_int_equal(r.attempts, 2);
    assert_false(r.resumed);
    assert_int_equal(get("/garbage"), ERR_IO);
    assert_int_equal(get("/gzip-cut"), ERR_INPUT);
    assert_int_equal(r.attempts, 3);
    int port = http_server_port(f.server);
    http_server_stop(f.server);
    f.server = NULL;
    char url[64];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
    assert_int_equal(get(url), ERR_IO);
    assert_int_equal(r.status, 0);
    assert_int_equal(r.attempts, 3);
}

static void too_large(void **state)
{
    (void)state;
    static const char *const path[] = {"/endless", "/announced", "/bomb"};
    for (size_t i = 0; i < ARRAY_LEN(path); i++) {
        http_response_release(&r);
        assert_int_equal(fixture_get(&f, path[i], (struct http_request){.limit = MIB}, &r, &e), ERR_LIMIT);
        assert_non_null(strstr(e.text, path[i]));
        assert_int_equal(http_server_hits(f.server, path[i]), 1); /* asking again is no use */
    }
    /* Exactly the limit is not over it. */
    http_response_release(&r);
    assert_int_equal(fixture_get(&f, "/abc", (struct http_request){.limit = 3}, &r, &e), 0);
    http_response_release(&r);
    assert_int_equal(fixture_get(&f, "/abc", (struct http_request){.limit = 2}, &r, &e), ERR_LIMIT);
    assert_int_equal(get("/endless-header"), ERR_LIMIT);
    assert_int_equal(get("/endless-error"), ERR_NOT_FOUND); /* its body is not waited for */
}

static void coding(void **state)
{
    (void)state;
    expect_long("/gzip");
    assert_int_equal(r.wire_size, packed_n);
    assert_string_equal(r.content_type, "text/plain");
    expect_abc("/gzip-not");
    /* What the publisher packed stays packed. */
    assert_int_equal(get("/file.gz"), 0);
    assert_int_equal(r.body.size, packed_n);
}

static void html(void **state)
{
    (void)state;
    assert_int_equal(get("/html"), 0);
    char *b = fixture_body(&r);
    assert_true(http_looks_like_html(str_of(b)));
    free(b);
    assert_string_equal(r.content_type, "text/html; charset=utf-8");
}

/* A client that calls 300 ms of nearly nothing too slow; the others wait long, for a busy machine. */
static void slow(void **state)
{
    (void)state;
    struct http_client *client;
    struct http_config c = fixture_config(&f);
    c.slow_ms = 300;
    assert_int_equal(http_new(&client, &c, &e), 0);
    struct http_request rq = {.url = str_of(http_server_url(f.server, "/drip")), .dir = f.dir};
    assert_int_equal(http_get(client, &rq, &r, &e), ERR_IO); /* 17 bytes a second; 64 are asked for */
    assert_non_null(strstr(e.text, "slow"));
    http_response_release(&r);
    rq.url = str_of(http_server_url(f.server, "/silent"));
    assert_int_equal(http_get(client, &rq, &r, &e), ERR_IO);
    assert_int_equal(r.attempts, 3);
    http_free(client);
}

static void resume(void **state)
{
    (void)state;
    expect_long("/resume");
    assert_true(r.resumed);
    assert_int_equal(r.wire_size, LONG_N);
    const char *head = http_server_request(f.server, "/resume", 1);
    assert_non_null(strstr(head, "Range: bytes=70000-\r\n"));
    assert_non_null(strstr(head, "If-Range: \"a\"\r\n"));
    expect_long("/resume-gzip");
    assert_true(r.resumed);
    expect_abc("/changed"); /* another document now: nothing of the first is left in it */
    assert_false(r.resumed);
    assert_non_null(strstr(http_server_request(f.server, "/changed", 1), "Range: bytes=7-"));
    static const char *const never[] = {"/weak", "/no-ranges"};
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        expect_abc(never[i]);
        assert_null(strstr(http_server_request(f.server, never[i], 1), "Range:"));
    }
    expect_abc("/wrong-part");
    assert_int_equal(http_server_hits(f.server, "/wrong-part"), 3);
    expect_abc("/short-part");
    expect_abc("/wrong-whole");
    assert_int_equal(http_server_hits(f.server, "/wrong-whole"), 3);
    expect_abc("/416");
}

static void gap(void **state)
{
    (void)state;
    struct http_request rq = {.min_gap_ms = 6000};
    for (int i = 0; i < 3; i++) {
        http_response_release(&r);
        assert_int_equal(fixture_get(&f, "/abc", rq, &r, &e), 0);
        f.mono += 1000; /* the caller's own work counts */
    }
    assert_int_equal(f.slept_n, 2);
    assert_int_equal(f.slept[0], 5000);
    assert_int_equal(f.slept[1], 5000);
    f.mono += 6000;
    http_response_release(&r);
    assert_int_equal(fixture_get(&f, "/abc", rq, &r, &e), 0);
    assert_int_equal(f.slept_n, 2);
}

static void cancel(void **state)
{
    (void)state;
    f.cancel_in_sleep = true;
    assert_int_equal(get("/503"), ERR_IO);
    assert_true(r.cancelled);
    assert_int_equal(http_server_hits(f.server, "/503"), 1);
    assert_int_equal(get("/abc"), ERR_IO); /* still set */
    assert_true(r.cancelled);
    assert_int_equal(http_server_hits(f.server, "/abc"), 0);
}

static void *cancel_soon(void *ctx)
{
    const struct timespec ts = {.tv_nsec = 50000000};
    nanosleep(&ts, NULL);
    atomic_store((atomic_bool *)ctx, true);
    return NULL;
}

/* The real clock and the real sleep, ended by another thread: 77 s are not waited for. */
static void cancel_real_sleep(void **state)
{
    (void)state;
    struct http_client *client;
    struct http_config c = fixture_config(&f);
    c.hooks = (struct http_hooks){0};
    assert_int_equal(http_new(&client, &c, &e), 0);
    struct http_request rq = {
        .url = str_of(http_server_url(f.server, "/429-after")), .dir = f.dir, .cancel = &f.cancel};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &f.cancel), 0);
    uint64_t start = clock_mono_ns();
    assert_int_equal(http_get(client, &rq, &r, &e), ERR_IO);
    assert_true(clock_mono_ns() - start < UINT64_C(20000000000));
    assert_true(r.cancelled);
    pthread_join(thread, NULL);
    http_free(client);
}

static uint64_t last_got, last_total;
static int calls;
static void on_progress(void *ctx, uint64_t got, uint64_t total, double rate)
{
    assert_ptr_equal(ctx, &calls);
    assert_true(got >= last_got && rate >= 0);
    last_got = got;
    last_total = total;
    if (++calls == 3)
        atomic_store(&f.cancel, true);
}

static void progress(void **state)
{
    (void)state;
    struct http_request rq = {.progress = on_progress, .progress_ctx = &calls};
    assert_int_equal(fixture_get(&f, "/endless", rq, &r, &e), ERR_IO); /* ended by the third report */
    assert_true(r.cancelled);
    assert_true(calls >= 3);
    assert_int_equal(last_total, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(plain), T(conditional), T(statuses), T(throttled), T(broken), T(too_large),         T(coding),
        T(html),  T(slow),        T(resume),   T(gap),       T(cancel), T(cancel_real_sleep), T(progress),
    };
    set_sizes();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
