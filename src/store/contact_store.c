#include "store/contain_store.h"
#include "store/rows.h"

static int put_channels(struct db *db, const struct contact *c, int64_t id, struct err *e)
{
    int rc = db_run(db, "channel_clear", e, ARG_I("contact", id));
    for (size_t i = 0; rc == 0 && i < c->channel_n; i++)
        rc = db_run(db, "channel_put", e, ARG_I("contact", id), ARG_I("ord", (int64_t)i + 1),
                    ARG_C("kind", contact_channel_name(c->channel[i].kind)),
                    ARG_S("address", c->channel[i].address), ARG_S("needs", c->channel[i].needs));
    return rc;
}

int contact_store_put(struct db *db, const struct contact *c, int64_t *id, struct err *e)
{
    int rc;
#define FIELDS                                                                                               \
    ARG_S("name", c->name), ARG_C("kind", contact_kind_name(c->kind)), ARG_S("role", c->role),               \
        ARG_S("organisation", c->organisation), ARG_S("department", c->department), ARG_S("lang", c->lang),  \
        ARG_I("call_order", c->call_order), ARG_REF("called_by", c->called_by),                              \
        ARG_REF("substitute", c->substitute), ARG_S("note", c->note), ARG_W("checked", c->checked),          \
        ARG_S("checked_by", c->checked_by), ARG_S("who", c->who), ARG_I("at", c->at)
    if (c->id == 0) {
        rc = db_run(db, "contact_put", e, FIELDS);
        *id = rc ? 0 : db_last_id(db);
    } else {
        rc = db_run(db, "contact_set", e, FIELDS, ARG_I("id", c->id));
        *id = c->id;
        if (rc == 0 && db_changes(db) == 0)
            rc = err_set(e, ERR_NOT_FOUND, "there is no contact K-%lld; toban contacts list shows them",
                         (long long)c->id);
    }
#undef FIELDS
    return rc ? rc : put_channels(db, c, *id, e);
}

static int load_channels(struct db *db, struct contact *c, struct arena *a, struct err *e)
{
    VEC(struct contact_channel) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "channel_of", e, ARG_I("contact", c->id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct contact_channel *ch = vec_add(&v);
        *ch = (struct contact_channel){.id = stmt_int(st, 0),
                                       .contact = stmt_int(st, 1),
                                       .order = (int)stmt_int(st, 2),
                                       .address = rows_text(st, a, 4),
                                       .needs = rows_text(st, a, 5)};
        if (!contact_channel_by_name(stmt_str(st, 3), &ch->kind))
            ch->kind = CHANNEL_PHONE;
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct contact_channel, &c->channel, &c->channel_n);
    return rc;
}

int contact_store_list(struct db *db, struct arena *a, struct contact **out, size_t *n, struct err *e)
{
    VEC(struct contact) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "contact_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct contact *c = vec_add(&v);
        *c = (struct contact){.id = stmt_int(st, 0),
                              .name = rows_text(st, a, 1),
                              .role = rows_text(st, a, 3),
                              .organisation = rows_text(st, a, 4),
                              .department = rows_text(st, a, 5),
                              .lang = rows_text(st, a, 6),
                              .call_order = (int)stmt_int(st, 7),
                              .called_by = stmt_int(st, 8),
                              .substitute = stmt_int(st, 9),
                              .note = rows_text(st, a, 10),
                              .checked = stmt_when(st, 11),
                              .checked_by = rows_text(st, a, 12),
                              .who = rows_text(st, a, 13),
                              .at = stmt_int(st, 14)};
        if (!contact_kind_by_name(stmt_str(st, 2), &c->kind))
            c->kind = CONTACT_PERSON;
        rc = 0;
    }
    ROWS_TO_ARENA(a, v, struct contact, out, n);
    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = load_channels(db, &(*out)[i], a, e);
    return rc;
}

static int missing(struct db *db, int rc, int64_t id, struct err *e)
{
    if (rc == 0 && db_changes(db) == 0)
        return err_set(e, ERR_NOT_FOUND, "there is no contact K-%lld; toban contacts list shows them",
                       (long long)id);
    return rc;
}

int contact_store_checked(struct db *db, int64_t id, when_t at, struct str who, struct err *e)
{
    return missing(db, db_run(db, "contact_checked", e, ARG_I("at", at), ARG_S("who", who), ARG_I("id", id)),
                   id, e);
}

int contact_store_remove(struct db *db, int64_t id, when_t at, struct err *e)
{
    return missing(db, db_run(db, "contact_remove", e, ARG_I("at", at), ARG_I("id", id)), id, e);
}
