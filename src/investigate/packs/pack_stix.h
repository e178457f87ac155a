/* pack_stix.h — STIX patterns (STIX 2.1 part 9; patterns of 2.0 are the same but for START/STOP). Not for
 * others. */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_STIX_H
#define TOBAN_INVESTIGATE_PACKS_PACK_STIX_H

#include "base/base.h"
#include "model/indicator.h"

enum stix_join { STIX_OBSERVATION, STIX_AND, STIX_OR, STIX_FOLLOWED_BY };
enum stix_test_op {
    STIX_EQUAL,
    STIX_LESS,
    STIX_LESS_EQUAL,
    STIX_MORE,
    STIX_MORE_EQUAL,
    STIX_IN,
    STIX_LIKE,
    STIX_MATCHES,
    STIX_SUBSET,
    STIX_SUPERSET,
    STIX_EXISTS
};

/* Inside of one observation. */
struct stix_cmp {
    enum stix_join join; /* OBSERVATION: a test */
    struct stix_cmp *a, *b;
    enum stix_test_op op;
    bool negate;
    struct str type;   /* "file" */
    struct str path;   /* "hashes.SHA-256", quotes taken off; "[*]" and "[0]" as they stand */
    struct str *value; /* texts unescaped; numbers, h'' b'' t'' as written inside the quotes */
    char *value_kind;  /* of each: 's' text, 'n' number, 'b' boolean, 't' time, 'h' hex, 'x' base64 */
    uint32_t n;
};
struct stix_obs {
    enum stix_join join;
    struct stix_obs *a, *b;
    struct stix_cmp *cmp;
    bool qualified; /* WITHIN, REPEATS or START…STOP */
};

/* Parses a whole pattern. Everything lives in the arena, and may point into pattern. ERR_INPUT names the
 * offset. lenient: a backslash before any other character than \ and ' is itself (as many producers write
 * paths). */
int pack_stix_parse(struct arena *a, struct str pattern, bool lenient, struct stix_obs **out,
                    struct err *e) MUST_CHECK;
/* The indicators of one pattern, like *x; what cannot be evaluated becomes context. */
void pack_stix_emit(struct pack *p, const struct stix_obs *o, const struct indicator *x);

#endif
