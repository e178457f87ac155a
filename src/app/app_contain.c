#include "app/app_contain.h"

#include <stdlib.h>

/* ---- playbooks ---- */

static struct str name_of(const struct rule_file *file)
{
    return str_sub(file->name, 10, file->name.n - 10 - 4); /* playbooks/….txt */
}

static int playbooks(const struct config *c, struct arena *a, struct playbook **out, size_t *n, struct err *e)
{
    struct rule_file *file;
    int rc = rules_list(config_str(c, "rules"), "playbooks/", ".txt", a, &file, n, e);
    if (rc)
        return rc;
    *out = arena_array(a, struct playbook, *n + 1);
    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = playbook_parse(&(*out)[i], name_of(&file[i]), file[i].bytes, file[i].path.p, a, e);
    return rc;
}

int app_contain_check(const struct config *c, size_t *n, size_t *failed, struct buf *complaints, struct err *e)
{
    struct arena a = {0};
    struct rule_file *file;
    *failed = 0;
    int rc = rules_list(config_str(c, "rules"), "playbooks/", ".txt", &a, &file, n, e);
    for (size_t i = 0; rc == 0 && i < *n; i++) {
        struct playbook p;
        struct err bad = {0};
        if (playbook_parse(&p, name_of(&file[i]), file[i].bytes, file[i].path.p, &a, &bad) == 0)
            continue;
        buf_printf(complaints, "%s\n", bad.text);
        ++*failed;
    }
    arena_release(&a);
    return rc;
}

/* ---- drafting ---- */

struct drafting {
    struct app *app;
    struct arena *a;
    struct err *e;
    struct case_file f;
    struct fleet fleet;
    struct playbook *book;
    size_t book_n;
    struct plan_machine *ledger; /* all of it */
    struct plan_machine *machine;
    size_t *choice; /* of each machine: index of its playbook */
    size_t machine_n;
};

/* What runs on it, as far as it was identified: the key of the case's product, and of the others. */
static size_t products_of(const struct drafting *d, const struct plan_machine *m, struct str **out)
{
    const struct case_member *c = stage_remediate_member(&d->f, m->ledger, m->asset->key);
    size_t n = 0;
    *out = arena_array(d->a, struct str, m->asset->component_n + 1);
    if (c && c->look && c->look->product.n)
        (*out)[n++] = c->look->product;
    for (size_t i = 0; i < d->fleet.n && n <= m->asset->component_n; i++)
        if (&d->fleet.item[i].asset->a == m->asset && d->fleet.item[i].key.n)
            (*out)[n++] = d->fleet.item[i].key;
    return n;
}

static int choose(struct drafting *d, size_t i, struct str playbook)
{
    const struct plan_machine *m = &d->machine[i];
    struct buf names = BUF_INIT(16 * KIB);
    struct str *product;
    size_t product_n = products_of(d, m, &product);
    int best = 0;
    for (size_t k = 0; k < d->book_n; k++) {
        const struct playbook *p = &d->book[k];
        int score = playbook.n ? str_eq(p->name, playbook) : playbook_fits(p, product, product_n, m->asset->kind, m->asset->purpose);
        if (score > best) {
            best = score;
            d->choice[i] = k;
        }
        buf_printf(&names, "%s" STR_FMT, k ? ", " : "", STR_ARG(p->name));
    }
    int rc = 0;
    if (best == 0 && playbook.n)
        rc = err_set(d->e, ERR_NOT_FOUND, "there is no playbook \"%.*s\"; there are: %s", STR_ARG(str_sub(playbook, 0, 60)), buf_cstr(&names));
    else if (best == 0)
        rc = err_set(d->e, ERR_CONFLICT, "no playbook fits %.*s by product, kind or use; name one (--playbook): %s",
                     STR_ARG(m->asset->name.n ? m->asset->name : m->asset->key), buf_cstr(&names));
    buf_release(&names);
    return rc;
}

static void add_machine(struct drafting *d, struct str ledger, struct str key, struct str name)
{
    for (size_t i = 0; i < d->machine_n; i++)
        if (str_eq(d->machine[i].asset->key, key) && str_eq(d->machine[i].ledger, ledger))
            return;
    struct plan_machine *m = &d->machine[d->machine_n++];
    for (size_t i = 0; i < d->fleet.ledger.n; i++) {
        if (str_eq(d->ledger[i].asset->key, key) && str_eq(d->ledger[i].ledger, ledger)) {
            *m = d->ledger[i];
            return;
        }
    }
    struct asset *gone = arena_new(d->a, struct asset); /* left the ledger; it may still run */
    *gone = (struct asset){.key = key, .name = name, .count = 1};
    *m = (struct plan_machine){ledger, gone};
}

