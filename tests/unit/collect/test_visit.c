/* One visit against a server that misbehaves: whatever it does, the last good data are kept and the report
 * says so. */
#include <zlib.h>

#include "visit_test.h"

#define GOOD                                                                                                 \
    "{\"id\":\"CVE-1\",\"text\":\"one\"}\n{\"id\":\"CVE-2\",\"text\":\"two\"}\n{\"notice\":\"N-1\","         \
    "\"text\":\"words\"}\n"

static void takes_and_knows(void **state)
{
    static const struct route routes[] = {
        {"/a", {{.body = GOOD, .etag = "\"1\"", .flags = ANSWER_CONDITIONAL}}}, {0}};
    struct visit_test t;
    struct notice_rev *n;
    size_t count;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_true(t.r.good == 3 && t.r.bad == 0 && t.r.documents == 1 && t.r.new_notices == 1 &&
                t.r.new_states == 2 && t.r.failed == 0);
    assert_true(t.r.newest == DAY(0));
    assert_string_equal(known(&t, "CVE-2"), "two");
    ok(&t, notice_store_list(t.db, 0, DAY(99), 10, &t.a, &n, &count, &t.e));
    assert_int_equal(count, 1);
    assert_true(str_is(n[0].n.source, "lines") && str_is(n[0].n.text, "words"));
    assert_true(spool_has(t.spool, n[0].sha256.p)); /* traced back to the bytes */
    /* 304: nothing to read. */
    assert_visit(&t, VISIT_UNCHANGED);
    assert_non_null(strstr(http_server_request(t.f.server, "/a", 1), "If-None-Match: \"1\""));
    assert_true(t.r.unchanged == 1 && t.r.documents == 0 && parses == 1);
    assert_int_equal(documents(&t), 1);
    /* `again` asks without validators and reads. */
    t.env.again = true;
    assert_visit(&t, VISIT_OK);
    assert_int_equal(parses, 2);
    assert_true(t.r.new_states == 0 && t.r.new_notices == 0); /* known already */
    visit_close(&t);
}

/* The same bytes under a new mark are not read again, and asked for under the new mark next time. */
static void same_bytes(void **state)
{
    static const struct route routes[] = {{"/a",
                                           {{.body = GOOD, .etag = "\"1\""},
                                            {.body = GOOD, .etag = "\"2\""},
                                            {.body = GOOD, .etag = "\"2\"", .flags = ANSWER_CONDITIONAL}},
                                           3},
                                          {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_visit(&t, VISIT_UNCHANGED);
    assert_visit(&t, VISIT_UNCHANGED);
    assert_non_null(strstr(http_server_request(t.f.server, "/a", 2), "If-None-Match: \"2\""));
    assert_true(parses == 1 && documents(&t) == 1);
    visit_close(&t);
}

/* A validator without its bytes is worth nothing. */
static void lost_spool(void **state)
{
    static const struct route routes[] = {
        {"/a", {{.body = GOOD, .etag = "\"1\"", .flags = ANSWER_CONDITIONAL}}}, {0}};
    struct visit_test t;
    char cmd[128];
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    snprintf(cmd, sizeof(cmd), "rm -rf %s/spool/??", t.dir);
    assert_int_equal(system(cmd), 0);
    assert_visit(&t, VISIT_UNCHANGED);
    assert_null(strstr(http_server_request(t.f.server, "/a", 1), "If-None-Match"));
    visit_close(&t);
}

static void passing_trouble(void **state)
{
    static const struct route routes[] = {
        {"/a", {{.status = 429, .headers = "Retry-After: 30\r\n"}, {.status = 503}, {.body = GOOD}}, 3}, {0}};
    struct visit_test t;
    uint64_t waited = 0;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    for (int i = 0; i < t.f.slept_n; i++)
        waited += t.f.slept[i];
    assert_true(waited >= 30000);
    assert_int_equal(http_server_hits(t.f.server, "/a"), 3);
    visit_close(&t);
}

static char *packed(size_t plain, size_t *n)
{
    z_stream z = {0};
    *n = plain / 500 + 1000;
    char *out = mem_alloc(*n), *zero = mem_zalloc(plain);
    zero[0] = '{';
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)zero;
    z.avail_in = (unsigned)plain;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)*n;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *n = z.total_out;
    deflateEnd(&z);
    free(zero);
    return out;
}

