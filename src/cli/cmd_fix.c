/* fix: plans, mitigations, patches, roll-backs, proofs, waivers. */
#include "cli/case_print.h"
#include "cli/contact_print.h"
#include "remediate/verify.h"

#define OPT_CASE {"case", "C-NUMBER", TR("the case, when the machine is part of several"), NULL}
#define OPT_WHY {"why", "TEXT", TR("the reason; it is kept with your name and the time"), NULL}
#define OPT_END {NULL, NULL, NULL, NULL}

static void members_of(const struct case_file *f, const struct case_plan *p, struct buf *out)
{
    for (size_t i = 0; i < f->member_n; i++) {
        const struct case_member *m = &f->member[i];
        if (stage_remediate_plan(f, &m->a) == p)
            buf_printf(out, "%s" STR_FMT "%s", out->n ? ", " : "", STR_ARG(m->look ? m->look->name : m->a.key),
                       m->a.waive ? tr(" (waived)") : "");
    }
}

static void put(const char *title, struct str value)
{
    if (value.n)
        printf("    %s: " STR_FMT "\n", title, STR_ARG(value));
}

static void print_plan(struct cli *c, const struct case_file *f, const struct case_plan *p, const struct app_windows *w)
{
    const char *missing[FIX_MISSING];
    struct buf b = BUF_INIT(MIB);
    struct window_span s;
    int zone = config_zone(c->config);
    members_of(f, p, &b);
    printf("P-%lld  C-%lld  " STR_FMT " -> " STR_FMT "\n", (long long)p->id, (long long)p->case_id, STR_ARG(p->product), STR_ARG(p->fixed));
    put(tr("machines"), buf_str(&b));
    put(tr("track"), str_of(str_is(p->track, "emergency") ? tr("emergency: now") : str_is(p->track, "regular") ? tr("regular: next window") : ""));
    put(tr("test"), p->test);
    put(tr("rollback"), p->rollback);
    put(tr("rolled back when"), p->trigger);
    put(tr("owner"), p->owner);
    if (p->window.n && app_window_next(w, p->window, clock_now(), zone, &s)) {
        char start[CLOCK_ISO_SIZE], end[CLOCK_ISO_SIZE];
        clock_minute(s.start, zone, start);
        clock_minute(s.end, zone, end);
        put(tr("window"), str_of(arena_printf(&c->a, tr("%.*s, next %s to %s"), STR_ARG(p->window), start, end)));
    } else if (p->window.n) {
        put(tr("window"), str_of(arena_printf(&c->a, tr("%.*s, which does not open again"), STR_ARG(p->window))));
    }
    size_t n = fix_missing(p, missing);
    for (size_t i = 0; i < n; i++)
        printf("    %s: %s\n", tr("MISSING"), missing[i]);
    buf_release(&b);
}

static void plan_rows(const struct case_file *f, struct list *t)
{
    for (size_t i = 0; i < f->plan_n; i++) {
        const struct case_plan *p = &f->plan[i];
        const char *missing[FIX_MISSING];
        struct buf b = BUF_INIT(MIB), lack = BUF_INIT(4 * KIB);
        size_t n = fix_missing(p, missing);
        members_of(f, p, &b);
        for (size_t k = 0; k < n; k++)
            buf_printf(&lack, "%s%s", k ? ", " : "", missing[k]);
        list_cellf(t, "P-%lld", (long long)p->id);
        list_cellf(t, "C-%lld", (long long)p->case_id);
        const struct str cell[] = {p->product, p->fixed, p->track, p->test, p->rollback, p->trigger, p->owner, p->window, buf_str(&b), buf_str(&lack)};
        for (size_t k = 0; k < ARRAY_LEN(cell); k++)
            list_cell(t, cell[k]);
        list_cells(t, n ? "no" : "yes");
        buf_release(&b);
        buf_release(&lack);
    }
}

