/* trace_text_in.h — the state of a text reader, shared by the trace_text*.c files. Not for others.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_IN_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_IN_H

#include "investigate/traces/trace_text.h"
#include "investigate/traces/trace_text_frame.h"
#include "investigate/traces/trace_text_source.h"

struct trace_text_mark { /* a record in the block */
    uint32_t start, end; /* bytes */
};

struct trace_text {
    const struct trace_kind *kind;
    const struct trace_text_kind *k;
    struct trace_input in;
    struct trace_text_source src;
    struct trace_text_file file;
    void *state; /* owns */
    enum trace_text_frame frame;
    bool indexed;      /* records are in mark */
    bool parses;       /* every row will be parsed: damage is counted there */
    struct str window; /* of the text; block is a part of it */
    struct str window_raw;
    uint64_t window_offset;
    size_t window_at; /* text behind the block */
    size_t taken;     /* raw bytes of the window to consume */
    bool last;        /* nothing comes behind the window */
    bool full;        /* the window cannot be larger */
    bool grow;        /* the next window must be */
    size_t counted;   /* in the block: line ends up to here are counted */
    uint64_t counted_lines;
    size_t back_text, back_raw;  /* in the window: a place of the text, and of the raw bytes */
    bool in_long;                /* within a line longer than the window */
    bool long_more;              /* the block is such a line's second or later piece */
    struct trace_text_scan scan; /* of the long record */
    struct trace_text_block block;
    uint64_t line; /* number of the first line behind the block */
    VEC(struct trace_text_mark) mark;
    struct trace_time clock;
    struct trace_coverage cover;
    when_t before; /* time of the row before; 0: none */
    struct trace_text_row row;
    struct trace_want all;
};

/* ---- trace_text_pass.c ---- */
/* Goes over the text from window_at: counts rows and times, applies headers, marks records. Returns
 * the bytes of the block; 0: what is there does not end, more is needed. *lines: line feeds in them. */
size_t trace_text_pass(struct trace_text *t, uint64_t *lines, uint64_t *rows);
/* ROW or TRACE_TEXT_CHANGE_ROW when a row begins with this line; CR goes. */
enum trace_text_line trace_text_look(const struct trace_text *t, struct str *line);

/* ---- trace_text_parse.c ---- */
/* s, or a well-formed copy that lives until the next row. */
struct str trace_text_clean(struct trace_text *t, struct str s);
/* The record in bytes [start, end) of the block. */
void trace_text_parse(struct trace_text *t, size_t start, size_t end, struct trace_record *out);
/* A record of a hit in a later piece of a long line. */
void trace_text_around(struct trace_text *t, size_t at, struct trace_record *out);

#endif
