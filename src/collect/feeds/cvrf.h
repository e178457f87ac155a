/* cvrf.h — MSRC's CVRF documents, XML or JSON, as one kind of thing.
 *
 * Views into the parsed document. ProductIDs are text (some are composed: "10378-11568").
 */
#ifndef TOBAN_COLLECT_FEEDS_CVRF_H
#define TOBAN_COLLECT_FEEDS_CVRF_H

#include "collect/feed.h"

struct cvrf_product {
    struct str id, name;
};
struct cvrf_note {
    struct str title, type, text; /* type: "Description", "FAQ", "Tag", "CNA", … or a number; text: HTML */
};
struct cvrf_entry { /* a status, threat, score set or remediation: each is about some products, or all */
    struct str type;
    struct str text; /* threat and remediation: description */
    struct str *id;  /* product ids */
    size_t id_n;
    struct str url, supersedes, fixed_build, subtype, restart; /* remediation */
    struct str score, vector;                                  /* score set */
};
struct cvrf_vuln {
    struct str cve, title;
    struct cvrf_note *note;
    size_t note_n;
    struct cvrf_entry *status, *threat, *score, *remedy;
    size_t status_n, threat_n, score_n, remedy_n;
    struct str *cwe;
    size_t cwe_n;
    when_t first, last; /* of its revisions */
};
struct cvrf_doc {
    struct str id, title;
    when_t released, updated;
    struct cvrf_product *product;
    size_t product_n;
    struct cvrf_vuln *vuln;
    size_t vuln_n;
};

/* The XML form; root is <cvrfdoc>. */
bool cvrf_xml_read(struct arena *a, const struct xml *root, struct cvrf_doc *out);
/* Both JSON forms: the API's (DocumentTitle, {"Value":…}, numbers for types) and the one-CVE-a-file
 * form of archives (document_title, plain strings). */
bool cvrf_json_read(struct arena *a, const struct json *root, struct cvrf_doc *out);

#endif
