/* cli.h — the door of the command line: one struct a verb, one line in cmd_list.h.
 *
 * A verb's struct is the only source of its help, man page, and completion.
 * Results go to stdout, all else to stderr. Verbs return an exit code
 * (interfaces.md): 0 done, 1 findings at or over the threshold, 2 usage,
 * 3 not trustworthy, 4 input unreadable, 5 I/O, 6 not permitted.
 */
#ifndef TOBAN_CLI_CLI_H
#define TOBAN_CLI_CLI_H

#include <stdio.h>
#include "app/app.h"
#include "base/base.h"

enum { EXIT_DONE = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_UNTRUSTED = 3, EXIT_INPUT = 4, EXIT_IO = 5, EXIT_REFUSED = 6 };

enum cli_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

struct cli_opt {
    const char *name;   /* "since": typed --since */
    const char *arg;    /* TR("DATE"); NULL: a switch */
    const char *help;   /* TR */
    const char *values; /* "ja|en" for completion; NULL */
};

struct cli_value {
    const char *name, *value;
};

struct cli {
    const struct cli_cmd *cmd;
    struct config *config;
    struct app *app; /* opened by cli_app */
    enum cli_format format;
    bool quiet, tty_out, tty_err, color;
    int verbose;
    const char *config_file;
    struct cli_value opt[32];
    size_t opt_n;
    const char **arg; /* what is not an option */
    size_t arg_n;
    struct err err; /* the verb's own error: cli_fail prints it */
    struct arena a; /* lives as long as the verb */
};

struct cli_cmd {
    const char *name;    /* "ledger import" */
    const char *args;    /* "FILE…" ; "" */
    const char *summary; /* TR: one line, no full stop */
    const char *about;   /* TR: what it does, for whom, what to know; paragraphs */
    const char *examples; /* lines "COMMAND # TR comment"; literal, TR each comment by cli_help */
    const struct cli_opt *opt; /* ends with a NULL name; NULL: none */
    int min_args, max_args;    /* max -1: any */
    int (*run)(struct cli *c);
};

extern const struct cli_cmd *const cli_cmds[]; /* NULL at the end, in the order of the loop */

int cli_main(int argc, char **argv);

/* Last value of an option; NULL when not given. A switch gives "". */
const char *cli_opt(const struct cli *c, const char *name);
bool cli_has(const struct cli *c, const char *name);
/* Moment of an option, a day without time being its beginning (for --as-of its end); false and a usage error in c->err when it is not one. Not given: *out untouched. */
bool cli_when(struct cli *c, const char *name, when_t *out);
/* Opens store, knowledge and rules. On failure fills c->err. */
int cli_app(struct cli *c) MUST_CHECK;
/* Prints c->err to stderr and gives its exit code. */
int cli_fail(struct cli *c);
int cli_usage(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* help.c */
void cli_help_all(FILE *out);
void cli_help_cmd(const struct cli_cmd *cmd, FILE *out);
void cli_help_man(const struct cli_cmd *cmd, FILE *out); /* NULL: toban(1) itself */
/* completion.c */
int cli_completion(const char *shell, FILE *out);

#endif
