/* Arch Linux: [epoch:]version[-release], vercmp(8). Close to RPM, with other ends:
 * 1.0a < 1.0 < 1.0.a. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

static size_t separators(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && !token_is_alnum(s.p[i + n]))
        n++;
    return n;
}

static int cmp_part(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    if (str_eq(a, b))
        return 0;
    while (i < a.n && k < b.n) {
        size_t p = separators(a, i), q = separators(b, k);
        i += p;
        k += q;
        if (i >= a.n || k >= b.n)
            break;
        if (p != q)
            return p < q ? -1 : 1;
        bool digits = token_is_digit(a.p[i]);
        size_t n = digits ? token_digits(a, i) : token_alphas(a, i);
        size_t m = digits ? token_digits(b, k) : token_alphas(b, k);
        if (!m)
            return digits ? 1 : -1;
        int c = digits ? token_cmp_num(str_sub(a, i, n), str_sub(b, k, m))
                       : token_cmp(str_sub(a, i, n), str_sub(b, k, m));
        if (c)
            return c;
        i += n;
        k += m;
    }
    if (i >= a.n && k >= b.n)
        return 0;
    /* letters directly behind what was equal make a version older */
    if (i < a.n ? token_is_alpha(a.p[i]) : !token_is_alpha(b.p[k]))
        return -1;
    return 1;
}

struct alpm {
    struct str epoch, version, release;
};

static bool read_alpm(struct str v, struct alpm *out)
{
    *out = (struct alpm){0};
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    size_t n = token_digits(v, 0);
    if (n < v.n && v.p[n] == ':') {
        out->epoch = str_sub(v, 0, n);
        v = str_sub(v, n + 1, v.n);
    }
    size_t dash = v.n;
    while (dash > 0 && v.p[dash - 1] != '-')
        dash--;
    out->version = dash ? str_sub(v, 0, dash - 1) : v;
    out->release = dash ? str_sub(v, dash, v.n) : (struct str){0};
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] <= 0x20)
            return false;
    return out->version.n > 0;
}

static int alpm_compare(struct str a, struct str b)
{
    struct alpm x, y;
    if (!read_alpm(a, &x) || !read_alpm(b, &y))
        return VERSION_INVALID;
    int c = token_cmp_num(x.epoch, y.epoch);
    if (!c)
        c = cmp_part(x.version, y.version);
    if (!c && x.release.n && y.release.n)
        c = cmp_part(x.release, y.release);
    return c;
}

static bool alpm_valid(struct str v)
{
    struct alpm p;
    return read_alpm(v, &p);
}

const struct scheme scheme_alpm = {
    .name = "alpm",
    .aliases = "arch archlinux pacman",
    .compare = alpm_compare,
    .valid = alpm_valid,
};
