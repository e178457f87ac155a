/* stage_remediate.h — cases: their machines kept in step with ledger and findings, and their steps.
 *
 * Every step a person takes, and all that a sync concludes about one case, is one
 * transaction together with its audit rows: a process killed between two leaves either.
 */
#ifndef TOBAN_LOOP_STAGE_REMEDIATE_H
#define TOBAN_LOOP_STAGE_REMEDIATE_H

#include "loop/stage_identify.h"
#include "remediate/calendar.h"
#include "remediate/gate.h"
#include "store/case_store.h"

struct remediate_policy {
    struct gate_policy gate;
    bool always_look;                /* the site asks for a look for traces before every patch */
    int business_days;               /* the site's own deadline, from the opening of a case; 0: none */
    const struct calendar *calendar; /* never NULL */
};

struct case_member {
    struct case_asset a;
    const struct case_look *look; /* NULL: not looked at yet */
};
/* One case, whole; in the arena. */
struct case_file {
    struct case_head head;
    struct case_step *step;
    size_t step_n;
    struct str *vuln;
    size_t vuln_n;
    struct case_member *member; /* by number of the asset */
    size_t member_n;
    struct case_plan *plan;
    size_t plan_n;
    struct case_look *look;
    size_t look_n;
};
int stage_remediate_load(const struct world *w, int64_t case_id, struct arena *a, struct case_file *out, struct err *e) MUST_CHECK;
/* NULL when the machine is not part of it. */
struct case_member *stage_remediate_member(const struct case_file *f, struct str ledger, struct str key);
/* The plan a machine belongs to; NULL. */
const struct case_plan *stage_remediate_plan(const struct case_file *f, const struct case_asset *as);

/* What a sync concluded: steps taken by rule. */
struct remediate_change {
    struct str name; /* of the machine; "" = the case */
    struct case_step step;
};
/* case_id 0: every case, closed ones too (a build may go backwards). as_of of the options is the clock. */
int stage_remediate_sync(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                         const struct remediate_policy *p, int64_t case_id, struct arena *a, struct remediate_change **out,
                         size_t *n, struct err *e) MUST_CHECK;

/* Opens a case with these vulnerabilities; s is a STEP_OPEN with its moment and name. */
int stage_remediate_open(const struct world *w, const struct case_head *h, const struct str *vuln, size_t vuln_n,
                         int64_t *id, struct err *e) MUST_CHECK;
/* Checks the gate with what the store holds at that moment, and takes the step. name: of the machine, for messages. */
int stage_remediate_step(const struct world *w, const struct remediate_policy *p, const struct case_step *s, struct str name,
                         struct err *e) MUST_CHECK;
/* Takes a step without asking a gate; inside a transaction of the caller. */
int stage_remediate_record(const struct world *w, const struct case_step *s, struct err *e) MUST_CHECK;

#endif
