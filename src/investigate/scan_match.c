#include "investigate/scan_match.h"

#include <hs/hs.h>

#include "investigate/packs/pack_regex.h"

#define PLAIN_OVERLAP 4096 /* longest match across two pieces, without the engine */

struct group {
    uint32_t first, n;    /* in ids */
    struct str text;      /* without the engine */
    struct pack_regex *rx;
    bool cased, wide;
};
struct scan_match {
    hs_database_t *db; /* NULL: no pattern, or no engine */
    bool plain;
    VEC(struct group) group;
    VEC(uint32_t) ids;
    VEC(uint32_t) rest;
};
struct scan_scratch {
    hs_scratch_t *hs;
};

/* ---- building ---- */

struct build {
    struct scan_match *m;
    struct arena a;
    VEC(char *) expr;
    VEC(unsigned) flags;
    VEC(unsigned) id;
};

static char *literal_expr(struct arena *a, struct str s, bool wide)
{
    char *out = arena_alloc(a, s.n * 8 + 1), *p = out;
    for (size_t i = 0; i < s.n; i++) {
        p += sprintf(p, "\\x%02x", (unsigned char)s.p[i]);
        if (wide)
            p += sprintf(p, "\\x00");
    }
    *p = 0;
    return out;
}

static bool expressible(const char *expr, unsigned flags)
{
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *error = NULL;
    bool ok = hs_expression_info(expr, flags, &info, &error) == HS_SUCCESS && info->min_width > 0;
    hs_free_compile_error(error);
    free(info);
    return ok;
}

static void give_up(struct build *b, unsigned group)
{
    const struct group *g = &b->m->group.p[group];
    for (uint32_t i = 0; i < g->n; i++)
        vec_push(&b->m->rest, b->m->ids.p[g->first + i]);
}

static void add_expr(struct build *b, char *expr, unsigned flags, unsigned group)
{
    vec_push(&b->expr, expr);
    vec_push(&b->flags, flags);
    vec_push(&b->id, group);
}

static void add_group(struct build *b, const struct pack_pattern *p, unsigned group, unsigned flags)
{
    unsigned f = (p->cased ? 0 : HS_FLAG_CASELESS) | (flags & SCAN_MATCH_ONCE ? HS_FLAG_SINGLEMATCH : 0);
    if (!p->text.n) {
        give_up(b, group);
        return;
    }
    if (p->regex) {
        char *expr = arena_dup(&b->a, p->text.p, p->text.n);
        f |= HS_FLAG_MULTILINE;
        if (!expressible(expr, f) && !expressible(expr, f |= HS_FLAG_PREFILTER))
            give_up(b, group);
        else
            add_expr(b, expr, f, group);
        return;
    }
    add_expr(b, literal_expr(&b->a, p->text, false), f, group);
    if (p->wide)
        add_expr(b, literal_expr(&b->a, p->text, true), f, group);
}

static void drop(struct build *b, size_t i)
{
    give_up(b, b->id.p[i]);
    size_t last = --b->expr.n;
    b->flags.n = b->id.n = last;
    b->expr.p[i] = b->expr.p[last];
    b->flags.p[i] = b->flags.p[last];
    b->id.p[i] = b->id.p[last];
}

/* What is too large or too strange for the engine goes to the rest, one by one. */
static int compile(struct build *b, unsigned flags, struct err *e)
{
    unsigned mode = flags & SCAN_MATCH_STREAM ? HS_MODE_STREAM : HS_MODE_BLOCK;
    while (b->expr.n) {
        hs_compile_error_t *error = NULL;
        if (hs_compile_multi((const char *const *)b->expr.p, b->flags.p, b->id.p, (unsigned)b->expr.n, mode, NULL, &b->m->db,
                             &error) == HS_SUCCESS)
            return 0;
        int at = error->expression;
        if (at < 0 || (size_t)at >= b->expr.n) {
            int rc = err_set(e, ERR_INTERNAL, "the patterns of the packs cannot be compiled: %s", error->message);
            hs_free_compile_error(error);
            return rc;
        }
        hs_free_compile_error(error);
        drop(b, (size_t)at);
    }
    return 0;
}

