/* Patch windows and calendars: rules that people write, and what follows from them. */
#include <stdint.h>

#include "remediate/calendar.h"
#include "remediate/ics.h"
#include "remediate/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void windows(struct str text)
{
    struct err e = {0};
    struct window w;
    struct window_span s;
    when_t from = 1614740400 * WHEN_SEC;
    struct window_freeze freeze = {from, from + 30 * WHEN_DAY};
    if (window_parse(&w, text, &e))
        return;
    for (int i = 0; i < 5 && window_next(&w, &freeze, 1, from, ZONE_JST, &s); i++) {
        if (s.end <= from || s.start >= s.end)
            __builtin_trap();
        from = s.end;
    }
}

static void days(struct str text, struct arena *a)
{
    struct err e = {0};
    struct calendar c;
    if (calendar_parse(&c, text, "fuzz", a, &e))
        return;
    int64_t day = calendar_add(&c, 18690, 3);
    if (!calendar_business(&c, day) || day <= 18690 || calendar_back(&c, day) != day)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct str text = str_n((const char *)data, size), line;
    struct buf out = BUF_INIT(MIB);
    struct ics_event ev = {.uid = STR_LIT("x"), .summary = text};
    windows(text);
    days(text, &a);
    ics_add(&out, &ev, ZONE_JST);
    struct str rest = buf_str(&out);
    while (str_line_next(&rest, &line))
        if (line.n > 75)
            __builtin_trap();
    buf_release(&out);
    arena_release(&a);
    return 0;
}
