#include "app/app_case.h"

#include "remediate/mitigate.h"
#include "remediate/verify.h"

int app_case_policy(struct app *app, struct arena *a, struct remediate_policy *out, struct err *e)
{
    const struct config *c = app_config(app);
    struct rule_file file;
    struct calendar *cal = arena_new(a, struct calendar);
    *out = (struct remediate_policy){.gate = {.four_eyes = config_bool(c, "approve.four_eyes"),
                                              .approvers = config_str(c, "approve.people"),
                                              .mitigation_days = (int)MIN(config_int(c, "fix.mitigation_days", 30), 36500)},
                                     .always_look = config_bool(c, "fix.always_look"),
                                     .business_days = (int)MIN(config_int(c, "fix.business_days", 0), LIMIT_SSVC_DAYS),
                                     .calendar = cal};
    int rc = rules_get(config_str(c, "rules"), "calendar/jp.txt", a, &file, e);
    return rc ? rc : calendar_parse(cal, file.bytes, file.path.p, a, e);
}

/* ---- opening ---- */

struct opening {
    struct app *app;
    struct arena a;
    struct str title;
    VEC(struct str) vuln;
    struct buf origin;
};

static void add_vuln(struct opening *o, struct str id)
{
    for (size_t i = 0; i < o->vuln.n; i++)
        if (str_eq(o->vuln.p[i], id))
            return;
    vec_push(&o->vuln, id);
}

static bool is_cve(struct str s)
{
    uint64_t y, n;
    return s.n <= 32 && str_starts(s, "CVE-") && num_u64(str_sub(s, 4, 4), &y) && str_sub(s, 8, 1).n && s.p[8] == '-' &&
           num_u64(str_sub(s, 9, s.n), &n);
}

