/* case: opening, looking, deciding, closing. */
#include "app/app_enquiry.h"
#include "cli/case_print.h"
#include "cli/contact_print.h"

#define OPT_CASE {"case", "C-NUMBER", TR("the case, when the machine is part of several"), NULL}
#define OPT_WHY {"why", "TEXT", TR("the reason; it is kept with your name and the time"), NULL}
#define OPT_END {NULL, NULL, NULL, NULL}

static int run_open(struct cli *c)
{
    struct str *origin = arena_array(&c->a, struct str, c->arg_n + 1);
    int64_t id;
    for (size_t i = 0; i < c->arg_n; i++)
        origin[i] = str_of(c->arg[i]);
    if (cli_app(c) || app_case_open(c->app, origin, c->arg_n, case_text(c, "title"), &id, &c->err))
        return cli_fail(c);
    return case_show(c, id);
}

const struct cli_cmd cmd_case_open = {
    .name = "case open",
    .args = "[F-NUMBER|N-NUMBER|CVE…]",
    .summary = TR("make a case of a finding, a notice or a CVE"),
    .about = TR("A case holds vulnerabilities, the machines they concern, and what people decide about them. Its machines are\n"
                "kept in step with the ledger and the findings: every round, and before every step. Machines that the\n"
                "vendor's data decide are triaged by rule; the others wait for a person. Without an origin a title is needed."),
    .examples = "  toban case open N-1\n  toban case open CVE-2021-26855 CVE-2021-26857 --title ProxyLogon",
    .opt = (const struct cli_opt[]){{"title", "TEXT", TR("title; default: the notice's, or the CVE"), NULL}, OPT_END},
    .max_args = -1,
    .run = run_open};

struct counts {
    size_t open, unverified, waived, mitigated;
    when_t deadline;
};

static struct counts count(const struct case_file *f, when_t now)
{
    struct counts n = {.deadline = WHEN_NONE};
    for (size_t i = 0; i < f->member_n; i++) {
        const struct case_member *m = &f->member[i];
        bool live = !m->a.closed && !m->a.verify && m->a.triage != CASE_NOT_AFFECTED;
        n.open += !m->a.closed;
        n.unverified += gate_state(&m->a, now) == CASE_PATCHED;
        n.waived += m->a.waive != NULL;
        n.mitigated += gate_mitigated(&m->a, now);
        if (live && m->look && m->look->deadline != WHEN_NONE && (n.deadline == WHEN_NONE || m->look->deadline < n.deadline))
            n.deadline = m->look->deadline;
    }
    return n;
}

static void list_row(struct list *t, const struct case_file *f, const struct enquiry_count *q, int zone_s)
{
    char opened[CLOCK_ISO_SIZE], deadline[CLOCK_ISO_SIZE];
    struct counts n = count(f, clock_now());
    clock_date(f->head.opened, zone_s, opened);
    clock_date(n.deadline, zone_s, deadline);
    list_cellf(t, "C-%lld", (long long)f->head.id);
    list_cell(t, f->head.title);
    if (t->c->format == FORMAT_TABLE)
        list_cells(t, f->head.closed ? tr("closed") : tr("open"));
    else
        list_cells(t, f->head.closed ? "closed" : "open");
    list_cells(t, opened);
    list_cellf(t, "%zu", f->member_n);
    list_cellf(t, "%zu", n.open);
    list_cellf(t, "%zu", n.mitigated);
    list_cellf(t, "%zu", n.unverified);
    list_cellf(t, "%zu", n.waived);
    list_cells(t, n.deadline == WHEN_NONE ? "" : deadline);
    list_cellf(t, "%zu", q->open);
    list_cellf(t, "%zu", q->overdue);
}

