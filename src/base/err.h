/* err.h — errors are values.
 *
 * A function that can fail returns 0 or a negative enum err_code and fills
 * *e when e is not NULL. The text is complete for a person: what, where, and
 * what to do about it; it is already in the language of the thread (i18n.h).
 * Nobody below cli and api prints or exits.
 */
#ifndef TOBAN_BASE_ERR_H
#define TOBAN_BASE_ERR_H

#include "base/defs.h"

enum err_code {
    ERR_OK = 0,
    ERR_USAGE = -1,     /* the caller asked for something that cannot be     → exit 2 */
    ERR_INPUT = -2,     /* bytes that cannot be read as what they should be  → exit 4 */
    ERR_LIMIT = -3,     /* a named limit was crossed                         → exit 4 */
    ERR_IO = -4,        /* file, disk, network                               → exit 5 */
    ERR_STALE = -5,     /* data missing, stale or shrunken                   → exit 3 */
    ERR_PERM = -6,      /* not permitted                                     → exit 6 */
    ERR_NOT_FOUND = -7, /* no such thing                                     → exit 4 */
    ERR_CONFLICT = -8,  /* the state does not allow it                       → exit 6 */
    ERR_INTERNAL = -9   /* a defect of toban                                 → exit 5 */
};

struct err {
    int code;        /* enum err_code, 0 when unset */
    char text[1024]; /* UTF-8, cut at a character's edge */
};

/* Fills *e (may be NULL) and returns code. fmt is looked up in the catalogue,
 * so it must be a literal in English. */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with "file:line: " in front; line 0 leaves the number out. */
int err_at(struct err *e, int code, const char *file, unsigned long line, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

/* ": strerror(errno)" behind the text; code ERR_IO, or ERR_NOT_FOUND for ENOENT. */
int err_sys(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "text: " in front of what *e says already; returns e->code. */
int err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

void err_clear(struct err *e);

/* The exit code of the command line for this error (interfaces.md). */
int err_exit_code(int code);

#endif
