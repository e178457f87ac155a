#include "investigate/traces/trace_text_in.h"
#include "investigate/traces/trace_split.h"

/* Well-formed UTF-8: a line that is not is read in the encoding it looks like. */
struct str trace_text_clean(struct trace_text *t, struct str s)
{
    if (str_is_utf8(s))
        return s;
    size_t bom;
    enum charset c = charset_detect(s, &bom);
    if (c != CHARSET_CP932 && c != CHARSET_EUCJP)
        c = CHARSET_UTF8;
    struct buf b = BUF_INIT(4 * LIMIT_LINE);
    struct err e = {0};
    int rc = charset_to_utf8(c, s, &b, NULL, &e);
    struct str out = arena_str(&t->row.arena, rc == 0 ? buf_str(&b) : (struct str){0});
    buf_release(&b);
    return out;
}

/* Rows are mostly asked for in order: counting goes on where it was. */
static uint64_t line_of(struct trace_text *t, size_t start)
{
    struct str s = t->block.bytes;
    if (start < t->counted)
        t->counted = t->counted_lines = 0;
    t->counted_lines += trace_split_count(str_sub(s, t->counted, start - t->counted), '\n');
    t->counted = start;
    return t->block.line + t->counted_lines;
}

static size_t raw_of(struct trace_text *t, size_t at)
{
    if (at < t->back_text)
        t->back_text = t->back_raw = 0;
    size_t n = trace_text_source_back(&t->src, str_sub(t->window_raw, t->back_raw, t->window_raw.n),
                                      str_sub(t->window, t->back_text, t->window.n), at - t->back_text);
    t->back_text = at;
    t->back_raw += n;
    return t->back_raw;
}

static void place(struct trace_text *t, size_t start, size_t end)
{
    struct trace_record *r = &t->row.rec;
    size_t in = (size_t)(t->block.bytes.p - t->window.p);
    arena_clear(&t->row.arena);
    vec_clear(&t->row.field);
    t->row.unwanted = false;
    *r = (struct trace_record){.number = line_of(t, start), .time = WHEN_NONE};
    if (!t->src.converted) {
        r->offset = t->block.offset + start;
        r->bytes = end - start;
        return;
    }
    size_t from = raw_of(t, in + start);
    r->offset = t->window_offset + from;
    r->bytes = raw_of(t, in + end) - from;
}

void trace_text_parse(struct trace_text *t, size_t start, size_t end, struct trace_record *out)
{
    struct trace_record *r = &t->row.rec;
    struct str text = str_sub(t->block.bytes, start, end - start);
    place(t, start, end);
    while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
        text.n--;
    while (text.n && text.p[0] == '\0')
        text = str_n(text.p + 1, text.n - 1);
    text = trace_text_clean(t, text);
    r->text = text;
    r->cut = t->block.part;
    const char *why = t->k->parse(t->state, &t->row, text);
    if (why) {
        r->damage = why;
        r->field_n = 0;
    } else if (!r->field) {
        r->field = t->row.field.p;
        r->field_n = t->row.field.n;
    }
    if (r->time == WHEN_NONE)
        r->zone = TRACE_ZONE_NONE;
    if (r->cut && !r->damage)
        r->damage = tr("the line is longer than the limit; only its beginning was read");
    *out = *r;
}

void trace_text_around(struct trace_text *t, size_t at, struct trace_record *out)
{
    struct str s = t->block.bytes;
    size_t from = at - MIN(at, TRACE_TEXT_AROUND), to = MIN(s.n, at + TRACE_TEXT_AROUND);
    place(t, from, to);
    while (from < to && ((unsigned char)s.p[from] & 0xC0) == 0x80)
        from++;
    struct trace_record *r = &t->row.rec;
    r->number = t->block.line;
    r->text = trace_text_clean(t, str_sub(s, from, str_utf8_clip(s.p + from, to - from)));
    r->cut = true;
    r->damage = tr("far behind the beginning of a line longer than the limit; it was not read as a record");
    *out = *r;
}

