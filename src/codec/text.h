/* text.h — prose prepared for reading by rules: folded, cut in sentences, every byte traceable to the source.
 *
 * Folding: NFKC (UAX #15) and case folding character by character, so that
 * full-width "ＣＶＥ", half-width "ｾﾞﾛﾃﾞｲ" and "Cve" are read alike; across
 * characters only kana and their voicing marks are composed. Typographic quotes
 * and hyphens become ASCII; a hyphen between two letters becomes a space
 * ("proof-of-concept"); runs of blanks become one space; invisible characters
 * vanish; bytes that are not UTF-8 become U+FFFD.
 * HTML tags vanish, entities are resolved; what is not a known tag is text.
 *
 * Sentences end at 。！？ outside of 「…」, at . ! ? before a blank (not after
 * abbreviations, in numbers or before a lower-case letter), at table cells and
 * tabs, " | ", block tags, blank lines and list marks. A line break alone does
 * not end a sentence when the lines look wrapped (Japanese text is often wrapped at
 * 35 to 40 columns in the middle of a word); such a break vanishes between
 * Japanese characters and is a space elsewhere.
 *
 * Offsets are bytes, 32 bit. Pure; threads: each call its own arena.
 */
#ifndef TOBAN_CODEC_TEXT_H
#define TOBAN_CODEC_TEXT_H

#include "base/base.h"

enum text_script { TEXT_EN = 1, TEXT_JA = 2 }; /* bits: a sentence may call for both */

struct text_sentence {
    uint32_t start, end; /* in folded, without the '\n' behind it */
    uint32_t from, to;   /* in source, trimmed; of a table cell with its <td> and </td> */
    uint32_t row;        /* counts lines and table rows; cells of one row share it */
    uint16_t column;     /* of the cell in its row, from 0 */
    uint8_t script;      /* enum text_script bits, never 0 */
    bool cell;           /* one of several cells of a row */
    bool opens_block;    /* first after a blank line, a block tag or a list mark */
};

struct text {
    struct str source; /* borrowed */
    struct str folded; /* sentences, each followed by '\n'; in the arena */
    const struct text_sentence *sentence;
    size_t sentences;
    const struct text_run *run; /* private: where source and folded run in step */
    size_t runs;
    bool japanese; /* most of it */
};

/* ERR_LIMIT when source is longer than LIMIT_NOTICE_TEXT. */
int text_read(struct str source, struct arena *a, struct text *out, struct err *e) MUST_CHECK;

/* Where in source the character at (or, for ends, before) this offset of folded begins (ends). */
uint32_t text_source_start(const struct text *t, uint32_t folded);
uint32_t text_source_end(const struct text *t, uint32_t folded);

/* Folds a word of a rule or an ASCII table the same way; the copy is in the arena. */
struct str text_fold_word(struct str word, struct arena *a);

/* The next CVE identifier in folded text at or behind *pos: "cve-2021-26855", also with blanks or
 * without the first hyphen. Sets [*pos, *end) to its place and writes "CVE-2021-26855" to id. */
#define TEXT_CVE_SIZE 32
bool text_cve_next(struct str folded, uint32_t *pos, uint32_t *end, char id[TEXT_CVE_SIZE]);

#endif
