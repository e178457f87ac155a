/* app_review.h — use cases of the review: measure the organisation's readiness, keep it, look back. */
#ifndef TOBAN_APP_APP_REVIEW_H
#define TOBAN_APP_APP_REVIEW_H

#include "app/app.h"
#include "loop/review.h"

/* Reads and measures; changes nothing. In the arena. */
int app_review_measure(struct app *app, struct arena *a, struct review *out, struct err *e) MUST_CHECK;
/* Adds it to the history. */
int app_review_save(struct app *app, const struct review *r, struct err *e) MUST_CHECK;

/* One line of an earlier review against the one before it. */
struct app_review_change {
    struct str line;   /* its name */
    int before, after; /* -1: not measured then */
};
struct app_review_past {
    struct review_row row;
    bool first;                       /* there is none before it */
    int before;                       /* score of the one before */
    struct app_review_change *change; /* lines that differ */
    size_t change_n;
    size_t unknown; /* lines that could not be measured */
};
/* Newest first, at most max. */
int app_review_history(struct app *app, size_t max, struct arena *a, struct app_review_past **out, size_t *n,
                       struct err *e) MUST_CHECK;

#endif
