/* CVE List V5: CVE Record Format 5.x, with the CNA's container and the ADP containers beside it,
 * among them CISA Vulnrichment (SSVC, KEV, CVSS, CPE). Single files, JSON Lines, lists.
 *
 * A visit reads deltaLog.json of github.com/CVEProject/cvelistV5 (30 days of changes, newest
 * first) and asks for each record changed since the last visit; the first visit looks back two
 * days. The whole list (300,000 files) comes from a mirror directory. Times without a zone are UTC.
 *
 * SSVC and KEV of Vulnrichment are in metrics[].other, keys and values in any case. References of
 * the "CVE Program Container" repeat the CNA's and are given once. Version "n/a" of product "n/a"
 * says nothing and is kept as said: matching decides.
 */
#include "collect/feeds/cve_parts.h"
#include "collect/feeds/json_records.h"

#define FIRST_LOOK (2 * WHEN_DAY)
#define DELTA_DAYS 30

/* ---- one record ---- */

static bool is_vulnrichment(const struct json *container)
{
    return feed_has(json_get_str(container, "title"), "Vulnrichment") ||
           str_is(json_get_str(json_get(container, "providerMetadata"), "shortName"), "CISA-ADP");
}

/* Arrays of every container end up in one: counted first, then filled. */
struct counts {
    size_t affected, metric, config, ref, alias;
};

static void count_container(const struct json *c, struct counts *n)
{
    n->affected += json_len(json_get(c, "affected"));
    n->metric += json_len(json_get(c, "metrics")) * 4;
    n->config += json_len(json_get(c, "cpeApplicability"));
    n->ref += json_len(json_get(c, "references"));
}

static void read_other(struct arena *a, const struct json *other, struct str source, struct vuln *v)
{
    struct str type = json_get_str(other, "type");
    const struct json *content = json_get(other, "content");
    if (str_is_i(type, "ssvc")) {
        v->ssvc.source = source;
        v->ssvc.when = cve_parts_when(json_get_str(content, "timestamp"));
        cve_parts_ssvc(a, json_get(content, "options"), &v->ssvc);
    } else if (str_is_i(type, "kev")) {
        when_t added = feed_when(json_get_str(content, "dateAdded"), ZONE_UTC);
        if (added == WHEN_NONE)
            return;
        v->kev = (struct kev){.source = STR_LIT("vulnrichment"),
                              .cve = v->id,
                              .added = added,
                              .due = WHEN_NONE,
                              .notes = json_get_str(content, "reference")};
    }
}

static void read_metrics(struct arena *a, const struct json *list, struct str source, bool primary,
                         struct vuln *v)
{
    static const struct {
        const char *key, *version;
    } sets[] = {{"cvssV4_0", "4.0"}, {"cvssV3_1", "3.1"}, {"cvssV3_0", "3.0"}, {"cvssV2_0", "2.0"}};
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *m = json_at(list, i);
        for (size_t k = 0; k < ARRAY_LEN(sets); k++) {
            const struct json *cvss = json_get(m, sets[k].key);
            if (cvss && cve_parts_metric(cvss, source, primary ? STR_LIT("Primary") : STR_LIT("Secondary"),
                                         sets[k].version, &v->metric[v->metric_n]))
                v->metric_n++;
        }
        if (!primary && json_get(m, "other"))
            read_other(a, json_get(m, "other"), source, v);
    }
}

static void read_cwes(const struct json *list, struct feed_set *set)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *d = json_get(json_at(list, i), "descriptions");
        for (size_t k = 0; k < json_len(d); k++) {
            struct str id = cve_parts_cwe(json_get_str(json_at(d, k), "cweId"));
            feed_set_add(set, id.n ? id : cve_parts_cwe(json_get_str(json_at(d, k), "description")));
        }
    }
}

static void read_references(struct arena *a, const struct json *list, struct feed_set *seen, struct vuln *v)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *r = json_at(list, i);
        struct str url = json_get_str(r, "url");
        size_t before = seen->n;
        feed_set_add(seen, url);
        if (seen->n > before)
            v->ref[v->ref_n++] = (struct reference){url, cve_parts_joined(a, json_get(r, "tags"))};
    }
}

