/* What toban can see of the machines of a case: the worst over its vulnerabilities. */
#include "loop/remediate_parts.h"
#include "remediate/deadline.h"

struct looking {
    struct remediate_sync *y;
    const struct case_file *c;
    struct map index;
    struct buf key;
    VEC(struct case_look) look;
};

static int result_of(struct remediate_sync *y, struct str vuln, struct identify_result **out, struct err *e)
{
    bool made;
    uint64_t *at = map_put(&y->result_index, vuln, &made);
    *out = made ? NULL : y->result.p[*at].r;
    if (!made)
        return 0;
    *at = y->result.n;
    struct identify_result *r = arena_new(y->a, struct identify_result);
    vec_push(&y->result, ((struct remediate_result){r}));
    struct stage_identify_options o = *y->o;
    o.only_vuln = vuln;
    *out = r;
    return stage_identify_run(y->w, y->f, &o, y->a, r, e);
}

static struct case_look *look_of(struct looking *g, const struct ledger_asset *as)
{
    bool made;
    remediate_key(&g->key, as->ledger, as->a.key);
    uint64_t *at = map_put(&g->index, buf_str(&g->key), &made);
    if (made) {
        *at = g->look.n;
        vec_push(&g->look, ((struct case_look){.ledger = as->ledger,
                                               .asset_key = as->a.key,
                                               .asset = as->a.id,
                                               .name = as->a.name.n ? as->a.name : as->a.key,
                                               .status = FINDING_NOT_AFFECTED,
                                               .seen = WHEN_NONE,
                                               .deadline = WHEN_NONE}));
    }
    return &g->look.p[*at];
}

static int rank(enum finding_status s)
{
    static const int order[] = {[FINDING_NOT_AFFECTED] = 0, [FINDING_UNKNOWN] = 1, [FINDING_POSSIBLE] = 2, [FINDING_AFFECTED] = 3};
    return order[s];
}

static struct str reason_about(const struct decision *d, enum decide_about about, struct str *source)
{
    struct str text = {0};
    for (size_t i = 0; i < d->reason_n; i++) {
        if (d->reason[i].about != about)
            continue;
        text = d->reason[i].text;
        if (source)
            *source = d->reason[i].source;
    }
    return text;
}

/* Asked of what does not seem affected, too: a person may know better. The rule asks only where nobody says otherwise. */
static void ask(struct looking *g, struct case_look *l, const struct identify_finding *f, const struct identify_vuln *v)
{
    const struct decision *d = f->decision;
    struct str source = {0};
    struct arena *a = g->y->a;
    if (l->asks)
        return;
    if (v->exploited || (d->applies && d->exploited_since != WHEN_NONE)) {
        reason_about(d, DECIDE_KEV, &source);
        l->asks_why = source.n ? str_of(arena_printf(a, tr("%.*s is stated to be exploited (%.*s)"), STR_ARG(v->id), STR_ARG(source)))
                               : str_of(arena_printf(a, tr("%.*s is stated to be exploited"), STR_ARG(v->id)));
        l->asks = true;
    } else if (d->applies && d->forensic) {
        l->asks_why = str_of(arena_printf(a, tr("the decision %.*s for %.*s asks for it"), STR_ARG(d->outcome->code), STR_ARG(v->id)));
        l->asks = true;
    } else if (g->y->p->always_look) {
        l->asks_why = str_of(tr("the site asks for it before every patch (setting fix.always_look)"));
        l->asks = true;
    }
}

static void date_it(struct looking *g, struct case_look *l, const struct identify_finding *f)
{
    static const char *const by[] = {"", "table", "kev-due", "policy"};
    const struct decision *d = f->decision;
    if (!d->applies || f->v.status == FINDING_NOT_AFFECTED)
        return;
    struct deadline have = {l->deadline, l->deadline_by, l->deadline_why};
    struct deadline offer = {d->deadline, str_of(by[d->deadline_by]), reason_about(d, DECIDE_DEADLINE, NULL)};
    deadline_offer(&have, &offer);
    if (g->y->p->business_days > 0) {
        char from[CLOCK_ISO_SIZE], to[CLOCK_ISO_SIZE];
        offer.at = deadline_business(g->y->p->calendar, g->c->head.opened, g->y->p->business_days, g->y->w->zone_s);
        offer.by = STR_LIT("business-days");
        clock_date(g->c->head.opened, g->y->w->zone_s, from);
        clock_date(offer.at, g->y->w->zone_s, to);
        offer.why = str_of(arena_printf(g->y->a, tr("By the site's rule until %s: %d business days from the opening of the case on %s."), to,
                                        g->y->p->business_days, from));
        deadline_offer(&have, &offer);
    }
    l->deadline = have.at;
    l->deadline_by = have.by;
    l->deadline_why = have.why;
}

