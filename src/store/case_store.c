#include "store/case_store.h"
#include "store/rows.h"

int case_store_open(struct db *db, const struct case_head *h, int64_t *id, struct err *e)
{
    int rc = db_run(db, "case_put", e, ARG_S("title", h->title), ARG_S("origin", h->origin),
                    ARG_I("opened", h->opened), ARG_S("who", h->who));
    *id = rc ? 0 : db_last_id(db);
    return rc;
}

int case_store_heads(struct db *db, int64_t id, struct arena *a, struct case_head **out, size_t *n,
                     struct err *e)
{
    VEC(struct case_head) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "case_list", e, ARG_I("id", id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct case_head){stmt_int(st, 0),     rows_text(st, a, 1), rows_text(st, a, 2),
                                          rows_text(st, a, 3), stmt_int(st, 4),     NULL};
        rc = 0;
    }
    if (rc == 0 && id && v.n == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no case C-%lld; toban case list shows them", (long long)id);
    ROWS_TO_ARENA(a, v, struct case_head, out, n);
    return rc;
}

int case_store_of_asset(struct db *db, struct str ledger, struct str key, struct arena *a, int64_t **out,
                        size_t *n, struct err *e)
{
    VEC(int64_t) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "case_of_asset", e, ARG_S("ledger", ledger), ARG_S("asset_key", key));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        vec_push(&v, stmt_int(st, 0));
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, int64_t, out, n);
    return rc;
}

int case_store_step(struct db *db, const struct case_step *s, struct err *e)
{
    return db_run(db, "case_step_put", e, ARG_I("case_id", s->case_id), ARG_S("ledger", s->ledger),
                  ARG_S("asset_key", s->asset_key), ARG_C("kind", case_step_name(s->kind)),
                  ARG_I("at", s->at), ARG_S("who", s->who), ARG_S("value", s->value),
                  ARG_S("detail", s->detail), ARG_S("component", s->component), ARG_S("owner", s->owner),
                  ARG_S("why", s->why), ARG_W("until", s->until));
}

int case_store_steps(struct db *db, int64_t case_id, struct arena *a, struct case_step **out, size_t *n,
                     struct err *e)
{
    VEC(struct case_step) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "case_step_of", e, ARG_I("case_id", case_id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct case_step s = {.id = stmt_int(st, 0),
                              .case_id = stmt_int(st, 1),
                              .ledger = rows_text(st, a, 2),
                              .asset_key = rows_text(st, a, 3),
                              .at = stmt_int(st, 5),
                              .who = rows_text(st, a, 6),
                              .value = rows_text(st, a, 7),
                              .detail = rows_text(st, a, 8),
                              .component = rows_text(st, a, 9),
                              .owner = rows_text(st, a, 10),
                              .why = rows_text(st, a, 11),
                              .until = stmt_when(st, 12)};
        rc = 0;
        if (!case_step_by_name(stmt_str(st, 4), &s.kind))
            rc = err_set(e, ERR_INTERNAL, "case C-%lld has a step of a kind this toban does not know: %.*s",
                         (long long)case_id, STR_ARG(stmt_str(st, 4)));
        else
            vec_push(&v, s);
    }
    if (rc < 0)
        stmt_done(st);
    ROWS_TO_ARENA(a, v, struct case_step, out, n);
    return rc;
}

int case_store_put_looks(struct db *db, int64_t case_id, const struct case_look *look, size_t n,
                         struct err *e)
{
    int rc = db_run(db, "case_look_clear", e, ARG_I("case_id", case_id));
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct case_look *l = &look[i];
        rc = db_run(db, "case_look_put", e, ARG_I("case_id", case_id), ARG_S("ledger", l->ledger),
                    ARG_S("asset_key", l->asset_key), ARG_I("asset", l->asset), ARG_S("name", l->name),
                    ARG_I("gone", l->gone), ARG_I("status", l->status), ARG_S("product", l->product),
                    ARG_S("component", l->component), ARG_S("fixed", l->fixed), ARG_S("missing", l->missing),
                    ARG_S("why", l->why), ARG_I("asks", l->asks), ARG_S("asks_why", l->asks_why),
                    ARG_W("seen", l->seen), ARG_W("deadline", l->deadline),
                    ARG_S("deadline_by", l->deadline_by), ARG_S("deadline_why", l->deadline_why));
    }
    return rc;
}