/* ---- all of it ---- */

static int give(struct trace_text *t, const struct trace_sink *sink, size_t start, size_t end)
{
    struct trace_record r;
    trace_text_parse(t, start, end, &r);
    if (r.damage)
        t->cover.damaged++;
    if (r.damage && r.field_n == 0) {
        t->cover.damaged_bytes += r.bytes;
        if (sink->damage)
            sink->damage(sink->ctx, &(struct trace_damage){r.offset, r.bytes, r.number, r.damage});
        return 0;
    }
    return t->row.unwanted ? 0 : sink->record(sink->ctx, &r, 1);
}

int trace_text_read(const struct trace_kind *kind, const struct trace_input *in,
                    const struct trace_want *want, const struct trace_sink *sink,
                    struct trace_coverage *coverage, struct err *e)
{
    struct trace_text *t;
    struct trace_text_block b;
    bool said = false;
    int rc = trace_text_open(&t, kind, in, want, e);
    if (rc < 0)
        return rc;
    t->parses = true;
    while ((rc = trace_text_block(t, &b, e)) > 0) {
        rc = 0;
        for (size_t i = 0; rc == 0 && i < t->mark.n; i++)
            rc = give(t, sink, t->mark.p[i].start, t->mark.p[i].end);
        const char *note = trace_text_note(t);
        if (note && !said && sink->damage)
            sink->damage(sink->ctx, &(struct trace_damage){b.offset, 0, b.line, note});
        t->cover.notes += note && !said;
        said |= note != NULL;
        if (rc != 0)
            break;
    }
    trace_text_cover(t, coverage);
    trace_text_free(t);
    return rc;
}

size_t trace_text_find(struct str head, struct str needle)
{
    char c = needle.p[0], low = (char)(c | 32);
    bool letter = low >= 'a' && low <= 'z';
    for (size_t i = 0; i + needle.n <= head.n; i++) {
        if (letter) {
            if ((head.p[i] | 32) != low)
                continue;
        } else {
            size_t k = str_chr(str_sub(head, i, head.n - needle.n + 1 - i), c);
            if (k == STR_NONE)
                break;
            i += k;
        }
        if (str_ieq(str_sub(head, i, needle.n), needle))
            return i;
    }
    return STR_NONE;
}

/* Can it be UTF-16 at all? Every other byte is NUL then. The full answer is dear, and every kind asks for it. */
static bool maybe_utf16(struct str head)
{
    size_t nul[2] = {0, 0};
    if (str_starts(head, "\xFF\xFE") || str_starts(head, "\xFE\xFF"))
        return true;
    if (str_chr(head, '\0') == STR_NONE)
        return false;
    for (size_t i = 0; i + 1 < head.n; i += 2) {
        nul[0] += head.p[i] == 0;
        nul[1] += head.p[i + 1] == 0;
    }
    return MAX(nul[0], nul[1]) > head.n / 16 && MIN(nul[0], nul[1]) * 4 <= MAX(nul[0], nul[1]);
}

struct str trace_text_head(struct str head, char *out, size_t n)
{
    size_t bom = 0;
    head = str_sub(head, 0, n);
    if (!maybe_utf16(head))
        return str_starts(head, "\xEF\xBB\xBF") ? str_sub(head, 3, n) : head;
    enum charset c = charset_detect(head, &bom);
    head = str_sub(head, bom, n);
    if (c != CHARSET_UTF16LE && c != CHARSET_UTF16BE)
        return head;
    size_t k = 0; /* sniffing looks at ASCII alone */
    for (size_t i = c == CHARSET_UTF16BE; i < head.n; i += 2) {
        size_t other = c == CHARSET_UTF16BE ? i - 1 : i + 1;
        out[k++] = other < head.n && head.p[other] == 0 ? head.p[i] : '?';
    }
    return str_n(out, k);
}
