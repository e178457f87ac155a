#include "investigate/traces/trace_split.h"

struct trace_split_it trace_split_it(struct str s, char c)
{
    return (struct trace_split_it){s.p, s.p ? s.p + s.n : NULL, 0, c};
}

/* base ends up 64 bytes behind the bytes of mask. */
bool trace_split_more(struct trace_split_it *it)
{
    size_t left = it->base < it->end ? (size_t)(it->end - it->base) : 0;
    if (left == 0)
        return false;
    if (left >= 64) {
        it->mask = trace_split_mask(it->base, it->c);
    } else {
        char tail[64];
        memset(tail, ~it->c, sizeof(tail));
        memcpy(tail, it->base, left);
        it->mask = trace_split_mask(tail, it->c);
    }
    it->base += 64;
    return true;
}

uint64_t trace_split_count(struct str s, char c)
{
    uint64_t n = 0;
    size_t at = 0;
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi8(c), zero = _mm_setzero_si128();
    while (s.n - at >= 64) {
        __m128i acc[4] = {zero, zero, zero, zero}; /* each byte counts to 255 */
        for (int round = 0; round < 255 && s.n - at >= 64; round++, at += 64)
            for (int i = 0; i < 4; i++) {
                __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at + i * 16));
                acc[i] = _mm_sub_epi8(acc[i], _mm_cmpeq_epi8(v, want));
            }
        for (int i = 0; i < 4; i++) {
            __m128i sum = _mm_sad_epu8(acc[i], zero);
            n += (uint64_t)_mm_cvtsi128_si64(sum) + (uint64_t)_mm_cvtsi128_si64(_mm_srli_si128(sum, 8));
        }
    }
#endif
    for (; at < s.n; at++)
        n += s.p[at] == c;
    return n;
}

size_t trace_split_plain(struct str s, char sep, struct str *col, size_t max)
{
    size_t n = 0;
    const char *from = s.p;
    struct trace_split_it it = trace_split_it(s, sep);
    for (const char *p; (p = trace_split_next(&it)) != NULL; from = p + 1, n++)
        if (n < max)
            col[n] = str_n(from, (size_t)(p - from));
    if (n < max)
        col[n] = str_n(from, s.p ? (size_t)(s.p + s.n - from) : 0);
    return n + 1;
}

/* Bits from each quote up to the one that closes it (prefix XOR). */
static uint64_t inside(uint64_t quotes)
{
    for (int i = 1; i < 64; i *= 2)
        quotes ^= quotes << i;
    return quotes;
}

static void load(const char *p, size_t left, char tail[64], const char **from)
{
    *from = p;
    if (left >= 64)
        return;
    memset(tail, 0, 64);
    memcpy(tail, p, left);
    *from = tail;
}

size_t trace_split_csv(struct str s, char sep, struct str *col, size_t max, bool *quotes)
{
    size_t n = 0;
    const char *from = s.p;
    uint64_t open = 0; /* all ones while a quote is open */
    *quotes = false;
    for (size_t at = 0; at < s.n; at += 64) {
        char tail[64];
        const char *p;
        load(s.p + at, s.n - at, tail, &p);
        uint64_t q = trace_split_mask(p, '"'), m = trace_split_mask(p, sep);
        if (q | open) {
            uint64_t in = inside(q) ^ open;
            *quotes = true;
            open = 0 - (in >> 63);
            m &= ~in;
        }
        for (; m; m &= m - 1, n++) {
            const char *end = s.p + at + __builtin_ctzll(m);
            if (n < max)
                col[n] = str_n(from, (size_t)(end - from));
            from = end + 1;
        }
    }
    if (n < max)
        col[n] = str_n(from, s.p ? (size_t)(s.p + s.n - from) : 0);
    return n + 1;
}

size_t trace_split_csv_strict(struct str s, char sep, struct str *col, size_t max)
{
    size_t n = 0, at = 0;
    for (;;) {
        size_t from = at;
        if (at < s.n && s.p[at] == '"') {
            for (at++; at < s.n; at++) {
                if (s.p[at] != '"')
                    continue;
                if (at + 1 < s.n && s.p[at + 1] == '"')
                    at++;
                else if (at + 1 == s.n || s.p[at + 1] == sep)
                    break;
            }
            if (at == s.n) /* never closed: then it was a character like others */
                at = from;
        }
        size_t k = str_chr(str_sub(s, at, s.n), sep);
        size_t end = k == STR_NONE ? s.n : at + k;
        if (n < max)
            col[n] = str_sub(s, from, end - from);
        n++;
        if (k == STR_NONE)
            return n;
        at = end + 1;
    }
}

struct str trace_split_unquote(struct str col, struct arena *a)
{
    if (col.n < 2 || col.p[0] != '"' || col.p[col.n - 1] != '"')
        return col;
    struct str in = str_sub(col, 1, col.n - 2);
    if (str_chr(in, '"') == STR_NONE)
        return in;
    char *out = arena_alloc(a, in.n);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        out[n++] = in.p[i];
        if (in.p[i] == '"' && i + 1 < in.n && in.p[i + 1] == '"')
            i++;
    }
    return str_n(out, n);
}
