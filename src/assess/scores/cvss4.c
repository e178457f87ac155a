#include "assess/scores/cvss_spec.h"

#include <stdio.h>

/* Levels in the order of the severity distances of v4.0, 8.3: the first value is the most severe. */
enum {
    AV,
    AC,
    AT,
    PR,
    UI,
    VC,
    VI,
    VA,
    SC,
    SI,
    SA, /* base */
    E,  /* threat */
    CR,
    IR,
    AR,
    MAV,
    MAC,
    MAT,
    MPR,
    MUI,
    MVC,
    MVI,
    MVA,
    MSC,
    MSI,
    MSA /* environmental */
};

static const struct cvss_metric metrics[] = {
    {"AV", "N A L P", CVSS_BASE},
    {"AC", "L H", CVSS_BASE},
    {"AT", "N P", CVSS_BASE},
    {"PR", "N L H", CVSS_BASE},
    {"UI", "N P A", CVSS_BASE},
    {"VC", "H L N", CVSS_BASE},
    {"VI", "H L N", CVSS_BASE},
    {"VA", "H L N", CVSS_BASE},
    {"SC", "H L N", CVSS_BASE},
    {"SI", "H L N", CVSS_BASE},
    {"SA", "H L N", CVSS_BASE},
    {"E", "X A P U", CVSS_THREAT},
    {"CR", "X H M L", CVSS_ENV},
    {"IR", "X H M L", CVSS_ENV},
    {"AR", "X H M L", CVSS_ENV},
    {"MAV", "X N A L P", CVSS_ENV},
    {"MAC", "X L H", CVSS_ENV},
    {"MAT", "X N P", CVSS_ENV},
    {"MPR", "X N L H", CVSS_ENV},
    {"MUI", "X N P A", CVSS_ENV},
    {"MVC", "X H L N", CVSS_ENV},
    {"MVI", "X H L N", CVSS_ENV},
    {"MVA", "X H L N", CVSS_ENV},
    {"MSC", "X H L N", CVSS_ENV},
    {"MSI", "X S H L N", CVSS_ENV},
    {"MSA", "X S H L N", CVSS_ENV},
    {"S", "X N P", CVSS_SUPPLEMENTAL},
    {"AU", "X N Y", CVSS_SUPPLEMENTAL},
    {"R", "X A U I", CVSS_SUPPLEMENTAL},
    {"V", "X D C", CVSS_SUPPLEMENTAL},
    {"RE", "X L M H", CVSS_SUPPLEMENTAL},
    {"U", "X Clear Green Amber Red", CVSS_SUPPLEMENTAL},
};

