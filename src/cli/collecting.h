/* collecting.h — a visit to sources with progress, shared by collect and round. */
#ifndef TOBAN_CLI_COLLECTING_H
#define TOBAN_CLI_COLLECTING_H

#include "cli/cli.h"
#include "cli/progress.h"
#include "loop/stage_assess.h"
#include "loop/stage_collect.h"

struct collecting_sum {
    size_t failed, refused;
    bool interrupted;
};
int collecting_run(struct cli *c, const struct world_source *list, size_t n, bool only_due, struct collecting_sum *sum);
/* Is this source visited when none is named? */
bool collecting_wanted(const struct cli *c, const struct world_source *ws);
void sources_table(struct cli *c, const struct source_age *age, size_t n);

#endif
