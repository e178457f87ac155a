/* i18n.h — one catalogue for command line, API and web.
 *
 * English is written where it is used, as a literal inside tr("…"), err_set(),
 * err_at(), err_sys(), err_prefix() or log_line(); i18n/ja.json maps it to
 * Japanese. Translations may reorder arguments (%2$s). tools/check_i18n.py,
 * run by the tests, finds a literal without translation, a translation without
 * a literal, and conversions that do not agree.
 *
 * The language belongs to the thread, so that one server speaks both.
 */
#ifndef TOBAN_BASE_I18N_H
#define TOBAN_BASE_I18N_H

#include "base/defs.h"

enum lang { LANG_EN, LANG_JA };
void i18n_use(enum lang lang); /* for this thread */
enum lang i18n_lang(void);
/* The text in the thread's language; English when there is none. Static storage. */
const char *tr(const char *english) __attribute__((format_arg(1)));
/* The same for an explicit language. */
const char *tr_in(enum lang lang, const char *english) __attribute__((format_arg(2)));
/* Marks a literal for the catalogue in a table; translate at use with tr(). */
#define TR(literal) literal

#endif
