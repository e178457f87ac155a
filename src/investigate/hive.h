/* hive.h — a registry hive opened for reading, its transaction logs replayed into a copy.
 *
 * What is examined is never written: the copy is an unnamed temporary file of at most LIMIT_HIVE (hivex reads files
 * by mmap, so a live hive that is cut under it would be fatal, too: what has logs beside it is copied).
 * Threads: each its own.
 */
#ifndef TOBAN_INVESTIGATE_HIVE_H
#define TOBAN_INVESTIGATE_HIVE_H

#include <hivex.h>
#include "base/base.h"

enum hive_state {
    HIVE_WHOLE,
    HIVE_REPLAYED, /* it was dirty; its logs were replayed */
    HIVE_DIRTY     /* dirty, and not replayed: no log, or none that fits */
};
struct hive {
    hive_h *h;
    enum hive_state state;
    bool damaged; /* parts of it were passed over */
};

enum { HIVE_LOGS = 3 };
extern const char *const hive_log_names[HIVE_LOGS]; /* ".LOG1", … behind the hive's name */

/* fd and the logs (-1: none) are borrowed. ERR_INPUT when it is no hive or cannot be read as one. */
int hive_open(struct hive *out, int fd, const int log[HIVE_LOGS], struct err *e) MUST_CHECK;
void hive_close(struct hive *h);

/* ---- all of it, key by key ---- */

struct hive_sink {
    void *ctx;
    /* path of a key below the root, "\" between; name NULL: the key itself, else a value of it and what it holds as
     * text (cut at LIMIT_SWEEP_EXCERPT). written: when the key last changed. id: of the key. False: stop. */
    bool (*item)(void *ctx, struct str path, const char *name, struct str data, when_t written, uint64_t id);
};
/* Keys beyond LIMIT_HIVE_KEYS, LIMIT_HIVE_DEPTH or LIMIT_HIVE_VALUES and keys that cannot be read are counted in
 * *left. */
void hive_walk(const struct hive *h, const struct hive_sink *sink, uint64_t *keys, uint64_t *left);

#endif
