/* IPA: important security alerts (注意警戒情報) through MyJVN getAlertList, Atom or JSON (ft=xml|json).
 *
 * datePublished is a year, so a visit asks for this year's and, in January or at first, last year's.
 * An empty answer has one entry that says so in words; totalRes is 0 then. The related items
 * (sec:items/sec:item: title, summary, link, cpe) belong to the alert's text. JSON calls the time
 * of update "update". Dates without a zone are JST.
 */
#include "collect/feeds/myjvn.h"

#include "codec/stream.h"

static int ask_year(const struct feed_state *st, int year, struct arena *a, struct feed_sink *sink,
                    struct err *e)
{
    struct str url = feed_printf(
        a, "%.*s?method=getAlertList&feed=hnd&ft=xml&datePublished=%d&maxCountItem=50&startItem=1",
        STR_ARG(st->url), year);
    return feed_ask_list(sink, "list", url, "application/xml", (struct str){0}, false, e);
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    int y, m, d;
    if (!feed_has(st->url, "/myjvn"))
        return feed_ask_list(sink, "list", st->url, "application/xml, application/json", (struct str){0},
                             false, e);
    clock_civil((st->now / WHEN_SEC + ZONE_JST) / 86400, &y, &m, &d);
    int rc = ask_year(st, y, a, sink, e);
    if (rc == 0 && (st->last_ok == WHEN_NONE || m == 1))
        rc = ask_year(st, y - 1, a, sink, e);
    return rc;
}

/* One alert while it is put together, from either form. */
struct alert {
    struct notice n;
    struct buf text;
    struct feed_set cpe;
};

static void add_line(struct buf *b, struct str s)
{
    if (!s.n)
        return;
    if (b->n)
        buf_addc(b, '\n');
    buf_add_str(b, s);
}

static int finish(struct arena *a, struct feed_sink *sink, struct alert *al, struct err *e)
{
    struct notice *n = &al->n;
    n->source = STR_LIT("ipa");
    n->lang = STR_LIT("ja");
    n->text = arena_str(a, buf_str(&al->text));
    n->complete = true;
    buf_release(&al->text);
    feed_set_done(&al->cpe);
    n->product = arena_array(a, struct notice_product, al->cpe.n + 1);
    for (size_t i = 0; i < al->cpe.n; i++)
        n->product[n->product_n++].cpe = al->cpe.p[i];
    struct str all = feed_printf(a, "%.*s\n%.*s", STR_ARG(n->title), STR_ARG(n->text));
    feed_cves_in_text(a, all, &n->cve, &n->cve_n);
    if (!n->id.n)
        n->id = n->url;
    if (!n->id.n || !n->title.n) {
        sink->bad(sink->ctx, n->title, tr("the item has no link, or neither title nor text"));
        return 0;
    }
    return sink->notice(sink->ctx, n, e);
}

/* ---- Atom ---- */

static void add_item_xml(struct arena *a, const struct xml *x, struct alert *al)
{
    add_line(&al->text, feed_plain(a, xml_text(x, "title")));
    add_line(&al->text, feed_plain(a, xml_text(x, "summary")));
    struct str href = xml_attr(xml_child(x, "link"), "href");
    add_line(&al->text, href.n ? href : xml_text(x, "link"));
    for (const struct xml *c = xml_child(x, "cpe"); c; c = xml_next(c, "cpe"))
        feed_set_add(&al->cpe, str_trim(c->text).n ? str_trim(c->text) : xml_attr(c, "value"));
}

static int read_entry_xml(struct arena *a, struct feed_sink *sink, const struct rss_item *it, struct err *e)
{
    static const struct rss_use use = {.source = "ipa", .lang = "ja", .zone_s = ZONE_JST};
    struct alert al = {.text = BUF_INIT(LIMIT_NOTICE_TEXT), .cpe = {.a = a}};
    rss_reader_notice(a, &use, (struct str){0}, it, &al.n);
    const struct xml *category = xml_child(it->x, "category");
    add_line(&al.text, xml_attr(category, "label"));
    add_line(&al.text, al.n.text);
    const struct xml *items = xml_child(it->x, "items");
    for (const struct xml *x = xml_child(items, "item"); x; x = xml_next(x, "item"))
        add_item_xml(a, x, &al);
    return finish(a, sink, &al, e);
}

