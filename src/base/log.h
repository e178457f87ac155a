/* log.h — the one sink for messages to the operator (stderr by default).
 *
 * Only cli, api, app and loop log. One line per call. Threads: safe.
 */
#ifndef TOBAN_BASE_LOG_H
#define TOBAN_BASE_LOG_H

#include "base/defs.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
void log_set_level(enum log_level max);
/* fmt is looked up in the catalogue (i18n.h). */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
