#include "collect/visit.h"

#include <stdlib.h>

#include "collect/guard.h"
#include "collect/visit_request.h"
#include "store/notice_store.h"

/* One visit under way; the feed's sink points at it. */
struct visit_run {
    const struct visit_env *env;
    const struct source *s;
    const struct visit_setup *setup;
    struct visit_request_queue queue;
    struct arena *a;     /* the caller's */
    struct arena record; /* of one document */
    int64_t id;          /* row of the visit */
    struct visit_report *report;
    struct str cursor, last_cursor; /* put in this visit; by the last complete one */
    bool cursor_put;
    unsigned asked;   /* requests so far; files of a mirror folder do not count */
    unsigned dropped; /* requests beyond page_max, ... */
    bool cut;         /* ... and one of them was needed */
    /* of the document being read */
    struct guard_seen seen;
    const char *sha256;
    when_t fetched;
    bool full_list;
    uint64_t new_notices, new_states;
    struct {
        const char *reason;
        struct str bytes;
    } bad[32]; /* kept until the document is taken or refused; all are counted */
    size_t bad_n;
};

const char *visit_outcome_name(enum visit_outcome o)
{
    static const char *const name[] = {"ok", "unchanged", "partial", "refused", "failed", "skipped"};
    return name[o];
}

static void note_newest(struct visit_run *v, when_t t)
{
    if (t != WHEN_NONE && t <= v->env->now + WHEN_DAY && (v->seen.newest == WHEN_NONE || t > v->seen.newest))
        v->seen.newest = t;
}

static int on_notice(void *ctx, const struct notice *n, struct err *e)
{
    struct visit_run *v = ctx;
    struct notice copy = *n;
    int64_t rev;
    copy.source = v->setup->name;
    when_t known = n->updated != WHEN_NONE     ? n->updated
                   : n->published != WHEN_NONE ? n->published
                                               : v->fetched;
    int rc = notice_store_put(v->env->db, &copy, known, v->env->now, str_of(v->sha256), &rev, e);
    v->seen.good++;
    v->new_notices += rev != 0;
    note_newest(v, known);
    return rc;
}

static void on_bad(void *ctx, struct str bytes, const char *reason)
{
    struct visit_run *v = ctx;
    v->seen.bad++;
    if (v->bad_n < ARRAY_LEN(v->bad)) {
        v->bad[v->bad_n].reason = arena_strdup(v->a, reason);
        v->bad[v->bad_n++].bytes = arena_str(v->a, str_sub(bytes, 0, 256 * KIB));
    }
}

static int on_vuln(void *ctx, const struct vuln *in, struct err *e)
{
    struct visit_run *v = ctx;
    struct str *keys = NULL;
    size_t n = 0;
    bool changed;
    if (v->env->product_keys)
        n = v->env->product_keys(v->env->ctx, in, &v->record, &keys);
    struct err why = {0};
    int rc = knowledge_put_vuln(v->env->knowledge, in, keys, n, &changed, &why);
    if (rc == ERR_INPUT || rc == ERR_LIMIT) {
        on_bad(ctx, in->id, why.text);
        return 0;
    }
    if (rc && e)
        *e = why;
    v->seen.good++;
    v->new_states += changed;
    note_newest(v, in->modified != WHEN_NONE ? in->modified : in->published);
    if (rc == 0 && in->kev.added != WHEN_NONE && in->kev.cve.n)
        rc = knowledge_put_kev(v->env->knowledge, &in->kev, v->fetched, e);
    return rc;
}

static int on_kev(void *ctx, const struct kev *k, struct err *e)
{
    struct visit_run *v = ctx;
    v->seen.good++;
    note_newest(v, k->added);
    return knowledge_put_kev(v->env->knowledge, k, v->fetched, e);
}

static int on_epss(void *ctx, const struct epss *s, struct err *e)
{
    struct visit_run *v = ctx;
    v->seen.good++;
    note_newest(v, s->date);
    return knowledge_put_epss(v->env->knowledge, s, e);
}

static int on_full_list(void *ctx, struct err *e)
{
    struct visit_run *v = ctx;
    v->seen.full = true;
    v->full_list = true;
    return v->s->retracts ? knowledge_kev_full_begin(v->env->knowledge, str_of("cisa"), e) : 0;
}

static void on_stated_count(void *ctx, uint64_t count)
{
    struct visit_run *v = ctx;
    v->seen.stated = true;
    v->seen.stated_count = count;
}

