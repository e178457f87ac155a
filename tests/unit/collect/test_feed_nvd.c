/* NVD: feeds 2.0 and 1.1, API answers, archives of changes, plans. */
#include "feed_test.h"

extern const struct source source_nvd;

#define API_URL "https://services.nvd.nist.gov/rest/json/cves/2.0"
#define FEED_URL "https://nvd.nist.gov/feeds/json/cve/2.0/"

static void count_matches(const struct vuln *v, void *arg)
{
    for (size_t i = 0; i < v->config_n; i++)
        for (size_t k = 0; k < v->config[i].node_n; k++)
            *(size_t *)arg += v->config[i].node[k].match_n;
}

/* Counts of the file taken with another JSON reader: 12,025 records, 10,093 with configurations,
 * 10,304 with a metric, 360 rejected, 85,043 matches. */
static void real_year(void **state)
{
    struct got g = {0};
    size_t matches = 0;
    (void)state;
    g.watch = "";
    g.seen = count_matches;
    g.arg = &matches;
    assert_int_equal(got_parse_file(&g, &source_nvd, "feed", "nvd/nvdcve-2.0-2021.json.gz"), 0);
    assert_int_equal(g.vulns, 12025);
    assert_int_equal(g.bad.n, 0);
    assert_int_equal(g.stated, 12025);
    assert_int_equal(g.with_config, 10093);
    assert_int_equal(g.with_metric, 10304);
    assert_int_equal(g.rejected, 360);
    assert_int_equal(matches, 85043);
    assert_when(g.document, "2026-08-22T00:00:00Z");
    got_release(&g);
}

static void check_proxylogon(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->source, "nvd");
    assert_str(v->source_id, "https://nvd.nist.gov/vuln/detail/CVE-2021-26855");
    assert_str(v->status, "Analyzed");
    assert_int_equal(v->state, VULN_PUBLISHED);
    assert_when(v->published, "2021-03-03T00:15:00Z");
    assert_when(v->modified, "2021-05-21T18:15:00Z");
    assert_true(v->known == v->modified);
    assert_int_equal(v->config_n, 1);
    assert_int_equal(v->config[0].node_n, 1);
    assert_int_equal(v->config[0].node[0].match_n, 24);
    assert_false(v->config[0].node[0].op_and);
    assert_true(v->config[0].node[0].match[0].vulnerable);
    assert_true(has(v->config[0].node[0].match[0].criteria, "microsoft:exchange_server"));
    assert_int_equal(v->metric_n, 2);
    assert_str(v->metric[0].version, "3.1");
    assert_true(v->metric[0].score == 9.8);
    assert_str(v->metric[1].version, "2.0");
    assert_str(v->metric[1].vector, "AV:N/AC:L/Au:N/C:P/I:P/A:P");
    assert_int_equal(v->ref_n, 5);
    assert_int_equal(v->cwe_n, 0); /* NVD-CWE-noinfo is none */
    assert_when(v->kev.added, "2021-11-03T00:00:00Z");
    assert_when(v->kev.due, "2021-04-16T00:00:00Z");
    assert_str(v->kev.cve, "CVE-2021-26855");
    assert_str(v->kev.source, "nvd");
}

static void real_record(void **state)
{
    struct got g = {0};
    bool found = false;
    (void)state;
    g.watch = "CVE-2021-26855";
    g.seen = check_proxylogon;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_nvd, "file", "nvd/nvdcve-2.0-2021.json.gz"), 0);
    assert_true(found);
    got_release(&g);
}

static void check_log4shell(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->ssvc.exploitation, "active");
    assert_str(v->ssvc.automatable, "yes");
    assert_str(v->ssvc.technical_impact, "total");
    assert_when(v->ssvc.when, "2025-02-04T14:25:34.416117Z");
    assert_int_equal(v->affected_n, 1);
    assert_str(v->affected[0].source, "security@apache.org");
    assert_str(v->affected[0].product, "Apache Log4j2");
    assert_int_equal(v->affected[0].version_n, 1);
    assert_str(v->affected[0].version[0].less_than, "log4j-core*");
    assert_int_equal(v->affected[0].version[0].change_n, 5);
    assert_str(v->affected[0].version[0].change[0].at, "2.3.1");
    assert_str(v->affected[0].version[0].change[0].status, "unaffected");
    assert_when(v->kev.added, "2021-12-10T00:00:00Z");
    assert_int_equal(v->cwe_n, 4);
    assert_str(v->cwe[3], "CWE-917");
    assert_true(v->config[0].op_and);
    assert_false(v->config[0].node[1].match[0].vulnerable);
    assert_str(v->config[0].node[0].match[0].end_excl, "2.7.0");
    assert_str(v->config[0].node[0].match[0].match_id, "BD64FC36-CC7B-4FD7-9845-7EA1DDB0E627");
    assert_str(v->metric[1].type, "Secondary");
}

