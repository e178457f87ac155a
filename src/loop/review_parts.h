/* review_parts.h — the loading of a review under way, shared by review_load.c and review_load_case.c. */
#ifndef TOBAN_LOOP_REVIEW_PARTS_H
#define TOBAN_LOOP_REVIEW_PARTS_H

#include "loop/review.h"

struct review_load {
    const struct world *w;
    const struct fleet *fleet;
    const struct review_settings *s;
    struct arena *a;
    struct review_facts *out;
    struct err *e;
    struct map found;   /* vulnerabilities that machines may have */
    struct map case_of; /* vulnerability → index in opened */
    VEC(when_t) opened;
};

/* Cases, their exposure windows, contractors and their machines in open cases. */
int review_load_cases(struct review_load *l) MUST_CHECK;

#endif
