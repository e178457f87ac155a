/* investigate_print.h — the answer of a sweep on the screen. Private to cmd_investigate. */
#ifndef TOBAN_CLI_INVESTIGATE_PRINT_H
#define TOBAN_CLI_INVESTIGATE_PRINT_H

#include "cli/cli.h"
#include "investigate/report.h"

void investigate_print(struct cli *c, const struct sweep *s, const struct report_diff *diff, bool all);

#endif
