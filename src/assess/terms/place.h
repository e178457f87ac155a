/* place.h — the words of one sentence by their places: what the matcher asks most. Private to this folder.
 *
 * Words searched for (the hits) are known before the first rule is tried. For
 * each key, the set of classes of which one must begin something, the bits of the
 * hits that answer it are set at once, as few keys hang on one kind of word. All
 * other words are looked up where a pattern asks for them, and remembered.
 */
#ifndef TOBAN_ASSESS_TERMS_PLACE_H
#define TOBAN_ASSESS_TERMS_PLACE_H

#include "assess/terms/engine.h"

/* Before the first rule of a sentence, and behind its last one. */
void place_begin(struct sentence_view *v);
void place_end(struct sentence_view *v);

/* Blanks and quotation marks may stand between adjacent elements. */
uint32_t place_skip_marks(const struct sentence_view *v, uint32_t pos);
static inline uint32_t place_skip(const struct sentence_view *v, uint32_t pos)
{
    const unsigned char *p = (const unsigned char *)v->folded.p + pos;
    if (pos >= v->end || (*p > '"' && (*p != 0xE3 || v->end - pos < 3 || p[1] != 0x80)))
        return pos;
    return place_skip_marks(v, pos);
}
bool place_is_end(const struct sentence_view *v, uint32_t pos);
/* The end, a mark of punctuation, or a blank before Japanese: headlines use it for a full stop. */
bool place_is_pause(const struct sentence_view *v, uint32_t pos);

size_t place_search(const struct sentence_view *v, uint32_t pos);
/* The first hit at or behind pos, which is in the sentence or right behind it; v->hits when there is none. */
static inline size_t place_first_hit(const struct sentence_view *v, uint32_t pos)
{
    return v->indexed && pos <= v->end ? v->notes->first_hit[pos - v->start] : place_search(v, pos);
}

size_t place_scan_hits(const struct sentence_view *v, uint32_t key, size_t i);
/* The first hit at or behind i that answers the key; v->hits when there is none. */
static inline size_t place_next_hit(const struct sentence_view *v, uint32_t key, size_t i)
{
    if (v->hits > KEY_HITS)
        return place_scan_hits(v, key, i);
    uint64_t left = i < KEY_HITS ? v->notes->key_hits[key] >> i : 0;
    return left ? i + (size_t)__builtin_ctzll(left) : v->hits;
}

void place_fill(const struct sentence_view *v, struct word_place *x, unsigned slot);
/* The words that begin at pos. Valid until the next call. */
static inline const struct word_place *place_words(struct sentence_view *v, uint32_t pos)
{
    unsigned slot = pos % PLACES;
    struct word_place *x = &v->at[slot];
    if (x->pos != pos) {
        x->pos = pos;
        place_fill(v, x, slot);
    }
    return x;
}

static inline bool place_begins(const struct word_place *x, uint32_t key)
{
    return x->keys[key / 64] >> (key % 64) & 1;
}

#endif
