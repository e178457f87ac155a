/* cvss.h — CVSS vectors of every version: strict reading, exact scores.
 *
 * Accepts v2.0 (bare, or in parentheses as NVD writes it), v3.0, v3.1, v4.0, and
 * the form "score/vector" that Red Hat writes. White space around is passed over.
 * Refused, with the reason: unknown versions, metrics and values, a metric twice,
 * empty segments, a missing mandatory metric, a v2 temporal or environmental
 * group that is given in part (v2.0 guide, 2.4), v4.0 metrics out of order
 * (v4.0 specification, 7). v2 and v3 take metrics in any order.
 *
 * Scores are counted in tenths with integers; nothing is rounded but where the
 * specification says so. What the four scores are:
 *
 *             v2.0, v3.0, v3.1                      v4.0
 *   base      the base equation                     CVSS-B: threat and environmental set to X
 *   threat    the temporal equation                 CVSS-BT: environmental set to X
 *   env       the environmental equation            CVSS-BE: threat set to X
 *   overall   env when an environmental metric is   the whole vector
 *             defined, else temporal when one is
 *             defined, else base
 *
 * Every score is always a number: metrics not given count as not defined (ND, X),
 * and the equations are then still computable. Note that the environmental
 * equation of v3.1 may differ from the temporal score even when no environmental
 * metric is defined (it has another exponent for changed scope): this is why
 * overall looks at what is defined.
 *
 * Pure; any thread.
 */
#ifndef TOBAN_ASSESS_SCORES_CVSS_H
#define TOBAN_ASSESS_SCORES_CVSS_H

#include "base/base.h"

enum cvss_version { CVSS_20, CVSS_30, CVSS_31, CVSS_40 };
enum cvss_severity { CVSS_NONE, CVSS_LOW, CVSS_MEDIUM, CVSS_HIGH, CVSS_CRITICAL };

#define CVSS_METRICS 32 /* v4.0 has the most */
#define CVSS_VECTOR_SIZE 256

struct cvss {
    enum cvss_version version;
    unsigned char value[CVSS_METRICS]; /* index into the metric's values; 0 = not defined for optional ones */
    int base, threat, env, overall;    /* tenths, 0..100 */
    int stated;                        /* the score in front of "score/vector" in tenths, else -1 */
    enum cvss_severity severity;       /* of overall */
    bool has_threat, has_env;          /* a metric of the group is defined (not X, not ND) */
    char nomenclature[9];              /* v4.0: CVSS-B, CVSS-BT, CVSS-BE, CVSS-BTE; else "" */
    char macrovector[7];               /* v4.0: of the whole vector, EQ1..EQ6; else "" */
    char vector[CVSS_VECTOR_SIZE];     /* canonical: metrics in the specification's order, without those
                                          not defined (v2: a group is kept whole when one of it is defined) */
};

/* 0, or ERR_INPUT (ERR_LIMIT past LIMIT_CVSS_VECTOR bytes). *out is undefined on error. */
int cvss_parse(struct str text, struct cvss *out, struct err *e) MUST_CHECK;

/* The value of a metric by its name ("AV", "MSI"): "N", "Clear", …; "X" or "ND" when not
 * defined; empty when the version has no such metric. Static storage. */
struct str cvss_get(const struct cvss *v, const char *metric);
bool cvss_is(const struct cvss *v, const char *metric, const char *value);

const char *cvss_version_name(enum cvss_version v); /* "2.0", "3.0", "3.1", "4.0" */
/* "None", "Low", "Medium", "High", "Critical": the specifications' words, never translated. */
const char *cvss_severity_name(enum cvss_severity s);
/* The band of a score. v3, v4: 0.0 None, -3.9 Low, -6.9 Medium, -8.9 High, above Critical.
 * v2 (NVD): -3.9 Low, -6.9 Medium, above High. */
enum cvss_severity cvss_severity_of(enum cvss_version v, int tenths);

/* One line of `toban score -`: appends
 *   vector TAB version TAB base TAB threat TAB env TAB overall TAB severity LF
 * with the vector as it was given (trimmed), so that answers can be joined to
 * questions. A vector that cannot be read appends {"error":…,"input":…} LF and
 * returns ERR_INPUT or ERR_LIMIT; this is not fatal to the lines behind it. */
int cvss_line(struct str line, struct buf *out);

#endif
