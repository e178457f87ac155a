/* round: the main job. Visit, judge, match, and print today's list. */
#include "cli/case_print.h"
#include "cli/collecting.h"
#include "cli/list.h"
#include "cli/round_print.h"
#include "loop/stage_names.h"

static int collect(struct cli *c, const struct world_source *all, size_t n, bool *trouble)
{
    struct collecting_sum sum;
    struct world_source *list = arena_array(&c->a, struct world_source, n + 1);
    size_t on = 0;
    for (size_t i = 0; i < n; i++)
        if (collecting_wanted(c, &all[i]))
            list[on++] = all[i];
    int rc = collecting_run(c, list, on, true, &sum);
    *trouble = sum.failed || sum.refused || sum.interrupted;
    return rc;
}

/* A source that was never visited and is not in the mirror says nothing about this list, but its silence is
 * told. */
static size_t count_stale(const struct source_age *age, size_t n)
{
    size_t stale = 0;
    for (size_t i = 0; i < n; i++)
        stale += age[i].ws->enabled && age[i].age != GUARD_FRESH;
    return stale;
}

static int window(struct cli *c, struct stage_identify_options *o)
{
    o->as_of = clock_now();
    if (!cli_when(c, "as-of", &o->as_of))
        return c->err.code;
    o->since = o->as_of - config_int(c->config, "round.days", 7) * WHEN_DAY;
    if (!cli_when(c, "since", &o->since))
        return c->err.code;
    if (o->since > o->as_of)
        return err_set(&c->err, ERR_USAGE, "--since lies after --as-of");
    return 0;
}

static int conclude(struct cli *c, const struct stage_identify_options *o, struct round_view *v,
                    struct fleet *f, struct round_result *r)
{
    const struct world *w = app_world(c->app);
    uint64_t judged, named, unnamed;
    int rc = stage_assess_run(w, &judged, &c->err);
    if (rc == 0)
        rc = stage_names_run(w, &named, &unnamed, &c->err);
    if (rc == 0)
        rc = knowledge_read_begin(w->knowledge, &c->err);
    if (rc == 0)
        rc = fleet_load(w, &c->a, f, &c->err);
    if (rc == 0)
        rc = round_build(w, f, o, &c->a, r, &c->err);
    /* A look into the past concludes nothing about today. */
    if (rc == 0 && !cli_has(c, "as-of"))
        rc = stage_identify_store(w, &r->found, o->as_of, &c->err);
    if (rc == 0 && !cli_has(c, "as-of"))
        rc = finding_store_round(w->db, o->as_of, (int64_t)r->n, &c->err);
    if (rc == 0) {
        v->unnamed = unnamed;
        v->ledger = &f->ledger;
    }
    return rc;
}

/* Whom to call when mail is not to be relied on, and who has not answered. */
static int add_contacts(struct cli *c, struct round_view *v)
{
    struct outage down = {0};
    size_t total;
    int rc = app_outage_round(c->app, v->r, cli_has(c, "as-of"), &c->a, &down, &c->err);
    if (rc == 0)
        rc = app_contact_lead(c->app, &down, &c->a, &v->lead, &c->err);
    if (rc == 0)
        rc = app_enquiry_count(c->app, 0, &v->enquiries, &total, &c->err);
    if (rc || cli_has(c, "as-of"))
        return rc;
    return app_contain_reminders(c->app, 0, clock_now(), &c->a, &v->undo, &v->undo_n, &c->err);
}

static int exit_code(const struct round_view *v, bool trouble)
{
    if (v->stale || trouble || v->r->unassessed || v->ledger->n == 0)
        return EXIT_UNTRUSTED;
    return v->r->count[ROUND_NOW] + v->r->count[ROUND_SOON] ? EXIT_FINDINGS : EXIT_DONE;
}

static int run_round(struct cli *c)
{
    struct world_source *source;
    struct stage_identify_options o = {0};
    struct fleet f = {0};
    struct round_result r = {0};
    struct round_view v = {.c = c, .r = &r, .all = cli_has(c, "all")};
    bool trouble = false;
    if (cli_app(c) || window(c, &o) || app_sources(c->app, &source, &o.source_n, &c->err))
        return cli_fail(c);
    o.source = source;
    bool quiet_net =
        cli_has(c, "no-collect") || (config_bool(c->config, "offline") && !config_str(c->config, "mirror").n);
    int rc = quiet_net ? 0 : collect(c, source, o.source_n, &trouble);
    if (rc == 0)
        rc = conclude(c, &o, &v, &f, &r);
    struct remediate_change *change = NULL;
    size_t change_n = 0;
    if (rc == 0 && !cli_has(c, "as-of"))
        rc = app_case_sync_round(c->app, &f, &o, &c->a, &change, &change_n, &c->err);
    if (rc == 0)
        rc = add_contacts(c, &v);
    struct source_age *age = arena_array(&c->a, struct source_age, o.source_n + 1);
    if (rc == 0)
        rc = stage_collect_ages(app_world(c->app), source, o.source_n, o.as_of, &c->a, age, &c->err);
    if (rc == 0) {
        v.age = age;
        v.age_n = o.source_n;
        v.stale = count_stale(age, o.source_n);
        v.as_of = o.as_of;
        v.since = o.since;
        v.change = change;
        v.change_n = change_n;
        if (c->format == FORMAT_JSON)
            round_print_json(&v);
        else if (c->format == FORMAT_CSV)
            round_print_csv(&v);
        else
            round_print_text(&v);
        if (c->format != FORMAT_JSON)
            case_print_changes(c, c->format == FORMAT_TABLE ? stdout : stderr, change, change_n);
    }
    rc = rc ? cli_fail(c) : exit_code(&v, trouble);
    fleet_release(&f);
    if (c->app)
        knowledge_read_end(app_world(c->app)->knowledge);
    return rc;
}

const struct cli_cmd cmd_round = {
    .name = "round",
    .args = "",
    .summary = TR("the main job: visit, judge, match, and print today's list"),
    .about = TR("Visits the sources that are due, judges what they say, looks the products up in the ledger, "
                "and prints what\n"
                "to do: the notice with the sentence that makes it urgent, the machines (how many, where, "
                "exposed, at which\n"
                "contractor), the decision of the table (CISA BOD 26-04) with its deadline, and the next "
                "step. A product is\n"
                "found by its name in the notice before any CVE has a CPE. Exit code 1: something is to be "
                "done now or soon;\n"
                "3: some source is stale or failed, so a short list is no all-clear; 0: nothing to do, and "
                "the data is fresh.\n\n"
                "--as-of DATE answers with what was known then, from the same data."),
    .examples = "  toban round\n  toban round --since 2021-03-01 --as-of 2021-03-03T12:00+09:00\n  toban "
                "round --mirror /media/usb/mirror --lang ja",
    .opt =
        (const struct cli_opt[]){
            {"since", "DATE", TR("notices from this day on; default: the setting round.days back"), NULL},
            {"as-of", "DATE", TR("with what was known then; nothing is stored"), NULL},
            {"all", NULL, TR("also what can wait, and every machine"), NULL},
            {"no-collect", NULL, TR("visit no source; use what is there"), NULL},
            {NULL, NULL, NULL, NULL}},
    .run = run_round};
