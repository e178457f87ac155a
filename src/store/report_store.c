#include "store/report_store.h"

#include "store/rows.h"

int report_store_name(struct db *db, struct str vendor, struct str product, struct str version, struct str build,
                      struct arena *a, struct report_name *out, struct err *e)
{
    struct stmt *st;
    *out = (struct report_name){0};
    int rc = db_query(db, &st, "report_name_of", e, ARG_S("vendor", vendor), ARG_S("product", product), ARG_S("version", version),
                      ARG_S("build", build));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = (struct report_name){rows_text(st, a, 0), rows_text(st, a, 1), rows_text(st, a, 2)};
    stmt_done(st);
    return 0;
}

int report_store_since(struct db *db, struct str vuln, int64_t asset, when_t *out, struct err *e)
{
    struct stmt *st;
    *out = WHEN_NONE;
    int rc = db_query(db, &st, "report_since", e, ARG_S("vuln", vuln), ARG_I("asset", asset));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = stmt_when(st, 0);
    stmt_done(st);
    return 0;
}
