#include "investigate/scan_in.h"

#include <stdlib.h>
#include <unistd.h>

#include "codec/stream.h"
#include "investigate/traces/trace_text.h"

struct channel {
    struct str name; /* "event:Security" */
    struct trace_coverage seen;
};
struct reading {
    struct scan_item *it;
    const struct trace_kind *kind;
    const struct scan_match *match;
    struct pack_record rec;
    VEC(struct channel) channel;
    struct arena a;
    struct str host; /* of the record before */
    VEC(uint32_t) cand;
    struct buf joined;
    /* text */
    struct trace_text *text;
    struct str block;
    size_t row_at, row_end;
    bool in_row, part;
};

/* ---- what a record says beside its contents ---- */

static void note_host(struct reading *r, const struct trace_record *t)
{
    struct str h = trace_field(t, "Computer");
    if (!h.n)
        h = trace_field(t, "Hostname");
    if (!h.n || str_eq(h, r->host) || h.n > 256)
        return;
    r->host = arena_str(&r->a, h);
    struct map *m = &r->it->w->hosts[r->it->asset];
    if (m->n < 1000)
        ++*map_put(m, h, NULL);
}

static void note_clock(const struct reading *r, const struct trace_record *t)
{
    if (!t->second || t->second == WHEN_NONE || t->time == WHEN_NONE)
        return;
    int64_t d = (t->second - t->time) / WHEN_SEC;
    int64_t minutes = (d >= 0 ? d + 30 : d - 30) / 60;
    char key[24];
    snprintf(key, sizeof(key), "%lld", (long long)minutes);
    struct map *m = &r->it->w->clocks[r->it->asset];
    if (m->n < 1000 || map_get(m, str_of(key)))
        ++*map_put(m, str_of(key), NULL);
}

static void note_channel(struct reading *r, const struct trace_record *t)
{
    struct str name = trace_field(t, "Channel");
    size_t i;
    if (!name.n)
        return;
    for (i = 0; i < r->channel.n; i++)
        if (str_eq(str_sub(r->channel.p[i].name, 6, STR_NONE), name))
            break;
    if (i == r->channel.n) {
        if (i >= 1000)
            return;
        vec_push(&r->channel, ((struct channel){str_of(arena_printf(&r->a, "event:" STR_FMT, STR_ARG(name))), {0}}));
    }
    struct trace_coverage *c = &r->channel.p[i].seen;
    c->rows++;
    c->bytes += t->bytes;
    if (t->recovered)
        c->recovered++;
    else
        trace_coverage_time(c, t->time);
}

/* ---- record by record ---- */

static int on_hit(void *ctx, const struct pack_hit *h)
{
    struct reading *r = ctx;
    scan_sight(r->it, h, r->rec.record, r->kind->name);
    return 0;
}

static int on_candidate(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    struct reading *r = ctx;
    (void)end;
    for (size_t i = 0; i < n; i++)
        vec_push(&r->cand, ids[i]);
    return 0;
}

static void check_line(struct reading *r, uint32_t id, struct str text)
{
    struct pack_hit h;
    if (pack_eval_at(r->it->w->sh->eval, id).indicator->kind == INDICATOR_LINE &&
        pack_eval_check_bytes(r->it->w->sh->eval, id, text, str_of(r->kind->name), &h))
        scan_sight(r->it, &h, r->rec.record, r->kind->name);
}

/* Lines to look for in an event are looked for in its values. */
static struct str event_text(struct reading *r, const struct trace_record *t)
{
    if (t->text.n)
        return t->text;
    buf_clear(&r->joined);
    for (size_t i = 0; i < t->field_n; i++) {
        buf_add_str(&r->joined, t->field[i].value);
        buf_addc(&r->joined, '\n');
    }
    return buf_str(&r->joined);
}

static void one_record(struct reading *r, const struct trace_record *t)
{
    struct scan_shared *sh = r->it->w->sh;
    r->rec.record = t;
    note_host(r, t);
    note_clock(r, t);
    note_channel(r, t);
    pack_eval_record(sh->eval, &r->rec, &(struct pack_sink){r, on_hit}, NULL);
    struct str target = trace_field(t, "TargetFilename"); /* files created, changed or deleted */
    if (target.n)
        scan_path_record(r->it, target, t, r->kind->name);
    if (scan_match_count(r->match)) {
        struct str text = event_text(r, t);
        size_t rest_n;
        const uint32_t *rest = scan_match_rest(r->match, &rest_n);
        vec_clear(&r->cand);
        scan_match_scan(r->match, r->it->w->scratch, text, on_candidate, r);
        for (size_t i = 0; i < r->cand.n; i++)
            check_line(r, r->cand.p[i], text);
        for (size_t i = 0; i < rest_n; i++)
            check_line(r, rest[i], text);
    }
    if (r->it->w->scratch_a.used > MIB)
        arena_clear(&r->it->w->scratch_a);
}

