/* notice.h — an advisory notice 注意喚起: what a publisher told people, in words. */
#ifndef TOBAN_MODEL_NOTICE_H
#define TOBAN_MODEL_NOTICE_H

#include "base/base.h"

/* A product named in a notice by its publisher. */
struct notice_product {
    struct str vendor, product, version, cpe; /* cpe in 2.2 or 2.3 form, or "" */
};

struct notice {
    struct str source;    /* feed: "jpcert", "cisa", … */
    struct str id;        /* identity within the source: JPCERT-AT-…, JVNDB-…, or the link */
    struct str url, title;
    struct str text;      /* plain text, newlines kept, no markup */
    struct str lang;      /* "ja", "en" or "" */
    when_t published, updated;
    struct str *cve;      /* normalised: CVE-2021-26855 */
    size_t cve_n;
    struct notice_product *product;
    size_t product_n;
    struct metric *metric;
    size_t metric_n;
    bool complete; /* false: only the feed's title and summary; the page was not fetched yet */
};

#endif
