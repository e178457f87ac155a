/* All words of all rules. Words that begin alike are one small tree, found
 * through a hash of that beginning; an inner node holds all the bytes up to the
 * next fork, so that a word is read in two or three steps and a text that only
 * begins like a word is left after one. Words searched for have trees of their own:
 * most words only follow others. */
#include "assess/terms/engine.h"

#include <stdlib.h>

/* A node is a head, the bytes of its label, the first bytes of its children, and their places: all side by
 * side, for one visit to memory. */
#define NODE_KIND 0x7FFFU  /* kind of the word that ends here, +1; 0 for none */
#define NODE_WHOLE 0x8000U /* it ends in a letter or digit: none may follow */
#define NODE_LEN(head) ((head) >> 16 & 0xFF)
#define NODE_CHILDREN(head) ((head) >> 24)
#define LABEL_MAX 255
struct root {
    uint32_t tag, node; /* node 0: free */
};
#define FILTER_BITS 15 /* small enough to stay in the first cache */
struct forest {
    struct root *root; /* hash table, open addressing; the tag is the hash of the beginning */
    unsigned bits;
    VEC(uint32_t) cell;
    uint64_t filter[(1 << FILTER_BITS) / 64];
};
struct draft {
    struct str bytes;
    uint64_t key;
    uint16_t class_id, kind;
    bool searched;
};
struct lexicon {
    VEC(struct draft) draft; /* while words are added */
    VEC(struct class_set) kind;
    struct class_set cve;
    size_t bytes;
    struct forest searched, all;
    bool opens[128]; /* ASCII that is no letter or digit, but begins a searched word */
};
#define BYTES_MAX 2000000

static const uint8_t alnum_table[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1,
    ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1,
    ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1,
    ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};
static inline bool alnum(unsigned char c)
{
    return alnum_table[c];
}

struct lexicon *lexicon_new(void)
{
    return mem_zalloc(sizeof(struct lexicon));
}

static void forest_release(struct forest *f)
{
    free(f->root);
    vec_release(&f->cell);
}

void lexicon_free(struct lexicon *x)
{
    if (!x)
        return;
    vec_release(&x->draft);
    vec_release(&x->kind);
    forest_release(&x->searched);
    forest_release(&x->all);
    free(x);
}

const struct class_set *lexicon_kinds(const struct lexicon *x, size_t *n)
{
    *n = x->kind.n;
    return x->kind.p;
}

/* ---- beginnings ---- */

/* Of letters and digits the first three, of other ASCII the first byte;
 * of other text the first character (short_key) and the first two (long_key). Words
 * and text that agree on a whole word have equal keys. */
static inline uint64_t ascii_key(const unsigned char *p, size_t n)
{
    if (!alnum(p[0]))
        return p[0];
    uint64_t b = n > 1 && alnum(p[1]) ? p[1] : ' ', c = b != ' ' && n > 2 && alnum(p[2]) ? p[2] : ' ';
    return p[0] | b << 8 | c << 16;
}

static inline unsigned char_len(const unsigned char *p, size_t n)
{
    unsigned k = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : 3; /* three bytes tell enough of four */
    return k <= n ? k : 1;
}

static inline uint64_t bytes_key(const unsigned char *p, unsigned n)
{
    uint64_t key = 0;
    for (unsigned i = 0; i < n; i++)
        key |= (uint64_t)p[i] << (8 * i);
    return key;
}

static inline uint64_t short_key(const unsigned char *p, size_t n)
{
    return bytes_key(p, char_len(p, n));
}

static inline uint64_t long_key(const unsigned char *p, size_t n)
{
    unsigned k = char_len(p, n);
    if (k == n)
        return short_key(p, n);
    if (k == 3 && n >= 6 && p[3] >= 0xE0) {
        uint32_t a;
        uint16_t b;
        memcpy(&a, p, 4);
        memcpy(&b, p + 4, 2);
        return a | (uint64_t)b << 32;
    }
    return bytes_key(p, k + char_len(p + k, n - k));
}

static inline uint32_t mix(uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15U) >> 32);
}

static inline bool may_begin(const struct forest *f, uint32_t hash)
{
    uint32_t bit = hash >> (32 - FILTER_BITS);
    return f->filter[bit / 64] >> (bit % 64) & 1;
}

/* The tree of words that begin so; 0 when there is none. Should another beginning have
 * the same hash, its words are not those of the text. */
static inline uint32_t tree_of(const struct forest *f, uint32_t hash)
{
    uint32_t mask = (1U << f->bits) - 1, i = hash >> (32 - f->bits);
    while (f->root[i].node && f->root[i].tag != hash)
        i = (i + 1) & mask;
    return f->root[i].node;
}

/* ---- making ---- */

void lexicon_add_cve(struct lexicon *x, unsigned class_id)
{
    class_set_add(&x->cve, class_id);
}

