#include "store/finding_store.h"

int finding_store_number(struct db *db, const struct finding_key *k, int64_t *id, struct err *e)
{
    int rc =
        db_get_int(db, id, "finding_key_get", e, ARG_S("ledger", k->ledger), ARG_S("asset_key", k->asset_key),
                   ARG_S("product", k->product), ARG_S("vuln", k->vuln));
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = db_run(db, "finding_key_put", e, ARG_S("ledger", k->ledger), ARG_S("asset_key", k->asset_key),
                ARG_S("product", k->product), ARG_S("vuln", k->vuln));
    /* Asked again rather than taken from the insert: another process may have been first. */
    if (rc == 0)
        rc = db_get_int(db, id, "finding_key_get", e, ARG_S("ledger", k->ledger),
                        ARG_S("asset_key", k->asset_key), ARG_S("product", k->product),
                        ARG_S("vuln", k->vuln));
    return rc;
}

int finding_store_key(struct db *db, int64_t id, struct arena *a, struct finding_key *out, struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, "finding_key_of", e, ARG_I("id", id));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc ? rc : err_set(e, ERR_NOT_FOUND, "there is no finding F-%lld", (long long)id);
    *out = (struct finding_key){arena_str(a, stmt_str(st, 0)), arena_str(a, stmt_str(st, 1)),
                                arena_str(a, stmt_str(st, 2)), arena_str(a, stmt_str(st, 3))};
    stmt_done(st);
    return 0;
}

int finding_store_put(struct db *db, const struct finding_row *r, struct err *e)
{
    return db_run(db, "finding_put", e, ARG_I("id", r->id), ARG_I("asset", r->asset),
                  ARG_I("component", r->component), ARG_S("vuln", r->vuln), ARG_I("status", r->v.status),
                  ARG_I("confidence", r->v.confidence), ARG_I("conditional", r->v.conditional),
                  ARG_S("source", r->v.source), ARG_S("rule", r->v.rule), ARG_S("criteria", r->v.criteria),
                  ARG_S("fixed", r->v.fixed), ARG_S("missing", r->v.missing), ARG_S("why", r->v.why),
                  ARG_S("outcome", r->outcome), ARG_W("deadline", r->deadline),
                  ARG_W("notice_rev", r->notice_rev ? r->notice_rev : WHEN_NONE), ARG_I("since", r->since));
}

static void read_row(struct stmt *st, struct arena *a, struct finding_row *r)
{
    *r = (struct finding_row){.id = stmt_int(st, 0),
                              .asset = stmt_int(st, 1),
                              .component = stmt_int(st, 2),
                              .vuln = arena_str(a, stmt_str(st, 3)),
                              .outcome = arena_str(a, stmt_str(st, 13)),
                              .deadline = stmt_when(st, 14),
                              .notice_rev = stmt_int(st, 15),
                              .since = stmt_int(st, 16)};
    r->v.status = (enum finding_status)stmt_int(st, 4);
    r->v.confidence = (enum confidence)stmt_int(st, 5);
    r->v.conditional = stmt_int(st, 6) != 0;
    struct str *const field[] = {&r->v.source, &r->v.rule,    &r->v.criteria,
                                 &r->v.fixed,  &r->v.missing, &r->v.why};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        *field[i] = arena_str(a, stmt_str(st, (int)i + 7));
}

int finding_store_get(struct db *db, int64_t id, struct arena *a, struct finding_row *out, struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, "finding_get", e, ARG_I("id", id));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc ? rc : err_set(e, ERR_NOT_FOUND, "there is no finding F-%lld", (long long)id);
    read_row(st, a, out);
    stmt_done(st);
    return 0;
}

int finding_store_of_vuln(struct db *db, struct str vuln, struct arena *a, struct finding_row **out,
                          size_t *n, struct err *e)
{
    VEC(struct finding_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "finding_of_vuln", e, ARG_S("vuln", vuln));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        read_row(st, a, vec_add(&v));
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct finding_row, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int finding_store_clear(struct db *db, struct err *e)
{
    return db_run(db, "finding_clear", e);
}

int finding_store_round(struct db *db, when_t at, int64_t items, struct err *e)
{
    return db_run(db, "round_put", e, ARG_I("at", at), ARG_I("items", items));
}

int finding_store_last_round(struct db *db, when_t before, when_t *out, struct err *e)
{
    *out = WHEN_NONE;
    int rc = db_get_int(db, out, "round_last", e, ARG_I("before", before));
    return rc == ERR_NOT_FOUND ? 0 : rc;
}