/* Scores of the macrovectors in tenths, [EQ1][EQ2][EQ3][EQ4][EQ5][EQ6]; -1: cannot occur. */
/* clang-format off */
static const signed char lookup[3][2][3][3][3][2] = {
    {
        {
            {{{100, 99}, {98, 95}, {95, 92}}, {{100, 96}, {93, 87}, {91, 81}}, {{93, 90}, {89, 80}, {81, 68}}},
            {{{98, 95}, {95, 92}, {90, 84}}, {{93, 92}, {89, 81}, {81, 65}}, {{88, 80}, {78, 70}, {69, 48}}},
            {{{-1, 92}, {-1, 82}, {-1, 72}}, {{-1, 79}, {-1, 69}, {-1, 50}}, {{-1, 69}, {-1, 55}, {-1, 27}}},
        },
        {
            {{{99, 97}, {95, 92}, {92, 85}}, {{95, 91}, {90, 83}, {84, 71}}, {{92, 81}, {82, 71}, {72, 53}}},
            {{{95, 93}, {92, 85}, {85, 73}}, {{92, 82}, {80, 72}, {70, 59}}, {{84, 70}, {71, 52}, {50, 30}}},
            {{{-1, 86}, {-1, 75}, {-1, 52}}, {{-1, 71}, {-1, 52}, {-1, 29}}, {{-1, 63}, {-1, 29}, {-1, 17}}},
        },
    },
    {
        {
            {{{98, 95}, {94, 87}, {91, 81}}, {{94, 89}, {86, 74}, {77, 64}}, {{87, 75}, {74, 63}, {63, 49}}},
            {{{94, 89}, {88, 77}, {76, 67}}, {{86, 76}, {74, 58}, {59, 50}}, {{72, 57}, {57, 52}, {52, 25}}},
            {{{-1, 83}, {-1, 70}, {-1, 54}}, {{-1, 65}, {-1, 58}, {-1, 26}}, {{-1, 53}, {-1, 21}, {-1, 13}}},
        },
        {
            {{{95, 90}, {88, 76}, {76, 70}}, {{90, 77}, {75, 62}, {61, 53}}, {{77, 66}, {68, 59}, {52, 30}}},
            {{{89, 78}, {76, 67}, {62, 58}}, {{74, 59}, {57, 57}, {47, 23}}, {{61, 52}, {57, 29}, {24, 16}}},
            {{{-1, 71}, {-1, 59}, {-1, 30}}, {{-1, 58}, {-1, 26}, {-1, 15}}, {{-1, 23}, {-1, 13}, {-1, 6}}},
        },
    },
    {
        {
            {{{93, 87}, {86, 72}, {75, 58}}, {{86, 74}, {74, 61}, {56, 34}}, {{70, 54}, {52, 40}, {40, 22}}},
            {{{85, 75}, {74, 55}, {62, 51}}, {{72, 57}, {55, 41}, {46, 19}}, {{53, 36}, {34, 19}, {19, 8}}},
            {{{-1, 64}, {-1, 51}, {-1, 20}}, {{-1, 47}, {-1, 21}, {-1, 11}}, {{-1, 24}, {-1, 9}, {-1, 4}}},
        },
        {
            {{{88, 75}, {73, 53}, {60, 50}}, {{73, 55}, {59, 40}, {41, 20}}, {{54, 43}, {45, 22}, {20, 11}}},
            {{{75, 55}, {58, 45}, {40, 21}}, {{61, 51}, {48, 18}, {20, 9}}, {{46, 18}, {17, 7}, {8, 2}}},
            {{{-1, 53}, {-1, 24}, {-1, 14}}, {{-1, 24}, {-1, 12}, {-1, 5}}, {{-1, 10}, {-1, 3}, {-1, 1}}},
        },
    },
};
/* clang-format on */

/* The metrics that score, as levels: 0 is the most severe. SC, SI, SA share one scale
 * S H L N, so that H is 1 for each of them, as the distances want it. */
struct levels {
    int av, pr, ui, ac, at;
    int v[3], s[3], r[3]; /* VC VI VA, SC SI SA, CR IR AR */
    int e;
};

enum { EQ1, EQ2, EQ3, EQ4, EQ5, EQ6, EQ_N };

static int effective(const struct cvss *v, int base, int mod, bool env)
{
    return env && v->value[mod] ? v->value[mod] - 1 : v->value[base];
}

static struct levels levels_of(const struct cvss *v, bool threat, bool env)
{
    struct levels l = {
        .av = effective(v, AV, MAV, env),
        .ac = effective(v, AC, MAC, env),
        .at = effective(v, AT, MAT, env),
        .pr = effective(v, PR, MPR, env),
        .ui = effective(v, UI, MUI, env),
        .e = threat && v->value[E] ? v->value[E] - 1 : 0, /* X counts as A */
    };
    for (int i = 0; i < 3; i++) {
        l.v[i] = effective(v, VC + i, MVC + i, env);
        l.r[i] = env && v->value[CR + i] ? v->value[CR + i] - 1 : 0; /* X counts as H */
        bool safety_scale = i > 0;                                   /* MSI and MSA know S, MSC does not */
        if (env && v->value[MSC + i] && safety_scale)
            l.s[i] = v->value[MSC + i] - 1;
        else
            l.s[i] = effective(v, SC + i, MSC + i, env) + 1;
    }
    return l;
}

