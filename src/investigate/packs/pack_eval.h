/* pack_eval.h — packs made ready for a sweep: what the scan engine asks.
 *
 * A pack_eval is built once over all packs of a sweep and then only read: any number of threads may
 * ask at the same time. It borrows the packs. An indicator is named by its id, 0..pack_eval_count-1.
 * Indicators kept as context are not in it.
 *
 * The engine owns the fast paths (one multi-pattern database a place); this gives it the patterns
 * (pack_eval_patterns) and the exact answer for one candidate (pack_eval_check_…). The functions that
 * need no engine (pack_eval_path, …) give the same answers slowly, for tests and for small inputs.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_EVAL_H
#define TOBAN_INVESTIGATE_PACKS_PACK_EVAL_H

#include "base/base.h"
#include "investigate/packs/pack_cond.h"
#include "model/indicator.h"

struct trace_record;
struct pack_eval;

struct pack_hit {
    const struct pack *pack;
    const struct indicator *indicator;
    const struct check *check;
    uint32_t id;
    bool stock;       /* the path is a stock file of the vendor: only its hash can tell; count it as a hint */
    struct str found; /* what was found (a view into the subject), may be "" */
    uint64_t offset;  /* in the bytes or text; 0 when there is none */
};
/* 0 to go on, else the asking function stops. */
struct pack_sink {
    void *ctx;
    int (*hit)(void *ctx, const struct pack_hit *h);
};

struct pack_eval *pack_eval_new(const struct pack *const *pack, size_t n); /* borrows the packs */
void pack_eval_free(struct pack_eval *v);
size_t pack_eval_count(const struct pack_eval *v);
/* The indicator, its pack and check; found and offset empty. */
struct pack_hit pack_eval_at(const struct pack_eval *v, uint32_t id);

/* ---- patterns for the multi-pattern engine ---- */

enum pack_place {
    PACK_PLACE_PATH, /* over paths in normal form (pack_path.h) */
    PACK_PLACE_FILE, /* over the bytes of files */
    PACK_PLACE_TEXT  /* over the lines of text logs */
};
struct pack_pattern {
    uint32_t id;
    struct str text;
    bool regex; /* PCRE syntax that Hyperscan shares; else plain bytes */
    bool cased;
    bool wide; /* also as UTF-16LE */
};
/* At least one for every indicator that can match there; a match is a candidate for pack_eval_check_….
 * RECORD indicators give the texts of pack_cond_texts; those without such a text are in
 * pack_eval_every. */
size_t pack_eval_patterns(const struct pack_eval *v, enum pack_place place, const struct pack_pattern **out);
/* True when some RECORD indicator has no prefilter: every record must be evaluated, not only lines with a
 * candidate. */
bool pack_eval_every(const struct pack_eval *v);

/* ---- paths ---- */

/* The exact answer for one candidate, exceptions considered. path is in normal form. */
bool pack_eval_check_path(const struct pack_eval *v, uint32_t id, struct str path, struct pack_hit *h);
/* All of them, one after the other: slow. */
int pack_eval_path(const struct pack_eval *v, struct str path, const struct pack_sink *sink);

/* ---- hashes ---- */

unsigned pack_eval_hash_kinds(
    const struct pack_eval *v); /* enum hash_kind bits that are needed, conditions included */
/* digest as bytes: 16, 20 or 32. */
int pack_eval_hash(const struct pack_eval *v, enum hash_kind kind, const unsigned char *digest,
                   const struct pack_sink *sink);

/* ---- conditions over one file ---- */

size_t pack_eval_files(const struct pack_eval *v); /* how many indicators of kind FILE */
/* Hits; `unknown` (may be NULL) counts the conditions that could not be told. */
int pack_eval_file(const struct pack_eval *v, const struct pack_subject *file, const struct pack_sink *sink,
                   size_t *unknown);

/* ---- bytes and text ---- */

/* CONTENT and LINE candidates: exact, offset of the first occurrence. kind is the log's ("iis"), "" for
 * files. */
bool pack_eval_check_bytes(const struct pack_eval *v, uint32_t id, struct str bytes, struct str kind,
                           struct pack_hit *h);
int pack_eval_bytes(const struct pack_eval *v, enum pack_place place, struct str bytes, struct str kind,
                    const struct pack_sink *sink);

/* ---- records ---- */

/* Where an installation is, for %Name%; -1 when not known. NULL: nothing is known. */
typedef int (*pack_eval_roots)(const void *ctx, struct str name, struct str *out, int max);

struct pack_record {
    const struct trace_record *record;
    const char *kind; /* name of the trace kind: the field "log" */
    struct str path;  /* of the log file, normal form: the field "log.path" */
    pack_eval_roots roots;
    const void *roots_ctx;
    struct arena *scratch; /* for values made on the way; the caller clears it now and then */
};
/* RECORD indicators, and the values (addresses, names, command lines, …) in the fields that hold such. */
int pack_eval_record(const struct pack_eval *v, const struct pack_record *r, const struct pack_sink *sink,
                     size_t *unknown);
/* A key or value of a registry hive, as a record with the fields TargetObject and Details: indicators of kind
 * REGISTRY, and conditions over those fields that ask for no event. */
int pack_eval_registry(const struct pack_eval *v, const struct pack_record *r, const struct pack_sink *sink);
size_t pack_eval_registries(const struct pack_eval *v); /* how many there are */
/* One candidate only. */
enum tri pack_eval_check_record(const struct pack_eval *v, uint32_t id, const struct pack_record *r);
/* The record as a subject of conditions. r must outlive it. */
struct pack_subject pack_eval_subject(const struct pack_record *r);
/* Event ids that can hit at all; false when events of any id can. */
bool pack_eval_events(const struct pack_eval *v, const uint32_t **out, size_t *n);
/* One indicator alone, for tests in packs. */
enum tri pack_eval_one(const struct indicator *i, const struct pack_record *r);

#endif
