/* Any RSS 0.9x, 1.0, 2.0 or Atom feed the user names. Dates without a zone are UTC.
 * What it says about exploitation is shown, but is no evidence for decisions.
 */
#include "collect/feeds/rss_reader.h"

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    return feed_ask(sink, "list", st->url, "application/rss+xml, application/atom+xml, application/xml",
                    (struct str){0}, false, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const struct rss_use use = {.source = "rss", .zone_s = ZONE_UTC};
    return rss_reader_notices(in, a, sink, &use, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return rss_reader_sniff(head);
}

const struct source source_rss = {
    .name = "rss",
    .title = TR("RSS or Atom feed"),
    .kind = SOURCE_NOTICE,
    .publisher = "RSS",
    .period_min = 60,
    .stale_hours = 168,
    .min_gap_ms = 1000,
    .max_shrink_pct = 100,
    .page_max = 1,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
