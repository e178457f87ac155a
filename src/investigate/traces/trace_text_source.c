#include "investigate/traces/trace_text_source.h"

#include <errno.h>
#include <unistd.h>

#include "codec/stream.h"
#include "investigate/traces/trace_split.h"

static int fetch(struct trace_text_source *s, char *p, size_t n, size_t *got, struct err *e)
{
    if (s->in->stream)
        return stream_read(s->in->stream, p, n, got, e);
    if (s->in->bytes.p) {
        *got = (size_t)MIN(n, s->in->bytes.n - s->in_at);
        memcpy(p, s->in->bytes.p + s->in_at, *got);
        return 0;
    }
    ssize_t k;
    do
        k = pread(s->in->fd, p, n, (off_t)s->in_at);
    while (k < 0 && errno == EINTR);
    if (k < 0)
        return err_sys(e, "cannot read %s", s->in->name);
    *got = (size_t)k;
    return 0;
}

int trace_text_source_fill(struct trace_text_source *s, size_t want, struct err *e)
{
    if (s->n - s->at >= want || s->eof)
        return 0;
    memmove(s->raw, s->raw + s->at, s->n - s->at);
    s->n -= s->at;
    s->at = 0;
    while (s->n < want) {
        size_t got = 0;
        int rc = fetch(s, s->raw + s->n, MAX(want, TRACE_HEAD) - s->n, &got, e);
        if (rc < 0)
            return rc;
        s->in_at += got;
        s->n += got;
        if (got == 0) {
            s->eof = true;
            break;
        }
    }
    return 0;
}

static bool utf16(enum charset c)
{
    return c == CHARSET_UTF16LE || c == CHARSET_UTF16BE;
}

int trace_text_source_open(struct trace_text_source *s, const struct trace_input *in, bool utf8,
                           struct err *e)
{
    size_t bom;
    *s = (struct trace_text_source){.in = in, .raw = mem_alloc(LIMIT_LINE), .text = BUF_INIT(4 * LIMIT_LINE)};
    int rc = trace_text_source_fill(s, TRACE_HEAD, e);
    if (rc < 0)
        return rc;
    s->charset = charset_detect(trace_text_source_bytes(s), &bom);
    /* Nobody writes logs in ISO-2022-JP, but whoever sends its escape could hide a line behind it. */
    if (s->charset == CHARSET_ISO2022JP || (utf8 && !utf16(s->charset)))
        s->charset = CHARSET_UTF8;
    s->converted = s->charset != CHARSET_UTF8 && s->charset != CHARSET_UTF8_BOM;
    trace_text_source_take(s, bom);
    return 0;
}

void trace_text_source_close(struct trace_text_source *s)
{
    free(s->raw);
    buf_release(&s->text);
}

void trace_text_source_take(struct trace_text_source *s, size_t n)
{
    s->at += n;
    s->offset += n;
}

struct str trace_text_source_bytes(const struct trace_text_source *s)
{
    return str_n(s->raw + s->at, s->n - s->at);
}

/* Is the line feed at b.p[i] one? In UTF-16 both bytes count; b begins at a character. */
static bool line_end(const struct trace_text_source *s, struct str b, size_t i, size_t *end)
{
    *end = i + 1;
    if (s->charset == CHARSET_UTF16LE) {
        *end = i + 2;
        return i % 2 == 0 && i + 1 < b.n && b.p[i + 1] == 0;
    }
    return s->charset != CHARSET_UTF16BE || (i % 2 == 1 && b.p[i - 1] == 0);
}

size_t trace_text_source_last(const struct trace_text_source *s, struct str b)
{
    size_t end, n = b.n;
    for (const char *p; n && (p = memrchr(b.p, '\n', n)) != NULL; n = (size_t)(p - b.p))
        if (line_end(s, b, (size_t)(p - b.p), &end))
            return end;
    return 0;
}

size_t trace_text_source_lines(const struct trace_text_source *s, struct str b, uint64_t k)
{
    size_t end = 0;
    struct trace_split_it it = trace_split_it(b, '\n');
    if (k == 0)
        return 0;
    for (const char *p; (p = trace_split_next(&it)) != NULL;)
        if (line_end(s, b, (size_t)(p - b.p), &end) && --k == 0)
            return end;
    return b.n;
}

size_t trace_text_source_first(const struct trace_text_source *s, struct str b)
{
    size_t n = trace_text_source_lines(s, b, 1);
    return n < b.n || trace_text_source_last(s, b) == b.n ? n : 0;
}

size_t trace_text_source_clip(const struct trace_text_source *s, struct str b)
{
    size_t n = b.n;
    if (!s->converted)
        return n ? str_utf8_clip(b.p, n) : 0;
    if (utf16(s->charset)) {
        n &= ~(size_t)1;
        unsigned char hi = n ? (unsigned char)b.p[s->charset == CHARSET_UTF16LE ? n - 1 : n - 2] : 0;
        return hi >= 0xD8 && hi < 0xDC && n > 2 ? n - 2 : n;
    }
    /* Below 0x40 nothing is the second byte of a character. */
    while (n && ((unsigned char)b.p[n - 1] >= 0x40))
        n--;
    return n ? n : b.n;
}

int trace_text_source_text(struct trace_text_source *s, struct str b, struct str *text, struct err *e)
{
    if (!s->converted) {
        *text = b;
        return 0;
    }
    buf_clear(&s->text);
    buf_reserve(&s->text, 1); /* so that an empty text is not NULL */
    enum charset c = s->charset;
    /* The file's BOM has been taken; one here is a character. */
    const char *bom = c == CHARSET_UTF16LE ? "\xFF\xFE" : c == CHARSET_UTF16BE ? "\xFE\xFF" : "";
    for (; *bom && str_starts(b, bom); b = str_sub(b, 2, b.n))
        buf_add_utf8(&s->text, 0xFEFF);
    int rc = charset_to_utf8(c, b, &s->text, NULL, e);
    *text = buf_str(&s->text);
    return rc;
}

static size_t width(enum charset c, uint32_t cp)
{
    if (utf16(c))
        return cp > 0xFFFF ? 4 : 2;
    if (cp < 0x80)
        return 1;
    bool half = cp >= 0xFF61 && cp <= 0xFF9F;
    return c == CHARSET_CP932 && half ? 1 : 2;
}

/* Line by line this is exact; within a line it is wrong by the damaged characters of CP932. */
size_t trace_text_source_back(const struct trace_text_source *s, struct str b, struct str text, size_t n)
{
    if (!s->converted || n >= text.n)
        return s->converted ? b.n : n;
    const char *lf = n ? memrchr(text.p, '\n', n) : NULL;
    size_t from = lf ? (size_t)(lf - text.p) + 1 : 0;
    size_t at = trace_text_source_lines(s, b, trace_split_count(str_n(text.p, from), '\n'));
    for (size_t i = from; i < n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c & 0xC0) != 0x80)
            at += width(s->charset, c >= 0xF0 ? 0x10000 : c < 0x80 ? c : 0x80);
        /* half-width kana: EF BD A1..BF, EF BE 80..9F */
        if (c == 0xEF && i + 2 < text.n && s->charset == CHARSET_CP932) {
            unsigned b1 = (unsigned char)text.p[i + 1], b2 = (unsigned char)text.p[i + 2];
            at -= (b1 == 0xBD && b2 >= 0xA1) || (b1 == 0xBE && b2 <= 0x9F);
        }
    }
    return MIN(at, b.n);
}
