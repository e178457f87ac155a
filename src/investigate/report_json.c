#include "codec/json.h"
#include "investigate/report.h"

static void w_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, 0, iso);
    json_w_kcstr(w, key, *iso ? iso : NULL);
}

static void w_list(struct json_writer *w, const char *key, const struct str *s, size_t n)
{
    json_w_key(w, key);
    json_w_array(w);
    for (size_t i = 0; i < n; i++)
        json_w_str(w, s[i]);
    json_w_array_end(w);
}

static void w_opt(struct json_writer *w, const char *key, struct str s)
{
    if (s.n)
        json_w_kstr(w, key, s);
}

static void w_number(struct json_writer *w, const struct sighting *x)
{
    json_w_key(w, "line_or_record");
    if (x->kind)
        json_w_int(w, (int64_t)x->number);
    else
        json_w_null(w);
}

static void w_sighting(struct json_writer *w, const struct sweep *s, const struct sighting *x)
{
    json_w_object(w);
    json_w_kstr(w, "check", x->check->id);
    json_w_kstr(w, "cve", x->cve);
    json_w_kcstr(w, "level", indicator_level_name(x->level));
    json_w_kstr(w, "path", x->path);
    w_number(w, x);
    w_when(w, "time", x->time);
    json_w_kcstr(w, "time_source", sighting_time_name(x));
    json_w_kstr(w, "excerpt", x->excerpt);
    json_w_kstr(w, "asset", s->asset[x->asset].name);
    json_w_kstr(w, "title", x->check->title);
    json_w_kstr(w, "pack", x->pack->name);
    json_w_kcstr(w, "kind", indicator_kind_name(x->indicator->kind));
    json_w_kcstr(w, "log", x->kind);
    json_w_kint(w, "score", x->indicator->score);
    w_opt(w, "time_text", x->time_text);
    if (x->second)
        w_when(w, "time_other_clock", x->second);
    w_opt(w, "found", x->found);
    w_opt(w, "host", x->host);
    w_opt(w, "client", x->client);
    w_opt(w, "session", x->session);
    w_opt(w, "note", x->note);
    if (x->indicator->stage)
        json_w_kint(w, "stage", x->indicator->stage);
    if (x->chain)
        json_w_kint(w, "chain", x->chain);
    if (x->more)
        json_w_kint(w, "more", x->more);
    json_w_object_end(w);
}

static void w_sightings(struct json_writer *w, const struct sweep *s, const char *key, bool hints)
{
    json_w_key(w, key);
    json_w_array(w);
    for (size_t i = 0; i < s->sighting.n; i++)
        if (s->sighting.p[i].hint == hints)
            w_sighting(w, s, &s->sighting.p[i]);
    json_w_array_end(w);
}

