/* tempfile.h — bytes on their way to disk: a new file in a given directory,
 * hashed while it is written, with a maximum.
 *
 * The file is named ".part-XXXXXX", mode 0600, and is removed by release unless
 * it was renamed and `path` given up (tempfile_forget). What a crash leaves
 * behind is found by that prefix. One thread at a time.
 */
#ifndef TOBAN_NET_TEMPFILE_H
#define TOBAN_NET_TEMPFILE_H

#include "base/base.h"
#include "net/sha256.h"

#define TEMPFILE_PREFIX ".part-"

struct tempfile {
    int fd;                  /* owns; open for reading and writing; 0 in a zeroed struct means none */
    bool open;
    char *path;              /* owns the string and, while set, the file */
    uint64_t size, limit;    /* limit: bytes, at most */
    char sha256[SHA256_HEX]; /* after tempfile_seal */
    struct sha256 hash;
};

int tempfile_open(struct tempfile *t, const char *dir, uint64_t limit, struct err *e) MUST_CHECK;
/* ERR_LIMIT when the maximum would be crossed (nothing is written then). */
int tempfile_add(struct tempfile *t, const void *p, size_t n, struct err *e) MUST_CHECK;
/* Forgets all bytes. */
int tempfile_reset(struct tempfile *t, struct err *e) MUST_CHECK;
/* Ends writing: sets sha256 and puts fd back to the beginning. */
int tempfile_seal(struct tempfile *t, struct err *e) MUST_CHECK;
/* The file lives on under another name: release will not remove it. */
void tempfile_forget(struct tempfile *t);
void tempfile_release(struct tempfile *t); /* accepts NULL and a zeroed struct */
/* The error for a failed write of path, from errno: a full disk says so. */
int tempfile_write_error(const char *path, struct err *e);

#endif
