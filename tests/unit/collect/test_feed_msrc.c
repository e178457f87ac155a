/* MSRC: CVRF as XML and JSON, the list of documents, fields with a grammar of their own. */
#include "feed_test.h"

#include "collect/feeds/msrc_record.h"

#include <dirent.h>

extern const struct source source_msrc;

#define UPDATES "https://api.msrc.microsoft.com/cvrf/v3.0/updates"

static void check_proxylogon(const struct vuln *v, void *arg)
{
    size_t maybe = 0, yes = 0, supersedes = 0;
    struct feed_set ids = {0};
    struct arena a = {0};
    *(bool *)arg = true;
    ids.a = &a;
    assert_str(v->source, "msrc");
    assert_str(v->exploited, "yes");
    assert_true(has(v->exploited_quote, "Exploited:Yes"));
    assert_int_equal(v->product_n, 24);
    for (size_t i = 0; i < v->product_n; i++) {
        const struct vendor_product *p = &v->product[i];
        feed_set_add(&ids, p->product_id);
        assert_str(p->kb, "5000871");
        assert_str(p->status, "known_affected");
        assert_str(p->fixed_build, "");
        assert_true(str_starts(p->name, "Microsoft Exchange Server 20"));
        maybe += str_is(p->restart, "Maybe");
        yes += str_is(p->restart, "Yes");
        supersedes += str_is(p->supersedes, "4602269");
        assert_true(str_is(p->supersedes, "4602269") || str_is(p->supersedes, "4593466") || !p->supersedes.n);
    }
    assert_int_equal(ids.n, 24);
    assert_int_equal(maybe, 5);
    assert_int_equal(yes, 19);
    assert_int_equal(supersedes, 4);
    assert_int_equal(v->metric_n, 1);
    assert_true(v->metric[0].score == 9.1);
    assert_str(v->metric[0].version, "3.1");
    assert_str(v->metric[0].vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N/E:F/RL:O/RC:C");
    assert_when(v->published, "2021-03-02T08:00:00Z");
    assert_when(v->modified, "2021-03-16T07:00:00Z");
    feed_set_done(&ids);
    arena_release(&a);
}

static void real_proxylogon(void **state)
{
    struct got g = {.watch = "CVE-2021-26855"};
    bool found = false;
    (void)state;
    g.seen = check_proxylogon;
    g.arg = &found;
    assert_true(sniffs(&source_msrc, "msrc/2021-Mar/2021/CVE-2021-26855.json"));
    assert_int_equal(got_parse_file(&g, &source_msrc, "file", "msrc/2021-Mar/2021/CVE-2021-26855.json"), 0);
    assert_true(found);
    assert_int_equal(g.notice.n, 1);
    const struct notice *n = &g.notice.p[0];
    assert_str(n->id, "CVE-2021-26855");
    assert_true(has(n->text, "that are being exploited in an active attack"));
    assert_false(has(n->text, "<p>"));
    assert_true(has(n->text, "Exploited:Yes"));
    assert_int_equal(n->cve_n, 1);
    assert_int_equal(n->product_n, 24);
    assert_true(n->complete);
    got_release(&g);
}

/* All 181 CVEs of March 2021; seven are exploited, one more was disclosed. */
static void real_month(void **state)
{
    struct got g = {0};
    static const char *const years[] = {"msrc/2021-Mar/2020", "msrc/2021-Mar/2021"};
    static const char *const told[] = {"CVE-2021-26411", "CVE-2021-26855", "CVE-2021-26857",
                                       "CVE-2021-26858", "CVE-2021-27059", "CVE-2021-27065",
                                       "CVE-2021-27077", "CVE-2021-27085"};
    (void)state;
    for (size_t y = 0; y < ARRAY_LEN(years); y++) {
        char path[4096], rel[4096];
        DIR *d = opendir(data_path(path, years[y]));
        assert_non_null(d);
        for (struct dirent *x; (x = readdir(d)) != NULL;) {
            if (!str_ends(str_of(x->d_name), ".json"))
                continue;
            snprintf(rel, sizeof(rel), "%s/%s", years[y], x->d_name);
            assert_int_equal(got_parse_file(&g, &source_msrc, "file", rel), 0);
        }
        closedir(d);
    }
    assert_int_equal(g.vulns, 181);
    assert_int_equal(g.bad.n, 0);
    assert_int_equal(g.notice.n, ARRAY_LEN(told));
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        size_t hits = 0;
        for (size_t k = 0; k < g.notice.n; k++)
            hits += str_is(g.notice.p[k].id, told[i]);
        assert_int_equal(hits, 1);
    }
    got_release(&g);
}

