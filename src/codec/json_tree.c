#include "codec/json_reader.h"

#include <stdlib.h>

#define STACK_FIRST 192 /* values that need no heap while a tree is built */
#define FEW_KEYS 32     /* up to here duplicates are found without sorting */

/* A tree grows on two stacks; when a container ends, its children are copied
 * from the top into one exact array in the arena. */
struct builder {
    struct json_reader *r;
    struct arena *a;
    bool copy; /* text does not outlive the reader's next event */
    struct json *val;
    struct str *key;
    size_t val_n, val_cap, key_n, key_cap;
    struct json val_first[STACK_FIRST];
    struct str key_first[STACK_FIRST];
};

static void *stack_grow(void *p, void *first, size_t *cap, size_t size)
{
    size_t old = *cap;
    *cap *= 2;
    if (p != first)
        return mem_realloc(p, *cap * size);
    return memcpy(mem_alloc(*cap * size), p, old * size);
}

static inline struct json *push_val(struct builder *b)
{
    if (b->val_n == b->val_cap)
        b->val = stack_grow(b->val, b->val_first, &b->val_cap, sizeof(*b->val));
    return &b->val[b->val_n++];
}

static inline void push_key(struct builder *b, struct str key)
{
    if (b->key_n == b->key_cap)
        b->key = stack_grow(b->key, b->key_first, &b->key_cap, sizeof(*b->key));
    b->key[b->key_n++] = key;
}

/* The reader's text, safe to keep. */
static inline struct str kept_text(struct builder *b)
{
    struct str s = b->r->text;
    if (b->r->escaped) {
        char *p = arena_alloc(b->a, s.n + 1);
        s.n = json_unescape(p, s);
        p[s.n] = 0;
        s.p = p;
    } else if (b->copy) {
        s = arena_str(b->a, s);
    }
    return s;
}

/* ---- keys that come twice ---- */

static int by_key(const void *x, const void *y)
{
    const struct str *const *a = x, *const *b = y;
    int c = str_cmp(**a, **b);
    return c ? c : (*a > *b) - (*a < *b);
}

/* Marks (p = NULL) each key that comes again later. Returns how many. */
static size_t mark_doubles_sorted(struct str *key, size_t n)
{
    size_t doubles = 0;
    struct str **order = mem_alloc(n * sizeof(struct str *));
    for (size_t i = 0; i < n; i++)
        order[i] = &key[i];
    qsort(order, n, sizeof(struct str *), by_key);
    for (size_t i = 0; i + 1 < n; i++) {
        if (str_eq(*order[i], *order[i + 1])) {
            order[i]->p = NULL;
            doubles++;
        }
    }
    free(order);
    return doubles;
}

static size_t mark_doubles(struct str *key, size_t n)
{
    size_t doubles = 0;
    uint64_t seen = 0; /* a small filter: most objects need no comparison at all */
    if (n > FEW_KEYS)
        return mark_doubles_sorted(key, n);
    for (size_t i = 0; i < n; i++) {
        size_t m = key[i].n;
        unsigned h = (unsigned)m * 7;
        if (m)
            h += (unsigned char)key[i].p[0] + (unsigned char)key[i].p[m - 1] * 5U +
                 (unsigned char)key[i].p[m / 2] * 11U;
        uint64_t bit = 1ULL << (h & 63);
        for (size_t j = 0; (seen & bit) && j < i; j++) {
            if (key[j].p && str_eq(key[j], key[i])) {
                key[j].p = NULL;
                doubles++;
            }
        }
        seen |= bit;
    }
    return doubles;
}

/* ---- building ---- */

