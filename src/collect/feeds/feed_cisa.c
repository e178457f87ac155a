/* CISA: cybersecurity advisories, RSS 2.0 made by Drupal; descriptions are HTML.
 *
 * The id is the advisory's number (AA21-062A, ICSA-21-012-01, ED 21-02, …) when title or address
 * has one, else the address. pubDate is RFC 822 with a zone name. The page behind is asked for,
 * and may fail: the site's distribution network refuses some clients.
 */
#include "collect/feeds/rss_reader.h"

static bool upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of pattern at s: A letter, 0 digit, others themselves. */
static bool fits(struct str s, size_t at, const char *pattern)
{
    for (size_t i = 0; pattern[i]; i++) {
        if (at + i >= s.n)
            return false;
        char c = s.p[at + i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        bool ok = pattern[i] == '0' ? digit(c) : pattern[i] == 'A' ? upper(c) : c == pattern[i];
        if (!ok)
            return false;
    }
    return true;
}

/* AA21-062A, AR21-062A, MAR-…, ICSA-21-012-01, ICSMA-21-012-01 in text or address; "A" is any letter. */
static struct str find_number(struct arena *a, struct str s)
{
    static const char *const patterns[] = {"AA00-000A", "AR00-000A", "ICSA-00-000-00", "ICSMA-00-000-00",
                                           "ICS-ALERT-00-000-00"};
    for (size_t at = 0; at < s.n; at++) {
        if (at > 0 && (upper(s.p[at - 1]) || (s.p[at - 1] >= 'a' && s.p[at - 1] <= 'z')))
            continue;
        for (size_t k = 0; k < ARRAY_LEN(patterns); k++) {
            if (!fits(s, at, patterns[k]))
                continue;
            char *p = arena_dup(a, s.p + at, strlen(patterns[k]));
            for (char *c = p; *c; c++)
                if (*c >= 'a' && *c <= 'z')
                    *c = (char)(*c - 32);
            return str_of(p);
        }
    }
    return (struct str){0};
}

static bool keep(struct arena *a, const struct rss_item *it, struct notice *n)
{
    (void)it;
    struct str id = find_number(a, n->url);
    if (!id.n)
        id = find_number(a, n->title);
    if (!id.n)
        id = n->url;
    if (id.n)
        n->id = id;
    n->complete = false;
    return true;
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    return feed_ask_list(sink, "list", st->url, "application/rss+xml, application/xml", feed_since(a, st),
                         false, e);
}

static int parse_page(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes, html = {0};
    struct notice n = {0};
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc == 0)
        rc = feed_utf8(in, a, bytes, &html, e);
    if (rc < 0)
        return rc;
    feed_page_recall(a, in->context, &n);
    struct str text = feed_page_text(a, html);
    if (!n.id.n || !text.n)
        return err_set(e, ERR_INPUT, "%.*s: no text was found on the page", STR_ARG(in->url));
    n.source = STR_LIT("cisa");
    n.lang = STR_LIT("en");
    n.text = feed_join_text(a, n.text, text);
    n.complete = true;
    struct str all = feed_printf(a, "%.*s\n%.*s", STR_ARG(n.title), STR_ARG(n.text));
    feed_cves_in_text(a, all, &n.cve, &n.cve_n);
    return sink->notice(sink->ctx, &n, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const struct rss_use use = {
        .source = "cisa", .lang = "en", .zone_s = ZONE_UTC, .pages = true, .keep = keep};
    if (str_is(in->kind, "page"))
        return parse_page(in, a, sink, e);
    return rss_reader_notices(in, a, sink, &use, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return rss_reader_sniff(head) && (feed_has(head, "cisa.gov/") || feed_has(head, "us-cert.cisa.gov"));
}

const struct source source_cisa = {
    .name = "cisa",
    .title = TR("CISA cybersecurity advisories"),
    .kind = SOURCE_NOTICE,
    .publisher = "CISA",
    .trusted = true,
    .default_url = "https://www.cisa.gov/cybersecurity-advisories/all.xml",
    .period_min = 60,
    .stale_hours = 48,
    .min_gap_ms = 1000,
    .max_shrink_pct = 100,
    .page_max = 100,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
