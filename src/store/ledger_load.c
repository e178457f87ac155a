/* Reading the ledger: imports overlaid with what people said. */
#include <stdlib.h>

#include "store/ledger_store.h"

static struct str *text_field(struct asset *a, struct str name)
{
    struct str *const field[] = {&a->name,  &a->kind,       &a->place,        &a->purpose,
                                 &a->owner, &a->department, &a->organisation, &a->contact,
                                 &a->os,    &a->ip,         &a->serial};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        if (str_is(name, ledger_fields[i]))
            return field[i];
    return NULL;
}

static void overlay(struct ledger_asset *as, struct str field, struct str value, struct arena *a)
{
    struct str *text = text_field(&as->a, field);
    int64_t n;
    if (text) {
        *text = value;
    } else if (str_is(field, "count") && num_i64(value, &n) && n > 0) {
        as->a.count = n;
    } else if (str_is(field, "exposure")) {
        for (int i = 0; i <= EXPOSURE_PUBLIC; i++)
            if (str_is(value, exposure_name((enum exposure)i)))
                as->a.exposure = (enum exposure)i;
    } else if (str_is(field, "criticality")) {
        for (int i = 0; i <= CRITICALITY_HIGH; i++)
            if (str_is(value, criticality_name((enum criticality)i)))
                as->a.criticality = (enum criticality)i;
    }
    as->set_by_person = str_of(arena_printf(a, "%.*s%s%.*s", STR_ARG(as->set_by_person),
                                            as->set_by_person.n ? " " : "", STR_ARG(field)));
}

static void asset_row(struct stmt *st, struct arena *a, struct ledger_asset *as)
{
    *as = (struct ledger_asset){.ledger = arena_str(a, stmt_str(st, 1))};
    as->a.id = stmt_int(st, 0);
    struct str *const field[] = {&as->a.key,     &as->a.name,  &as->a.kind,       &as->a.place,
                                 &as->a.purpose, &as->a.owner, &as->a.department, &as->a.organisation,
                                 &as->a.contact, &as->a.os,    &as->a.ip,         &as->a.serial};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        *field[i] = arena_str(a, stmt_str(st, (int)i + 2));
    as->a.exposure = (enum exposure)stmt_int(st, 14);
    as->a.criticality = (enum criticality)stmt_int(st, 15);
    as->a.count = stmt_int(st, 16);
}

static void component_row(struct stmt *st, struct arena *a, struct component *c)
{
    *c = (struct component){.id = stmt_int(st, 0),
                            .product = arena_str(a, stmt_str(st, 2)),
                            .version = arena_str(a, stmt_str(st, 3)),
                            .build = arena_str(a, stmt_str(st, 4)),
                            .vendor = arena_str(a, stmt_str(st, 5)),
                            .cpe = arena_str(a, stmt_str(st, 6)),
                            .purl = arena_str(a, stmt_str(st, 7)),
                            .source = arena_str(a, stmt_str(st, 8)),
                            .seen = stmt_int(st, 9)};
}

static int load_fields(struct db *db, struct arena *a, struct ledger *l, const struct map *by_key,
                       struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, "asset_field_all", e);
    struct buf key = BUF_INIT(MIB);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        buf_clear(&key);
        buf_add_str(&key, stmt_str(st, 0));
        buf_addc(&key, 0);
        buf_add_str(&key, stmt_str(st, 1));
        const uint64_t *i = map_get(by_key, buf_str(&key));
        if (i)
            overlay(&l->asset[*i], arena_str(a, stmt_str(st, 2)), arena_str(a, stmt_str(st, 3)), a);
        rc = 0;
    }
    buf_release(&key);
    return rc;
}

static int load_components(struct db *db, struct arena *a, struct ledger *l, struct err *e)
{
    VEC(struct component) v = {0};
    VEC(int64_t) owner = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "component_all", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        vec_push(&owner, stmt_int(st, 1));
        component_row(st, a, vec_add(&v));
        rc = 0;
    }
    struct component *all = arena_array(a, struct component, v.n + 1);
    if (v.n)
        memcpy(all, v.p, v.n * sizeof(*v.p));
    /* Both lists are ordered by the asset's id. */
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++) {
        while (at < v.n && owner.p[at] < l->asset[i].a.id)
            at++;
        l->asset[i].a.component = all + at;
        while (at < v.n && owner.p[at] == l->asset[i].a.id) {
            l->asset[i].a.component_n++;
            at++;
        }
    }
    vec_release(&v);
    vec_release(&owner);
    return rc;
}

static int newest_import(struct db *db, when_t *out, struct err *e)
{
    struct stmt *st;
    *out = WHEN_NONE;
    int rc = db_query(db, &st, "import_newest_at", e);
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = stmt_when(st, 0);
    stmt_done(st);
    return 0;
}

