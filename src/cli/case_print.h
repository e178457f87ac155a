/* case_print.h — one case for people or programs; shared by the verbs of cases and fixes. */
#ifndef TOBAN_CLI_CASE_PRINT_H
#define TOBAN_CLI_CASE_PRINT_H

#include "app/app_case.h"
#include "cli/list.h"

/* The whole case: machines with state and what holds them up, plans, steps. */
int case_print(struct cli *c, const struct case_file *f) MUST_CHECK;
/* What a sync concluded, one line each, on out. */
void case_print_changes(struct cli *c, FILE *out, const struct remediate_change *change, size_t n);
/* "C-1" → 1; false and a usage error in c->err. */
bool case_number(struct cli *c, const char *text, const char *prefix, int64_t *out);
/* --case, else 0. */
bool case_option(struct cli *c, int64_t *out);
/* Loads the case and prints it; gives the exit code. */
int case_show(struct cli *c, int64_t id);
/* Takes one step on each machine named from arg `first` up to `last` (exclusive), and tells their new state. */
int case_steps(struct cli *c, size_t first, size_t last, const struct case_step *step);
/* The words of --why; "" when not given. */
struct str case_text(const struct cli *c, const char *option);
/* A waiver in words: asked by whom, given by whom and why; "" when there is none. */
struct str case_waiver(struct cli *c, const struct case_asset *as);

#endif