static int add_origin(struct opening *o, struct str text, struct err *e)
{
    struct db *db = app_world(o->app)->db;
    struct finding_key key;
    struct notice_rev *rev;
    size_t n;
    int64_t id;
    int rc;
    buf_printf(&o->origin, "%s" STR_FMT, o->origin.n ? " " : "", STR_ARG(text));
    if (is_cve(text)) {
        add_vuln(o, text);
        return 0;
    }
    if (str_starts_i(text, "F-") && num_i64(str_sub(text, 2, text.n), &id)) {
        rc = finding_store_key(db, id, &o->a, &key, e);
        if (rc == 0)
            add_vuln(o, key.vuln);
        return rc;
    }
    if (!str_starts_i(text, "N-") || !num_i64(str_sub(text, 2, text.n), &id))
        return err_set(e, ERR_USAGE, "\"%.*s\" is neither a finding (F-17), a notice (N-3) nor a CVE", STR_ARG(text));
    rc = notice_store_get(db, id, &o->a, &rev, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        for (size_t k = 0; k < rev[i].n.cve_n; k++)
            add_vuln(o, rev[i].n.cve[k]);
    if (rc == 0 && o->vuln.n == 0)
        add_vuln(o, rev[0].n.id); /* a notice without a CVE is its own vulnerability (stage_identify) */
    if (rc == 0 && o->title.n == 0)
        o->title = rev[0].n.title;
    return rc;
}

static int check_text(struct str s, struct err *e)
{
    if (s.n > LIMIT_LEDGER_CELL || !str_is_utf8(s))
        return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
    return 0;
}

int app_case_open(struct app *app, const struct str *origin, size_t n, struct str title, int64_t *id, struct err *e)
{
    struct opening o = {.app = app, .title = title, .origin = BUF_INIT(LIMIT_LEDGER_CELL)};
    struct remediate_change *change;
    size_t change_n;
    int rc = check_text(title, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add_origin(&o, origin[i], e);
    if (rc == 0 && o.title.n == 0 && o.vuln.n)
        o.title = o.vuln.p[0];
    if (rc == 0 && o.title.n == 0)
        rc = err_set(e, ERR_USAGE, "a case that is opened by hand needs a title (--title)");
    struct case_head h = {.title = o.title, .origin = buf_str(&o.origin), .who = app_who(app), .opened = clock_now()};
    if (rc == 0)
        rc = stage_remediate_open(app_world(app), &h, o.vuln.p, o.vuln.n, id, e);
    if (rc == 0)
        rc = app_case_sync(app, *id, &o.a, &change, &change_n, e);
    vec_release(&o.vuln);
    buf_release(&o.origin);
    arena_release(&o.a);
    return rc;
}

int app_case_add_vuln(struct app *app, int64_t case_id, struct str vuln, struct err *e)
{
    struct case_step s = {.kind = STEP_VULN, .value = vuln, .until = WHEN_NONE};
    struct app_case_target t = {.case_id = case_id};
    struct remediate_change *change;
    struct arena a = {0};
    size_t n;
    int rc = app_case_step(app, &t, &s, e);
    if (rc == 0)
        rc = app_case_sync(app, case_id, &a, &change, &n, e);
    arena_release(&a);
    return rc;
}

int app_case_add_asset(struct app *app, int64_t case_id, struct str asset, struct err *e)
{
    struct arena a = {0};
    struct ledger_asset as;
    struct case_file f;
    struct remediate_change *change;
    size_t n;
    int rc = ledger_store_find(app_world(app)->db, asset, &a, &as, e);
    if (rc == 0)
        rc = stage_remediate_load(app_world(app), case_id, &a, &f, e);
    if (rc == 0 && stage_remediate_member(&f, as.ledger, as.a.key))
        rc = err_set(e, ERR_CONFLICT, "%.*s is part of the case already", STR_ARG(as.a.name));
    struct case_step s = {.case_id = case_id, .ledger = as.ledger, .asset_key = as.a.key, .kind = STEP_JOIN, .at = clock_now(), .who = app_who(app), .until = WHEN_NONE};
    if (rc == 0)
        rc = db_begin(app_world(app)->db, e);
    if (rc == 0) {
        rc = stage_remediate_record(app_world(app), &s, e);
        if (rc == 0)
            rc = db_commit(app_world(app)->db, e);
        if (rc)
            db_rollback(app_world(app)->db);
    }
    if (rc == 0)
        rc = app_case_sync(app, case_id, &a, &change, &n, e);
    arena_release(&a);
    return rc;
}

/* ---- sync ---- */

int app_case_sync_round(struct app *app, const struct fleet *f, const struct stage_identify_options *o, struct arena *a,
                        struct remediate_change **out, size_t *n, struct err *e)
{
    struct remediate_policy p;
    int rc = app_case_policy(app, a, &p, e);
    return rc ? rc : stage_remediate_sync(app_world(app), f, o, &p, 0, a, out, n, e);
}

int app_case_sync(struct app *app, int64_t id, struct arena *a, struct remediate_change **out, size_t *n, struct err *e)
{
    const struct world *w = app_world(app);
    struct world_source *source;
    struct fleet f = {0};
    struct remediate_policy p;
    struct stage_identify_options o = {.as_of = clock_now()};
    *n = 0;
    int rc = app_sources(app, &source, &o.source_n, e);
    o.source = source;
    if (rc == 0)
        rc = app_case_policy(app, a, &p, e);
    if (rc == 0)
        rc = knowledge_read_begin(w->knowledge, e);
    if (rc)
        return rc;
    rc = fleet_load(w, a, &f, e);
    if (rc == 0)
        rc = stage_remediate_sync(w, &f, &o, &p, id, a, out, n, e);
    fleet_release(&f);
    knowledge_read_end(w->knowledge);
    return rc;
}

int app_case_offers(struct app *app, const struct case_file *f, struct arena *a, struct offer **out, size_t *n, struct err *e)
{
    struct world_source *source;
    struct stage_identify_options o = {.as_of = clock_now()};
    int rc = app_sources(app, &source, &o.source_n, e);
    o.source = source;
    return rc ? rc : offer_mitigations(app_world(app), &o, f->vuln, f->vuln_n, a, out, n, e);
}

/* ---- steps ---- */

/* A machine that left the ledger is still found in its case, by key or by its last name. */
static int find_member(struct app *app, struct str asset, int64_t case_id, struct arena *a, struct app_case_target *out, struct err *e)
{
    struct case_file f;
    int rc = stage_remediate_load(app_world(app), case_id, a, &f, e);
    for (size_t i = 0; rc == 0 && i < f.member_n; i++) {
        const struct case_member *m = &f.member[i];
        if (!str_eq(m->a.key, asset) && !(m->look && str_eq(m->look->name, asset)))
            continue;
        *out = (struct app_case_target){case_id, m->a.ledger, m->a.key, m->look ? m->look->name : m->a.key};
        return 0;
    }
    return rc ? rc : err_set(e, ERR_NOT_FOUND, "case C-%lld has no machine \"%.*s\"", (long long)case_id, STR_ARG(asset));
}

static int pick_case(struct app *app, struct app_case_target *t, struct arena *a, struct err *e)
{
    int64_t *id, open = 0;
    size_t n, found = 0;
    int rc = case_store_of_asset(app_world(app)->db, t->ledger, t->key, a, &id, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct case_file f;
        rc = stage_remediate_load(app_world(app), id[i], a, &f, e);
        if (rc == 0 && !f.head.closed) {
            open = id[i];
            found++;
        }
    }
    if (rc)
        return rc;
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "no open case has %.*s; toban case open makes one", STR_ARG(t->name));
    if (found > 1)
        return err_set(e, ERR_CONFLICT, "%.*s is part of several open cases; say which (--case C-%lld)", STR_ARG(t->name), (long long)open);
    t->case_id = open;
    return 0;
}

int app_case_find(struct app *app, struct str asset, int64_t case_id, struct arena *a, struct app_case_target *out, struct err *e)
{
    struct ledger_asset as;
    *out = (struct app_case_target){.case_id = case_id};
    int rc = ledger_store_find(app_world(app)->db, asset, a, &as, e);
    if (rc == ERR_NOT_FOUND && case_id) {
        err_clear(e);
        return find_member(app, asset, case_id, a, out, e);
    }
    if (rc)
        return rc;
    out->ledger = as.ledger;
    out->key = as.a.key;
    out->name = as.a.name.n ? as.a.name : as.a.key;
    return case_id ? 0 : pick_case(app, out, a, e);
}

/* What the machine runs as the step is taken: what a person said of it is about that. */
static int fill_component(struct app *app, struct arena *a, struct case_step *s, struct err *e)
{
    struct case_look *look;
    size_t n;
    int rc = case_store_looks(app_world(app)->db, s->case_id, a, &look, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (str_eq(look[i].asset_key, s->asset_key) && str_eq(look[i].ledger, s->ledger))
            s->component = look[i].component;
    return rc;
}

int app_case_step(struct app *app, const struct app_case_target *t, struct case_step *s, struct err *e)
{
    struct arena a = {0};
    struct remediate_policy p;
    struct remediate_change *change;
    size_t n;
    s->case_id = t->case_id;
    s->ledger = t->ledger;
    s->asset_key = t->key;
    s->at = clock_now();
    s->who = app_who(app);
    const struct str text[] = {s->value, s->detail, s->owner, s->why};
    int rc = app_case_policy(app, &a, &p, e);
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(text); i++)
        rc = check_text(text[i], e);
    if (rc == 0 && t->key.n) {
        rc = app_case_sync(app, t->case_id, &a, &change, &n, e);
        if (rc == 0)
            rc = fill_component(app, &a, s, e);
    }
    if (rc == 0)
        rc = stage_remediate_step(app_world(app), &p, s, t->name, e);
    s->component = (struct str){0};
    arena_release(&a);
    return rc;
}

/* ---- words ---- */

struct str app_case_unverified(const struct case_member *m, when_t now, int64_t *days)
{
    *days = 0;
    if (!m->a.patch || m->a.verify || m->a.closed || m->a.triage == CASE_NOT_AFFECTED)
        return (struct str){0};
    *days = (now - m->a.patch->at) / WHEN_DAY;
    return str_of(verify_text(verify_judge(m->a.patch->at, m->look)));
}

struct str app_case_state_text(const struct case_member *m, when_t now, int zone_s, struct arena *a)
{
    static const char *const name[] = {TR("new"), TR("triaged"), TR("checked"), TR("contained"), TR("mitigated, not fixed"),
                                       TR("patched, unverified"), TR("verified"), TR("closed")};
    const struct case_asset *as = &m->a;
    enum case_state s = gate_state(as, now);
    char date[CLOCK_ISO_SIZE] = "";
    int64_t days;
    if (as->mitigate)
        clock_minute(as->mitigate->until, zone_s, date);
    if (gate_lapsed(as, now))
        return str_of(arena_printf(a, tr("open again: the mitigation ran out on %s"), date));
    if (s == CASE_MITIGATED)
        return str_of(arena_printf(a, tr("mitigated, not fixed, until %s"), date));
    if (s == CASE_PATCHED) {
        app_case_unverified(m, now, &days);
        return str_of(arena_printf(a, tr("patched, unverified for %lld days"), (long long)days));
    }
    if (s == CASE_TRIAGED && as->triage == CASE_NOT_AFFECTED)
        return str_of(tr("not affected"));
    if (s == CASE_TRIAGED && as->triage == CASE_AFFECTED)
        return str_of(as->reopened ? tr("affected, open again") : tr("affected"));
    if (s == CASE_TRIAGED)
        return str_of(tr("not known whether affected"));
    return str_of(tr(name[s]));
}
