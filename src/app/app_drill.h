/* app_drill.h — drills 演習 against the user's ledger and settings, in a scratch store.
 *
 * The user's store is only read: ledger, names and patch windows; an exercise adds one audit row. What the drill publishes
 * goes into a folder of its own under TMPDIR, which is gone when the drill is closed.
 */
#ifndef TOBAN_APP_APP_DRILL_H
#define TOBAN_APP_APP_DRILL_H

#include "app/app.h"
#include "loop/drill.h"

struct app_drill_name {
    struct str name, path;
    struct drill_pack pack;
};
/* Every drill, shipped and the site's (rules, folder drills/). In the arena. */
int app_drill_list(struct app *app, struct arena *a, struct app_drill_name **out, size_t *n, struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND with the names there are. */
int app_drill_pack(const struct config *c, struct str name, struct arena *a, struct drill_pack *out, struct err *e) MUST_CHECK;

/* hour, assume_hours and news_days of o are the caller's; the rest is filled in. All in the arena. */
int app_drill_run(struct app *app, const struct drill_pack *p, struct drill_options *o, struct fleet *f, struct arena *a,
                  struct drill_result *out, struct err *e) MUST_CHECK;

/* An exercise that was played to its end with decisions: one audit row, which the review counts for a year. */
int app_drill_exercised(struct app *app, const struct drill_pack *p, size_t decisions, struct err *e) MUST_CHECK;

/* For rules check: parses every drill and judges its notices. Complaints, a line each, are appended. */
int app_drill_check(const struct config *c, size_t *drills, size_t *failed, struct buf *complaints, struct err *e) MUST_CHECK;

#endif
