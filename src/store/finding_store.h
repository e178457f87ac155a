/* finding_store.h — findings 該当 and the numbers people write down for them. */
#ifndef TOBAN_STORE_FINDING_STORE_H
#define TOBAN_STORE_FINDING_STORE_H

#include "model/finding.h"
#include "store/db.h"

struct finding_key {
    struct str ledger, asset_key, product, vuln; /* product: "vendor:product", or as written when unknown */
};

struct finding_row {
    int64_t id, asset, component;
    struct str vuln;
    struct verdict v;
    struct str outcome;
    when_t deadline;
    int64_t notice_rev; /* 0: none */
    when_t since;
};

/* The same key has the same number for ever, rebuilt or not. */
int finding_store_number(struct db *db, const struct finding_key *k, int64_t *id, struct err *e) MUST_CHECK;
int finding_store_key(struct db *db, int64_t id, struct arena *a, struct finding_key *out, struct err *e) MUST_CHECK;
int finding_store_put(struct db *db, const struct finding_row *r, struct err *e) MUST_CHECK;
int finding_store_get(struct db *db, int64_t id, struct arena *a, struct finding_row *out, struct err *e) MUST_CHECK;
int finding_store_of_vuln(struct db *db, struct str vuln, struct arena *a, struct finding_row **out, size_t *n,
                          struct err *e) MUST_CHECK;
int finding_store_clear(struct db *db, struct err *e) MUST_CHECK;

int finding_store_round(struct db *db, when_t at, int64_t items, struct err *e) MUST_CHECK;
/* WHEN_NONE: there was none before. */
int finding_store_last_round(struct db *db, when_t before, when_t *out, struct err *e) MUST_CHECK;

#endif
