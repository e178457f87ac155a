/* ledger where, health, names: questions the ledger must answer at once. */
#include "app/app_enquiry.h"
#include "app/app_ledger.h"
#include "cli/list.h"
#include "loop/round.h"
#include "loop/stage_collect.h"

static const char *status_text(const struct cli *c, enum finding_status s)
{
    static const char *const name[] = {TR("unknown"), TR("not affected"), TR("possible"), TR("affected")};
    return c->format == FORMAT_TABLE ? tr(name[s]) : finding_status_name(s);
}

static void where_columns(struct list *t, bool cve)
{
    list_column(t, "id", TR("No."), 0);
    list_column(t, "name", TR("Name"), LIST_WIDE);
    list_column(t, "count", TR("Count"), LIST_NUMBER);
    list_column(t, "place", TR("Place"), LIST_WIDE);
    list_column(t, "purpose", TR("Purpose"), LIST_WIDE);
    list_column(t, "owner", TR("Owner"), 0);
    list_column(t, "organisation", TR("Contractor"), 0);
    list_column(t, "exposure", TR("Exposure"), 0);
    list_column(t, "product", TR("Product"), LIST_WIDE);
    if (cve)
        list_column(t, "status", TR("Status"), 0);
    list_column(t, cve ? "why" : "taken_for", cve ? TR("Why") : TR("Taken for"), cve ? LIST_WIDE : LIST_JSON);
}

static void where_row(struct list *t, const struct fleet_item *it, const struct identify_finding *f)
{
    const struct asset *a = &it->asset->a;
    static const char *const exposure[] = {TR("unknown"), TR("internal"), TR("public")};
    list_cellf(t, "A-%lld", (long long)a->id);
    list_cell(t, a->name.n ? a->name : a->key);
    list_cellf(t, "%lld", (long long)a->count);
    list_cell(t, a->place);
    list_cell(t, a->purpose);
    list_cell(t, a->owner);
    list_cell(t, a->organisation);
    list_cells(t, t->c->format == FORMAT_TABLE ? tr(exposure[a->exposure]) : exposure_name(a->exposure));
    list_cell(t, it->match.written);
    if (f)
        list_cells(t, status_text(t->c, f->v.status));
    list_cell(t, f ? f->v.why : it->key);
}

static void sum_line(struct cli *c, int64_t machines, size_t rows, int64_t exposed, int64_t contractor)
{
    if (c->format == FORMAT_TABLE && !c->quiet)
        fprintf(stderr, tr("%lld machines in %zu rows; %lld exposed to the internet, %lld at contractors\n"),
                (long long)machines, rows, (long long)exposed, (long long)contractor);
}

static void add_sums(const struct asset *a, int64_t sum[3])
{
    sum[0] += a->count;
    sum[1] += a->exposure == EXPOSURE_PUBLIC ? a->count : 0;
    sum[2] += a->organisation.n ? a->count : 0;
}

static bool is_vuln_id(const char *s)
{
    return strncasecmp(s, "CVE-", 4) == 0 || strncasecmp(s, "JVN", 3) == 0 ||
           strncasecmp(s, "JPCERT-", 7) == 0;
}

/* The answer is worth as much as the data behind it: says which sources of records are not fresh. */
static int tell_freshness(struct cli *c, const struct world_source *list, size_t n, when_t as_of, bool *stale)
{
    struct source_age *age = arena_array(&c->a, struct source_age, n + 1);
    int rc = stage_collect_ages(app_world(c->app), list, n, as_of, &c->a, age, &c->err);
    *stale = false;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char when[CLOCK_ISO_SIZE];
        if (!list[i].enabled || list[i].s->kind == SOURCE_NOTICE || age[i].age == GUARD_FRESH)
            continue;
        clock_minute(age[i].newest, config_zone(c->config), when);
        fprintf(stderr, *stale ? ", %.*s (%s)" : tr("NOT fresh, so this is no all-clear: %.*s (%s)"),
                STR_ARG(list[i].setup.name), *when ? when : tr("never"));
        *stale = true;
    }
    if (*stale)
        fputc('\n', stderr);
    return rc;
}

