#include "identify/name_dictionary_in.h"

#include "codec/json.h"
#include "codec/stream.h"
#include "identify/cpe.h"

struct entry {
    struct str key, value;
    uint32_t weight;
};

struct builder {
    struct arena a, scratch;
    struct map seen; /* key NUL value: index of entry */
    VEC(struct entry) product, vendor;
    size_t *bad;
};

/* ---- adding ---- */

static void entry_add(struct builder *b, bool vendor, struct str name, struct str value, uint32_t weight)
{
    struct str key = name_fold_key(name, &b->scratch);
    if (!key.n || key.n > NAME_KEY_MAX || !value.n || value.n > UINT16_MAX ||
        b->product.n + b->vendor.n >= NAME_DICTIONARY_ENTRIES)
        return;
    struct str both =
        str_of(arena_printf(&b->scratch, "%c%.*s\t%.*s", vendor ? 'v' : 'p', STR_ARG(key), STR_ARG(value)));
    bool made;
    uint64_t *at = map_put(&b->seen, both, &made);
    if (made) {
        struct entry x = {arena_str(&b->a, key), arena_str(&b->a, value), 0};
        *at = vendor ? b->vendor.n : b->product.n;
        if (vendor)
            vec_push(&b->vendor, x);
        else
            vec_push(&b->product, x);
    }
    struct entry *x = vendor ? &b->vendor.p[*at] : &b->product.p[*at];
    x->weight = x->weight > UINT32_MAX - weight ? UINT32_MAX : x->weight + weight;
}

static struct str spaced(struct builder *b, struct str word)
{
    char *p = arena_dup(&b->scratch, word.p, word.n);
    for (size_t i = 0; i < word.n; i++)
        if (p[i] == '_')
            p[i] = ' ';
    return str_n(p, word.n);
}

/* A CPE's own words are names of the product: "tomcat", "apache tomcat". */
static void cpe_words_add(struct builder *b, struct str vendor, struct str product, uint32_t weight)
{
    struct str value = str_of(arena_printf(&b->scratch, "%.*s:%.*s", STR_ARG(vendor), STR_ARG(product)));
    struct str v = spaced(b, vendor), p = spaced(b, product);
    entry_add(b, false, p, value, weight);
    if (str_ends(p, " firmware"))
        entry_add(b, false, str_sub(p, 0, p.n - 9), value, weight);
    if (!str_starts(p, arena_printf(&b->scratch, "%.*s", STR_ARG(v))))
        entry_add(b, false, str_of(arena_printf(&b->scratch, "%.*s %.*s", STR_ARG(v), STR_ARG(p))), value,
                  weight);
    entry_add(b, true, v, vendor, weight);
}

static bool cpe_read(struct builder *b, struct str text, struct str *vendor, struct str *product)
{
    struct cpe c;
    if (cpe_parse_tolerant(&b->scratch, text, &c, NULL, NULL))
        return false;
    *vendor = cpe_plain(&b->scratch, &c, CPE_VENDOR);
    *product = cpe_plain(&b->scratch, &c, CPE_PRODUCT);
    return vendor->n > 0;
}

/* ---- lists ---- */

static struct str cut_suffix(struct str s, const char *suffix)
{
    return str_ends(s, suffix) ? str_trim(str_sub(s, 0, s.n - strlen(suffix))) : s;
}

static bool line_jvn(struct builder *b, struct str line)
{
    const struct json *v = json_parse(&b->scratch, line, NULL);
    struct str vname = json_get_str(v, "vname"), pname = json_get_str(v, "pname"), vendor, product;
    if (!pname.n || !cpe_read(b, json_get_str(v, "pcpe"), &vendor, &product) || !product.n)
        return false;
    struct str value = str_of(arena_printf(&b->scratch, "%.*s:%.*s", STR_ARG(vendor), STR_ARG(product)));
    struct str bare = cut_suffix(cut_suffix(pname, "ファームウェア"), "シリーズ");
    cpe_words_add(b, vendor, product, 1);
    entry_add(b, false, pname, value, 1);
    if (bare.n != pname.n)
        entry_add(b, false, bare, value, 1);
    if (vname.n) {
        entry_add(b, true, vname, vendor, 1);
        entry_add(b, true, cut_suffix(vname, "株式会社"), vendor, 1);
        if (str_starts(vname, "株式会社"))
            entry_add(b, true, str_sub(vname, strlen("株式会社"), vname.n), vendor, 1);
        if (str_starts(pname, arena_printf(&b->scratch, "%.*s ", STR_ARG(vname))))
            entry_add(b, false, str_sub(pname, vname.n + 1, pname.n), value, 1);
    }
    return true;
}

