/* versions.h — the batch forms of "toban versions". One line in, one line out, with
 * its newline; {"error":"…"} where there is no answer. Threads: pure. */
#ifndef TOBAN_IDENTIFY_VERSIONS_VERSIONS_H
#define TOBAN_IDENTIFY_VERSIONS_VERSIONS_H

#include "identify/versions/scheme.h"

/* "A<TAB>B" → -1, 0 or 1. */
void versions_compare_line(const struct scheme *s, struct str line, struct buf *out);
/* "RANGE<TAB>VERSION" → yes or no. RANGE is vers:…, a native range behind its scheme
 * ("npm:^1.2.3", "maven:[1.0,2.0)"), or comparators alone (">=1.0, <2.0"), ordered by
 * the generic scheme. */
void versions_within_line(struct str line, struct buf *out);
/* The same as functions. Negative: no answer. */
int versions_compare(const struct scheme *s, struct str a, struct str b, int *sign, struct err *e) MUST_CHECK;
int versions_within(struct str range, struct str version, struct err *e) MUST_CHECK; /* 1, 0 */

#endif
