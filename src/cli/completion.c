#include "cli/cli.h"

extern const struct cli_opt cli_common_opts[];

static void words_of(FILE *out, const struct cli_cmd *cmd)
{
    const struct cli_opt *const list[] = {cmd ? cmd->opt : NULL, cli_common_opts};
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        for (const struct cli_opt *o = list[i]; o && o->name; o++)
            fprintf(out, "--%s ", o->name);
}

static void bash(FILE *out)
{
    fputs("_toban() {\n"
          "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=\"${COMP_WORDS[1]}\" "
          "two=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" words=\n"
          "  case $prev in\n    --lang) COMPREPLY=($(compgen -W 'ja en' -- \"$cur\")); return;;\n"
          "    --format) COMPREPLY=($(compgen -W 'table json csv' -- \"$cur\")); return;;\n"
          "    --store|--config|--rules|--mirror) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n  esac\n"
          "  if [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -W '",
          out);
    for (size_t i = 0; cli_cmds[i]; i++)
        fprintf(out, "%.*s ", (int)strcspn(cli_cmds[i]->name, " "), cli_cmds[i]->name);
    fputs("' -- \"$cur\")); return; fi\n  case $two in\n", out);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; cli_cmds[i]; i++) {
            bool two = strchr(cli_cmds[i]->name, ' ') != NULL;
            if (two != (pass == 0))
                continue;
            fprintf(out, two ? "    '%s'*) words='" : "    '%s '*) words='", cli_cmds[i]->name);
            words_of(out, cli_cmds[i]);
            fputs("';;\n", out);
        }
    }
    fputs("  esac\n  if [ \"$COMP_CWORD\" = 2 ]; then case $verb in\n", out);
    for (size_t i = 0; cli_cmds[i]; i++) {
        const char *space = strchr(cli_cmds[i]->name, ' ');
        if (space)
            fprintf(out, "    %.*s) words=\"$words %s\";;&\n", (int)(space - cli_cmds[i]->name),
                    cli_cmds[i]->name, space + 1);
    }
    fputs("  esac; fi\n  case $cur in -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"));; "
          "*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"));; esac\n}\n"
          "complete -o filenames -F _toban toban\n",
          out);
}

static void zsh(FILE *out)
{
    fputs("#compdef toban\nautoload -U +X bashcompinit && bashcompinit\n", out);
    bash(out);
}

static void fish_words(FILE *out, const struct cli_opt *o, const char *cond)
{
    for (; o && o->name; o++) {
        fprintf(out, "complete -c toban %s -l %s", cond, o->name);
        if (o->values) {
            fputs(" -x -a '", out);
            for (const char *p = o->values; *p; p++)
                fputc(*p == '|' ? ' ' : *p, out);
            fputc('\'', out);
        } else if (o->arg) {
            fputs(" -r", out);
        }
        fputc('\n', out);
    }
}

static void fish(FILE *out)
{
    for (size_t i = 0; cli_cmds[i]; i++) {
        const char *name = cli_cmds[i]->name, *space = strchr(name, ' ');
        char cond[160];
        if (space) {
            fprintf(out, "complete -c toban -n __fish_use_subcommand -a %.*s\n", (int)(space - name), name);
            fprintf(out, "complete -c toban -n '__fish_seen_subcommand_from %.*s' -a %s\n",
                    (int)(space - name), name, space + 1);
        } else {
            fprintf(out, "complete -c toban -n __fish_use_subcommand -a %s\n", name);
        }
        snprintf(cond, sizeof(cond), "-n '__fish_seen_subcommand_from %.*s'", (int)strcspn(name, " "), name);
        fish_words(out, cli_cmds[i]->opt, cond);
    }
    fish_words(out, cli_common_opts, "");
}

int cli_completion(const char *shell, FILE *out)
{
    if (strcmp(shell, "bash") == 0)
        bash(out);
    else if (strcmp(shell, "zsh") == 0)
        zsh(out);
    else if (strcmp(shell, "fish") == 0)
        fish(out);
    else
        return EXIT_USAGE;
    return EXIT_DONE;
}
