#include "loop/stage_contact.h"

#include <stdio.h>

#include "codec/json.h"
#include "loop/audit.h"

static void kstr(struct json_writer *w, const char *key, struct str s)
{
    if (s.n)
        json_w_kstr(w, key, s);
}

/* All that was written, so that the log alone tells whom one would have called on a day. */
static void contact_detail(const struct contact *c, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kstr(&w, "name", c->name);
    json_w_kcstr(&w, "kind", contact_kind_name(c->kind));
    kstr(&w, "role", c->role);
    kstr(&w, "organisation", c->organisation);
    kstr(&w, "department", c->department);
    kstr(&w, "lang", c->lang);
    kstr(&w, "note", c->note);
    if (c->call_order)
        json_w_kint(&w, "order", c->call_order);
    if (c->called_by)
        json_w_kint(&w, "called_by", c->called_by);
    if (c->substitute)
        json_w_kint(&w, "substitute", c->substitute);
    json_w_key(&w, "channels");
    json_w_array(&w);
    for (size_t i = 0; i < c->channel_n; i++) {
        json_w_object(&w);
        json_w_kcstr(&w, "kind", contact_channel_name(c->channel[i].kind));
        json_w_kstr(&w, "address", c->channel[i].address);
        kstr(&w, "needs", c->channel[i].needs);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
}

static int put_one(struct db *db, const struct contact *c, int64_t *id, struct err *e)
{
    struct buf text = BUF_INIT(LIMIT_RECORD);
    char object[32];
    int rc = contact_store_put(db, c, id, e);
    snprintf(object, sizeof(object), "K-%lld", (long long)*id);
    contact_detail(c, &text);
    struct audit_row r = {.at = c->at,
                          .who = c->who,
                          .action = str_of(c->id ? "contact.changed" : "contact.added"),
                          .object = str_of(object),
                          .detail = buf_str(&text)};
    if (rc == 0)
        rc = audit_append(db, &r, e);
    buf_release(&text);
    return rc;
}

static int end(struct db *db, int rc, struct err *e)
{
    if (rc == 0)
        rc = db_commit(db, e);
    if (rc)
        db_rollback(db);
    return rc;
}

int stage_contact_put(const struct world *w, const struct contact *c, int64_t *id, struct err *e)
{
    int rc = db_begin(w->db, e);
    return rc ? rc : end(w->db, put_one(w->db, c, id, e), e);
}

int stage_contact_put_all(const struct world *w, struct contact *c, size_t n,
                          bool (*link)(void *ctx, struct contact *c, size_t i), void *ctx, struct err *e)
{
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        int64_t id;
        rc = put_one(w->db, &c[i], &id, e);
        if (rc == 0)
            c[i].id = id;
    }
    for (size_t i = 0; rc == 0 && link && i < n; i++) {
        int64_t id;
        if (link(ctx, &c[i], i))
            rc = put_one(w->db, &c[i], &id, e);
    }
    return end(w->db, rc, e);
}

static int each(const struct world *w, const int64_t *id, size_t n, when_t at, struct str who, const char *action,
                bool remove, struct err *e)
{
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char object[32];
        snprintf(object, sizeof(object), "K-%lld", (long long)id[i]);
        struct audit_row r = {.at = at, .who = who, .action = str_of(action), .object = str_of(object)};
        rc = remove ? contact_store_remove(w->db, id[i], at, e) : contact_store_checked(w->db, id[i], at, who, e);
        if (rc == 0)
            rc = audit_append(w->db, &r, e);
    }
    return end(w->db, rc, e);
}

int stage_contact_checked(const struct world *w, const int64_t *id, size_t n, when_t at, struct str who, struct err *e)
{
    return each(w, id, n, at, who, "contact.checked", false, e);
}

int stage_contact_remove(const struct world *w, const int64_t *id, size_t n, when_t at, struct str who, struct err *e)
{
    return each(w, id, n, at, who, "contact.removed", true, e);
}

/* ---- enquiries ---- */

static int asked_already(const struct enquiry *list, size_t n, const struct enquiry *q, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (enquiry_status(&list[i], q->at).state < ENQUIRY_DONE && str_eq(list[i].organisation, q->organisation) &&
            str_eq(list[i].subject, q->subject))
            return err_set(e, ERR_CONFLICT, "E-%lld asks %.*s about %.*s already; toban ledger ask remind E-%lld",
                           (long long)list[i].id, STR_ARG(q->organisation), STR_ARG(q->subject), (long long)list[i].id);
    return 0;
}

