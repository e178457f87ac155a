/* JVN iPedia through MyJVN (feed=hnd): getVulnOverviewList by date of update, 50 a page,
 * then getVulnDetailInfo for what it lists, 10 a request. Also its RDF files and VULDEF files.
 *
 * The service asks for short bursts only, at 2–3 requests a second; min_gap_ms keeps to it.
 * With explicit dates all three range parameters must be n, or "last week" is added silently.
 * Version numbers are Japanese prose; they are kept as written (version_type "ja-prose").
 */
#include "collect/feeds/myjvn.h"

#include <inttypes.h>

#define FIRST_DAYS                                                                                           \
    30 /* how far the first visit looks back; more comes from jvndb_detail_YYYY.rdf in a mirror */
#define OVERLAP_DAYS 2
#define DETAILS_MAX 10

static void date_parts(when_t t, int *y, int *m, int *d)
{
    int64_t sec = t / WHEN_SEC + ZONE_JST, days = sec / 86400 - (sec % 86400 < 0);
    clock_civil(days, y, m, d);
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    if (!feed_has(st->url, "/myjvn"))
        return feed_ask_list(sink, "rdf", st->url, "application/rdf+xml, application/xml", (struct str){0},
                             false, e);
    when_t from =
        st->last_ok == WHEN_NONE ? st->now - FIRST_DAYS * WHEN_DAY : st->last_ok - OVERLAP_DAYS * WHEN_DAY;
    int y1, m1, d1, y2, m2, d2;
    date_parts(from, &y1, &m1, &d1);
    date_parts(st->now, &y2, &m2, &d2);
    struct str url = feed_printf(
        a,
        "%.*s?method=getVulnOverviewList&feed=hnd&lang=ja&rangeDatePublic=n&rangeDatePublished=n&"
        "rangeDateFirstPublished=n"
        "&datePublishedStartY=%d&datePublishedStartM=%d&datePublishedStartD=%d"
        "&datePublishedEndY=%d&datePublishedEndM=%d&datePublishedEndD=%d&maxCountItem=50&startItem=1",
        STR_ARG(st->url), y1, m1, d1, y2, m2, d2);
    return feed_ask_list(sink, "list", url, "application/xml", (struct str){0}, false, e);
}

