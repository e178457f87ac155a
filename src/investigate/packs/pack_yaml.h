/* pack_yaml.h — YAML 1.1/1.2 documents into a small tree (the home of libfyaml). Not for others.
 *
 * Bounded: LIMIT_PACK_YAML bytes, LIMIT_PACK_DEPTH levels, LIMIT_PACK_NODES nodes. An alias is refused:
 * nothing that we read uses them, and they are how small files become large. Errors name the line.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_YAML_H
#define TOBAN_INVESTIGATE_PACKS_PACK_YAML_H

#include "base/base.h"

enum pack_yaml_type { PACK_YAML_NULL, PACK_YAML_TEXT, PACK_YAML_LIST, PACK_YAML_MAP };

struct pack_yaml {
    enum pack_yaml_type type;
    struct str text;    /* TEXT: as meant; numbers and booleans as written */
    unsigned long line; /* from 1 */
    uint32_t n;
    struct str *key;        /* MAP */
    struct pack_yaml *item; /* MAP and LIST */
};

/* All documents of text, copied into the arena. */
int pack_yaml_read(struct arena *a, struct str text, struct pack_yaml **docs, size_t *n,
                   struct err *e) MUST_CHECK;
/* All accept NULL and other types, and then give NULL or "". */
const struct pack_yaml *pack_yaml_get(const struct pack_yaml *y, const char *key);
struct str pack_yaml_str(const struct pack_yaml *y, const char *key);

#endif
