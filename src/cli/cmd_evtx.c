/* evtx: Windows event logs as JSON lines. */
#include <errno.h>

#include "cli/cli.h"
#include "investigate/traces/evtx.h"

struct printing {
    struct cli *c;
    const char *name;
    uint64_t damaged;
};

static int on_json(void *ctx, struct str object)
{
    (void)ctx;
    fwrite(object.p, 1, object.n, stdout);
    return putchar('\n') == EOF ? ERR_IO : 0;
}

static void on_damage(void *ctx, const struct evtx_record *rec)
{
    struct printing *p = ctx;
    p->damaged++;
    if (p->c->verbose)
        fprintf(stderr, tr("%s: offset %llu: %s\n"), p->name, (unsigned long long)rec->offset, rec->damage ? rec->damage : "");
}

static int print_file(struct cli *c, const char *path, uint64_t *damaged)
{
    struct evtx *r;
    struct evtx_stats s;
    struct printing p = {.c = c, .name = strcmp(path, "-") == 0 ? tr("standard input") : path};
    const struct evtx_sink sink = {&p, on_json, on_damage};
    int rc = evtx_open(&r, path, &c->err);
    if (rc < 0)
        return rc;
    if (cli_has(c, "slack"))
        evtx_set(r, EVTX_SLACK);
    rc = evtx_export(r, &sink, &c->err);
    evtx_stats(r, &s);
    if (!c->quiet)
        fprintf(stderr, tr("%s: %llu records, %llu damaged, %llu bytes lost, %llu record numbers missing\n"), p.name, (unsigned long long)s.records,
                (unsigned long long)s.damaged, (unsigned long long)s.damaged_bytes, (unsigned long long)s.missing);
    *damaged += s.damaged;
    evtx_free(r);
    return rc == ERR_IO && ferror(stdout) ? err_set(&c->err, ERR_IO, "cannot write the result") : rc;
}

static int run_evtx(struct cli *c)
{
    const char *format = cli_opt(c, "format");
    uint64_t damaged = 0;
    int rc = 0;
    if (format && strcmp(format, "jsonl") != 0 && strcmp(format, "json") != 0)
        return cli_usage(c, "--format: \"%s\" is not one of jsonl, json", format);
    for (size_t i = 0; i < c->arg_n; i++) {
        int one = print_file(c, c->arg[i], &damaged);
        if (one < 0) { /* the other files are read even so */
            fflush(stdout);
            int code = cli_fail(c);
            rc = rc ? rc : code;
        }
    }
    return rc ? rc : damaged && cli_has(c, "strict") ? EXIT_UNTRUSTED : EXIT_DONE;
}

const struct cli_cmd cmd_evtx = {
    .name = "evtx",
    .args = "FILE…",
    .summary = TR("print Windows event logs as JSON lines"),
    .about = TR("Reads event logs (.evtx, also damaged, cut off, or packed; \"-\" is standard input) and prints one JSON object\n"
                "a record with System and EventData. A record that cannot be read is set aside, and reading goes on; how many\n"
                "there were is said on stderr (-v: each with its place)."),
    .examples = "  toban evtx Security.evtx > security.jsonl\n  zcat Application.evtx.gz | toban evtx -",
    .opt = (const struct cli_opt[]){{"format", "jsonl", TR("the only form: one JSON object a line"), "jsonl"},
                                    {"slack", NULL, TR("also records from space the log has given up"), NULL},
                                    {"strict", NULL, TR("exit code 3 when anything was damaged"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .min_args = 1,
    .max_args = -1,
    .run = run_evtx};
