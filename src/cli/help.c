#include <stdlib.h>

#include "cli/cli.h"

extern const struct cli_opt cli_common_opts[];

static void put_padded(FILE *out, const char *s, int width)
{
    fprintf(out, "  %-*s", width, s);
    if ((int)strlen(s) >= width)
        fprintf(out, "\n  %*s", width, "");
}

void cli_help_all(FILE *out)
{
    fprintf(out, "%s\n\n",
            tr("toban: from a published vulnerability to the proven patch, machine by machine"));
    fprintf(out, "%s\n\n", tr("usage: toban VERB [OBJECT] [OPTIONS]"));
    for (size_t i = 0; cli_cmds[i]; i++) {
        put_padded(out, cli_cmds[i]->name, 18);
        fprintf(out, "%s\n", tr(cli_cmds[i]->summary));
    }
    fprintf(out, "\n%s\n",
            tr("Begin with: toban ledger import FILE, then toban round. toban help VERB explains a verb.\n"
               "Exit codes: 0 done, 1 findings, 2 usage, 3 answer not trustworthy (data missing, stale or\n"
               "shrunken), 4 input cannot be read, 5 I/O or network, 6 not permitted."));
    fprintf(out, "\n%s\n",
            tr("This product uses data from the NVD API but is not endorsed or certified by the NVD."));
}

static void put_opts(const struct cli_opt *o, FILE *out)
{
    for (; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        put_padded(out, left, 26);
        fprintf(out, "%s\n", tr(o->help));
    }
}

void cli_help_cmd(const struct cli_cmd *cmd, FILE *out)
{
    fprintf(out, "toban %s: %s\n\n", cmd->name, tr(cmd->summary));
    fprintf(out, tr("usage: toban %s %s [OPTIONS]\n\n"), cmd->name, tr(cmd->args));
    fprintf(out, "%s\n", tr(cmd->about));
    if (cmd->opt && cmd->opt->name) {
        fprintf(out, "\n%s\n", tr("Options:"));
        put_opts(cmd->opt, out);
    }
    fprintf(out, "\n%s\n", tr("Options of every verb:"));
    put_opts(cli_common_opts, out);
    if (cmd->examples)
        fprintf(out, "\n%s\n%s\n", tr("Examples:"), cmd->examples);
}

static void man_text(const char *s, FILE *out)
{
    for (bool start = true; *s; s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", out);
        start = *s == '\n';
        if (*s == '\\')
            fputs("\\e", out);
        else if (*s == '-')
            fputs("\\-", out);
        else
            fputc(*s, out);
    }
    fputc('\n', out);
}

static void man_opts(const struct cli_opt *o, FILE *out)
{
    for (; o && o->name; o++) {
        fprintf(out, ".TP\n.BI \\-\\-%s \" %s\"\n", o->name, o->arg ? o->arg : "");
        man_text(tr(o->help), out);
    }
}

static void man_name(const char *name, FILE *out)
{
    for (; *name; name++)
        fputc(*name == ' ' ? '-' : *name, out);
}

static void man_all(FILE *out)
{
    fprintf(out, ".TH TOBAN 1\n.SH %s\ntoban \\- ", tr("NAME"));
    man_text(tr("from a published vulnerability to the proven patch, machine by machine"), out);
    fprintf(out, ".SH %s\n.B toban\nVERB [OBJECT] [OPTIONS]\n.SH %s\n", tr("SYNOPSIS"), tr("VERBS"));
    for (size_t i = 0; cli_cmds[i]; i++) {
        fprintf(out, ".TP\n.B %s\n", cli_cmds[i]->name);
        man_text(tr(cli_cmds[i]->summary), out);
    }
    fprintf(out, ".SH %s\n", tr("OPTIONS"));
    man_opts(cli_common_opts, out);
    fprintf(out, ".SH %s\n", tr("SETTINGS"));
    for (const struct config_key *k = config_keys; k->name; k++) {
        fprintf(out, ".TP\n.B %s\n", k->name);
        man_text(tr(k->help), out);
    }
    fprintf(out, ".SH %s\n", tr("EXIT STATUS"));
    man_text(tr("0 done, 1 findings at or over the threshold, 2 usage, 3 answer not trustworthy, 4 input "
                "cannot be "
                "read, 5 I/O or network, 6 not permitted."),
             out);
}

void cli_help_man(const struct cli_cmd *cmd, FILE *out)
{
    if (!cmd) {
        man_all(out);
        return;
    }
    fprintf(out, ".TH TOBAN-");
    man_name(cmd->name, out);
    fprintf(out, " 1\n.SH %s\ntoban-", tr("NAME"));
    man_name(cmd->name, out);
    fputs(" \\- ", out);
    man_text(tr(cmd->summary), out);
    fprintf(out, ".SH %s\n.B toban %s\n", tr("SYNOPSIS"), cmd->name);
    man_text(tr(cmd->args), out);
    fprintf(out, ".SH %s\n", tr("DESCRIPTION"));
    man_text(tr(cmd->about), out);
    fprintf(out, ".SH %s\n", tr("OPTIONS"));
    man_opts(cmd->opt, out);
    if (cmd->examples) {
        fprintf(out, ".SH %s\n.nf\n", tr("EXAMPLES"));
        man_text(cmd->examples, out);
        fputs(".fi\n", out);
    }
    fprintf(out, ".SH %s\n.BR toban (1)\n", tr("SEE ALSO"));
}
