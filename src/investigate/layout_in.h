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
    struct str by; /* the file that is being read */
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

/* Length of the first part of a path when it stands for a drive, as collectors name them: "C", "C:", "C%3A", "C$", "C_". */
size_t layout_drive_folder(struct str rest, char *drive);

/* ---- layout_near.c ---- */
/* The disk a file was found on, when its place on a disk is known: what is in front of that place. */
struct layout_disk {
    struct str path; /* a view into the file's path */
    char drive;      /* 0 unknown */
    bool named;      /* its last part is the drive's name: other drives lie beside it */
};
struct layout_disk layout_disk_of(const struct layout *l, struct str posix, const char *tail);
/* Where a Windows path that this disk's files name is to be found: on the disk itself, beside it, else among the
 * roots. Appends; false when it is not there. */
bool layout_near(const struct layout *l, const struct layout_disk *d, struct str windows, struct buf *out);

/* ---- layout_hive.c: takes fd ---- */
void layout_hive(struct layout *l, int fd, struct str posix, const struct layout_disk *d);
/* ---- layout_iis.c: takes fd ---- */
void layout_iis(struct layout *l, int fd, struct str posix, const struct layout_disk *d);

#endif
