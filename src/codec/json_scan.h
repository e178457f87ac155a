/* json_scan.h — finding the bytes that matter inside a JSON string, 16 at a time
 * where the CPU has SSE2 (every x86-64), one at a time elsewhere. Reads only
 * [p, end).
 */
#ifndef TOBAN_CODEC_JSON_SCAN_H
#define TOBAN_CODEC_JSON_SCAN_H

#include "base/base.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool json_scan_special(unsigned char c)
{
    return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

#ifdef __SSE2__
/* A bit for each of 16 bytes that is special. */
static inline unsigned json_scan_16(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i m = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    /* signed: bytes of 0x80 and above are below the space, too */
    m = _mm_or_si128(m, _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)));
    return (unsigned)_mm_movemask_epi8(m);
}
#endif

/* The first quote, backslash, control character or non-ASCII byte; end when there is none. */
static inline const char *json_scan_string(const char *p, const char *end)
{
#ifdef __SSE2__
    while (end - p >= 32) { /* most strings end in the first round */
        unsigned bits = json_scan_16(p) | json_scan_16(p + 16) << 16;
        if (bits)
            return p + __builtin_ctz(bits);
        p += 32;
    }
#endif
    while (p < end && !json_scan_special((unsigned char)*p))
        p++;
    return p;
}

/* The first byte that is not a space, a tab or a line break; end when there is none. */
static inline const char *json_scan_space(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i sp = _mm_set1_epi8(' ');
    while (end - p >= 16) { /* long runs are indentation */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(v, sp)) != 0xFFFF)
            break;
        p += 16;
    }
#endif
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

/* Passes over well-formed UTF-8 characters of two to four bytes (RFC 3629 section 4)
 * from p. Stops at an ASCII byte, at a malformed character, or at one that
 * [p, end) does not hold whole; *cut tells the last case. */
static inline const char *json_scan_utf8(const char *text, const char *text_end, bool *cut)
{
    const unsigned char *p = (const unsigned char *)text, *end = (const unsigned char *)text_end;
    *cut = false;
    while (p < end && *p >= 0x80) {
        unsigned c = *p, lo = 0x80, hi = 0xBF;
        size_t more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        if (c < 0xC2 || c > 0xF4)
            break;
        if (c == 0xE0)
            lo = 0xA0;
        else if (c == 0xED)
            hi = 0x9F;
        else if (c == 0xF0)
            lo = 0x90;
        else if (c == 0xF4)
            hi = 0x8F;
        size_t have = (size_t)(end - p) - 1;
        if (have >= 1 && (p[1] < lo || p[1] > hi))
            break;
        if (have >= 2 && more >= 2 && (p[2] & 0xC0) != 0x80)
            break;
        if (have >= 3 && more >= 3 && (p[3] & 0xC0) != 0x80)
            break;
        if (have < more) {
            *cut = true;
            break;
        }
        p += more + 1;
    }
    return (const char *)p;
}

#endif
