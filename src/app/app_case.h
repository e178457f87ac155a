/* app_case.h — use cases of cases, patch plans and patch windows.
 *
 * Every write bears a name (app_who) and a moment (the clock), and has its audit row.
 * What is refused is refused by the gates of remediate/gate.h, and says what is missing.
 */
#ifndef TOBAN_APP_APP_CASE_H
#define TOBAN_APP_APP_CASE_H

#include "app/app.h"
#include "loop/offer.h"
#include "loop/stage_remediate.h"
#include "remediate/fix.h"
#include "remediate/window.h"

/* From the settings and rules/calendar/jp.txt; lives as long as the arena. */
int app_case_policy(struct app *app, struct arena *a, struct remediate_policy *out, struct err *e) MUST_CHECK;

/* origin: F-1, N-2, CVE-… (any number); none: by hand, and a title is needed. Synced once before it returns. */
int app_case_open(struct app *app, const struct str *origin, size_t n, struct str title, int64_t *id, struct err *e) MUST_CHECK;
/* One more vulnerability, or one machine by hand. */
int app_case_add_vuln(struct app *app, int64_t case_id, struct str vuln, struct err *e) MUST_CHECK;
int app_case_add_asset(struct app *app, int64_t case_id, struct str asset, struct err *e) MUST_CHECK;

/* id 0: all. */
int app_case_sync(struct app *app, int64_t id, struct arena *a, struct remediate_change **out, size_t *n, struct err *e) MUST_CHECK;
/* The same with a fleet and options at hand: at the end of a round. */
int app_case_sync_round(struct app *app, const struct fleet *f, const struct stage_identify_options *o, struct arena *a,
                        struct remediate_change **out, size_t *n, struct err *e) MUST_CHECK;

/* What the notices about the case's vulnerabilities name as a workaround (loop/offer.h). */
int app_case_offers(struct app *app, const struct case_file *f, struct arena *a, struct offer **out, size_t *n, struct err *e) MUST_CHECK;

/* A machine of a case as people name it. case_id 0: the one open case it is part of; ERR_CONFLICT when several. */
struct app_case_target {
    int64_t case_id;
    struct str ledger, key, name;
};
int app_case_find(struct app *app, struct str asset, int64_t case_id, struct arena *a, struct app_case_target *out,
                  struct err *e) MUST_CHECK;
/* Syncs the case, then takes the step: kind, value, detail, owner, why, until are the caller's. t->key "" : of the case itself. */
int app_case_step(struct app *app, const struct app_case_target *t, struct case_step *s, struct err *e) MUST_CHECK;

/* "mitigated, not fixed until …", "patched, unverified for 3 days": in the thread's language, in the arena. */
struct str app_case_state_text(const struct case_member *m, when_t now, int zone_s, struct arena *a);
/* Why it is not verified, and for how many whole days; "" when it is not patched or is verified. */
struct str app_case_unverified(const struct case_member *m, when_t now, int64_t *days);

/* ---- plans ---- */

/* One plan for each group of machines (product and fixed version) that has none. *made counts. */
int app_plan_draft(struct app *app, int64_t case_id, int64_t *made, struct err *e) MUST_CHECK;
/* Members of set that are not empty replace those of the plan. */
int app_plan_set(struct app *app, int64_t id, const struct case_plan *set, struct err *e) MUST_CHECK;

/* ---- windows ---- */

struct app_window {
    struct window_row row;
    struct window rule;
};
struct app_windows {
    struct app_window *window;
    size_t window_n;
    struct freeze_row *freeze_row;
    struct window_freeze *freeze;
    size_t freeze_n;
};
int app_windows(struct app *app, struct arena *a, struct app_windows *out, struct err *e) MUST_CHECK;
int app_window_add(struct app *app, struct str name, struct str rule, int64_t *id, struct err *e) MUST_CHECK;
int app_window_freeze(struct app *app, when_t first, when_t until, struct str why, int64_t *id, struct err *e) MUST_CHECK;
/* "W-1" or "Z-1". */
int app_window_remove(struct app *app, struct str id, struct err *e) MUST_CHECK;
/* name "": the earliest of all. False when none opens. */
bool app_window_next(const struct app_windows *w, struct str name, when_t from, int zone_s, struct window_span *out);
/* iCalendar of the coming days. */
void app_window_ics(const struct app_windows *w, when_t from, int days, int zone_s, struct buf *out);

#endif