/* Requests the details of ids[0..n): to the same address the list came from. */
static int ask_details(const struct feed_input *in, struct arena *a, struct feed_sink *sink,
                       const struct str *id, size_t n, struct err *e)
{
    size_t query = str_chr(in->url, '?');
    struct str base = str_is(in->kind, "list") && query != STR_NONE ? str_sub(in->url, 0, query)
                                                                    : STR_LIT("https://jvndb.jvn.jp/myjvn");
    for (size_t i = 0; i < n; i += DETAILS_MAX) {
        struct buf b = BUF_INIT(64 * KIB);
        buf_add_str(&b, base);
        buf_printf(&b, "?method=getVulnDetailInfo&feed=hnd&lang=ja&startItem=1&maxCountItem=%d&vulnId=",
                   DETAILS_MAX);
        for (size_t k = i; k < MIN(n, i + DETAILS_MAX); k++) {
            if (k > i)
                buf_addc(&b, '+');
            buf_add_str(&b, feed_url_escape(a, id[k]));
        }
        int rc =
            feed_ask(sink, "doc", arena_str(a, buf_str(&b)), "application/xml", (struct str){0}, false, e);
        buf_release(&b);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* One item of an overview: a notice, and its vulnerabilities unless the detailed form, which says
 * all this and more, is going to be asked for; its id goes to *ids. */
static int read_item(struct arena *a, struct feed_sink *sink, const struct rss_item *it, bool detail_follows,
                     struct feed_set *ids, struct err *e)
{
    static const struct rss_use use = {.source = "jvndb", .lang = "ja", .zone_s = ZONE_JST};
    struct notice n;
    struct vuln v = {0};
    rss_reader_notice(a, &use, (struct str){0}, it, &n);
    myjvn_item(a, it->x, &n);
    n.complete = false;
    if (!str_starts(n.id, "JVNDB-")) {
        sink->bad(sink->ctx, n.id.n ? n.id : n.title, tr("the item has no JVNDB number"));
        return 0;
    }
    feed_set_add(ids, n.id);
    v.description_ja = n.text;
    myjvn_cwes(a, it->x, &v.cwe, &v.cwe_n);
    myjvn_references(a, it->x, &v.ref, &v.ref_n);
    v.affected = arena_array(a, struct affected, n.product_n + 1);
    for (size_t i = 0; i < n.product_n; i++) {
        struct affected *af = &v.affected[v.affected_n++];
        af->source = STR_LIT("jvndb");
        af->vendor = n.product[i].vendor;
        af->product = n.product[i].product;
        af->default_status = STR_LIT("unknown");
        af->cpe = &n.product[i].cpe;
        af->cpe_n = n.product[i].cpe.n ? 1 : 0;
    }
    int rc = sink->notice(sink->ctx, &n, e);
    return rc < 0 || detail_follows ? rc : myjvn_vulns(a, sink, &n, &v, e);
}

static int read_overview(const struct feed_input *in, const struct xml *root, struct arena *a,
                         struct feed_sink *sink, struct err *e)
{
    struct rss_channel ch;
    struct myjvn_status status;
    int rc = myjvn_status_read(root, in->url, &status, e);
    if (rc < 0)
        return rc;
    if (!rss_reader_read(a, root, in->url, ZONE_JST, &ch))
        return err_set(
            e, ERR_INPUT,
            "%.*s: expected JVNRSS or VULDEF, found the element <%.*s>; check the address of the source",
            STR_ARG(in->url), STR_ARG(root->name));
    if (ch.updated != WHEN_NONE)
        sink->document_time(sink->ctx, ch.updated);
    if (status.found && !status.total)
        return 0; /* the one item says in words that there is none */
    if (status.found && ch.n < status.returned)
        return err_set(e, ERR_INPUT,
                       "%.*s: the page has fewer items than it states; the visit must be repeated",
                       STR_ARG(in->url));
    struct feed_set ids = {.a = a};
    for (size_t i = 0; i < ch.n && rc == 0; i++)
        rc = read_item(a, sink, &ch.item[i], !feed_is_file(in), &ids, e);
    feed_set_done(&ids);
    if (rc == 0 && !feed_is_file(in))
        rc = ask_details(in, a, sink, ids.p, ids.n, e);
    return rc < 0 ? rc : myjvn_next_page(in, &status, a, sink, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    struct myjvn_status status;
    const struct xml *root = feed_xml(in, a, &bytes, e);
    if (!root)
        return e ? e->code : ERR_INPUT;
    if (!str_is(root->name, "VULDEF-Document"))
        return read_overview(in, root, a, sink, e);
    int rc = myjvn_status_read(root, in->url, &status, e);
    return rc < 0 ? rc : myjvn_vuldef(root, a, sink, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    struct str root = feed_xml_root(head);
    return str_is(root, "VULDEF-Document") ||
           (str_is(root, "RDF") && (feed_has(head, "jvndb.jvn.jp/ja/rss/") || feed_has(head, "JVNDB RSS") ||
                                    feed_has(head, "myjvn")));
}

const struct source source_jvndb = {
    .name = "jvndb",
    .title = TR("JVN iPedia (vulnerability countermeasure database)"),
    .kind = SOURCE_VULN,
    .publisher = "JVN iPedia (IPA)",
    .trusted = true,
    .default_url = "https://jvndb.jvn.jp/myjvn",
    .period_min = 180,
    .stale_hours = 72,
    .min_gap_ms = 500,
    .max_shrink_pct = 100,
    .page_max = 2000,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
