/* round_print.h — today's list on the screen and as JSON. Private to cmd_round. */
#ifndef TOBAN_CLI_ROUND_PRINT_H
#define TOBAN_CLI_ROUND_PRINT_H

#include "cli/cli.h"
#include "loop/round.h"
#include "loop/stage_collect.h"

struct round_view {
    struct cli *c;
    const struct round_result *r;
    const struct source_age *age;
    size_t age_n, stale;
    const struct ledger *ledger;
    when_t as_of, since;
    size_t unnamed;
    bool all;
};
void round_print_text(const struct round_view *v);
void round_print_json(const struct round_view *v);
void round_print_csv(const struct round_view *v);

#endif
