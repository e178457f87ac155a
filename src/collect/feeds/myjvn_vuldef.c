/* VULDEF 3.x, JVN iPedia's detailed form: VULDEF-Document / Vulinfo*. */
#include "collect/feeds/myjvn.h"

static size_t count(const struct xml *x, const char *name)
{
    size_t n = 0;
    for (const struct xml *c = xml_child(x, name); c; c = xml_next(c, name))
        n++;
    return n;
}

/* VULDEF writes line breaks of some texts as the two characters \n. */
static struct str prose(struct arena *a, struct str s)
{
    s = feed_plain(a, s);
    if (str_find(s, STR_LIT("\\n")) == STR_NONE)
        return s;
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'n') {
            p[n++] = '\n';
            i++;
        } else {
            p[n++] = s.p[i];
        }
    }
    p[n] = 0;
    return str_n(p, n);
}

static void read_affected_item(struct arena *a, const struct xml *x, struct affected *out,
                               struct notice_product *product)
{
    memset(out, 0, sizeof(*out));
    out->source = STR_LIT("jvndb");
    out->vendor = xml_text(x, "Name");
    out->product = xml_text(x, "ProductName");
    out->default_status = STR_LIT("unknown");
    out->cpe = arena_array(a, struct str, count(x, "Cpe") + 1);
    for (const struct xml *c = xml_child(x, "Cpe"); c; c = xml_next(c, "Cpe")) {
        struct str cpe = str_trim(c->text);
        if (cpe.n)
            out->cpe[out->cpe_n++] = cpe;
    }
    out->version = arena_array(a, struct affected_version, count(x, "VersionNumber") + 1);
    struct buf all = BUF_INIT(LIMIT_NOTICE_TEXT);
    for (const struct xml *c = xml_child(x, "VersionNumber"); c; c = xml_next(c, "VersionNumber")) {
        struct str text = feed_one_line(a, c->text);
        if (!text.n)
            continue;
        out->version[out->version_n++] = (struct affected_version){
            .version = text, .status = STR_LIT("affected"), .version_type = STR_LIT("ja-prose")};
        if (all.n)
            buf_adds(&all, " / ");
        buf_add_str(&all, text);
    }
    product->vendor = out->vendor;
    product->product = out->product;
    product->cpe = out->cpe_n ? out->cpe[0] : (struct str){0};
    product->version = arena_str(a, buf_str(&all));
    buf_release(&all);
}

static void read_affected(struct arena *a, const struct xml *data, struct vuln *v, struct notice *n)
{
    const struct xml *affected = xml_child(data, "Affected");
    size_t items = count(affected, "AffectedItem");
    v->affected = arena_array(a, struct affected, items + 1);
    n->product = arena_array(a, struct notice_product, items + 1);
    for (const struct xml *x = xml_child(affected, "AffectedItem"); x; x = xml_next(x, "AffectedItem"))
        read_affected_item(a, x, &v->affected[v->affected_n++], &n->product[n->product_n++]);
}

static void read_metrics(struct arena *a, const struct xml *impact, struct notice *n)
{
    n->metric = arena_array(a, struct metric, count(impact, "Cvss") + 1);
    for (const struct xml *c = xml_child(impact, "Cvss"); c; c = xml_next(c, "Cvss"))
        if (myjvn_metric(xml_attr(c, "version"), xml_text(c, "Vector"), xml_text(c, "Base"), (struct str){0},
                         &n->metric[n->metric_n]))
            n->metric_n++;
}

