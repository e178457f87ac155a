#include "net/field.h"

#include <stdio.h>

/* "Sun Nov  6 08:49:37 1994" → "6 Nov 1994 08:49:37 GMT" */
static bool asctime_date(struct str s, when_t *out)
{
    struct str part[5];
    size_t n = 0;
    struct str_split it = str_split_init(s, ' ');
    for (struct str piece; str_split_next(&it, &piece);) {
        if (piece.n == 0)
            continue;
        if (n == ARRAY_LEN(part))
            return false;
        part[n++] = piece;
    }
    if (n != ARRAY_LEN(part) || part[0].n != 3)
        return false;
    char again[64];
    int k = snprintf(again, sizeof(again), STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " GMT",
                     STR_ARG(part[2]), STR_ARG(part[1]), STR_ARG(part[4]), STR_ARG(part[3]));
    return k > 0 && (size_t)k < sizeof(again) && clock_parse_rfc822(str_of(again), out);
}

bool field_date(struct str s, when_t *out)
{
    s = str_trim(s);
    if (s.n < 10 || s.n > 60)
        return false;
    return clock_parse_rfc822(s, out) || asctime_date(s, out);
}

bool field_retry_after(struct str s, when_t now, uint64_t *wait_ms)
{
    s = str_trim(s);
    uint64_t seconds;
    when_t then;
    if (num_u64(s, &seconds)) {
        *wait_ms = seconds > FIELD_WAIT_MAX_MS / 1000 ? FIELD_WAIT_MAX_MS : seconds * 1000;
        return true;
    }
    if (!field_date(s, &then))
        return false;
    uint64_t ms = then > now ? ((uint64_t)then - (uint64_t)now) / 1000 : 0;
    *wait_ms = MIN(ms, FIELD_WAIT_MAX_MS);
    return true;
}

bool field_content_range(struct str s, uint64_t *first, uint64_t *last, uint64_t *total)
{
    s = str_trim(s);
    if (!str_starts_i(s, "bytes "))
        return false;
    s = str_trim(str_sub(s, 6, s.n));
    size_t dash = str_chr(s, '-'), slash = str_chr(s, '/');
    if (dash == STR_NONE || slash == STR_NONE || dash > slash)
        return false;
    if (!num_u64(str_sub(s, 0, dash), first) || !num_u64(str_sub(s, dash + 1, slash - dash - 1), last))
        return false;
    struct str all = str_sub(s, slash + 1, s.n);
    if (str_is(all, "*"))
        *total = UINT64_MAX;
    else if (!num_u64(all, total) || *last >= *total)
        return false;
    return *first <= *last;
}

bool field_accepts_bytes(struct str s)
{
    struct str_split it = str_split_init(s, ',');
    for (struct str piece; str_split_next(&it, &piece);)
        if (str_is_i(str_trim(piece), "bytes"))
            return true;
    return false;
}

bool field_etag_is_strong(struct str s)
{
    s = str_trim(s);
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' && field_value_ok(s);
}

bool field_modified_is_strong(struct str last_modified, struct str date)
{
    when_t modified, sent;
    return field_date(last_modified, &modified) && field_date(date, &sent) && sent - modified >= WHEN_SEC;
}

struct str field_charset(struct str content_type)
{
    struct str_split it = str_split_init(content_type, ';');
    struct str piece;
    bool type = true;
    while (str_split_next(&it, &piece)) {
        piece = str_trim(piece);
        if (!type && str_starts_i(piece, "charset=")) {
            struct str v = str_trim(str_sub(piece, 8, piece.n));
            if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
                v = str_sub(v, 1, v.n - 2);
            return v;
        }
        type = false;
    }
    return (struct str){0};
}

void field_clean(struct str s, char *out, size_t size)
{
    s = str_trim(s);
    bool utf8 = str_is_utf8(s);
    size_t n = MIN(s.n, size - 1);
    if (utf8)
        n = str_utf8_clip(s.p, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        out[i] = c < 0x20 || c == 0x7f || (!utf8 && c >= 0x80) ? '?' : (char)c;
    }
    out[n] = 0;
}

bool field_value_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}
