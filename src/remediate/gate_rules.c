/* The rules themselves: one function a step that can be refused. */
#include "remediate/gate.h"
#include "remediate/mitigate.h"

bool gate_approver(const struct gate_policy *p, struct str who)
{
    struct str rest = str_trim(p->approvers);
    if (rest.n == 0)
        return who.n != 0;
    while (rest.n) {
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ',' && rest.p[n] != ' ')
            n++;
        if (n && str_eq(str_sub(rest, 0, n), who))
            return true;
        rest = str_sub(rest, n + 1, rest.n);
    }
    return false;
}

int gate_evidence(const struct case_asset *as, struct err *e)
{
    if (as->verdict == CHECK_COMPROMISED && !as->contain)
        return err_set(e, ERR_CONFLICT, "it is compromised: contain it first (toban contain plan); a waiver does not replace that");
    if (as->verdict == CHECK_SUSPICIOUS && !as->contain && !as->waive)
        return err_set(e, ERR_CONFLICT, "what was found is suspicious: contain it first, or have an approver waive it (toban fix waive)");
    if (!as->ask || as->waive || as->verdict == CHECK_CLEAN || as->verdict >= CHECK_SUSPICIOUS)
        return 0;
    if (as->verdict == CHECK_NOT_ESTABLISHED)
        return err_set(e, ERR_CONFLICT,
                       "the look for traces established nothing: look further (toban case check), or have an approver waive it (toban fix waive)");
    return err_set(e, ERR_CONFLICT,
                   "a look for traces of a break-in is asked for first: record its verdict (toban case check), or have an approver waive "
                   "it in writing (toban fix waive); asked because: %.*s",
                   STR_ARG(as->ask->why));
}

static int check_triage(const struct case_asset *as, const struct case_step *s, struct err *e)
{
    enum case_triage t;
    enum case_vex_reason r = VEX_NO_REASON;
    if (!case_triage_by_name(s->value, &t))
        return err_set(e, ERR_USAGE, "\"%.*s\" is none of affected, not-affected, unknown", STR_ARG(s->value));
    bool known = case_vex_reason_by_name(s->detail, &r);
    /* A patched machine that was scrapped, or lost the product, will never prove its patch. */
    if (as->closed || (as->patch && !(t == CASE_NOT_AFFECTED && r == VEX_COMPONENT_NOT_PRESENT)))
        return err_set(e, ERR_CONFLICT, "it is patched or closed already; toban fix rollback or a fresh inventory opens it again");
    if (t != CASE_NOT_AFFECTED)
        return 0;
    if (!known)
        return err_set(e, ERR_USAGE,
                       "not affected needs a justification: component_not_present, vulnerable_code_not_present, "
                       "vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary or "
                       "inline_mitigations_already_exist");
    if (r == VEX_INLINE_MITIGATION && as->mitigate)
        return err_set(e, ERR_CONFLICT, "a mitigation closes nothing: this machine stays affected until it is patched");
    if (as->verdict == CHECK_SUSPICIOUS || as->verdict == CHECK_COMPROMISED)
        return err_set(e, ERR_CONFLICT, "traces of a break-in were found on it; it cannot be called not affected");
    return 0;
}

static int check_verdict(const struct case_step *s, struct err *e)
{
    enum case_verdict v;
    if (!case_verdict_by_name(s->value, &v) || v == CHECK_NONE)
        return err_set(e, ERR_USAGE, "\"%.*s\" is none of clean, not-established, suspicious, compromised", STR_ARG(s->value));
    if (v == CHECK_CLEAN && s->detail.n == 0)
        return err_set(e, ERR_USAGE, "clean needs its coverage: say what was looked at, and from when to when (--coverage)");
    return 0;
}

