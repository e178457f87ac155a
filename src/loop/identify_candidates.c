/* Which vulnerabilities may concern which products of the fleet. */
#include "loop/identify_parts.h"

static uint32_t vuln_add(struct identify_run *r, struct str id)
{
    bool made;
    uint64_t *at = map_put(&r->vuln_index, id, &made);
    if (made) {
        *at = r->vuln.n;
        *vec_add(&r->vuln) = (struct identify_vuln){.id = arena_str(r->a, id), .published = WHEN_NONE};
    }
    return (uint32_t)*at;
}

static struct candidate *cand_add(struct identify_run *r, uint32_t vuln, uint32_t key, uint32_t notice, bool indexed)
{
    uint32_t pair[2] = {vuln, key};
    bool made;
    uint64_t *at = map_put(&r->cand_index, str_n((const char *)pair, sizeof(pair)), &made);
    if (made) {
        *at = r->cand.n;
        vec_push(&r->cand, ((struct candidate){vuln, key, notice, notice, indexed, false}));
        return &r->cand.p[*at];
    }
    struct candidate *c = &r->cand.p[*at];
    if (c->notice == NO_NOTICE)
        c->notice = notice;
    if (notice != NO_NOTICE) /* they come newest first */
        c->oldest = notice;
    c->indexed |= indexed;
    return c;
}

static bool wanted(const struct identify_run *r, struct str id)
{
    return r->o->only_vuln.n == 0 || str_eq(r->o->only_vuln, id);
}

static int from_knowledge(struct identify_run *r, struct err *e)
{
    for (uint32_t k = 0; k < r->f->key_n; k++) {
        struct str *id;
        size_t n;
        int rc = knowledge_of_product(r->w->knowledge, r->f->key[k], &r->scratch, &id, &n, e);
        if (rc)
            return rc;
        for (size_t i = 0; i < n; i++)
            if (wanted(r, id[i]))
                cand_add(r, vuln_add(r, id[i]), k, NO_NOTICE, true);
        arena_clear(&r->scratch);
    }
    return 0;
}

static uint32_t key_index(const struct map *keys, struct str key)
{
    const uint64_t *v = map_get(keys, key);
    return v ? (uint32_t)*v : UINT32_MAX;
}

/* The ids a notice speaks of: its CVEs, or itself when it names none. */
static size_t notice_vulns(struct identify_run *r, const struct identify_notice *n, uint32_t *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < n->rev.n.cve_n && count < max; i++)
        if (wanted(r, n->rev.n.cve[i]))
            out[count++] = vuln_add(r, n->rev.n.cve[i]);
    for (uint32_t i = 0; n->scope && i < n->scope->n && count < max; i++)
        if (wanted(r, n->scope->key[i]))
            out[count++] = vuln_add(r, n->scope->key[i]);
    if (count == 0 && n->rev.n.cve_n == 0 && wanted(r, n->rev.n.id))
        out[count++] = vuln_add(r, n->rev.n.id);
    return count;
}

/* A product that the publisher lists, by CPE or in words. */
static struct str listed_key(struct identify_run *r, const struct notice_product *p)
{
    struct name_match m;
    struct name_input in = {.product = p->product.n ? p->product : p->cpe, .vendor = p->vendor};
    if (p->product.n == 0 && p->cpe.n == 0)
        return (struct str){0};
    if (name_match(&r->w->names, &in, &r->scratch, &m, NULL) != 0 || m.kind < NAME_RULE)
        return (struct str){0};
    return str_of(arena_printf(&r->scratch, STR_FMT ":" STR_FMT, STR_ARG(m.vendor), STR_ARG(m.product)));
}

/* Does any record of these vulnerabilities list the product? */
static int spoken_of(struct identify_run *r, uint32_t k, const struct identify_notice *n, bool *out, struct err *e)
{
    bool made;
    map_put(&r->spoken, r->f->key[k], &made);
    if (made) {
        struct str *id;
        size_t id_n;
        int rc = knowledge_of_product(r->w->knowledge, r->f->key[k], &r->scratch, &id, &id_n, e);
        if (rc)
            return rc;
        for (size_t i = 0; i < id_n; i++)
            map_put(&r->spoken, str_of(arena_printf(&r->scratch, STR_FMT " " STR_FMT, STR_ARG(r->f->key[k]), STR_ARG(id[i]))), NULL);
    }
    *out = false;
    for (size_t i = 0; !*out && i < n->rev.n.cve_n; i++)
        *out = map_get(&r->spoken, str_of(arena_printf(&r->scratch, STR_FMT " " STR_FMT, STR_ARG(r->f->key[k]), STR_ARG(n->rev.n.cve[i])))) != NULL;
    return 0;
}

#define NOTICE_VULNS 256

/* main: the notice is about this product, rather than naming it on the way. */
static int add_named(struct identify_run *r, uint32_t at, uint32_t k, const uint32_t *vuln, size_t vuln_n, bool main, struct err *e)
{
    bool spoken = true;
    int rc = main && vuln_n ? spoken_of(r, k, &r->out->notice[at], &spoken, e) : 0;
    for (size_t v = 0; rc == 0 && v < vuln_n; v++)
        cand_add(r, vuln[v], k, at, false)->alone |= !spoken;
    return rc;
}

static int from_notice(struct identify_run *r, const struct map *keys, uint32_t at, struct err *e)
{
    int rc = 0;
    const struct identify_notice *n = &r->out->notice[at];
    uint32_t vuln[NOTICE_VULNS];
    size_t vuln_n = notice_vulns(r, n, vuln, NOTICE_VULNS);
    for (size_t i = 0; rc == 0 && i < json_len(n->products); i++) {
        const struct json *p = json_at(n->products, i);
        uint32_t k = key_index(keys, json_get_str(p, "key"));
        if (k != UINT32_MAX)
            rc = add_named(r, at, k, vuln, vuln_n, json_bool(json_get(p, "title"), false), e);
    }
    for (size_t i = 0; rc == 0 && i < n->rev.n.product_n; i++) {
        uint32_t k = key_index(keys, listed_key(r, &n->rev.n.product[i]));
        if (k != UINT32_MAX)
            rc = add_named(r, at, k, vuln, vuln_n, true, e);
    }
    arena_clear(&r->scratch);
    return rc;
}

int identify_candidates(struct identify_run *r, struct err *e)
{
    struct map keys = {0};
    for (uint32_t k = 0; k < r->f->key_n; k++)
        *map_put(&keys, r->f->key[k], NULL) = k;
    int rc = from_knowledge(r, e);
    for (uint32_t i = 0; rc == 0 && i < r->out->notice_n; i++)
        rc = from_notice(r, &keys, i, e);
    map_release(&keys);
    return rc;
}