/* Cases whose plans are shown: one, or all that are open. */
static int show_plans(struct cli *c, int64_t only, int64_t plan, bool *incomplete)
{
    struct case_head *head;
    struct app_windows w;
    struct list t;
    size_t n;
    const char *missing[FIX_MISSING];
    int rc = case_store_heads(app_world(c->app)->db, only, &c->a, &head, &n, &c->err);
    if (rc == 0)
        rc = app_windows(c->app, &c->a, &w, &c->err);
    if (rc)
        return rc;
    list_init(&t, c, "toban.fix.plan/1");
    static const char *const name[] = {"id", "case", "product", "fixed", "track", "test", "rollback", "trigger", "owner", "window", "machines", "missing", "complete"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        list_column(&t, name[i], name[i], 0);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct case_file f;
        rc = stage_remediate_load(app_world(c->app), head[i].id, &c->a, &f, &c->err);
        if (rc || (f.head.closed && !only))
            continue;
        for (size_t k = 0; k < f.plan_n; k++) {
            if (plan && f.plan[k].id != plan)
                continue;
            *incomplete |= fix_missing(&f.plan[k], missing) != 0;
            if (c->format == FORMAT_TABLE)
                print_plan(c, &f, &f.plan[k], &w);
        }
        if (c->format != FORMAT_TABLE)
            plan_rows(&f, &t);
    }
    if (c->format != FORMAT_TABLE)
        list_end(&t);
    else
        vec_release(&t.cell);
    return rc;
}

static bool says_something(const struct case_plan *p)
{
    return p->fixed.n || p->track.n || p->test.n || p->rollback.n || p->trigger.n || p->owner.n || p->window.n;
}

static int run_plan(struct cli *c)
{
    struct case_plan set = {.fixed = case_text(c, "fixed"), .track = case_text(c, "track"), .test = case_text(c, "test"),
                            .rollback = case_text(c, "rollback"), .trigger = case_text(c, "trigger"), .owner = case_text(c, "owner"),
                            .window = case_text(c, "window")};
    int64_t id = 0, plan = 0, made = 0;
    bool incomplete = false;
    if (cli_app(c))
        return cli_fail(c);
    if (c->arg_n && str_starts_i(str_of(c->arg[0]), "P-")) {
        if (!case_number(c, c->arg[0], "P-", &plan) || (says_something(&set) && app_plan_set(c->app, plan, &set, &c->err)))
            return cli_fail(c);
    } else if (says_something(&set)) {
        return cli_usage(c, "say which plan is to be changed, such as P-1");
    } else if (c->arg_n && (!case_number(c, c->arg[0], "C-", &id) || (!cli_has(c, "check") && app_plan_draft(c->app, id, &made, &c->err)))) {
        return cli_fail(c);
    }
    if (contact_print_lead_now(c) || show_plans(c, id, plan, &incomplete))
        return cli_fail(c);
    return cli_has(c, "check") && incomplete ? EXIT_FINDINGS : EXIT_DONE;
}

const struct cli_cmd cmd_fix_plan = {
    .name = "fix plan",
    .args = "[C-NUMBER|P-NUMBER]",
    .summary = TR("plan a patch: fixed version, track, test, rollback, owner, window"),
    .about = TR("With a case, makes a plan for each group of machines that get the same fix, with what the findings know; with a\n"
                "plan, fills it in. No plan is complete without test steps and rollback steps with what sets them off, and no\n"
                "machine is patched without a complete plan. --check only looks, and exits 1 when something is missing."),
    .examples = "  toban fix plan C-1\n  toban fix plan P-1 --test \"send and receive a mail\" --rollback \"restore the snapshot\" --trigger \"no mail for 10 minutes\" --owner 田中",
    .opt = (const struct cli_opt[]){{"fixed", "VERSION", TR("fixed version, build or KB"), NULL},
                                    {"track", "regular|emergency", TR("in the next window, or now"), "regular|emergency"},
                                    {"test", "TEXT", TR("how it is tested"), NULL},
                                    {"rollback", "TEXT", TR("how it is taken back"), NULL},
                                    {"trigger", "TEXT", TR("what sets off the rollback"), NULL},
                                    {"owner", "NAME", TR("who sees to it"), NULL},
                                    {"window", "NAME", TR("the patch window (toban windows)"), NULL},
                                    {"check", NULL, TR("only say what is missing"), NULL},
                                    OPT_END},
    .max_args = 1,
    .run = run_plan};

