/* cvss_spec.h — what one version of CVSS is made of. For cvss*.c only. */
#ifndef TOBAN_ASSESS_SCORES_CVSS_SPEC_H
#define TOBAN_ASSESS_SCORES_CVSS_SPEC_H

#include "assess/scores/cvss.h"

enum cvss_group { CVSS_BASE, CVSS_THREAT, CVSS_ENV, CVSS_SUPPLEMENTAL };

struct cvss_metric {
    const char *name;
    const char *values; /* separated by one space; for optional metrics the first is "not defined" */
    enum cvss_group group;
};

struct cvss_spec {
    enum cvss_version version;
    const char *prefix; /* with its '/'; "" for v2 */
    const struct cvss_metric *metric;
    size_t metric_n;
    bool ordered;      /* metrics must come in the order of the table */
    bool whole_groups; /* an optional group is given whole or not at all */
    /* Fills base, threat, env and overall, and macrovector for v4. */
    void (*score)(struct cvss *v);
};

extern const struct cvss_spec cvss2_spec, cvss3_spec_30, cvss3_spec_31, cvss4_spec;

/* The score of a macrovector "000000".."212221" in tenths; -1 when there is none. */
int cvss4_lookup(const char *macrovector);

#endif
