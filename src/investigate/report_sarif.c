/* SARIF 2.1.0 (OASIS): one run, the checks as rules, sightings as results; hints are notes. */
#include "codec/json.h"
#include "investigate/report.h"

static const char *sarif_level(const struct sighting *x)
{
    if (x->hint)
        return "note";
    return x->level >= LEVEL_EXPLOITED ? "error" : "warning";
}

static void w_text(struct json_writer *w, const char *key, struct str text)
{
    json_w_key(w, key);
    json_w_object(w);
    json_w_kstr(w, "text", text);
    json_w_object_end(w);
}

static void w_rules(struct json_writer *w, const struct sweep *s)
{
    struct buf id = BUF_INIT(4 * KIB);
    json_w_key(w, "rules");
    json_w_array(w);
    for (size_t p = 0; p < s->options->pack_n; p++)
        for (size_t k = 0; k < s->options->pack[p]->check_n; k++) {
            const struct check *c = &s->options->pack[p]->check[k];
            buf_clear(&id);
            buf_printf(&id, STR_FMT "/" STR_FMT, STR_ARG(s->options->pack[p]->name), STR_ARG(c->id));
            json_w_object(w);
            json_w_kstr(w, "id", buf_str(&id));
            w_text(w, "shortDescription", c->title.n ? c->title : c->id);
            if (c->next.n)
                w_text(w, "help", c->next);
            json_w_key(w, "properties");
            json_w_object(w);
            json_w_kstr(w, "vulnerability", c->vulnerability);
            json_w_kcstr(w, "level", indicator_level_name(c->level));
            json_w_object_end(w);
            json_w_object_end(w);
        }
    json_w_array_end(w);
    buf_release(&id);
}

/* RFC 3986: what is not unreserved, '/' or ':' is percent-encoded; an absolute path becomes a file URI. */
static void uri_of(struct str path, struct buf *out)
{
    buf_clear(out);
    if (path.n && path.p[0] == '/')
        buf_adds(out, "file://");
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || memchr("-._~/", c, 5))
            buf_addc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

static void w_location(struct json_writer *w, const struct sighting *x, struct buf *uri)
{
    json_w_key(w, "locations");
    json_w_array(w);
    json_w_object(w);
    json_w_key(w, "physicalLocation");
    json_w_object(w);
    json_w_key(w, "artifactLocation");
    json_w_object(w);
    uri_of(x->path, uri);
    json_w_kstr(w, "uri", buf_str(uri));
    json_w_object_end(w);
    if (x->kind && x->number && strcmp(x->kind, "evtx") != 0 && x->number <= INT32_MAX) {
        json_w_key(w, "region");
        json_w_object(w);
        json_w_kint(w, "startLine", (int64_t)x->number);
        if (x->excerpt.n) {
            json_w_key(w, "snippet");
            json_w_object(w);
            json_w_kstr(w, "text", x->excerpt);
            json_w_object_end(w);
        }
        json_w_object_end(w);
    }
    json_w_object_end(w);
    json_w_object_end(w);
    json_w_array_end(w);
}

static void w_result(struct json_writer *w, const struct sighting *x, struct buf *b)
{
    char iso[CLOCK_ISO_SIZE];
    json_w_object(w);
    buf_clear(b);
    buf_printf(b, STR_FMT "/" STR_FMT, STR_ARG(x->pack->name), STR_ARG(x->check->id));
    json_w_kstr(w, "ruleId", buf_str(b));
    json_w_kcstr(w, "level", sarif_level(x));
    struct str title = report_check_title(x->check);
    w_text(w, "message", title.n ? title : x->check->id);
    w_location(w, x, b);
    json_w_key(w, "properties");
    json_w_object(w);
    clock_iso(x->time, 0, iso);
    json_w_kstr(w, "cve", x->cve);
    json_w_kcstr(w, "verdictLevel", indicator_level_name(x->level));
    json_w_kcstr(w, "time", *iso ? iso : NULL);
    json_w_kcstr(w, "timeSource", sighting_time_name(x));
    if (x->kind)
        json_w_kint(w, "record", (int64_t)x->number);
    if (x->client.n)
        json_w_kstr(w, "client", x->client);
    json_w_object_end(w);
    json_w_object_end(w);
}

static void w_invocation(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "invocations");
    json_w_array(w);
    json_w_object(w);
    json_w_kbool(w, "executionSuccessful", !s->stopped);
    json_w_key(w, "toolExecutionNotifications");
    json_w_array(w);
    for (size_t i = 0; i < s->verdict_n; i++)
        for (size_t k = 0; k < s->verdict[i].missing_n; k++) {
            json_w_object(w);
            json_w_kcstr(w, "level", "warning");
            w_text(w, "message", s->verdict[i].missing[k]);
            json_w_object_end(w);
        }
    json_w_array_end(w);
    json_w_object_end(w);
    json_w_array_end(w);
}

void report_sarif(const struct sweep *s, struct buf *out)
{
    struct json_writer w;
    struct buf b = BUF_INIT(64 * KIB);
    json_writer_init(&w, out);
    w.pretty = true;
    json_w_object(&w);
    json_w_kcstr(&w, "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
    json_w_kcstr(&w, "version", "2.1.0");
    json_w_key(&w, "runs");
    json_w_array(&w);
    json_w_object(&w);
    json_w_key(&w, "tool");
    json_w_object(&w);
    json_w_key(&w, "driver");
    json_w_object(&w);
    json_w_kcstr(&w, "name", "toban");
    json_w_kcstr(&w, "version", TOBAN_VERSION);
    w_rules(&w, s);
    json_w_object_end(&w);
    json_w_object_end(&w);
    w_invocation(&w, s);
    json_w_key(&w, "results");
    json_w_array(&w);
    for (size_t i = 0; i < s->sighting.n; i++)
        w_result(&w, &s->sighting.p[i], &b);
    json_w_array_end(&w);
    json_w_object_end(&w);
    json_w_array_end(&w);
    json_w_object_end(&w);
    buf_addc(out, '\n');
    buf_release(&b);
}
