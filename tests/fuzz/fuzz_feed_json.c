/* Feeds that read JSON and tables: the first byte chooses the feed and the kind of answer. */
#include <stdint.h>

#include "codec/stream.h"
#include "collect/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct source source_kev, source_epss, source_nvd, source_cve5, source_msrc, source_x,
    source_ipa;

static size_t used(struct str s)
{
    size_t sum = 0;
    for (size_t i = 0; i < s.n; i++)
        sum += (unsigned char)s.p[i];
    return sum;
}

static volatile size_t seen; /* every view is read, so that a wild one is caught */

static int on_notice(void *ctx, const struct notice *n, struct err *e)
{
    (void)ctx, (void)e;
    seen += used(n->id) + used(n->url) + used(n->title) + used(n->text);
    for (size_t i = 0; i < n->cve_n; i++)
        seen += used(n->cve[i]);
    for (size_t i = 0; i < n->product_n; i++)
        seen += used(n->product[i].product) + used(n->product[i].cpe);
    return 0;
}

static int on_vuln(void *ctx, const struct vuln *v, struct err *e)
{
    (void)ctx, (void)e;
    seen += used(v->id) + used(v->source_id) + used(v->title) + used(v->description) +
            used(v->exploited_quote) + used(v->ssvc.exploitation) + used(v->kev.notes);
    for (size_t i = 0; i < v->config_n; i++)
        for (size_t k = 0; k < v->config[i].node_n; k++)
            for (size_t m = 0; m < v->config[i].node[k].match_n; m++)
                seen += used(v->config[i].node[k].match[m].criteria) +
                        used(v->config[i].node[k].match[m].end_excl);
    for (size_t i = 0; i < v->affected_n; i++)
        for (size_t k = 0; k < v->affected[i].version_n; k++)
            seen += used(v->affected[i].version[k].version) + used(v->affected[i].version[k].status);
    for (size_t i = 0; i < v->product_n; i++)
        seen += used(v->product[i].name) + used(v->product[i].kb) + used(v->product[i].fixed_build) +
                used(v->product[i].supersedes);
    for (size_t i = 0; i < v->metric_n; i++)
        seen += used(v->metric[i].vector) + used(v->metric[i].version);
    for (size_t i = 0; i < v->ref_n; i++)
        seen += used(v->ref[i].url) + used(v->ref[i].tags);
    for (size_t i = 0; i < v->cwe_n; i++)
        seen += used(v->cwe[i]);
    return 0;
}

static int on_kev(void *ctx, const struct kev *k, struct err *e)
{
    (void)ctx, (void)e;
    seen += used(k->cve) + used(k->vendor) + used(k->name) + used(k->action) + used(k->notes);
    return 0;
}

static int on_epss(void *ctx, const struct epss *s, struct err *e)
{
    (void)ctx, (void)e;
    seen += used(s->cve) + used(s->model_version);
    return 0;
}

static int on_full_list(void *ctx, struct err *e)
{
    (void)ctx, (void)e;
    return 0;
}

static void on_bad(void *ctx, struct str bytes, const char *reason)
{
    (void)ctx;
    seen += used(bytes) + used(str_of(reason));
}

static void on_count(void *ctx, uint64_t n)
{
    (void)ctx;
    seen += (size_t)n;
}

static int on_request(void *ctx, const struct feed_request *r)
{
    (void)ctx;
    seen += used(r->url) + used(r->context);
    return 0;
}

static void on_cursor(void *ctx, struct str cursor)
{
    (void)ctx;
    seen += used(cursor);
}

static void on_time(void *ctx, when_t t)
{
    (void)ctx;
    seen += (size_t)t;
}

static const struct {
    const struct source *source;
    const char *kind, *url, *context;
} doors[] = {
#ifdef FUZZ_FEED_DOORS
    FUZZ_FEED_DOORS
#else
    {&source_kev, "list", "https://x.example/kev.json", ""},
    {&source_epss, "list", "https://x.example/epss_scores-2021-04-14.csv", ""},
    {&source_nvd, "page", "https://x.example/rest/json/cves/2.0?startIndex=0", "2"},
    {&source_nvd, "file", "a.ndjson", ""},
    {&source_nvd, "meta", "https://x.example/nvdcve-2.0-2021.meta", "2021 00"},
    {&source_cve5, "doc", "https://x.example/CVE-2021-0001.json", ""},
    {&source_cve5, "file", "a.jsonl", ""},
    {&source_cve5, "delta", "https://x.example/deltaLog.json", "0"},
    {&source_msrc, "doc", "https://x.example/cvrf/2021-Mar", ""},
    {&source_msrc, "list", "https://x.example/updates", "{\"2021-Mar\":\"x\"}"},
    {&source_x, "user", "https://x.example/2/users/by/username/a", "{\"account\":\"a\"}"},
    {&source_x, "list", "https://x.example/2/users/1/tweets", "{\"account\":\"a\",\"user\":\"1\"}"},
    {&source_ipa, "file", "a.json", ""},
#endif
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t k = data[0] % ARRAY_LEN(doors);
    struct str bytes = str_n((const char *)data + 1, size - 1);
    struct feed_sink sink = {.notice = on_notice,
                             .vuln = on_vuln,
                             .kev = on_kev,
                             .epss = on_epss,
                             .full_list = on_full_list,
                             .bad = on_bad,
                             .stated_count = on_count,
                             .request = on_request,
                             .cursor = on_cursor,
                             .document_time = on_time};
    struct arena a = {0};
    struct err e;
    struct stream *in;
    seen += doors[k].source->sniff(str_sub(bytes, 0, 4096), "file");
    if (stream_open_mem(&in, doors[k].url, bytes, 64 * MIB, &e) < 0)
        return 0;
    struct feed_input input = {.url = str_of(doors[k].url),
                               .kind = str_of(doors[k].kind),
                               .context = str_of(doors[k].context),
                               .content_type = STR_LIT("text/xml; charset=utf-8"),
                               .fetched = 1617235200000000,
                               .stream = in};
    if (doors[k].source->parse(&input, &a, &sink, &e) < 0)
        seen += used(str_of(e.text));
    stream_free(in);
    arena_release(&a);
    return 0;
}
