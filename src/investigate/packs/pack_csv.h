/* pack_csv.h — rows of a table of indicators, for readers whose files are tables. Not for others. */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_CSV_H
#define TOBAN_INVESTIGATE_PACKS_PACK_CSV_H

#include "base/base.h"
#include "model/indicator.h"

int pack_csv_read(struct pack *p, struct str text, struct err *e) MUST_CHECK;
/* Adds one row: a type as its source writes it ("" = judged by the value), a value, what is known of it. */
void pack_csv_add(struct pack *p, struct str type, const struct indicator *row);

#endif
