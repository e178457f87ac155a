/* json_records.h — the records of a large JSON document, one at a time.
 *
 * Accepts an object with a named list of records ({"vulnerabilities":[…]}), a list, one record,
 * values one behind the other, and JSON Lines (told by .ndjson or .jsonl in the name). In a list
 * and in lines a broken record costs only itself. Memory: one record, at most LIMIT_RECORD.
 */
#ifndef TOBAN_COLLECT_FEEDS_JSON_RECORDS_H
#define TOBAN_COLLECT_FEEDS_JSON_RECORDS_H

#include "collect/feed.h"

struct json_records {
    const char *const *lists; /* names of members that are lists of records; ends with NULL; may be NULL */
    /* raw: the record's bytes. Negative ends the reading. */
    int (*record)(void *ctx, struct str raw, struct err *e);
    /* A record that is no element of a list: its tree, in a. */
    int (*tree)(void *ctx, struct arena *a, const struct json *root, struct err *e);
    /* A text or number beside the list, before or behind it. May be NULL. */
    void (*member)(void *ctx, struct str key, struct str value);
    void (*bad)(void *ctx, struct str bytes, const char *reason);
    void *ctx;
};

/* ERR_INPUT when there is no record and no list. The address stands in front of the error's text. */
int json_records_read(const struct feed_input *in, const struct json_records *use, struct err *e) MUST_CHECK;

#endif
