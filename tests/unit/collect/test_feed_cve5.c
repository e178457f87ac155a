/* CVE Record Format 5: CNA and ADP containers, Vulnrichment, rejected records, changes. */
#include "feed_test.h"

extern const struct source source_cve5;

struct tally {
    size_t ssvc, kev, active, poc, none, automatable, total, affected;
};

static void count(const struct vuln *v, void *arg)
{
    struct tally *t = arg;
    t->ssvc += v->ssvc.exploitation.n > 0;
    t->kev += v->kev.added != WHEN_NONE;
    t->active += str_is(v->ssvc.exploitation, "active");
    t->poc += str_is(v->ssvc.exploitation, "poc");
    t->none += str_is(v->ssvc.exploitation, "none");
    t->automatable += str_is(v->ssvc.automatable, "yes");
    t->total += str_is(v->ssvc.technical_impact, "total");
    t->affected += v->affected_n;
    assert_true(str_starts(v->id, "CVE-"));
    assert_true(v->known >= v->modified);
}

/* Counts taken from the file with another JSON reader. */
static void real_vulnrichment(void **state)
{
    struct got g = {.watch = ""};
    struct tally t = {0};
    (void)state;
    g.seen = count;
    g.arg = &t;
    assert_int_equal(got_parse_file(&g, &source_cve5, "file", "cve5/vulnrichment-sample.ndjson.gz"), 0);
    assert_int_equal(g.vulns, 7355);
    assert_int_equal(g.bad.n, 0);
    assert_int_equal(g.rejected, 19);
    assert_int_equal(t.ssvc, 7336);
    assert_int_equal(t.none, 6041);
    assert_int_equal(t.poc, 1255);
    assert_int_equal(t.active, 40);
    assert_int_equal(t.automatable, 1303);
    assert_int_equal(t.total, 2284);
    assert_int_equal(t.kev, 40);
    assert_int_equal(t.affected, 23893);
    got_release(&g);
}

static void check_kev(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->kev.source, "vulnrichment");
    assert_when(v->kev.added, "2024-09-17T00:00:00Z");
    assert_str(v->kev.cve, "CVE-2014-0497");
}

static void real_kev(void **state)
{
    struct got g = {.watch = "CVE-2014-0497"};
    bool found = false;
    (void)state;
    g.seen = check_kev;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_cve5, "file", "cve5/vulnrichment-sample.ndjson.gz"), 0);
    assert_true(found);
    got_release(&g);
}

static void check_precedence(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->title, "Synthetic precedence record");
    assert_str(v->description, "Line one,\nwith a comma and a \"quote\" and\ta tab.");
    assert_int_equal(v->metric_n, 3);
    assert_str(v->metric[0].type, "Primary");
    assert_str(v->metric[2].type, "Secondary");
    assert_true(v->metric[2].score == 9.9);
    assert_str(v->metric[2].source, "CISA-ADP");
    assert_int_equal(v->cwe_n, 3);
    assert_int_equal(v->affected_n, 3);
    assert_int_equal(v->affected[0].cpe_n, 1); /* stated twice */
    assert_int_equal(v->config_n, 1);
    assert_str(v->config[0].node[0].match[0].criteria, "cpe:2.3:a:acme:widget:2.0:*:*:*:*:*:*:*");
    assert_int_equal(v->ref_n, 4); /* a, b, c, cisa-only; each once */
    assert_str(v->ssvc.exploitation, "poc");
    assert_str(v->ssvc.technical_impact, "total");
}

static void check_rejected(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_int_equal(v->state, VULN_REJECTED);
    assert_str(v->status, "REJECTED");
    assert_true(has(v->description, "rejected as a duplicate"));
    assert_int_equal(v->alias_n, 1);
    assert_str(v->alias[0], "CVE-2099-10001");
}

