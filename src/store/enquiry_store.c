#include "store/contain_store.h"
#include "store/rows.h"

int enquiry_store_put(struct db *db, const struct enquiry *q, int64_t *id, struct err *e)
{
    int rc = db_run(db, "enquiry_put", e, ARG_S("organisation", q->organisation),
                    ARG_REF("case_id", q->case_id), ARG_S("subject", q->subject), ARG_S("lang", q->lang),
                    ARG_S("text", q->text), ARG_I("due", q->due), ARG_S("who", q->who), ARG_I("at", q->at));
    *id = rc ? 0 : db_last_id(db);
    return rc;
}

int enquiry_store_event(struct db *db, const struct enquiry_event *ev, struct err *e)
{
    return db_run(db, "enquiry_event_put", e, ARG_I("enquiry", ev->enquiry),
                  ARG_C("kind", enquiry_event_name(ev->kind)), ARG_I("at", ev->at), ARG_S("who", ev->who),
                  ARG_S("channel", ev->channel), ARG_S("runs", ev->runs), ARG_S("product", ev->product),
                  ARG_S("version", ev->version), ARG_S("found", ev->found), ARG_S("note", ev->note));
}

static int load_events(struct db *db, struct enquiry *q, struct arena *a, struct err *e)
{
    VEC(struct enquiry_event) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "enquiry_event_of", e, ARG_I("enquiry", q->id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct enquiry_event ev = {.id = stmt_int(st, 0),
                                   .enquiry = stmt_int(st, 1),
                                   .at = stmt_int(st, 3),
                                   .who = rows_text(st, a, 4),
                                   .channel = rows_text(st, a, 5),
                                   .runs = rows_text(st, a, 6),
                                   .product = rows_text(st, a, 7),
                                   .version = rows_text(st, a, 8),
                                   .found = rows_text(st, a, 9),
                                   .note = rows_text(st, a, 10)};
        if (enquiry_event_by_name(stmt_str(st, 2), &ev.kind)) /* of a newer toban: passed over */
            vec_push(&v, ev);
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct enquiry_event, &q->event, &q->event_n);
    return rc;
}

int enquiry_store_list(struct db *db, struct arena *a, struct enquiry **out, size_t *n, struct err *e)
{
    VEC(struct enquiry) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "enquiry_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        *vec_add(&v) = (struct enquiry){.id = stmt_int(st, 0),
                                        .organisation = rows_text(st, a, 1),
                                        .case_id = stmt_int(st, 2),
                                        .subject = rows_text(st, a, 3),
                                        .lang = rows_text(st, a, 4),
                                        .text = rows_text(st, a, 5),
                                        .due = stmt_int(st, 6),
                                        .who = rows_text(st, a, 7),
                                        .at = stmt_int(st, 8)};
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct enquiry, out, n);
    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = load_events(db, &(*out)[i], a, e);
    return rc;
}
