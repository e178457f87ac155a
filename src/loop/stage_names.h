/* stage_names.h — what the ledger's components, as written, are taken for. Derived. */
#ifndef TOBAN_LOOP_STAGE_NAMES_H
#define TOBAN_LOOP_STAGE_NAMES_H

#include "loop/world.h"
#include "store/ledger_store.h"

/* Names every distinct component again (fast: a few microseconds each). *named counts those with an answer. */
int stage_names_run(const struct world *w, uint64_t *named, uint64_t *unnamed, struct err *e) MUST_CHECK;
/* One component, as the store would keep it. */
int stage_names_one(const struct world *w, const struct name_row *written, struct arena *a, struct name_row *out,
                    struct err *e) MUST_CHECK;

#endif
