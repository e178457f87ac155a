/* Semantic Versioning 2.0.0; build metadata plays no part. */
#include "identify/versions/scheme.h"
#include "identify/versions/semver.h"

static bool semver_valid(struct str v)
{
    struct semver s;
    return semver_read(v, &s);
}

static int semver_compare(struct str a, struct str b)
{
    struct semver x, y;
    if (!semver_read(a, &x) || !semver_read(b, &y))
        return VERSION_INVALID;
    int c = semver_cmp_core(&x, &y);
    return c ? c : semver_cmp_pre(&x, &y, false);
}

const struct scheme scheme_semver = {
    .name = "semver",
    .aliases = "cargo hex pub swift github cocoapods crates.io rust nginx mozilla mattermost apache",
    .compare = semver_compare,
    .valid = semver_valid,
};

/* npm orders by semver as well; what differs are its ranges (vers_native.h). */
const struct scheme scheme_npm = {
    .name = "npm",
    .aliases = "node",
    .compare = semver_compare,
    .valid = semver_valid,
};
