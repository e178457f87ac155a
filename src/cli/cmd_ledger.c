/* ledger import, list, show, set, export: the ledger itself. */
#include "app/app_ledger.h"
#include "cli/list.h"

static void show_mapping(const struct inventory_result *r)
{
    fprintf(stderr, tr("%s, header on line %lu\n"), r->format == TABLE_XLSX ? "xlsx" : r->encoding,
            r->header_line);
    for (size_t i = 0; i < r->column_n; i++)
        fprintf(stderr, "  " STR_FMT " -> %s\n", STR_ARG(r->column[i].header),
                r->column[i].field == INVENTORY_NONE ? tr("(not used)")
                                                     : inventory_field_name(r->column[i].field));
}

static void show_issues(const char *path, const struct inventory_issue *s, size_t n, size_t total,
                        const char *kind, size_t limit)
{
    for (size_t i = 0; i < n && i < limit; i++) {
        fprintf(stderr, "%s:%lu: %s: ", path, s[i].line, kind);
        if (s[i].column.n)
            fprintf(stderr, STR_FMT ": ", STR_ARG(s[i].column));
        fprintf(stderr, STR_FMT "\n", STR_ARG(s[i].reason));
    }
    if (total > MIN(n, limit))
        fprintf(stderr, tr("  … and %zu more\n"), total - MIN(n, limit));
}

static int import_one(struct cli *c, const char *path, const struct app_import_options *o)
{
    struct app_import im;
    if (app_ledger_import(c->app, path, o, &c->a, &im, &c->err))
        return cli_fail(c);
    if (!c->quiet && (o->dry_run || c->verbose))
        show_mapping(&im.read);
    size_t limit = c->verbose ? LIMIT_ERRORS_KEPT : 20;
    show_issues(path, im.read.error, im.read.error_n, im.read.error_total, tr("row kept aside"), limit);
    if (!c->quiet)
        show_issues(path, im.read.warning, im.read.warning_n, im.read.warning_total, tr("warning"), limit);
    printf(tr("%s: %zu rows, %zu assets (%lld machines): %lld new, %lld updated, %zu rows kept aside\n"),
           path, im.read.rows, im.read.asset_n, (long long)im.read.machines, (long long)im.count.added,
           (long long)im.count.updated, im.read.error_total);
    if (im.count.missing && !c->quiet)
        printf(o->replace ? tr("  %lld assets are no longer in the file and were retired\n")
                          : tr("  %lld assets of this ledger are not in the file and were kept; --replace "
                               "retires them\n"),
               (long long)im.count.missing);
    if (o->dry_run)
        printf("%s\n", tr("  nothing was changed (--dry-run)"));
    else if (im.unnamed && !c->quiet)
        printf(tr("  %llu product names are not identified yet: toban ledger names\n"),
               (unsigned long long)im.unnamed);
    return im.read.error_total ? EXIT_UNTRUSTED : EXIT_DONE;
}

static int run_import(struct cli *c)
{
    struct app_import_options o = {.ledger = str_of(cli_opt(c, "ledger")),
                                   .columns = str_of(cli_opt(c, "columns")),
                                   .sheet = cli_opt(c, "sheet"),
                                   .dry_run = cli_has(c, "dry-run"),
                                   .replace = cli_has(c, "replace")};
    if (cli_app(c))
        return cli_fail(c);
    int worst = EXIT_DONE;
    for (size_t i = 0; i < c->arg_n; i++) {
        int rc = import_one(c, c->arg[i], &o);
        worst = MAX(worst, rc);
    }
    return worst;
}

const struct cli_cmd cmd_ledger_import = {
    .name = "ledger import",
    .args = "FILE…",
    .summary = TR("take a table of machines and software into the ledger"),
    .about = TR("Reads CSV (UTF-8 with or without BOM, CP932, UTF-16; comma, tab or semicolon) and Excel "
                "(.xlsx), told by\n"
                "content. Headers in Japanese and English are recognised; --columns FILE adds your own "
                "words. Importing\n"
                "the same machine again updates it: it is known by its management number, else serial "
                "number, else host\n"
                "name. What a person set with ledger set is never overwritten. Rows that cannot be used are "
                "listed with\n"
                "their line and kept aside (exit code 3). --dry-run shows how the columns were understood "
                "and what would\n"
                "change."),
    .examples = "  toban ledger import --dry-run 台帳.xlsx\n  toban ledger import --ledger kyoto 台帳.csv",
    .opt =
        (const struct cli_opt[]){
            {"ledger", "NAME", TR("name of the ledger; one a file that is kept apart"), NULL},
            {"columns", "FILE", TR("words for headers and cells, added to the shipped ones"), NULL},
            {"sheet", "NAME", TR("sheet of a workbook; default: the first"), NULL},
            {"dry-run", NULL, TR("show what would be done and change nothing"), NULL},
            {"replace", NULL, TR("retire assets of this ledger that are not in the file"), NULL},
            {NULL, NULL, NULL, NULL}},
    .min_args = 1,
    .max_args = -1,
    .run = run_import};

