/* vuln.h — what one source says about one vulnerability, at one moment. */
#ifndef TOBAN_MODEL_VULN_H
#define TOBAN_MODEL_VULN_H

#include "base/base.h"

/* One cpeMatch of NVD, or of cpeApplicability in CVE 5.1. */
struct cpe_match {
    struct str criteria; /* cpe:2.3:… */
    struct str match_id; /* matchCriteriaId */
    struct str start_incl, start_excl, end_incl, end_excl;
    bool vulnerable;
};
struct cpe_node {
    bool op_and, negate;
    struct cpe_match *match;
    size_t match_n;
};
struct cpe_config {
    bool op_and, negate; /* operator between nodes; absent = OR */
    struct cpe_node *node;
    size_t node_n;
};

/* CVE 5 affected[]. */
struct affected_change {
    struct str at, status;
};
struct affected_version {
    struct str version, less_than, less_or_equal, status, version_type;
    struct affected_change *change;
    size_t change_n;
};
struct affected {
    struct str vendor, product, package_name, collection_url, purl, default_status, source;
    struct str *cpe, *platform;
    size_t cpe_n, platform_n;
    struct affected_version *version;
    size_t version_n;
};

/* One product a vendor lists as affected, with its fix (MSRC CVRF and CSAF). */
struct vendor_product {
    struct str product_id;   /* the document's own id */
    struct str name;         /* as the vendor writes it */
    struct str cpe, purl;    /* when the vendor gives one */
    struct str status;       /* "known_affected", "fixed", "known_not_affected", "under_investigation" */
    struct str kb;           /* digits */
    struct str fixed_build;  /* only when it is a comparable version */
    struct str supersedes;   /* KBs, comma separated */
    struct str subtype, restart, url;
};

struct metric {
    struct str source;  /* who scored */
    struct str type;    /* "Primary", "Secondary" or "" */
    struct str version; /* "2.0", "3.0", "3.1", "4.0" */
    struct str vector;
    double score; /* base score as stated; negative when not stated */
};

/* SSVC decision points as CISA states them; each "" when not stated, folded to lower case. */
struct ssvc_points {
    struct str source;
    struct str exploitation;     /* none | poc | active */
    struct str automatable;      /* yes | no */
    struct str technical_impact; /* partial | total */
    when_t when;
};

/* "This vulnerability is being exploited", said by one catalogue. */
struct kev {
    struct str source; /* "cisa", "eu", "msrc", "vulnrichment" */
    struct str cve, vendor, product, name, action, notes;
    when_t added, due; /* midnight UTC of the date */
    bool ransomware;
};

struct reference {
    struct str url, tags; /* tags comma separated */
};

enum vuln_state { VULN_PUBLISHED, VULN_REJECTED, VULN_RESERVED };

struct vuln {
    struct str id;     /* CVE-…, or the source's own id when there is no CVE */
    struct str source; /* name of the feed: "nvd", "cve5", "msrc", "jvndb" */
    struct str source_id; /* the publisher's own id or URL of this record */
    enum vuln_state state;
    struct str status; /* as said: "Analyzed", "Deferred", … */
    struct str title, description, description_ja;
    when_t published, modified;
    when_t known; /* since when this state of the record could be known; usually modified */
    struct metric *metric;
    size_t metric_n;
    struct ssvc_points ssvc;
    struct kev kev; /* kev.added WHEN_NONE: the record does not say */
    struct cpe_config *config;
    size_t config_n;
    struct affected *affected;
    size_t affected_n;
    struct vendor_product *product;
    size_t product_n;
    struct reference *ref;
    size_t ref_n;
    struct str *cwe, *alias;
    size_t cwe_n, alias_n;
    /* "Exploited:Yes" (MSRC): "yes", "no" or "" ; with the words it was said in. */
    struct str exploited, exploited_quote;
};

/* One EPSS score. */
struct epss {
    struct str cve, model_version; /* "v2025.03.14"; "" for the layouts that do not say */
    double score, percentile;      /* percentile negative when the layout has none */
    when_t date;
};

#endif
