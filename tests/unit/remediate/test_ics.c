/* iCalendar out, by the rules of RFC 5545: 3.1 folding, 3.3.5 times, 3.3.11 text, 3.6.1 events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remediate/ics.h"

static void event(void **unused)
{
    (void)unused;
    struct buf b = BUF_INIT(MIB);
    struct ics_event ev = {.uid = STR_LIT("1@toban"), .stamp = 0, .start = 1614729600 * WHEN_SEC, .end = 1614733200 * WHEN_SEC,
                           .summary = STR_LIT("a,b;c\\d\ne\001")};
    ics_begin(&b, STR_LIT("x"));
    ics_add(&b, &ev, ZONE_JST);
    ics_end(&b);
    const char *s = buf_cstr(&b);
    assert_non_null(strstr(s, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    assert_non_null(strstr(s, "\r\nUID:1@toban\r\nDTSTAMP:19700101T000000Z\r\nDTSTART:20210303T000000Z\r\nDTEND:20210303T010000Z\r\n"));
    assert_non_null(strstr(s, "SUMMARY:a\\,b\\;c\\\\d\\ne\r\n"));
    assert_non_null(strstr(s, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
    buf_release(&b);
}

static void whole_days(void **unused)
{
    (void)unused;
    struct buf b = BUF_INIT(MIB);
    /* Midnight in Tokyo is the day before in UTC; DTEND is the day after the last (3.6.1). */
    struct ics_event ev = {.uid = STR_LIT("1@toban"), .stamp = 0, .start = 1614697200 * WHEN_SEC, .end = 1614870000 * WHEN_SEC,
                           .summary = STR_LIT("x"), .all_day = true};
    ics_add(&b, &ev, ZONE_JST);
    assert_non_null(strstr(buf_cstr(&b), "DTSTART;VALUE=DATE:20210303\r\nDTEND;VALUE=DATE:20210305\r\n"));
    buf_release(&b);
}

/* Every line at most 75 octets, every piece whole UTF-8, and unfolding gives the text back. */
static void folding(void **unused)
{
    (void)unused;
    for (size_t pad = 0; pad < 80; pad++) {
        struct buf text = BUF_INIT(MIB), out = BUF_INIT(MIB), un = BUF_INIT(MIB);
        for (size_t i = 0; i < pad; i++)
            buf_addc(&text, 'x');
        for (int i = 0; i < 60; i++)
            buf_adds(&text, "年度末\360\237\227\223");
        struct ics_event ev = {.uid = STR_LIT("1@toban"), .summary = buf_str(&text)};
        ics_add(&out, &ev, 0);
        struct str rest = buf_str(&out), line;
        while (str_line_next(&rest, &line)) {
            assert_true(line.n <= 75);
            assert_true(str_is_utf8(line));
            assert_true(line.p[line.n] == '\r' && line.p[line.n + 1] == '\n');
            if (line.p[0] != ' ')
                buf_addc(&un, '\n');
            buf_add_str(&un, line.p[0] == ' ' ? str_sub(line, 1, line.n) : line);
        }
        buf_adds(&text, "\n");
        size_t at = str_find(buf_str(&un), STR_LIT("\nSUMMARY:"));
        assert_true(at != STR_NONE);
        assert_true(str_eq(str_sub(buf_str(&un), at + 9, text.n), buf_str(&text)));
        buf_release(&text);
        buf_release(&out);
        buf_release(&un);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(event), cmocka_unit_test(whole_days), cmocka_unit_test(folding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