int case_store_looks(struct db *db, int64_t case_id, struct arena *a, struct case_look **out, size_t *n,
                     struct err *e)
{
    VEC(struct case_look) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "case_look_of", e, ARG_I("case_id", case_id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct case_look){.ledger = rows_text(st, a, 0),
                                          .asset_key = rows_text(st, a, 1),
                                          .asset = stmt_int(st, 2),
                                          .name = rows_text(st, a, 3),
                                          .gone = stmt_int(st, 4) != 0,
                                          .status = (enum finding_status)stmt_int(st, 5),
                                          .product = rows_text(st, a, 6),
                                          .component = rows_text(st, a, 7),
                                          .fixed = rows_text(st, a, 8),
                                          .missing = rows_text(st, a, 9),
                                          .why = rows_text(st, a, 10),
                                          .asks = stmt_int(st, 11) != 0,
                                          .asks_why = rows_text(st, a, 12),
                                          .seen = stmt_when(st, 13),
                                          .deadline = stmt_when(st, 14),
                                          .deadline_by = rows_text(st, a, 15),
                                          .deadline_why = rows_text(st, a, 16)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct case_look, out, n);
    return rc;
}

int case_store_clear_looks(struct db *db, struct err *e)
{
    return db_run(db, "case_look_clear_all", e);
}

int case_store_put_plan(struct db *db, const struct case_plan *p, int64_t *id, struct err *e)
{
    int rc;
    if (p->id) {
        *id = p->id;
        return db_run(db, "plan_set", e, ARG_I("id", p->id), ARG_S("fixed", p->fixed),
                      ARG_S("track", p->track), ARG_S("test", p->test), ARG_S("rollback", p->rollback),
                      ARG_S("trigger", p->trigger), ARG_S("owner", p->owner), ARG_S("window", p->window),
                      ARG_S("who", p->who), ARG_I("at", p->at));
    }
    rc = db_run(db, "plan_put", e, ARG_I("case_id", p->case_id), ARG_S("product", p->product),
                ARG_S("fixed", p->fixed), ARG_S("track", p->track), ARG_S("test", p->test),
                ARG_S("rollback", p->rollback), ARG_S("trigger", p->trigger), ARG_S("owner", p->owner),
                ARG_S("window", p->window), ARG_S("who", p->who), ARG_I("at", p->at));
    *id = rc ? 0 : db_last_id(db);
    return rc;
}

int case_store_plans(struct db *db, int64_t case_id, struct arena *a, struct case_plan **out, size_t *n,
                     struct err *e)
{
    VEC(struct case_plan) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "plan_list", e, ARG_I("case_id", case_id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct case_plan){.id = stmt_int(st, 0),
                                          .case_id = stmt_int(st, 1),
                                          .product = rows_text(st, a, 2),
                                          .fixed = rows_text(st, a, 3),
                                          .track = rows_text(st, a, 4),
                                          .test = rows_text(st, a, 5),
                                          .rollback = rows_text(st, a, 6),
                                          .trigger = rows_text(st, a, 7),
                                          .owner = rows_text(st, a, 8),
                                          .window = rows_text(st, a, 9),
                                          .who = rows_text(st, a, 10),
                                          .at = stmt_int(st, 11)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct case_plan, out, n);
    return rc;
}

int case_store_put_window(struct db *db, const struct window_row *w, int64_t *id, struct err *e)
{
    int rc = db_run(db, "window_put", e, ARG_S("name", w->name), ARG_S("rule", w->rule), ARG_S("who", w->who),
                    ARG_I("at", w->at));
    *id = rc ? 0 : db_last_id(db);
    return rc;
}

int case_store_windows(struct db *db, struct arena *a, struct window_row **out, size_t *n, struct err *e)
{
    VEC(struct window_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "window_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct window_row){stmt_int(st, 0), rows_text(st, a, 1), rows_text(st, a, 2),
                                           rows_text(st, a, 3), stmt_int(st, 4)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct window_row, out, n);
    return rc;
}

int case_store_put_freeze(struct db *db, const struct freeze_row *f, int64_t *id, struct err *e)
{
    int rc = db_run(db, "freeze_put", e, ARG_I("first", f->first), ARG_I("until", f->until),
                    ARG_S("why", f->why), ARG_S("who", f->who), ARG_I("at", f->at));
    *id = rc ? 0 : db_last_id(db);
    return rc;
}

int case_store_freezes(struct db *db, struct arena *a, struct freeze_row **out, size_t *n, struct err *e)
{
    VEC(struct freeze_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "freeze_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct freeze_row){stmt_int(st, 0),     stmt_int(st, 1),     stmt_int(st, 2),
                                           rows_text(st, a, 3), rows_text(st, a, 4), stmt_int(st, 5)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct freeze_row, out, n);
    return rc;
}

int case_store_remove_window(struct db *db, int64_t id, when_t at, struct err *e)
{
    int rc = db_run(db, "window_remove", e, ARG_I("id", id), ARG_I("at", at));
    if (rc == 0 && db_changes(db) == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no window W-%lld; toban windows list shows them",
                     (long long)id);
    return rc;
}

int case_store_remove_freeze(struct db *db, int64_t id, when_t at, struct err *e)
{
    int rc = db_run(db, "freeze_remove", e, ARG_I("id", id), ARG_I("at", at));
    if (rc == 0 && db_changes(db) == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no freeze Z-%lld; toban windows list shows them",
                     (long long)id);
    return rc;
}