/* Members NVD added in June 2026. */
static void real_ssvc_affected(void **state)
{
    struct got g = {0};
    bool found = false;
    (void)state;
    g.watch = "CVE-2021-44228";
    g.seen = check_log4shell;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_nvd, "page", "feeds/nvd/api/cve/ssvc_affected/0-3.json"), 0);
    assert_true(found);
    got_release(&g);
}

static void check_children(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_int_equal(v->config_n, 1);
    assert_true(v->config[0].op_and);
    assert_int_equal(v->config[0].node_n, 2);
    assert_str(v->config[0].node[0].match[0].end_excl, "1.4.11");
    assert_true(v->config[0].node[0].match[0].vulnerable);
    assert_false(v->config[0].node[1].match[0].vulnerable);
}

static void real_legacy(void **state)
{
    struct got g = {0};
    bool found = false;
    size_t matches = 0;
    (void)state;
    g.watch = "CVE-2021-0002";
    g.seen = check_children;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_nvd, "file", "nvd/increment/nvdcve-1.1-2021.json.gz"), 0);
    assert_true(found);
    assert_int_equal(g.vulns, 10660);
    assert_int_equal(g.stated, 10660);
    assert_int_equal(g.rejected, 345);
    assert_int_equal(g.with_config, 9754);
    got_release(&g);
    g.watch = "";
    g.seen = count_matches;
    g.arg = &matches;
    assert_int_equal(got_parse_file(&g, &source_nvd, "file", "nvd/increment/nvdcve-1.1-2021.json.gz"), 0);
    assert_int_equal(matches, 82335);
    got_release(&g);
}

struct states {
    size_t n;
    char known[8][CLOCK_ISO_SIZE];
    size_t configs[8];
};

static void note_state(const struct vuln *v, void *arg)
{
    struct states *s = arg;
    assert_true(s->n < ARRAY_LEN(s->configs));
    clock_iso(v->known, ZONE_UTC, s->known[s->n]);
    s->configs[s->n++] = v->config_n;
}

/* What was knowable when: six days without a CPE for CVE-2021-26855. */
static void real_timeline(void **state)
{
    struct got g = {0};
    struct states s = {0};
    (void)state;
    g.watch = "CVE-2021-26855";
    g.seen = note_state;
    g.arg = &s;
    assert_int_equal(got_parse_file(&g, &source_nvd, "file",
                                    "nvd/timeline-2021-03/nvd_changes_20210225-20210320.ndjson.gz"),
                     0);
    assert_int_equal(g.vulns, 3837);
    assert_int_equal(g.bad.n, 0);
    assert_int_equal(s.n, 4);
    assert_string_equal(s.known[0], "2021-03-03T02:02:01Z");
    assert_string_equal(s.known[2], "2021-03-09T20:01:23Z");
    assert_int_equal(s.configs[0], 0);
    assert_int_equal(s.configs[1], 0);
    assert_int_equal(s.configs[2], 1);
    got_release(&g);
}

static void real_sniff(void **state)
{
    (void)state;
    assert_true(sniffs(&source_nvd, "nvd/nvdcve-2.0-2021.json.gz"));
    assert_true(sniffs(&source_nvd, "nvd/increment/nvdcve-1.1-2021.json.gz"));
    assert_true(sniffs(&source_nvd, "nvd/timeline-2021-03/nvd_changes_20210225-20210320.ndjson.gz"));
    assert_true(sniffs(&source_nvd, "feeds/nvd/feed/cve/v2/nvdcve-2.0-modified.json.gz"));
    assert_false(sniffs(&source_nvd, "feeds/nvd/api/cpe/3_items/0-3.json"));
    assert_false(sniffs(&source_nvd, "feeds/nvd/api/cvehistory/3_items/0-3.json"));
    assert_false(sniffs(&source_nvd, "cve5/vulnrichment-sample.ndjson.gz"));
    assert_false(sniffs(&source_nvd, "kev/known_exploited_vulnerabilities.json"));
}

/* Three pages of three, three and two; the next is asked for where this one ends. */
static void real_pages(void **state)
{
    struct got g = {0};
    char path[4096];
    struct stream *in;
    size_t before = 0;
    (void)state;
    static const char *const pages[] = {"feeds/nvd/api/cve/3_pages/0-3.json",
                                        "feeds/nvd/api/cve/3_pages/3-3.json",
                                        "feeds/nvd/api/cve/3_pages/6-3.json"};
    static const char *const next[] = {"startIndex=3&resultsPerPage=3", "startIndex=6&resultsPerPage=3",
                                       NULL};
    for (size_t i = 0; i < 3; i++) {
        char url[200];
        snprintf(url, sizeof(url), API_URL "?startIndex=%zu&resultsPerPage=3", i * 3);
        assert_int_equal(stream_open(&in, data_path(path, pages[i]), LIMIT_INFLATED, &g.err), 0);
        assert_int_equal(got_parse_stream(&g, &source_nvd, "page", url, "3", in), 0);
        assert_int_equal(g.request.n - before, next[i] ? 1 : 0);
        if (next[i]) {
            assert_true(has(g.request.p[before].url, next[i]));
            assert_true(g.request.p[before].steers);
        }
        before = g.request.n;
    }
    assert_int_equal(g.vulns, 8);
    got_release(&g);
}

