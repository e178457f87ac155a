/* case_store.h — cases 案件: heads, steps, plans, looks; patch windows and freezes.
 *
 * Steps are only ever added. Every function is one statement, or reads; the caller
 * holds the transaction, so that a step, what follows from it and its audit row are one.
 */
#ifndef TOBAN_STORE_CASE_STORE_H
#define TOBAN_STORE_CASE_STORE_H

#include "model/case.h"
#include "store/db.h"

int case_store_open(struct db *db, const struct case_head *h, int64_t *id, struct err *e) MUST_CHECK;
/* id 0: all, without their closing (case_store_steps tells it). In the arena. ERR_NOT_FOUND with text for one that is not there. */
int case_store_heads(struct db *db, int64_t id, struct arena *a, struct case_head **out, size_t *n, struct err *e) MUST_CHECK;
/* Cases this machine is part of, oldest first. */
int case_store_of_asset(struct db *db, struct str ledger, struct str key, struct arena *a, int64_t **out, size_t *n,
                        struct err *e) MUST_CHECK;

int case_store_step(struct db *db, const struct case_step *s, struct err *e) MUST_CHECK;
int case_store_steps(struct db *db, int64_t case_id, struct arena *a, struct case_step **out, size_t *n, struct err *e) MUST_CHECK;

/* Replaces the looks of one case. */
int case_store_put_looks(struct db *db, int64_t case_id, const struct case_look *look, size_t n, struct err *e) MUST_CHECK;
int case_store_looks(struct db *db, int64_t case_id, struct arena *a, struct case_look **out, size_t *n, struct err *e) MUST_CHECK;
int case_store_clear_looks(struct db *db, struct err *e) MUST_CHECK;

/* p->id 0: a new one, whose number is handed back. */
int case_store_put_plan(struct db *db, const struct case_plan *p, int64_t *id, struct err *e) MUST_CHECK;
/* case_id 0: of all cases. */
int case_store_plans(struct db *db, int64_t case_id, struct arena *a, struct case_plan **out, size_t *n, struct err *e) MUST_CHECK;

struct window_row {
    int64_t id;
    struct str name, rule, who;
    when_t at;
};
struct freeze_row {
    int64_t id;
    when_t first, until;
    struct str why, who;
    when_t at;
};
int case_store_put_window(struct db *db, const struct window_row *w, int64_t *id, struct err *e) MUST_CHECK;
int case_store_windows(struct db *db, struct arena *a, struct window_row **out, size_t *n, struct err *e) MUST_CHECK;
int case_store_put_freeze(struct db *db, const struct freeze_row *f, int64_t *id, struct err *e) MUST_CHECK;
int case_store_freezes(struct db *db, struct arena *a, struct freeze_row **out, size_t *n, struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND when there is none, or it was removed before. */
int case_store_remove_window(struct db *db, int64_t id, when_t at, struct err *e) MUST_CHECK;
int case_store_remove_freeze(struct db *db, int64_t id, when_t at, struct err *e) MUST_CHECK;

#endif
