/* calendar.h — business days: not Saturday, not Sunday, not a holiday of a list.
 *
 * The list is text: "2024-01-01 name" a line, '#' comments, and one line
 * "covers 2020 2030": outside those years holidays are not known, and calendar_covers
 * says so. Days are days since 1970-01-01 (clock_days). Pure.
 */
#ifndef TOBAN_REMEDIATE_CALENDAR_H
#define TOBAN_REMEDIATE_CALENDAR_H

#include "base/base.h"

struct calendar {
    int64_t *day; /* ascending, in the arena */
    size_t n;
    int first_year, last_year; /* 0: nothing is covered */
};

/* ERR_INPUT with file:line. */
int calendar_parse(struct calendar *c, struct str text, const char *file, struct arena *a, struct err *e) MUST_CHECK;
bool calendar_covers(const struct calendar *c, int64_t day);
bool calendar_holiday(const struct calendar *c, int64_t day);
bool calendar_business(const struct calendar *c, int64_t day);
/* The n-th business day after day (n >= 1); n = 0: day itself, or the next business day. */
int64_t calendar_add(const struct calendar *c, int64_t day, int n);
/* day itself, or the last business day before. */
int64_t calendar_back(const struct calendar *c, int64_t day);
int calendar_weekday(int64_t day); /* 0 Sunday … 6 Saturday */

#endif
