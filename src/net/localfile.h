/* localfile.h — file:// answered like http: a copy with its hash, and a conditional
 * GET against an entity tag made of the file's time, size and identity.
 *
 * Private to net. Only regular files (a named pipe would never end).
 */
#ifndef TOBAN_NET_LOCALFILE_H
#define TOBAN_NET_LOCALFILE_H

#include "net/http.h"

/* As http_get; out is zeroed. */
int localfile_get(const struct http_request *rq, struct http_response *out, struct err *e) MUST_CHECK;

#endif