static int run_list(struct cli *c)
{
    struct case_head *head;
    struct enquiry *enquiry;
    size_t n, enquiry_n;
    if (cli_app(c) || case_store_heads(app_world(c->app)->db, 0, &c->a, &head, &n, &c->err) ||
        app_enquiries(c->app, &c->a, &enquiry, &enquiry_n, &c->err) || contact_print_lead_now(c))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.case.list/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "title", TR("Title"), LIST_WIDE);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "opened", TR("Opened"), 0);
    list_column(&t, "machines", TR("Machines"), LIST_NUMBER);
    list_column(&t, "not_closed", TR("Not closed"), LIST_NUMBER);
    list_column(&t, "mitigated", TR("Mitigated, not fixed"), LIST_NUMBER);
    list_column(&t, "unverified", TR("Unverified"), LIST_NUMBER);
    list_column(&t, "waived", TR("Waived"), LIST_NUMBER);
    list_column(&t, "deadline", TR("Deadline"), 0);
    list_column(&t, "enquiries_open", TR("Unanswered enquiries"), LIST_NUMBER);
    list_column(&t, "enquiries_overdue", TR("Overdue"), LIST_NUMBER);
    for (size_t i = 0; i < n; i++) {
        struct case_file f;
        struct enquiry_count open = enquiry_count(enquiry, enquiry_n, head[i].id, clock_now());
        if (stage_remediate_load(app_world(c->app), head[i].id, &c->a, &f, &c->err))
            return cli_fail(c);
        if (!f.head.closed || cli_has(c, "all"))
            list_row(&t, &f, &open, config_zone(c->config));
    }
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_case_list = {
    .name = "case list",
    .args = "",
    .summary = TR("cases with what is still open in them"),
    .about = TR("Counts machines that are not closed, mitigated but not fixed, patched but unverified, and waived; the\n"
                "earliest deadline among them; and enquiries to contractors without an answer."),
    .opt = (const struct cli_opt[]){{"all", NULL, TR("closed cases, too"), NULL}, OPT_END},
    .run = run_list};

static int run_show(struct cli *c)
{
    int64_t id;
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &id))
        return cli_fail(c);
    return case_show(c, id);
}

const struct cli_cmd cmd_case_show = {
    .name = "case show",
    .args = "C-NUMBER",
    .summary = TR("one case: machines, what holds them up, plans, timeline"),
    .about = TR("Shows each machine's state as of this moment: a mitigation that ran out shows as open again without anybody\n"
                "touching it, and a patch without a newer inventory as unverified, with its age."),
    .min_args = 1,
    .max_args = 1,
    .run = run_show};

static int run_sync(struct cli *c)
{
    int64_t id = 0;
    struct remediate_change *change;
    size_t n;
    if (cli_app(c) || (c->arg_n && !case_number(c, c->arg[0], "C-", &id)) || app_case_sync(c->app, id, &c->a, &change, &n, &c->err))
        return cli_fail(c);
    case_print_changes(c, stdout, change, n);
    return EXIT_DONE;
}

const struct cli_cmd cmd_case_sync = {
    .name = "case sync",
    .args = "[C-NUMBER]",
    .summary = TR("bring cases in step with the ledger and the findings"),
    .about = TR("A round does this by itself. New machines join, mitigations that ran out are recorded, patches are verified by\n"
                "an inventory newer than they are, and machines whose build went backwards are opened again."),
    .max_args = 1,
    .run = run_sync};

static int case_level(struct cli *c, struct case_step *s)
{
    struct app_case_target t = {0};
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &t.case_id) || app_case_step(c->app, &t, s, &c->err))
        return cli_fail(c);
    return EXIT_DONE;
}

static int run_note(struct cli *c)
{
    struct case_step s = {.kind = STEP_NOTE, .why = str_of(c->arg[1]), .until = WHEN_NONE};
    return case_level(c, &s);
}

const struct cli_cmd cmd_case_note = {
    .name = "case note",
    .args = "C-NUMBER TEXT",
    .summary = TR("write something down in a case"),
    .about = TR("The note is kept with your name and the time; notes are never changed or removed."),
    .min_args = 2,
    .max_args = 2,
    .run = run_note};

static int run_person(struct cli *c)
{
    struct case_step s = {.kind = STEP_PERSON, .owner = str_of(c->arg[1]), .value = str_of(c->arg[2]), .until = WHEN_NONE};
    return case_level(c, &s);
}

const struct cli_cmd cmd_case_person = {
    .name = "case person",
    .args = "C-NUMBER NAME ROLE",
    .summary = TR("name somebody who takes part, and their role"),
    .about = TR("People and their roles stand at the head of the case."),
    .min_args = 3,
    .max_args = 3,
    .run = run_person};

static int run_add(struct cli *c)
{
    int64_t id;
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &id))
        return cli_fail(c);
    for (size_t i = 1; i < c->arg_n; i++) {
        struct str s = str_of(c->arg[i]);
        int rc = str_starts(s, "CVE-") ? app_case_add_vuln(c->app, id, s, &c->err) : app_case_add_asset(c->app, id, s, &c->err);
        if (rc)
            return cli_fail(c);
    }
    return EXIT_DONE;
}

