/* Patch plans: one for each group of machines that get the same fix. */
#include "app/app_case.h"
#include "codec/json.h"
#include "loop/audit.h"

static bool needs_plan(const struct case_member *m)
{
    const struct case_asset *as = &m->a;
    return !as->plan && !as->patch && !as->closed && as->triage != CASE_NOT_AFFECTED && m->look && !m->look->gone;
}

static int audit_plan(struct app *app, const struct case_plan *p, int64_t id, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD), object = BUF_INIT(64);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kstr(&w, "product", p->product);
    json_w_kstr(&w, "fixed", p->fixed);
    json_w_kstr(&w, "track", p->track);
    json_w_kstr(&w, "test", p->test);
    json_w_kstr(&w, "rollback", p->rollback);
    json_w_kstr(&w, "trigger", p->trigger);
    json_w_kstr(&w, "owner", p->owner);
    json_w_kstr(&w, "window", p->window);
    json_w_object_end(&w);
    buf_printf(&object, "P-%lld C-%lld", (long long)id, (long long)p->case_id);
    struct audit_row r = {.at = p->at, .who = p->who, .action = p->id ? STR_LIT("plan.set") : STR_LIT("plan.made"),
                          .object = buf_str(&object), .detail = buf_str(&b)};
    int rc = audit_append(app_world(app)->db, &r, e);
    buf_release(&b);
    buf_release(&object);
    return rc;
}

static int put_plan(struct app *app, const struct case_plan *p, int64_t *id, struct err *e)
{
    int rc = case_store_put_plan(app_world(app)->db, p, id, e);
    return rc ? rc : audit_plan(app, p, *id, e);
}

static bool alike(const struct case_look *a, const struct case_look *b)
{
    return str_eq(a->product, b->product) && str_eq(a->fixed, b->fixed);
}

/* The plan of the case that this machine fits into: a group grows without a second plan. */
static int64_t plan_for(const struct case_file *f, const struct case_look *l)
{
    for (size_t i = 0; i < f->member_n; i++) {
        const struct case_plan *p = f->member[i].look && alike(f->member[i].look, l) ? stage_remediate_plan(f, &f->member[i].a) : NULL;
        if (p)
            return p->id;
    }
    return 0;
}

static int draft_one(struct app *app, struct case_file *f, struct case_member *m, const struct app_windows *w, struct arena *a,
                     int64_t *made, struct err *e)
{
    when_t now = clock_now();
    int64_t id = plan_for(f, m->look);
    struct window_span next = {WHEN_NONE, WHEN_NONE};
    int rc = 0;
    if (!id) {
        app_window_next(w, (struct str){0}, now, app_world(app)->zone_s, &next);
        const char *track = fix_track(m->look->deadline, next.start, now);
        struct case_plan p = {.case_id = f->head.id, .product = m->look->product, .fixed = m->look->fixed, .track = str_of(track), .who = app_who(app), .at = now};
        rc = put_plan(app, &p, &id, e);
        *made += rc == 0;
        /* Members that come after it are compared with those that have it. */
        struct case_plan *all = arena_array(a, struct case_plan, f->plan_n + 1);
        if (f->plan_n)
            memcpy(all, f->plan, f->plan_n * sizeof(*all));
        all[f->plan_n] = p;
        all[f->plan_n++].id = id;
        f->plan = all;
    }
    struct case_step *s = arena_new(a, struct case_step);
    *s = (struct case_step){.case_id = f->head.id, .ledger = m->a.ledger, .asset_key = m->a.key, .kind = STEP_PLAN, .at = now,
                            .who = app_who(app), .value = str_of(arena_printf(a, "P-%lld", (long long)id)), .until = WHEN_NONE};
    if (rc == 0)
        rc = stage_remediate_record(app_world(app), s, e);
    m->a.plan = s;
    return rc;
}

int app_plan_draft(struct app *app, int64_t case_id, int64_t *made, struct err *e)
{
    struct arena a = {0};
    struct db *db = app_world(app)->db;
    struct remediate_change *change;
    struct app_windows w;
    struct case_file f = {0};
    size_t n;
    *made = 0;
    int rc = app_case_sync(app, case_id, &a, &change, &n, e);
    if (rc == 0)
        rc = app_windows(app, &a, &w, e);
    if (rc == 0)
        rc = db_begin(db, e);
    if (rc == 0) {
        rc = stage_remediate_load(app_world(app), case_id, &a, &f, e);
        for (size_t i = 0; rc == 0 && i < f.member_n; i++)
            if (needs_plan(&f.member[i]))
                rc = draft_one(app, &f, &f.member[i], &w, &a, made, e);
        if (rc == 0)
            rc = db_commit(db, e);
        if (rc)
            db_rollback(db);
    }
    arena_release(&a);
    return rc;
}

static int change_plan(struct app *app, struct case_plan *p, const struct case_plan *set, struct err *e)
{
    const struct {
        struct str *old;
        struct str new;
    } part[] = {{&p->fixed, set->fixed},       {&p->track, set->track}, {&p->test, set->test},    {&p->rollback, set->rollback},
                {&p->trigger, set->trigger}, {&p->owner, set->owner}, {&p->window, set->window}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        if (part[i].new.n > LIMIT_LEDGER_CELL || !str_is_utf8(part[i].new))
            return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
        if (part[i].new.n)
            *part[i].old = part[i].new;
    }
    p->who = app_who(app);
    p->at = clock_now();
    return fix_check(p, e);
}

static int check_window(const struct app_windows *w, struct str name, struct err *e)
{
    for (size_t i = 0; i < w->window_n; i++)
        if (str_eq(w->window[i].row.name, name))
            return 0;
    return name.n ? err_set(e, ERR_NOT_FOUND, "there is no window \"%.*s\"; toban windows list shows them", STR_ARG(name)) : 0;
}

int app_plan_set(struct app *app, int64_t id, const struct case_plan *set, struct err *e)
{
    struct arena a = {0};
    struct db *db = app_world(app)->db;
    struct app_windows w;
    struct case_plan *plan = NULL;
    size_t n = 0, at = 0;
    int64_t same;
    int rc = app_windows(app, &a, &w, e);
    if (rc == 0)
        rc = check_window(&w, set->window, e);
    if (rc == 0)
        rc = db_begin(db, e);
    if (rc == 0) {
        rc = case_store_plans(db, 0, &a, &plan, &n, e);
        while (at < n && plan[at].id != id)
            at++;
        if (rc == 0 && at == n)
            rc = err_set(e, ERR_NOT_FOUND, "there is no plan P-%lld; toban fix plan shows them", (long long)id);
        if (rc == 0)
            rc = change_plan(app, &plan[at], set, e);
        if (rc == 0)
            rc = put_plan(app, &plan[at], &same, e);
        if (rc == 0)
            rc = db_commit(db, e);
        if (rc)
            db_rollback(db);
    }
    arena_release(&a);
    return rc;
}
