/* epss.h — EPSS scores: what may be compared, and bands for the eye.
 *
 * A score is the probability that exploitation is seen in the next 30 days. Each
 * model version (v1 2021, v2 2022-02-04, v3 2023-03-07, v4 2025-03-17, v5 2026-06-15)
 * moves all scores: a difference across versions is no news. EPSS speaks of
 * vulnerabilities without evidence of exploitation: KEV and the like come first.
 * Pure.
 */
#ifndef TOBAN_ASSESS_SCORES_EPSS_H
#define TOBAN_ASSESS_SCORES_EPSS_H

#include "model/vuln.h"

enum epss_band { EPSS_LOW, EPSS_RAISED, EPSS_HIGH, EPSS_VERY_HIGH };

/* *delta = now - before. False when the two are not of one CVE and one stated model
 * version, or a score is not within 0..1. */
bool epss_delta(const struct epss *before, const struct epss *now, double *delta);
/* Bands of toban's own, for display only: below 0.01 low, 0.1 raised, 0.5 high. */
enum epss_band epss_band_of(double score);
const char *epss_band_name(enum epss_band b); /* in the thread's language */

#endif
