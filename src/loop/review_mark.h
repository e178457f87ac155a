/* review_mark.h — making marks, for the measures. */
#ifndef TOBAN_LOOP_REVIEW_MARK_H
#define TOBAN_LOOP_REVIEW_MARK_H

#include "loop/review.h"

/* Whole percent, rounded down, so that 100 means all; 0 of 0 is 0. */
int review_mark_percent(int64_t good, int64_t of);
/* Strings are C strings of the arena, or static; next "" or NULL: nothing is left to do. Below 100 there is
 * always something. */
struct review_mark review_mark_measured(int score, const char *value, const char *next);
struct review_mark review_mark_unknown(const char *why, const char *next);
struct review_mark review_mark_empty(const char *why);
/* "a, b, c and 4 more": for lists that may be long. */
struct review_mark_names {
    struct buf text;
    size_t n;
};
void review_mark_name(struct review_mark_names *l, struct str name);
const char *review_mark_names(struct review_mark_names *l, struct arena *a); /* releases */
bool review_mark_blank(struct str s);

#endif
