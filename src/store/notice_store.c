#include "store/notice_store.h"

#include <stdio.h>

#include "codec/json.h"

static void hash_notice(const struct notice *n, char hex[33])
{
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT * 2);
    buf_add_str(&b, n->title);
    buf_addc(&b, 0);
    buf_add_str(&b, n->text);
    buf_printf(&b, "%c%lld %lld %d", 0, (long long)n->published, (long long)n->updated, n->complete);
    for (size_t i = 0; i < n->cve_n; i++)
        buf_add_str(&b, n->cve[i]);
    uint64_t h = str_hash(buf_str(&b));
    buf_addc(&b, 1);
    uint64_t h2 = str_hash(buf_str(&b));
    snprintf(hex, 33, "%016llx%016llx", (unsigned long long)h, (unsigned long long)h2);
    buf_release(&b);
}

static void products_write(const struct notice *n, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_array(&w);
    for (size_t i = 0; i < n->product_n; i++) {
        json_w_object(&w);
        json_w_kstr(&w, "vendor", n->product[i].vendor);
        json_w_kstr(&w, "product", n->product[i].product);
        json_w_kstr(&w, "version", n->product[i].version);
        json_w_kstr(&w, "cpe", n->product[i].cpe);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
}

static int put_rev(struct db *db, int64_t id, const struct notice *n, when_t known, when_t heard,
                   struct str sha256, int64_t *rev, struct err *e)
{
    char hash[33];
    struct buf cves = BUF_INIT(MIB), products = BUF_INIT(LIMIT_RECORD);
    for (size_t i = 0; i < n->cve_n; i++)
        buf_printf(&cves, "%s" STR_FMT, i ? " " : "", STR_ARG(n->cve[i]));
    hash_notice(n, hash);
    products_write(n, &products);
    int rc = db_run(db, "notice_rev_put", e, ARG_I("notice", id), ARG_C("hash", hash), ARG_S("url", n->url),
                    ARG_S("title", n->title), ARG_S("text", n->text), ARG_S("lang", n->lang),
                    ARG_W("published", n->published), ARG_W("updated", n->updated), ARG_I("known", known),
                    ARG_I("heard", heard), ARG_I("complete", n->complete), ARG_S("sha256", sha256),
                    ARG_S("cves", buf_str(&cves)), ARG_S("products", buf_str(&products)));
    if (rc == 0 && db_changes(db) > 0)
        *rev = db_last_id(db);
    buf_release(&cves);
    buf_release(&products);
    return rc;
}

int notice_store_put(struct db *db, const struct notice *n, when_t known, when_t heard, struct str sha256,
                     int64_t *rev, struct err *e)
{
    int64_t id, complete = 0;
    *rev = 0;
    int rc =
        db_run(db, "notice_put", e, ARG_S("source", n->source), ARG_S("key", n->id), ARG_I("heard", heard));
    if (rc == 0)
        rc = db_get_int(db, &id, "notice_id", e, ARG_S("source", n->source), ARG_S("key", n->id));
    if (rc == 0 && !n->complete)
        rc = db_get_int(db, &complete, "notice_rev_complete", e, ARG_I("notice", id), ARG_I("known", known));
    if (rc || complete)
        return rc;
    return put_rev(db, id, n, known, heard, sha256, rev, e);
}

static struct str *split_words(struct arena *a, struct str s, size_t *n)
{
    size_t max = 1;
    for (size_t i = 0; i < s.n; i++)
        max += s.p[i] == ' ';
    struct str *list = arena_array(a, struct str, max), piece;
    struct str_split it = str_split_init(s, ' ');
    *n = 0;
    while (str_split_next(&it, &piece))
        if (piece.n)
            list[(*n)++] = piece;
    return list;
}

static void products_read(struct arena *a, struct notice_rev *r)
{
    const struct json *v = json_parse(a, r->products_json, NULL);
    r->n.product_n = json_len(v);
    r->n.product = arena_array(a, struct notice_product, r->n.product_n + 1);
    for (size_t i = 0; i < r->n.product_n; i++) {
        const struct json *p = json_at(v, i);
        r->n.product[i] = (struct notice_product){json_get_str(p, "vendor"), json_get_str(p, "product"),
                                                  json_get_str(p, "version"), json_get_str(p, "cpe")};
    }
}

static void read_row(struct stmt *st, struct arena *a, struct notice_rev *r)
{
    *r = (struct notice_rev){.rev = stmt_int(st, 0), .id = stmt_int(st, 1)};
    r->n.source = arena_str(a, stmt_str(st, 2));
    r->n.id = arena_str(a, stmt_str(st, 3));
    r->n.url = arena_str(a, stmt_str(st, 4));
    r->n.title = arena_str(a, stmt_str(st, 5));
    r->n.text = arena_str(a, stmt_str(st, 6));
    r->n.lang = arena_str(a, stmt_str(st, 7));
    r->n.published = stmt_when(st, 8);
    r->n.updated = stmt_when(st, 9);
    r->known = stmt_int(st, 10);
    r->heard = stmt_int(st, 11);
    r->n.complete = stmt_int(st, 12) != 0;
    r->sha256 = arena_str(a, stmt_str(st, 13));
    r->n.cve = split_words(a, arena_str(a, stmt_str(st, 14)), &r->n.cve_n);
    r->products_json = arena_str(a, stmt_str(st, 15));
    products_read(a, r);
}

/* Takes the statement's rows; rc is that of db_query. */
static int read_all(int rc, struct stmt *st, struct arena *a, struct notice_rev **out, size_t *n,
                    struct err *e)
{
    VEC(struct notice_rev) v = {0};
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        read_row(st, a, vec_add(&v));
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct notice_rev, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int notice_store_list(struct db *db, when_t since, when_t as_of, int64_t limit, struct arena *a,
                      struct notice_rev **out, size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "notice_list", e, ARG_I("as_of", as_of), ARG_I("since", since),
                      ARG_I("limit", limit));
    return read_all(rc, st, a, out, n, e);
}

int notice_store_of_vuln(struct db *db, struct str vuln, when_t as_of, int64_t limit, struct arena *a,
                         struct notice_rev **out, size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "notice_of_vuln", e, ARG_S("vuln", vuln), ARG_I("as_of", as_of), ARG_I("limit", limit));
    return read_all(rc, st, a, out, n, e);
}

