#include "assess/scores/cvss_spec.h"

enum { AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA };

static const struct cvss_metric metrics[] = {
    {"AV", "N A L P", CVSS_BASE},     {"AC", "L H", CVSS_BASE},       {"PR", "N L H", CVSS_BASE},
    {"UI", "N R", CVSS_BASE},         {"S", "U C", CVSS_BASE},        {"C", "H L N", CVSS_BASE},
    {"I", "H L N", CVSS_BASE},        {"A", "H L N", CVSS_BASE},      {"E", "X H F P U", CVSS_THREAT},
    {"RL", "X U W T O", CVSS_THREAT}, {"RC", "X C R U", CVSS_THREAT}, {"CR", "X H M L", CVSS_ENV},
    {"IR", "X H M L", CVSS_ENV},      {"AR", "X H M L", CVSS_ENV},    {"MAV", "X N A L P", CVSS_ENV},
    {"MAC", "X L H", CVSS_ENV},       {"MPR", "X N L H", CVSS_ENV},   {"MUI", "X N R", CVSS_ENV},
    {"MS", "X U C", CVSS_ENV},        {"MC", "X H L N", CVSS_ENV},    {"MI", "X H L N", CVSS_ENV},
    {"MA", "X H L N", CVSS_ENV},
};

/* Weights of v3.1, 7.4, in hundredths, in the order of the values above. */
static const int w_av[] = {85, 62, 55, 20};
static const int w_ac[] = {77, 44};
static const int w_pr[2][3] = {{85, 62, 27}, {85, 68, 50}}; /* by scope */
static const int w_ui[] = {85, 62};
static const int w_cia[] = {56, 22, 0};
static const int w_e[] = {100, 100, 97, 94, 91};
static const int w_rl[] = {100, 100, 97, 96, 95};
static const int w_rc[] = {100, 100, 96, 92};
static const int w_req[] = {100, 150, 100, 50};

/* Fixed point: 10^-18. All terms of the equations are whole numbers of it, but for
 * the power taken under changed scope, which is cut by less than 15 of it; no sum
 * that can occur comes nearer to a step of Roundup than 10^-7 (test_cvss counts). */
typedef __int128 fixed;
#define UNIT ((fixed)1000000000000000000)

static fixed power(fixed x, int n)
{
    fixed p = UNIT;
    for (int i = 0; i < n; i++)
        p = p * x / UNIT;
    return p;
}

/* The smallest tenth not below x. v3.1 (appendix A) first rounds to 5 decimals. */
static int roundup(enum cvss_version version, fixed x)
{
    const fixed tenth = UNIT / 10, fifth = UNIT / 100000;
    if (version == CVSS_31)
        x = (x + fifth / 2) / fifth * fifth;
    return (int)((x + tenth - 1) / tenth);
}

struct terms {
    int av, ac, pr, ui; /* weights, hundredths */
    int cia[3];         /* the same, times the requirement */
    bool changed;
    bool modified_31; /* the modified impact of v3.1 */
};

static fixed impact_of(const struct terms *t)
{
    const fixed iss = 1000000 - (fixed)(100 - t->cia[0]) * (100 - t->cia[1]) * (100 - t->cia[2]); /* 10^-6 */
    const fixed miss = MIN(iss, 915000); /* no plain ISS passes this: .56 thrice gives .914816 */
    if (!t->changed)
        return 642 * miss * (UNIT / 100000000);
    fixed p = t->modified_31 ? power((miss * 9731 - 200000000) * (UNIT / 10000000000), 13)
                             : power((miss - 20000) * (UNIT / 1000000), 15);
    return 752 * (miss - 29000) * (UNIT / 100000000) - 325 * p / 100;
}

static int score_of(enum cvss_version version, const struct terms *t)
{
    fixed impact = impact_of(t);
    if (impact <= 0)
        return 0;
    fixed sum = impact + (fixed)822 * t->av * t->ac * t->pr * t->ui * (UNIT / 10000000000);
    if (t->changed)
        sum = sum * 108 / 100;
    return roundup(version, MIN(sum, 10 * UNIT));
}

static int temporal_of(const struct cvss *v, int tenths)
{
    fixed x = (fixed)tenths * w_e[v->value[E]] * w_rl[v->value[RL]] * w_rc[v->value[RC]];
    return roundup(v->version, x * (UNIT / 10000000));
}

/* The index of a base metric's value, or of the modified metric's when that is defined. */
static int modified(const struct cvss *v, int base, int mod)
{
    return v->value[mod] ? v->value[mod] - 1 : v->value[base];
}

static struct terms terms_base(const struct cvss *v)
{
    return (struct terms){
        .av = w_av[v->value[AV]],
        .ac = w_ac[v->value[AC]],
        .pr = w_pr[v->value[S]][v->value[PR]],
        .ui = w_ui[v->value[UI]],
        .cia = {w_cia[v->value[C]], w_cia[v->value[I]], w_cia[v->value[A]]},
        .changed = v->value[S],
    };
}

static struct terms terms_modified(const struct cvss *v)
{
    int scope = modified(v, S, MS);
    struct terms t = {
        .av = w_av[modified(v, AV, MAV)],
        .ac = w_ac[modified(v, AC, MAC)],
        .pr = w_pr[scope][modified(v, PR, MPR)],
        .ui = w_ui[modified(v, UI, MUI)],
        .changed = scope,
        .modified_31 = v->version == CVSS_31,
    };
    /* Whole hundredths: the weights are even and the requirements are multiples of a half. */
    for (int i = 0; i < 3; i++)
        t.cia[i] = w_cia[modified(v, C + i, MC + i)] * w_req[v->value[CR + i]] / 100;
    return t;
}

static void score(struct cvss *v)
{
    struct terms base = terms_base(v), mod = terms_modified(v);
    v->base = score_of(v->version, &base);
    v->threat = temporal_of(v, v->base);
    v->env = temporal_of(v, score_of(v->version, &mod));
    v->overall = v->has_env ? v->env : v->has_threat ? v->threat : v->base;
}

const struct cvss_spec cvss3_spec_30 = {
    .version = CVSS_30,
    .prefix = "CVSS:3.0/",
    .metric = metrics,
    .metric_n = ARRAY_LEN(metrics),
    .score = score,
};
const struct cvss_spec cvss3_spec_31 = {
    .version = CVSS_31,
    .prefix = "CVSS:3.1/",
    .metric = metrics,
    .metric_n = ARRAY_LEN(metrics),
    .score = score,
};
