/* EPSS (FIRST): probability that a vulnerability is exploited in the next 30 days. CSV, gzip.
 *
 * Layouts: "cve,epss" (to 2021-08-31); "cve,epss,percentile" (to 2022-02-03); and since then a
 * first line "#model_version:v2025.03.14,score_date:2026-05-18T00:00:00Z" (older: +0000). The
 * first two state neither model nor day: the day is that of the file's name, else of the fetch,
 * the model stays "". Also the API's JSON, whose numbers are strings. Every score carries its
 * model's version, for scores of two models cannot be compared. Some days have no file.
 */
#include "collect/feed.h"

#include "codec/stream.h"

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    return feed_ask(sink, "list", st->url, "text/csv, application/gzip", (struct str){0}, false, e);
}

/* What the lines share. */
struct table {
    struct str model;
    char model_text[64];
    when_t date;
    int cve, score, percentile; /* columns, -1 = none */
};

/* The day in "epss_scores-2021-04-14.csv.gz", or of the fetch. */
static when_t day_of(const struct feed_input *in)
{
    const char *name = stream_name(in->stream);
    struct str texts[] = {in->url, str_of(name ? name : "")};
    for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
        size_t at = str_find(texts[k], STR_LIT("epss_scores-"));
        when_t t = at == STR_NONE ? WHEN_NONE : feed_when(str_sub(texts[k], at + 12, 10), ZONE_UTC);
        if (t != WHEN_NONE)
            return t;
    }
    return in->fetched == WHEN_NONE ? WHEN_NONE
                                    : in->fetched - ((in->fetched % WHEN_DAY) + WHEN_DAY) % WHEN_DAY;
}

static void read_comment(struct str line, struct table *t, struct feed_sink *sink)
{
    struct str_split it = str_split_init(str_sub(line, 1, line.n), ',');
    struct str part;
    while (str_split_next(&it, &part)) {
        if (str_starts(part, "model_version:")) {
            struct str v = str_trim(str_sub(part, 14, part.n));
            v.n = str_utf8_clip(v.p, MIN(v.n, sizeof(t->model_text) - 1));
            memcpy(t->model_text, v.p, v.n);
            t->model = str_n(t->model_text, v.n);
        } else if (str_starts(part, "score_date:")) {
            when_t d = feed_when(str_sub(part, 11, part.n), ZONE_UTC);
            if (d != WHEN_NONE) {
                t->date = d;
                sink->document_time(sink->ctx, d);
            }
        }
    }
}

static bool read_header(struct str line, struct table *t)
{
    struct str_split it = str_split_init(line, ',');
    struct str part;
    t->cve = t->score = t->percentile = -1;
    for (int i = 0; str_split_next(&it, &part); i++) {
        part = str_trim(part);
        if (str_is_i(part, "cve"))
            t->cve = i;
        else if (str_is_i(part, "epss"))
            t->score = i;
        else if (str_is_i(part, "percentile"))
            t->percentile = i;
    }
    return t->cve >= 0 && t->score >= 0;
}

static bool probability(struct str s, double *out)
{
    return num_double(str_trim(s), out) && *out >= 0 && *out <= 1;
}

static int give(struct arena *a, struct feed_sink *sink, const struct table *t, struct str cve,
                struct str score, struct str percentile, struct str raw, struct err *e)
{
    struct epss s = {.cve = feed_cve(a, cve), .model_version = t->model, .date = t->date, .percentile = -1};
    if (!s.cve.n || !probability(score, &s.score) ||
        (percentile.n && !probability(percentile, &s.percentile))) {
        sink->bad(sink->ctx, raw, tr("not a CVE number with a score from 0 to 1"));
        return 0;
    }
    return sink->epss(sink->ctx, &s, e);
}

static int read_row(struct arena *a, struct feed_sink *sink, const struct table *t, struct str line,
                    struct err *e)
{
    struct str_split it = str_split_init(line, ',');
    struct str part, f[3] = {0};
    for (int i = 0; str_split_next(&it, &part); i++) {
        if (i == t->cve)
            f[0] = part;
        else if (i == t->score)
            f[1] = part;
        else if (i == t->percentile)
            f[2] = str_trim(part);
    }
    return give(a, sink, t, f[0], f[1], f[2], line, e);
}

