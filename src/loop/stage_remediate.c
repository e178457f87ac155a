#include "loop/stage_remediate.h"

#include <stdlib.h>

#include "codec/json.h"
#include "loop/audit.h"
#include "loop/remediate_parts.h"
#include "remediate/fix.h"

void remediate_key(struct buf *b, struct str ledger, struct str key)
{
    buf_clear(b);
    buf_add_str(b, ledger);
    buf_addc(b, 0);
    buf_add_str(b, key);
}

static struct case_member *member_of(struct case_file *f, struct map *index, struct buf *b, const struct case_step *s)
{
    bool made;
    remediate_key(b, s->ledger, s->asset_key);
    uint64_t *at = map_put(index, buf_str(b), &made);
    if (made) {
        *at = f->member_n;
        gate_start(&f->member[f->member_n++].a, s->ledger, s->asset_key);
    }
    return &f->member[*at];
}

static int by_asset(const void *a, const void *b)
{
    const struct case_member *x = a, *y = b;
    int64_t i = x->look ? x->look->asset : 0, j = y->look ? y->look->asset : 0;
    if (i != j)
        return (i > j) - (i < j);
    int c = str_cmp(x->a.ledger, y->a.ledger);
    return c ? c : str_cmp(x->a.key, y->a.key);
}

static void fold(struct case_file *f, struct arena *a)
{
    struct map index = {0};
    struct buf b = BUF_INIT(MIB);
    f->member = arena_array(a, struct case_member, f->step_n + 1);
    f->vuln = arena_array(a, struct str, f->step_n + 1);
    for (size_t i = 0; i < f->step_n; i++) {
        const struct case_step *s = &f->step[i];
        if (s->asset_key.n)
            gate_fold_step(&member_of(f, &index, &b, s)->a, s);
        else if (s->kind == STEP_VULN)
            f->vuln[f->vuln_n++] = s->value;
        else if (s->kind == STEP_CLOSE)
            f->head.closed = s;
        else if (s->kind == STEP_REOPEN)
            f->head.closed = NULL;
    }
    for (size_t i = 0; i < f->look_n; i++) {
        remediate_key(&b, f->look[i].ledger, f->look[i].asset_key);
        const uint64_t *at = map_get(&index, buf_str(&b));
        if (at)
            f->member[*at].look = &f->look[i];
    }
    if (f->member_n)
        qsort(f->member, f->member_n, sizeof(*f->member), by_asset);
    map_release(&index);
    buf_release(&b);
}

int stage_remediate_load(const struct world *w, int64_t case_id, struct arena *a, struct case_file *out, struct err *e)
{
    struct case_head *head;
    size_t n;
    *out = (struct case_file){0};
    int rc = case_store_heads(w->db, case_id, a, &head, &n, e);
    if (rc == 0)
        rc = case_store_steps(w->db, case_id, a, &out->step, &out->step_n, e);
    if (rc == 0)
        rc = case_store_looks(w->db, case_id, a, &out->look, &out->look_n, e);
    if (rc == 0)
        rc = case_store_plans(w->db, case_id, a, &out->plan, &out->plan_n, e);
    if (rc == 0) {
        out->head = head[0];
        fold(out, a);
    }
    return rc;
}

struct case_member *stage_remediate_member(const struct case_file *f, struct str ledger, struct str key)
{
    for (size_t i = 0; i < f->member_n; i++)
        if (str_eq(f->member[i].a.key, key) && str_eq(f->member[i].a.ledger, ledger))
            return &f->member[i];
    return NULL;
}

const struct case_plan *stage_remediate_plan(const struct case_file *f, const struct case_asset *as)
{
    int64_t id;
    if (!as->plan || !num_i64(str_sub(as->plan->value, 2, as->plan->value.n), &id))
        return NULL;
    for (size_t i = 0; i < f->plan_n; i++)
        if (f->plan[i].id == id)
            return &f->plan[i];
    return NULL;
}

/* What the step says, for the audit; members that say nothing are left out. */
static void detail(const struct case_step *s, struct buf *out)
{
    const struct {
        const char *key;
        struct str value;
    } part[] = {{"value", s->value}, {"detail", s->detail}, {"component", s->component}, {"owner", s->owner}, {"why", s->why}};
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (part[i].value.n)
            json_w_kstr(&w, part[i].key, part[i].value);
    if (s->until != WHEN_NONE) {
        char iso[CLOCK_ISO_SIZE];
        clock_iso(s->until, ZONE_UTC, iso);
        json_w_kcstr(&w, "until", iso);
    }
    json_w_object_end(&w);
}

int stage_remediate_record(const struct world *w, const struct case_step *s, struct err *e)
{
    struct buf object = BUF_INIT(MIB), text = BUF_INIT(LIMIT_RECORD), action = BUF_INIT(64);
    int rc = case_store_step(w->db, s, e);
    buf_printf(&object, "C-%lld", (long long)s->case_id);
    if (s->asset_key.n)
        buf_printf(&object, " " STR_FMT "/" STR_FMT, STR_ARG(s->ledger), STR_ARG(s->asset_key));
    buf_printf(&action, "case.%s", case_step_name(s->kind));
    detail(s, &text);
    struct audit_row r = {.at = s->at, .who = s->who, .action = buf_str(&action), .object = buf_str(&object), .detail = buf_str(&text)};
    if (rc == 0)
        rc = audit_append(w->db, &r, e);
    buf_release(&object);
    buf_release(&text);
    buf_release(&action);
    return rc;
}

