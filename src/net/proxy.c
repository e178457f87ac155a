#include "net/proxy.h"

#include <stdlib.h>

static const char *env2(const char *lower, const char *upper)
{
    const char *v = getenv(lower);
    if ((!v || !*v) && upper)
        v = getenv(upper);
    return v ? v : "";
}

static bool covers(struct str entry, struct str host)
{
    if (str_starts(entry, "*."))
        entry = str_sub(entry, 1, entry.n);
    struct str domain = str_starts(entry, ".") ? str_sub(entry, 1, entry.n) : entry;
    if (domain.n == 0 || domain.n > host.n)
        return false;
    struct str tail = str_sub(host, host.n - domain.n, domain.n);
    return str_ieq(tail, domain) && (tail.n == host.n || host.p[host.n - domain.n - 1] == '.');
}

bool proxy_exempt(const char *list, const char *host)
{
    struct str h = str_of(host);
    while (*list) {
        list += strspn(list, ", \t");
        size_t n = strcspn(list, ", \t");
        struct str entry = str_n(list, n);
        if (str_is(entry, "*") || covers(entry, h))
            return true;
        list += n;
    }
    return false;
}

const char *proxy_pick(const char *configured, const struct url *u)
{
    if (configured)
        return configured;
    const char *proxy = u->https ? env2("https_proxy", "HTTPS_PROXY") : env2("http_proxy", NULL);
    if (!*proxy)
        proxy = env2("all_proxy", "ALL_PROXY");
    if (*proxy && proxy_exempt(env2("no_proxy", "NO_PROXY"), u->host))
        return "";
    return proxy;
}
