/* ledger_store.h — the ledger 台帳: what imports said, overlaid with what people said.
 *
 * A field a person set (decision) wins over the import's, for ever; an import
 * updates rows by (ledger, key) and never makes a second row for the same key.
 */
#ifndef TOBAN_STORE_LEDGER_STORE_H
#define TOBAN_STORE_LEDGER_STORE_H

#include "model/asset.h"
#include "store/db.h"

struct ledger_asset {
    struct asset a;
    struct str ledger;
    struct str set_by_person; /* names of fields a person set, space separated */
};
struct ledger {
    struct ledger_asset *asset;
    size_t n;
    when_t newest_import; /* WHEN_NONE: never */
};

struct import_count {
    int64_t import, added, updated, missing; /* missing: in the ledger, not in this file */
};

struct import_head {
    struct str ledger, file, sha256, who;
    when_t at;
    int64_t rows_read, rows_bad;
    bool replace; /* assets of this ledger that are not in the file are retired */
};
struct import_error {
    unsigned long line;
    struct str field, cell, reason, row;
    struct str file;
    when_t at;
};

/* In one transaction: all or nothing. */
int ledger_store_import(struct db *db, const struct import_head *h, const struct asset *asset, size_t n,
                        const struct import_error *error, size_t error_n, struct import_count *count,
                        struct err *e) MUST_CHECK;
/* What the import would do, without doing it. */
int ledger_store_dry_run(struct db *db, const struct import_head *h, const struct asset *asset, size_t n,
                         struct import_count *count, struct err *e) MUST_CHECK;
/* Rows of the latest import of each ledger that are kept aside. */
int ledger_store_errors(struct db *db, struct arena *a, struct import_error **out, size_t *n, struct err *e) MUST_CHECK;

/* Everything, with components, in the arena. */
int ledger_store_load(struct db *db, struct arena *a, struct ledger *out, struct err *e) MUST_CHECK;
/* Only the assets with a component taken for this product key, or not identified and written with these
 * words ("" = neither). Fast on a large ledger: it reads those assets alone. */
int ledger_store_of_product(struct db *db, struct str key, struct str words, struct arena *a, struct ledger *out,
                            struct err *e) MUST_CHECK;
/* By number ("A-12"), key or name. ERR_NOT_FOUND, ERR_CONFLICT when several fit. */
int ledger_store_find(struct db *db, struct str text, struct arena *a, struct ledger_asset *out, struct err *e) MUST_CHECK;

/* field is one of ledger_fields; an empty value takes the person's word back. */
int ledger_store_set(struct db *db, const struct ledger_asset *as, struct str field, struct str value, struct str who,
                     when_t at, struct err *e) MUST_CHECK;
extern const char *const ledger_fields[]; /* NULL at the end */
const char *exposure_name(enum exposure x);       /* unknown internal public: never translated */
const char *criticality_name(enum criticality c); /* unknown low medium high */

/* ---- names: what components were taken for ---- */

struct name_row {
    struct str vendor, product, version, build; /* as written: the key */
    struct str status;                          /* confirmed rule candidate none */
    struct str key, cpe_version, cpe_update, exact;
    struct str also; /* other keys of the product, comma separated */
    struct str reason;
    int64_t machines, rows; /* filled by the queue only */
};
int ledger_store_names(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e) MUST_CHECK;
int ledger_store_name_queue(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e) MUST_CHECK;
int ledger_store_put_name(struct db *db, const struct name_row *r, struct err *e) MUST_CHECK;
/* Distinct components as written, of assets in force; .key holds a CPE the import stated. */
int ledger_store_written(struct db *db, struct arena *a, struct name_row **out, size_t *n, struct err *e) MUST_CHECK;

struct name_confirmed_row {
    struct str name, written, cpe;
};
int ledger_store_confirmed(struct db *db, struct arena *a, struct name_confirmed_row **out, size_t *n, struct err *e) MUST_CHECK;
int ledger_store_confirm(struct db *db, const struct name_confirmed_row *c, struct str who, when_t at, struct err *e) MUST_CHECK;

#endif
