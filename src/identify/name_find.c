/* Product mentions in prose: the rules' aliases at every edge, the longest first. */
#include "identify/name.h"

#include "identify/name_scan.h"

#define NEAR 80 /* bytes of the key between a vendor and a short name that it makes clear */

struct mention {
    size_t end; /* in the key, behind the vendor's name */
    size_t first, n;
};

struct finder {
    const struct name_rules *r;
    const struct name_fold *f;
    struct mention vendor[4]; /* the last few, newest last */
    size_t vendor_n;
    size_t sentence; /* key offset where the sentence began */
};

/* In prose a blank may stand only where the alias has one, and no full stop anywhere. */
static bool spelled_like(const struct finder *x, size_t at, const struct name_key *k)
{
    for (size_t i = 1; i < k->key.n && i < 64; i++) {
        enum name_sep sep = name_sep(x->f, at + i);
        if (sep == NAME_SEP_HARD || (sep == NAME_SEP_SPACE && !(k->gaps >> i & 1)))
            return false;
    }
    return true;
}

/* A katakana or Latin word may not go on; CamelCase has no edge, so edges do the rest.
 * A mark that makes another name of it: "Word-like", "Office.example". */
static bool stands_alone(const struct finder *x, size_t at, size_t len)
{
    const struct name_fold *f = x->f;
    size_t end = at + len;
    bool before = at > 0 && name_sep(f, at) == NAME_SEP_SOFT && name_class(f, at) == NAME_C_LETTER &&
                  name_class(f, at - 1) == NAME_C_LETTER;
    bool after = end < f->key.n && name_sep(f, end) == NAME_SEP_SOFT && name_class(f, end) == NAME_C_LETTER &&
                 name_class(f, end - 1) == NAME_C_LETTER;
    return !before && !after;
}

static void vendor_note(struct finder *x, size_t first, size_t n, size_t end)
{
    bool vendor = false;
    for (size_t k = first; k < first + n; k++)
        vendor |= x->r->key.p[k].kind == NAME_KEY_VENDOR;
    if (!vendor)
        return;
    if (x->vendor_n == ARRAY_LEN(x->vendor)) {
        memmove(x->vendor, x->vendor + 1, sizeof(x->vendor) - sizeof(*x->vendor));
        x->vendor_n--;
    }
    x->vendor[x->vendor_n++] = (struct mention){end, first, n};
}

static bool mention_is(const struct finder *x, const struct mention *v, struct str vendor)
{
    for (size_t k = v->first; k < v->first + v->n; k++)
        if (x->r->key.p[k].kind == NAME_KEY_VENDOR &&
            name_rules_kin(x->r, x->r->vendor.p[x->r->key.p[k].ref].name, vendor))
            return true;
    return false;
}

static bool vendor_near(const struct finder *x, size_t at, struct str vendor, bool adjacent)
{
    for (size_t i = x->vendor_n; i-- > 0;) {
        const struct mention *v = &x->vendor[i];
        if (v->end > at)
            continue;
        if (v->end < x->sentence || at - v->end > NEAR)
            return false;
        if (adjacent && v->end != at)
            return false;
        if (mention_is(x, v, vendor))
            return true;
    }
    return false;
}

/* The product meant by one of the keys first … first+n-1, or NULL. */
static const struct name_product *product_meant(const struct finder *x, size_t at, size_t first, size_t n,
                                                bool *weak)
{
    const struct name_product *free_one = NULL;
    for (size_t k = first; k < first + n; k++) {
        const struct name_key *key = &x->r->key.p[k];
        if (key->kind != NAME_KEY_PRODUCT || !spelled_like(x, at, key))
            continue;
        const struct name_product *p = &x->r->product.p[key->ref];
        *weak = (key->flags & NAME_KEY_WEAK) != 0;
        if (vendor_near(x, at, p->vendor, (key->flags & NAME_KEY_NEEDS) != 0))
            return p;
        if (!*weak && !free_one)
            free_one = p;
    }
    *weak = false;
    return free_one;
}

static bool sentence_ends(const struct finder *x, size_t at)
{
    if (name_sep(x->f, at) != NAME_SEP_HARD || at == 0)
        return false;
    struct str between = str_sub(x->f->flat, x->f->at[at - 1] + 1, x->f->at[at] - x->f->at[at - 1] - 1);
    return str_chr(between, '\n') != STR_NONE || str_find(between, STR_LIT("。")) != STR_NONE ||
           str_find(between, STR_LIT(". ")) != STR_NONE;
}

/* Source range of the key bytes [at, end). */
static void hit_place(const struct name_fold *f, size_t at, size_t end, struct name_hit *h)
{
    uint32_t last = f->at[end - 1];
    h->start = f->from[f->at[at]];
    h->end = f->to[last];
    /* A dropped long-vowel mark at the end still belongs to the word. */
    size_t i = last + 1;
    while (i < f->flat.n && ((unsigned char)f->flat.p[i] & 0xC0) == 0x80)
        i++;
    if (str_starts(str_sub(f->flat, i, 3), "ー"))
        h->end = f->to[i];
}

/* Looks at one edge; how far to go on. */
static size_t look(struct finder *x, size_t at, struct name_hit *h)
{
    size_t first = 0, n = 0;
    bool weak = false;
    size_t len = name_rules_alias(x->r, x->f, at, NAME_KEY_PRODUCT | NAME_KEY_VENDOR, &first, &n);
    h->end = 0;
    if (!len)
        return 0;
    if (stands_alone(x, at, len)) {
        const struct name_product *p = product_meant(x, at, first, n, &weak);
        if (p) {
            h->vendor = p->vendor;
            h->product = p->product;
            h->weak = weak;
            hit_place(x->f, at, at + len, h);
        }
    }
    vendor_note(x, first, n, at + len);
    return h->end ? len : 0;
}

/* A shorter name may be hidden behind one that did not count: go to the next edge then. */
int name_find_in_text(const struct name_rules *r, struct str text, struct arena *a, struct name_hits *out,
                      struct err *e)
{
    struct name_fold f;
    memset(out, 0, sizeof(*out));
    int rc = name_fold(text, a, &f, e);
    if (rc)
        return rc;
    struct finder x = {.r = r, .f = &f};
    VEC(struct name_hit) hit = {0};
    for (size_t at = 0; at < f.key.n && hit.n < NAME_HITS;) {
        struct name_hit h = {0};
        if (sentence_ends(&x, at))
            x.sentence = at;
        size_t len = name_edge(&f, at) ? look(&x, at, &h) : 0;
        if (len)
            vec_push(&hit, h);
        at += len ? len : 1;
    }
    out->n = hit.n;
    out->p = arena_array(a, struct name_hit, hit.n + 1);
    if (hit.n)
        memcpy(out->p, hit.p, hit.n * sizeof(*hit.p));
    vec_release(&hit);
    return 0;
}
