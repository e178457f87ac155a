#include <stdlib.h>

#include "codec/json.h"
#include "investigate/scan_in.h"
#include "investigate/scan_journal.h"

/* ---- writing ---- */

static void w_times(struct json_writer *w, const char *key, const struct timespec *t)
{
    json_w_key(w, key);
    json_w_array(w);
    json_w_int(w, t->tv_sec);
    json_w_int(w, t->tv_nsec);
    json_w_array_end(w);
}

static void w_map(struct json_writer *w, const char *key, const struct map *m)
{
    json_w_key(w, key);
    json_w_array(w);
    for (size_t i = 0; i < m->cap; i++)
        if (m->slot[i].value) {
            json_w_str(w, str_n(m->keys + m->slot[i].key, m->slot[i].len));
            json_w_int(w, (int64_t)m->slot[i].value);
        }
    json_w_array_end(w);
}

static void w_input(struct json_writer *w, const struct coverage_input *i)
{
    const struct trace_coverage *s = &i->seen;
    const uint64_t n[] = {i->files,  i->skipped, s->bytes,   s->rows,  s->damaged, s->damaged_bytes, s->recovered, s->notes, s->cut,
                          s->gaps,   s->missing, (uint64_t)s->first, (uint64_t)s->last, s->timed,   (uint64_t)s->silent_from, (uint64_t)s->silent_to};
    json_w_object(w);
    json_w_kstr(w, "name", i->name);
    json_w_key(w, "n");
    json_w_array(w);
    for (size_t k = 0; k < ARRAY_LEN(n); k++)
        json_w_int(w, (int64_t)n[k]);
    json_w_array_end(w);
    json_w_key(w, "span");
    json_w_array(w);
    for (size_t k = 0; k < i->span.n; k++) {
        json_w_int(w, i->span.p[k].from);
        json_w_int(w, i->span.p[k].to);
    }
    json_w_array_end(w);
    json_w_object_end(w);
}

