/* Keeping cases in step with the ledger and the findings. */
#include "loop/remediate_parts.h"

static int put_changes(struct remediate_sync *y, size_t from, struct err *e)
{
    int rc = 0;
    for (size_t i = from; rc == 0 && i < y->change.n; i++)
        rc = stage_remediate_record(y->w, &y->change.p[i].step, e);
    return rc;
}

/* Within one transaction: what is concluded rests on the steps as they are then. */
static int sync_one(struct remediate_sync *y, int64_t id, struct err *e)
{
    struct case_file c;
    struct case_look *look;
    size_t n, from = y->change.n;
    int rc = stage_remediate_load(y->w, id, y->a, &c, e);
    if (rc == 0)
        rc = remediate_look(y, &c, &look, &n, e);
    if (rc)
        return rc;
    struct map index = {0};
    struct buf key = BUF_INIT(MIB);
    for (size_t i = 0; i < c.member_n; i++) {
        remediate_key(&key, c.member[i].a.ledger, c.member[i].a.key);
        *map_put(&index, buf_str(&key), NULL) = i;
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct case_member one = {.look = &look[i]};
        remediate_key(&key, look[i].ledger, look[i].asset_key);
        const uint64_t *at = map_get(&index, buf_str(&key));
        if (at)
            one.a = c.member[*at].a;
        else
            gate_start(&one.a, look[i].ledger, look[i].asset_key);
        remediate_rule(y, &c, &one, look[i].name);
        if (one.a.joined != WHEN_NONE)
            look[kept++] = look[i];
    }
    remediate_rule_case(y, &c, from);
    rc = case_store_put_looks(y->w->db, id, look, kept, e);
    if (rc == 0)
        rc = put_changes(y, from, e);
    map_release(&index);
    buf_release(&key);
    return rc;
}

int stage_remediate_sync(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                         const struct remediate_policy *p, int64_t case_id, struct arena *a, struct remediate_change **out,
                         size_t *n, struct err *e)
{
    struct remediate_sync y = {.w = w, .f = f, .o = o, .p = p, .a = a};
    struct case_head *head;
    size_t head_n;
    int rc = case_store_heads(w->db, case_id, a, &head, &head_n, e);
    for (size_t i = 0; rc == 0 && i < head_n; i++) {
        size_t from = y.change.n;
        rc = db_begin(w->db, e);
        if (rc)
            break;
        rc = sync_one(&y, head[i].id, e);
        if (rc == 0)
            rc = db_commit(w->db, e);
        if (rc) {
            db_rollback(w->db);
            y.change.n = from;
        }
    }
    *n = y.change.n;
    *out = arena_array(a, struct remediate_change, y.change.n + 1);
    if (y.change.n)
        memcpy(*out, y.change.p, y.change.n * sizeof(*y.change.p));
    vec_release(&y.change);
    vec_release(&y.result);
    map_release(&y.result_index);
    return rc;
}
