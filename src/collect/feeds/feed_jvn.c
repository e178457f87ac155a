/* JVN (Japan Vulnerability Notes): JVNRSS, an RSS 1.0 with mod_sec elements.
 *
 * The id is sec:identifier ("JVN#12345678", "JVNVU#96768815"); a feed without it
 * has it in the address: /jp/JVN12345678/, /vu/JVNVU96768815/, /ta/JVNTA….
 * Dates carry +09:00; without a zone they are JST.
 */
#include "collect/feeds/myjvn.h"

static struct str id_of_link(struct arena *a, struct str link)
{
    size_t at = str_find(link, STR_LIT("/JVN"));
    if (at == STR_NONE)
        return link;
    size_t from = at + 1, end = from;
    while (end < link.n && link.p[end] >= 'A' && link.p[end] <= 'Z')
        end++;
    size_t digits = end;
    while (end < link.n && link.p[end] >= '0' && link.p[end] <= '9')
        end++;
    if (end == digits)
        return link;
    return feed_printf(a, "%.*s#%.*s", (int)(digits - from), link.p + from, (int)(end - digits),
                       link.p + digits);
}

static bool keep(struct arena *a, const struct rss_item *it, struct notice *n)
{
    struct str id = n->id;
    myjvn_item(a, it->x, n);
    if (str_eq(id, n->id))
        n->id = id_of_link(a, n->url.n ? n->url : n->id);
    return true;
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    return feed_ask(sink, "list", st->url, "application/rdf+xml, application/xml", (struct str){0}, false, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const struct rss_use use = {.source = "jvn", .lang = "ja", .zone_s = ZONE_JST, .keep = keep};
    return rss_reader_notices(in, a, sink, &use, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return rss_reader_sniff(head) &&
           (feed_has(head, "jvn.jp/rss/jvn") || feed_has(head, "https://jvn.jp/jp/") ||
            feed_has(head, "https://jvn.jp/vu/")) &&
           !feed_has(head, "jvndb.jvn.jp/ja/rss");
}

const struct source source_jvn = {
    .name = "jvn",
    .title = TR("JVN (Japan Vulnerability Notes)"),
    .kind = SOURCE_NOTICE,
    .publisher = "JVN (JPCERT/CC, IPA)",
    .trusted = true,
    .default_url = "https://jvn.jp/rss/jvn.rdf",
    .period_min = 60,
    .stale_hours = 48,
    .min_gap_ms = 500,
    .max_shrink_pct = 100,
    .page_max = 10,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
