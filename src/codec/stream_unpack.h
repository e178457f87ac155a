/* stream_unpack.h — the gzip and zstd machines behind stream.h; only stream.c uses it.
 *
 * Bytes in, bytes out, no files. Knows when a packed input ends properly, so
 * that a truncated one is never taken for a whole one. One thread at a time.
 */
#ifndef TOBAN_CODEC_STREAM_UNPACK_H
#define TOBAN_CODEC_STREAM_UNPACK_H

#include "base/base.h"

enum stream_packing { STREAM_PLAIN, STREAM_GZIP, STREAM_ZSTD };

/* Judges by the first bytes (RFC 1952 section 2.3.1; RFC 8878 sections 3.1.1 and 3.1.2). */
enum stream_packing stream_unpack_detect(const unsigned char *p, size_t n);

struct stream_unpack; /* owns the library's state */
struct stream_unpack *stream_unpack_new(enum stream_packing kind);
void stream_unpack_free(struct stream_unpack *u);

/* Takes from *in (advances it), writes up to n bytes at out. Returns bytes written,
 * or a negative enum err_code with e filled, without the name of the input. 0 means:
 * more input is needed, or, when the input is at its end (last), that all is done. */
int64_t stream_unpack_run(struct stream_unpack *u, struct str *in, bool last, void *out, size_t n,
                          struct err *e) MUST_CHECK;

#endif