static void w_verdicts(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "verdicts");
    json_w_array(w);
    for (size_t i = 0; i < s->verdict_n; i++) {
        const struct verdict_result *v = &s->verdict[i];
        json_w_object(w);
        json_w_kstr(w, "asset", s->asset[v->asset].name);
        json_w_kstr(w, "cve", v->cve);
        json_w_kcstr(w, "level", verdict_name(v));
        json_w_kbool(w, "established", v->established);
        w_opt(w, "host", s->asset[v->asset].host);
        json_w_kint(w, "sightings", (int64_t)v->sightings);
        json_w_kint(w, "hints", (int64_t)v->hints);
        w_when(w, "first", v->first);
        w_when(w, "last", v->last);
        w_list(w, "missing", v->missing, v->missing_n);
        json_w_kstr(w, "why", v->why);
        json_w_kstr(w, "next", v->next);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_coverage(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "coverage");
    json_w_array(w);
    for (size_t i = 0; i < s->check_n * s->asset_n; i++) {
        const struct coverage_check *k = &s->check[i];
        json_w_object(w);
        json_w_kstr(w, "check", k->check->id);
        json_w_kcstr(w, "state", coverage_state_name(k->state));
        json_w_kint(w, "files", (int64_t)k->files);
        json_w_kint(w, "bytes", (int64_t)k->bytes);
        json_w_kint(w, "rows", (int64_t)k->rows);
        w_when(w, "first", k->first);
        w_when(w, "last", k->last);
        w_list(w, "missing", k->missing, k->missing_n);
        json_w_kint(w, "damaged", (int64_t)k->damaged);
        json_w_kstr(w, "asset", s->asset[i / s->check_n].name);
        json_w_kstr(w, "cve", k->check->vulnerability);
        json_w_kstr(w, "pack", k->pack->name);
        w_list(w, "needs", k->check->needs, k->check->needs_n);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_inputs(struct json_writer *w, const struct coverage *c)
{
    json_w_key(w, "inputs");
    json_w_array(w);
    for (size_t i = 0; i < c->input.n; i++) {
        const struct coverage_input *in = &c->input.p[i];
        json_w_object(w);
        json_w_kstr(w, "input", in->name);
        json_w_kint(w, "files", (int64_t)in->files);
        json_w_kint(w, "bytes", (int64_t)in->seen.bytes);
        json_w_kint(w, "rows", (int64_t)in->seen.rows);
        json_w_kint(w, "damaged", (int64_t)in->seen.damaged);
        json_w_kint(w, "recovered", (int64_t)in->seen.recovered);
        json_w_kint(w, "gaps", (int64_t)in->seen.gaps);
        json_w_kint(w, "missing_numbers", (int64_t)in->seen.missing);
        w_when(w, "first", in->seen.timed ? in->seen.first : WHEN_NONE);
        w_when(w, "last", in->seen.timed ? in->seen.last : WHEN_NONE);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_skips(struct json_writer *w, const struct coverage *c)
{
    json_w_key(w, "skipped");
    json_w_object(w);
    for (int i = 0; i < SCAN_SKIPS; i++)
        if (c->skipped[i])
            json_w_kint(w, scan_skip_name(i), (int64_t)c->skipped[i]);
    json_w_object_end(w);
    json_w_key(w, "skipped_files");
    json_w_array(w);
    for (size_t i = 0; i < c->skip.n; i++) {
        json_w_object(w);
        json_w_kstr(w, "path", c->skip.p[i].path);
        json_w_kcstr(w, "why", scan_skip_name(c->skip.p[i].why));
        if (c->skip.p[i].error)
            json_w_kcstr(w, "error", strerror(c->skip.p[i].error));
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_assets(struct json_writer *w, const struct sweep *s)
{
    struct arena a = {0};
    json_w_key(w, "assets");
    json_w_array(w);
    for (size_t i = 0; i < s->asset_n; i++) {
        const struct sweep_asset *as = &s->asset[i];
        json_w_object(w);
        json_w_kstr(w, "asset", as->name);
        w_opt(w, "host", as->host);
        json_w_kint(w, "hosts", (int64_t)as->hosts.n);
        json_w_kint(w, "files", (int64_t)as->coverage.files);
        json_w_kint(w, "directories", (int64_t)as->coverage.directories);
        json_w_kint(w, "access_time_changed", (int64_t)as->coverage.atime);
        if (as->clock_of) {
            json_w_key(w, "clocks");
            json_w_object(w);
            json_w_kint(w, "difference_s", as->clock_s);
            json_w_kint(w, "records", (int64_t)as->clock_n);
            json_w_kint(w, "of", (int64_t)as->clock_of);
            json_w_kstr(w, "note", report_clock(as, &a));
            json_w_object_end(w);
        }
        w_inputs(w, &as->coverage);
        w_skips(w, &as->coverage);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    arena_release(&a);
}

static void w_chains(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "chains");
    json_w_array(w);
    for (size_t i = 0; i < s->chain_n; i++) {
        const struct chain *c = &s->chain[i];
        json_w_object(w);
        json_w_kint(w, "chain", c->number);
        json_w_kstr(w, "asset", s->asset[c->asset].name);
        w_opt(w, "client", c->client);
        w_opt(w, "session", c->session);
        w_when(w, "first", c->first);
        w_when(w, "last", c->last);
        json_w_key(w, "steps");
        json_w_array(w);
        for (size_t k = 0; k < c->n; k++) {
            const struct sighting *x = &s->sighting.p[c->sighting[k]];
            json_w_object(w);
            w_when(w, "time", x->time);
            json_w_kstr(w, "check", x->check->id);
            json_w_kcstr(w, "level", indicator_level_name(x->level));
            json_w_kstr(w, "title", x->check->title);
            json_w_kstr(w, "path", x->path);
            w_number(w, x);
            json_w_object_end(w);
        }
        json_w_array_end(w);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_layout(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "layout");
    json_w_array(w);
    for (size_t i = 0; i < s->place_n; i++) {
        const struct sweep_place *p = &s->place[i];
        json_w_object(w);
        json_w_kcstr(w, "kind", p->kind);
        w_opt(w, "name", p->name);
        json_w_kstr(w, "windows", p->windows);
        json_w_key(w, "path");
        if (p->path.n)
            json_w_str(w, p->path);
        else
            json_w_null(w);
        json_w_kcstr(w, "how", p->how);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    w_list(w, "layout_notes", s->layout_note, s->layout_note_n);
}

static void w_packs(struct json_writer *w, const struct sweep *s)
{
    json_w_key(w, "packs");
    json_w_array(w);
    for (size_t i = 0; i < s->options->pack_n; i++) {
        const struct pack *p = s->options->pack[i];
        json_w_object(w);
        json_w_kstr(w, "name", p->name);
        json_w_kstr(w, "version", p->version);
        json_w_kcstr(w, "format", p->format);
        json_w_kint(w, "indicators", (int64_t)p->indicator_n);
        json_w_kint(w, "not_evaluable", (int64_t)p->note_count[PACK_NOT_EVALUABLE]);
        json_w_key(w, "checks");
        json_w_array(w);
        for (size_t k = 0; k < p->check_n; k++)
            json_w_str(w, p->check[k].id);
        json_w_array_end(w);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_changes(struct json_writer *w, const char *key, const struct report_change *c, size_t n)
{
    json_w_key(w, key);
    json_w_array(w);
    for (size_t i = 0; i < n; i++) {
        json_w_object(w);
        json_w_kstr(w, "check", c[i].check);
        json_w_kstr(w, "cve", c[i].cve);
        json_w_kstr(w, "path", c[i].path);
        json_w_kstr(w, "line_or_record", c[i].number);
        json_w_kbool(w, "because_of_pack", c[i].pack);
        w_opt(w, "pack_then", c[i].pack_then);
        w_opt(w, "pack_now", c[i].pack_now);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

void report_json(const struct sweep *s, const struct report_diff *diff, bool pretty, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = pretty;
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.investigate/1");
    w_verdicts(&w, s);
    w_sightings(&w, s, "sightings", false);
    w_sightings(&w, s, "hints", true);
    w_coverage(&w, s);
    w_chains(&w, s);
    w_assets(&w, s);
    w_layout(&w, s);
    w_packs(&w, s);
    w_list(&w, "not_evaluable", s->not_evaluable, s->not_evaluable_n);
    json_w_key(&w, "window");
    json_w_object(&w);
    w_when(&w, "from", s->window.from);
    w_when(&w, "to", s->at);
    json_w_object_end(&w);
    if (diff) {
        w_changes(&w, "new", diff->fresh, diff->fresh_n);
        w_changes(&w, "gone", diff->gone, diff->gone_n);
    }
    json_w_kbool(&w, "complete", !s->stopped);
    json_w_kint(&w, "files", (int64_t)s->files);
    json_w_kint(&w, "bytes", (int64_t)s->bytes);
    json_w_kint(&w, "stock_files_recognised", (int64_t)s->stock);
    json_w_kint(&w, "sightings_counted_only", (int64_t)s->beyond);
    json_w_kcstr(&w, "tool", "toban " TOBAN_VERSION);
    json_w_object_end(&w);
}
