#include "investigate/traces/trace_text_in.h"
#include "investigate/traces/trace_split.h"

static struct str base_name(const char *path)
{
    const char *p = path ? strrchr(path, '/') : NULL;
    return str_of(p ? p + 1 : path);
}

static int begin(struct trace_text *t, struct err *e)
{
    struct str head, raw = trace_text_source_bytes(&t->src);
    int rc = trace_text_source_text(
        &t->src, str_sub(raw, 0, trace_text_source_clip(&t->src, str_sub(raw, 0, TRACE_HEAD))), &head, e);
    if (rc < 0)
        return rc;
    if (t->k->begin)
        t->k->begin(t->state, &t->file, head);
    t->frame = t->k->framed ? t->k->framed(t->state) : t->k->frame;
    t->indexed = t->k->indexed || t->frame != TRACE_TEXT_LINES;
    return 0;
}

int trace_text_open(struct trace_text **out, const struct trace_kind *kind, const struct trace_input *in,
                    const struct trace_want *want, struct err *e)
{
    *out = NULL;
    if (!kind->text)
        return err_set(e, ERR_USAGE, "%s: %s has no lines to be read", in->name, kind->name);
    struct trace_text *t = mem_zalloc(sizeof(*t));
    t->kind = kind;
    t->k = kind->text;
    t->in = *in;
    t->state = mem_zalloc(t->k->size + 1);
    t->file = (struct trace_text_file){
        .name = base_name(in->name), .modified = in->modified, .want = want ? want : &t->all};
    t->file.zone_s = t->file.want->zone_s;
    t->row.file = &t->file;
    t->line = 1;
    int rc = trace_text_source_open(&t->src, &t->in, t->k->utf8, e);
    if (rc == 0)
        rc = begin(t, e);
    if (rc < 0)
        trace_text_free(t);
    else
        *out = t;
    return rc;
}

void trace_text_free(struct trace_text *t)
{
    if (!t)
        return;
    if (t->k->end)
        t->k->end(t->state);
    trace_text_source_close(&t->src);
    vec_release(&t->mark);
    vec_release(&t->row.field);
    arena_release(&t->row.arena);
    free(t->state);
    free(t);
}

/* ---- windows ---- */

/* A piece of a line that does not end in the window. The first is parsed, all are searched. */
static int piece(struct trace_text *t, struct trace_text_block *b, struct err *e)
{
    struct str raw = trace_text_source_bytes(&t->src), text;
    size_t skip = t->in_long ? MIN(TRACE_TEXT_OVERLAP, raw.n) : 0;
    size_t end = 0;
    struct str fresh = str_sub(raw, skip, raw.n);
    if (t->frame == TRACE_TEXT_LINES || t->src.converted)
        end = t->in_long ? trace_text_source_first(&t->src, fresh) : 0;
    else
        end = trace_text_frame_end(t->frame, &t->scan, fresh);
    bool over = end > 0 || t->src.eof;
    size_t n = end ? skip + end : trace_text_source_clip(&t->src, raw);
    if (n == 0 || (n <= skip && !over))
        n = raw.n;
    int rc = trace_text_source_text(&t->src, str_sub(raw, 0, n), &text, e);
    if (rc < 0)
        return rc;
    t->long_more = t->in_long;
    uint64_t lf = trace_split_count(t->long_more ? str_sub(text, MIN(skip, text.n), text.n) : text, '\n');
    t->block = (struct trace_text_block){text, t->src.offset, t->line, !t->long_more, true};
    t->window = text;
    t->window_raw = str_sub(raw, 0, n);
    t->window_offset = t->src.offset;
    t->window_at = text.n;
    t->back_text = t->back_raw = t->counted = t->counted_lines = 0;
    vec_clear(&t->mark);
    if (!t->long_more) {
        vec_push(&t->mark, ((struct trace_text_mark){0, (uint32_t)text.n}));
        t->cover.rows++;
        t->cover.cut++;
    }
    t->taken = over ? n : n - MIN(n, TRACE_TEXT_OVERLAP);
    t->in_long = !over;
    t->cover.bytes = t->src.offset + n;
    t->line += lf;
    *b = t->block;
    return 1;
}

