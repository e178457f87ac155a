#include "assess/scores/kev.h"

bool kev_visible(const struct kev *k, when_t as_of)
{
    return k->added != WHEN_NONE && k->added <= as_of;
}

bool kev_is_cisa(const struct kev *k)
{
    return str_is_i(k->source, "cisa") || str_is_i(k->source, "vulnrichment");
}

const struct kev *kev_first(const struct kev *k, size_t n, when_t as_of)
{
    const struct kev *best = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!kev_visible(&k[i], as_of))
            continue;
        if (!best || k[i].added < best->added ||
            (k[i].added == best->added && kev_is_cisa(&k[i]) && !kev_is_cisa(best)))
            best = &k[i];
    }
    return best;
}

const struct kev *kev_first_due(const struct kev *k, size_t n, when_t as_of)
{
    const struct kev *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (kev_visible(&k[i], as_of) && k[i].due != WHEN_NONE && (!best || k[i].due < best->due))
            best = &k[i];
    return best;
}
