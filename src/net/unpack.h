/* unpack.h — the document out of the bytes as sent, when Content-Encoding says gzip.
 *
 * Private to net.
 */
#ifndef TOBAN_NET_UNPACK_H
#define TOBAN_NET_UNPACK_H

#include "net/tempfile.h"

/* out: a new sealed file in dir with what wire (sealed) holds, unpacked; the same bytes when wire
 * is not packed after all. Neither is larger than wire->limit. ERR_INPUT when wire ends
 * early or is damaged, ERR_LIMIT for a bomb. name is for messages. */
int unpack_file(const struct tempfile *wire, const char *name, const char *dir, struct tempfile *out, struct err *e)
    MUST_CHECK;

#endif
