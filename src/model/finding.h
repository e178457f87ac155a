/* finding.h — 該当: one answer for one asset, component and vulnerability. */
#ifndef TOBAN_MODEL_FINDING_H
#define TOBAN_MODEL_FINDING_H

#include "base/base.h"

/* Never a fifth: what cannot be told is UNKNOWN, and says what is missing. */
enum finding_status {
    FINDING_UNKNOWN,      /* the data that would decide is missing */
    FINDING_NOT_AFFECTED,
    FINDING_POSSIBLE,     /* a notice names the product; no range says more yet */
    FINDING_AFFECTED
};

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

/* What a matcher answers for one component. */
struct verdict {
    enum finding_status status;
    enum confidence confidence;
    bool conditional;      /* affected if a platform that the ledger does not state is there */
    struct str source;     /* whose data decided: "msrc", "nvd", "cve5", "notice" */
    struct str rule;       /* short machine name of the rule: "build-table", "cpe-range", "product-name" */
    struct str criteria;   /* the CPE, range or KB that decided, as the source writes it */
    struct str fixed;      /* first fixed version, build or KB when known */
    struct str missing;    /* for UNKNOWN: what to fill in, in the thread's language */
    struct str why;        /* one sentence in the thread's language */
};

const char *finding_status_name(enum finding_status s); /* "affected", "not affected", "unknown", "possible": never translated */

#endif
