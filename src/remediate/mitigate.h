/* mitigate.h — a mitigation 緩和策 buys time: it has an owner and an end, and closes nothing. Pure. */
#ifndef TOBAN_REMEDIATE_MITIGATE_H
#define TOBAN_REMEDIATE_MITIGATE_H

#include "model/case.h"

/* s is a STEP_MITIGATE. The moment of its end is past it already. */
bool mitigate_in_force(const struct case_step *s, when_t now);
/* ERR_USAGE for one without what, owner or end, or with an end that is past or more than max_days (0: no limit) away. */
int mitigate_check(const struct case_step *s, int max_days, when_t now, struct err *e) MUST_CHECK;
/* Whole days that are left; negative when past. */
int64_t mitigate_days_left(const struct case_step *s, when_t now);

#endif
