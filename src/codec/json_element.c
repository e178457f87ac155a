/* Cuts an array into raw elements by the balance of brackets and quotes alone,
 * 64 bytes at a time: a bit per byte for quotes, backslashes and brackets. */
#include "codec/json_reader.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct balance {
    size_t depth;
    bool in_string, escaped; /* the next byte is inside a string; stands behind a backslash */
};

static inline const char *balance_bytes(struct balance *b, const char *p, const char *end)
{
    while (p < end && b->depth) {
        char c = *p++;
        if (b->escaped)
            b->escaped = false;
        else if (c == '\\')
            b->escaped = true;
        else if (c == '"')
            b->in_string = !b->in_string;
        else if (!b->in_string && (c | 0x20) == '{')
            b->depth++;
        else if (!b->in_string && (c | 0x20) == '}')
            b->depth--;
    }
    return p;
}

#ifdef __SSE2__
struct block {
    uint64_t quote, slash, open, close;
};

static inline uint64_t mask64(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(a) | (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 | (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
}

static inline struct block block_of(const char *p)
{
    __m128i v[4], q[4], s[4], o[4], c[4];
    for (int i = 0; i < 4; i++) {
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        q[i] = _mm_cmpeq_epi8(v[i], _mm_set1_epi8('"'));
        s[i] = _mm_cmpeq_epi8(v[i], _mm_set1_epi8('\\'));
        v[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20)); /* [ and { differ in this bit, ] and } too */
        o[i] = _mm_cmpeq_epi8(v[i], _mm_set1_epi8('{'));
        c[i] = _mm_cmpeq_epi8(v[i], _mm_set1_epi8('}'));
    }
    return (struct block){mask64(q[0], q[1], q[2], q[3]), mask64(s[0], s[1], s[2], s[3]),
                          mask64(o[0], o[1], o[2], o[3]), mask64(c[0], c[1], c[2], c[3])};
}

/* Bits of the bytes that stand behind an active backslash; carry is in and out. */
static uint64_t escaped_bits(uint64_t slash, bool *carry)
{
    uint64_t out = *carry;
    *carry = false;
    slash &= ~out;
    while (slash) {
        unsigned i = (unsigned)__builtin_ctzll(slash);
        if (i == 63) {
            *carry = true;
            break;
        }
        out |= 2ULL << i;
        slash &= ~(3ULL << i); /* a backslash behind it is escaped */
    }
    return out;
}

/* For each bit: the parity of the bits up to and with it. */
static inline uint64_t parity_up_to(uint64_t x)
{
    x ^= x << 1;
    x ^= x << 2;
    x ^= x << 4;
    x ^= x << 8;
    x ^= x << 16;
    x ^= x << 32;
    return x;
}

static const char *balance_blocks(struct balance *b, const char *p, const char *end)
{
    for (; end - p >= 64; p += 64) {
        struct block k = block_of(p);
        struct balance was = *b;
        if (k.slash || b->escaped) {
            uint64_t esc = escaped_bits(k.slash, &b->escaped);
            k.quote &= ~esc;
            k.open &= ~esc;
            k.close &= ~esc;
        }
        uint64_t inside = parity_up_to(k.quote) ^ (b->in_string ? ~0ULL : 0);
        b->in_string = inside >> 63;
        k.open &= ~inside;
        k.close &= ~inside;
        unsigned closing = k.close ? (unsigned)__builtin_popcountll(k.close) : 0;
        if (closing >= b->depth) {
            *b = was; /* the end may be in here: byte by byte */
            const char *q = balance_bytes(b, p, p + 64);
            if (b->depth == 0)
                return q;
            continue;
        }
        b->depth += (unsigned)__builtin_popcountll(k.open);
        b->depth -= closing;
    }
    return p;
}
#endif

/* To the comma or ] that ends the element; false at the end of the input or on failure. */
static bool element_end(struct json_reader *r)
{
    struct balance b = {0};
    for (;;) {
        if (r->p == r->end && !json_refill(r))
            return false;
        if (b.depth) {
#ifdef __SSE2__
            r->p = balance_blocks(&b, r->p, r->end);
#endif
            r->p = balance_bytes(&b, r->p, r->end);
            continue;
        }
        char c = *r->p;
        if (b.escaped)
            b.escaped = false;
        else if (c == '\\')
            b.escaped = true;
        else if (c == '"')
            b.in_string = !b.in_string;
        else if (b.in_string)
            ;
        else if (c == ',' || c == ']')
            return true;
        else if ((c | 0x20) == '{')
            b.depth = 1;
        r->p++;
    }
}

static int element_failed(struct json_reader *r, struct err *e)
{
    r->token_max = LIMIT_JSON_TOKEN;
    return json_reader_err(r, e);
}

static int element_take(struct json_reader *r, size_t max, struct str *raw, struct err *e)
{
    r->token_max = max;
    r->tok = r->p;
    if (!element_end(r)) {
        json_fail(r, ERR_INPUT, r->tok, tr("this element of an array has no end; the file may be cut off"));
        return element_failed(r, e);
    }
    r->token_max = LIMIT_JSON_TOKEN;
    *raw = str_n(r->tok, (size_t)(r->p - r->tok));
    while (raw->n && strchr(" \t\r\n", raw->p[raw->n - 1]) && raw->p[raw->n - 1])
        raw->n--;
    if (raw->n > max) {
        json_fail(r, ERR_LIMIT, r->tok, tr("this value is longer than is allowed"));
        return element_failed(r, e);
    }
    r->state = JSON_AT_NEXT_ITEM;
    return 1;
}

int json_element(struct json_reader *r, size_t max, struct str *raw, struct err *e)
{
    *raw = str_n(NULL, 0);
    r->escaped = false;
    r->last = JSON_END;
    if (r->state == JSON_AT_FAILURE)
        return json_reader_err(r, e);
    if (r->state != JSON_AT_FIRST_ITEM && r->state != JSON_AT_NEXT_ITEM)
        return err_set(e, ERR_INTERNAL, "an element was asked for outside of an array");
    int c = json_peek(r);
    bool comma = c == ',' && r->state == JSON_AT_NEXT_ITEM;
    if (c == ']') {
        r->tok = r->p++;
        json_leave(r);
        return 0;
    }
    if (comma) {
        r->p++;
        c = json_peek(r);
    } else if (c >= 0 && r->state == JSON_AT_NEXT_ITEM) {
        json_fail(r, ERR_INPUT, r->p, tr("a comma or ] was expected here"));
    }
    if (c < 0)
        json_fail(r, ERR_INPUT, r->end, tr("the data end too early; the file may be cut off"));
    if (r->state == JSON_AT_FAILURE)
        return json_reader_err(r, e);
    return element_take(r, max, raw, e);
}
