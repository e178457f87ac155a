/* trace_split.h — lines and columns, 64 bytes at a time.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_SPLIT_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_SPLIT_H

#include "base/base.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A bit for each of the 64 bytes at p that is c. */
static inline uint64_t trace_split_mask(const char *p, char c)
{
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi8(c);
    uint64_t m = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i * 16));
        m |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want)) << (i * 16);
    }
    return m;
#else
    uint64_t m = 0;
    for (int i = 0; i < 64; i++)
        m |= (uint64_t)(p[i] == c) << i;
    return m;
#endif
}

/* Places of one byte in s, in order. */
struct trace_split_it {
    const char *base, *end;
    uint64_t mask;
    char c;
};
struct trace_split_it trace_split_it(struct str s, char c);
/* Reads the next 64 bytes into mask; false behind the end. */
bool trace_split_more(struct trace_split_it *it);
static inline const char *trace_split_next(struct trace_split_it *it)
{
    while (it->mask == 0)
        if (!trace_split_more(it))
            return NULL;
    const char *p = it->base + __builtin_ctzll(it->mask) - 64;
    it->mask &= it->mask - 1;
    return p;
}

uint64_t trace_split_count(struct str s, char c);

/* Columns of s at sep, in place: writes up to max and returns how many there are. */
size_t trace_split_plain(struct str s, char sep, struct str *col, size_t max);
/* The same for CSV: sep inside of double quotes does not count; quotes stay. *quotes: there are any. */
size_t trace_split_csv(struct str s, char sep, struct str *col, size_t max, bool *quotes);
/* The same, but a quote means something only at a column's beginning (for damaged rows). */
size_t trace_split_csv_strict(struct str s, char sep, struct str *col, size_t max);
/* A column without its quotes; the copy is in the arena where one is needed. */
struct str trace_split_unquote(struct str col, struct arena *a);

#endif
