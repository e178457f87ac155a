/* contain: plans drafted from playbooks, approved by a person, carried out by people. */
#include "cli/case_print.h"
#include "cli/contain_print.h"

#define OPT_WHY {"why", "TEXT", TR("the reason; it is kept with your name and the time"), NULL}
#define OPT_END {NULL, NULL, NULL, NULL}

static int show(struct cli *c, int64_t id)
{
    struct containment p;
    if (app_contain_get(c->app, id, &c->a, &p, &c->err))
        return cli_fail(c);
    return contain_print(c, &p);
}

/* ---- plan, list, show ---- */

static int run_plan(struct cli *c)
{
    int64_t case_id, *id;
    size_t n, asset_n = 0;
    struct str *asset = arena_array(&c->a, struct str, c->opt_n + 1);
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &case_id))
        return cli_fail(c);
    for (size_t i = 0; i < c->opt_n; i++)
        if (strcmp(c->opt[i].name, "asset") == 0)
            asset[asset_n++] = str_of(c->opt[i].value);
    if (app_contain_plan(c->app, case_id, asset, asset_n, case_text(c, "playbook"), &c->a, &id, &n, &c->err))
        return cli_fail(c);
    if (n == 1 || c->format == FORMAT_TABLE) {
        for (size_t i = 0; i < n; i++)
            if (show(c, id[i]))
                return cli_fail(c);
        return EXIT_DONE;
    }
    struct list t; /* one document, whatever the number of plans */
    list_init(&t, c, "toban.contain.plan/1");
    list_column(&t, "id", TR("No."), 0);
    for (size_t i = 0; i < n; i++)
        list_cellf(&t, "B-%lld", (long long)id[i]);
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_contain_plan = {
    .name = "contain plan",
    .args = "C-NUMBER",
    .summary = TR("draft a containment plan from a playbook and the ledger"),
    .about = TR("For the machines of the case that are compromised or suspicious and not contained, or those named. Each gets the\n"
                "playbook that fits its product, kind or use (rules, folder playbooks/); machines of different playbooks get\n"
                "plans of their own. The plan says what each action does, how it is undone, who owns it and what else stops, with\n"
                "commands for common systems. They are there to be read and copied: toban never runs them. What the ledger does\n"
                "not say, or says in a form that is not plainly a name or an address, stays as a mark to be filled in."),
    .examples = "  toban contain plan C-1\n  toban contain plan C-1 --asset mail-shop --playbook mail-server",
    .opt = (const struct cli_opt[]){{"asset", "ASSET", TR("only this machine; may be given several times"), NULL},
                                    {"playbook", "NAME", TR("this playbook, whatever fits"), NULL},
                                    OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_plan};

static int run_list(struct cli *c)
{
    int64_t case_id = 0;
    struct containment *p;
    size_t n;
    if (cli_app(c) || !case_option(c, &case_id) || app_contain_list(c->app, case_id, &c->a, &p, &n, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.contain.list/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "case", TR("Case"), 0);
    list_column(&t, "title", TR("Title"), LIST_WIDE);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "drafted_by", TR("Drafted by"), 0);
    list_column(&t, "approved_by", TR("Approved by"), 0);
    list_column(&t, "actions", TR("Actions"), LIST_NUMBER);
    list_column(&t, "open", TR("Not done"), LIST_NUMBER);
    list_column(&t, "wants_undoing", TR("Wants undoing"), LIST_NUMBER);
    for (size_t i = 0; i < n; i++) {
        const struct containment_event *ev = plan_approval(&p[i]);
        enum plan_state s = plan_state_of(&p[i]);
        size_t open = 0, due = 0;
        for (size_t k = 0; k < p[i].action_n; k++) {
            when_t since;
            open += plan_action_state_of(&p[i], &p[i].action[k], NULL) == PLAN_ACTION_OPEN;
            due += plan_wants_undoing(&p[i], &p[i].action[k], clock_now(), &since);
        }
        list_cellf(&t, "B-%lld", (long long)p[i].id);
        list_cellf(&t, "C-%lld", (long long)p[i].case_id);
        list_cell(&t, p[i].title);
        list_cells(&t, c->format == FORMAT_TABLE ? contain_print_state(s) : plan_state_name(s));
        list_cell(&t, p[i].who);
        list_cell(&t, ev && ev->kind == CONTAINMENT_APPROVED ? ev->who : (struct str){0});
        list_cellf(&t, "%zu", p[i].action_n);
        list_cellf(&t, "%zu", open);
        list_cellf(&t, "%zu", due);
    }
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_contain_list = {
    .name = "contain list",
    .args = "",
    .summary = TR("containment plans, and how far each has come"),
    .about = TR("Counts the actions that are open, and those whose day of undoing has come."),
    .opt = (const struct cli_opt[]){{"case", "C-NUMBER", TR("only those of this case"), NULL}, OPT_END},
    .run = run_list};

static int run_show(struct cli *c)
{
    int64_t id;
    if (cli_app(c) || !case_number(c, c->arg[0], "B-", &id))
        return cli_fail(c);
    return show(c, id);
}

const struct cli_cmd cmd_contain_show = {
    .name = "contain show",
    .args = "B-NUMBER",
    .summary = TR("one containment plan with its commands and what was done"),
    .about = TR("First what wants undoing, then how to reach people if mail is not to be relied on, what stops, whom to tell, and\n"
                "each action with its commands in blocks to copy."),
    .min_args = 1,
    .max_args = 1,
    .run = run_show};

/* ---- approve, refuse ---- */

static int decide(struct cli *c, bool approve)
{
    int64_t id;
    if (cli_app(c) || !case_number(c, c->arg[0], "B-", &id) || app_contain_decide(c->app, id, approve, case_text(c, "why"), &c->err))
        return cli_fail(c);
    if (!c->quiet)
        printf(approve ? tr("B-%lld is approved\n") : tr("B-%lld is refused\n"), (long long)id);
    return EXIT_DONE;
}

static int run_approve(struct cli *c)
{
    return decide(c, true);
}

const struct cli_cmd cmd_contain_approve = {
    .name = "contain approve",
    .args = "B-NUMBER",
    .summary = TR("approve a containment plan"),
    .about = TR("Nothing of a plan counts as done before a person approved it. Who may is the setting approve.people; with\n"
                "approve.four_eyes the one who drafted it cannot. What was approved does not change any more."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_approve};

static int run_refuse(struct cli *c)
{
    return decide(c, false);
}

const struct cli_cmd cmd_contain_refuse = {
    .name = "contain refuse",
    .args = "B-NUMBER",
    .summary = TR("refuse a containment plan, or withdraw one's own draft"),
    .about = TR("It stays on record with the reason; another one may be drafted for the same machines."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_refuse};

/* ---- done, undone, skip ---- */

static int act(struct cli *c, enum containment_event_kind kind)
{
    struct contain_act x = {.kind = kind, .why = case_text(c, "why"), .undo_by = WHEN_NONE};
    int *number = arena_array(&c->a, int, c->arg_n);
    struct contain_change *change;
    struct containment p;
    struct case_file f;
    size_t n;
    if (cli_app(c) || !case_number(c, c->arg[0], "B-", &x.plan) || (kind == CONTAINMENT_DONE && !cli_when(c, "undo-by", &x.undo_by)))
        return cli_fail(c);
    for (size_t i = 1; i < c->arg_n; i++) {
        int64_t v;
        if (!num_i64(str_of(c->arg[i]), &v) || v < 1 || v > INT32_MAX)
            return cli_usage(c, "\"%s\" is not the number of an action", c->arg[i]);
        number[x.n++] = (int)v;
    }
    x.number = number;
    if (app_contain_act(c->app, &x, &c->a, &change, &n, &c->err) || app_contain_get(c->app, x.plan, &c->a, &p, &c->err) ||
        stage_remediate_load(app_world(c->app), p.case_id, &c->a, &f, &c->err))
        return cli_fail(c);
    for (size_t i = 0; i < n && !c->quiet; i++)
        printf(change[i].contained ? tr("C-%lld  %.*s  contained\n") : tr("C-%lld  %.*s  NOT contained any more\n"), (long long)p.case_id,
               STR_ARG(list_safe(&c->a, app_contain_name(&f, change[i].ledger, change[i].key))));
    if (!c->quiet)
        printf("B-%lld  %s\n", (long long)p.id, contain_print_state(plan_state_of(&p)));
    return EXIT_DONE;
}

static int run_done(struct cli *c)
{
    return act(c, CONTAINMENT_DONE);
}

const struct cli_cmd cmd_contain_done = {
    .name = "contain done",
    .args = "B-NUMBER ACTION…",
    .summary = TR("record that actions of an approved plan were carried out"),
    .about = TR("Your word that it was done, by whatever hands; nothing is run. When the last required action of a machine is\n"
                "done, the case has it as contained. Actions that are done for a time are reminded of when that is over:\n"
                "in contain show, case show and the round."),
    .examples = "  toban contain done B-1 3 4 --why \"port Gi1/0/12 shut by ito\"",
    .opt = (const struct cli_opt[]){OPT_WHY, {"undo-by", "DATE", TR("when it wants undoing; default: as the playbook says"), NULL}, OPT_END},
    .min_args = 2,
    .max_args = -1,
    .run = run_done};

static int run_undone(struct cli *c)
{
    return act(c, CONTAINMENT_UNDONE);
}

const struct cli_cmd cmd_contain_undone = {
    .name = "contain undone",
    .args = "B-NUMBER ACTION…",
    .summary = TR("record that actions were undone again"),
    .about = TR("A machine whose required action is undone before it is patched is not contained any more, and its patch is\n"
                "refused again. After the patch it is back in service."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_END},
    .min_args = 2,
    .max_args = -1,
    .run = run_undone};

static int run_skip(struct cli *c)
{
    return act(c, CONTAINMENT_SKIPPED);
}

const struct cli_cmd cmd_contain_skip = {
    .name = "contain skip",
    .args = "B-NUMBER ACTION…",
    .summary = TR("record that actions do not apply here"),
    .about = TR("With the reason. To leave out a required action is to change what was approved: it takes an approver, and at\n"
                "least one required action has to be done for a machine to count as contained."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_END},
    .min_args = 2,
    .max_args = -1,
    .run = run_skip};
