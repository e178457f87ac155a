#include "collect/feed.h"

#include <inttypes.h>
#include <stdarg.h>

#include "codec/charset.h"
#include "codec/html.h"
#include "codec/stream.h"

/* ---- CVE numbers ---- */

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(int c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The character at i as the ASCII it stands for, 0 when it stands for none; *len = its bytes. */
static int fold_at(struct str s, size_t i, size_t *len)
{
    unsigned char c = (unsigned char)s.p[i];
    *len = 1;
    if (c < 0x80)
        return c;
    if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] == 0xAD) {
        *len = 2;
        return '-'; /* soft hyphen */
    }
    if ((c & 0xF0) != 0xE0 || i + 2 >= s.n)
        return 0;
    unsigned u = (unsigned)(c & 0x0F) << 12 | (unsigned)((unsigned char)s.p[i + 1] & 0x3F) << 6 |
                 (unsigned)((unsigned char)s.p[i + 2] & 0x3F);
    *len = 3;
    if (u >= 0xFF01 && u <= 0xFF5E)
        return (int)(u - 0xFF01 + 0x21);
    /* hyphen … horizontal bar, minus, small hyphens, the prolonged sound marks people type for a hyphen */
    if ((u >= 0x2010 && u <= 0x2015) || u == 0x2212 || u == 0xFE58 || u == 0xFE63 || u == 0xFF70 ||
        u == 0x30FC)
        return '-';
    return 0;
}

/* A CVE number at i: its ASCII form in out and the bytes it takes, or 0. */
static size_t cve_at(struct str s, size_t i, char out[32])
{
    static const char head[] = "CVE-";
    size_t at = i, n = 0, len;
    for (const char *h = head; *h; h++) {
        if (at >= s.n)
            return 0;
        int c = fold_at(s, at, &len);
        if ((c >= 'a' && c <= 'z' ? c - 32 : c) != *h)
            return 0;
        out[n++] = *h;
        at += len;
    }
    for (int k = 0; k < 5; k++) {
        if (at >= s.n)
            return 0;
        int c = fold_at(s, at, &len);
        if (k < 4 ? !is_digit(c) : c != '-')
            return 0;
        out[n++] = (char)c;
        at += len;
    }
    size_t digits = 0;
    for (; at < s.n; at += len, digits++) {
        int c = fold_at(s, at, &len);
        if (!is_digit(c))
            break;
        if (digits == 19)
            return 0;
        out[n++] = (char)c;
    }
    if (digits < 4 || (memcmp(out + 4, "19", 2) != 0 && memcmp(out + 4, "20", 2) != 0))
        return 0;
    out[n] = 0;
    return at - i;
}

/* Next place from i where a C may begin a number, or s.n. */
static size_t next_c(struct str s, size_t i)
{
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == 'C' || c == 'c' || (unsigned char)c == 0xEF)
            break;
    }
    return i;
}

void feed_cves_in_text(struct arena *a, struct str text, struct str **out, size_t *n)
{
    struct feed_set set = {.a = a};
    char one[32];
    for (size_t i = next_c(text, 0); i < text.n; i = next_c(text, i)) {
        size_t len = i > 0 && is_alnum((unsigned char)text.p[i - 1]) ? 0 : cve_at(text, i, one);
        if (!len) {
            i++;
            continue;
        }
        i += len;
        size_t before = set.n;
        struct str s = str_of(one);
        feed_set_add(&set, s);
        if (set.n > before)
            set.p[set.n - 1] = arena_str(a, s);
    }
    feed_set_done(&set);
    *out = set.p;
    *n = set.n;
}

struct str feed_cve(struct arena *a, struct str s)
{
    char one[32];
    s = str_trim(s);
    if (!s.n || cve_at(s, 0, one) != s.n)
        return (struct str){0};
    if (str_is(s, one))
        return s;
    return arena_str(a, str_of(one));
}

#define SET_LINEAR 32

