/* What components were taken for, and what people confirmed. */
#include "store/ledger_store.h"

static int read_names(int rc, struct stmt *st, struct arena *a, struct name_row **out, size_t *n,
                      void (*row)(struct stmt *, struct arena *, struct name_row *), struct err *e)
{
    VEC(struct name_row) v = {0};
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct name_row *r = vec_add(&v);
        *r = (struct name_row){.vendor = arena_str(a, stmt_str(st, 0)),
                               .product = arena_str(a, stmt_str(st, 1)),
                               .version = arena_str(a, stmt_str(st, 2)),
                               .build = arena_str(a, stmt_str(st, 3))};
        row(st, a, r);
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct name_row, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

static void row_full(struct stmt *st, struct arena *a, struct name_row *r)
{
    struct str *const field[] = {&r->status, &r->key,  &r->cpe_version, &r->cpe_update,
                                 &r->exact,  &r->also, &r->reason};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        *field[i] = arena_str(a, stmt_str(st, (int)i + 4));
}

static void row_queue(struct stmt *st, struct arena *a, struct name_row *r)
{
    r->status = arena_str(a, stmt_str(st, 4));
    r->key = arena_str(a, stmt_str(st, 5));
    r->reason = arena_str(a, stmt_str(st, 6));
    r->machines = stmt_int(st, 7);
    r->rows = stmt_int(st, 8);
}

static void row_written(struct stmt *st, struct arena *a, struct name_row *r)
{
    r->key = arena_str(a, stmt_str(st, 4));
    r->rows = stmt_int(st, 5);
}

int ledger_store_names(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "derived_name_all", e);
    return read_names(rc, st, a, out, n, row_full, e);
}

int ledger_store_name_queue(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "derived_name_queue", e);
    return read_names(rc, st, a, out, n, row_queue, e);
}

int ledger_store_written(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "component_written", e);
    return read_names(rc, st, a, out, n, row_written, e);
}

int ledger_store_put_name(struct db *db, const struct name_row *r, struct err *e)
{
    return db_run(db, "derived_name_put", e, ARG_S("vendor", r->vendor), ARG_S("product", r->product),
                  ARG_S("version", r->version), ARG_S("build", r->build), ARG_S("status", r->status),
                  ARG_S("key", r->key), ARG_S("cpe_version", r->cpe_version),
                  ARG_S("cpe_update", r->cpe_update), ARG_S("exact", r->exact), ARG_S("also", r->also),
                  ARG_S("reason", r->reason));
}

int ledger_store_confirmed(struct db *db, struct arena *a, struct name_confirmed_row **out, size_t *n,
                           struct err *e)
{
    VEC(struct name_confirmed_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "name_confirm_all", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct name_confirmed_row){
            arena_str(a, stmt_str(st, 0)), arena_str(a, stmt_str(st, 1)), arena_str(a, stmt_str(st, 2))};
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct name_confirmed_row, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int ledger_store_confirm(struct db *db, const struct name_confirmed_row *c, struct str who, when_t at,
                         struct err *e)
{
    return db_run(db, "name_confirm_put", e, ARG_S("name", c->name), ARG_S("written", c->written),
                  ARG_S("cpe", c->cpe), ARG_S("who", who), ARG_I("at", at));
}
