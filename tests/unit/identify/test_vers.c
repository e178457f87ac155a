/* Version ranges against the suites of the vers specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "identify/versions/vers.h"
#include "identify/versions/vers_native.h"
#include "identify/versions/versions.h"
#include "suite.h"

static struct arena arena;

static const struct json *tests_of(const char *name)
{
    struct str text = suite_file(&arena, arena_printf(&arena, "conformance/vers/%s.json", name));
    struct err e = {0};
    return text.p ? json_get(json_parse(&arena, text, &e), "tests") : NULL;
}

static const char *formatted(const struct vers *v)
{
    struct buf b = BUF_INIT(LIMIT_VERS * 3);
    vers_format(v, &b);
    const char *s = arena_strdup(&arena, buf_cstr(&b));
    buf_release(&b);
    return s;
}

static bool constraints_equal(const struct vers *v, const struct json *want)
{
    const struct json *list = json_get(want, "version_constraints");
    if (!str_eq(v->type, json_get_str(want, "scheme")) || v->n != json_len(list))
        return false;
    for (size_t i = 0; i < v->n; i++) {
        const struct json *c = json_at(list, i);
        const char *op = v->c[i].op == VERS_EQ ? "=" : vers_op_text(v->c[i].op);
        if (!str_is(json_str(json_at(c, 0)), op) || !str_eq(json_str(json_at(c, 1)), v->c[i].version))
            return false;
    }
    return true;
}

static void test_parse(void **state)
{
    (void)state;
    const struct json *tests = tests_of("vers_canonical_parse_test");
    if (!tests)
        skip();
    for (size_t i = 0; i < json_len(tests); i++) {
        const struct json *t = json_at(tests, i);
        struct vers v;
        struct err e = {0};
        int rc = vers_parse(&arena, json_get_str(t, "input"), &v, &e);
        bool fails = json_bool(json_get(t, "expected_failure"), false);
        if ((rc != 0) != fails || (!rc && !constraints_equal(&v, json_get(t, "expected_output"))))
            fail_msg(STR_FMT ": %s", STR_ARG(json_get_str(t, "input")), e.text);
    }
    assert_int_equal(json_len(tests), 12);
}

static void test_validate(void **state)
{
    (void)state;
    const struct json *tests = tests_of("pypi_range_validate_test");
    if (!tests)
        skip();
    for (size_t i = 0; i < json_len(tests); i++) {
        const struct json *t = json_at(tests, i);
        struct vers v;
        struct err e = {0};
        if (vers_parse(&arena, json_get_str(t, "input"), &v, &e))
            fail_msg("%s", e.text);
        struct str want = json_get_str(t, "expected_output");
        assert_string_equal(formatted(&v), arena_printf(&arena, STR_FMT, STR_ARG(want)));
    }
    assert_int_equal(json_len(tests), 19);
}

static void test_containment(void **state)
{
    (void)state;
    static const char *const file[] = {"pypi_range_containment_test", "npm_range_containment_test"};
    for (size_t k = 0; k < ARRAY_LEN(file); k++) {
        const struct json *tests = tests_of(file[k]);
        if (!tests)
            skip();
        assert_true(json_len(tests) > 0);
        for (size_t i = 0; i < json_len(tests); i++) {
            const struct json *t = json_at(tests, i), *in = json_get(t, "input");
            struct err e = {0};
            int rc = versions_within(json_get_str(in, "vers"), json_get_str(in, "version"), &e);
            if (rc != (int)json_bool(json_get(t, "expected_output"), false))
                fail_msg(STR_FMT " " STR_FMT ": %d %s", STR_ARG(json_get_str(in, "vers")),
                         STR_ARG(json_get_str(in, "version")), rc, e.text);
        }
    }
}

/* Left out, with the reason. */
static bool left_out(struct str native)
{
    static const char *const list[] = {
        "", /* the suite makes a vers without constraints of it; here nothing is "*" for conan as in conan
               itself */
        /* alternatives that overlap: the suite only sorts all bounds, which says something else */
        ">= 0.2.0 <= 0.9.6 || ~0.8.0-pre", "^2.0.18 || ^3.0.16 || ^3.1.6 || ^4.0.8 || ^5.0.0-beta.5",
        "<2.0.18 || <3.0.16 || <3.1.6 || <4.0.8 || <5.0.0-beta.5", "<2.0.1 || <1.1.7", ">=5.0.3 >=4.2.1",
        /* npm: ">=1.x" has no upper bound, and "2.1" is every 2.1.* */
        ">= 2.2.x", ">= 1.x", "2.1 || 2.6"};
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (str_is(native, list[i]))
            return true;
    return false;
}