/* What the notices about a case name, to choose from; a person decides. */
static int show_offers(struct cli *c)
{
    int64_t id;
    struct case_file f;
    struct offer *offer;
    size_t n;
    struct list t;
    if (cli_app(c) || !case_number(c, c->arg[0], "C-", &id) || stage_remediate_load(app_world(c->app), id, &c->a, &f, &c->err) ||
        app_case_offers(c->app, &f, &c->a, &offer, &n, &c->err))
        return cli_fail(c);
    if (n == 0 && c->format == FORMAT_TABLE)
        fprintf(stderr, "%s\n", tr("No notice about this case names a workaround."));
    list_init(&t, c, "toban.fix.offers/1");
    list_column(&t, "notice", TR("Notice"), 0);
    list_column(&t, "publisher", TR("Publisher"), 0);
    list_column(&t, "known", TR("Known"), 0);
    list_column(&t, "signal", TR("Signal"), LIST_JSON);
    list_column(&t, "quote", TR("Sentence"), LIST_WIDE);
    list_column(&t, "url", TR("Address"), 0);
    for (size_t i = 0; i < n; i++) {
        char known[CLOCK_ISO_SIZE];
        clock_minute(offer[i].known, config_zone(c->config), known);
        list_cellf(&t, "N-%lld", (long long)offer[i].notice);
        list_cell(&t, offer[i].publisher);
        list_cells(&t, known);
        list_cell(&t, offer[i].signal);
        list_cell(&t, offer[i].quote);
        list_cell(&t, offer[i].url);
    }
    list_end(&t);
    return EXIT_DONE;
}

static int run_mitigate(struct cli *c)
{
    if (c->arg_n == 1 && str_starts_i(str_of(c->arg[0]), "C-") && !cli_has(c, "what"))
        return show_offers(c);
    struct case_step s = {.kind = cli_has(c, "lift") ? STEP_LIFT : STEP_MITIGATE, .value = case_text(c, "what"), .owner = case_text(c, "owner"),
                          .why = case_text(c, "why"), .until = WHEN_NONE};
    if (!cli_when(c, "until", &s.until))
        return cli_fail(c);
    /* A day is meant whole. */
    if (s.until != WHEN_NONE && !strchr(cli_opt(c, "until"), ':'))
        s.until += WHEN_DAY - WHEN_SEC;
    return case_steps(c, 0, c->arg_n, &s);
}

