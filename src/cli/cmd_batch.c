/* The batch forms that need no store: score, versions, names match, cpe match. */
#include "assess/scores/cvss.h"
#include "cli/batch.h"
#include "identify/cpe_match.h"
#include "identify/name.h"
#include "identify/versions/versions.h"

static const char *input(const struct cli *c, size_t i)
{
    return c->arg_n > i ? c->arg[i] : "-";
}

static void score_line(void *ctx, struct str s, struct buf *out)
{
    (void)ctx;
    cvss_line(s, out);
}

static int run_score(struct cli *c)
{
    return batch_run(c, input(c, 0), LIMIT_LINE, score_line, NULL);
}

const struct cli_cmd cmd_score = {
    .name = "score",
    .args = "FILE|-",
    .summary = TR("compute CVSS scores from vectors"),
    .about =
        TR("Reads one CVSS vector a line (2.0, also bare or in parentheses; 3.0; 3.1; 4.0) and prints, "
           "separated\n"
           "by tabs: vector, version, base, temporal or threat, environmental, overall score, severity. A\n"
           "vector that cannot be read gives {\"error\":…} on its line."),
    .examples = "  echo CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N/E:F/RL:O/RC:C | toban score -",
    .max_args = 1,
    .run = run_score};

static void compare_line(void *ctx, struct str s, struct buf *out)
{
    versions_compare_line(ctx, s, out);
}

static int run_compare(struct cli *c)
{
    const struct scheme *s = scheme_find(str_of(c->arg[0]));
    if (!s) {
        struct buf names = BUF_INIT(4 * KIB);
        for (size_t i = 0; (s = scheme_at(i)); i++)
            buf_printf(&names, "%s%s", i ? ", " : "", s->name);
        int rc = cli_usage(c, "there is no scheme \"%s\"; known: %s", c->arg[0], buf_cstr(&names));
        buf_release(&names);
        return rc;
    }
    return batch_run(c, input(c, 1), LIMIT_LINE, compare_line, (void *)s);
}

const struct cli_cmd cmd_versions_compare = {
    .name = "versions compare",
    .args = "SCHEME FILE|-",
    .summary = TR("compare versions by a scheme's order"),
    .about = TR(
        "Reads A<TAB>B a line and prints -1, 0, 1 or error. Schemes: generic, dpkg, rpm, apk, semver, npm,\n"
        "pep440, maven, go, rubygems, nuget, packagist, windows, exchange and others."),
    .examples = "  printf '1.0~rc1\\t1.0\\n' | toban versions compare dpkg -",
    .min_args = 1,
    .max_args = 2,
    .run = run_compare};

static void within_line(void *ctx, struct str s, struct buf *out)
{
    (void)ctx;
    versions_within_line(s, out);
}

static int run_within(struct cli *c)
{
    return batch_run(c, input(c, 0), LIMIT_LINE, within_line, NULL);
}

const struct cli_cmd cmd_versions_within = {
    .name = "versions within",
    .args = "FILE|-",
    .summary = TR("is a version within a range?"),
    .about = TR("Reads RANGE<TAB>VERSION a line, where RANGE is a vers string, and prints yes, no or error."),
    .examples = "  printf 'vers:npm/>=1.2.0|<2.0.0\\t1.3.0\\n' | toban versions within -",
    .max_args = 1,
    .run = run_within};

struct names_ctx {
    struct app_names names;
    struct arena a;
};

static void names_line(void *ctx, struct str s, struct buf *out)
{
    struct names_ctx *n = ctx;
    struct name_match m;
    struct name_input in = {.product = s};
    struct err e = {0};
    if (name_match(&n->names.sources, &in, &n->a, &m, &e) != 0)
        batch_error(out, e.text);
    else
        name_row(s, &m, &n->a, out);
    arena_clear(&n->a);
}

static int run_names(struct cli *c)
{
    struct names_ctx n = {0};
    if (app_names(c->config, &n.names, &c->err))
        return cli_fail(c);
    int rc = batch_run(c, input(c, 0), LIMIT_LINE, names_line, &n);
    app_names_free(&n.names);
    arena_release(&n.a);
    return rc;
}

const struct cli_cmd cmd_names_match = {
    .name = "names match",
    .args = "FILE|-",
    .summary = TR("identify product names as people write them"),
    .about = TR("Reads one product name a line and prints, separated by tabs: the name; confirmed, rule, "
                "candidate or\n"
                "none; vendor:product[:version[:update]] of CPE; the reason."),
    .examples = "  echo 'Microsoft Exchange Server 2016 CU19' | toban names match -",
    .max_args = 1,
    .run = run_names};

static int run_names_build(struct cli *c)
{
    size_t entries, bad;
    if (cli_app(c) || app_names_build(c->app, c->arg, c->arg_n, &entries, &bad, &c->err))
        return cli_fail(c);
    printf(tr("%zu product names; they give candidates where no rule knows a name\n"), entries);
    if (bad)
        printf(tr("%zu lines could not be read\n"), bad);
    return bad ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_names_build = {
    .name = "names build",
    .args = "[LIST…]",
    .summary = TR("build the dictionary of product names from lists, or from what NVD names"),
    .about = TR("A dictionary turns names that no rule knows into candidates, which a person confirms. "
                "Without LIST it is made\n"
                "of every product the collected vulnerabilities name. LIST may be a CPE dictionary (one CPE "
                "name a line, or\n"
                "VENDOR/PRODUCT<TAB>cpes<TAB>CPE) or the product list of MyJVN as JSON lines, which brings "
                "the Japanese\n"
                "names; each may be gzip."),
    .examples = "  toban names build\n  toban names build cpe-names.txt.gz jvn-products.ndjson.gz",
    .max_args = -1,
    .run = run_names_build};

static void cpe_line(void *ctx, struct str s, struct buf *out)
{
    (void)ctx;
    cpe_match_line(s, out);
}

static int run_cpe(struct cli *c)
{
    return batch_run(c, input(c, 0), LIMIT_LINE, cpe_line, NULL);
}

const struct cli_cmd cmd_cpe_match = {
    .name = "cpe match",
    .args = "FILE|-",
    .summary = TR("compare CPE names (NISTIR 7696)"),
    .about = TR("Reads CRITERIA<TAB>NAME a line and prints equal, superset, subset, disjoint or undefined."),
    .examples =
        "  printf 'cpe:2.3:a:v:p:*:*:*:*:*:*:*:*\\tcpe:2.3:a:v:p:1:*:*:*:*:*:*:*\\n' | toban cpe match -",
    .max_args = 1,
    .run = run_cpe};
