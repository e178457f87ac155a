/* msrc_record.h — one vulnerability of an MSRC document into our nouns. */
#ifndef TOBAN_COLLECT_FEEDS_MSRC_RECORD_H
#define TOBAN_COLLECT_FEEDS_MSRC_RECORD_H

#include "collect/feeds/cvrf.h"

/* A document with its products by id. */
struct msrc_doc {
    const struct cvrf_doc *doc; /* borrows */
    struct map product;         /* id → index + 1 */
};
void msrc_record_doc_init(struct msrc_doc *d, const struct cvrf_doc *doc);
void msrc_record_doc_release(struct msrc_doc *d);

/* NULL when read; else why not. */
const char *msrc_record_vuln(struct arena *a, const struct msrc_doc *d, const struct cvrf_vuln *x,
                             struct vuln *v);
/* False when the record has no words worth judging: neither exploited nor publicly disclosed. */
bool msrc_record_notice(struct arena *a, const struct msrc_doc *d, const struct cvrf_vuln *x,
                        const struct vuln *v, struct notice *n);

/* A FixedBuild that can be compared, or empty: no addresses, pairs, placeholders ("10.0.x"). */
struct str msrc_record_build(struct arena *a, struct str s);
/* "4602269; N" → "4602269"; "MS16-104, 3185319" → "MS16-104,3185319"; "None" → "". */
struct str msrc_record_supersedes(struct arena *a, struct str s);

#endif
