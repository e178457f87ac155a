#include "trace_lib.h"

static when_t at(const char *iso)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(iso), 0, &t));
    return t;
}

/* RFC 5424, the example of section 6.5, and what rsyslog makes of it. */
static void test_syslog(void **state)
{
    (void)state;
    struct log l;
    assert_string_equal(
        log_read(&l, NULL,
                 str_of("<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
                        "[exampleSDID@32473 iut=\"3\" eventSource=\"Appl\\]ication\"][x] \xEF\xBB\xBF"
                        "An application event\n"
                        "<34>1 - - su - - - 'su root' failed\n<13>1 2021-03-06T04:07:38+09:00 h app 7 - - "
                        "two\n lines\n"),
                 "x", 0)
            ->name,
        "syslog");
    assert_int_equal(l.row.n, 3);
    assert_int_equal(l.row.p[0].time, at("2003-10-11T22:14:15.003Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_STATED);
    assert_string_equal(field(&l, 0, "Facility"), "20");
    assert_string_equal(field(&l, 0, "Severity"), "5");
    assert_string_equal(field(&l, 0, "AppName"), "evntslog");
    assert_null(field(&l, 0, "ProcID"));
    assert_string_equal(field(&l, 0, "StructuredData"),
                        "[exampleSDID@32473 iut=\"3\" eventSource=\"Appl\\]ication\"][x]");
    assert_string_equal(field(&l, 0, "Message"), "An application event");
    assert_int_equal(l.row.p[1].time, WHEN_NONE);
    assert_string_equal(field(&l, 2, "Message"), "two\n lines");
    assert_int_equal(l.row.p[2].time, at("2021-03-05T19:07:38Z"));
    log_free(&l);
}

/* No year, no zone: the latest year before the file's time, and both are said. */
static void test_syslog_year(void **state)
{
    (void)state;
    struct log l;
    const char *text = "Dec 31 23:59:59 host sshd[12]: old\nJan  1 00:00:01 host sshd[12]: new\nFeb 29 "
                       "01:00:00 host cron: leap\n";
    log_read(&l, NULL, str_of(text), "messages", at("2021-03-10T00:00:00Z"));
    assert_int_equal(l.row.n, 3);
    assert_int_equal(l.row.p[0].time, at("2020-12-31T23:59:59Z"));
    assert_int_equal(l.row.p[1].time, at("2021-01-01T00:00:01Z"));
    assert_int_equal(l.row.p[2].time, at("2020-02-29T01:00:00Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_ASSUMED);
    assert_non_null(l.row.p[0].note);
    assert_string_equal(l.row.p[0].time_text.p, "Dec 31 23:59:59");
    assert_string_equal(field(&l, 0, "AppName"), "sshd");
    assert_string_equal(field(&l, 0, "ProcID"), "12");
    assert_string_equal(field(&l, 2, "Message"), "leap");
    log_free(&l);
    log_read(&l, NULL, str_of(text), "messages", 0);
    assert_int_equal(l.row.p[0].time, WHEN_NONE);
    assert_non_null(l.row.p[0].note);
    log_free(&l);
}

static void test_defender(void **state)
{
    (void)state;
    static const char log[] =
        "2021-03-05T10:14:32.123Z DETECTIONEVENT MPSOURCE_REALTIME Backdoor:JS/Chopper.A!dha "
        "file:C:\\inetpub\\wwwroot\\aspnet_client\\a b.aspx;\r\n"
        "2021-03-05T10:14:33.000Z see http://go.microsoft.com/x\r\n"
        "Begin Resource Scan\r\nThreat Name:Exploit:Script/Exmann.A!dha\r\nResource Path:C:\\x.aspx\r\n";
    char wide[2 * sizeof(log)];
    size_t n = 0;
    for (const char *p = log; *p; p++) {
        wide[n++] = *p;
        wide[n++] = 0;
    }
    struct log l;
    assert_string_equal(log_read(&l, NULL, str_n(wide, n), "MPLog-20210305-101432.log", 0)->name, "defender");
    assert_int_equal(l.row.n, 3);
    assert_string_equal(field(&l, 0, "Threat Name"), "Backdoor:JS/Chopper.A!dha");
    assert_string_equal(field(&l, 0, "Path"), "C:\\inetpub\\wwwroot\\aspnet_client\\a b.aspx");
    assert_int_equal(l.row.p[0].time, at("2021-03-05T10:14:32.123Z"));
    assert_null(field(&l, 1, "Threat Name"));
    assert_string_equal(field(&l, 2, "Threat Name"), "Exploit:Script/Exmann.A!dha");
    assert_string_equal(field(&l, 2, "Path"), "C:\\x.aspx");
    log_free(&l);
    /* the safety scanner */
    log_read(
        &l, NULL,
        str_of("Microsoft Safety Scanner v1.333, (build 1.333.160.0)\nStarted On Thu Mar  4 09:57:03 2021\n\n"
               "Threat Detected: Exploit:ASP/CVE-2021-27065.B!dha and Removed!\n  Action: Remove, Result: "
               "0x00000000\n    file://C:\\inetpub\\x.aspx\n"),
        "msert.log", 0);
    assert_int_equal(l.row.n, 3);
    assert_string_equal(field(&l, 2, "Threat Name"), "Exploit:ASP/CVE-2021-27065.B!dha");
    assert_string_equal(field(&l, 2, "Path"), "C:\\inetpub\\x.aspx");
    assert_int_equal(l.row.p[2].time, at("2021-03-04T09:57:03Z"));
    assert_non_null(l.row.p[2].note);
    log_free(&l);
    /* history as the shell prints it */
    log_read(&l, NULL,
             str_of("\nDetectionID     : {1}\nInitialDetectionTime : 3/5/2021\nResources : "
                    "{file:_C:\\a.aspx}\nThreatID : 2147\n\n"
                    "DetectionID     : {2}\nResources : {file:_C:\\b.aspx}\nThreatID : 2148\n"),
             "history.txt", 0);
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 1, "ThreatID"), "2148");
    assert_string_equal(field(&l, 1, "Path"), "C:\\b.aspx");
    log_free(&l);
}

static void test_plain(void **state)
{
    (void)state;
    struct log l;
    assert_string_equal(
        log_read(&l, NULL, str_of("2021-03-05T10:14:32+09:00 one\ntwo\n[2021-03-05 11:00:00,123] three"),
                 "app.log", 0)
            ->name,
        "plain");
    assert_int_equal(l.row.n, 3);
    assert_int_equal(l.row.p[0].time, at("2021-03-05T01:14:32Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_STATED);
    assert_int_equal(l.row.p[1].zone, TRACE_ZONE_NONE);
    assert_int_equal(l.row.p[2].time, at("2021-03-05T11:00:00.123Z"));
    assert_int_equal(l.row.p[2].zone, TRACE_ZONE_ASSUMED);
    log_free(&l);
    static const char binary[] = "\x7f"
                                 "ELF\1\0\0\0\2\3\4\0\0\0\0\0";
    assert_null(trace_sniff(str_n(binary, sizeof(binary)), STR_LIT("ls")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_syslog), cmocka_unit_test(test_syslog_year),
                                       cmocka_unit_test(test_defender), cmocka_unit_test(test_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
