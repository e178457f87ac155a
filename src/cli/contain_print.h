/* contain_print.h — containment plans on the screen and as JSON; reminders of what wants undoing. */
#ifndef TOBAN_CLI_CONTAIN_PRINT_H
#define TOBAN_CLI_CONTAIN_PRINT_H

#include "app/app_contain.h"
#include "cli/cli.h"
#include "codec/json.h"

/* The whole plan, commands in blocks to copy; gives the exit code. */
int contain_print(struct cli *c, const struct containment *p);
/* "draft", … in the thread's language. */
const char *contain_print_state(enum plan_state s);
/* One line each: "wants undoing since …"; nothing when there are none. */
void contain_print_reminders(struct cli *c, FILE *out, const struct app_contain_reminder *r, size_t n);
/* Member "wants_undoing" of the object being written. */
void contain_json_reminders(struct json_writer *w, const struct app_contain_reminder *r, size_t n);

#endif
