/* http.h — one document fetched: https://, http:// (where allowed) or file://.
 *
 * What a call does: asks with the validators given (conditional GET, RFC 9110
 * section 13), follows redirects within policy, waits between requests to one
 * host, tries again what may pass by itself (408, 429, 5xx, a broken
 * connection), goes on where a broken answer ended, and leaves the document in
 * a file with its SHA-256. A call may therefore last long; `cancel` ends it
 * within a fraction of a second.
 *
 * What is stored: the document after Content-Encoding was removed (gzip is the
 * only coding asked for). A content coding belongs to the way, not to the
 * document: the same document comes packed differently from every cache, and
 * what publishers print next to their files (sha256, .meta) is the hash of the
 * document. What the publisher itself packed (.json.gz, .zip) stays as it is.
 * Bytes are first kept as sent, so that an interrupted packed answer can be
 * resumed, then unpacked by codec/stream.h, whose bomb limits hold; neither the
 * bytes as sent nor the document may exceed `limit`.
 *
 * Policy: TLS 1.2 or later and verified, always. http:// only with allow_http, and
 * never from https:// by redirect. At most LIMIT_REDIRECTS redirects. No
 * address that is not public (address.h), judged when the connection is made,
 * so that no DNS answer gets round it; through a proxy, which resolves the name
 * itself, address literals and localhost are judged. Hosts in private_hosts are
 * exempt. The key header goes to the origin of the address asked for, nowhere
 * else. No cookies, no .netrc, no HTTP/0.9. Messages never hold a key (url_shown).
 *
 * Threads: one client per thread; clients are independent.
 */
#ifndef TOBAN_NET_HTTP_H
#define TOBAN_NET_HTTP_H

#include <stdatomic.h>

#include "base/base.h"
#include "net/tempfile.h"

/* Time and chance, so that tests wait for nothing. NULL members: the real ones. */
struct http_hooks {
    void *ctx;
    void (*sleep_ms)(void *ctx, uint64_t ms);
    uint64_t (*mono_ms)(void *ctx); /* for gaps and the total time of a call */
    when_t (*now)(void *ctx);       /* for Retry-After dates */
    uint32_t (*random)(void *ctx);
};

/* Zero means the default named behind. Strings are copied. */
struct http_config {
    const char *proxy;                /* NULL: from the environment; "": none (proxy.h) */
    const char *ca_file;              /* PEM; NULL: the system's */
    const char *user_agent;           /* NULL: "toban/VERSION …" */
    const char *const *private_hosts; /* ends with NULL; lower case, "*" = every host; may be NULL */
    bool allow_http;
    unsigned connect_ms;              /* 15,000 */
    unsigned total_ms;                /* one call with all its attempts: 1,800,000 */
    unsigned slow_ms;                 /* an attempt ends when, over this long, ... 60,000 */
    unsigned slow_bytes_s;            /* ... fewer bytes a second came than this: 64 */
    unsigned attempts;                /* 5 */
    struct http_hooks hooks;
};

struct http_client; /* owns its connections and the times hosts were last asked */

int http_new(struct http_client **out, const struct http_config *config, struct err *e) MUST_CHECK;
void http_free(struct http_client *c);

struct http_request {
    struct str url;
    struct str accept;              /* "" = any */
    struct str etag, last_modified; /* of the copy we hold, as the server wrote them; "" = no copy */
    const char *dir;                /* where the file is made; the spool's tmp, on the spool's file system */
    const char *key_header, *key;   /* both or NULL */
    uint64_t limit;                 /* bytes; 0 = LIMIT_DOWNLOAD */
    unsigned min_gap_ms;            /* between two requests to one host */
    bool allow_file;                /* file:// may be asked for: for what the operator wrote,
                                     * never for what a feed wrote */
    bool throttles_403;             /* this server says "too often" with 403 (NVD) */
    /* Called a few times a second. total is 0 when not stated. Rate in bytes a second. May be NULL. */
    void (*progress)(void *ctx, uint64_t got, uint64_t total, double rate);
    void *progress_ctx;
    const atomic_bool *cancel;      /* may be NULL; set by any thread or signal handler */
};

#define HTTP_TEXT 512

/* Filled as far as known on failure, too; release it in any case. */
struct http_response {
    int status;                /* of the last answer; 0: none came. file://: 200, 304 or 404 */
    bool not_modified;         /* 304: the copy we hold is current; body is empty */
    bool cancelled;
    struct tempfile body;      /* owns; sealed: fd at 0, path, size, sha256 */
    uint64_t wire_size;        /* bytes as sent (0 for file://) */
    char etag[HTTP_TEXT], last_modified[HTTP_TEXT]; /* for the next request; "" when not stated or too long */
    char content_type[HTTP_TEXT]; /* as the server wrote it: a claim, not a fact */
    char message[HTTP_TEXT];   /* the `message` field NVD explains its errors with, cleaned */
    char *url;                 /* owns; where the answer came from, after redirects; NULL: nowhere yet */
    uint64_t wait_ms;          /* on failure: the server asked to be left alone for this long; 0: did not say */
    unsigned attempts, redirects;
    bool resumed;              /* at least one attempt went on where another ended */
};

/* 0 with a document or with not_modified. Otherwise
 *   ERR_USAGE      no web address, or a scheme that is not allowed
 *   ERR_PERM       401, 403, or refused by policy (private address, redirect to http)
 *   ERR_NOT_FOUND  404, 410, no such file
 *   ERR_LIMIT      too large, too many redirects
 *   ERR_INPUT      an answer that cannot be (bad redirect, packed body that ends early)
 *   ERR_IO         all else: no connection, TLS, other statuses, no time left, cancelled, disk */
int http_get(struct http_client *c, const struct http_request *rq, struct http_response *out, struct err *e)
    MUST_CHECK;
void http_response_release(struct http_response *r);

/* Does the beginning of a document look like a page for people? For callers that
 * asked for JSON or XML: a login page, a maintenance page, a captive portal. */
bool http_looks_like_html(struct str head);

#endif
