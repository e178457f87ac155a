/* KEV and EPSS: assertions about vulnerabilities. */
#include "feed_test.h"

extern const struct source source_kev, source_epss;

#define KEV_URL "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"

static const struct kev *find_kev(const struct got *g, const char *cve)
{
    for (size_t i = 0; i < g->kev.n; i++)
        if (str_is(g->kev.p[i].cve, cve))
            return &g->kev.p[i];
    return NULL;
}

static void check_real(struct got *g)
{
    size_t known = 0;
    assert_int_equal(g->kev.n, 1404);
    assert_int_equal(g->bad.n, 0);
    assert_int_equal(g->full_lists, 1);
    assert_int_equal(g->after_full, 1404);
    for (size_t i = 0; i < g->kev.n; i++)
        known += g->kev.p[i].ransomware;
    assert_int_equal(known, 293);
    const struct kev *k = find_kev(g, "CVE-2021-26855");
    assert_non_null(k);
    assert_when(k->added, "2021-11-03T00:00:00Z");
    assert_when(k->due, "2021-04-16T00:00:00Z");
    assert_true(k->ransomware);
    assert_str(k->source, "cisa");
    assert_str(k->vendor, "Microsoft");
    assert_str(k->product, "Exchange Server");
    assert_str(k->name, "Microsoft Exchange Server Remote Code Execution Vulnerability");
    const struct kev *git = find_kev(g, "CVE-2025-48384");
    assert_non_null(git);
    assert_false(git->ransomware);
    assert_true(has(git->notes, " ; https://nvd.nist.gov/vuln/detail/CVE-2025-48384"));
}

static void kev_real_json(void **state)
{
    struct got g = {0};
    (void)state;
    assert_int_equal(got_parse_file(&g, &source_kev, "file", "kev/known_exploited_vulnerabilities.json"), 0);
    check_real(&g);
    assert_int_equal(g.stated, 1404);
    assert_when(g.document, "2025-08-25T17:04:19.9796Z");
    got_release(&g);
}

static void kev_real_csv(void **state)
{
    struct got g = {0};
    (void)state;
    assert_int_equal(got_parse_file(&g, &source_kev, "file", "kev/known_exploited_vulnerabilities.csv"), 0);
    check_real(&g);
    got_release(&g);
}

static void kev_sniff(void **state)
{
    (void)state;
    assert_true(sniffs(&source_kev, "kev/known_exploited_vulnerabilities.json"));
    assert_true(sniffs(&source_kev, "kev/known_exploited_vulnerabilities.csv"));
    assert_false(sniffs(&source_kev, "kev/known_exploited_vulnerabilities_schema.json"));
    assert_false(sniffs(&source_kev, "nvd/nvdcve-2.0-2002.json.gz"));
    assert_true(sniffs(&source_epss, "feeds/epss/epss_scores-2021-04-14.csv.gz"));
    assert_true(sniffs(&source_epss, "feeds/epss/epss_scores-2023-03-07.csv.gz"));
    assert_false(sniffs(&source_epss, "kev/known_exploited_vulnerabilities.csv"));
}

/* One entry is broken, one has the wrong types; their neighbours are kept, the count is of all. */
static void kev_bad_among_good(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S("{\"count\": 5, \"vulnerabilities\": [\n"
                       "{\"cveID\":\"CVE-2021-0001\",\"dateAdded\":\"2021-11-03\",\"dueDate\":\"2021-11-17\","
                       "\"knownRansomwareCampaignUse\":\"Known\"},\n"
                       "{\"cveID\":\"CVE-2021-0002\",\"dateAdded\":,},\n"
                       "{\"cveID\":7,\"dateAdded\":\"2021-11-03\"},\n"
                       "{\"cveID\":\"CVE-2021-0003\",\"dateAdded\":\"soon\"},\n"
                       "{\"cveID\":\" cve-2021-0004 "
                       "\",\"dateAdded\":\"2022-01-02\",\"dueDate\":null,\"new\":{\"unknown\":[1]}}]}");
    assert_int_equal(got_parse(&g, &source_kev, "list", KEV_URL, NULL, doc), 0);
    assert_int_equal(g.kev.n, 2);
    assert_int_equal(g.bad.n, 3);
    assert_int_equal(g.stated, 5);
    assert_str(g.kev.p[1].cve, "CVE-2021-0004");
    assert_true(g.kev.p[1].due == WHEN_NONE);
    assert_non_null(strstr(g.bad_bytes.p[0], "CVE-2021-0002"));
    got_release(&g);
}

/* Cells may hold quotes, commas and line ends; rows end with LF or CRLF. */
static void kev_csv_quotes(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S("\xEF\xBB\xBF"
                       "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,"
                       "requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes\r\n"
                       "CVE-2021-0001,\"A, Inc.\",P,\"the \"\"big\"\" "
                       "one\",2021-11-03,\"line\r\nline\",act,2021-11-17,Unknown,,\r\n"
                       "CVE-2021-0002,V,P,N,2021-11-04,D,\"act\nnow\",2021-11-18,Known,\"n\",CWE-79");
    assert_int_equal(got_parse(&g, &source_kev, "list", KEV_URL, NULL, doc), 0);
    assert_int_equal(g.kev.n, 2);
    assert_int_equal(g.bad.n, 0);
    assert_str(g.kev.p[0].vendor, "A, Inc.");
    assert_str(g.kev.p[0].name, "the \"big\" one");
    assert_str(g.kev.p[1].action, "act\nnow");
    assert_true(g.kev.p[1].ransomware);
    got_release(&g);
}

