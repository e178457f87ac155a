/* trace_time.h — the times that logs write, fast.
 *
 * A log writes the same date thousands of times: the clock remembers the last one.
 * trace_time_* never guess a zone: the caller says which applies when none is written.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_TIME_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_TIME_H

#include "base/base.h"

struct trace_time { /* zero it first */
    char day[10];
    when_t base;
};

/* "2021-03-14T01:40:19" or with a blank, "/" for "-" too, fraction, "Z" or offset; text may go on behind.
 * Returns the bytes used, 0 when it is none. *zoned: a zone was written. */
size_t trace_time_iso(struct trace_time *c, struct str s, int zone_s, when_t *out, bool *zoned);
/* "01:40:19[.123]" as microseconds since midnight; bytes used or 0. */
size_t trace_time_clock(struct str s, when_t *out);
/* 1..12 for "Jan".."Dec", else 0. */
int trace_time_month(struct str s);
/* A civil time; false when out of range. */
bool trace_time_civil(int y, int mo, int d, int h, int mi, int s, int zone_s, when_t *out);
/* "Mar  6 04:07:23[.123]": the latest such time not later than a day after before (0: unknown, then none).
 * Returns the bytes used, 0 when it is none; *out is WHEN_NONE when there is no year to be had. */
size_t trace_time_bsd(struct str s, int zone_s, when_t before, when_t *out);
/* "+0900", "+09:00" as seconds; bytes used or 0. */
size_t trace_time_offset(struct str s, int *zone_s);
/* Two digits at p, or -1. */
static inline int trace_time_2(const char *p)
{
    unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';
    return a > 9 || b > 9 ? -1 : (int)(a * 10 + b);
}
static inline int trace_time_4(const char *p)
{
    int a = trace_time_2(p), b = trace_time_2(p + 2);
    return a < 0 || b < 0 ? -1 : a * 100 + b;
}

#endif
