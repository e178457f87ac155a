/* OpenSSL: up to 1.1.1 letters mark patch releases (1.0.2z < 1.0.2za), since 3.0 it is semver. */
#include "identify/versions/scheme.h"
#include "identify/versions/semver.h"

struct ossl {
    struct semver v;
    struct str letters;
};

static bool read_ossl(struct str s, struct ossl *out)
{
    *out = (struct ossl){0};
    if (!semver_read(s, &out->v))
        return false;
    struct str pre = out->v.pre;
    if (out->v.has_pre && pre.p == out->v.core.p + out->v.core.n) {
        size_t n = token_alphas(pre, 0);
        out->letters = str_sub(pre, 0, n);
        pre = str_sub(pre, n, pre.n);
        out->v.has_pre = pre.n > 0;
        if (pre.n && pre.p[0] != '-')
            return false;
        out->v.pre = str_sub(pre, 1, pre.n);
    }
    return true;
}

static int openssl_compare(struct str a, struct str b)
{
    struct ossl x, y;
    if (!read_ossl(a, &x) || !read_ossl(b, &y))
        return VERSION_INVALID;
    int c = semver_cmp_core(&x.v, &y.v);
    if (!c)
        c = token_icmp(x.letters, y.letters);
    return c ? c : semver_cmp_pre(&x.v, &y.v, false);
}

static bool openssl_valid(struct str v)
{
    struct ossl o;
    return read_ossl(v, &o);
}

const struct scheme scheme_openssl = {
    .name = "openssl",
    .aliases = "",
    .compare = openssl_compare,
    .valid = openssl_valid,
};