static int on_batch(void *ctx, const struct trace_record *batch, size_t n)
{
    struct reading *r = ctx;
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        one_record(r, &batch[i]);
        bytes += batch[i].bytes;
    }
    scan_charge(r->it->w->sh, bytes);
    return scan_stopped(r->it->w->sh) ? ERR_CONFLICT : 0;
}

static int read_records(struct reading *r, const struct trace_input *in, struct trace_coverage *seen, struct err *e)
{
    struct trace_want want = {.zone_s = r->it->w->sh->o->zone_s};
    struct trace_sink sink = {.ctx = r, .record = on_batch};
    return r->kind->read(in, &want, &sink, seen, e);
}

/* ---- block by block: only rows with a candidate are parsed ---- */

static bool only_exact(enum indicator_kind k)
{
    return k == INDICATOR_IP || k == INDICATOR_DOMAIN;
}

static int on_exact(void *ctx, const struct pack_hit *h)
{
    return only_exact(h->indicator->kind) ? on_hit(ctx, h) : 0;
}

static void row_candidate(struct reading *r, uint32_t id, const struct trace_record *t, bool *exact)
{
    const struct pack_eval *v = r->it->w->sh->eval;
    struct pack_hit h = pack_eval_at(v, id);
    if (h.indicator->kind == INDICATOR_LINE) {
        check_line(r, id, t->text);
        return;
    }
    if (only_exact(h.indicator->kind)) {
        *exact = true;
        return;
    }
    if (pack_eval_check_record(v, id, &r->rec) == TRI_YES)
        on_hit(r, &h);
}

/* Of a check's indicators the first that fits is shown: so in the order of the pack, wherever in the row they are. */
static void in_order(uint32_t *id, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t x = id[i];
        size_t k = i;
        for (; k > 0 && id[k - 1] > x; k--)
            id[k] = id[k - 1];
        id[k] = x;
    }
}

static void flush_row(struct reading *r)
{
    struct trace_record t;
    bool exact = false;
    size_t end;
    if (!r->in_row)
        return;
    r->in_row = false;
    /* Most candidates end here, without a parse. */
    const char *lf = memrchr(r->block.p, '\n', r->row_at);
    size_t from = lf ? (size_t)(lf - r->block.p) + 1 : 0, to = 0;
    struct str line = str_sub(r->block, from, r->row_end - from);
    for (size_t i = 0; i < r->cand.n; i++)
        if (r->part || scan_must_may(r->it->w->sh->must, r->cand.p[i], line))
            r->cand.p[to++] = r->cand.p[i];
    r->cand.n = to;
    in_order(r->cand.p, to);
    if (to == 0 || !trace_text_row(r->text, r->row_at, &t, &end))
        return;
    r->rec.record = &t;
    note_host(r, &t);
    note_clock(r, &t);
    for (size_t i = 0; i < r->cand.n; i++)
        row_candidate(r, r->cand.p[i], &t, &exact);
    if (exact)
        pack_eval_record(r->it->w->sh->eval, &r->rec, &(struct pack_sink){r, on_exact}, NULL);
    if (r->it->w->scratch_a.used > MIB)
        arena_clear(&r->it->w->scratch_a);
}

/* Ends never decrease, so a row is complete when a candidate lies behind it. */
static int on_text(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    struct reading *r = ctx;
    size_t at = end ? (size_t)end - 1 : 0;
    if (!r->in_row || at >= r->row_end) {
        flush_row(r);
        const char *lf = memchr(r->block.p + at, '\n', r->block.n - at);
        r->row_at = at;
        r->row_end = lf ? (size_t)(lf - r->block.p) + 1 : r->block.n;
        r->in_row = true;
        vec_clear(&r->cand);
    }
    for (size_t i = 0; i < n; i++) {
        bool have = false;
        for (size_t k = 0; k < r->cand.n && !have; k++)
            have = r->cand.p[k] == ids[i];
        if (!have)
            vec_push(&r->cand, ids[i]);
    }
    return 0;
}

