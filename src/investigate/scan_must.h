/* scan_must.h — what a line must hold before it is worth parsing: the second, cheap look at a candidate.
 *
 * Of a condition all parts that are necessary give a set of texts, one of which must be in the line (in any letter
 * case). Built once; then only read.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_MUST_H
#define TOBAN_INVESTIGATE_SCAN_MUST_H

#include "base/base.h"
#include "investigate/packs/pack_eval.h"

struct scan_must;
struct scan_must *scan_must_new(const struct pack_eval *v);
void scan_must_free(struct scan_must *m);
/* False: the indicator cannot hit in this line. */
bool scan_must_may(const struct scan_must *m, uint32_t id, struct str line);

#endif
