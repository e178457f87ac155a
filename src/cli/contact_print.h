/* contact_print.h — contacts and enquiries on the screen; shared by the verbs that lead with them. */
#ifndef TOBAN_CLI_CONTACT_PRINT_H
#define TOBAN_CLI_CONTACT_PRINT_H

#include "app/app_enquiry.h"
#include "cli/cli.h"
#include "codec/json.h"

/* What stands before everything while mail is not to be relied on; nothing while it is. */
void contact_print_lead(struct cli *c, FILE *out, const struct app_lead *l);
/* The same for a list of its own: by what is affected now; on stderr where stdout is for programs. Negative with c->err. */
int contact_print_lead_now(struct cli *c) MUST_CHECK;
/* Members "mail_affected" and "call" of the object being written. */
void contact_json_lead(struct json_writer *w, const struct app_lead *l);
/* "enquiries: 2 without an answer, 1 of them overdue"; nothing when there are none. */
void contact_print_enquiries(FILE *out, const struct enquiry_count *n);
/* Member "enquiries": {"open":n,"overdue":n}. */
void contact_json_enquiries(struct json_writer *w, const struct enquiry_count *n);

/* contact_tree.c */
void contact_print_tree(struct cli *c, const struct call_tree *t);
void contact_json_tree(const struct call_tree *t, const struct app_lead *lead);

#endif
