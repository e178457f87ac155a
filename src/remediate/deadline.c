#include "remediate/deadline.h"

static int64_t day_of(when_t t, int zone_s)
{
    when_t local = t + zone_s * WHEN_SEC;
    return local >= 0 ? local / WHEN_DAY : -((-local + WHEN_DAY - 1) / WHEN_DAY);
}

static when_t day_end(int64_t day, int zone_s)
{
    return (day + 1) * WHEN_DAY - WHEN_SEC - zone_s * WHEN_SEC;
}

void deadline_offer(struct deadline *d, const struct deadline *candidate)
{
    if (candidate->at != WHEN_NONE && (d->at == WHEN_NONE || candidate->at < d->at))
        *d = *candidate;
}

when_t deadline_business(const struct calendar *c, when_t start, int n, int zone_s)
{
    return day_end(calendar_add(c, day_of(start, zone_s), n), zone_s);
}

when_t deadline_workday(const struct calendar *c, when_t deadline, int zone_s)
{
    int64_t day = day_of(deadline, zone_s), back = calendar_back(c, day);
    return back == day ? deadline : day_end(back, zone_s);
}
