/* Numbers between dots (CRAN: also hyphens); a longer list is newer: Hackage, CRAN. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

static bool intdot_valid(struct str v)
{
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    bool digit = false;
    for (size_t i = 0; i < v.n; i++) {
        bool d = token_is_digit(v.p[i]);
        if (!d && (!digit || (v.p[i] != '.' && v.p[i] != '-')))
            return false;
        digit = d;
    }
    return digit;
}

static int intdot_compare(struct str a, struct str b)
{
    if (!intdot_valid(a) || !intdot_valid(b))
        return VERSION_INVALID;
    a = str_trim(a);
    b = str_trim(b);
    while (a.n && b.n) {
        size_t n = token_digits(a, 0), m = token_digits(b, 0);
        int c = token_cmp_num(str_sub(a, 0, n), str_sub(b, 0, m));
        if (c)
            return c;
        a = str_sub(a, n + 1, a.n);
        b = str_sub(b, m + 1, b.n);
    }
    return (a.n > 0) - (b.n > 0);
}

const struct scheme scheme_intdot = {
    .name = "intdot",
    .aliases = "cran hackage bioconductor",
    .compare = intdot_compare,
    .valid = intdot_valid,
};
