#include "store/contain_store.h"
#include "store/rows.h"

int review_store_put(struct db *db, const struct review_row *r, struct err *e)
{
    return db_run(db, "review_put", e, ARG_I("at", r->at), ARG_S("who", r->who), ARG_I("score", r->score),
                  ARG_S("lines", r->lines));
}

int review_store_list(struct db *db, size_t max, struct arena *a, struct review_row **out, size_t *n,
                      struct err *e)
{
    VEC(struct review_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "review_list", e, ARG_I("max", (int64_t)MIN(max, (size_t)100000)));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct review_row){.id = stmt_int(st, 0),
                                           .at = stmt_int(st, 1),
                                           .who = rows_text(st, a, 2),
                                           .score = (int)stmt_int(st, 3),
                                           .lines = rows_text(st, a, 4)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct review_row, out, n);
    return rc;
}
