/* Where a request may go and what it may carry, through the real client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http_fixture.h"

#define TO(status_, where)                                                                                   \
    {                                                                                                        \
        {                                                                                                    \
            .status = (status_), .headers = "Location: " where "\r\n"                                        \
        }                                                                                                    \
    }

static const struct route routes[] = {
    {"/abc", {{.body = "abc"}}},
    {"/r1", TO(301, "abc")},
    {"/r2", TO(302, "/r1")},
    {"/r3", TO(303, "http://127.0.0.1:@PORT@/r2")},
    {"/r4", TO(307, "//127.0.0.1:@PORT@/r3")},
    {"/r5", TO(308, "./x/../r4")},
    {"/r6", TO(302, "/r5")},
    {"/loop", TO(302, "/loop")},
    {"/no-location", {{.status = 302}}},
    {"/metadata", TO(302, "http://169.254.169.254/latest/meta-data/")},
    {"/loop2", TO(302, "http://127.0.0.2:@PORT@/abc")},
    {"/mapped", TO(302, "http://[::ffff:127.0.0.1]:@PORT@/abc")},
    {"/six", TO(302, "http://[::1]:@PORT@/abc")},
    {"/name", TO(302, "http://localhost:@PORT@/abc")},
    {"/number", TO(302, "http://2130706434:@PORT@/abc")},
    {"/ten", TO(302, "https://10.0.0.1/")},
    {"/file", TO(302, "file:///etc/passwd")},
    {"/ftp", TO(302, "ftp://127.0.0.1/")},
    {"/script", TO(302, "javascript:alert(1)")},
    {"http://feed.example/x", {{.body = "by proxy"}}},
    {"http://feed.example/to-private", TO(302, "http://192.168.1.1/")},
    {0},
};

static struct fixture f;
static struct http_response r;
static struct err e;

static void open_with(void (*change)(struct http_config *c))
{
    f = (struct fixture){0};
    err_clear(&e);
    struct http_config c = fixture_config(&f);
    if (change)
        change(&c);
    fixture_open(&f, routes, &c);
}

static int get_rq(const char *path, struct http_request rq)
{
    http_response_release(&r);
    return fixture_get(&f, path, rq, &r, &e);
}

static int get(const char *path)
{
    return get_rq(path, (struct http_request){0});
}

static void done(void)
{
    http_response_release(&r);
    assert_int_equal(fixture_files(&f), 0);
    fixture_close(&f);
}

static void redirects(void **state)
{
    (void)state;
    open_with(NULL);
    assert_int_equal(get("/r5"), 0);
    assert_int_equal(r.redirects, LIMIT_REDIRECTS);
    assert_int_equal(r.body.size, 3);
    assert_string_equal(r.url, http_server_url(f.server, "/abc"));
    assert_int_equal(get("/r6"), ERR_LIMIT);
    assert_int_equal(get("/loop"), ERR_LIMIT);
    assert_int_equal(http_server_hits(f.server, "/loop"), LIMIT_REDIRECTS + 1);
    assert_int_equal(get("/no-location"), ERR_IO);
    done();
}

static void private_addresses(void **state)
{
    (void)state;
    open_with(NULL);
    static const char *const path[] = {"/metadata", "/loop2", "/mapped", "/six", "/name", "/number", "/ten"};
    for (size_t i = 0; i < ARRAY_LEN(path); i++) {
        if (get(path[i]) != ERR_PERM)
            fail_msg("%s: %s", path[i], e.text);
        assert_int_equal(r.attempts, 1);
    }
    assert_int_equal(http_server_hits(f.server, "/abc"), 0);
    assert_int_equal(get("http://10.1.2.3/"), ERR_PERM);
    assert_non_null(strstr(e.text, "10.1.2.3"));
    done();
}

static void nothing_private(struct http_config *c)
{
    c->private_hosts = NULL;
}

static void all_private(struct http_config *c)
{
    static const char *const all[] = {"*", NULL};
    c->private_hosts = all;
}

static void configured_hosts(void **state)
{
    (void)state;
    open_with(nothing_private);
    assert_int_equal(get("/abc"), ERR_PERM);
    assert_int_equal(http_server_hits(f.server, NULL), 0);
    done();
    open_with(all_private);
    assert_int_equal(get("/loop2"), ERR_IO); /* allowed; nobody listens there */
    assert_int_equal(get("/number"), ERR_IO);
    done();
}

static void no_http(struct http_config *c)
{
    c->allow_http = false;
}

static void schemes(void **state)
{
    (void)state;
    open_with(NULL);
    assert_int_equal(get("/file"), ERR_INPUT);
    assert_int_equal(get("/ftp"), ERR_INPUT);
    assert_int_equal(get("/script"), ERR_INPUT);
    assert_int_equal(get("ftp://127.0.0.1/"), ERR_USAGE);
    assert_int_equal(get("file:///etc/hostname"), ERR_USAGE); /* allow_file was not given */
    done();
    open_with(no_http);
    assert_int_equal(get("/abc"), ERR_USAGE);
    assert_int_equal(http_server_hits(f.server, NULL), 0);
    done();
}

