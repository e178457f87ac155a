/* Dated assertions: KEV entries by (CVE, source), and EPSS scores. */
#include "knowledge/knowledge_internal.h"

#include "knowledge/record.h"

/* A KEV entry is kept in a struct vuln's form, so that one reader serves:
 * v.known = since when we saw it listed, v.modified = since when it was gone. */

static bool kev_key(struct str cve, struct str source, char *out, size_t *n)
{
    return knowledge_key(cve, source, 0, out, n);
}

static int kev_store(struct knowledge *k, const struct vuln *v, struct err *e)
{
    char key[KNOWLEDGE_KEY_MAX];
    size_t n;
    if (!kev_key(v->id, v->source, key, &n))
        return err_set(e, ERR_INPUT, "the identifier of a record is empty or too long");
    buf_clear(&k->scratch);
    record_write(v, &k->scratch);
    MDB_val kk = {n, key}, vv = {k->scratch.n, k->scratch.p};
    int rc = mdb_put(k->write, k->table[TABLE_KEV], &kk, &vv, 0);
    return rc ? knowledge_fail(k, rc, e) : 0;
}

int knowledge_put_kev(struct knowledge *k, const struct kev *kev, when_t seen, struct err *e)
{
    char key[KNOWLEDGE_KEY_MAX];
    size_t n;
    if (!kev_key(kev->cve, kev->source, key, &n))
        return err_set(e, ERR_INPUT, "the identifier of a record is empty or too long");
    if (k->kev_full.n && str_eq(k->kev_full, kev->source))
        *map_put(&k->kev_seen, kev->cve, NULL) = 1;
    struct vuln v = {.id = kev->cve, .source = kev->source, .kev = *kev};
    v.published = kev->added;
    v.known = seen;
    v.modified = WHEN_NONE;
    v.ssvc.when = WHEN_NONE;
    /* An entry that stays listed was known since we first saw it. */
    MDB_val kk = {n, key}, old;
    struct arena a = {0};
    struct vuln before;
    if (mdb_get(k->write, k->table[TABLE_KEV], &kk, &old) == 0 &&
        record_read(str_n(old.mv_data, old.mv_size), &a, &before, NULL) == 0 && before.modified == WHEN_NONE)
        v.known = MIN(before.known, seen);
    arena_release(&a);
    return kev_store(k, &v, e);
}

int knowledge_kev_full_begin(struct knowledge *k, struct str source, struct err *e)
{
    if (source.n >= sizeof(k->kev_name))
        return err_set(e, ERR_INTERNAL, "the name of a source is too long");
    memcpy(k->kev_name, source.p, source.n);
    k->kev_full = str_n(k->kev_name, source.n);
    map_release(&k->kev_seen);
    return 0;
}

int knowledge_kev_full_end(struct knowledge *k, when_t seen, struct err *e)
{
    VEC(struct vuln) gone = {0};
    struct arena a = {0};
    MDB_cursor *c;
    MDB_val kk, vv;
    int rc = mdb_cursor_open(k->write, k->table[TABLE_KEV], &c);
    if (rc)
        return knowledge_fail(k, rc, e);
    for (rc = mdb_cursor_get(c, &kk, &vv, MDB_FIRST); rc == 0; rc = mdb_cursor_get(c, &kk, &vv, MDB_NEXT)) {
        struct vuln v;
        struct str copy = arena_str(&a, str_n(vv.mv_data, vv.mv_size));
        if (record_read(copy, &a, &v, NULL) != 0 || !str_eq(v.source, k->kev_full))
            continue;
        if (v.modified == WHEN_NONE && !map_get(&k->kev_seen, v.id)) {
            v.modified = seen;
            vec_push(&gone, v);
        }
    }
    mdb_cursor_close(c);
    rc = rc == MDB_NOTFOUND ? 0 : knowledge_fail(k, rc, e);
    for (size_t i = 0; rc == 0 && i < gone.n; i++)
        rc = kev_store(k, &gone.p[i], e);
    vec_release(&gone);
    arena_release(&a);
    map_release(&k->kev_seen);
    k->kev_full = (struct str){0};
    return rc;
}