static bool in_open_plan(const struct containment *p, size_t n, const struct case_asset *as)
{
    for (size_t i = 0; i < n; i++) {
        enum plan_state s = plan_state_of(&p[i]);
        for (size_t k = 0; s != PLAN_REFUSED && s != PLAN_DONE && k < p[i].action_n; k++)
            if (str_eq(p[i].action[k].asset_key, as->key) && str_eq(p[i].action[k].ledger, as->ledger))
                return true;
    }
    return false;
}

static int pick(struct drafting *d, const struct str *asset, size_t n)
{
    struct containment *old;
    size_t old_n;
    int rc = containment_store_list(app_world(d->app)->db, d->f.head.id, d->a, &old, &old_n, d->e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct app_case_target t;
        rc = app_case_find(d->app, asset[i], d->f.head.id, d->a, &t, d->e);
        if (rc == 0 && !stage_remediate_member(&d->f, t.ledger, t.key))
            rc = err_set(d->e, ERR_NOT_FOUND, "case C-%lld has no machine \"%.*s\"", (long long)d->f.head.id, STR_ARG(asset[i]));
        if (rc == 0)
            add_machine(d, t.ledger, t.key, t.name);
    }
    size_t open = 0;
    for (size_t i = 0; rc == 0 && n == 0 && i < d->f.member_n; i++) {
        const struct case_member *m = &d->f.member[i];
        if (m->a.closed || m->a.contain || m->a.verdict < CHECK_SUSPICIOUS)
            continue;
        bool planned = in_open_plan(old, old_n, &m->a);
        open += planned;
        if (!planned)
            add_machine(d, m->a.ledger, m->a.key, app_contain_name(&d->f, m->a.ledger, m->a.key));
    }
    if (rc == 0 && d->machine_n == 0 && open)
        rc = err_set(d->e, ERR_CONFLICT, "every compromised or suspicious machine of C-%lld is in a plan that is still open (toban contain list)",
                     (long long)d->f.head.id);
    else if (rc == 0 && d->machine_n == 0)
        rc = err_set(d->e, ERR_CONFLICT,
                     "no machine of C-%lld is compromised or suspicious and not contained; record what was found (toban case check), or name "
                     "machines (--asset)",
                     (long long)d->f.head.id);
    return rc;
}

static int draft(struct drafting *d, int64_t **ids, size_t *id_n)
{
    const struct config *c = app_config(d->app);
    struct containment *plan = arena_array(d->a, struct containment, d->book_n + 1);
    size_t n = 0;
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < d->book_n; k++) {
        struct plan_machine *m = arena_array(d->a, struct plan_machine, d->machine_n);
        size_t m_n = 0;
        for (size_t i = 0; i < d->machine_n; i++)
            if (d->choice[i] == k)
                m[m_n++] = d->machine[i];
        struct plan_input in = {.book = &d->book[k], .case_id = d->f.head.id, .who = app_who(d->app), .at = clock_now(),
                                .machine = m, .machine_n = m_n, .ledger = d->ledger, .ledger_n = d->fleet.ledger.n,
                                .site = {config_str(c, "contain.admin_ip"), config_str(c, "contain.vlan")}};
        if (m_n)
            rc = plan_draft(&in, d->a, &plan[n++], d->e);
    }
    *ids = arena_array(d->a, int64_t, n + 1);
    *id_n = n;
    return rc ? rc : stage_contain_draft(app_world(d->app), plan, n, *ids, d->e);
}

int app_contain_plan(struct app *app, int64_t case_id, const struct str *asset, size_t n, struct str playbook, struct arena *a,
                     int64_t **ids, size_t *id_n, struct err *e)
{
    struct drafting d = {.app = app, .a = a, .e = e};
    *id_n = 0;
    int rc = stage_remediate_load(app_world(app), case_id, a, &d.f, e);
    if (rc == 0 && d.f.head.closed)
        rc = err_set(e, ERR_CONFLICT, "the case is closed already");
    if (rc == 0)
        rc = playbooks(app_config(app), a, &d.book, &d.book_n, e);
    if (rc == 0)
        rc = fleet_load(app_world(app), a, &d.fleet, e);
    if (rc == 0) {
        d.ledger = arena_array(a, struct plan_machine, d.fleet.ledger.n + 1);
        for (size_t i = 0; i < d.fleet.ledger.n; i++)
            d.ledger[i] = (struct plan_machine){d.fleet.ledger.asset[i].ledger, &d.fleet.ledger.asset[i].a};
        d.machine = arena_array(a, struct plan_machine, d.f.member_n + n + 1);
        d.choice = arena_array(a, size_t, d.f.member_n + n + 1);
        rc = pick(&d, asset, n);
    }
    for (size_t i = 0; rc == 0 && i < d.machine_n; i++)
        rc = choose(&d, i, playbook);
    if (rc == 0)
        rc = draft(&d, ids, id_n);
    fleet_release(&d.fleet);
    return rc;
}