/* What the engine cannot express is tried on every row. */
static void rest_rows(struct reading *r, const uint32_t *rest, size_t n)
{
    struct str_split it = str_split_init(r->block, '\n');
    struct str line;
    while (str_split_next(&it, &line)) {
        struct pack_hit h;
        for (size_t i = 0; i < n; i++)
            if (pack_eval_at(r->it->w->sh->eval, rest[i]).indicator->kind != INDICATOR_LINE ||
                pack_eval_check_bytes(r->it->w->sh->eval, rest[i], line, str_of(r->kind->name), &h)) {
                on_text(r, &rest[i], 1, (uint64_t)(line.p - r->block.p) + MAX(line.n, 1U));
                flush_row(r);
            }
    }
}

static int read_blocks(struct reading *r, const struct trace_input *in, struct trace_coverage *seen, struct err *e)
{
    struct scan_shared *sh = r->it->w->sh;
    struct trace_want want = {.zone_s = sh->o->zone_s};
    struct trace_text_block b;
    size_t rest_n;
    const uint32_t *rest = scan_match_rest(r->match, &rest_n);
    int rc = trace_text_open(&r->text, r->kind, in, &want, e);
    if (rc < 0)
        return rc;
    while ((rc = trace_text_block(r->text, &b, e)) > 0) {
        r->block = b.bytes;
        r->part = b.part; /* what it must hold may stand in an earlier piece */
        r->in_row = false;
        scan_match_scan(r->match, r->it->w->scratch, b.bytes, on_text, r);
        flush_row(r);
        if (rest_n)
            rest_rows(r, rest, rest_n);
        scan_charge(sh, b.bytes.n);
        if (scan_stopped(sh)) {
            rc = ERR_CONFLICT;
            break;
        }
    }
    trace_text_cover(r->text, seen);
    trace_text_free(r->text);
    return rc;
}

/* Records that reach over lines, and events, are read one by one. */
static bool by_blocks(const struct trace_kind *k, const struct pack_eval *v)
{
    return k->text && k->text->frame == TRACE_TEXT_LINES && !k->text->framed && !k->text->indexed && !pack_eval_every(v);
}

static void account(struct reading *r, const struct trace_coverage *seen, bool failed)
{
    struct coverage *c = &r->it->w->cover[r->it->asset];
    coverage_file(c, str_of(r->kind->name), seen);
    coverage_input(c, str_of(r->kind->name))->skipped += failed;
    for (size_t i = 0; i < r->channel.n; i++) {
        struct trace_coverage one = r->channel.p[i].seen;
        one.damaged = seen->damaged;
        one.damaged_bytes = seen->damaged_bytes;
        one.gaps = r->channel.n == 1 ? seen->gaps : 0;
        one.missing = r->channel.n == 1 ? seen->missing : 0;
        coverage_file(c, r->channel.p[i].name, &one);
        coverage_input(c, r->channel.p[i].name)->skipped += failed;
    }
    c->damage[0] += seen->damaged;
    c->damage[1] += seen->damaged_bytes;
    c->bytes += seen->bytes;
}

void scan_trace(struct scan_item *it, const struct trace_kind *k, int fd, bool packed)
{
    struct scan_shared *sh = it->w->sh;
    struct reading r = {.it = it, .kind = k, .joined = BUF_INIT(LIMIT_RECORD)};
    struct trace_input in = {.name = it->path, .fd = fd, .modified = it->modified == WHEN_NONE ? 0 : it->modified};
    struct trace_coverage seen = {0};
    struct err e = {0};
    if (lseek(fd, 0, SEEK_SET) < 0)
        return;
    int rc = 0;
    r.match = scan_text_for(it->w, k, &e);
    if (!r.match)
        rc = e.code;
    else if (packed)
        rc = stream_open_fd(&in.stream, it->path, dup(fd), LIMIT_INFLATED, &e);
    r.rec = (struct pack_record){.kind = k->name, .path = it->normal, .roots = scan_layout_roots, .roots_ctx = sh->layout, .scratch = &it->w->scratch_a};
    if (rc == 0)
        rc = by_blocks(k, sh->eval) ? read_blocks(&r, &in, &seen, &e) : read_records(&r, &in, &seen, &e);
    if (rc < 0 && !scan_stopped(sh))
        coverage_skip(&it->w->cover[it->asset], str_of(it->path), packed ? SCAN_SKIP_PACKED : SCAN_SKIP_UNREADABLE, 0);
    account(&r, &seen, rc < 0);
    stream_free(in.stream);
    vec_release(&r.channel);
    vec_release(&r.cand);
    buf_release(&r.joined);
    arena_release(&r.a);
}
