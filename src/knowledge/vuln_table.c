/* The table of records by id, and the index of products. */
#include "knowledge/knowledge_internal.h"

#include "knowledge/record.h"

bool knowledge_key(struct str id, struct str source, when_t when, char *out, size_t *n)
{
    if (id.n + source.n + 2 + 8 > KNOWLEDGE_KEY_MAX || id.n == 0 || memchr(id.p, 0, id.n))
        return false;
    memcpy(out, id.p, id.n);
    out[id.n] = 0;
    size_t at = id.n + 1;
    if (source.n)
        memcpy(out + at, source.p, source.n);
    at += source.n;
    out[at++] = 0;
    uint64_t v = (uint64_t)when ^ (1ULL << 63);
    for (int i = 0; i < 8; i++)
        out[at++] = (char)(v >> (56 - 8 * i));
    *n = at;
    return true;
}

when_t knowledge_key_when(const MDB_val *key)
{
    if (key->mv_size < 8)
        return WHEN_NONE;
    const unsigned char *p = (const unsigned char *)key->mv_data + key->mv_size - 8;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return (when_t)(v ^ (1ULL << 63));
}

/* The part of the key before the moment. */
static struct str key_head(const MDB_val *key)
{
    return str_n(key->mv_data, key->mv_size < 8 ? 0 : key->mv_size - 8);
}

static int index_product(struct knowledge *k, struct str key, struct str id, struct err *e)
{
    char low[KNOWLEDGE_PRODUCT_MAX];
    if (key.n == 0 || key.n > sizeof(low) || id.n > 400)
        return 0;
    for (size_t i = 0; i < key.n; i++)
        low[i] = key.p[i] >= 'A' && key.p[i] <= 'Z' ? (char)(key.p[i] + 32)
                 : key.p[i] == ' '                  ? '_'
                                                    : key.p[i];
    MDB_val kk = {key.n, low}, vv = {id.n, (void *)id.p};
    int rc = mdb_put(k->write, k->table[TABLE_PRODUCT], &kk, &vv, MDB_NODUPDATA);
    return rc == 0 || rc == MDB_KEYEXIST ? 0 : knowledge_fail(k, rc, e);
}

/* "vendor:product" of a CPE 2.3 formatted string, with its escapes taken off. */
static bool cpe_product(struct str cpe, char *out, size_t size, struct str *key)
{
    if (!str_starts_i(cpe, "cpe:2.3:") || cpe.n < 10)
        return false;
    size_t n = 0, colons = 0;
    for (size_t i = 10; i < cpe.n && n < size; i++) {
        if (cpe.p[i] == '\\' && i + 1 < cpe.n) {
            out[n++] = cpe.p[++i];
        } else if (cpe.p[i] == ':' && ++colons == 2) {
            break;
        } else {
            out[n++] = cpe.p[i];
        }
    }
    *key = str_n(out, n);
    return colons == 2;
}

static int index_cpe(struct knowledge *k, struct str cpe, struct str id, struct str *last, char *last_buf,
                     struct err *e)
{
    char tmp[256];
    struct str key;
    if (!cpe_product(cpe, tmp, sizeof(tmp), &key) || str_eq(key, *last))
        return 0;
    memcpy(last_buf, key.p, key.n);
    *last = str_n(last_buf, key.n);
    return index_product(k, key, id, e);
}

static int index_affected(struct knowledge *k, const struct affected *f, struct str id, struct str *last,
                          char *last_buf, struct err *e)
{
    char tmp[256];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->cpe_n; i++)
        rc = index_cpe(k, f->cpe[i], id, last, last_buf, e);
    size_t n = f->vendor.n + 1 + f->product.n;
    if (rc || f->product.n == 0 || n > sizeof(tmp))
        return rc;
    if (f->vendor.n)
        memcpy(tmp, f->vendor.p, f->vendor.n);
    tmp[f->vendor.n] = ':';
    memcpy(tmp + f->vendor.n + 1, f->product.p, f->product.n);
    return index_product(k, str_n(tmp, n), id, e);
}

