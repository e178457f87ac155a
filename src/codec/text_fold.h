/* text_fold.h — one character to its folded form.
 */
#ifndef TOBAN_CODEC_TEXT_FOLD_H
#define TOBAN_CODEC_TEXT_FOLD_H

#include "base/base.h"

#define TEXT_FOLD_MAX 128 /* bytes one character can become */

/* Decodes one character of s (not empty): its length, *cp = U+FFFD when the bytes are not UTF-8. */
size_t text_fold_decode(struct str s, uint32_t *cp);
/* Folded form of cp as UTF-8 in out; 0 bytes for what is invisible. Blanks give " ". */
size_t text_fold_char(uint32_t cp, char out[TEXT_FOLD_MAX]);
/* Kana cp (katakana or hiragana) with a voicing mark: mark 0x3099 or 0x309A. 0 when they do not join. */
uint32_t text_fold_voiced(uint32_t cp, uint32_t mark);
/* U+3099, U+309A and their half- and full-width forms: the combining mark; else 0. */
uint32_t text_fold_mark(uint32_t cp);
size_t text_fold_encode(uint32_t cp, char out[4]);

#endif
