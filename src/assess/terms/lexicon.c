/* All words of all rules in one trie, walked from the places where a word can
 * begin. Text seldom goes more than a character or two down, so this costs less
 * than an automaton whose table would not fit a cache. */
#include "assess/terms/engine.h"

#include <stdlib.h>

#include "codec/text_fold.h"

struct node {
    uint32_t child; /* first of its children, which stand side by side */
    uint32_t word;  /* index + 1, 0 when no word ends here */
    uint16_t children;
    bool searched, whole; /* of the word */
};
struct draft {
    uint32_t child, sibling, word;
    unsigned char byte;
};
#define CHARS 0x10000
/* Which beginnings searched words have: small enough to stay in the first cache. */
#define FILTER_BITS 16
struct lexicon {
    VEC(struct draft) draft; /* while words are added */
    VEC(struct lexicon_word) word;
    struct node *node;
    unsigned char *byte; /* of node[i], apart for quick search */
    uint32_t *root;      /* by first character: node behind it, 0 when no word begins so */
    uint64_t filter[(1 << FILTER_BITS) / 64];
};
#define NODES_MAX 2000000

struct lexicon *lexicon_new(void)
{
    struct lexicon *x = mem_zalloc(sizeof(*x));
    vec_push(&x->draft, (struct draft){0});
    vec_push(&x->word, (struct lexicon_word){.len = 0}); /* LEXICON_CVE */
    return x;
}

void lexicon_free(struct lexicon *x)
{
    if (!x)
        return;
    vec_release(&x->draft);
    vec_release(&x->word);
    free(x->node);
    free(x->byte);
    free(x->root);
    free(x);
}

size_t lexicon_words(const struct lexicon *x)
{
    return x->word.n;
}

const struct lexicon_word *lexicon_word(const struct lexicon *x, uint32_t word)
{
    return &x->word.p[word];
}

void lexicon_add_cve(struct lexicon *x, unsigned class_id)
{
    class_set_add(&x->word.p[LEXICON_CVE].classes, class_id);
}

static bool alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static inline uint32_t mix(uint32_t key)
{
    return (key * 0x9E3779B1U) >> (32 - FILTER_BITS);
}

/* Of ASCII the first three bytes, cut behind the first that is no letter or digit; of
 * other text the first two characters, or the first alone when single. */
static inline uint32_t beginning(const unsigned char *p, size_t n, bool single)
{
    if (p[0] < 0x80) {
        unsigned char b = n > 1 && alnum(p[1]) ? p[1] : ' ',
                      c = b != ' ' && n > 2 && alnum(p[2]) ? p[2] : ' ';
        return mix(p[0] | (uint32_t)b << 8 | (uint32_t)c << 16);
    }
    if (p[0] < 0xE0 || n < 3)
        return mix(p[0]);
    uint32_t first = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    if (single || n == 3)
        return mix(first);
    uint32_t second =
        p[3] < 0x80 || n < 6 ? p[3] : (uint32_t)p[3] | (uint32_t)p[4] << 8 | (uint32_t)p[5] << 16;
    return mix(first + second * 0x85EBCA6BU);
}

static inline bool set_bit(const uint64_t *set, uint32_t bit)
{
    return set[bit / 64] >> (bit % 64) & 1;
}

/* May a searched word begin here? */
static inline bool promising(const struct lexicon *x, const unsigned char *p, size_t n)
{
    if (p[0] < 0x80 && !alnum(p[0]))
        return true; /* the root tells as quickly */
    return set_bit(x->filter, beginning(p, n, false)) ||
           (p[0] >= 0xE0 && set_bit(x->filter, beginning(p, n, true)));
}

