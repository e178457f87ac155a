/* proxy.h — which proxy an address is asked through.
 *
 * The environment is read the way curl and most tools do: https_proxy or
 * HTTPS_PROXY, http_proxy (lower case only: a CGI sets HTTP_PROXY from a header
 * of its client), then all_proxy or ALL_PROXY; no_proxy or NO_PROXY is a list of
 * hosts and domains with comma or blank, "*" for every host. We decide ourselves,
 * and tell libcurl, because the check of the address connected to must know
 * whether it is the proxy's.
 */
#ifndef TOBAN_NET_PROXY_H
#define TOBAN_NET_PROXY_H

#include "net/url.h"

/* configured: a proxy for every host; "" for none; NULL for the environment.
 * "" when the host is asked directly. Borrowed from configured or the environment. */
const char *proxy_pick(const char *configured, const struct url *u);
/* Is host in the list? Pure. */
bool proxy_exempt(const char *list, const char *host);

#endif