/* First the good document, then each answer for ever: failed, the reason told, what we knew kept. */
static void trouble(void **state)
{
    size_t bomb_n;
    char *bomb = packed(64 * MIB, &bomb_n);
    const struct {
        struct answer a;
        const char *says;
    } list[] = {
        {{.status = 404}, "404"},
        {{.status = 410}, "410"},
        {{.status = 403}, "403"},
        {{.status = 503}, "503"},
        {{.status = 429}, "429"},
        {{.body = GOOD, .claim = 5000}, ""}, /* truncated */
        {{.body = GOOD, .cut = 20, .flags = ANSWER_RESET}, ""},
        {{.body = "0123456789", .flags = ANSWER_ENDLESS}, ""},
        {{.flags = ANSWER_GARBAGE, .body = "hello"}, ""},
        {{.status = 302, .headers = "Location: /a\r\n"}, ""},               /* a loop */
        {{.status = 302, .headers = "Location: http://10.0.0.1/\r\n"}, ""}, /* into our own network */
        {{.status = 302, .headers = "Location: file:///etc/passwd\r\n"}, ""},
        {{.body = "<!DOCTYPE html><html><body>Maintenance</body></html>",
          .headers = "Content-Type: text/html\r\n"},
         "not JSON"},
        {{.body = ""}, "not JSON"},
        {{.body = bomb, .body_n = bomb_n, .headers = "Content-Type: application/gzip\r\n"}, ""},
        {{.body = bomb, .body_n = bomb_n, .headers = "Content-Encoding: gzip\r\n"}, ""},
        {{.body = bomb, .body_n = bomb_n / 2, .headers = "Content-Type: application/gzip\r\n"}, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        struct route routes[2] = {{"/a", {{.body = GOOD}, list[i].a}, 2}};
        struct visit_test t;
        struct visit last;
        visit_open(&t, routes, "/a");
        t.env.limit = 2 * MIB;
        assert_visit(&t, VISIT_OK);
        t.env.now = DAY(11);
        if (visit(&t) != VISIT_FAILED)
            fail_msg("answer %zu: %s " STR_FMT, i, visit_outcome_name(t.r.outcome), STR_ARG(t.r.text));
        assert_says(&t, list[i].says);
        assert_says(&t, "/a: ");
        assert_true(t.r.documents == 0 && t.r.failed == 1);
        assert_string_equal(known(&t, "CVE-1"), "one");
        assert_int_equal(documents(&t), 1);
        ok(&t, visit_store_get(t.db, t.setup.name, VISIT_LAST_OK, DAY(99), &t.a, &last, &t.e));
        assert_true(last.started == DAY(10)); /* age is told from the last good visit */
        visit_close(&t);
    }
    free(bomb);
}

/* Shift_JIS where UTF-8 was promised: no record can be read, so none is taken. */
static void wrong_charset(void **state)
{
    static const struct route routes[] = {
        {"/a", {{.body = GOOD}, {.body = "{\"id\":\"CVE-1\",\"text\":\"\x93\xfa\x96\x7b\"}\n"}}, 2}, {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_visit(&t, VISIT_REFUSED);
    assert_string_equal(known(&t, "CVE-1"), "one");
    visit_close(&t);
}

static const char *records(struct visit_test *t, const char *head, int from, int n)
{
    struct buf b = BUF_INIT(MIB);
    buf_adds(&b, head);
    for (int i = 0; i < n; i++)
        buf_printf(&b, "{\"id\":\"CVE-%d\",\"text\":\"v%d\"}\n", from + i, n);
    const char *s = arena_strdup(&t->a, buf_cstr(&b));
    buf_release(&b);
    return s;
}

static void half_gone(void **state)
{
    struct visit_test t, text = {.a = {0}};
    const char *all = records(&text, "{\"full\":true}\n", 0, 40),
               *half = records(&text, "{\"full\":true}\n", 0, 20);
    struct route routes[] = {
        {"/a", {{.body = all}, {.body = half, .etag = "\"h\"", .flags = ANSWER_CONDITIONAL}}, 2}, {0}};
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    for (int i = 0; i < 2; i++) {
        assert_visit(&t, VISIT_REFUSED); /* and asked for in full each time */
        assert_says(&t, "40");
        assert_string_equal(known(&t, "CVE-1"), "v40");
        assert_int_equal(documents(&t), 1);
    }
    assert_null(strstr(http_server_request(t.f.server, "/a", 2), "If-None-Match"));
    accept_by_hand(&t, half, strlen(half));
    assert_visit(&t, VISIT_OK);
    assert_string_equal(known(&t, "CVE-1"), "v20");
    assert_string_equal(known(&t, "CVE-30"), "v40");
    assert_visit(&t, VISIT_UNCHANGED);
    visit_close(&t);
    arena_release(&text.a);
}

/* One record corrupt, one that the knowledge refuses: set aside with bytes and reason, the rest is taken. */
static void bad_records(void **state)
{
    static char body[1024];
    static const struct route routes[] = {{"/a", {{.body = body}}}, {0}};
    struct visit_test t;
    struct quarantined *q;
    int64_t total;
    size_t n;
    (void)state;
    snprintf(
        body, sizeof(body),
        "%s{\"id\": CVE-3}\n{\"id\":\"%0300d\",\"text\":\"long\"}\n{\"id\":\"CVE-4\",\"text\":\"four\"}\n",
        GOOD, 0);
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_true(t.r.good == 4 && t.r.bad == 2);
    assert_string_equal(known(&t, "CVE-4"), "four");
    ok(&t, visit_store_quarantined(t.db, t.setup.name, 10, &t.a, &q, &n, &total, &t.e));
    assert_int_equal(n, 2);
    assert_true(str_is(q[1].bytes, "{\"id\": CVE-3}") && q[1].reason.n > 0 && q[1].at == DAY(10));
    assert_true(q[0].reason.n > 0);
    visit_close(&t);
}

/* What the document says it holds is not what it holds. */
static void count_mismatch(void **state)
{
    static const struct route routes[] = {
        {"/a",
         {{.body = GOOD},
          {.body = "{\"count\":3}\n{\"id\":\"CVE-1\",\"text\":\"x\"}\n{\"id\":\"CVE-2\",\"text\":\"x\"}\n"}},
         2},
        {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_visit(&t, VISIT_REFUSED);
    assert_says(&t, "3");
    assert_string_equal(known(&t, "CVE-1"), "one");
    visit_close(&t);
}

static void goes_backwards(void **state)
{
#define FULL(made, text)                                                                                     \
    "{\"full\":true}\n{\"made\":\"" made "\"}\n{\"id\":\"CVE-1\",\"text\":\"" text "\"}\n"
    static const struct route routes[] = {{"/a",
                                           {{.body = FULL("2021-03-03", "new")},
                                            {.body = FULL("2021-03-02", "old")},
                                            {.body = FULL("2021-03-04", "newer")}},
                                           3},
                                          {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_OK);
    assert_true(t.r.document_time == DAY(2));
    assert_visit(&t, VISIT_REFUSED);
    assert_string_equal(known(&t, "CVE-1"), "new");
    assert_visit(&t, VISIT_OK);
    assert_string_equal(known(&t, "CVE-1"), "newer");
    visit_close(&t);
}

static void pages(void **state)
{
    static const struct route routes[] = {
        {"/a",
         {{.body = "{\"cursor\":\"c1\"}\n{\"next\":\"/need\"}\n{\"next\":\"/"
                   "nice\",\"optional\":true}\n{\"next\":\"/a\"}\n" GOOD}}},
        {"/need", {{.status = 404}, {.body = "{\"id\":\"CVE-3\",\"text\":\"three\"}\n"}}, 2},
        {"/nice", {{.status = 404}}},
        {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    assert_visit(&t, VISIT_PARTIAL); /* a page that is needed is missing: not complete, the place in the list
                                        is not moved */
    assert_says(&t, "/need");
    assert_string_equal(cursor_of(&t), "");
    assert_string_equal(known(&t, "CVE-1"), "one");
    assert_int_equal(http_server_hits(t.f.server, "/a"), 1); /* an address is asked for once a visit */
    t.env.again = true;
    assert_visit(&t, VISIT_OK); /* one that is only nice to have is missing */
    assert_says(&t, "/nice");
    assert_string_equal(cursor_of(&t), "c1");
    assert_string_equal(known(&t, "CVE-3"), "three");
    visit_close(&t);
}

/* A list that did not change still leads to what failed last time. */
static void steering(void **state)
{
    static const struct route routes[] = {
        {"/steers",
         {{.body = "{\"cursor\":\"c2\"}\n{\"next\":\"/b\"}\n" GOOD "no record\n",
           .etag = "\"1\"",
           .flags = ANSWER_CONDITIONAL}}},
        {"/b", {{.status = 404}, {.body = "{\"id\":\"CVE-3\",\"text\":\"three\"}\n"}}, 2},
        {0}};
    struct visit_test t;
    struct quarantined *q;
    int64_t total;
    size_t n;
    (void)state;
    visit_open(&t, routes, "/steers");
    assert_visit(&t, VISIT_PARTIAL);
    assert_visit(&t, VISIT_OK);
    assert_non_null(strstr(http_server_request(t.f.server, "/steers", 1), "If-None-Match: \"1\""));
    assert_true(t.r.unchanged == 1 && t.r.documents == 1 && t.r.good == 1);
    assert_string_equal(known(&t, "CVE-3"), "three");
    assert_string_equal(last_cursor, "c2"); /* put in this visit by the list */
    assert_string_equal(cursor_of(&t), "c2");
    ok(&t, visit_store_quarantined(t.db, t.setup.name, 10, &t.a, &q, &n, &total, &t.e));
    assert_int_equal(total, 1); /* set aside once */
    assert_int_equal(documents(&t), 2);
    assert_visit(&t, VISIT_UNCHANGED);
    visit_close(&t);
}

/* Pages that lead to ever more pages end at page_max, and that is said. */
static void endless_pages(void **state)
{
    struct route routes[] = {{"/p0", {{.body = "{\"next\":\"/p1\"}\n{\"cursor\":\"c\"}\n"}}},
                             {"/p1", {{.body = "{\"next\":\"/p2\"}\n"}}},
                             {"/p2", {{.body = "{\"next\":\"/p3\"}\n"}}},
                             {"/p3", {{.body = "{\"next\":\"/p0\"}\n"}}},
                             {"/o", {{.body = "{\"next\":\"/p3\",\"optional\":true}\n"}}},
                             {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/p0");
    t.s.page_max = 3;
    assert_visit(&t, VISIT_PARTIAL);
    assert_says(&t, "3");
    assert_int_equal(http_server_hits(t.f.server, NULL), 3);
    assert_string_equal(cursor_of(&t), "");
    t.s.page_max = 4; /* a loop of four is a loop of four */
    t.env.again = true;
    assert_visit(&t, VISIT_OK);
    assert_int_equal(http_server_hits(t.f.server, NULL), 7);
    t.s.page_max = 1;
    t.setup.url = str_of(arena_strdup(&t.a, http_server_url(t.f.server, "/o")));
    assert_visit(&t, VISIT_OK);
    assert_says(&t, "1");
    visit_close(&t);
}

static void no_plan(void **state)
{
    static const struct route routes[] = {{"/no-plan", {{.body = GOOD}}}, {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/no-plan");
    assert_visit(&t, VISIT_FAILED);
    assert_says(&t, "no plan");
    t.setup.url = (struct str){0}; /* a source without an address is left out, and that is no failure */
    assert_visit(&t, VISIT_SKIPPED);
    visit_close(&t);
}

/* Offline, and without a mirror: nothing is asked, and nothing pretends that it was. */
static void offline(void **state)
{
    static const struct route routes[] = {{"/a", {{.body = GOOD}}}, {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, "/a");
    t.env.http = NULL;
    assert_visit(&t, VISIT_FAILED);
    assert_says(&t, "offline");
    assert_int_equal(http_server_hits(t.f.server, NULL), 0);
    visit_close(&t);
}

static void elsewhere(void **state)
{
    static const struct route routes[] = {
        {"/main", {{.status = 403}, {.body = GOOD, .etag = "\"m\""}, {.status = 403}}, 3},
        {"/other",
         {{.body = "{\"id\":\"CVE-9\",\"text\":\"nine\"}\n", .etag = "\"o\"", .flags = ANSWER_CONDITIONAL}}},
        {0}};
    struct visit_test t;
    (void)state;
    visit_open(&t, routes, NULL);
    t.s.default_url = arena_strdup(&t.a, http_server_url(t.f.server, "/main"));
    t.s.fallback_url = arena_strdup(&t.a, http_server_url(t.f.server, "/other"));
    assert_visit(&t, VISIT_OK);
    assert_string_equal(known(&t, "CVE-9"), "nine");
    assert_visit(&t, VISIT_OK); /* its own address answers again, and was not asked with the other's marks */
    assert_null(strstr(http_server_request(t.f.server, "/main", 1), "If-None-Match"));
    assert_visit(&t, VISIT_UNCHANGED); /* the other's copy is the one we hold */
    assert_non_null(strstr(http_server_request(t.f.server, "/other", 1), "If-None-Match: \"o\""));
    t.s.fallback_url = arena_strdup(&t.a, http_server_url(t.f.server, "/gone"));
    assert_visit(&t, VISIT_FAILED);
    assert_says(&t, "403"); /* the first failure is what is told */
    t.setup.url = str_of(arena_strdup(&t.a, http_server_url(t.f.server, "/gone")));
    t.s.fallback_url = arena_strdup(&t.a, http_server_url(t.f.server, "/other"));
    assert_visit(&t, VISIT_FAILED); /* an address of the user's own has no stand-in */
    visit_close(&t);
}

static void cancel_now(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total)
{
    (void)source;
    (void)total;
    if (done == 1 && strstr(what, "/b"))
        atomic_store((atomic_bool *)ctx, true);
}

static void cancelled(void **state)
{
    static const struct route routes[] = {{"/a", {{.body = "{\"next\":\"/b\"}\n{\"cursor\":\"c\"}\n" GOOD}}},
                                          {"/b", {{.body = "{\"id\":\"CVE-3\",\"text\":\"three\"}\n"}}},
                                          {0}};
    struct visit_test t;
    atomic_bool stop = true;
    (void)state;
    visit_open(&t, routes, "/a");
    t.env.cancel = &stop;
    assert_visit(&t, VISIT_FAILED);
    assert_int_equal(http_server_hits(t.f.server, NULL), 0);
    atomic_store(&stop, false);
    t.env.progress = cancel_now;
    t.env.ctx = &stop;
    assert_visit(&t, VISIT_PARTIAL);
    assert_string_equal(known(&t, "CVE-1"), "one"); /* what was taken stays */
    assert_string_equal(known(&t, "CVE-3"), "");
    assert_string_equal(cursor_of(&t), "");
    atomic_store(&stop, false);
    t.env.progress = NULL;
    t.env.again = true;
    assert_visit(&t, VISIT_OK);
    assert_string_equal(known(&t, "CVE-3"), "three");
    visit_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_knows), cmocka_unit_test(same_bytes),  cmocka_unit_test(lost_spool),
        cmocka_unit_test(passing_trouble), cmocka_unit_test(trouble),     cmocka_unit_test(wrong_charset),
        cmocka_unit_test(half_gone),       cmocka_unit_test(bad_records), cmocka_unit_test(count_mismatch),
        cmocka_unit_test(goes_backwards),  cmocka_unit_test(pages),       cmocka_unit_test(steering),
        cmocka_unit_test(endless_pages),   cmocka_unit_test(no_plan),     cmocka_unit_test(offline),
        cmocka_unit_test(elsewhere),       cmocka_unit_test(cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
