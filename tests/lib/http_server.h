/* http_server.h — a small HTTP/1.1 server for tests that misbehaves on request.
 *
 * One thread, plain sockets (or TLS) on 127.0.0.1 at a port the kernel picks,
 * one connection at a time, closed after each answer. Each route has a list of
 * answers, given in order, the last one for ever. What came in is kept for the
 * test to look at.
 */
#ifndef TOBAN_TESTS_HTTP_SERVER_H
#define TOBAN_TESTS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum answer_flag {
    ANSWER_CHUNKED = 1,   /* Transfer-Encoding: chunked instead of Content-Length */
    ANSWER_NO_LENGTH = 2, /* neither: the end of the connection ends the body */
    ANSWER_ENDLESS = 4,   /* the body again and again, without length, until the client goes */
    ANSWER_RESET = 8,     /* after `cut` bytes the connection is reset (RST), not closed */
    ANSWER_RANGES = 16,   /* Accept-Ranges; honours Range when If-Range equals etag */
    ANSWER_CONDITIONAL = 32, /* 304 when If-None-Match equals etag or If-Modified-Since equals modified */
    ANSWER_SILENT = 64,   /* reads the request and says nothing */
    ANSWER_GARBAGE = 128, /* the body alone, without a status line */
    ANSWER_ENDLESS_HEADER = 256
};

struct answer {
    int status;           /* 0 = 200 */
    const char *headers;  /* whole lines, "A: b\r\nC: d\r\n"; "@PORT@" becomes the port; NULL = none */
    const char *body;     /* NULL = empty */
    size_t body_n;        /* 0 = strlen(body) */
    size_t claim;         /* Content-Length to claim when not 0 */
    size_t cut;           /* close after this many bytes of the body when not 0 */
    unsigned drip_ms;     /* wait this long before every byte of the body */
    unsigned flags;
    const char *etag, *modified; /* sent when not NULL */
};

#define ROUTE_ANSWERS 6
struct route {
    const char *path; /* with query, exactly */
    struct answer answer[ROUTE_ANSWERS];
    int answers; /* 0 = 1 */
};

struct http_server;
/* routes is borrowed, ends with path NULL. Fails the test when it cannot start. */
struct http_server *http_server_start(const struct route *routes);
/* The same with TLS: a new self-signed certificate for the address 127.0.0.1 (name_ok) or for
 * another host, written to ca_path in PEM. */
struct http_server *http_server_start_tls(const struct route *routes, const char *ca_path, bool name_ok);
void http_server_stop(struct http_server *s);
int http_server_port(const struct http_server *s);
/* "http://127.0.0.1:PORT" and path; one of a few static buffers. */
const char *http_server_url(const struct http_server *s, const char *path);
/* Requests for this path so far; NULL: all. */
int http_server_hits(struct http_server *s, const char *path);
/* The head of the i-th request (from 0) for this path, as it came; "" when there is none. Copies into
 * a static buffer. */
const char *http_server_request(struct http_server *s, const char *path, int i);

#endif
