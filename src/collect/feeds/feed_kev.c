/* CISA KEV: the Known Exploited Vulnerabilities catalogue, JSON or CSV.
 *
 * The catalogue is whole: what it no longer lists is retracted (full_list). "count" must
 * agree with the array. Dates are days, kept as midnight UTC; dueDate may lie before
 * dateAdded (entries of the first load). cisa.gov refuses some clients; the mirror
 * github.com/cisagov/kev-data (branch develop) has the same file (fallback_url).
 */
#include "collect/feed.h"

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    (void)a;
    return feed_ask(sink, "list", st->url, "application/json, text/csv", (struct str){0}, false, e);
}

static when_t day(struct str s)
{
    s = str_trim(s);
    return s.n == 10 ? feed_when(s, ZONE_UTC) : WHEN_NONE;
}

/* The entry's fields are in k but for the ransomware word; raw is what to put aside. */
static int give(struct arena *a, struct feed_sink *sink, struct kev *k, struct str added, struct str due,
                struct str ransomware, struct str raw, struct err *e)
{
    k->source = STR_LIT("cisa");
    k->cve = feed_cve(a, k->cve);
    k->added = day(added);
    k->due = day(due);
    k->ransomware = str_is_i(str_trim(ransomware), "Known");
    if (!k->cve.n) {
        sink->bad(sink->ctx, raw, tr("cveID is missing or is no CVE number"));
        return 0;
    }
    if (k->added == WHEN_NONE) {
        sink->bad(sink->ctx, raw, tr("dateAdded is missing or is no date"));
        return 0;
    }
    return sink->kev(sink->ctx, k, e);
}

/* ---- JSON ---- */

static int give_json(struct arena *a, struct feed_sink *sink, struct str raw, struct err *e)
{
    struct err why = {0};
    const struct json *v = json_parse(a, raw, &why);
    if (!json_is(v, JSON_OBJECT)) {
        sink->bad(sink->ctx, raw, v ? tr("the record is no JSON object") : why.text);
        return 0;
    }
    struct kev k = {
        .cve = json_get_str(v, "cveID"),
        .vendor = json_get_str(v, "vendorProject"),
        .product = json_get_str(v, "product"),
        .name = json_get_str(v, "vulnerabilityName"),
        .action = json_get_str(v, "requiredAction"),
        .notes = json_get_str(v, "notes"),
    };
    return give(a, sink, &k, json_get_str(v, "dateAdded"), json_get_str(v, "dueDate"),
                json_get_str(v, "knownRansomwareCampaignUse"), raw, e);
}

static int read_entries(struct json_reader *r, struct feed_sink *sink, struct err *e)
{
    struct arena one = {0};
    struct str raw;
    int rc;
    while ((rc = json_element(r, LIMIT_RECORD, &raw, e)) > 0) {
        arena_clear(&one);
        rc = give_json(&one, sink, raw, e);
        if (rc < 0)
            break;
    }
    arena_release(&one);
    return rc;
}

/* One member of the catalogue's object, its key just read. */
static int read_member(struct json_reader *r, struct arena *a, struct feed_sink *sink, bool *found,
                       struct err *e)
{
    struct str key = json_text(r);
    bool count = str_is(key, "count"), released = str_is(key, "dateReleased"),
         list = str_is(key, "vulnerabilities");
    if (!count && !released && !list)
        return json_skip(r, e);
    enum json_event ev = json_next(r);
    if (ev == JSON_ERROR)
        return json_reader_err(r, e);
    uint64_t n;
    if (count && ev == JSON_NUMBER && num_u64(json_text(r), &n))
        sink->stated_count(sink->ctx, n);
    if (released && ev == JSON_STRING) {
        when_t t = feed_when(json_text(r), ZONE_UTC);
        if (t != WHEN_NONE)
            sink->document_time(sink->ctx, t);
    }
    if (list && ev == JSON_ARRAY && !*found) {
        *found = true;
        int rc = sink->full_list(sink->ctx, e);
        return rc < 0 ? rc : read_entries(r, sink, e);
    }
    (void)a;
    return ev == JSON_OBJECT || ev == JSON_ARRAY ? json_skip(r, e) : 0;
}

static int parse_json(struct str bytes, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct json_reader *r = json_reader_new_mem(bytes);
    bool found = false;
    int rc = 0;
    enum json_event ev = json_next(r);
    if (ev == JSON_ERROR)
        rc = json_reader_err(r, e);
    else if (ev != JSON_OBJECT)
        rc = err_set(e, ERR_INPUT, "the KEV catalogue must be a JSON object");
    while (rc == 0 && (ev = json_next(r)) == JSON_KEY)
        rc = read_member(r, a, sink, &found, e);
    if (rc == 0 && ev == JSON_OBJECT_END)
        ev = json_next(r);
    if (rc == 0 && ev == JSON_ERROR)
        rc = json_reader_err(r, e);
    if (rc == 0 && !found)
        rc = err_set(e, ERR_INPUT, "the list \"%s\" is missing; is this the right document?",
                     "vulnerabilities");
    json_reader_free(r);
    return rc;
}

