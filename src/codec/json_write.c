#include <math.h>
#include <stdio.h>

#include "codec/json_reader.h"
#include "codec/json_scan.h"

void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){.out = out, .first = {1}};
}

static bool is_first(const struct json_writer *w)
{
    return w->first[w->depth / 8] >> (w->depth % 8) & 1;
}

static void set_first(struct json_writer *w, bool first)
{
    unsigned char bit = (unsigned char)(1U << (w->depth % 8));
    unsigned char *byte = &w->first[w->depth / 8];
    *byte = first ? *byte | bit : (unsigned char)(*byte & ~bit);
}

static void new_line(struct json_writer *w)
{
    if (!w->pretty)
        return;
    buf_addc(w->out, '\n');
    for (unsigned i = 0; i < w->depth; i++)
        buf_add(w->out, "  ", 2);
}

/* What stands in front of a value or a key. */
static void item_begin(struct json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth == 0)
        return;
    if (!is_first(w))
        buf_addc(w->out, ',');
    set_first(w, false);
    new_line(w);
}

static void open_with(struct json_writer *w, char c)
{
    item_begin(w);
    buf_addc(w->out, c);
    if (w->depth == LIMIT_JSON_DEPTH) {
        w->out->full = true; /* no reader would take it: the buffer is not usable */
        return;
    }
    w->depth++;
    set_first(w, true);
}

static void close_with(struct json_writer *w, char c)
{
    if (w->depth == 0)
        return;
    if (w->after_key)
        json_w_null(w);
    bool empty = is_first(w);
    w->depth--;
    if (!empty)
        new_line(w);
    buf_addc(w->out, c);
}

void json_w_object(struct json_writer *w)
{
    open_with(w, '{');
}

void json_w_object_end(struct json_writer *w)
{
    close_with(w, '}');
}

void json_w_array(struct json_writer *w)
{
    open_with(w, '[');
}

void json_w_array_end(struct json_writer *w)
{
    close_with(w, ']');
}

#define REPLACEMENT "\xEF\xBF\xBD"

/* Writes the one byte that cannot stand as it is. */
static void put_special(struct buf *out, unsigned char c)
{
    static const char names[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *at = c ? strchr(names, c) : NULL;
    if (at)
        buf_add(out, (char[2]){'\\', letters[at - names]}, 2);
    else if (c == 0 || c >= 0x80)
        buf_adds(out, REPLACEMENT); /* our own reader, like many others, refuses U+0000 */
    else
        buf_add(out, (char[6]){'\\', 'u', '0', '0', (char)('0' + (c >> 4)), "0123456789abcdef"[c & 15]}, 6);
}

static void put_string(struct buf *out, struct str s)
{
    const char *p = s.p, *end = s.n ? s.p + s.n : s.p;
    bool cut;
    buf_addc(out, '"');
    while (p < end) {
        const char *q = json_scan_string(p, end);
        if (q < end && (unsigned char)*q >= 0x80) {
            const char *good = json_scan_utf8(q, end, &cut);
            buf_add(out, p, (size_t)(good - p));
            p = good;
            if (good == q || (p < end && (unsigned char)*p >= 0x80))
                put_special(out, (unsigned char)*p++);
            continue;
        }
        buf_add(out, p, (size_t)(q - p));
        if (q < end)
            put_special(out, (unsigned char)*q++);
        p = q;
    }
    buf_addc(out, '"');
}

void json_w_key(struct json_writer *w, const char *key)
{
    if (w->after_key)
        json_w_null(w);
    item_begin(w);
    put_string(w->out, str_of(key));
    buf_add(w->out, ": ", w->pretty ? 2 : 1);
    w->after_key = true;
}

void json_w_str(struct json_writer *w, struct str s)
{
    item_begin(w);
    put_string(w->out, s);
}

void json_w_cstr(struct json_writer *w, const char *s)
{
    if (s)
        json_w_str(w, str_of(s));
    else
        json_w_null(w);
}

void json_w_int(struct json_writer *w, int64_t v)
{
    item_begin(w);
    buf_printf(w->out, "%lld", (long long)v);
}

void json_w_double(struct json_writer *w, double v, int decimals)
{
    char text[400], *q = text;
    if (!isfinite(v)) { /* JSON has no way to write it */
        json_w_null(w);
        return;
    }
    int n = snprintf(text, sizeof(text), "%.*f", MAX(0, MIN(decimals, 20)), v);
    /* The locale's decimal point, of one byte or more, becomes a dot. */
    for (int i = 0; i < n; i++) {
        bool plain = text[i] == '-' || (text[i] >= '0' && text[i] <= '9');
        if (plain)
            *q++ = text[i];
        else if (q[-1] != '.')
            *q++ = '.';
    }
    item_begin(w);
    buf_add(w->out, text, (size_t)(q - text));
}

void json_w_number_text(struct json_writer *w, struct str number)
{
    if (!json_number_ok(number)) {
        json_w_null(w);
        return;
    }
    item_begin(w);
    buf_add_str(w->out, number);
}

void json_w_bool(struct json_writer *w, bool v)
{
    item_begin(w);
    buf_adds(w->out, v ? "true" : "false");
}

void json_w_null(struct json_writer *w)
{
    item_begin(w);
    buf_adds(w->out, "null");
}

void json_w_kstr(struct json_writer *w, const char *key, struct str s)
{
    json_w_key(w, key);
    json_w_str(w, s);
}

void json_w_kcstr(struct json_writer *w, const char *key, const char *s)
{
    json_w_key(w, key);
    json_w_cstr(w, s);
}

void json_w_kint(struct json_writer *w, const char *key, int64_t v)
{
    json_w_key(w, key);
    json_w_int(w, v);
}

void json_w_kbool(struct json_writer *w, const char *key, bool v)
{
    json_w_key(w, key);
    json_w_bool(w, v);
}
