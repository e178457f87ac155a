/* notice_store.h — notices with every revision, and what was concluded from their words. */
#ifndef TOBAN_STORE_NOTICE_STORE_H
#define TOBAN_STORE_NOTICE_STORE_H

#include "model/notice.h"
#include "store/db.h"

struct notice_rev {
    int64_t rev, id; /* revision and notice */
    struct notice n; /* n.id is the publisher's key; cve and product filled */
    when_t known, heard;
    struct str sha256; /* of the document in the spool */
    struct str products_json;
};

/* Keeps a revision unless the same words are kept. A title-only revision adds
 * nothing to a complete one of the same date. known: since when these words
 * could be read. *rev is 0 when nothing new was kept. */
int notice_store_put(struct db *db, const struct notice *n, when_t known, when_t heard, struct str sha256,
                     int64_t *rev, struct err *e) MUST_CHECK;

/* Each notice as of a moment, newest first: its latest revision with the page's whole text, or else
 * the latest with title and summary only; known is the newest date of any revision, >= since. In the arena. */
int notice_store_list(struct db *db, when_t since, when_t as_of, int64_t limit, struct arena *a,
                      struct notice_rev **out, size_t *n, struct err *e) MUST_CHECK;
/* The same for the notices that name this vulnerability, or are it. */
int notice_store_of_vuln(struct db *db, struct str vuln, when_t as_of, int64_t limit, struct arena *a,
                         struct notice_rev **out, size_t *n, struct err *e) MUST_CHECK;
/* Revisions without an assessment by these rules. */
int notice_store_unassessed(struct db *db, struct str rules, struct arena *a, struct notice_rev **out, size_t *n,
                            struct err *e) MUST_CHECK;
/* All revisions of one notice: those with the whole page first, each newest first. ERR_NOT_FOUND (with text) when there is none. */
int notice_store_get(struct db *db, int64_t id, struct arena *a, struct notice_rev **out, size_t *n,
                     struct err *e) MUST_CHECK;
int notice_store_get_rev(struct db *db, int64_t rev, struct arena *a, struct notice_rev *out, struct err *e) MUST_CHECK;
/* Number of the notice with this publisher's id or link. ERR_NOT_FOUND when there is none. */
int notice_store_find(struct db *db, struct str key, int64_t *id, struct err *e) MUST_CHECK;

/* What the words say; JSON members as in migration 1. */
struct assessment {
    bool exploited, urgent;
    struct str signals;  /* space separated */
    struct str evidence; /* JSON */
    struct str scope;    /* JSON */
    struct str products; /* JSON */
};
int notice_store_assess(struct db *db, int64_t rev, const struct assessment *as, struct str rules, struct err *e) MUST_CHECK;
int notice_store_assessment(struct db *db, int64_t rev, struct arena *a, struct assessment *out, bool *found,
                            struct err *e) MUST_CHECK;

#endif