/* ---- the rest ---- */

int app_contain_list(struct app *app, int64_t case_id, struct arena *a, struct containment **out, size_t *n, struct err *e)
{
    return containment_store_list(app_world(app)->db, case_id, a, out, n, e);
}

int app_contain_get(struct app *app, int64_t id, struct arena *a, struct containment *out, struct err *e)
{
    return stage_contain_load(app_world(app), id, a, out, e);
}

static int check_why(struct str why, struct err *e)
{
    if (why.n > LIMIT_LEDGER_CELL || !str_is_utf8(why))
        return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
    return 0;
}

int app_contain_decide(struct app *app, int64_t id, bool approve, struct str why, struct err *e)
{
    struct arena a = {0};
    struct remediate_policy p;
    int rc = check_why(why, e);
    if (rc == 0)
        rc = app_case_policy(app, &a, &p, e);
    if (rc == 0)
        rc = stage_contain_decide(app_world(app), &p.gate, id, approve, app_who(app), why, clock_now(), e);
    arena_release(&a);
    return rc;
}

int app_contain_act(struct app *app, struct contain_act *act, struct arena *a, struct contain_change **change, size_t *n,
                    struct err *e)
{
    struct remediate_policy p;
    act->who = app_who(app);
    act->at = clock_now();
    int rc = check_why(act->why, e);
    if (rc == 0 && act->undo_by != WHEN_NONE && act->undo_by <= act->at)
        rc = err_set(e, ERR_USAGE, "the day of undoing is past already (--undo-by)");
    if (rc == 0)
        rc = app_case_policy(app, a, &p, e);
    return rc ? rc : stage_contain_act(app_world(app), &p.gate, act, a, change, n, e);
}

struct str app_contain_name(const struct case_file *f, struct str ledger, struct str key)
{
    const struct case_member *m = key.n ? stage_remediate_member(f, ledger, key) : NULL;
    return m && m->look && m->look->name.n ? m->look->name : key;
}

static int by_since(const void *a, const void *b)
{
    const struct app_contain_reminder *x = a, *y = b;
    if (x->since != y->since)
        return x->since < y->since ? -1 : 1;
    if (x->plan != y->plan)
        return x->plan < y->plan ? -1 : 1;
    return x->number - y->number;
}

int app_contain_reminders(struct app *app, int64_t case_id, when_t now, struct arena *a, struct app_contain_reminder **out,
                          size_t *n, struct err *e)
{
    VEC(struct app_contain_reminder) v = {0};
    struct containment *p;
    size_t plan_n;
    *n = 0;
    int rc = containment_store_list(app_world(app)->db, case_id, a, &p, &plan_n, e);
    for (size_t i = 0; rc == 0 && i < plan_n; i++) {
        struct case_file f;
        bool loaded = false;
        for (size_t k = 0; rc == 0 && k < p[i].action_n; k++) {
            const struct containment_action *x = &p[i].action[k];
            when_t since;
            if (!plan_wants_undoing(&p[i], x, now, &since))
                continue;
            if (!loaded)
                rc = stage_remediate_load(app_world(app), p[i].case_id, a, &f, e);
            loaded = true;
            if (rc == 0)
                *vec_add(&v) = (struct app_contain_reminder){.plan = p[i].id, .case_id = p[i].case_id, .number = x->number, .title = x->title,
                                                             .ledger = x->ledger, .key = x->asset_key, .since = since,
                                                             .name = app_contain_name(&f, x->ledger, x->asset_key)};
        }
    }
    *out = arena_array(a, struct app_contain_reminder, v.n + 1);
    if (v.n) {
        memcpy(*out, v.p, v.n * sizeof(**out));
        qsort(*out, v.n, sizeof(**out), by_since);
    }
    *n = v.n;
    vec_release(&v);
    return rc;
}
