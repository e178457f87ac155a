#include "collect/feeds/rss_reader.h"

bool rss_reader_sniff(struct str head)
{
    struct str root = feed_xml_root(head);
    return str_is(root, "rss") || str_is(root, "RDF") || str_is(root, "feed");
}

/* First child of one of the names that has text. */
static struct str first_text(const struct xml *x, const char *const *names)
{
    for (; *names; names++) {
        struct str s = xml_text(x, *names);
        if (s.n)
            return s;
    }
    return (struct str){0};
}

static when_t first_when(const struct xml *x, const char *const *names, int zone_s)
{
    for (; *names; names++) {
        when_t t = feed_when(xml_text(x, *names), zone_s);
        if (t != WHEN_NONE)
            return t;
    }
    return WHEN_NONE;
}

/* Atom has several links; the one for people is rel="alternate" or has no rel. */
static struct str find_link(const struct xml *x)
{
    struct str other = {0};
    for (const struct xml *l = xml_child(x, "link"); l; l = xml_next(l, "link")) {
        struct str href = xml_attr(l, "href"), rel = xml_attr(l, "rel");
        if (!href.n)
            href = str_trim(l->text);
        if (!href.n)
            continue;
        if (!rel.n || str_is(rel, "alternate"))
            return href;
        if (!other.n)
            other = href;
    }
    return other;
}

/* Content of type="xhtml" is markup, not text. */
static struct str element_text(struct arena *a, const struct xml *x)
{
    if (!x)
        return (struct str){0};
    struct str own = str_trim(x->text);
    return own.n ? own : xml_deep_text(a, x);
}

static void read_text(struct arena *a, const struct xml *x, struct rss_item *it)
{
    struct str summary = {0}, content = {0};
    for (const struct xml *c = x->first; c; c = c->next) {
        if (str_is(c->name, "description") || str_is(c->name, "summary")) {
            if (!summary.n)
                summary = element_text(a, c);
        } else if (str_is(c->name, "encoded") || (str_is(c->name, "content") && !xml_attr(c, "url").n)) {
            /* media:content has a url and no words */
            if (!content.n)
                content = element_text(a, c);
        }
    }
    struct str s = feed_plain(a, summary), c = feed_plain(a, content);
    it->whole = c.n > s.n;
    it->text = it->whole ? c : s;
}

static void read_item(struct arena *a, const struct xml *x, struct str base, int zone_s, struct rss_item *it)
{
    static const char *const ids[] = {"guid", "id", NULL};
    static const char *const published[] = {"issued", "published", "pubDate", "date", "created", NULL};
    static const char *const updated[] = {"modified", "updated", NULL};
    memset(it, 0, sizeof(*it));
    it->x = x;
    it->link = feed_url_join(a, base, find_link(x));
    it->id = first_text(x, ids);
    if (!it->link.n) {
        const struct xml *guid = xml_child(x, "guid");
        if (guid && !str_is_i(xml_attr(guid, "isPermaLink"), "false") && feed_url_is_web(it->id))
            it->link = it->id;
        else if (feed_url_is_web(xml_attr(x, "about")))
            it->link = xml_attr(x, "about");
    }
    if (!it->id.n)
        it->id = it->link.n ? it->link : xml_attr(x, "about");
    struct str title = element_text(a, xml_child(x, "title"));
    it->title = feed_one_line(a, feed_plain(a, title));
    read_text(a, x, it);
    it->published = first_when(x, published, zone_s);
    it->updated = first_when(x, updated, zone_s);
    if (it->published == WHEN_NONE)
        it->published = it->updated;
}

bool rss_reader_read(struct arena *a, const struct xml *root, struct str base, int zone_s,
                     struct rss_channel *out)
{
    static const char *const dates[] = {"modified", "updated", "lastBuildDate", "pubDate", "date", NULL};
    const char *name = "item";
    const struct xml *channel = xml_child(root, "channel"), *parent = channel;
    memset(out, 0, sizeof(*out));
    if (str_is(root->name, "feed")) {
        channel = parent = root;
        name = "entry";
    } else if (str_is(root->name, "RDF")) {
        parent = root;
    } else if (!str_is(root->name, "rss")) {
        return false;
    }
    out->title = feed_one_line(a, xml_text(channel, "title"));
    out->lang = xml_text(channel, "language");
    if (!out->lang.n)
        out->lang = xml_attr(root, "lang");
    out->updated = first_when(channel, dates, zone_s);
    size_t n = 0;
    for (const struct xml *x = xml_child(parent, name); x && n < LIMIT_FEED_ITEMS; x = xml_next(x, name))
        n++;
    /* RSS 0.90 and some 2.0 feeds put the items beside the channel */
    if (!n && parent == channel && parent != root) {
        parent = root;
        for (const struct xml *x = xml_child(parent, name); x && n < LIMIT_FEED_ITEMS; x = xml_next(x, name))
            n++;
    }
    out->item = arena_array(a, struct rss_item, n + 1);
    for (const struct xml *x = xml_child(parent, name); x && out->n < n; x = xml_next(x, name))
        read_item(a, x, base, zone_s, &out->item[out->n++]);
    return true;
}

static struct str two_letter(struct str lang)
{
    if (str_starts_i(lang, "ja"))
        return STR_LIT("ja");
    if (str_starts_i(lang, "en"))
        return STR_LIT("en");
    return (struct str){0};
}

void rss_reader_notice(struct arena *a, const struct rss_use *use, struct str lang, const struct rss_item *it,
                       struct notice *n)
{
    memset(n, 0, sizeof(*n));
    n->source = str_of(use->source);
    n->id = it->id;
    n->url = it->link;
    n->title = it->title;
    n->text = it->text;
    n->lang = use->lang ? str_of(use->lang) : two_letter(lang);
    n->published = it->published;
    n->updated = it->updated;
    n->complete = it->whole;
    struct str all = feed_printf(a, "%.*s\n%.*s", STR_ARG(n->title), STR_ARG(n->text));
    feed_cves_in_text(a, all, &n->cve, &n->cve_n);
}

int rss_reader_notices(const struct feed_input *in, struct arena *a, struct feed_sink *sink,
                       const struct rss_use *use, struct err *e)
{
    struct str bytes;
    struct rss_channel ch;
    const struct xml *root = feed_xml(in, a, &bytes, e);
    if (!root)
        return e ? e->code : ERR_INPUT;
    if (!rss_reader_read(a, root, in->url, use->zone_s, &ch)) {
        err_set(e, ERR_INPUT,
                "expected RSS or Atom, found the element <%.*s>; check the address of the source",
                STR_ARG(root->name));
        return err_prefix(e, "%.*s", STR_ARG(in->url));
    }
    if (ch.updated != WHEN_NONE)
        sink->document_time(sink->ctx, ch.updated);
    for (size_t i = 0; i < ch.n; i++) {
        struct notice n;
        rss_reader_notice(a, use, ch.lang, &ch.item[i], &n);
        if (!n.id.n || (!n.title.n && !n.text.n)) {
            sink->bad(sink->ctx, n.id.n ? n.id : n.title,
                      tr("the item has no link, or neither title nor text"));
            continue;
        }
        if (use->keep && !use->keep(a, &ch.item[i], &n))
            continue;
        int rc = sink->notice(sink->ctx, &n, e);
        if (rc == 0 && use->pages)
            rc = feed_page_ask(in, a, sink, &n, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}