const struct cli_cmd cmd_case_add = {
    .name = "case add",
    .args = "C-NUMBER CVE|ASSET…",
    .summary = TR("add a vulnerability or a machine to a case"),
    .about = TR("A vulnerability brings the machines it concerns. A machine that is added by hand is triaged by hand."),
    .min_args = 2,
    .max_args = -1,
    .run = run_add};

static int run_triage(struct cli *c)
{
    struct case_step s = {.kind = STEP_TRIAGE, .value = str_of(c->arg[c->arg_n - 1]), .detail = case_text(c, "justification"), .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, c->arg_n - 1, &s);
}

const struct cli_cmd cmd_case_triage = {
    .name = "case triage",
    .args = "ASSET… affected|not-affected|unknown",
    .summary = TR("say whether machines are affected"),
    .about = TR("Your word stands against the matching for the software it was given about. \"not-affected\" needs one of the\n"
                "justifications of VEX: component_not_present, vulnerable_code_not_present,\n"
                "vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary,\n"
                "inline_mitigations_already_exist."),
    .opt = (const struct cli_opt[]){{"justification", "NAME", TR("why it is not affected"), NULL}, OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 2,
    .max_args = -1,
    .run = run_triage};

static int run_check(struct cli *c)
{
    struct case_step s = {.kind = STEP_CHECK, .value = str_of(c->arg[1]), .detail = case_text(c, "coverage"), .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, 1, &s);
}

const struct cli_cmd cmd_case_check = {
    .name = "case check",
    .args = "ASSET clean|not-established|suspicious|compromised",
    .summary = TR("record what the look for traces of a break-in said"),
    .about = TR("\"clean\" needs its coverage: what was looked at, and from when to when. \"not-established\" opens no gate: look\n"
                "further, or have an approver waive it. A compromised machine is contained before it is patched."),
    .examples = "  toban case check mail-osaka clean --coverage \"IIS and ECP logs since 2021-02-26\" --why \"no trace found\"",
    .opt = (const struct cli_opt[]){{"coverage", "TEXT", TR("what was looked at, and from when to when"), NULL}, OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 2,
    .max_args = 2,
    .run = run_check};

static int run_contained(struct cli *c)
{
    struct case_step s = {.kind = STEP_CONTAIN, .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, c->arg_n, &s);
}

const struct cli_cmd cmd_case_contained = {
    .name = "case contained",
    .args = "ASSET…",
    .summary = TR("record that machines are contained, and how"),
    .about = TR("For what was done by hand; --why says how: taken off the network, kept from the directory."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_contained};

static int run_close(struct cli *c)
{
    int64_t id;
    struct case_file f;
    struct case_step s = {.kind = STEP_CLOSE, .why = case_text(c, "why"), .until = WHEN_NONE};
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &id))
        return cli_fail(c);
    for (size_t i = 1; i < c->arg_n; i++) {
        struct app_case_target t;
        if (app_case_find(c->app, str_of(c->arg[i]), id, &c->a, &t, &c->err) || app_case_step(c->app, &t, &s, &c->err))
            return cli_fail(c);
    }
    if (c->arg_n > 1)
        return EXIT_DONE;
    if (stage_remediate_load(app_world(c->app), id, &c->a, &f, &c->err))
        return cli_fail(c);
    int rc = EXIT_DONE;
    for (size_t i = 0; i < f.member_n; i++) {
        struct app_case_target t = {id, f.member[i].a.ledger, f.member[i].a.key, f.member[i].look ? f.member[i].look->name : f.member[i].a.key};
        if (!f.member[i].a.closed && app_case_step(c->app, &t, &s, &c->err))
            rc = cli_fail(c);
    }
    if (rc)
        return rc;
    struct app_case_target t = {.case_id = id};
    return app_case_step(c->app, &t, &s, &c->err) ? cli_fail(c) : EXIT_DONE;
}

const struct cli_cmd cmd_case_close = {
    .name = "case close",
    .args = "C-NUMBER [ASSET…]",
    .summary = TR("close machines, or a case with all of them"),
    .about = TR("A machine is closed when it is not affected, with a justification, or when a fresh inventory proves the fix.\n"
                "Whatever cannot be closed is named with what is missing (exit code 6); a mitigation closes nothing."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_close};
