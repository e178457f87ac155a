#include "collect/feeds/cve_parts.h"

void cve_parts_init(struct vuln *v, const char *source)
{
    memset(v, 0, sizeof(*v));
    v->source = str_of(source);
    v->published = v->modified = v->known = WHEN_NONE;
    v->kev.added = v->kev.due = v->ssvc.when = WHEN_NONE;
}

static bool two(const char *p, int *out)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    return true;
}

/* 2021-03-03T00:15:00.000, by far the usual form; false leaves it to the general reader. */
static bool plain_time(struct str s, when_t *out)
{
    int cc, yy, mo, d, h, mi, sec, ms = 0;
    if ((s.n != 23 && s.n != 19) || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' || s.p[13] != ':' ||
        s.p[16] != ':')
        return false;
    if (!two(s.p, &cc) || !two(s.p + 2, &yy) || !two(s.p + 5, &mo) || !two(s.p + 8, &d) ||
        !two(s.p + 11, &h) || !two(s.p + 14, &mi) || !two(s.p + 17, &sec))
        return false;
    if (s.n == 23) {
        int tens;
        if (s.p[19] != '.' || !two(s.p + 20, &tens) || s.p[22] < '0' || s.p[22] > '9')
            return false;
        ms = tens * 10 + (s.p[22] - '0');
    }
    if (mo < 1 || mo > 12 || d < 1 || d > 28 || h > 23 || mi > 59 || sec > 59)
        return false;
    *out = (clock_days(cc * 100 + yy, mo, d) * 86400 + h * 3600 + mi * 60 + sec) * WHEN_SEC + ms * 1000;
    return true;
}

when_t cve_parts_when(struct str s)
{
    when_t t;
    return plain_time(s, &t) ? t : feed_when(s, ZONE_UTC);
}

static struct str trimmed(const struct json *v, const char *key)
{
    return str_trim(json_get_str(v, key));
}

static bool read_match(const struct json *v, struct cpe_match *m)
{
    memset(m, 0, sizeof(*m));
    if (!json_is(v, JSON_OBJECT))
        return false;
    for (uint32_t i = 0; i < v->n; i++) {
        struct str key = v->key[i];
        const struct json *x = &v->item[i];
        if (str_is(key, "criteria"))
            m->criteria = str_trim(json_str(x));
        else if (str_is(key, "vulnerable"))
            m->vulnerable = json_bool(x, false);
        else if (str_is(key, "matchCriteriaId"))
            m->match_id = json_str(x);
        else if (str_is(key,
                        "versionStartIncluding")) /* bounds may have blanks around them: CVE-2021-46973 */
            m->start_incl = str_trim(json_str(x));
        else if (str_is(key, "versionStartExcluding"))
            m->start_excl = str_trim(json_str(x));
        else if (str_is(key, "versionEndIncluding"))
            m->end_incl = str_trim(json_str(x));
        else if (str_is(key, "versionEndExcluding"))
            m->end_excl = str_trim(json_str(x));
    }
    return str_starts(m->criteria, "cpe:");
}

static void read_node(struct arena *a, const struct json *v, struct cpe_node *node)
{
    const struct json *list = json_get(v, "cpeMatch");
    size_t n = json_len(list);
    memset(node, 0, sizeof(*node));
    node->op_and = str_is_i(json_get_str(v, "operator"), "AND");
    node->negate = json_bool(json_get(v, "negate"), false);
    node->match = n ? arena_alloc(a, n * sizeof(*node->match)) : NULL;
    for (size_t i = 0; i < n; i++)
        if (read_match(&list->item[i], &node->match[node->match_n]))
            node->match_n++;
}

struct cpe_config *cve_parts_configs(struct arena *a, const struct json *list, size_t *n)
{
    size_t all = json_len(list);
    struct cpe_config *config = all ? arena_array(a, struct cpe_config, all) : NULL;
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        const struct json *v = &list->item[i], *nodes = json_get(v, "nodes");
        size_t count = json_len(nodes);
        if (!count)
            continue;
        struct cpe_config *c = &config[(*n)++];
        c->op_and = str_is_i(json_get_str(v, "operator"), "AND");
        c->negate = json_bool(json_get(v, "negate"), false);
        c->node = arena_array(a, struct cpe_node, count);
        for (size_t k = 0; k < count; k++)
            read_node(a, &nodes->item[k], &c->node[c->node_n++]);
    }
    return config;
}

