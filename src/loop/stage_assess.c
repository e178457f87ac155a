#include "loop/stage_assess.h"

#include "codec/json.h"

void stage_assess_evidence(const struct terms_result *r, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_array(&w);
    for (size_t i = 0; i < r->evidence_n; i++) {
        const struct terms_evidence *v = &r->evidence[i];
        json_w_object(&w);
        json_w_kcstr(&w, "signal", terms_signal_name(v->signal));
        json_w_kstr(&w, "quote", v->quote);
        json_w_kint(&w, "start", v->start);
        json_w_kint(&w, "end", v->end);
        json_w_kstr(&w, "rule", v->rule);
        if (v->in_title)
            json_w_kbool(&w, "title", true);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
}

void stage_assess_scope(const struct terms_result *r, struct buf *out, bool nested)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    for (size_t i = 0; i < r->scope_n; i++) {
        char key[64];
        size_t n = MIN(r->scope[i].cve.n, sizeof(key) - 1);
        memcpy(key, r->scope[i].cve.p, n);
        key[n] = 0;
        if (!nested) {
            json_w_kbool(&w, key, r->scope[i].exploited);
            continue;
        }
        json_w_key(&w, key);
        json_w_object(&w);
        json_w_kbool(&w, "exploited", r->scope[i].exploited);
        json_w_object_end(&w);
    }
    json_w_object_end(&w);
}

void stage_assess_signals(const struct terms_result *r, struct buf *out, bool json)
{
    bool first = true;
    if (json)
        buf_addc(out, '[');
    for (int i = 0; i < TERMS_SIGNALS; i++) {
        if (!(r->signals & 1U << i))
            continue;
        if (json)
            buf_printf(out, "%s\"%s\"", first ? "" : ",", terms_signal_name((enum terms_signal)i));
        else
            buf_printf(out, "%s%s", first ? "" : " ", terms_signal_name((enum terms_signal)i));
        first = false;
    }
    if (json)
        buf_addc(out, ']');
}

/* Product mentions in title and text, each key once, in order. */
static int find_products(const struct world *w, const struct notice *n, struct arena *a, struct buf *out,
                         struct err *e)
{
    const struct str part[] = {n->title, n->text};
    struct json_writer jw;
    struct map seen = {0};
    int rc = 0;
    json_writer_init(&jw, out);
    json_w_array(&jw);
    for (size_t p = 0; rc == 0 && p < ARRAY_LEN(part); p++) {
        struct name_hits hits = {0};
        rc = name_find_in_text(w->names.rules, part[p], a, &hits, e);
        for (size_t i = 0; rc == 0 && i < hits.n; i++) {
            char *key =
                arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(hits.p[i].vendor), STR_ARG(hits.p[i].product));
            bool made;
            map_put(&seen, str_of(key), &made);
            if (!made)
                continue;
            json_w_object(&jw);
            json_w_kcstr(&jw, "key", key);
            json_w_kstr(&jw, "as", str_sub(part[p], hits.p[i].start, hits.p[i].end - hits.p[i].start));
            json_w_kbool(&jw, "title", p == 0);
            json_w_object_end(&jw);
        }
    }
    json_w_array_end(&jw);
    map_release(&seen);
    return rc;
}

int stage_assess_text(const struct world *w, const struct notice *n, struct arena *a, struct assessment *out,
                      struct err *e)
{
    struct terms_input in = {
        .text = n->text, .title = n->title, .lang = n->lang, .cves = n->cve, .cves_n = n->cve_n};
    struct terms_result r;
    struct buf b = BUF_INIT(LIMIT_RECORD);
    int rc = terms_judge(w->terms, &in, a, &r, e);
    if (rc)
        return rc;
    *out = (struct assessment){.exploited = r.exploited, .urgent = r.urgent};
    stage_assess_signals(&r, &b, false);
    out->signals = arena_str(a, buf_str(&b));
    buf_clear(&b);
    stage_assess_evidence(&r, &b);
    out->evidence = arena_str(a, buf_str(&b));
    buf_clear(&b);
    stage_assess_scope(&r, &b, false);
    out->scope = arena_str(a, buf_str(&b));
    buf_clear(&b);
    rc = find_products(w, n, a, &b, e);
    out->products = arena_str(a, buf_str(&b));
    buf_release(&b);
    return rc;
}

int stage_assess_run(const struct world *w, uint64_t *judged, struct err *e)
{
    struct arena list = {0}, a = {0};
    struct notice_rev *rev;
    size_t n;
    *judged = 0;
    int rc = notice_store_unassessed(w->db, w->terms_hash, &list, &rev, &n, e);
    if (rc == 0 && n > 0)
        rc = db_begin(w->db, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct assessment as;
        struct err skip = {0};
        /* A text that cannot be judged is kept unjudged, and shown so; it does not stop the rest. */
        if (stage_assess_text(w, &rev[i].n, &a, &as, &skip) == 0) {
            rc = notice_store_assess(w->db, rev[i].rev, &as, w->terms_hash, e);
            ++*judged;
        }
        arena_clear(&a);
    }
    if (n > 0 && rc == 0)
        rc = db_commit(w->db, e);
    if (n > 0 && rc)
        db_rollback(w->db);
    arena_release(&a);
    arena_release(&list);
    return rc;
}
