/* When each machine would have been safe. */
#include <stdlib.h>

#include "loop/drill_parts.h"

/* "15.1.2176.9 (KB5000871)" begins with the build that the pack lists. */
static bool names_fix(struct str fixed, struct str build)
{
    return fixed.n >= build.n && memcmp(fixed.p, build.p, build.n) == 0 &&
           (fixed.n == build.n || fixed.p[build.n] == ' ');
}

static when_t fix_at(const struct drill_pack *p, struct str fixed)
{
    for (size_t i = 0; i < p->fix_n; i++)
        for (size_t k = 0; k < p->fix[i].build_n; k++)
            if (fixed.n && names_fix(fixed, p->fix[i].build[k]))
                return p->fix[i].when.at;
    return drill_pack_mark(p, DRILL_PATCH)->when.at;
}

static when_t window_end(const struct drill_run *r, when_t from)
{
    struct window_span s;
    /* A window under way is too late for what is learnt in it. */
    while (r->o->next_window && r->o->next_window(r->o->ctx, from, &s)) {
        if (s.start >= from)
            return s.end;
        from = s.end;
    }
    return WHEN_NONE;
}

static when_t sooner(when_t x, when_t y)
{
    return x == WHEN_NONE ? y : y == WHEN_NONE ? x : MIN(x, y);
}

static when_t safe_at(const struct drill_run *r, const struct drill_pair *pair, when_t fix)
{
    when_t regular = window_end(r, MAX(pair->told, fix));
    if (pair->urgent != WHEN_NONE)
        return sooner(regular, MAX(pair->urgent, fix) + r->o->assume_hours * 3600 * WHEN_SEC);
    if (regular == WHEN_NONE && pair->decision && pair->decision->deadline != WHEN_NONE)
        return MAX(pair->decision->deadline, fix);
    return regular;
}

static enum drill_fate fate_of(enum finding_status s)
{
    static const enum drill_fate by[] = {[FINDING_UNKNOWN] = DRILL_CANNOT_TELL,
                                         [FINDING_NOT_AFFECTED] = DRILL_CLEARED,
                                         [FINDING_POSSIBLE] = DRILL_POSSIBLE,
                                         [FINDING_AFFECTED] = DRILL_AFFECTED};
    return by[s];
}

/* affected > possible > cannot tell > cleared > fixed already */
static int worse(enum drill_fate f)
{
    static const int by[] = {[DRILL_FIXED_ALREADY] = 0, [DRILL_CLEARED] = 1,  [DRILL_CANNOT_TELL] = 2,
                             [DRILL_POSSIBLE] = 3,      [DRILL_AFFECTED] = 4, [DRILL_NEVER_HEARD] = 5};
    return by[f];
}

static void take_decision(struct drill_machine *m, const struct decision *d, struct arena *a)
{
    if (!d || !d->applies)
        return;
    m->forensic |= d->forensic;
    if (d->deadline != WHEN_NONE && (m->deadline == WHEN_NONE || d->deadline < m->deadline)) {
        m->deadline = d->deadline;
        m->outcome = d->outcome ? arena_str(a, d->outcome->code) : m->outcome;
    }
}

static void take_pair(struct drill_run *r, struct drill_machine *m, const struct drill_pair *pair,
                      struct str cve, bool *never)
{
    enum drill_fate fate = pair->told == WHEN_NONE ? DRILL_FIXED_ALREADY : fate_of(pair->status);
    if (worse(fate) > worse(m->fate) || m->written.n == 0) {
        m->fate = worse(fate) > worse(m->fate) ? fate : m->fate;
        m->written = arena_str(r->a, pair->written);
        m->missing = arena_str(r->a, pair->missing);
    }
    if (pair->told == WHEN_NONE)
        return;
    m->told = m->told == WHEN_NONE ? pair->told : MIN(m->told, pair->told);
    take_decision(m, pair->decision, r->a);
    if (fate == DRILL_CLEARED) {
        m->cleared = MAX(m->cleared, pair->cleared);
        return;
    }
    if (m->fixed.n == 0 || pair->fixed.n)
        m->fixed = arena_str(r->a, pair->fixed);
    m->vuln = str_of(
        arena_printf(r->a, STR_FMT "%s" STR_FMT, STR_ARG(m->vuln), m->vuln.n ? " " : "", STR_ARG(cve)));
    m->emergency |= pair->urgent != WHEN_NONE;
    when_t fix = fix_at(r->p, pair->fixed), safe = safe_at(r, pair, fix);
    m->fix = MAX(m->fix, fix);
    *never |= safe == WHEN_NONE;
    m->safe = MAX(m->safe, safe);
}

