#include "investigate/traces/evtx_in.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Characters at the front that are ASCII and not NUL. */
static size_t ascii_run(const uint8_t *p, size_t chars)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i high = _mm_set1_epi16((short)0xFF80), zero = _mm_setzero_si128();
    for (; i + 8 <= chars; i += 8) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i));
        __m128i ascii = _mm_cmpeq_epi16(_mm_and_si128(v, high), zero);
        if (_mm_movemask_epi8(_mm_andnot_si128(_mm_cmpeq_epi16(v, zero), ascii)) != 0xFFFF)
            break;
    }
#endif
    while (i < chars && p[2 * i + 1] == 0 && p[2 * i] != 0 && p[2 * i] < 0x80)
        i++;
    return i;
}

static void ascii_copy(char *out, const uint8_t *p, size_t chars)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 8 <= chars; i += 8) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i));
        _mm_storel_epi64((__m128i *)(void *)(out + i), _mm_packus_epi16(v, v));
    }
#endif
    for (; i < chars; i++)
        out[i] = (char)p[2 * i];
}

static char *put(char *q, uint32_t u)
{
    if (u < 0x80) {
        *q++ = (char)u;
    } else if (u < 0x800) {
        *q++ = (char)(0xC0 | u >> 6);
        *q++ = (char)(0x80 | (u & 63));
    } else if (u < 0x10000) {
        *q++ = (char)(0xE0 | u >> 12);
        *q++ = (char)(0x80 | (u >> 6 & 63));
        *q++ = (char)(0x80 | (u & 63));
    } else {
        *q++ = (char)(0xF0 | u >> 18);
        *q++ = (char)(0x80 | (u >> 12 & 63));
        *q++ = (char)(0x80 | (u >> 6 & 63));
        *q++ = (char)(0x80 | (u & 63));
    }
    return q;
}

static char *convert(char *q, const uint8_t *p, size_t chars)
{
    for (size_t i = 0; i < chars; i++) {
        uint32_t u = evtx_u16(p + 2 * i);
        uint32_t low = i + 1 < chars ? evtx_u16(p + 2 * i + 2) : 0;
        if (u >= 0xD800 && u < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
            u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
            i++;
        } else if (u == 0 || (u >= 0xD800 && u < 0xE000)) {
            u = 0xFFFD;
        }
        q = put(q, u);
    }
    return q;
}

struct str evtx_utf16(struct arena *a, const uint8_t *p, size_t n)
{
    size_t chars = n / 2;
    while (chars && p[2 * chars - 2] == 0 && p[2 * chars - 1] == 0)
        chars--;
    size_t ascii = ascii_run(p, chars);
    char *out = arena_alloc(a, ascii + 3 * (chars - ascii) + 1);
    ascii_copy(out, p, ascii);
    char *q = convert(out + ascii, p + 2 * ascii, chars - ascii);
    *q = 0;
    return str_n(out, (size_t)(q - out));
}
