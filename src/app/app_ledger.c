#include "app/app_ledger.h"

#include "codec/json.h"
#include "codec/stream.h"
#include "loop/audit.h"
#include "loop/stage_names.h"
#include "net/sha256.h"

static int read_profile(struct app *app, const struct app_import_options *o, struct inventory_profile *p,
                        struct err *e)
{
    struct arena a = {0};
    struct rule_file file;
    int rc = rules_get(config_str(app_config(app), "rules"), "ledger/columns.txt", &a, &file, e);
    if (rc == 0)
        rc = inventory_profile_read(p, file.bytes, file.path.p, e);
    if (rc == 0 && o->columns.n) {
        struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
        rc = stream_slurp(o->columns.p, &b, e);
        if (rc == 0)
            rc = inventory_profile_read(p, buf_str(&b), o->columns.p, e);
        buf_release(&b);
    }
    p->zone_s = app_world(app)->zone_s;
    p->sheet = o->sheet;
    arena_release(&a);
    return rc;
}

static void hex_of(struct str bytes, char hex[SHA256_HEX])
{
    struct sha256 h = {0};
    sha256_init(&h);
    sha256_add(&h, bytes.p, bytes.n);
    sha256_final(&h, hex);
    sha256_release(&h);
}

static int keep(struct app *app, const char *path, const char *hex, const struct app_import_options *o,
                struct arena *a, struct app_import *out, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct import_head h = {.ledger = o->ledger.n ? o->ledger : STR_LIT("main"),
                            .file = str_of(slash ? slash + 1 : path),
                            .sha256 = str_of(hex),
                            .who = app_who(app),
                            .at = clock_now(),
                            .rows_read = (int64_t)out->read.rows,
                            .rows_bad = (int64_t)out->read.error_total,
                            .replace = o->replace};
    if (o->dry_run)
        return ledger_store_dry_run(app_world(app)->db, &h, out->read.asset, out->read.asset_n, &out->count,
                                    e);
    struct import_error *error = arena_array(a, struct import_error, out->read.error_n + 1);
    for (size_t i = 0; i < out->read.error_n; i++) {
        const struct inventory_issue *s = &out->read.error[i];
        error[i] = (struct import_error){
            .line = s->line, .field = s->column, .cell = s->cell, .reason = s->reason, .row = s->raw};
    }
    int rc = ledger_store_import(app_world(app)->db, &h, out->read.asset, out->read.asset_n, error,
                                 out->read.error_n, &out->count, e);
    return rc ? rc : stage_names_run(app_world(app), &out->named, &out->unnamed, e);
}

int app_ledger_import(struct app *app, const char *path, const struct app_import_options *o, struct arena *a,
                      struct app_import *out, struct err *e)
{
    struct inventory_profile p = {0};
    struct buf bytes = BUF_INIT(LIMIT_FILE_WHOLE);
    char hex[SHA256_HEX];
    *out = (struct app_import){0};
    int rc = read_profile(app, o, &p, e);
    if (rc == 0)
        rc = stream_slurp(path, &bytes, e);
    if (rc == 0)
        rc = inventory_table_read(buf_str(&bytes), path, &p, a, &out->read, e);
    if (rc == 0) {
        hex_of(buf_str(&bytes), hex);
        rc = keep(app, path, hex, o, a, out, e);
    }
    inventory_profile_release(&p);
    buf_release(&bytes);
    return rc;
}

static int check_field(struct str field, struct str value, struct err *e)
{
    int64_t n;
    bool known = false;
    for (size_t i = 0; ledger_fields[i]; i++)
        known |= str_is(field, ledger_fields[i]);
    if (!known)
        return err_set(e, ERR_USAGE, "the ledger has no field \"%.*s\"; see toban help ledger set",
                       STR_ARG(field));
    if (value.n == 0)
        return 0;
    if (str_is(field, "count") && (!num_i64(value, &n) || n < 1))
        return err_set(e, ERR_USAGE, "count: \"%.*s\" is not a number of machines", STR_ARG(value));
    if (str_is(field, "exposure") && !str_is(value, "internal") && !str_is(value, "public") &&
        !str_is(value, "unknown"))
        return err_set(e, ERR_USAGE, "exposure is public, internal or unknown, not \"%.*s\"", STR_ARG(value));
    if (str_is(field, "criticality") && !str_is(value, "low") && !str_is(value, "medium") &&
        !str_is(value, "high"))
        return err_set(e, ERR_USAGE, "criticality is low, medium or high, not \"%.*s\"", STR_ARG(value));
    if (value.n > LIMIT_LEDGER_CELL || !str_is_utf8(value))
        return err_set(e, ERR_USAGE, "the value is too long, or not UTF-8");
    return 0;
}

/* What was said, for the audit. */
static void said(struct buf *out, const char *one, struct str a, const char *two, struct str b)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kstr(&w, one, a);
    json_w_kstr(&w, two, b);
    json_w_object_end(&w);
}

static int set_field(struct app *app, const struct ledger_asset *as, struct str field, struct str value, struct err *e)
{
    struct db *db = app_world(app)->db;
    struct buf object = BUF_INIT(MIB), detail = BUF_INIT(LIMIT_RECORD);
    struct audit_row r = {.at = clock_now(), .who = app_who(app), .action = STR_LIT("ledger.set")};
    buf_printf(&object, STR_FMT "/" STR_FMT, STR_ARG(as->ledger), STR_ARG(as->a.key));
    said(&detail, "field", field, "value", value);
    r.object = buf_str(&object);
    r.detail = buf_str(&detail);
    int rc = db_begin(db, e);
    if (rc == 0)
        rc = audit_commit(db, &r, ledger_store_set(db, as, field, value, r.who, r.at, e), e);
    buf_release(&object);
    buf_release(&detail);
    return rc;
}