int lexicon_add(struct lexicon *x, struct str word, unsigned class_id, bool searched, struct err *e)
{
    x->bytes += word.n;
    if (x->bytes > BYTES_MAX)
        return err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)", BYTES_MAX);
    const unsigned char *p = (const unsigned char *)word.p;
    uint64_t key = p[0] < 0x80 ? ascii_key(p, word.n) : long_key(p, word.n);
    vec_push(&x->draft, ((struct draft){word, key, (uint16_t)class_id, 0, searched}));
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    int c = memcmp(x->bytes.p, y->bytes.p, MIN(x->bytes.n, y->bytes.n));
    return c ? c : (x->bytes.n > y->bytes.n) - (x->bytes.n < y->bytes.n);
}

static uint16_t kind_of(struct lexicon *x, struct map *kinds, const struct class_set *set)
{
    bool made;
    uint64_t *kind = map_put(kinds, str_n((const char *)set, sizeof(*set)), &made);
    if (made) {
        *kind = x->kind.n;
        vec_push(&x->kind, *set);
    }
    return (uint16_t)*kind;
}

/* Sorted drafts become words, each once. */
static int merge_drafts(struct lexicon *x, struct err *e)
{
    struct map kinds = {0};
    size_t kept = 0;
    vec_push(&x->kind, x->cve); /* LEXICON_CVE, which no list shares */
    for (size_t i = 0; i < x->draft.n;) {
        struct draft d = x->draft.p[i];
        struct class_set set = {{0}};
        for (; i < x->draft.n && str_eq(x->draft.p[i].bytes, d.bytes); i++) {
            class_set_add(&set, x->draft.p[i].class_id);
            d.searched |= x->draft.p[i].searched;
        }
        d.kind = kind_of(x, &kinds, &set);
        x->draft.p[kept++] = d;
    }
    x->draft.n = kept;
    map_release(&kinds);
    return x->kind.n <= KINDS_MAX
               ? 0
               : err_set(e, ERR_LIMIT, "the rules have too many words (over %d characters in all)",
                         BYTES_MAX);
}

/* Makes a node of n sorted words that agree up to at: their common bytes, a fork behind. Returns its place.
 */
static uint32_t plant(struct forest *f, const struct draft *d, size_t n, size_t at)
{
    size_t end = at, most = MIN(MIN(d[0].bytes.n, d[n - 1].bytes.n), at + LABEL_MAX), forks = 0;
    while (end < most && d[0].bytes.p[end] == d[n - 1].bytes.p[end])
        end++;
    size_t from = d[0].bytes.n == end, len = end - at;
    for (size_t i = from; i < n; i++)
        forks += i == from || d[i].bytes.p[end] != d[i - 1].bytes.p[end];
    uint32_t head = (uint32_t)(forks << 24 | len << 16), node = (uint32_t)f->cell.n;
    if (from)
        head |= (d[0].kind + 1U) | (alnum((unsigned char)d[0].bytes.p[end - 1]) ? NODE_WHOLE : 0);
    size_t places = 1 + (len + forks + 3) / 4;
    for (size_t i = 0; i < places + forks; i++)
        vec_push(&f->cell, 0);
    f->cell.p[node] = head;
    memcpy(f->cell.p + node + 1, d[0].bytes.p + at, len);
    for (size_t i = from, k, fork = 0; i < n; i = k, fork++) {
        for (k = i + 1; k < n && d[k].bytes.p[end] == d[i].bytes.p[end];)
            k++;
        ((char *)(f->cell.p + node + 1))[len + fork] = d[i].bytes.p[end];
        uint32_t child = plant(f, d + i, k - i, end);
        f->cell.p[node + places + fork] = child;
    }
    return node;
}

/* The trees of these sorted words. */
static void forest_plant(struct forest *f, const struct draft *d, size_t n)
{
    size_t trees = 0;
    for (size_t i = 0; i < n; i++)
        trees += i == 0 || d[i].key != d[i - 1].key;
    for (f->bits = 4; (size_t)1 << f->bits < trees * 2 + 1;)
        f->bits++;
    f->root = mem_zalloc(sizeof(*f->root) << f->bits);
    vec_push(&f->cell, 0); /* place 0 means none */
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && d[k].key == d[i].key;)
            k++;
        uint32_t hash = mix(d[i].key), bit = hash >> (32 - FILTER_BITS), slot = hash >> (32 - f->bits);
        f->filter[bit / 64] |= (uint64_t)1 << (bit % 64);
        while (f->root[slot].node)
            slot = (slot + 1) & ((1U << f->bits) - 1);
        f->root[slot] = (struct root){hash, plant(f, d + i, k - i, 0)};
    }
}

