#include "base/log.h"

#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level max_level = LOG_INFO;

void log_set_level(enum log_level max)
{
    max_level = max;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    static const char *const name[] = {"error: ", "warning: ", "", ""};
    if (level > max_level)
        return;
    va_list ap;
    va_start(ap, fmt);
    flockfile(stderr);
    fprintf(stderr, "toban: %s", name[level][0] ? tr(name[level]) : "");
    vfprintf(stderr, tr(fmt), ap);
    fputc('\n', stderr);
    funlockfile(stderr);
    va_end(ap);
}
