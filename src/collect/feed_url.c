/* The part of feed.h about addresses. */
#include "collect/feed.h"

struct str feed_url_escape(struct arena *a, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    char *p = arena_alloc(a, s.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c && strchr("-._~", c));
        if (plain) {
            p[n++] = (char)c;
        } else {
            p[n++] = '%';
            p[n++] = hex[c >> 4];
            p[n++] = hex[c & 15];
        }
    }
    p[n] = 0;
    return str_n(p, n);
}

bool feed_url_is_web(struct str url)
{
    return str_starts_i(url, "https://") || str_starts_i(url, "http://");
}

struct str feed_url_join(struct arena *a, struct str base, struct str href)
{
    href = str_trim(href);
    size_t colon = str_chr(href, ':'), slash = str_chr(href, '/');
    if (!href.n || !base.n || (colon != STR_NONE && (slash == STR_NONE || colon < slash)))
        return href; /* has a scheme of its own */
    size_t scheme = str_find(base, STR_LIT("://"));
    if (scheme == STR_NONE)
        return href;
    if (str_starts(href, "//"))
        return feed_printf(a, "%.*s:%.*s", (int)scheme, base.p, STR_ARG(href));
    size_t host_end = str_chr(str_sub(base, scheme + 3, base.n), '/');
    host_end = host_end == STR_NONE ? base.n : scheme + 3 + host_end;
    if (href.p[0] == '/')
        return feed_printf(a, "%.*s%.*s", (int)host_end, base.p, STR_ARG(href));
    size_t cut = base.n, query = str_chr(base, '?');
    if (query != STR_NONE)
        cut = query;
    while (cut > host_end && base.p[cut - 1] != '/')
        cut--;
    return feed_printf(a, "%.*s%s%.*s", (int)cut, base.p, cut == host_end ? "/" : "", STR_ARG(href));
}