static void close_container(struct builder *b, size_t at, size_t val_from, size_t key_from)
{
    size_t n = b->val_n - val_from;
    struct json *v = &b->val[at];
    if (v->type == JSON_OBJECT && n) {
        struct str *key = b->key + key_from;
        size_t doubles = mark_doubles(key, n);
        if (doubles) {
            size_t k = 0;
            for (size_t i = 0; i < n; i++) {
                if (!key[i].p)
                    continue;
                key[k] = key[i];
                b->val[val_from + k++] = b->val[val_from + i];
            }
            n = k;
        }
        v->key = arena_alloc(b->a, n * sizeof(struct str));
        memcpy(v->key, key, n * sizeof(struct str));
    }
    if (n) {
        v->item = arena_alloc(b->a, n * sizeof(struct json));
        memcpy(v->item, b->val + val_from, n * sizeof(struct json));
    }
    v->n = (uint32_t)n;
    b->val_n = val_from;
    b->key_n = key_from;
}

/* Builds the value that begins with ev. False on error. */
static bool build(struct builder *b, enum json_event ev)
{
    struct frame {
        size_t at, val, key;
    } frame[LIMIT_JSON_DEPTH];
    unsigned depth = 0;
    for (;; ev = json_lex(b->r)) {
        struct json *v;
        switch (ev) {
        case JSON_KEY:
            push_key(b, kept_text(b));
            continue;
        case JSON_OBJECT:
        case JSON_ARRAY:
            v = push_val(b);
            *v = (struct json){.type = ev};
            frame[depth++] = (struct frame){b->val_n - 1, b->val_n, b->key_n};
            continue;
        case JSON_OBJECT_END:
        case JSON_ARRAY_END:
            depth--;
            close_container(b, frame[depth].at, frame[depth].val, frame[depth].key);
            break;
        case JSON_STRING:
        case JSON_NUMBER:
            v = push_val(b);
            *v = (struct json){.type = ev, .text = kept_text(b)};
            break;
        case JSON_TRUE:
        case JSON_FALSE:
        case JSON_NULL:
            v = push_val(b);
            *v = (struct json){.type = ev};
            break;
        default:
            return false;
        }
        if (depth == 0)
            return true;
        if (b->val_n == UINT32_MAX) {
            json_fail(b->r, ERR_LIMIT, b->r->tok, tr("too many values for one tree"));
            return false;
        }
    }
}

static const struct json *tree(struct json_reader *r, struct arena *a, bool copy, enum json_event ev)
{
    struct builder b;
    b.r = r;
    b.a = a;
    b.copy = copy;
    b.val = b.val_first;
    b.key = b.key_first;
    b.val_cap = b.key_cap = STACK_FIRST;
    b.val_n = b.key_n = 0;
    struct json *root = NULL;
    if (build(&b, ev)) {
        root = arena_alloc(a, sizeof(*root));
        *root = b.val[0];
    }
    if (b.val != b.val_first)
        free(b.val);
    if (b.key != b.key_first)
        free(b.key);
    return root;
}

const struct json *json_parse(struct arena *a, struct str text, struct err *e)
{
    struct json_reader r;
    json_reader_init_mem(&r, text);
    const struct json *v = tree(&r, a, false, json_lex(&r));
    if (v && json_lex(&r) != JSON_END)
        v = NULL;
    if (!v)
        json_reader_err(&r, e);
    json_reader_done(&r);
    return v;
}

const struct json *json_tree(struct json_reader *r, struct arena *a, struct err *e)
{
    enum json_event ev = JSON_ERROR;
    r->escaped = false; /* json_next has unescaped the text already */
    switch (r->state) {
    case JSON_AT_VALUE:
        ev = json_lex(r);
        break;
    case JSON_AT_FIRST_KEY:
        ev = JSON_OBJECT;
        break;
    case JSON_AT_FIRST_ITEM:
        ev = JSON_ARRAY;
        break;
    case JSON_AT_NEXT_KEY:
    case JSON_AT_NEXT_ITEM:
    case JSON_AT_END:
        ev = r->last >= JSON_STRING ? r->last : JSON_ERROR;
        break;
    default:
        break;
    }
    const struct json *v = ev > JSON_END ? tree(r, a, true, ev) : NULL;
    r->escaped = false;
    r->last = JSON_END;
    if (!v && json_reader_err(r, e) == 0)
        err_set(e, ERR_INTERNAL, "a tree was asked for where no value begins");
    return v;
}
