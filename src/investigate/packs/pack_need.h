/* pack_need.h — what every match of an expression must have: where a search for thousands of them begins.
 *
 * An expression is read as runs of bytes and byte classes that stand side by side; between runs lies what may be of
 * any length. Of each run all its alternatives are one set of texts, one of which every match has. The least
 * ordinary (pack_rare.h) set is given out and, where only one repeated class lies between it and the next run, that
 * class and run. What is not understood gives no set: never a wrong one.
 *
 * One builder, one thread; what was found lives as long as the builder.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_NEED_H
#define TOBAN_INVESTIGATE_PACKS_PACK_NEED_H

#include "base/base.h"
#include "investigate/packs/pack_regex.h"

#define PACK_NEED_LENGTH 48 /* of a text */
#define PACK_NEED_TEXTS 64  /* of a set */

struct pack_need_class {
    uint64_t bit[4]; /* of each byte */
};
/* Below 256 a byte, lower case when the expression is case-blind; from there on class[code - 256]. */
struct pack_need_text {
    const uint16_t *code;
    uint32_t n;
};
struct pack_need {
    struct arena a;
    VEC(struct pack_need_class) class;
    VEC(struct pack_need_text) text;
};

/* What stands behind the texts found: from 0 to max bytes of a class (code as in pack_need_text), then one of n
 * texts. n 0: not known. */
struct pack_need_follow {
    uint16_t code;
    uint32_t max;
    size_t first, n; /* in k->text */
};

/* Appends the texts to k->text, each with at least `window` bytes side by side: those up to f->first, behind
 * them those that follow. False (and none) when there is no such set. Subjects of a case-blind expression must be in
 * lower case. */
bool pack_need_find(struct pack_need *k, const struct pack_regex *r, size_t window, struct pack_need_follow *f);
void pack_need_release(struct pack_need *k);

static inline bool pack_need_is(const struct pack_need_class *class, uint16_t code, unsigned char c)
{
    return code < 256 ? code == c : (class[code - 256].bit[c / 64] >> (c % 64) & 1) != 0;
}

#endif
