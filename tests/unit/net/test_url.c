#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "net/proxy.h"
#include "net/url.h"

static void parse(void **state)
{
    struct url u;
    (void)state;
    assert_int_equal(url_parse(&u, STR_LIT(" HTTPS://WWW.Example.ORG/a b?c#d "), NULL), 0);
    assert_string_equal(u.text, "https://WWW.Example.ORG/a%20b?c");
    assert_string_equal(u.host, "www.example.org");
    assert_int_equal(u.port, 443);
    assert_true(u.https);
    assert_false(u.userinfo);
    url_release(&u);
    assert_int_equal(url_parse(&u, STR_LIT("http://[::1]:8080/"), NULL), 0);
    assert_string_equal(u.host, "::1");
    assert_int_equal(u.port, 8080);
    url_release(&u);
    /* The many ways to write 127.0.0.1 are one. */
    static const char *const loop[] = {"http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/",
                                       "http://127.1/"};
    for (size_t i = 0; i < ARRAY_LEN(loop); i++) {
        assert_int_equal(url_parse(&u, str_of(loop[i]), NULL), 0);
        assert_string_equal(u.host, "127.0.0.1");
        url_release(&u);
    }
    static const char *const bad[] = {"",
                                      "www.example.org",
                                      "ftp://a/",
                                      "file:///etc/passwd",
                                      "https://",
                                      "javascript:alert(1)",
                                      "https://a:99999/",
                                      "gopher://a/",
                                      "https://a\r\nb/"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (url_parse(&u, str_of(bad[i]), NULL) != ERR_USAGE)
            fail_msg("%s", bad[i]);
    assert_int_equal(url_parse(&u, str_n("https://a/\0b", 12), NULL), ERR_USAGE);
}

static void limit(void **state)
{
    struct url u;
    char *long_one = mem_zalloc(LIMIT_URL + 2);
    (void)state;
    memset(long_one, 'a', LIMIT_URL + 1);
    memcpy(long_one, STR_LIT("https://h/").p, STR_LIT("https://h/").n);
    assert_int_equal(url_parse(&u, str_n(long_one, LIMIT_URL + 1), NULL), ERR_USAGE);
    assert_int_equal(url_parse(&u, str_n(long_one, LIMIT_URL), NULL), 0);
    url_release(&u);
    free(long_one);
}

static void join(void **state)
{
    struct url base, u;
    (void)state;
    assert_int_equal(url_parse(&base, STR_LIT("https://user:pw@h.example/a/b?q"), NULL), 0);
    assert_true(base.userinfo);
    assert_int_equal(url_join(&u, &base, STR_LIT("../c"), NULL), 0);
    assert_string_equal(u.text, "https://user:pw@h.example/c");
    assert_true(url_same_origin(&u, &base));
    url_release(&u);
    assert_int_equal(url_join(&u, &base, STR_LIT("//other.example/x"), NULL), 0);
    assert_string_equal(u.text, "https://other.example/x"); /* the password stays at home */
    assert_false(url_same_origin(&u, &base));
    url_release(&u);
    assert_int_equal(url_join(&u, &base, STR_LIT("https://a:b@other.example/x"), NULL), 0);
    assert_string_equal(u.text, "https://other.example/x");
    url_release(&u);
    assert_int_equal(url_join(&u, &base, STR_LIT("https://h.example:444/"), NULL), 0);
    assert_false(url_same_origin(&u, &base));
    url_release(&u);
    assert_int_equal(url_join(&u, &base, STR_LIT("file:///etc/passwd"), NULL), ERR_INPUT);
    assert_int_equal(url_join(&u, &base, STR_LIT("ftp://a/"), NULL), ERR_INPUT);
    url_release(&base);
}

static void shown(void **state)
{
    static const struct {
        const char *in, *out;
    } t[] = {
        {"https://user:pass@h/p?startIndex=0&apiKey=s3cret&x=1#f", "https://h/p?startIndex=0&apiKey=***&x=1"},
        {"https://a@b:c@h/", "https://h/"},
        {"https://h/@x", "https://h/@x"},
        {"https://h?token=1", "https://h?token=***"},
        {"a\nb", "a?b"},
        {"https://h/?Signature=abc&sig", "https://h/?Signature=***&sig"},
    };
    char out[URL_SHOWN];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        url_shown(str_of(t[i].in), out);
        assert_string_equal(out, t[i].out);
    }
}

static void files(void **state)
{
    (void)state;
    char *p = url_to_path(STR_LIT("file:///var/a%20b/%E5%BD%93%41"));
    assert_string_equal(p, "/var/a b/\xe5\xbd\x93"
                           "A");
    char *u = url_from_path(p);
    assert_string_equal(u, "file:///var/a%20b/%E5%BD%93A");
    free(u);
    free(p);
    p = url_to_path(STR_LIT("FILE://localhost/x"));
    assert_string_equal(p, "/x");
    free(p);
    assert_null(url_to_path(STR_LIT("file://server/x")));
    assert_null(url_to_path(STR_LIT("file:///a%00b")));
    assert_null(url_to_path(STR_LIT("file:///a%2")));
    assert_null(url_to_path(STR_LIT("file:///a%zz")));
    assert_null(url_from_path("a/b"));
}

static void proxies(void **state)
{
    struct url s, h;
    (void)state;
    assert_int_equal(url_parse(&s, STR_LIT("https://www.example.org/"), NULL), 0);
    assert_int_equal(url_parse(&h, STR_LIT("http://www.example.org/"), NULL), 0);
    static const char *const all[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                      "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        unsetenv(all[i]);
    assert_string_equal(proxy_pick(NULL, &s), "");
    setenv("HTTP_PROXY", "http://evil", 1); /* a CGI's HTTP_PROXY is its client's word */
    assert_string_equal(proxy_pick(NULL, &h), "");
    setenv("HTTPS_PROXY", "http://p1", 1);
    assert_string_equal(proxy_pick(NULL, &s), "http://p1");
    setenv("https_proxy", "http://p2", 1);
    assert_string_equal(proxy_pick(NULL, &s), "http://p2");
    setenv("all_proxy", "http://p3", 1);
    assert_string_equal(proxy_pick(NULL, &h), "http://p3");
    setenv("no_proxy", "a.example, .example.org", 1);
    assert_string_equal(proxy_pick(NULL, &s), "");
    assert_string_equal(proxy_pick("http://mine", &s), "http://mine");
    assert_string_equal(proxy_pick("", &s), "");
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        unsetenv(all[i]);
    url_release(&s);
    url_release(&h);
    assert_true(proxy_exempt("*", "x"));
    assert_true(proxy_exempt("example.org", "a.example.org"));
    assert_true(proxy_exempt("*.example.org", "a.example.org"));
    assert_true(proxy_exempt("x,10.0.0.1", "10.0.0.1"));
    assert_false(proxy_exempt("example.org", "badexample.org"));
    assert_false(proxy_exempt("", "x"));
    assert_false(proxy_exempt(" , .", "x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parse), cmocka_unit_test(limit),
                                       cmocka_unit_test(join),  cmocka_unit_test(shown),
                                       cmocka_unit_test(files), cmocka_unit_test(proxies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
