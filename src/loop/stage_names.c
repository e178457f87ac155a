#include "loop/stage_names.h"

/* A build stated apart is put behind the product, where the rules look for one. */
static struct str product_text(const struct name_row *w, struct arena *a)
{
    if (w->build.n == 0)
        return w->product;
    return str_of(arena_printf(a, STR_FMT " " STR_FMT, STR_ARG(w->product), STR_ARG(w->build)));
}

int stage_names_one(const struct world *w, const struct name_row *written, struct arena *a,
                    struct name_row *out, struct err *e)
{
    struct name_match m;
    struct name_input in = {
        .product = product_text(written, a), .vendor = written->vendor, .version = written->version};
    if (written->key.n) /* the import stated a CPE */
        in = (struct name_input){.product = written->key};
    int rc = name_match(&w->names, &in, a, &m, e);
    if (rc)
        return rc;
    *out = *written;
    out->status = str_of(name_kind_name(m.kind));
    out->key = m.kind == NAME_NONE || m.product.n == 0
                   ? STR_LIT("")
                   : str_of(arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(m.vendor), STR_ARG(m.product)));
    out->cpe_version = m.version;
    out->cpe_update = m.update;
    out->exact = m.build;
    out->also = out->key.n ? m.also : STR_LIT("");
    out->reason = m.reason;
    return 0;
}

int stage_names_run(const struct world *w, uint64_t *named, uint64_t *unnamed, struct err *e)
{
    struct arena a = {0};
    struct name_row *row, r;
    size_t n;
    *named = *unnamed = 0;
    int rc = ledger_store_written(w->db, &a, &row, &n, e);
    if (rc == 0)
        rc = db_begin(w->db, e);
    if (rc) {
        arena_release(&a);
        return rc;
    }
    rc = db_run(w->db, "derived_name_clear", e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = stage_names_one(w, &row[i], &a, &r, e);
        if (rc == 0)
            rc = ledger_store_put_name(w->db, &r, e);
        *named += r.key.n != 0;
        *unnamed += r.key.n == 0;
    }
    if (rc == 0)
        rc = db_commit(w->db, e);
    if (rc)
        db_rollback(w->db);
    arena_release(&a);
    return rc;
}
