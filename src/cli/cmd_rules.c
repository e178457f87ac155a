/* rules check, rules diff. */
#include "app/app_contain.h"
#include "app/app_drill.h"
#include "cli/cli.h"
#include "identify/name.h"

static void on_failed(void *ctx, const char *message)
{
    (void)ctx;
    printf("%s\n", message);
}

static int run_check(struct cli *c)
{
    struct terms *t;
    struct app_names names;
    char hash[17];
    size_t ran = 0;
    if (app_terms(c->config, &t, hash, &c->err))
        return cli_fail(c);
    size_t failed = terms_run_tests(t, on_failed, NULL, &ran);
    printf(tr("urgency: %zu tests, %zu failed\n"), ran, failed);
    terms_free(t);
    if (app_names(c->config, &names, &c->err))
        return cli_fail(c);
    size_t bad = 0;
    if (name_rules_test(&names.sources, "products/names.txt", &bad, &c->err) != 0)
        printf("%s\n", c->err.text);
    printf(tr("product names: %zu failed\n"), bad);
    app_names_free(&names);
    struct buf complaints = BUF_INIT(MIB);
    size_t drills = 0, drills_bad = 0, books = 0, books_bad = 0;
    int rc = app_drill_check(c->config, &drills, &drills_bad, &complaints, &c->err);
    if (rc == 0)
        rc = app_contain_check(c->config, &books, &books_bad, &complaints, &c->err);
    printf("%s", buf_cstr(&complaints));
    buf_release(&complaints);
    if (rc)
        return cli_fail(c);
    printf(tr("drills: %zu, %zu failed\n"), drills, drills_bad);
    printf(tr("playbooks: %zu, %zu failed\n"), books, books_bad);
    return failed + bad + drills_bad + books_bad ? EXIT_INPUT : EXIT_DONE;
}

const struct cli_cmd cmd_rules_check = {
    .name = "rules check",
    .args = "",
    .summary = TR("run the tests that stand in the rule files"),
    .about = TR("Rule files carry their own tests, sentences and names with the expected answer. Runs all of "
                "them, shipped\n"
                "and the site's, and prints each that fails with file and line."),
    .run = run_check};

static size_t diff_lines(struct str from, struct str not_in, char mark)
{
    struct map have = {0};
    struct str line, rest = not_in;
    size_t n = 0;
    while (str_line_next(&rest, &line))
        *map_put(&have, line, NULL) = 1;
    rest = from;
    while (str_line_next(&rest, &line)) {
        if (line.n == 0 || map_get(&have, line))
            continue;
        printf("%c " STR_FMT "\n", mark, STR_ARG(line));
        n++;
    }
    map_release(&have);
    return n;
}

static int run_diff(struct cli *c)
{
    static const char *const folder[][2] = {
        {"urgency/", ".rules"}, {"products/", ".txt"}, {"decisions/", ".csv"}, {"ledger/", ".txt"},  {"drills/", ".txt"}, {"playbooks/", ".txt"}};
    struct str site = config_str(c->config, "rules");
    size_t differ = 0;
    for (size_t k = 0; k < ARRAY_LEN(folder); k++) {
        struct rule_file *file;
        size_t n;
        if (rules_list(site, folder[k][0], folder[k][1], &c->a, &file, &n, &c->err))
            return cli_fail(c);
        for (size_t i = 0; i < n; i++) {
            struct str shipped = {0};
            if (!file[i].site)
                continue;
            bool have = rules_shipped(file[i].name.p, &shipped);
            printf(have ? tr("%s stands in for the shipped file\n") : tr("%s is added\n"), file[i].path.p);
            differ++;
            if (have) {
                diff_lines(shipped, file[i].bytes, '-');
                diff_lines(file[i].bytes, shipped, '+');
            }
        }
    }
    if (differ == 0)
        printf("%s\n", tr("the shipped rules are in force"));
    return EXIT_DONE;
}

const struct cli_cmd cmd_rules_diff = {.name = "rules diff",
                                       .args = "",
                                       .summary = TR("how the site's rules differ from the shipped ones"),
                                       .about = TR("Lists the files of the setting `rules` that stand in for "
                                                   "shipped ones, with the lines that are only on one\n"
                                                   "side, and those that are added."),
                                       .run = run_diff};
