#include "remediate/gate.h"

#include "remediate/mitigate.h"

/* A new time of exposure: that nothing was found, or looked for, in the old one says nothing about it. */
static void reopen(struct case_asset *as, const struct case_step *s)
{
    as->patch = as->verify = as->closed = as->waive = as->waive_ask = NULL;
    if (as->release)
        as->contain = NULL;
    if (as->verdict == CHECK_CLEAN || as->verdict == CHECK_NOT_ESTABLISHED) {
        as->verdict = CHECK_NONE;
        as->check = NULL;
    }
    as->reopen = s;
    as->reopened++;
}

static void fold_patching(struct case_asset *as, const struct case_step *s)
{
    switch (s->kind) {
    case STEP_MITIGATE:
        as->mitigate = s;
        as->expired = false;
        break;
    case STEP_EXPIRE:
        as->expired = true;
        break;
    case STEP_LIFT:
        as->mitigate = NULL;
        as->expired = false;
        break;
    case STEP_PLAN:
        as->plan = s;
        break;
    case STEP_PATCH:
        as->patch = s;
        as->rollback = as->verify = NULL;
        break;
    case STEP_ROLLBACK:
        as->rollback = s;
        as->patch = as->verify = NULL;
        if (as->release)
            as->contain = NULL;
        break;
    case STEP_VERIFY:
        as->verify = s;
        break;
    default:
        break;
    }
}

void gate_start(struct case_asset *as, struct str ledger, struct str key)
{
    *as = (struct case_asset){.ledger = ledger, .key = key, .joined = WHEN_NONE};
}

void gate_fold_step(struct case_asset *as, const struct case_step *s)
{
    switch (s->kind) {
    case STEP_JOIN:
        as->joined = s->at;
        break;
    case STEP_TRIAGE:
        as->triaged = s;
        if (!case_triage_by_name(s->value, &as->triage))
            as->triage = CASE_CANNOT_TELL;
        as->reason = VEX_NO_REASON;
        if (as->triage == CASE_NOT_AFFECTED && !case_vex_reason_by_name(s->detail, &as->reason))
            as->reason = VEX_NO_REASON;
        break;
    case STEP_ASK:
        as->ask = s;
        break;
    case STEP_CHECK:
        as->check = s;
        if (!case_verdict_by_name(s->value, &as->verdict))
            as->verdict = CHECK_NOT_ESTABLISHED;
        /* It was waived before anything was seen; what is seen now was not agreed to. */
        if (as->verdict == CHECK_SUSPICIOUS || as->verdict == CHECK_COMPROMISED)
            as->waive = as->waive_ask = NULL;
        break;
    case STEP_CONTAIN:
        as->contain = s;
        as->release = NULL;
        break;
    case STEP_RELEASE: /* after the patch it is back in service; before, it is as it was */
        as->release = s;
        if (!as->patch)
            as->contain = NULL;
        break;
    case STEP_WAIVE_ASK:
        as->waive_ask = s;
        break;
    case STEP_WAIVE:
        as->waive = s;
        break;
    case STEP_CLOSE:
        as->closed = s;
        break;
    case STEP_REOPEN:
        reopen(as, s);
        break;
    default:
        fold_patching(as, s);
        break;
    }
}

void gate_fold(const struct case_step *step, size_t n, struct str ledger, struct str key, struct case_asset *out)
{
    gate_start(out, ledger, key);
    for (size_t i = 0; i < n; i++)
        if (str_eq(step[i].asset_key, key) && str_eq(step[i].ledger, ledger))
            gate_fold_step(out, &step[i]);
}

bool gate_mitigated(const struct case_asset *as, when_t now)
{
    return as->mitigate && !as->expired && mitigate_in_force(as->mitigate, now);
}

bool gate_lapsed(const struct case_asset *as, when_t now)
{
    return as->mitigate && !gate_mitigated(as, now) && !as->patch && !as->closed;
}

enum case_state gate_state(const struct case_asset *as, when_t now)
{
    if (as->closed)
        return CASE_CLOSED;
    if (as->verify)
        return CASE_VERIFIED;
    if (as->patch && as->triage != CASE_NOT_AFFECTED)
        return CASE_PATCHED;
    if (gate_mitigated(as, now))
        return CASE_MITIGATED;
    if (as->contain)
        return CASE_CONTAINED;
    if (as->verdict != CHECK_NONE || as->waive)
        return CASE_CHECKED;
    return as->triage == CASE_UNTOLD ? CASE_NEW : CASE_TRIAGED;
}

enum case_vex gate_vex(const struct case_asset *as)
{
    if (as->triage == CASE_NOT_AFFECTED)
        return VEX_NOT_AFFECTED;
    if (as->verify)
        return VEX_FIXED; /* never by a patch alone */
    return as->triage == CASE_AFFECTED ? VEX_AFFECTED : VEX_UNDER_INVESTIGATION;
}

static const char *next_for_evidence(const struct case_asset *as)
{
    if (as->verdict == CHECK_COMPROMISED && !as->contain)
        return tr("contain it: it is compromised");
    if (as->verdict == CHECK_SUSPICIOUS && !as->contain && !as->waive)
        return tr("contain it, or have an approver waive that: what was found is suspicious");
    if (as->verdict == CHECK_NOT_ESTABLISHED && as->ask && !as->waive)
        return tr("look further for traces, or have an approver waive it: nothing is established");
    if (as->verdict == CHECK_NONE && as->ask && !as->waive)
        return as->waive_ask ? tr("look for traces, or let an approver decide on the waiver asked for")
                             : tr("look for traces of a break-in before anything is patched");
    return NULL;
}

const char *gate_next(const struct case_asset *as, when_t now)
{
    const char *evidence = next_for_evidence(as);
    if (as->closed)
        return "";
    if (as->triage == CASE_NOT_AFFECTED)
        return tr("nothing; it can be closed");
    if (evidence)
        return evidence;
    if (as->verify)
        return tr("nothing; it can be closed");
    if (as->patch)
        return tr("import a fresh inventory to prove the patch");
    if (as->triage == CASE_UNTOLD || as->triage == CASE_CANNOT_TELL)
        return tr("find out whether it is affected");
    if (gate_mitigated(as, now))
        return tr("patch it before the mitigation runs out");
    return gate_lapsed(as, now) ? tr("the mitigation ran out: patch it, or mitigate again") : tr("patch it");
}
