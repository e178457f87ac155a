/* NVD: feed files of the 2.0 form, API 2.0, and archives of the 1.1 form.
 *
 * First visit, and once a week because some changes reach no increment: the .meta file of every
 * year (2002 holds all before), then the years whose sha256 changed. Between: the "modified" feed
 * (8 days), or with a key the API by lastModStartDate/EndDate, windows of at most 120 days, the
 * plus of the offset encoded. Cursor: {"full":time of the last look at the years,"sha":{"2002":…}}.
 * A yearly feed is a full list to the guard: NVD drops no numbers, it rejects them.
 *
 * A page of the API that is shorter than asked for, and is not the last, is an error: the server
 * truncates under load, and a hole would never be filled. The API answers a bad key, date or
 * parameter with 404 and a "message" header.
 *
 * This product uses data from the NVD API but is not endorsed or certified by the NVD.
 */
#include "collect/feeds/json_records.h"
#include "collect/feeds/nvd_record.h"

#include <inttypes.h>

#define FEEDS "https://nvd.nist.gov/feeds/json/cve/2.0/"
#define API "https://services.nvd.nist.gov/rest/json/cves/2.0"
#define FIRST_YEAR 2002
#define FULL_EVERY (7 * WHEN_DAY)
#define WINDOW (120 * WHEN_DAY)
#define PAGE_SIZE 1000 /* 2000 is the maximum, and fails at times when 1000 does not */

/* ---- cursor ---- */

/* The cursor with sha[name] set; name "" changes none. */
static struct str pack(struct arena *a, const struct json *old, struct str full, struct str name,
                       struct str sha)
{
    struct buf b = BUF_INIT(1 * MIB);
    struct json_writer w;
    const struct json *map = json_get(old, "sha");
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kstr(&w, "full", full);
    json_w_key(&w, "sha");
    json_w_object(&w);
    for (uint32_t i = 0; json_is(map, JSON_OBJECT) && i < map->n; i++)
        if (!str_eq(map->key[i], name))
            json_w_kstr(&w, arena_dup(a, map->key[i].p, map->key[i].n), json_str(&map->item[i]));
    if (name.n)
        json_w_kstr(&w, arena_dup(a, name.p, name.n), sha);
    json_w_object_end(&w);
    json_w_object_end(&w);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* Context: the name and the digest of the bytes we have, "2021 9F86…". */
static int ask_meta(struct str dir, struct str name, const struct json *cursor, bool optional,
                    struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str url = feed_printf(a, "%.*snvdcve-2.0-%.*s.meta", STR_ARG(dir), STR_ARG(name));
    struct str have = json_get_str(json_get(cursor, "sha"), arena_dup(a, name.p, name.n));
    struct str context = feed_printf(a, "%.*s %.*s", STR_ARG(name), STR_ARG(have));
    return feed_ask_list(sink, "meta", url, "text/plain", context, optional, e);
}

static int year_of(when_t t, int *month)
{
    int y, d;
    clock_civil(t / WHEN_DAY, &y, month, &d);
    return y;
}

static struct str time_param(struct arena *a, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t - t % WHEN_SEC, ZONE_UTC, iso); /* …Z */
    return feed_printf(a, "%.19s.000%%2B00:00", iso);
}

static int plan_api(const struct feed_state *st, struct str api, struct arena *a, struct feed_sink *sink,
                    struct err *e)
{
    when_t from = st->last_ok - 3600 * WHEN_SEC;
    for (; from < st->now; from += WINDOW) {
        when_t to = MIN(from + WINDOW, st->now);
        struct str url =
            feed_printf(a, "%.*s?lastModStartDate=%.*s&lastModEndDate=%.*s&resultsPerPage=%d&startIndex=0",
                        STR_ARG(api), STR_ARG(time_param(a, from)), STR_ARG(time_param(a, to)), PAGE_SIZE);
        int rc =
            feed_ask_list(sink, "page", url, "application/json", feed_printf(a, "%d", PAGE_SIZE), false, e);
        if (rc < 0)
            return rc;
    }
    if (st->cursor.n)
        sink->cursor(sink->ctx, st->cursor);
    return 0;
}