/* API: {"status":"OK",…,"data":[{"cve":…,"epss":"0.97","percentile":"0.99","date":"2026-01-01"}]} */
static int parse_json(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct str first,
                      struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_FEED_DOCUMENT);
    buf_add_str(&b, first);
    buf_addc(&b, '\n');
    int rc = stream_read_all(in->stream, &b, e);
    const struct json *root = rc == 0 ? json_parse(a, buf_str(&b), e) : NULL, *data = json_get(root, "data");
    if (rc == 0 && !json_is(data, JSON_ARRAY))
        rc = root ? err_set(e, ERR_INPUT, "the list \"%s\" is missing; is this the right document?", "data")
                  : ERR_INPUT;
    for (size_t i = 0; rc == 0 && i < json_len(data); i++) {
        const struct json *v = json_at(data, i), *score = json_get(v, "epss"),
                          *pct = json_get(v, "percentile");
        struct table t = {.date = feed_when(json_get_str(v, "date"), ZONE_UTC)};
        rc = give(a, sink, &t, json_get_str(v, "cve"), score ? score->text : (struct str){0},
                  pct ? pct->text : (struct str){0}, json_get_str(v, "cve"), e);
    }
    buf_release(&b);
    return rc;
}

static int parse_csv(const struct feed_input *in, struct feed_sink *sink, struct str line, struct err *e)
{
    struct table t = {.date = day_of(in), .cve = -1};
    struct arena one = {0};
    bool cut = false, header = false;
    int rc = 1;
    for (; rc > 0; rc = stream_line(in->stream, LIMIT_LINE, &line, &cut, e)) {
        line = str_trim(line);
        if (!line.n)
            continue;
        if (line.p[0] == '#') {
            read_comment(line, &t, sink);
        } else if (!header) {
            header = read_header(line, &t);
            rc = header ? sink->full_list(sink->ctx, e)
                        : err_set(e, ERR_INPUT, "no EPSS table: the header must name the columns cve and epss");
            if (rc < 0)
                break;
        } else {
            arena_clear(&one);
            rc = read_row(&one, sink, &t, line, e);
            if (rc < 0)
                break;
        }
    }
    arena_release(&one);
    if (rc == 0 && !header)
        rc = err_set(e, ERR_INPUT, "no EPSS table: the header must name the columns cve and epss");
    return rc;
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str line = {0};
    bool cut = false;
    int rc;
    while ((rc = stream_line(in->stream, LIMIT_LINE, &line, &cut, e)) > 0 && !str_trim(line).n)
        ;
    if (rc == 0)
        rc = err_set(e, ERR_INPUT, "the answer is empty; the last good data are kept");
    else if (rc > 0) {
        if (str_starts(line, "\xEF\xBB\xBF"))
            line = str_sub(line, 3, line.n);
        rc = feed_looks_json(line) && !cut ? parse_json(in, a, sink, arena_str(a, line), e)
                                           : parse_csv(in, sink, line, e);
    }
    return rc < 0 ? err_prefix(e, "%.*s", STR_ARG(in->url)) : 0;
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    if (str_starts(head, "\xEF\xBB\xBF"))
        head = str_sub(head, 3, head.n);
    return str_starts(head, "#model_version:") || str_starts_i(head, "cve,epss\n") ||
           str_starts_i(head, "cve,epss\r") || str_starts_i(head, "cve,epss,percentile") ||
           (feed_looks_json(head) && feed_has(head, "\"epss\"") && feed_has(head, "\"percentile\""));
}

const struct source source_epss = {
    .name = "epss",
    .title = TR("EPSS scores (FIRST)"),
    .kind = SOURCE_ASSERTION,
    .publisher = "FIRST",
    .default_url = "https://epss.cyentia.com/epss_scores-current.csv.gz",
    .fallback_url = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    .period_min = 360,
    .stale_hours = 96,
    .min_gap_ms = 1000,
    .min_records = 10000,
    .max_shrink_pct = 10,
    .page_max = 2,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