static int parse_xml(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct str bytes,
                     struct err *e)
{
    struct rss_channel ch;
    struct myjvn_status status;
    const struct xml *root = xml_parse(a, bytes, feed_charset(a, in->content_type), XML_LENIENT, e);
    if (!root)
        return err_prefix(e, "%.*s", STR_ARG(in->url));
    int rc = myjvn_status_read(root, in->url, &status, e);
    if (rc < 0)
        return rc;
    if (!rss_reader_read(a, root, in->url, ZONE_JST, &ch))
        return err_set(
            e, ERR_INPUT,
            "%.*s: expected RSS or Atom, found the element <%.*s>; check the address of the source",
            STR_ARG(in->url), STR_ARG(root->name));
    if (status.found && !status.total)
        return 0;
    if (status.found)
        sink->stated_count(sink->ctx, status.returned);
    for (size_t i = 0; i < ch.n && rc == 0; i++)
        rc = read_entry_xml(a, sink, &ch.item[i], e);
    return rc < 0 ? rc : myjvn_next_page(in, &status, a, sink, e);
}

/* ---- JSON ---- */

static struct str link_text(const struct json *v)
{
    struct str s = json_str(v);
    return s.n ? s : json_get_str(v, "href");
}

static void add_item_json(struct arena *a, const struct json *x, struct alert *al)
{
    add_line(&al->text, feed_plain(a, json_get_str(x, "sec:title")));
    add_line(&al->text, feed_plain(a, json_get_str(x, "sec:summary")));
    add_line(&al->text, link_text(json_get(x, "sec:link")));
    const struct json *cpe = json_get(x, "sec:cpe");
    for (size_t i = 0; i < json_len(cpe); i++)
        feed_set_add(&al->cpe, json_get_str(json_at(cpe, i), "value"));
    feed_set_add(&al->cpe, json_get_str(cpe, "value"));
}

static int read_entry_json(struct arena *a, struct feed_sink *sink, const struct json *x, struct err *e)
{
    struct alert al = {.text = BUF_INIT(LIMIT_NOTICE_TEXT), .cpe = {.a = a}};
    al.n.title = feed_one_line(a, feed_plain(a, json_get_str(x, "title")));
    al.n.id = json_get_str(x, "id");
    al.n.url = link_text(json_get(x, "link"));
    al.n.published = feed_when(json_get_str(x, "published"), ZONE_JST);
    struct str updated = json_get_str(x, "update");
    al.n.updated = feed_when(updated.n ? updated : json_get_str(x, "updated"), ZONE_JST);
    add_line(&al.text, json_get_str(json_get(x, "category"), "label"));
    add_line(&al.text, feed_plain(a, json_get_str(x, "summary")));
    const struct json *items = json_get(x, "sec:items");
    for (size_t i = 0; i < json_len(items); i++)
        add_item_json(a, json_get(json_at(items, i), "sec:item"), &al);
    return finish(a, sink, &al, e);
}

static int parse_json(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct str bytes,
                      struct err *e)
{
    const struct json *root = json_parse(a, bytes, e);
    if (!root)
        return err_prefix(e, "%.*s", STR_ARG(in->url));
    const struct json *feed = json_get(root, "feed"), *entry = json_get(feed, "entry"),
                      *status = json_get(feed, "status:Status");
    if (!status)
        status = json_get(root, "status:Status");
    struct str code = json_get_str(status, "retCd");
    if (code.n && !str_is(code, "0")) {
        struct str no = json_get_str(status, "errCd"), text = json_get_str(status, "errMsg");
        return err_set(e, ERR_INPUT, "%.*s: MyJVN refuses the request: %.*s %.*s", STR_ARG(in->url),
                       STR_ARG(no), STR_ARG(text));
    }
    if (!json_is(entry, JSON_ARRAY))
        return err_set(e, ERR_INPUT, "%.*s: the list \"%s\" is missing; is this the right document?",
                       STR_ARG(in->url), "entry");
    if (str_is(json_get_str(status, "totalRes"), "0"))
        return 0;
    int rc = 0;
    for (size_t i = 0; i < json_len(entry) && rc == 0; i++)
        rc = read_entry_json(a, sink, json_at(entry, i), e);
    return rc;
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc < 0)
        return rc;
    return feed_looks_json(bytes) ? parse_json(in, a, sink, bytes, e) : parse_xml(in, a, sink, bytes, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return feed_has(head, "swid:ipa.go.jp+myjvn_alert") ||
           (rss_reader_sniff(head) && feed_has(head, "www.ipa.go.jp"));
}

const struct source source_ipa = {
    .name = "ipa",
    .title = TR("IPA important security alerts"),
    .kind = SOURCE_NOTICE,
    .publisher = "IPA",
    .trusted = true,
    .default_url = "https://jvndb.jvn.jp/myjvn",
    .period_min = 60,
    .stale_hours = 72,
    .min_gap_ms = 500,
    .max_shrink_pct = 100,
    .page_max = 50,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
