/* name_version.h — the versions and updates of a name, written as NVD writes them for the product's family.
 */
#ifndef TOBAN_IDENTIFY_NAME_VERSION_H
#define TOBAN_IDENTIFY_NAME_VERSION_H

#include "identify/name.h"
#include "identify/name_rules.h"

#define NAME_VERSIONS 16

struct name_found {
    struct str text;           /* as in flat; of an update the number */
    uint32_t ref;              /* of an update */
    bool build, paren, column; /* "build" before it; in brackets; from the ledger's version column */
};

struct name_versions {
    struct name_found version[NAME_VERSIONS], update[NAME_VERSIONS];
    size_t version_n, update_n;
    struct str whole; /* name and version column, folded: where a build table looks */
};

/* Fills product, version, update, build of *m for product p. */
void name_version_fill(const struct name_sources *s, const struct name_product *p,
                       const struct name_versions *v, struct arena *a, struct name_match *m);

#endif