static void real_fixture(const char *rel, void (*check)(const struct vuln *v, void *arg))
{
    struct got g = {.watch = ""};
    bool found = false;
    g.seen = check;
    g.arg = &found;
    assert_int_equal(got_parse_file(&g, &source_cve5, "file", rel), 0);
    assert_true(found);
    assert_int_equal(g.vulns, 1);
    got_release(&g);
}

static void real_single_files(void **state)
{
    (void)state;
    real_fixture("nvd/fixtures/tests/fixtures/synthetic-precedence.json", check_precedence);
    real_fixture("nvd/fixtures/tests/fixtures/synthetic-rejected.json", check_rejected);
}

static void real_sniff(void **state)
{
    (void)state;
    assert_true(sniffs(&source_cve5, "cve5/vulnrichment-sample.ndjson.gz"));
    assert_true(sniffs(&source_cve5, "nvd/fixtures/tests/fixtures/CVE-2021-44228.json"));
    assert_false(sniffs(&source_cve5, "nvd/nvdcve-2.0-2021.json.gz"));
    assert_false(sniffs(&source_cve5, "nvd/timeline-2021-03/nvd_changes_20210225-20210320.ndjson.gz"));
}

#define CNA                                                                                                  \
    "\"containers\":{\"cna\":{\"descriptions\":[{\"lang\":\"en-US\",\"value\":\"d\"}],\"affected\":[{"       \
    "\"vendor\":\"V\",\"product\":\"P\",\"defaultStatus\":\"Unaffected\",\"versions\":[{\"version\":\"1."    \
    "0\",\"lessThan\":\"2.0\",\"status\":\"Affected\",\"versionType\":\"semver\"}]}]}"
#define REC(id)                                                                                              \
    "{\"cveMetadata\":{\"cveId\":\"" id                                                                      \
    "\",\"state\":\"PUBLISHED\",\"dateUpdated\":\"2024-01-02T03:04:05.678Z\"}," CNA "}}"

static void check_folded(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->ssvc.exploitation, "active");
    assert_str(v->ssvc.automatable, "yes");
    assert_str(v->ssvc.technical_impact, "total");
    assert_str(v->affected[0].default_status, "unaffected");
    assert_str(v->affected[0].version[0].status, "affected");
    assert_str(v->description, "d");
    assert_when(v->known, "2024-05-01T00:00:00Z");
}

/* Values of old records have capitals; another ADP's word on exploitation is not CISA's. */
static void folds_case(void **state)
{
    struct got g = {.watch = ""};
    bool found = false;
    (void)state;
    g.seen = check_folded;
    g.arg = &found;
    struct str doc =
        S("{\"cveMetadata\":{\"cveId\":\"CVE-2024-0001\",\"state\":\"PUBLISHED\",\"dateUpdated\":\"2024-01-"
          "02T03:04:05\"}," CNA ",\"adp\":["
          "{\"title\":\"CISA ADP "
          "Vulnrichment\",\"providerMetadata\":{\"shortName\":\"CISA-ADP\",\"dateUpdated\":\"2024-05-01T00:"
          "00:00Z\"},\"metrics\":[{\"other\":{\"type\":\"ssvc\",\"content\":{\"options\":[{\"Exploitation\":"
          "\"Active\"},{\"Automatable\":\"Yes\"},{\"Technical Impact\":\"Total\"}]}}}]},"
          "{\"title\":\"Other\",\"providerMetadata\":{\"shortName\":\"OTHER\"},\"metrics\":[{\"other\":{"
          "\"type\":\"ssvc\",\"content\":{\"options\":[{\"Exploitation\":\"none\"}]}}},{\"other\":{\"type\":"
          "\"kev\",\"content\":{\"dateAdded\":\"2020-01-01\"}}}]}]}}");
    assert_int_equal(got_parse(&g, &source_cve5, "doc", "https://x.example/CVE-2024-0001.json", NULL, doc),
                     0);
    assert_true(found);
    got_release(&g);
}

