/* JPCERT/CC: alerts (注意喚起) and weekly reports, RSS 1.0; then the alert's page for its body.
 *
 * JPCERT-AT-2021-0012 lives at https://www.jpcert.or.jp/at/2021/at210012.html; the feed gives
 * only the address, so the number is made of it and the page's own number replaces it. An updated
 * alert keeps its address and gets a new dc:date. Dates have +09:00; the page's are days in Japan.
 *
 * Page: <div class="at"> (<pre class="at"> before about 2012) inside <article>: id, JPCERT/CC,
 * 2021-12-11（新規）, 2022-01-04（更新）, then sections; updates are put inside the sections.
 */
#include "collect/feeds/rss_reader.h"

#include "codec/html.h"
#include "codec/stream.h"

#define SNIFF_SIZE 4096

/* "JPCERT-AT-2021-0012" out of ".../at/2021/at210012.html"; the address itself when it is something else. */
static struct str id_of_link(struct arena *a, struct str link)
{
    size_t at = str_find(link, STR_LIT("/at/"));
    if (at == STR_NONE)
        return link;
    struct str year = str_sub(link, at + 4, 4), file = str_sub(link, at + 9, link.n);
    uint64_t y, no;
    if (!num_u64(year, &y) || !str_starts(file, "at") || file.n < 8 || !num_u64(str_sub(file, 4, 4), &no))
        return link;
    return feed_printf(a, "JPCERT-AT-%04u-%04u", (unsigned)y, (unsigned)no);
}

static bool keep(struct arena *a, const struct rss_item *it, struct notice *n)
{
    (void)it;
    n->id = id_of_link(a, n->url.n ? n->url : n->id);
    return true;
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    return feed_ask_list(sink, "list", st->url, "application/rdf+xml, application/xml", feed_since(a, st),
                         false, e);
}

/* The number of an alert in the text of its page. */
static struct str find_id(struct str text)
{
    size_t at = str_find(text, STR_LIT("JPCERT-AT-"));
    if (at == STR_NONE)
        return (struct str){0};
    struct str s = str_sub(text, at, 19);
    uint64_t v;
    bool ok = s.n == 19 && s.p[14] == '-' && num_u64(str_sub(s, 10, 4), &v) && num_u64(str_sub(s, 15, 4), &v);
    return ok ? s : (struct str){0};
}

/* The day before "（word）" or "(word)", or WHEN_NONE. */
static when_t marked_day(struct str text, const char *full, const char *half)
{
    size_t at = str_find(text, str_of(full));
    if (at == STR_NONE)
        at = str_find(text, str_of(half));
    if (at == STR_NONE || at < 10)
        return WHEN_NONE;
    return feed_when(str_sub(text, at - 10, 10), ZONE_JST);
}

static bool same_day(when_t a, when_t b)
{
    char x[CLOCK_ISO_SIZE], y[CLOCK_ISO_SIZE];
    clock_date(a, ZONE_JST, x);
    clock_date(b, ZONE_JST, y);
    return str_is(str_of(x), y);
}

/* The page's days are sure, the feed's moment is exact: the moment wins on the same day. */
static void set_times(struct str text, struct notice *n)
{
    when_t first = marked_day(text, "（新規）", "(新規)"), last = marked_day(text, "（更新）", "(更新)");
    when_t feed = n->updated != WHEN_NONE ? n->updated : n->published;
    if (first == WHEN_NONE) {
        /* old form: the day stands under the number */
        size_t at = str_find(text, STR_LIT("JPCERT/CC\n"));
        struct str rest = at == STR_NONE ? str_n(NULL, 0) : str_trim(str_sub(text, at + 10, 200));
        struct str line;
        if (str_line_next(&rest, &line))
            first = feed_when(str_sub(line, 0, 10), ZONE_JST);
    }
    if (first != WHEN_NONE)
        n->published = feed != WHEN_NONE && same_day(feed, first) ? feed : first;
    if (last != WHEN_NONE)
        n->updated = feed != WHEN_NONE && feed >= last ? feed : last;
    else if (n->updated == WHEN_NONE && feed != WHEN_NONE && feed > n->published)
        n->updated = feed; /* the page must not look older than its title in the list */
}

