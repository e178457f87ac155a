/* What a pack holds, as notices and facts that a round finds. */
#include "loop/drill_parts.h"
#include "loop/stage_assess.h"

const struct world_source *drill_source(const struct drill_options *o, struct str name)
{
    for (size_t i = 0; i < o->source_n; i++)
        if (str_eq(o->source[i].setup.name, name))
            return &o->source[i];
    return NULL;
}

bool drill_source_on(const struct drill_options *o, struct str name)
{
    const struct world_source *s = drill_source(o, name);
    return s && s->enabled;
}

/* As its publisher would have it: in the notice's own language. */
static struct notice notice_of(const struct drill_notice *n, bool ja)
{
    return (struct notice){.source = n->source,
                           .id = n->id,
                           .url = n->url,
                           .title = ja ? n->title.ja : n->title.en,
                           .text = ja ? n->text.ja : n->text.en,
                           .lang = ja ? STR_LIT("ja") : STR_LIT("en"),
                           .published = n->when.at,
                           .updated = n->when.at,
                           .cve = n->cve,
                           .cve_n = n->cve_n,
                           .complete = true};
}

static int fill_notices(const struct world *w, const struct drill_pack *p, const struct drill_options *o,
                        struct err *e)
{
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < p->notice_n; i++) {
        const struct drill_notice *n = &p->notice[i];
        struct notice as = notice_of(n, str_is(n->lang, "ja"));
        int64_t rev;
        if (drill_source_on(o, n->source))
            rc = notice_store_put(w->db, &as, n->when.at, n->when.at, (struct str){0}, &rev, e);
    }
    if (rc == 0)
        rc = db_commit(w->db, e);
    if (rc)
        db_rollback(w->db);
    return rc;
}

/* MSRC and CVE 5 name products in words: keys by which the record is found (stage_collect.c does the same for
 * what was collected). */
static size_t keys_of(const struct world *w, const struct vuln *v, struct arena *a, struct str **keys)
{
    size_t n = 0;
    *keys = arena_array(a, struct str, v->product_n + v->affected_n + 1);
    for (size_t i = 0; i < v->product_n + v->affected_n; i++) {
        struct name_match m;
        struct name_input in = {.product = i < v->product_n ? v->product[i].name
                                                            : v->affected[i - v->product_n].product};
        if (i >= v->product_n)
            in.vendor = v->affected[i - v->product_n].vendor;
        if (in.product.n && name_match(&w->names, &in, a, &m, NULL) == 0 && m.kind >= NAME_RULE)
            (*keys)[n++] =
                str_of(arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(m.vendor), STR_ARG(m.product)));
    }
    return n;
}

static int fill_record(const struct world *w, const struct drill_record *r, struct arena *a, struct err *e)
{
    int rc = 0;
    struct str *keys;
    size_t n = keys_of(w, &r->v, a, &keys);
    for (size_t i = 0; rc == 0 && i < r->id_n; i++) {
        struct vuln v = r->v;
        v.id = r->id[i];
        rc = knowledge_put_vuln(w->knowledge, &v, keys, n, NULL, e);
    }
    return rc;
}

static int fill_knowledge(const struct world *w, const struct drill_pack *p, const struct drill_options *o,
                          struct err *e)
{
    struct arena a = {0};
    int rc = knowledge_begin(w->knowledge, e);
    for (size_t i = 0; rc == 0 && i < p->record_n; i++)
        if (drill_source_on(o, p->record[i].v.source))
            rc = fill_record(w, &p->record[i], &a, e);
    for (size_t i = 0; rc == 0 && i < p->kev_n && drill_source_on(o, STR_LIT("kev")); i++) {
        for (size_t k = 0; rc == 0 && k < p->kev[i].id_n; k++) {
            struct kev kev = p->kev[i].kev;
            kev.cve = p->kev[i].id[k];
            rc = knowledge_put_kev(w->knowledge, &kev, p->kev[i].when.at, e);
        }
    }
    if (rc == 0)
        rc = knowledge_commit(w->knowledge, e);
    else
        knowledge_abort(w->knowledge);
    arena_release(&a);
    return rc;
}

int drill_fill(const struct world *w, const struct drill_pack *p, const struct drill_options *o,
               struct err *e)
{
    uint64_t judged;
    int rc = fill_notices(w, p, o, e);
    if (rc == 0)
        rc = fill_knowledge(w, p, o, e);
    if (rc == 0)
        rc = stage_assess_run(w, &judged, e);
    return rc;
}

static const char *said(bool exploited, bool urgent)
{
    return exploited && urgent ? "exploited urgent" : exploited ? "exploited" : urgent ? "urgent" : "none";
}

int drill_check(const struct world *w, const struct drill_pack *p, struct buf *complaints, size_t *failed,
                struct err *e)
{
    struct arena a = {0};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 2 * p->notice_n; i++) {
        const struct drill_notice *n = &p->notice[i / 2];
        struct notice as = notice_of(n, i % 2);
        struct assessment got;
        if (n->source.n == 0)
            continue;
        rc = stage_assess_text(w, &as, &a, &got, e);
        if (rc == 0 && (got.exploited != n->exploited || got.urgent != n->urgent)) {
            buf_printf(complaints, "%s:%lu: ", p->file, n->line);
            buf_printf(complaints, tr("the %s text is judged \"%s\", not \"%s\""), i % 2 ? "ja" : "en",
                       said(got.exploited, got.urgent), said(n->exploited, n->urgent));
            buf_addc(complaints, '\n');
            ++*failed;
        }
        arena_clear(&a);
    }
    arena_release(&a);
    return rc;
}
