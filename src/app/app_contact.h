/* app_contact.h — use cases of contacts 連絡先: whom to call, in which order, by what still works.
 *
 * Every write bears a name (app_who) and a moment (the clock), and has its audit row.
 */
#ifndef TOBAN_APP_APP_CONTACT_H
#define TOBAN_APP_APP_CONTACT_H

#include "app/app.h"
#include "contain/call_tree.h"
#include "contain/contact_table.h"
#include "loop/round.h"
#include "loop/stage_contact.h"
#include "loop/stage_remediate.h"

/* All, by number. */
int app_contacts(struct app *app, struct arena *a, struct contact **out, size_t *n, struct err *e) MUST_CHECK;
/* After how many days a contact wants checking again (setting contacts.recheck_days). */
int app_contact_recheck_days(const struct app *app);
size_t app_contact_overdue(struct app *app, const struct contact *c, size_t n);

/* ---- writing ---- */

/* As people give it. NULL: not given, and left as it is; "" takes it away. */
struct app_contact_edit {
    const char *name, *kind, *role, *organisation, *department, *lang, *note, *order;
    const char *called_by, *substitute;          /* K-3, or a name */
    const char *channel[LIMIT_CONTACT_CHANNELS]; /* "phone=03-1234-5678", "chat=#bcp needs S-015": all of them anew */
    size_t channel_n;
};
int app_contact_add(struct app *app, const struct app_contact_edit *edit, int64_t *id, struct err *e) MUST_CHECK;
/* who: K-3, or a name. A channel that was not there before wants checking. */
int app_contact_set(struct app *app, struct str who, const struct app_contact_edit *edit, int64_t *id,
                    struct err *e) MUST_CHECK;
/* who: K-3 or names; all or none. */
int app_contact_check(struct app *app, const struct str *who, size_t n, struct err *e) MUST_CHECK;
int app_contact_remove(struct app *app, const struct str *who, size_t n, struct err *e) MUST_CHECK;
/* K-3, or a name that only one has. */
int app_contact_find(const struct contact *c, size_t n, struct str who, const struct contact **out,
                     struct err *e) MUST_CHECK;

struct app_contact_import {
    struct contact_table table; /* with what could not be used */
    size_t added, changed, same;
};
/* Rows are known again by name and organisation. What the file does not state stays as it is. */
int app_contact_import(struct app *app, const char *path, const char *sheet, bool dry_run, struct arena *a,
                       struct app_contact_import *out, struct err *e) MUST_CHECK;

/* ---- what is affected ---- app_outage.c ----
 * Each adds to *out, which begins zeroed. A machine is affected while a finding of it is "affected" or
 * "possible" and presses (14 days), or an open case has it neither cleared, verified nor closed. */

int app_outage_now(struct app *app, struct arena *a, struct outage *out, struct err *e) MUST_CHECK;
int app_outage_case(struct app *app, const struct case_file *f, struct arena *a, struct outage *out,
                    struct err *e) MUST_CHECK;
/* Of a round as it was just built, and of the open cases unless past. */
int app_outage_round(struct app *app, const struct round_result *r, bool past, struct arena *a, struct outage *out,
                     struct err *e) MUST_CHECK;
/* Machines that a notice concerns: by its CVEs, whatever their deadline. */
int app_outage_notice(struct app *app, const struct notice_rev *rev, struct arena *a, struct outage *out,
                      struct err *e) MUST_CHECK;
/* "mail", "none", a case (C-1), or an asset. */
int app_outage_named(struct app *app, struct str what, struct arena *a, struct outage *out, struct err *e) MUST_CHECK;

/* What every list, notice and report begins with while mail is not to be relied on. */
struct app_lead {
    struct str text; /* whole, in the thread's language; "" : mail works */
    struct app_call {
        const struct contact *contact;
        const struct contact_channel *channel;
    } call[3]; /* the first of the call tree that can be called without mail */
    size_t call_n;
};
int app_contact_lead(struct app *app, const struct outage *o, struct arena *a, struct app_lead *out,
                     struct err *e) MUST_CHECK;

#endif