/* v4.0, 8.2, tables 24 to 29. */
static void eq_of(const struct levels *l, int eq[EQ_N])
{
    bool n3 = l->av == 0 && l->pr == 0 && l->ui == 0, vc = l->v[0] == 0, vi = l->v[1] == 0;
    eq[EQ1] = n3 ? 0 : (l->av == 0 || l->pr == 0 || l->ui == 0) && l->av != 3 ? 1 : 2;
    eq[EQ2] = l->ac == 0 && l->at == 0 ? 0 : 1;
    eq[EQ3] = vc && vi ? 0 : vc || vi || l->v[2] == 0 ? 1 : 2;
    eq[EQ4] = l->s[1] == 0 || l->s[2] == 0 ? 0 : l->s[0] == 1 || l->s[1] == 1 || l->s[2] == 1 ? 1 : 2;
    eq[EQ5] = l->e;
    eq[EQ6] = 1;
    for (int i = 0; i < 3; i++)
        if (l->r[i] == 0 && l->v[i] == 0)
            eq[EQ6] = 0;
}

/* A neighbour that cannot be (a level past the last, an impossible pair) is -1. */
static int lookup_at(const int eq[EQ_N])
{
    static const int top[EQ_N] = {2, 1, 2, 2, 2, 1};
    for (int i = 0; i < EQ_N; i++)
        if (eq[i] > top[i])
            return -1;
    return lookup[eq[0]][eq[1]][eq[2]][eq[3]][eq[4]][eq[5]];
}

/* Highest severity vectors of each level (8.3, table 30), as levels; one after the other, -1 behind the last.
 */
/* clang-format off */
static const signed char high_1[3][10] = {
    /* AV PR UI */
    {0, 0, 0, -1},
    {1, 0, 0,  0, 1, 0,  0, 0, 1, -1},
    {3, 0, 0,  1, 1, 1, -1},
};
static const signed char high_2[2][5] = {
    /* AC AT */
    {0, 0, -1},
    {1, 0,  0, 1, -1},
};
static const signed char high_36[5][31] = {
    /* VC VI VA CR IR AR */
    {0, 0, 0, 0, 0, 0, -1},
    {0, 0, 1, 1, 1, 0,  0, 0, 0, 1, 1, 1, -1},
    {1, 0, 0, 0, 0, 0,  0, 1, 0, 0, 0, 0, -1},
    {1, 0, 1, 0, 1, 0,  1, 0, 0, 0, 1, 1,  0, 1, 0, 1, 0, 1,  0, 1, 1, 1, 0, 0,  1, 1, 0, 0, 0, 1, -1},
    {1, 1, 1, 0, 0, 0, -1},
};
static const signed char high_4[3][4] = {
    /* SC SI SA */
    {1, 0, 0, -1},
    {1, 1, 1, -1},
    {2, 2, 2, -1},
};
/* clang-format on */
static const int depth_1[] = {1, 4, 5}, depth_2[] = {1, 2}, depth_36[] = {7, 6, 8, 8, 10},
                 depth_4[] = {6, 5, 4};

/* How far have lies below the first of the vectors that is at least as severe in every metric. */
static int distance(const int *have, const signed char *high, int width)
{
    for (; *high >= 0; high += width) {
        int sum = 0;
        bool above = true;
        for (int i = 0; i < width; i++) {
            int d = have[i] - high[i];
            above = above && d >= 0;
            sum += d;
        }
        if (above)
            return sum;
    }
    return 0; /* not reached: the vectors of a level cover it */
}

/* The joint level of EQ3 and EQ6: 00 01 10 11 21. */
static int pair_36(const int eq[EQ_N])
{
    return eq[EQ3] == 2 ? 4 : eq[EQ3] * 2 + eq[EQ6];
}

