/* lexicon.h — all words of all rules, and where they stand in a text. Private to this folder.
 *
 * Words and text are read in units: a run of letters and digits with the blank in
 * front of it (of long ones 8 bytes at a time), one other ASCII character, or one
 * character of UTF-8. Runs count only whole, so that a unit is one number, and a step along
 * a word is one look into a table of (where we are, unit) -> where we get:
 *
 *   "in the wild"   in | ' the' | ' wild'          悪用を   悪用 | を
 *
 * The first two characters of a Japanese word are one step, since single ones
 * begin too many words. Bit filters in front of the table tell at most
 * places of a text that no word searched for begins there.
 */
#ifndef TOBAN_ASSESS_TERMS_LEXICON_H
#define TOBAN_ASSESS_TERMS_LEXICON_H

#include "base/base.h"

#define CLASSES_MAX 1024
#define CLASS_WORDS (CLASSES_MAX / 64)
struct class_set {
    uint64_t bit[CLASS_WORDS];
};
static inline void class_set_add(struct class_set *s, unsigned c)
{
    s->bit[c / 64] |= (uint64_t)1 << (c % 64);
}
static inline void class_set_merge(struct class_set *to, const struct class_set *from)
{
    for (unsigned k = 0; k < CLASS_WORDS; k++)
        to->bit[k] |= from->bit[k];
}
static inline bool class_set_has(const struct class_set *s, unsigned c)
{
    return s->bit[c / 64] >> (c % 64) & 1;
}
/* The first class of the set that is not below c; CLASSES_MAX when there is none. */
static inline unsigned class_set_next(const struct class_set *s, unsigned c)
{
    if (c >= CLASSES_MAX)
        return CLASSES_MAX;
    unsigned k = c / 64;
    uint64_t left = s->bit[k] & ~(uint64_t)0 << (c % 64);
    while (!left) {
        if (++k == CLASS_WORDS)
            return CLASSES_MAX;
        left = s->bit[k];
    }
    return k * 64 + (unsigned)__builtin_ctzll(left);
}
/* One word found. Words that stand in the same lists are of one kind: few differ, so what hangs on
 * them stays in the cache. */
struct hit {
    uint32_t start, end;
    uint32_t kind;
};
#define KINDS_MAX 0x7FFE
#define LEXICON_CVE 0 /* the kind of any CVE identifier, and of nothing else */
#define LEXICON_AT_MAX 16

struct lexicon;
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *x);
/* The word is not copied and not needed any more. Words not searched for are found by lexicon_at only. */
int lexicon_add(struct lexicon *x, struct str word, unsigned class_id, bool searched,
                struct err *e) MUST_CHECK;
void lexicon_add_cve(struct lexicon *x, unsigned class_id);
int lexicon_compile(struct lexicon *x, struct err *e) MUST_CHECK;
/* By kind: the lists that hold its words. */
const struct class_set *lexicon_kinds(const struct lexicon *x, size_t *n);
/* All searched words in order of their starts, shortest first; *hits is in the arena. */
size_t lexicon_find(const struct lexicon *x, struct str text, struct arena *a, struct hit **hits);
/* Words that begin exactly at pos, searched or not, shortest first. */
unsigned lexicon_at(const struct lexicon *x, struct str text, uint32_t pos, struct hit hit[LEXICON_AT_MAX]);

#endif
