/* scan_walk.h — every file below a root, without touching it.
 *
 * Directories are opened one below the other (openat, O_NOFOLLOW): no link leads out of the
 * root, and none is followed. Files are opened for reading with O_NOATIME where the kernel allows.
 * Devices, pipes and sockets are not opened. Entries come in order of name. A mount
 * below the root is entered, but not the kernel's own file systems (/proc, /sys).
 *
 * Threads: one walk, one thread.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_WALK_H
#define TOBAN_INVESTIGATE_SCAN_WALK_H

#include <sys/stat.h>
#include "base/base.h"

enum scan_skip {
    SCAN_SKIP_UNREADABLE, /* directory or file that cannot be opened or read */
    SCAN_SKIP_LINK,
    SCAN_SKIP_SPECIAL,    /* device, pipe, socket */
    SCAN_SKIP_KERNEL,     /* /proc and its kin */
    SCAN_SKIP_DEEP,
    SCAN_SKIP_LOOP,       /* a directory inside itself */
    SCAN_SKIP_OWN,        /* our own output */
    SCAN_SKIP_PACKED,     /* a packed file that cannot be unpacked, or is nested too deep */
    SCAN_SKIP_LIMIT,      /* larger than a limit */
    SCAN_SKIP_TIMEOUT,    /* rules gave up at their limit */
    SCAN_SKIP_YARA        /* the YARA library died of this file */
};
enum { SCAN_SKIPS = SCAN_SKIP_YARA + 1 };
const char *scan_skip_name(enum scan_skip s);  /* never translated */
const char *scan_skip_title(enum scan_skip s); /* translated */

struct scan_entry {
    const char *path; /* with the root in front */
    size_t root_n;    /* so much of it is the root */
    const struct stat *st;
    int fd;           /* a file: the callee takes it; -1 for a directory */
    bool directory, atime; /* atime: reading may change the access time */
};
struct scan_walk {
    void *ctx;
    /* False: do not go on (file), do not go in (directory). */
    bool (*entry)(void *ctx, const struct scan_entry *e);
    void (*skip)(void *ctx, const char *path, enum scan_skip why, int error);
    bool (*stop)(void *ctx);
};
/* The root may be a file. Fails when the root itself cannot be opened. */
int scan_walk_run(const struct scan_walk *w, const char *root, struct err *e) MUST_CHECK;
/* True when the folder is one of the kernel's own file systems. */
bool scan_walk_kernel(int fd);

#endif
