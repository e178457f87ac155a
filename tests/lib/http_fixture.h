/* http_fixture.h — a real client whose waits take no time, and a directory for its files. */
#ifndef TOBAN_TESTS_HTTP_FIXTURE_H
#define TOBAN_TESTS_HTTP_FIXTURE_H

#include "http_server.h"
#include "net/http.h"

struct fixture {
    struct http_server *server;
    struct http_client *client;
    char dir[64];
    uint64_t mono;       /* the client's clock, ms; sleeping moves it */
    uint64_t slept[64];  /* every sleep asked for */
    int slept_n;
    when_t now;
    uint32_t random;
    atomic_bool cancel;
    bool cancel_in_sleep;
};

extern const char *const fixture_private[]; /* {"127.0.0.1", NULL} */

/* Loopback and http allowed, three attempts. Change what the test needs, then fixture_open. */
struct http_config fixture_config(struct fixture *f);
void fixture_open(struct fixture *f, const struct route *routes, const struct http_config *config);
void fixture_close(struct fixture *f);
/* GETs path ("/…", or a whole address) with what else is in rq. */
int fixture_get(struct fixture *f, const char *path, struct http_request rq, struct http_response *out, struct err *e);
/* The stored bytes; NUL-terminated; caller frees. */
char *fixture_body(const struct http_response *r);
/* Files in the directory (but . and ..). */
int fixture_files(const struct fixture *f);

#endif