int notice_store_unassessed(struct db *db, struct str rules, struct arena *a, struct notice_rev **out,
                            size_t *n, struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "notice_unassessed", e, ARG_S("rules", rules));
    return read_all(rc, st, a, out, n, e);
}

int notice_store_get(struct db *db, int64_t id, struct arena *a, struct notice_rev **out, size_t *n,
                     struct err *e)
{
    struct stmt *st = NULL;
    int rc = db_query(db, &st, "notice_get", e, ARG_I("id", id));
    rc = read_all(rc, st, a, out, n, e);
    if (rc == 0 && *n == 0)
        return err_set(e, ERR_NOT_FOUND, "there is no notice N-%lld; toban news lists them", (long long)id);
    return rc;
}

int notice_store_get_rev(struct db *db, int64_t rev, struct arena *a, struct notice_rev *out, struct err *e)
{
    struct stmt *st = NULL;
    struct notice_rev *list;
    size_t n;
    int rc = db_query(db, &st, "notice_rev_get", e, ARG_I("rev", rev));
    rc = read_all(rc, st, a, &list, &n, e);
    if (rc == 0 && n == 0)
        return err_set(e, ERR_NOT_FOUND, "revision %lld of a notice is not in the store", (long long)rev);
    if (rc == 0)
        *out = list[0];
    return rc;
}

int notice_store_find(struct db *db, struct str key, int64_t *id, struct err *e)
{
    return db_get_int(db, id, "notice_by_key", e, ARG_S("key", key));
}

int notice_store_assess(struct db *db, int64_t rev, const struct assessment *as, struct str rules,
                        struct err *e)
{
    return db_run(db, "assessment_put", e, ARG_I("rev", rev), ARG_I("exploited", as->exploited),
                  ARG_I("urgent", as->urgent), ARG_S("signals", as->signals), ARG_S("evidence", as->evidence),
                  ARG_S("scope", as->scope), ARG_S("products", as->products), ARG_S("rules", rules));
}

int notice_store_assessment(struct db *db, int64_t rev, struct arena *a, struct assessment *out, bool *found,
                            struct err *e)
{
    struct stmt *st;
    *found = false;
    int rc = db_query(db, &st, "assessment_get", e, ARG_I("rev", rev));
    if (rc || (rc = stmt_next(st, e)) <= 0)
        return rc;
    *out = (struct assessment){.exploited = stmt_int(st, 0) != 0,
                               .urgent = stmt_int(st, 1) != 0,
                               .signals = arena_str(a, stmt_str(st, 2)),
                               .evidence = arena_str(a, stmt_str(st, 3)),
                               .scope = arena_str(a, stmt_str(st, 4)),
                               .products = arena_str(a, stmt_str(st, 5))};
    *found = true;
    stmt_done(st);
    return 0;
}
