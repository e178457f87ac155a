/* because.h — "why": the chain from a finding back to the quoted sentence, the source and its bytes. */
#ifndef TOBAN_LOOP_BECAUSE_H
#define TOBAN_LOOP_BECAUSE_H

#include "loop/stage_identify.h"

struct because_step {
    struct str what;   /* "finding", "asset", "component", "name", "match", "score", "decision", "statement", "document": never translated */
    struct str text;   /* a sentence in the thread's language */
    struct str quote;  /* words of the source; "" */
    struct str source, url, sha256, path; /* where they stand; path: in the spool */
};
struct because {
    struct because_step *step;
    size_t n;
    struct identify_finding finding; /* as it stands now */
    bool have;
};

/* Recomputes the finding with what is known as of the moment, and tells the chain. */
int because_finding(const struct world *w, const struct fleet *f, const struct stage_identify_options *o, int64_t id,
                    struct arena *a, struct because *out, struct err *e) MUST_CHECK;
/* A notice: what it says and where its bytes are. */
int because_notice(const struct world *w, int64_t id, struct arena *a, struct because *out, struct err *e) MUST_CHECK;

#endif
