#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static when_t test_now = WHEN_NONE;

void clock_set(when_t now)
{
    test_now = now;
}

when_t clock_now(void)
{
    if (test_now != WHEN_NONE)
        return test_now;
    const char *env = getenv("TOBAN_NOW");
    when_t t;
    if (env && clock_parse_iso(str_of(env), ZONE_UTC, &t))
        return t;
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (when_t)ts.tv_sec * WHEN_SEC + ts.tv_nsec / 1000;
}

uint64_t clock_mono_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

/* Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil). */
int64_t clock_days(int y, int m, int d)
{
    int64_t yy = y - (m <= 2);
    int64_t era = (yy >= 0 ? yy : yy - 399) / 400;
    int64_t yoe = yy - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void clock_civil(int64_t days, int *y, int *m, int *d)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400 + (*m <= 2));
}

static int month_days(int y, int m)
{
    static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : n[m - 1];
}

/* A cursor over text; every take_ returns false and leaves the cursor when it does not fit. */
struct cur {
    const char *p, *end;
};

static bool take_char(struct cur *c, char want)
{
    if (c->p < c->end && *c->p == want) {
        c->p++;
        return true;
    }
    return false;
}

static bool take_text(struct cur *c, const char *want)
{
    size_t n = strlen(want);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, want, n) != 0)
        return false;
    c->p += n;
    return true;
}

static bool take_digits(struct cur *c, int min, int max, int *out)
{
    int v = 0, n = 0;
    while (n < max && c->p + n < c->end && c->p[n] >= '0' && c->p[n] <= '9')
        v = v * 10 + (c->p[n++] - '0');
    if (n < min)
        return false;
    c->p += n;
    *out = v;
    return true;
}

static bool make(int y, int mo, int d, int h, int mi, int s, int us, int zone_s, when_t *out)
{
    if (y < 1 || y > 9999 || mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo))
        return false;
    if (h > 24 || mi > 59 || s > 60 || (h == 24 && (mi || s || us)))
        return false;
    if (zone_s < -86400 || zone_s > 86400)
        return false;
    int64_t sec = clock_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + MIN(s, 59) - zone_s;
    *out = sec * WHEN_SEC + us;
    return true;
}

static bool take_fraction(struct cur *c, int *us)
{
    *us = 0;
    if (!take_char(c, '.') && !take_char(c, ','))
        return true;
    int n = 0, v = 0;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && n < 12) {
        if (n < 6)
            v = v * 10 + (*c->p - '0');
        n++;
        c->p++;
    }
    for (int i = n; i < 6; i++)
        v *= 10;
    *us = v;
    return n > 0;
}

static bool take_offset(struct cur *c, int *zone_s)
{
    int sign, h, m = 0;
    if (take_char(c, '+'))
        sign = 1;
    else if (take_char(c, '-'))
        sign = -1;
    else
        return false;
    if (!take_digits(c, 2, 2, &h))
        return false;
    bool colon = take_char(c, ':');
    if (!take_digits(c, 2, 2, &m) && colon)
        return false;
    if (h > 23 || m > 59)
        return false;
    *zone_s = sign * (h * 3600 + m * 60);
    return true;
}

/* "12:34[:56[.789]]" */
static bool take_time(struct cur *c, int *h, int *mi, int *s, int *us)
{
    *s = *us = 0;
    if (!take_digits(c, 1, 2, h) || !take_char(c, ':') || !take_digits(c, 2, 2, mi))
        return false;
    if (take_char(c, ':'))
        return take_digits(c, 2, 2, s) && take_fraction(c, us);
    return true;
}

bool clock_parse_iso(struct str s, int zone_s, when_t *out)
{
    s = str_trim(s);
    struct cur c = {s.p, s.p + s.n};
    int y, mo, d, h = 0, mi = 0, se = 0, us = 0;
    if (!take_digits(&c, 4, 4, &y) || !take_char(&c, '-') || !take_digits(&c, 2, 2, &mo) ||
        !take_char(&c, '-') || !take_digits(&c, 2, 2, &d))
        return false;
    if (c.p < c.end) {
        if (!take_char(&c, 'T') && !take_char(&c, 't') && !take_char(&c, ' '))
            return false;
        if (!take_time(&c, &h, &mi, &se, &us))
            return false;
        take_char(&c, ' ');
        if (take_char(&c, 'Z') || take_char(&c, 'z'))
            zone_s = 0;
        else if (c.p < c.end && !take_offset(&c, &zone_s))
            return false;
        if (c.p != c.end)
            return false;
    }
    return make(y, mo, d, h, mi, se, us, zone_s, out);
}

