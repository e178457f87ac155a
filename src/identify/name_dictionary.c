#include "identify/name_dictionary_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct name_dictionary {
    struct str bytes;
    void *mapped; /* owns, NULL when borrowed */
    struct name_index_header h;
    const struct name_index_entry *entry;
    struct str text;
};

int name_dictionary_open_mem(struct name_dictionary **out, const char *name, struct str bytes, struct err *e)
{
    struct name_index_header h;
    *out = NULL;
    if (bytes.n < sizeof(h))
        return err_at(e, ERR_INPUT, name, 0, "this is not a name index: build it again");
    memcpy(&h, bytes.p, sizeof(h));
    uint64_t entries = ((uint64_t)h.products + h.vendors) * sizeof(struct name_index_entry);
    if (memcmp(h.magic, NAME_INDEX_MAGIC, sizeof(h.magic)) != 0 || h.order != NAME_INDEX_ORDER ||
        bytes.n != sizeof(h) + entries + h.text_n || (uintptr_t)bytes.p % 8)
        return err_at(e, ERR_INPUT, name, 0, "this is not a name index: build it again");
    struct name_dictionary *d = mem_zalloc(sizeof(*d));
    d->bytes = bytes;
    d->h = h;
    d->entry = (const struct name_index_entry *)(const void *)(bytes.p + sizeof(h));
    d->text = str_sub(bytes, sizeof(h) + (size_t)entries, h.text_n);
    *out = d;
    return 0;
}

int name_dictionary_open(struct name_dictionary **out, const char *path, struct err *e)
{
    struct stat st;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        int rc = err_sys(e, "cannot open the name index %s", path);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    void *p = st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (p == MAP_FAILED)
        return err_at(e, ERR_INPUT, path, 0, "this is not a name index: build it again");
    int rc = name_dictionary_open_mem(out, path, str_n(p, (size_t)st.st_size), e);
    if (rc || !*out)
        munmap(p, (size_t)st.st_size);
    else
        (*out)->mapped = p;
    return rc;
}

void name_dictionary_free(struct name_dictionary *d)
{
    if (!d)
        return;
    if (d->mapped)
        munmap(d->mapped, d->bytes.n);
    free(d);
}

size_t name_dictionary_size(const struct name_dictionary *d)
{
    return d->h.products;
}

/* ---- looking up ---- */

static struct str text_at(const struct name_dictionary *d, uint32_t at, uint32_t n)
{
    if ((uint64_t)at + n > d->text.n)
        return (struct str){0};
    return str_n(d->text.p + at, n);
}

/* Entries [*lo, *hi) of a key among entries [from, to). */
static void range_of(const struct name_dictionary *d, size_t from, size_t to, struct str key, size_t *lo,
                     size_t *hi)
{
    size_t a = from, b = to;
    while (a < b) {
        size_t mid = a + (b - a) / 2;
        if (str_cmp(text_at(d, d->entry[mid].key, d->entry[mid].key_n), key) < 0)
            a = mid + 1;
        else
            b = mid;
    }
    *lo = *hi = a;
    while (*hi < to && str_eq(text_at(d, d->entry[*hi].key, d->entry[*hi].key_n), key))
        (*hi)++;
}

struct best {
    struct str value, second;
    uint64_t weight, next; /* of the best, and of the next that is another product */
    size_t n;
};

static struct str vendor_of(struct str value)
{
    return str_sub(value, 0, str_chr(value, ':'));
}

static bool vendor_among(const struct str *v, size_t n, struct str vendor)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(v[i], vendor))
            return true;
    return false;
}

static void best_of(const struct name_dictionary *d, struct str key, const struct str *vendor,
                    size_t vendor_n, struct best *b)
{
    size_t lo, hi;
    memset(b, 0, sizeof(*b));
    range_of(d, 0, d->h.products, key, &lo, &hi);
    for (size_t i = lo; i < hi; i++) {
        struct str value = text_at(d, d->entry[i].value, d->entry[i].value_n);
        if (str_chr(value, ':') == STR_NONE ||
            (vendor_n && !vendor_among(vendor, vendor_n, vendor_of(value))))
            continue;
        b->n++;
        if (d->entry[i].weight > b->weight) {
            b->second = b->value;
            b->next = b->weight;
            b->value = value;
            b->weight = d->entry[i].weight;
        } else if (d->entry[i].weight > b->next) {
            b->second = value;
            b->next = d->entry[i].weight;
        }
    }
}

#define STATED 12
#define DOMINANT 8 /* times the next product's weight */

struct asked {
    struct str vendor[STATED];
    size_t vendor_n;
    size_t start[2], start_n; /* in the key: whole, and behind the vendor */
    size_t end[3], end_n;
};

static void vendors_add(const struct name_dictionary *d, struct asked *x, struct str key)
{
    size_t lo, hi;
    range_of(d, d->h.products, (size_t)d->h.products + d->h.vendors, key, &lo, &hi);
    for (size_t i = lo; i < hi && x->vendor_n < STATED; i++)
        x->vendor[x->vendor_n++] = text_at(d, d->entry[i].value, d->entry[i].value_n);
}

