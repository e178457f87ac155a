/* MSRC: Microsoft's security updates as CVRF v3. The list of documents
 * (…/cvrf/v3.0/updates), then each monthly document (2021-Mar) that is new or re-issued.
 *
 * Documents are re-issued in place: one is asked for again when its CurrentReleaseDate changes.
 * The list drops a recent month at times while the document's address still works, so those of
 * the last three months that it does not name are asked for directly (and may fail).
 * Reads the XML form (the API's default), the JSON form and one-CVE-a-file archives; revision dates
 * without a zone are UTC (they are midnight in Redmond).
 *
 * A vulnerability becomes a notice as well when Microsoft says it is exploited or was disclosed
 * before the update; the rest of a Patch Tuesday has no words that could change the urgency.
 * Cursor: {"2021-Mar":"2021-04-13T07:00:00Z",…}, the dates of the documents last read.
 */
#include "collect/feeds/msrc_record.h"

#define RECENT_MONTHS 3
#define FIRST_MONTHS 12 /* the first visit reads this many months of the list; a mirror gives the rest */

static struct str month_id(struct arena *a, when_t now, int back)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int y, m, d;
    clock_civil(now / WHEN_DAY, &y, &m, &d);
    m -= back;
    while (m < 1) {
        m += 12;
        y--;
    }
    return feed_printf(a, "%d-%.3s", y, names + (size_t)(m - 1) * 3);
}

/* The address in front of /updates, without the slash. */
static struct str api_of(struct str url)
{
    size_t at = str_find_i(url, STR_LIT("/updates"));
    return at == STR_NONE ? url : str_sub(url, 0, at);
}

static int ask_doc(struct str api, struct str id, bool optional, struct arena *a, struct feed_sink *sink,
                   struct err *e)
{
    struct str url = feed_printf(a, "%.*s/cvrf/%.*s", STR_ARG(api), STR_ARG(feed_url_escape(a, id)));
    return feed_ask(sink, "doc", url, "application/json", id, optional, e);
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    if (st->cursor.n)
        sink->cursor(sink->ctx, st->cursor);
    if (!str_ends_i(st->url, "/updates"))
        return feed_ask(sink, "doc", st->url, "application/json", (struct str){0}, false, e);
    return feed_ask_list(sink, "list", st->url, "application/json", st->cursor, false, e);
}

/* ---- list ---- */

static bool is_month_id(struct str id)
{
    uint64_t y;
    return id.n >= 8 && id.n <= 12 && id.p[4] == '-' && num_u64(str_sub(id, 0, 4), &y);
}