static void w_cover(struct json_writer *w, const struct coverage *c)
{
    json_w_kint(w, "files", (int64_t)c->files);
    json_w_kint(w, "bytes", (int64_t)c->bytes);
    json_w_kint(w, "marks", (int64_t)c->marks);
    json_w_kint(w, "damaged", (int64_t)c->damage[0]);
    json_w_kint(w, "lost", (int64_t)c->damage[1]);
    json_w_key(w, "skipped");
    json_w_array(w);
    for (int i = 0; i < SCAN_SKIPS; i++)
        json_w_int(w, (int64_t)c->skipped[i]);
    json_w_array_end(w);
    json_w_key(w, "skips");
    json_w_array(w);
    for (size_t i = 0; i < c->skip.n; i++) {
        json_w_object(w);
        json_w_kstr(w, "path", c->skip.p[i].path);
        json_w_kint(w, "why", (int64_t)c->skip.p[i].why);
        json_w_kint(w, "error", c->skip.p[i].error);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    json_w_key(w, "inputs");
    json_w_array(w);
    for (size_t i = 0; i < c->input.n; i++)
        w_input(w, &c->input.p[i]);
    json_w_array_end(w);
    json_w_key(w, "gaps");
    json_w_array(w);
    for (size_t i = 0; i < c->gap.n; i++) {
        json_w_str(w, c->gap.p[i].needs);
        json_w_str(w, c->gap.p[i].text);
    }
    json_w_array_end(w);
}

#define TEXTS(x) {&(x)->path, &(x)->time_text, &(x)->excerpt, &(x)->found, &(x)->client, &(x)->session, &(x)->host, &(x)->group, &(x)->note}
static const char *const text_names[] = {"path", "time_text", "excerpt", "found", "client", "session", "host", "group", "note"};

static size_t pack_number(const struct sweep_options *o, const struct pack *p)
{
    size_t i = 0;
    while (i < o->pack_n && o->pack[i] != p)
        i++;
    return i;
}

static void w_sighting(struct json_writer *w, const struct sighting *x, const struct sweep_options *o)
{
    const struct str *text[] = TEXTS(x);
    json_w_object(w);
    json_w_kint(w, "pack", (int64_t)pack_number(o, x->pack));
    json_w_kint(w, "indicator", x->indicator - x->pack->indicator);
    json_w_kint(w, "level", x->level);
    json_w_kint(w, "number", (int64_t)x->number);
    if (x->kind)
        json_w_kcstr(w, "kind", x->kind);
    json_w_kint(w, "time", x->time);
    json_w_kint(w, "source", x->time_source);
    json_w_kint(w, "zone", x->zone);
    json_w_kint(w, "second", x->second);
    json_w_kint(w, "more", x->more);
    json_w_kbool(w, "hint", x->hint);
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        if (text[i]->n)
            json_w_kstr(w, text_names[i], *text[i]);
    json_w_object_end(w);
}

void scan_journal_write(const struct scan_journal_file *f, const struct sweep_options *o, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kstr(&w, "file", str_of(f->path)); /* for people: the key says which it is */
    json_w_kint(&w, "asset", f->asset);
    json_w_kint(&w, "size", f->st->st_size);
    json_w_kint(&w, "inode", (int64_t)f->st->st_ino);
    w_times(&w, "modified", &f->st->st_mtim);
    w_times(&w, "changed", &f->st->st_ctim);
    json_w_kint(&w, "newest", f->newest);
    json_w_kint(&w, "charged", (int64_t)f->charged);
    json_w_kint(&w, "stock", (int64_t)f->stock);
    json_w_kint(&w, "beyond", (int64_t)f->beyond);
    w_map(&w, "hosts", f->hosts);
    w_map(&w, "clocks", f->clocks);
    w_cover(&w, f->cover);
    json_w_key(&w, "sightings");
    json_w_array(&w);
    for (size_t i = 0; i < f->sighting_n; i++)
        w_sighting(&w, &f->sighting[i], o);
    json_w_array_end(&w);
    json_w_object_end(&w);
}

/* ---- reading ---- */

static uint64_t number(const struct json *j, const char *key)
{
    return (uint64_t)json_int(json_get(j, key), 0);
}

static bool same_time(const struct json *j, const char *key, const struct timespec *t)
{
    const struct json *a = json_get(j, key);
    return json_int(json_at(a, 0), -1) == t->tv_sec && json_int(json_at(a, 1), -1) == t->tv_nsec;
}

static bool same_file(const struct json *j, const struct scan_job *job)
{
    return number(j, "asset") == job->asset && number(j, "size") == (uint64_t)job->st.st_size && number(j, "inode") == (uint64_t)job->st.st_ino &&
           same_time(j, "modified", &job->st.st_mtim) && same_time(j, "changed", &job->st.st_ctim);
}

static void r_map(const struct json *j, const char *key, struct map *m)
{
    const struct json *a = json_get(j, key);
    for (size_t i = 0; i + 1 < json_len(a); i += 2)
        *map_put(m, json_str(json_at(a, i)), NULL) += (uint64_t)json_int(json_at(a, i + 1), 0);
}

static void r_input(const struct json *j, struct coverage *c)
{
    const struct json *n = json_get(j, "n"), *span = json_get(j, "span");
    uint64_t v[16];
    struct coverage_input *i = coverage_input(c, json_get_str(j, "name"));
    for (size_t k = 0; k < ARRAY_LEN(v); k++)
        v[k] = (uint64_t)json_int(json_at(n, k), 0);
    const struct trace_coverage seen = {.bytes = v[2],   .rows = v[3],    .damaged = v[4], .damaged_bytes = v[5],    .recovered = v[6],           .notes = v[7],
                                        .cut = v[8],     .gaps = v[9],    .missing = v[10], .first = (when_t)v[11],  .last = (when_t)v[12],       .timed = v[13],
                                        .silent_from = (when_t)v[14], .silent_to = (when_t)v[15]};
    i->files += v[0];
    i->skipped += v[1];
    trace_coverage_add(&i->seen, &seen);
    for (size_t k = 0; k + 1 < json_len(span); k += 2)
        vec_push(&i->span, ((struct coverage_span){json_int(json_at(span, k), 0), json_int(json_at(span, k + 1), 0)}));
}

static void r_cover(const struct json *j, struct coverage *c)
{
    const struct json *skipped = json_get(j, "skipped"), *skips = json_get(j, "skips"), *inputs = json_get(j, "inputs"), *gaps = json_get(j, "gaps");
    c->files += number(j, "files");
    c->bytes += number(j, "bytes");
    c->marks += number(j, "marks");
    c->damage[0] += number(j, "damaged");
    c->damage[1] += number(j, "lost");
    for (size_t i = 0; i < json_len(skips); i++) {
        const struct json *s = json_at(skips, i);
        int64_t why = json_int(json_get(s, "why"), -1);
        if (why >= 0 && why < SCAN_SKIPS) {
            coverage_skip(c, json_get_str(s, "path"), (enum scan_skip)why, (int)json_int(json_get(s, "error"), 0));
            c->skipped[why]--; /* counted below */
        }
    }
    for (size_t i = 0; i < SCAN_SKIPS; i++)
        c->skipped[i] += (uint64_t)json_int(json_at(skipped, i), 0);
    for (size_t i = 0; i < json_len(inputs); i++)
        r_input(json_at(inputs, i), c);
    for (size_t i = 0; i + 1 < json_len(gaps); i += 2)
        coverage_gap(c, json_str(json_at(gaps, i)), json_str(json_at(gaps, i + 1)));
}

static const char *kind_of(struct str name)
{
    const struct trace_kind *k = trace_by_name(name);
    return k ? k->name : name.n ? "registry" : NULL;
}

static bool r_sighting(const struct json *j, const struct scan_job *job, struct scan_worker *w)
{
    const struct sweep_options *o = w->sh->o;
    uint64_t pack = number(j, "pack"), indicator = number(j, "indicator");
    int64_t level = json_int(json_get(j, "level"), -1), source = json_int(json_get(j, "source"), -1), zone = json_int(json_get(j, "zone"), -1);
    if (pack >= o->pack_n || indicator >= o->pack[pack]->indicator_n || level < 0 || level > LEVEL_POST_EXPLOITATION || source < 0 ||
        source > SIGHTING_TIME_FILE || zone < 0 || zone > TRACE_ZONE_ASSUMED)
        return false;
    const struct pack *p = o->pack[pack];
    struct sighting x = {.pack = p,
                         .indicator = &p->indicator[indicator],
                         .check = &p->check[p->indicator[indicator].check],
                         .level = (enum indicator_level)level,
                         .cve = p->indicator[indicator].vulnerability.n ? p->indicator[indicator].vulnerability : p->check[p->indicator[indicator].check].vulnerability,
                         .asset = job->asset,
                         .file = arena_str(&w->a, str_of(job->path)),
                         .number = number(j, "number"),
                         .kind = kind_of(json_get_str(j, "kind")),
                         .time = json_int(json_get(j, "time"), WHEN_NONE),
                         .time_source = (enum sighting_time)source,
                         .zone = (enum trace_zone)zone,
                         .second = json_int(json_get(j, "second"), 0),
                         .more = (uint32_t)number(j, "more"),
                         .hint = json_bool(json_get(j, "hint"), false)};
    struct str *text[] = TEXTS(&x);
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = arena_str(&w->a, json_get_str(j, text_names[i]));
    vec_push(&w->sighting, x);
    return true;
}

bool scan_journal_read(struct str line, const struct scan_job *job, struct scan_worker *w, uint64_t *charged)
{
    struct arena a = {0};
    struct scan_shared *sh = w->sh;
    const struct json *j = json_parse(&a, line, NULL), *s = j ? json_get(j, "sightings") : NULL;
    size_t first = w->sighting.n;
    bool ok = j && same_file(j, job);
    for (size_t i = 0; ok && i < json_len(s); i++)
        ok = r_sighting(json_at(s, i), job, w);
    if (ok) {
        r_cover(j, &w->cover[job->asset]);
        r_map(j, "hosts", &w->hosts[job->asset]);
        r_map(j, "clocks", &w->clocks[job->asset]);
        when_t newest = json_int(json_get(j, "newest"), 0);
        w->newest[job->asset] = MAX(w->newest[job->asset], newest);
        w->stock += number(j, "stock");
        w->beyond += number(j, "beyond");
        *charged = number(j, "charged");
        atomic_fetch_add_explicit(&sh->hits, json_len(s), memory_order_relaxed);
        atomic_fetch_add_explicit(&sh->kept, json_len(s), memory_order_relaxed);
    } else
        w->sighting.n = first;
    arena_release(&a);
    return ok;
}