int stage_remediate_open(const struct world *w, const struct case_head *h, const struct str *vuln, size_t vuln_n,
                         int64_t *id, struct err *e)
{
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = case_store_open(w->db, h, id, e);
    struct case_step s = {.case_id = *id, .kind = STEP_OPEN, .at = h->opened, .who = h->who, .value = h->origin, .detail = h->title, .until = WHEN_NONE};
    if (rc == 0)
        rc = stage_remediate_record(w, &s, e);
    s = (struct case_step){.case_id = *id, .kind = STEP_VULN, .at = h->opened, .who = h->who, .until = WHEN_NONE};
    for (size_t i = 0; rc == 0 && i < vuln_n; i++) {
        s.value = vuln[i];
        rc = stage_remediate_record(w, &s, e);
    }
    if (rc == 0)
        rc = db_commit(w->db, e);
    if (rc)
        db_rollback(w->db);
    return rc;
}

/* The gate of the case itself: all its machines are closed. */
static int may_close(const struct case_file *f, struct err *e)
{
    struct buf b = BUF_INIT(4 * KIB);
    size_t open = 0;
    for (size_t i = 0; i < f->member_n; i++) {
        if (f->member[i].a.closed)
            continue;
        if (open++ < 5) {
            struct str name = f->member[i].look ? f->member[i].look->name : f->member[i].a.key;
            buf_printf(&b, "%s" STR_FMT, open > 1 ? ", " : "", STR_ARG(name));
        }
    }
    int rc = 0;
    if (f->head.closed)
        rc = err_set(e, ERR_CONFLICT, "the case is closed already");
    else if (open)
        rc = err_set(e, ERR_CONFLICT, "%zu machines of the case are not closed: %s", open, buf_cstr(&b));
    buf_release(&b);
    return rc;
}

/* No patch without a plan that says how it is tested and taken back. */
static int check_plan(const struct case_file *f, const struct case_asset *as, struct err *e)
{
    const struct case_plan *p = stage_remediate_plan(f, as);
    const char *missing[FIX_MISSING];
    if (!p)
        return err_set(e, ERR_CONFLICT, "it has no patch plan; toban fix plan C-%lld makes one", (long long)f->head.id);
    size_t n = fix_missing(p, missing);
    if (n == 0)
        return 0;
    struct buf b = BUF_INIT(4 * KIB);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", missing[i]);
    int rc = err_set(e, ERR_CONFLICT, "plan P-%lld is not complete; missing: %s", (long long)p->id, buf_cstr(&b));
    buf_release(&b);
    return rc;
}

/* A break-in is the machine's, whichever case it was found for. */
static int check_others(const struct world *w, const struct case_step *s, struct arena *a, struct err *e)
{
    int64_t *id;
    size_t n;
    int rc = case_store_of_asset(w->db, s->ledger, s->asset_key, a, &id, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct case_file f;
        if (id[i] == s->case_id)
            continue;
        rc = stage_remediate_load(w, id[i], a, &f, e);
        const struct case_member *m = rc ? NULL : stage_remediate_member(&f, s->ledger, s->asset_key);
        if (m && !m->a.closed && m->a.verdict >= CHECK_SUSPICIOUS && gate_evidence(&m->a, e))
            rc = err_prefix(e, "C-%lld", (long long)id[i]);
    }
    return rc;
}

static int check(const struct case_file *f, const struct remediate_policy *p, const struct case_step *s, struct str name, struct err *e)
{
    if (s->asset_key.n == 0 && s->kind != STEP_CLOSE)
        return 0;
    if (s->asset_key.n == 0)
        return s->why.n ? may_close(f, e) : err_set(e, ERR_USAGE, "say why (--why)");
    const struct case_member *m = stage_remediate_member(f, s->ledger, s->asset_key);
    int rc = m ? gate_check(&m->a, s, &p->gate, s->at, e) : err_set(e, ERR_CONFLICT, "it is not part of case C-%lld", (long long)s->case_id);
    if (rc == 0 && s->kind == STEP_PATCH)
        rc = check_plan(f, &m->a, e);
    return rc ? err_prefix(e, "%.*s", STR_ARG(name)) : 0;
}

int stage_remediate_step(const struct world *w, const struct remediate_policy *p, const struct case_step *s, struct str name,
                         struct err *e)
{
    struct arena a = {0};
    struct case_file f;
    if (s->who.n == 0 || str_is(s->who, CASE_BY_RULE))
        return err_set(e, ERR_PERM, "\"%.*s\" is not a person's name; set one (setting who)", STR_ARG(s->who));
    int rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = stage_remediate_load(w, s->case_id, &a, &f, e);
    if (rc == 0)
        rc = check(&f, p, s, name, e);
    if (rc == 0 && s->kind == STEP_PATCH && (rc = check_others(w, s, &a, e)))
        rc = err_prefix(e, "%.*s", STR_ARG(name));
    if (rc == 0)
        rc = stage_remediate_record(w, s, e);
    if (rc == 0)
        rc = db_commit(w->db, e);
    if (rc)
        db_rollback(w->db);
    arena_release(&a);
    return rc;
}