#define REC(id)                                                                                              \
    "{\"cve\":{\"id\":\"" id                                                                                 \
    "\",\"published\":\"2021-03-03T00:15:07.890\",\"lastModified\":\"2021-03-04T00:15:00\","                 \
    "\"descriptions\":[{\"lang\":\"en\",\"value\":\"d\"}],\"references\":[]}}"

static void short_page(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S("{\"resultsPerPage\":2,\"startIndex\":0,\"totalResults\":9,\"vulnerabilities\":[" REC(
        "CVE-2021-0001") "," REC("CVE-2021-0002") "]}");
    assert_int_equal(got_parse(&g, &source_nvd, "page", API_URL "?startIndex=0", "3", doc), ERR_INPUT);
    assert_int_equal(g.request.n, 0);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_nvd, "page", API_URL "?startIndex=0", "2", doc), 0);
    assert_int_equal(g.request.n, 1);
    got_release(&g);
    /* rows added while paging make the last page longer */
    doc = S("{\"vulnerabilities\":[" REC("CVE-2021-0001") "," REC(
        "CVE-2021-0002") "],\"startIndex\":8,\"totalResults\":9}");
    assert_int_equal(got_parse(&g, &source_nvd, "page", API_URL "?startIndex=8", "2", doc), 0);
    assert_int_equal(g.request.n, 0);
    got_release(&g);
}

static void bad_among_good(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S("{\"vulnerabilities\":[" REC(
        "CVE-2021-0001") ",{\"cve\":{\"id\":\"CVE-2021-0002\",}},7,{\"cve\":[]},{\"cve\":{\"id\":5}},"
                         "{\"cve\":{\"id\":\"CVE-2021-0003\",\"lastModified\":\"2021-01-01T00:00:00\","
                         "\"metrics\":[],\"descriptions\":\"x\",\"configurations\":[{\"nodes\":[{"
                         "\"cpeMatch\":[{\"criteria\":1},{}]}]},5],\"weaknesses\":{},\"affected\":[{"
                         "\"affectedData\":[1]}]}},"
                         "{\"cve\":{\"id\":\"CVE-2021-0004\",\"lastModified\":\"yesterday\"}}," REC(
                             "CVE-2021-0005") "]}");
    assert_int_equal(got_parse(&g, &source_nvd, "feed", FEED_URL "nvdcve-2.0-2021.json.gz", "2021", doc), 0);
    assert_int_equal(g.vulns, 4); /* a record without times is still a record */
    assert_int_equal(g.bad.n, 4);
    assert_int_equal(g.full_lists, 1);
    assert_non_null(strstr(g.bad_bytes.p[0], "CVE-2021-0002"));
    got_release(&g);
    /* lines: the broken one is set aside, whatever its brackets */
    doc = S(REC("CVE-2021-0001") "\n{\"cve\":[[[\n" REC("CVE-2021-0002") "\n\n\"\n" REC("CVE-2021-0003"));
    assert_int_equal(got_parse(&g, &source_nvd, "file", "archive.ndjson.gz", NULL, doc), 0);
    assert_int_equal(g.vulns, 3);
    assert_int_equal(g.bad.n, 2);
    got_release(&g);
}

static void bounds_are_trimmed(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->config[0].node[0].match[0].start_incl, "5.10.35");
}

static void odd_values(void **state)
{
    struct got g = {0};
    bool found = false;
    (void)state;
    g.watch = "CVE-2021-46973";
    g.seen = bounds_are_trimmed;
    g.arg = &found;
    struct str doc = S("{\"id\":\"CVE-2021-46973\",\"lastModified\":\"2024-11-21T06:35:05.1\","
                       "\"configurations\":[{\"nodes\":[{\"operator\":\"OR\",\"negate\":false,\"cpeMatch\":"
                       "[{\"vulnerable\":true,\"criteria\":\"cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*\","
                       "\"versionStartIncluding\":\" 5.10.35\"}]}]}]}");
    assert_int_equal(got_parse(&g, &source_nvd, "file", "CVE-2021-46973.json", NULL, doc), 0);
    assert_true(found);
    assert_int_equal(g.vulns, 1);
    got_release(&g);
}

