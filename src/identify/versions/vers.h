/* vers.h — version ranges: the vers notation, and the native ones it is made from.
 *
 *   vers:TYPE/CONSTRAINT|CONSTRAINT|…       =1.2 (or 1.2) != < <= > >= or * alone
 *
 * Reading is strict about the canonical form (no white space, no empty constraints,
 * lower-case scheme and type, canonical percent-encoding, range comparators in
 * ascending order of version); only "=" and "!=" may stand in any order, and a
 * constraint may come twice. The result is sorted by version.
 * Ownership: views into the text or the arena. Limits: LIMIT_VERS bytes,
 * LIMIT_VERS_CONSTRAINTS constraints. Threads: pure.
 */
#ifndef TOBAN_IDENTIFY_VERSIONS_VERS_H
#define TOBAN_IDENTIFY_VERSIONS_VERS_H

#include "identify/versions/scheme.h"

enum vers_op { VERS_EQ, VERS_NE, VERS_LT, VERS_LE, VERS_GT, VERS_GE };

struct vers_constraint {
    enum vers_op op;
    struct str version; /* decoded */
};

struct vers {
    struct str type;
    const struct scheme *scheme;
    bool all; /* "*" */
    struct vers_constraint *c;
    size_t n;
};

int vers_parse(struct arena *a, struct str text, struct vers *out, struct err *e) MUST_CHECK;
void vers_format(const struct vers *v, struct buf *out);
/* 1 inside, 0 outside, negative when the version is none of this scheme or cannot be compared. */
int vers_contains(const struct vers *v, struct str version, struct err *e) MUST_CHECK;
/* Sorts constraints by version, keeping the order of equal ones. Negative when two do not compare. */
int vers_sort(struct vers *v, struct err *e) MUST_CHECK;
const char *vers_op_text(enum vers_op op); /* "" for VERS_EQ */

#endif
