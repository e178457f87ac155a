/* table_kind.h — between table.c and its two readers; for nobody else. */
#ifndef TOBAN_CODEC_TABLE_KIND_H
#define TOBAN_CODEC_TABLE_KIND_H

#include "codec/table.h"

struct table {
    const struct table_kind *kind;
    void *state;      /* owned by the kind */
    char *name;       /* owns */
    struct arena row; /* cells of the current row */
    VEC(struct str) cell;
    enum charset charset;
    char delimiter;
    size_t undecoded;
    struct str sheet;
};

struct table_kind {
    enum table_format format;
    /* As table_next, but may give rows with empty cells at the end. t->row and t->cell are empty. */
    int (*next)(struct table *t, struct table_row *row, struct err *e);
    void (*close)(struct table *t);
};

int table_csv_open(struct table *t, struct str bytes, char delimiter, struct err *e) MUST_CHECK;
int table_xlsx_open(struct table *t, struct str bytes, const char *sheet, struct err *e) MUST_CHECK;

#endif
