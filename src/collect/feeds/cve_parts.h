/* cve_parts.h — pieces that NVD API 2.0 and CVE Record Format 5 have in common.
 *
 * Views into the JSON tree; arrays live in the arena. What has another type than
 * it should is read as absent; what cannot mean anything (a match without criteria)
 * is left out.
 */
#ifndef TOBAN_COLLECT_FEEDS_CVE_PARTS_H
#define TOBAN_COLLECT_FEEDS_CVE_PARTS_H

#include "collect/feed.h"

/* configurations[] of NVD and cpeApplicability[] of CVE 5.1: the same shape. */
struct cpe_config *cve_parts_configs(struct arena *a, const struct json *list, size_t *n);
/* One element of affected[] / affectedData[]; source names who says so. */
void cve_parts_affected(struct arena *a, const struct json *v, struct str source, struct affected *out);
/* options[] of SSVC, keys and values in any case and spelling ("Technical Impact", "technicalImpact"). */
void cve_parts_ssvc(struct arena *a, const struct json *options, struct ssvc_points *out);
/* A CVSS object {version, vectorString, baseScore}; false when it has no vector. */
bool cve_parts_metric(const struct json *cvss, struct str source, struct str type, const char *version,
                      struct metric *out);
/* Strings of an array joined by commas. */
struct str cve_parts_joined(struct arena *a, const struct json *list);
/* descriptions[{lang,value}]: the first of the language, or of a variety of it ("en-US"). */
struct str cve_parts_text(const struct json *list, const char *lang);
/* "CWE-79" at the front of s, or empty ("NVD-CWE-noinfo", "n/a"). */
struct str cve_parts_cwe(struct str s);
/* Times of NVD and CVE records without a zone are UTC. Fast for the usual form. */
when_t cve_parts_when(struct str s);
/* No times known yet. */
void cve_parts_init(struct vuln *v, const char *source);

#endif