static void bad_among_good(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S(REC(
        "CVE-2024-0001") "\n{\"cveMetadata\":{\"cveId\":\"CVE-2024-0002\"\nnull\n{\"cveMetadata\":{\"cveId\":"
                         "\"nope\"}}\n"
                         "{\"cveMetadata\":{\"cveId\":\"CVE-2024-0003\"},\"containers\":[]}\n"
                         "{\"cveMetadata\":{\"cveId\":\"CVE-2024-0004\",\"state\":7},\"containers\":{\"cna\":"
                         "{\"affected\":{},\"metrics\":\"x\",\"descriptions\":[5]},\"adp\":{}}}\r\n" REC(
                             "CVE-2024-0005") "\n");
    assert_int_equal(got_parse(&g, &source_cve5, "file", "x.jsonl", NULL, doc), 0);
    assert_int_equal(g.vulns, 3);
    assert_int_equal(g.bad.n, 4);
    got_release(&g);
    /* one behind the other without a telling name, and as a list */
    assert_int_equal(got_parse(&g, &source_cve5, "file", "x.json", NULL,
                               S(REC("CVE-2024-0001") "\n" REC("CVE-2024-0002"))),
                     0);
    assert_int_equal(g.vulns, 2);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_cve5, "file", "x.json", NULL,
                               S("[" REC("CVE-2024-0001") ",{\"x\":}," REC("CVE-2024-0002") "]")),
                     0);
    assert_int_equal(g.vulns, 2);
    assert_int_equal(g.bad.n, 1);
    got_release(&g);
}

static void not_the_document(void **state)
{
    static const char *const docs[] = {"", "<html></html>", "{\"cveMetadata\":", "{} {"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        assert_int_equal(
            got_parse(&g, &source_cve5, "doc", "https://x.example/a.json", NULL, str_of(docs[i])), ERR_INPUT);
        got_release(&g);
    }
}

/* Only what changed since the last visit is asked for. */
static void delta(void **state)
{
    (void)state;
    struct feed_state st = {
        .now = TEST_TIME, .last_ok = TEST_TIME - 3 * WHEN_DAY, .url = str_of(source_cve5.default_url)};
    struct got g = got_plan(&source_cve5, &st);
    assert_int_equal(g.request.n, 1);
    assert_str(g.request.p[0].kind, "delta");
    char context[64];
    snprintf(context, sizeof(context), "%.*s", STR_ARG(g.request.p[0].context));
    got_release(&g);
    struct str doc =
        S("[{\"fetchTime\":\"2021-03-31T12:00:00.000Z\",\"new\":[{\"cveId\":\"CVE-2021-0001\",\"githubLink\":"
          "\"https://raw.example/"
          "CVE-2021-0001.json\"}],\"updated\":[{\"cveId\":\"CVE-2021-0002\",\"githubLink\":\"https://"
          "raw.example/CVE-2021-0002.json\"},{\"githubLink\":\"file:///etc/passwd\"}],\"error\":[]},"
          "{broken},"
          "{\"fetchTime\":\"2021-03-01T12:00:00.000Z\",\"new\":[{\"cveId\":\"CVE-2021-0003\",\"githubLink\":"
          "\"https://raw.example/CVE-2021-0003.json\"}]}]");
    assert_int_equal(got_parse(&g, &source_cve5, "delta", source_cve5.default_url, context, doc), 0);
    assert_int_equal(g.request.n, 2);
    assert_int_equal(g.bad.n, 1);
    assert_str(g.request.p[1].url, "https://raw.example/CVE-2021-0002.json");
    got_release(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_vulnrichment), cmocka_unit_test(real_kev),
        cmocka_unit_test(real_single_files), cmocka_unit_test(real_sniff),
        cmocka_unit_test(folds_case),        cmocka_unit_test(bad_among_good),
        cmocka_unit_test(not_the_document),  cmocka_unit_test(delta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
