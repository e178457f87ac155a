#include "trace_lib.h"

/* The same event as different exporters write it: the same names. */
static void same_event(const struct log *l, size_t row)
{
    assert_string_equal(field(l, row, "EventID"), "1");
    assert_string_equal(field(l, row, "Provider"), "Microsoft-Windows-Sysmon");
    assert_string_equal(field(l, row, "Channel"), "Microsoft-Windows-Sysmon/Operational");
    assert_string_equal(field(l, row, "Computer"), "MXS01");
    assert_string_equal(field(l, row, "EventRecordID"), "77");
    assert_string_equal(field(l, row, "Execution_ProcessID"), "2304");
    assert_string_equal(field(l, row, "Image"), "C:\\Windows\\System32\\cmd.exe");
    assert_string_equal(field(l, row, "CommandLine"), "cmd /c \"whoami\"");
    when_t t;
    assert_true(clock_parse_iso(STR_LIT("2021-03-14T01:40:19.5Z"), 0, &t));
    assert_int_equal(l->row.p[row].time, t);
}

#define DATA "\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"CommandLine\":\"cmd /c \\\"whoami\\\"\""
#define SYSTEM_ATTR                                                                                          \
    "\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Sysmon\"}},\"EventID\":1,"      \
    "\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2021-03-14T01:40:19.500000Z\"}},"                    \
    "\"EventRecordID\":77,\"Execution\":{\"#attributes\":{\"ProcessID\":2304,\"ThreadID\":3}},\"Channel\":"  \
    "\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"MXS01\"}"
static const char *const forms[] = {
    "{\"Event\":{" SYSTEM_ATTR ",\"EventData\":{" DATA "}}}",
    "{\"Event\":{" SYSTEM_ATTR
    ",\"EventData\":{\"Data\":[{\"@Name\":\"Image\",\"#text\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\"},{\"@"
    "Name\":\"CommandLine\",\"#text\":\"cmd /c \\\"whoami\\\"\"}]}}}",
    "{\"EventID\":1,\"System\":{\"Provider\":{\"Name\":\"Microsoft-Windows-Sysmon\"},\"EventID\":1,"
    "\"TimeCreated\":{\"SystemTime\":\"2021-03-14T01:40:19.5000000Z\"},\"EventRecordID\":77,\"Execution\":{"
    "\"ProcessID\":2304},\"Channel\":\"Microsoft-Windows-Sysmon/"
    "Operational\",\"Computer\":\"MXS01\"},\"EventData\":{" DATA "}}",
    "{\"@timestamp\":\"2021-03-14T01:40:19.500Z\",\"winlog\":{\"event_id\":1,\"provider_name\":\"Microsoft-"
    "Windows-Sysmon\",\"channel\":\"Microsoft-Windows-Sysmon/"
    "Operational\",\"computer_name\":\"MXS01\",\"record_id\":77,\"process\":{\"pid\":2304},\"event_data\":"
    "{" DATA "}},\"event\":{\"code\":\"1\"}}",
    "{\"_source\":{\"@timestamp\":\"2021-03-14T01:40:19.500Z\",\"event_id\":1,\"source_name\":\"Microsoft-"
    "Windows-Sysmon\",\"log_name\":\"Microsoft-Windows-Sysmon/"
    "Operational\",\"computer_name\":\"MXS01\",\"record_number\":\"77\",\"ExecutionProcessID\":2304,\"event_"
    "data\":{" DATA "}}}",
    "{\"EventTime\":\"2021-03-14 "
    "01:40:19.500\",\"Hostname\":\"MXS01\",\"EventID\":1,\"SourceName\":\"Microsoft-Windows-Sysmon\","
    "\"RecordNumber\":77,\"ExecutionProcessID\":2304,\"Channel\":\"Microsoft-Windows-Sysmon/"
    "Operational\"," DATA "}"};

static void test_forms(void **state)
{
    (void)state;
    struct buf lines = BUF_INIT(MIB), list = BUF_INIT(MIB), pretty = BUF_INIT(MIB);
    buf_adds(&list, "[");
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct log l;
        assert_string_equal(log_read(&l, NULL, str_of(forms[i]), "x", 0)->name, "json");
        assert_int_equal(l.row.n, 1);
        same_event(&l, 0);
        log_free(&l);
        buf_printf(&lines, "%s\r\n", forms[i]);
        buf_printf(&list, "%s%s", i ? ",\n " : "", forms[i]);
        for (const char *p = forms[i]; *p; p++) { /* laid out over lines */
            buf_addc(&pretty, *p);
            if (*p == '{')
                buf_adds(&pretty, "\n  ");
        }
        buf_addc(&pretty, '\n');
    }
    buf_adds(&list, "]\n");
    struct str all[] = {buf_str(&lines), buf_str(&list), buf_str(&pretty)};
    for (size_t k = 0; k < ARRAY_LEN(all); k++) {
        struct log l;
        log_read(&l, NULL, all[k], "x", 0);
        assert_int_equal(l.row.n, ARRAY_LEN(forms));
        for (size_t i = 0; i < l.row.n; i++)
            same_event(&l, i);
        assert_int_equal(l.cover.damaged, 0);
        log_free(&l);
    }
    buf_release(&lines);
    buf_release(&list);
    buf_release(&pretty);
}

