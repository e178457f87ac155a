#include "loop/stage_contain.h"

#include <stdio.h>

#include "codec/json.h"
#include "loop/audit.h"

static int end(struct db *db, int rc, struct err *e)
{
    if (rc == 0)
        rc = db_commit(db, e);
    if (rc)
        db_rollback(db);
    return rc;
}

static int check_person(struct str who, struct str why, bool needs_why, struct err *e)
{
    if (who.n == 0 || str_is(who, CASE_BY_RULE))
        return err_set(e, ERR_PERM, "\"%.*s\" is not a person's name; set one (setting who)", STR_ARG(who));
    return needs_why && why.n == 0 ? err_set(e, ERR_USAGE, "say why (--why)") : 0;
}

int stage_contain_load(const struct world *w, int64_t id, struct arena *a, struct containment *out, struct err *e)
{
    struct containment *p;
    size_t n;
    *out = (struct containment){0};
    int rc = containment_store_list(w->db, 0, a, &p, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (p[i].id == id) {
            *out = p[i];
            return 0;
        }
    }
    return rc ? rc : err_set(e, ERR_NOT_FOUND, "there is no containment plan B-%lld; toban contain list shows them", (long long)id);
}

/* ---- drafting ---- */

static bool has_machine(const struct containment *p, const struct containment_action *x)
{
    for (size_t i = 0; i < p->action_n; i++)
        if (p->action[i].asset_key.n && str_eq(p->action[i].asset_key, x->asset_key) && str_eq(p->action[i].ledger, x->ledger))
            return true;
    return false;
}

static int check_machines(const struct containment *p, const struct case_file *f, const struct containment *old, size_t old_n,
                          struct err *e)
{
    for (size_t i = 0; i < p->action_n; i++) {
        const struct containment_action *x = &p->action[i];
        if (x->asset_key.n == 0)
            continue;
        if (!stage_remediate_member(f, x->ledger, x->asset_key))
            return err_set(e, ERR_CONFLICT, "%.*s is not part of case C-%lld; toban case add makes it", STR_ARG(x->asset_key),
                           (long long)f->head.id);
        for (size_t k = 0; k < old_n; k++) {
            enum plan_state s = plan_state_of(&old[k]);
            if (s != PLAN_REFUSED && s != PLAN_DONE && has_machine(&old[k], x))
                return err_set(e, ERR_CONFLICT, "%.*s is in plan B-%lld already, which is still open", STR_ARG(x->asset_key),
                               (long long)old[k].id);
        }
    }
    return 0;
}

static int append_audit(struct db *db, when_t at, struct str who, const char *action, int64_t plan, int number, struct buf *detail,
                        struct err *e)
{
    char object[48], name[64];
    if (number)
        snprintf(object, sizeof(object), "B-%lld %d", (long long)plan, number);
    else
        snprintf(object, sizeof(object), "B-%lld", (long long)plan);
    snprintf(name, sizeof(name), "contain.%s", action);
    struct audit_row r = {.at = at, .who = who, .action = str_of(name), .object = str_of(object), .detail = buf_str(detail)};
    return audit_append(db, &r, e);
}

