/* TLS is verified always, through the real client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "http_fixture.h"
#include "http_tunnel.h"

static char to_plain[128];
static struct route routes[] = {
    {"/abc", {{.body = "abc"}}},
    {"/to-plain", {{.status = 302, .headers = to_plain}}},
    {"/to-tls", {{.status = 302, .headers = "Location: https://127.0.0.1:@PORT@/abc\r\n"}}},
    {"/cut", {{.body = "abcdef", .cut = 3, .claim = 6}}},
    {0},
};
static const struct route plain_routes[] = {{"/abc", {{.body = "abc"}}}, {0}};
static char ca[64];

/* GETs path from a TLS server, trusting its certificate or only the system's. */
static int get(bool name_ok, bool trust, const char *path, struct err *e, int *plain_hits)
{
    struct fixture f = {0};
    struct http_response r;
    struct http_config c = fixture_config(&f);
    int fd;
    snprintf(ca, sizeof(ca), "/tmp/toban-ca-XXXXXX");
    fd = mkstemp(ca);
    assert_true(fd >= 0);
    close(fd);
    struct http_server *tls = http_server_start_tls(routes, ca, name_ok);
    c.ca_file = trust ? ca : NULL;
    fixture_open(&f, plain_routes, &c);
    snprintf(to_plain, sizeof(to_plain), "Location: %s\r\n", http_server_url(f.server, "/abc"));
    err_clear(e);
    int code = fixture_get(&f, http_server_url(tls, path), (struct http_request){0}, &r, e);
    if (code == 0)
        assert_int_equal(r.body.size, 3);
    *plain_hits = http_server_hits(f.server, NULL);
    http_response_release(&r);
    http_server_stop(tls);
    fixture_close(&f);
    unlink(ca);
    return code;
}

static void verified(void **state)
{
    struct err e;
    int hits;
    (void)state;
    assert_int_equal(get(true, true, "/abc", &e, &hits), 0);
    assert_int_equal(get(true, true, "/to-tls", &e, &hits), 0);
    assert_int_equal(get(true, false, "/abc", &e, &hits), ERR_IO);
    assert_non_null(strstr(e.text, "certificate"));
    assert_int_equal(get(false, true, "/abc", &e, &hits),
                     ERR_IO); /* a trusted certificate for another host */
    assert_non_null(strstr(e.text, "certificate"));
}

static void no_authorities(void **state)
{
    struct fixture f = {0};
    struct http_response r;
    struct err e;
    struct http_config c = fixture_config(&f);
    (void)state;
    c.ca_file = "/nonexistent/ca.pem";
    fixture_open(&f, plain_routes, &c);
    char url[64];
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", http_server_port(f.server));
    assert_int_equal(fixture_get(&f, url, (struct http_request){0}, &r, &e), ERR_IO);
    assert_int_equal(r.attempts, 1);
    assert_non_null(strstr(e.text, "certificate authorities"));
    http_response_release(&r);
    fixture_close(&f);
}

static void no_way_down(void **state)
{
    struct err e;
    int hits;
    (void)state;
    /* http:// is allowed by the configuration, but not as a redirect from https://. */
    assert_int_equal(get(true, true, "/to-plain", &e, &hits), ERR_PERM);
    assert_int_equal(hits, 0);
    assert_int_equal(get(true, true, "/cut", &e, &hits), ERR_IO);
}

/* By CONNECT: the certificate is the server's, and is verified through the tunnel. */
static void by_proxy(void **state)
{
    struct fixture f = {0};
    struct http_response r;
    struct err e = {0};
    struct http_config c = fixture_config(&f);
    char proxy[64], want[64], path[] = "/tmp/toban-ca-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    struct http_server *tls = http_server_start_tls(routes, path, true);
    for (int round = 0; round < 3; round++) { /* trusted; not trusted; the proxy refuses */
        struct http_tunnel *t = http_tunnel_start(round == 2);
        snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", http_tunnel_port(t));
        snprintf(want, sizeof(want), "CONNECT 127.0.0.1:%d HTTP/1.1", http_server_port(tls));
        c.proxy = proxy;
        c.ca_file = round == 1 ? NULL : path;
        fixture_open(&f, NULL, &c);
        err_clear(&e);
        int code = fixture_get(&f, http_server_url(tls, "/abc"), (struct http_request){0}, &r, &e);
        assert_int_equal(code, round ? ERR_IO : 0);
        assert_string_equal(http_tunnel_last(t), want);
        if (round == 0)
            assert_int_equal(r.body.size, 3);
        else
            assert_non_null(strstr(e.text, round == 1 ? "certificate" : "proxy"));
        http_response_release(&r);
        fixture_close(&f);
        http_tunnel_stop(t);
    }
    assert_int_equal(http_server_hits(tls, "/abc"), 1);
    http_server_stop(tls);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verified), cmocka_unit_test(no_authorities),
                                       cmocka_unit_test(no_way_down), cmocka_unit_test(by_proxy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
