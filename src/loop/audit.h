/* audit.h — what was done, in a chain: each row carries the hash of the one before.
 *
 * hash = SHA-256 over the previous row's hash (64 hex digits; for the first row none) and
 * the row's fields at, who, action, object, detail in this order, each written as its
 * length in bytes, ':' and the bytes ('at' in microseconds, as decimal digits). A changed,
 * removed or inserted row breaks the chain. That rows at the very end were cut off cannot
 * be told from the rows alone: note the head that verify prints somewhere else, and ask
 * for it again.
 */
#ifndef TOBAN_LOOP_AUDIT_H
#define TOBAN_LOOP_AUDIT_H

#include "store/db.h"

struct audit_row {
    int64_t id;
    when_t at;
    struct str who, action, object, detail; /* "case.checked", "C-1 main/S-003", JSON */
    struct str previous, hash;              /* filled by the chain */
};

/* Inside the transaction of what it tells of, so that neither is there without the other. */
int audit_append(struct db *db, const struct audit_row *r, struct err *e) MUST_CHECK;
/* Ends the transaction that the caller began: with the row in it when rc is 0, else it is taken back. */
int audit_commit(struct db *db, const struct audit_row *r, int rc, struct err *e) MUST_CHECK;
/* Rows behind a number, oldest first; in the arena. */
int audit_rows(struct db *db, int64_t after, struct arena *a, struct audit_row **out, size_t *n, struct err *e) MUST_CHECK;

struct audit_answer {
    int64_t rows;
    int64_t broken;   /* number of the first row that does not fit; 0: none */
    char head[65];    /* hash of the last row; "" when there is none */
    bool seen;        /* the head that was asked for is in the chain */
};
/* expected "" : no head is asked for. A broken chain is an answer, not an error. */
int audit_verify(struct db *db, struct str expected, struct audit_answer *out, struct err *e) MUST_CHECK;

#endif
