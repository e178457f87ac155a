/* fix.h — patch plans: complete or not, and what is missing. Pure. */
#ifndef TOBAN_REMEDIATE_FIX_H
#define TOBAN_REMEDIATE_FIX_H

#include "model/case.h"

#define FIX_MISSING 8
/* What the plan lacks, in the thread's language, at most FIX_MISSING; static storage. Without test
 * and rollback (steps, and what sets it off) no plan is complete. */
size_t fix_missing(const struct case_plan *p, const char *missing[FIX_MISSING]);
/* "emergency" when the deadline lies before the next window opens (or there is none), or the outcome is at most three days away. */
const char *fix_track(when_t deadline, when_t next_window, when_t now);
/* ERR_USAGE for a track that is neither. */
int fix_check(const struct case_plan *p, struct err *e) MUST_CHECK;

#endif
