#include "store/outage_store.h"
#include "store/rows.h"

int outage_store_asset(struct db *db, int64_t id, struct arena *a, struct outage_asset *out, bool *found, struct err *e)
{
    struct stmt *st;
    *found = false;
    int rc = db_query(db, &st, "outage_asset", e, ARG_I("id", id));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = (struct outage_asset){rows_text(st, a, 0), rows_text(st, a, 1), rows_text(st, a, 2), rows_text(st, a, 3),
                                 rows_text(st, a, 4)};
    *found = true;
    stmt_done(st);
    return 0;
}

int outage_store_of_product(struct db *db, struct str key, struct arena *a, struct outage_asset **out, size_t *n,
                            struct err *e)
{
    VEC(struct outage_asset) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "outage_of_product", e, ARG_S("key", key));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        vec_push(&v, ((struct outage_asset){.ledger = rows_text(st, a, 0), .key = rows_text(st, a, 1)}));
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct outage_asset, out, n);
    return rc;
}

int outage_store_pressing(struct db *db, int status, when_t until, struct arena *a, int64_t **out, size_t *n,
                          struct err *e)
{
    VEC(int64_t) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "outage_pressing", e, ARG_I("status", status), ARG_I("until", until));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        vec_push(&v, stmt_int(st, 0));
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, int64_t, out, n);
    return rc;
}
