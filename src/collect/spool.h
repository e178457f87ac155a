/* spool.h — the bytes as they came, kept under their SHA-256: what every notice
 * can be traced back to.
 *
 * A directory: ab/cdef… (the first two and the other 62 hex digits) and tmp/,
 * where files are written before they are renamed into place. A file appears whole
 * or not at all: written, fsync, rename, fsync of the directory. The same bytes
 * are kept once; putting them again refreshes their age, and replaces a copy that
 * was damaged. Files are read-only (0400), directories 0700.
 *
 * Threads and processes: any number may put, open and prune at the same time; a
 * document pruned just as it is put again may be lost if it is not in `keep`.
 */
#ifndef TOBAN_COLLECT_SPOOL_H
#define TOBAN_COLLECT_SPOOL_H

#include "base/base.h"
#include "codec/stream.h"
#include "net/sha256.h"
#include "net/tempfile.h"

struct spool_id {
    char hex[SHA256_HEX];
};

struct spool; /* owns its path; holds no open file */

/* Makes the directory (its parent must exist) when it is not there. */
int spool_new(struct spool **out, const char *dir, struct err *e) MUST_CHECK;
void spool_free(struct spool *s);
/* Where files for spool_take are made: http_request.dir. Borrowed. */
const char *spool_tmp(const struct spool *s);

/* Takes a sealed file made in spool_tmp. On failure it still belongs to the caller; in both
 * cases its descriptor stays usable until tempfile_release. */
int spool_take(struct spool *s, struct tempfile *t, struct spool_id *id, struct err *e) MUST_CHECK;
/* Copies bytes. */
int spool_put(struct spool *s, struct str bytes, struct spool_id *id, struct err *e) MUST_CHECK;

bool spool_has(const struct spool *s, const char *hex);
/* The document, unpacked by content; at most limit bytes. ERR_NOT_FOUND when it is not (or no longer) kept. */
int spool_open(const struct spool *s, const char *hex, uint64_t limit, struct stream **out, struct err *e) MUST_CHECK;
/* Are the bytes still those? ERR_INPUT when not, ERR_NOT_FOUND when gone. */
int spool_verify(const struct spool *s, const char *hex, struct err *e) MUST_CHECK;

struct spool_policy {
    when_t now;
    when_t max_age;         /* microseconds since last put; 0 = any */
    uint64_t max_bytes;     /* of all files; 0 = any. The oldest go first */
    const struct spool_id *keep; /* these stay whatever the rest says; sorted by hex (spool_id_cmp) */
    size_t keep_n;
};

struct spool_pruned {
    uint64_t files, bytes;         /* left */
    uint64_t gone_files, gone_bytes;
    uint64_t leftovers;            /* unfinished files of a crash, older than a day */
    bool over;                     /* still above max_bytes: what is kept by name needs more */
};

/* Removes what the policy does not keep. Foreign files are left alone. */
int spool_prune(struct spool *s, const struct spool_policy *p, struct spool_pruned *out, struct err *e) MUST_CHECK;
/* For qsort and bsearch over struct spool_id. */
int spool_id_cmp(const void *a, const void *b);

#endif
