#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"

/* Appends to e->text from offset n, cutting at a character's edge. */
static size_t text_add(struct err *e, size_t n, const char *fmt, va_list ap)
{
    size_t room = sizeof(e->text) - n;
    int k = vsnprintf(e->text + n, room, fmt, ap);
    if (k < 0)
        return n;
    if ((size_t)k >= room) {
        n = str_utf8_clip(e->text, sizeof(e->text) - 1);
        e->text[n] = 0;
        return n;
    }
    return n + (size_t)k;
}

static size_t text_addf(struct err *e, size_t n, const char *fmt, ...) PRINTF_LIKE(3, 4);
static size_t text_addf(struct err *e, size_t n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    n = text_add(e, n, fmt, ap);
    va_end(ap);
    return n;
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
    if (e) {
        va_list ap;
        va_start(ap, fmt);
        e->code = code;
        text_add(e, 0, tr(fmt), ap);
        va_end(ap);
    }
    return code;
}

int err_at(struct err *e, int code, const char *file, unsigned long line, const char *fmt, ...)
{
    if (e) {
        size_t n = line ? text_addf(e, 0, "%s:%lu: ", file, line) : text_addf(e, 0, "%s: ", file);
        va_list ap;
        va_start(ap, fmt);
        e->code = code;
        text_add(e, n, tr(fmt), ap);
        va_end(ap);
    }
    return code;
}

int err_sys(struct err *e, const char *fmt, ...)
{
    int saved = errno;
    int code = saved == ENOENT ? ERR_NOT_FOUND : saved == EACCES || saved == EPERM ? ERR_PERM : ERR_IO;
    if (e) {
        va_list ap;
        va_start(ap, fmt);
        e->code = code;
        size_t n = text_add(e, 0, tr(fmt), ap);
        va_end(ap);
        char why[128];
        text_addf(e, n, ": %s", strerror_r(saved, why, sizeof(why)));
    }
    errno = saved;
    return code;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    if (!e)
        return ERR_INTERNAL;
    char old[sizeof(e->text)];
    memcpy(old, e->text, sizeof(old));
    va_list ap;
    va_start(ap, fmt);
    size_t n = text_add(e, 0, tr(fmt), ap);
    va_end(ap);
    text_addf(e, n, ": %s", old);
    return e->code;
}

void err_clear(struct err *e)
{
    if (e)
        *e = (struct err){0};
}

int err_exit_code(int code)
{
    switch (code) {
    case ERR_OK:
        return 0;
    case ERR_USAGE:
        return 2;
    case ERR_STALE:
        return 3;
    case ERR_INPUT:
    case ERR_LIMIT:
    case ERR_NOT_FOUND:
        return 4;
    case ERR_PERM:
    case ERR_CONFLICT:
        return 6;
    default:
        return 5;
    }
}