static void check_dotnet(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_int_equal(v->product_n, 6);
    assert_str(v->product[0].product_id, "12309");
    assert_str(v->product[0].name, "Microsoft Visual Studio 2022 version 17.9");
    assert_str(v->product[0].fixed_build, "17.9.3");
    assert_str(v->product[0].kb, "");
    assert_str(v->product[1].kb, "5036451");
    assert_str(v->product[1].fixed_build, "7.0.17");
    assert_str(v->product[1].subtype, "Monthly Rollup");
    assert_str(v->exploited, "no");
    assert_str(v->exploited_quote,
               "Publicly Disclosed:No;Exploited:No;Latest Software Release:Exploitation Less Likely;DOS:N/A");
    assert_int_equal(v->cwe_n, 1);
    assert_str(v->cwe[0], "CWE-400");
    assert_int_equal(v->metric_n, 1);
    assert_true(v->metric[0].score == 7.5);
}

static void check_hyperv(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_int_equal(v->product_n, 6);
    assert_str(v->product[0].kb, "3147461");
    assert_str(v->product[0].supersedes, "3140745");
    assert_int_equal(v->metric_n, 0);
    assert_true(has(v->description, "Windows Hyper-V on a host server"));
    assert_when(v->published, "2016-04-12T07:00:00Z");
}

static void real_xml(void **state)
{
    struct got g = {.watch = "CVE-2024-21392"};
    bool found = false;
    (void)state;
    g.seen = check_dotnet;
    g.arg = &found;
    assert_true(sniffs(&source_msrc, "feeds/microsoft/cvrf/happy/cvrf/2024-Mar"));
    assert_false(sniffs(&source_msrc, "feeds/cisco/cvrf/cisco-sa-snmp-dos-sdxnSUcW_cvrf.xml"));
    assert_int_equal(got_parse_file(&g, &source_msrc, "doc", "feeds/microsoft/cvrf/happy/cvrf/2024-Mar"), 0);
    assert_true(found);
    assert_int_equal(g.vulns, 1);
    assert_int_equal(g.notice.n, 0);
    got_release(&g);
    found = false;
    g.watch = "CVE-2016-0088";
    g.seen = check_hyperv;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_msrc, "doc", "feeds/microsoft/cvrf/happy/cvrf/2016-Apr"), 0);
    assert_true(found);
    got_release(&g);
}

/* The API's own JSON: numbers for types, {"Value":…} for texts, products without a fix. */
static void check_api(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_int_equal(v->product_n, 3);
    assert_str(v->product[0].kb, "5000871");
    assert_str(v->product[0].supersedes, "4602269,MS16-104");
    assert_str(v->product[0].name, "Exchange 2019 CU8");
    assert_str(v->product[1].product_id, "10378-11568");
    assert_str(v->product[1].kb, "5000871");
    assert_str(v->product[2].product_id, "3");
    assert_str(v->product[2].kb, "");
    assert_str(v->description, "A bug.");
    assert_str(v->exploited, "yes");
    assert_true(v->metric[0].score == 9.1);
}

