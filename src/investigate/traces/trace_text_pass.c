#include "investigate/traces/trace_text_in.h"
#include "investigate/traces/trace_split.h"

/* What one pass over a block finds; added to the coverage when the block is final. */
struct pass {
    struct trace_text *t;
    uint64_t rows, lines;
};

static void note_time(struct trace_text *t, when_t when)
{
    struct trace_coverage *c = &t->cover;
    trace_coverage_time(c, when);
    if (t->before && when - t->before > c->silent_to - c->silent_from) {
        c->silent_from = t->before;
        c->silent_to = when;
    }
    t->before = when;
}

static void no_time(struct trace_text *t)
{
    if (t->k->timed && !t->parses)
        t->cover.damaged++;
}

enum trace_text_line trace_text_look(const struct trace_text *t, struct str *line)
{
    while (line->n && (line->p[line->n - 1] == '\n' || line->p[line->n - 1] == '\r'))
        line->n--;
    while (line->n && line->p[0] == '\0') /* space given to a log before a crash */
        *line = str_n(line->p + 1, line->n - 1);
    if (line->n == 0)
        return TRACE_TEXT_SKIP;
    return t->k->look ? t->k->look(t->state, *line) : TRACE_TEXT_ROW;
}

static void time_of(struct trace_text *t, struct str row)
{
    when_t when = t->k->time ? t->k->time(t->state, row) : WHEN_NONE;
    if (when == WHEN_NONE)
        no_time(t);
    else
        note_time(t, when);
}

static inline bool iso(struct trace_text *t, struct str line)
{
    when_t when;
    bool zoned;
    if (!t->k->iso_first || trace_time_iso(&t->clock, line, 0, &when, &zoned) == 0)
        return false;
    note_time(t, when);
    return true;
}

/* False when the block must end before this line. */
static bool one_line(struct pass *p, struct str block, size_t start, size_t end)
{
    struct trace_text *t = p->t;
    struct str line = str_sub(block, start, end - start);
    if (!iso(t, line)) {
        enum trace_text_line is = trace_text_look(t, &line);
        if (is == TRACE_TEXT_CHANGE || is == TRACE_TEXT_CHANGE_ROW) {
            if (p->rows)
                return false;
            t->k->change(t->state, trace_text_clean(t, line));
        }
        if (is == TRACE_TEXT_SKIP && start < end && block.p[start] == '\0')
            t->cover.notes++;
        if (is == TRACE_TEXT_SKIP || is == TRACE_TEXT_CHANGE)
            return true;
        if (!t->k->sparse)
            time_of(t, line);
    }
    p->rows++;
    if (t->parses)
        vec_push(&t->mark, ((struct trace_text_mark){(uint32_t)start, (uint32_t)end}));
    return true;
}

static void sparse_times(struct trace_text *t, struct str s)
{
    struct str first = s, last = s;
    const char *lf = memchr(s.p, '\n', s.n);
    if (lf)
        first.n = (size_t)(lf - s.p);
    lf = s.n > 1 ? memrchr(s.p, '\n', s.n - 1) : NULL;
    if (lf)
        last = str_n(lf + 1, (size_t)(s.p + s.n - lf - 1));
    if (trace_text_look(t, &first) == TRACE_TEXT_ROW)
        time_of(t, first);
    if (last.p != s.p && trace_text_look(t, &last) == TRACE_TEXT_ROW)
        time_of(t, last);
}

static size_t pass_lines(struct pass *p, struct str s)
{
    size_t start = 0;
    for (const char *lf; start < s.n && (lf = memchr(s.p + start, '\n', s.n - start)) != NULL;) {
        size_t end = (size_t)(lf - s.p) + 1;
        if (!one_line(p, s, start, end))
            return start;
        p->lines++;
        start = end;
    }
    if (start < s.n && !one_line(p, s, start, s.n))
        return start;
    if (p->t->k->sparse)
        sparse_times(p->t, s);
    return s.n;
}