/* A time without a zone is said to be one; two clocks that disagree are both told. */
static void test_clocks(void **state)
{
    (void)state;
    struct log l;
    log_read(&l, NULL, str_of(forms[5]), "x", 0);
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_ASSUMED);
    log_free(&l);
    log_read(&l, NULL,
             str_of("{\"EventID\":3,\"TimeCreated\":\"2021-03-14T01:39:32.609Z\",\"UtcTime\":\"2021-03-14 "
                    "06:39:30.227\"}"),
             "x", 0);
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_STATED);
    assert_int_equal((l.row.p[0].second - l.row.p[0].time) / (3600 * WHEN_SEC), 4); /* 4 h 59 min 57.6 s */
    assert_non_null(l.row.p[0].note);
    log_free(&l);
}

static void test_broken(void **state)
{
    (void)state;
    struct log l;
    log_read(&l, NULL,
             str_of("{\"EventID\":1,\"a\":\"x\"}\n{\"EventID\":2,\"a\":\n{\"EventID\":3,\"a\":\"x\"}\nnot "
                    "json\n{\"EventID\":4}"),
             "x", 0);
    assert_int_equal(l.row.n, 3);
    assert_string_equal(field(&l, 1, "EventID"), "3");
    assert_string_equal(field(&l, 2, "EventID"), "4");
    assert_int_equal(l.damage.n, 2);
    assert_int_equal(l.damage.p[0].number, 2);
    log_free(&l);
    /* over several lines: one that is never closed ends where the next begins */
    log_read(&l, NULL,
             str_of("{\n  \"EventID\": 1\n}\n{\n  \"EventID\": 2,\n  \"a\": {\n}\n{\n  \"EventID\": "
                    "3\n}\n{\n  \"EventID\": 4"),
             "x", 0);
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 1, "EventID"), "3");
    assert_int_equal(l.damage.n, 2);
    log_free(&l);
}

#define XML_EVENT                                                                                            \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "                \
    "Name='Microsoft-Windows-Sysmon'/><EventID Qualifiers='5'>1</EventID>"                                   \
    "<TimeCreated SystemTime='2021-03-14T01:40:19.500000000Z'/><EventRecordID>77</EventRecordID><Execution " \
    "ProcessID='2304' ThreadID='3'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"                 \
    "<Computer>MXS01</Computer><Security UserID='S-1-5-18'/></System><EventData><Data "                      \
    "Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='CommandLine'>cmd /c "                     \
    "&quot;whoami&quot;</Data><Data>bare</Data></EventData></Event>"

static void test_xml(void **state)
{
    (void)state;
    struct log l;
    const char *texts[] = {
        XML_EVENT,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>" XML_EVENT "\n" XML_EVENT "</Events>\n",
        XML_EVENT
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>9" XML_EVENT};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_string_equal(log_read(&l, NULL, str_of(texts[i]), "x", 0)->name, "xml");
        assert_int_equal(l.row.n, i ? 2 : 1);
        for (size_t k = 0; k < l.row.n; k++)
            same_event(&l, k);
        assert_string_equal(field(&l, 0, "EventID_Qualifiers"), "5");
        assert_string_equal(field(&l, 0, "Security_UserID"), "S-1-5-18");
        assert_string_equal(field(&l, 0, "Data"), "bare");
        assert_int_equal(l.damage.n, i == 2);
        log_free(&l);
    }
    /* thousands in one line, more than a window */
    struct buf b = BUF_INIT(16 * MIB);
    for (int i = 0; i < 5000; i++)
        buf_adds(&b, XML_EVENT);
    log_read(&l, NULL, buf_str(&b), "x", 0);
    assert_int_equal(l.row.n, 5000);
    assert_int_equal(l.row.p[4999].offset, 4999 * strlen(XML_EVENT));
    log_free(&l);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_clocks),
                                       cmocka_unit_test(test_broken), cmocka_unit_test(test_xml)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