/* The name as written, with what tells one state of the software from the next. */
static struct str as_written(struct arena *a, const struct component *c)
{
    struct buf b = BUF_INIT(128 * KIB);
    buf_add_str(&b, c->product);
    if (c->version.n)
        buf_printf(&b, " " STR_FMT, STR_ARG(c->version));
    if (c->build.n)
        buf_printf(&b, " " STR_FMT, STR_ARG(c->build));
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

static void take(struct looking *g, const struct identify_finding *f, const struct identify_vuln *v)
{
    struct case_look *l = look_of(g, f->item->asset);
    const struct component *c = f->item->component;
    if (l->component.n == 0 || rank(f->v.status) > rank(l->status)) {
        l->status = f->v.status;
        l->product = f->item->key.n ? f->item->key : c->product;
        l->component = as_written(g->y->a, c);
        l->fixed = f->v.fixed;
        l->missing = f->v.missing;
        l->why = f->v.why;
    }
    if (l->seen == WHEN_NONE || c->seen < l->seen)
        l->seen = c->seen;
    if (f->v.status != FINDING_NOT_AFFECTED)
        ask(g, l, f, v);
    date_it(g, l, f);
}

/* Reasons of what affects the machine come before those of what does not. */
static int take_all(struct looking *g, struct err *e)
{
    int rc = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; rc == 0 && i < g->c->vuln_n; i++) {
            struct identify_result *r;
            rc = result_of(g->y, g->c->vuln[i], &r, e);
            for (size_t k = 0; rc == 0 && k < r->finding_n; k++) {
                const struct identify_vuln *v = &r->vuln[r->finding[k].vuln];
                if (pass == 0)
                    take(g, &r->finding[k], v);
                else
                    ask(g, look_of(g, r->finding[k].item->asset), &r->finding[k], v);
            }
        }
    }
    return rc;
}

/* Members that no finding speaks of any more: the product went, or the machine did. */
static void absent(struct looking *g)
{
    struct map ledger = {0};
    for (size_t i = 0; i < g->y->f->ledger.n; i++) {
        const struct ledger_asset *as = &g->y->f->ledger.asset[i];
        remediate_key(&g->key, as->ledger, as->a.key);
        *map_put(&ledger, buf_str(&g->key), NULL) = i;
    }
    for (size_t i = 0; i < g->c->member_n; i++) {
        const struct case_member *m = &g->c->member[i];
        remediate_key(&g->key, m->a.ledger, m->a.key);
        if (map_get(&g->index, buf_str(&g->key)))
            continue;
        const uint64_t *at = map_get(&ledger, buf_str(&g->key));
        struct case_look l = {.ledger = m->a.ledger, .asset_key = m->a.key, .name = m->look ? m->look->name : m->a.key,
                              .asset = m->look ? m->look->asset : 0, .gone = !at, .status = FINDING_UNKNOWN,
                              .seen = WHEN_NONE, .deadline = WHEN_NONE};
        l.asks = g->y->p->always_look;
        if (l.asks)
            l.asks_why = str_of(tr("the site asks for it before every patch (setting fix.always_look)"));
        l.missing = str_of(at ? tr("the inventory no longer names the product") : tr("the machine is no longer in the ledger"));
        if (at) {
            const struct asset *as = &g->y->f->ledger.asset[*at].a;
            l.asset = as->id;
            l.name = as->name.n ? as->name : as->key;
            for (size_t k = 0; k < as->component_n; k++)
                l.seen = MAX(l.seen, as->component[k].seen);
        }
        vec_push(&g->look, l);
    }
    map_release(&ledger);
}

int remediate_look(struct remediate_sync *y, const struct case_file *c, struct case_look **out, size_t *n, struct err *e)
{
    struct looking g = {.y = y, .c = c, .key = BUF_INIT(MIB)};
    int rc = take_all(&g, e);
    if (rc == 0)
        absent(&g);
    *n = g.look.n;
    *out = arena_array(y->a, struct case_look, g.look.n + 1);
    if (g.look.n)
        memcpy(*out, g.look.p, g.look.n * sizeof(*g.look.p));
    vec_release(&g.look);
    map_release(&g.index);
    buf_release(&g.key);
    return rc;
}
