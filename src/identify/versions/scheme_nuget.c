/* NuGet: semver with an optional fourth number and case-blind pre-releases. */
#include "identify/versions/scheme.h"
#include "identify/versions/semver.h"

static bool nuget_valid(struct str v)
{
    struct semver s;
    return semver_read(v, &s) && semver_numbers(&s) <= 4;
}

static int nuget_compare(struct str a, struct str b)
{
    struct semver x, y;
    if (!nuget_valid(a) || !nuget_valid(b) || !semver_read(a, &x) || !semver_read(b, &y))
        return VERSION_INVALID;
    int c = semver_cmp_core(&x, &y);
    return c ? c : semver_cmp_pre(&x, &y, true);
}

const struct scheme scheme_nuget = {
    .name = "nuget",
    .aliases = "dotnet",
    .compare = nuget_compare,
    .valid = nuget_valid,
};