static void api_json(void **state)
{
    struct got g = {.watch = "CVE-2021-0001"};
    bool found = false;
    (void)state;
    g.seen = check_api;
    g.arg = &found;
    struct str doc = S(
        "{\"DocumentTitle\":{\"Value\":\"March\"},\"DocumentTracking\":{\"Identification\":{\"ID\":{"
        "\"Value\":\"2021-Mar\"}},\"CurrentReleaseDate\":\"2021-04-13T07:00:00Z\"},"
        "\"ProductTree\":{\"Branch\":[{\"Items\":[{\"Items\":[{\"ProductID\":\"1\",\"Value\":\"Exchange 2019 "
        "CU8\"}],\"Type\":1,\"Name\":\"Exchange\"}],\"Type\":0,\"Name\":\"Microsoft\"}],\"FullProductName\":["
        "{\"ProductID\":\"1\",\"Value\":\"Exchange 2019 "
        "CU8\"},{\"ProductID\":\"10378-11568\",\"Value\":\"B\"}]},"
        "\"Vulnerability\":[{\"Title\":{\"Value\":\"T\"},\"Notes\":[{\"Title\":\"Description\",\"Type\":2,"
        "\"Value\":\"<p>A bug.</p>\"},{\"Type\":7,\"Value\":\"x\"},{\"Type\":4,\"Value\":\"Mitigate "
        "now.\"}],\"CVE\":\"CVE-2021-0001\",\"CWE\":[{\"ID\":\"CWE-79\"}],"
        "\"ProductStatuses\":[{\"ProductID\":[\"1\",\"10378-11568\",\"3\"],\"Type\":3}],"
        "\"Threats\":[{\"Description\":{\"Value\":\"DOS:N/"
        "A\"},\"ProductID\":[\"1\"],\"Type\":1},{\"Description\":{\"Value\":\"Publicly "
        "Disclosed:No;Exploited:Yes;DOS:N/"
        "A\"},\"Type\":1},{\"Description\":{\"Value\":\"Critical\"},\"Type\":3}],"
        "\"CVSSScoreSets\":[{\"BaseScore\":9.1,\"TemporalScore\":8.4,\"Vector\":\"CVSS:3.1/AV:N/AC:L/PR:N/"
        "UI:N/S:U/C:H/I:H/A:N\",\"ProductID\":[\"1\"]}],"
        "\"Remediations\":[{\"Description\":{\"Value\":\"KB5000871\"},\"Supercedence\":\"4602269; N; "
        "MS16-104\\n\",\"ProductID\":[\"1\",\"10378-11568\"],\"Type\":2,\"RestartRequired\":{\"Value\":"
        "\"Yes\"},\"FixedBuild\":\"https://aka.ms/"
        "OfficeSecurityReleases\"},{\"Description\":{\"Value\":\"<b>Block</b> it\"},\"Type\":0}],"
        "\"RevisionHistory\":[{\"Number\":\"1.0\",\"Date\":\"2021-03-02T08:00:00\",\"Description\":{"
        "\"Value\":\"x\"}}]},"
        "{\"CVE\":\"CVE-2021-0002-M\",\"Title\":{\"Value\":\"double\"}},{\"CVE\":\"ADV990001\",\"Title\":{"
        "\"Value\":\"stack\"}},7,{\"CVE\":{}}]}");
    assert_int_equal(got_parse(&g, &source_msrc, "doc",
                               "https://api.msrc.microsoft.com/cvrf/v3.0/cvrf/2021-Mar", "2021-Mar", doc),
                     0);
    assert_true(found);
    assert_int_equal(g.vulns, 2);
    assert_int_equal(g.bad.n, 2);
    assert_int_equal(g.notice.n, 1);
    assert_true(has(g.notice.p[0].text, "Workaround: Block it"));
    assert_true(has(g.notice.p[0].text, "Mitigate now."));
    assert_when(g.document, "2021-04-13T07:00:00Z");
    got_release(&g);
}

