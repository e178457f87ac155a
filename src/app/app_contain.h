/* app_contain.h — use cases of containment 封じ込め: plans drafted from playbooks and the ledger, approved and
 * carried out by people. No command is ever run.
 */
#ifndef TOBAN_APP_APP_CONTAIN_H
#define TOBAN_APP_APP_CONTAIN_H

#include "app/app_case.h"
#include "loop/stage_contain.h"

/* A plan for each playbook that fits. asset n 0: machines of the case that are compromised or suspicious, not
 * contained, and in no open plan. playbook "": each machine the one that fits it best. ids in the arena. */
int app_contain_plan(struct app *app, int64_t case_id, const struct str *asset, size_t n, struct str playbook, struct arena *a,
                     int64_t **ids, size_t *id_n, struct err *e) MUST_CHECK;
/* case_id 0: all. */
int app_contain_list(struct app *app, int64_t case_id, struct arena *a, struct containment **out, size_t *n, struct err *e) MUST_CHECK;
int app_contain_get(struct app *app, int64_t id, struct arena *a, struct containment *out, struct err *e) MUST_CHECK;
int app_contain_decide(struct app *app, int64_t id, bool approve, struct str why, struct err *e) MUST_CHECK;
/* who and at of act are filled in. */
int app_contain_act(struct app *app, struct contain_act *act, struct arena *a, struct contain_change **change, size_t *n,
                    struct err *e) MUST_CHECK;

/* What was done for a time, and whose day of undoing has come. */
struct app_contain_reminder {
    int64_t plan, case_id;
    int number;
    struct str title, ledger, key, name; /* name of the machine; "" : of the whole plan */
    when_t since;
};
/* case_id 0: of all cases. Oldest first. */
int app_contain_reminders(struct app *app, int64_t case_id, when_t now, struct arena *a, struct app_contain_reminder **out,
                          size_t *n, struct err *e) MUST_CHECK;
/* What a case calls the machine. "" stays "". */
struct str app_contain_name(const struct case_file *f, struct str ledger, struct str key);

/* For rules check: parses every playbook. Complaints, a line each, are appended. */
int app_contain_check(const struct config *c, size_t *playbooks, size_t *failed, struct buf *complaints, struct err *e) MUST_CHECK;

#endif
