/* http_tunnel.h — a proxy for tests: CONNECT only, relays bytes, one connection at a time. */
#ifndef TOBAN_TESTS_HTTP_TUNNEL_H
#define TOBAN_TESTS_HTTP_TUNNEL_H

struct http_tunnel;
/* refuse: answers 407 to everything. */
struct http_tunnel *http_tunnel_start(int refuse);
void http_tunnel_stop(struct http_tunnel *t);
int http_tunnel_port(const struct http_tunnel *t);
/* The first line of the last request, "CONNECT host:port HTTP/1.1"; "" when none came. How many came. */
const char *http_tunnel_last(const struct http_tunnel *t);
int http_tunnel_hits(const struct http_tunnel *t);

#endif
