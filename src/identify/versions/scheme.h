/* scheme.h — how versions of one ecosystem are ordered.
 *
 * A scheme is one const struct in scheme_NAME.c and one line in scheme_list.h.
 * compare and valid are pure, allocate nothing that outlives the call, read at
 * most LIMIT_VERSION bytes (longer is VERSION_INVALID), and accept any bytes.
 * Over valid versions compare is a total preorder, save for the pairs it calls
 * incomparable: never guess across schemes.
 */
#ifndef TOBAN_IDENTIFY_VERSIONS_SCHEME_H
#define TOBAN_IDENTIFY_VERSIONS_SCHEME_H

#include "base/base.h"

enum {
    VERSION_LESS = -1,
    VERSION_EQUAL = 0,
    VERSION_GREATER = 1,
    VERSION_INCOMPARABLE = 2, /* both are versions, their order is not known */
    VERSION_INVALID = 3       /* at least one is none in this scheme */
};

struct scheme {
    const char *name;
    const char *aliases; /* space separated; also the vers and purl types it serves */
    int (*compare)(struct str a, struct str b);
    bool (*valid)(struct str v);
};

#define SCHEME(id) extern const struct scheme scheme_##id;
#include "identify/versions/scheme_list.h"
#undef SCHEME

/* By name or alias, ASCII case-blind. NULL when there is none. */
const struct scheme *scheme_find(struct str name);
/* The i-th scheme of the list, NULL past the end. */
const struct scheme *scheme_at(size_t i);

#endif
