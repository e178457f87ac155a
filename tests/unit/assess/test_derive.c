/* SSVC derived from CVSS: the rules, and how far they agree with CISA's own SSVC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "assess/scores/derive.h"
#include "assess/scores/epss.h"
#include "codec/json.h"
#include "codec/stream.h"

static struct cvss parsed(const char *vector)
{
    struct cvss v;
    struct err e = {0};
    if (cvss_parse(str_of(vector), &v, &e) < 0)
        fail_msg("%s: %s", vector, e.text);
    return v;
}

static void derived(const char *vector, const char *automatable, const char *impact)
{
    struct arena a = {0};
    struct cvss v = parsed(vector);
    struct derive_point p = derive_automatable(&v, &a), q = derive_impact(&v, &a);
    if (!str_is(p.value, automatable) || !str_is(q.value, impact))
        fail_msg("%s: " STR_FMT ", " STR_FMT, vector, STR_ARG(p.value), STR_ARG(q.value));
    /* the sentence shows what it rests on */
    assert_int_not_equal(str_find(p.why, STR_LIT("AV:")), STR_NONE);
    assert_int_not_equal(str_find(q.why, STR_LIT("C:")), STR_NONE);
    arena_release(&a);
}

static void test_rules(void **state)
{
    (void)state;
    derived("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "yes", "total");
    derived("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:H", "no", "partial");
    derived("CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:H", "no", "partial");
    derived("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N", "no", "total");
    derived("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:H/SI:H/SA:H", "yes", "partial");
    derived("AV:N/AC:L/Au:N/C:C/I:C/A:C", "yes", "total");
    derived("AV:N/AC:M/Au:N/C:P/I:C/A:C", "no", "partial");
    /* base metrics only: the site's own view of its environment is not CISA's */
    derived("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P/MC:N", "yes", "total");
}

static void test_epss(void **state)
{
    (void)state;
    struct epss a = {
        .cve = STR_LIT("CVE-2021-26855"), .model_version = STR_LIT("v2025.03.14"), .score = 0.25};
    struct epss b = a;
    double d = 0;
    b.score = 0.75;
    assert_true(epss_delta(&a, &b, &d));
    assert_true(d == 0.5);
    b.model_version = STR_LIT("v2026.06.15");
    assert_false(epss_delta(&a, &b, &d)); /* a new model moves everything */
    b.model_version = a.model_version = STR_LIT("");
    assert_false(epss_delta(&a, &b, &d)); /* the old layouts do not say */
    b = a;
    b.model_version = a.model_version = STR_LIT("v1");
    b.score = 1.5;
    assert_false(epss_delta(&a, &b, &d));
    assert_int_equal(epss_band_of(0.0099), EPSS_LOW);
    assert_int_equal(epss_band_of(0.01), EPSS_RAISED);
    assert_int_equal(epss_band_of(0.1), EPSS_HIGH);
    assert_int_equal(epss_band_of(0.94), EPSS_VERY_HIGH);
}

/* ---- agreement with Vulnrichment ---- */

struct tally {
    size_t n, automatable, impact;
};

/* The first vector of each version in the record, and the SSVC options. */
struct record {
    struct str vector[4], automatable, impact;
};

static void metrics_read(const struct json *metrics, struct record *r)
{
    static const char *const key[] = {
        [CVSS_20] = "cvssV2_0", [CVSS_30] = "cvssV3_0", [CVSS_31] = "cvssV3_1", [CVSS_40] = "cvssV4_0"};
    for (size_t i = 0; i < json_len(metrics); i++) {
        const struct json *m = json_at(metrics, i), *other = json_get(m, "other");
        for (size_t k = 0; k < ARRAY_LEN(key); k++)
            if (str_empty(r->vector[k]))
                r->vector[k] = json_get_str(json_get(m, key[k]), "vectorString");
        if (!str_is(json_get_str(other, "type"), "ssvc"))
            continue;
        const struct json *options = json_get(json_get(other, "content"), "options");
        for (size_t j = 0; j < json_len(options); j++) {
            const struct json *o = json_at(options, j);
            if (!str_empty(json_get_str(o, "Automatable")))
                r->automatable = json_get_str(o, "Automatable");
            if (!str_empty(json_get_str(o, "Technical Impact")))
                r->impact = json_get_str(o, "Technical Impact");
        }
    }
}

static void record_count(struct str line, struct arena *a, struct tally t[4])
{
    struct record r = {0};
    const struct json *c = json_get(json_parse(a, line, NULL), "containers"), *adp = json_get(c, "adp");
    metrics_read(json_get(json_get(c, "cna"), "metrics"), &r);
    for (size_t i = 0; i < json_len(adp); i++)
        metrics_read(json_get(json_at(adp, i), "metrics"), &r);
    for (size_t k = 0; k < 4; k++) {
        struct cvss v;
        if (str_empty(r.automatable) || str_empty(r.impact) || cvss_parse(r.vector[k], &v, NULL) < 0)
            continue;
        t[k].n++;
        t[k].automatable += str_ieq(derive_automatable(&v, a).value, r.automatable);
        t[k].impact += str_ieq(derive_impact(&v, a).value, r.impact);
    }
}

static double percent(size_t part, size_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void test_agreement(void **state)
{
    (void)state;
    /* what derive.h says, less half a percent */
    static const double floor_of[4][2] = {[CVSS_20] = {91.0, 91.0},
                                          [CVSS_30] = {97.0, 93.0},
                                          [CVSS_31] = {95.8, 94.0},
                                          [CVSS_40] = {92.5, 89.0}};
    char path[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/cve5/vulnrichment-sample.ndjson.gz", root ? root : "");
    struct stream *s;
    struct err e = {0};
    if (!root || stream_open(&s, path, LIMIT_INFLATED, &e) < 0) {
        print_message("# skipped: cve5/vulnrichment-sample.ndjson.gz is not there (TOBAN_TEST_DATA)\n");
        skip();
        return;
    }
    struct arena a = {0};
    struct tally t[4] = {0};
    struct str line;
    bool cut;
    while (stream_line(s, LIMIT_RECORD, &line, &cut, &e) > 0) {
        arena_clear(&a);
        record_count(line, &a, t);
    }
    arena_release(&a);
    stream_free(s);
    for (int k = CVSS_40; k >= CVSS_20; k--) {
        double automatable = percent(t[k].automatable, t[k].n), impact = percent(t[k].impact, t[k].n);
        print_message("# CVSS %s: %zu records, automatable %.1f %%, technical impact %.1f %%\n",
                      cvss_version_name((enum cvss_version)k), t[k].n, automatable, impact);
        assert_true(automatable >= floor_of[k][0] && impact >= floor_of[k][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_epss),
        cmocka_unit_test(test_agreement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