/* Asks for the recent months the list does not name. */
static int ask_missing(const struct feed_input *in, const struct json *value, struct arena *a,
                       struct feed_sink *sink, struct err *e)
{
    for (int back = 0; in->fetched != WHEN_NONE && back < RECENT_MONTHS; back++) {
        struct str id = month_id(a, in->fetched, back);
        bool named = false;
        for (size_t i = 0; i < json_len(value); i++)
            named = named || str_eq(json_get_str(json_at(value, i), "ID"), id);
        int rc = named ? 0 : ask_doc(api_of(in->url), id, true, a, sink, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int parse_list(const struct feed_input *in, const struct json *root, struct arena *a,
                      struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    const struct json *value = json_get(root, "value");
    const struct json *old = in->context.n ? json_parse(a, in->context, &ignored) : NULL;
    if (!json_is(value, JSON_ARRAY))
        return err_set(e, ERR_INPUT, "%.*s: the list \"%s\" is missing; is this the right document?",
                       STR_ARG(in->url), "value");
    struct buf b = BUF_INIT(4 * MIB);
    struct json_writer w;
    int rc = 0;
    json_writer_init(&w, &b);
    json_w_object(&w);
    for (size_t i = 0; rc == 0 && i < json_len(value); i++) {
        const struct json *v = json_at(value, i);
        struct str id = json_get_str(v, "ID"), date = json_get_str(v, "CurrentReleaseDate");
        if (!is_month_id(id)) {
            sink->bad(sink->ctx, id, tr("the list names a document whose id has not the form 2021-Mar"));
            continue;
        }
        char *key = arena_dup(a, id.p, id.n);
        json_w_kstr(&w, key, date);
        when_t released = feed_when(json_get_str(v, "InitialReleaseDate"), ZONE_UTC);
        bool changed = !str_eq(json_get_str(old, key), date);
        bool wanted = old || released == WHEN_NONE || in->fetched == WHEN_NONE ||
                      in->fetched - released <= FIRST_MONTHS * 31 * WHEN_DAY;
        if (changed && wanted)
            rc = ask_doc(api_of(in->url), id, false, a, sink, e);
    }
    json_w_object_end(&w);
    if (rc == 0)
        rc = ask_missing(in, value, a, sink, e);
    if (rc == 0)
        sink->cursor(sink->ctx, arena_str(a, buf_str(&b)));
    buf_release(&b);
    return rc;
}

/* ---- documents ---- */

static int give(const struct msrc_doc *d, const struct cvrf_vuln *x, struct arena *one,
                struct feed_sink *sink, struct err *e)
{
    struct vuln v;
    struct notice n;
    const char *why = msrc_record_vuln(one, d, x, &v);
    if (why) {
        sink->bad(sink->ctx, x->cve.n ? x->cve : x->title, why);
        return 0;
    }
    int rc = sink->vuln(sink->ctx, &v, e);
    if (rc == 0 && msrc_record_notice(one, d, x, &v, &n))
        rc = sink->notice(sink->ctx, &n, e);
    return rc;
}

static int give_doc(const struct cvrf_doc *doc, struct feed_sink *sink, struct err *e)
{
    struct msrc_doc d;
    struct arena one = {0};
    int rc = 0;
    msrc_record_doc_init(&d, doc);
    if (doc->updated != WHEN_NONE)
        sink->document_time(sink->ctx, doc->updated);
    for (size_t i = 0; rc == 0 && i < doc->vuln_n; i++) {
        arena_clear(&one);
        rc = give(&d, &doc->vuln[i], &one, sink, e);
    }
    arena_release(&one);
    msrc_record_doc_release(&d);
    return rc;
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    struct cvrf_doc doc;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc < 0)
        return rc;
    if (feed_looks_json(bytes)) {
        const struct json *root = json_parse(a, bytes, e);
        if (!root)
            return err_prefix(e, "%.*s", STR_ARG(in->url));
        if (str_is(in->kind, "list") || (feed_is_file(in) && json_is(json_get(root, "value"), JSON_ARRAY)))
            return feed_is_file(in) ? 0 : parse_list(in, root, a, sink, e);
        if (!cvrf_json_read(a, root, &doc))
            return err_set(e, ERR_INPUT, "%.*s: the list \"%s\" is missing; is this the right document?",
                           STR_ARG(in->url), "Vulnerability");
        return give_doc(&doc, sink, e);
    }
    const struct xml *root = xml_parse(a, bytes, feed_charset(a, in->content_type), 0, e);
    if (!root)
        return err_prefix(e, "%.*s", STR_ARG(in->url));
    if (!cvrf_xml_read(a, root, &doc))
        return err_set(e, ERR_INPUT, "%.*s: expected a CVRF document, found the element <%.*s>",
                       STR_ARG(in->url), STR_ARG(root->name));
    return give_doc(&doc, sink, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    bool microsoft = feed_has(head, "secure@microsoft.com") ||
                     feed_has(head, "Microsoft Security Response Center") ||
                     feed_has(head, "api.msrc.microsoft.com");
    if (!microsoft)
        return false;
    if (feed_looks_json(head))
        return feed_has(head, "\"document_title\"") || feed_has(head, "\"DocumentTitle\"");
    return str_is(feed_xml_root(head), "cvrfdoc");
}

const struct source source_msrc = {
    .name = "msrc",
    .title = TR("Microsoft security updates (MSRC)"),
    .kind = SOURCE_VULN,
    .publisher = "Microsoft",
    .trusted = true,
    .default_url = "https://api.msrc.microsoft.com/cvrf/v3.0/updates",
    .period_min = 120,
    .stale_hours = 72,
    .min_gap_ms = 500,
    .max_shrink_pct = 100,
    .page_max = 300,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