void feed_set_add(struct feed_set *s, struct str item)
{
    if (!item.n)
        return;
    if (s->n < SET_LINEAR) {
        for (size_t i = 0; i < s->n; i++)
            if (str_eq(s->p[i], item))
                return;
    } else {
        bool made;
        if (!s->seen.n)
            for (size_t i = 0; i < s->n; i++)
                map_put(&s->seen, s->p[i], NULL);
        map_put(&s->seen, item, &made);
        if (!made)
            return;
    }
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 4;
        struct str *p = arena_array(s->a, struct str, cap);
        if (s->n)
            memcpy(p, s->p, s->n * sizeof(*p));
        s->p = p;
        s->cap = cap;
    }
    s->p[s->n++] = item;
}

void feed_set_done(struct feed_set *s)
{
    map_release(&s->seen);
}

/* ---- input ---- */

bool feed_is_file(const struct feed_input *in)
{
    return str_is(in->kind, "file");
}

int feed_slurp(const struct feed_input *in, struct arena *a, struct str *bytes, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_FEED_DOCUMENT);
    int rc = stream_read_all(in->stream, &b, e);
    if (rc == 0 && str_empty(str_trim(buf_str(&b))))
        rc = err_set(e, ERR_INPUT, "the answer is empty; the last good data are kept");
    if (rc == 0)
        *bytes = arena_str(a, buf_str(&b));
    else
        err_prefix(e, "%.*s", STR_ARG(in->url));
    buf_release(&b);
    return rc;
}

const char *feed_charset(struct arena *a, struct str content_type)
{
    size_t at = str_find_i(content_type, STR_LIT("charset="));
    if (at == STR_NONE)
        return NULL;
    struct str v = str_sub(content_type, at + 8, content_type.n);
    size_t end = str_chr(v, ';');
    if (end != STR_NONE)
        v.n = end;
    v = str_trim(v);
    if (v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0])
        v = str_sub(v, 1, v.n - 2);
    return v.n && v.n < 64 ? arena_dup(a, v.p, v.n) : NULL;
}

int feed_utf8(const struct feed_input *in, struct arena *a, struct str bytes, struct str *utf8, struct err *e)
{
    const char *name = feed_charset(a, in->content_type);
    enum charset cs;
    size_t bom = 0;
    enum charset seen = charset_detect(bytes, &bom);
    if (bom || !name || !charset_by_name(str_of(name), &cs))
        cs = seen;
    struct buf b = BUF_INIT(LIMIT_FEED_DOCUMENT * 3);
    int rc = charset_to_utf8(cs, bytes, &b, NULL, e);
    if (rc == 0)
        *utf8 = arena_str(a, buf_str(&b));
    buf_release(&b);
    return rc;
}

struct xml *feed_xml(const struct feed_input *in, struct arena *a, struct str *bytes, struct err *e)
{
    if (feed_slurp(in, a, bytes, e) < 0)
        return NULL;
    struct xml *x = xml_parse(a, *bytes, feed_charset(a, in->content_type), XML_LENIENT, e);
    if (!x)
        err_prefix(e, "%.*s", STR_ARG(in->url));
    return x;
}

struct str feed_xml_root(struct str head)
{
    for (size_t i = 0; i + 1 < head.n; i++) {
        if (head.p[i] != '<')
            continue;
        if (str_starts(str_sub(head, i, 4), "<!--")) {
            size_t end = str_find(str_sub(head, i, head.n), STR_LIT("-->"));
            if (end == STR_NONE)
                break;
            i += end;
            continue;
        }
        size_t from = i + 1, to = from;
        if (!is_alnum((unsigned char)head.p[from]))
            continue;
        while (to < head.n && (is_alnum((unsigned char)head.p[to]) || strchr(":-_.", head.p[to])))
            to++;
        struct str name = str_sub(head, from, to - from);
        size_t colon = str_chr(name, ':');
        return colon == STR_NONE ? name : str_sub(name, colon + 1, name.n);
    }
    return (struct str){0};
}

bool feed_has(struct str head, const char *needle)
{
    return str_find(head, str_of(needle)) != STR_NONE;
}

bool feed_looks_json(struct str head)
{
    if (str_starts(head, "\xEF\xBB\xBF"))
        head = str_sub(head, 3, head.n);
    head = str_trim(head);
    return head.n && (head.p[0] == '{' || head.p[0] == '[');
}

