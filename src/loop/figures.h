/* figures.h — how fast, how many, where: reckoned from cases as a report holds them. Pure.
 *
 * Times go from the publication of the earliest notice or record; a time that is missing
 * leaves its machine out of that figure, and is never taken for 0.
 */
#ifndef TOBAN_LOOP_FIGURES_H
#define TOBAN_LOOP_FIGURES_H

#include "loop/stage_remediate.h"
#include "report/report.h"

/* The moments that the steps of a case tell, for each machine (m->times, all but published and heard),
 * and which machine each step belongs to is found once. m is in the order of f->member; first: WHEN_NONE
 * or the earliest finding of the machine. */
void figures_times(const struct case_file *f, struct report_machine *m, const when_t *first);
/* open, overdue, and times of the case out of those of its machines. */
void figures_case(struct report_case *c);
/* What was reached from `from` (WHEN_NONE: ever) and before `until`; what stands is what the cases say. In the arena. */
void figures_of(const struct report_case *c, size_t n, when_t from, when_t until, struct arena *a, struct report_figures *out);

#endif
