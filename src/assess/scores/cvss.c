#include "assess/scores/cvss.h"

#include <stdio.h>

#include "assess/scores/cvss_spec.h"
#include "codec/json.h"

static const struct cvss_spec *const specs[] = {
    [CVSS_20] = &cvss2_spec, [CVSS_30] = &cvss3_spec_30, [CVSS_31] = &cvss3_spec_31, [CVSS_40] = &cvss4_spec};

#define QUOTE_MAX 40
/* A stranger's bytes in a message: short, and printable whatever they are. */
struct quote {
    char text[QUOTE_MAX + 4];
};
static struct quote quote_of(struct str s)
{
    struct quote q;
    struct str cut = str_sub(s, 0, QUOTE_MAX);
    for (size_t i = 0; i < cut.n; i++)
        q.text[i] = cut.p[i] >= 0x20 && cut.p[i] < 0x7f ? cut.p[i] : '?';
    snprintf(q.text + cut.n, sizeof(q.text) - cut.n, "%s", s.n > cut.n ? "..." : "");
    return q;
}

/* The index of word in "a b c"; -1 when it is none of them. */
static int values_index(const char *values, struct str word)
{
    struct str_split it = str_split_init(str_of(values), ' ');
    struct str piece;
    for (int i = 0; str_split_next(&it, &piece); i++)
        if (str_eq(piece, word))
            return i;
    return -1;
}

static struct str values_at(const char *values, int index)
{
    struct str_split it = str_split_init(str_of(values), ' ');
    struct str piece = {0};
    for (int i = 0; str_split_next(&it, &piece) && i < index; i++)
        ;
    return piece;
}

static int metric_find(const struct cvss_spec *spec, struct str name)
{
    for (size_t i = 0; i < spec->metric_n; i++)
        if (str_is(name, spec->metric[i].name))
            return (int)i;
    return -1;
}

/* "9.8/" in front of a vector. False when there is a number that is no score. */
static bool stated_cut(struct str *s, int *tenths)
{
    size_t slash = str_chr(*s, '/');
    *tenths = -1;
    if (s->n == 0 || s->p[0] < '0' || s->p[0] > '9' || slash == STR_NONE)
        return true;
    struct str number = str_sub(*s, 0, slash), whole = number, tail = STR_LIT("0");
    size_t dot = str_chr(number, '.');
    if (dot != STR_NONE) {
        whole = str_sub(number, 0, dot);
        tail = str_sub(number, dot + 1, number.n);
    }
    uint64_t w, t;
    if (whole.n > 2 || tail.n != 1 || !num_u64(whole, &w) || !num_u64(tail, &t) || w * 10 + t > 100)
        return false;
    *tenths = (int)(w * 10 + t);
    *s = str_sub(*s, slash + 1, s->n);
    return true;
}

/* Which version; cuts the prefix off *s. NULL when it is none of ours. */
static const struct cvss_spec *spec_find(struct str *s)
{
    if (!str_starts_i(*s, "CVSS"))
        return &cvss2_spec;
    for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
        const char *prefix = specs[i]->prefix;
        if (*prefix && str_starts(*s, prefix)) {
            *s = str_sub(*s, strlen(prefix), s->n);
            return specs[i];
        }
    }
    return NULL;
}

static int metrics_read(const struct cvss_spec *spec, struct str s, struct cvss *v, uint32_t *given,
                        struct err *e)
{
    struct str_split it = str_split_init(s, '/');
    struct str piece;
    int last = -1;
    const char *name = cvss_version_name(spec->version);
    while (str_split_next(&it, &piece)) {
        size_t colon = str_chr(piece, ':');
        if (piece.n == 0)
            return err_set(e, ERR_INPUT, "CVSS %s: an empty part between two slashes or at the end", name);
        if (colon == STR_NONE)
            return err_set(e, ERR_INPUT, "CVSS %s: \"%s\" is not METRIC:VALUE", name, quote_of(piece).text);
        struct str metric = str_sub(piece, 0, colon), value = str_sub(piece, colon + 1, piece.n);
        int i = metric_find(spec, metric);
        if (i < 0 && spec->version == CVSS_20)
            return err_set(e, ERR_INPUT,
                           "CVSS 2.0 has no metric \"%s\" (a vector of version 3 or 4 begins with CVSS:3.1/ "
                           "or the like)",
                           quote_of(metric).text);
        if (i < 0)
            return err_set(e, ERR_INPUT, "CVSS %s has no metric \"%s\"", name, quote_of(metric).text);
        if (*given & 1U << i)
            return err_set(e, ERR_INPUT, "CVSS %s: the metric %s comes twice", name, spec->metric[i].name);
        if (spec->ordered && i < last)
            return err_set(e, ERR_INPUT, "CVSS %s: the metric %s must come before %s", name,
                           spec->metric[i].name, spec->metric[last].name);
        int index = values_index(spec->metric[i].values, value);
        if (index < 0)
            return err_set(e, ERR_INPUT, "CVSS %s: \"%s\" is no value of %s (one of: %s)", name,
                           quote_of(value).text, spec->metric[i].name, spec->metric[i].values);
        v->value[i] = (unsigned char)index;
        *given |= 1U << i;
        last = i;
    }
    return 0;
}

