#include "loop/audit.h"

#include <stdio.h>

#include "net/sha256.h"

static void add_field(struct sha256 *h, struct str s)
{
    char n[24];
    int len = snprintf(n, sizeof(n), "%zu:", s.n);
    sha256_add(h, n, (size_t)len);
    sha256_add(h, s.p, s.n);
}

static void chain(const struct audit_row *r, struct str previous, char hex[SHA256_HEX])
{
    struct sha256 h = {0};
    char at[24];
    snprintf(at, sizeof(at), "%lld", (long long)r->at);
    sha256_init(&h);
    sha256_add(&h, previous.p, previous.n);
    const struct str field[] = {str_of(at), r->who, r->action, r->object, r->detail};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        add_field(&h, field[i]);
    sha256_final(&h, hex);
    sha256_release(&h);
}

int audit_append(struct db *db, const struct audit_row *r, struct err *e)
{
    struct stmt *st;
    char previous[SHA256_HEX] = "", hex[SHA256_HEX];
    int rc = db_query(db, &st, "audit_last", e);
    if (rc == 0)
        rc = stmt_next(st, e);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        snprintf(previous, sizeof(previous), STR_FMT, STR_ARG(stmt_str(st, 0)));
        stmt_done(st);
    }
    chain(r, str_of(previous), hex);
    return db_run(db, "audit_put", e, ARG_I("at", r->at), ARG_S("who", r->who), ARG_S("action", r->action),
                  ARG_S("object", r->object), ARG_S("detail", r->detail), ARG_C("previous", previous), ARG_C("hash", hex));
}

int audit_commit(struct db *db, const struct audit_row *r, int rc, struct err *e)
{
    if (rc == 0)
        rc = audit_append(db, r, e);
    if (rc == 0)
        rc = db_commit(db, e);
    if (rc)
        db_rollback(db);
    return rc;
}

static struct audit_row read_row(struct stmt *st)
{
    return (struct audit_row){.id = stmt_int(st, 0),
                              .at = stmt_int(st, 1),
                              .who = stmt_str(st, 2),
                              .action = stmt_str(st, 3),
                              .object = stmt_str(st, 4),
                              .detail = stmt_str(st, 5),
                              .previous = stmt_str(st, 6),
                              .hash = stmt_str(st, 7)};
}

int audit_rows(struct db *db, int64_t after, struct arena *a, struct audit_row **out, size_t *n, struct err *e)
{
    VEC(struct audit_row) v = {0};
    struct stmt *st;
    int rc = db_query(db, &st, "audit_list", e, ARG_I("after", after));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        struct audit_row r = read_row(st);
        struct str *const field[] = {&r.who, &r.action, &r.object, &r.detail, &r.previous, &r.hash};
        for (size_t i = 0; i < ARRAY_LEN(field); i++)
            *field[i] = arena_str(a, *field[i]);
        vec_push(&v, r);
        rc = 0;
    }
    *n = v.n;
    *out = arena_array(a, struct audit_row, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int audit_verify(struct db *db, struct str expected, struct audit_answer *out, struct err *e)
{
    struct stmt *st;
    *out = (struct audit_answer){.seen = expected.n == 0};
    int rc = db_query(db, &st, "audit_list", e, ARG_I("after", 0));
    while (rc == 0 && (rc = stmt_next(st, e)) == 1) {
        char hex[SHA256_HEX];
        struct audit_row r = read_row(st);
        chain(&r, str_of(out->head), hex);
        out->rows++;
        /* Numbers run without a gap: rows are never removed, and a failed insert takes its number back. */
        if (out->broken == 0 && (!str_is(r.hash, hex) || !str_is(r.previous, out->head) || r.id != out->rows))
            out->broken = r.id;
        snprintf(out->head, sizeof(out->head), STR_FMT, STR_ARG(r.hash));
        out->seen |= str_eq(r.hash, expected);
        rc = 0;
    }
    return rc;
}
