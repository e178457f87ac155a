#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "net/field.h"
#include "net/http.h"
#include "net/retry.h"

/* 1994-11-06T08:49:37Z, the moment of the examples in RFC 9110 section 5.6.7; date -d gives 784111777. */
#define EXAMPLE (784111777 * WHEN_SEC)

static void dates(void **state)
{
    static const char *const same[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994", "  Sun, 06 Nov 1994 08:49:37 GMT  "};
    static const char *const bad[] = {"",
                                      "tomorrow",
                                      "Sun, 06 Nov",
                                      "Sun, 32 Nov 1994 08:49:37 GMT",
                                      "Sun Nov 6 25:49:37 1994",
                                      "Sun Nov 6 08:49:37 1994 extra",
                                      "\"Sun\""};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        when_t t = 0;
        assert_true(field_date(str_of(same[i]), &t));
        assert_int_equal(t, EXAMPLE);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        when_t t;
        assert_false(field_date(str_of(bad[i]), &t));
    }
}

static void retry_after(void **state)
{
    uint64_t ms = 7;
    (void)state;
    assert_true(field_retry_after(STR_LIT("120"), EXAMPLE, &ms));
    assert_int_equal(ms, 120000);
    assert_true(field_retry_after(STR_LIT("Sun, 06 Nov 1994 08:50:37 GMT"), EXAMPLE, &ms));
    assert_int_equal(ms, 60000);
    assert_true(field_retry_after(STR_LIT("Sun, 06 Nov 1994 08:48:37 GMT"), EXAMPLE, &ms));
    assert_int_equal(ms, 0);
    assert_true(field_retry_after(STR_LIT("18446744073709551615"), EXAMPLE, &ms));
    assert_int_equal(ms, FIELD_WAIT_MAX_MS);
    assert_true(field_retry_after(STR_LIT("Fri, 31 Dec 9999 23:59:59 GMT"), EXAMPLE, &ms));
    assert_int_equal(ms, FIELD_WAIT_MAX_MS);
    assert_false(field_retry_after(STR_LIT("-5"), EXAMPLE, &ms));
    assert_false(field_retry_after(STR_LIT("1.5"), EXAMPLE, &ms));
    assert_false(field_retry_after(STR_LIT("soon"), EXAMPLE, &ms));
    assert_false(field_retry_after(STR_LIT(""), EXAMPLE, &ms));
}

static void content_range(void **state)
{
    uint64_t a, b, n;
    (void)state;
    /* RFC 9110 section 14.4 */
    assert_true(field_content_range(STR_LIT("bytes 42-1233/1234"), &a, &b, &n));
    assert_int_equal(a, 42);
    assert_int_equal(b, 1233);
    assert_int_equal(n, 1234);
    assert_true(field_content_range(STR_LIT("bytes 42-1233/*"), &a, &b, &n));
    assert_true(n == UINT64_MAX);
    static const char *const bad[] = {"bytes */1234", "bytes 5-4/10", "bytes 0-10/10",
                                      "lines 0-1/2",  "bytes 0-/2",   "bytes",
                                      "bytes 1-2",    "bytes 1/2-3",  ""};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(field_content_range(str_of(bad[i]), &a, &b, &n));
}

static void validators(void **state)
{
    (void)state;
    /* RFC 9110 section 8.8.3 */
    assert_true(field_etag_is_strong(STR_LIT("\"xyzzy\"")));
    assert_true(field_etag_is_strong(STR_LIT("\"\"")));
    assert_false(field_etag_is_strong(STR_LIT("W/\"xyzzy\"")));
    assert_false(field_etag_is_strong(STR_LIT("xyzzy")));
    assert_false(field_etag_is_strong(STR_LIT("\"")));
    struct str early = STR_LIT("Sun, 06 Nov 1994 08:49:37 GMT"),
               late = STR_LIT("Sun, 06 Nov 1994 08:49:38 GMT");
    assert_true(field_modified_is_strong(early, late));
    assert_false(field_modified_is_strong(early, early));
    assert_false(field_modified_is_strong(early, STR_LIT("")));
    assert_true(field_accepts_bytes(STR_LIT("foo, Bytes")));
    assert_false(field_accepts_bytes(STR_LIT("none")));
}

static void text(void **state)
{
    char out[8];
    (void)state;
    field_clean(STR_LIT("a\r\n\x1b[31m"), out, sizeof(out));
    assert_string_equal(out, "a???[31");
    field_clean(STR_LIT("\xe5\xbd\x93\xe7\x95\xaa\xe6\x97\xa5"), out,
                sizeof(out)); /* cut at a character's edge */
    assert_string_equal(out, "\xe5\xbd\x93\xe7\x95\xaa");
    field_clean(STR_LIT("caf\xe9"), out, sizeof(out));
    assert_string_equal(out, "caf?");
    assert_false(field_value_ok(STR_LIT("a\r\nX: y")));
    assert_true(field_value_ok(STR_LIT("a\tb \xe9")));
    assert_true(str_is(field_charset(STR_LIT("text/html; x=y; Charset=\"Shift_JIS\"")), "Shift_JIS"));
    assert_true(str_is(field_charset(STR_LIT("text/html;charset=utf-8")), "utf-8"));
    assert_true(str_empty(field_charset(STR_LIT("charset=utf-8"))));
}

static void html(void **state)
{
    static const char *const yes[] = {
        "<!DOCTYPE html>", "\xEF\xBB\xBF \r\n<HTML lang=ja>", "<!-- a --><html>",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML", "<head>"};
    static const char *const no[] = {"",
                                     "{\"a\":\"<html>\"}",
                                     "<?xml version=\"1.0\"?><rdf:RDF>",
                                     "<rss version=\"2.0\">",
                                     "<?xml",
                                     "<!-- open",
                                     "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
                                     "[]"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(http_looks_like_html(str_of(yes[i])));
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        assert_false(http_looks_like_html(str_of(no[i])));
}

static void waits(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 100; n++) {
        uint64_t most = n < 6 ? 1000u << n : 60000;
        assert_int_equal(retry_wait_ms(n, 503, 0, 0), most / 2);
        assert_in_range(retry_wait_ms(n, 503, 0, UINT32_MAX), most / 2, most);
    }
    assert_int_equal(retry_wait_ms(0, 503, 90000, 0), 90000);
    assert_true(retry_wait_ms(0, 429, 0, 0) >= 30000);
    assert_true(retry_wait_ms(5, 429, 1, 0) >= 16000); /* our own back-off still counts */
    static const int yes[] = {408, 429, 500, 502, 503, 504, 522},
                     no[] = {200, 304, 400, 401, 403, 404, 410, 501, 505, 600};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(retry_status(yes[i], false));
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        assert_false(retry_status(no[i], false));
    assert_true(retry_status(403, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),      cmocka_unit_test(retry_after), cmocka_unit_test(content_range),
        cmocka_unit_test(validators), cmocka_unit_test(text),        cmocka_unit_test(html),
        cmocka_unit_test(waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
