/* myjvn.h — what JVN RSS, JVN iPedia and the MyJVN API (feed=hnd) have in common.
 *
 * mod_sec elements (references, cpe, cvss, identifier) are found by local name,
 * because their namespace differs between the RDF files and the API. Dates without
 * a zone are Japan Standard Time: the publisher is Japanese and its pages show JST.
 */
#ifndef TOBAN_COLLECT_FEEDS_MYJVN_H
#define TOBAN_COLLECT_FEEDS_MYJVN_H

#include "collect/feeds/rss_reader.h"

/* status:Status of an answer; found is false when there is none (files). */
struct myjvn_status {
    bool found;
    uint64_t total, returned, first;
};
/* ERR_INPUT with the server's words when it reports an error (retCd other than 0). */
int myjvn_status_read(const struct xml *root, struct str url, struct myjvn_status *out,
                      struct err *e) MUST_CHECK;
/* The next page of a list: the same address with startItem moved on. Nothing when this was the last. */
int myjvn_next_page(const struct feed_input *in, const struct myjvn_status *st, struct arena *a,
                    struct feed_sink *sink, struct err *e) MUST_CHECK;

/* The mod_sec part of an item into a notice: products, metrics, CVE numbers; n->id from sec:identifier. */
void myjvn_item(struct arena *a, const struct xml *item, struct notice *n);
/* CWE numbers among the references ("CWE-noinfo" and the like are none). */
void myjvn_cwes(struct arena *a, const struct xml *item, struct str **cwe, size_t *n);
void myjvn_references(struct arena *a, const struct xml *item, struct reference **ref, size_t *n);

/* Metric from its parts; version from the vector when that says more ("3.0" is stated for 3.1 vectors, too).
 */
bool myjvn_metric(struct str version, struct str vector, struct str score, struct str type,
                  struct metric *out);

/* One vulnerability for each CVE number of the notice, or one under its own id when it has none. */
int myjvn_vulns(struct arena *a, struct feed_sink *sink, const struct notice *n, const struct vuln *base,
                struct err *e) MUST_CHECK;

/* VULDEF (getVulnDetailInfo, jvndb_detail_*.rdf): notices and vulnerabilities. */
int myjvn_vuldef(const struct xml *root, struct arena *a, struct feed_sink *sink, struct err *e) MUST_CHECK;

#endif
