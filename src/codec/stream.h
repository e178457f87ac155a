/* stream.h — bytes from somewhere, a block at a time: a file, memory, standard
 * input, and the same packed with gzip or zstd (recognised by content).
 *
 * Bounded: at most `limit` unpacked bytes are ever given (ERR_LIMIT after), and a
 * packed input that grows more than LIMIT_INFLATE_RATIO times is a bomb (ERR_LIMIT).
 * A truncated packed input is ERR_INPUT. Concatenated gzip members are one stream.
 * One thread at a time.
 */
#ifndef TOBAN_CODEC_STREAM_H
#define TOBAN_CODEC_STREAM_H

#include "base/base.h"

struct stream; /* owns its file descriptor and its buffers */

/* Opens a path; "-" is standard input. Unpacks gzip and zstd. name is for messages. */
int stream_open(struct stream **out, const char *path, uint64_t limit, struct err *e) MUST_CHECK;
/* Reads from borrowed memory, which must outlive the stream. Unpacks gzip and zstd. */
int stream_open_mem(struct stream **out, const char *name, struct str bytes, uint64_t limit, struct err *e) MUST_CHECK;
/* Takes fd. */
int stream_open_fd(struct stream **out, const char *name, int fd, uint64_t limit, struct err *e) MUST_CHECK;
void stream_free(struct stream *s);

/* Reads up to n bytes into p. *got is 0 only at the end. */
int stream_read(struct stream *s, void *p, size_t n, size_t *got, struct err *e) MUST_CHECK;
/* All of the rest into b (whose max counts: ERR_LIMIT). */
int stream_read_all(struct stream *s, struct buf *b, struct err *e) MUST_CHECK;
/* The next line, without LF or CRLF, valid until the next call. Returns 1 with a
 * line, 0 at the end, negative on error. A line longer than max is cut at max,
 * *cut is set, and the rest of it is skipped. */
int stream_line(struct stream *s, size_t max, struct str *line, bool *cut, struct err *e) MUST_CHECK;

const char *stream_name(const struct stream *s);
uint64_t stream_in(const struct stream *s);  /* raw bytes consumed */
uint64_t stream_out(const struct stream *s); /* unpacked bytes given */
uint64_t stream_size(const struct stream *s); /* raw size when known, else 0 */

/* A whole file, unpacked. */
int stream_slurp(const char *path, struct buf *b, struct err *e) MUST_CHECK;

#endif
