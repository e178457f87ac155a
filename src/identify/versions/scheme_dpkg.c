/* Debian: [epoch:]upstream[-revision], deb-version(7). */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

struct deb {
    struct str epoch, upstream, revision;
};

static bool read_deb(struct str v, struct deb *out)
{
    *out = (struct deb){0};
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    size_t colon = str_chr(v, ':');
    if (colon != STR_NONE) {
        out->epoch = str_sub(v, 0, colon);
        uint64_t n;
        if (!num_u64(out->epoch, &n) || n > INT32_MAX)
            return false;
        v = str_sub(v, colon + 1, v.n);
    }
    size_t dash = v.n;
    while (dash > 0 && v.p[dash - 1] != '-')
        dash--;
    out->upstream = dash ? str_sub(v, 0, dash - 1) : v;
    out->revision = dash ? str_sub(v, dash, v.n) : (struct str){0};
    if (!out->upstream.n || (dash && !out->revision.n))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!token_is_alnum(v.p[i]) && !token_in(v.p[i], ".+-~:"))
            return false;
    return !(out->revision.n && str_chr(out->revision, ':') != STR_NONE);
}

/* '~' before the end, the end before letters, letters before the rest. */
static int order(struct str s, size_t i)
{
    if (i >= s.n || token_is_digit(s.p[i]))
        return 0;
    if (s.p[i] == '~')
        return -1;
    return token_is_alpha(s.p[i]) ? s.p[i] : (unsigned char)s.p[i] + 256;
}

static int cmp_part(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    while (i < a.n || k < b.n) {
        while ((i < a.n && !token_is_digit(a.p[i])) || (k < b.n && !token_is_digit(b.p[k]))) {
            int c = order(a, i) - order(b, k);
            if (c)
                return token_sign(c);
            i += i < a.n;
            k += k < b.n;
        }
        size_t x = token_digits(a, i), y = token_digits(b, k);
        int c = token_cmp_num(str_sub(a, i, x), str_sub(b, k, y));
        if (c)
            return c;
        i += x;
        k += y;
    }
    return 0;
}

/* The order is defined for versions that do not begin with a digit, too: dpkg
 * warns about those and goes on. */
static int dpkg_compare(struct str a, struct str b)
{
    struct deb x, y;
    if (!read_deb(a, &x) || !read_deb(b, &y))
        return VERSION_INVALID;
    int c = token_cmp_num(x.epoch, y.epoch);
    if (!c)
        c = cmp_part(x.upstream, y.upstream);
    return c ? c : cmp_part(x.revision, y.revision);
}

static bool dpkg_valid(struct str v)
{
    struct deb d;
    return read_deb(v, &d) && token_is_digit(d.upstream.p[0]);
}

const struct scheme scheme_dpkg = {
    .name = "dpkg",
    .aliases = "deb debian ubuntu",
    .compare = dpkg_compare,
    .valid = dpkg_valid,
};
