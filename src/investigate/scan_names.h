/* scan_names.h — which indicators a path may fit: thousands of them in a few hundred nanoseconds.
 *
 * Of every expression over paths the least ordinary text that all its matches have (pack_need.h) is looked for: a window
 * of four bytes glides over the path and asks a table. What has no such text is left to the pattern engine.
 * Candidates are for pack_eval_check_path.
 *
 * Built once, then only read: any number of threads, each with its own scratch and found.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_NAMES_H
#define TOBAN_INVESTIGATE_SCAN_NAMES_H

#include "base/base.h"
#include "investigate/scan_match.h"

struct scan_names;
struct scan_names_found {
    VEC(uint32_t) id;
};

/* flags: SCAN_MATCH_PLAIN or 0. Borrows v. */
int scan_names_new(struct scan_names **out, const struct pack_eval *v, unsigned flags, struct err *e) MUST_CHECK;
void scan_names_free(struct scan_names *m);
/* The engine's part, for scan_scratch_new. */
const struct scan_match *scan_names_match(const struct scan_names *m);
/* Fills f->id (emptied before) with the candidates for a path in normal form, each once, ascending. */
void scan_names_find(const struct scan_names *m, struct scan_scratch *s, struct str path, struct scan_names_found *f);
void scan_names_found_release(struct scan_names_found *f);

#endif
