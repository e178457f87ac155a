/* batch.h — one line in, one line out, in order, streaming. */
#ifndef TOBAN_CLI_BATCH_H
#define TOBAN_CLI_BATCH_H

#include "cli/cli.h"

/* Calls line() for each line of the file ("-": standard input); what it appends to
 * out is printed. line() answers a bad line itself, with {"error":…}. Lines longer
 * than max get an error line. */
int batch_run(struct cli *c, const char *path, size_t max, void (*line)(void *ctx, struct str s, struct buf *out), void *ctx);
/* Appends {"error":"…"} LF. */
void batch_error(struct buf *out, const char *text);

#endif
