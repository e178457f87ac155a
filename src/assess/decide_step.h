/* decide_step.h — what the steps of one decision share. For decide*.c only. */
#ifndef TOBAN_ASSESS_DECIDE_STEP_H
#define TOBAN_ASSESS_DECIDE_STEP_H

#include "assess/decide.h"

struct deciding {
    const struct decide_input *in;
    const struct ssvc_table *table;
    struct arena *a;
    struct decision *d;
};

/* decide.c: never full, see DECIDE_REASONS. text lives in the arena or for ever. */
void decide_reason_add(struct deciding *g, enum decide_about about, struct str source, const char *text);
/* decide_input.c: the answer for a column, with its reason: a value, or "" when it is not known. */
struct str decide_input_kev(struct deciding *g);
struct str decide_input_exposure(struct deciding *g);
struct str decide_input_automatable(struct deciding *g);
struct str decide_input_impact(struct deciding *g);
/* decide_clock.c */
void decide_clock_start(struct deciding *g);
void decide_clock_deadline(struct deciding *g);
void decide_clock_forensic(struct deciding *g);
/* "2021-03-03" and "2021-03-03 12:00" in the zone of the input; in the arena. */
const char *decide_clock_date(const struct deciding *g, when_t t);
const char *decide_clock_minute(const struct deciding *g, when_t t);

#endif