/* <pre> has its lines as they are, wrapped at 70 columns even within a word: a long line that ends in
 * a Japanese character goes on in the next when that has no indent and begins with one. */
static struct str unwrap(struct arena *a, struct str pre)
{
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT);
    struct str rest = pre, line;
    bool open = false;
    while (str_line_next(&rest, &line)) {
        bool wide = line.n && (unsigned char)line.p[0] >= 0xE3;
        if (b.n && !(open && wide))
            buf_adds(&b, "<br>");
        buf_add_str(&b, line);
        open = line.n >= 60 && (unsigned char)line.p[line.n - 1] >= 0x80;
    }
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct str page_body(struct arena *a, struct str html)
{
    struct str body = html_find(html, "div", "at");
    if (body.n)
        return feed_html_text(a, body);
    body = html_find(html, "pre", "at");
    return body.n ? feed_html_text(a, unwrap(a, body)) : feed_page_text(a, html);
}

static int parse_page(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes, html = {0};
    struct notice n = {.published = WHEN_NONE, .updated = WHEN_NONE};
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc == 0)
        rc = feed_utf8(in, a, bytes, &html, e);
    if (rc < 0)
        return rc;
    if (!feed_is_file(in))
        feed_page_recall(a, in->context, &n);
    struct str text = page_body(a, html), id = find_id(text), title = feed_page_title(a, html);
    if (id.n)
        n.id = id;
    else if (!n.id.n)
        n.id = id_of_link(a, in->url);
    if (!text.n)
        return err_set(e, ERR_INPUT, "%.*s: no text was found on the page", STR_ARG(in->url));
    n.source = STR_LIT("jpcert");
    n.lang = STR_LIT("ja");
    if (title.n)
        n.title = title;
    if (!n.url.n)
        n.url = id.n ? feed_printf(a, "https://www.jpcert.or.jp/at/%.*s/at%.*s%.*s.html", 4, id.p + 10, 2,
                                   id.p + 12, 4, id.p + 15)
                     : in->url;
    n.text = feed_join_text(a, n.text, text);
    n.complete = true;
    set_times(text, &n);
    struct str all = feed_printf(a, "%.*s\n%.*s", STR_ARG(n.title), STR_ARG(n.text));
    feed_cves_in_text(a, all, &n.cve, &n.cve_n);
    return sink->notice(sink->ctx, &n, e);
}

static bool page_sniff(struct str head)
{
    return (str_is_i(feed_xml_root(head), "html") || feed_has(head, "<article")) &&
           (feed_has(head, "www.jpcert.or.jp/at/") || feed_has(head, "JPCERT-AT-"));
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const struct rss_use use = {
        .source = "jpcert", .lang = "ja", .zone_s = ZONE_JST, .pages = true, .keep = keep};
    if (str_is(in->kind, "page"))
        return parse_page(in, a, sink, e);
    if (!feed_is_file(in))
        return rss_reader_notices(in, a, sink, &use, e);
    struct str bytes;
    struct feed_input again = *in;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc == 0)
        rc = stream_open_mem(&again.stream, stream_name(in->stream), bytes, LIMIT_FEED_DOCUMENT, e);
    if (rc < 0)
        return rc;
    bool page = page_sniff(str_sub(bytes, 0, SNIFF_SIZE));
    rc = page ? parse_page(&again, a, sink, e) : rss_reader_notices(&again, a, sink, &use, e);
    stream_free(again.stream);
    return rc;
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return page_sniff(head) || (rss_reader_sniff(head) && feed_has(head, "www.jpcert.or.jp/"));
}

const struct source source_jpcert = {
    .name = "jpcert",
    .title = TR("JPCERT/CC alerts"),
    .kind = SOURCE_NOTICE,
    .publisher = "JPCERT/CC",
    .trusted = true,
    .default_url = "https://www.jpcert.or.jp/rss/jpcert.rdf",
    .period_min = 30,
    .stale_hours = 48,
    .min_gap_ms = 500,
    .max_shrink_pct = 100,
    .page_max = 100,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
