/* plan.h — a containment plan 封じ込め計画: drafted from a playbook and the ledger; how far it has come.
 *
 * Pure: machines, words and events in; text and states out. Results lie in the arena and may point into
 * the playbook and the machines given.
 */
#ifndef TOBAN_CONTAIN_PLAN_H
#define TOBAN_CONTAIN_PLAN_H

#include "contain/playbook.h"
#include "model/asset.h"
#include "model/containment.h"

/* ---- drafting ---- */

struct plan_machine {
    struct str ledger;
    const struct asset *asset;
};
struct plan_site {           /* what the site's settings say; "" : nothing */
    struct str admin_ip, vlan;
};
struct plan_input {
    const struct playbook *book;
    int64_t case_id;
    struct str who;
    when_t at;
    const struct plan_machine *machine; /* at most LIMIT_CONTAIN_MACHINES */
    size_t machine_n;
    const struct plan_machine *ledger; /* all of it, to tell what else is touched */
    size_t ledger_n;
    struct plan_site site;
};
/* Every action of the playbook and everybody to be told, in its order, for each machine where it is so
 * marked; in the thread's language. intro: what it is for, what else stops, the machines with use and owner,
 * what stands nearby, when to call experts. ERR_LIMIT when there are more machines. commands is JSON:
 * [{"on","note","do","undo","fill":[{"place","why"}]}], the last for the marks that are left in it. */
int plan_draft(const struct plan_input *in, struct arena *a, struct containment *out, struct err *e) MUST_CHECK;

/* ---- values for commands: plan_fill.c ----
 *
 * A ledger is written by many hands. Into a command goes only what cannot be anything but a name or an
 * address: host names of letters, digits, '.', '-', '_' that begin with a letter or digit; addresses that
 * parse as IPv4 or IPv6; VLANs 1 to 4094. Everything else becomes a mark such as "<fill in: ip>", and why
 * is told. In texts control characters become blanks, and long values are cut.
 */
struct plan_fill {
    struct str value[LIMIT_CONTAIN_VALUES]; /* several: the line is repeated */
    size_t n;
    const char *why; /* TR: why there is a mark; NULL */
};
struct plan_values {
    struct plan_fill place[PLAYBOOK_PLACES]; /* for commands */
    struct str text[PLAYBOOK_PLACES];        /* for texts */
};
/* m NULL: of the whole plan. */
void plan_values_of(const struct plan_input *in, const struct plan_machine *m, struct arena *a,
                    struct plan_values *out);
struct str plan_text(struct str template, const struct plan_values *v, struct arena *a);
/* template: of a parsed playbook. used marks the places that were met. */
struct str plan_commands(struct str template, const struct plan_values *v, bool used[PLAYBOOK_PLACES], struct arena *a);
/* The value of a ledger for people: one line, at most 200 bytes. */
struct str plan_plain(struct str s, struct arena *a);

/* ---- state: plan_state.c ---- */

enum plan_state { PLAN_DRAFT, PLAN_REFUSED, PLAN_APPROVED, PLAN_UNDER_WAY, PLAN_DONE };
const char *plan_state_name(enum plan_state s); /* draft refused approved under-way done: never translated */
enum plan_action_state { PLAN_ACTION_OPEN, PLAN_ACTION_DONE, PLAN_ACTION_UNDONE, PLAN_ACTION_SKIPPED };
const char *plan_action_state_name(enum plan_action_state s); /* open done undone skipped */

/* Done: every action was done, undone again, or skipped. */
enum plan_state plan_state_of(const struct containment *p);
/* *last, when not NULL: the event that made it so; NULL when open. */
enum plan_action_state plan_action_state_of(const struct containment *p, const struct containment_action *x,
                                            const struct containment_event **last);
const struct containment_event *plan_approval(const struct containment *p); /* or the refusal; NULL */
const struct containment_action *plan_action(const struct containment *p, int number);
/* Somebody to be told: nothing that could be undone. */
bool plan_tells(const struct containment_action *x);
/* Required actions of a machine, those of the whole plan among them: how many, and how many stand. */
struct plan_required {
    size_t n, done, skipped;
};
struct plan_required plan_required_of(const struct containment *p, struct str ledger, struct str key);
/* Approved, every required action done (or skipped: stage_contain says by whom), at least one done. */
bool plan_contained(const struct containment *p, struct str ledger, struct str key);
/* Done, and its day of undoing has come. since: that day. */
bool plan_wants_undoing(const struct containment *p, const struct containment_action *x, when_t now, when_t *since);

#endif
