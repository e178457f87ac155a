#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "collect/guard.h"

#define DAY(n) ((when_t)(n)*WHEN_DAY)

static const struct source kev = {
    .name = "kev", .kind = SOURCE_ASSERTION, .min_records = 1000, .max_shrink_pct = 5, .retracts = true, .stale_hours = 48};
static const struct guard_last last = {
    .any = true, .records = 2000, .newest = DAY(18000), .document = DAY(18001)};
static char text[GUARD_TEXT];

static struct guard_seen full(uint64_t good)
{
    return (struct guard_seen){.good = good, .full = true, .newest = DAY(18010), .document = DAY(18011)};
}

static enum guard_verdict judge(struct guard_seen seen)
{
    enum guard_verdict v = guard_judge(&kev, &last, &seen, text);
    assert_int_equal(v == GUARD_ACCEPT, text[0] == 0);
    return v;
}

static void counts(void **state)
{
    (void)state;
    assert_int_equal(judge(full(2001)), GUARD_ACCEPT);
    assert_int_equal(judge(full(1900)), GUARD_ACCEPT); /* exactly 5 % less */
    assert_int_equal(judge(full(1899)), GUARD_SHRUNK);
    assert_non_null(strstr(text, "2000"));
    assert_non_null(strstr(text, "1899"));
    assert_int_equal(judge(full(999)), GUARD_FLOOR);
    assert_int_equal(judge(full(0)), GUARD_EMPTY);
    /* First visit: only the floor counts. */
    struct guard_last none = {.any = false, .newest = WHEN_NONE, .document = WHEN_NONE};
    struct guard_seen seen = full(1000);
    assert_int_equal(guard_judge(&kev, &none, &seen, text), GUARD_ACCEPT);
    seen.good = 999;
    assert_int_equal(guard_judge(&kev, &none, &seen, text), GUARD_FLOOR);
    struct source any = kev;
    any.max_shrink_pct = 100;
    any.min_records = 0;
    seen = full(1);
    assert_int_equal(guard_judge(&any, &last, &seen, text), GUARD_ACCEPT);
    /* No overflow. */
    struct guard_last huge = {.any = true, .records = UINT64_MAX, .newest = WHEN_NONE, .document = WHEN_NONE};
    seen = full(UINT64_MAX / 2);
    assert_int_equal(guard_judge(&kev, &huge, &seen, text), GUARD_SHRUNK);
}

/* A list of an older day is history: it is no smaller successor, and replaces nothing. */
static void days(void **state)
{
    struct source epss = kev;
    struct guard_seen seen = full(1200);
    (void)state;
    epss.retracts = false;
    assert_int_equal(guard_judge(&epss, &last, &seen, text), GUARD_SHRUNK);
    seen.document = DAY(17000);
    assert_int_equal(guard_judge(&epss, &last, &seen, text), GUARD_ACCEPT);
    assert_int_equal(guard_judge(&kev, &last, &seen, text), GUARD_SHRUNK);
}

static void stated(void **state)
{
    (void)state;
    struct guard_seen seen = full(2001);
    seen.stated = true;
    seen.stated_count = 2001;
    assert_int_equal(judge(seen), GUARD_ACCEPT);
    seen.stated_count = 2002;
    assert_int_equal(judge(seen), GUARD_COUNT);
    seen.bad = 1; /* set aside, but there */
    assert_int_equal(judge(seen), GUARD_ACCEPT);
    seen.full = false; /* a page that was cut is refused, too */
    seen.stated_count = 5000;
    assert_int_equal(judge(seen), GUARD_COUNT);
}

static void bad_share(void **state)
{
    (void)state;
    struct guard_seen seen = full(2000);
    seen.bad = 500; /* 20 % of 2,500 */
    assert_int_equal(judge(seen), GUARD_ACCEPT);
    seen.bad = 501;
    assert_int_equal(judge(seen), GUARD_BAD);
    /* In a small window one bad record does not take the good ones away. */
    struct guard_seen small = {.good = 2, .bad = 3, .newest = WHEN_NONE, .document = WHEN_NONE};
    assert_int_equal(judge(small), GUARD_ACCEPT);
    small.good = 0;
    assert_int_equal(judge(small), GUARD_BAD);
    small.bad = 0; /* nothing new */
    assert_int_equal(judge(small), GUARD_ACCEPT);
}

static void backwards(void **state)
{
    (void)state;
    struct guard_seen seen = full(2000);
    seen.document = last.document - 1;
    assert_int_equal(judge(seen), GUARD_BACKWARDS);
    seen = full(2000);
    seen.document = WHEN_NONE;
    seen.newest = last.newest - 1;
    assert_int_equal(judge(seen), GUARD_BACKWARDS);
    seen.newest = last.newest;
    assert_int_equal(judge(seen), GUARD_ACCEPT);
    /* A newer document that withdrew its newest record. */
    seen = full(2000);
    seen.newest = last.newest - 1;
    assert_int_equal(judge(seen), GUARD_ACCEPT);
    /* The same document again. */
    seen.document = last.document;
    seen.newest = last.newest;
    assert_int_equal(judge(seen), GUARD_ACCEPT);
}

static void age(void **state)
{
    when_t now = DAY(18100);
    (void)state;
    assert_int_equal(guard_age(&kev, WHEN_NONE, WHEN_NONE, now, text), GUARD_NEVER);
    assert_non_null(strstr(text, "kev"));
    assert_int_equal(guard_age(&kev, now - DAY(2), now - DAY(3), now, text), GUARD_FRESH);
    assert_non_null(strstr(text, "2019-07-20")); /* 18,097 days after 1970-01-01: date -u -d @1563580800 */
    assert_int_equal(guard_age(&kev, now - DAY(2) - 1, now - DAY(3), now, text), GUARD_STALE);
    assert_int_equal(guard_age(&kev, now, WHEN_NONE, now, text), GUARD_FRESH);
    assert_int_equal(guard_age(&kev, now, now - DAY(30), now, text), GUARD_FRESH);
    assert_int_equal(guard_age(&kev, now, now - DAY(31), now, text), GUARD_STALE);
    struct source notices = kev;
    notices.kind = SOURCE_NOTICE;
    assert_int_equal(guard_age(&notices, now, now - DAY(300), now, text), GUARD_FRESH);
    assert_int_equal(guard_age(&kev, now + DAY(1), now, now, text), GUARD_FRESH);
    assert_int_equal(guard_age(&kev, now + DAY(1) + 1, now, now, text), GUARD_STALE);
    struct source never_stale = notices;
    never_stale.stale_hours = 0;
    assert_int_equal(guard_age(&never_stale, 0, WHEN_NONE, now, text), GUARD_FRESH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts), cmocka_unit_test(days), cmocka_unit_test(stated),
                                       cmocka_unit_test(bad_share), cmocka_unit_test(backwards),
                                       cmocka_unit_test(age)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