static bool line_tabbed(struct builder *b, struct str line)
{
    struct str vendor, product;
    size_t tab = str_chr(line, '\t');
    struct str kind = str_sub(line, tab + 1, line.n);
    size_t tab2 = str_chr(kind, '\t');
    if (tab2 == STR_NONE)
        return false;
    if (!str_eq(str_sub(kind, 0, tab2), STR_LIT("cpes")))
        return true;
    if (!cpe_read(b, str_sub(kind, tab2 + 1, kind.n), &vendor, &product) || !product.n)
        return false;
    cpe_words_add(b, vendor, product, 1);
    return true;
}

static bool line_any(struct builder *b, struct str line)
{
    struct str vendor, product;
    line = str_trim(line);
    if (!line.n || line.p[0] == '#')
        return true;
    if (line.p[0] == '{')
        return line_jvn(b, line);
    if (str_chr(line, '\t') != STR_NONE)
        return line_tabbed(b, line);
    if (!cpe_read(b, line, &vendor, &product) || !product.n)
        return false;
    cpe_words_add(b, vendor, product, 1);
    return true;
}

static int list_read(struct builder *b, const char *path, struct err *e)
{
    struct stream *in;
    struct str line;
    bool cut;
    int rc = stream_open(&in, path, LIMIT_INFLATED, e);
    if (rc)
        return rc;
    while ((rc = stream_line(in, LIMIT_LINE, &line, &cut, e)) > 0) {
        arena_clear(&b->scratch);
        if (cut || !line_any(b, line))
            (*b->bad)++;
    }
    stream_free(in);
    return rc;
}

/* ---- writing ---- */

static int entry_cmp(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    int c = str_cmp(a->key, b->key);
    return c ? c : str_cmp(a->value, b->value);
}

static void entries_write(const struct entry *v, size_t n, uint32_t *text, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        struct name_index_entry x = {.key = *text,
                                     .value = *text + (uint32_t)v[i].key.n,
                                     .key_n = (uint16_t)v[i].key.n,
                                     .value_n = (uint16_t)v[i].value.n,
                                     .weight = v[i].weight};
        *text += (uint32_t)(v[i].key.n + v[i].value.n);
        buf_add(out, &x, sizeof(x));
    }
}

static void texts_write(const struct entry *v, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_add_str(out, v[i].key);
        buf_add_str(out, v[i].value);
    }
}

static void index_write(struct builder *b, struct buf *out)
{
    uint64_t text_n = 0;
    uint32_t text = 0;
    if (b->product.n)
        qsort(b->product.p, b->product.n, sizeof(*b->product.p), entry_cmp);
    if (b->vendor.n)
        qsort(b->vendor.p, b->vendor.n, sizeof(*b->vendor.p), entry_cmp);
    for (size_t i = 0; i < b->product.n; i++)
        text_n += b->product.p[i].key.n + b->product.p[i].value.n;
    for (size_t i = 0; i < b->vendor.n; i++)
        text_n += b->vendor.p[i].key.n + b->vendor.p[i].value.n;
    struct name_index_header h = {.order = NAME_INDEX_ORDER,
                                  .products = (uint32_t)b->product.n,
                                  .vendors = (uint32_t)b->vendor.n,
                                  .text_n = (uint32_t)text_n};
    memcpy(h.magic, NAME_INDEX_MAGIC, sizeof(h.magic));
    buf_add(out, &h, sizeof(h));
    entries_write(b->product.p, b->product.n, &text, out);
    entries_write(b->vendor.p, b->vendor.n, &text, out);
    texts_write(b->product.p, b->product.n, out);
    texts_write(b->vendor.p, b->vendor.n, out);
}

int name_dictionary_build(const char *const *paths, size_t n, struct buf *out, size_t *bad, struct err *e)
{
    struct builder b = {.bad = bad};
    int rc = 0;
    *bad = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = list_read(&b, paths[i], e);
    if (!rc && b.product.n + b.vendor.n >= NAME_DICTIONARY_ENTRIES)
        rc = err_set(e, ERR_LIMIT, "the name lists give more than %u entries", NAME_DICTIONARY_ENTRIES);
    if (!rc) {
        index_write(&b, out);
        if (buf_full(out))
            rc = err_set(e, ERR_LIMIT, "the name index would be larger than its limit");
    }
    vec_release(&b.product);
    vec_release(&b.vendor);
    map_release(&b.seen);
    arena_release(&b.scratch);
    arena_release(&b.a);
    return rc;
}
