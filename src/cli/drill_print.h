/* drill_print.h — a drill on the screen and as JSON. Private to cmd_drill. */
#ifndef TOBAN_CLI_DRILL_PRINT_H
#define TOBAN_CLI_DRILL_PRINT_H

#include "app/app_drill.h"
#include "cli/list.h"

struct drill_view {
    struct cli *c;
    const struct drill_result *r;
    const struct drill_options *o;
    int zone;
};
/* "2021-03-03 10:00", or the day alone where only that is recorded. In c->a. */
const char *drill_print_when(const struct drill_view *v, const struct drill_when *w);
void drill_print_head(const struct drill_view *v);
/* What one day brought: milestones, notices, what you would have been told. */
void drill_print_day(const struct drill_view *v, const struct drill_day *d);
void drill_print_figures(const struct drill_view *v);
/* As a table, or as CSV. */
void drill_print_machines(const struct drill_view *v);
void drill_print_json(const struct drill_view *v);

#endif
