/* Playbooks that a site writes, and what plans make of them with a ledger that strangers wrote. */
#include <stdint.h>

#include "codec/json.h"
#include "contain/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draft(const struct playbook *p, struct str cell, struct arena *a)
{
    struct asset as[2] = {{.key = cell, .name = cell, .ip = cell, .owner = cell, .purpose = cell, .place = cell, .department = cell, .organisation = cell, .count = 2},
                          {.key = STR_LIT("k"), .name = cell, .ip = cell, .kind = STR_LIT("domain controller"), .count = 1}};
    struct plan_machine m[2] = {{STR_LIT("main"), &as[0]}, {STR_LIT("main"), &as[1]}};
    struct plan_input in = {.book = p, .case_id = 1, .machine = m, .machine_n = 1, .ledger = m, .ledger_n = 2, .site = {cell, cell}};
    struct containment out;
    struct err e = {0};
    if (plan_draft(&in, a, &out, &e))
        __builtin_trap();
    for (size_t i = 0; i < out.action_n; i++)
        if (!json_parse(a, out.action[i].commands, &e))
            __builtin_trap();
}

/* The first line is a cell of the ledger; the rest is the playbook. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err e = {0};
    struct playbook p;
    struct str rest = str_n((const char *)data, size), cell;
    if (size <= LIMIT_PLAYBOOK && str_line_next(&rest, &cell) && playbook_parse(&p, STR_LIT("fuzz"), rest, "fuzz", &a, &e) == 0)
        draft(&p, cell, &a);
    arena_release(&a);
    return 0;
}
