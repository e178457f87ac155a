/* layout.h — what kind of place the evidence is, and what its paths are called on the machine it came from.
 *
 * A root is a mounted disk ("/mnt/x=C:"), the disk of this machine, or a folder of collected
 * files. Below it layout finds where Exchange is installed (SOFTWARE hive, also offline; else by its
 * folders, on any drive and in any depth) and what IIS serves and logs (applicationHost.config).
 *
 * Windows paths here are canonical: ASCII lower case, "\" between parts, a drive first when it is
 * known ("c:\inetpub\wwwroot\x.aspx", else "\inetpub\…"), no "\\?\", no trailing "\". What kind a file is
 * is told by its content: trace_sniff().
 *
 * Nothing is followed out of a root: links are not resolved. Only the files named above are opened,
 * read-only. Threads: layout_root, layout_add, layout_look, layout_seen and layout_search one at a time; the rest may run at the same
 * time.
 */
#ifndef TOBAN_INVESTIGATE_LAYOUT_H
#define TOBAN_INVESTIGATE_LAYOUT_H

#include "base/base.h"

struct layout; /* owns all it hands out, for its lifetime */

struct layout *layout_new(void);
void layout_free(struct layout *l);

/* "PATH=C:" or "PATH". ERR_USAGE when it is neither, ERR_NOT_FOUND when there is no such folder. */
int layout_root(struct layout *l, struct str spec, struct err *e) MUST_CHECK;
/* The same in two parts; drive 0: unknown. */
int layout_add(struct layout *l, struct str path, char drive, struct err *e) MUST_CHECK;
/* Looks where things usually are in every root. Not finding any is no error. */
void layout_look(struct layout *l);
/* Tells of a path met while walking: an Exchange folder, a SOFTWARE hive or an applicationHost.config
 * anywhere else is found this way. Cheap for all other paths. */
void layout_seen(struct layout *l, struct str posix);
/* Walks all folders of all roots by name alone and tells layout_seen; in order of name. Evidence that was
 * collected before, and the file systems of the kernel, are passed over. stop may be NULL. */
void layout_search(struct layout *l, bool (*stop)(void *ctx), void *ctx);

/* Appends the canonical Windows path of a path; below no root the whole path is taken. */
void layout_windows_path(const struct layout *l, struct str posix, struct buf *out);
/* Appends the path under which a Windows path is to be found, case-blind; false when it is not there. */
bool layout_posix_path(const struct layout *l, struct str windows, struct buf *out);

enum layout_how {
    LAYOUT_HIVE, /* the registry names it */
    LAYOUT_FOUND /* its folders were met */
};
struct layout_exchange {
    struct str windows; /* canonical */
    struct str posix;   /* empty: named, but not among the roots */
    unsigned major;     /* 15, 14; 0 unknown */
    struct str build;   /* "15.1.2176.2"; empty when unknown */
    enum layout_how how;
    struct str by; /* the hive that names it; empty: its folders were met */
};
struct layout_vdir {
    struct str site, path; /* "Default Web Site", "/owa/auth" */
    struct str windows;    /* canonical folder */
    struct str posix;      /* empty: named, but not among the roots */
    struct str by;         /* the file that names it */
};
struct layout_logs {          /* of a site */
    struct str site, windows; /* "\w3svc1" is in it */
    struct str posix;         /* empty: named, but not among the roots */
    struct str by;            /* the file that names it */
};
const struct layout_exchange *layout_exchanges(const struct layout *l, size_t *n);
const struct layout_vdir *layout_vdirs(const struct layout *l, size_t *n);
const struct layout_logs *layout_iis_logs(const struct layout *l, size_t *n);
/* What could not be read, in sentences (translated). */
const struct str *layout_notes(const struct layout *l, size_t *n);

/* Log folders below an Exchange root that ProxyLogon leaves traces in, canonical and relative
 * ("logging\httpproxy\ecp"). */
extern const char *const layout_exchange_logs[];
extern const size_t layout_exchange_logs_n;

#endif
