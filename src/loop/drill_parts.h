/* drill_parts.h — shared by the files of drill only. */
#ifndef TOBAN_LOOP_DRILL_PARTS_H
#define TOBAN_LOOP_DRILL_PARTS_H

#include "loop/drill.h"

/* One machine and one vulnerability of the drill. */
struct drill_pair {
    bool seen;
    enum finding_status status; /* at the last round */
    when_t told;                /* first round at which it was not "not affected" */
    when_t urgent;              /* first round at which its item was for now */
    when_t cleared;             /* the round since which it is not affected, after having been told */
    const struct decision *decision; /* at that first round */
    struct str fixed, missing, written;
};

struct drill_run {
    const struct world *w;
    const struct fleet *f;
    const struct drill_pack *p;
    const struct drill_options *o;
    struct arena *a;
    struct drill_result *out;
    struct drill_pair **pair; /* by asset of the ledger: cve_n each, NULL until seen */
};

const struct world_source *drill_source(const struct drill_options *o, struct str name);
bool drill_source_on(const struct drill_options *o, struct str name);
/* out->machine, its order and the figures, once all rounds are held. */
void drill_machines(struct drill_run *r);

#endif