/* What was planned, so that the log alone tells what was approved later. */
static int audit_draft(struct db *db, const struct containment *p, int64_t id, struct err *e)
{
    struct buf text = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    char number[32];
    snprintf(number, sizeof(number), "C-%lld", (long long)p->case_id);
    json_writer_init(&w, &text);
    json_w_object(&w);
    json_w_kcstr(&w, "case", number);
    json_w_kstr(&w, "playbook", p->playbook);
    json_w_key(&w, "actions");
    json_w_array(&w);
    for (size_t i = 0; i < p->action_n; i++) {
        json_w_object(&w);
        json_w_kint(&w, "number", p->action[i].number);
        json_w_kstr(&w, "action", p->action[i].name);
        json_w_kstr(&w, "asset_key", p->action[i].asset_key);
        json_w_kbool(&w, "required", p->action[i].required);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    int rc = append_audit(db, p->at, p->who, "drafted", id, 0, &text, e);
    buf_release(&text);
    return rc;
}

int stage_contain_draft(const struct world *w, const struct containment *p, size_t n, int64_t *ids, struct err *e)
{
    struct arena a = {0};
    struct case_file f;
    struct containment *old;
    size_t old_n;
    int rc = n ? check_person(p[0].who, (struct str){0}, false, e) : 0;
    if (rc == 0)
        rc = db_begin(w->db, e);
    if (rc || n == 0)
        return rc;
    rc = stage_remediate_load(w, p[0].case_id, &a, &f, e);
    if (rc == 0 && f.head.closed)
        rc = err_set(e, ERR_CONFLICT, "the case is closed already");
    if (rc == 0)
        rc = containment_store_list(w->db, p[0].case_id, &a, &old, &old_n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = check_machines(&p[i], &f, old, old_n, e);
        if (rc == 0)
            rc = containment_store_put(w->db, &p[i], &ids[i], e);
        if (rc == 0)
            rc = audit_draft(w->db, &p[i], ids[i], e);
    }
    rc = end(w->db, rc, e);
    arena_release(&a);
    return rc;
}

/* ---- events ---- */

static int record(const struct world *w, const struct containment_event *ev, struct err *e)
{
    struct buf text = BUF_INIT(LIMIT_RECORD);
    struct json_writer j;
    char iso[CLOCK_ISO_SIZE];
    json_writer_init(&j, &text);
    json_w_object(&j);
    if (ev->why.n)
        json_w_kstr(&j, "why", ev->why);
    clock_iso(ev->undo_by, ZONE_UTC, iso);
    if (ev->undo_by != WHEN_NONE)
        json_w_kcstr(&j, "undo_by", iso);
    json_w_object_end(&j);
    int rc = containment_store_event(w->db, ev, e);
    if (rc == 0)
        rc = append_audit(w->db, ev->at, ev->who, containment_event_name(ev->kind), ev->plan, ev->number, &text, e);
    buf_release(&text);
    return rc;
}

static int check_approver(const struct gate_policy *g, const struct containment *p, struct str who, struct err *e)
{
    if (!gate_approver(g, who))
        return err_set(e, ERR_PERM, "%.*s is not among the approvers (setting approve.people: %.*s)", STR_ARG(who), STR_ARG(g->approvers));
    if (g->four_eyes && str_eq(p->who, who))
        return err_set(e, ERR_PERM, "%.*s drafted B-%lld, and the one who drafted cannot approve it (setting approve.four_eyes)",
                       STR_ARG(who), (long long)p->id);
    return 0;
}

int stage_contain_decide(const struct world *w, const struct gate_policy *g, int64_t id, bool approve, struct str who,
                         struct str why, when_t at, struct err *e)
{
    struct arena a = {0};
    struct containment p;
    struct containment_event ev = {.plan = id, .kind = approve ? CONTAINMENT_APPROVED : CONTAINMENT_REFUSED, .at = at, .who = who, .why = why, .undo_by = WHEN_NONE};
    int rc = check_person(who, why, true, e);
    if (rc == 0)
        rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = stage_contain_load(w, id, &a, &p, e);
    const struct containment_event *before = rc ? NULL : plan_approval(&p);
    if (before)
        rc = err_set(e, ERR_CONFLICT, before->kind == CONTAINMENT_APPROVED ? "B-%lld was approved already, by %.*s" : "B-%lld was refused, by %.*s; draft another one (toban contain plan)",
                     (long long)id, STR_ARG(before->who));
    /* To refuse is no risk: any approver may, the one who drafted among them. */
    if (rc == 0 && approve)
        rc = check_approver(g, &p, who, e);
    else if (rc == 0 && !gate_approver(g, who) && !str_eq(p.who, who))
        rc = err_set(e, ERR_PERM, "%.*s is not among the approvers (setting approve.people: %.*s)", STR_ARG(who), STR_ARG(g->approvers));
    if (rc == 0)
        rc = record(w, &ev, e);
    rc = end(w->db, rc, e);
    arena_release(&a);
    return rc;
}

static int check_act(const struct gate_policy *g, const struct containment *p, const struct containment_action *x,
                     const struct contain_act *act, struct err *e)
{
    enum plan_action_state s = plan_action_state_of(p, x, NULL);
    if (act->kind == CONTAINMENT_DONE && s == PLAN_ACTION_DONE)
        return err_set(e, ERR_CONFLICT, "action %d of B-%lld is done already", x->number, (long long)p->id);
    if (act->kind == CONTAINMENT_UNDONE && s != PLAN_ACTION_DONE)
        return err_set(e, ERR_CONFLICT, "action %d of B-%lld is not done; there is nothing to undo", x->number, (long long)p->id);
    if (act->kind == CONTAINMENT_SKIPPED && s != PLAN_ACTION_OPEN)
        return err_set(e, ERR_CONFLICT, "action %d of B-%lld is no longer open; it cannot be skipped", x->number, (long long)p->id);
    if (act->kind == CONTAINMENT_SKIPPED && x->required && check_approver(g, p, act->who, e))
        return err_prefix(e, "action %d is required: leaving it out takes an approver", x->number);
    return 0;
}

/* The events of act, behind those that are there. */
static int take(const struct world *w, const struct gate_policy *g, const struct contain_act *act, struct containment *p,
                struct arena *a, struct err *e)
{
    struct containment_event *ev = arena_array(a, struct containment_event, p->event_n + act->n);
    int rc = 0;
    if (p->event_n)
        memcpy(ev, p->event, p->event_n * sizeof(*ev));
    p->event = ev;
    for (size_t i = 0; rc == 0 && i < act->n; i++) {
        const struct containment_action *x = plan_action(p, act->number[i]);
        struct containment_event *to = &ev[p->event_n];
        if (!x)
            return err_set(e, ERR_NOT_FOUND, "B-%lld has no action %d", (long long)p->id, act->number[i]);
        rc = check_act(g, p, x, act, e);
        *to = (struct containment_event){.plan = p->id, .number = x->number, .kind = act->kind, .at = act->at, .who = act->who, .why = act->why, .undo_by = WHEN_NONE};
        if (act->kind == CONTAINMENT_DONE)
            to->undo_by = act->undo_by != WHEN_NONE ? act->undo_by : x->undo_days ? act->at + x->undo_days * WHEN_DAY : WHEN_NONE;
        if (rc == 0)
            rc = record(w, to, e);
        p->event_n++;
    }
    return rc;
}

/* ---- what follows for the case ---- */

static bool acted_on(const struct contain_act *act, int number)
{
    for (size_t i = 0; i < act->n; i++)
        if (act->number[i] == number)
            return true;
    return false;
}

/* "isolate, cut-ad": of one machine, and of the whole plan; only those just acted on unless all. */
static void names_of(const struct containment *p, const struct containment_action *m, const struct contain_act *act, bool all,
                     struct buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < p->action_n; i++) {
        const struct containment_action *x = &p->action[i];
        bool its = x->asset_key.n == 0 || (str_eq(x->asset_key, m->asset_key) && str_eq(x->ledger, m->ledger));
        bool named = all ? x->required && plan_action_state_of(p, x, NULL) == PLAN_ACTION_DONE : acted_on(act, x->number);
        if (its && named)
            buf_printf(out, "%s" STR_FMT, n++ ? ", " : "", STR_ARG(x->name));
    }
}

