/* cpe_uri.h — the URI binding of CPE 2.2 names (NISTIR 7695, 6.1). */
#ifndef TOBAN_IDENTIFY_CPE_URI_H
#define TOBAN_IDENTIFY_CPE_URI_H

#include "identify/cpe.h"

/* body is what stands behind "cpe:/", whole is for messages. */
int cpe_uri_read(struct arena *a, struct str whole, struct str body, struct cpe *out, bool strict,
                 unsigned *repairs, struct err *e) MUST_CHECK;

#endif
