#include "investigate/scan_match.h"

#include <hs/hs.h>
#include <stdio.h>

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
    VEC(const char *) bytes; /* what the expression stands for, when that is plain bytes; for compile_literals */
    VEC(size_t) size;
    bool regex; /* not all are */
};

static char *literal_expr(struct arena *a, struct str s, bool wide)
{
    char *out = arena_alloc(a, s.n * 8 + 1), *p = out;
    for (size_t i = 0; i < s.n; i++) {
        p += snprintf(p, 5, "\\x%02x", (unsigned char)s.p[i]);
        if (wide)
            p += snprintf(p, 5, "\\x00");
    }
    *p = 0;
    return out;
}

static struct str wide_bytes(struct arena *a, struct str s)
{
    char *p = arena_zalloc(a, s.n * 2 + 1);
    for (size_t i = 0; i < s.n; i++)
        p[2 * i] = s.p[i];
    return str_n(p, s.n * 2);
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

/* bytes.p NULL: a regular expression. */
static void add_expr(struct build *b, char *expr, struct str bytes, unsigned flags, unsigned group)
{
    vec_push(&b->expr, expr);
    vec_push(&b->bytes, bytes.p);
    vec_push(&b->size, bytes.n);
    b->regex |= !bytes.p;
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
        if ((flags & (SCAN_MATCH_ONCE | SCAN_MATCH_STREAM)) != SCAN_MATCH_ONCE)
            f |= HS_FLAG_MULTILINE; /* a name is one line */
        if (!expressible(expr, f) && !expressible(expr, f |= HS_FLAG_PREFILTER))
            give_up(b, group);
        else
            add_expr(b, expr, (struct str){0}, f, group);
        return;
    }
    add_expr(b, literal_expr(&b->a, p->text, false), p->text, f, group);
    if (p->wide)
        add_expr(b, literal_expr(&b->a, p->text, true), wide_bytes(&b->a, p->text), f, group);
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

/* Plain bytes alone are compiled in half the time. */
static bool compile_literals(struct build *b, unsigned mode)
{
    hs_compile_error_t *error = NULL;
    bool ok = !b->regex && b->expr.n &&
              hs_compile_lit_multi(b->bytes.p, b->flags.p, b->id.p, b->size.p, (unsigned)b->expr.n, mode, NULL, &b->m->db, &error) == HS_SUCCESS;
    hs_free_compile_error(error);
    return ok;
}

/* What is too large or too strange for the engine goes to the rest, one by one. */
static int compile(struct build *b, unsigned flags, struct err *e)
{
    unsigned mode = flags & SCAN_MATCH_STREAM ? HS_MODE_STREAM : HS_MODE_BLOCK;
    if (compile_literals(b, mode))
        return 0;
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


static void plain_group(struct build *b, const struct pack_pattern *p, unsigned group)
{
    struct group *g = &b->m->group.p[group];
    unsigned f = PACK_REGEX_MULTILINE | (p->cased ? PACK_REGEX_CASED : 0);
    g->text = p->text;
    g->cased = p->cased;
    g->wide = p->wide;
    g->rx = p->regex ? pack_regex_new(p->text, f, NULL) : NULL;
    if ((p->regex && !g->rx) || !p->text.n) {
        give_up(b, group);
        g->text.n = 0;
    }
}

/* Equal patterns get one group; ids of a group stand side by side. *first: the pattern that stands for it. */
static void make_groups(struct build *b, const struct pack_pattern *p, size_t n, const struct pack_pattern ***first)
{
    struct scan_match *m = b->m;
    uint32_t *of = arena_array(&b->a, uint32_t, n + 1), at = 0;
    struct buf key = BUF_INIT(LIMIT_RECORD);
    struct map seen = {0};
    *first = arena_array(&b->a, const struct pack_pattern *, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool made;
        buf_clear(&key);
        buf_printf(&key, "%d%d%d", p[i].regex, p[i].cased, p[i].wide);
        buf_add_str(&key, p[i].text);
        uint64_t *g = map_put(&seen, buf_str(&key), &made);
        if (made) {
            *g = m->group.n;
            (*first)[*g] = &p[i];
            vec_push(&m->group, ((struct group){.n = 0}));
        }
        of[i] = (uint32_t)*g;
        m->group.p[of[i]].n++;
    }
    for (size_t g = 0; g < m->group.n; g++) {
        m->group.p[g].first = at;
        at += m->group.p[g].n;
        m->group.p[g].n = 0;
    }
    vec_reserve(&m->ids, n + 1);
    m->ids.n = n;
    for (size_t i = 0; i < n; i++) {
        struct group *g = &m->group.p[of[i]];
        m->ids.p[g->first + g->n++] = p[i].id;
    }
    buf_release(&key);
    map_release(&seen);
}

int scan_match_new(struct scan_match **out, const struct pack_pattern *p, size_t n, unsigned flags, struct err *e)
{
    struct scan_match *m = mem_zalloc(sizeof(*m));
    struct build b = {.m = m};
    const struct pack_pattern **first;
    m->plain = (flags & SCAN_MATCH_PLAIN) || hs_valid_platform() != HS_SUCCESS;
    *out = NULL;
    make_groups(&b, p, n, &first);
    for (unsigned g = 0; g < m->group.n; g++) {
        if (m->plain)
            plain_group(&b, first[g], g);
        else
            add_group(&b, first[g], g, flags);
    }
    int rc = m->plain ? 0 : compile(&b, flags, e);
    vec_release(&b.expr);
    vec_release(&b.flags);
    vec_release(&b.id);
    vec_release(&b.bytes);
    vec_release(&b.size);
    arena_release(&b.a);
    if (rc < 0) {
        scan_match_free(m);
        return rc;
    }
    *out = m;
    return 0;
}

void scan_match_free(struct scan_match *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->group.n; i++)
        pack_regex_free(m->group.p[i].rx);
    hs_free_database(m->db);
    vec_release(&m->group);
    vec_release(&m->ids);
    vec_release(&m->rest);
    free(m);
}

size_t scan_match_count(const struct scan_match *m)
{
    return m->group.n;
}

const uint32_t *scan_match_rest(const struct scan_match *m, size_t *n)
{
    *n = m->rest.n;
    return m->rest.p;
}

int scan_scratch_new(struct scan_scratch **out, const struct scan_match *const *m, size_t n, struct err *e)
{
    struct scan_scratch *s = mem_zalloc(sizeof(*s));
    *out = NULL;
    for (size_t i = 0; i < n; i++)
        if (m[i] && m[i]->db && hs_alloc_scratch(m[i]->db, &s->hs) != HS_SUCCESS) {
            scan_scratch_free(s);
            return err_set(e, ERR_INTERNAL, "the pattern engine cannot be made ready");
        }
    *out = s;
    return 0;
}

int scan_scratch_grow(struct scan_scratch *s, const struct scan_match *m, struct err *e)
{
    if (m->db && hs_alloc_scratch(m->db, &s->hs) != HS_SUCCESS)
        return err_set(e, ERR_INTERNAL, "the pattern engine cannot be made ready");
    return 0;
}

void scan_scratch_free(struct scan_scratch *s)
{
    if (!s)
        return;
    hs_free_scratch(s->hs);
    free(s);
}

/* ---- scanning ---- */

struct call {
    const struct scan_match *m;
    scan_match_hit hit;
    void *ctx;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    const struct call *c = ctx;
    const struct group *g = &c->m->group.p[id];
    (void)from;
    (void)flags;
    return c->hit(c->ctx, c->m->ids.p + g->first, g->n, to);
}

struct found {
    uint64_t end;
    uint32_t group;
};

static int by_end(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return x->end < y->end ? -1 : x->end > y->end;
}

static size_t plain_find(const struct group *g, struct str s, size_t *end)
{
    struct str took;
    if (g->rx) {
        if (pack_regex_capture(g->rx, s, &took) != TRI_YES)
            return STR_NONE;
        *end = (size_t)(took.p - s.p) + MAX(took.n, 1U);
        return 0;
    }
    size_t at = g->cased ? str_find(s, g->text) : str_find_i(s, g->text);
    *end = at == STR_NONE ? 0 : at + g->text.n;
    return at;
}

/* As UTF-16LE: every second byte is NUL. */
static bool plain_wide(const struct group *g, struct str s, size_t *end)
{
    for (size_t i = 0; i + 2 * g->text.n <= s.n; i++) {
        size_t k = 0;
        for (; k < g->text.n && s.p[i + 2 * k + 1] == 0; k++) {
            struct str a = str_n(s.p + i + 2 * k, 1), b = str_n(g->text.p + k, 1);
            if (g->cased ? !str_eq(a, b) : !str_ieq(a, b))
                break;
        }
        if (k == g->text.n) {
            *end = i + 2 * k;
            return true;
        }
    }
    return false;
}

static void plain_scan(const struct scan_match *m, struct str bytes, uint64_t base, scan_match_hit hit, void *ctx)
{
    VEC(struct found) all = {0};
    for (uint32_t i = 0; i < m->group.n; i++) {
        const struct group *g = &m->group.p[i];
        size_t at = 0, end;
        if (!g->text.n)
            continue;
        while (at < bytes.n && plain_find(g, str_sub(bytes, at, bytes.n), &end) != STR_NONE) {
            at += end;
            vec_push(&all, ((struct found){at, i}));
        }
        for (at = 0; g->wide && !g->rx && at < bytes.n && plain_wide(g, str_sub(bytes, at, bytes.n), &end); at += end)
            vec_push(&all, ((struct found){at + end, i}));
    }
    if (all.n)
        qsort(all.p, all.n, sizeof(*all.p), by_end);
    for (size_t i = 0; i < all.n; i++) {
        const struct group *g = &m->group.p[all.p[i].group];
        if (hit(ctx, m->ids.p + g->first, g->n, base + all.p[i].end))
            break;
    }
    vec_release(&all);
}

void scan_match_scan(const struct scan_match *m, struct scan_scratch *s, struct str bytes, scan_match_hit hit, void *ctx)
{
    struct call c = {m, hit, ctx};
    if (m->plain)
        plain_scan(m, bytes, 0, hit, ctx);
    else if (m->db && bytes.n)
        (void)hs_scan(m->db, bytes.p, (unsigned)bytes.n, 0, s->hs, on_match, &c);
}

void scan_stream_begin(struct scan_stream *t, const struct scan_match *m, struct scan_scratch *s, scan_match_hit hit, void *ctx)
{
    hs_stream_t *id = NULL;
    *t = (struct scan_stream){.m = m, .s = s, .tail = BUF_INIT(LIMIT_FILE_WHOLE), .hit = hit, .ctx = ctx};
    if (m->db)
        (void)hs_open_stream(m->db, 0, &id);
    t->id = id;
}

void scan_stream_add(struct scan_stream *t, struct str bytes)
{
    struct call c = {t->m, t->hit, t->ctx};
    if (t->id)
        (void)hs_scan_stream(t->id, bytes.p, (unsigned)bytes.n, 0, t->s->hs, on_match, &c);
    if (t->m->plain) {
        buf_add_str(&t->tail, bytes);
        plain_scan(t->m, buf_str(&t->tail), t->at + bytes.n - t->tail.n, t->hit, t->ctx);
        size_t keep = MIN(t->tail.n, (size_t)PLAIN_OVERLAP);
        memmove(t->tail.p, t->tail.p + t->tail.n - keep, keep);
        t->tail.n = keep;
    }
    t->at += bytes.n;
}

void scan_stream_end(struct scan_stream *t)
{
    struct call c = {t->m, t->hit, t->ctx};
    if (t->id)
        (void)hs_close_stream(t->id, t->s->hs, on_match, &c);
    buf_release(&t->tail);
}
