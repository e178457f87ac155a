/* transfer.h — one request and its answer by libcurl: no redirect, no second try.
 *
 * Private to net. The only file that talks to the network.
 */
#ifndef TOBAN_NET_TRANSFER_H
#define TOBAN_NET_TRANSFER_H

#include "net/http.h"
#include "net/url.h"

/* Owns a libcurl handle with its open connections. */
struct transfer_engine {
    void *multi, *easy;
};
int transfer_init(struct transfer_engine *t, struct err *e) MUST_CHECK;
void transfer_release(struct transfer_engine *t);

struct transfer_order {
    const struct http_config *config; /* defaults filled in */
    const struct http_request *rq;
    const struct url *url;
    bool private_ok;     /* this host may have an address that is not public */
    bool with_key;
    bool conditional;    /* send the validators */
    uint64_t resume;     /* bytes of the body we have; 0: from the start */
    const char *if_range; /* with resume */
    uint64_t resume_total; /* size of the whole, as stated before; UINT64_MAX: not stated */
    uint64_t time_ms;    /* at most */
    struct tempfile *body;
};

enum transfer_end {
    TRANSFER_DONE,      /* an answer with a status came; its body is complete when status is 200, 203 or 206 */
    TRANSFER_BROKEN,    /* may pass by itself: no connection, broken off, too slow */
    TRANSFER_REFUSED,   /* our policy or limits, TLS verification, disk: asking again is no use */
    TRANSFER_CANCELLED
};

struct transfer_answer {
    int status;
    bool gzip;           /* Content-Encoding */
    bool bytes_ok;       /* Accept-Ranges: bytes */
    uint64_t total;      /* size of the whole as stated; UINT64_MAX: not stated */
    char etag[HTTP_TEXT], last_modified[HTTP_TEXT], date[64], content_type[HTTP_TEXT], message[HTTP_TEXT];
    char retry_after[64], location[LIMIT_URL + 1];
    char encoding[64];
};

/* *e is set unless TRANSFER_DONE. */
enum transfer_end transfer_run(struct transfer_engine *t, const struct transfer_order *o,
                               struct transfer_answer *a, struct err *e);

#endif
