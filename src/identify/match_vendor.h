/* match_vendor.h — what the vendor says: its build table, then its product list. Private to match. */
#ifndef TOBAN_IDENTIFY_MATCH_VENDOR_H
#define TOBAN_IDENTIFY_MATCH_VENDOR_H

#include "identify/match.h"

struct match_vendor_entry {
    const struct vendor_product *p;
    struct str source;
    struct str vendor, product, version, update; /* what its name was taken for */
};
struct match_vendor_list {
    struct match_vendor_entry *entry; /* in the arena */
    size_t n, cap;
};
void match_vendor_add(struct match_vendor_list *l, const struct name_sources *names, const struct vuln *v, struct arena *a);

enum match_vendor_said {
    MATCH_VENDOR_NOTHING,
    MATCH_VENDOR_OPEN, /* the product is the vendor's concern; *out is UNKNOWN and says what is missing */
    MATCH_VENDOR_FINAL
};
enum match_vendor_said match_vendor_judge(const struct match_vendor_list *l, const struct name_sources *names,
                                          struct str id, when_t published, const struct match_item *item,
                                          struct arena *a, struct verdict *out);

#endif