static void not_the_document(void **state)
{
    static const char *const docs[] = {"",
                                       " ",
                                       "<html>503</html>",
                                       "{",
                                       "{\"vulnerabilities\":[" REC("CVE-2021-0001"),
                                       "{\"vulnerabilities\":[" REC("CVE-2021-0001") "}",
                                       "\xFF\xFE"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        assert_int_equal(got_parse(&g, &source_nvd, "page", API_URL, "2000", str_of(docs[i])), ERR_INPUT);
        got_release(&g);
    }
}

/* What the sink refuses ends the reading with its code. */
static void sink_fails(void **state)
{
    struct got g = {.fail_after = 1};
    (void)state;
    struct str doc = S(
        "{\"vulnerabilities\":[" REC("CVE-2021-0001") "," REC("CVE-2021-0002") "," REC("CVE-2021-0003") "]}");
    assert_int_equal(got_parse(&g, &source_nvd, "feed", FEED_URL, "2021", doc), ERR_IO);
    assert_int_equal(g.vulns, 1);
    got_release(&g);
}

static void plans(void **state)
{
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = WHEN_NONE, .url = str_of(source_nvd.default_url)};
    struct got g = got_plan(&source_nvd, &st);
    assert_int_equal(g.request.n, 2021 - 2002 + 2);
    assert_str(g.request.p[0].url, FEED_URL "nvdcve-2.0-2002.meta");
    assert_str(g.request.p[g.request.n - 1].url, FEED_URL "nvdcve-2.0-modified.meta");
    assert_false(g.request.p[19].optional); /* 2021, in April */
    assert_true(has(g.cursor, "2021-04-01T00:00:00Z"));
    char cursor[400];
    snprintf(cursor, sizeof(cursor), "%.*s", STR_ARG(g.cursor));
    got_release(&g);

    st.cursor = str_of(cursor);
    st.last_ok = TEST_TIME;
    st.now = TEST_TIME + 3 * 3600 * WHEN_SEC;
    g = got_plan(&source_nvd, &st);
    assert_int_equal(g.request.n, 1);
    assert_str(g.request.p[0].url, FEED_URL "nvdcve-2.0-modified.meta");
    got_release(&g);

    st.have_key = true;
    g = got_plan(&source_nvd, &st);
    assert_int_equal(g.request.n, 1);
    assert_true(has(
        g.request.p[0].url, API_URL
        "?lastModStartDate=2021-03-31T23:00:00.000%2B00:00&lastModEndDate=2021-04-01T03:00:00.000%2B00:00&"));
    assert_str(g.cursor, cursor);
    got_release(&g);

    st.now = TEST_TIME + 7 * WHEN_DAY; /* the weekly look at the years */
    g = got_plan(&source_nvd, &st);
    assert_int_equal(g.request.n, 21);
    got_release(&g);

    st.url = S(API_URL); /* 300 days by API alone: three windows of at most 120 days */
    st.now = TEST_TIME + 300 * WHEN_DAY;
    g = got_plan(&source_nvd, &st);
    assert_int_equal(g.request.n, 3);
    got_release(&g);
}

#define SHA_A "0B17A9CF0E1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4"

static void meta(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc =
        S("lastModifiedDate:2021-03-31T20:00:00-04:00\r\nsize:100\r\nzipSize:10\r\ngzSize:10\r\nsha256:" SHA_A
          "\r\n");
    g.cursor = S("{\"full\":\"2021-04-01T00:00:00Z\",\"sha\":{\"2002\":\"x\"}}");
    assert_int_equal(got_parse(&g, &source_nvd, "meta", FEED_URL "nvdcve-2.0-2021.meta", "2021 0000", doc),
                     0);
    assert_int_equal(g.request.n, 1);
    assert_str(g.request.p[0].url, FEED_URL "nvdcve-2.0-2021.json.gz");
    assert_str(g.request.p[0].kind, "feed");
    assert_true(has(g.cursor, "\"2021\":\"" SHA_A "\""));
    assert_true(has(g.cursor, "\"2002\":\"x\""));
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_nvd, "meta", FEED_URL "nvdcve-2.0-2021.meta", "2021 " SHA_A, doc),
                     0);
    assert_int_equal(g.request.n, 0);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_nvd, "meta", FEED_URL "nvdcve-2.0-2021.meta", "2021 ",
                               S("<html>sha256:1</html>")),
                     ERR_INPUT);
    got_release(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_year),
        cmocka_unit_test(real_record),
        cmocka_unit_test(real_ssvc_affected),
        cmocka_unit_test(real_legacy),
        cmocka_unit_test(real_timeline),
        cmocka_unit_test(real_sniff),
        cmocka_unit_test(real_pages),
        cmocka_unit_test(short_page),
        cmocka_unit_test(bad_among_good),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(not_the_document),
        cmocka_unit_test(sink_fails),
        cmocka_unit_test(plans),
        cmocka_unit_test(meta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