static int where_vuln(struct cli *c, const struct fleet *f, const char *id)
{
    struct identify_result r;
    struct world_source *source;
    size_t source_n;
    char *upper = arena_strdup(&c->a, id);
    for (char *p = upper; *p; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    const struct world *w = app_world(c->app);
    if (app_sources(c->app, &source, &source_n, &c->err))
        return c->err.code;
    struct stage_identify_options o = {
        .as_of = clock_now(), .since = 0, .source = source, .source_n = source_n, .only_vuln = str_of(upper)};
    if (!cli_when(c, "as-of", &o.as_of) || knowledge_read_begin(w->knowledge, &c->err) ||
        stage_identify_run(w, f, &o, &c->a, &r, &c->err))
        return c->err.code;
    struct list t;
    int64_t sum[3] = {0};
    size_t rows = 0;
    list_init(&t, c, "toban.ledger.where/1");
    where_columns(&t, true);
    for (int pass = FINDING_AFFECTED; pass >= 0; pass--) {
        for (size_t i = 0; i < r.finding_n; i++) {
            if ((int)r.finding[i].v.status != pass)
                continue;
            where_row(&t, r.finding[i].item, &r.finding[i]);
            rows++;
            if (pass != FINDING_NOT_AFFECTED)
                add_sums(&r.finding[i].item->asset->a, sum);
        }
    }
    list_end(&t);
    sum_line(c, sum[0], rows, sum[1], sum[2]);
    knowledge_read_end(w->knowledge);
    bool stale;
    if (tell_freshness(c, source, source_n, o.as_of, &stale))
        return c->err.code;
    return stale ? EXIT_UNTRUSTED : sum[0] ? EXIT_FINDINGS : EXIT_DONE;
}

static int where_product(struct cli *c, struct fleet *f, struct str product)
{
    struct app_where r;
    int64_t sum[3] = {0};
    if (app_ledger_where(c->app, product, f, &c->a, &r, &c->err))
        return c->err.code;
    struct list t;
    list_init(&t, c, "toban.ledger.where/1");
    where_columns(&t, false);
    for (size_t i = 0; i < r.n; i++) {
        where_row(&t, r.item[i], NULL);
        add_sums(&r.item[i]->asset->a, sum);
    }
    list_end(&t);
    sum_line(c, sum[0], r.n, sum[1], sum[2]);
    if (r.key.n == 0 && !c->quiet)
        fprintf(stderr,
                tr("the name was not identified (" STR_FMT "); only rows with these words are shown\n"),
                STR_ARG(r.reason));
    return EXIT_DONE;
}

static int run_where(struct cli *c)
{
    struct fleet f = {0};
    struct buf text = BUF_INIT(LIMIT_LEDGER_CELL);
    if (cli_app(c))
        return cli_fail(c);
    for (size_t i = 0; i < c->arg_n; i++)
        buf_printf(&text, "%s%s", i ? " " : "", c->arg[i]);
    int rc;
    if (c->arg_n != 1 || !is_vuln_id(c->arg[0]))
        rc = where_product(c, &f, buf_str(&text));
    else if ((rc = fleet_load(app_world(c->app), &c->a, &f, &c->err)) == 0)
        rc = where_vuln(c, &f, c->arg[0]);
    buf_release(&text);
    fleet_release(&f);
    return rc < 0 ? cli_fail(c) : rc;
}

const struct cli_cmd cmd_ledger_where = {
    .name = "ledger where",
    .args = "CVE|PRODUCT…",
    .summary = TR("which machines, where, how many, for what, whose"),
    .about = TR("Given a CVE: every machine it may concern, with the answer (affected, possible, unknown, "
                "not affected) and\n"
                "the reason; exit code 1 when there are any, 3 when a source of records is not fresh. Given "
                "a product as you would write it: every machine that\n"
                "runs it, in whatever way the ledger writes it."),
    .examples = "  toban ledger where CVE-2021-26855\n  toban ledger where Exchange 2016",
    .opt = (const struct cli_opt[]){{"as-of", "DATE", TR("with what was known then"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .min_args = 1,
    .max_args = -1,
    .run = run_where};

static unsigned percent(int64_t part, int64_t whole)
{
    return whole ? (unsigned)(part * 100 / whole) : 0;
}

struct health_line {
    const char *name, *title;
    int64_t missing, of;
    const char *action;
};

static int run_health(struct cli *c)
{
    struct fleet f;
    struct app_health h;
    struct enquiry_count asked;
    size_t asked_n;
    if (cli_app(c) || fleet_load(app_world(c->app), &c->a, &f, &c->err) ||
        app_ledger_health(c->app, &f, clock_now(), &h, &c->err) ||
        app_enquiry_count(c->app, 0, &asked, &asked_n, &c->err))
        return cli_fail(c);
    const struct health_line line[] = {
        {"cannot_answer", TR("assets that could not answer"), h.assets - h.answerable, h.assets,
         TR("name their products and versions")},
        {"name", TR("components not identified"), h.components - h.named, h.components,
         TR("toban ledger names")},
        {"version", TR("components without a version"), h.components - h.versioned, h.components,
         TR("add version or build to the import")},
        {"component", TR("assets without any product"), h.no_component, h.assets,
         TR("add software to the import")},
        {"exposure", TR("assets whose exposure is unknown"), h.no_exposure, h.assets,
         TR("fill in public or internal: deadlines depend on it")},
        {"owner", TR("assets without owner"), h.no_owner, h.assets, TR("fill in who is asked")},
        {"place", TR("assets without place"), h.no_place, h.assets, TR("fill in where it stands")},
        {"purpose", TR("assets without purpose"), h.no_purpose, h.assets,
         TR("fill in what stops when it stops")},
        {"criticality", TR("assets without criticality"), h.no_criticality, h.assets,
         TR("fill in low, medium or high")},
        {"contractor_contact", TR("machines at contractors without contact"), h.contractor_no_contact,
         h.contractor, TR("fill in whom to ask")},
        {"enquiry", TR("enquiries to contractors without an answer"), (int64_t)asked.open, (int64_t)asked_n,
         TR("toban ledger ask list --unanswered")},
        {"enquiry_overdue", TR("of them, overdue"), (int64_t)asked.overdue, (int64_t)asked_n,
         TR("toban ledger ask remind E-…")},
        {"old", TR("assets not seen for 90 days"), h.old, h.assets, TR("import again")}};
    struct list t;
    list_init(&t, c, "toban.ledger.health/1");
    list_column(&t, "check", TR("Check"), LIST_JSON);
    list_column(&t, "title", TR("What is missing"), 0);
    list_column(&t, "missing", TR("Missing"), LIST_NUMBER);
    list_column(&t, "of", TR("Of"), LIST_NUMBER);
    list_column(&t, "percent", TR("%"), LIST_NUMBER);
    list_column(&t, "action", TR("What to do"), LIST_WIDE);
    for (size_t i = 0; i < ARRAY_LEN(line); i++) {
        list_cells(&t, line[i].name);
        list_cells(&t, tr(line[i].title));
        list_cellf(&t, "%lld", (long long)line[i].missing);
        list_cellf(&t, "%lld", (long long)line[i].of);
        list_cellf(&t, "%u", percent(line[i].missing, line[i].of));
        list_cells(&t, line[i].missing ? tr(line[i].action) : "");
    }
    if (c->format == FORMAT_TABLE)
        printf(tr("%lld assets, %lld machines. %u%% of the assets could answer \"are you affected?\"\n\n"),
               (long long)h.assets, (long long)h.machines, percent(h.answerable, h.assets));
    list_end(&t);
    fleet_release(&f);
    return h.assets == 0 || h.answerable < h.assets ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_ledger_health = {
    .name = "ledger health",
    .args = "",
    .summary = TR("how much of the ledger could answer, and what to fill in"),
    .about = TR("A vulnerability can be looked up only for machines whose products and versions are known, "
                "and its deadline\n"
                "only when the exposure is. Lists what is missing, how often, and what to do. Exit code 3 "
                "while some\n"
                "assets could not answer."),
    .run = run_health};

static int confirm(struct cli *c)
{
    if (c->arg_n != 2)
        return cli_usage(c, "--confirm needs the name as written and vendor:product, or -");
    if (app_ledger_confirm(c->app, str_of(c->arg[0]), str_of(c->arg[1]), &c->err))
        return cli_fail(c);
    struct app_rebuilt r;
    app_close(c->app); /* the answer counts from the next opening on */
    c->app = NULL;
    if (cli_app(c) || app_rebuild(c->app, false, &r, &c->err))
        return cli_fail(c);
    if (strcmp(c->arg[1], "-") == 0)
        printf(tr("%s is not tracked from now on\n"), c->arg[0]);
    else
        printf(tr("%s is %s from now on\n"), c->arg[0], c->arg[1]);
    return EXIT_DONE;
}

static int run_names(struct cli *c)
{
    struct name_row *row;
    size_t n;
    if (cli_app(c))
        return cli_fail(c);
    if (cli_has(c, "confirm"))
        return confirm(c);
    if (c->arg_n)
        return cli_usage(c, "to confirm a name: toban ledger names --confirm NAME VENDOR:PRODUCT");
    if (ledger_store_name_queue(app_world(c->app)->db, &c->a, &row, &n, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.ledger.names/1");
    list_column(&t, "product", TR("Product as written"), LIST_WIDE);
    list_column(&t, "vendor", TR("Vendor"), 0);
    list_column(&t, "version", TR("Version"), 0);
    list_column(&t, "machines", TR("Machines"), LIST_NUMBER);
    list_column(&t, "status", TR("State"), 0);
    list_column(&t, "candidate", TR("Candidate"), 0);
    list_column(&t, "reason", TR("Why"), LIST_WIDE);
    for (size_t i = 0; i < n; i++) {
        list_cell(&t, row[i].product);
        list_cell(&t, row[i].vendor);
        list_cell(&t, row[i].version);
        list_cellf(&t, "%lld", (long long)row[i].machines);
        list_cell(&t, row[i].status);
        list_cell(&t, row[i].key);
        list_cell(&t, row[i].reason);
    }
    list_end(&t);
    if (n && !c->quiet)
        fprintf(stderr, "%s\n",
                tr("to confirm one: toban ledger names --confirm \"NAME\" VENDOR:PRODUCT (or - when it is "
                   "not to be tracked)"));
    return n ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_ledger_names = {
    .name = "ledger names",
    .args = "[NAME VENDOR:PRODUCT]",
    .summary = TR("the queue of product names not yet identified; confirm one"),
    .about = TR("A product that is not identified matches nothing, so it is never left out in silence: it "
                "stands here until\n"
                "a person says what it is, or that it is not to be tracked. The answer is kept for ever and "
                "counts for every\n"
                "row that writes the name so."),
    .examples = "  toban ledger names --confirm '一太郎2021' justsystems:ichitaro",
    .opt = (const struct cli_opt[]){{"confirm", NULL,
                                     TR("say what a name is: NAME VENDOR:PRODUCT, or NAME -"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = 2,
    .run = run_names};
