#include "investigate/scan_names.h"

#include "investigate/packs/pack_need.h"
#include "investigate/packs/pack_rare.h"

#define GRAM 4
#define BITS 17 /* of the first table: 16 KiB stay in the nearest cache */
#define NONE UINT32_MAX
#define ORDINARY 1000000UL
#define LOOSE_MAX 8
#define ENTRIES_MAX 256 /* of a window, that a text's probe is held against */
#define ANY UINT16_MAX

struct text {
    const uint16_t *code; /* pack_need_text */
    uint32_t n;
    uint32_t gram, at; /* its window, and where that is */
    uint32_t use;      /* first */
};
struct slot {
    uint32_t gram, first, n; /* texts of this window stand side by side; n 0: empty */
};
/* Four of its bytes; those of a class count for nothing. */
struct probe {
    uint32_t want, mask;
};
/* A text of a window: what it has besides that the fewest others have is looked at first. */
struct entry {
    struct probe probe;
    uint32_t text;
    uint8_t before, behind; /* bytes of the text before the window's first, and from that on */
    uint8_t at;             /* of the probe in the text */
};
/* A text is in the paths that an indicator may fit; behind it lie at most max of code, then one of the texts `then`. */
struct use {
    uint32_t id, next;
    uint32_t then, then_n; /* in need.text; none: that was all */
    uint32_t max;
    struct probe probe; /* what all of `then` begin with; mask 0: nothing, or fewer than four bytes */
    uint16_t code;
    uint16_t begin; /* first code of all of `then`; ANY: they differ */
};
struct loose {
    const uint16_t *code;
    uint32_t n, at; /* at: where its first byte is */
    uint32_t id;
};
struct scan_names {
    struct scan_match *rest;
    VEC(struct pack_pattern) pattern; /* of rest */
    VEC(struct text) text;
    VEC(struct use) use;
    struct pack_need need; /* owns the codes */
    VEC(uint32_t) order;     /* texts by window */
    struct entry *entry;     /* owns; as order */
    struct slot *slot;       /* owns; by the upper bits of the hash */
    VEC(struct loose) loose; /* texts without a window: a few may be */
    unsigned shift;
    uint64_t bit[(1U << BITS) / 64];
};

static uint32_t load(const char *p)
{
    uint32_t w;
    memcpy(&w, p, GRAM);
    return w;
}

static uint32_t hash(uint32_t gram)
{
    return gram * 0x9e3779b1U;
}

static struct probe probe_of(const uint16_t *code)
{
    unsigned char want[GRAM] = {0}, mask[GRAM] = {0};
    struct probe p;
    for (int i = 0; i < GRAM; i++)
        if (code[i] < 256) {
            want[i] = (unsigned char)code[i];
            mask[i] = 0xFF;
        }
    memcpy(&p.want, want, GRAM);
    memcpy(&p.mask, mask, GRAM);
    return p;
}

static bool probe_is(struct probe p, uint32_t gram)
{
    return ((gram ^ p.want) & p.mask) == 0;
}

/* ---- building ---- */

struct build {
    struct scan_names *m;
    struct map text; /* codes → index */
    struct map used; /* window → how many texts have it */
};

/* False: a class is in it. */
static bool gram_at(const struct pack_need_text *t, uint32_t at, char *out)
{
    for (uint32_t i = 0; i < GRAM; i++) {
        if (t->code[at + i] > 255)
            return false;
        out[i] = (char)t->code[at + i];
    }
    return true;
}

/* The window that the fewest texts have. Where all are ordinary, the one that most have: it is met often, so let it be
 * looked up once for all of them. */
