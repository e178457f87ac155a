/* Exchange Server builds: 15.1.2106.13. The third part names the cumulative update;
 * security updates count in the fourth, anew in each cumulative update. So the order
 * is known within one cumulative update only. */
#include "identify/versions/scheme.h"
#include "identify/versions/build.h"

static bool exchange_valid(struct str v)
{
    struct build b;
    return build_read(v, &b) && b.n == 4;
}

static int exchange_compare(struct str a, struct str b)
{
    struct build x, y;
    if (!build_read(a, &x) || !build_read(b, &y) || x.n < 4 || y.n < 4)
        return VERSION_INVALID;
    for (int i = 0; i < 3; i++)
        if (token_cmp_num(x.part[i], y.part[i]))
            return VERSION_INCOMPARABLE;
    return token_cmp_num(x.part[3], y.part[3]);
}

const struct scheme scheme_exchange = {
    .name = "exchange",
    .aliases = "exchange-build",
    .compare = exchange_compare,
    .valid = exchange_valid,
};
