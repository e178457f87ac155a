#include "remediate/calendar.h"

#include <stdlib.h>

#define CALENDAR_HOLIDAYS 20000

int calendar_weekday(int64_t day)
{
    return (int)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool parse_covers(struct calendar *c, struct str line)
{
    struct str years = str_trim(str_sub(line, 6, line.n));
    size_t blank = str_chr(years, ' ');
    int64_t first, last;
    if (blank == STR_NONE || !num_i64(str_sub(years, 0, blank), &first) || !num_i64(str_trim(str_sub(years, blank, years.n)), &last))
        return false;
    if (first < 1900 || last > 2200 || first > last)
        return false;
    c->first_year = (int)first;
    c->last_year = (int)last;
    return true;
}

int calendar_parse(struct calendar *c, struct str text, const char *file, struct arena *a, struct err *e)
{
    VEC(int64_t) v = {0};
    struct str line;
    unsigned long number = 0;
    int rc = 0;
    *c = (struct calendar){0};
    while (rc == 0 && str_line_next(&text, &line)) {
        when_t t;
        number++;
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (str_starts(line, "covers ")) {
            if (!parse_covers(c, line))
                rc = err_at(e, ERR_INPUT, file, number, "\"covers\" needs the first and the last year, such as: covers 2020 2030");
        } else if (v.n == CALENDAR_HOLIDAYS) {
            rc = err_at(e, ERR_LIMIT, file, number, "more than %d holidays", CALENDAR_HOLIDAYS);
        } else if (!clock_parse_iso(str_sub(line, 0, 10), ZONE_UTC, &t)) {
            rc = err_at(e, ERR_INPUT, file, number, "a line begins with a date such as 2024-01-01");
        } else {
            vec_push(&v, t / WHEN_DAY);
        }
    }
    if (v.n)
        qsort(v.p, v.n, sizeof(*v.p), by_day);
    c->n = v.n;
    c->day = arena_array(a, int64_t, v.n + 1);
    if (v.n)
        memcpy(c->day, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

bool calendar_covers(const struct calendar *c, int64_t day)
{
    int y, m, d;
    clock_civil(day, &y, &m, &d);
    return y >= c->first_year && y <= c->last_year;
}

bool calendar_holiday(const struct calendar *c, int64_t day)
{
    return c->n && bsearch(&day, c->day, c->n, sizeof(*c->day), by_day);
}

bool calendar_business(const struct calendar *c, int64_t day)
{
    int w = calendar_weekday(day);
    return w != 0 && w != 6 && !calendar_holiday(c, day);
}

int64_t calendar_add(const struct calendar *c, int64_t day, int n)
{
    if (n == 0)
        while (!calendar_business(c, day))
            day++;
    for (; n > 0; n--) {
        do
            day++;
        while (!calendar_business(c, day));
    }
    return day;
}

int64_t calendar_back(const struct calendar *c, int64_t day)
{
    while (!calendar_business(c, day))
        day--;
    return day;
}
