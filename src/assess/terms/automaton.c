/* Aho and Corasick's automaton ("Efficient string matching", CACM 18(6), 1975)
 * with every transition filled in: one table look-up a byte. */
#include "assess/terms/engine.h"

#include <stdlib.h>

struct out_word {
    uint32_t len, next; /* next + 1 of the same node, 0 ends */
    uint16_t class_id;
    bool whole_front, whole_back; /* begins, ends with a letter or digit */
};
struct node {
    uint32_t child, sibling; /* 0 = none */
    uint32_t fail, out;      /* out: index + 1 of its own words */
    uint32_t dict;           /* next node on the fail path that has words, 0 = none */
    unsigned char byte;
};
struct automaton {
    VEC(struct node) node;
    VEC(struct out_word) word;
    unsigned char group[256]; /* byte -> column */
    unsigned groups;
    uint32_t *next; /* node * groups + column; the top bit marks nodes with words */
};
#define HAS_WORDS 0x80000000U
#define NODES_MAX 400000

struct automaton *automaton_new(void)
{
    struct automaton *m = mem_zalloc(sizeof(*m));
    vec_push(&m->node, (struct node){0});
    return m;
}

void automaton_free(struct automaton *m)
{
    if (!m)
        return;
    vec_release(&m->node);
    vec_release(&m->word);
    free(m->next);
    free(m);
}

static bool alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static uint32_t child_of(const struct automaton *m, uint32_t n, unsigned char b)
{
    for (uint32_t c = m->node.p[n].child; c; c = m->node.p[c].sibling)
        if (m->node.p[c].byte == b)
            return c;
    return 0;
}

int automaton_add(struct automaton *m, struct str word, uint16_t class_id, struct err *e)
{
    uint32_t at = 0;
    for (size_t i = 0; i < word.n; i++) {
        unsigned char b = (unsigned char)word.p[i];
        uint32_t c = child_of(m, at, b);
        if (!c) {
            if (m->node.n >= NODES_MAX)
                return err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)", NODES_MAX);
            c = (uint32_t)m->node.n;
            vec_push(&m->node, ((struct node){.byte = b, .sibling = m->node.p[at].child}));
            m->node.p[at].child = c;
        }
        at = c;
    }
    vec_push(&m->word, ((struct out_word){.len = (uint32_t)word.n, .next = m->node.p[at].out, .class_id = class_id,
                           .whole_front = alnum((unsigned char)word.p[0]),
                           .whole_back = alnum((unsigned char)word.p[word.n - 1])}));
    m->node.p[at].out = (uint32_t)m->word.n;
    return 0;
}

static void group_bytes(struct automaton *m)
{
    m->groups = 1; /* column 0: bytes no word has */
    for (size_t i = 1; i < m->node.n; i++) {
        unsigned char b = m->node.p[i].byte;
        if (!m->group[b])
            m->group[b] = (unsigned char)m->groups++;
    }
}

int automaton_compile(struct automaton *m, struct err *e)
{
    group_bytes(m);
    if (m->groups > 255)
        return err_set(e, ERR_LIMIT, "the words of the rules use too many different bytes");
    size_t g = m->groups, n = m->node.n;
    m->next = mem_zalloc(n * g * sizeof(*m->next));
    uint32_t *queue = mem_alloc(n * sizeof(*queue));
    size_t head = 0, tail = 0;
    for (uint32_t c = m->node.p[0].child; c; c = m->node.p[c].sibling) {
        m->next[m->group[m->node.p[c].byte]] = c;
        queue[tail++] = c;
    }
    while (head < tail) {
        uint32_t at = queue[head++];
        struct node *x = &m->node.p[at];
        const struct node *f = &m->node.p[x->fail];
        x->dict = f->out ? x->fail : f->dict;
        memcpy(m->next + at * g, m->next + x->fail * g, g * sizeof(*m->next));
        for (uint32_t c = x->child; c; c = m->node.p[c].sibling) {
            uint32_t *to = &m->next[at * g + m->group[m->node.p[c].byte]];
            m->node.p[c].fail = *to; /* where the fail path leads by this byte */
            *to = c;
            queue[tail++] = c;
        }
    }
    free(queue);
    for (size_t i = 0; i < n * g; i++)
        if (m->node.p[m->next[i]].out || m->node.p[m->next[i]].dict)
            m->next[i] |= HAS_WORDS;
    return 0;
}

struct hits {
    struct hit *p;
    size_t n, cap;
    struct arena *arena;
};

static void hit_add(struct hits *h, struct hit x)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? h->cap * 2 : 128;
        struct hit *p = arena_alloc(h->arena, cap * sizeof(*p));
        if (h->n)
            memcpy(p, h->p, h->n * sizeof(*p));
        h->p = p;
        h->cap = cap;
    }
    h->p[h->n++] = x;
}

static void report(const struct automaton *m, uint32_t node, struct str text, uint32_t end, struct hits *h)
{
    bool alnum_behind = end < text.n && alnum((unsigned char)text.p[end]);
    for (uint32_t n = m->node.p[node].out ? node : m->node.p[node].dict; n; n = m->node.p[n].dict) {
        for (uint32_t w = m->node.p[n].out; w; w = m->word.p[w - 1].next) {
            const struct out_word *o = &m->word.p[w - 1];
            uint32_t start = end - o->len;
            if (o->whole_back && alnum_behind)
                continue;
            if (o->whole_front && start > 0 && alnum((unsigned char)text.p[start - 1]))
                continue;
            hit_add(h, (struct hit){start, end, o->class_id});
        }
    }
}

size_t automaton_find(const struct automaton *m, struct str text, struct arena *a, struct hit **hits)
{
    struct hits h = {.arena = a};
    size_t g = m->groups;
    uint32_t at = 0;
    for (size_t i = 0; i < text.n; i++) {
        at = m->next[(at & ~HAS_WORDS) * g + m->group[(unsigned char)text.p[i]]];
        if (at & HAS_WORDS)
            report(m, at & ~HAS_WORDS, text, (uint32_t)i + 1, &h);
    }
    *hits = h.p;
    return h.n;
}
