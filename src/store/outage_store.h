/* outage_store.h — which machines may be down: the few questions that contacts ask of ledger and findings. */
#ifndef TOBAN_STORE_OUTAGE_STORE_H
#define TOBAN_STORE_OUTAGE_STORE_H

#include "store/db.h"

struct outage_asset {
    struct str ledger, key, name, kind, purpose; /* kind and purpose as a person set them, else the import's */
};
/* *found false: it left the ledger. In the arena. */
int outage_store_asset(struct db *db, int64_t id, struct arena *a, struct outage_asset *out, bool *found,
                       struct err *e) MUST_CHECK;
/* Machines in force with a component taken for this product; only ledger and key are filled. In the arena. */
int outage_store_of_product(struct db *db, struct str key, struct arena *a, struct outage_asset **out, size_t *n,
                            struct err *e) MUST_CHECK;
/* Numbers of assets with a finding of this status or worse, due by then. In the arena. */
int outage_store_pressing(struct db *db, int status, when_t until, struct arena *a, int64_t **out, size_t *n,
                          struct err *e) MUST_CHECK;

#endif