static const char *show_exposure(const struct cli *c, enum exposure x)
{
    static const char *const name[] = {TR("unknown"), TR("internal"), TR("public")};
    return c->format == FORMAT_TABLE ? tr(name[x]) : exposure_name(x);
}

static void asset_columns(struct list *t)
{
    list_column(t, "id", TR("No."), 0);
    list_column(t, "key", TR("Key"), LIST_JSON);
    list_column(t, "name", TR("Name"), LIST_WIDE);
    list_column(t, "kind", TR("Kind"), 0);
    list_column(t, "place", TR("Place"), LIST_WIDE);
    list_column(t, "purpose", TR("Purpose"), LIST_WIDE);
    list_column(t, "owner", TR("Owner"), 0);
    list_column(t, "department", TR("Department"), LIST_JSON);
    list_column(t, "organisation", TR("Contractor"), 0);
    list_column(t, "contact", TR("Contact"), LIST_JSON);
    list_column(t, "exposure", TR("Exposure"), 0);
    list_column(t, "criticality", TR("Criticality"), LIST_JSON);
    list_column(t, "count", TR("Count"), LIST_NUMBER);
}

static void asset_cells(struct list *t, const struct asset *a)
{
    list_cellf(t, "A-%lld", (long long)a->id);
    list_cell(t, a->key);
    list_cell(t, a->name.n ? a->name : a->key);
    list_cell(t, a->kind);
    list_cell(t, a->place);
    list_cell(t, a->purpose);
    list_cell(t, a->owner);
    list_cell(t, a->department);
    list_cell(t, a->organisation);
    list_cell(t, a->contact);
    list_cells(t, show_exposure(t->c, a->exposure));
    list_cells(t, criticality_name(a->criticality));
    list_cellf(t, "%lld", (long long)a->count);
}

