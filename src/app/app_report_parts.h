/* app_report_parts.h — shared by the files of app_report only. */
#ifndef TOBAN_APP_APP_REPORT_PARTS_H
#define TOBAN_APP_APP_REPORT_PARTS_H

#include "app/app_case.h"
#include "app/app_report.h"
#include "store/ledger_store.h"

/* Above this many machines the ledger is loaded whole instead of machine by machine. */
#define APP_REPORT_FEW 500

struct app_report_ledger {
    struct app *app;
    struct arena *a;
    bool whole;
    struct ledger ledger;
    struct map index; /* "A-12" → of the ledger */
};
int app_report_ledger_open(struct app *app, size_t machines, struct arena *a, struct app_report_ledger *out, struct err *e) MUST_CHECK;
void app_report_ledger_close(struct app_report_ledger *l);
/* *out NULL: not there any more. */
int app_report_ledger_get(struct app_report_ledger *l, int64_t asset, const struct ledger_asset **out, struct err *e) MUST_CHECK;
/* The software that the look speaks of: vendor, product, version, cpe, purl. */
int app_report_software(struct app_report_ledger *l, const struct ledger_asset *as, struct report_machine *m, struct err *e) MUST_CHECK;

/* The case as it stood before `until`. */
int app_report_build(struct app_report_ledger *l, const struct report_site *site, int64_t case_id, when_t until, struct report_case *out,
                     struct err *e) MUST_CHECK;
int app_report_enquiries(struct app *app, int64_t case_id, when_t until, struct arena *a, struct report_enquiry **out, size_t *n,
                         struct err *e) MUST_CHECK;
/* Whom to reach without mail: of one case, or (NULL) of all that is open. */
int app_report_lead(struct app *app, int64_t case_id, struct arena *a, struct str **out, size_t *n, struct err *e) MUST_CHECK;

#endif
