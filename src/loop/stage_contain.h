/* stage_contain.h — containment plans 封じ込め計画: drafted, approved, carried out, undone.
 *
 * Each is one transaction: the plan or its events, the audit rows, and what follows for the case: a machine
 * whose last required action is done takes STEP_CONTAIN (value: "B-1"); one whose required action is undone
 * takes STEP_RELEASE. Nothing is ever run: an event is a person's word that something was done.
 */
#ifndef TOBAN_LOOP_STAGE_CONTAIN_H
#define TOBAN_LOOP_STAGE_CONTAIN_H

#include "contain/plan.h"
#include "loop/stage_remediate.h"
#include "store/contain_store.h"

/* ERR_NOT_FOUND. */
int stage_contain_load(const struct world *w, int64_t id, struct arena *a, struct containment *out, struct err *e) MUST_CHECK;
/* All plans of one case, or none. ids: n numbers. ERR_CONFLICT when the case is closed, a machine is not part of
 * it, or is in a plan that is still open (draft, approved, under way). */
int stage_contain_draft(const struct world *w, const struct containment *p, size_t n, int64_t *ids, struct err *e) MUST_CHECK;

/* Approves (or refuses) a draft. ERR_PERM for who is no approver, and, with four eyes, for who drafted it. */
int stage_contain_decide(const struct world *w, const struct gate_policy *g, int64_t id, bool approve, struct str who,
                         struct str why, when_t at, struct err *e) MUST_CHECK;

struct contain_act {
    int64_t plan;
    const int *number;
    size_t n;
    enum containment_event_kind kind; /* DONE, UNDONE, SKIPPED */
    when_t at;
    struct str who, why;
    when_t undo_by; /* with DONE; WHEN_NONE: as the playbook says */
};
struct contain_change {
    struct str ledger, key;
    bool contained; /* else: not any more */
};
/* All numbers or none. ERR_CONFLICT before the plan is approved, for what is done already, or was never done and
 * cannot be undone. To skip a required action is to change what was approved: it takes an approver, and with four
 * eyes not the one who drafted (ERR_PERM). *change: machines whose containment changed, in the arena. */
int stage_contain_act(const struct world *w, const struct gate_policy *g, const struct contain_act *act, struct arena *a,
                      struct contain_change **change, size_t *change_n, struct err *e) MUST_CHECK;

#endif