int lexicon_add(struct lexicon *x, struct str word, unsigned class_id, bool searched, struct err *e)
{
    uint32_t at = 0;
    for (size_t i = 0; i < word.n; i++) {
        unsigned char b = (unsigned char)word.p[i];
        uint32_t c = x->draft.p[at].child;
        while (c && x->draft.p[c].byte != b)
            c = x->draft.p[c].sibling;
        if (!c) {
            if (x->draft.n >= NODES_MAX)
                return err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)",
                               NODES_MAX);
            c = (uint32_t)x->draft.n;
            vec_push(&x->draft, ((struct draft){.byte = b, .sibling = x->draft.p[at].child}));
            x->draft.p[at].child = c;
        }
        at = c;
    }
    if (!x->draft.p[at].word) {
        vec_push(&x->word, ((struct lexicon_word){.len = (uint32_t)word.n,
                                                  .whole = alnum((unsigned char)word.p[word.n - 1])}));
        x->draft.p[at].word = (uint32_t)x->word.n;
    }
    struct lexicon_word *w = &x->word.p[x->draft.p[at].word - 1];
    class_set_add(&w->classes, class_id);
    w->searched |= searched;
    if (searched) {
        uint32_t bit = beginning((const unsigned char *)word.p, word.n, false);
        x->filter[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
    return 0;
}

/* Level by level, so that children stand side by side and the upper levels close together. */
static void lay_out(struct lexicon *x)
{
    size_t n = x->draft.n;
    uint32_t *from = mem_alloc(n * sizeof(*from)); /* node -> draft */
    x->node = mem_zalloc(n * sizeof(*x->node));
    x->byte = mem_zalloc(n);
    size_t used = 1;
    from[0] = 0;
    for (size_t i = 0; i < used; i++) {
        const struct draft *d = &x->draft.p[from[i]];
        x->node[i].child = (uint32_t)used;
        x->node[i].word = d->word;
        if (d->word) {
            x->node[i].searched = x->word.p[d->word - 1].searched;
            x->node[i].whole = x->word.p[d->word - 1].whole;
        }
        for (uint32_t c = d->child; c; c = x->draft.p[c].sibling) {
            from[used++] = c;
            x->node[i].children++;
        }
    }
    for (size_t i = 0; i < used; i++) /* siblings were numbered before their bytes were known */
        x->byte[i] = x->draft.p[from[i]].byte;
    free(from);
    vec_release(&x->draft);
}

static inline uint32_t step(const struct lexicon *x, uint32_t at, unsigned char b)
{
    const struct node *n = &x->node[at];
    const unsigned char *p = x->byte + n->child;
    if (n->children <= 4) {
        for (unsigned i = 0; i < n->children; i++)
            if (p[i] == b)
                return n->child + i;
        return 0;
    }
    const unsigned char *q = n->children ? memchr(p, b, n->children) : NULL;
    return q ? n->child + (uint32_t)(q - p) : 0;
}

void lexicon_compile(struct lexicon *x)
{
    lay_out(x);
    x->root = mem_zalloc(CHARS * sizeof(*x->root));
    for (uint32_t cp = 1; cp < CHARS; cp++) {
        char u[4];
        size_t n = text_fold_encode(cp, u);
        uint32_t at = 0;
        for (size_t i = 0; i < n; i++)
            if ((at = step(x, at, (unsigned char)u[i])) == 0)
                break;
        x->root[cp] = at;
    }
}

/* The node behind the character at p, whose length is put in *n; 0 when no word begins with it. */
static inline uint32_t enter(const struct lexicon *x, const unsigned char *p, size_t left, unsigned *n)
{
    unsigned char c = *p;
    if (c < 0x80)
        return *n = 1, x->root[c];
    if (c >= 0xE0 && c < 0xF0 && left >= 3)
        return *n = 3, x->root[(c & 0xFU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU)];
    if (c >= 0xC0 && c < 0xE0 && left >= 2)
        return *n = 2, x->root[(c & 0x1FU) << 6 | (p[1] & 0x3FU)];
    return *n = 1, 0; /* words do not begin with characters beyond the basic plane */
}

static inline bool whole(const struct node *n, struct str text, uint32_t end)
{
    return !n->whole || end >= text.n || !alnum((unsigned char)text.p[end]);
}

unsigned lexicon_at(const struct lexicon *x, struct str text, uint32_t pos, uint32_t word[LEXICON_AT_MAX])
{
    unsigned n, found = 0;
    if (pos >= text.n ||
        (pos > 0 && alnum((unsigned char)text.p[pos]) && alnum((unsigned char)text.p[pos - 1])))
        return 0;
    uint32_t at = enter(x, (const unsigned char *)text.p + pos, text.n - pos, &n);
    for (uint32_t end = pos + n; at; at = end < text.n ? step(x, at, (unsigned char)text.p[end++]) : 0)
        if (x->node[at].word && found < LEXICON_AT_MAX && whole(&x->node[at], text, end))
            word[found++] = x->node[at].word - 1;
    return found;
}

struct hits {
    struct hit *p;
    size_t n, cap;
};

static void hit_add(struct hits *h, struct arena *a, struct hit x)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? h->cap * 2 : 128;
        struct hit *p = arena_alloc(a, cap * sizeof(*p));
        if (h->n)
            memcpy(p, h->p, h->n * sizeof(*p));
        h->p = p;
        h->cap = cap;
    }
    h->p[h->n++] = x;
}

size_t lexicon_find(const struct lexicon *x, struct str text, struct arena *a, struct hit **hits)
{
    struct hits h = {0};
    const unsigned char *p = (const unsigned char *)text.p;
    for (uint32_t i = 0; i < text.n;) {
        unsigned n = p[i] >= 0xE0 && p[i] < 0xF0 ? 3 : 1;
        uint32_t at = promising(x, p + i, text.n - i) ? enter(x, p + i, text.n - i, &n) : 0;
        for (uint32_t end = i + n; at;) {
            const struct node *n1 = &x->node[at];
            if (n1->searched && whole(n1, text, end))
                hit_add(&h, a, (struct hit){i, end, n1->word - 1});
            at = end < text.n ? step(x, at, p[end++]) : 0;
        }
        if (alnum(p[i])) { /* the rest of this word is no beginning */
            do
                i++;
            while (i < text.n && alnum(p[i]));
        } else {
            i += n;
        }
    }
    *hits = h.p;
    return h.n;
}
