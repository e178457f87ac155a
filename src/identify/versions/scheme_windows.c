/* Windows builds, major.minor.build.revision: 10.0.17763.1728. Each major.minor.build
 * is a branch of its own with its own revisions, so two builds compare only within one. */
#include "identify/versions/scheme.h"
#include "identify/versions/build.h"

static bool windows_valid(struct str v)
{
    struct build b;
    return build_read(v, &b);
}

static int windows_compare(struct str a, struct str b)
{
    struct build x, y;
    if (!build_read(a, &x) || !build_read(b, &y))
        return VERSION_INVALID;
    for (int i = 0; i < 3; i++)
        if (token_cmp_num(x.part[i], y.part[i]))
            return VERSION_INCOMPARABLE;
    if ((x.n < 4) != (y.n < 4))
        return VERSION_INCOMPARABLE; /* one does not say its revision */
    return x.n < 4 ? 0 : token_cmp_num(x.part[3], y.part[3]);
}

const struct scheme scheme_windows = {
    .name = "windows",
    .aliases = "windows-build msbuild",
    .compare = windows_compare,
    .valid = windows_valid,
};
