/* Words in a text. */
#include "assess/terms/lexicon_table.h"

/* Follows words from one step on. The bytes up to at have been read. */
struct trail {
    const unsigned char *p;
    size_t n, at;
    const struct step *step;
};

/* No letter or digit follows one: a word that ends here is whole. */
static inline bool whole(const struct trail *w)
{
    return w->at >= w->n || !alnum(w->p[w->at]) || !alnum(w->p[w->at - 1]);
}

static inline void follow(const struct lexicon *x, struct trail *w)
{
    uint64_t unit;
    size_t left = w->n - w->at;
    unsigned len = left ? unit_read(bytes_load(w->p + w->at, left), left, &unit) : 0;
    bool may = len && (w->step->next & next_bit(unit_mix(unit)));
    w->step = may ? step_find(x, STEP_TO(w->step->rest), unit) : NULL;
    w->at += len;
}

static unsigned words_of(const struct lexicon *x, struct trail w, uint32_t start, unsigned found,
                         struct hit hit[LEXICON_AT_MAX])
{
    while (w.step) {
        uint32_t kind = STEP_KIND(w.step->rest);
        if (kind && whole(&w)) {
            if (found == LEXICON_AT_MAX)
                break;
            hit[found++] = (struct hit){start, (uint32_t)w.at, kind - 1};
        }
        if (!(w.step->rest & STEP_MORE))
            break;
        follow(x, &w);
    }
    return found;
}

unsigned lexicon_at(const struct lexicon *x, struct str text, uint32_t pos, struct hit hit[LEXICON_AT_MAX])
{
    const unsigned char *p = (const unsigned char *)text.p;
    if (pos >= text.n || (pos > 0 && alnum(p[pos]) && alnum(p[pos - 1])))
        return 0;
    size_t left = text.n - pos;
    uint64_t unit, bytes = bytes_load(p + pos, left);
    unsigned len = unit_read(bytes, left, &unit);
    struct trail w = {p, text.n, pos + len, step_find(x, PLACE_START, unit)};
    unsigned found = words_of(x, w, pos, 0, hit);
    if (left < 6 || !three_bytes(bytes) || !three_bytes(bytes >> 24))
        return found;
    w.at = pos + 6;
    w.step = step_find(x, PLACE_PAIR, bytes_front(bytes, 6));
    return words_of(x, w, pos, found, hit);
}

struct hits {
    struct hit *p;
    size_t n, cap;
    struct arena *arena;
};

static void hits_grow(struct hits *h)
{
    size_t cap = h->cap ? h->cap * 2 : 64;
    struct hit *p = arena_alloc(h->arena, cap * sizeof(*p));
    if (h->n)
        memcpy(p, h->p, h->n * sizeof(*p));
    h->p = p;
    h->cap = cap;
}

/* Words that begin at pos with this unit of len bytes. */
static void find_from(const struct lexicon *x, struct str text, size_t pos, uint32_t from, uint64_t unit,
                      unsigned len, struct hits *h)
{
    struct trail w = {(const unsigned char *)text.p, text.n, pos + len, step_find(x, from, unit)};
    while (w.step) {
        uint64_t rest = w.step->rest;
        if ((rest & STEP_WORD) && whole(&w)) {
            if (h->n == h->cap)
                hits_grow(h);
            h->p[h->n++] = (struct hit){(uint32_t)pos, (uint32_t)w.at, STEP_KIND(rest) - 1};
        }
        if (!(rest & STEP_SEARCHED))
            return;
        follow(x, &w);
    }
}

/* At a run of letters and digits, or one other character of ASCII. A word begins with the run or
 * nowhere in it. Returns what is behind. */
static inline size_t find_ascii(const struct lexicon *x, struct str text, size_t pos, uint64_t bytes,
                                struct hits *h)
{
    unsigned len = run_length(bytes);
    uint64_t unit = bytes_front(bytes, MAX(len, 1));
    if (first_has(x, unit))
        find_from(x, text, pos, PLACE_START, unit, MAX(len, 1), h);
    size_t end = pos + MAX(len, 1);
    while (len == 8) {
        len = run_length(bytes_load((const unsigned char *)text.p + end, text.n - end));
        end += len;
    }
    return end + (end < text.n && text.p[end] == ' '); /* no word begins with a blank */
}

static inline size_t find_wide(const struct lexicon *x, struct str text, size_t pos, uint64_t bytes,
                               struct hits *h)
{
    uint64_t unit;
    unsigned len = unit_read(bytes, text.n - pos, &unit), start = start_of(x, unit);
    if (start & START_ALONE)
        find_from(x, text, pos, PLACE_START, unit, len, h);
    if ((start & START_PAIR) && three_bytes(bytes) && three_bytes(bytes >> 24) && text.n - pos >= 6) {
        unit = bytes_front(bytes, 6);
        if (first_has(x, unit))
            find_from(x, text, pos, PLACE_PAIR, unit, 6, h);
    }
    return pos + len;
}

size_t lexicon_find(const struct lexicon *x, struct str text, struct arena *a, struct hit **hits)
{
    struct hits h = {.arena = a};
    for (size_t i = 0; i < text.n;) {
        uint64_t bytes = bytes_load((const unsigned char *)text.p + i, text.n - i);
        i = bytes & 0x80 ? find_wide(x, text, i, bytes, &h) : find_ascii(x, text, i, bytes, &h);
    }
    *hits = h.p;
    return h.n;
}