static void test_native(void **state)
{
    (void)state;
    static const char *const file[] = {"conan_range_from_native_basic_test", "conan_range_from_native_test",
                                       "gem_range_from_native_test",         "nginx_range_from_native_test",
                                       "npm_range_from_native_test",         "nuget_range_from_native_test",
                                       "openssl_range_from_native_test",     "pypi_range_from_native_test"};
    size_t wrong_all = 0;
    for (size_t k = 0; k < ARRAY_LEN(file); k++) {
        const struct json *tests = tests_of(file[k]);
        if (!tests)
            skip();
        size_t wrong = 0, out = 0;
        for (size_t i = 0; i < json_len(tests); i++) {
            const struct json *t = json_at(tests, i), *in = json_get(t, "input");
            struct str native = json_get_str(in, "native_range"), want = json_get_str(t, "expected_output");
            struct vers v;
            struct err e = {0};
            if (left_out(native)) {
                out++;
                continue;
            }
            int rc = vers_native_parse(&arena, json_get_str(in, "scheme"), native, &v, &e);
            if (rc || !str_eq(str_of(formatted(&v)), want)) {
                wrong++;
                print_message("# " STR_FMT ": %s, should be " STR_FMT "\n", STR_ARG(native),
                              rc ? e.text : formatted(&v), STR_ARG(want));
            }
        }
        print_message("# %s: %zu of %zu, %zu left out\n", file[k], json_len(tests) - wrong - out,
                      json_len(tests), out);
        wrong_all += wrong;
    }
    assert_int_equal(wrong_all, 0);
}

static void assert_within(const char *range, const char *version, const char *want)
{
    struct buf b = BUF_INIT(256 * KIB);
    versions_within_line(str_of(arena_printf(&arena, "%s\t%s", range, version)), &b);
    if (want ? strcmp(buf_cstr(&b), want) != 0 : !str_starts(buf_str(&b), "{\"error\":\""))
        fail_msg("%s has %s? %s", range, version, buf_cstr(&b));
    buf_release(&b);
}

static void test_within(void **state)
{
    (void)state;
    assert_within("vers:deb/>=1.0|<1.0-5", "1.0-4", "yes\n");
    assert_within("vers:deb/>=1.0|<1.0-5", "1.0-5", "no\n");
    assert_within("vers:pypi/!=1.0", "1.1", "yes\n");
    assert_within("vers:pypi/!=1.0", "1.0.0", "no\n");
    assert_within("vers:generic/1.0|>=2.0|<3", "1.0.0", "yes\n");
    assert_within("vers:generic/<=16.81", "2002", NULL);
    assert_within("vers:npm/>=2.0.0|<1.0.0", "1.0.0", NULL);
    assert_within("vers:klingon/1.0", "1.0", NULL);
    assert_within("vers:npm/", "1.0.0", NULL);
    assert_within("vers:npm/*|1.0", "1.0.0", NULL);
    assert_within(">=1.0, <2.0", "1.5", "yes\n");
    assert_within(">=1.0 <2.0", "2.0", "no\n");
    assert_within("<1.0 || >=2.0", "1.5", "no\n");
    assert_within("[1.0,2.0)", "2.0", "no\n");
    assert_within("maven:[1.0,2.0),[3.0,)", "3.1", "yes\n");
    assert_within("nuget:1.0", "1.1", "yes\n");
    assert_within("npm:^1.2.3", "1.9.0", "yes\n");
    assert_within("npm:^1.2.3", "2.0.0", "no\n");
    assert_within("npm:1.2 - 1.4.1", "1.4.1", "yes\n");
    assert_within("npm:>=1.0.0 <3.0.0 || >=2.0.0 <4.0.0", "1.5.0", "yes\n");
    assert_within("pypi:~=1.4.2", "1.5", "no\n");
    assert_within("pypi:==1.*", "1.9", "yes\n");
    assert_within("pypi:>=1.0,!=1.5", "1.5", "no\n");
    assert_within("gem:~>2.0", "2.9", "yes\n");
    assert_within("*", "1", "yes\n");
    assert_within("", "1", NULL);
    assert_within(">2 <1", "1", NULL);
    assert_within(">>1", "1", NULL);
    struct buf b = BUF_INIT(4 * KIB);
    versions_within_line(STR_LIT("no tab"), &b);
    assert_true(str_starts(buf_str(&b), "{\"error\":\""));
    buf_release(&b);
}

static void test_limits(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(2 * LIMIT_VERS);
    struct vers v;
    struct err e = {0};
    buf_adds(&b, "vers:pypi/1");
    for (int i = 0; i < LIMIT_VERS_CONSTRAINTS; i++)
        buf_adds(&b, "|1");
    assert_int_not_equal(vers_parse(&arena, buf_str(&b), &v, &e), 0);
    while (b.n <= LIMIT_VERS)
        buf_adds(&b, "|1");
    assert_int_equal(vers_parse(&arena, buf_str(&b), &v, &e), ERR_LIMIT);
    assert_int_equal(vers_native_parse(&arena, STR_LIT("npm"), buf_str(&b), &v, &e), ERR_LIMIT);
    buf_release(&b);
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
        cmocka_unit_test(test_parse),  cmocka_unit_test(test_validate), cmocka_unit_test(test_containment),
        cmocka_unit_test(test_native), cmocka_unit_test(test_within),   cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
