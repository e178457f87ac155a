#include "loop/fleet.h"

#include <stdlib.h>

static struct str name_key(const struct str *vendor, const struct str *product, const struct str *version,
                           const struct str *build, struct buf *b)
{
    buf_clear(b);
    const struct str *const part[] = {vendor, product, version, build};
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        buf_add_str(b, *part[i]);
        buf_addc(b, 0);
    }
    return buf_str(b);
}

static int load_names(const struct world *w, struct arena *a, struct name_row **row, size_t *row_n,
                      struct map *index, struct err *e)
{
    size_t n = 0;
    struct buf b = BUF_INIT(MIB);
    int rc = ledger_store_names(w->db, a, row, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        *map_put(index,
                 name_key(&(*row)[i].vendor, &(*row)[i].product, &(*row)[i].version, &(*row)[i].build, &b),
                 NULL) = i;
    *row_n = n;
    buf_release(&b);
    return rc;
}

static void split_key(struct str key, struct match_item *m)
{
    size_t colon = str_chr(key, ':');
    m->vendor = str_sub(key, 0, colon);
    m->product = colon == STR_NONE ? (struct str){0} : str_sub(key, colon + 1, key.n);
}

static void fill_item(struct fleet_item *it, struct str key, struct arena *a)
{
    const struct component *c = it->component;
    it->match.written = c->product;
    it->match.seen = c->seen;
    if (c->version.n && str_find(c->product, c->version) == STR_NONE)
        it->match.written =
            str_of(arena_printf(a, STR_FMT " " STR_FMT, STR_ARG(c->product), STR_ARG(c->version)));
    if (key.n == 0)
        return;
    it->key = key;
    split_key(it->key, &it->match);
    it->match.version = it->name->cpe_version;
    it->match.update = it->name->cpe_update;
    it->match.build = it->name->exact.n ? it->name->exact : c->build;
}

/* Alike means: the same identity, and the same identities beside it (platforms count). */
static uint32_t same_number(struct fleet *f, struct map *seen, const struct fleet_item *it, struct buf *b)
{
    buf_clear(b);
    buf_add_str(b, it->key);
    const struct str *const part[] = {&it->match.version, &it->match.update, &it->match.build};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        buf_printf(b, "%c" STR_FMT, 1, STR_ARG(*part[i]));
    buf_printf(b, "%c%lld", 1, (long long)(it->match.seen / WHEN_DAY));
    for (size_t i = 0; i < it->of_asset_n; i++) {
        const struct fleet_item *o = &f->item[it->of_asset + i];
        buf_printf(b, "%c" STR_FMT "%c" STR_FMT "%c" STR_FMT, 2, STR_ARG(o->key), 1,
                   STR_ARG(o->match.version), 1, STR_ARG(o->match.update));
    }
    bool made;
    uint64_t *v = map_put(seen, buf_str(b), &made);
    if (made)
        *v = f->same_n++;
    return (uint32_t)*v;
}

static void link_keys(struct fleet *f, struct arena *a)
{
    VEC(struct str) keys = {0};
    for (size_t i = f->n; i-- > 0;) {
        struct fleet_item *it = &f->item[i];
        it->next = UINT32_MAX;
        if (it->key.n == 0)
            continue;
        bool made;
        uint64_t *first = map_put(&f->first, it->key, &made);
        if (made)
            vec_push(&keys, it->key);
        else
            it->next = (uint32_t)*first;
        *first = i;
    }
    f->key_n = keys.n;
    f->key = arena_array(a, struct str, keys.n + 1);
    if (keys.n)
        memcpy(f->key, keys.p, keys.n * sizeof(*keys.p));
    vec_release(&keys);
}

/* One item for each name the product has in CPE. */
static void add_items(struct fleet *f, const struct ledger_asset *as, const struct component *c,
                      const struct name_row *name, struct arena *a)
{
    struct str_split it = str_split_init(name ? name->also : (struct str){0}, ',');
    struct str key = name ? name->key : (struct str){0};
    do {
        if (f->n == f->cap)
            return;
        f->item[f->n] = (struct fleet_item){.asset = as, .component = c, .name = name};
        fill_item(&f->item[f->n++], str_trim(key), a);
    } while (key.n && str_split_next(&it, &key) && key.n);
}

static size_t count_items(const struct ledger *l, const struct name_row *row, size_t row_n)
{
    size_t n = 0, most = 1;
    for (size_t i = 0; i < row_n; i++) {
        size_t k = 2;
        for (size_t c = 0; c < row[i].also.n; c++)
            k += row[i].also.p[c] == ',';
        most = row[i].also.n ? MAX(most, k) : most;
    }
    for (size_t i = 0; i < l->n; i++)
        n += l->asset[i].a.component_n;
    return n * most;
}

static void build_items(struct fleet *f, const struct name_row *row, const struct map *index, struct arena *a)
{
    struct buf b = BUF_INIT(4 * MIB);
    struct map seen = {0};
    for (size_t i = 0; i < f->ledger.n; i++) {
        const struct asset *as = &f->ledger.asset[i].a;
        size_t first = f->n;
        for (size_t k = 0; k < as->component_n; k++) {
            const struct component *c = &as->component[k];
            const uint64_t *r = map_get(index, name_key(&c->vendor, &c->product, &c->version, &c->build, &b));
            add_items(f, &f->ledger.asset[i], c, r ? &row[*r] : NULL, a);
        }
        for (size_t k = first; k < f->n; k++) {
            f->item[k].of_asset = first;
            f->item[k].of_asset_n = f->n - first;
            f->match[k] = f->item[k].match;
        }
    }
    for (size_t i = 0; i < f->n; i++)
        f->item[i].same = same_number(f, &seen, &f->item[i], &b);
    map_release(&seen);
    buf_release(&b);
}

/* Items for the assets that are in out->ledger. */
static int finish(const struct world *w, struct arena *a, struct fleet *out, struct err *e)
{
    struct name_row *row = NULL;
    size_t row_n = 0;
    struct map index = {0};
    int rc = load_names(w, a, &row, &row_n, &index, e);
    if (rc == 0) {
        out->cap = count_items(&out->ledger, row, row_n);
        out->item = arena_array(a, struct fleet_item, out->cap + 1);
        out->match = arena_array(a, struct match_item, out->cap + 1);
        build_items(out, row, &index, a);
        link_keys(out, a);
    }
    map_release(&index);
    return rc;
}

int fleet_load(const struct world *w, struct arena *a, struct fleet *out, struct err *e)
{
    *out = (struct fleet){0};
    int rc = ledger_store_load(w->db, a, &out->ledger, e);
    return rc ? rc : finish(w, a, out, e);
}

int fleet_load_product(const struct world *w, struct str key, struct str words, struct arena *a, struct fleet *out,
                       struct err *e)
{
    *out = (struct fleet){0};
    int rc = ledger_store_of_product(w->db, key, words, a, &out->ledger, e);
    return rc ? rc : finish(w, a, out, e);
}

void fleet_release(struct fleet *f)
{
    map_release(&f->first);
}

uint32_t fleet_first(const struct fleet *f, struct str key)
{
    const uint64_t *v = map_get(&f->first, key);
    return v ? (uint32_t)*v : UINT32_MAX;
}
