/* trace_text.h — text traces as blocks of whole lines first, as records only where somebody asks.
 *
 * A sweep looks for thousands of patterns and finds few. So the reader hands out
 * blocks of complete lines (about TRACE_TEXT_BLOCK bytes) to be searched as they
 * are, and parses a line into a record when there is a hit in it:
 *
 *   while ((rc = trace_text_block(t, &b, e)) > 0)
 *       for each hit at offset `at` in b.bytes:
 *           if (trace_text_row(t, at, &record, &end)) … go on behind end …
 *
 * Line numbers and source offsets are worked out for the lines asked for. Rows and
 * first and last time are counted for every block, hit or not.
 *
 * What a reader must remember of earlier lines (columns named by "#Fields", the date)
 * is the same for all rows of a block: where it changes, a block ends.
 *
 * One decoder stands in front of all kinds: UTF-8, UTF-16LE/BE with or without BOM,
 * CP932, EUC-JP, ISO-2022-JP, found by content (charset.h). Blocks are UTF-8 then;
 * number and offset are those of the file. A file taken for UTF-8 is not copied, so
 * damaged characters stand in its blocks as they are; records are always well-formed.
 *
 * A line (or record) longer than LIMIT_LINE comes as several blocks with part set, each
 * beginning with the last TRACE_TEXT_OVERLAP bytes of the one before, so that all of it
 * is searched; its beginning is parsed as a row with `cut` set, and a hit behind
 * it gives a record with the text around the hit and no fields.
 *
 * In blocks a row without a readable time counts as damaged where its format demands one;
 * trace_text_read, which parses every row, counts and reports what parsing finds.
 *
 * Bounded: one window of LIMIT_LINE and its UTF-8. Pure. Threads: one reader, one thread.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_H

#include "codec/charset.h"
#include "investigate/traces/trace.h"
#include "investigate/traces/trace_time.h"

#define TRACE_TEXT_BLOCK (256 * KIB)
#define TRACE_TEXT_OVERLAP (4 * KIB)
#define TRACE_TEXT_AROUND 512 /* bytes shown on each side of a hit far behind a line's beginning */

/* ---- for the sweep ---- */

struct trace_text; /* owns its window; borrows input, kind and want */

struct trace_text_block {
    struct str
        bytes; /* whole lines with their LF; the file's last may have none. Valid until the next block */
    uint64_t offset; /* of its first byte in the unpacked file */
    uint64_t line;   /* number of its first line, from 1 */
    uint64_t rows;   /* records in it */
    bool part;       /* of a line longer than LIMIT_LINE */
};

/* kind->text must not be NULL (ERR_USAGE). want may be NULL: everything. */
int trace_text_open(struct trace_text **out, const struct trace_kind *kind, const struct trace_input *in,
                    const struct trace_want *want, struct err *e) MUST_CHECK;
void trace_text_free(struct trace_text *t);
/* The next block: 1, 0 at the end, negative when the input fails. */
int trace_text_block(struct trace_text *t, struct trace_text_block *b, struct err *e) MUST_CHECK;
/* The row of the current block in which byte `at` lies, parsed; false when it lies in a header,
 * a comment or an empty line. *end (may be NULL): the offset behind the row, also when false.
 * The record is valid until the next call for this reader. A row that cannot be
 * read has no fields and says why in damage. */
bool trace_text_row(struct trace_text *t, size_t at, struct trace_record *out, size_t *end);
/* What has been seen so far, added to c. */
void trace_text_cover(const struct trace_text *t, struct trace_coverage *c);
/* What is to be said about the file as a whole, translated ("no header: …"); NULL: nothing. */
const char *trace_text_note(const struct trace_text *t);
enum charset trace_text_charset(const struct trace_text *t);

/* ---- for the kinds ---- */

/* trace_kind.read of a text kind. */
int trace_text_read(const struct trace_kind *kind, const struct trace_input *in,
                    const struct trace_want *want, const struct trace_sink *sink,
                    struct trace_coverage *coverage, struct err *e);
/* The first lines of a head for sniff(), as UTF-8 without BOM: at most n bytes into out. */
struct str trace_text_head(struct str head, char *out, size_t n);
#define TRACE_TEXT_HEAD 4096
/* Where needle (not empty) is in a head, ASCII case-blind, or STR_NONE: every kind asks, of every file. */
size_t trace_text_find(struct str head, struct str needle);

/* What a kind may know about the file. Lives as long as the reader. */
struct trace_text_file {
    struct str name; /* last part of the path */
    when_t modified; /* 0: unknown */
    int zone_s;      /* for times without a zone */
    const struct trace_want *want;
    const char *note; /* the kind sets it, see trace_text_note */
};

/* The row being parsed. */
struct trace_text_row {
    struct trace_record rec;       /* text, number, offset, bytes are set; parse fills the rest */
    VEC(struct trace_field) field; /* becomes rec.field unless parse sets that itself */
    struct arena arena;            /* for values that cannot stay in place; empty before each row */
    const struct trace_text_file *file;
    bool unwanted; /* parse sets it: not among want->event; counted, not handed out */
};
void trace_text_add(struct trace_text_row *r, struct str name, struct str value);

/* What a line is. */
enum trace_text_line {
    TRACE_TEXT_ROW,       /* a record, or the beginning of one */
    TRACE_TEXT_MORE,      /* continues the record before it (only with `indexed`) */
    TRACE_TEXT_SKIP,      /* a comment, an empty line */
    TRACE_TEXT_CHANGE,    /* a header: change() is called before rows behind it are read */
    TRACE_TEXT_CHANGE_ROW /* a row before which change() must be called */
};

/* How records lie in the text. */
enum trace_text_frame { TRACE_TEXT_LINES, TRACE_TEXT_JSON, TRACE_TEXT_XML };

/* state is `size` zeroed bytes per file. Lines come without LF and CR. All but parse may be NULL. */
struct trace_text_kind {
    size_t size;
    enum trace_text_frame frame;
    bool iso_first; /* rows begin with a UTC date and time ("2021-03-14T01:40:19", "2021-03-14 01:40:19"):
                       those that do need no look() and no time() */
    bool indexed;   /* records may have several lines */
    bool timed;     /* a row without a time is damaged */
    bool utf8;      /* UTF-8 unless it is UTF-16: lines in another encoding are decoded one by one */
    bool sparse;    /* time() only for the first and last row of a block */
    /* head: the first bytes in UTF-8. file outlives state. */
    void (*begin)(void *state, struct trace_text_file *file, struct str head);
    void (*end)(void *state);
    enum trace_text_line (*look)(const void *state, struct str line);
    void (*change)(void *state, struct str line);
    /* With `indexed`: where in a line, behind from, another record begins; line.n when none does. */
    size_t (*inner)(const void *state, struct str line, size_t from);
    /* WHEN_NONE when it has none. Called for rows in order. */
    when_t (*time)(void *state, struct str row);
    /* 0 lines, else JSON or XML: for kinds whose frame depends on the file. */
    enum trace_text_frame (*framed)(const void *state);
    /* Fills r. NULL, or why nothing could be read (translated). */
    const char *(*parse)(void *state, struct trace_text_row *r, struct str text);
};

#endif
