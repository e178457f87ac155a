/* visit_request.h — the requests of one visit, and where their bytes come from. Private to visit. */
#ifndef TOBAN_COLLECT_VISIT_REQUEST_H
#define TOBAN_COLLECT_VISIT_REQUEST_H

#include "collect/visit.h"

struct visit_request_queue {
    VEC(struct feed_request) item;
    VEC(struct str) file; /* of the same index: a mirror's file, or "" */
    struct map seen;      /* URLs */
    struct arena a;
};
void visit_request_release(struct visit_request_queue *q);
/* Copies. False: this URL was asked for already, and is passed over. */
bool visit_request_add(struct visit_request_queue *q, const struct feed_request *r, struct str file);
/* Every file below DIR/SOURCE/, by name. */
int visit_request_mirror(struct visit_request_queue *q, struct str mirror, struct str source, struct err *e) MUST_CHECK;
/* DIR/HOST/PATH of a URL, when there is such a file. */
bool visit_request_mirrored(struct str mirror, struct str url, struct arena *a, struct str *path);

struct visit_bytes {
    struct tempfile body;
    struct http_response response;
    bool not_modified;
    char sha256[SHA256_HEX];
    uint64_t size;
    when_t fetched;
    struct str content_type;
    struct str from; /* the address that gave them: the request's, or the source's fallback */
};
void visit_bytes_release(struct visit_bytes *b);
/* Fetches request i; from the source's fallback when the default address cannot be had. The body is
 * sealed in the spool's tmp; when it was not modified, sha256 names the kept bytes. */
int visit_request_fetch(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
                        const struct visit_request_queue *q, size_t i, struct visit_bytes *out, struct err *e) MUST_CHECK;

#endif
