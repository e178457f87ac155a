#include "collect/feeds/myjvn.h"

#include <inttypes.h>

/* The first element of that local name below x, depth first. */
static const struct xml *find_deep(const struct xml *x, const char *name)
{
    const struct xml *at = x;
    while (at) {
        if (str_is(at->name, name))
            return at;
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at && at != x && !at->next)
            at = at->parent;
        if (!at || at == x)
            return NULL;
        at = at->next;
    }
    return NULL;
}

static uint64_t attr_u64(const struct xml *x, const char *name)
{
    uint64_t v;
    return num_u64(str_trim(xml_attr(x, name)), &v) ? v : 0;
}

int myjvn_status_read(const struct xml *root, struct str url, struct myjvn_status *out, struct err *e)
{
    const struct xml *s = xml_child(root, "Status");
    memset(out, 0, sizeof(*out));
    if (!s)
        s = find_deep(root, "Status");
    if (!s)
        return 0;
    struct str code = str_trim(xml_attr(s, "retCd"));
    if (code.n && !str_is(code, "0")) {
        struct str no = xml_attr(s, "errCd"), text = xml_attr(s, "errMsg");
        return err_set(e, ERR_INPUT, "%.*s: MyJVN refuses the request: %.*s %.*s", STR_ARG(url), STR_ARG(no),
                       STR_ARG(text));
    }
    out->found = true;
    out->total = attr_u64(s, "totalRes");
    out->returned = attr_u64(s, "totalResRet");
    out->first = attr_u64(s, "firstRes");
    return 0;
}

int myjvn_next_page(const struct feed_input *in, const struct myjvn_status *st, struct arena *a,
                    struct feed_sink *sink, struct err *e)
{
    /* no further than sums can go wrong */
    if (feed_is_file(in) || !st->found || !st->returned || !st->first || st->total > LIMIT_FEED_ITEMS ||
        st->first > st->total || st->returned > st->total - st->first)
        return 0;
    uint64_t next = st->first + st->returned;
    size_t at = str_find(in->url, STR_LIT("startItem="));
    if (at == STR_NONE)
        return 0;
    size_t end = at + 10;
    while (end < in->url.n && in->url.p[end] != '&')
        end++;
    struct str url = feed_printf(a, "%.*sstartItem=%" PRIu64 "%.*s", (int)at, in->url.p, next,
                                 (int)(in->url.n - end), in->url.p + end);
    struct feed_request r = {.url = url, .kind = in->kind, .context = in->context, .steers = true};
    return feed_request_put(sink, &r, e);
}

bool myjvn_metric(struct str version, struct str vector, struct str score, struct str type,
                  struct metric *out)
{
    memset(out, 0, sizeof(*out));
    vector = str_trim(vector);
    if (!vector.n || (type.n && !str_is_i(type, "Base")))
        return false;
    if (str_starts(vector, "CVSS:") && vector.n > 9 && vector.p[8] == '/')
        version = str_sub(vector, 5, 3);
    out->source = STR_LIT("jvndb");
    out->version = str_trim(version);
    out->vector = vector;
    if (!num_double(str_trim(score), &out->score))
        out->score = -1;
    return true;
}

static size_t count(const struct xml *x, const char *name)
{
    size_t n = 0;
    for (const struct xml *c = xml_child(x, name); c; c = xml_next(c, name))
        n++;
    return n;
}

static void read_products(struct arena *a, const struct xml *item, struct notice *n)
{
    n->product = arena_array(a, struct notice_product, count(item, "cpe") + 1);
    for (const struct xml *c = xml_child(item, "cpe"); c; c = xml_next(c, "cpe")) {
        struct notice_product *p = &n->product[n->product_n++];
        p->vendor = xml_attr(c, "vendor");
        p->product = xml_attr(c, "product");
        p->cpe = str_trim(c->text);
        if (!p->cpe.n)
            p->cpe = xml_attr(c, "value");
    }
}

void myjvn_item(struct arena *a, const struct xml *item, struct notice *n)
{
    struct str id = xml_text(item, "identifier");
    if (id.n)
        n->id = id;
    read_products(a, item, n);
    n->metric = arena_array(a, struct metric, count(item, "cvss") + 1);
    for (const struct xml *c = xml_child(item, "cvss"); c; c = xml_next(c, "cvss"))
        if (myjvn_metric(xml_attr(c, "version"), xml_attr(c, "vector"), xml_attr(c, "score"),
                         xml_attr(c, "type"), &n->metric[n->metric_n]))
            n->metric_n++;
    /* what the record is about are its references; numbers in the prose may be neighbours */
    struct feed_set cve = {.a = a};
    for (const struct xml *r = xml_child(item, "references"); r; r = xml_next(r, "references")) {
        struct str source = xml_attr(r, "source");
        if (!source.n || str_is_i(source, "CVE") || str_is_i(source, "NVD"))
            feed_set_add(&cve, feed_cve(a, xml_attr(r, "id")));
    }
    feed_set_done(&cve);
    if (cve.n) {
        n->cve = cve.p;
        n->cve_n = cve.n;
    }
}

void myjvn_cwes(struct arena *a, const struct xml *item, struct str **cwe, size_t *n)
{
    struct feed_set set = {.a = a};
    for (const struct xml *r = xml_child(item, "references"); r; r = xml_next(r, "references")) {
        struct str id = xml_attr(r, "id");
        if (str_starts(id, "CWE-") && id.n > 4 && id.p[4] >= '0' && id.p[4] <= '9')
            feed_set_add(&set, id);
    }
    feed_set_done(&set);
    *cwe = set.p;
    *n = set.n;
}

void myjvn_references(struct arena *a, const struct xml *item, struct reference **ref, size_t *n)
{
    *ref = arena_array(a, struct reference, count(item, "references") + 1);
    *n = 0;
    for (const struct xml *r = xml_child(item, "references"); r; r = xml_next(r, "references")) {
        struct str url = str_trim(r->text);
        if (feed_url_is_web(url))
            (*ref)[(*n)++] = (struct reference){.url = url, .tags = xml_attr(r, "source")};
    }
}

int myjvn_vulns(struct arena *a, struct feed_sink *sink, const struct notice *n, const struct vuln *base,
                struct err *e)
{
    struct vuln v = *base;
    struct str *alias = arena_array(a, struct str, 1);
    v.source = STR_LIT("jvndb");
    v.source_id = n->id;
    v.title = n->title;
    v.published = n->published;
    v.modified = v.known = n->updated != WHEN_NONE ? n->updated : n->published;
    v.metric = n->metric;
    v.metric_n = n->metric_n;
    v.kev.added = v.kev.due = v.ssvc.when = WHEN_NONE;
    if (!n->cve_n) {
        v.id = n->id;
        return sink->vuln(sink->ctx, &v, e);
    }
    *alias = n->id;
    v.alias = alias;
    v.alias_n = 1;
    for (size_t i = 0; i < n->cve_n; i++) {
        v.id = n->cve[i];
        int rc = sink->vuln(sink->ctx, &v, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}
