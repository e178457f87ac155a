/* The KEV catalogue over the wire: taken, halved, accepted, retracted. */
#include "visit_test.h"

extern const struct source source_kev, source_epss;

/* A catalogue of the real shape: entries 0..n-1. */
static char *catalogue(const char *version, const char *released, int n, int stated)
{
    struct buf b = BUF_INIT(4 * MIB);
    buf_printf(&b,
               "{\"title\":\"CISA Catalog of Known Exploited "
               "Vulnerabilities\",\"catalogVersion\":\"%s\",\"dateReleased\":\"%s\","
               "\"count\":%d,\"vulnerabilities\":[",
               version, released, stated);
    for (int i = 0; i < n; i++)
        buf_printf(&b,
                   "%s{\"cveID\":\"CVE-2021-%d\",\"vendorProject\":\"Vendor\",\"product\":\"Product\","
                   "\"vulnerabilityName\":\"Name\","
                   "\"dateAdded\":\"2021-03-0%d\",\"shortDescription\":\"Words\",\"requiredAction\":\"Apply "
                   "updates per vendor instructions.\","
                   "\"dueDate\":\"2021-03-20\",\"knownRansomwareCampaignUse\":\"Unknown\",\"notes\":\"\","
                   "\"cwes\":[\"CWE-787\"]}",
                   i ? "," : "", 20000 + i, i % 5 + 1);
    buf_adds(&b, "]}");
    char *s = mem_dup(b.p, b.n);
    buf_release(&b);
    return s;
}

static size_t in_force(struct visit_test *t, int n, when_t as_of)
{
    size_t all = 0, k;
    struct kev *kev;
    ok(t, knowledge_read_begin(t->knowledge, &t->e));
    for (int i = 0; i < n; i++) {
        char id[32];
        snprintf(id, sizeof(id), "CVE-2021-%d", 20000 + i);
        ok(t, knowledge_kev(t->knowledge, str_of(id), as_of, &t->a, &kev, &k, &t->e));
        all += k;
    }
    knowledge_read_end(t->knowledge);
    return all;
}

static void kev_open(struct visit_test *t, const struct route *routes)
{
    visit_open(t, routes, NULL);
    t->s = source_kev;
    t->s.default_url = arena_strdup(&t->a, http_server_url(t->f.server, "/kev.json"));
    t->s.fallback_url = NULL;
    t->setup.name = STR_LIT("kev");
}

static void half_gone(void **state)
{
    char *all = catalogue("2021.03.08", "2021-03-08T10:00:00.0000Z", 440, 440),
         *half = catalogue("2021.03.09", "2021-03-09T10:00:00.0000Z", 220, 220),
         *few = catalogue("2021.03.10", "2021-03-10T10:00:00.0000Z", 230, 230);
    struct route routes[] = {{"/kev.json", {{.body = all}, {.body = half}, {.body = half}, {.body = few}}, 4},
                             {0}};
    struct visit_test t;
    (void)state;
    kev_open(&t, routes);
    assert_visit(&t, VISIT_OK);
    assert_true(t.r.good == 440 && t.r.bad == 0 && t.r.newest == DAY(4));
    assert_true(t.r.document_time == DAY(7) + 36000 * WHEN_SEC);
    assert_int_equal(in_force(&t, 440, DAY(10)), 440);
    assert_int_equal(in_force(&t, 440, DAY(0)), 88); /* by the catalogue's own dates */
    t.env.now = DAY(11);
    assert_visit(&t, VISIT_REFUSED);
    assert_says(&t, "440");
    assert_says(&t, "220");
    assert_int_equal(in_force(&t, 440, DAY(11)), 440); /* the last good catalogue, whole */
    accept_by_hand(&t, half, strlen(half));
    t.env.now = DAY(12);
    assert_visit(&t, VISIT_OK);
    assert_int_equal(in_force(&t, 440, DAY(12)), 220);
    assert_int_equal(in_force(&t, 440, DAY(11)), 440); /* as of then they were listed */
    t.env.now = DAY(13);
    assert_visit(&t, VISIT_OK);
    assert_int_equal(in_force(&t, 440, DAY(13)), 230); /* ten are listed again */
    visit_close(&t);
    free(all);
    free(half);
    free(few);
}

/* EPSS of one day: rows 0..n-1. */
static char *scores(const char *day, int n, const char *score)
{
    struct buf b = BUF_INIT(4 * MIB);
    buf_printf(&b, "#model_version:v2025.03.14,score_date:%sT00:00:00Z\ncve,epss,percentile\n", day);
    for (int i = 0; i < n; i++)
        buf_printf(&b, "CVE-2021-%d,%s,0.5\n", 20000 + i, score);
    char *s = mem_dup(b.p, b.n);
    buf_release(&b);
    return s;
}

static double score_of(struct visit_test *t, const char *cve, when_t as_of)
{
    struct epss s = {0};
    bool found;
    ok(t, knowledge_read_begin(t->knowledge, &t->e));
    ok(t, knowledge_epss(t->knowledge, str_of(cve), as_of, &s, &found, &t->e));
    knowledge_read_end(t->knowledge);
    return s.score;
}