static int index_vuln(struct knowledge *k, const struct vuln *v, const struct str *extra, size_t extra_n,
                      struct err *e)
{
    char last_buf[256];
    struct str last = {0};
    int rc = 0;
    for (size_t i = 0; i < v->config_n; i++)
        for (size_t n = 0; n < v->config[i].node_n; n++)
            for (size_t m = 0; rc == 0 && m < v->config[i].node[n].match_n; m++)
                if (v->config[i].node[n].match[m].vulnerable)
                    rc = index_cpe(k, v->config[i].node[n].match[m].criteria, v->id, &last, last_buf, e);
    for (size_t i = 0; rc == 0 && i < v->affected_n; i++)
        rc = index_affected(k, &v->affected[i], v->id, &last, last_buf, e);
    for (size_t i = 0; rc == 0 && i < v->product_n; i++)
        rc = index_cpe(k, v->product[i].cpe, v->id, &last, last_buf, e);
    for (size_t i = 0; rc == 0 && i < extra_n; i++)
        rc = index_product(k, extra[i], v->id, e);
    return rc;
}

/* True when the newest state at or before this key says the same. */
static bool same_as_before(struct knowledge *k, const MDB_val *key, uint64_t hash)
{
    MDB_cursor *c;
    MDB_val kk = *key, vv;
    bool same = false;
    if (mdb_cursor_open(k->write, k->table[TABLE_VULN], &c) != 0)
        return false;
    int rc = mdb_cursor_get(c, &kk, &vv, MDB_SET_RANGE);
    bool here = rc == 0 && kk.mv_size == key->mv_size && memcmp(kk.mv_data, key->mv_data, kk.mv_size) == 0;
    if (!here)
        rc = mdb_cursor_get(c, &kk, &vv, rc == 0 ? MDB_PREV : MDB_LAST);
    if (rc == 0 && str_eq(key_head(&kk), key_head(key)) && vv.mv_size >= 8)
        same = memcmp(vv.mv_data, &hash, 8) == 0;
    mdb_cursor_close(c);
    return same;
}

/* The record into scratch, behind its hash. The hash leaves out when it was known
 * and modified: the same words later are the same words. */
static uint64_t write_record(struct knowledge *k, const struct vuln *v)
{
    uint64_t hash = 0;
    buf_clear(&k->scratch);
    buf_add(&k->scratch, &hash, sizeof(hash));
    record_write(v, &k->scratch);
    if (buf_full(&k->scratch))
        return 0;
    struct str all = str_sub(buf_str(&k->scratch), sizeof(hash), k->scratch.n);
    hash = str_hash(str_sub(all, RECORD_DATES, all.n)) ^ (uint64_t)v->published;
    memcpy(k->scratch.p, &hash, sizeof(hash));
    return hash;
}

int knowledge_put_vuln(struct knowledge *k, const struct vuln *v, const struct str *product_key, size_t key_n,
                       bool *changed, struct err *e)
{
    char key[KNOWLEDGE_KEY_MAX];
    size_t n;
    when_t known = v->known != WHEN_NONE ? v->known : v->modified != WHEN_NONE ? v->modified : v->published;
    if (changed)
        *changed = false;
    if (!knowledge_key(v->id, v->source, known, key, &n))
        return err_set(e, ERR_INPUT, "the identifier of a record is empty or too long");
    uint64_t hash = write_record(k, v);
    MDB_val kk = {n, key};
    if (!buf_full(&k->scratch) && same_as_before(k, &kk, hash))
        return 0;
    if (buf_full(&k->scratch))
        return err_set(e, ERR_LIMIT, "the record %.*s is too large", STR_ARG(v->id));
    MDB_val vv = {k->scratch.n, k->scratch.p};
    int rc = mdb_put(k->write, k->table[TABLE_VULN], &kk, &vv, 0);
    if (rc)
        return knowledge_fail(k, rc, e);
    if (changed)
        *changed = true;
    return index_vuln(k, v, product_key, key_n, e);
}

/* Leaves of a record what may be told before any state we hold of it. */
static void keep_existence(struct vuln *v)
{
    *v = (struct vuln){.id = v->id,
                       .source = v->source,
                       .state = VULN_PUBLISHED,
                       .published = v->published,
                       .modified = WHEN_NONE,
                       .known = WHEN_NONE,
                       .kev = {.added = WHEN_NONE, .due = WHEN_NONE},
                       .ssvc = {.when = WHEN_NONE}};
}

