/* app_check.h — the verdict of a sweep, entered into a case as the check of each machine it was about.
 *
 * A machine is the one the user names (all paths of the sweep are its), else the one whose name the records of a path
 * give: full host name, else its part before the first dot, as the ledger has it.
 *
 * The verdict, over the case's vulnerabilities and over whatever else was found:
 *   exploited and above                          compromised (the sweep says: treat it as compromised)
 *   probe                                        suspicious: somebody used the flaw to look, without success as far as seen
 *   scan, or nothing found; everything examined  clean: whoever is reachable is scanned
 *   the rest, and a sweep that was broken off    not-established
 * "Everything examined": each of the case's vulnerabilities that the packs can tell was examined whole in one of
 * the machine's paths, in none only in part, and at least one can be told. The step's detail is its coverage.
 */
#ifndef TOBAN_APP_APP_CHECK_H
#define TOBAN_APP_APP_CHECK_H

#include "app/app_case.h"
#include "app/app_investigate.h"

struct app_check {
    struct str machine; /* as the ledger calls it; when it is unknown, the host or path */
    enum case_verdict verdict;
    struct err err; /* code 0: entered */
};

/* asset: NULL, or the machine; evidence: NULL, or what was collected into folder. One result a machine, in the arena; fails only
 * when nothing could be tried. */
int app_check_enter(struct app *app, const struct sweep *s, int64_t case_id, const char *asset, const char *folder,
                    const struct evidence_result *evidence, struct arena *a, struct app_check **out, size_t *n, struct err *e) MUST_CHECK;

/* The verdict on the machine that these paths (numbers of s->asset) are, for these vulnerabilities. */
enum case_verdict app_check_verdict(const struct sweep *s, const uint32_t *path, size_t path_n, const struct str *vuln, size_t vuln_n);

#endif
