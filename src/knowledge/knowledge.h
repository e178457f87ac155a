/* knowledge.h — what the world says about vulnerabilities, in one LMDB file.
 *
 * Facts of sources, by CVE and by product, with their history: each state of a
 * record that we saw is kept with the moment since when it could be known, so
 * that a question can be asked "as of" a day. Nothing of ours is in here; the
 * whole file can be rebuilt from the spool.
 *
 * Generations: a batch (one accepted visit to one source) is one LMDB
 * transaction. Readers see the last committed generation, whole, while the next
 * is written; what the guard refuses is aborted and was never there. The
 * generation's number is LMDB's transaction id.
 *
 * Strings in what is read point into the map and live until knowledge_read_end.
 * One writer at a time in the whole system, any number of reading processes;
 * a struct knowledge is for one thread.
 */
#ifndef TOBAN_KNOWLEDGE_KNOWLEDGE_H
#define TOBAN_KNOWLEDGE_KNOWLEDGE_H

#include "base/base.h"
#include "model/vuln.h"

struct knowledge;

/* dir is made when absent. */
int knowledge_open(struct knowledge **out, const char *dir, struct err *e) MUST_CHECK;
void knowledge_close(struct knowledge *k);
/* Removes the file, so that the next opening begins anew. No process may have it open. */
int knowledge_remove(const char *dir, struct err *e) MUST_CHECK;

/* ---- writing ---- */

/* Forgets everything, in a batch of its own. */
int knowledge_clear(struct knowledge *k, struct err *e) MUST_CHECK;

int knowledge_begin(struct knowledge *k, struct err *e) MUST_CHECK;
int knowledge_commit(struct knowledge *k, struct err *e) MUST_CHECK;
void knowledge_abort(struct knowledge *k); /* no effect outside a batch */

/* Keeps the record as a new state unless the last kept state of (id, source) up
 * to v->known says the same. product_key: further "vendor:product" keys to find
 * it by, besides those of its CPE names and affected[]. *changed may be NULL. */
int knowledge_put_vuln(struct knowledge *k, const struct vuln *v, const struct str *product_key, size_t key_n,
                       bool *changed, struct err *e) MUST_CHECK;
/* Told by kev->source as of `seen`. */
int knowledge_put_kev(struct knowledge *k, const struct kev *kev, when_t seen, struct err *e) MUST_CHECK;
/* Around a complete catalogue: entries of this source not put in between are marked as removed at `seen`. */
int knowledge_kev_full_begin(struct knowledge *k, struct str source, struct err *e) MUST_CHECK;
int knowledge_kev_full_end(struct knowledge *k, when_t seen, struct err *e) MUST_CHECK;
/* Scores are kept per date only when they are the newest seen; older dates never overwrite newer ones. */
int knowledge_put_epss(struct knowledge *k, const struct epss *s, struct err *e) MUST_CHECK;

/* ---- reading ---- */

int knowledge_read_begin(struct knowledge *k, struct err *e) MUST_CHECK;
void knowledge_read_end(struct knowledge *k);
uint64_t knowledge_generation(const struct knowledge *k); /* 0: empty */

struct known_vuln {
    struct vuln v;
    bool later; /* existed (published) by then, but every state we hold is from later: v has only id, source and dates */
};
/* One entry a source, as of the moment; in the arena. ERR_NOT_FOUND leaves e alone. */
int knowledge_vuln(struct knowledge *k, struct str id, when_t as_of, struct arena *a, struct known_vuln **out,
                   size_t *n, struct err *e) MUST_CHECK;
/* Ids of all vulnerabilities that name this product ("vendor:product", lower case, as in CPE). */
int knowledge_of_product(struct knowledge *k, struct str key, struct arena *a, struct str **ids, size_t *n,
                         struct err *e) MUST_CHECK;
/* KEV assertions in force as of the moment (added by then, not removed by then): one a source. */
int knowledge_kev(struct knowledge *k, struct str cve, when_t as_of, struct arena *a, struct kev **out, size_t *n,
                  struct err *e) MUST_CHECK;
/* The newest score dated at or before the moment; *found false when there is none. */
int knowledge_epss(struct knowledge *k, struct str cve, when_t as_of, struct epss *out, bool *found,
                   struct err *e) MUST_CHECK;

/* Every product key of the index, in order. A negative return ends the walk. */
int knowledge_each_product(struct knowledge *k, int (*each)(void *ctx, struct str key), void *ctx, struct err *e) MUST_CHECK;

struct knowledge_stat {
    uint64_t vuln_states, products, kev, epss, bytes;
};
int knowledge_stat(struct knowledge *k, struct knowledge_stat *out, struct err *e) MUST_CHECK;

#endif
