/* Patch windows: rules, the site's zone, freezes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remediate/window.h"

static when_t iso(const char *s)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(s), ZONE_JST, &t));
    return t;
}

static const char *next(const char *rule, const char *from, const struct window_freeze *f, size_t n)
{
    static char text[CLOCK_ISO_SIZE];
    struct window w;
    struct window_span s;
    struct err e = {0};
    if (window_parse(&w, str_of(rule), &e))
        fail_msg("%s", e.text);
    if (!window_next(&w, f, n, iso(from), ZONE_JST, &s))
        return "never";
    clock_minute(s.start, ZONE_JST, text);
    return text;
}

static void rules(void **unused)
{
    (void)unused;
    /* Microsoft's day in March 2021 was the 9th, in June 2021 the 8th: the second Tuesday. */
    assert_string_equal(next("monthly second tuesday 22:00 4h", "2021-03-01", NULL, 0), "2021-03-09 22:00");
    assert_string_equal(next("monthly second tuesday +1 02:00 4h", "2021-06-01", NULL, 0), "2021-06-09 02:00");
    assert_string_equal(next("monthly second tue +25 02:00 4h", "2021-03-20", NULL, 0), "2021-04-03 02:00"); /* into the next month */
    assert_string_equal(next("monthly last sunday 01:00 90m", "2021-02-01", NULL, 0), "2021-02-28 01:00");
    assert_string_equal(next("monthly last sunday 01:00 90m", "2021-03-01", NULL, 0), "2021-03-28 01:00");
    assert_string_equal(next("monthly fifth monday 01:00 1h", "2021-01-01", NULL, 0), "2021-03-29 01:00");
    assert_string_equal(next("weekly saturday 22:00 6h", "2021-03-03", NULL, 0), "2021-03-06 22:00");
    assert_string_equal(next("Weekly  SAT 22:00 6h", "2021-03-03", NULL, 0), "2021-03-06 22:00");
    assert_string_equal(next("once 2021-03-06 01:00 90m", "2021-03-03", NULL, 0), "2021-03-06 01:00");
    assert_string_equal(next("once 2021-03-06 01:00 90m", "2021-03-07", NULL, 0), "never");
}

static void one_that_is_open(void **unused)
{
    (void)unused;
    assert_string_equal(next("weekly saturday 22:00 6h", "2021-03-07T03:59:00+09:00", NULL, 0), "2021-03-06 22:00");
    assert_string_equal(next("weekly saturday 22:00 6h", "2021-03-07T04:00:00+09:00", NULL, 0), "2021-03-13 22:00");
    assert_string_equal(next("weekly sunday 00:00 168h", "2021-03-13T23:00:00+09:00", NULL, 0), "2021-03-07 00:00");
}

static void freezes(void **unused)
{
    (void)unused;
    struct window_freeze f[] = {{iso("2021-03-07"), iso("2021-03-14")}};
    /* The first runs into the freeze, the second begins in it. */
    assert_string_equal(next("weekly saturday 22:00 6h", "2021-03-03", f, 1), "2021-03-20 22:00");
    assert_string_equal(next("weekly saturday 22:00 2h", "2021-03-03", f, 1), "2021-03-06 22:00"); /* ends as it begins */
    assert_string_equal(next("once 2021-03-08 01:00 90m", "2021-03-03", f, 1), "2021-03-08 01:00");
    struct window_freeze ever = {iso("2000-01-01"), iso("2100-01-01")};
    assert_string_equal(next("weekly saturday 22:00 2h", "2021-03-03", &ever, 1), "never");
}

static void refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"", "weekly", "weekly saturday", "weekly saturday 25:00 1h", "weekly saturday 22:60 1h", "weekly saturday 22:00",
                                      "weekly saturday 22:00 0h", "weekly saturday 22:00 169h", "weekly saturday 22:00 1h more", "monthly tuesday 22:00 1h",
                                      "monthly sixth tuesday 22:00 1h", "monthly second tuesday +28 22:00 1h", "monthly second tuesday + 22:00 1h",
                                      "once 2021-02-30 22:00 1h", "once tomorrow 22:00 1h", "daily 22:00 1h", "weekly sat 22:00 99999999999999999999h"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct window w;
        struct err e = {0};
        assert_int_equal(window_parse(&w, str_of(bad[i]), &e), ERR_USAGE);
        assert_true(e.text[0] != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules), cmocka_unit_test(one_that_is_open), cmocka_unit_test(freezes), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
