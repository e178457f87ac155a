/* build_table_in.h — the inside of a build table, shared by build_table*.c only. */
#ifndef TOBAN_IDENTIFY_BUILD_TABLE_IN_H
#define TOBAN_IDENTIFY_BUILD_TABLE_IN_H

#include "identify/build_table.h"

struct build_row { /* sorted by n */
    uint32_t n[4];
    uint32_t product; /* index */
    struct str level, update, date, cpe;
};
struct build_product {
    struct str key, version, title;
};
struct build_update {
    struct str level, cpe; /* "CU#", "cumulative_update_#" */
};
struct build_same {
    struct str product, a, b;
};
struct build_bound {
    uint32_t n[4], verify[4];
    bool contained, has_verify; /* "contained" line, else "fixed" */
};
struct build_entry {
    struct str kbs, cves;
    size_t first, n; /* of bounds */
};

struct build_table {
    struct arena a;
    struct str family, vendor, product, read;
    VEC(struct build_row) row;
    VEC(struct build_product) line;
    VEC(struct build_update) update;
    VEC(struct build_same) same;
    VEC(struct build_bound) bound;
    VEC(struct build_entry) fix;
};

/* One number at *at of at most BUILD_DIGITS digits; leading zeros do not count. */
#define BUILD_DIGITS 7
bool build_table_number(struct str s, size_t *at, uint32_t *out);
/* Four numbers with dots between; not five. */
bool build_table_four(struct str s, size_t *at, uint32_t n[4]);
/* The name CPE uses, by the "same" lines. */
struct str build_table_same(const struct build_table *t, struct str product, struct str level);
/* What four numbers mean; false when no product line has the first two. */
bool build_table_resolve(const struct build_table *t, const uint32_t n[4], struct build_info *b);

#endif