static int check_patch(const struct case_asset *as, const struct case_step *s, struct err *e)
{
    if (as->closed)
        return err_set(e, ERR_CONFLICT, "it is closed");
    if (as->triage == CASE_UNTOLD)
        return err_set(e, ERR_CONFLICT, "nobody has said whether it is affected (toban case triage)");
    if (as->triage == CASE_NOT_AFFECTED)
        return err_set(e, ERR_CONFLICT, "it is not affected; there is nothing to patch");
    int rc = gate_evidence(as, e);
    if (rc)
        return rc;
    if (s->value.n == 0)
        return err_set(e, ERR_USAGE, "say what was installed: a version, build or KB (--to)");
    return s->detail.n ? 0 : err_set(e, ERR_USAGE, "say how the test went (--tested)");
}

static int check_waive(const struct case_asset *as, const struct case_step *s, const struct gate_policy *p, struct err *e)
{
    if (!as->waive_ask)
        return err_set(e, ERR_CONFLICT, "nobody has asked for a waiver; toban fix waive ASSET --why TEXT asks");
    if (!gate_approver(p, s->who))
        return err_set(e, ERR_PERM, "%.*s is not among the approvers (setting approve.people: %.*s)", STR_ARG(s->who),
                       STR_ARG(p->approvers));
    if (p->four_eyes && str_eq(as->waive_ask->who, s->who))
        return err_set(e, ERR_PERM, "%.*s asked for this waiver, and the one who asked cannot approve it (setting approve.four_eyes)",
                       STR_ARG(s->who));
    return 0;
}

static int check_close(const struct case_asset *as, struct err *e)
{
    if (as->closed)
        return err_set(e, ERR_CONFLICT, "it is closed already");
    if (as->triage == CASE_NOT_AFFECTED)
        return as->reason != VEX_NO_REASON ? 0 : err_set(e, ERR_CONFLICT, "not affected, but without a justification");
    if (as->triage == CASE_UNTOLD || as->triage == CASE_CANNOT_TELL)
        return err_set(e, ERR_CONFLICT, "nobody knows whether it is affected (toban case triage)");
    if (!as->verify && as->patch)
        return err_set(e, ERR_CONFLICT, "patched, unverified: import an inventory newer than the patch that shows the fixed version");
    if (!as->verify && as->mitigate)
        return err_set(e, ERR_CONFLICT, "mitigated, not fixed: a mitigation closes nothing");
    if (!as->verify)
        return err_set(e, ERR_CONFLICT, "affected and not patched");
    return gate_evidence(as, e);
}

int gate_check(const struct case_asset *as, const struct case_step *s, const struct gate_policy *p, when_t now, struct err *e)
{
    if (as->joined == WHEN_NONE && s->kind != STEP_JOIN)
        return err_set(e, ERR_CONFLICT, "it is not part of the case");
    bool person = !str_is(s->who, CASE_BY_RULE);
    if (person && s->why.n == 0 && s->kind != STEP_PLAN && s->kind != STEP_PATCH && s->kind != STEP_JOIN)
        return err_set(e, ERR_USAGE, "say why (--why)");
    switch (s->kind) {
    case STEP_TRIAGE:
        return person ? check_triage(as, s, e) : 0;
    case STEP_CHECK:
        return check_verdict(s, e);
    case STEP_MITIGATE:
        if (as->triage == CASE_NOT_AFFECTED || as->patch || as->closed)
            return err_set(e, ERR_CONFLICT, "there is nothing to mitigate: it is not affected, patched or closed");
        return mitigate_check(s, p->mitigation_days, now, e);
    case STEP_LIFT:
        return as->mitigate ? 0 : err_set(e, ERR_CONFLICT, "no mitigation is in place");
    case STEP_PATCH:
        return person ? check_patch(as, s, e) : 0;
    case STEP_ROLLBACK:
        return as->patch ? 0 : err_set(e, ERR_CONFLICT, "no patch is recorded that could be rolled back");
    case STEP_VERIFY:
        return as->patch && !person ? 0 : err_set(e, ERR_CONFLICT, "only a fresh inventory verifies a patch, nobody's word");
    case STEP_WAIVE_ASK:
        return as->waive ? err_set(e, ERR_CONFLICT, "it is waived already, by %.*s", STR_ARG(as->waive->who)) : 0;
    case STEP_WAIVE:
        return check_waive(as, s, p, e);
    case STEP_CLOSE:
        return check_close(as, e);
    default:
        return 0;
    }
}
