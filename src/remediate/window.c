#include "remediate/window.h"

#include "remediate/calendar.h"

#define WINDOW_HORIZON_DAYS 1100
#define WINDOW_LONGEST (7 * 24 * 60)

static bool next_word(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    if (rest->n == 0)
        return false;
    size_t n = str_chr(*rest, ' ');
    *word = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, word->n, rest->n);
    return true;
}

static bool parse_weekday(struct str s, int *out)
{
    static const char *const name[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    for (int i = 0; i < 7; i++) {
        if (str_is_i(s, name[i]) || (s.n == 3 && str_starts_i(str_of(name[i]), (char[]){s.p[0], s.p[1], s.p[2], 0}))) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool parse_nth(struct str s, int *out)
{
    static const char *const name[] = {"last", "first", "second", "third", "fourth", "fifth"};
    for (int i = 0; i < (int)ARRAY_LEN(name); i++) {
        if (str_is_i(s, name[i])) {
            *out = i ? i : -1;
            return true;
        }
    }
    return false;
}

static bool parse_time(struct str s, int *minute)
{
    uint64_t h, m;
    size_t colon = str_chr(s, ':');
    if (colon == STR_NONE || !num_u64(str_sub(s, 0, colon), &h) || !num_u64(str_sub(s, colon + 1, s.n), &m) || h > 23 || m > 59)
        return false;
    *minute = (int)(h * 60 + m);
    return true;
}

static bool parse_length(struct str s, int *minutes)
{
    uint64_t n;
    bool hours = str_ends_i(s, "h");
    if ((!hours && !str_ends_i(s, "m")) || !num_u64(str_sub(s, 0, s.n - 1), &n) || n == 0 || n > WINDOW_LONGEST)
        return false;
    *minutes = (int)(hours ? n * 60 : n);
    return *minutes <= WINDOW_LONGEST;
}

/* What stands in front of the time. */
static bool parse_days(struct window *w, struct str *rest)
{
    struct str word;
    uint64_t plus;
    when_t t;
    if (!next_word(rest, &word))
        return false;
    if (str_is_i(word, "weekly")) {
        w->kind = WINDOW_WEEKLY;
        return next_word(rest, &word) && parse_weekday(word, &w->weekday);
    }
    if (str_is_i(word, "once")) {
        w->kind = WINDOW_ONCE;
        if (!next_word(rest, &word) || word.n != 10 || !clock_parse_iso(word, ZONE_UTC, &t))
            return false;
        w->day = t / WHEN_DAY;
        return true;
    }
    w->kind = WINDOW_MONTHLY;
    if (!str_is_i(word, "monthly") || !next_word(rest, &word) || !parse_nth(word, &w->nth) || !next_word(rest, &word) ||
        !parse_weekday(word, &w->weekday))
        return false;
    if (!str_starts(str_trim(*rest), "+"))
        return true;
    if (!next_word(rest, &word) || !num_u64(str_sub(word, 1, word.n), &plus) || plus > 27)
        return false;
    w->plus = (int)plus;
    return true;
}

int window_parse(struct window *w, struct str rule, struct err *e)
{
    struct str rest = rule, word;
    *w = (struct window){0};
    bool ok = rule.n <= 200 && parse_days(w, &rest) && next_word(&rest, &word) && parse_time(word, &w->minute) &&
              next_word(&rest, &word) && parse_length(word, &w->minutes) && str_trim(rest).n == 0;
    if (ok)
        return 0;
    return err_set(e, ERR_USAGE,
                   "\"%.*s\" is not a rule such as \"weekly saturday 22:00 6h\", \"monthly second tuesday +3 22:00 4h\" or "
                   "\"once 2021-03-06 01:00 90m\"",
                   STR_ARG(rule));
}

/* Is this day the nth such weekday of its month? */
static bool is_nth(int64_t day, int weekday, int nth)
{
    int y, m, d, y2, m2, d2;
    if (calendar_weekday(day) != weekday)
        return false;
    clock_civil(day, &y, &m, &d);
    if (nth > 0)
        return (d - 1) / 7 + 1 == nth;
    clock_civil(day + 7, &y2, &m2, &d2);
    return m2 != m;
}

static bool opens_on(const struct window *w, int64_t day)
{
    if (w->kind == WINDOW_WEEKLY)
        return calendar_weekday(day) == w->weekday;
    if (w->kind == WINDOW_ONCE)
        return day == w->day;
    return is_nth(day - w->plus, w->weekday, w->nth);
}

static bool frozen(const struct window *w, const struct window_freeze *freeze, size_t n, const struct window_span *s)
{
    for (size_t i = 0; w->kind != WINDOW_ONCE && i < n; i++)
        if (s->start < freeze[i].until && freeze[i].first < s->end)
            return true;
    return false;
}

bool window_next(const struct window *w, const struct window_freeze *freeze, size_t n, when_t from, int zone_s,
                 struct window_span *out)
{
    when_t zone = (when_t)zone_s * WHEN_SEC;
    when_t local = from + zone;
    int64_t first = (local >= 0 ? local / WHEN_DAY : -((-local + WHEN_DAY - 1) / WHEN_DAY)) - WINDOW_LONGEST / (24 * 60);
    int64_t day = w->kind == WINDOW_ONCE ? w->day : first;
    for (int64_t i = 0; i < WINDOW_HORIZON_DAYS; i++, day++) {
        if (!opens_on(w, day))
            continue;
        struct window_span s;
        s.start = day * WHEN_DAY + w->minute * 60 * WHEN_SEC - zone;
        s.end = s.start + w->minutes * 60 * WHEN_SEC;
        if (s.end > from && !frozen(w, freeze, n, &s)) {
            *out = s;
            return true;
        }
        if (w->kind == WINDOW_ONCE)
            return false;
    }
    return false;
}