/* Forms counted over 14,020 real entries. */
static void builds(void **state)
{
    struct arena a = {0};
    (void)state;
    assert_str(msrc_record_build(&a, S("10.0.17763.1817")), "10.0.17763.1817");
    assert_str(msrc_record_build(&a, S(" 1.20.2-1 ")), "1.20.2-1");
    assert_str(msrc_record_build(&a, S("\xE2\x80\x8B"
                                       "16.0.5149.1000.")),
               "16.0.5149.1000");
    assert_str(msrc_record_build(&a, S("Fixed Version 7.0.17")), "7.0.17");
    assert_str(msrc_record_build(&a, S("https://aka.ms/OfficeSecurityReleases")), "");
    assert_str(msrc_record_build(&a, S("3.0.50727.8970; 4.0.30319.30709")), "");
    assert_str(msrc_record_build(&a, S("App Build 1.2.3, Platform Build 4.5.6")), "");
    assert_str(msrc_record_build(&a, S("V1.2")), "");
    assert_str(msrc_record_build(&a, S("10.0.xxxxx.1000")), "");
    assert_str(msrc_record_build(&a, S("17")), "");
    assert_str(msrc_record_build(&a, S("")), "");
    assert_str(msrc_record_supersedes(&a, S("4602269")), "4602269");
    assert_str(msrc_record_supersedes(&a, S("N; N")), "");
    assert_str(msrc_record_supersedes(&a, S("N, N, N")), "");
    assert_str(msrc_record_supersedes(&a, S("None")), "");
    assert_str(msrc_record_supersedes(&a, S("MS16-104, 3185319;KB3185319\n")), "MS16-104,3185319");
    arena_release(&a);
}

static void list(void **state)
{
    (void)state;
    struct feed_state st = {.now = TEST_TIME,
                            .last_ok = WHEN_NONE,
                            .url = S(UPDATES),
                            .cursor = S("{\"2021-Feb\":\"a\",\"2021-Mar\":\"old\"}")};
    struct got g = got_plan(&source_msrc, &st);
    assert_int_equal(g.request.n, 1);
    assert_true(g.request.p[0].steers);
    got_release(&g);
    /* March was re-issued, February was not; April is missing in the list and is tried */
    struct str doc = S("{\"value\":[{\"ID\":\"2021-Feb\",\"InitialReleaseDate\":\"2021-02-09T08:00:00Z\","
                       "\"CurrentReleaseDate\":\"a\"},{\"ID\":\"2021-Mar\",\"InitialReleaseDate\":\"2021-03-"
                       "09T08:00:00Z\",\"CurrentReleaseDate\":\"new\"},{\"ID\":\"../../x\"}]}");
    assert_int_equal(
        got_parse(&g, &source_msrc, "list", UPDATES, "{\"2021-Feb\":\"a\",\"2021-Mar\":\"old\"}", doc), 0);
    assert_int_equal(g.request.n, 2);
    assert_str(g.request.p[0].url, "https://api.msrc.microsoft.com/cvrf/v3.0/cvrf/2021-Mar");
    assert_false(g.request.p[0].optional);
    assert_str(g.request.p[1].url, "https://api.msrc.microsoft.com/cvrf/v3.0/cvrf/2021-Apr");
    assert_true(g.request.p[1].optional);
    assert_int_equal(g.bad.n, 1);
    assert_true(has(g.cursor, "\"2021-Mar\":\"new\""));
    got_release(&g);
    assert_true(sniffs(&source_msrc, "msrc/2021-Mar/2021/CVE-2021-1640.json"));
}

static void not_the_document(void **state)
{
    static const char *const docs[] = {"",      "<html><p>x</html>", "{}", "{\"Vulnerability\":", "<cvrfdoc>",
                                       "<rss/>"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        assert_int_equal(
            got_parse(&g, &source_msrc, "doc", "https://x.example/cvrf/2021-Mar", NULL, str_of(docs[i])),
            ERR_INPUT);
        got_release(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_proxylogon),  cmocka_unit_test(real_month), cmocka_unit_test(real_xml),
        cmocka_unit_test(api_json),         cmocka_unit_test(builds),     cmocka_unit_test(list),
        cmocka_unit_test(not_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
