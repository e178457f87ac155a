#include "loop/stage_collect.h"

struct keys_ctx {
    const struct world *w;
    const struct stage_collect_options *o;
};

/* MSRC names products in words; the name table turns them into keys. */
static size_t product_keys(void *ctx, const struct vuln *v, struct arena *a, struct str **keys)
{
    const struct keys_ctx *k = ctx;
    size_t n = 0;
    *keys = arena_array(a, struct str, v->product_n + 1);
    for (size_t i = 0; i < v->product_n; i++) {
        struct name_match m;
        struct name_input in = {.product = v->product[i].name};
        if (v->product[i].name.n == 0 || v->product[i].cpe.n)
            continue;
        if (name_match(&k->w->names, &in, a, &m, NULL) != 0 || m.kind < NAME_RULE)
            continue;
        (*keys)[n++] = str_of(arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(m.vendor), STR_ARG(m.product)));
    }
    return n;
}

static void progress(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total)
{
    const struct keys_ctx *k = ctx;
    if (k->o->progress)
        k->o->progress(k->o->ctx, source, what, done, total);
}

static int is_due(const struct world *w, const struct world_source *ws, when_t now, struct arena *a,
                  bool *due, struct err *e)
{
    struct visit last;
    int rc = visit_store_get(w->db, ws->setup.name, VISIT_LAST_OK, now, a, &last, e);
    *due = rc == ERR_NOT_FOUND || (rc == 0 && now - last.started >= (when_t)ws->period_min * 60 * WHEN_SEC);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

int stage_collect_run(const struct world *w, const struct world_source *list, size_t n,
                      const struct stage_collect_options *o, struct err *e)
{
    struct keys_ctx keys = {w, o};
    struct visit_env env = {.db = w->db,
                            .knowledge = w->knowledge,
                            .spool = w->spool,
                            .http = o->http,
                            .mirror = o->mirror,
                            .again = o->again,
                            .now = o->now,
                            .cancel = o->cancel,
                            .product_keys = product_keys,
                            .progress = progress,
                            .ctx = &keys};
    struct arena a = {0};
    int rc = visit_store_close_running(w->db, o->now, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct visit_report report;
        bool due = true;
        if (o->only_due && !o->mirror.n)
            rc = is_due(w, &list[i], o->now, &a, &due, e);
        if (rc || !due)
            continue;
        rc = visit_run(&env, list[i].s, &list[i].setup, &a, &report, e);
        if (rc == 0 && o->done)
            o->done(o->ctx, &list[i], &report);
        arena_clear(&a);
    }
    arena_release(&a);
    return rc;
}

static const struct world_source *source_named(const struct world_source *list, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].setup.name, name))
            return &list[i];
    return NULL;
}

int stage_collect_reread(const struct world *w, const struct world_source *list, size_t n, when_t now,
                         uint64_t *documents, uint64_t *missing, struct err *e)
{
    struct stage_collect_options o = {.now = now};
    struct keys_ctx keys = {w, &o};
    struct visit_env env = {.db = w->db,
                            .knowledge = w->knowledge,
                            .spool = w->spool,
                            .now = now,
                            .product_keys = product_keys,
                            .ctx = &keys};
    struct arena a = {0};
    struct document *d;
    size_t dn;
    *documents = *missing = 0;
    int rc = visit_store_documents(w->db, &a, &d, &dn, e);
    if (rc == 0)
        rc = knowledge_clear(w->knowledge, e);
    for (size_t i = 0; rc == 0 && i < dn; i++) {
        const struct world_source *ws = source_named(list, n, d[i].source);
        if (!ws || !spool_has(w->spool, d[i].sha256.p)) {
            ++*missing;
            continue;
        }
        rc = visit_reread(&env, ws->s, &ws->setup, &d[i], e);
        ++*documents;
    }
    arena_release(&a);
    return rc;
}

static int one_age(const struct world *w, const struct world_source *ws, when_t as_of, when_t now,
                   struct arena *a, struct source_age *out, struct err *e)
{
    char text[GUARD_TEXT];
    struct visit ok;
    struct quarantined *q;
    size_t qn;
    struct source s = *ws->s;
    s.stale_hours = ws->stale_hours;
    *out = (struct source_age){.ws = ws, .last_ok = WHEN_NONE, .newest = WHEN_NONE};
    int rc = visit_store_get(w->db, ws->setup.name, VISIT_LAST, now, a, &out->last, e);
    if (rc == 0)
        rc = visit_store_get(w->db, ws->setup.name, VISIT_LAST_OK, now, a, &ok, e);
    if (rc == 0) {
        out->last_ok = ok.started;
        rc = visit_store_newest(w->db, ws->setup.name, &out->newest, e);
    } else if (rc == ERR_NOT_FOUND) {
        rc = 0;
    }
    if (rc == 0)
        rc = visit_store_quarantined(w->db, ws->setup.name, 0, a, &q, &qn, &out->quarantined, e);
    /* Asked about the past: whoever was visited since then has told what was known then. */
    if (rc == 0 && out->last_ok != WHEN_NONE && as_of < now - WHEN_DAY && out->last_ok > as_of)
        out->age = guard_age(&s, as_of, as_of, as_of, text);
    else
        out->age = guard_age(&s, out->last_ok, out->newest, as_of, text);
    out->text = str_of(arena_strdup(a, text));
    return rc;
}

int stage_collect_ages(const struct world *w, const struct world_source *list, size_t n, when_t as_of,
                       struct arena *a, struct source_age *out, struct err *e)
{
    int rc = 0;
    when_t clock = clock_now();
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = one_age(w, &list[i], as_of, MAX(as_of, clock), a, &out[i], e);
    return rc;
}
