/* progress.h — one line on stderr for what lasts over a second; nothing when stderr is no terminal. */
#ifndef TOBAN_CLI_PROGRESS_H
#define TOBAN_CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
    const struct cli *c;
    uint64_t began, last;
    bool shown;
};
void progress_init(struct progress *p, const struct cli *c);
/* done of total (0: unknown) in bytes when bytes is set; label may be NULL. */
void progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total, bool bytes);
void progress_end(struct progress *p); /* clears the line */

#endif