static void read_container(struct arena *a, const struct json *c, bool cna, struct feed_set *cwes,
                           struct feed_set *urls, struct vuln *v)
{
    struct str source = json_get_str(json_get(c, "providerMetadata"), "shortName");
    const struct json *affected = json_get(c, "affected");
    for (size_t i = 0; i < json_len(affected); i++)
        if (json_is(json_at(affected, i), JSON_OBJECT))
            cve_parts_affected(a, json_at(affected, i), source, &v->affected[v->affected_n++]);
    size_t n;
    struct cpe_config *config = cve_parts_configs(a, json_get(c, "cpeApplicability"), &n);
    for (size_t i = 0; i < n; i++)
        v->config[v->config_n++] = config[i];
    read_metrics(a, json_get(c, "metrics"), source, cna, v);
    read_cwes(json_get(c, "problemTypes"), cwes);
    read_references(a, json_get(c, "references"), urls, v);
    when_t updated = cve_parts_when(json_get_str(json_get(c, "providerMetadata"), "dateUpdated"));
    if (updated != WHEN_NONE && (v->known == WHEN_NONE || updated > v->known))
        v->known = updated;
}

static void read_words(struct arena *a, const struct json *cna, struct vuln *v)
{
    v->title = feed_one_line(a, json_get_str(cna, "title"));
    const struct json *d = json_get(cna, v->state == VULN_REJECTED ? "rejectedReasons" : "descriptions");
    if (!json_len(d))
        d = json_get(cna, "descriptions");
    v->description = cve_parts_text(d, "en");
    v->description_ja = cve_parts_text(d, "ja");
    const struct json *replaced = json_get(cna, "replacedBy");
    struct feed_set alias = {.a = a};
    for (size_t i = 0; i < json_len(replaced); i++)
        feed_set_add(&alias, feed_cve(a, json_str(json_at(replaced, i))));
    feed_set_done(&alias);
    v->alias = alias.p;
    v->alias_n = alias.n;
}

static const char *read_record(struct arena *a, const struct json *root, struct vuln *v)
{
    cve_parts_init(v, "cve5");
    const struct json *meta = json_get(root, "cveMetadata"), *containers = json_get(root, "containers");
    const struct json *cna = json_get(containers, "cna"), *adp = json_get(containers, "adp");
    v->id = feed_cve(a, json_get_str(meta, "cveId"));
    if (!v->id.n)
        return tr("the record's id is missing or is no CVE number");
    v->status = json_get_str(meta, "state");
    v->state = str_is_i(v->status, "REJECTED")   ? VULN_REJECTED
               : str_is_i(v->status, "RESERVED") ? VULN_RESERVED
                                                 : VULN_PUBLISHED;
    if (!json_is(cna, JSON_OBJECT) && v->state != VULN_RESERVED)
        return tr("the record has no container of its CNA");
    v->source_id = feed_printf(a, "https://www.cve.org/CVERecord?id=%.*s", STR_ARG(v->id));
    v->published = cve_parts_when(json_get_str(meta, "datePublished"));
    v->modified = cve_parts_when(json_get_str(meta, "dateUpdated"));
    if (v->modified == WHEN_NONE)
        v->modified = v->published;
    v->known = v->modified;
    struct counts n = {0};
    count_container(cna, &n);
    for (size_t i = 0; i < json_len(adp); i++)
        count_container(json_at(adp, i), &n);
    v->affected = arena_array(a, struct affected, n.affected + 1);
    v->metric = arena_array(a, struct metric, n.metric + 1);
    v->config = arena_array(a, struct cpe_config, n.config + 1);
    v->ref = arena_array(a, struct reference, n.ref + 1);
    struct feed_set cwes = {.a = a}, urls = {.a = a};
    read_words(a, cna, v);
    read_container(a, cna, true, &cwes, &urls, v);
    for (size_t i = 0; i < json_len(adp); i++) {
        const struct json *c = json_at(adp, i);
        struct ssvc_points ssvc = v->ssvc;
        struct kev kev = v->kev;
        read_container(a, c, false, &cwes, &urls, v);
        if (!is_vulnrichment(c)) { /* only CISA's word on exploitation is taken */
            v->ssvc = ssvc;
            v->kev = kev;
        }
    }
    feed_set_done(&cwes);
    feed_set_done(&urls);
    v->cwe = cwes.p;
    v->cwe_n = cwes.n;
    return NULL;
}

/* ---- documents ---- */

struct visit {
    struct feed_sink *sink;
    struct arena one;
};

static int give(struct visit *t, struct vuln *v, const char *why, struct str raw, struct err *e)
{
    if (!why)
        return t->sink->vuln(t->sink->ctx, v, e);
    t->sink->bad(t->sink->ctx, raw, why);
    return 0;
}

