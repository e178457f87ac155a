/* address.h — is this an address of the public Internet?
 *
 * Pure. A feed must not be able to make us ask a machine of our own network
 * (server-side request forgery), so anything the IANA special-purpose
 * registries (RFC 6890 and updates) do not call globally reachable is refused,
 * and so is an IPv6 address that only wraps such an IPv4 address
 * (::ffff:0:0/96, 64:ff9b::/96, 2002::/16).
 */
#ifndef TOBAN_NET_ADDRESS_H
#define TOBAN_NET_ADDRESS_H

#include <sys/socket.h>

#include "base/base.h"

#define ADDRESS_TEXT 64

/* False for every family but IPv4 and IPv6. */
bool address_is_public(const struct sockaddr *a);
/* "10.0.0.1", "::1"; "?" for another family. */
void address_text(const struct sockaddr *a, char out[ADDRESS_TEXT]);
/* The same for a host as it stands in a URL: an address literal (without
 * brackets) is judged, "localhost" and names below it are not public, any other
 * name is (it is judged again when it is resolved). */
bool address_host_is_public(const char *host);

#endif
