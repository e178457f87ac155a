/* text_reader.h — the state shared by the parts of text.c: what has been read and written so far.
 */
#ifndef TOBAN_CODEC_TEXT_READER_H
#define TOBAN_CODEC_TEXT_READER_H

#include "codec/text.h"

struct text_run {
    uint32_t folded, source; /* from here on both advance together until the next run */
};

struct text_reader {
    struct arena *arena;
    struct str src;
    size_t pos; /* next byte of src */
    char *dst;
    size_t n, cap;
    struct text_run *run;
    size_t runs, run_cap;
    struct text_sentence *sentence;
    size_t sentences, sentence_cap;
    uint32_t delta; /* source minus folded offset of the last run, modulo 2^32 */

    struct text_sentence cur; /* start, from, … of the sentence that is open */
    bool open, blank, opens_block;
    uint32_t last_to; /* source end of the last character that was not blank */
    uint32_t ja;      /* Japanese characters of the open sentence */
    unsigned depth;   /* of 「 */
    uint64_t ja_all;

    uint32_t row;
    uint16_t column;
    bool cells;         /* the row has cells */
    bool html_row;      /* between <tr> and </tr>: line breaks are blanks */
    uint32_t cell_from; /* source offset of the <td>, +1; 0 when none is open */
    size_t cell_first;  /* index of the first sentence of the open cell */

    size_t line_start;
    size_t par_end, par_width; /* paragraph known up to here, its widest line in columns */
    unsigned par_lines;
    size_t comments_end;
};

/* Does the text go on over the line break before src[next]? Judged from the line that ends at end. */
bool text_reader_wraps(struct text_reader *r, size_t end, size_t next);
/* Is there a list mark, heading mark or nothing at src[at]? */
bool text_reader_line_opens_block(const struct text_reader *r, size_t at);

/* Is the '.', '!' or '?' at src[pos] the end of a sentence? */
bool text_reader_full_stop(const struct text_reader *r, char c);

enum text_tag {
    TEXT_TAG_NONE,
    TEXT_TAG_INLINE,
    TEXT_TAG_BREAK,
    TEXT_TAG_BLOCK,
    TEXT_TAG_ROW,
    TEXT_TAG_CELL,
    TEXT_TAG_HIDDEN
};
/* Reads a tag or comment at s.p[0] == '<': its length, and what it means; 0 when it is text.
 * comments_end: bytes from the last "-->" of the source to its end; a "<!--" with fewer bytes behind it is
 * text. */
size_t text_reader_tag(struct str s, size_t comments_end, enum text_tag *kind, bool *closing);

#endif
