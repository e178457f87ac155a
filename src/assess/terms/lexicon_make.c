/* From lists of words to the table of steps. */
#include "assess/terms/lexicon_table.h"

#include <stdlib.h>

struct entry {
    uint32_t place;
    uint16_t class_id;
};
#define BYTES_MAX 2000000

struct lexicon *lexicon_new(void)
{
    struct lexicon *x = mem_zalloc(sizeof(*x));
    x->bits = 15;
    x->step = mem_zalloc(sizeof(*x->step) << x->bits);
    x->places = PLACE_PAIR + 1;
    return x;
}

void lexicon_free(struct lexicon *x)
{
    if (!x)
        return;
    free(x->step);
    vec_release(&x->entry);
    vec_release(&x->kind);
    free(x);
}

const struct class_set *lexicon_kinds(const struct lexicon *x, size_t *n)
{
    *n = x->kind.n;
    return x->kind.p;
}

void lexicon_add_cve(struct lexicon *x, unsigned class_id)
{
    class_set_add(&x->cve, class_id);
}

static void table_grow(struct lexicon *x)
{
    struct step *old = x->step;
    size_t n = (size_t)1 << x->bits++;
    x->step = mem_zalloc(sizeof(*x->step) << x->bits);
    for (size_t k = 0; k < n; k++) {
        if (!old[k].rest)
            continue;
        uint32_t i = step_slot(x, STEP_FROM(old[k].rest), unit_mix(old[k].unit));
        while (x->step[i].rest)
            i = (i + 1) & ((1U << x->bits) - 1);
        x->step[i] = old[k];
    }
    free(old);
}

/* The step, made when it is new. Valid until the next call. */
static struct step *step_put(struct lexicon *x, uint32_t from, uint64_t unit)
{
    if (x->steps * 5ULL > (size_t)3 << x->bits) /* three fifths are full */
        table_grow(x);
    uint32_t i = step_slot(x, from, unit_mix(unit));
    for (; x->step[i].rest; i = (i + 1) & ((1U << x->bits) - 1))
        if (x->step[i].unit == unit && STEP_FROM(x->step[i].rest) == from)
            return &x->step[i];
    x->step[i] = (struct step){unit, from | (uint64_t)x->places++ << PLACE_BITS, 0};
    x->steps++;
    return &x->step[i];
}

/* The first step of a word: returns its length in bytes. */
static unsigned first_unit(struct lexicon *x, struct str word, bool searched, uint32_t *from, uint64_t *unit)
{
    const unsigned char *p = (const unsigned char *)word.p;
    uint64_t bytes = bytes_load(p, word.n);
    unsigned len = unit_read(bytes, word.n, unit);
    bool pair = word.n >= 6 && three_bytes(bytes) && three_bytes(bytes >> 24);
    *from = pair ? PLACE_PAIR : PLACE_START;
    if (searched && *p >= 0x80)
        x->start[unit_mix(*unit) >> (64 - START_BITS)] |= pair ? START_PAIR : START_ALONE;
    if (pair) {
        *unit = bytes_front(bytes, 6);
        len = 6;
    }
    uint64_t bit = unit_mix(*unit) >> (64 - FIRST_BITS);
    if (searched)
        x->first[bit / 64] |= (uint64_t)1 << (bit % 64);
    return len;
}

int lexicon_add(struct lexicon *x, struct str word, unsigned class_id, bool searched, struct err *e)
{
    x->bytes += word.n;
    if (x->bytes > BYTES_MAX)
        return err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)", BYTES_MAX);
    uint32_t place;
    uint64_t unit;
    for (size_t at = first_unit(x, word, searched, &place, &unit);;) {
        struct step *s = step_put(x, place, unit);
        place = STEP_TO(s->rest);
        if (at == word.n) {
            s->rest |= searched ? STEP_WORD : 0;
            break;
        }
        s->rest |= STEP_MORE | (searched ? STEP_SEARCHED : 0);
        const unsigned char *p = (const unsigned char *)word.p + at;
        at += unit_read(bytes_load(p, word.n - at), word.n - at, &unit);
        s->next |= next_bit(unit_mix(unit));
    }
    vec_push(&x->entry, ((struct entry){place, (uint16_t)class_id}));
    return 0;
}

/* Kinds as they are found. Most words stand in one list. */
struct kinds {
    struct map by_set;
    uint16_t by_class[CLASSES_MAX];
};

static uint16_t kind_of(struct lexicon *x, struct kinds *k, const struct class_set *set, unsigned only)
{
    bool made = true;
    uint64_t *known = NULL;
    if (only < CLASSES_MAX) {
        if (k->by_class[only])
            return k->by_class[only];
    } else {
        known = map_put(&k->by_set, str_n((const char *)set, sizeof(*set)), &made);
        if (!made)
            return (uint16_t)*known;
    }
    uint16_t kind = (uint16_t)MIN(x->kind.n, KINDS_MAX);
    vec_push(&x->kind, *set);
    if (known)
        *known = kind;
    else
        k->by_class[only] = kind;
    return kind;
}

/* By place: the kind of the word that ends there, + 1. */
static uint16_t *kinds_by_place(struct lexicon *x)
{
    uint16_t *kind = mem_zalloc(x->places * sizeof(*kind));
    uint32_t *last = mem_zalloc(x->places * sizeof(*last)); /* by place: its last entry, + 1 */
    uint32_t *before = mem_zalloc((x->entry.n + 1) * sizeof(*before));
    struct kinds *k = mem_zalloc(sizeof(*k));
    for (size_t i = 0; i < x->entry.n; i++) {
        before[i + 1] = last[x->entry.p[i].place];
        last[x->entry.p[i].place] = (uint32_t)i + 1;
    }
    for (uint32_t p = 0; p < x->places; p++) {
        struct class_set set = {{0}};
        unsigned only = CLASSES_MAX;
        for (uint32_t i = last[p]; i; i = before[i]) {
            unsigned c = x->entry.p[i - 1].class_id;
            only = i == last[p] || only == c ? c : CLASSES_MAX;
            class_set_add(&set, c);
        }
        if (last[p])
            kind[p] = (uint16_t)(kind_of(x, k, &set, only) + 1);
    }
    map_release(&k->by_set);
    free(k);
    free(before);
    free(last);
    return kind;
}

int lexicon_compile(struct lexicon *x, struct err *e)
{
    vec_push(&x->kind, x->cve); /* LEXICON_CVE, which no list shares */
    uint16_t *kind = kinds_by_place(x);
    for (size_t i = 0; i < (size_t)1 << x->bits; i++)
        x->step[i].rest |= (uint64_t)kind[STEP_TO(x->step[i].rest)] << 46;
    free(kind);
    vec_release(&x->entry);
    return x->kind.n <= KINDS_MAX
               ? 0
               : err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)",
                         BYTES_MAX);
}