static const char *const month_name[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};

static bool take_month(struct cur *c, int *mo)
{
    for (int i = 0; i < 12; i++) {
        if (str_starts_i(str_n(c->p, (size_t)(c->end - c->p)), month_name[i])) {
            while (c->p < c->end && ((*c->p | 32) >= 'a' && (*c->p | 32) <= 'z'))
                c->p++;
            take_char(c, '.');
            *mo = i + 1;
            return true;
        }
    }
    return false;
}

/* RFC 822 section 5.1 zone names; a military letter other than Z is read as UTC (RFC 1123 5.2.14). */
static bool take_zone_name(struct cur *c, int *zone_s)
{
    static const struct {
        const char *name;
        int hours;
    } zone[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"EST", -5}, {"EDT", -4}, {"CST", -6},
                {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"JST", 9}};
    for (size_t i = 0; i < ARRAY_LEN(zone); i++) {
        if (take_text(c, zone[i].name)) {
            *zone_s = zone[i].hours * 3600;
            return true;
        }
    }
    if (c->end - c->p == 1 && ((*c->p | 32) >= 'a' && (*c->p | 32) <= 'z')) {
        c->p++;
        *zone_s = 0;
        return true;
    }
    return take_offset(c, zone_s);
}

static void skip_spaces(struct cur *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
}

bool clock_parse_rfc822(struct str s, when_t *out)
{
    s = str_trim(s);
    size_t comma = str_chr(s, ',');
    if (comma != STR_NONE && comma < 12)
        s = str_trim(str_sub(s, comma + 1, s.n));
    struct cur c = {s.p, s.p + s.n};
    int y, mo, d, h = 0, mi = 0, se = 0, us = 0, zone_s = 0;
    if (!take_digits(&c, 1, 2, &d))
        return false;
    if (!take_char(&c, '-'))
        skip_spaces(&c);
    if (!take_month(&c, &mo))
        return false;
    if (!take_char(&c, '-'))
        skip_spaces(&c);
    const char *year = c.p;
    if (!take_digits(&c, 2, 4, &y))
        return false;
    if (c.p - year == 2)
        y += y < 70 ? 2000 : 1900;
    else if (c.p - year == 3)
        y += 1900;
    skip_spaces(&c);
    if (c.p < c.end) {
        if (!take_time(&c, &h, &mi, &se, &us))
            return false;
        skip_spaces(&c);
        if (c.p < c.end && !take_zone_name(&c, &zone_s))
            return false;
    }
    return c.p == c.end && make(y, mo, d, h, mi, se, us, zone_s, out);
}

/* Years of a Japanese era: year 1 of the era is base + 1. */
static bool take_era(struct cur *c, int *base)
{
    static const struct {
        const char *name;
        int base;
    } era[] = {{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}, {"R", 2018}, {"H", 1988}, {"S", 1925}};
    for (size_t i = 0; i < ARRAY_LEN(era); i++) {
        if (take_text(c, era[i].name)) {
            *base = era[i].base;
            return true;
        }
    }
    return false;
}

static bool take_written_date(struct cur *c, int *y, int *mo, int *d)
{
    int base = 0;
    bool era = take_era(c, &base);
    if (era && take_text(c, "元")) {
        *y = 1;
    } else if (!take_digits(c, era ? 1 : 4, 4, y)) {
        return false;
    }
    if (era && *y == 0)
        return false;
    *y += base;
    if (take_text(c, "年")) {
        skip_spaces(c);
        if (!take_digits(c, 1, 2, mo) || !take_text(c, "月"))
            return false;
        skip_spaces(c);
        return take_digits(c, 1, 2, d) && take_text(c, "日");
    }
    char sep = c->p < c->end ? *c->p : 0;
    if (sep != '/' && sep != '.' && sep != '-')
        return false;
    return take_char(c, sep) && take_digits(c, 1, 2, mo) && take_char(c, sep) && take_digits(c, 1, 2, d);
}

