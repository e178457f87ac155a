/* kev.h — "this is being exploited", said by catalogues: what could be known at a moment.
 *
 * A catalogue's statement counts from the day it was added; the due date in it is the
 * catalogue's own and may lie before that day (KEV's first load of November 2021).
 * Pure.
 */
#ifndef TOBAN_ASSESS_SCORES_KEV_H
#define TOBAN_ASSESS_SCORES_KEV_H

#include "model/vuln.h"

/* True when the statement is one, and could be read at as_of. */
bool kev_visible(const struct kev *k, when_t as_of);
/* The visible statement that was added first; among equals CISA's. NULL when there is none. */
const struct kev *kev_first(const struct kev *k, size_t n, when_t as_of);
/* The visible statement with the earliest due date; NULL when none has one. */
const struct kev *kev_first_due(const struct kev *k, size_t n, when_t as_of);
/* CISA's catalogue, directly or as CISA repeats it in Vulnrichment. */
bool kev_is_cisa(const struct kev *k);

#endif
