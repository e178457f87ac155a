/* test_match.c — who is believed: vendor, then CVE record, then NVD; and what is said when nobody can tell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/stream.h"
#include "identify/build_table.h"
#include "identify/match.h"
#include "identify/name_rules.h"

static struct arena a;
static struct name_rules *rules;
static struct build_table *table;
static const struct build_table *tables[1];
static struct name_sources names;

static struct str slurp(const char *name)
{
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct err e = {0};
    const char *root = getenv("TOBAN_SOURCE");
    char *path = arena_printf(&a, "%s/rules/products/%s", root ? root : ".", name);
    if (stream_slurp(path, &b, &e))
        fail_msg("%s", e.text);
    struct str s = arena_str(&a, buf_str(&b));
    buf_release(&b);
    return s;
}

static int setup(void **state)
{
    (void)state;
    struct err e = {0};
    rules = name_rules_new();
    if (name_rules_vendors(rules, "vendors.txt", slurp("vendors.txt"), &e) ||
        name_rules_products(rules, "names.txt", slurp("names.txt"), &e) ||
        build_table_parse(&table, "exchange_builds.txt", slurp("exchange_builds.txt"), &e))
        fail_msg("%s", e.text);
    name_rules_ready(rules);
    tables[0] = table;
    names = (struct name_sources){.rules = rules, .build = tables, .build_n = 1};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    build_table_free(table);
    name_rules_free(rules);
    arena_release(&a);
    return 0;
}

static struct match_item exchange(const char *version, const char *update, const char *build)
{
    return (struct match_item){.vendor = STR_LIT("microsoft"),
                               .product = STR_LIT("exchange_server"),
                               .version = str_of(version),
                               .update = str_of(update),
                               .build = str_of(build),
                               .written = STR_LIT("Exchange"),
                               .seen = WHEN_NONE};
}

static struct known_vuln record(const char *source)
{
    struct known_vuln k = {.v = {.id = STR_LIT("CVE-2021-26855"), .source = str_of(source)}};
    k.v.published = k.v.modified = k.v.known = clock_days(2021, 3, 2) * WHEN_DAY;
    k.v.kev.added = k.v.kev.due = k.v.ssvc.when = WHEN_NONE;
    return k;
}

static struct verdict run(const struct known_vuln *k, size_t n, const char *id, const struct match_item *it,
                          bool *undecided)
{
    struct verdict v;
    match_run(match_vuln_prepare(&names, str_of(id), k, n, &a), it, it, 1, &a, &v, undecided);
    return v;
}

/* NVD names the level; here CU18 and CU19 of 2016, as it did from 9 March 2021 on. */
static struct known_vuln nvd_levels(void)
{
    struct known_vuln k = record("nvd");
    struct cpe_match *m = arena_array(&a, struct cpe_match, 2);
    m[0] = (struct cpe_match){
        .criteria = STR_LIT("cpe:2.3:a:microsoft:exchange_server:2016:cumulative_update_18:*:*:*:*:*:*"),
        .vulnerable = true};
    m[1] = (struct cpe_match){
        .criteria = STR_LIT("cpe:2.3:a:microsoft:exchange_server:2016:cumulative_update_19:*:*:*:*:*:*"),
        .vulnerable = true};
    struct cpe_node *node = arena_new(&a, struct cpe_node);
    *node = (struct cpe_node){.match = m, .match_n = 2};
    k.v.config = arena_new(&a, struct cpe_config);
    *k.v.config = (struct cpe_config){.node = node, .node_n = 1};
    k.v.config_n = 1;
    return k;
}

static void test_build_decides(void **state)
{
    (void)state;
    struct known_vuln nvd = nvd_levels();
    bool open;
    struct match_item it = exchange("2016", "cumulative_update_19", "15.1.2176.9");
    struct verdict v = run(&nvd, 1, "CVE-2021-26855", &it, &open);
    assert_int_equal(v.status, FINDING_NOT_AFFECTED); /* though NVD names CU19 */
    assert_non_null(strstr(v.why.p, "15.1.2176.9"));
    it = exchange("2016", "cumulative_update_19", "15.1.2176.2");
    v = run(&nvd, 1, "CVE-2021-26855", &it, &open);
    assert_int_equal(v.status, FINDING_AFFECTED);
    assert_int_equal(v.confidence, CONFIDENCE_HIGH);
    it = exchange("2016", "cumulative_update_8", "15.1.1415.8"); /* Microsoft's lists disagree: .8 or .10 */
    v = run(NULL, 0, "CVE-2021-26855", &it, &open);
    assert_int_equal(v.status, FINDING_UNKNOWN);
    assert_false(open);
}

static void test_level_alone(void **state)
{
    (void)state;
    bool open;
    struct known_vuln nvd = nvd_levels();
    struct match_item it = exchange("2016", "cumulative_update_18", "");
    struct verdict v = run(NULL, 0, "CVE-2021-26855", &it, &open);
    assert_int_equal(v.status, FINDING_UNKNOWN); /* the update upon the level cannot be seen */
    assert_true(v.missing.n > 0);
    v = run(&nvd, 1, "CVE-2021-26855", &it, &open);
    assert_int_equal(v.status, FINDING_AFFECTED); /* by NVD's range, ... */
    assert_true(v.missing.n > 0);                 /* ... and still says what would settle it */
    assert_int_not_equal(v.confidence, CONFIDENCE_HIGH);
}

