#include "http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http_server_tls.h"

#define REQUESTS_KEPT 256
#define HEAD_MAX 8192

struct seen {
    char path[512];
    char head[HEAD_MAX];
};

struct http_server {
    const struct route *routes;
    int listener, port;
    pthread_t thread;
    atomic_bool stop;
    pthread_mutex_t lock; /* over what follows */
    struct seen *seen;
    int seen_n;
    SSL_CTX *tls;
};

struct conn {
    int fd;
    SSL *ssl;
    struct http_server *s;
};

static void die(const char *what)
{
    perror(what);
    abort();
}

static void nap(unsigned ms)
{
    struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&ts, NULL);
}

static bool put(struct conn *c, const char *p, size_t n)
{
    while (n) {
        if (atomic_load(&c->s->stop))
            return false;
        ssize_t k = c->ssl ? SSL_write(c->ssl, p, (int)n) : send(c->fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* The head of a request; false when the client went. */
static bool take_head(struct conn *c, char head[HEAD_MAX])
{
    size_t n = 0;
    while (n < HEAD_MAX - 1) {
        ssize_t k = c->ssl ? SSL_read(c->ssl, head + n, 1) : recv(c->fd, head + n, 1, 0);
        if (k <= 0)
            return false;
        n += (size_t)k;
        head[n] = 0;
        if (n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

static bool field(const char *head, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':') {
            const char *v = line + 3 + n + strspn(line + 3 + n, " ");
            snprintf(out, size, "%.*s", (int)strcspn(v, "\r"), v);
            return true;
        }
    }
    return false;
}

static const struct answer *pick(struct http_server *s, const char *path, const char *head)
{
    static const struct answer none = {.status = 404};
    pthread_mutex_lock(&s->lock);
    int hits = 0;
    for (int i = 0; i < s->seen_n; i++)
        hits += strcmp(s->seen[i].path, path) == 0;
    if (s->seen_n < REQUESTS_KEPT) {
        snprintf(s->seen[s->seen_n].path, sizeof(s->seen->path), "%s", path);
        snprintf(s->seen[s->seen_n++].head, sizeof(s->seen->head), "%s", head);
    }
    pthread_mutex_unlock(&s->lock);
    for (const struct route *r = s->routes; r->path; r++) {
        int last = r->answers > 0 ? r->answers - 1 : 0;
        if (strcmp(r->path, path) == 0)
            return &r->answer[hits < last ? hits : last];
    }
    return &none;
}

static void add_headers(struct conn *c, char *out, size_t size, const char *more)
{
    size_t n = strlen(out);
    for (; more && *more && n + 8 < size; n += strlen(out + n)) {
        size_t plain = strcspn(more, "@");
        snprintf(out + n, size - n, "%.*s", (int)plain, more);
        n += strlen(out + n);
        more += plain;
        if (strncmp(more, "@PORT@", 6) == 0) {
            snprintf(out + n, size - n, "%d", c->s->port);
            more += 6;
        } else if (*more) {
            snprintf(out + n, size - n, "%c", *more++);
        }
    }
}

static void send_body(struct conn *c, const struct answer *a, const char *body, size_t n)
{
    size_t end = a->cut && a->cut < n ? a->cut : n;
    char size[32];
    if (a->flags & ANSWER_ENDLESS)
        while (n && put(c, body, n))
            ;
    else if (a->drip_ms)
        for (size_t i = 0; i < end && put(c, body + i, 1); i++)
            nap(a->drip_ms);
    else if (a->flags & ANSWER_CHUNKED) {
        snprintf(size, sizeof(size), "%zx\r\n", n);
        if (put(c, size, strlen(size)) && put(c, body, end) && end == n)
            put(c, "\r\n0\r\n\r\n", 7);
    } else
        put(c, body, end);
}

static void answer(struct conn *c, const struct answer *a, const char *head)
{
    char out[4096], field1[512], field2[512];
    const char *body = a->body ? a->body : "";
    size_t n = a->body_n ? a->body_n : strlen(body), from = 0, whole = n;
    int status = a->status ? a->status : 200;
    if (a->flags & ANSWER_SILENT) {
        while (!atomic_load(&c->s->stop)) {
            struct pollfd p = {.fd = c->fd, .events = POLLIN};
            if (poll(&p, 1, 20) > 0)
                return;
        }
        return;
    }
    if (a->flags & ANSWER_GARBAGE) {
        put(c, body, n);
        return;
    }
    if (a->flags & ANSWER_CONDITIONAL &&
        ((a->etag && field(head, "If-None-Match", field1, sizeof(field1)) && strcmp(field1, a->etag) == 0) ||
         (!a->etag && a->modified && field(head, "If-Modified-Since", field1, sizeof(field1)) &&
          strcmp(field1, a->modified) == 0))) {
        status = 304;
        n = whole = 0;
    }
    unsigned long start;
    if (a->flags & ANSWER_RANGES && a->etag && field(head, "Range", field1, sizeof(field1)) &&
        field(head, "If-Range", field2, sizeof(field2)) && strcmp(field2, a->etag) == 0 &&
        sscanf(field1, "bytes=%lu-", &start) == 1) { /* NOLINT(cert-err34-c) */
        if (start < n) {
            status = 206;
            from = start;
        } else {
            status = 416;
            from = n;
        }
    }
    snprintf(out, sizeof(out), "HTTP/1.1 %d X\r\nConnection: close\r\n", status);
    size_t k = strlen(out);
    if (a->etag)
        k += (size_t)snprintf(out + k, sizeof(out) - k, "ETag: %s\r\n", a->etag);
    if (a->modified)
        k += (size_t)snprintf(out + k, sizeof(out) - k, "Last-Modified: %s\r\n", a->modified);
    if (a->flags & ANSWER_RANGES)
        k += (size_t)snprintf(out + k, sizeof(out) - k, "Accept-Ranges: bytes\r\n");
    if (status == 206 && a->flags & ANSWER_RANGES)
        k += (size_t)snprintf(out + k, sizeof(out) - k, "Content-Range: bytes %zu-%zu/%zu\r\n", from,
                              whole - 1, whole);
    if (a->flags & ANSWER_CHUNKED)
        snprintf(out + k, sizeof(out) - k, "Transfer-Encoding: chunked\r\n");
    else if (!(a->flags & (ANSWER_NO_LENGTH | ANSWER_ENDLESS)))
        snprintf(out + k, sizeof(out) - k, "Content-Length: %zu\r\n", a->claim ? a->claim : n - from);
    add_headers(c, out, sizeof(out) - 4, a->headers);
    if (!put(c, out, strlen(out)))
        return;
    while (a->flags & ANSWER_ENDLESS_HEADER && put(c, "X-More: and more of it, on and on\r\n", 35))
        ;
    if (put(c, "\r\n", 2) && status != 304)
        send_body(c, a, body + from, n - from);
}

static void serve(struct http_server *s, int fd)
{
    struct conn c = {.fd = fd, .s = s};
    struct timeval tv = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
    if (s->tls) {
        c.ssl = SSL_new(s->tls);
        SSL_set_fd(c.ssl, fd);
    }
    char head[HEAD_MAX];
    char path[512];
    if ((!c.ssl || SSL_accept(c.ssl) == 1) && take_head(&c, head) && sscanf(head, "%*s %511s", path) == 1) {
        const struct answer *a = pick(s, path, head);
        answer(&c, a, head);
        if (a->flags & ANSWER_RESET) {
            struct linger l = {.l_onoff = 1};
            nap(20); /* lets what was sent arrive */
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
        } else if (c.ssl) {
            SSL_shutdown(c.ssl);
        }
    }
    SSL_free(c.ssl);
    close(fd);
}

static void *loop(void *ctx)
{
    struct http_server *s = ctx;
    while (!atomic_load(&s->stop)) {
        struct pollfd p = {.fd = s->listener, .events = POLLIN};
        if (poll(&p, 1, 20) <= 0)
            continue;
        int fd = accept(s->listener, NULL, NULL);
        if (fd >= 0)
            serve(s, fd);
    }
    return NULL;
}

static struct http_server *start(const struct route *routes, SSL_CTX *tls)
{
    struct http_server *s = calloc(1, sizeof(*s));
    if (!s)
        abort();
    s->routes = routes;
    s->tls = tls;
    s->seen = calloc(REQUESTS_KEPT, sizeof(*s->seen));
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(in);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&in, n) < 0 || listen(s->listener, 16) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&in, &n) < 0)
        die("http_server");
    s->port = ntohs(in.sin_port);
    pthread_mutex_init(&s->lock, NULL);
    if (pthread_create(&s->thread, NULL, loop, s) != 0)
        die("http_server");
    return s;
}

struct http_server *http_server_start(const struct route *routes)
{
    return start(routes, NULL);
}

struct http_server *http_server_start_tls(const struct route *routes, const char *ca_path, bool name_ok)
{
    return start(routes, http_server_tls_new(ca_path, name_ok));
}

void http_server_stop(struct http_server *s)
{
    if (!s)
        return;
    atomic_store(&s->stop, true);
    pthread_join(s->thread, NULL);
    close(s->listener);
    pthread_mutex_destroy(&s->lock);
    SSL_CTX_free(s->tls);
    free(s->seen);
    free(s);
}

int http_server_port(const struct http_server *s)
{
    return s->port;
}

const char *http_server_url(const struct http_server *s, const char *path)
{
    static char text[8][1024];
    static unsigned turn;
    char *out = text[turn++ % 8];
    snprintf(out, sizeof(text[0]), "%s://127.0.0.1:%d%s", s->tls ? "https" : "http", s->port, path);
    return out;
}

int http_server_hits(struct http_server *s, const char *path)
{
    int hits = 0;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->seen_n; i++)
        hits += !path || strcmp(s->seen[i].path, path) == 0;
    pthread_mutex_unlock(&s->lock);
    return hits;
}

const char *http_server_request(struct http_server *s, const char *path, int want)
{
    static char text[HEAD_MAX];
    text[0] = 0;
    pthread_mutex_lock(&s->lock);
    for (int i = 0, n = 0; i < s->seen_n; i++)
        if (strcmp(s->seen[i].path, path) == 0 && n++ == want)
            memcpy(text, s->seen[i].head, sizeof(text));
    pthread_mutex_unlock(&s->lock);
    return text;
}