static int step(const struct world *w, const struct containment *p, const struct containment_action *m,
                const struct contain_act *act, enum case_step_kind kind, struct err *e)
{
    struct buf why = BUF_INIT(MIB);
    char value[32];
    snprintf(value, sizeof(value), "B-%lld", (long long)p->id);
    buf_printf(&why, kind == STEP_CONTAIN ? tr("%s done: ") : tr("%s undone: "), value);
    names_of(p, m, act, kind == STEP_CONTAIN, &why);
    if (act->why.n)
        buf_printf(&why, " (" STR_FMT ")", STR_ARG(act->why));
    struct case_step s = {.case_id = p->case_id, .ledger = m->ledger, .asset_key = m->asset_key, .kind = kind, .at = act->at,
                          .who = act->who, .value = str_of(value), .why = buf_str(&why), .until = WHEN_NONE};
    int rc = stage_remediate_record(w, &s, e);
    buf_release(&why);
    return rc;
}

/* A machine that was also contained by hand, or by another plan since, stays so. */
static bool by_this_plan(const struct case_file *f, const struct containment *p, const struct containment_action *m)
{
    const struct case_member *c = stage_remediate_member(f, m->ledger, m->asset_key);
    char value[32];
    snprintf(value, sizeof(value), "B-%lld", (long long)p->id);
    return c && c->a.contain && str_is(c->a.contain->value, value);
}