static int plan_feeds(const struct feed_state *st, struct str dir, bool years, const struct json *cursor,
                      struct arena *a, struct feed_sink *sink, struct err *e)
{
    char now[CLOCK_ISO_SIZE];
    int month, last = year_of(st->now, &month);
    clock_iso(st->now, ZONE_UTC, now);
    sink->cursor(sink->ctx, pack(a, cursor, years ? str_of(now) : json_get_str(cursor, "full"),
                                 (struct str){0}, (struct str){0}));
    int rc = 0;
    for (int y = FIRST_YEAR; years && rc == 0 && y <= last;
         y++) /* the newest year's file may not be there yet in January */
        rc = ask_meta(dir, feed_printf(a, "%d", y), cursor, y == last && month == 1, a, sink, e);
    return rc < 0 ? rc : ask_meta(dir, STR_LIT("modified"), cursor, false, a, sink, e);
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    const struct json *cursor = st->cursor.n ? json_parse(a, st->cursor, &ignored) : NULL;
    when_t full = feed_when(json_get_str(cursor, "full"), ZONE_UTC);
    bool api_only = feed_has(st->url, "/rest/json/");
    bool due = st->last_ok == WHEN_NONE || full == WHEN_NONE || st->now - full >= FULL_EVERY ||
               st->now - st->last_ok >= FULL_EVERY;
    if (str_ends_i(st->url, ".json") || str_ends_i(st->url, ".json.gz"))
        return feed_ask(sink, "feed", st->url, "application/json", (struct str){0}, false, e);
    if (api_only && st->last_ok == WHEN_NONE) {
        struct str url = feed_printf(a, "%.*s?resultsPerPage=%d&startIndex=0", STR_ARG(st->url), PAGE_SIZE);
        return feed_ask_list(sink, "page", url, "application/json", feed_printf(a, "%d", PAGE_SIZE), false,
                             e);
    }
    if (api_only || (!due && st->have_key && str_is(st->url, FEEDS)))
        return plan_api(st, api_only ? st->url : STR_LIT(API), a, sink, e);
    struct str dir = str_ends(st->url, "/") ? st->url : feed_printf(a, "%.*s/", STR_ARG(st->url));
    return plan_feeds(st, dir, due, cursor, a, sink, e);
}

/* ---- .meta ---- */

/* CRLF lines "name:value". */
static struct str meta_value(struct str text, const char *name)
{
    struct str line;
    while (str_line_next(&text, &line)) {
        size_t colon = str_chr(line, ':');
        if (colon != STR_NONE && str_is(str_trim(str_sub(line, 0, colon)), name))
            return str_trim(str_sub(line, colon + 1, line.n));
    }
    return (struct str){0};
}

static bool is_sha256(struct str s)
{
    unsigned char out[32];
    size_t n;
    return s.n == 64 && num_unhex(s, out, sizeof(out), &n) && n == 32;
}

static int parse_meta(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    struct err ignored;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc < 0)
        return rc;
    size_t space = str_chr(in->context, ' ');
    struct str name = str_sub(in->context, 0, space),
               have = space == STR_NONE ? str_n(NULL, 0) : str_sub(in->context, space + 1, in->context.n);
    struct str sha = meta_value(bytes, "sha256");
    if (!is_sha256(sha))
        return err_set(e, ERR_INPUT, "%.*s: no sha256 line; this is no NVD .meta file", STR_ARG(in->url));
    if (str_ieq(have, sha))
        return 0;
    size_t dir_n = in->url.n;
    while (dir_n > 0 && in->url.p[dir_n - 1] != '/')
        dir_n--;
    if (in->cursor.n) {
        const struct json *c = json_parse(a, in->cursor, &ignored);
        sink->cursor(sink->ctx, pack(a, c, json_get_str(c, "full"), name, sha));
    }
    struct str url = feed_printf(a, "%.*snvdcve-2.0-%.*s.json.gz", (int)dir_n, in->url.p, STR_ARG(name));
    return feed_ask(sink, "feed", url, "application/gzip", name, false, e);
}

/* ---- records ---- */

struct visit {
    struct feed_sink *sink;
    struct arena one;
    uint64_t records, start, total, stated;
    bool has_total, has_stated;
};

static int give(struct visit *t, struct vuln *v, const char *why, struct str raw, struct err *e)
{
    t->records++;
    if (!why)
        return t->sink->vuln(t->sink->ctx, v, e);
    t->sink->bad(t->sink->ctx, raw, why);
    return 0;
}

