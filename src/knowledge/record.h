/* record.h — struct vuln to bytes and back, for the map.
 *
 * The form is private to this build of the file (record_format): a file with
 * another number is rebuilt from the spool. Reading is bounded and checks every
 * length, so a damaged file gives ERR_INPUT, never a stray read. Strings of the
 * result point into bytes; arrays are in the arena.
 */
#ifndef TOBAN_KNOWLEDGE_RECORD_H
#define TOBAN_KNOWLEDGE_RECORD_H

#include "base/base.h"
#include "model/vuln.h"

#define RECORD_FORMAT 2
#define RECORD_DATES 24 /* a record begins with published, modified, known: 8 bytes each */

void record_write(const struct vuln *v, struct buf *out);
int record_read(struct str bytes, struct arena *a, struct vuln *v, struct err *e) MUST_CHECK;

#endif