/* ---- CSV (RFC 4180; quoted cells may hold line ends) ---- */

#define COLUMNS 32

/* Reads one row off *rest into cell[0..*n); the rest of a too wide row is passed over. False at the end. */
static bool csv_row(struct arena *a, struct str *rest, struct str cell[COLUMNS], size_t *n)
{
    const char *p = rest->p, *end = rest->p + rest->n;
    *n = 0;
    if (!rest->n)
        return false;
    for (;;) {
        struct str s;
        if (p < end && *p == '"') {
            char *out = arena_alloc(a, (size_t)(end - p) < 65536 ? (size_t)(end - p) : 65536);
            size_t k = 0;
            for (p++; p < end && !(*p == '"' && (p + 1 == end || p[1] != '"')); p++) {
                if (*p == '"')
                    p++;
                if (k < 65535)
                    out[k++] = *p;
            }
            p += p < end;
            s = str_n(out, k);
            while (p < end && *p != ',' && *p != '\n') /* nothing may stand here but CR */
                p++;
        } else {
            const char *from = p;
            while (p < end && *p != ',' && *p != '\n')
                p++;
            s = str_n(from, (size_t)(p - from));
        }
        if (*n < COLUMNS)
            cell[(*n)++] = str_trim(s);
        if (p >= end || *p++ == '\n')
            break;
    }
    *rest = str_n(p, (size_t)(end - p));
    return true;
}

static struct str cell_of(const struct str *cell, size_t n, const int *column, int field)
{
    return column[field] >= 0 && (size_t)column[field] < n ? cell[column[field]] : (struct str){0};
}

static int parse_csv(struct str bytes, struct feed_sink *sink, struct err *e)
{
    static const char *const names[] = {
        "cveID",     "vendorProject",  "product", "vulnerabilityName",
        "dateAdded", "requiredAction", "dueDate", "knownRansomwareCampaignUse",
        "notes"};
    int column[ARRAY_LEN(names)];
    struct str cell[COLUMNS], rest = bytes;
    size_t n;
    struct arena one = {0};
    if (str_starts(rest, "\xEF\xBB\xBF"))
        rest = str_sub(rest, 3, rest.n);
    csv_row(&one, &rest, cell, &n);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        column[i] = -1;
        for (size_t k = 0; k < n; k++)
            if (str_is_i(cell[k], names[i]))
                column[i] = (int)k;
    }
    int rc = column[0] < 0 || column[4] < 0
                 ? err_set(e, ERR_INPUT, "the header of the KEV table has no cveID or dateAdded")
                 : sink->full_list(sink->ctx, e);
    struct str before = rest;
    for (arena_clear(&one); rc == 0 && csv_row(&one, &rest, cell, &n); before = rest, arena_clear(&one)) {
        struct str raw = str_trim(str_n(before.p, (size_t)(rest.p - before.p)));
        if (!raw.n)
            continue;
        struct kev k = {
            .cve = cell_of(cell, n, column, 0),
            .vendor = cell_of(cell, n, column, 1),
            .product = cell_of(cell, n, column, 2),
            .name = cell_of(cell, n, column, 3),
            .action = cell_of(cell, n, column, 5),
            .notes = cell_of(cell, n, column, 8),
        };
        rc = give(&one, sink, &k, cell_of(cell, n, column, 4), cell_of(cell, n, column, 6),
                  cell_of(cell, n, column, 7), raw, e);
    }
    arena_release(&one);
    return rc;
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc < 0)
        return rc;
    struct str head = str_trim(str_sub(bytes, 0, 256));
    if (str_starts(head, "<"))
        return err_set(e, ERR_INPUT,
                       "%.*s: the answer is HTML or XML where JSON was expected; a proxy or the site's guard "
                       "may have answered",
                       STR_ARG(in->url));
    rc = feed_has(head, "cveID,") && !feed_looks_json(bytes) ? parse_csv(bytes, sink, e)
                                                             : parse_json(bytes, a, sink, e);
    return rc < 0 ? err_prefix(e, "%.*s", STR_ARG(in->url)) : 0;
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    if (feed_looks_json(head))
        return feed_has(head, "\"catalogVersion\"") && feed_has(head, "\"dateReleased\"") &&
               !feed_has(head, "\"$schema\"");
    return feed_has(str_sub(head, 0, 256), "cveID,vendorProject");
}

const struct source source_kev = {
    .name = "kev",
    .title = TR("CISA Known Exploited Vulnerabilities"),
    .kind = SOURCE_ASSERTION,
    .publisher = "CISA",
    .trusted = true,
    .default_url = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    .fallback_url =
        "https://raw.githubusercontent.com/cisagov/kev-data/develop/known_exploited_vulnerabilities.json",
    .period_min = 60,
    .stale_hours = 48,
    .min_gap_ms = 1000,
    .min_records = 200,
    .max_shrink_pct = 5,
    .page_max = 2,
    .retracts = true,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
