/* cpe_match.h — comparing CPE names (NISTIR 7696).
 *
 * Source is the criteria, target the name from the inventory. Threads: pure;
 * nothing here allocates.
 */
#ifndef TOBAN_IDENTIFY_CPE_MATCH_H
#define TOBAN_IDENTIFY_CPE_MATCH_H

#include "identify/cpe.h"

enum cpe_relation { CPE_DISJOINT, CPE_EQUAL, CPE_SUBSET, CPE_SUPERSET, CPE_UNDEFINED };

/* Table 6-2 of NISTIR 7696; the wildcard test of its 6.3: '*' stands for any run
 * of characters, each '?' for none or one; a quoted pair counts as one character. */
enum cpe_relation cpe_match_attr(const struct cpe *source, const struct cpe *target, enum cpe_attr x);

/* Table 6-4, decided in this order:
 *   any attribute disjoint                     → disjoint
 *   else any attribute undefined               → undefined
 *   all equal                                  → equal
 *   all equal or subset / equal or superset    → subset / superset
 *   subset and superset mixed (the names overlap; the table has no row) → undefined */
enum cpe_relation cpe_match_names(const struct cpe *source, const struct cpe *target);
const char *cpe_match_word(enum cpe_relation r); /* "disjoint", "equal", … never translated */

/* The bounds that stand beside a criteria. Empty = open. */
struct cpe_bounds {
    struct str start_incl, start_excl, end_incl, end_excl;
};
static inline bool cpe_bounds_none(const struct cpe_bounds *b)
{
    return !b || (!b->start_incl.n && !b->start_excl.n && !b->end_incl.n && !b->end_excl.n);
}
/* 1 inside, 0 outside, -1 cannot be told: the generic scheme does not compare the version
 * with a bound and the other bound does not rule it out. A range whose own bounds count in two
 * ways (12.29 to 2024.11) holds what is on the inner side of either. White space around bounds
 * is passed over; of two bounds on one side the inclusive one counts. */
int cpe_match_bounds(const struct cpe_bounds *b, struct str version);

/* The practical question: does this criteria apply to this name of an inventory?
 * Yes when no attribute is disjoint; an undefined relation counts as no, save for
 * ANY or the very same wildcard text; wildcards in vendor and product do not match
 * a plain value (products are looked up by their name). Bounds count only when the criteria's version is ANY
 * and the name has one. Two rules keep criteria without substance from matching
 * everything: a name whose product is ANY or NA is never matched, and neither is
 * one where vendor and product pull in opposite directions (one subset, the other superset).
 * A criteria without product does match here; applic.h refuses it. */
bool cpe_match_applies(const struct cpe *criteria, const struct cpe_bounds *b, const struct cpe *name);

/* "CRITERIA<TAB>NAME" without the newline: the relation's word, or {"error":"…"},
 * and a newline. Names are read tolerantly, except for repairs that would guess
 * (number of attributes, wildcards inside a value). */
void cpe_match_line(struct str line, struct buf *out);

#endif