static int metrics_check(const struct cvss_spec *spec, uint32_t given, struct err *e)
{
    uint32_t begun = 0; /* groups of which a metric is given */
    for (size_t i = 0; i < spec->metric_n; i++)
        if (given & 1U << i)
            begun |= 1U << spec->metric[i].group;
    for (size_t i = 0; i < spec->metric_n; i++) {
        const struct cvss_metric *m = &spec->metric[i];
        if (given & 1U << i)
            continue;
        if (m->group == CVSS_BASE)
            return err_set(e, ERR_INPUT, "CVSS %s: the metric %s is missing",
                           cvss_version_name(spec->version), m->name);
        if (spec->whole_groups && begun & 1U << m->group)
            return err_set(
                e, ERR_INPUT,
                "CVSS %s: the metric %s is missing; give all metrics of its group or none (ND: not "
                "defined)",
                cvss_version_name(spec->version), m->name);
    }
    return 0;
}

/* has_*, nomenclature and the canonical vector. */
static void cvss_finish(const struct cvss_spec *spec, struct cvss *v)
{
    uint32_t defined = 1U << CVSS_BASE;
    for (size_t i = 0; i < spec->metric_n; i++)
        if (spec->metric[i].group != CVSS_BASE && v->value[i])
            defined |= 1U << spec->metric[i].group;
    v->has_threat = defined & 1U << CVSS_THREAT;
    v->has_env = defined & 1U << CVSS_ENV;
    if (spec->version == CVSS_40)
        snprintf(v->nomenclature, sizeof(v->nomenclature), "CVSS-B%s%s", v->has_threat ? "T" : "",
                 v->has_env ? "E" : "");
    size_t n = (size_t)snprintf(v->vector, sizeof(v->vector), "%s", spec->prefix);
    for (size_t i = 0; i < spec->metric_n; i++) {
        const struct cvss_metric *m = &spec->metric[i];
        bool keep = m->group == CVSS_BASE || v->value[i] || (spec->whole_groups && defined & 1U << m->group);
        if (keep)
            n += (size_t)snprintf(v->vector + n, sizeof(v->vector) - n, "%s:" STR_FMT "/", m->name,
                                  STR_ARG(values_at(m->values, v->value[i])));
    }
    v->vector[n - 1] = 0; /* the last slash; the longest vector of v4.0 has under 200 bytes */
}

int cvss_parse(struct str text, struct cvss *out, struct err *e)
{
    struct str s = str_trim(text);
    *out = (struct cvss){.stated = -1};
    if (s.n == 0)
        return err_set(e, ERR_INPUT, "there is no CVSS vector here");
    if (s.n > LIMIT_CVSS_VECTOR)
        return err_set(e, ERR_LIMIT, "longer than any CVSS vector (more than %d bytes)", LIMIT_CVSS_VECTOR);
    if (!stated_cut(&s, &out->stated))
        return err_set(e, ERR_INPUT,
                       "\"%s\": what stands before the first slash is not a score from 0.0 to 10.0",
                       quote_of(s).text);
    bool wrapped = s.n >= 2 && s.p[0] == '(' && s.p[s.n - 1] == ')';
    if (wrapped)
        s = str_sub(s, 1, s.n - 2);
    const struct cvss_spec *spec = spec_find(&s);
    if (!spec || (wrapped && spec->version != CVSS_20))
        return err_set(
            e, ERR_INPUT,
            "\"%s\" is no CVSS vector: it should begin with CVSS:3.0/, CVSS:3.1/, CVSS:4.0/ or, for "
            "version 2, AV:",
            quote_of(str_trim(text)).text);
    uint32_t given = 0;
    out->version = spec->version;
    int rc = metrics_read(spec, s, out, &given, e);
    if (rc == 0)
        rc = metrics_check(spec, given, e);
    if (rc < 0)
        return rc;
    cvss_finish(spec, out);
    spec->score(out);
    out->severity = cvss_severity_of(out->version, out->overall);
    return 0;
}

struct str cvss_get(const struct cvss *v, const char *metric)
{
    const struct cvss_spec *spec = specs[v->version];
    int i = metric_find(spec, str_of(metric));
    if (i < 0)
        return str_of(NULL);
    return values_at(spec->metric[i].values, v->value[i]);
}

bool cvss_is(const struct cvss *v, const char *metric, const char *value)
{
    return str_is(cvss_get(v, metric), value);
}

const char *cvss_version_name(enum cvss_version v)
{
    static const char *const names[] = {"2.0", "3.0", "3.1", "4.0"};
    return names[v];
}

const char *cvss_severity_name(enum cvss_severity s)
{
    static const char *const names[] = {"None", "Low", "Medium", "High", "Critical"};
    return names[s];
}

enum cvss_severity cvss_severity_of(enum cvss_version v, int tenths)
{
    if (v == CVSS_20)
        return tenths < 40 ? CVSS_LOW : tenths < 70 ? CVSS_MEDIUM : CVSS_HIGH;
    if (tenths == 0)
        return CVSS_NONE;
    return tenths < 40 ? CVSS_LOW : tenths < 70 ? CVSS_MEDIUM : tenths < 90 ? CVSS_HIGH : CVSS_CRITICAL;
}

static void line_error(struct str line, const struct err *e, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kcstr(&w, "error", e->text);
    json_w_kstr(&w, "input", str_sub(line, 0, LIMIT_CVSS_VECTOR));
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

int cvss_line(struct str line, struct buf *out)
{
    struct cvss v;
    struct err e = {0};
    int rc = cvss_parse(line, &v, &e);
    line = str_trim(line);
    if (rc < 0) {
        line_error(line, &e, out);
        return rc;
    }
    buf_add_str(out, line);
    buf_printf(out, "\t%s\t%d.%d\t%d.%d\t%d.%d\t%d.%d\t%s\n", cvss_version_name(v.version), v.base / 10,
               v.base % 10, v.threat / 10, v.threat % 10, v.env / 10, v.env % 10, v.overall / 10,
               v.overall % 10, cvss_severity_name(v.severity));
    return 0;
}