/* ---- text and time ---- */

struct str feed_html_text(struct arena *a, struct str html)
{
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT);
    html_text(html, &b);
    struct str s = arena_str(a, str_trim(buf_str(&b)));
    buf_release(&b);
    return s;
}

/* A tag or a character reference, rather than a bare "<" or "&" of plain text. */
static bool looks_html(struct str s)
{
    for (size_t i = 0; i + 2 < s.n; i++) {
        char c = s.p[i], d = s.p[i + 1];
        if (c == '<' && (d == '/' || d == '!' || (is_alnum(d) && !is_digit(d))) &&
            str_chr(str_sub(s, i, 4096), '>') != STR_NONE)
            return true;
        if (c == '&' && (d == '#' || is_alnum(d)) && str_chr(str_sub(s, i, 12), ';') != STR_NONE)
            return true;
    }
    return false;
}

struct str feed_plain(struct arena *a, struct str s)
{
    s = str_trim(s);
    if (looks_html(s))
        return feed_html_text(a, s);
    if (s.n > LIMIT_NOTICE_TEXT)
        s.n = str_utf8_clip(s.p, LIMIT_NOTICE_TEXT);
    if (!s.n || !memchr(s.p, '\r', s.n))
        return s;
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\r')
            p[n++] = s.p[i];
        else if (i + 1 >= s.n || s.p[i + 1] != '\n')
            p[n++] = '\n';
    p[n] = 0;
    return str_trim(str_n(p, n));
}

struct str feed_one_line(struct arena *a, struct str s)
{
    s = str_trim(s);
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            if (n && p[n - 1] != ' ')
                p[n++] = ' ';
        } else {
            p[n++] = c;
        }
    }
    p[n] = 0;
    return str_n(p, n);
}

struct str feed_lower(struct arena *a, struct str s)
{
    char *p = arena_dup(a, s.p ? s.p : "", s.n);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] + 32);
    return str_n(p, s.n);
}

when_t feed_when(struct str s, int zone_s)
{
    when_t t;
    s = str_trim(s);
    if (s.n &&
        (clock_parse_iso(s, zone_s, &t) || clock_parse_rfc822(s, &t) || clock_parse_any(s, zone_s, &t)))
        return t;
    return WHEN_NONE;
}

struct str feed_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    struct buf b = BUF_INIT(LIMIT_RECORD);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

struct str feed_join_text(struct arena *a, struct str description, struct str body)
{
    if (!description.n || str_find(body, description) != STR_NONE)
        return body;
    if (!body.n)
        return description;
    return feed_printf(a, "%.*s\n\n%.*s", STR_ARG(description), STR_ARG(body));
}

/* ---- requests ---- */

int feed_request_put(struct feed_sink *sink, const struct feed_request *r, struct err *e)
{
    int rc = sink->request(sink->ctx, r);
    return rc < 0 ? err_set(e, rc, "%.*s: this request was not accepted", STR_ARG(r->url)) : 0;
}

int feed_ask(struct feed_sink *sink, const char *kind, struct str url, const char *accept, struct str context,
             bool optional, struct err *e)
{
    struct feed_request r = {
        .url = url, .accept = str_of(accept), .kind = str_of(kind), .context = context, .optional = optional};
    return feed_request_put(sink, &r, e);
}

int feed_ask_list(struct feed_sink *sink, const char *kind, struct str url, const char *accept,
                  struct str context, bool optional, struct err *e)
{
    struct feed_request r = {.url = url,
                             .accept = str_of(accept),
                             .kind = str_of(kind),
                             .context = context,
                             .optional = optional,
                             .steers = true};
    return feed_request_put(sink, &r, e);
}

struct str feed_since(struct arena *a, const struct feed_state *st)
{
    /* A day of overlap: publishers date an item before it appears. */
    return feed_printf(a, "%" PRId64, st->last_ok == WHEN_NONE ? WHEN_NONE : st->last_ok - WHEN_DAY);
}

when_t feed_since_read(struct str context)
{
    int64_t v;
    return num_i64(context, &v) ? v : WHEN_NONE;
}
