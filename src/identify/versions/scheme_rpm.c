/* RPM: [epoch:]version[-release], rpm-version(7). */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

/* Runs of letters and digits count, '~' and '^' have a meaning, all else separates. */
static size_t skip(struct str s, size_t i)
{
    while (i < s.n && !token_is_alnum(s.p[i]) && s.p[i] != '~' && s.p[i] != '^')
        i++;
    return i;
}

static int cmp_part(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        i = skip(a, i);
        k = skip(b, k);
        char x = i < a.n ? a.p[i] : 0, y = k < b.n ? b.p[k] : 0;
        if (x == '~' || y == '~') {
            if (x != y)
                return x == '~' ? -1 : 1;
            i++;
            k++;
            continue;
        }
        if (x == '^' || y == '^') {
            /* behind the end, before anything else */
            if (x != y)
                return x == '^' ? (y ? -1 : 1) : (x ? 1 : -1);
            i++;
            k++;
            continue;
        }
        if (!x || !y)
            return (x != 0) - (y != 0);
        bool digits = token_is_digit(x);
        size_t n = digits ? token_digits(a, i) : token_alphas(a, i);
        size_t m = digits ? token_digits(b, k) : token_alphas(b, k);
        if (!m)
            return digits ? 1 : -1; /* a number is newer than a word */
        int c = digits ? token_cmp_num(str_sub(a, i, n), str_sub(b, k, m))
                       : token_cmp(str_sub(a, i, n), str_sub(b, k, m));
        if (c)
            return c;
        i += n;
        k += m;
    }
}

struct evr {
    struct str epoch, version, release;
};

static bool read_evr(struct str v, struct evr *out)
{
    *out = (struct evr){0};
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == ' ' || v.p[i] == '\t')
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
    return true;
}

static bool rpm_valid(struct str v)
{
    struct evr e;
    return read_evr(v, &e) && e.version.n;
}

static int rpm_compare(struct str a, struct str b)
{
    struct evr x, y;
    if (!read_evr(a, &x) || !read_evr(b, &y))
        return VERSION_INVALID;
    int c = token_cmp_num(x.epoch, y.epoch);
    if (!c)
        c = cmp_part(x.version, y.version);
    if (!c && x.release.n && y.release.n)
        c = cmp_part(x.release, y.release);
    return c;
}

const struct scheme scheme_rpm = {
    .name = "rpm",
    .aliases = "redhat rhel fedora centos almalinux rocky suse opensuse sles oracle amazon mageia openeuler "
               "photon azurelinux",
    .compare = rpm_compare,
    .valid = rpm_valid,
};
