#include "identify/versions/build.h"

/* What may stand between two numbers: one dot, or " (Build " of the long form. */
static bool is_joint(struct str s, bool before_build)
{
    if (str_is(s, "."))
        return true;
    return before_build && (str_is_i(str_trim(s), "(build") || str_is_i(str_trim(s), "build"));
}

bool build_read(struct str v, struct build *out)
{
    *out = (struct build){0};
    v = str_trim(v);
    if (v.n > LIMIT_VERSION)
        return false;
    if (str_starts_i(v, "version "))
        v = str_trim(str_sub(v, 8, v.n));
    size_t i = 0;
    while (i < v.n) {
        size_t n = token_digits(v, i);
        if (!n || out->n == 4)
            return false;
        out->part[out->n++] = str_sub(v, i, n);
        i += n;
        size_t joint = i;
        while (i < v.n && !token_is_digit(v.p[i]))
            i++;
        struct str between = str_sub(v, joint, i - joint);
        if (i < v.n ? !is_joint(between, out->n == 2) : !(str_empty(between) || str_is(between, ")")))
            return false;
    }
    return out->n >= 3;
}
