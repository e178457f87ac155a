/* window.h — patch windows: rules, freezes, and when the next one opens. Pure.
 *
 * A rule is one line, in the site's time zone:
 *   weekly DAY HH:MM LENGTH                  weekly saturday 22:00 6h
 *   monthly NTH DAY [+N] HH:MM LENGTH        monthly second tuesday +3 22:00 4h
 *   once YYYY-MM-DD HH:MM LENGTH             once 2021-03-06 01:00 90m
 * NTH is first … fifth or last; +N is days after that day (0..27); LENGTH is minutes or
 * hours, at most seven days. A window that touches a freeze does not open; "once" opens
 * in spite of one: it is the exception.
 */
#ifndef TOBAN_REMEDIATE_WINDOW_H
#define TOBAN_REMEDIATE_WINDOW_H

#include "base/base.h"

enum window_kind { WINDOW_WEEKLY, WINDOW_MONTHLY, WINDOW_ONCE };
struct window {
    enum window_kind kind;
    int weekday;   /* 0 Sunday */
    int nth;       /* 1..5, -1 last */
    int plus;      /* days */
    int64_t day;   /* ONCE */
    int minute;    /* of the day */
    int minutes;   /* length */
};
struct window_freeze {
    when_t first, until; /* [first, until) */
};
struct window_span {
    when_t start, end;
};

int window_parse(struct window *w, struct str rule, struct err *e) MUST_CHECK;
/* The first window that is not over at `from` and is not frozen, within three years. False when there is none. */
bool window_next(const struct window *w, const struct window_freeze *freeze, size_t n, when_t from, int zone_s,
                 struct window_span *out);

#endif