static int record(void *ctx, struct str raw, struct err *e)
{
    struct visit *t = ctx;
    struct err why;
    struct vuln v;
    arena_clear(&t->one);
    return give(t, &v, nvd_record_read(&t->one, raw, &v, &why), raw, e);
}

static int tree(void *ctx, struct arena *a, const struct json *root, struct err *e)
{
    struct vuln v;
    struct str id = json_get_str(json_get(root, "cve"), "id");
    return give(ctx, &v, nvd_record_tree(a, root, &v), id, e);
}

static void member(void *ctx, struct str key, struct str value)
{
    struct visit *t = ctx;
    uint64_t n;
    bool number = num_u64(str_trim(value), &n);
    if (number && str_is(key, "startIndex"))
        t->start = n;
    if (number && str_is(key, "totalResults")) {
        t->total = n;
        t->has_total = true;
    }
    if (number && (str_is(key, "resultsPerPage") || str_is(key, "CVE_data_numberOfCVEs"))) {
        t->stated = n;
        t->has_stated = true;
    }
    if (str_is(key, "timestamp") || str_is(key, "CVE_data_timestamp")) {
        when_t when = feed_when(value, ZONE_UTC);
        if (when != WHEN_NONE)
            t->sink->document_time(t->sink->ctx, when);
    }
}

static void bad(void *ctx, struct str bytes, const char *reason)
{
    struct visit *t = ctx;
    t->records++;
    t->sink->bad(t->sink->ctx, bytes, reason);
}

static int next_page(const struct feed_input *in, const struct visit *t, struct arena *a,
                     struct feed_sink *sink, struct err *e)
{
    uint64_t asked = PAGE_SIZE;
    num_u64(in->context, &asked);
    if (!t->has_total || t->start > t->total || t->records >= t->total - t->start)
        return 0;
    if (t->records < asked)
        return err_set(e, ERR_INPUT,
                       "%.*s: the page has %llu records where %llu were asked for and more follow; the visit "
                       "must be repeated",
                       STR_ARG(in->url), (unsigned long long)t->records, (unsigned long long)asked);
    size_t at = str_find(in->url, STR_LIT("startIndex="));
    if (at == STR_NONE)
        return 0;
    size_t end = at + 11;
    while (end < in->url.n && in->url.p[end] != '&')
        end++;
    struct str url = feed_printf(a, "%.*sstartIndex=%" PRIu64 "%.*s", (int)at, in->url.p,
                                 t->start + t->records, (int)(in->url.n - end), in->url.p + end);
    return feed_ask_list(sink, "page", url, "application/json", in->context, false, e);
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    static const char *const lists[] = {"vulnerabilities", "CVE_Items", NULL};
    if (feed_is_file(in) && str_ends_i(in->url, ".meta"))
        return 0; /* lies beside its feed in a mirror */
    if (str_is(in->kind, "meta"))
        return parse_meta(in, a, sink, e);
    uint64_t year;
    int rc = str_is(in->kind, "feed") && num_u64(in->context, &year) ? sink->full_list(sink->ctx, e) : 0;
    if (rc < 0)
        return rc;
    struct visit t = {.sink = sink};
    struct json_records use = {
        .lists = lists, .record = record, .tree = tree, .member = member, .bad = bad, .ctx = &t};
    rc = json_records_read(in, &use, e);
    arena_release(&t.one);
    if (rc == 0 && t.has_stated)
        sink->stated_count(sink->ctx, t.stated);
    return rc == 0 && str_is(in->kind, "page") ? next_page(in, &t, a, sink, e) : rc;
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    if (!feed_looks_json(head))
        return false;
    return feed_has(head, "\"NVD_CVE\"") || feed_has(head, "\"CVE_Items\"") ||
           (feed_has(head, "\"CVE_data_meta\"") && !feed_has(head, "x_legacyV4Record")) ||
           (feed_has(head, "\"sourceIdentifier\"") && feed_has(head, "\"lastModified\""));
}

const struct source source_nvd = {
    .name = "nvd",
    .title = TR("NVD (National Vulnerability Database)"),
    .kind = SOURCE_VULN,
    .publisher = "NIST NVD",
    .trusted = true,
    .default_url = FEEDS,
    .key_header = "apiKey",
    .period_min = 120,
    .stale_hours = 48,
    .min_gap_ms = 6000,
    .max_shrink_pct = 10,
    .page_max = 1000,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
