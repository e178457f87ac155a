#include "store/ledger_store.h"

const char *const ledger_fields[] = {"name",       "kind",         "place",       "purpose",  "owner",
                                     "department", "organisation", "contact",     "os",       "ip",
                                     "serial",     "count",        "criticality", "exposure", NULL};

const char *exposure_name(enum exposure x)
{
    static const char *const name[] = {"unknown", "internal", "public"};
    return name[x];
}

const char *criticality_name(enum criticality c)
{
    static const char *const name[] = {"unknown", "low", "medium", "high"};
    return name[c];
}

static int put_component(struct db *db, int64_t asset, const struct component *c, const struct import_head *h,
                         int64_t import, struct err *e)
{
    return db_run(
        db, "component_put", e, ARG_I("asset", asset), ARG_S("product", c->product),
        ARG_S("version", c->version), ARG_S("build", c->build), ARG_S("vendor", c->vendor),
        ARG_S("cpe", c->cpe), ARG_S("purl", c->purl), ARG_S("source", c->source.n ? c->source : h->file),
        ARG_I("seen", c->seen == WHEN_NONE || c->seen == 0 ? h->at : c->seen), ARG_I("import", import));
}

static int put_asset(struct db *db, const struct asset *a, const struct import_head *h,
                     struct import_count *count, struct err *e)
{
    struct stmt *st;
    int rc = db_query(
        db, &st, "asset_put", e, ARG_S("ledger", h->ledger), ARG_S("key", a->key), ARG_S("name", a->name),
        ARG_S("kind", a->kind), ARG_S("place", a->place), ARG_S("purpose", a->purpose),
        ARG_S("owner", a->owner), ARG_S("department", a->department), ARG_S("organisation", a->organisation),
        ARG_S("contact", a->contact), ARG_S("os", a->os), ARG_S("ip", a->ip), ARG_S("serial", a->serial),
        ARG_I("exposure", a->exposure), ARG_I("criticality", a->criticality), ARG_I("count", a->count),
        ARG_I("import", count->import));
    if (rc || (rc = stmt_next(st, e)) != 1)
        return rc < 0 ? rc
                      : err_set(e, ERR_INTERNAL, "the ledger did not keep the asset %.*s", STR_ARG(a->key));
    int64_t id = stmt_int(st, 0);
    bool added = stmt_int(st, 1) != 0;
    stmt_done(st);
    count->added += added;
    count->updated += !added;
    rc = db_run(db, "component_clear", e, ARG_I("asset", id));
    for (size_t i = 0; rc == 0 && i < a->component_n; i++)
        rc = put_component(db, id, &a->component[i], h, count->import, e);
    return rc;
}

static int put_all(struct db *db, const struct import_head *h, const struct asset *asset, size_t n,
                   const struct import_error *error, size_t error_n, struct import_count *count,
                   struct err *e)
{
    int rc = db_run(db, "import_put", e, ARG_S("ledger", h->ledger), ARG_S("file", h->file),
                    ARG_S("sha256", h->sha256), ARG_I("at", h->at), ARG_S("who", h->who),
                    ARG_I("rows_read", h->rows_read), ARG_I("rows_bad", h->rows_bad));
    *count = (struct import_count){.import = db_last_id(db)};
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = put_asset(db, &asset[i], h, count, e);
    for (size_t i = 0; rc == 0 && i < error_n; i++)
        rc = db_run(db, "import_error_put", e, ARG_I("import", count->import),
                    ARG_I("line", (int64_t)error[i].line), ARG_S("field", error[i].field),
                    ARG_S("cell", error[i].cell), ARG_S("reason", error[i].reason),
                    ARG_S("row", error[i].row));
    if (rc == 0)
        rc = db_get_int(db, &count->missing, "asset_count_missing", e, ARG_S("ledger", h->ledger),
                        ARG_I("import", count->import));
    if (rc == 0 && h->replace)
        rc = db_run(db, "asset_retire_missing", e, ARG_S("ledger", h->ledger), ARG_I("import", count->import),
                    ARG_I("now", h->at));
    return rc;
}

int ledger_store_import(struct db *db, const struct import_head *h, const struct asset *asset, size_t n,
                        const struct import_error *error, size_t error_n, struct import_count *count,
                        struct err *e)
{
    int rc = db_begin(db, e);
    if (rc)
        return rc;
    rc = put_all(db, h, asset, n, error, error_n, count, e);
    if (rc == 0)
        rc = db_commit(db, e);
    if (rc)
        db_rollback(db);
    return rc;
}

int ledger_store_dry_run(struct db *db, const struct import_head *h, const struct asset *asset, size_t n,
                         struct import_count *count, struct err *e)
{
    int rc = db_begin(db, e);
    if (rc)
        return rc;
    rc = put_all(db, h, asset, n, NULL, 0, count, e);
    db_rollback(db);
    return rc;
}

int ledger_store_errors(struct db *db, struct arena *a, struct import_error **out, size_t *n, struct err *e)
{
    VEC(struct import_error) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "import_errors", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct import_error){.line = (unsigned long)stmt_int(st, 0),
                                             .field = arena_str(a, stmt_str(st, 1)),
                                             .cell = arena_str(a, stmt_str(st, 2)),
                                             .reason = arena_str(a, stmt_str(st, 3)),
                                             .row = arena_str(a, stmt_str(st, 4)),
                                             .file = arena_str(a, stmt_str(st, 5)),
                                             .at = stmt_int(st, 6)};
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct import_error, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int ledger_store_set(struct db *db, const struct ledger_asset *as, struct str field, struct str value,
                     struct str who, when_t at, struct err *e)
{
    if (value.n == 0)
        return db_run(db, "asset_field_clear", e, ARG_S("ledger", as->ledger), ARG_S("key", as->a.key),
                      ARG_S("field", field));
    return db_run(db, "asset_field_put", e, ARG_S("ledger", as->ledger), ARG_S("key", as->a.key),
                  ARG_S("field", field), ARG_S("value", value), ARG_S("who", who), ARG_I("at", at));
}
