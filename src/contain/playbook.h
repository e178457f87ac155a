/* playbook.h — a playbook 封じ込め手順書 as text: what to do when a kind of system is broken into.
 *
 * A line is KEY = VALUE; '#' begins a comment line, blank lines are passed over. Texts take a language
 * behind the key (title.ja, title.en) or none (for both); the same key again adds a line to the text.
 *
 *   title, intro, stops, experts   texts of the playbook: its name for people, what it is for, what else
 *                                  stops (a line an item), when to call outside experts (a line an item)
 *   product = vendor:product, …    it is for machines with one of these,
 *   kind = word, …                 or of a kind with such a word,
 *   purpose = word, …              or of a use with such a word
 *   directory = word, …            the use or kind of directory servers ({dc_ip}, {dc_name})
 *
 *   action = NAME                  one thing to do; its lines follow
 *     title, effect, undo, owner   texts
 *     per = machine | plan         for each machine (default), or once
 *     only = contractor | batch    only for machines that a contractor runs, or that one row counts several of
 *     required = yes | no          a machine counts as contained when all of these are done; default no
 *     undo-days = N                remind of undoing it after so many days; default 0: never
 *     on = SYSTEM                  commands for windows-firewall, nftables, …; its lines follow
 *       note                       text: where and as whom to run them
 *       do = LINE   back = LINE    a line to run; a line to undo it
 *
 *   tell = NAME                    somebody to be told; its lines follow
 *     title                        text: whom
 *     when, how                    texts
 *     only, per                    as above; default plan
 *
 * {name} and the like in texts and commands stand for what the ledger says (playbook_places). Commands
 * are shown, never run. Pure; immutable once parsed; everything lies in the arena.
 */
#ifndef TOBAN_CONTAIN_PLAYBOOK_H
#define TOBAN_CONTAIN_PLAYBOOK_H

#include "base/base.h"

struct playbook_text {
    struct str in[2]; /* by enum lang; lines with '\n' between; "": none */
};
struct playbook_command {
    struct str on;
    struct playbook_text note;
    struct str go, back; /* lines with '\n' between */
};
enum playbook_only { PLAYBOOK_ALWAYS, PLAYBOOK_CONTRACTOR, PLAYBOOK_BATCH };
struct playbook_action {
    struct str name;
    struct playbook_text title, effect, undo, owner;
    struct playbook_text when, how; /* of somebody to be told */
    bool tell, per_machine, required;
    enum playbook_only only;
    int undo_days;
    struct playbook_command *command;
    size_t command_n;
};
struct playbook {
    struct str name; /* the caller's; for messages and the plan */
    struct playbook_text title, intro, stops, experts;
    struct str *product, *kind, *purpose, *directory;
    size_t product_n, kind_n, purpose_n, directory_n;
    struct playbook_action *action; /* in the order of the file, people to tell among them */
    size_t action_n;
};

/* ERR_INPUT or ERR_LIMIT with file and line. Refused is, too, what could not be used: an action without
 * title, effect or undo, a name given twice, a place ({word}) that does not exist. */
int playbook_parse(struct playbook *out, struct str name, struct str bytes, const char *file, struct arena *a,
                   struct err *e) MUST_CHECK;
/* The text in a language; in the other when there is none. */
struct str playbook_say(const struct playbook_text *t, enum lang lang);

/* How well it fits a machine: 0 not at all; a product counts more than the kind, that more than the use.
 * Words are compared as written, without regard to ASCII case. */
int playbook_fits(const struct playbook *p, const struct str *product, size_t product_n, struct str kind,
                  struct str purpose);
bool playbook_word(const struct str *word, size_t n, struct str text);

/* What may stand in braces. */
enum playbook_place {
    PLAYBOOK_NAME,       /* host name */
    PLAYBOOK_ACCOUNT,    /* its account in the directory: the first label, at most 15 characters */
    PLAYBOOK_KEY,        /* management number */
    PLAYBOOK_IP,         /* its addresses: a line is repeated for each */
    PLAYBOOK_DC_NAME,    /* directory servers of the ledger */
    PLAYBOOK_DC_IP,
    PLAYBOOK_ADMIN_IP,   /* from which the contained machine is still reached (setting) */
    PLAYBOOK_VLAN,       /* of quarantine (setting) */
    PLAYBOOK_PORT,       /* of the switch: no ledger says it */
    PLAYBOOK_CASE,       /* C-1 */
    PLAYBOOK_OWNER, PLAYBOOK_DEPARTMENT, PLAYBOOK_PLACE, PLAYBOOK_PURPOSE, PLAYBOOK_ORGANISATION, PLAYBOOK_CONTACT,
    PLAYBOOK_COUNT
};
enum { PLAYBOOK_PLACES = PLAYBOOK_COUNT + 1 };
extern const char *const playbook_places[PLAYBOOK_PLACES]; /* "name", "account", … */
/* The next {place} of s at or behind *pos: *pos its brace, *end behind the other; false when there is none.
 * Braces around anything but lower-case letters and '_' are text, and so is what
 * stands behind '$' or '{': { $_.Name }, ${x} are not places. *place is PLAYBOOK_PLACES for a word that is none. */
bool playbook_place_next(struct str s, size_t *pos, size_t *end, enum playbook_place *place);

#endif