/* Half of the scores are gone: refused; the catalogue of KEV beside it is not touched by any of it. */
static void epss_half_gone(void **state)
{
    char *all = scores("1970-01-08", 24000, "0.25"), *half = scores("1970-01-09", 12000, "0.75"),
         *less = scores("1970-01-10", 22000, "0.5"), *few = scores("1970-01-11", 900, "0.125"),
         *kev = catalogue("2021.03.08", "2021-03-08T10:00:00.0000Z", 440, 440);
    struct route routes[] = {
        {"/kev.json", {{.body = kev}}, 1},
        {"/epss.csv", {{.body = all}, {.body = half}, {.body = less}, {.body = few}, {.body = few}}, 5},
        {0}};
    struct visit_test t;
    (void)state;
    kev_open(&t, routes);
    assert_visit(&t, VISIT_OK);
    t.s = source_epss;
    t.s.default_url = arena_strdup(&t.a, http_server_url(t.f.server, "/epss.csv"));
    t.s.fallback_url = NULL;
    t.setup.name = STR_LIT("epss");
    t.env.now = DAY(11);
    assert_visit(&t, VISIT_OK);
    assert_int_equal(t.r.good, 24000);
    t.env.now = DAY(12);
    assert_visit(&t, VISIT_REFUSED);
    assert_says(&t, "24000");
    assert_says(&t, "12000");
    assert_true(score_of(&t, "CVE-2021-20000", DAY(12)) == 0.25);
    t.env.now = DAY(13);
    assert_visit(&t, VISIT_OK); /* 8 % less */
    assert_true(score_of(&t, "CVE-2021-20000", DAY(13)) == 0.5);
    assert_true(score_of(&t, "CVE-2021-43999", DAY(13)) == 0.25);
    t.env.now = DAY(14);
    assert_visit(&t, VISIT_REFUSED);
    assert_says(&t, "sources.epss.min_records");
    t.setup.floor_set = true;
    t.s.max_shrink_pct = 100;
    assert_visit(&t, VISIT_OK); /* the site's own floor */
    assert_int_equal(in_force(&t, 440, DAY(14)), 440);
    visit_close(&t);
    free(all);
    free(half);
    free(less);
    free(few);
    free(kev);
}

/* Each of these after a good catalogue: the good one stays in force. */
static void refused(void **state)
{
    char *all = catalogue("2021.03.08", "2021-03-08T10:00:00.0000Z", 300, 300);
    char *bad[] = {
        catalogue("2021.03.09", "2021-03-09T10:00:00.0000Z", 300, 301), /* states one more than it holds */
        catalogue("2021.03.09", "2021-03-09T10:00:00.0000Z", 199, 199), /* below the floor */
        catalogue("2021.03.09", "2021-03-09T10:00:00.0000Z", 0, 0),
        catalogue("2021.03.07", "2021-03-07T10:00:00.0000Z", 300, 300), /* yesterday's, out of a cache */
        mem_dup("{\"vulnerabilities\":{}}", 22),
        mem_dup("<html><body>Access denied</body></html>", 39),
        mem_dup("{\"title\":\"x\",\"vulnerabilities\":[", 33),
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct route routes[] = {{"/kev.json", {{.body = all}, {.body = bad[i]}}, 2}, {0}};
        struct visit_test t;
        kev_open(&t, routes);
        assert_visit(&t, VISIT_OK);
        t.env.now = DAY(11);
        (void)visit(&t);
        if (t.r.outcome != VISIT_REFUSED && t.r.outcome != VISIT_FAILED)
            fail_msg("document %zu: %s", i, visit_outcome_name(t.r.outcome));
        assert_true(t.r.text.n > 0);
        assert_int_equal(in_force(&t, 300, DAY(11)), 300);
        visit_close(&t);
        free(bad[i]);
    }
    free(all);
}

/* The publisher's site refuses; its copy elsewhere is taken. What the two give is one list for the guard. */
static void elsewhere(void **state)
{
    char *all = catalogue("2021.03.08", "2021-03-08T10:00:00.0000Z", 300, 300),
         *half = catalogue("2021.03.09", "2021-03-09T10:00:00.0000Z", 210, 210);
    struct route routes[] = {
        {"/kev.json", {{.status = 403}, {.body = half}}, 2}, {"/copy.json", {{.body = all}}}, {0}};
    struct visit_test t;
    (void)state;
    kev_open(&t, routes);
    t.s.fallback_url = arena_strdup(&t.a, http_server_url(t.f.server, "/copy.json"));
    assert_visit(&t, VISIT_OK);
    assert_int_equal(in_force(&t, 300, DAY(11)), 300);
    assert_visit(&t, VISIT_REFUSED);
    assert_int_equal(in_force(&t, 300, DAY(11)), 300);
    visit_close(&t);
    free(all);
    free(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(half_gone), cmocka_unit_test(epss_half_gone), cmocka_unit_test(refused),
                                       cmocka_unit_test(elsewhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
