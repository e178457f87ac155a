/* CVSS: scores of the published equations, strictness, and what each column means. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "assess/scores/cvss.h"
#include "assess/scores/cvss_spec.h"
#include "codec/stream.h"

static struct cvss parsed(const char *vector)
{
    struct cvss v;
    struct err e = {0};
    if (cvss_parse(str_of(vector), &v, &e) < 0)
        fail_msg("%s: %s", vector, e.text);
    return v;
}

static void scores_are(const char *vector, int base, int threat, int env, int overall)
{
    struct cvss v = parsed(vector);
    if (v.base != base || v.threat != threat || v.env != env || v.overall != overall)
        fail_msg("%s: %d %d %d %d, not %d %d %d %d", vector, v.base, v.threat, v.env, v.overall, base, threat,
                 env, overall);
}

/* The worked examples of the v2.0 guide, 3.3 (CVE-2002-0392, CVE-2003-0818, CVE-2003-0062). */
static void test_v2_guide(void **state)
{
    (void)state;
    scores_are("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 78, 64, 64, 64);
    scores_are("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 78, 64, 92, 92);
    scores_are("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C", 100, 83, 83, 83);
    scores_are("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", 100, 83, 90, 90);
    scores_are("AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C", 62, 49, 49, 49);
    scores_are("AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", 62, 49, 75, 75);
    /* the equation goes below zero */
    scores_are("AV:L/AC:H/Au:M/C:N/I:P/A:N/CDP:N/TD:H/CR:L/IR:L/AR:M", 8, 8, 0, 0);
}

/* Scores as FIRST and NVD publish them. */
static void test_v3_known(void **state)
{
    (void)state;
    scores_are("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, 98, 98, 98);
    scores_are("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, 100, 100, 100);
    scores_are("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, 64, 64, 64);
    scores_are("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N", 0, 0, 0, 0);
    /* 3.1 differs from 3.0 under changed scope with all three impacts high (FIRST, v3.1 user guide, 2.9) */
    const char *tail =
        "/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:H/E:H/RL:U/RC:U/CR:H/IR:H/AR:H/MAV:P/MAC:H/MPR:L/MUI:R/"
        "MS:C/MC:H/MI:H/MA:H";
    char a[256], b[256];
    snprintf(a, sizeof(a), "CVSS:3.0%s", tail);
    snprintf(b, sizeof(b), "CVSS:3.1%s", tail);
    assert_true(parsed(a).env < parsed(b).env);
}

static void test_v3_overall_is_what_is_defined(void **state)
{
    (void)state;
    struct cvss v = parsed("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/CR:X");
    assert_true(v.has_threat);
    assert_false(v.has_env);
    assert_int_equal(v.overall, v.threat);
    assert_int_equal(v.overall, 90); /* 9.8 × 0.91 = 8.918, rounded up */
    assert_int_equal(v.severity, CVSS_CRITICAL);
    v = parsed("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MC:N/MI:N/MA:N");
    assert_int_equal(v.overall, 0);
    assert_int_equal(v.base, 98);
    assert_string_equal(cvss_severity_name(v.severity), "None");
}

static void test_v4_nomenclature(void **state)
{
    (void)state;
#define V4 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    struct cvss v = parsed(V4);
    assert_string_equal(v.nomenclature, "CVSS-B");
    assert_string_equal(v.macrovector, "000200");
    assert_int_equal(v.overall, 93);
    v = parsed(V4 "/E:P");
    assert_string_equal(v.nomenclature, "CVSS-BT");
    assert_int_equal(v.base, 93);
    assert_int_equal(v.threat, v.overall);
    assert_int_equal(v.env, 93);
    v = parsed(V4 "/E:X/CR:L");
    assert_string_equal(v.nomenclature, "CVSS-BE");
    assert_int_equal(v.env, v.overall);
    v = parsed(V4 "/E:U/CR:L/MSI:S/S:P/U:Clear");
    assert_string_equal(v.nomenclature, "CVSS-BTE");
    assert_true(cvss_is(&v, "MSI", "S"));
    assert_true(cvss_is(&v, "U", "Clear"));
    /* supplemental metrics score nothing */
    v = parsed(V4 "/S:P/AU:Y/R:I/V:C/RE:H/U:Red");
    assert_string_equal(v.nomenclature, "CVSS-B");
    assert_int_equal(v.overall, 93);
    /* no impact at all */
    v = parsed("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N");
    assert_int_equal(v.overall, 0);
    assert_string_equal(cvss_severity_name(v.severity), "None");
}

static void test_forms(void **state)
{
    (void)state;
    struct cvss v = parsed("  (AV:N/AC:L/Au:N/C:P/I:P/A:P)\r\n");
    assert_int_equal(v.version, CVSS_20);
    assert_int_equal(v.base, 75);
    assert_string_equal(v.vector, "AV:N/AC:L/Au:N/C:P/I:P/A:P");
    assert_int_equal(v.stated, -1);
    v = parsed("9.8/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    assert_int_equal(v.stated, 98);
    assert_int_equal(v.base, 98);
    v = parsed("7.5/AV:N/AC:L/Au:N/C:P/I:P/A:P");
    assert_int_equal(v.stated, 75);
    /* any order in v3; canonical on output, without what is not defined */
    v = parsed("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/E:X/RC:C/AV:N");
    assert_string_equal(v.vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/RC:C");
    v = parsed("AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND/RL:ND/RC:ND/CDP:ND/TD:H/CR:ND/IR:ND/AR:ND");
    assert_string_equal(v.vector, "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:ND/TD:H/CR:ND/IR:ND/AR:ND");
    /* canonical text reads as the same vector */
    struct cvss again = parsed(v.vector);
    assert_int_equal(again.overall, v.overall);
}

static void test_refused(void **state)
{
    (void)state;
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    static const char *const bad[] = {
        "",
        " ",
        "CVSS",
        "CVSS:3.1",
        "CVSS:3.1/",
        "CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",           /* no prefix */
        V31 "/",                                         /* an empty segment */
        "CVSS:3.1//AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", /* another */
        V31 "/AV:N",                                     /* twice */
        V31 "/E:H/E:H",
        V31 "/E:ND",
        V31 "/XX:N",
        V31 "/E",
        V31 "/E:",
        V31 "/:H",
        V31 "/E:H:H",
        V31 "/e:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", /* A is missing */
        "CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "(" V31 ")",
        V31 " " V31,
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", /* X is for optional metrics */
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F",               /* half a group */
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:H/TD:H",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:X/RL:U/RC:C",
        "(AV:N/AC:L)",
        "(AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", /* order */
        V4 "/CR:H/E:A",
        V4 "/U:Clear/S:P",
        V4 "/MSC:S",
        V4 "/U:C",
        V4 "/MAV:A/MAV:A",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N", /* S is for MSI and MSA */
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "10.1/" V31,
        "9.85/" V31,
        "9./" V31,
        "9.8 /" V31,
        "9.8/9.8/" V31,
        "-1.0/" V31,
        "\xff\xfe",
        "AV:N\n/AC:L/Au:N/C:P/I:P/A:P",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct cvss v;
        struct err e = {0};
        if (cvss_parse(str_of(bad[i]), &v, &e) != ERR_INPUT || e.code != ERR_INPUT || !e.text[0])
            fail_msg("accepted or without a reason: \"%s\"", bad[i]);
        assert_true(str_is_utf8(str_of(e.text)));
    }
    char nul[] = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
    nul[8] = 0;
    struct cvss v;
    assert_int_equal(cvss_parse(str_n(nul, sizeof(nul) - 1), &v, NULL), ERR_INPUT);
}

static void test_limit(void **state)
{
    (void)state;
    char *long_one = mem_zalloc(LIMIT_CVSS_VECTOR + 2);
    memset(long_one, 'A', LIMIT_CVSS_VECTOR + 1);
    struct cvss v;
    assert_int_equal(cvss_parse(str_n(long_one, LIMIT_CVSS_VECTOR + 1), &v, NULL), ERR_LIMIT);
    assert_int_equal(cvss_parse(str_n(long_one, LIMIT_CVSS_VECTOR), &v, NULL), ERR_INPUT);
    free(long_one);
}

/* The longest vector of v4.0 fits its canonical form. */
static void test_longest(void **state)
{
    (void)state;
    const char *all =
        V4 "/E:A/CR:H/IR:H/AR:H/MAV:N/MAC:L/MAT:N/MPR:N/MUI:N/MVC:H/MVI:H/MVA:H/MSC:H/MSI:S/MSA:S/S:P/"
           "AU:Y/R:A/V:D/RE:L/U:Amber";
    struct cvss v = parsed(all);
    assert_string_equal(v.vector, all);
    assert_int_equal(v.overall, 100);
}

static void test_line(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(MIB);
    assert_int_equal(cvss_line(STR_LIT("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C\r"), &b), 0);
    assert_string_equal(buf_cstr(&b),
                        "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C\t2.0\t7.8\t6.4\t6.4\t6.4\tMedium\n");
    buf_clear(&b);
    assert_int_equal(cvss_line(STR_LIT(V4 "/E:U"), &b), 0);
    assert_non_null(strstr(buf_cstr(&b), "\t4.0\t9.3\t"));
    buf_clear(&b);
    assert_int_equal(cvss_line(STR_LIT("no \"vector\"\t\x80"), &b), ERR_INPUT);
    assert_int_equal(strncmp(buf_cstr(&b), "{\"error\":\"", 10), 0);
    assert_non_null(strstr(buf_cstr(&b), "\\\"vector\\\"\\t"));
    assert_true(str_is_utf8(buf_str(&b)));
    buf_release(&b);
}

static void test_severity(void **state)
{
    (void)state;
    assert_int_equal(cvss_severity_of(CVSS_31, 39), CVSS_LOW);
    assert_int_equal(cvss_severity_of(CVSS_31, 40), CVSS_MEDIUM);
    assert_int_equal(cvss_severity_of(CVSS_40, 69), CVSS_MEDIUM);
    assert_int_equal(cvss_severity_of(CVSS_40, 70), CVSS_HIGH);
    assert_int_equal(cvss_severity_of(CVSS_30, 90), CVSS_CRITICAL);
    assert_int_equal(cvss_severity_of(CVSS_20, 0), CVSS_LOW);
    assert_int_equal(cvss_severity_of(CVSS_20, 100), CVSS_HIGH);
}

/* cvss3.c cuts the power of the changed scope at 10^-18: no sum that can occur may lie
 * so near to a step of Roundup that this matters. Reckoned apart, in long double. */
static void test_v3_no_sum_near_a_step(void **state)
{
    (void)state;
    static const long double w[] = {0, .11L, .22L, .33L, .28L, .56L, .84L};
    static const long double av[] = {.85L, .62L, .55L, .2L}, ac[] = {.77L, .44L}, pr[] = {.85L, .68L, .5L};
    static const long double ui[] = {.85L, .62L};
    long double nearest = 1;
    for (int i = 0; i < 7 * 7 * 7 * 48 * 2; i++) {
        int n = i, form = n % 2;
        n /= 2;
        long double x = 8.22L * av[n % 4] * ac[n / 4 % 2] * pr[n / 8 % 3] * ui[n / 24 % 2];
        n /= 48;
        long double miss = 1 - (1 - w[n % 7]) * (1 - w[n / 7 % 7]) * (1 - w[n / 49]);
        miss = fminl(miss, .915L);
        long double impact =
            7.52L * (miss - .029L) - 3.25L * (form ? powl(miss * .9731L - .02L, 13) : powl(miss - .02L, 15));
        long double sum = 1.08L * (impact + x);
        if (impact <= 0 || sum >= 10)
            continue;
        /* the steps are at whole tenths, and for 3.1 also 0.000005 above */
        nearest = fminl(nearest, fabsl(sum * 10 - roundl(sum * 10)) / 10);
        long double late = (sum - .000005L) * 10;
        nearest = fminl(nearest, fabsl(late - roundl(late)) / 10);
    }
    assert_true(nearest > 1e-7L);
}

/* ---- published suites ---- */

static const char *data_path(const char *name, char out[1024])
{
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(out, 1024, "%s/conformance/cvss/%s", root ? root : "", name);
    FILE *f = root ? fopen(out, "rb") : NULL;
    if (!f) {
        print_message("# skipped: %s is not there (TOBAN_TEST_DATA)\n", name);
        return NULL;
    }
    fclose(f);
    return out;
}

static struct str column_of(struct str line, int n)
{
    struct str_split it = str_split_init(line, '\t');
    struct str piece = {0};
    for (int i = 0; i <= n; i++)
        if (!str_split_next(&it, &piece))
            return (struct str){0};
    return piece;
}

static int tenths_of(struct str s)
{
    double d;
    assert_true(num_double(s, &d));
    return (int)lround(d * 10);
}

static bool row_agrees(struct str line, const struct cvss *v)
{
    struct str second = column_of(line, 1);
    if (str_starts(second, "correct="))
        return v->overall == tenths_of(str_sub(second, 8, second.n));
    if (v->version == CVSS_40)
        return str_is(second, v->macrovector) && v->overall == tenths_of(column_of(line, 2));
    return v->base == tenths_of(second) && v->threat == tenths_of(column_of(line, 2)) &&
           v->env == tenths_of(column_of(line, 3));
}

static void suite(const char *name, size_t at_least)
{
    char path[1024];
    if (!data_path(name, path))
        skip();
    struct stream *s;
    struct err e = {0};
    struct str line;
    bool cut;
    size_t rows = 0, bad = 0;
    assert_int_equal(stream_open(&s, path, LIMIT_INFLATED, &e), 0);
    while (stream_line(s, LIMIT_LINE, &line, &cut, &e) > 0) {
        struct cvss v, again;
        rows++;
        struct str vector = column_of(line, 0);
        bool ok = cvss_parse(vector, &v, &e) == 0 && row_agrees(line, &v);
        ok = ok && cvss_parse(str_of(v.vector), &again, &e) == 0 && row_agrees(line, &again);
        if (!ok && bad++ < 5)
            print_message("# differs: " STR_FMT "\n", STR_ARG(line));
    }
    stream_free(s);
    print_message("# %s: %zu vectors, %zu differ\n", name, rows, bad);
    assert_true(rows >= at_least);
    assert_int_equal(bad, 0);
}

static void test_suite_v20(void **state)
{
    (void)state;
    suite("v20-sample.tsv.gz", 2592);
}
static void test_suite_v30(void **state)
{
    (void)state;
    suite("v30-sample.tsv.gz", 4075);
}
static void test_suite_v31(void **state)
{
    (void)state;
    suite("v31-sample.tsv.gz", 4075);
}
static void test_suite_v40(void **state)
{
    (void)state;
    suite("v40-sample.tsv.gz", 8249);
}
static void test_suite_traps(void **state)
{
    (void)state;
    suite("v40_rounding_traps.tsv", 744);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v2_guide),
        cmocka_unit_test(test_v3_known),
        cmocka_unit_test(test_v3_overall_is_what_is_defined),
        cmocka_unit_test(test_v4_nomenclature),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_severity),
        cmocka_unit_test(test_v3_no_sum_near_a_step),
        cmocka_unit_test(test_suite_v20),
        cmocka_unit_test(test_suite_v30),
        cmocka_unit_test(test_suite_v31),
        cmocka_unit_test(test_suite_v40),
        cmocka_unit_test(test_suite_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
