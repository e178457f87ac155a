/* app_report.h — use cases of reports: fills the structs of report/report.h from the store.
 *
 * Reads only; cases are shown as the last sync left them. Everything filled is in the arena.
 */
#ifndef TOBAN_APP_APP_REPORT_H
#define TOBAN_APP_APP_REPORT_H

#include "app/app.h"
#include "report/report.h"

int app_report_case(struct app *app, int64_t case_id, struct arena *a, struct report_case *out, struct err *e) MUST_CHECK;
/* month "" : the one that the clock is in; else YYYY-MM, in the site's zone. One that has not begun is ERR_USAGE. */
int app_report_month(struct app *app, struct str month, struct arena *a, struct report_month *out, struct err *e) MUST_CHECK;
/* WHEN_NONE: open. The chain is verified whole. */
int app_report_audit(struct app *app, when_t from, when_t until, struct arena *a, struct report_audit *out, struct err *e) MUST_CHECK;
/* Who publishes, as the settings report.publisher and report.namespace say; *named is false when one of them is not
 * set, and a stand-in is in its place. ERR_USAGE for a namespace that is no web address. */
int app_report_site(struct app *app, struct report_site *out, bool *named, struct err *e) MUST_CHECK;

#endif
