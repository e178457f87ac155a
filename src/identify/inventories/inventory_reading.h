/* inventory_reading.h — between inventory_table.c, which reads rows, and
 * inventory_row.c, which makes assets of them; for nobody else.
 */
#ifndef TOBAN_IDENTIFY_INVENTORIES_INVENTORY_READING_H
#define TOBAN_IDENTIFY_INVENTORIES_INVENTORY_READING_H

#include "identify/inventories/inventory.h"

/* A row, copied or borrowed for the call. */
struct inventory_row {
    unsigned long line;
    struct str *cell;
    size_t cell_n;
    struct str raw;
    struct str problem; /* "" = it can be used */
};

/* An asset being put together. */
struct inventory_slot {
    struct asset asset;
    unsigned long line;
    bool batch;
    struct str versions; /* of a batch: what tells it from another with the same key */
    VEC(struct component) component;
};

struct inventory_reading {
    const struct inventory_profile *p;
    struct arena *arena;  /* of the result */
    struct arena scratch; /* of one row */
    struct inventory_result *r;
    struct str source;
    VEC(struct inventory_column) column;
    VEC(unsigned) group;            /* of each column: which product of the row it describes */
    unsigned products;              /* groups */
    bool stated[LIMIT_CSV_COLUMNS]; /* of the row in hand: the cell says something */
    VEC(struct inventory_slot) slot;
    struct map by_key;       /* -> index in slot */
    struct map by_component; /* -> index in its slot */
    VEC(struct inventory_issue) error, warning;
};

void inventory_reading_release(struct inventory_reading *g);
/* column: index, or -1 for the whole row. cell and raw are copied. */
void inventory_reading_error(struct inventory_reading *g, const struct inventory_row *row, long column,
                             const char *reason);
void inventory_reading_warn(struct inventory_reading *g, const struct inventory_row *row, long column,
                            unsigned long other, const char *reason);
/* Adds a data row to the asset it belongs to. */
void inventory_row_add(struct inventory_reading *g, const struct inventory_row *row);
/* True when word (folded) stands in the map. */
bool inventory_reading_has(struct inventory_reading *g, const struct map *m, struct str cell);
/* The products of a row as components, added to the slot unless there already. */
void inventory_component_add(struct inventory_reading *g, struct inventory_slot *s,
                             const struct inventory_row *row, when_t seen);
/* Column of the first stated cell of a field, or -1. */
long inventory_row_find(const struct inventory_reading *g, const struct inventory_row *row,
                        enum inventory_field f);

#endif
