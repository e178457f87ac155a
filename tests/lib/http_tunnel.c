#include "http_tunnel.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct http_tunnel {
    int listener, port, refuse;
    atomic_bool stop;
    atomic_int hits;
    char last[256];
    pthread_t thread;
};

static int loopback(int port, struct sockaddr_in *out)
{
    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Reads a request head, without what follows it. */
static int head(int fd, char *out, size_t max)
{
    size_t n = 0;
    while (n + 1 < max && read(fd, out + n, 1) == 1) {
        out[++n] = 0;
        if (n >= 4 && memcmp(out + n - 4, "\r\n\r\n", 4) == 0)
            return 0;
    }
    return -1;
}

static void relay(struct http_tunnel *t, int a, int b)
{
    char buf[16384];
    struct pollfd p[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    while (!atomic_load(&t->stop) && poll(p, 2, 100) >= 0) {
        for (int i = 0; i < 2; i++) {
            ssize_t n = p[i].revents ? read(p[i].fd, buf, sizeof(buf)) : -2;
            if (n == 0 || n == -1 || (n > 0 && write(p[1 - i].fd, buf, (size_t)n) != n))
                return;
        }
    }
}

static void serve(struct http_tunnel *t, int fd)
{
    static const char refused[] = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                      ok[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    char text[4096];
    int port = 0;
    struct sockaddr_in to;
    if (head(fd, text, sizeof(text)) != 0)
        return;
    text[strcspn(text, "\r")] = 0;
    snprintf(t->last, sizeof(t->last), "%.250s", text);
    atomic_fetch_add(&t->hits, 1);
    if (t->refuse || sscanf(text, "CONNECT %*[^:]:%d HTTP/1.1", &port) != 1) {
        (void)!write(fd, refused, sizeof(refused) - 1);
        return;
    }
    int up = loopback(port, &to); /* whatever the host's name is */
    if (connect(up, (struct sockaddr *)&to, sizeof(to)) == 0 && write(fd, ok, sizeof(ok) - 1) > 0)
        relay(t, fd, up);
    close(up);
}

static void *run(void *arg)
{
    struct http_tunnel *t = arg;
    struct pollfd p = {t->listener, POLLIN, 0};
    while (!atomic_load(&t->stop)) {
        if (poll(&p, 1, 50) <= 0)
            continue;
        int fd = accept(t->listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(t, fd);
        close(fd);
    }
    return NULL;
}

struct http_tunnel *http_tunnel_start(int refuse)
{
    struct http_tunnel *t = calloc(1, sizeof(*t));
    struct sockaddr_in at;
    socklen_t n = sizeof(at);
    if (!t)
        abort();
    t->refuse = refuse;
    t->listener = loopback(0, &at);
    if (bind(t->listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(t->listener, 8) != 0 ||
        getsockname(t->listener, (struct sockaddr *)&at, &n) != 0 || pthread_create(&t->thread, NULL, run, t) != 0)
        abort();
    t->port = ntohs(at.sin_port);
    return t;
}

void http_tunnel_stop(struct http_tunnel *t)
{
    atomic_store(&t->stop, true);
    pthread_join(t->thread, NULL);
    close(t->listener);
    free(t);
}

int http_tunnel_port(const struct http_tunnel *t)
{
    return t->port;
}

const char *http_tunnel_last(const struct http_tunnel *t)
{
    return t->last;
}

int http_tunnel_hits(const struct http_tunnel *t)
{
    return atomic_load(&t->hits);
}
