#include "net/retry.h"

bool retry_status(int status, bool throttles_403)
{
    if (status == 403)
        return throttles_403;
    return status == 408 || status == 429 ||
           (status >= 500 && status <= 599 && status != 501 && status != 505);
}

uint64_t retry_wait_ms(unsigned n, int status, uint64_t after_ms, uint32_t random)
{
    uint64_t full = n < 10 ? (uint64_t)RETRY_FIRST_MS << n : RETRY_LONGEST_MS;
    full = MIN(full, (uint64_t)RETRY_LONGEST_MS);
    uint64_t wait = full / 2 + random % (full / 2 + 1);
    if (after_ms)
        return MAX(wait, after_ms);
    if (status == 429 || status == 403)
        return RETRY_THROTTLED_MS + wait;
    return wait;
}
