/* name_fold.h — a product name, or prose, in the two forms names are compared in.
 *
 * flat: NFKC and case folding (codec/text_fold.h), kana voicing joined; separators
 *   kept. "(R)", "(TM)" and their signs become a space. Versions are read from it.
 * key:  flat without separators, so that "BIG-IP", "BigIP" and "Big IP" are one; a
 *   dot between digits or before a word (".NET") stays, and "++" and "#" behind a letter ("C++", "C#"). Kana:
 *   hiragana as katakana, small as large, the long-vowel mark dropped ("サーバー" =
 *   "サーバ", "ウィルス" = "ウイルス"; a mark not behind kana is a hyphen).
 *
 * An edge is where a name may begin or end: where the kind of character changes
 * (letter, digit, katakana), where something separated, and beside every kanji or
 * hiragana, which carry no word boundaries. Inside a number with dots there is none.
 *
 * Everything is in the arena; offsets are bytes. Pure.
 */
#ifndef TOBAN_IDENTIFY_NAME_FOLD_H
#define TOBAN_IDENTIFY_NAME_FOLD_H

#include "base/base.h"

enum name_class { NAME_C_NONE, NAME_C_LETTER, NAME_C_DIGIT, NAME_C_KATA, NAME_C_HIRA, NAME_C_HAN };

/* What stood before a character of the key. */
enum name_sep { NAME_SEP_NONE, NAME_SEP_SOFT /* - _ . / ・ ' & */, NAME_SEP_SPACE, NAME_SEP_HARD };

#define NAME_F_SEP 3u /* mask: enum name_sep */
#define NAME_F_EDGE 4u
#define NAME_F_PAREN 8u  /* inside brackets of any kind */
#define NAME_F_FIRST 16u /* first byte of a character */
#define NAME_F_CLASS 5   /* shift: enum name_class */

struct name_fold {
    struct str flat;
    uint32_t *from, *to; /* of each byte of flat: its character in the source */
    struct str key;
    uint32_t *at;  /* of each byte of key: its place in flat; at[key.n] = flat.n */
    uint8_t *mark; /* of each byte of key, NAME_F_*; mark[key.n] is an edge */
};

/* ERR_LIMIT when source is longer than LIMIT_NOTICE_TEXT. */
int name_fold(struct str source, struct arena *a, struct name_fold *out, struct err *e) MUST_CHECK;
/* Only the key. */
struct str name_fold_key(struct str source, struct arena *a);

static inline bool name_edge(const struct name_fold *f, size_t i)
{
    return (f->mark[i] & NAME_F_EDGE) != 0;
}
static inline enum name_sep name_sep(const struct name_fold *f, size_t i)
{
    return (enum name_sep)(f->mark[i] & NAME_F_SEP);
}
static inline enum name_class name_class(const struct name_fold *f, size_t i)
{
    return (enum name_class)(f->mark[i] >> NAME_F_CLASS);
}

#endif
