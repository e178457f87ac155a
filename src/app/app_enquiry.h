/* app_enquiry.h — use cases of enquiries to contractors 照会: asked, sent, reminded of, answered, counted.
 *
 * Every write bears a name (app_who) and a moment (the clock), and has its audit row. An answer never changes
 * the ledger: app_enquiry_compare says what it would change, and a person does it.
 */
#ifndef TOBAN_APP_APP_ENQUIRY_H
#define TOBAN_APP_APP_ENQUIRY_H

#include "app/app_contact.h"
#include "contain/enquiry.h"
#include "contain/reply_form.h"

/* All, by number, with their events. */
int app_enquiries(struct app *app, struct arena *a, struct enquiry **out, size_t *n, struct err *e) MUST_CHECK;
/* What every status tells. case_id 0: of all. */
int app_enquiry_count(struct app *app, int64_t case_id, struct enquiry_count *out, size_t *total, struct err *e) MUST_CHECK;
/* "E-3"; ERR_USAGE, ERR_NOT_FOUND. */
int app_enquiry_find(struct app *app, struct str id, struct arena *a, struct enquiry *out, struct err *e) MUST_CHECK;

struct app_enquiry_ask {
    struct str about;   /* CVE-…, or a product as people write it */
    int64_t case_id;    /* 0: none */
    when_t due;         /* WHEN_NONE: the setting contacts.reply_days from now */
    struct str lang;    /* "ja" "en"; "" : the contact's, else the thread's */
};
/* How to send it: the organisation's channels, those that work first. lead "" : mail works. */
struct app_enquiry_way {
    struct str lead;            /* "A mail server is affected: do not mail this." */
    struct str channel[8];      /* "北斗 NOC: phone 03-…" */
    size_t channel_n, works;    /* works: how many of them, at the beginning */
};
/* Drafts and stores it; *out with number and text in the arena. ERR_CONFLICT when an open one asks the same. */
int app_enquiry_ask(struct app *app, struct str organisation, const struct app_enquiry_ask *ask, struct arena *a,
                    struct enquiry *out, struct app_enquiry_way *way, struct err *e) MUST_CHECK;
/* Organisations that the ledger has machines of, each once, in its order. */
int app_enquiry_contractors(struct app *app, struct arena *a, struct str **out, size_t *n, struct err *e) MUST_CHECK;

int app_enquiry_sent(struct app *app, int64_t id, struct str channel, struct err *e) MUST_CHECK;
int app_enquiry_withdraw(struct app *app, int64_t id, struct str why, struct err *e) MUST_CHECK;
/* The text of the reminder, and how to send it; counts as one. */
int app_enquiry_remind(struct app *app, const struct enquiry *q, struct str channel, struct arena *a, struct str *text,
                       struct app_enquiry_way *way, struct err *e) MUST_CHECK;

/* runs is yes, no or unknown. machines, patched, contact of a form are kept with the note. */
int app_enquiry_answer(struct app *app, int64_t id, const struct reply_form *f, struct str channel, struct err *e) MUST_CHECK;
/* Reads a form that came back; ERR_CONFLICT when it says another number than id (0: take its own). */
int app_enquiry_form(const char *path, int64_t id, struct arena *a, struct reply_form *out, struct err *e) MUST_CHECK;

/* What the ledger says of this organisation and subject, beside an answer. */
struct app_enquiry_asset {
    const struct ledger_asset *asset;
    struct str product, version; /* as the ledger has it */
    bool differs;                /* the answer states another version, or says that it does not run */
};
int app_enquiry_compare(struct app *app, const struct enquiry *q, const struct reply_form *f, struct arena *a,
                        struct app_enquiry_asset **out, size_t *n, struct err *e) MUST_CHECK;

#endif
