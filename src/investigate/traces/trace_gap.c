#include "investigate/traces/trace_gap.h"

#include "investigate/traces/trace_time.h"

#define HOUR (3600 * WHEN_SEC)

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The first run of 6, 8 or 10 digits that is a date; six and, behind "ex", eight have a two-digit year. */
bool trace_gap_name(struct str s, when_t *from, when_t *step)
{
    for (size_t at = 0; at < s.n; at++) {
        if (!digit(s.p[at]) || (at && digit(s.p[at - 1])))
            continue;
        size_t n = 0;
        while (at + n < s.n && digit(s.p[at + n]))
            n++;
        const char *p = s.p + at;
        bool iis = at >= 2 && (s.p[at - 1] | 32) == 'x' && (s.p[at - 2] | 32) == 'e';
        bool two = n == 6 || (n == 8 && iis);
        if (n != 6 && n != 8 && n != 10)
            continue;
        int y = two ? 2000 + trace_time_2(p) : trace_time_4(p);
        size_t year = two ? 2 : 4;
        int h = n == year + 6 ? trace_time_2(p + year + 4) : 0;
        if (y < 1990 || y > 2200)
            continue;
        if (!trace_time_civil(y, trace_time_2(p + year), trace_time_2(p + year + 2), h, 0, 0, 0, from))
            continue;
        *step = n == year + 6 ? HOUR : WHEN_DAY;
        return true;
    }
    return false;
}

void trace_gap_add(struct trace_gap *g, struct str name, when_t first, when_t last)
{
    struct trace_gap_file f = {0};
    if (trace_gap_name(name, &f.from, &f.step)) {
        f.to = f.from + f.step;
    } else if (first != WHEN_NONE && last != WHEN_NONE) {
        f.from = first;
        f.to = last;
    } else {
        return;
    }
    vec_push(&g->file, f);
    g->sorted = false;
}

static int by_time(const void *a, const void *b)
{
    const struct trace_gap_file *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

bool trace_gap_next(struct trace_gap *g, when_t quiet, size_t *at, when_t *from, when_t *to)
{
    if (!g->sorted && g->file.n) {
        qsort(g->file.p, g->file.n, sizeof(*g->file.p), by_time);
        for (size_t i = 1; i < g->file.n; i++) /* from here on `to` is the end of all before */
            g->file.p[i].to = MAX(g->file.p[i].to, g->file.p[i - 1].to);
        g->sorted = true;
    }
    for (; *at + 1 < g->file.n; ++*at) {
        const struct trace_gap_file *a = &g->file.p[*at], *b = a + 1;
        bool named = a->step && b->step;
        if (b->from - a->to <= (named ? 0 : quiet))
            continue;
        *from = a->to;
        *to = b->from;
        ++*at;
        return true;
    }
    return false;
}

void trace_gap_release(struct trace_gap *g)
{
    vec_release(&g->file);
}
