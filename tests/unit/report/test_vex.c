/* Our states, one to one in the three VEX forms, and what CSAF asks of names, addresses and history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "made.h"
#include "report/vex.h"

static const struct json *parse(struct arena *a, const struct buf *b)
{
    struct err e;
    const struct json *v = json_parse(a, buf_str(b), &e);
    if (!v)
        fail_msg("%s", e.text);
    return v;
}

static void test_csaf(void **state)
{
    static const char *const key[] = {"under_investigation", "known_affected", "known_not_affected", "fixed"};
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct arena a = {0};
    (void)state;
    made_case(&m);
    vex_csaf(&m.c, &b);
    const struct json *d = parse(&a, &b), *v = json_at(json_get(d, "vulnerabilities"), 0), *s = json_get(v, "product_status");
    for (size_t i = 0; i < 4; i++) {
        char id[32];
        snprintf(id, sizeof(id), "software-1@A-%zu", i + 1);
        assert_int_equal(json_len(json_get(s, key[i])), 1);
        assert_true(str_is(json_str(json_at(json_get(s, key[i]), 0)), id));
    }
    assert_true(str_is(json_get_str(json_at(json_get(v, "flags"), 0), "label"), "vulnerable_code_not_in_execute_path"));
    assert_true(str_is(json_get_str(json_at(json_get(v, "remediations"), 0), "category"), "vendor_fix"));
    /* What is no CVE has an id instead; a javascript: address is no reference. */
    assert_null(json_get(json_at(json_get(d, "vulnerabilities"), 1), "cve"));
    assert_int_equal(json_len(json_get(json_at(json_get(d, "vulnerabilities"), 1), "ids")), 1);
    assert_null(json_get(json_get(d, "document"), "references"));
    /* Steps of one moment are one revision. */
    const struct json *t = json_get(json_get(d, "document"), "tracking");
    assert_true(str_is(json_get_str(t, "version"), "3"));
    assert_int_equal(json_len(json_get(t, "revision_history")), 3);
    buf_clear(&b);
    vex_csaf_file_name(&m.c, &b);
    assert_string_equal(buf_cstr(&b), "toban-c-7.json");
    buf_release(&b);
    arena_release(&a);
}

/* A clock that was set back does not turn history around (CSAF 2.0, 6.1.14). */
static void test_history(void **state)
{
    struct made m;
    struct arena a = {0};
    struct vex_revision *r;
    (void)state;
    made_case(&m);
    m.step[4].at = NOW - WHEN_DAY;
    size_t n = vex_revisions(&m.c, &a, &r);
    assert_int_equal(n, 3);
    for (size_t i = 1; i < n; i++)
        assert_true(r[i].at > r[i - 1].at);
    assert_int_equal(r[0].n + r[1].n + r[2].n, 6);
    arena_release(&a);
}

static void test_cyclonedx(void **state)
{
    static const char *const name[] = {"in_triage", "exploitable", "not_affected", "resolved"};
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct arena a = {0};
    (void)state;
    made_case(&m);
    vex_cyclonedx(&m.c, &b);
    const struct json *d = parse(&a, &b), *v = json_get(d, "vulnerabilities");
    assert_int_equal(json_len(v), 8);
    for (size_t i = 0; i < 4; i++)
        assert_true(str_is(json_get_str(json_get(json_at(v, i), "analysis"), "state"), name[i]));
    assert_true(str_is(json_get_str(json_get(json_at(v, 2), "analysis"), "justification"), "code_not_reachable"));
    buf_release(&b);
    arena_release(&a);
}

static void test_openvex(void **state)
{
    static const char *const name[] = {"under_investigation", "affected", "not_affected", "fixed"};
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct arena a = {0};
    struct err e;
    (void)state;
    made_case(&m);
    assert_int_equal(vex_openvex(&m.c, &b, &e), 0);
    const struct json *d = parse(&a, &b), *s = json_get(d, "statements");
    for (size_t i = 0; i < 4; i++)
        assert_true(str_is(json_get_str(json_at(s, i), "status"), name[i]));
    assert_true(json_get_str(json_at(s, 1), "action_statement").n > 0);
    assert_true(str_find(json_get_str(json_at(s, 1), "status_notes"), STR_LIT("bucho")) != STR_NONE);
    assert_true(str_is(json_get_str(json_at(s, 2), "justification"), "vulnerable_code_not_in_execute_path"));
    assert_true(str_is(json_get_str(d, "@id"), "https://www.example.jp/toban/C-7/3"));
    m.c.vuln_n = 0;
    buf_clear(&b);
    assert_int_equal(vex_openvex(&m.c, &b, &e), ERR_CONFLICT);
    buf_release(&b);
    arena_release(&a);
}

static void test_names(void **state)
{
    static const char *const cve[] = {"CVE-2021-26855", "CVE-1999-0001", "CVE-2024-1234567"};
    static const char *const no_cve[] = {"CVE-2021-123", "cve-2021-26855", "CVE-21-26855", "CVE-2021-2685x", "GHSA-xxxx", ""};
    static const char *const url[] = {"https://www.example.jp/", "http://a/b?c=%20#d"};
    static const char *const no_url[] = {"javascript:alert(1)", "https://", "https://a b", "https://a/%zz", "https://a/#x#y", "https://例え.jp/", "ftp://a/", ""};
    struct made m;
    char one[37], two[37];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cve); i++)
        assert_true(vex_is_cve(str_of(cve[i])));
    for (size_t i = 0; i < ARRAY_LEN(no_cve); i++)
        assert_false(vex_is_cve(str_of(no_cve[i])));
    for (size_t i = 0; i < ARRAY_LEN(url); i++)
        assert_true(vex_is_url(str_of(url[i])));
    for (size_t i = 0; i < ARRAY_LEN(no_url); i++)
        assert_false(vex_is_url(str_of(no_url[i])));
    made_case(&m);
    vex_uuid(&m.c, one);
    m.c.site.space = STR_LIT("https://www.example.jp"); /* the slash is no difference */
    vex_uuid(&m.c, two);
    assert_string_equal(one, two);
    assert_int_equal(one[14], '8'); /* RFC 9562, 5.8 */
    m.c.head.id = 8;
    vex_uuid(&m.c, two);
    assert_string_not_equal(one, two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_csaf), cmocka_unit_test(test_history), cmocka_unit_test(test_cyclonedx), cmocka_unit_test(test_openvex),
                                       cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