static void index_key(struct map *m, const struct ledger_asset *as, size_t i)
{
    struct buf key = BUF_INIT(MIB);
    buf_add_str(&key, as->ledger);
    buf_addc(&key, 0);
    buf_add_str(&key, as->a.key);
    *map_put(m, buf_str(&key), NULL) = i;
    buf_release(&key);
}

int ledger_store_load(struct db *db, struct arena *a, struct ledger *out, struct err *e)
{
    VEC(struct ledger_asset) v = {0};
    struct map by_key = {0};
    struct stmt *st;
    *out = (struct ledger){0};
    int rc = db_query(db, &st, "asset_list", e);
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        asset_row(st, a, vec_add(&v));
        index_key(&by_key, &v.p[v.n - 1], v.n - 1);
        rc = 0;
    }
    out->n = v.n;
    out->asset = arena_array(a, struct ledger_asset, v.n + 1);
    if (v.n)
        memcpy(out->asset, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    if (rc == 0)
        rc = load_fields(db, a, out, &by_key, e);
    if (rc == 0)
        rc = load_components(db, a, out, e);
    if (rc == 0)
        rc = newest_import(db, &out->newest_import, e);
    map_release(&by_key);
    return rc;
}

static int load_one(struct db *db, int64_t id, struct arena *a, struct ledger_asset *out, struct err *e)
{
    struct stmt *st;
    int rc = db_query(db, &st, "asset_get", e, ARG_I("id", id));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc ? rc
                  : err_set(e, ERR_NOT_FOUND, "there is no asset A-%lld; toban ledger list shows them",
                            (long long)id);
    asset_row(st, a, out);
    stmt_done(st);
    VEC(struct component) v = {0};
    rc = db_query(db, &st, "component_of", e, ARG_I("asset", id));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        component_row(st, a, vec_add(&v));
        rc = 0;
    }
    out->a.component_n = v.n;
    out->a.component = arena_array(a, struct component, v.n + 1);
    if (v.n)
        memcpy(out->a.component, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    if (rc == 0)
        rc = db_query(db, &st, "asset_field_of", e, ARG_S("ledger", out->ledger), ARG_S("key", out->a.key));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        overlay(out, arena_str(a, stmt_str(st, 2)), arena_str(a, stmt_str(st, 3)), a);
        rc = 0;
    }
    return rc;
}

int ledger_store_of_product(struct db *db, struct str key, struct str words, struct arena *a, struct ledger *out,
                            struct err *e)
{
    VEC(int64_t) id = {0};
    struct stmt *st;
    *out = (struct ledger){0};
    int rc = db_query(db, &st, "asset_by_product", e, ARG_S("key", key), ARG_S("words", words));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        vec_push(&id, stmt_int(st, 0));
        rc = 0;
    }
    out->asset = arena_array(a, struct ledger_asset, id.n + 1);
    for (size_t i = 0; rc == 0 && i < id.n; i++) {
        struct err skip = {0};
        rc = load_one(db, id.p[i], a, &out->asset[out->n], &skip);
        if (rc == 0)
            out->n++;
        else if (rc == ERR_NOT_FOUND)
            rc = 0; /* retired */
        else if (e)
            *e = skip;
    }
    vec_release(&id);
    if (rc == 0)
        rc = newest_import(db, &out->newest_import, e);
    return rc;
}

int ledger_store_find(struct db *db, struct str text, struct arena *a, struct ledger_asset *out,
                      struct err *e)
{
    int64_t id, number = 0, other;
    /* Management numbers, too, may look like A-12. */
    bool numbered = str_starts_i(text, "A-") && num_i64(str_sub(text, 2, text.n), &number);
    struct stmt *st;
    int rc = db_query(db, &st, "asset_find", e, ARG_S("text", text));
    if (rc || (rc = stmt_next(st, e)) < 0)
        return rc;
    if (rc == 0)
        return numbered ? load_one(db, number, a, out, e)
                        : err_set(e, ERR_NOT_FOUND,
                                  "no asset has the key or name \"%.*s\"; toban ledger list shows them",
                                  STR_ARG(text));
    id = stmt_int(st, 0);
    rc = stmt_next(st, e);
    if (rc == 1) {
        stmt_done(st);
        return err_set(e, ERR_CONFLICT,
                       "several assets have the name \"%.*s\"; use the number, such as A-%lld", STR_ARG(text),
                       (long long)id);
    }
    if (rc == 0 && numbered && number != id) {
        rc = db_get_int(db, &other, "asset_get", e, ARG_I("id", number));
        if (rc == 0)
            return err_set(e, ERR_CONFLICT,
                           "\"%.*s\" is the number of one asset and the key or name of another (A-%lld)",
                           STR_ARG(text), (long long)id);
        if (rc == ERR_NOT_FOUND)
            rc = 0;
    }
    return rc ? rc : load_one(db, id, a, out, e);
}