static bool parse_compact(struct str s, int zone_s, when_t *out)
{
    struct cur c = {s.p, s.p + s.n};
    int y, mo, d;
    return s.n == 8 && take_digits(&c, 4, 4, &y) && take_digits(&c, 2, 2, &mo) && take_digits(&c, 2, 2, &d) &&
           make(y, mo, d, 0, 0, 0, 0, zone_s, out);
}

bool clock_parse_any(struct str s, int zone_s, when_t *out)
{
    s = str_trim(s);
    if (clock_parse_iso(s, zone_s, out) || clock_parse_rfc822(s, out) || parse_compact(s, zone_s, out))
        return true;
    struct cur c = {s.p, s.p + s.n};
    int y, mo, d, h = 0, mi = 0, se = 0, us = 0;
    if (!take_written_date(&c, &y, &mo, &d))
        return false;
    skip_spaces(&c);
    take_char(&c, 'T');
    if (c.p < c.end) {
        if (!take_time(&c, &h, &mi, &se, &us))
            return false;
        skip_spaces(&c);
        if (c.p < c.end && !take_char(&c, 'Z') && !take_offset(&c, &zone_s))
            return false;
    }
    return c.p == c.end && make(y, mo, d, h, mi, se, us, zone_s, out);
}

struct parts {
    int y, mo, d, h, mi, s, us;
};

static struct parts split(when_t t, int zone_s)
{
    struct parts p;
    int64_t us;
    if (__builtin_add_overflow(t, (int64_t)zone_s * WHEN_SEC, &us))
        us = t; /* the ends of time have no zone */
    int64_t day = us / WHEN_DAY - (us % WHEN_DAY < 0);
    int64_t rest = us % WHEN_DAY + (us % WHEN_DAY < 0 ? WHEN_DAY : 0);
    clock_civil(day, &p.y, &p.mo, &p.d);
    p.us = (int)(rest % WHEN_SEC);
    int64_t sec = rest / WHEN_SEC;
    p.h = (int)(sec / 3600);
    p.mi = (int)(sec / 60 % 60);
    p.s = (int)(sec % 60);
    return p;
}

void clock_iso(when_t t, int zone_s, char out[CLOCK_ISO_SIZE])
{
    out[0] = 0;
    if (t == WHEN_NONE)
        return;
    struct parts p = split(t, zone_s);
    int n = snprintf(out, CLOCK_ISO_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", p.y, p.mo, p.d, p.h, p.mi, p.s);
    if (n < 0 || n >= CLOCK_ISO_SIZE)
        return;
    if (p.us) {
        n += snprintf(out + n, CLOCK_ISO_SIZE - (size_t)n, ".%06d", p.us);
        while (out[n - 1] == '0')
            out[--n] = 0;
    }
    if (zone_s == 0)
        snprintf(out + n, CLOCK_ISO_SIZE - (size_t)n, "Z");
    else
        snprintf(out + n, CLOCK_ISO_SIZE - (size_t)n, "%c%02d:%02d", zone_s < 0 ? '-' : '+',
                 abs(zone_s) / 3600, abs(zone_s) / 60 % 60);
}

void clock_date(when_t t, int zone_s, char out[CLOCK_ISO_SIZE])
{
    out[0] = 0;
    if (t == WHEN_NONE)
        return;
    struct parts p = split(t, zone_s);
    snprintf(out, CLOCK_ISO_SIZE, "%04d-%02d-%02d", p.y, p.mo, p.d);
}

void clock_minute(when_t t, int zone_s, char out[CLOCK_ISO_SIZE])
{
    out[0] = 0;
    if (t == WHEN_NONE)
        return;
    struct parts p = split(t, zone_s);
    snprintf(out, CLOCK_ISO_SIZE, "%04d-%02d-%02d %02d:%02d", p.y, p.mo, p.d, p.h, p.mi);
}