int lexicon_compile(struct lexicon *x, struct err *e)
{
    if (x->draft.n)
        qsort(x->draft.p, x->draft.n, sizeof(*x->draft.p), by_key);
    int rc = merge_drafts(x, e);
    if (rc < 0)
        return rc;
    forest_plant(&x->all, x->draft.p, x->draft.n);
    size_t kept = 0;
    for (size_t i = 0; i < x->draft.n; i++) {
        unsigned char first = (unsigned char)x->draft.p[i].bytes.p[0];
        if (!x->draft.p[i].searched)
            continue;
        if (first < 0x80 && !alnum(first))
            x->opens[first] = true;
        x->draft.p[kept++] = x->draft.p[i];
    }
    forest_plant(&x->searched, x->draft.p, kept);
    vec_release(&x->draft);
    return 0;
}

/* ---- finding ---- */

struct walk {
    struct str text;
    uint32_t at;   /* behind what has been read */
    uint32_t node; /* to be read next; 0: over */
};

/* The kind of the next word of the tree that stands in the text; -1 when there is none. */
static inline int next_word(const struct forest *f, struct walk *w)
{
    const unsigned char *p = (const unsigned char *)w->text.p;
    while (w->node) {
        const uint32_t *cell = f->cell.p + w->node;
        const unsigned char *label = (const unsigned char *)(cell + 1);
        uint32_t head = *cell, len = NODE_LEN(head), forks = NODE_CHILDREN(head), at = w->at, i = 0;
        w->node = 0;
        if (w->text.n - at < len)
            break;
        while (i < len && p[at + i] == label[i])
            i++;
        if (i < len)
            break;
        w->at = at += len;
        bool end = at >= w->text.n;
        for (i = 0; i < forks && !end; i++)
            if (label[len + i] == p[at]) {
                w->node = cell[1 + (len + forks + 3) / 4 + i];
                break;
            }
        if ((head & NODE_KIND) && !((head & NODE_WHOLE) && !end && alnum(p[at])))
            return (int)(head & NODE_KIND) - 1;
    }
    return -1;
}

static unsigned words_of(const struct lexicon *x, uint64_t key, struct walk w, unsigned found,
                         struct hit hit[LEXICON_AT_MAX])
{
    uint32_t hash = mix(key), start = w.at;
    w.node = may_begin(&x->all, hash) ? tree_of(&x->all, hash) : 0;
    for (int k; (k = next_word(&x->all, &w)) >= 0 && found < LEXICON_AT_MAX;)
        hit[found++] = (struct hit){start, w.at, (uint32_t)k};
    return found;
}

unsigned lexicon_at(const struct lexicon *x, struct str text, uint32_t pos, struct hit hit[LEXICON_AT_MAX])
{
    const unsigned char *p = (const unsigned char *)text.p + pos;
    if (pos >= text.n || (pos > 0 && alnum(p[0]) && alnum(p[-1])))
        return 0;
    struct walk w = {.text = text, .at = pos};
    if (p[0] < 0x80)
        return words_of(x, ascii_key(p, text.n - pos), w, 0, hit);
    uint64_t one = short_key(p, text.n - pos), two = long_key(p, text.n - pos);
    unsigned found = words_of(x, one, w, 0, hit);
    return one == two ? found : words_of(x, two, w, found, hit);
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

static void find_from(const struct lexicon *x, struct str text, uint32_t pos, uint32_t hash, struct hits *h)
{
    struct walk w = {text, pos, tree_of(&x->searched, hash)};
    for (int k; (k = next_word(&x->searched, &w)) >= 0;)
        hit_add(h, (struct hit){pos, w.at, (uint32_t)k});
}

static inline uint32_t find_ascii(const struct lexicon *x, struct str text, uint32_t i, struct hits *h)
{
    const unsigned char *p = (const unsigned char *)text.p;
    bool letter = alnum(p[i]);
    if (letter || x->opens[p[i]]) {
        uint32_t hash = mix(ascii_key(p + i, text.n - i));
        if (may_begin(&x->searched, hash))
            find_from(x, text, i, hash, h);
    }
    i++;
    while (letter && i < text.n && alnum(p[i])) /* the rest of this word is no beginning */
        i++;
    return i;
}

size_t lexicon_find(const struct lexicon *x, struct str text, struct arena *a, struct hit **hits)
{
    struct hits h = {.arena = a};
    const unsigned char *p = (const unsigned char *)text.p;
    for (uint32_t i = 0; i < text.n;) {
        if (p[i] < 0x80) {
            i = find_ascii(x, text, i, &h);
            continue;
        }
        uint64_t one = short_key(p + i, text.n - i), two = long_key(p + i, text.n - i);
        uint32_t hash = mix(one);
        if (may_begin(&x->searched, hash))
            find_from(x, text, i, hash, &h);
        hash = mix(two);
        if (one != two && may_begin(&x->searched, hash))
            find_from(x, text, i, hash, &h);
        i += char_len(p + i, text.n - i);
    }
    *hits = h.p;
    return h.n;
}
