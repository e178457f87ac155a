/* name_scan.h — a folded name cut into what its parts are: vendor, product, version, update, noise, words.
 *
 * Greedy from the left, the longest alias first. Segments are in the arena and
 * borrow the fold. At most NAME_SEGS; what is behind them is one word.
 */
#ifndef TOBAN_IDENTIFY_NAME_SCAN_H
#define TOBAN_IDENTIFY_NAME_SCAN_H

#include "identify/name_rules.h"

#define NAME_SEGS 64

enum name_seg_kind {
    NAME_SEG_WORD,
    NAME_SEG_VENDOR,
    NAME_SEG_PRODUCT,
    NAME_SEG_NOISE,
    NAME_SEG_UPDATE,
    NAME_SEG_VERSION
};

struct name_seg {
    enum name_seg_kind kind;
    uint32_t at, n;      /* in the key */
    size_t first, count; /* VENDOR, PRODUCT: keys of equal text (both kinds may be among them) */
    struct str text;     /* WORD, VERSION: from flat; UPDATE: the number, with a letter behind it */
    uint32_t ref;        /* UPDATE: index */
    bool paren;          /* in brackets */
    bool build;          /* VERSION: "build" stood before it */
    bool both;           /* PRODUCT whose alias is a vendor's name as well */
};

struct name_scan {
    struct name_seg *seg;
    size_t n;
};

void name_scan(const struct name_rules *r, const struct name_fold *f, struct arena *a, struct name_scan *out);

#endif
