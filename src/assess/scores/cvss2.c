#include "assess/scores/cvss_spec.h"

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR };

static const struct cvss_metric metrics[] = {
    {"AV", "L A N", CVSS_BASE},         {"AC", "H M L", CVSS_BASE},
    {"Au", "M S N", CVSS_BASE},         {"C", "N P C", CVSS_BASE},
    {"I", "N P C", CVSS_BASE},          {"A", "N P C", CVSS_BASE},
    {"E", "ND U POC F H", CVSS_THREAT}, {"RL", "ND OF TF W U", CVSS_THREAT},
    {"RC", "ND UC UR C", CVSS_THREAT},  {"CDP", "ND N L LM MH H", CVSS_ENV},
    {"TD", "ND N L M H", CVSS_ENV},     {"CR", "ND L M H", CVSS_ENV},
    {"IR", "ND L M H", CVSS_ENV},       {"AR", "ND L M H", CVSS_ENV},
};

/* Weights of the v2.0 guide, 3.2.1 to 3.2.3, in the order of the values above. */
static const int w_av[] = {395, 646, 1000}; /* thousandths */
static const int w_ac[] = {35, 61, 71};     /* hundredths */
static const int w_au[] = {450, 560, 704};
static const int w_cia[] = {0, 275, 660};
static const int w_e[] = {100, 85, 90, 95, 100};
static const int w_rl[] = {100, 87, 90, 95, 100};
static const int w_rc[] = {100, 90, 95, 100};
static const int w_cdp[] = {0, 0, 1, 3, 4, 5}; /* tenths */
static const int w_td[] = {100, 0, 25, 75, 100};
static const int w_req[] = {100, 50, 100, 151};

/* num/den to the nearest whole number, halves up (away from zero, as for a positive one). */
static int round_half(__int128 num, __int128 den)
{
    __int128 n = num < 0 ? -num : num;
    __int128 q = (2 * n + den) / (2 * den);
    return (int)(num < 0 ? -q : q);
}

/* The base equation in tenths; req weighs C, I, A in hundredths. Only the adjusted
 * impact is held to 10 (3.2.3): the plain one reaches 10.00085, and that shows. */
static int base_of(const struct cvss *v, const int req[3], bool adjusted)
{
    const __int128 unit = 1000000000000000; /* 10^15: three factors of 10^5 */
    __int128 left = 1;
    for (int i = 0; i < 3; i++)
        left *= 100000 - w_cia[v->value[C + i]] * req[i];
    __int128 impact = 1041 * (unit - left); /* × 10^-17 */
    if (adjusted && impact > 1000 * unit)
        impact = 1000 * unit;
    if (impact == 0)
        return 0; /* f(Impact) = 0 */
    __int128 exploitability = (__int128)20 * w_av[v->value[AV]] * w_ac[v->value[AC]] * w_au[v->value[AU]];
    /* (0.6 I + 0.4 E - 1.5) × 1.176, all as 10^-18, then 10^-21 */
    __int128 sum = 6 * impact + 4 * exploitability * 1000000000 - 1500 * unit;
    return round_half(sum * 1176, 100000 * unit);
}

static int temporal_of(const struct cvss *v, int base)
{
    return round_half((__int128)base * w_e[v->value[E]] * w_rl[v->value[RL]] * w_rc[v->value[RC]], 1000000);
}

static void score(struct cvss *v)
{
    static const int plain[3] = {100, 100, 100};
    const int req[3] = {w_req[v->value[CR]], w_req[v->value[IR]], w_req[v->value[AR]]};
    v->base = base_of(v, plain, false);
    v->threat = temporal_of(v, v->base);
    int at = temporal_of(v, base_of(v, req, true));
    /* (AT + (10 - AT) × CDP) × TD */
    int env = round_half((__int128)(10 * at + (100 - at) * w_cdp[v->value[CDP]]) * w_td[v->value[TD]], 1000);
    v->env = MAX(env, 0); /* low requirements can push the equation below zero */
    v->overall = v->has_env ? v->env : v->has_threat ? v->threat : v->base;
}

const struct cvss_spec cvss2_spec = {
    .version = CVSS_20,
    .prefix = "",
    .metric = metrics,
    .metric_n = ARRAY_LEN(metrics),
    .whole_groups = true,
    .score = score,
};