/* A line: the beginning of a record or more of the last one, and the records that begin within it. */
static void add_line(struct trace_text *t, struct str line, size_t start, size_t end, size_t skipped,
                     bool more)
{
    if (more && t->mark.n)
        t->mark.p[t->mark.n - 1].end = (uint32_t)end;
    else
        vec_push(&t->mark, ((struct trace_text_mark){(uint32_t)start, (uint32_t)end}));
    for (size_t k = 0; t->k->inner && (k = t->k->inner(t->state, line, k)) < line.n;) {
        uint32_t at = (uint32_t)(start + skipped + k);
        t->mark.p[t->mark.n - 1].end = at;
        vec_push(&t->mark, ((struct trace_text_mark){at, (uint32_t)end}));
    }
}

/* Records of several lines: the last of a window is kept for the next, which may go on with it. */
static size_t pass_groups(struct pass *p, struct str s)
{
    struct trace_text *t = p->t;
    size_t start = 0, cut = s.n;
    while (start < s.n) {
        const char *lf = memchr(s.p + start, '\n', s.n - start);
        size_t end = lf ? (size_t)(lf - s.p) + 1 : s.n;
        struct str line = str_sub(s, start, end - start);
        enum trace_text_line is = trace_text_look(t, &line);
        if (is == TRACE_TEXT_CHANGE || is == TRACE_TEXT_CHANGE_ROW) {
            if (t->mark.n) {
                cut = start;
                break;
            }
            t->k->change(t->state, trace_text_clean(t, line));
        }
        if (is != TRACE_TEXT_SKIP && is != TRACE_TEXT_CHANGE)
            add_line(t, line, start, end, (size_t)(line.p - s.p) - start, is == TRACE_TEXT_MORE);
        start = end;
    }
    if (cut == s.n && !t->last && t->mark.n) {
        if (t->mark.n > 1)
            cut = t->mark.p[--t->mark.n].start;
        else if (t->window_at > 0 || !t->full)
            return 0;
    }
    return cut;
}

static void junk(struct trace_text *t, struct str s, size_t from, size_t to)
{
    static const char blank[] = " \t\r\n,[]";
    while (from < to && strchr(blank, s.p[from]))
        from++;
    while (to > from && strchr(blank, s.p[to - 1]))
        to--;
    if (from < to)
        vec_push(&t->mark, ((struct trace_text_mark){(uint32_t)from, (uint32_t)to}));
}

static size_t pass_frames(struct pass *p, struct str s)
{
    struct trace_text *t = p->t;
    size_t at = 0;
    while (at < s.n) {
        bool is_junk;
        size_t start = at + trace_text_frame_start(t->frame, str_sub(s, at, s.n), &is_junk);
        size_t kept = t->mark.n;
        if (is_junk)
            junk(t, s, at, start);
        if (start >= s.n) { /* a tag may be cut in two; text between records may go on */
            if (t->last || s.n - at > LIMIT_LINE / 2)
                return s.n;
            t->mark.n = kept;
            if (t->frame == TRACE_TEXT_XML)
                return s.n - at > 8 ? s.n - 8 : at;
            return is_junk ? at : s.n;
        }
        struct trace_text_scan c = {0};
        size_t n = trace_text_frame_end(t->frame, &c, str_sub(s, start, s.n));
        if (n == 0 && !t->last)
            return start;
        size_t end = n ? start + n : s.n;
        vec_push(&t->mark, ((struct trace_text_mark){(uint32_t)start, (uint32_t)end}));
        at = end;
    }
    return s.n;
}

size_t trace_text_pass(struct trace_text *t, uint64_t *lines, uint64_t *rows)
{
    struct pass p = {.t = t};
    struct str s = str_sub(t->window, t->window_at, t->window.n);
    vec_clear(&t->mark);
    if (!t->indexed) {
        size_t n = pass_lines(&p, s);
        *lines = p.lines;
        *rows = p.rows;
        return n;
    }
    size_t n = t->frame == TRACE_TEXT_LINES ? pass_groups(&p, s) : pass_frames(&p, s);
    *rows = t->mark.n;
    *lines = trace_split_count(str_sub(s, 0, n), '\n');
    if (n)
        for (size_t i = 0; i < t->mark.n; i++)
            time_of(t, str_sub(s, t->mark.p[i].start, t->mark.p[i].end - t->mark.p[i].start));
    return n;
}
