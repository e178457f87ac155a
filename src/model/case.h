/* case.h — a case 案件: vulnerabilities × machines on their way through the stages.
 *
 * What a case is, is told by its steps, in the order they were taken: who, when, what,
 * why. A machine's state is never stored; it is read off its steps (remediate/gate.h),
 * so that a step is one row and a mitigation that runs out needs nobody to notice it.
 */
#ifndef TOBAN_MODEL_CASE_H
#define TOBAN_MODEL_CASE_H

#include "base/base.h"
#include "model/finding.h"

/* How far a machine has come. Names are never translated. */
enum case_state {
    CASE_NEW,
    CASE_TRIAGED,
    CASE_CHECKED,   /* looked at for traces of a break-in, or waived */
    CASE_CONTAINED,
    CASE_MITIGATED, /* not fixed: the clock runs */
    CASE_PATCHED,   /* by somebody's word; not proved */
    CASE_VERIFIED,  /* proved by an inventory newer than the patch */
    CASE_CLOSED
};
const char *case_state_name(enum case_state s);

enum case_triage { CASE_UNTOLD, CASE_AFFECTED, CASE_NOT_AFFECTED, CASE_CANNOT_TELL };
const char *case_triage_name(enum case_triage t); /* "" affected not-affected unknown */
bool case_triage_by_name(struct str name, enum case_triage *out);

/* Why a machine is not affected: the five justifications that OpenVEX and CSAF (flags) share. */
enum case_vex_reason {
    VEX_NO_REASON,
    VEX_COMPONENT_NOT_PRESENT,
    VEX_CODE_NOT_PRESENT,
    VEX_CODE_NOT_EXECUTED,
    VEX_CODE_NOT_CONTROLLABLE,
    VEX_INLINE_MITIGATION
};
const char *case_vex_reason_name(enum case_vex_reason r);      /* "vulnerable_code_not_present" */
const char *case_vex_reason_cyclonedx(enum case_vex_reason r); /* "code_not_present": impactAnalysisJustification of CycloneDX */
bool case_vex_reason_by_name(struct str name, enum case_vex_reason *out);

enum case_vex { VEX_UNDER_INVESTIGATION, VEX_AFFECTED, VEX_NOT_AFFECTED, VEX_FIXED };
const char *case_vex_name(enum case_vex v);      /* OpenVEX: under_investigation affected not_affected fixed */
const char *case_vex_cyclonedx(enum case_vex v); /* in_triage exploitable not_affected resolved */

/* What the look for traces of a break-in said. */
enum case_verdict { CHECK_NONE, CHECK_CLEAN, CHECK_NOT_ESTABLISHED, CHECK_SUSPICIOUS, CHECK_COMPROMISED };
const char *case_verdict_name(enum case_verdict v); /* none clean not-established suspicious compromised */
bool case_verdict_by_name(struct str name, enum case_verdict *out);

enum case_step_kind {
    STEP_OPEN,      /* of the case */
    STEP_VULN,      /* of the case; value: the vulnerability */
    STEP_PERSON,    /* of the case; owner: the name, value: the role */
    STEP_NOTE,      /* why: the words */
    STEP_JOIN,      /* of a machine, as all below but CLOSE, REOPEN: it is part of the case */
    STEP_TRIAGE,    /* value: triage; detail: justification; component: what it was about, as written */
    STEP_ASK,       /* a look for traces is asked for before the patch */
    STEP_CHECK,     /* value: verdict; detail: coverage */
    STEP_CONTAIN,
    STEP_MITIGATE,  /* value: what; owner; until */
    STEP_EXPIRE,    /* the mitigation ran out */
    STEP_LIFT,      /* it was taken away before */
    STEP_PLAN,      /* value: "P-3" */
    STEP_PATCH,     /* value: to what; detail: result of the test */
    STEP_ROLLBACK,
    STEP_VERIFY,    /* detail: the proof */
    STEP_WAIVE_ASK, /* somebody asks to patch without a verdict */
    STEP_WAIVE,     /* a named approver agrees */
    STEP_CLOSE,     /* of a machine, or of the case */
    STEP_REOPEN,    /* of a machine, or of the case */
    STEP_RELEASE    /* what contained it was undone */
};
enum { STEP_KINDS = STEP_RELEASE + 1 };
const char *case_step_name(enum case_step_kind k); /* "waive-asked" */
bool case_step_by_name(struct str name, enum case_step_kind *out);

struct case_step {
    int64_t id, case_id;
    struct str ledger, asset_key; /* "" = of the case itself */
    enum case_step_kind kind;
    when_t at;
    struct str who;               /* "toban": by rule */
    struct str value, detail, component, owner, why;
    when_t until;                 /* WHEN_NONE */
};
#define CASE_BY_RULE "toban"

/* One machine as its steps tell it. Strings are those of the steps. */
struct case_asset {
    struct str ledger, key;
    when_t joined;
    enum case_triage triage;
    enum case_vex_reason reason;
    const struct case_step *triaged, *ask, *check, *contain, *mitigate, *plan, *patch, *rollback, *verify, *waive_ask,
        *waive, *closed, *reopen, *release; /* the one in force; NULL: none */
    enum case_verdict verdict;
    bool expired; /* the mitigation's end is recorded */
    int reopened; /* times */
};

/* What toban itself can see of a machine now: derived, made again by every sync. */
struct case_look {
    struct str ledger, asset_key;
    int64_t asset; /* A-number */
    struct str name;
    bool gone;     /* no longer in the ledger */
    enum finding_status status; /* the worst over the case's vulnerabilities */
    struct str product, component; /* key, and as written */
    struct str fixed, missing, why;
    bool asks;                  /* for a look for traces; */
    struct str asks_why;
    when_t seen;                /* of the inventory; WHEN_NONE: none */
    when_t deadline;            /* WHEN_NONE: none */
    struct str deadline_by, deadline_why; /* "table" "kev-due" "policy" "business-days" */
};

struct case_plan {
    int64_t id, case_id;
    struct str product, fixed, track; /* track: "regular", "emergency", "" */
    struct str test, rollback, trigger, owner, window;
    struct str who;
    when_t at;
};

struct case_head {
    int64_t id;
    struct str title, origin, who;
    when_t opened;
    const struct case_step *closed; /* NULL: open */
};

#endif
