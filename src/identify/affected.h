/* affected.h — the affected[] lists of CVE records (CVE Record Format 5.x).
 *
 * For one product and one version: the entries in the order given; a range
 * [version, lessThan) or [version, lessThanOrEqual] with its changes, or one version;
 * what no entry says has defaultStatus, else "unknown".
 *
 *   "0", "", "n/a", "unspecified", "unknown", "*" as the start of a range: from the first version on
 *   "*" in a bound ("*", "5.*", "log4j-core*"): no upper bound
 *   "*" as a single version: all versions;  other placeholders as a single version: nothing is stated
 *   ">= 1.0, < 2.5" as a single version: read as the range it is
 *   git and original_commit_for_fix: cannot be ordered without the repository; only the same hash counts
 *   a bound that is no version ("publication"): cannot be told
 *
 * Versions are ordered by versionType where that is a known scheme and both versions
 * are versions of it, else by the generic scheme, at lower confidence.
 * Ownership: results borrow from the record and the arena. Threads: pure.
 */
#ifndef TOBAN_IDENTIFY_AFFECTED_H
#define TOBAN_IDENTIFY_AFFECTED_H

#include "model/finding.h"
#include "model/vuln.h"

enum affected_gap {
    AFFECTED_TOLD,
    AFFECTED_SAID_UNKNOWN, /* the record says "unknown", or nothing about this version */
    AFFECTED_NO_VERSION,   /* the asset's version is not known */
    AFFECTED_NOT_STATED,   /* the record names the product without versions */
    AFFECTED_GIT,          /* commits only */
    AFFECTED_INCOMPARABLE  /* versions of two ways of counting */
};

struct affected_answer {
    enum finding_status status;           /* AFFECTED, NOT_AFFECTED or UNKNOWN */
    enum affected_gap gap;                /* for UNKNOWN */
    const struct affected_version *entry; /* that decided; NULL = defaultStatus */
    struct str fixed;                     /* first version that is not affected any more, when stated */
    bool exact_scheme;                    /* ordered by the scheme of versionType */
};
/* version "" = not known. */
void affected_status(const struct affected *p, struct str version, struct arena *a,
                     struct affected_answer *out);

/* Vendor and product name the same thing: compared without case and punctuation, by
 * the vendor/product words, by packageName, or by one of the record's CPE names. The
 * vendor may be longer on one side ("Apache Software Foundation", "apache"). */
bool affected_names(const struct affected *p, struct str vendor, struct str product, struct arena *a);

/* All entries of a record for one product. is_product tells which entries are about it.
 * 1: some are, *out is filled; 0: none. Affected in one entry is affected; then what an
 * entry says expressly goes before what is unknown, and that before a default. */
int affected_judge(const struct affected *list, size_t n,
                   bool (*is_product)(const struct affected *p, void *ctx), void *ctx, struct str version,
                   struct str written, struct arena *a, struct verdict *out);

#endif
