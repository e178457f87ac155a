#include "assess/scores/derive.h"

#define METRICS_MAX 5

/* Per version: metric, and the value it must have. */
struct rule {
    const char *metric[METRICS_MAX], *value[METRICS_MAX];
};

static const struct rule automatable[] = {
    [CVSS_20] = {{"AV", "AC", "Au"}, {"N", "L", "N"}},
    [CVSS_30] = {{"AV", "AC", "PR", "UI"}, {"N", "L", "N", "N"}},
    [CVSS_31] = {{"AV", "AC", "PR", "UI"}, {"N", "L", "N", "N"}},
    [CVSS_40] = {{"AV", "AC", "AT", "PR", "UI"}, {"N", "L", "N", "N", "N"}},
};
static const struct rule total[] = {
    [CVSS_20] = {{"C", "I"}, {"C", "C"}},
    [CVSS_30] = {{"C", "I"}, {"H", "H"}},
    [CVSS_31] = {{"C", "I"}, {"H", "H"}},
    [CVSS_40] = {{"VC", "VI"}, {"H", "H"}},
};

/* True when all metrics are as the rule wants; *seen lists them as they are. */
static bool rule_holds(const struct rule *r, const struct cvss *v, struct arena *a, const char **seen)
{
    bool holds = true;
    *seen = "";
    for (int i = 0; i < METRICS_MAX && r->metric[i]; i++) {
        holds = holds && cvss_is(v, r->metric[i], r->value[i]);
        *seen = arena_printf(a, "%s%s%s:" STR_FMT, *seen, i ? " " : "", r->metric[i],
                             STR_ARG(cvss_get(v, r->metric[i])));
    }
    return holds;
}

struct derive_point derive_automatable(const struct cvss *v, struct arena *a)
{
    const char *seen, *version = cvss_version_name(v->version);
    if (rule_holds(&automatable[v->version], v, a, &seen))
        return (struct derive_point){
            STR_LIT("yes"),
            str_of(
                arena_printf(a,
                             tr("Derived from CVSS %s: an attack over the network needs neither privileges "
                                "nor a user nor special conditions (%s)."),
                             version, seen))};
    return (struct derive_point){
        STR_LIT("no"), str_of(arena_printf(
                           a,
                           tr("Derived from CVSS %s: an attack needs more than reaching the machine over the "
                              "network (%s)."),
                           version, seen))};
}

struct derive_point derive_impact(const struct cvss *v, struct arena *a)
{
    const char *seen, *version = cvss_version_name(v->version);
    if (rule_holds(&total[v->version], v, a, &seen))
        return (struct derive_point){
            STR_LIT("total"),
            str_of(arena_printf(
                a, tr("Derived from CVSS %s: confidentiality and integrity are both lost completely (%s)."),
                version, seen))};
    return (struct derive_point){
        STR_LIT("partial"),
        str_of(arena_printf(
            a, tr("Derived from CVSS %s: confidentiality and integrity are not both lost completely (%s)."),
            version, seen))};
}
