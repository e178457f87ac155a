/* stage_contact.h — contacts and enquiries as they are written: each change with its audit row, in one transaction.
 */
#ifndef TOBAN_LOOP_STAGE_CONTACT_H
#define TOBAN_LOOP_STAGE_CONTACT_H

#include "contain/enquiry.h"
#include "loop/world.h"
#include "store/contain_store.h"

/* c->who and c->at are the writer's. c->id 0: a new one. */
int stage_contact_put(const struct world *w, const struct contact *c, int64_t *id, struct err *e) MUST_CHECK;
/* All or none. c[i].id is filled for new ones; then link (NULL: none) may fill called_by and substitute, and
 * those for which it says so are written again. */
int stage_contact_put_all(const struct world *w, struct contact *c, size_t n,
                          bool (*link)(void *ctx, struct contact *c, size_t i), void *ctx, struct err *e) MUST_CHECK;
int stage_contact_checked(const struct world *w, const int64_t *id, size_t n, when_t at, struct str who,
                          struct err *e) MUST_CHECK;
int stage_contact_remove(const struct world *w, const int64_t *id, size_t n, when_t at, struct str who,
                         struct err *e) MUST_CHECK;

/* Gives the enquiry its number, has its text rendered with it (in q->text, alive until the return), and stores
 * it. ERR_CONFLICT when an open one asks the same organisation about the same. */
int stage_enquiry_ask(const struct world *w, struct enquiry *q,
                      int (*render)(void *ctx, struct enquiry *q, struct err *e), void *ctx, struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND; ERR_CONFLICT when the enquiry was withdrawn, or what is reminded of was answered. */
int stage_enquiry_event(const struct world *w, const struct enquiry_event *ev, struct err *e) MUST_CHECK;

#endif
