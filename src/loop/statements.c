#include "loop/statements.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop/identify_parts.h"

#define STATEMENT_NOTICES 10000 /* that name one vulnerability */

struct gathering {
    const struct world *w;
    const struct world_source *source;
    size_t source_n;
    when_t as_of;
    struct arena *a;
    struct map seen; /* notices taken already: one may name several of the vulnerabilities */
    VEC(struct report_statement) out;
};

static struct str publisher_of(const struct gathering *g, struct str source)
{
    for (size_t i = 0; i < g->source_n; i++)
        if (str_eq(g->source[i].setup.name, source) && g->source[i].setup.publisher.n)
            return g->source[i].setup.publisher;
    return source;
}

static void earlier(when_t *have, when_t t)
{
    if (t != WHEN_NONE && (*have == WHEN_NONE || t < *have))
        *have = t;
}

static int take_notice(struct gathering *g, const struct notice_rev *r, struct report_vuln *v, struct err *e)
{
    struct identify_notice judged = {0};
    const struct notice *n = &r->n;
    bool made;
    char id[24];
    snprintf(id, sizeof(id), "%lld", (long long)r->id);
    earlier(&v->published, n->published);
    if (v->title.n == 0)
        v->title = n->title;
    map_put(&g->seen, str_of(id), &made);
    if (!made)
        return 0;
    struct report_statement s = {.notice = r->id, .source = n->source, .publisher = publisher_of(g, n->source), .title = n->title,
                                 .url = n->url, .lang = n->lang, .published = n->published, .heard = r->heard};
    int rc = notice_store_assessment(g->w->db, r->rev, g->a, &judged.as, &judged.assessed, e);
    if (rc == 0 && judged.assessed) {
        judged.evidence = json_parse(g->a, judged.as.evidence, NULL);
        s.quote = identify_quote(&judged, &s.signal);
    }
    vec_push(&g->out, s);
    return rc;
}

static int take_records(struct gathering *g, struct report_vuln *v, struct err *e)
{
    struct known_vuln *k;
    size_t n;
    struct arena scratch = {0};
    int rc = knowledge_vuln(g->w->knowledge, v->id, g->as_of, &scratch, &k, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct vuln *r = &k[i].v;
        if (r->published == WHEN_NONE || r->published > g->as_of)
            continue;
        earlier(&v->published, r->published);
        if (r->title.n && v->title.n == 0)
            v->title = arena_str(g->a, r->title);
        struct str words = i18n_lang() == LANG_JA && r->description_ja.n ? r->description_ja : r->description;
        if (words.n && v->description.n == 0)
            v->description = arena_str(g->a, words);
        struct str source = arena_str(g->a, r->source);
        vec_push(&g->out, ((struct report_statement){.source = source, .publisher = publisher_of(g, source), .title = arena_str(g->a, v->id),
                                                     .published = r->published, .heard = WHEN_NONE}));
    }
    arena_release(&scratch);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int by_publication(const void *x, const void *y)
{
    const struct report_statement *a = x, *b = y;
    when_t i = a->published == WHEN_NONE ? INT64_MAX : a->published, j = b->published == WHEN_NONE ? INT64_MAX : b->published;
    if (i != j)
        return (i > j) - (i < j);
    int c = str_cmp(a->source, b->source);
    return c ? c : str_cmp(a->title, b->title);
}

static int gather(struct gathering *g, struct report_vuln *v, struct err *e)
{
    struct notice_rev *notice;
    size_t n;
    int rc = notice_store_of_vuln(g->w->db, v->id, g->as_of, STATEMENT_NOTICES, g->a, &notice, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = take_notice(g, &notice[i], v, e);
    return rc ? rc : take_records(g, v, e);
}

int statements_of(const struct world *w, const struct world_source *source, size_t source_n, when_t as_of,
                  struct report_vuln *vuln, size_t vuln_n, struct arena *a, struct report_statement **out, size_t *n,
                  struct err *e)
{
    struct gathering g = {.w = w, .source = source, .source_n = source_n, .as_of = as_of, .a = a};
    *n = 0;
    int rc = knowledge_read_begin(w->knowledge, e);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < vuln_n; i++)
        rc = gather(&g, &vuln[i], e);
    knowledge_read_end(w->knowledge);
    *n = g.out.n;
    *out = arena_array(a, struct report_statement, g.out.n + 1);
    if (g.out.n) {
        memcpy(*out, g.out.p, g.out.n * sizeof(*g.out.p));
        qsort(*out, *n, sizeof(**out), by_publication);
    }
    vec_release(&g.out);
    map_release(&g.seen);
    return rc;
}
