/* Build tables: every build of the published list is told apart, and the March 2021
 * fix is judged as the list judges it. */
#include "identify/build_table.h"
#include "codec/stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct build_table *table;
static struct arena arena;

static void slurp(const char *dir, const char *path, struct buf *b)
{
    char name[4096];
    struct err e = {0};
    snprintf(name, sizeof(name), "%s/%s", dir, path);
    buf_init(b, LIMIT_FILE_SMALL);
    if (stream_slurp(name, b, &e))
        fail_msg("%s", e.text);
}

static int setup(void **state)
{
    (void)state;
    struct buf b;
    struct err e = {0};
    slurp(getenv("TOBAN_SOURCE"), "rules/products/exchange_builds.txt", &b);
    if (build_table_parse(&table, "exchange_builds.txt", buf_str(&b), &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    build_table_free(table);
    arena_release(&arena);
    return 0;
}

static void assert_str(struct str got, const char *want)
{
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static struct build_info find(const char *written)
{
    struct build_info b;
    if (!build_table_find(table, str_of(written), &b))
        fail_msg("\"%s\" is not recognised", written);
    return b;
}

static enum build_fix fix(const char *written, const char *what, struct build_answer *out)
{
    struct build_info b = find(written);
    struct build_answer mine;
    if (!out)
        out = &mine;
    build_table_fix(table, &arena, &b, str_of(what), out);
    assert_true(out->why.n > 0);
    return out->fix;
}

static void test_spellings(void **state)
{
    (void)state;
    static const char *const same[] = {"15.1.2176.9", "15.01.2176.009", "Version 15.01.2176.009",
                                       "Exchange Server 2016 CU19 (15.1.2176.9)"};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct build_info b = find(same[i]);
        assert_str(b.product, "2016");
        assert_str(b.level, "CU19");
        assert_str(b.update, "Mar21SU");
        assert_str(b.date, "2021-03-02");
        assert_str(b.cpe_version, "2016");
        assert_str(b.cpe_update, "cumulative_update_19");
        assert_true(b.listed);
        assert_false(b.level_only);
    }
    struct build_info b = find("Version 15.1 (Build 2176.2)");
    assert_true(b.level_only);
    assert_str(b.level, "CU19");
    assert_str(find("15.0.847.64").cpe_update, "sp1");
    assert_str(find("15.2.792.3").cpe_update, "cumulative_update_8");
    assert_false(build_table_find(table, STR_LIT("10.0.17763.1"), &b));
    assert_false(build_table_find(table, STR_LIT("15.1.2176"), &b));
    assert_false(build_table_find(table, STR_LIT("15.1.2176.9.1"), &b));
    assert_false(build_table_find(table, STR_LIT("15.1.99999999999999999999.9"), &b));
}

static void test_unlisted(void **state)
{
    (void)state;
    /* An interim update of a known level keeps its level; an unknown third number has none. */
    struct build_info b = find("15.1.2176.5");
    assert_str(b.level, "CU19");
    assert_false(b.listed);
    b = find("15.1.2000.1");
    assert_int_equal(b.level.n, 0);
    assert_str(b.product, "2016");
}

static void test_levels(void **state)
{
    (void)state;
    static const char *const cu[] = {"CU19", "cu 19", "Cumulative Update 19", "累積更新プログラム 19"};
    struct build_info b;
    for (size_t i = 0; i < ARRAY_LEN(cu); i++) {
        assert_true(build_table_level(table, STR_LIT("2016"), str_of(cu[i]), (struct str){0}, &b));
        assert_int_equal(b.build[2], 2176);
        assert_true(b.level_only);
    }
    assert_true(build_table_level(table, STR_LIT("2010"), STR_LIT("SP3"), STR_LIT("RU32"), &b));
    assert_int_equal(b.build[2], 513);
    assert_true(build_table_level(table, STR_LIT("2010"), STR_LIT("Service Pack 3"),
                                  STR_LIT("Update Rollup 32"), &b));
    assert_true(build_table_level(table, STR_LIT("2013"), STR_LIT("SP1"), (struct str){0}, &b));
    assert_int_equal(b.build[2], 847);
    assert_true(build_table_level(table, STR_LIT("2016"), STR_LIT("CU19"), STR_LIT("Mar21SU"), &b));
    assert_int_equal(b.build[3], 9);
    assert_false(build_table_level(table, STR_LIT("2016"), STR_LIT("CU99"), (struct str){0}, &b));
}

static void test_fix(void **state)
{
    (void)state;
    struct build_answer a;
    assert_int_equal(fix("15.1.2176.9", "KB5000871", &a), BUILD_FIX_YES);
    assert_int_equal(fix("15.1.2176.4", "5000871", &a), BUILD_FIX_NO);
    assert_str(a.fixed, "15.1.2176.9");
    /* The fourth number of another level says nothing. */
    assert_int_equal(fix("15.1.1261.39", "CVE-2021-26855", &a), BUILD_FIX_UPGRADE_FIRST);
    assert_str(a.fixed, "15.1.2242.4");
    assert_int_equal(fix("15.0.1263.5", "CVE-2021-26855", &a), BUILD_FIX_UPGRADE_FIRST);
    assert_str(a.fixed, "15.0.1497.12");
    assert_int_equal(fix("15.1.2242.4", "CVE-2021-26855", NULL), BUILD_FIX_YES);
    assert_int_equal(fix("15.2.2562.17", "CVE-2021-26855", NULL), BUILD_FIX_YES);
    assert_int_equal(fix("15.2.9999.1", "CVE-2021-26855", NULL), BUILD_FIX_YES);
    /* What the level alone can tell. */
    assert_int_equal(fix("Version 15.1 (Build 2176.2)", "KB5000871", &a), BUILD_FIX_UNKNOWN);
    assert_true(str_find(a.why, STR_LIT("ExSetup.exe")) != STR_NONE);
    assert_int_equal(fix("Version 15.1 (Build 2242.4)", "KB5000871", NULL), BUILD_FIX_YES);
    assert_int_equal(fix("Version 15.1 (Build 1261.35)", "KB5000871", NULL), BUILD_FIX_UPGRADE_FIRST);
    /* Unknown third number: unknown, not safe. */
    assert_int_equal(fix("15.0.1400.99", "KB5000871", NULL), BUILD_FIX_UNKNOWN);
    /* The two lists disagree. */
    assert_int_equal(fix("15.1.1415.7", "KB5000871", NULL), BUILD_FIX_NO);
    assert_int_equal(fix("15.1.1415.8", "KB5000871", NULL), BUILD_FIX_VERIFY);
    assert_int_equal(fix("15.1.1415.10", "KB5000871", NULL), BUILD_FIX_YES);
    assert_int_equal(fix("15.1.1466.13", "KB5000871", NULL), BUILD_FIX_VERIFY);
    /* 2010 has its own update. */
    assert_int_equal(fix("14.3.509.0", "CVE-2021-26857", NULL), BUILD_FIX_NO);
    assert_int_equal(fix("14.3.513.0", "CVE-2021-26857", &a), BUILD_FIX_YES);
    assert_str(a.kb, "KB5000978");
    assert_int_equal(fix("14.2.390.3", "CVE-2021-26857", NULL), BUILD_FIX_UPGRADE_FIRST);
    assert_int_equal(fix("14.3.509.0", "CVE-2021-26855", NULL), BUILD_FIX_OTHER);
    assert_int_equal(fix("15.1.2176.9", "KB9999999", NULL), BUILD_FIX_OTHER);
}

/* One CSV record: comma, double quotes. */
static size_t csv_cut(struct str line, struct str *f, size_t max)
{
    size_t n = 0, i = 0;
    while (i <= line.n && n < max) {
        size_t from = i;
        if (i < line.n && line.p[i] == '"') {
            from = ++i;
            while (i < line.n && line.p[i] != '"')
                i++;
            f[n++] = str_sub(line, from, i - from);
            i += 2;
        } else {
            while (i < line.n && line.p[i] != ',')
                i++;
            f[n++] = str_sub(line, from, i - from);
            i++;
        }
    }
    return n;
}

static void test_list(void **state)
{
    (void)state;
    const char *dir = getenv("TOBAN_TEST_DATA");
    char path[4096];
    snprintf(path, sizeof(path), "%s/exchange/exchange_builds.csv", dir ? dir : "");
    FILE *there = fopen(path, "r");
    if (!there) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    fclose(there);
    struct buf b;
    slurp(dir, "exchange/exchange_builds.csv", &b);
    struct str rest = buf_str(&b), line, f[8];
    size_t n = 0, disagree = 0;
    (void)str_line_next(&rest, &line);
    while (str_line_next(&rest, &line)) {
        if (csv_cut(line, f, 8) != 8)
            continue;
        n++;
        struct build_info i = find(arena_printf(&arena, "%.*s", STR_ARG(f[3])));
        assert_true(i.listed);
        assert_str(i.product,
                   arena_strdup(&arena, arena_printf(&arena, "%.*s", STR_ARG(str_sub(f[0], 8, 9)))));
        if (f[1].n && !str_eq(i.level, f[1]))
            fail_msg("%.*s: level %.*s, want %.*s", STR_ARG(f[3]), STR_ARG(i.level), STR_ARG(f[1]));
        /* The list gives two names to one build where a CU came out as a security update too;
         * rollups stand in its text only. */
        struct str cell = str_of(arena_printf(&arena, ",%.*s,", STR_ARG(f[3])));
        size_t first = str_find(buf_str(&b), cell);
        bool twice = str_find(str_sub(buf_str(&b), first + 1, b.n), cell) != STR_NONE;
        if (!twice && !str_eq(i.update, f[2]) && !(f[2].n == 0 && str_starts(i.update, "RU")))
            fail_msg("%.*s: update %.*s, want %.*s", STR_ARG(f[3]), STR_ARG(i.update), STR_ARG(f[2]));
        if (f[6].n)
            assert_memory_equal(find(arena_printf(&arena, "%.*s", STR_ARG(f[6]))).build, i.build,
                                sizeof(i.build));
        struct build_answer a;
        bool e2010 = str_is(i.product, "2010");
        build_table_fix(table, &arena, &i, e2010 ? STR_LIT("CVE-2021-26857") : STR_LIT("CVE-2021-26855"), &a);
        bool yes = str_is(f[7], "yes");
        if (str_is(i.product, "2007"))
            assert_int_equal(a.fix, BUILD_FIX_OTHER);
        else if (a.fix == BUILD_FIX_VERIFY)
            disagree++;
        else if ((a.fix == BUILD_FIX_YES) != yes)
            fail_msg("%.*s: %s, the list says %.*s", STR_ARG(f[3]), build_fix_name(a.fix), STR_ARG(f[7]));
    }
    assert_int_equal(n, 402);
    assert_int_equal(disagree, 2); /* 15.1.1415.8 and 15.1.1466.13 */
    buf_release(&b);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *where;
    } bad[] = {{"family x a:b\nbuild 1.2.3 A B - -\n", "t:2:"},
               {"family x a:b\nbuild 1.2.3.4 A B - -\n", "t:2:"},
               {"fixed 1.2.3.4\n", "t:1:"},
               {"family x a:b\nproduct A 1 T\nbuild 1.2.3.4 A B - -\nfix KB1\nfixed 1.2.3.4 later 1.2.3.5\n",
                "t:5:"},
               {"nonsense\n", "t:1:"},
               {"", "t: "}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct build_table *t;
        struct err e = {0};
        assert_true(build_table_parse(&t, "t", str_of(bad[i].text), &e) < 0);
        assert_null(t);
        if (!str_starts(str_of(e.text), bad[i].where))
            fail_msg("%zu: %s", i, e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings), cmocka_unit_test(test_unlisted), cmocka_unit_test(test_levels),
        cmocka_unit_test(test_fix),       cmocka_unit_test(test_list),     cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