static void read_version(struct arena *a, const struct json *v, struct affected_version *out)
{
    out->version = trimmed(v, "version");
    out->less_than = trimmed(v, "lessThan");
    out->less_or_equal = trimmed(v, "lessThanOrEqual");
    out->version_type = trimmed(v, "versionType");
    out->status = feed_lower(a, trimmed(v, "status"));
    const struct json *changes = json_get(v, "changes");
    size_t n = json_len(changes);
    out->change = n ? arena_array(a, struct affected_change, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        struct str at = trimmed(&changes->item[i], "at"), status = trimmed(&changes->item[i], "status");
        if (at.n)
            out->change[out->change_n++] = (struct affected_change){at, feed_lower(a, status)};
    }
}

static struct str *strings(struct arena *a, const struct json *list, size_t *n)
{
    struct feed_set set = {.a = a};
    for (size_t i = 0; i < json_len(list); i++)
        feed_set_add(&set, str_trim(json_str(&list->item[i])));
    feed_set_done(&set);
    *n = set.n;
    return set.p;
}

void cve_parts_affected(struct arena *a, const struct json *v, struct str source, struct affected *out)
{
    memset(out, 0, sizeof(*out));
    out->source = source;
    out->vendor = trimmed(v, "vendor");
    out->product = trimmed(v, "product");
    out->package_name = trimmed(v, "packageName");
    out->collection_url = trimmed(v, "collectionURL");
    out->purl = trimmed(v, "packageURL");
    out->default_status = feed_lower(a, trimmed(v, "defaultStatus"));
    out->cpe = strings(a, json_get(v, "cpes"), &out->cpe_n);
    out->platform = strings(a, json_get(v, "platforms"), &out->platform_n);
    const struct json *versions = json_get(v, "versions");
    size_t n = json_len(versions);
    out->version = n ? arena_array(a, struct affected_version, n) : NULL;
    for (size_t i = 0; i < n; i++)
        if (json_is(&versions->item[i], JSON_OBJECT))
            read_version(a, &versions->item[i], &out->version[out->version_n++]);
}

void cve_parts_ssvc(struct arena *a, const struct json *options, struct ssvc_points *out)
{
    for (size_t i = 0; i < json_len(options); i++) {
        const struct json *o = &options->item[i];
        for (uint32_t k = 0; json_is(o, JSON_OBJECT) && k < o->n; k++) {
            struct str value = feed_lower(a, str_trim(json_str(&o->item[k])));
            if (str_is_i(o->key[k], "exploitation"))
                out->exploitation = value;
            else if (str_is_i(o->key[k], "automatable"))
                out->automatable = value;
            else if (str_is_i(o->key[k], "technicalImpact") || str_is_i(o->key[k], "technical impact"))
                out->technical_impact = value;
        }
    }
}

bool cve_parts_metric(const struct json *cvss, struct str source, struct str type, const char *version,
                      struct metric *out)
{
    const struct json *score = json_get(cvss, "baseScore");
    memset(out, 0, sizeof(*out));
    out->source = source;
    out->type = type;
    out->vector = str_trim(json_get_str(cvss, "vectorString"));
    out->version = json_get_str(cvss, "version");
    if (!out->version.n)
        out->version = str_of(version);
    out->score = json_double(score, -1);
    if (out->score < 0 || out->score > 10)
        out->score = -1;
    return out->vector.n > 0;
}

struct str cve_parts_joined(struct arena *a, const struct json *list)
{
    size_t n = json_len(list), bytes = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        bytes += json_str(&list->item[i]).n + 1;
    if (!bytes)
        return (struct str){0};
    char *p = arena_alloc(a, bytes + 1);
    for (size_t i = 0; i < n; i++) {
        struct str s = json_str(&list->item[i]);
        if (!s.n)
            continue;
        if (at)
            p[at++] = ',';
        memcpy(p + at, s.p, s.n);
        at += s.n;
    }
    p[at] = 0;
    return str_n(p, at);
}

struct str cve_parts_text(const struct json *list, const char *lang)
{
    size_t n = strlen(lang);
    for (size_t i = 0; i < json_len(list); i++) {
        struct str l = json_get_str(&list->item[i], "lang");
        /* "eng" is what the 4.0 format wrote */
        bool same = str_starts_i(l, lang) && (l.n == n || l.p[n] == '-' || l.p[n] == '_' ||
                                              (str_is(l, "eng") && str_is(str_of(lang), "en")));
        if (same)
            return str_trim(json_get_str(&list->item[i], "value"));
    }
    return (struct str){0};
}

struct str cve_parts_cwe(struct str s)
{
    s = str_trim(s);
    if (!str_starts(s, "CWE-"))
        return (struct str){0};
    size_t end = 4;
    while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9')
        end++;
    return end > 4 ? str_sub(s, 0, end) : (struct str){0};
}