/* Actions that stand for the machines to look at: those just acted on, each machine once; all, when the whole plan was. */
static bool stands_for(const struct containment *p, size_t i, const struct contain_act *act, bool all)
{
    const struct containment_action *m = &p->action[i];
    if (m->asset_key.n == 0 || !(all || acted_on(act, m->number)))
        return false;
    for (size_t k = 0; k < i; k++) {
        const struct containment_action *x = &p->action[k];
        if (str_eq(x->asset_key, m->asset_key) && str_eq(x->ledger, m->ledger) && (all || acted_on(act, x->number)))
            return false;
    }
    return true;
}

static int follow(const struct world *w, const struct containment *before, const struct containment *p, const struct case_file *f,
                  const struct contain_act *act, struct arena *a, struct contain_change **change, size_t *change_n, struct err *e)
{
    int rc = 0;
    bool all = false;
    *change = arena_array(a, struct contain_change, p->action_n + 1);
    for (size_t i = 0; i < p->action_n; i++)
        all = all || (p->action[i].asset_key.n == 0 && p->action[i].required && acted_on(act, p->action[i].number));
    for (size_t i = 0; rc == 0 && i < p->action_n; i++) {
        const struct containment_action *m = &p->action[i];
        if (!stands_for(p, i, act, all))
            continue;
        bool was = plan_contained(before, m->ledger, m->asset_key), is = plan_contained(p, m->ledger, m->asset_key);
        if (is ? !was : was && by_this_plan(f, p, m)) {
            (*change)[(*change_n)++] = (struct contain_change){m->ledger, m->asset_key, is};
            rc = step(w, p, m, act, is ? STEP_CONTAIN : STEP_RELEASE, e);
        }
    }
    /* Whatever else is undone stands in the case's timeline, too. */
    for (size_t i = 0; rc == 0 && act->kind == CONTAINMENT_UNDONE && *change_n == 0 && i < p->action_n; i++)
        if (acted_on(act, p->action[i].number))
            rc = step(w, p, &p->action[i], act, STEP_NOTE, e);
    return rc;
}

int stage_contain_act(const struct world *w, const struct gate_policy *g, const struct contain_act *act, struct arena *a,
                      struct contain_change **change, size_t *change_n, struct err *e)
{
    struct containment p, before;
    struct case_file f;
    *change_n = 0;
    int rc = check_person(act->who, act->why, act->kind != CONTAINMENT_DONE, e);
    if (rc == 0)
        rc = db_begin(w->db, e);
    if (rc)
        return rc;
    rc = stage_contain_load(w, act->plan, a, &p, e);
    if (rc == 0)
        rc = stage_remediate_load(w, p.case_id, a, &f, e);
    enum plan_state s = rc ? PLAN_DRAFT : plan_state_of(&p);
    if (rc == 0 && s == PLAN_DRAFT)
        rc = err_set(e, ERR_CONFLICT, "B-%lld is a draft: a person has to approve it first (toban contain approve B-%lld --why TEXT)",
                     (long long)p.id, (long long)p.id);
    else if (rc == 0 && s == PLAN_REFUSED)
        rc = err_set(e, ERR_CONFLICT, "B-%lld was refused; draft another one (toban contain plan)", (long long)p.id);
    if (rc == 0) {
        before = p;
        rc = take(w, g, act, &p, a, e);
    }
    if (rc == 0)
        rc = follow(w, &before, &p, &f, act, a, change, change_n, e);
    return end(w->db, rc, e);
}
