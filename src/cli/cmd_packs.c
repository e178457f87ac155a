/* packs list, show, check, import, baseline; investigate verify. */
#include <stdlib.h>
#include <sys/stat.h>

#include "app/app_investigate.h"
#include "cli/list.h"
#include "codec/stream.h"
#include "investigate/baseline.h"

static struct str title_of(const struct pack *p)
{
    return i18n_lang() == LANG_JA && p->title_ja.n ? p->title_ja : p->title;
}

static struct str cves_of(struct cli *c, const struct pack *p)
{
    struct buf b = BUF_INIT(64 * KIB);
    for (uint32_t i = 0; i < p->vulnerability_n; i++)
        buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(p->vulnerability[i]));
    struct str out = arena_str(&c->a, buf_str(&b));
    buf_release(&b);
    return out;
}

static int run_list(struct cli *c)
{
    struct str *name;
    size_t n;
    struct list t;
    if (app_packs_names(c->config, &c->a, &name, &n, &c->err))
        return cli_fail(c);
    list_init(&t, c, "toban.packs/1");
    list_column(&t, "pack", TR("Pack"), 0);
    list_column(&t, "version", TR("Version"), 0);
    list_column(&t, "checks", TR("Checks"), LIST_NUMBER);
    list_column(&t, "indicators", TR("Indicators"), LIST_NUMBER);
    list_column(&t, "vulnerabilities", TR("Vulnerabilities"), 0);
    list_column(&t, "title", TR("Title"), LIST_WIDE);
    for (size_t i = 0; i < n; i++) {
        struct app_packs packs = {0};
        struct pack_options po = {.now = clock_now()};
        if (app_packs_add(c->config, &packs, arena_str(&c->a, name[i]).p, &po, &c->err)) {
            app_packs_free(&packs);
            vec_release(&t.cell);
            return cli_fail(c);
        }
        const struct pack *p = packs.pack.p[0];
        list_cell(&t, name[i]);
        list_cell(&t, p->version);
        list_cellf(&t, "%zu", p->check_n);
        list_cellf(&t, "%zu", p->indicator_n);
        list_cell(&t, cves_of(c, p));
        list_cell(&t, title_of(p));
        app_packs_free(&packs);
    }
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_packs_list = {
    .name = "packs list", .args = "", .summary = TR("the packs there are, shipped and the site's"),
    .about = TR("A pack says what the traces of an attack look like. Shipped ones and those below the site's rules (packs/NAME/NAME.pack)."),
    .run = run_list};

static int open_one(struct cli *c, struct app_packs *packs, const char *name)
{
    const char *format = cli_opt(c, "as");
    struct pack_options po = {.now = clock_now(), .vulnerability = cli_opt(c, "cve")};
    if (format && !(po.kind = pack_by_name(str_of(format))))
        return err_set(&c->err, ERR_USAGE, "--as: \"%s\" is no format of packs", format);
    return app_packs_add(c->config, packs, name, &po, &c->err);
}

static void show_pack(struct cli *c, const struct pack *p)
{
    struct list t;
    list_init(&t, c, "toban.pack/1");
    list_column(&t, "check", TR("Check"), 0);
    list_column(&t, "kind", TR("Kind"), 0);
    list_column(&t, "level", TR("Level"), 0);
    list_column(&t, "score", TR("Score"), LIST_NUMBER);
    list_column(&t, "cve", TR("CVE"), 0);
    list_column(&t, "tlp", TR("TLP"), LIST_JSON);
    list_column(&t, "line", TR("Line"), LIST_NUMBER | LIST_JSON);
    list_column(&t, "source", TR("Source"), LIST_JSON);
    list_column(&t, "context", TR("Context only, because"), LIST_JSON);
    list_column(&t, "value", TR("Value"), LIST_WIDE);
    for (size_t i = 0; i < p->indicator_n; i++) {
        const struct indicator *x = &p->indicator[i];
        const struct check *k = &p->check[x->check];
        list_cell(&t, k->id);
        list_cells(&t, indicator_kind_name(x->kind));
        list_cells(&t, indicator_level_name(x->level));
        list_cellf(&t, "%d", x->score);
        list_cell(&t, x->vulnerability.n ? x->vulnerability : k->vulnerability);
        list_cells(&t, indicator_tlp_name(x->tlp));
        list_cellf(&t, "%lu", x->line);
        list_cell(&t, x->source);
        list_cell(&t, x->context ? x->why : (struct str){"", 0});
        list_cell(&t, x->value.n ? x->value : x->description.n ? x->description : i18n_lang() == LANG_JA && k->title_ja.n ? k->title_ja : k->title);
    }
    list_end(&t);
}

static int run_show(struct cli *c)
{
    struct app_packs packs = {0};
    if (open_one(c, &packs, c->arg[0])) {
        app_packs_free(&packs);
        return cli_fail(c);
    }
    for (size_t i = 0; i < packs.pack.n; i++)
        show_pack(c, packs.pack.p[i]);
    app_packs_free(&packs);
    return EXIT_DONE;
}

static const struct cli_opt read_opts[] = {{"as", "FORMAT", TR("the format, when the content does not tell"), "toban|stix|misp|mstic|openioc|sigma|chirp|yara|loki|hashes|csv"},
                                           {"cve", "CVE", TR("the vulnerability the indicators belong to"), NULL},
                                           {NULL, NULL, NULL, NULL}};

const struct cli_cmd cmd_packs_show = {.name = "packs show",
                                       .args = "NAME|FILE",
                                       .summary = TR("what a pack looks for"),
                                       .about = TR("Every indicator with its check, level, score and value. In JSON and CSV also its source, line and, when it\n"
                                                   "is never matched, why."),
                                       .opt = read_opts,
                                       .min_args = 1,
                                       .max_args = 1,
                                       .run = run_show};

static size_t check_pack(struct cli *c, const struct pack *p)
{
    for (size_t i = 0; c->format == FORMAT_TABLE && i < p->note_n; i++) {
        const struct pack_note *n = &p->note[i];
        printf("%s:%lu: %s: " STR_FMT, p->file.p, n->line, pack_note_kind_name(n->kind), STR_ARG(n->text));
        printf(n->excerpt.n ? "  [" STR_FMT "]\n" : "" STR_FMT "\n", STR_ARG(n->excerpt));
    }
    if (c->format == FORMAT_TABLE)
        printf(tr("%s: %s, %zu rows, %zu indicators; %zu rejected, %zu warnings, %zu duplicates, %zu expired, %zu not evaluable\n"), p->file.p, p->format, p->rows,
               p->indicator_n, p->note_count[PACK_REJECTED], p->note_count[PACK_WARNING], p->note_count[PACK_DUPLICATE], p->note_count[PACK_EXPIRED],
               p->note_count[PACK_NOT_EVALUABLE]);
    return p->note_count[PACK_REJECTED];
}

static void check_list(struct cli *c, const struct app_packs *packs)
{
    struct list t;
    list_init(&t, c, "toban.packs.check/1");
    list_column(&t, "file", "file", 0);
    list_column(&t, "line", "line", LIST_NUMBER);
    list_column(&t, "kind", "kind", 0);
    list_column(&t, "text", "text", 0);
    list_column(&t, "excerpt", "excerpt", 0);
    for (size_t k = 0; k < packs->pack.n; k++)
        for (size_t i = 0; i < packs->pack.p[k]->note_n; i++) {
            const struct pack_note *n = &packs->pack.p[k]->note[i];
            list_cell(&t, packs->pack.p[k]->file);
            list_cellf(&t, "%lu", n->line);
            list_cells(&t, pack_note_kind_name(n->kind));
            list_cell(&t, n->text);
            list_cell(&t, n->excerpt);
        }
    list_end(&t);
}

static int run_check(struct cli *c)
{
    int rc = EXIT_DONE;
    struct app_packs packs = {0};
    for (size_t i = 0; i < c->arg_n; i++)
        if (open_one(c, &packs, c->arg[i])) /* the others are checked even so */
            rc = cli_fail(c);
    for (size_t i = 0; i < packs.pack.n; i++)
        if (check_pack(c, packs.pack.p[i]) && rc == EXIT_DONE)
            rc = EXIT_INPUT;
    if (c->format != FORMAT_TABLE)
        check_list(c, &packs);
    app_packs_free(&packs);
    return rc;
}

const struct cli_cmd cmd_packs_check = {.name = "packs check",
                                        .args = "NAME|FILE…",
                                        .summary = TR("read packs, and say what is wrong with them"),
                                        .about = TR("Reads indicator files of any known format and prints each row that cannot be used with its line and the\n"
                                                    "reason: wrong length, a hash of nothing, a vendor's own file, a private address, an expression that can never\n"
                                                    "or always match, a duplicate, an expired one. Exit code 4 when a row was rejected or a file is not readable."),
                                        .opt = read_opts,
                                        .min_args = 1,
                                        .max_args = -1,
                                        .run = run_check};

/* A copy below the site's rules, once it reads. */
static int run_import(struct cli *c)
{
    struct app_packs packs = {0};
    struct buf b = BUF_INIT(LIMIT_PACK_FILE);
    struct str site = config_str(c->config, "rules"), name = str_of(cli_opt(c, "name"));
    if (!site.n)
        return cli_usage(c, "say with --rules FOLDER (or the setting `rules`) where the site's rules are");
    int rc = open_one(c, &packs, c->arg[0]);
    if (rc == 0 && packs.pack.n != 1)
        rc = err_set(&c->err, ERR_USAGE, "import takes one file");
    if (rc == 0 && !name.n) {
        name = packs.pack.p[0]->name;
        name.n = MIN(str_chr(name, '.'), name.n);
    }
    for (size_t i = 0; rc == 0 && i < name.n; i++) {
        char ch = name.p[i];
        if (!((ch | 32) >= 'a' && (ch | 32) <= 'z') && !(ch >= '0' && ch <= '9') && ch != '-' && ch != '_')
            rc = err_set(&c->err, ERR_USAGE, "\"%.*s\" is no name for a pack: letters, digits, - and _; give --name", STR_ARG(name));
    }
    const char *dir = arena_printf(&c->a, STR_FMT "/packs/" STR_FMT, STR_ARG(site), STR_ARG(name));
    const char *path = arena_printf(&c->a, "%s/" STR_FMT ".pack", dir, STR_ARG(name));
    if (rc == 0)
        rc = stream_slurp(c->arg[0], &b, &c->err);
    if (rc == 0) {
        check_pack(c, packs.pack.p[0]);
        mkdir(arena_printf(&c->a, STR_FMT "/packs", STR_ARG(site)), 0755);
        mkdir(dir, 0755);
        rc = app_write_file(path, buf_str(&b), cli_has(c, "replace"), &c->err);
    }
    if (rc == 0 && !c->quiet)
        fprintf(stderr, tr("imported as %s\n"), path);
    buf_release(&b);
    app_packs_free(&packs);
    return rc ? cli_fail(c) : EXIT_DONE;
}

const struct cli_cmd cmd_packs_import = {
    .name = "packs import",
    .args = "FILE",
    .summary = TR("keep an indicator file as a pack of the site"),
    .about = TR("Reads the file (see packs check), and keeps it as it is below the site's rules, so that it can be given by name."),
    .opt = (const struct cli_opt[]){{"as", "FORMAT", TR("the format, when the content does not tell"), NULL},
                                    {"cve", "CVE", TR("the vulnerability the indicators belong to"), NULL},
                                    {"name", "NAME", TR("the pack's name; default: the file's"), NULL},
                                    {"replace", NULL, TR("instead of a pack of this name"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .min_args = 1,
    .max_args = 1,
    .run = run_import};

static int run_baseline(struct cli *c)
{
    struct baseline_build *b = baseline_build_new();
    struct buf out = BUF_INIT(LIMIT_PACK_FILE * 2);
    size_t rows = 0, bad = 0;
    const char *to = cli_opt(c, "output");
    int rc = to ? 0 : err_set(&c->err, ERR_USAGE, "say with --output FILE where the baseline goes");
    for (size_t i = 0; rc == 0 && i < c->arg_n; i++) {
        struct buf in = BUF_INIT(LIMIT_FILE_WHOLE);
        rc = stream_slurp(c->arg[i], &in, &c->err);
        if (rc == 0)
            rc = baseline_build_csv(b, c->arg[i], buf_str(&in), &rows, &bad, &c->err);
        buf_release(&in);
    }
    if (rc == 0)
        rc = baseline_build_write(b, &out, &c->err);
    if (rc == 0)
        rc = app_write_file(to, buf_str(&out), true, &c->err);
    if (rc == 0 && !c->quiet)
        fprintf(stderr, tr("%zu rows, %zu unusable, %zu bytes written\n"), rows, bad, out.n);
    baseline_build_free(b);
    buf_release(&out);
    return rc ? cli_fail(c) : EXIT_DONE;
}

const struct cli_cmd cmd_packs_baseline = {
    .name = "packs baseline",
    .args = "FILE…",
    .summary = TR("make a table of the vendor's own files"),
    .about = TR("From lists with rows SHA256,build,path (CSV, maybe packed) makes the compact table that investigate --baseline\n"
                "takes: a suspicious name whose contents the vendor installed is then no finding. A build that is not in it is\n"
                "\"no baseline\", never suspicious."),
    .opt = (const struct cli_opt[]){{"output", "FILE", TR("the table"), NULL}, {NULL, NULL, NULL, NULL}},
    .min_args = 1,
    .max_args = -1,
    .run = run_baseline};

static void say(void *ctx, const char *text)
{
    (void)ctx;
    printf("%s\n", text);
}

static int run_verify(struct cli *c)
{
    size_t files = 0;
    if (evidence_verify(c->arg[0], say, NULL, &files, &c->err))
        return cli_fail(c);
    printf(tr("whole: %zu files as they were collected\n"), files);
    return EXIT_DONE;
}

const struct cli_cmd cmd_investigate_verify = {
    .name = "investigate verify",
    .args = "FILE",
    .summary = TR("check that collected evidence is whole and unchanged"),
    .about = TR("Takes the sealed archive that investigate --collect made, and checks its hash, the two chained logs, and every\n"
                "copy. Exit code 4 and a line for each fault when anything was changed, added or taken away."),
    .min_args = 1,
    .max_args = 1,
    .run = run_verify};