static int enquiry_audit(struct db *db, int64_t id, when_t at, struct str who, const char *what, struct str detail,
                         struct err *e)
{
    char object[32], action[40];
    snprintf(object, sizeof(object), "E-%lld", (long long)id);
    snprintf(action, sizeof(action), "enquiry.%s", what);
    struct audit_row r = {.at = at, .who = who, .action = str_of(action), .object = str_of(object), .detail = detail};
    return audit_append(db, &r, e);
}

int stage_enquiry_ask(const struct world *w, struct enquiry *q,
                      int (*render)(void *ctx, struct enquiry *q, struct err *e), void *ctx, struct err *e)
{
    struct arena a = {0};
    struct enquiry *list;
    struct buf text = BUF_INIT(LIMIT_RECORD);
    struct json_writer j;
    size_t n;
    int64_t id = 0;
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = enquiry_store_list(w->db, &a, &list, &n, e);
    if (rc == 0)
        rc = asked_already(list, n, q, e);
    if (rc == 0) {
        /* Rows are never removed, so the next number is known while the transaction is ours. */
        q->id = n ? list[n - 1].id + 1 : 1;
        rc = render(ctx, q, e);
    }
    if (rc == 0)
        rc = enquiry_store_put(w->db, q, &id, e);
    if (rc == 0 && id != q->id)
        rc = err_set(e, ERR_INTERNAL, "the enquiry got number %lld instead of %lld", (long long)id, (long long)q->id);
    json_writer_init(&j, &text);
    json_w_object(&j);
    json_w_kstr(&j, "organisation", q->organisation);
    json_w_kstr(&j, "subject", q->subject);
    if (q->case_id)
        json_w_kint(&j, "case", q->case_id);
    json_w_object_end(&j);
    if (rc == 0)
        rc = enquiry_audit(w->db, id, q->at, q->who, "asked", buf_str(&text), e);
    rc = end(w->db, rc, e);
    buf_release(&text);
    arena_release(&a);
    return rc;
}

static int may_happen(const struct enquiry *list, size_t n, const struct enquiry_event *ev, struct err *e)
{
    const struct enquiry *q = NULL;
    for (size_t i = 0; i < n; i++)
        if (list[i].id == ev->enquiry)
            q = &list[i];
    if (!q)
        return err_set(e, ERR_NOT_FOUND, "there is no enquiry E-%lld; toban ledger ask list shows them",
                       (long long)ev->enquiry);
    enum enquiry_state s = enquiry_status(q, ev->at).state;
    if (s == ENQUIRY_GONE)
        return err_set(e, ERR_CONFLICT, "E-%lld was withdrawn", (long long)q->id);
    if (s == ENQUIRY_DONE && ev->kind != ENQUIRY_ANSWERED)
        return err_set(e, ERR_CONFLICT, "E-%lld was answered already", (long long)q->id);
    return 0;
}

int stage_enquiry_event(const struct world *w, const struct enquiry_event *ev, struct err *e)
{
    struct arena a = {0};
    struct enquiry *list;
    struct buf text = BUF_INIT(LIMIT_RECORD);
    struct json_writer j;
    size_t n;
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = enquiry_store_list(w->db, &a, &list, &n, e);
    if (rc == 0)
        rc = may_happen(list, n, ev, e);
    if (rc == 0)
        rc = enquiry_store_event(w->db, ev, e);
    json_writer_init(&j, &text);
    json_w_object(&j);
    kstr(&j, "channel", ev->channel);
    kstr(&j, "runs", ev->runs);
    kstr(&j, "product", ev->product);
    kstr(&j, "version", ev->version);
    kstr(&j, "found", ev->found);
    kstr(&j, "note", ev->note);
    json_w_object_end(&j);
    if (rc == 0)
        rc = enquiry_audit(w->db, ev->enquiry, ev->at, ev->who, enquiry_event_name(ev->kind), buf_str(&text), e);
    rc = end(w->db, rc, e);
    buf_release(&text);
    arena_release(&a);
    return rc;
}
