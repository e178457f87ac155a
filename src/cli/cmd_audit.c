/* audit: what was done, and whether anybody has touched the record of it. */
#include "cli/list.h"
#include "loop/audit.h"

static int run_list(struct cli *c)
{
    struct audit_row *row;
    size_t n;
    int64_t after = 0;
    const char *v = cli_opt(c, "after");
    if (v && !num_i64(str_of(v), &after))
        return cli_usage(c, "--after: \"%s\" is not the number of a row", v);
    if (cli_app(c) || audit_rows(app_world(c->app)->db, after, &c->a, &row, &n, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.audit/1");
    list_column(&t, "id", TR("No."), LIST_NUMBER);
    list_column(&t, "at", TR("Time"), 0);
    list_column(&t, "who", TR("By"), 0);
    list_column(&t, "action", TR("Action"), 0);
    list_column(&t, "object", TR("Object"), 0);
    list_column(&t, "detail", TR("Detail"), LIST_WIDE);
    list_column(&t, "hash", TR("Hash"), LIST_JSON);
    for (size_t i = 0; i < n; i++) {
        char at[CLOCK_ISO_SIZE];
        clock_iso(row[i].at, c->format == FORMAT_TABLE ? config_zone(c->config) : ZONE_UTC, at);
        list_cellf(&t, "%lld", (long long)row[i].id);
        list_cells(&t, at);
        list_cell(&t, row[i].who);
        list_cell(&t, row[i].action);
        list_cell(&t, row[i].object);
        list_cell(&t, row[i].detail);
        list_cell(&t, row[i].hash);
    }
    list_end(&t);
    return EXIT_DONE;
}

const struct cli_cmd cmd_audit_list = {
    .name = "audit list",
    .args = "",
    .summary = TR("what was done: when, by whom, to what"),
    .about = TR("Every decision in a case, every plan and window has a row here, and each row carries the hash of the one before."),
    .opt = (const struct cli_opt[]){{"after", "NUMBER", TR("only rows behind this one"), NULL}, {NULL, NULL, NULL, NULL}},
    .run = run_list};

static int run_verify(struct cli *c)
{
    struct audit_answer a;
    const char *head = cli_opt(c, "head");
    if (cli_app(c) || audit_verify(app_world(c->app)->db, str_of(head ? head : ""), &a, &c->err))
        return cli_fail(c);
    if (c->format == FORMAT_TABLE) {
        if (a.broken)
            printf(tr("BROKEN: row %lld was changed, or a row before it was removed or put in\n"), (long long)a.broken);
        else
            printf(tr("the chain of %lld rows is whole\n"), (long long)a.rows);
        if (!a.seen)
            printf("%s\n", tr("BROKEN: the head that was noted is not in the chain; rows were cut off at its end"));
        printf(tr("head %s\n"), a.head[0] ? a.head : "-");
    } else {
        struct list t;
        list_init(&t, c, "toban.audit.verify/1");
        list_column(&t, "rows", "rows", LIST_NUMBER);
        list_column(&t, "whole", "whole", 0);
        list_column(&t, "broken", "broken", LIST_NUMBER);
        list_column(&t, "head", "head", 0);
        list_cellf(&t, "%lld", (long long)a.rows);
        list_cells(&t, a.broken || !a.seen ? "no" : "yes");
        list_cellf(&t, "%lld", (long long)a.broken);
        list_cells(&t, a.head);
        list_end(&t);
    }
    return a.broken || !a.seen ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_audit_verify = {
    .name = "audit verify",
    .args = "",
    .summary = TR("check the chain of the audit log"),
    .about = TR("Reckons every hash again. Exit code 3 when a row was changed, removed or put in. Note the head it prints somewhere\n"
                "else: --head HASH then also tells whether rows were cut off at the end."),
    .examples = "  toban audit verify --head 4f1d…",
    .opt = (const struct cli_opt[]){{"head", "HASH", TR("a head that was noted before"), NULL}, {NULL, NULL, NULL, NULL}},
    .run = run_verify};
