/* Go modules: semver with a v. Releases of Go itself: go1.21rc2 is 1.21-rc.2. */
#include "identify/versions/scheme.h"
#include "identify/versions/semver.h"

struct go {
    struct semver v;
    bool toolchain; /* "1.21rc2": the number of the candidate stands apart */
    struct str candidate;
};

static bool read_go(struct str s, struct go *out)
{
    *out = (struct go){0};
    s = str_trim(s);
    if (str_starts(s, "go") && s.n > 2 && token_is_digit(s.p[2]))
        s = str_sub(s, 2, s.n);
    if (!semver_read(s, &out->v))
        return false;
    struct str pre = out->v.pre;
    size_t word = token_alphas(pre, 0);
    struct str digits = str_sub(pre, word, pre.n);
    /* written against the number, without '-': only the toolchain does that */
    if (out->v.has_pre && pre.p == out->v.core.p + out->v.core.n && word && token_all_digits(digits)) {
        out->toolchain = true;
        out->candidate = digits;
        out->v.pre = str_sub(pre, 0, word);
    }
    return true;
}

static bool go_valid(struct str v)
{
    struct go g;
    return read_go(v, &g);
}

static int go_compare(struct str a, struct str b)
{
    struct go x, y;
    if (!read_go(a, &x) || !read_go(b, &y))
        return VERSION_INVALID;
    int c = semver_cmp_core(&x.v, &y.v);
    if (!c)
        c = semver_cmp_pre(&x.v, &y.v, false);
    if (!c || (x.toolchain && y.toolchain))
        return c ? c : token_cmp_num(x.candidate, y.candidate);
    return c;
}

const struct scheme scheme_go = {
    .name = "go",
    .aliases = "golang",
    .compare = go_compare,
    .valid = go_valid,
};