static int on_request(void *ctx, const struct feed_request *r)
{
    struct visit_run *v = ctx;
    struct str path = {0};
    if (v->env->mirror.n && !visit_request_mirrored(v->env->mirror, r->url, &v->queue.a, &path))
        return 0;
    if (v->asked >= v->s->page_max && !map_get(&v->queue.seen, r->url)) {
        v->dropped++;
        v->cut |= !r->optional;
        return 0;
    }
    v->asked += visit_request_add(&v->queue, r, path);
    return 0;
}

static void on_cursor(void *ctx, struct str cursor)
{
    struct visit_run *v = ctx;
    v->cursor = arena_str(v->a, cursor);
    v->cursor_put = true;
}

static void on_document_time(void *ctx, when_t when)
{
    struct visit_run *v = ctx;
    v->seen.document = when;
}

static struct feed_sink sink_of(struct visit_run *v)
{
    return (struct feed_sink){v,      on_notice,       on_vuln,    on_kev,    on_epss,         on_full_list,
                              on_bad, on_stated_count, on_request, on_cursor, on_document_time};
}

static int keep_bad(struct visit_run *v, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < v->bad_n; i++)
        rc = visit_store_quarantine(v->env->db, v->setup->name, v->id, v->env->now, v->bad[i].reason,
                                    v->bad[i].bytes, e);
    return rc;
}

static int parse_bytes(struct visit_run *v, const struct feed_request *r, const struct visit_bytes *b,
                       struct err *e)
{
    struct feed_sink sink = sink_of(v);
    struct feed_input in = {.url = r->url,
                            .kind = r->kind,
                            .context = r->context,
                            .content_type = b->content_type,
                            .fetched = b->fetched,
                            .cursor = v->cursor_put ? v->cursor : v->last_cursor};
    int rc = spool_open(v->env->spool, b->sha256, LIMIT_INFLATED, &in.stream, e);
    if (rc)
        return rc;
    rc = v->s->parse(&in, &v->record, &sink, e);
    stream_free(in.stream);
    return rc;
}

#define HEAD (4 * KIB)

/* A file of a mirror that is not this source's (a README, a schema) is passed over. */
static int is_ours(const struct visit_run *v, const struct feed_request *r, const struct visit_bytes *b,
                   bool *yes, struct err *e)
{
    char head[HEAD];
    size_t n = 0, got = 1;
    struct stream *in;
    *yes = true;
    if (!str_is(r->kind, "file") || !v->s->sniff)
        return 0;
    int rc = spool_open(v->env->spool, b->sha256, LIMIT_INFLATED, &in, e);
    if (rc)
        return rc;
    while (rc == 0 && got && n < sizeof(head)) {
        rc = stream_read(in, head + n, sizeof(head) - n, &got, e);
        n += got;
    }
    stream_free(in);
    const char *slash = memrchr(r->url.p, '/', r->url.n);
    if (rc == 0)
        *yes = v->s->sniff(str_n(head, n), slash ? slash + 1 : r->url.p);
    return rc;
}

static int judge(struct visit_run *v, const struct feed_request *r, struct err *e)
{
    struct document before;
    struct guard_last last = {.newest = WHEN_NONE, .document = WHEN_NONE};
    char text[GUARD_TEXT];
    bool accepted;
    if (v->seen.full) {
        /* A catalogue is one list wherever it comes from; a feed in yearly files is one list a file. */
        struct str url = v->s->kind == SOURCE_ASSERTION ? (struct str){0} : r->url;
        int rc = visit_store_last_full(v->env->db, v->setup->name, url, &before, e);
        if (rc == 0)
            last = (struct guard_last){true, (uint64_t)before.records, before.newest, before.document_time};
        else if (rc != 0 && rc != ERR_NOT_FOUND)
            return rc;
    }
    struct source s = *v->s;
    if (v->setup->floor_set)
        s.min_records = v->setup->floor;
    else if (!s.retracts && str_is(r->kind, "file"))
        s.min_records = 0; /* what a person put there may be an extract; it takes nothing away */
    if (guard_judge(&s, &last, &v->seen, text) == GUARD_ACCEPT)
        return 0;
    int rc = visit_store_accepted(v->env->db, v->setup->name, str_of(v->sha256), &accepted, e);
    if (rc || accepted)
        return rc;
    return err_set(e, ERR_STALE, "%s", text);
}

static int set_validator(struct visit_run *v, const struct visit_bytes *b, struct err *e)
{
    if (b->from.n == 0 || str_starts(b->from, "file://") || b->response.status != 200)
        return 0;
    return visit_store_set_validator(
        v->env->db, b->from,
        &(struct validator){str_of(b->response.etag), str_of(b->response.last_modified), str_of(b->sha256)},
        e);
}

