/* trace_text_frame.h — where a JSON object or an <Event> element ends that may have many lines. Not for
 * others.
 *
 * Only brackets, quotes and tags are looked at: what is in between may be broken. A record that
 * is never closed ends where the next one clearly begins.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_FRAME_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_TEXT_FRAME_H

#include "investigate/traces/trace_text.h"

struct trace_text_scan { /* zero it before a record */
    unsigned depth;
    bool in_string, escaped, resync, begun;
    char before;
};

/* The beginning of the next record in s; s.n when there is none. *junk: there are bytes in front of it that
 * do not belong to a list. */
size_t trace_text_frame_start(enum trace_text_frame f, struct str s, bool *junk);
/* The bytes of s up to the end of the record begun; 0 when it does not end in s. */
size_t trace_text_frame_end(enum trace_text_frame f, struct trace_text_scan *c, struct str s);

#endif