/* The longest vendor name the dictionary has at the beginning: how long. */
static size_t vendor_prefix(const struct name_dictionary *d, const struct name_fold *f, struct asked *x)
{
    for (size_t n = MIN(f->key.n, (size_t)NAME_KEY_MAX); n >= 2; n--) {
        if (!name_edge(f, n) || n == f->key.n)
            continue;
        size_t before = x->vendor_n;
        vendors_add(d, x, str_sub(f->key, 0, n));
        if (x->vendor_n > before)
            return n;
    }
    return 0;
}

/* Where the name may end: all of it; without versions at the end; without noise, too. */
static void ends_find(const struct name_asked *q, struct asked *x)
{
    const struct name_scan *s = q->scan;
    size_t n = s->n;
    while (n && s->seg[n - 1].paren)
        n--;
    for (int pass = 0; pass < 3 && n; pass++) {
        if (pass)
            while (n && (s->seg[n - 1].kind == NAME_SEG_VERSION || s->seg[n - 1].kind == NAME_SEG_UPDATE ||
                         s->seg[n - 1].paren || (pass == 2 && s->seg[n - 1].kind == NAME_SEG_NOISE)))
                n--;
        size_t end = n ? (size_t)s->seg[n - 1].at + s->seg[n - 1].n : 0;
        if (end && (!x->end_n || x->end[x->end_n - 1] != end))
            x->end[x->end_n++] = end;
    }
}

static struct str version_behind(const struct name_asked *q, size_t end)
{
    for (int paren = 0; paren < 2; paren++)
        for (size_t i = 0; i < q->scan->n; i++) {
            const struct name_seg *g = &q->scan->seg[i];
            if (g->at >= end && g->kind == NAME_SEG_VERSION && g->paren == (paren == 1))
                return g->text;
        }
    return str_trim(q->version);
}

static bool enough(struct str key, bool vendor)
{
    return key.n >= (vendor ? 2u : 4u);
}

/* Without a stated vendor, a name of several products is only its maker's when they are called alike
 * ("postfix:postfix"): a plugin or a package of the same name may well have more entries. */
static bool stands_out(const struct best *b, bool stated)
{
    size_t colon = str_chr(b->value, ':');
    struct str vendor = str_sub(b->value, 0, colon), product = str_sub(b->value, colon + 1, b->value.n);
    if (b->n == 1)
        return true;
    return b->weight >= b->next * DOMINANT && (stated || str_find(vendor, product) != STR_NONE);
}

static bool answer(const struct name_asked *q, const struct best *b, struct str key, size_t end, bool stated,
                   struct arena *a, struct name_match *m)
{
    size_t colon = str_chr(b->value, ':');
    if (!stands_out(b, stated)) {
        if (!m->reason.n)
            m->reason = str_of(
                arena_printf(a, tr("The dictionary knows \"%.*s\" as %.*s and as %.*s: state the vendor."),
                             STR_ARG(key), STR_ARG(b->value), STR_ARG(b->second)));
        return false;
    }
    m->kind = NAME_CANDIDATE;
    m->vendor = str_sub(b->value, 0, colon);
    m->product = str_sub(b->value, colon + 1, b->value.n);
    m->version = version_behind(q, end);
    m->reason = str_of(
        b->n == 1 ? arena_printf(a, tr("The dictionary knows \"%.*s\" as nothing else."), STR_ARG(key))
                  : arena_printf(a,
                                 tr("The dictionary knows \"%.*s\" mostly as this (%llu names; next %.*s "
                                    "with %llu)."),
                                 STR_ARG(key), (unsigned long long)b->weight, STR_ARG(b->second),
                                 (unsigned long long)b->next));
    return true;
}

bool name_dictionary_match(const struct name_dictionary *d, const struct name_asked *q, struct arena *a,
                           struct name_match *m)
{
    struct asked x = {.start = {0}, .start_n = 1};
    struct best b;
    for (size_t i = 0; i < q->vendor_n && i < STATED; i++)
        x.vendor[x.vendor_n++] = q->vendor[i];
    if (q->maker.n)
        vendors_add(d, &x, name_fold_key(q->maker, a));
    size_t stated = x.vendor_n, skip = 0;
    if (q->scan->n && q->scan->seg[0].kind == NAME_SEG_VENDOR)
        skip = q->scan->seg[0].n;
    if (!skip)
        skip = vendor_prefix(d, q->fold, &x);
    if (skip && skip < q->fold->key.n)
        x.start[x.start_n++] = skip;
    ends_find(q, &x);
    for (size_t i = 0; i < x.start_n; i++)
        for (size_t k = 0; k < x.end_n; k++) {
            size_t n = i ? x.vendor_n : stated;
            if (x.end[k] <= x.start[i])
                continue;
            struct str key = str_sub(q->fold->key, x.start[i], x.end[k] - x.start[i]);
            if (!enough(key, n > 0))
                continue;
            best_of(d, key, x.vendor, n, &b);
            if (b.n && answer(q, &b, key, x.end[k], n > 0, a, m))
                return true;
        }
    return false;
}
