#include "assess/scores/epss.h"

static bool is_score(double s)
{
    return s >= 0 && s <= 1; /* false for NaN, too */
}

bool epss_delta(const struct epss *before, const struct epss *now, double *delta)
{
    if (!str_eq(before->cve, now->cve) || str_empty(now->model_version) ||
        !str_eq(before->model_version, now->model_version) || !is_score(before->score) ||
        !is_score(now->score))
        return false;
    *delta = now->score - before->score;
    return true;
}

enum epss_band epss_band_of(double score)
{
    return score >= 0.5 ? EPSS_VERY_HIGH : score >= 0.1 ? EPSS_HIGH : score >= 0.01 ? EPSS_RAISED : EPSS_LOW;
}

const char *epss_band_name(enum epss_band b)
{
    switch (b) {
    case EPSS_RAISED:
        return tr("exploitation chance: raised");
    case EPSS_HIGH:
        return tr("exploitation chance: high");
    case EPSS_VERY_HIGH:
        return tr("exploitation chance: very high");
    case EPSS_LOW:
        break;
    }
    return tr("exploitation chance: low");
}
