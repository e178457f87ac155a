/* Moments: how feeds and people write them. Expected values: gmtime, the RFCs' own examples, and the
 * calendar. */
#include <time.h>

#include "base_test.h"

struct sample {
    const char *text, *iso; /* iso NULL: refused */
};

static void check_all(const struct sample *list, size_t n, bool (*parse)(struct str, when_t *))
{
    for (size_t i = 0; i < n; i++) {
        char got[CLOCK_ISO_SIZE] = "refused";
        when_t t;
        if (parse(str_of(list[i].text), &t))
            clock_iso(t, ZONE_UTC, got);
        if (strcmp(got, list[i].iso ? list[i].iso : "refused") != 0)
            fail_msg("\"%s\" gives %s", list[i].text, got);
    }
}

static bool iso_jst(struct str s, when_t *t)
{
    return clock_parse_iso(s, ZONE_JST, t);
}
static bool rfc822(struct str s, when_t *t)
{
    return clock_parse_rfc822(s, t);
}
static bool any_jst(struct str s, when_t *t)
{
    return clock_parse_any(s, ZONE_JST, t);
}

static void iso_forms(void **state)
{
    static const struct sample list[] = {
        /* RFC 3339 section 5.8 */
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z"},
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
        {"1990-12-31T23:59:60Z", "1990-12-31T23:59:59Z"}, /* a leap second is the last second */
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.87Z"},
        {"2021-03-03", "2021-03-02T15:00:00Z"},
        {"2021-03-03 12:00", "2021-03-03T03:00:00Z"},
        {"2021-03-03t12:00:01z", "2021-03-03T12:00:01Z"},
        {" 2021-03-03T12:00+0900\n", "2021-03-03T03:00:00Z"},
        {"2021-03-03T12:00:00+09", "2021-03-03T03:00:00Z"},
        {"2021-03-03T12:00:00 +09:00", "2021-03-03T03:00:00Z"},
        {"2021-03-03T00:00:00.123456789Z", "2021-03-03T00:00:00.123456Z"},
        {"2021-03-03T00:00:00,5Z", "2021-03-03T00:00:00.5Z"},
        {"2021-03-03T24:00:00Z", "2021-03-04T00:00:00Z"},
        {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"1900-02-29", NULL},
        {"2100-02-29", NULL},
        {"2021-02-29", NULL},
        {"2021-04-31", NULL},
        {"2021-00-01", NULL},
        {"2021-13-01", NULL},
        {"2021-01-00", NULL},
        {"2021-01-32", NULL},
        {"0000-01-01", NULL},
        {"2021-1-1", NULL},
        {"2021-03-03T", NULL},
        {"2021-03-03T12", NULL},
        {"2021-03-03T25:00", NULL},
        {"2021-03-03T24:00:01", NULL},
        {"2021-03-03T12:60", NULL},
        {"2021-03-03T12:00:61", NULL},
        {"2021-03-03T12:00:00.", NULL},
        {"2021-03-03T12:00:00+24:00", NULL},
        {"2021-03-03T12:00:00+09:60", NULL},
        {"2021-03-03T12:00:00+09:", NULL},
        {"2021-03-03T12:00:00+9", NULL},
        {"2021-03-03T12:00:00Zx", NULL},
        {"2021-03-03x", NULL},
        {"", NULL},
        {"20210303", NULL},
    };
    (void)state;
    check_all(list, ARRAY_LEN(list), iso_jst);
}

static void rfc822_forms(void **state)
{
    static const struct sample list[] = {
        {"Tue, 02 Mar 2021 19:00:00 GMT", "2021-03-02T19:00:00Z"},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},   /* RFC 9110 section 5.6.7 */
        {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},  /* RFC 850, there */
        {"Mon, 26 Aug 76 14:29 EDT", "1976-08-26T18:29:00Z"},        /* RFC 822's own form */
        {"Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06Z"}, /* RFC 5322 appendix A */
        {"1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37Z"},
        {"Wed, 3 March 2021 12:00 JST", "2021-03-03T03:00:00Z"},
        {"02 Mar 2021", "2021-03-02T00:00:00Z"},
        {"02 Mar 21 00:00:00 UT", "2021-03-02T00:00:00Z"},
        {"02 Mar 2021 00:00:00 PST", "2021-03-02T08:00:00Z"},
        {"02 Mar 2021 00:00:00 Z", "2021-03-02T00:00:00Z"},
        {"02 Mar 2021 00:00:00 A",
         "2021-03-02T00:00:00Z"}, /* RFC 1123 section 5.2.14: such letters tell nothing */
        {"30 Feb 2021 00:00:00 GMT", NULL},
        {"02 Foo 2021 00:00:00 GMT", NULL},
        {"02 Mar 2021 00:00:00 XYZ", NULL},
        {"02 Mar 2021 25:00:00 GMT", NULL},
        {"Mar 2021", NULL},
        {"", NULL},
        {",", NULL},
        {"02 Mar", NULL},
    };
    (void)state;
    check_all(list, ARRAY_LEN(list), rfc822);
}

