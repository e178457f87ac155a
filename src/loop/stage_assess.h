/* stage_assess.h — judging the words of notices. Derived: may be done again at any time. */
#ifndef TOBAN_LOOP_STAGE_ASSESS_H
#define TOBAN_LOOP_STAGE_ASSESS_H

#include "loop/world.h"
#include "store/notice_store.h"

/* Judges every revision not judged by these rules yet. *judged counts. */
int stage_assess_run(const struct world *w, uint64_t *judged, struct err *e) MUST_CHECK;
/* Judges one text; nothing is stored. JSON members as in the store. */
int stage_assess_text(const struct world *w, const struct notice *n, struct arena *a, struct assessment *out,
                      struct err *e) MUST_CHECK;
/* The parts of an assessment, shared with the batch form: [{signal,quote,start,end,rule}], {"CVE-…":…}, names with blanks between. */
void stage_assess_evidence(const struct terms_result *r, struct buf *out);
void stage_assess_scope(const struct terms_result *r, struct buf *out, bool nested);
void stage_assess_signals(const struct terms_result *r, struct buf *out, bool json);

#endif
