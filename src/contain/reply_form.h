/* reply_form.h — the reply form of an enquiry 回答票, filled in and sent back.
 *
 * A form is lines "[tag] label: answer"; the tags are fixed, the labels are in any language. An answer
 * may go on in the lines that follow, up to the next tag or a line that begins with "-----". Quote marks
 * of mail (">") before a line are passed over, brackets and colons may be full width. Any encoding of
 * charset.h. What stands outside of the form is not read. A tag given twice: the last that is filled in
 * counts, so that an answer below a quoted empty form is found.
 * Tags: enquiry, runs, product, version, machines, found, patched, contact, note.
 *
 * Pure. Bounds: LIMIT_REPLY_FORM, and LIMIT_LEDGER_CELL an answer.
 */
#ifndef TOBAN_CONTAIN_REPLY_FORM_H
#define TOBAN_CONTAIN_REPLY_FORM_H

#include "base/base.h"

struct reply_form {
    int64_t enquiry; /* 0: not stated, or not a number such as E-3 */
    struct str runs; /* "yes" "no" "unknown"; "" when not stated, or none of them could be told */
    struct str runs_written;
    struct str product, version, machines, found, patched, contact, note;
};
/* Copies into the arena, UTF-8. ERR_INPUT when no line of it is of a form. */
int reply_form_read(struct str bytes, struct arena *a, struct reply_form *out, struct err *e) MUST_CHECK;
/* "yes", "はい", "いいえ", "無", "○" … to yes, no, unknown; "" when it is none of them. Static storage. */
struct str reply_form_runs(struct str written);

#endif
