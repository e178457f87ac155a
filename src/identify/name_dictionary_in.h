/* name_dictionary_in.h — the index' layout, shared by name_dictionary*.c only. */
#ifndef TOBAN_IDENTIFY_NAME_DICTIONARY_IN_H
#define TOBAN_IDENTIFY_NAME_DICTIONARY_IN_H

#include "identify/name_dictionary.h"

/* header, entries (products, then vendors; each sorted by key, then value), text */
struct name_index_header {
    char magic[8];
    uint32_t order; /* NAME_INDEX_ORDER as this machine writes it */
    uint32_t products, vendors, text_n;
    uint64_t spare[2];
};
#define NAME_INDEX_MAGIC "TBNAME1\n"
#define NAME_INDEX_ORDER 0x01020304u

struct name_index_entry {
    uint32_t key, value; /* offsets in text; value is "vendor:product", or a vendor */
    uint16_t key_n, value_n;
    uint32_t weight; /* how many names the lists have of it */
};

#endif
