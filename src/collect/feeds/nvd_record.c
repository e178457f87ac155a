#include "collect/feeds/nvd_record.h"

static void read_metrics(struct arena *a, const struct json *metrics, struct vuln *v)
{
    static const struct {
        const char *key, *version;
    } sets[] = {{"cvssMetricV40", "4.0"},
                {"cvssMetricV31", "3.1"},
                {"cvssMetricV30", "3.0"},
                {"cvssMetricV2", "2.0"}};
    const struct json *list[ARRAY_LEN(sets)];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        list[i] = json_get(metrics, sets[i].key);
        n += json_len(list[i]);
    }
    if (n)
        v->metric = arena_array(a, struct metric, n);
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        for (size_t k = 0; k < json_len(list[i]); k++) {
            const struct json *m = json_at(list[i], k);
            if (cve_parts_metric(json_get(m, "cvssData"), json_get_str(m, "source"), json_get_str(m, "type"),
                                 sets[i].version, &v->metric[v->metric_n]))
                v->metric_n++;
        }
    }
}

static void read_ssvc(struct arena *a, const struct json *cve, const struct json *metrics, struct vuln *v)
{
    const struct json *list = json_get(metrics, "ssvcV203"), *data = json_get(json_at(list, 0), "ssvcData");
    const struct json *options = json_get(data, "options");
    v->ssvc.source = json_get_str(json_at(list, 0), "source");
    if (!options)
        options = json_get(cve, "ssvc"); /* merged sets carry Vulnrichment's options here */
    if (!options)
        return;
    if (!v->ssvc.source.n)
        v->ssvc.source = STR_LIT("CISA-ADP");
    v->ssvc.when = cve_parts_when(json_get_str(data, "timestamp"));
    cve_parts_ssvc(a, options, &v->ssvc);
}

static void read_kev(const struct json *cve, struct vuln *v)
{
    struct str added = json_get_str(cve, "cisaExploitAdd");
    if (!added.n)
        return;
    v->kev.source = STR_LIT("nvd"); /* a copy of CISA's word, which may outlive a retraction there */
    v->kev.cve = v->id;
    v->kev.added = feed_when(added, ZONE_UTC);
    v->kev.due = feed_when(json_get_str(cve, "cisaActionDue"), ZONE_UTC);
    v->kev.action = json_get_str(cve, "cisaRequiredAction");
    v->kev.name = json_get_str(cve, "cisaVulnerabilityName");
}

static void read_weaknesses(struct arena *a, const struct json *list, struct vuln *v)
{
    struct feed_set set = {.a = a};
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *d = json_get(json_at(list, i), "description");
        for (size_t k = 0; k < json_len(d); k++)
            feed_set_add(&set, cve_parts_cwe(json_get_str(json_at(d, k), "value")));
    }
    feed_set_done(&set);
    v->cwe = set.p;
    v->cwe_n = set.n;
}

static void read_references(struct arena *a, const struct json *list, struct vuln *v)
{
    size_t n = json_len(list);
    if (n)
        v->ref = arena_array(a, struct reference, n);
    for (size_t i = 0; i < n; i++) {
        const struct json *r = json_at(list, i);
        struct str url = json_get_str(r, "url");
        if (url.n)
            v->ref[v->ref_n++] = (struct reference){url, cve_parts_joined(a, json_get(r, "tags"))};
    }
}

static void read_affected(struct arena *a, const struct json *list, struct vuln *v)
{
    size_t n = 0;
    for (size_t i = 0; i < json_len(list); i++)
        n += json_len(json_get(json_at(list, i), "affectedData"));
    if (n)
        v->affected = arena_array(a, struct affected, n);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *data = json_get(json_at(list, i), "affectedData");
        struct str source = json_get_str(json_at(list, i), "source");
        for (size_t k = 0; k < json_len(data); k++)
            if (json_is(json_at(data, k), JSON_OBJECT))
                cve_parts_affected(a, json_at(data, k), source, &v->affected[v->affected_n++]);
    }
}

static struct str address(struct arena *a, struct str id)
{
    static const char base[] = "https://nvd.nist.gov/vuln/detail/";
    char *p = arena_alloc(a, sizeof(base) + id.n);
    memcpy(p, base, sizeof(base) - 1);
    memcpy(p + sizeof(base) - 1, id.p, id.n);
    p[sizeof(base) - 1 + id.n] = 0;
    return str_n(p, sizeof(base) - 1 + id.n);
}

static const char *read_api(struct arena *a, const struct json *cve, struct vuln *v)
{
    v->id = feed_cve(a, json_get_str(cve, "id"));
    if (!v->id.n)
        return tr("the record's id is missing or is no CVE number");
    v->source_id = address(a, v->id);
    v->status = json_get_str(cve, "vulnStatus");
    v->state = str_is_i(v->status, "Rejected") ? VULN_REJECTED : VULN_PUBLISHED;
    v->published = cve_parts_when(json_get_str(cve, "published"));
    v->modified = cve_parts_when(json_get_str(cve, "lastModified"));
    if (v->modified == WHEN_NONE)
        v->modified = v->published; /* merged sets have records without it */
    v->known = v->modified;
    const struct json *descriptions = json_get(cve, "descriptions"), *metrics = json_get(cve, "metrics");
    v->description = cve_parts_text(descriptions, "en");
    v->description_ja = cve_parts_text(descriptions, "ja");
    v->config = cve_parts_configs(a, json_get(cve, "configurations"), &v->config_n);
    read_metrics(a, metrics, v);
    read_ssvc(a, cve, metrics, v);
    read_kev(cve, v);
    read_weaknesses(a, json_get(cve, "weaknesses"), v);
    read_references(a, json_get(cve, "references"), v);
    read_affected(a, json_get(cve, "affected"), v);
    return NULL;
}

const char *nvd_record_tree(struct arena *a, const struct json *root, struct vuln *v)
{
    cve_parts_init(v, "nvd");
    if (!json_is(root, JSON_OBJECT))
        return tr("the record is no JSON object");
    const struct json *rec = json_get(root, "rec");
    if (json_is(rec, JSON_OBJECT)) {
        const struct json *inner = json_get(rec, "cve");
        const char *why = json_get(inner, "CVE_data_meta") ? nvd_record_legacy(a, rec, v)
                                                           : read_api(a, inner ? inner : rec, v);
        when_t t = feed_when(json_get_str(root, "t"), ZONE_UTC);
        if (!why && t != WHEN_NONE)
            v->known = t;
        return why;
    }
    const struct json *cve = json_get(root, "cve");
    if (json_get(cve, "CVE_data_meta"))
        return nvd_record_legacy(a, root, v);
    return read_api(a, json_is(cve, JSON_OBJECT) ? cve : root, v);
}

const char *nvd_record_read(struct arena *a, struct str raw, struct vuln *v, struct err *why)
{
    err_clear(why);
    const struct json *root = json_parse(a, raw, why);
    return root ? nvd_record_tree(a, root, v) : why->text;
}
