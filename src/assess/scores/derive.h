/* derive.h — SSVC's Automatable and Technical Impact out of a CVSS vector, for
 * vulnerabilities of which no source states them.
 *
 * Rules (base metrics only):
 *   automatable = yes when an attack comes over the network, with low complexity,
 *     without privileges and without a user:
 *       v4.0 AV:N AC:L AT:N PR:N UI:N    v3 AV:N AC:L PR:N UI:N    v2 AV:N AC:L Au:N
 *   technical impact = total when confidentiality and integrity are both lost
 *     completely: v4.0 VC:H VI:H, v3 C:H I:H, v2 C:C I:C
 * Availability is left out on purpose: asking for it as well agrees less with CISA.
 *
 * Agreement with CISA's own SSVC on the same CVE record (the first vector of the
 * version in a record of the Vulnrichment sample):
 *                        v4.0     v3.1     v3.0     v2.0
 *   records               387     5030      756      404
 *   automatable        93.0 %   96.3 %   97.5 %   91.8 %
 *   technical impact   89.7 %   94.5 %   93.9 %   91.6 %
 * (For v3.1, always saying "no" agrees in 80.9 %, always "partial" in 65.0 %.)
 * test_derive counts and prints this table again, and fails half a point below it:
 *   TOBAN_TEST_DATA=... tests/unit/assess/test_derive
 *
 * What is derived is a guess and says so: the sentence names the rule and the
 * metrics. Pure.
 */
#ifndef TOBAN_ASSESS_SCORES_DERIVE_H
#define TOBAN_ASSESS_SCORES_DERIVE_H

#include "assess/scores/cvss.h"

struct derive_point {
    struct str value; /* "yes"/"no", "total"/"partial": static storage */
    struct str why;   /* one sentence in the thread's language, in the arena */
};

struct derive_point derive_automatable(const struct cvss *v, struct arena *a);
struct derive_point derive_impact(const struct cvss *v, struct arena *a);

#endif