/* Everything one document brings, or nothing. seen: it was taken before, and is read for what it asks for. */
static int take_document(struct visit_run *v, const struct feed_request *r, const struct visit_bytes *b,
                         bool seen, struct err *e)
{
    struct document d = {.source = v->setup->name,
                         .url = r->url,
                         .sha256 = str_of(b->sha256),
                         .content_type = b->content_type,
                         .kind = r->kind,
                         .context = r->context,
                         .bytes = (int64_t)b->size,
                         .fetched = b->fetched};
    int rc = db_begin(v->env->db, e);
    if (rc)
        return rc;
    rc = knowledge_begin(v->env->knowledge, e);
    if (rc == 0)
        rc = parse_bytes(v, r, b, e);
    if (rc == 0 && !seen)
        rc = judge(v, r, e);
    if (rc == 0 && v->full_list && v->s->retracts)
        rc = knowledge_kev_full_end(v->env->knowledge, b->fetched, e);
    d.records = (int64_t)v->seen.good;
    d.full = v->seen.full;
    d.newest = v->seen.newest;
    d.document_time = v->seen.document;
    if (rc == 0 && !seen)
        rc = visit_store_document(v->env->db, v->id, &d, e);
    if (rc == 0)
        rc = set_validator(v, b, e);
    /* Knowledge first: a record known twice is known once, a row that points nowhere is worse. */
    if (rc == 0)
        rc = knowledge_commit(v->env->knowledge, e);
    if (rc == 0)
        rc = db_commit(v->env->db, e);
    if (rc) {
        knowledge_abort(v->env->knowledge);
        db_rollback(v->env->db);
    }
    return rc;
}

static void add_text(struct visit_run *v, const char *text)
{
    struct visit_report *r = v->report;
    if (r->text.n > 2000)
        return;
    r->text = str_of(arena_printf(v->a, STR_FMT "%s%s", STR_ARG(r->text), r->text.n ? "\n" : "", text));
}

static void add_counts(struct visit_run *v)
{
    struct visit_report *r = v->report;
    r->documents++;
    r->good += v->seen.good;
    r->bad += v->seen.bad;
    r->new_notices += v->new_notices;
    r->new_states += v->new_states;
    if (v->seen.newest != WHEN_NONE && (r->newest == WHEN_NONE || v->seen.newest > r->newest))
        r->newest = v->seen.newest;
    if (v->seen.document != WHEN_NONE)
        r->document_time = v->seen.document;
}

/* One request from fetch to commit. Failures of the source are put into the report. */
static int do_request(struct visit_run *v, size_t i, bool *refused, struct err *e)
{
    struct visit_bytes b;
    struct err why = {0};
    struct spool_id id;
    bool seen = false, ours = true;
    const struct feed_request r = v->queue.item.p[i];
    v->seen = (struct guard_seen){.newest = WHEN_NONE, .document = WHEN_NONE};
    v->full_list = false;
    v->bad_n = 0;
    v->new_notices = v->new_states = 0;
    arena_clear(&v->record);
    int rc = visit_request_fetch(v->env, v->s, v->setup, &v->queue, i, &b, &why);
    v->sha256 = b.sha256;
    v->fetched = b.fetched;
    if (rc == 0 && b.not_modified) {
        seen = true;
    } else if (rc == 0) {
        rc = spool_take(v->env->spool, &b.body, &id, &why);
        if (rc == 0 && !v->env->again)
            rc = visit_store_seen(v->env->db, v->setup->name, r.url, str_of(b.sha256), &seen, &why);
        if (rc == 0 && seen)
            rc = set_validator(v, &b, &why); /* the server may mark the same bytes anew */
    }
    if (rc == 0 && !seen)
        rc = is_ours(v, &r, &b, &ours, &why);
    if (rc == 0 && !ours)
        add_text(v,
                 arena_printf(v->a, tr("%.*s: not a document of this source, passed over"), STR_ARG(r.url)));
    if (rc == 0 && ours && (!seen || r.steers))
        rc = take_document(v, &r, &b, seen, &why);
    if (seen)
        v->bad_n = 0; /* set aside already */
    if (rc == 0 && seen)
        v->report->unchanged++;
    else if (rc == 0 && ours)
        add_counts(v);
    if (rc) {
        *refused |= rc == ERR_STALE;
        v->report->failed += !r.optional;
        v->report->bad += v->seen.bad;
        add_text(v, arena_printf(v->a, STR_FMT ": %s", STR_ARG(r.url), why.text));
    }
    v->sha256 = NULL; /* it lay in b */
    visit_bytes_release(&b);
    return keep_bad(v, e);
}