static void keys(void **state)
{
    (void)state;
    open_with(NULL);
    struct http_request rq = {.key_header = "apiKey", .key = "s3cret", .accept = STR_LIT("application/json")};
    assert_int_equal(get_rq("/r1", rq), 0);
    assert_non_null(strstr(http_server_request(f.server, "/r1", 0), "apiKey: s3cret\r\n"));
    assert_non_null(strstr(http_server_request(f.server, "/abc", 0), "apiKey: s3cret\r\n"));
    assert_non_null(strstr(http_server_request(f.server, "/abc", 0), "Accept: application/json\r\n"));
    /* Another port is another origin. */
    char location[128];
    snprintf(location, sizeof(location), "Location: %s\r\n", http_server_url(f.server, "/abc"));
    const struct route away[] = {{"/away", {{.status = 302, .headers = location}}}, {0}};
    struct http_server *other = http_server_start(away);
    assert_int_equal(get_rq(http_server_url(other, "/away"), rq), 0);
    assert_non_null(strstr(http_server_request(other, "/away", 0), "apiKey: s3cret\r\n"));
    assert_null(strstr(http_server_request(f.server, "/abc", 1), "s3cret"));
    http_server_stop(other);
    /* Messages hold no secret. */
    char url[128];
    snprintf(url, sizeof(url), "http://user:pass@127.0.0.1:%d/none?token=s3cret", http_server_port(f.server));
    assert_int_equal(get_rq(url, rq), ERR_NOT_FOUND);
    assert_null(strstr(e.text, "s3cret"));
    assert_null(strstr(e.text, "pass@"));
    rq.key = "a\r\nHost: evil";
    assert_int_equal(get_rq("/abc", rq), ERR_USAGE);
    rq = (struct http_request){.key_header = "a b", .key = "x"};
    assert_int_equal(get_rq("/abc", rq), ERR_USAGE);
    done();
}

static void with_agent(struct http_config *c)
{
    c->user_agent = "toban-test (mailto:soc@example.org)";
}

static void agent(void **state)
{
    (void)state;
    open_with(with_agent);
    assert_int_equal(get("/abc"), 0);
    assert_non_null(strstr(http_server_request(f.server, "/abc", 0),
                           "User-Agent: toban-test (mailto:soc@example.org)\r\n"));
    done();
}

static void from_environment(struct http_config *c)
{
    c->proxy = NULL;
    c->private_hosts = NULL;
}

static void by_proxy(void **state)
{
    (void)state;
    open_with(from_environment);
    char proxy[64];
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", http_server_port(f.server));
    setenv("http_proxy", proxy, 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    assert_int_equal(get("http://feed.example/x"), 0); /* the proxy itself may be private */
    assert_int_equal(r.body.size, 8);
    assert_int_equal(get("http://feed.example/to-private"), ERR_PERM);
    assert_int_equal(get("http://127.0.0.1/"), ERR_PERM);
    assert_int_equal(get("http://localhost/"), ERR_PERM);
    assert_int_equal(get("http://[::1]/"), ERR_PERM);
    assert_int_equal(http_server_hits(f.server, NULL), 2);
    unsetenv("http_proxy");
    done();
}

static void local_files(void **state)
{
    (void)state;
    open_with(NULL);
    char dir[] = "/tmp/toban-test-XXXXXX", path[256], url[300], pipe[256];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/a b", dir);
    snprintf(url, sizeof(url), "file://%s/a%%20b", dir);
    snprintf(pipe, sizeof(pipe), "%s/pipe", dir);
    struct http_request rq = {.allow_file = true};
    assert_int_equal(get_rq(url, rq), ERR_NOT_FOUND);
    assert_int_equal(r.status, 404);
    FILE *w = fopen(path, "w");
    assert_non_null(w);
    fputs("abc", w);
    fclose(w);
    const struct timespec old[2] = {{784111777, 0}, {784111777, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(get_rq(url, rq), 0);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.size, 3);
    assert_string_equal(r.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    char etag[HTTP_TEXT];
    memcpy(etag, r.etag, sizeof(etag));
    rq.etag = str_of(etag);
    assert_int_equal(get_rq(url, rq), 0);
    assert_true(r.not_modified);
    w = fopen(path, "w");
    fputs("abd", w);
    fclose(w);
    assert_int_equal(get_rq(url, rq), 0);
    assert_false(r.not_modified);
    rq = (struct http_request){.allow_file = true, .limit = 2};
    assert_int_equal(get_rq(url, rq), ERR_LIMIT);
    rq.limit = 0;
    assert_int_equal(mkfifo(pipe, 0600), 0);
    snprintf(url, sizeof(url), "file://%s", pipe);
    assert_int_equal(get_rq(url, rq), ERR_USAGE);
    snprintf(url, sizeof(url), "file://%s", dir);
    assert_int_equal(get_rq(url, rq), ERR_USAGE);
    assert_int_equal(get_rq("file://elsewhere/x", rq), ERR_USAGE);
    unlink(pipe);
    unlink(path);
    rmdir(dir);
    done();
}

static void no_directory(void **state)
{
    (void)state;
    open_with(NULL);
    struct http_request rq = {.url = str_of(http_server_url(f.server, "/abc")), .dir = "/nonexistent/spool"};
    assert_true(http_get(f.client, &rq, &r, &e) < 0);
    assert_non_null(strstr(e.text, "/nonexistent/spool"));
    assert_true(http_get(f.client, &rq, &r, NULL) < 0); /* without a place for the error, too */
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redirects),
        cmocka_unit_test(private_addresses),
        cmocka_unit_test(configured_hosts),
        cmocka_unit_test(schemes),
        cmocka_unit_test(keys),
        cmocka_unit_test(agent),
        cmocka_unit_test(by_proxy),
        cmocka_unit_test(local_files),
        cmocka_unit_test(no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
