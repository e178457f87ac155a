/* enquiry.h — where an enquiry to a contractor 照会 stands, and its words.
 *
 * Pure. The words are templates, rules/contacts/ask.LANG.txt: text with {placeholders}; lines that
 * begin with # before the first other line are comments. A line with a placeholder that is known and
 * empty is left out as a whole.
 */
#ifndef TOBAN_CONTAIN_ENQUIRY_H
#define TOBAN_CONTAIN_ENQUIRY_H

#include "model/containment.h"

enum enquiry_state { ENQUIRY_DRAFT, ENQUIRY_WAITING, ENQUIRY_DONE, ENQUIRY_GONE }; /* GONE: withdrawn */
const char *enquiry_state_name(enum enquiry_state s); /* draft sent answered withdrawn: never translated */

struct enquiry_status {
    enum enquiry_state state;
    bool overdue;  /* past its day without an answer, sent or not */
    int64_t late;  /* whole days past it */
    int reminders;
    const struct enquiry_event *sent, *reminded, *answer; /* the last of each; NULL */
};
struct enquiry_status enquiry_status(const struct enquiry *q, when_t now);

struct enquiry_count {
    size_t open, overdue, draft; /* open: not answered and not withdrawn; the others are part of it */
};
/* case_id 0: all. */
struct enquiry_count enquiry_count(const struct enquiry *q, size_t n, int64_t case_id, when_t now);

struct enquiry_field {
    const char *name;
    struct str value;
};
/* ERR_INPUT with file and line for a placeholder that is not in the list, ERR_LIMIT when the text
 * becomes larger than out may be. */
int enquiry_render(struct str text, const char *file, const struct enquiry_field *f, size_t n, struct buf *out,
                   struct err *e) MUST_CHECK;

#endif
