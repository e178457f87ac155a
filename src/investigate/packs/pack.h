/* pack.h — indicator packs: the contract of every reader, and the life of a pack.
 *
 * One format is one file pack_NAME.c holding one `const struct pack_kind pack_NAME`,
 * and one line in pack_list.h. A reader recognises its format by content (the
 * file's name breaks ties) and turns the bytes into the one model of
 * model/indicator.h. It never half-loads in silence: what cannot be read as the
 * format at all is an error and there is no pack; a row that cannot be used is
 * noted with its line (pack.note) and the rest stands.
 *
 * Pure: no clock ("expired" is judged by the caller's `now`), no socket, no database; YARA rules are
 * compiled in a child process (pack_yara.h).
 * Threads: a pack is immutable once read and may be shared.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_H
#define TOBAN_INVESTIGATE_PACKS_PACK_H

#include "base/base.h"
#include "model/indicator.h"

#define PACK_HEAD (64 * KIB) /* give sniff() so much of the beginning when there is so much */

struct pack_kind {
    const char *name;  /* "stix": for options and output, never translated */
    const char *title; /* TR("…") */
    bool bytes;        /* wants the bytes as they are; else they are made UTF-8 first */
    /* How surely head is the beginning of such a file, 0 to 100; file_name is the last part of the path. */
    int (*sniff)(struct str head, struct str file_name);
    /* text is borrowed until the return: what the pack keeps is copied into its arena. */
    int (*read)(struct pack *p, struct str text, struct err *e);
};

struct pack_options {
    const struct pack_kind *kind; /* NULL: by content */
    const char *vulnerability;    /* a CVE the indicators belong to when the file names none; NULL */
    when_t now;                   /* for expiry; WHEN_NONE (and 0): nothing is expired */
    bool no_tests;                /* do not run the tests written in the file */
    const struct pack *known;     /* a pack whose stock files the paths are held against; NULL */
};

/* name is the file's name, for messages and as the pack's name when the format gives none. opt may be
 * NULL. On error *out is NULL. */
int pack_read(struct pack **out, const char *name, struct str bytes, const struct pack_options *opt,
              struct err *e) MUST_CHECK;
/* A file (maybe packed with gzip or zstd). */
int pack_open(struct pack **out, const char *path, const struct pack_options *opt, struct err *e) MUST_CHECK;
void pack_free(struct pack *p);

const struct pack_kind *pack_sniff(struct str head, struct str file_name); /* NULL: none recognises it */
const struct pack_kind *pack_by_name(struct str name);
/* The i-th kind, NULL behind the last. */
const struct pack_kind *pack_kind_at(size_t i);

/* ---- YARA rules of a pack (pack_yara.c) ---- */

struct pack_yara_file {
    struct str path, name, extension, type, owner; /* external variables as LOKI and THOR define them */
};
struct pack_yara_hit {
    const struct indicator *indicator;
    uint64_t offset;   /* of the first string found, STR_NONE when the rule has none */
    struct str string; /* its identifier, "" */
};
/* True when the pack has YARA rules. */
bool pack_yara_has(const struct pack *p);
/* Scans bytes with all rules, in a process made for it (pack_yara.h for many files); hit is called for each matching
 * rule. ERR_LIMIT after timeout_s seconds (0: none), ERR_INTERNAL when the library died of it. */
int pack_yara_scan(const struct pack *p, struct str bytes, const struct pack_yara_file *file, int timeout_s,
                   void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx,
                   struct err *e) MUST_CHECK;
/* The same for an open regular file up to max bytes (ERR_LIMIT when it is longer: say so, do not skip in
 * silence). Reads into memory, never mmap. */
int pack_yara_scan_fd(const struct pack *p, int fd, size_t max, const struct pack_yara_file *file,
                      int timeout_s, void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx,
                      struct err *e) MUST_CHECK;

#endif