static uint32_t add_text(struct build *b, const struct pack_need_text *t)
{
    uint64_t best_cost = UINT64_MAX;
    char gram[GRAM], best[GRAM] = {0};
    uint32_t at = 0;
    bool made;
    uint64_t *have = map_put(&b->text, str_n((const char *)t->code, t->n * sizeof(*t->code)), &made);
    if (!made)
        return (uint32_t)*have;
    *have = b->m->text.n;
    for (uint32_t i = 0; i + GRAM <= t->n; i++) {
        if (!gram_at(t, i, gram))
            continue;
        const uint64_t *n = map_get(&b->used, str_n(gram, GRAM));
        uint64_t have_n = n ? *n : 0, cost = pack_rare_cost(str_n(gram, GRAM)) < PACK_RARE_ORDINARY ? have_n : 2 * ORDINARY - have_n;
        if (cost < best_cost) {
            best_cost = cost;
            memcpy(best, gram, GRAM);
            at = i;
        }
    }
    ++*map_put(&b->used, str_n(best, GRAM), NULL);
    vec_push(&b->m->text, ((struct text){t->code, t->n, load(best), at, NONE}));
    return (uint32_t)(b->m->text.n - 1);
}

static void add_loose(struct scan_names *m, uint32_t id, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++) {
        const struct pack_need_text *t = &m->need.text.p[k];
        uint32_t at = 0;
        while (t->code[at] > 255) /* the window of two says that there is one */
            at++;
        vec_push(&m->loose, ((struct loose){t->code, t->n, at, id}));
    }
}

/* 0xFF where a byte is not 0. */
static uint32_t byte_differs(uint32_t x)
{
    unsigned char b[GRAM];
    memcpy(b, &x, GRAM);
    for (int i = 0; i < GRAM; i++)
        b[i] = b[i] ? 0xFF : 0;
    memcpy(&x, b, GRAM);
    return x;
}

static void add_indicator(struct build *b, const struct pack_eval *v, const struct pack_pattern *p)
{
    struct scan_names *m = b->m;
    struct pack_need_follow f;
    size_t from = m->need.text.n;
    const struct pack_regex *rx = pack_eval_at(v, p->id).indicator->rx;
    if (!pack_need_find(&m->need, rx, GRAM, &f)) {
        if (m->loose.n >= LOOSE_MAX || !pack_need_find(&m->need, rx, 2, &f))
            vec_push(&m->pattern, *p);
        else
            add_loose(m, p->id, from, f.first);
        return;
    }
    uint16_t begin = f.n && m->need.text.p[f.first].n ? m->need.text.p[f.first].code[0] : ANY;
    struct probe probe = {0};
    for (size_t k = f.first; k < f.first + f.n; k++) {
        const struct pack_need_text *t = &m->need.text.p[k];
        struct probe one = {0};
        if (!t->n || t->code[0] != begin)
            begin = ANY;
        if (t->n >= GRAM)
            one = probe_of(t->code);
        probe = k == f.first ? one : (struct probe){one.want, probe.mask & one.mask & ~byte_differs(probe.want ^ one.want)};
    }
    for (size_t k = from; k < f.first; k++) {
        uint32_t t = add_text(b, &m->need.text.p[k]);
        vec_push(&m->use, ((struct use){p->id, m->text.p[t].use, (uint32_t)f.first, (uint32_t)f.n, f.max, probe, f.code, begin}));
        m->text.p[t].use = (uint32_t)(m->use.n - 1);
    }
}

static int by_gram(const void *a, const void *b, void *ctx)
{
    const struct scan_names *m = ctx;
    uint32_t x = m->text.p[*(const uint32_t *)a].gram, y = m->text.p[*(const uint32_t *)b].gram;
    return x < y ? -1 : x > y;
}

static struct slot *slot_of(const struct scan_names *m, uint32_t gram)
{
    size_t i = hash(gram) >> m->shift, mask = (1U << (32 - m->shift)) - 1;
    while (m->slot[i].n && m->slot[i].gram != gram)
        i = (i + 1) & mask;
    return &m->slot[i];
}

