/* retry.h — whether to ask again, and when. Pure.
 *
 * Back-off is exponential with jitter: the n-th wait lies between half of and
 * all of RETRY_FIRST_MS · 2^n, at most RETRY_LONGEST_MS, so that many
 * installations that failed together do not come back together. A server that
 * says it is asked too often (429, or 403 where that is its way) is left alone
 * for RETRY_THROTTLED_MS at least; what Retry-After says is a lower bound, always.
 */
#ifndef TOBAN_NET_RETRY_H
#define TOBAN_NET_RETRY_H

#include "base/base.h"

#define RETRY_FIRST_MS 1000u
#define RETRY_LONGEST_MS 60000u
#define RETRY_THROTTLED_MS 30000u

/* Statuses that pass by themselves: 408, 429, 500, 502, 503, 504 and other 5xx
 * but 501 and 505; 403 when the server throttles with it. */
bool retry_status(int status, bool throttles_403);
/* n counts from 0; after_ms is 0 when the server named no time. */
uint64_t retry_wait_ms(unsigned n, int status, uint64_t after_ms, uint32_t random);

#endif
