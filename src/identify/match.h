/* match.h — is this component affected by this vulnerability? One answer, from all that is known.
 *
 * Order of authority (architecture.md, "What happens to one notice"): the vendor
 * (build table, then its product list with fixes), then CVE 5 `affected` of the
 * CNA, then NVD's applicability. The first that can tell decides; what it leaves
 * open the next may fill, at lower confidence. A record that is rejected affects
 * nothing. What nobody can tell is UNKNOWN and says what is missing; when no
 * range exists at all yet, *undecided is set and the caller may look at words.
 *
 * Pure; results are in the arena or borrow from the input. Any number of threads
 * may use one prepared vulnerability.
 */
#ifndef TOBAN_IDENTIFY_MATCH_H
#define TOBAN_IDENTIFY_MATCH_H

#include "identify/name.h"
#include "knowledge/knowledge.h"
#include "model/finding.h"

/* A component as identified: CPE words, unquoted. */
struct match_item {
    struct str vendor, product, version, update;
    struct str build;   /* "15.1.2176.9" when the ledger has one */
    struct str written; /* for sentences */
    when_t seen;        /* when the inventory saw it; 0 or WHEN_NONE: not known */
};

struct match_vuln; /* a vulnerability, prepared once for many components */

/* Records as knowledge_vuln gave them (n may be 0: known from words only). */
const struct match_vuln *match_vuln_prepare(const struct name_sources *names, struct str id,
                                            const struct known_vuln *record, size_t n, struct arena *a);
/* True when some source states which products or ranges are affected. */
bool match_vuln_has_ranges(const struct match_vuln *v);

/* item is one of all[0..all_n), the components of one asset. *undecided: no source
 * says anything about this product (status is then UNKNOWN and means nothing). */
void match_run(const struct match_vuln *v, const struct match_item *item, const struct match_item *all, size_t all_n,
               struct arena *a, struct verdict *out, bool *undecided);

#endif