static void read_related(struct arena *a, const struct xml *data, struct vuln *v, struct notice *n)
{
    const struct xml *related = xml_child(data, "Related");
    struct feed_set cve = {.a = a}, cwe = {.a = a};
    v->ref = arena_array(a, struct reference, count(related, "RelatedItem") + 1);
    for (const struct xml *x = xml_child(related, "RelatedItem"); x; x = xml_next(x, "RelatedItem")) {
        struct str id = xml_text(x, "VulinfoID"), url = xml_text(x, "URL"), name = xml_text(x, "Name");
        if (str_is_i(xml_attr(x, "type"), "cwe")) {
            if (str_starts(id, "CWE-") && id.n > 4 && id.p[4] >= '0' && id.p[4] <= '9')
                feed_set_add(&cwe, id);
            continue;
        }
        /* only the advisories CVE and NVD name the record's own numbers */
        if (feed_has(name, "CVE") || feed_has(name, "NVD"))
            feed_set_add(&cve, feed_cve(a, id));
        if (feed_url_is_web(url))
            v->ref[v->ref_n++] = (struct reference){.url = url, .tags = xml_attr(x, "type")};
    }
    feed_set_done(&cve);
    feed_set_done(&cwe);
    v->cwe = cwe.p;
    v->cwe_n = cwe.n;
    n->cve = cve.p;
    n->cve_n = cve.n;
}

static void add_part(struct buf *b, struct str text)
{
    if (!text.n)
        return;
    if (b->n)
        buf_adds(b, "\n\n");
    buf_add_str(b, text);
}

static struct str whole_text(struct arena *a, const struct xml *data, struct str overview)
{
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT);
    const struct xml *impact = xml_child(data, "Impact"), *solution = xml_child(data, "Solution");
    add_part(&b, overview);
    for (const struct xml *x = xml_child(impact, "ImpactItem"); x; x = xml_next(x, "ImpactItem"))
        add_part(&b, prose(a, xml_text(x, "Description")));
    for (const struct xml *x = xml_child(solution, "SolutionItem"); x; x = xml_next(x, "SolutionItem"))
        add_part(&b, prose(a, xml_text(x, "Description")));
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

static int read_vulinfo(const struct xml *x, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct notice n = {.source = STR_LIT("jvndb"), .lang = STR_LIT("ja"), .complete = true};
    struct vuln v = {0};
    const struct xml *data = xml_child(x, "VulinfoData");
    n.id = xml_text(x, "VulinfoID");
    if (!n.id.n || !data) {
        sink->bad(sink->ctx, n.id, tr("the VULDEF record has no VulinfoID or no VulinfoData"));
        return 0;
    }
    n.title = feed_one_line(a, xml_text(data, "Title"));
    struct str overview = prose(a, xml_text(xml_child(data, "VulinfoDescription"), "Overview"));
    n.published = feed_when(xml_text(data, "DateFirstPublished"), ZONE_JST);
    n.updated = feed_when(xml_text(data, "DateLastUpdated"), ZONE_JST);
    n.text = whole_text(a, data, overview);
    struct str year = str_starts(n.id, "JVNDB-") ? str_sub(n.id, 6, 4) : (struct str){0};
    if (year.n == 4)
        n.url =
            feed_printf(a, "https://jvndb.jvn.jp/ja/contents/%.*s/%.*s.html", STR_ARG(year), STR_ARG(n.id));
    read_affected(a, data, &v, &n);
    read_metrics(a, xml_child(data, "Impact"), &n);
    read_related(a, data, &v, &n);
    if (!n.cve_n) {
        /* older records and excerpts name their number in the text only */
        struct str all = feed_printf(a, "%.*s\n%.*s", STR_ARG(n.title), STR_ARG(overview));
        feed_cves_in_text(a, all, &n.cve, &n.cve_n);
    }
    v.description_ja = overview;
    int rc = sink->notice(sink->ctx, &n, e);
    return rc < 0 ? rc : myjvn_vulns(a, sink, &n, &v, e);
}

int myjvn_vuldef(const struct xml *root, struct arena *a, struct feed_sink *sink, struct err *e)
{
    for (const struct xml *x = xml_child(root, "Vulinfo"); x; x = xml_next(x, "Vulinfo")) {
        int rc = read_vulinfo(x, a, sink, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}
