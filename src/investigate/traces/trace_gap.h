/* trace_gap.h — holes in a sequence of log files: hours or days for which there is no file.
 *
 * Logs that roll over name their files by the hour or the day (UTC for HttpProxy):
 * "HttpProxy_2021030312-1.LOG", "ECPServer20210303-1.LOG", "u_ex210303.log", "u_ex21030312.log". Give
 * the files of one folder in any order; those whose names carry no time count by their rows' times.
 * A quiet server writes no file either: a gap is a fact about the files, not about an attacker.
 * Threads: one at a time.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_GAP_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_GAP_H

#include "base/base.h"

struct trace_gap_file { /* private */
    when_t from, to;
    when_t step; /* an hour, a day; 0: from the rows */
};
struct trace_gap { /* zero it first */
    VEC(struct trace_gap_file) file;
    bool sorted;
};

/* The time a file's name carries and the length of time one such file is for; false when it carries none. */
bool trace_gap_name(struct str file_name, when_t *from, when_t *step);
/* first, last: of the rows, WHEN_NONE when there are none. */
void trace_gap_add(struct trace_gap *g, struct str file_name, when_t first, when_t last);
/* The next hole [from, to) at or behind index *at (start with 0); false when there is no other. Files without
 * a time in their names leave a hole where more than quiet passes between two of them. */
bool trace_gap_next(struct trace_gap *g, when_t quiet, size_t *at, when_t *from, when_t *to);
void trace_gap_release(struct trace_gap *g);

#endif