/* The score of the next lower macrovector in EQ3 and EQ6 together; -1 when there is none. */
static int lower_36(const int eq[EQ_N])
{
    int a[EQ_N], b[EQ_N];
    memcpy(a, eq, sizeof(a));
    memcpy(b, eq, sizeof(b));
    a[EQ3]++;
    b[EQ6]++;
    switch (pair_36(eq)) {
    case 0: /* two ways down: the higher score counts */
        return MAX(lookup_at(a), lookup_at(b));
    case 2:
        return lookup_at(b);
    default:
        return lookup_at(a);
    }
}

#define SHARE 840 /* a multiple of every depth */

/* v4.0, 8.2 in tenths: the macrovector's score less the mean of the shares, halves up, exactly. */
static int score_of(const struct levels *l, char macrovector[7])
{
    int eq[EQ_N], below[EQ_N], far[EQ_N] = {0}, depth[EQ_N];
    eq_of(l, eq);
    if (macrovector)
        snprintf(macrovector, 7, "%d%d%d%d%d%d", eq[0], eq[1], eq[2], eq[3], eq[4], eq[5]);
    if (l->v[0] == 2 && l->v[1] == 2 && l->v[2] == 2 && l->s[0] == 3 && l->s[1] == 3 && l->s[2] == 3)
        return 0;
    const int one[] = {l->av, l->pr, l->ui}, two[] = {l->ac, l->at};
    const int joint[] = {l->v[0], l->v[1], l->v[2], l->r[0], l->r[1], l->r[2]};
    far[EQ1] = distance(one, high_1[eq[EQ1]], 3);
    far[EQ2] = distance(two, high_2[eq[EQ2]], 2);
    far[EQ3] = distance(joint, high_36[pair_36(eq)], 6);
    far[EQ4] = distance(l->s, high_4[eq[EQ4]], 3);
    depth[EQ1] = depth_1[eq[EQ1]];
    depth[EQ2] = depth_2[eq[EQ2]];
    depth[EQ3] = depth_36[pair_36(eq)];
    depth[EQ4] = depth_4[eq[EQ4]];
    depth[EQ5] = 1; /* its distance is always 0, but it counts in the mean */
    for (int i = EQ1; i <= EQ5; i++) {
        int next[EQ_N];
        memcpy(next, eq, sizeof(next));
        next[i]++;
        below[i] = i == EQ3 ? lower_36(eq) : lookup_at(next);
    }
    int top = lookup_at(eq), n = 0, loss = 0; /* loss: tenths × SHARE */
    for (int i = EQ1; i <= EQ5; i++) {
        if (below[i] < 0)
            continue;
        n++;
        loss += (top - below[i]) * far[i] * (SHARE / depth[i]);
    }
    if (n == 0)
        return top;
    int den = n * SHARE, num = top * den - loss;
    if (num <= 0)
        return 0;
    return MIN((2 * num + den) / (2 * den), 100);
}

static void score(struct cvss *v)
{
    struct levels b = levels_of(v, false, false), bt = levels_of(v, true, false);
    struct levels be = levels_of(v, false, true), bte = levels_of(v, true, true);
    v->base = score_of(&b, NULL);
    v->threat = score_of(&bt, NULL);
    v->env = score_of(&be, NULL);
    v->overall = score_of(&bte, v->macrovector);
}

int cvss4_lookup(const char *macrovector)
{
    int eq[EQ_N];
    for (int i = 0; i < EQ_N; i++) {
        if (macrovector[i] < '0' || macrovector[i] > '2')
            return -1;
        eq[i] = macrovector[i] - '0';
    }
    return macrovector[EQ_N] ? -1 : lookup_at(eq);
}

const struct cvss_spec cvss4_spec = {
    .version = CVSS_40,
    .prefix = "CVSS:4.0/",
    .metric = metrics,
    .metric_n = ARRAY_LEN(metrics),
    .ordered = true,
    .score = score,
};
