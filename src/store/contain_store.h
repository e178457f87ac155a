/* contain_store.h — contacts, containment plans, enquiries, reviews, as rows.
 *
 * Every function is one statement or a few of one noun, or reads; the caller holds the transaction.
 * Everything read lies in the arena.
 */
#ifndef TOBAN_STORE_CONTAIN_STORE_H
#define TOBAN_STORE_CONTAIN_STORE_H

#include "model/contact.h"
#include "model/containment.h"
#include "store/db.h"

/* ---- contacts: contact_store.c ---- */

/* c->id 0: a new one, whose number is handed back; channels are replaced as a whole. */
int contact_store_put(struct db *db, const struct contact *c, int64_t *id, struct err *e) MUST_CHECK;
/* All that were not removed, with channels, by number. */
int contact_store_list(struct db *db, struct arena *a, struct contact **out, size_t *n,
                       struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND when there is none, or it was removed before. */
int contact_store_checked(struct db *db, int64_t id, when_t at, struct str who, struct err *e) MUST_CHECK;
int contact_store_remove(struct db *db, int64_t id, when_t at, struct err *e) MUST_CHECK;

/* ---- enquiries: enquiry_store.c ---- */

int enquiry_store_put(struct db *db, const struct enquiry *q, int64_t *id, struct err *e) MUST_CHECK;
int enquiry_store_event(struct db *db, const struct enquiry_event *ev, struct err *e) MUST_CHECK;
/* All, with their events, by number. */
int enquiry_store_list(struct db *db, struct arena *a, struct enquiry **out, size_t *n,
                       struct err *e) MUST_CHECK;

/* ---- containment plans: containment_store.c ---- */

/* The plan with its actions. */
int containment_store_put(struct db *db, const struct containment *p, int64_t *id, struct err *e) MUST_CHECK;
int containment_store_event(struct db *db, const struct containment_event *ev, struct err *e) MUST_CHECK;
/* case_id 0: of all cases. With actions and events, by number. */
int containment_store_list(struct db *db, int64_t case_id, struct arena *a, struct containment **out,
                           size_t *n, struct err *e) MUST_CHECK;

/* ---- reviews: review_store.c ---- */

struct review_row {
    int64_t id;
    when_t at;
    struct str who, lines; /* lines: JSON */
    int score;
};
int review_store_put(struct db *db, const struct review_row *r, struct err *e) MUST_CHECK;
/* Newest first, at most max. */
int review_store_list(struct db *db, size_t max, struct arena *a, struct review_row **out, size_t *n,
                      struct err *e) MUST_CHECK;

#endif