int knowledge_kev(struct knowledge *k, struct str cve, when_t as_of, struct arena *a, struct kev **out,
                  size_t *n, struct err *e)
{
    char prefix[KNOWLEDGE_KEY_MAX];
    *out = NULL;
    *n = 0;
    if (cve.n == 0 || cve.n + 1 > sizeof(prefix))
        return 0;
    memcpy(prefix, cve.p, cve.n);
    prefix[cve.n] = 0;
    MDB_cursor *c;
    int rc = mdb_cursor_open(k->read, k->table[TABLE_KEV], &c);
    if (rc)
        return knowledge_fail(k, rc, e);
    struct kev *list = arena_array(a, struct kev, 8);
    MDB_val kk = {cve.n + 1, prefix}, vv;
    for (rc = mdb_cursor_get(c, &kk, &vv, MDB_SET_RANGE);
         rc == 0 && *n < 8 && kk.mv_size > cve.n && memcmp(kk.mv_data, prefix, cve.n + 1) == 0;
         rc = mdb_cursor_get(c, &kk, &vv, MDB_NEXT)) {
        struct vuln v;
        int bad = record_read(str_n(vv.mv_data, vv.mv_size), a, &v, e);
        if (bad) {
            mdb_cursor_close(c);
            return bad;
        }
        /* The catalogue's own date decides what could be known then, not our first look at it. */
        if (v.kev.added <= as_of && (v.modified == WHEN_NONE || v.modified > as_of))
            list[(*n)++] = v.kev;
    }
    mdb_cursor_close(c);
    *out = list;
    return rc == 0 || rc == MDB_NOTFOUND ? 0 : knowledge_fail(k, rc, e);
}

/* Two scores are kept a CVE: the newest, and the one before it under another date. */
struct epss_row {
    double score, percentile;
    when_t date;
    char model[24];
};

static struct epss_row epss_row_of(const struct epss *s)
{
    struct epss_row r = {.score = s->score, .percentile = s->percentile, .date = s->date};
    memcpy(r.model, s->model_version.p ? s->model_version.p : "",
           MIN(s->model_version.n, sizeof(r.model) - 1));
    return r;
}

int knowledge_put_epss(struct knowledge *k, const struct epss *s, struct err *e)
{
    struct epss_row row[2] = {epss_row_of(s), {.date = WHEN_NONE}};
    MDB_val kk = {s->cve.n, (void *)s->cve.p}, vv;
    if (s->cve.n == 0 || s->cve.n > 64)
        return err_set(e, ERR_INPUT, "the identifier of a record is empty or too long");
    int rc = mdb_get(k->write, k->table[TABLE_EPSS], &kk, &vv);
    if (rc == 0 && vv.mv_size == sizeof(row)) {
        struct epss_row old[2];
        memcpy(old, vv.mv_data, sizeof(old));
        if (old[0].date == row[0].date) {
            row[1] = old[1];
        } else if (old[0].date < row[0].date) {
            row[1] = old[0];
        } else {
            if (old[1].date == WHEN_NONE || old[1].date <= row[0].date)
                old[1] = row[0];
            memcpy(row, old, sizeof(row));
        }
    } else if (rc != 0 && rc != MDB_NOTFOUND) {
        return knowledge_fail(k, rc, e);
    }
    vv = (MDB_val){sizeof(row), row};
    rc = mdb_put(k->write, k->table[TABLE_EPSS], &kk, &vv, 0);
    return rc ? knowledge_fail(k, rc, e) : 0;
}

int knowledge_epss(struct knowledge *k, struct str cve, when_t as_of, struct epss *out, bool *found,
                   struct err *e)
{
    MDB_val kk = {cve.n, (void *)cve.p}, vv;
    *found = false;
    if (cve.n == 0 || cve.n > 64)
        return 0;
    int rc = mdb_get(k->read, k->table[TABLE_EPSS], &kk, &vv);
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc)
        return knowledge_fail(k, rc, e);
    if (vv.mv_size != 2 * sizeof(struct epss_row))
        return err_set(e, ERR_INPUT,
                       "a record of the knowledge file is damaged; toban rebuild --knowledge makes it anew");
    for (size_t i = 0; i < 2 && !*found; i++) {
        struct epss_row row;
        memcpy(&row, (const char *)vv.mv_data + i * sizeof(row), sizeof(row));
        if (row.date == WHEN_NONE || row.date > as_of)
            continue;
        const char *model = (const char *)vv.mv_data + i * sizeof(row) + offsetof(struct epss_row, model);
        *out = (struct epss){cve, str_n(model, strnlen(model, sizeof(row.model))), row.score, row.percentile,
                             row.date};
        *found = true;
    }
    return 0;
}
