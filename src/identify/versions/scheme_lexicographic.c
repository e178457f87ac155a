/* Bytes of UTF-8, unsigned, not normalised. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

static bool lexicographic_valid(struct str v)
{
    return v.n > 0 && v.n <= LIMIT_VERSION && str_is_utf8(v);
}

static int lexicographic_compare(struct str a, struct str b)
{
    if (!lexicographic_valid(a) || !lexicographic_valid(b))
        return VERSION_INVALID;
    return token_cmp(a, b);
}

const struct scheme scheme_lexicographic = {
    .name = "lexicographic",
    .aliases = "",
    .compare = lexicographic_compare,
    .valid = lexicographic_valid,
};
