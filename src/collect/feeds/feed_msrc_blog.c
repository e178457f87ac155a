/* The blog of the Microsoft Security Response Center, RSS 2.0. Most items carry the whole post. */
#include "collect/feeds/rss_reader.h"

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    return feed_ask(sink, "list", st->url, "application/rss+xml, application/xml", (struct str){0}, false, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const struct rss_use use = {.source = "msrc_blog", .lang = "en", .zone_s = ZONE_UTC};
    return rss_reader_notices(in, a, sink, &use, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return rss_reader_sniff(head) &&
           (feed_has(head, "msrc.microsoft.com/blog") || feed_has(head, "msrc-blog.microsoft.com") ||
            feed_has(head, "microsoft.com/en-us/msrc/blog"));
}

const struct source source_msrc_blog = {
    .name = "msrc_blog",
    .title = TR("Microsoft Security Response Center blog"),
    .kind = SOURCE_NOTICE,
    .publisher = "Microsoft",
    .trusted = true,
    .default_url = "https://msrc.microsoft.com/blog/feed",
    .period_min = 60,
    .stale_hours = 168,
    .min_gap_ms = 1000,
    .max_shrink_pct = 100,
    .page_max = 1,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
