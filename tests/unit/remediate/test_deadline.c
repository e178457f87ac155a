/* Business days and the earliest date. Holidays checked against the Cabinet Office's published days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remediate/deadline.h"

static struct calendar jp;
static struct arena a;

static int load(void **state)
{
    char path[512], *text = mem_alloc(64 * KIB);
    const char *source = getenv("TOBAN_SOURCE");
    struct err e = {0};
    (void)state;
    snprintf(path, sizeof(path), "%s/rules/calendar/jp.txt", source ? source : ".");
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    size_t n = fread(text, 1, 64 * KIB, f);
    fclose(f);
    int rc = calendar_parse(&jp, str_n(text, n), "jp.txt", &a, &e);
    free(text);
    return rc;
}

static int unload(void **state)
{
    (void)state;
    arena_release(&a);
    return 0;
}

static void holidays(void **unused)
{
    (void)unused;
    /* Moved for the Olympics, in lieu, between two others, and some that are none. */
    assert_true(calendar_holiday(&jp, clock_days(2021, 7, 22)));
    assert_true(calendar_holiday(&jp, clock_days(2021, 8, 9)));
    assert_false(calendar_holiday(&jp, clock_days(2021, 7, 19)));
    assert_false(calendar_holiday(&jp, clock_days(2021, 10, 11)));
    assert_true(calendar_holiday(&jp, clock_days(2020, 2, 24)));
    assert_true(calendar_holiday(&jp, clock_days(2020, 5, 6)));
    assert_true(calendar_holiday(&jp, clock_days(2024, 2, 12)));
    assert_true(calendar_holiday(&jp, clock_days(2025, 5, 6)));
    assert_true(calendar_holiday(&jp, clock_days(2026, 9, 22)));
    assert_true(calendar_holiday(&jp, clock_days(2024, 3, 20)));
    assert_true(calendar_holiday(&jp, clock_days(2025, 9, 23)));
    assert_false(calendar_holiday(&jp, clock_days(2021, 12, 23)));
    assert_true(calendar_covers(&jp, clock_days(2030, 12, 31)));
    assert_false(calendar_covers(&jp, clock_days(2031, 1, 1)));
}

static void business_days(void **unused)
{
    (void)unused;
    assert_int_equal(calendar_weekday(clock_days(2021, 3, 2)), 2); /* a Tuesday */
    assert_int_equal(calendar_weekday(clock_days(1969, 12, 31)), 3);
    /* From Friday 30 April 2021 over the golden week: Thursday 6 May is the first. */
    assert_int_equal(calendar_add(&jp, clock_days(2021, 4, 30), 1), clock_days(2021, 5, 6));
    assert_int_equal(calendar_add(&jp, clock_days(2021, 5, 1), 0), clock_days(2021, 5, 6));
    assert_int_equal(calendar_back(&jp, clock_days(2021, 5, 5)), clock_days(2021, 4, 30));
    assert_int_equal(calendar_add(&jp, clock_days(2021, 3, 3), 3), clock_days(2021, 3, 8));
}

static when_t iso(const char *s)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(s), ZONE_JST, &t));
    return t;
}

static void dates_in_the_zone(void **unused)
{
    (void)unused;
    assert_int_equal(deadline_business(&jp, iso("2021-03-03T23:59:00+09:00"), 3, ZONE_JST), iso("2021-03-08T23:59:59+09:00"));
    assert_int_equal(deadline_business(&jp, iso("2021-03-04T00:01:00+09:00"), 3, ZONE_JST), iso("2021-03-09T23:59:59+09:00"));
    assert_int_equal(deadline_workday(&jp, iso("2021-03-06T23:59:59+09:00"), ZONE_JST), iso("2021-03-05T23:59:59+09:00"));
    assert_int_equal(deadline_workday(&jp, iso("2021-03-05T12:00:00+09:00"), ZONE_JST), iso("2021-03-05T12:00:00+09:00"));
}

static void earliest(void **unused)
{
    (void)unused;
    struct deadline d = {.at = WHEN_NONE};
    deadline_offer(&d, &(struct deadline){WHEN_NONE, STR_LIT("none"), {0}});
    assert_true(d.at == WHEN_NONE);
    deadline_offer(&d, &(struct deadline){300, STR_LIT("table"), {0}});
    deadline_offer(&d, &(struct deadline){200, STR_LIT("kev-due"), {0}});
    deadline_offer(&d, &(struct deadline){250, STR_LIT("policy"), {0}});
    assert_int_equal(d.at, 200);
    assert_true(str_is(d.by, "kev-due"));
}

static void bad_lines(void **unused)
{
    (void)unused;
    struct calendar c;
    struct err e = {0};
    assert_int_equal(calendar_parse(&c, STR_LIT("# x\n2024-02-30 no such day\n"), "f", &a, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "f:2:"));
    assert_int_equal(calendar_parse(&c, STR_LIT("covers 2030\n"), "f", &a, &e), ERR_INPUT);
    assert_int_equal(calendar_parse(&c, STR_LIT("covers 2030 2020\n"), "f", &a, &e), ERR_INPUT);
    assert_int_equal(calendar_parse(&c, STR_LIT(""), "f", &a, &e), 0);
    assert_true(calendar_business(&c, clock_days(2021, 1, 1)));
    assert_false(calendar_covers(&c, clock_days(2021, 1, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(holidays), cmocka_unit_test(business_days), cmocka_unit_test(dates_in_the_zone),
                                       cmocka_unit_test(earliest), cmocka_unit_test(bad_lines)};
    return cmocka_run_group_tests(tests, load, unload);
}
