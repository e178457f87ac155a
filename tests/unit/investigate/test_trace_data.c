/* Real logs, counted a second time by simple means. */
#include "trace_lib.h"

#include <ctype.h>
#include <ftw.h>
#include <unistd.h>

#include "codec/json.h"

static char dir[2048]; /* "": no test data */

static void load(const char *name, struct buf *b)
{
    char path[4096];
    struct err e = {0};
    if (!dir[0]) {
        print_message("# skipped: no evidence in TOBAN_TEST_DATA\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    *b = BUF_INIT(256 * MIB);
    if (stream_slurp(path, b, &e) < 0)
        fail_msg("%s", e.text);
}

static size_t count_lines(struct str s, bool (*wanted)(struct str line))
{
    struct str line;
    size_t n = 0;
    while (str_line_next(&s, &line))
        n += line.n && wanted(line);
    return n;
}

static bool no_hash(struct str line)
{
    return line.p[0] != '#';
}

static void test_exchange(void **state)
{
    (void)state;
    static const struct {
        const char *file, *kind, *field, *value;
    } log[] = {
        {"exchange-logs/HttpProxy_Ecp_2023010611-1.LOG", "httpproxy", "UserAgent", "Mozilla/5.0 zgrab/0.x"},
        {"exchange-logs/HttpProxy_Autodiscover_2023010919-1.LOG", "httpproxy", "HttpStatus", "200"},
        {"exchange-logs/ECPServer20230111-1.LOG", "ecp", "Cmdlet", "Get-InboxRule"}};
    for (size_t i = 0; i < ARRAY_LEN(log); i++) {
        struct buf b;
        struct log l;
        load(log[i].file, &b);
        assert_string_equal(log_read(&l, NULL, buf_str(&b), "no-name", 0)->name, log[i].kind);
        assert_int_equal(l.row.n, count_lines(buf_str(&b), no_hash));
        assert_int_equal(l.cover.damaged, 0);
        assert_string_equal(field(&l, 0, log[i].field), log[i].value);
        if (strcmp(log[i].kind, "httpproxy") == 0)
            assert_int_equal(l.row.p[0].n, 74);
        log_free(&l);
        buf_release(&b);
    }
}

static void test_iis(void **state)
{
    (void)state;
    static const char *const files[] = {
        "iis10.log",    "iis10_cookies.log", "iis10_edge_cases.log", "iis6.log",
        "iis7_owa.log", "iis7_sqli.log",     "iis_without_date.log"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char name[64];
        struct buf b;
        struct log l;
        snprintf(name, sizeof(name), "iis/%s", files[i]);
        load(name, &b);
        assert_string_equal(log_read(&l, NULL, buf_str(&b), "no-name", 0)->name, "iis");
        assert_int_equal(l.row.n, count_lines(buf_str(&b), no_hash));
        assert_int_equal(l.cover.timed, l.row.n);
        for (size_t k = 0; k < l.row.n; k++) {
            const char *status = field(&l, k, "sc-status");
            assert_true(status && strlen(status) == 3 && isdigit((unsigned char)status[0]));
        }
        log_free(&l);
        buf_release(&b);
    }
}

static bool syslog_line(struct str s)
{
    bool bsd = s.n > 15 && isalpha((unsigned char)s.p[0]) && s.p[3] == ' ' && s.p[6] == ' ' && s.p[9] == ':';
    return bsd || isdigit((unsigned char)s.p[0]) || s.p[0] == '<';
}

static void test_syslog(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t rows; /* 0: one a line */
    } log[] = {{"syslog", 0},
               {"syslog_chromeos", 0},
               {"syslog_cron.log", 0},
               {"syslog_osx", 0},
               {"syslog_rsyslog", 0},
               {"syslog_rsyslog_SysklogdFileFormat", 0},
               {"syslog_rsyslog_SyslogProtocol23Format", 0},
               {"syslog_rsyslog_traditional", 0},
               {"syslog_ssh.log", 0},
               {"syslog_rsyslog_ForwardFormat", 9},
               {"syslog_rsyslog_TraditionalForwardFormat", 9}};
    when_t now;
    assert_true(clock_parse_iso(STR_LIT("2021-04-01"), 0, &now));
    for (size_t i = 0; i < ARRAY_LEN(log); i++) {
        char name[80];
        struct buf b;
        struct log l;
        snprintf(name, sizeof(name), "syslog/%s", log[i].file);
        load(name, &b);
        assert_string_equal(log_read(&l, NULL, buf_str(&b), "no-name", now)->name, "syslog");
        assert_int_equal(l.cover.rows, log[i].rows ? log[i].rows : count_lines(buf_str(&b), syslog_line));
        assert_int_equal(l.damage.n, strcmp(log[i].file, "syslog") == 0); /* its "MMM 22" */
        log_free(&l);
        buf_release(&b);
    }
}

/* The events of a real exploitation, each compared with what a JSON parser sees in its line. */
static void test_otrf(void **state)
{
    (void)state;
    struct buf b;
    struct log l;
    load("otrf/proxylogon_ssrf_rce_poc_2021-03-14T01401970.json.gz", &b);
    assert_string_equal(log_read(&l, NULL, buf_str(&b), "no-name", 0)->name, "json");
    assert_int_equal(l.row.n, 10487);
    assert_int_equal(l.cover.damaged, 0);
    struct str rest = buf_str(&b), line;
    struct arena a = {0};
    size_t two_clocks = 0;
    for (size_t i = 0; str_line_next(&rest, &line); i++) {
        const struct json *v = json_parse(&a, line, NULL);
        when_t t;
        assert_true(str_eq(str_of(field(&l, i, "Channel")), json_get_str(v, "Channel")));
        assert_true(str_eq(str_of(field(&l, i, "Provider")), json_get_str(v, "SourceName")));
        assert_true(str_eq(str_of(field(&l, i, "Computer")), json_get_str(v, "Hostname")));
        assert_int_equal(atoi(field(&l, i, "EventID")), json_int(json_get(v, "EventID"), -1));
        assert_true(clock_parse_iso(json_get_str(v, "TimeCreated"), 0, &t));
        assert_int_equal(l.row.p[i].time, t);
        two_clocks += l.row.p[i].second != 0 && l.row.p[i].note != NULL;
        arena_clear(&a);
    }
    assert_int_equal(two_clocks, 4679); /* all events of Sysmon: five hours apart */
    arena_release(&a);
    log_free(&l);
    buf_release(&b);
}

static size_t files, events;

/* "Event": {"System": {"EventID": …}} one or more a file: as many as there are "EventRecordID" keys. */
static int sigma_file(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)f;
    struct buf b = BUF_INIT(64 * MIB);
    struct log l;
    if (type != FTW_F || !str_ends(str_of(path), ".json"))
        return 0;
    assert_int_equal(stream_slurp(path, &b, NULL), 0);
    assert_string_equal(log_read(&l, NULL, buf_str(&b), "no-name", 0)->name, "json");
    size_t n = 0;
    for (struct str s = buf_str(&b); (str_find(s, STR_LIT("\"EventRecordID\":"))) != STR_NONE; n++)
        s = str_sub(s, str_find(s, STR_LIT("\"EventRecordID\":")) + 1, s.n);
    assert_int_equal(l.row.n, n);
    assert_int_equal(l.cover.damaged, 0);
    for (size_t i = 0; i < l.row.n; i++) {
        assert_non_null(field(&l, i, "EventID"));
        assert_non_null(field(&l, i, "Provider"));
        assert_int_not_equal(l.row.p[i].time, WHEN_NONE);
    }
    files++;
    events += n;
    log_free(&l);
    buf_release(&b);
    return 0;
}

static void test_sigma(void **state)
{
    (void)state;
    char path[4096];
    if (!dir[0])
        skip();
    snprintf(path, sizeof(path), "%s/sigma-regression", dir);
    assert_int_equal(nftw(path, sigma_file, 16, FTW_PHYS), 0);
    assert_int_equal(files, 95);
    assert_int_equal(events, 108);
}

int main(void)
{
    const char *data = getenv("TOBAN_TEST_DATA");
    if (data)
        snprintf(dir, sizeof(dir), "%s/evidence", data);
    if (dir[0] && access(dir, R_OK) != 0)
        dir[0] = '\0';
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exchange), cmocka_unit_test(test_iis),
                                       cmocka_unit_test(test_syslog), cmocka_unit_test(test_otrf),
                                       cmocka_unit_test(test_sigma)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
