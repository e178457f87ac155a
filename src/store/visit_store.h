/* visit_store.h — visits to sources, their documents, validators, cursors, and what was set aside. */
#ifndef TOBAN_STORE_VISIT_STORE_H
#define TOBAN_STORE_VISIT_STORE_H

#include "store/db.h"

struct visit {
    int64_t id;
    when_t started, ended;
    struct str outcome; /* running ok unchanged partial refused failed */
    int64_t good, bad;
    when_t newest, document_time;
    struct str text;
};

struct document {
    struct str source, url, sha256, content_type, kind, context;
    int64_t bytes;
    when_t fetched;
    int64_t records;
    bool full; /* lists everything its address has */
    when_t newest, document_time;
};

int visit_store_start(struct db *db, struct str source, when_t now, int64_t *id, struct err *e) MUST_CHECK;
int visit_store_end(struct db *db, const struct visit *v, struct err *e) MUST_CHECK;

enum visit_which { VISIT_LAST, VISIT_LAST_OK };
/* Copies into the arena. ERR_NOT_FOUND when there is none (e untouched). */
int visit_store_get(struct db *db, struct str source, enum visit_which which, when_t as_of, struct arena *a,
                    struct visit *out, struct err *e) MUST_CHECK;
/* Newest record's time over all good visits; WHEN_NONE when none. */
int visit_store_newest(struct db *db, struct str source, when_t *out, struct err *e) MUST_CHECK;
/* Visits a killed process left running are closed as failed. */
int visit_store_close_running(struct db *db, when_t now, struct err *e) MUST_CHECK;

int visit_store_document(struct db *db, int64_t visit, const struct document *d, struct err *e) MUST_CHECK;
/* The last accepted full document of this URL ("" = of the source): records, newest, document_time
 * of *out. ERR_NOT_FOUND when there is none (e untouched). */
int visit_store_last_full(struct db *db, struct str source, struct str url, struct document *out, struct err *e) MUST_CHECK;
/* True when this URL gave these bytes already, and they were accepted. */
int visit_store_seen(struct db *db, struct str source, struct str url, struct str sha256, bool *seen,
                     struct err *e) MUST_CHECK;
/* All accepted documents, oldest first, into the arena: what rebuild reads again. */
int visit_store_documents(struct db *db, struct arena *a, struct document **out, size_t *n, struct err *e) MUST_CHECK;

struct validator {
    struct str etag, last_modified, sha256;
};
int visit_store_validator(struct db *db, struct str url, struct arena *a, struct validator *out, struct err *e) MUST_CHECK;
int visit_store_set_validator(struct db *db, struct str url, const struct validator *v, struct err *e) MUST_CHECK;
int visit_store_cursor(struct db *db, struct str source, struct arena *a, struct str *cursor, when_t *last_ok,
                       struct err *e) MUST_CHECK;
int visit_store_set_cursor(struct db *db, struct str source, struct str cursor, when_t last_ok, struct err *e) MUST_CHECK;

int visit_store_quarantine(struct db *db, struct str source, int64_t visit, when_t at, const char *reason,
                           struct str bytes, struct err *e) MUST_CHECK;
struct quarantined {
    int64_t id, visit;
    when_t at;
    struct str reason, bytes;
};
int visit_store_quarantined(struct db *db, struct str source, int64_t limit, struct arena *a, struct quarantined **out,
                            size_t *n, int64_t *total, struct err *e) MUST_CHECK;

int visit_store_accept(struct db *db, struct str source, struct str sha256, struct str reason, struct str who,
                       when_t at, struct err *e) MUST_CHECK;
int visit_store_accepted(struct db *db, struct str source, struct str sha256, bool *yes, struct err *e) MUST_CHECK;

#endif
