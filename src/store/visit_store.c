#include "store/visit_store.h"

int visit_store_start(struct db *db, struct str source, when_t now, int64_t *id, struct err *e)
{
    int rc = db_run(db, "visit_start", e, ARG_S("source", source), ARG_I("started", now));
    *id = db_last_id(db);
    return rc;
}

int visit_store_end(struct db *db, const struct visit *v, struct err *e)
{
    return db_run(db, "visit_end", e, ARG_I("id", v->id), ARG_W("ended", v->ended),
                  ARG_S("outcome", v->outcome), ARG_I("good", v->good), ARG_I("bad", v->bad),
                  ARG_W("newest", v->newest), ARG_W("document_time", v->document_time),
                  ARG_S("text", v->text));
}

int visit_store_get(struct db *db, struct str source, enum visit_which which, when_t as_of, struct arena *a,
                    struct visit *out, struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, which == VISIT_LAST ? "visit_last" : "visit_last_ok", e,
                      ARG_S("source", source), ARG_I("as_of", as_of));
    if (rc)
        return rc;
    rc = stmt_next(st, e);
    if (rc <= 0)
        return rc ? rc : ERR_NOT_FOUND;
    *out = (struct visit){.id = stmt_int(st, 0),
                          .started = stmt_when(st, 1),
                          .ended = stmt_when(st, 2),
                          .outcome = arena_str(a, stmt_str(st, 3)),
                          .good = stmt_int(st, 4),
                          .bad = stmt_int(st, 5),
                          .newest = stmt_when(st, 6),
                          .document_time = stmt_when(st, 7),
                          .text = arena_str(a, stmt_str(st, 8))};
    stmt_done(st);
    return 0;
}

int visit_store_newest(struct db *db, struct str source, when_t *out, struct err *e)
{
    struct stmt *st;
    *out = WHEN_NONE;
    int rc = db_query(db, &st, "visit_newest", e, ARG_S("source", source));
    if (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *out = stmt_when(st, 0);
        stmt_done(st);
        rc = 0;
    }
    return rc;
}

int visit_store_close_running(struct db *db, when_t now, struct err *e)
{
    /* An hour: no visit lasts longer, and another process may be on one right now. */
    return db_run(db, "visit_close_running", e, ARG_I("now", now), ARG_I("before", now - 3600 * WHEN_SEC),
                  ARG_C("text", tr("the visit was interrupted")));
}

int visit_store_document(struct db *db, int64_t visit, const struct document *d, struct err *e)
{
    return db_run(db, "document_put", e, ARG_I("visit", visit), ARG_S("source", d->source),
                  ARG_S("url", d->url), ARG_S("sha256", d->sha256), ARG_I("bytes", d->bytes),
                  ARG_S("content_type", d->content_type), ARG_S("kind", d->kind),
                  ARG_S("context", d->context), ARG_I("fetched", d->fetched), ARG_I("records", d->records),
                  ARG_I("full", d->full), ARG_W("newest", d->newest),
                  ARG_W("document_time", d->document_time));
}

int visit_store_last_full(struct db *db, struct str source, struct str url, struct document *out,
                          struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, "document_last_full", e, ARG_S("source", source), ARG_S("url", url));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc ? rc : ERR_NOT_FOUND;
    *out = (struct document){.records = stmt_int(st, 0),
                             .full = true,
                             .newest = stmt_when(st, 1),
                             .document_time = stmt_when(st, 2)};
    stmt_done(st);
    return 0;
}

int visit_store_seen(struct db *db, struct str source, struct str url, struct str sha256, bool *seen,
                     struct err *e)
{
    int64_t n = 0;
    int rc = db_get_int(db, &n, "document_seen", e, ARG_S("source", source), ARG_S("url", url),
                        ARG_S("sha256", sha256));
    *seen = n > 0;
    return rc;
}