/* Texts that stand under one window mostly differ in what lies far from it: the end of a name, not its folder. */
static void make_entries(struct scan_names *m, const struct slot *s)
{
    for (uint32_t j = s->first; j < s->first + s->n; j++) {
        const struct text *t = &m->text.p[m->order.p[j]];
        uint32_t fewest = UINT32_MAX;
        m->entry[j] = (struct entry){{0}, m->order.p[j], (uint8_t)t->at, (uint8_t)(t->n - t->at), 0};
        for (uint32_t at = t->n - GRAM + 1; at-- > 0 && fewest > 1;) {
            struct probe p = probe_of(t->code + at);
            uint32_t same = 0, upto = MIN(s->first + s->n, s->first + ENTRIES_MAX);
            for (uint32_t k = s->first; k < upto && same < fewest; k++) {
                const struct text *o = &m->text.p[m->order.p[k]];
                size_t from = (size_t)at + o->at - t->at; /* at the same distance from the window */
                same += at + o->at < t->at || from + GRAM > o->n || probe_is(p, probe_of(o->code + from).want);
            }
            if (same < fewest) {
                fewest = same;
                m->entry[j].probe = p;
                m->entry[j].at = (uint8_t)at;
            }
        }
    }
}

static void make_table(struct scan_names *m)
{
    unsigned bits = 4;
    while (bits < 26 && (1UL << bits) < 4 * m->text.n)
        bits++;
    m->shift = 32 - bits;
    m->slot = mem_zalloc(sizeof(*m->slot) << bits);
    for (uint32_t i = 0; i < m->text.n; i++)
        vec_push(&m->order, i);
    if (m->order.n)
        qsort_r(m->order.p, m->order.n, sizeof(*m->order.p), by_gram, m);
    for (uint32_t i = 0; i < m->order.n; i++) {
        uint32_t gram = m->text.p[m->order.p[i]].gram, k = hash(gram) >> (32 - BITS);
        struct slot *s = slot_of(m, gram);
        m->bit[k / 64] |= 1ULL << (k % 64);
        if (!s->n)
            *s = (struct slot){gram, i, 0};
        s->n++;
    }
    m->entry = mem_zalloc((m->order.n + 1) * sizeof(*m->entry));
    for (size_t i = 0; i < 1UL << bits; i++)
        if (m->slot[i].n)
            make_entries(m, &m->slot[i]);
}

int scan_names_new(struct scan_names **out, const struct pack_eval *v, unsigned flags, struct err *e)
{
    struct scan_names *m = mem_zalloc(sizeof(*m));
    struct build b = {.m = m};
    const struct pack_pattern *p;
    size_t n = pack_eval_patterns(v, PACK_PLACE_PATH, &p);
    *out = NULL;
    for (size_t i = 0; i < n; i++)
        add_indicator(&b, v, &p[i]);
    map_release(&b.text);
    map_release(&b.used);
    make_table(m);
    int rc = scan_match_new(&m->rest, m->pattern.p, m->pattern.n, SCAN_MATCH_ONCE | flags, e);
    if (rc < 0)
        scan_names_free(m);
    else
        *out = m;
    return rc;
}

void scan_names_free(struct scan_names *m)
{
    if (!m)
        return;
    scan_match_free(m->rest);
    vec_release(&m->pattern);
    vec_release(&m->text);
    vec_release(&m->use);
    pack_need_release(&m->need);
    vec_release(&m->order);
    vec_release(&m->loose);
    free(m->slot);
    free(m->entry);
    free(m);
}

const struct scan_match *scan_names_match(const struct scan_names *m)
{
    return m->rest;
}

void scan_names_found_release(struct scan_names_found *f)
{
    vec_release(&f->id);
}

/* ---- finding ---- */

static bool fits(const struct scan_names *m, const uint16_t *code, uint32_t n, const char *p)
{
    for (uint32_t i = 0; i < n; i++)
        if (!pack_need_is(m->need.class.p, code[i], (unsigned char)p[i]))
            return false;
    return true;
}

static bool then_at(const struct scan_names *m, const struct use *u, struct str path, size_t at)
{
    for (uint32_t j = 0; j < u->then_n; j++) {
        const struct pack_need_text *t = &m->need.text.p[u->then + j];
        if (path.n - at >= t->n && fits(m, t->code, t->n, path.p + at))
            return true;
    }
    return false;
}