static void test_2010_has_one(void **state)
{
    (void)state;
    bool open;
    struct match_item it = exchange("2010", "sp3_rollup30", "14.3.496.0");
    struct verdict v = run(NULL, 0, "CVE-2021-26857", &it, &open);
    assert_int_equal(v.status, FINDING_AFFECTED);
    v = run(NULL, 0, "CVE-2021-26855", &it, &open);
    assert_true(open); /* nobody speaks of 2010 here */
}

static struct known_vuln msrc(const char *name, const char *kb, const char *build)
{
    struct known_vuln k = record("msrc");
    k.v.product = arena_new(&a, struct vendor_product);
    *k.v.product = (struct vendor_product){.name = str_of(name),
                                           .kb = str_of(kb),
                                           .fixed_build = str_of(build),
                                           .status = STR_LIT("known_affected")};
    k.v.product_n = 1;
    return k;
}

static void test_vendor_list(void **state)
{
    (void)state;
    bool open;
    struct known_vuln k = msrc("Windows Server 2019", "5000822", "10.0.17763.1817");
    struct match_item it = {.vendor = STR_LIT("microsoft"),
                            .product = STR_LIT("windows_server_2019"),
                            .written = STR_LIT("Windows Server 2019"),
                            .build = STR_LIT("10.0.17763.1790")};
    struct verdict v = run(&k, 1, "CVE-2021-1640", &it, &open);
    assert_int_equal(v.status, FINDING_AFFECTED);
    it.build = STR_LIT("10.0.17763.1817");
    assert_int_equal(run(&k, 1, "CVE-2021-1640", &it, &open).status, FINDING_NOT_AFFECTED);
    it.build = (struct str){0};
    it.seen = clock_days(2021, 3, 20) * WHEN_DAY; /* after the fix: who knows whether it is on? */
    v = run(&k, 1, "CVE-2021-1640", &it, &open);
    assert_int_equal(v.status, FINDING_UNKNOWN);
    assert_true(v.missing.n > 0);
    it.seen = clock_days(2021, 2, 20) * WHEN_DAY; /* before: it cannot have been */
    assert_int_equal(run(&k, 1, "CVE-2021-1640", &it, &open).status, FINDING_AFFECTED);
    it.product = STR_LIT("windows_server_2022");
    run(&k, 1, "CVE-2021-1640", &it, &open);
    assert_true(open);
}

static void test_cve_record(void **state)
{
    (void)state;
    bool open;
    struct known_vuln k = record("cve5");
    k.v.affected = arena_new(&a, struct affected);
    k.v.affected_n = 1;
    struct affected_version *r = arena_new(&a, struct affected_version);
    *r = (struct affected_version){.version = STR_LIT("2.0"),
                                   .less_than = STR_LIT("2.15.0"),
                                   .status = STR_LIT("affected"),
                                   .version_type = STR_LIT("semver")};
    *k.v.affected = (struct affected){.vendor = STR_LIT("Apache Software Foundation"),
                                      .product = STR_LIT("log4j"),
                                      .version = r,
                                      .version_n = 1,
                                      .default_status = STR_LIT("unaffected")};
    struct match_item it = {.vendor = STR_LIT("apache"),
                            .product = STR_LIT("log4j"),
                            .version = STR_LIT("2.14.1"),
                            .written = STR_LIT("Log4j 2.14.1")};
    struct verdict v = run(&k, 1, "CVE-2021-44228", &it, &open);
    assert_int_equal(v.status, FINDING_AFFECTED);
    assert_true(str_is(v.fixed, "2.15.0"));
    it.version = STR_LIT("2.15.0");
    assert_int_equal(run(&k, 1, "CVE-2021-44228", &it, &open).status, FINDING_NOT_AFFECTED);
    it.version = (struct str){0};
    assert_int_equal(run(&k, 1, "CVE-2021-44228", &it, &open).status, FINDING_UNKNOWN);
    assert_false(open);
}

static void test_rejected_and_later(void **state)
{
    (void)state;
    bool open;
    struct known_vuln k = nvd_levels();
    struct match_item it = exchange("2016", "cumulative_update_18", "");
    k.v.state = VULN_REJECTED;
    assert_int_equal(run(&k, 1, "CVE-2099-1", &it, &open).status, FINDING_NOT_AFFECTED);
    k.v.state = VULN_PUBLISHED;
    k.later = true; /* its ranges were not known yet */
    run(&k, 1, "CVE-2099-1", &it, &open);
    assert_true(open);
    assert_false(match_vuln_has_ranges(match_vuln_prepare(&names, STR_LIT("CVE-2099-1"), &k, 1, &a)));
}

/* The item is judged at its own place among the components of its asset. */
static void test_second_component(void **state)
{
    (void)state;
    struct known_vuln k = nvd_levels();
    struct match_item all[2] = {{.vendor = STR_LIT("microsoft"),
                                 .product = STR_LIT("windows_server_2016"),
                                 .written = STR_LIT("Windows Server 2016")},
                                exchange("2016", "cumulative_update_18", "")};
    const struct match_vuln *m = match_vuln_prepare(&names, STR_LIT("CVE-2021-26855"), &k, 1, &a);
    struct verdict v;
    bool open;
    match_run(m, &all[1], all, 2, &a, &v, &open);
    assert_int_equal(v.status, FINDING_AFFECTED);
    match_run(m, &all[0], all, 2, &a, &v, &open);
    assert_true(open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_decides),   cmocka_unit_test(test_level_alone),
        cmocka_unit_test(test_2010_has_one),    cmocka_unit_test(test_vendor_list),
        cmocka_unit_test(test_cve_record),      cmocka_unit_test(test_rejected_and_later),
        cmocka_unit_test(test_second_component)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