/* All states of one source, from the cursor on: keeps the last one known by as_of, else the first. */
static int read_source(MDB_cursor *c, MDB_val *kk, MDB_val *vv, when_t as_of,
                       struct arena *a, struct known_vuln *out, bool *take, int *more, struct err *e)
{
    struct str head = key_head(kk);
    MDB_val best = *vv;
    when_t when = knowledge_key_when(kk);
    bool known = when <= as_of;
    for (;;) {
        *more = mdb_cursor_get(c, kk, vv, MDB_NEXT);
        if (*more != 0 || !str_eq(key_head(kk), head))
            break;
        if (knowledge_key_when(kk) <= as_of) {
            best = *vv;
            known = true;
        }
    }
    if (best.mv_size < 8)
        return err_set(e, ERR_INPUT,
                       "a record of the knowledge file is damaged; toban rebuild --knowledge makes it anew");
    int rc = record_read(str_n((const char *)best.mv_data + 8, best.mv_size - 8), a, &out->v, e);
    if (rc)
        return rc;
    out->later = !known;
    *take = known || (out->v.published != WHEN_NONE && out->v.published <= as_of);
    if (out->later)
        keep_existence(&out->v);
    return 0;
}

#define SOURCES_MAX 32

int knowledge_vuln(struct knowledge *k, struct str id, when_t as_of, struct arena *a, struct known_vuln **out,
                   size_t *n, struct err *e)
{
    char key[KNOWLEDGE_KEY_MAX];
    *out = NULL;
    *n = 0;
    if (id.n == 0 || id.n + 1 > sizeof(key))
        return ERR_NOT_FOUND;
    memcpy(key, id.p, id.n);
    key[id.n] = 0;
    MDB_cursor *c;
    int rc = mdb_cursor_open(k->read, k->table[TABLE_VULN], &c);
    if (rc)
        return knowledge_fail(k, rc, e);
    MDB_val kk = {id.n + 1, key}, vv;
    struct known_vuln *list = arena_array(a, struct known_vuln, SOURCES_MAX);
    int more = mdb_cursor_get(c, &kk, &vv, MDB_SET_RANGE);
    while (more == 0 && *n < SOURCES_MAX && kk.mv_size > id.n + 1 && memcmp(kk.mv_data, key, id.n + 1) == 0) {
        bool take = false;
        rc = read_source(c, &kk, &vv, as_of, a, &list[*n], &take, &more, e);
        if (rc)
            break;
        *n += take;
    }
    mdb_cursor_close(c);
    if (rc == 0 && more != 0 && more != MDB_NOTFOUND)
        rc = knowledge_fail(k, more, e);
    *out = list;
    return rc ? rc : *n ? 0 : ERR_NOT_FOUND;
}

int knowledge_of_product(struct knowledge *k, struct str key, struct arena *a, struct str **ids, size_t *n,
                         struct err *e)
{
    MDB_cursor *c;
    *ids = NULL;
    *n = 0;
    int rc = mdb_cursor_open(k->read, k->table[TABLE_PRODUCT], &c);
    if (rc)
        return knowledge_fail(k, rc, e);
    MDB_val kk = {key.n, (void *)key.p}, vv;
    size_t count = 0;
    rc = key.n && key.n <= KNOWLEDGE_PRODUCT_MAX ? mdb_cursor_get(c, &kk, &vv, MDB_SET_KEY) : MDB_NOTFOUND;
    if (rc == 0)
        rc = mdb_cursor_count(c, &count);
    if (rc == 0) {
        struct str *list = arena_array(a, struct str, count);
        do {
            list[(*n)++] = str_n(vv.mv_data, vv.mv_size);
            rc = mdb_cursor_get(c, &kk, &vv, MDB_NEXT_DUP);
        } while (rc == 0 && *n < count);
        *ids = list;
    }
    mdb_cursor_close(c);
    return rc == 0 || rc == MDB_NOTFOUND ? 0 : knowledge_fail(k, rc, e);
}

int knowledge_each_product(struct knowledge *k, int (*each)(void *ctx, struct str key), void *ctx,
                           struct err *e)
{
    MDB_cursor *c;
    MDB_val kk, vv;
    int own = 0, rc = mdb_cursor_open(k->read, k->table[TABLE_PRODUCT], &c);
    if (rc)
        return knowledge_fail(k, rc, e);
    for (rc = mdb_cursor_get(c, &kk, &vv, MDB_FIRST); rc == 0 && own == 0;
         rc = mdb_cursor_get(c, &kk, &vv, MDB_NEXT_NODUP))
        own = each(ctx, str_n(kk.mv_data, kk.mv_size));
    mdb_cursor_close(c);
    return own ? own : rc == MDB_NOTFOUND ? 0 : knowledge_fail(k, rc, e);
}
