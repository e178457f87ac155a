/* deadline.h — of several dates the earliest counts, with its reason. Pure.
 *
 * Candidates: the decision table's, the catalogue's due date and the site's policy come
 * decided from assess/decide.h; the site may also count business days from the opening
 * of the case (calendar.h).
 */
#ifndef TOBAN_REMEDIATE_DEADLINE_H
#define TOBAN_REMEDIATE_DEADLINE_H

#include "remediate/calendar.h"

struct deadline {
    when_t at;       /* WHEN_NONE: none */
    struct str by;   /* "table" "kev-due" "policy" "business-days": never translated */
    struct str why;  /* in the thread's language */
};

/* Takes the candidate when it is earlier. */
void deadline_offer(struct deadline *d, const struct deadline *candidate);
/* The end of the n-th business day (n >= 1) after the day of `start` in the zone. */
when_t deadline_business(const struct calendar *c, when_t start, int n, int zone_s);
/* The end of the last business day up to the deadline: when the work has to be done. */
when_t deadline_workday(const struct calendar *c, when_t deadline, int zone_s);

#endif