static void add_machine(struct drill_run *r, const struct ledger_asset *as, const struct drill_pair *pair)
{
    struct drill_machine *m = &r->out->machine[r->out->machine_n];
    bool seen = false, never = false;
    *m = (struct drill_machine){.asset = as,
                                .told = WHEN_NONE,
                                .fix = WHEN_NONE,
                                .deadline = WHEN_NONE,
                                .safe = WHEN_NONE,
                                .cleared = WHEN_NONE};
    for (size_t i = 0; i < r->p->cve_n; i++) {
        if (!pair[i].seen)
            continue;
        seen = true;
        take_pair(r, m, &pair[i], r->p->cve[i], &never);
    }
    if (never)
        m->safe = WHEN_NONE;
    r->out->machine_n += seen;
}

/* The words in which people write the product, in a name that was not identified. */
static bool looks_alike(const struct drill_pack *p, struct str written)
{
    for (size_t i = 0; i < p->word_n; i++)
        if (str_find_i(written, p->word[i]) != STR_NONE)
            return true;
    return false;
}

static bool is_product(const struct drill_pack *p, struct str key)
{
    for (size_t i = 0; i < p->product_n; i++)
        if (key.n && str_eq(p->product[i], key))
            return true;
    return false;
}

static void add_unheard(struct drill_run *r, const struct fleet_item *it)
{
    r->out->machine[r->out->machine_n++] = (struct drill_machine){
        .asset = it->asset,
        .fate = DRILL_NEVER_HEARD,
        .written = it->component->product,
        .told = WHEN_NONE,
        .fix = WHEN_NONE,
        .deadline = WHEN_NONE,
        .safe = WHEN_NONE,
        .cleared = WHEN_NONE,
        .missing = str_of(it->key.n ? tr("a source that names this product; read its vendor's notices")
                                    : tr("which product this is (toban ledger names)"))};
}

/* Machines that no round named: of a product that was concerned, or of a name nobody knows. */
static void look_for_unheard(struct drill_run *r)
{
    const struct ledger *l = &r->f->ledger;
    bool *unnamed = arena_array(r->a, bool, l->n + 1), *listed = arena_array(r->a, bool, l->n + 1);
    for (size_t i = 0; i < r->f->n; i++) {
        const struct fleet_item *it = &r->f->item[i];
        size_t at = (size_t)(it->asset - l->asset);
        if (r->pair[at] || listed[at])
            continue;
        unnamed[at] |= it->key.n == 0;
        if (it->key.n ? is_product(r->p, it->key) : looks_alike(r->p, it->component->product)) {
            add_unheard(r, it);
            listed[at] = true;
        }
    }
    for (size_t i = 0; i < l->n; i++) {
        r->out->bare += l->asset[i].a.component_n == 0;
        r->out->unnamed += unnamed[i] && !listed[i];
    }
}

static int by_safe(const void *a, const void *b)
{
    const struct drill_machine *x = a, *y = b;
    int d = worse(y->fate) - worse(x->fate);
    when_t sx = x->safe == WHEN_NONE ? INT64_MAX : x->safe, sy = y->safe == WHEN_NONE ? INT64_MAX : y->safe;
    if (sx != sy && d == 0)
        d = sx < sy ? 1 : -1;
    return d ? d : (x->asset->a.id > y->asset->a.id) - (x->asset->a.id < y->asset->a.id);
}

static void count(struct drill_run *r)
{
    struct drill_result *out = r->out;
    const struct drill_milestone *due = drill_pack_mark(r->p, DRILL_DEADLINE);
    bool never = false;
    for (size_t i = 0; i < out->machine_n; i++) {
        struct drill_machine *m = &out->machine[i];
        out->unanswered += m->fate == DRILL_CANNOT_TELL || m->fate == DRILL_NEVER_HEARD;
        if (m->fate < DRILL_AFFECTED)
            continue;
        out->open++;
        never |= m->safe == WHEN_NONE;
        out->all_safe = MAX(out->all_safe, m->safe);
        m->late = due && (m->safe == WHEN_NONE || m->safe > due->when.at);
        out->late += m->late;
    }
    if (never)
        out->all_safe = WHEN_NONE;
}

void drill_machines(struct drill_run *r)
{
    const struct ledger *l = &r->f->ledger;
    r->out->machine = arena_array(r->a, struct drill_machine, l->n + 1);
    for (size_t i = 0; i < l->n; i++)
        if (r->pair[i])
            add_machine(r, &l->asset[i], r->pair[i]);
    look_for_unheard(r);
    if (r->out->machine_n)
        qsort(r->out->machine, r->out->machine_n, sizeof(*r->out->machine), by_safe);
    count(r);
}