static void written_forms(void **state)
{
    static const struct sample list[] = {
        {"2021/3/3", "2021-03-02T15:00:00Z"},
        {"2021/03/03 12:34", "2021-03-03T03:34:00Z"},
        {"2021/03/03 12:34:56", "2021-03-03T03:34:56Z"},
        {"2021/3/3 9:05", "2021-03-03T00:05:00Z"},
        {"2021.03.03", "2021-03-02T15:00:00Z"},
        {"2021-3-3", "2021-03-02T15:00:00Z"},
        {"20210303", "2021-03-02T15:00:00Z"},
        {"2021年3月3日", "2021-03-02T15:00:00Z"},
        {"2021年 3月 3日 12:00", "2021-03-03T03:00:00Z"},
        {"令和3年3月3日", "2021-03-02T15:00:00Z"},
        {"令和元年5月1日", "2019-04-30T15:00:00Z"},
        {"平成31年4月30日", "2019-04-29T15:00:00Z"},
        {"平成元年1月8日", "1989-01-07T15:00:00Z"},
        {"昭和64年1月7日", "1989-01-06T15:00:00Z"},
        {"R3.3.3", "2021-03-02T15:00:00Z"},
        {"H31/4/30", "2019-04-29T15:00:00Z"},
        {"Tue, 02 Mar 2021 19:00:00 GMT", "2021-03-02T19:00:00Z"},
        {"2021-03-03T12:00:00Z", "2021-03-03T12:00:00Z"},
        {"令和0年1月1日", NULL},
        {"R0.1.1", NULL},
        {"2021年13月1日", NULL},
        {"2021年2月29日", NULL},
        {"2021/2/30", NULL},
        {"2021/3", NULL},
        {"2021/3.3", NULL},
        {"20210230", NULL},
        {"2021030", NULL},
        {"令和3年", NULL},
        {"3/3/2021", NULL},
        {"未定", NULL},
        {"", NULL},
        {"2021/3/3x", NULL},
    };
    (void)state;
    check_all(list, ARRAY_LEN(list), any_jst);
}

static uint64_t rand_state = 88172645463325252ULL;
static uint64_t next_random(void)
{
    rand_state ^= rand_state << 13;
    rand_state ^= rand_state >> 7;
    rand_state ^= rand_state << 17;
    return rand_state;
}

/* Against the C library's calendar, from year 1 to 9999. */
static void against_gmtime(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        time_t sec = (time_t)(next_random() % (253402300800ULL + 62135596800ULL)) - 62135596800LL;
        struct tm tm;
        char want[64], got[CLOCK_ISO_SIZE];
        assert_non_null(gmtime_r(&sec, &tm));
        snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        clock_iso((when_t)sec * WHEN_SEC, ZONE_UTC, got);
        assert_string_equal(got, want);
        when_t back;
        assert_true(clock_parse_iso(str_of(want), ZONE_JST, &back));
        assert_true(back == (when_t)sec * WHEN_SEC);
    }
}

/* What is written is read as the same moment, in any zone, with any fraction. */
static void round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        when_t t = (when_t)(next_random() % (4000ULL * 365 * 86400 * 1000000)) - 1000LL * 365 * WHEN_DAY,
               back;
        int zone = ((int)(next_random() % 113) - 56) * 900;
        char text[CLOCK_ISO_SIZE], minute[CLOCK_ISO_SIZE];
        clock_iso(t, zone, text);
        if (!clock_parse_iso(str_of(text), ZONE_UTC, &back) || back != t)
            fail_msg("%s", text);
        clock_minute(t, zone, minute);
        assert_int_equal(strncmp(minute, text, 10), 0);
        assert_int_equal(strncmp(minute + 11, text + 11, 5), 0);
        clock_date(t, zone, minute);
        assert_int_equal(strlen(minute), 10);
    }
}

static void days(void **state)
{
    int64_t want = clock_days(1599, 12, 31);
    (void)state;
    assert_int_equal(clock_days(1970, 1, 1), 0);
    assert_int_equal(clock_days(2000, 3, 1), 11017);
    for (int y = 1600; y < 2404; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= 28; d++) {
                int yy, mm, dd;
                int64_t n = clock_days(y, m, d);
                clock_civil(n, &yy, &mm, &dd);
                assert_true(yy == y && mm == m && dd == d);
                assert_true(n > want);
                want = n;
            }
}

static void edges(void **state)
{
    char text[CLOCK_ISO_SIZE];
    (void)state;
    clock_iso(WHEN_NONE, ZONE_JST, text);
    assert_string_equal(text, "");
    clock_date(WHEN_NONE, ZONE_JST, text);
    assert_string_equal(text, "");
    clock_iso(INT64_MAX, ZONE_JST, text); /* no overflow at the ends of time */
    clock_iso(INT64_MIN + 1, -ZONE_JST, text);
    clock_iso(-1, ZONE_UTC, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    clock_date(-1, ZONE_JST, text);
    assert_string_equal(text, "1970-01-01");
    clock_iso(0, ZONE_JST, text);
    assert_string_equal(text, "1970-01-01T09:00:00+09:00");
    clock_iso(0, -(3 * 3600 + 1800), text);
    assert_string_equal(text, "1969-12-31T20:30:00-03:30");
}

static void stand_in(void **state)
{
    (void)state;
    unsetenv("TOBAN_NOW");
    time_t before = time(NULL);
    assert_true(clock_now() / WHEN_SEC >= before - 1 && clock_now() / WHEN_SEC <= time(NULL) + 1);
    setenv("TOBAN_NOW", "2021-03-03T12:00+09:00", 1);
    assert_true(clock_now() == 1614740400 * WHEN_SEC);
    clock_set(5);
    assert_true(clock_now() == 5);
    clock_set(WHEN_NONE);
    assert_true(clock_now() == 1614740400 * WHEN_SEC);
    unsetenv("TOBAN_NOW");
    assert_true(clock_mono_ns() <= clock_mono_ns());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_forms),      cmocka_unit_test(rfc822_forms), cmocka_unit_test(written_forms),
        cmocka_unit_test(against_gmtime), cmocka_unit_test(round_trip),   cmocka_unit_test(days),
        cmocka_unit_test(edges),          cmocka_unit_test(stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
