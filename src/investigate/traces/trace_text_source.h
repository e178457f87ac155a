/* trace_text_source.h — the window of raw bytes under trace_text.c, and its UTF-8. Not for others.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_SOURCE_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_SOURCE_H

#include "codec/charset.h"
#include "investigate/traces/trace.h"

struct trace_text_source {
    const struct trace_input *in; /* borrows */
    uint64_t in_at;               /* bytes fetched from in */
    char *raw;                    /* owns, LIMIT_LINE bytes */
    size_t at, n;                 /* raw[at, n) is not consumed yet */
    uint64_t offset;              /* of raw[at] in the file */
    bool eof;                     /* nothing comes behind raw[n) */
    enum charset charset;
    bool converted; /* the text is not raw itself */
    struct buf text;
};

/* Reads the head and finds the encoding. utf8: take it for UTF-8 unless it is UTF-16. */
int trace_text_source_open(struct trace_text_source *s, const struct trace_input *in, bool utf8,
                           struct err *e) MUST_CHECK;
void trace_text_source_close(struct trace_text_source *s);
/* At least want (<= LIMIT_LINE) unconsumed bytes, or all there are. */
int trace_text_source_fill(struct trace_text_source *s, size_t want, struct err *e) MUST_CHECK;
void trace_text_source_take(struct trace_text_source *s, size_t n);
/* Unconsumed bytes. */
struct str trace_text_source_bytes(const struct trace_text_source *s);
/* Bytes of b up to and with its last (first, k-th) line end; 0 (for k-th: b.n) when there is none. */
size_t trace_text_source_last(const struct trace_text_source *s, struct str b);
size_t trace_text_source_first(const struct trace_text_source *s, struct str b);
size_t trace_text_source_lines(const struct trace_text_source *s, struct str b, uint64_t k);
/* Largest n of b that does not end within a character (as far as that can be told). */
size_t trace_text_source_clip(const struct trace_text_source *s, struct str b);
/* b as UTF-8: b itself, or the text buffer. */
int trace_text_source_text(struct trace_text_source *s, struct str b, struct str *text,
                           struct err *e) MUST_CHECK;
/* How many bytes of b the first n bytes of its text were. */
size_t trace_text_source_back(const struct trace_text_source *s, struct str b, struct str text, size_t n);

#endif
