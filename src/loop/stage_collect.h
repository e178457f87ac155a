/* stage_collect.h — visiting sources, and how fresh what they gave is. */
#ifndef TOBAN_LOOP_STAGE_COLLECT_H
#define TOBAN_LOOP_STAGE_COLLECT_H

#include "collect/guard.h"
#include "loop/world.h"

struct stage_collect_options {
    struct http_client *http; /* NULL: offline */
    struct str mirror;
    bool only_due; /* visit only what is older than its period */
    bool again;    /* read known bytes again */
    const atomic_bool *cancel;
    void (*progress)(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total);
    void (*done)(void *ctx, const struct world_source *ws, const struct visit_report *r);
    void *ctx;
    when_t now;
};

/* Visits each; a failing source never costs the others. Names of vendors' products become keys to find records by. */
int stage_collect_run(const struct world *w, const struct world_source *list, size_t n,
                      const struct stage_collect_options *o, struct err *e) MUST_CHECK;

/* Makes the knowledge anew from the documents in the spool. *missing: documents no longer there. */
int stage_collect_reread(const struct world *w, const struct world_source *list, size_t n, when_t now,
                         uint64_t *documents, uint64_t *missing, struct err *e) MUST_CHECK;

struct source_age {
    const struct world_source *ws;
    enum guard_age age;
    when_t last_ok, newest;
    struct visit last; /* last.id 0: never visited */
    int64_t quarantined;
    struct str text;
};
/* How fresh each enabled source is, as of a moment. In the arena. */
int stage_collect_ages(const struct world *w, const struct world_source *list, size_t n, when_t as_of, struct arena *a,
                       struct source_age *out, struct err *e) MUST_CHECK;

#endif
