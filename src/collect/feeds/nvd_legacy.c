/* Records of the NVD 1.1 JSON feeds (ended in 2023, kept in archives).
 *
 * configurations.nodes[] are alternatives; a node has cpe_match[] or, with AND, children[]
 * that are nodes. That is one configuration of API 2.0 each: its nodes are the children.
 */
#include "collect/feeds/nvd_record.h"

#define CHILD_DEPTH 4

static bool read_match(const struct json *x, struct cpe_match *m)
{
    memset(m, 0, sizeof(*m));
    m->criteria = str_trim(json_get_str(x, "cpe23Uri"));
    m->vulnerable = json_bool(json_get(x, "vulnerable"), false);
    m->start_incl = str_trim(json_get_str(x, "versionStartIncluding"));
    m->start_excl = str_trim(json_get_str(x, "versionStartExcluding"));
    m->end_incl = str_trim(json_get_str(x, "versionEndIncluding"));
    m->end_excl = str_trim(json_get_str(x, "versionEndExcluding"));
    return str_starts(m->criteria, "cpe:");
}

static void read_node(struct arena *a, const struct json *x, struct cpe_node *node)
{
    const struct json *list = json_get(x, "cpe_match");
    node->op_and = str_is_i(json_get_str(x, "operator"), "AND");
    node->negate = json_bool(json_get(x, "negate"), false);
    node->match = arena_array(a, struct cpe_match, json_len(list) + 1);
    for (size_t i = 0; i < json_len(list); i++)
        if (read_match(json_at(list, i), &node->match[node->match_n]))
            node->match_n++;
}

/* Children that have children of their own (seen in a few old records) are put in one row with them. */
static size_t count_leaves(const struct json *x, int depth)
{
    const struct json *children = json_get(x, "children");
    size_t n = json_len(json_get(x, "cpe_match")) ? 1 : 0;
    for (size_t i = 0; depth < CHILD_DEPTH && i < json_len(children); i++)
        n += count_leaves(json_at(children, i), depth + 1);
    return n;
}

static void read_leaves(struct arena *a, const struct json *x, int depth, struct cpe_config *c)
{
    const struct json *children = json_get(x, "children");
    if (json_len(json_get(x, "cpe_match")))
        read_node(a, x, &c->node[c->node_n++]);
    for (size_t i = 0; depth < CHILD_DEPTH && i < json_len(children); i++)
        read_leaves(a, json_at(children, i), depth + 1, c);
}

static void read_configs(struct arena *a, const struct json *nodes, struct vuln *v)
{
    v->config = arena_array(a, struct cpe_config, json_len(nodes) + 1);
    for (size_t i = 0; i < json_len(nodes); i++) {
        const struct json *x = json_at(nodes, i);
        size_t n = count_leaves(x, 0);
        if (!n)
            continue;
        struct cpe_config *c = &v->config[v->config_n++];
        c->node = arena_array(a, struct cpe_node, n);
        if (json_len(json_get(x, "children"))) {
            c->op_and = str_is_i(json_get_str(x, "operator"), "AND");
            c->negate = json_bool(json_get(x, "negate"), false);
        }
        read_leaves(a, x, 0, c);
    }
}

static void read_metrics(struct arena *a, const struct json *impact, struct vuln *v)
{
    struct str source = STR_LIT("nvd@nist.gov"), primary = STR_LIT("Primary");
    v->metric = arena_array(a, struct metric, 2);
    if (cve_parts_metric(json_get(json_get(impact, "baseMetricV3"), "cvssV3"), source, primary, "3.1",
                         &v->metric[v->metric_n]))
        v->metric_n++;
    if (cve_parts_metric(json_get(json_get(impact, "baseMetricV2"), "cvssV2"), source, primary, "2.0",
                         &v->metric[v->metric_n]))
        v->metric_n++;
}

static void read_references(struct arena *a, const struct json *list, struct vuln *v)
{
    v->ref = arena_array(a, struct reference, json_len(list) + 1);
    for (size_t i = 0; i < json_len(list); i++) {
        struct str url = json_get_str(json_at(list, i), "url");
        if (url.n)
            v->ref[v->ref_n++] =
                (struct reference){url, cve_parts_joined(a, json_get(json_at(list, i), "tags"))};
    }
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

const char *nvd_record_legacy(struct arena *a, const struct json *item, struct vuln *v)
{
    const struct json *cve = json_get(item, "cve"), *meta = json_get(cve, "CVE_data_meta");
    v->id = feed_cve(a, json_get_str(meta, "ID"));
    if (!v->id.n)
        return tr("the record's id is missing or is no CVE number");
    v->source_id = feed_printf(a, "https://nvd.nist.gov/vuln/detail/%.*s", STR_ARG(v->id));
    v->published = cve_parts_when(json_get_str(item, "publishedDate"));
    v->modified = cve_parts_when(json_get_str(item, "lastModifiedDate"));
    if (v->modified == WHEN_NONE)
        v->modified = v->published;
    v->known = v->modified;
    v->description = cve_parts_text(json_get(json_get(cve, "description"), "description_data"), "en");
    /* the 1.1 form has no status; a rejected number says so in front of its text */
    if (str_starts(v->description, "** REJECT **") || str_starts(v->description, "Rejected reason:")) {
        v->state = VULN_REJECTED;
        v->status = STR_LIT("Rejected");
    }
    read_configs(a, json_get(json_get(item, "configurations"), "nodes"), v);
    read_metrics(a, json_get(item, "impact"), v);
    read_weaknesses(a, json_get(json_get(cve, "problemtype"), "problemtype_data"), v);
    read_references(a, json_get(json_get(cve, "references"), "reference_data"), v);
    return NULL;
}