static int record(void *ctx, struct str raw, struct err *e)
{
    struct visit *t = ctx;
    struct err why = {0};
    struct vuln v;
    arena_clear(&t->one);
    const struct json *root = json_parse(&t->one, raw, &why);
    return give(t, &v, root ? read_record(&t->one, root, &v) : why.text, raw, e);
}

static int tree(void *ctx, struct arena *a, const struct json *root, struct err *e)
{
    struct vuln v;
    const char *why = read_record(a, root, &v);
    return give(ctx, &v, why, json_get_str(json_get(root, "cveMetadata"), "cveId"), e);
}

static void bad(void *ctx, struct str bytes, const char *reason)
{
    struct visit *t = ctx;
    t->sink->bad(t->sink->ctx, bytes, reason);
}

/* ---- deltaLog.json: [{"fetchTime":…,"new":[{"cveId","githubLink","dateUpdated"}],"updated":[…]}] ---- */

struct delta {
    struct feed_sink *sink;
    struct arena one;
    when_t since;
};

static int ask_changes(struct delta *t, const struct json *list, struct err *e)
{
    for (size_t i = 0; i < json_len(list); i++) {
        struct str url = json_get_str(json_at(list, i), "githubLink");
        if (!str_starts(url, "https://"))
            continue;
        int rc = feed_ask(t->sink, "doc", url, "application/json", (struct str){0}, true, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_delta(void *ctx, struct arena *a, const struct json *root, struct err *e)
{
    struct delta *t = ctx;
    (void)a;
    when_t when = cve_parts_when(json_get_str(root, "fetchTime"));
    if (when != WHEN_NONE && t->since != WHEN_NONE && when < t->since)
        return 0;
    int rc = ask_changes(t, json_get(root, "new"), e);
    return rc < 0 ? rc : ask_changes(t, json_get(root, "updated"), e);
}

static int delta_record(void *ctx, struct str raw, struct err *e)
{
    struct delta *t = ctx;
    struct err why;
    arena_clear(&t->one);
    const struct json *root = json_parse(&t->one, raw, &why);
    if (root)
        return read_delta(ctx, &t->one, root, e);
    t->sink->bad(t->sink->ctx, raw, why.text);
    return 0;
}

static void delta_bad(void *ctx, struct str bytes, const char *reason)
{
    struct delta *t = ctx;
    t->sink->bad(t->sink->ctx, bytes, reason);
}

static int parse_delta(const struct feed_input *in, struct feed_sink *sink, struct err *e)
{
    struct delta t = {.sink = sink, .since = feed_since_read(in->context)};
    struct json_records use = {.record = delta_record, .tree = read_delta, .bad = delta_bad, .ctx = &t};
    int rc = json_records_read(in, &use, e);
    arena_release(&t.one);
    return rc;
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct feed_state from = *st;
    if (!feed_has(st->url, "delta"))
        return feed_ask(sink, "doc", st->url, "application/json", (struct str){0}, false, e);
    /* longer ago than the log reaches: the mirror must fill the hole, the visit takes what there is */
    if (st->last_ok == WHEN_NONE)
        from.last_ok = st->now - FIRST_LOOK;
    else if (st->now - st->last_ok > DELTA_DAYS * WHEN_DAY)
        from.last_ok = st->now - DELTA_DAYS * WHEN_DAY;
    return feed_ask_list(sink, "delta", st->url, "application/json", feed_since(a, &from), false, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const char *const lists[] = {"cveRecords", NULL};
    (void)a;
    if (str_is(in->kind, "delta"))
        return parse_delta(in, sink, e);
    struct visit t = {.sink = sink};
    struct json_records use = {.lists = lists, .record = record, .tree = tree, .bad = bad, .ctx = &t};
    int rc = json_records_read(in, &use, e);
    arena_release(&t.one);
    return rc;
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    if (!feed_looks_json(head))
        return false;
    /* members come in any order, so any of the names that only this format has */
    return feed_has(head, "\"CVE_RECORD\"") || feed_has(head, "\"cveMetadata\"") ||
           (feed_has(head, "\"containers\"") && (feed_has(head, "\"cna\"") || feed_has(head, "\"adp\"")));
}

const struct source source_cve5 = {
    .name = "cve5",
    .title = TR("CVE List V5 with CISA Vulnrichment"),
    .kind = SOURCE_VULN,
    .publisher = "CVE Program",
    .trusted = true,
    .default_url = "https://raw.githubusercontent.com/CVEProject/cvelistV5/main/cves/deltaLog.json",
    .period_min = 180,
    .stale_hours = 72,
    .min_gap_ms = 50,
    .max_shrink_pct = 100,
    .page_max = 20000,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
