/* lexicon_table.h — the table of steps along words. Private to lexicon*.c.
 */
#ifndef TOBAN_ASSESS_TERMS_LEXICON_TABLE_H
#define TOBAN_ASSESS_TERMS_LEXICON_TABLE_H

#include <endian.h>

#include "assess/terms/lexicon.h"

/* One step: who stands at place from and reads unit gets to place to, where a word of this kind may end. */
struct step {
    uint64_t unit; /* its bytes, the first one lowest */
    uint64_t rest; /* from 23 bits, to 23, kind + 1 15, STEP_* 3 */
    uint64_t next; /* bits: units that may follow, by hash; most texts are turned away here */
};
#define PLACE_BITS 23
#define PLACE_MAX ((1U << PLACE_BITS) - 1)
#define STEP_KIND(rest) ((uint32_t)((rest) >> 46) & 0x7FFF) /* + 1; 0 for none */
#define STEP_TO(rest) ((uint32_t)((rest) >> PLACE_BITS) & PLACE_MAX)
#define STEP_FROM(rest) ((uint32_t)(rest)&PLACE_MAX)
#define STEP_WORD ((uint64_t)1 << 61)     /* the word that ends here is searched for */
#define STEP_MORE ((uint64_t)1 << 62)     /* words go on behind */
#define STEP_SEARCHED ((uint64_t)1 << 63) /* words searched for go on behind */

#define PLACE_START 1 /* before the first unit of a word */
#define PLACE_PAIR 2  /* the same, for words that begin with two characters of three bytes each */

/* What a character behind ASCII at the start of a word searched for can be, by hash. */
#define START_BITS 12
#define START_ALONE 1 /* the first step */
#define START_PAIR 2  /* the first half of it */
#define FIRST_BITS 16 /* both are small enough to stay in the first cache */

struct lexicon {
    struct step *step; /* hash table, open addressing; rest 0: free */
    unsigned bits;
    uint32_t places, steps;
    size_t bytes;
    VEC(struct class_set) kind;
    struct class_set cve;
    VEC(struct entry) entry; /* while words are added: which list holds the word that ends at a place */
    uint8_t start[1 << START_BITS];         /* START_* */
    uint64_t first[(1 << FIRST_BITS) / 64]; /* bits: the other first steps: runs, pairs */
};

static inline uint64_t unit_mix(uint64_t unit)
{
    return unit * 0x9E3779B97F4A7C15U;
}

static inline uint64_t next_bit(uint64_t mix)
{
    return (uint64_t)1 << (mix >> 58);
}

static inline uint32_t step_slot(const struct lexicon *x, uint32_t from, uint64_t mix)
{
    return (uint32_t)((mix + from * 0xD6E8FEB86659FD93U) >> (64 - x->bits));
}

static inline unsigned start_of(const struct lexicon *x, uint64_t unit)
{
    return x->start[unit_mix(unit) >> (64 - START_BITS)];
}

static inline bool first_has(const struct lexicon *x, uint64_t unit)
{
    uint64_t bit = unit_mix(unit) >> (64 - FIRST_BITS);
    return x->first[bit / 64] >> (bit % 64) & 1;
}

/* NULL when there is none. */
static inline const struct step *step_find(const struct lexicon *x, uint32_t from, uint64_t unit)
{
    uint32_t i = step_slot(x, from, unit_mix(unit));
    const struct step *s = &x->step[i];
    while (s->unit != unit || STEP_FROM(s->rest) != from) {
        if (!s->rest)
            return NULL;
        s = &x->step[i = (i + 1) & ((1U << x->bits) - 1)];
    }
    return s;
}

/* ---- units ---- */

#define EACH_BYTE 0x0101010101010101U

/* Up to 8 bytes, the first one lowest, zeros behind the end. */
static inline uint64_t bytes_load(const unsigned char *p, size_t n)
{
    uint64_t x = 0;
    if (n >= 8)
        memcpy(&x, p, 8);
    else
        memcpy(&x, p, n);
    return le64toh(x);
}

/* How many letters (folded, so small ones) and digits stand at the front. */
static inline unsigned run_length(uint64_t x)
{
    const uint64_t high = EACH_BYTE * 0x80;
    uint64_t y = x & ~high;
    uint64_t letter = (y + EACH_BYTE * (0x80 - 'a')) & ~(y + EACH_BYTE * (0x7F - 'z'));
    uint64_t digit = (y + EACH_BYTE * (0x80 - '0')) & ~(y + EACH_BYTE * (0x7F - '9'));
    uint64_t other = ~((letter | digit) & ~x) & high;
    return other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
}

static inline bool alnum(unsigned char c)
{
    return (unsigned char)(c - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

static inline uint64_t bytes_front(uint64_t x, unsigned n)
{
    return n >= 8 ? x : x & (((uint64_t)1 << (8 * n)) - 1);
}

static inline unsigned char_length(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static inline bool three_bytes(uint64_t x)
{
    return (x & 0xF0) == 0xE0;
}

/* The unit at the front of x, loaded from n bytes; returns its length. */
static inline unsigned unit_read(uint64_t x, size_t n, uint64_t *unit)
{
    if (three_bytes(x) && n >= 3) /* nearly all Japanese */
        return *unit = x & 0xFFFFFF, 3;
    unsigned len = x & 0x80 ? char_length((unsigned char)x) : run_length(x);
    if (len == 0)
        len = (x & 0xFF) == ' ' ? 1 + run_length(x >> 8) : 1;
    if (len > n)
        len = 1;
    *unit = bytes_front(x, len);
    return len;
}

#endif