static int run_list(struct cli *c)
{
    struct ledger l;
    if (cli_app(c) || ledger_store_load(app_world(c->app)->db, &c->a, &l, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.ledger.list/1");
    asset_columns(&t);
    for (size_t i = 0; i < l.n; i++)
        asset_cells(&t, &l.asset[i].a);
    list_end(&t);
    if (l.n == 0 && !c->quiet)
        fprintf(stderr, "%s\n", tr("the ledger is empty; toban ledger import FILE fills it"));
    return EXIT_DONE;
}

const struct cli_cmd cmd_ledger_list = {.name = "ledger list",
                                        .args = "",
                                        .summary = TR("every asset of the ledger"),
                                        .about = TR("Lists assets with place, purpose, owner and exposure. "
                                                    "Batch rows stand for as many machines as Count says."),
                                        .run = run_list};

static void export_component(struct list *t, const struct asset *a, const struct component *k)
{
    asset_cells(t, a);
    list_cell(t, a->os);
    list_cell(t, k ? k->vendor : (struct str){0});
    list_cell(t, k ? k->product : (struct str){0});
    list_cell(t, k ? k->version : (struct str){0});
    list_cell(t, k ? k->build : (struct str){0});
    list_cell(t, k ? k->cpe : (struct str){0});
}

static int run_export(struct cli *c)
{
    struct ledger l;
    if (cli_app(c) || ledger_store_load(app_world(c->app)->db, &c->a, &l, &c->err))
        return cli_fail(c);
    struct list t;
    if (!cli_has(c, "format"))
        c->format = FORMAT_CSV;
    list_init(&t, c, "toban.ledger.export/1");
    asset_columns(&t);
    static const char *const more[] = {"os", "vendor", "product", "version", "build", "cpe"};
    static const char *const title[] = {TR("OS"),      TR("Vendor"), TR("Product"),
                                        TR("Version"), TR("Build"),  "CPE"};
    for (size_t i = 0; i < ARRAY_LEN(more); i++)
        list_column(&t, more[i], title[i], 0);
    for (size_t i = 0; i < l.n; i++) {
        const struct asset *a = &l.asset[i].a;
        for (size_t k = 0; k < MAX(a->component_n, 1); k++)
            export_component(&t, a, a->component_n ? &a->component[k] : NULL);
    }
    if (cli_has(c, "bom"))
        fputs("\xEF\xBB\xBF", stdout);
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_ledger_export = {
    .name = "ledger export",
    .args = "",
    .summary = TR("write the ledger as CSV or JSON, one row a component"),
    .about = TR("The CSV can be imported again. Cells that a spreadsheet would take for a formula are "
                "defused. --bom helps\n"
                "Excel to see UTF-8."),
    .examples = "  toban ledger export --bom > 台帳.csv",
    .opt = (const struct cli_opt[]){{"bom", NULL, TR("begin with a byte order mark, for Excel"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .run = run_export};

static void put_field(struct cli *c, const char *title, struct str value)
{
    if (value.n == 0)
        return;
    printf("  %s", tr(title));
    for (size_t w = list_width(c, str_of(tr(title))); w < 16; w++)
        putchar(' ');
    printf(STR_FMT "\n", STR_ARG(list_safe(&c->a, value)));
}

static void show_asset(struct cli *c, const struct ledger_asset *as)
{
    const struct asset *a = &as->a;
    printf("A-%lld  " STR_FMT "\n", (long long)a->id, STR_ARG(a->name.n ? a->name : a->key));
    put_field(c, TR("Key"), a->key);
    put_field(c, TR("Kind"), a->kind);
    put_field(c, TR("Place"), a->place);
    put_field(c, TR("Purpose"), a->purpose);
    put_field(c, TR("Owner"), a->owner);
    put_field(c, TR("Department"), a->department);
    put_field(c, TR("Contractor"), a->organisation);
    put_field(c, TR("Contact"), a->contact);
    put_field(c, TR("OS"), a->os);
    put_field(c, TR("IP address"), a->ip);
    put_field(c, TR("Serial number"), a->serial);
    put_field(c, TR("Exposure"), str_of(show_exposure(c, a->exposure)));
    put_field(c, TR("Criticality"), str_of(criticality_name(a->criticality)));
    put_field(c, TR("Count"), str_of(arena_printf(&c->a, "%lld", (long long)a->count)));
    put_field(c, TR("Set by people"), as->set_by_person);
    for (size_t i = 0; i < a->component_n; i++) {
        const struct component *k = &a->component[i];
        char seen[CLOCK_ISO_SIZE];
        clock_date(k->seen, config_zone(c->config), seen);
        printf("  - " STR_FMT " " STR_FMT " " STR_FMT "  (" STR_FMT ", %s)\n", STR_ARG(k->product),
               STR_ARG(k->version), STR_ARG(k->build), STR_ARG(k->source), seen);
    }
}

static int run_show(struct cli *c)
{
    struct ledger_asset as;
    if (cli_app(c) || ledger_store_find(app_world(c->app)->db, str_of(c->arg[0]), &c->a, &as, &c->err))
        return cli_fail(c);
    if (c->format == FORMAT_TABLE) {
        show_asset(c, &as);
        return EXIT_DONE;
    }
    struct list t;
    list_init(&t, c, "toban.ledger.show/1");
    asset_columns(&t);
    asset_cells(&t, &as.a);
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_ledger_show = {
    .name = "ledger show",
    .args = "ASSET",
    .summary = TR("one asset with its components"),
    .about = TR("ASSET is a number such as A-12, the management number, or the name."),
    .min_args = 1,
    .max_args = 1,
    .run = run_show};

static int run_set(struct cli *c)
{
    if (cli_app(c))
        return cli_fail(c);
    for (size_t i = 1; i < c->arg_n; i++) {
        struct str s = str_of(c->arg[i]);
        size_t eq = str_chr(s, '=');
        if (eq == STR_NONE)
            return cli_usage(c, "\"%s\" is not FIELD=VALUE", c->arg[i]);
        if (app_ledger_set(c->app, str_of(c->arg[0]), str_sub(s, 0, eq), str_sub(s, eq + 1, s.n), &c->err))
            return cli_fail(c);
    }
    return EXIT_DONE;
}

const struct cli_cmd cmd_ledger_set = {.name = "ledger set",
                                       .args = "ASSET FIELD=VALUE…",
                                       .summary =
                                           TR("fill in or correct a field by hand; imports never undo it"),
                                       .about = TR("Fields: name, kind, place, purpose, owner, department, "
                                                   "organisation, contact, os, ip, serial, count,\n"
                                                   "criticality (low, medium, high), exposure (public, "
                                                   "internal, unknown). FIELD= with nothing behind takes\n"
                                                   "your word back, and the import's value shows again."),
                                       .examples = "  toban ledger set A-3 exposure=public owner=田中",
                                       .min_args = 2,
                                       .max_args = -1,
                                       .run = run_set};
