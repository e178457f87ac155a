/* The status algorithm of CVE Record Format 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "identify/affected.h"
#include "suite.h"

static struct arena arena;

static struct affected affected_of(const struct json *v)
{
    const struct json *versions = json_get(v, "versions"), *cpes = json_get(v, "cpes");
    struct affected p = {.vendor = json_get_str(v, "vendor"),
                         .product = json_get_str(v, "product"),
                         .package_name = json_get_str(v, "packageName"),
                         .default_status = json_get_str(v, "defaultStatus"),
                         .source = STR_LIT("cve5"),
                         .version = arena_array(&arena, struct affected_version, json_len(versions)),
                         .version_n = json_len(versions),
                         .cpe = arena_array(&arena, struct str, json_len(cpes)),
                         .cpe_n = json_len(cpes)};
    for (size_t i = 0; i < json_len(cpes); i++)
        p.cpe[i] = json_str(json_at(cpes, i));
    for (size_t i = 0; i < json_len(versions); i++) {
        const struct json *from = json_at(versions, i), *changes = json_get(from, "changes");
        struct affected_version *to = &p.version[i];
        *to = (struct affected_version){.version = json_get_str(from, "version"),
                                        .less_than = json_get_str(from, "lessThan"),
                                        .less_or_equal = json_get_str(from, "lessThanOrEqual"),
                                        .status = json_get_str(from, "status"),
                                        .version_type = json_get_str(from, "versionType"),
                                        .change =
                                            arena_array(&arena, struct affected_change, json_len(changes)),
                                        .change_n = json_len(changes)};
        for (size_t k = 0; k < json_len(changes); k++)
            to->change[k] = (struct affected_change){json_get_str(json_at(changes, k), "at"),
                                                     json_get_str(json_at(changes, k), "status")};
    }
    return p;
}

static struct affected product(const char *json)
{
    struct err e = {0};
    const struct json *v = json_parse(&arena, str_of(json), &e);
    if (!v)
        fail_msg("%s", e.text);
    return affected_of(v);
}

/* The first product of the CNA, or of the i-th ADP container. */
static bool record(const char *path, int adp, size_t i, struct affected *out)
{
    struct str text = suite_file(&arena, path);
    struct err e = {0};
    if (!text.p)
        return false;
    const struct json *c = json_get(json_parse(&arena, text, &e), "containers");
    const struct json *from = adp < 0 ? json_get(c, "cna") : json_at(json_get(c, "adp"), (size_t)adp);
    *out = affected_of(json_at(json_get(from, "affected"), i));
    return true;
}

static void assert_answer(const struct affected *p, const char *version, enum finding_status want,
                          const char *fixed)
{
    struct affected_answer x;
    affected_status(p, str_of(version), &arena, &x);
    if (x.status != want || !str_is(x.fixed, fixed))
        fail_msg("%s: %s, fixed %.*s; should be %s, %s", version, finding_status_name(x.status),
                 STR_ARG(x.fixed), finding_status_name(want), fixed);
}

static void test_log4shell(void **state)
{
    (void)state;
    struct affected p;
    if (!record("nvd/fixtures/tests/fixtures/CVE-2021-44228.json", -1, 0, &p))
        skip();
    assert_answer(&p, "2.14.1", FINDING_AFFECTED, "2.15.0");
    assert_answer(&p, "2.0-beta9", FINDING_AFFECTED, "2.3.1");
    assert_answer(&p, "2.3", FINDING_AFFECTED, "2.3.1");
    assert_answer(&p, "2.3.1", FINDING_NOT_AFFECTED, "");
    assert_answer(&p, "2.4", FINDING_AFFECTED, "2.12.2");
    assert_answer(&p, "2.12.2", FINDING_NOT_AFFECTED, "");
    assert_answer(&p, "2.13.0", FINDING_AFFECTED, "2.15.0");
    assert_answer(&p, "2.15.0", FINDING_NOT_AFFECTED, "");
    assert_answer(&p, "2.17.1", FINDING_NOT_AFFECTED, ""); /* the bound "log4j-core*" is open */
    assert_answer(&p, "2.0-beta8", FINDING_UNKNOWN, "");   /* no defaultStatus */
    assert_answer(&p, "", FINDING_UNKNOWN, "");
}

static void test_records(void **state)
{
    (void)state;
    struct affected p;
    if (!record("nvd/fixtures/tests/fixtures/CVE-2024-1086.json", -1, 0, &p))
        skip();
    assert_answer(&p, "5.10.1", FINDING_AFFECTED, "6.8");
    assert_answer(&p, "6.8", FINDING_NOT_AFFECTED, "");
    assert_answer(&p, "3.14", FINDING_NOT_AFFECTED, "");
    /* "lessThan": "publication" is no version */
    assert_true(record("nvd/fixtures/tests/fixtures/CVE-2020-1472.json", -1, 1, &p));
    assert_answer(&p, "10.0.17763.1", FINDING_UNKNOWN, "");
    assert_true(affected_names(&p, STR_LIT("microsoft"), STR_LIT("windows_server_2019"), &arena));
    assert_false(affected_names(&p, STR_LIT("microsoft"), STR_LIT("windows_server_2016"), &arena));
}

