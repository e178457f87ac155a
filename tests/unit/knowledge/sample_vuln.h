/* sample_vuln.h — a struct vuln with something in every field, and a list of all its strings. */
#ifndef TOBAN_TESTS_SAMPLE_VULN_H
#define TOBAN_TESTS_SAMPLE_VULN_H

#include "model/vuln.h"

/* A field added to the model must be added below, too. */
_Static_assert(sizeof(struct cpe_match) == 6 * sizeof(struct str) + 8, "cpe_match");
_Static_assert(sizeof(struct cpe_node) == 24 && sizeof(struct cpe_config) == 24, "cpe_node, cpe_config");
_Static_assert(sizeof(struct affected_change) == 2 * sizeof(struct str), "affected_change");
_Static_assert(sizeof(struct affected_version) == 5 * sizeof(struct str) + 16, "affected_version");
_Static_assert(sizeof(struct affected) == 7 * sizeof(struct str) + 6 * 8, "affected");
_Static_assert(sizeof(struct vendor_product) == 11 * sizeof(struct str), "vendor_product");
_Static_assert(sizeof(struct metric) == 4 * sizeof(struct str) + 8, "metric");
_Static_assert(sizeof(struct ssvc_points) == 4 * sizeof(struct str) + 8, "ssvc_points");
_Static_assert(sizeof(struct kev) == 7 * sizeof(struct str) + 24, "kev");
_Static_assert(sizeof(struct reference) == 2 * sizeof(struct str), "reference");
_Static_assert(sizeof(struct vuln) ==
                   9 * sizeof(struct str) + 32 + sizeof(struct ssvc_points) + sizeof(struct kev) + 14 * 8,
               "vuln");

typedef VEC(struct str *) sample_list;

static inline void sample_put(sample_list *l, struct str *const *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vec_push(l, field[i]);
}
#define SAMPLE(l, ...)                                                                                       \
    sample_put((l), (struct str *const[]){__VA_ARGS__}, ARRAY_LEN(((struct str *const[]){__VA_ARGS__})))

static inline void sample_affected(struct affected *f, sample_list *l)
{
    SAMPLE(l, &f->vendor, &f->product, &f->package_name, &f->collection_url, &f->purl, &f->default_status,
           &f->source);
    for (size_t i = 0; i < f->cpe_n; i++)
        vec_push(l, &f->cpe[i]);
    for (size_t i = 0; i < f->platform_n; i++)
        vec_push(l, &f->platform[i]);
    for (size_t i = 0; i < f->version_n; i++) {
        struct affected_version *v = &f->version[i];
        SAMPLE(l, &v->version, &v->less_than, &v->less_or_equal, &v->status, &v->version_type);
        for (size_t k = 0; k < v->change_n; k++)
            SAMPLE(l, &v->change[k].at, &v->change[k].status);
    }
}

/* Every string of v, in the order of the model. */
static inline void sample_strings(struct vuln *v, sample_list *l)
{
    SAMPLE(l, &v->id, &v->source, &v->source_id, &v->status, &v->title, &v->description, &v->description_ja,
           &v->exploited, &v->exploited_quote, &v->ssvc.source, &v->ssvc.exploitation, &v->ssvc.automatable,
           &v->ssvc.technical_impact, &v->kev.source, &v->kev.cve, &v->kev.vendor, &v->kev.product,
           &v->kev.name, &v->kev.action, &v->kev.notes);
    for (size_t i = 0; i < v->metric_n; i++)
        SAMPLE(l, &v->metric[i].source, &v->metric[i].type, &v->metric[i].version, &v->metric[i].vector);
    for (size_t i = 0; i < v->config_n; i++)
        for (size_t n = 0; n < v->config[i].node_n; n++)
            for (size_t m = 0; m < v->config[i].node[n].match_n; m++) {
                struct cpe_match *c = &v->config[i].node[n].match[m];
                SAMPLE(l, &c->criteria, &c->match_id, &c->start_incl, &c->start_excl, &c->end_incl,
                       &c->end_excl);
            }
    for (size_t i = 0; i < v->affected_n; i++)
        sample_affected(&v->affected[i], l);
    for (size_t i = 0; i < v->product_n; i++) {
        struct vendor_product *p = &v->product[i];
        SAMPLE(l, &p->product_id, &p->name, &p->cpe, &p->purl, &p->status, &p->kb, &p->fixed_build,
               &p->supersedes, &p->subtype, &p->restart, &p->url);
    }
    for (size_t i = 0; i < v->ref_n; i++)
        SAMPLE(l, &v->ref[i].url, &v->ref[i].tags);
    for (size_t i = 0; i < v->cwe_n; i++)
        vec_push(l, &v->cwe[i]);
    for (size_t i = 0; i < v->alias_n; i++)
        vec_push(l, &v->alias[i]);
}

static inline void sample_arrays(struct vuln *v, struct arena *a)
{
#define TWO(x)                                                                                               \
    do {                                                                                                     \
        (x) = arena_zalloc(a, 2 * sizeof(*(x)));                                                             \
        x##_n = 2;                                                                                           \
    } while (0)
    TWO(v->metric);
    TWO(v->config);
    TWO(v->affected);
    TWO(v->product);
    TWO(v->ref);
    TWO(v->cwe);
    TWO(v->alias);
    for (size_t i = 0; i < 2; i++) {
        TWO(v->config[i].node);
        TWO(v->config[i].node[0].match);
        TWO(v->affected[i].cpe);
        TWO(v->affected[i].platform);
        TWO(v->affected[i].version);
        TWO(v->affected[i].version[1].change);
    }
#undef TWO
}

/* Each string another one, one of them empty, one with a NUL, one long. */
static inline void sample_vuln(struct vuln *v, struct arena *a)
{
    sample_list l = {0};
    *v = (struct vuln){
        .state = VULN_REJECTED, .published = -1, .modified = 1614740400 * WHEN_SEC, .known = INT64_MAX};
    sample_arrays(v, a);
    v->ssvc.when = WHEN_NONE;
    v->kev.added = 5;
    v->kev.due = INT64_MIN + 1;
    v->kev.ransomware = true;
    v->metric[0].score = 9.8;
    v->metric[1].score = -1;
    v->config[0].op_and = v->config[1].negate = true;
    v->config[0].node[1].op_and = v->config[1].node[0].negate = true;
    v->config[0].node[0].match[1].vulnerable = true;
    sample_strings(v, &l);
    for (size_t i = 0; i < l.n; i++)
        *l.p[i] = str_of(arena_printf(a, "%zu 文字列", i));
    v->description = str_n(arena_zalloc(a, 100000), 100000);
    v->title = (struct str){0};
    v->status = STR_LIT("a\0b");
    vec_release(&l);
}

#endif