const struct cli_cmd cmd_fix_mitigate = {
    .name = "fix mitigate",
    .args = "ASSET…|C-NUMBER",
    .summary = TR("record a mitigation, with an owner and an end; or list those that the notices name"),
    .about = TR("A mitigation buys time and closes nothing: the machine shows as mitigated, not fixed, and is open again by itself\n"
                "when the time is up. The setting fix.mitigation_days says how long one may stand.\n\n"
                "With a case and nothing else, lists the sentences of its notices that name a workaround, with their address."),
    .examples = "  toban fix mitigate C-1\n  toban fix mitigate mail-log --what \"port 443 closed to the internet\" --owner 伊藤 --until 2021-03-12 --why \"patch window is on the 13th\"",
    .opt = (const struct cli_opt[]){{"what", "TEXT", TR("what was done"), NULL},
                                    {"owner", "NAME", TR("who answers for it"), NULL},
                                    {"until", "DATE", TR("when it ends"), NULL},
                                    {"lift", NULL, TR("it is taken away before its end"), NULL},
                                    OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_mitigate};

static int run_apply(struct cli *c)
{
    struct case_step s = {.kind = STEP_PATCH, .value = case_text(c, "to"), .detail = case_text(c, "tested"), .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, c->arg_n, &s);
}

const struct cli_cmd cmd_fix_apply = {
    .name = "fix apply",
    .args = "ASSET…",
    .summary = TR("record that a machine was patched; refused while a gate is shut"),
    .about = TR("Refused (exit code 6), with what is missing: while a look for traces of a break-in is asked for and there is no\n"
                "verdict and no waiver, while a compromised machine is not contained, and without a complete plan. What is\n"
                "recorded is somebody's word: the machine shows as patched, unverified, until a newer inventory proves it."),
    .examples = "  toban fix apply mail-shop --to 15.1.2106.13 --tested \"mail flows, OWA works\"",
    .opt = (const struct cli_opt[]){{"to", "VERSION", TR("what was installed: a version, build or KB"), NULL},
                                    {"tested", "TEXT", TR("how the test went"), NULL},
                                    OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_apply};

static int run_rollback(struct cli *c)
{
    struct case_step s = {.kind = STEP_ROLLBACK, .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, c->arg_n, &s);
}

const struct cli_cmd cmd_fix_rollback = {
    .name = "fix rollback",
    .args = "ASSET…",
    .summary = TR("record that a patch was taken back"),
    .about = TR("The machine is open again, with everything that was asked for before."),
    .opt = (const struct cli_opt[]){OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_rollback};

static void verify_row(struct list *t, const struct case_file *f, const struct case_member *m, bool *bad, bool *stale)
{
    int64_t days;
    when_t now = clock_now();
    struct str why = app_case_unverified(m, now, &days);
    list_cellf(t, "C-%lld", (long long)f->head.id);
    list_cell(t, m->look ? m->look->name : m->a.key);
    if (t->c->format == FORMAT_TABLE)
        list_cell(t, app_case_state_text(m, now, config_zone(t->c->config), &t->c->a));
    else
        list_cells(t, case_state_name(gate_state(&m->a, now)));
    list_cell(t, m->a.patch ? m->a.patch->value : (struct str){0});
    list_cellf(t, "%lld", (long long)days);
    list_cell(t, m->a.verify ? m->a.verify->why : why);
    list_cells(t, m->a.waive ? "yes" : "no");
    if (!m->a.verify && m->a.patch && verify_judge(m->a.patch->at, m->look) == VERIFY_STILL_AFFECTED)
        *bad = true;
    else if (!m->a.verify)
        *stale = true;
}

static int run_verify(struct cli *c)
{
    int64_t id = 0;
    struct remediate_change *change;
    struct case_head *head;
    size_t n;
    bool bad = false, stale = false;
    struct list t;
    if (cli_app(c) || (c->arg_n && !case_number(c, c->arg[0], "C-", &id)) || app_case_sync(c->app, id, &c->a, &change, &n, &c->err) ||
        case_store_heads(app_world(c->app)->db, id, &c->a, &head, &n, &c->err))
        return cli_fail(c);
    list_init(&t, c, "toban.fix.verify/1");
    list_column(&t, "case", TR("Case"), 0);
    list_column(&t, "name", TR("Name"), 0);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "patched_to", TR("Patched to"), 0);
    list_column(&t, "unverified_days", TR("Days unverified"), LIST_NUMBER);
    list_column(&t, "why", TR("Why"), LIST_WIDE);
    list_column(&t, "waived", TR("Waived"), 0);
    for (size_t i = 0; i < n; i++) {
        struct case_file f;
        if (stage_remediate_load(app_world(c->app), head[i].id, &c->a, &f, &c->err))
            return cli_fail(c);
        for (size_t k = 0; k < f.member_n; k++)
            if (f.member[k].a.patch && !f.member[k].a.closed)
                verify_row(&t, &f, &f.member[k], &bad, &stale);
    }
    list_end(&t);
    return bad ? EXIT_FINDINGS : stale ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_fix_verify = {
    .name = "fix verify",
    .args = "[C-NUMBER]",
    .summary = TR("which patches are proved by a newer inventory, and which are not"),
    .about = TR("Matches again with the latest ledger. Only an inventory newer than the patch that shows a fixed version proves\n"
                "it. Exit code 1: an inventory still shows an affected version; 3: some patch is not proved yet."),
    .max_args = 1,
    .run = run_verify};

static int run_waive(struct cli *c)
{
    struct case_step s = {.kind = cli_has(c, "approve") ? STEP_WAIVE : STEP_WAIVE_ASK, .why = case_text(c, "why"), .until = WHEN_NONE};
    return case_steps(c, 0, c->arg_n, &s);
}

const struct cli_cmd cmd_fix_waive = {
    .name = "fix waive",
    .args = "ASSET…",
    .summary = TR("ask to patch without a verdict, or approve that"),
    .about = TR("Without --approve it asks; with --approve an approver agrees, in writing (--why). Approvers are those of the\n"
                "setting approve.people; where approve.four_eyes is on, the one who asked cannot approve. The waiver stands in\n"
                "every output about the machine. It never lifts the containment of a compromised one."),
    .examples = "  toban fix waive mail-nagoya --why \"logs begin after the attack\"\n  TOBAN_WHO=部長 toban fix waive mail-nagoya --approve --why \"rebuilt on Saturday\"",
    .opt = (const struct cli_opt[]){{"approve", NULL, TR("approve what was asked for"), NULL}, OPT_WHY, OPT_CASE, OPT_END},
    .min_args = 1,
    .max_args = -1,
    .run = run_waive};