int visit_store_documents(struct db *db, struct arena *a, struct document **out, size_t *n, struct err *e)
{
    VEC(struct document) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "document_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct document){.source = arena_str(a, stmt_str(st, 0)),
                                         .url = arena_str(a, stmt_str(st, 1)),
                                         .sha256 = arena_str(a, stmt_str(st, 2)),
                                         .content_type = arena_str(a, stmt_str(st, 3)),
                                         .kind = arena_str(a, stmt_str(st, 4)),
                                         .context = arena_str(a, stmt_str(st, 5)),
                                         .fetched = stmt_int(st, 6)};
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct document, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int visit_store_validator(struct db *db, struct str url, struct arena *a, struct validator *out,
                          struct err *e)
{
    struct stmt *st;
    *out = (struct validator){0};
    int rc = db_query(db, &st, "validator_get", e, ARG_S("url", url));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = (struct validator){arena_str(a, stmt_str(st, 0)), arena_str(a, stmt_str(st, 1)),
                              arena_str(a, stmt_str(st, 2))};
    stmt_done(st);
    return 0;
}

int visit_store_set_validator(struct db *db, struct str url, const struct validator *v, struct err *e)
{
    return db_run(db, "validator_put", e, ARG_S("url", url), ARG_S("etag", v->etag),
                  ARG_S("last_modified", v->last_modified), ARG_S("sha256", v->sha256));
}

int visit_store_cursor(struct db *db, struct str source, struct arena *a, struct str *cursor, when_t *last_ok,
                       struct err *e)
{
    struct stmt *st;
    *cursor = (struct str){0};
    *last_ok = WHEN_NONE;
    int rc = db_query(db, &st, "cursor_get", e, ARG_S("source", source));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *cursor = arena_str(a, stmt_str(st, 0));
    *last_ok = stmt_int(st, 1);
    stmt_done(st);
    return 0;
}

int visit_store_set_cursor(struct db *db, struct str source, struct str cursor, when_t last_ok, struct err *e)
{
    return db_run(db, "cursor_put", e, ARG_S("source", source), ARG_S("cursor", cursor),
                  ARG_I("last_ok", last_ok));
}

int visit_store_quarantine(struct db *db, struct str source, int64_t visit, when_t at, const char *reason,
                           struct str bytes, struct err *e)
{
    int rc = db_run(db, "quarantine_put", e, ARG_S("source", source), ARG_I("visit", visit), ARG_I("at", at),
                    ARG_C("reason", reason), ARG_B("bytes", bytes));
    if (rc == 0)
        rc = db_run(db, "quarantine_trim", e, ARG_S("source", source), ARG_I("keep", LIMIT_ERRORS_KEPT));
    return rc;
}

int visit_store_quarantined(struct db *db, struct str source, int64_t limit, struct arena *a,
                            struct quarantined **out, size_t *n, int64_t *total, struct err *e)
{
    struct stmt *st;
    *n = 0;
    int rc = db_get_int(db, total, "quarantine_count", e, ARG_S("source", source));
    if (rc)
        return rc;
    limit = MIN(limit, *total);
    *out = arena_array(a, struct quarantined, limit + 1);
    rc = db_query(db, &st, "quarantine_list", e, ARG_S("source", source), ARG_I("limit", limit));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        (*out)[(*n)++] = (struct quarantined){.id = stmt_int(st, 0),
                                              .visit = stmt_int(st, 1),
                                              .at = stmt_int(st, 2),
                                              .reason = arena_str(a, stmt_str(st, 3)),
                                              .bytes = arena_str(a, stmt_str(st, 4))};
        rc = 0;
    }
    return rc;
}

int visit_store_accept(struct db *db, struct str source, struct str sha256, struct str reason, struct str who,
                       when_t at, struct err *e)
{
    return db_run(db, "source_accept_put", e, ARG_S("source", source), ARG_S("sha256", sha256),
                  ARG_S("reason", reason), ARG_S("who", who), ARG_I("at", at));
}

int visit_store_accepted(struct db *db, struct str source, struct str sha256, bool *yes, struct err *e)
{
    int64_t n = 0;
    int rc = db_get_int(db, &n, "source_accept_get", e, ARG_S("source", source), ARG_S("sha256", sha256));
    *yes = n > 0;
    return rc;
}
