/* gate.h — where a machine stands in a case, and whether the next step may be taken.
 *
 * gate_fold reads the steps of one machine, in order, and tells what is in force.
 * gate_check refuses a step (ERR_CONFLICT, ERR_PERM, or ERR_USAGE when the step itself
 * is incomplete) and says what is missing:
 *
 *   triage     "not affected" with a justification; "inline mitigations" not while a
 *              mitigation of ours is all there is: a mitigation closes nothing.
 *   checked    "clean" with its coverage.
 *   mitigated  with an owner and an end that is ahead, at most max days away.
 *   patched    triaged, not "not affected"; a complete plan (fix.h) beside this; and
 *              - where a look for traces was asked for: a verdict that establishes something
 *                (clean, suspicious, compromised), or a waiver by a named approver;
 *              - suspicious: contained, or waived; compromised: contained, whatever was waived.
 *   released   before the patch a machine counts as not contained again; after it, it is back in service,
 *              until the patch is rolled back or the machine opened again.
 *   waived     by an approver (when the site names them), asked for before, and, where the
 *              site wants four eyes, not by the one who asked.
 *   verified   patched, and only by rule (verify.h).
 *   closed     not affected with its justification, or verified; and the same look for traces
 *              as before a patch, for machines that were patched before anybody asked.
 *
 * Pure; the caller gives the time.
 */
#ifndef TOBAN_REMEDIATE_GATE_H
#define TOBAN_REMEDIATE_GATE_H

#include "model/case.h"

struct gate_policy {
    bool four_eyes;
    struct str approvers;  /* names with commas or blanks between; "" = anybody */
    int mitigation_days;   /* the longest a mitigation may stand; 0: no limit */
};

/* A machine no step was taken on. */
void gate_start(struct case_asset *as, struct str ledger, struct str key);
/* Takes one step of this machine into account; borrows it. */
void gate_fold_step(struct case_asset *as, const struct case_step *s);
/* All of it. Steps of other machines and of the case itself are passed over. */
void gate_fold(const struct case_step *step, size_t n, struct str ledger, struct str key, struct case_asset *out);
enum case_state gate_state(const struct case_asset *as, when_t now);
/* In force: set, not lifted, not past its end, and the machine not patched since. */
bool gate_mitigated(const struct case_asset *as, when_t now);
/* It ran out (whether recorded or not), and nothing came after it. */
bool gate_lapsed(const struct case_asset *as, when_t now);
enum case_vex gate_vex(const struct case_asset *as);
/* What a person should do next, in the thread's language; "" when nothing is left. Static storage. */
const char *gate_next(const struct case_asset *as, when_t now);

int gate_check(const struct case_asset *as, const struct case_step *s, const struct gate_policy *p, when_t now,
               struct err *e) MUST_CHECK;
/* The look for traces alone: 0 when a patch may be made as far as that goes. */
int gate_evidence(const struct case_asset *as, struct err *e) MUST_CHECK;
bool gate_approver(const struct gate_policy *p, struct str who);

#endif