/* Does what lies behind the text, from `at` on, fit as well? Mostly no dot follows, or it is another's. */
static bool follows(const struct scan_names *m, const struct use *u, struct str path, size_t at)
{
    if (u->then_n == 0)
        return true;
    size_t last = MIN(path.n, at + MIN((size_t)u->max, path.n));
    for (size_t to = at;; to++) {
        if (u->begin < 256) {
            const char *p = to < path.n ? memchr(path.p + to, u->begin, MIN(last + 1, path.n) - to) : NULL;
            if (!p)
                return false;
            to = (size_t)(p - path.p);
        } else if (to > last)
            return false;
        if (u->probe.mask && (path.n - to < GRAM || !probe_is(u->probe, load(path.p + to))))
            continue;
        if (!then_at(m, u, path, to))
            continue;
        for (size_t i = at; i < to; i++)
            if (!pack_need_is(m->need.class.p, u->code, (unsigned char)path.p[i]))
                return false;
        return true;
    }
}

static void ask(const struct scan_names *m, struct str path, size_t i, uint32_t gram, struct scan_names_found *f)
{
    const struct slot *s = slot_of(m, gram);
    for (uint32_t j = 0; j < s->n; j++) {
        const struct entry *q = &m->entry[s->first + j];
        if (i < q->before || path.n - i < q->behind || !probe_is(q->probe, load(path.p + i - q->before + q->at)))
            continue;
        const struct text *t = &m->text.p[q->text];
        if (!fits(m, t->code, t->n, path.p + i - t->at))
            continue;
        for (uint32_t k = t->use; k != NONE; k = m->use.p[k].next)
            if (follows(m, &m->use.p[k], path, i - t->at + t->n))
                vec_push(&f->id, m->use.p[k].id);
    }
}

static void ask_loose(const struct scan_names *m, struct str path, struct scan_names_found *f)
{
    for (size_t i = 0; i < m->loose.n; i++) {
        const struct loose *t = &m->loose.p[i];
        const char *p = path.n >= t->n ? path.p + t->at : NULL, *end = path.p + path.n - (t->n - t->at) + 1;
        for (; p && p < end && (p = memchr(p, t->code[t->at], (size_t)(end - p))) != NULL; p++)
            if (fits(m, t->code, t->n, p - t->at)) {
                vec_push(&f->id, t->id);
                break;
            }
    }
}

static int on_match(void *ctx, const uint32_t *id, size_t n, uint64_t end)
{
    struct scan_names_found *f = ctx;
    (void)end;
    for (size_t i = 0; i < n; i++)
        vec_push(&f->id, id[i]);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void sort(uint32_t *id, size_t n)
{
    if (n > 32) {
        qsort(id, n, sizeof(*id), by_id);
        return;
    }
    for (size_t i = 1; i < n; i++) { /* a few: qsort would cost more than all the rest */
        uint32_t x = id[i];
        size_t k = i;
        for (; k > 0 && id[k - 1] > x; k--)
            id[k] = id[k - 1];
        id[k] = x;
    }
}

/* Two texts of one indicator may both be there, or one text twice. */
static void once(struct scan_names_found *f)
{
    size_t to = 0;
    sort(f->id.p, f->id.n);
    for (size_t i = 0; i < f->id.n; i++)
        if (i == 0 || f->id.p[i] != f->id.p[i - 1])
            f->id.p[to++] = f->id.p[i];
    f->id.n = to;
}

void scan_names_find(const struct scan_names *m, struct scan_scratch *s, struct str path, struct scan_names_found *f)
{
    size_t n;
    vec_clear(&f->id);
    for (size_t i = 0; i + GRAM <= path.n; i++) {
        uint32_t gram = load(path.p + i), k = hash(gram) >> (32 - BITS);
        if (m->bit[k / 64] >> (k % 64) & 1)
            ask(m, path, i, gram, f);
    }
    ask_loose(m, path, f);
    scan_match_scan(m->rest, s, path, on_match, f);
    const uint32_t *rest = scan_match_rest(m->rest, &n);
    for (size_t i = 0; i < n; i++)
        vec_push(&f->id, rest[i]);
    once(f);
}
