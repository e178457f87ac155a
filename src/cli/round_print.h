/* round_print.h — today's list on the screen and as JSON. Private to cmd_round. */
#ifndef TOBAN_CLI_ROUND_PRINT_H
#define TOBAN_CLI_ROUND_PRINT_H

#include "cli/cli.h"
#include "cli/contact_print.h"
#include "cli/contain_print.h"
#include "loop/round.h"
#include "loop/stage_collect.h"
#include "loop/stage_remediate.h"

struct round_view {
    struct cli *c;
    const struct round_result *r;
    const struct source_age *age;
    size_t age_n, stale;
    const struct ledger *ledger;
    when_t as_of, since;
    size_t unnamed;
    const struct remediate_change *change; /* what became of the cases */
    size_t change_n;
    bool all;
    struct app_lead lead;           /* while mail is not to be relied on */
    struct enquiry_count enquiries; /* to contractors */
    struct app_contain_reminder *undo; /* done for a time that is over */
    size_t undo_n;
};
void round_print_text(const struct round_view *v);
void round_print_json(const struct round_view *v);
void round_print_csv(const struct round_view *v);

#endif
