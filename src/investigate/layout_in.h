/* layout_in.h — shared by the layout*.c files. Not for others. */
#ifndef TOBAN_INVESTIGATE_LAYOUT_IN_H
#define TOBAN_INVESTIGATE_LAYOUT_IN_H

#include "investigate/layout.h"

struct layout_place { /* a root */
    struct str path;  /* no trailing '/' */
    char drive;       /* 'c', 0 unknown */
};
struct layout {
    struct arena arena;
    VEC(struct layout_place) root;
    VEC(struct layout_exchange) exchange;
    VEC(struct layout_vdir) vdir;
    VEC(struct layout_logs) logs;
    VEC(struct str) note;
};

/* ---- layout.c ---- */
void layout_note(struct layout *l, const char *text);
/* Adds or completes the installation at a canonical path. */
void layout_add_exchange(struct layout *l, const struct layout_exchange *x);
/* Canonical form of a Windows path as people write it; variables are replaced. drive: of %SystemDrive%. */
struct str layout_canonical(struct layout *l, struct str windows, char drive);
/* Opens rel ("windows/system32/…") below a folder, case-blind, following no link; -1 when it is not
 * there. Appends its path. folder: it must be one. */
int layout_open(struct str root, struct str rel, bool folder, struct buf *posix);

/* ---- layout_hive.c: takes fd ---- */
void layout_hive(struct layout *l, int fd, struct str posix, char drive);
/* ---- layout_iis.c: takes fd ---- */
void layout_iis(struct layout *l, int fd, struct str posix, char drive);

#endif
