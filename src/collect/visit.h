/* visit.h — one visit to one source: ask, keep the bytes, parse, guard, store.
 *
 * Requests come from the feed's plan() and from what it finds on the way; each
 * document is fetched (https://, file://, or from a mirror folder), put into the
 * spool, parsed, judged by the guard, and taken over whole or not at all: its
 * rows and its knowledge are one transaction each, committed together. A
 * document that is refused or cannot be read leaves what we had. Bytes that an
 * accepted visit already gave for this URL are not read again.
 *
 * Mirror: DIR/HOST/PATH stands for https://HOST/PATH (a query becomes part of
 * the last name after '?'), and every file below DIR/SOURCE/ is handed to the
 * source with kind "file". What a mirror lacks is not asked of the network.
 *
 * Threads: one visit at a time per struct visit_env.
 */
#ifndef TOBAN_COLLECT_VISIT_H
#define TOBAN_COLLECT_VISIT_H

#include <stdatomic.h>

#include "collect/source.h"
#include "collect/spool.h"
#include "knowledge/knowledge.h"
#include "net/http.h"
#include "store/visit_store.h"

struct visit_env {
    struct db *db;
    struct knowledge *knowledge;
    struct spool *spool;
    struct http_client *http; /* NULL: offline */
    struct str mirror;        /* "" = none */
    uint64_t limit;           /* bytes of one document as sent; 0 = LIMIT_DOWNLOAD */
    bool again;               /* read documents again though their bytes are known */
    when_t now;
    const atomic_bool *cancel;
    /* Further "vendor:product" keys a record is to be found by (product names of a vendor). May be NULL. */
    size_t (*product_keys)(void *ctx, const struct vuln *v, struct arena *a, struct str **keys);
    void (*progress)(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total);
    void *ctx;
};

/* What the configuration says about one source. */
struct visit_setup {
    struct str name;    /* as in rows: source->name, or "rss.NAME" for a feed the user added */
    struct str url;     /* "" = the default */
    struct str account;
    const char *key;    /* NULL: none */
    struct str publisher;
    bool floor_set;     /* the site's own: */
    uint64_t floor;     /* in the place of source.min_records */
};

enum visit_outcome { VISIT_OK, VISIT_UNCHANGED, VISIT_PARTIAL, VISIT_REFUSED, VISIT_FAILED, VISIT_SKIPPED };

struct visit_report {
    enum visit_outcome outcome;
    uint64_t good, bad, documents, unchanged, failed;
    uint64_t new_notices, new_states; /* revisions of notices, states of records */
    when_t newest, document_time;
    struct str text; /* why, when not OK; in the caller's arena */
};
const char *visit_outcome_name(enum visit_outcome o);

/* Returns 0 whenever the visit itself could be recorded, whatever its outcome; negative
 * only when our own store failed. */
int visit_run(const struct visit_env *env, const struct source *s, const struct visit_setup *setup, struct arena *a,
              struct visit_report *out, struct err *e) MUST_CHECK;
/* Reads an accepted document again from the spool, into notices and knowledge; the
 * guard is not asked again. For rebuild. */
int visit_reread(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
                 const struct document *d, struct err *e) MUST_CHECK;

#endif
