#include "assess/terms/place.h"

uint32_t place_skip_marks(const struct sentence_view *v, uint32_t pos)
{
    for (;;) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (pos < v->end && (*p == ' ' || *p == '"'))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80 && p[2] >= 0x8C && p[2] <= 0x8F)
            pos += 3; /* 「 」 『 』 */
        else
            return pos;
    }
}

static bool letter_or_digit(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Marks that may stand before the first word: list marks, brackets. */
static uint32_t skip_opening(const struct sentence_view *v)
{
    uint32_t pos = v->start;
    while (pos < v->end) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (*p < 0x80 && !letter_or_digit(*p))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 &&
                 ((p[1] == 0x80 && p[2] <= 0xBF) || (p[1] == 0x83 && p[2] == 0xBB)))
            pos += 3;
        else if (pos + 3 <= v->end && p[0] == 0xE2)
            pos += 3;
        else
            return pos;
    }
    return pos;
}

bool place_is_end(const struct sentence_view *v, uint32_t pos)
{
    while (pos < v->end) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (*p < 0x80 && !letter_or_digit(*p))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80)
            pos += 3;
        else
            return false;
    }
    return true;
}

bool place_is_pause(const struct sentence_view *v, uint32_t pos)
{
    const unsigned char *p = (const unsigned char *)v->folded.p + pos;
    if (place_is_end(v, pos))
        return true;
    if (*p == ' ')
        return pos + 1 < v->end && (p[1] >= 0xE3 || strchr("-([/|", p[1]));
    if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80)
        return p[2] == 0x81 || p[2] == 0x82 || p[2] == 0x8D || p[2] == 0x8F; /* 、 。 」 』 */
    return strchr(",;:-()/", *p) != NULL;
}

size_t place_search(const struct sentence_view *v, uint32_t pos)
{
    size_t lo = 0, hi = v->hits;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (v->hit[mid].start < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t place_scan_hits(const struct sentence_view *v, uint32_t key, size_t i)
{
    while (i < v->hits && !kind_begins(v->terms, v->hit[i].kind, key))
        i++;
    return i;
}

static bool masked(const struct sentence_view *v, uint32_t start, uint32_t end)
{
    for (size_t i = 0; i < v->masks; i++)
        if (v->mask[i].start <= start && v->mask[i].end >= end &&
            v->mask[i].end - v->mask[i].start > end - start)
            return true;
    return false;
}

static void merge_keys(uint64_t *to, const uint64_t *from, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        to[k] |= from[k];
}

void place_fill(const struct sentence_view *v, struct word_place *x, unsigned slot)
{
    const struct terms *t = v->terms;
    unsigned n = x->pos < v->end ? lexicon_at(t->lexicon, v->folded, x->pos, x->hit) : 0;
    if (v->masks) {
        unsigned kept = 0;
        for (unsigned i = 0; i < n; i++)
            if (!masked(v, x->pos, x->hit[i].end))
                x->hit[kept++] = x->hit[i];
        n = kept;
    }
    x->n = n;
    x->cve = false;
    for (size_t i = v->cves ? place_first_hit(v, x->pos) : v->hits; i < v->hits && v->hit[i].start == x->pos;
         i++)
        x->cve |= v->hit[i].kind == LEXICON_CVE;
    if (n == 1 && !x->cve) { /* mostly */
        x->keys = t->begins + x->hit[0].kind * t->key_words;
        return;
    }
    uint64_t *keys = v->notes->place_keys + slot * t->key_words;
    memset(keys, 0, t->key_words * sizeof(*keys));
    for (unsigned i = 0; i < n; i++)
        merge_keys(keys, t->begins + x->hit[i].kind * t->key_words, t->key_words);
    if (x->cve)
        merge_keys(keys, t->begins + LEXICON_CVE * t->key_words, t->key_words);
    x->keys = keys;
}

/* By place: the first hit at or behind it. Eight places are written at a time; what is too many is
 * written again for the next hit. */
static void index_hits(struct sentence_view *v)
{
    uint8_t *first = v->notes->first_hit;
    uint32_t at = 0;
    for (size_t i = 0; i <= v->hits; i++) {
        uint32_t to = (i < v->hits ? v->hit[i].start : v->end) - v->start;
        uint64_t all = i * 0x0101010101010101U;
        for (uint32_t k = at; k <= to; k += 8)
            memcpy(first + k, &all, 8);
        at = MAX(at, to + 1);
    }
}

void place_begin(struct sentence_view *v)
{
    const struct terms *t = v->terms;
    struct sentence_notes *notes = v->notes;
    for (unsigned k = 0; k < PLACES; k++)
        v->at[k].pos = UINT32_MAX;
    notes->phrase_known = 0;
    v->opening = skip_opening(v);
    v->cves = false;
    for (size_t i = 0; i < v->hits; i++)
        v->cves |= v->hit[i].kind == LEXICON_CVE;
    v->indexed = false;
    if (v->hits > KEY_HITS)
        return;
    if (!notes->key_hits)
        notes->key_hits = arena_array(notes->arena, uint64_t, t->sought_keys);
    v->indexed = v->hits && v->hit[0].start >= v->start && v->end - v->start < FIRST_HIT_REACH;
    if (v->indexed)
        index_hits(v);
    for (size_t i = 0; i < v->hits; i++) {
        const uint32_t *from = &t->answers_from[v->hit[i].kind];
        for (uint32_t k = from[0]; k < from[1]; k++)
            notes->key_hits[t->answers[k]] |= (uint64_t)1 << i;
    }
}

void place_end(struct sentence_view *v)
{
    const struct terms *t = v->terms;
    for (size_t i = 0; i < v->hits && v->hits <= KEY_HITS; i++) {
        const uint32_t *from = &t->answers_from[v->hit[i].kind];
        for (uint32_t k = from[0]; k < from[1]; k++)
            v->notes->key_hits[t->answers[k]] = 0;
    }
}
