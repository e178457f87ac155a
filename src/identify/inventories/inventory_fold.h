/* inventory_fold.h — text as tables' headers, words and keys are compared. */
#ifndef TOBAN_IDENTIFY_INVENTORIES_INVENTORY_FOLD_H
#define TOBAN_IDENTIFY_INVENTORIES_INVENTORY_FOLD_H

#include "base/base.h"

/* NFKC and case folding, blanks at the edges off, runs of blanks inside one. */
struct str inventory_fold(struct arena *a, struct str s);
/* The same without any blank: for words of cells. */
struct str inventory_fold_word(struct arena *a, struct str s);
/* Also without "_", "-", the long vowel mark and marks of required columns: for headers. */
struct str inventory_fold_header(struct arena *a, struct str s);
/* NFKC only, ASCII in upper case, blanks off: for management and serial numbers. */
struct str inventory_fold_number(struct arena *a, struct str s);

#endif
