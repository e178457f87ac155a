#include "model/case.h"

static bool by_name(const char *const *name, size_t n, struct str s, int *out)
{
    for (size_t i = 0; i < n; i++) {
        if (name[i][0] && str_is(s, name[i])) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

const char *case_state_name(enum case_state s)
{
    static const char *const name[] = {"new",       "triaged", "checked",  "contained",
                                       "mitigated", "patched", "verified", "closed"};
    return name[s];
}

static const char *const triage_name[] = {"", "affected", "not-affected", "unknown"};

const char *case_triage_name(enum case_triage t)
{
    return triage_name[t];
}

bool case_triage_by_name(struct str name, enum case_triage *out)
{
    int i;
    bool ok = by_name(triage_name, ARRAY_LEN(triage_name), name, &i);
    if (ok)
        *out = (enum case_triage)i;
    return ok;
}

static const char *const reason_name[] = {"",
                                          "component_not_present",
                                          "vulnerable_code_not_present",
                                          "vulnerable_code_not_in_execute_path",
                                          "vulnerable_code_cannot_be_controlled_by_adversary",
                                          "inline_mitigations_already_exist"};

const char *case_vex_reason_name(enum case_vex_reason r)
{
    return reason_name[r];
}

const char *case_vex_reason_cyclonedx(enum case_vex_reason r)
{
    static const char *const name[] = {"",
                                       "code_not_present",
                                       "code_not_present",
                                       "code_not_reachable",
                                       "requires_environment",
                                       "protected_by_mitigating_control"};
    return name[r];
}

bool case_vex_reason_by_name(struct str name, enum case_vex_reason *out)
{
    int i;
    bool ok = by_name(reason_name, ARRAY_LEN(reason_name), name, &i);
    if (ok)
        *out = (enum case_vex_reason)i;
    return ok;
}

const char *case_vex_name(enum case_vex v)
{
    static const char *const name[] = {"under_investigation", "affected", "not_affected", "fixed"};
    return name[v];
}

const char *case_vex_cyclonedx(enum case_vex v)
{
    static const char *const name[] = {"in_triage", "exploitable", "not_affected", "resolved"};
    return name[v];
}

static const char *const verdict_name[] = {"none", "clean", "not-established", "suspicious", "compromised"};

const char *case_verdict_name(enum case_verdict v)
{
    return verdict_name[v];
}

bool case_verdict_by_name(struct str name, enum case_verdict *out)
{
    int i;
    bool ok = by_name(verdict_name, ARRAY_LEN(verdict_name), name, &i);
    if (ok)
        *out = (enum case_verdict)i;
    return ok;
}

static const char *const step_name[] = {"opened",   "vulnerability", "person",  "note",      "joined",
                                        "triaged",  "check-asked",   "checked", "contained", "mitigated",
                                        "expired",  "lifted",        "planned", "patched",   "rolled-back",
                                        "verified", "waive-asked",   "waived",  "closed",    "reopened",
                                        "released"};

const char *case_step_name(enum case_step_kind k)
{
    return step_name[k];
}

bool case_step_by_name(struct str name, enum case_step_kind *out)
{
    int i;
    bool ok = by_name(step_name, ARRAY_LEN(step_name), name, &i);
    if (ok)
        *out = (enum case_step_kind)i;
    return ok;
}
