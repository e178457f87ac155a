/* fleet.h — the ledger in memory, each component with the name it was taken for: an item
 * for each name the product has in CPE (oracle:java_se is also oracle:jre). */
#ifndef TOBAN_LOOP_FLEET_H
#define TOBAN_LOOP_FLEET_H

#include "identify/match.h"
#include "loop/world.h"
#include "store/ledger_store.h"

struct fleet_item {
    const struct ledger_asset *asset;
    const struct component *component;
    const struct name_row *name;
    struct match_item match;
    struct str key;     /* "vendor:product"; "" when not identified */
    size_t of_asset;    /* index of the asset's first item */
    size_t of_asset_n;
    uint32_t same;      /* items with the same number are alike in all that matching looks at */
    uint32_t next;      /* next item of the same key, UINT32_MAX at the end */
};

struct fleet {
    struct ledger ledger;
    struct fleet_item *item;
    struct match_item *match; /* item[i].match again, in a row for match_run */
    size_t n, cap;
    struct str *key; /* distinct keys */
    size_t key_n;
    struct map first; /* key → index of its first item */
    uint32_t same_n;
};

int fleet_load(const struct world *w, struct arena *a, struct fleet *out, struct err *e) MUST_CHECK;
/* Only the assets with that product, or with a component not identified and written with these words. */
int fleet_load_product(const struct world *w, struct str key, struct str words, struct arena *a, struct fleet *out,
                       struct err *e) MUST_CHECK;
void fleet_release(struct fleet *f); /* the map; the rest is the arena's */
/* First item of a key, UINT32_MAX when there is none. */
uint32_t fleet_first(const struct fleet *f, struct str key);

#endif