static void test_forms(void **state)
{
    (void)state;
    struct affected p =
        product("{\"versions\":[{\"version\":\"0\",\"lessThan\":\"*\",\"status\":\"affected\"}]}");
    assert_answer(&p, "99", FINDING_AFFECTED, "");
    p = product("{\"versions\":[{\"version\":\"*\",\"status\":\"affected\"}]}");
    assert_answer(&p, "1", FINDING_AFFECTED, "");
    assert_answer(&p, "", FINDING_AFFECTED, "");
    p = product("{\"versions\":[{\"version\":\"n/a\",\"status\":\"affected\"}]}");
    assert_answer(&p, "1", FINDING_UNKNOWN, "");
    p = product("{\"versions\":[{\"version\":\"unspecified\",\"lessThanOrEqual\":\"1.5\",\"status\":"
                "\"affected\"}],\"defaultStatus\":\"unaffected\"}");
    assert_answer(&p, "1.5", FINDING_AFFECTED, "");
    assert_answer(&p, "1.6", FINDING_NOT_AFFECTED, "");
    p = product("{\"versions\":[{\"version\":\"5.0\",\"lessThan\":\"5.*\",\"status\":\"affected\"}],"
                "\"defaultStatus\":\"unaffected\"}");
    assert_answer(&p, "5.9", FINDING_AFFECTED, "");
    assert_answer(&p, "4.9", FINDING_NOT_AFFECTED, "");
    p = product("{\"versions\":[{\"version\":\">= 1.0, < "
                "2.5.1\",\"status\":\"affected\"}],\"defaultStatus\":\"unaffected\"}");
    assert_answer(&p, "2.5", FINDING_AFFECTED, "2.5.1");
    assert_answer(&p, "2.5.1", FINDING_NOT_AFFECTED, "");
    /* a hole carved by an earlier entry */
    p = product("{\"versions\":[{\"version\":\"1.5\",\"status\":\"unaffected\"},{\"version\":\"1.0\","
                "\"lessThan\":\"2.0\",\"status\":\"affected\"}]}");
    assert_answer(&p, "1.5", FINDING_NOT_AFFECTED, "");
    assert_answer(&p, "1.6", FINDING_AFFECTED, "2.0");
    p = product("{\"versions\":[{\"version\":\"1da177e4c3f4\",\"lessThan\":\"deadbeef\",\"versionType\":"
                "\"git\",\"status\":\"affected\"}],\"defaultStatus\":\"unaffected\"}");
    assert_answer(&p, "5.10", FINDING_UNKNOWN, "");
    p = product("{\"versions\":[],\"defaultStatus\":\"affected\"}");
    assert_answer(&p, "1", FINDING_AFFECTED, "");
    /* the type decides the order: rc sorts before the release in PEP 440 and Debian's tilde */
    p = product("{\"versions\":[{\"version\":\"1.0\",\"lessThan\":\"2.0\",\"versionType\":\"python\","
                "\"status\":\"affected\"}],\"defaultStatus\":\"unaffected\"}");
    assert_answer(&p, "2.0rc1", FINDING_AFFECTED, "2.0");
    assert_answer(&p, "1.0.post1", FINDING_AFFECTED, "2.0");
}

static bool anything(const struct affected *p, void *ctx)
{
    (void)p;
    (void)ctx;
    return true;
}

static void test_judge(void **state)
{
    (void)state;
    struct affected list[] = {product("{\"vendor\":\"Acme\",\"product\":\"Widget\",\"versions\":[{"
                                      "\"version\":\"1.0\",\"status\":\"affected\"}]}"),
                              product("{\"vendor\":\"Acme\",\"product\":\"Widget\",\"defaultStatus\":"
                                      "\"unaffected\",\"versions\":[{\"version\":\"2.0\",\"lessThan\":\"2."
                                      "4\",\"versionType\":\"semver\",\"status\":\"affected\"}]}")};
    struct verdict v;
    assert_int_equal(
        affected_judge(list, 2, anything, NULL, STR_LIT("2.1"), STR_LIT("Acme Widget"), &arena, &v), 1);
    assert_int_equal(v.status, FINDING_AFFECTED);
    assert_int_equal(v.confidence, CONFIDENCE_HIGH);
    assert_true(str_is(v.fixed, "2.4") && str_is(v.source, "cve5"));
    assert_int_equal(
        affected_judge(list, 2, anything, NULL, STR_LIT("3.0"), STR_LIT("Acme Widget"), &arena, &v), 1);
    assert_int_equal(v.status, FINDING_UNKNOWN); /* the first says nothing of 3.0 */
    assert_true(v.missing.n > 0);
    assert_int_equal(affected_judge(list, 0, anything, NULL, STR_LIT("3.0"), STR_LIT("x"), &arena, &v), 0);
}

static void test_names(void **state)
{
    (void)state;
    struct affected p = product("{\"vendor\":\"Apache Software Foundation\",\"product\":\"HTTP Server\"}");
    assert_true(affected_names(&p, STR_LIT("apache"), STR_LIT("http_server"), &arena));
    assert_false(affected_names(&p, STR_LIT("acme"), STR_LIT("http_server"), &arena));
    assert_false(affected_names(&p, STR_LIT("apache"), STR_LIT("http"), &arena));
    p = product("{\"vendor\":\"n/a\",\"product\":\"n/"
                "a\",\"cpes\":[\"cpe:2.3:a:acme:big\\\\$money:*:*:*:*:*:*:*:*\"]}");
    assert_true(affected_names(&p, STR_LIT("acme"), STR_LIT("big$money"), &arena));
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log4shell), cmocka_unit_test(test_records), cmocka_unit_test(test_forms),
        cmocka_unit_test(test_judge),     cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