static void plain_group(struct scan_match *m, struct build *b, struct group *g, const struct pack_pattern *p, unsigned group)
{
    g->text = p->text;
    g->cased = p->cased;
    g->wide = p->wide;
    g->rx = p->regex ? pack_regex_new(p->text, p->cased ? PACK_REGEX_CASED | PACK_REGEX_MULTILINE : PACK_REGEX_MULTILINE, NULL) : NULL;
    if ((p->regex && !g->rx) || !p->text.n)
        give_up(b, group);
    m->plain = true;
}

struct keyed {
    struct buf key;
    uint32_t group;
};

/* Equal patterns get one group; ids of a group stand side by side. */
static void make_groups(struct build *b, const struct pack_pattern *p, size_t n, struct map *seen)
{
    struct scan_match *m = b->m;
    uint32_t *of = arena_array(&b->a, uint32_t, n + 1);
    struct buf key = BUF_INIT(LIMIT_RECORD);
    for (size_t i = 0; i < n; i++) {
        bool made;
        buf_clear(&key);
        buf_printf(&key, "%d%d%d", p[i].regex, p[i].cased, p[i].wide);
        buf_add_str(&key, p[i].text);
        uint64_t *at = map_put(seen, buf_str(&key), &made);
        if (made) {
            *at = m->group.n;
            vec_push(&m->group, ((struct group){.n = 0}));
        }
        of[i] = (uint32_t)*at;
        m->group.p[of[i]].n++;
    }
    uint32_t first = 0;
    for (size_t g = 0; g < m->group.n; g++) {
        m->group.p[g].first = first;
        first += m->group.p[g].n;
        m->group.p[g].n = 0;
    }
    vec_reserve(&m->ids, n + 1);
    m->ids.n = n;
    for (size_t i = 0; i < n; i++) {
        struct group *g = &m->group.p[of[i]];
        m->ids.p[g->first + g->n++] = p[i].id;
    }
    buf_release(&key);
}

int scan_match_new(struct scan_match **out, const struct pack_pattern *p, size_t n, unsigned flags, struct err *e)
{
    struct scan_match *m = mem_zalloc(sizeof(*m));
    struct build b = {.m = m};
    struct map seen = {0};
    bool plain = (flags & SCAN_MATCH_PLAIN) || hs_valid_platform() != HS_SUCCESS;
    *out = NULL;
    make_groups(&b, p, n, &seen);
    map_release(&seen);
    VEC(bool) done = {0};
    vec_reserve(&done, m->group.n + 1);
    memset(done.p, 0, (m->group.n + 1) * sizeof(bool));
    /* The first pattern of a group stands for it: find it by its id. */
    struct map by_id = {0};
    for (size_t i = 0, g; i < n; i++) {
        struct buf key = BUF_INIT(LIMIT_RECORD);
        bool made;
        buf_printf(&key, "%d%d%d", p[i].regex, p[i].cased, p[i].wide);
        buf_add_str(&key, p[i].text);
        uint64_t *at = map_put(&by_id, buf_str(&key), &made);
        buf_release(&key);
        if (!made)
            continue;
        *at = g = by_id.n - 1;
        if (plain)
            plain_group(m, &b, &m->group.p[g], &p[i], (unsigned)g);
        else
            add_group(&b, &p[i], (unsigned)g, flags);
    }
    map_release(&by_id);
    vec_release(&done);
    int rc = plain ? 0 : compile(&b, flags, e);
    vec_release(&b.expr);
    vec_release(&b.flags);
    vec_release(&b.id);
    arena_release(&b.a);
    if (rc < 0) {
        scan_match_free(m);
        return rc;
    }
    *out = m;
    return 0;
}
