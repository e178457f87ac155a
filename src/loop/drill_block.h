/* drill_block.h — the blocks and fields of a drill (drill_pack.h). Private to drill_pack.c. Pure. */
#ifndef TOBAN_LOOP_DRILL_BLOCK_H
#define TOBAN_LOOP_DRILL_BLOCK_H

#include "loop/drill_pack.h"

struct drill_field {
    struct str key, value;
    unsigned long line;
};
struct drill_block {
    const char *file;
    struct str kind, head; /* first word, and what stands behind it */
    unsigned long line;
    struct drill_field *field;
    size_t field_n;
};

/* Calls each for every block, in order; a negative return ends the reading. */
int drill_block_each(struct str text, const char *file, struct arena *a, int (*each)(void *ctx, const struct drill_block *b),
                     void *ctx, struct err *e) MUST_CHECK;
/* ERR_INPUT at the line of the field, or of the block: "notice, lang: TEXT". text is translated already. */
int drill_block_err(const struct drill_block *b, struct err *e, const char *key, const char *text);
/* No other fields than these (blanks between). */
int drill_block_keys(const struct drill_block *b, const char *keys, struct err *e) MUST_CHECK;
/* First value; "" when absent. */
struct str drill_block_get(const struct drill_block *b, const char *key);
/* All values joined by newlines, of prefix + "ja" and prefix + "en". */
struct drill_text drill_block_text(const struct drill_block *b, const char *prefix, struct arena *a);
/* The words of all values. */
struct str *drill_block_words(const struct drill_block *b, const char *key, struct arena *a, size_t *n);
int drill_block_when(const struct drill_block *b, struct str s, struct drill_when *out, struct err *e) MUST_CHECK;
/* Fields product, cpe, affected and cvss of a record. */
int drill_block_ranges(const struct drill_block *b, struct vuln *v, struct arena *a, struct err *e) MUST_CHECK;

#endif