static int plan(struct visit_run *v, struct err *e)
{
    struct feed_sink sink = sink_of(v);
    struct feed_state st = {.now = v->env->now,
                            .account = v->setup->account,
                            .have_key = v->setup->key != NULL,
                            .url = v->setup->url.n ? v->setup->url : str_of(v->s->default_url)};
    int rc = visit_store_cursor(v->env->db, v->setup->name, v->a, &st.cursor, &st.last_ok, e);
    v->last_cursor = st.cursor;
    if (rc == 0 && v->env->mirror.n)
        rc = visit_request_mirror(&v->queue, v->env->mirror, v->setup->name, e);
    if (rc == 0 && st.url.n)
        rc = v->s->plan(&st, &v->queue.a, &sink, e);
    return rc;
}

/* What was not asked for is said; when it was needed, the visit is not complete and its cursor not kept. */
static void note_dropped(struct visit_run *v)
{
    if (!v->dropped)
        return;
    v->report->failed += v->cut;
    add_text(v, arena_printf(v->a, tr("%u requests were left out: a visit to this source makes at most %u"),
                             v->dropped, v->s->page_max));
}

static void set_outcome(struct visit_run *v, bool refused)
{
    struct visit_report *r = v->report;
    if (v->queue.item.n == 0 && r->failed == 0)
        r->outcome = VISIT_SKIPPED;
    else if (r->failed == 0)
        r->outcome = r->documents ? VISIT_OK : VISIT_UNCHANGED;
    else if (r->documents + r->unchanged > 0)
        r->outcome = VISIT_PARTIAL;
    else
        r->outcome = refused ? VISIT_REFUSED : VISIT_FAILED;
}

static int finish(struct visit_run *v, struct err *e)
{
    struct visit_report *r = v->report;
    struct visit row = {.id = v->id,
                        .ended = clock_now(),
                        .outcome = str_of(visit_outcome_name(r->outcome)),
                        .good = (int64_t)r->good,
                        .bad = (int64_t)r->bad,
                        .newest = r->newest,
                        .document_time = r->document_time,
                        .text = r->text};
    int rc = visit_store_end(v->env->db, &row, e);
    if (rc == 0 && (r->outcome == VISIT_OK || r->outcome == VISIT_UNCHANGED))
        rc = visit_store_set_cursor(v->env->db, v->setup->name, v->cursor, v->env->now, e);
    return rc;
}

int visit_run(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
              struct arena *a, struct visit_report *out, struct err *e)
{
    struct visit_run v = {.env = env, .s = s, .setup = setup, .a = a, .report = out};
    bool refused = false;
    *out = (struct visit_report){.newest = WHEN_NONE, .document_time = WHEN_NONE};
    int rc = visit_store_start(env->db, setup->name, env->now, &v.id, e);
    struct err why = {0};
    if (rc == 0 && plan(&v, &why) != 0) {
        out->failed = 1;
        add_text(&v, why.text);
    }
    for (size_t i = 0; rc == 0 && i < v.queue.item.n; i++) {
        if (env->cancel && atomic_load(env->cancel)) {
            out->failed++;
            add_text(&v, tr("interrupted"));
            break;
        }
        if (env->progress)
            env->progress(env->ctx, s->name, v.queue.item.p[i].url.p, i, v.queue.item.n);
        rc = do_request(&v, i, &refused, e);
    }
    note_dropped(&v);
    set_outcome(&v, refused);
    if (rc == 0)
        rc = finish(&v, e);
    visit_request_release(&v.queue);
    arena_release(&v.record);
    return rc;
}

int visit_reread(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
                 const struct document *d, struct err *e)
{
    struct visit_report report = {0};
    struct arena a = {0};
    struct visit_run v = {
        .env = env, .s = s, .setup = setup, .a = &a, .report = &report, .fetched = d->fetched};
    struct visit_bytes b = {.content_type = d->content_type, .fetched = d->fetched};
    struct feed_request r = {.url = d->url, .kind = d->kind, .context = d->context};
    memcpy(b.sha256, d->sha256.p, MIN(d->sha256.n, sizeof(b.sha256) - 1));
    v.sha256 = b.sha256;
    int rc = db_begin(env->db, e);
    if (rc == 0)
        rc = knowledge_begin(env->knowledge, e);
    if (rc == 0)
        rc = parse_bytes(&v, &r, &b, e);
    if (rc == 0 && v.full_list && s->retracts)
        rc = knowledge_kev_full_end(env->knowledge, d->fetched, e);
    if (rc == 0)
        rc = knowledge_commit(env->knowledge, e);
    if (rc == 0)
        rc = db_commit(env->db, e);
    if (rc) {
        knowledge_abort(env->knowledge);
        db_rollback(env->db);
    }
    visit_request_release(&v.queue);
    arena_release(&v.record);
    arena_release(&a);
    return rc;
}