static void kev_not_the_document(void **state)
{
    static const char *const docs[] = {"",
                                       " \n",
                                       "<!DOCTYPE html><html><title>Access Denied</title></html>",
                                       "{",
                                       "[]",
                                       "{\"title\":\"x\"}",
                                       "{\"vulnerabilities\":{}}",
                                       "{\"vulnerabilities\":[{\"cveID\":\"CVE-2021-0001\"",
                                       "{\"vulnerabilities\":[]} x",
                                       "not,a,table\n1,2,3\n"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        int rc = got_parse(&g, &source_kev, "list", KEV_URL, NULL, str_of(docs[i]));
        if (rc != ERR_INPUT)
            print_error("document %zu gives %d\n", i, rc);
        assert_int_equal(rc, ERR_INPUT);
        got_release(&g);
    }
}

static void kev_plan(void **state)
{
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = WHEN_NONE, .url = str_of(source_kev.default_url)};
    struct got g = got_plan(&source_kev, &st);
    assert_int_equal(g.request.n, 1);
    assert_str(g.request.p[0].url, KEV_URL);
    assert_non_null(strstr(source_kev.fallback_url, "cisagov/kev-data"));
    got_release(&g);
}

static void epss_file(const char *rel, const char *model, const char *date, double score, double percentile)
{
    struct got g = {0};
    assert_int_equal(got_parse_file(&g, &source_epss, "file", rel), 0);
    assert_int_equal(g.epss.n, 2);
    assert_int_equal(g.bad.n, 0);
    assert_str(g.epss.p[0].cve, "CVE-2020-5902");
    assert_str(g.epss.p[0].model_version, model);
    assert_when(g.epss.p[0].date, date);
    assert_true(g.epss.p[0].score == score);
    assert_true(g.epss.p[0].percentile == percentile);
    got_release(&g);
}

/* The four layouts, as published. */
static void epss_layouts(void **state)
{
    (void)state;
    epss_file("feeds/epss/epss_scores-2021-04-14.csv.gz", "", "2021-04-14T00:00:00Z", 0.65117, -1);
    epss_file("feeds/epss/epss_scores-2021-09-01.csv.gz", "", "2021-09-01T00:00:00Z", 0.65117,
              0.9981063485700858);
    epss_file("feeds/epss/epss_scores-2022-02-04.csv.gz", "v2022.01.01", "2022-02-04T00:00:00Z", 0.96817,
              0.99999);
    epss_file("feeds/epss/epss_scores-2023-03-07.csv.gz", "v2023.03.01", "2023-03-07T00:00:00Z", 0.97567,
              0.99995);
}

static void epss_rows(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc =
        S("#model_version:v2026.06.15,score_date:2026-06-15T12:55:00Z\r\ncve,epss,percentile\r\n"
          "CVE-2021-0001,9.1e-05,0.1\r\nCVE-2021-0002,1.5,0.1\r\nCVE-2021-0003,,\r\nnonsense\r\n\r\nCVE-2021-"
          "0004,0.5\r\nCVE-2021-0005,1,1.0\r\nCVE-2021-0006,nan,0.1");
    assert_int_equal(
        got_parse(&g, &source_epss, "list", "https://x.example/epss_scores-current.csv.gz", NULL, doc), 0);
    assert_int_equal(g.epss.n, 3);
    assert_int_equal(g.bad.n, 4);
    assert_true(g.epss.p[0].score > 9.0e-05 && g.epss.p[0].score < 9.2e-05);
    assert_str(g.epss.p[2].model_version, "v2026.06.15");
    assert_true(g.epss.p[1].percentile == -1);
    assert_when(g.epss.p[0].date, "2026-06-15T12:55:00Z");
    got_release(&g);
}

static void epss_api(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S(
        "{\"status\":\"OK\",\"total\":2,\"offset\":0,\"limit\":100,\"data\":[{\"cve\":\"CVE-2021-0001\","
        "\"epss\":\"0.975670000\",\"percentile\":\"0.999950000\",\"date\":\"2026-01-02\"},{\"cve\":\"x\"}]}");
    assert_int_equal(got_parse(&g, &source_epss, "list", "https://api.first.org/data/v1/epss", NULL, doc), 0);
    assert_int_equal(g.epss.n, 1);
    assert_int_equal(g.bad.n, 1);
    assert_true(g.epss.p[0].score == 0.97567);
    assert_when(g.epss.p[0].date, "2026-01-02T00:00:00Z");
    got_release(&g);
}

static void epss_not_the_document(void **state)
{
    static const char *const docs[] = {"", "\n\n", "<html>403</html>", "a,b\n1,2\n", "{\"status\":\"OK\"}",
                                       "{"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        assert_int_equal(
            got_parse(&g, &source_epss, "list", "https://x.example/e.csv", NULL, str_of(docs[i])), ERR_INPUT);
        got_release(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kev_real_json),
        cmocka_unit_test(kev_real_csv),
        cmocka_unit_test(kev_sniff),
        cmocka_unit_test(kev_bad_among_good),
        cmocka_unit_test(kev_csv_quotes),
        cmocka_unit_test(kev_not_the_document),
        cmocka_unit_test(kev_plan),
        cmocka_unit_test(epss_layouts),
        cmocka_unit_test(epss_rows),
        cmocka_unit_test(epss_api),
        cmocka_unit_test(epss_not_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
