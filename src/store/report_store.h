/* report_store.h — what reports ask of the store and nobody else does. Reads only; the arena holds what is read. */
#ifndef TOBAN_STORE_REPORT_STORE_H
#define TOBAN_STORE_REPORT_STORE_H

#include "store/db.h"

struct report_name {
    struct str key, version, update; /* "vendor:product" and version of CPE; "" when it was not told */
};
int report_store_name(struct db *db, struct str vendor, struct str product, struct str version, struct str build,
                      struct arena *a, struct report_name *out, struct err *e) MUST_CHECK;
/* Since when a finding of this vulnerability stands on this asset; WHEN_NONE when none does. */
int report_store_since(struct db *db, struct str vuln, int64_t asset, when_t *out, struct err *e) MUST_CHECK;

#endif