int app_ledger_set(struct app *app, struct str asset, struct str field, struct str value, struct err *e)
{
    struct arena a = {0};
    struct ledger_asset as;
    int rc = check_field(field, value, e);
    if (rc == 0)
        rc = ledger_store_find(app_world(app)->db, asset, &a, &as, e);
    if (rc == 0)
        rc = set_field(app, &as, field, value, e);
    arena_release(&a);
    return rc;
}

int app_ledger_confirm(struct app *app, struct str written, struct str cpe, struct err *e)
{
    if (!str_is(cpe, "-") && str_chr(cpe, ':') == STR_NONE)
        return err_set(e, ERR_USAGE,
                       "\"%.*s\" is not vendor:product, a CPE name, or - for \"not software to track\"",
                       STR_ARG(cpe));
    struct name_confirmed_row row = {written, written, str_is(cpe, "-") ? STR_LIT("") : cpe};
    struct db *db = app_world(app)->db;
    struct buf detail = BUF_INIT(LIMIT_RECORD);
    struct audit_row r = {.at = clock_now(), .who = app_who(app), .action = STR_LIT("name.confirmed"), .object = written};
    said(&detail, "written", written, "cpe", row.cpe);
    r.detail = buf_str(&detail);
    int rc = db_begin(db, e);
    if (rc == 0)
        rc = audit_commit(db, &r, ledger_store_confirm(db, &row, r.who, r.at, e), e);
    buf_release(&detail);
    return rc;
}

static bool same_version(const struct name_match *m, const struct match_item *it)
{
    bool other = m->kind >= NAME_CANDIDATE && m->version.n && it->version.n && !str_eq(m->version, it->version);
    return !other && !(m->update.n && it->update.n && !str_eq(m->update, it->update));
}

int app_ledger_where(struct app *app, struct str product, struct fleet *f, struct arena *a, struct app_where *out,
                     struct err *e)
{
    struct name_match m;
    struct name_input in = {.product = product};
    VEC(const struct fleet_item *) v = {0};
    *out = (struct app_where){0};
    *f = (struct fleet){0};
    int rc = name_match(&app_world(app)->names, &in, a, &m, e);
    if (rc)
        return rc;
    out->reason = m.reason;
    bool known = m.kind >= NAME_CANDIDATE && m.product.n;
    out->key = known ? str_of(arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(m.vendor), STR_ARG(m.product))) : product;
    rc = fleet_load_product(app_world(app), out->key, product, a, f, e);
    if (rc)
        return rc;
    for (uint32_t i = fleet_first(f, out->key); i != UINT32_MAX; i = f->item[i].next)
        if (same_version(&m, &f->item[i].match))
            vec_push(&v, &f->item[i]);
    if (!known && v.n == 0)
        out->key = (struct str){0};
    /* What is written but not identified is found by its words: never silently unmatched. */
    for (size_t i = 0; i < f->n; i++)
        if (f->item[i].key.n == 0 && str_find_i(f->item[i].component->product, product) != STR_NONE)
            vec_push(&v, &f->item[i]);
    out->n = v.n;
    out->item = arena_array(a, const struct fleet_item *, v.n + 1);
    if (v.n)
        memcpy(out->item, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return 0;
}

static void count_asset(struct app_health *h, const struct asset *as)
{
    h->assets++;
    h->machines += as->count;
    h->no_component += as->component_n == 0;
    h->no_place += as->place.n == 0;
    h->no_purpose += as->purpose.n == 0;
    h->no_owner += as->owner.n == 0;
    h->no_exposure += as->exposure == EXPOSURE_UNKNOWN;
    h->no_criticality += as->criticality == CRITICALITY_UNKNOWN;
    h->no_contact += as->contact.n == 0;
    h->contractor += as->organisation.n != 0;
    h->contractor_no_contact += as->organisation.n && as->contact.n == 0;
}

#define OLD_DAYS 90 /* an inventory older than this says little of today */

int app_ledger_health(struct app *app, const struct fleet *f, when_t now, struct app_health *out,
                      struct err *e)
{
    struct arena a = {0};
    struct name_row *queue;
    *out = (struct app_health){.newest_import = f->ledger.newest_import};
    for (size_t i = 0; i < f->ledger.n; i++)
        count_asset(out, &f->ledger.asset[i].a);
    for (size_t i = 0; i < f->n; i++) {
        const struct fleet_item *it = &f->item[i];
        bool first = it->of_asset == i, can = true;
        out->components++;
        out->named += it->key.n != 0;
        out->versioned += it->key.n && (it->match.version.n || it->match.build.n);
        if (!first)
            continue;
        when_t newest = 0;
        for (size_t k = 0; k < it->of_asset_n; k++) {
            const struct fleet_item *o = &f->item[i + k];
            bool os = str_starts(o->match.product, "windows_server_");
            can &= o->key.n && (o->match.version.n || o->match.build.n || os);
            newest = MAX(newest, o->component->seen);
        }
        out->answerable += can;
        out->old += now - newest > OLD_DAYS * WHEN_DAY;
    }
    int rc = ledger_store_name_queue(app_world(app)->db, &a, &queue, &out->queue, e);
    arena_release(&a);
    return rc;
}
