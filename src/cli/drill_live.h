/* drill_live.h — a drill one step at a time, with decisions asked of the participants. Private to cmd_drill. */
#ifndef TOBAN_CLI_DRILL_LIVE_H
#define TOBAN_CLI_DRILL_LIVE_H

#include "cli/drill_print.h"

/* Reads stdin, a line a step; "q" or its end ends the drill early. What was decided is appended to
 * path (JSON Lines, made with mode 0600), each with moment and name; an exercise that ends with a decision has an audit row. 0, or negative with v->c->err filled. */
int drill_live(const struct drill_view *v, const char *path) MUST_CHECK;

#endif