/* More text; 1, 0 at the end, 2 when it is a piece of a long line. */
static int window(struct trace_text *t, struct err *e)
{
    struct str raw;
    trace_text_source_take(&t->src, t->taken);
    t->taken = 0;
    bool large = t->grow || t->in_long;
    size_t least = large ? LIMIT_LINE : TRACE_TEXT_BLOCK / 4;
    t->grow = false;
    for (;;) {
        raw = trace_text_source_bytes(&t->src);
        if (raw.n < least) {
            int rc = trace_text_source_fill(&t->src, large ? LIMIT_LINE : TRACE_TEXT_BLOCK, e);
            if (rc < 0)
                return rc;
            raw = trace_text_source_bytes(&t->src);
        }
        if (raw.n == 0)
            return 0;
        t->full = t->src.eof || raw.n >= LIMIT_LINE;
        if (t->in_long)
            return 2;
        size_t n = t->src.eof ? raw.n : trace_text_source_last(&t->src, raw);
        if (n == 0 && t->frame != TRACE_TEXT_LINES)
            n = trace_text_source_clip(&t->src, raw);
        if (n) {
            raw.n = n;
            break;
        }
        if (t->full)
            return 2;
        large = true;
        least = LIMIT_LINE;
    }
    t->last = t->src.eof && raw.n == trace_text_source_bytes(&t->src).n;
    t->window_raw = raw;
    t->window_offset = t->src.offset;
    t->window_at = 0;
    t->back_text = t->back_raw = 0;
    t->taken = raw.n;
    int rc = trace_text_source_text(&t->src, raw, &t->window, e);
    return rc < 0 ? rc : 1;
}

int trace_text_block(struct trace_text *t, struct trace_text_block *b, struct err *e)
{
    uint64_t lines = 0, rows = 0;
    t->counted = t->counted_lines = 0;
    for (;;) {
        if (t->window_at >= t->window.n) {
            int rc = window(t, e);
            if (rc == 2)
                return piece(t, b, e);
            if (rc <= 0) {
                t->window = (struct str){0};
                t->window_at = 0;
                return rc;
            }
        }
        size_t n = trace_text_pass(t, &lines, &rows);
        struct str rest = str_sub(t->window, t->window_at, t->window.n);
        if (n) {
            t->block.bytes = str_sub(rest, 0, n);
            break;
        }
        if (t->window_at == 0 && t->full) { /* it cannot grow: longer than the limit */
            t->scan = (struct trace_text_scan){0};
            t->taken = 0;
            return piece(t, b, e);
        }
        t->taken = trace_text_source_back(&t->src, t->window_raw, t->window, t->window_at);
        t->window_at = t->window.n;
        t->grow = true;
    }
    struct trace_text_block *k = &t->block;
    t->long_more = false;
    k->offset = t->window_offset + trace_text_source_back(&t->src, t->window_raw, t->window, t->window_at);
    k->line = t->line;
    k->rows = rows;
    k->part = false;
    t->window_at += k->bytes.n;
    t->cover.rows += rows;
    t->cover.bytes =
        t->window_offset + trace_text_source_back(&t->src, t->window_raw, t->window, t->window_at);
    t->line += lines;
    *b = *k;
    return 1;
}

/* ---- rows ---- */

static bool find_mark(const struct trace_text *t, size_t at, size_t *start, size_t *end)
{
    size_t lo = 0, hi = t->mark.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->mark.p[mid].end <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    *end = lo < t->mark.n ? t->mark.p[lo].start : t->block.bytes.n;
    if (lo == t->mark.n || t->mark.p[lo].start > at)
        return false;
    *start = t->mark.p[lo].start;
    *end = t->mark.p[lo].end;
    return true;
}

static bool find_line(const struct trace_text *t, size_t at, size_t *start, size_t *end)
{
    struct str s = t->block.bytes;
    const char *lf = at ? memrchr(s.p, '\n', at) : NULL;
    *start = lf ? (size_t)(lf - s.p) + 1 : 0;
    lf = memchr(s.p + at, '\n', s.n - at);
    *end = lf ? (size_t)(lf - s.p) + 1 : s.n;
    struct str line = str_sub(s, *start, *end - *start);
    enum trace_text_line is = trace_text_look(t, &line);
    return is == TRACE_TEXT_ROW || is == TRACE_TEXT_CHANGE_ROW;
}

bool trace_text_row(struct trace_text *t, size_t at, struct trace_record *out, size_t *end)
{
    size_t start = 0, stop = 0;
    if (at >= t->block.bytes.n) {
        if (end)
            *end = t->block.bytes.n;
        return false;
    }
    if (t->block.part) {
        if (end)
            *end = t->block.bytes.n;
        if (!t->long_more)
            trace_text_parse(t, 0, t->block.bytes.n, out);
        else
            trace_text_around(t, at, out);
        return true;
    }
    bool is = t->indexed ? find_mark(t, at, &start, &stop) : find_line(t, at, &start, &stop);
    if (end)
        *end = stop;
    if (is)
        trace_text_parse(t, start, stop, out);
    return is;
}

void trace_text_cover(const struct trace_text *t, struct trace_coverage *c)
{
    when_t from = c->silent_from, to = c->silent_to;
    trace_coverage_add(c, &t->cover);
    bool longer = t->cover.silent_to - t->cover.silent_from > to - from;
    c->silent_from = longer ? t->cover.silent_from : from;
    c->silent_to = longer ? t->cover.silent_to : to;
}

const char *trace_text_note(const struct trace_text *t)
{
    return t->file.note;
}

enum charset trace_text_charset(const struct trace_text *t)
{
    return t->src.charset;
}

void trace_text_add(struct trace_text_row *r, struct str name, struct str value)
{
    vec_push(&r->field, ((struct trace_field){name, value}));
}
