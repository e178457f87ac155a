#include "investigate/traces/trace_time.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool trace_time_civil(int y, int mo, int d, int h, int mi, int s, int zone_s, when_t *out)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (y < 1 || y > 9999 || mo < 1 || mo > 12 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 ||
        s > 60)
        return false;
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    if (d > days[mo - 1] + (mo == 2 && leap))
        return false;
    *out = (clock_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + MIN(s, 59) - zone_s) * WHEN_SEC;
    return true;
}

size_t trace_time_offset(struct str s, int *zone_s)
{
    if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-'))
        return 0;
    int h = trace_time_2(s.p + 1), m = 0;
    size_t used = 3;
    if (s.n >= 6 && s.p[3] == ':' && trace_time_2(s.p + 4) >= 0) {
        m = trace_time_2(s.p + 4);
        used = 6;
    } else if (s.n >= 5 && trace_time_2(s.p + 3) >= 0) {
        m = trace_time_2(s.p + 3);
        used = 5;
    }
    if (h < 0 || h > 15 || m > 59)
        return 0;
    *zone_s = (h * 3600 + m * 60) * (s.p[0] == '-' ? -1 : 1);
    return used;
}

static size_t fraction(struct str s, when_t *us)
{
    static const int scale[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int v = 0;
    size_t n = 1;
    if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || !is_digit(s.p[1]))
        return 0;
    /* A comma may as well begin the next column: three digits alone are a fraction. */
    if (s.p[0] == ',' &&
        (s.n < 4 || !is_digit(s.p[2]) || !is_digit(s.p[3]) || (s.n > 4 && s.p[4] > ' ' && s.p[4] != ']')))
        return 0;
    for (; n < s.n && n < 13 && is_digit(s.p[n]); n++)
        if (n <= 6)
            v = v * 10 + (s.p[n] - '0');
    *us = (when_t)v * scale[MIN(n - 1, 6)];
    return n;
}

size_t trace_time_clock(struct str s, when_t *out)
{
    when_t us = 0;
    if (s.n < 8 || s.p[2] != ':' || s.p[5] != ':')
        return 0;
    int h = trace_time_2(s.p), m = trace_time_2(s.p + 3), sec = trace_time_2(s.p + 6);
    if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
        return 0;
    size_t more = fraction(str_n(s.p + 8, s.n - 8), &us);
    *out = (h * 3600 + m * 60 + MIN(sec, 59)) * WHEN_SEC + us;
    return 8 + more;
}

size_t trace_time_iso(struct trace_time *c, struct str s, int zone_s, when_t *out, bool *zoned)
{
    when_t tod;
    *zoned = false;
    if (s.n < 19 || (s.p[10] != 'T' && s.p[10] != ' ') || (s.p[4] != '-' && s.p[4] != '/') ||
        s.p[7] != s.p[4])
        return 0;
    if (memcmp(c->day, s.p, sizeof(c->day)) != 0) {
        when_t base;
        if (!trace_time_civil(trace_time_4(s.p), trace_time_2(s.p + 5), trace_time_2(s.p + 8), 0, 0, 0, 0,
                              &base))
            return 0;
        memcpy(c->day, s.p, sizeof(c->day));
        c->base = base;
    }
    size_t used = trace_time_clock(str_n(s.p + 11, s.n - 11), &tod);
    if (used == 0)
        return 0;
    used += 11;
    struct str rest = str_n(s.p + used, s.n - used);
    size_t more = 0;
    if (rest.n && (rest.p[0] == 'Z' || rest.p[0] == 'z')) {
        zone_s = 0;
        more = 1;
    } else {
        more = trace_time_offset(rest, &zone_s);
    }
    *zoned = more > 0;
    *out = c->base + tod - zone_s * WHEN_SEC;
    return used + more;
}

int trace_time_month(struct str s)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (s.n < 3)
        return 0;
    for (int i = 0; i < 12; i++) {
        const char *m = names + i * 3;
        if ((s.p[0] | 32) == m[0] && (s.p[1] | 32) == m[1] && (s.p[2] | 32) == m[2])
            return i + 1;
    }
    return 0;
}

size_t trace_time_bsd(struct str s, int zone_s, when_t before, when_t *out)
{
    when_t tod;
    int mo = trace_time_month(s), y, m, d;
    if (mo == 0 || s.n < 15 || s.p[3] != ' ' || s.p[6] != ' ')
        return 0;
    int day = s.p[4] == ' ' && is_digit(s.p[5]) ? s.p[5] - '0' : trace_time_2(s.p + 4);
    size_t used = trace_time_clock(str_n(s.p + 7, s.n - 7), &tod);
    if (day < 1 || day > 31 || used == 0)
        return 0;
    *out = WHEN_NONE;
    if (before == 0)
        return used + 7;
    clock_civil(before / WHEN_DAY, &y, &m, &d);
    for (int i = 0; i < 9; i++) { /* 29 February may be eight years back */
        when_t t;
        if (!trace_time_civil(y + 1 - i, mo, day, 0, 0, 0, zone_s, &t) || t + tod > before + WHEN_DAY)
            continue;
        *out = t + tod;
        return used + 7;
    }
    return 0;
}
