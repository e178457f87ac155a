#include "loop/figures.h"

#include <stdlib.h>

#include "loop/remediate_parts.h"

static void first_time(when_t *t, when_t at)
{
    if (*t == WHEN_NONE || at < *t)
        *t = at;
}

/* A verdict that opens the gate, or the waiver of it. */
static bool settles(const struct case_step *s)
{
    enum case_verdict v;
    if (s->kind == STEP_WAIVE)
        return true;
    return s->kind == STEP_CHECK && case_verdict_by_name(s->value, &v) && v != CHECK_NONE && v != CHECK_NOT_ESTABLISHED;
}

void figures_times(const struct case_file *f, struct report_machine *m, const when_t *first)
{
    struct map index = {0};
    struct buf key = BUF_INIT(MIB);
    for (size_t i = 0; i < f->member_n; i++) {
        remediate_key(&key, f->member[i].a.ledger, f->member[i].a.key);
        *map_put(&index, buf_str(&key), NULL) = i;
        for (size_t k = 0; k < REPORT_STAGES; k++)
            m[i].times.at[k] = WHEN_NONE;
        m[i].times.at[REPORT_MATCHED] = f->member[i].a.joined;
        if (first[i] != WHEN_NONE)
            first_time(&m[i].times.at[REPORT_MATCHED], first[i]);
        /* What counts is the patch in force: one that was rolled back reached nothing. */
        if (f->member[i].a.patch)
            m[i].times.at[REPORT_PATCHED] = f->member[i].a.patch->at;
        if (f->member[i].a.verify)
            m[i].times.at[REPORT_VERIFIED] = f->member[i].a.verify->at;
    }
    for (size_t i = 0; i < f->step_n; i++) {
        const struct case_step *s = &f->step[i];
        remediate_key(&key, s->ledger, s->asset_key);
        const uint64_t *at = s->asset_key.n ? map_get(&index, buf_str(&key)) : NULL;
        if (!at)
            continue;
        when_t *t = m[*at].times.at;
        if (settles(s))
            first_time(&t[REPORT_CHECKED], s->at);
        else if (s->kind == STEP_CONTAIN)
            first_time(&t[REPORT_CONTAINED], s->at);
        else if (s->kind == STEP_MITIGATE)
            first_time(&t[REPORT_MITIGATED], s->at);
    }
    map_release(&index);
    buf_release(&key);
}

/* Whether the machine has to pass this stage at all. */
static bool concerns(const struct report_machine *m, size_t stage)
{
    if (m->a.triage == CASE_NOT_AFFECTED)
        return stage <= REPORT_MATCHED;
    if (stage == REPORT_CHECKED)
        return m->a.ask || m->a.check || m->a.waive;
    return stage != REPORT_CONTAINED && stage != REPORT_MITIGATED;
}

void figures_case(struct report_case *c)
{
    when_t published = c->times.at[REPORT_PUBLISHED], heard = c->times.at[REPORT_HEARD];
    for (size_t k = REPORT_MATCHED; k < REPORT_STAGES; k++)
        c->times.at[k] = WHEN_NONE;
    for (size_t i = 0; i < c->machine_n; i++) {
        struct report_machine *m = &c->machine[i];
        m->times.at[REPORT_PUBLISHED] = published;
        m->times.at[REPORT_HEARD] = heard;
        m->open = !m->a.closed && !m->a.verify && m->a.triage != CASE_NOT_AFFECTED;
        m->overdue = m->open && m->look && m->look->deadline != WHEN_NONE && m->look->deadline < c->site.at;
    }
    for (size_t k = REPORT_MATCHED; k < REPORT_STAGES; k++) {
        bool lacks = false;
        for (size_t i = 0; i < c->machine_n; i++) {
            when_t t = c->machine[i].times.at[k];
            if (!concerns(&c->machine[i], k))
                continue;
            lacks = lacks || t == WHEN_NONE;
            if (k == REPORT_MATCHED && t != WHEN_NONE)
                first_time(&c->times.at[k], t);
            else if (t != WHEN_NONE)
                c->times.at[k] = MAX(c->times.at[k], t);
        }
        if (lacks && k != REPORT_MATCHED)
            c->times.at[k] = WHEN_NONE;
    }
}

/* ---- counting ---- */

struct counting {
    struct arena *a;
    struct report_figures *out;
    when_t from, until;
    VEC(int64_t) span[REPORT_STAGES];
    struct map group[REPORT_BYS];
    VEC(struct report_group) row[REPORT_BYS];
};

static bool within(const struct counting *g, when_t t)
{
    return t != WHEN_NONE && (g->from == WHEN_NONE || t >= g->from) && t < g->until;
}

static void reach(struct counting *g, enum report_stage stage, const struct report_times *t, bool counts)
{
    if (!within(g, t->at[stage]))
        return;
    g->out->reached[stage] += counts;
    if (t->at[REPORT_PUBLISHED] != WHEN_NONE)
        vec_push(&g->span[stage], t->at[stage] - t->at[REPORT_PUBLISHED]);
}

static bool unchecked(const struct report_machine *m)
{
    return m->open && m->a.ask && !m->a.waive && (m->a.verdict == CHECK_NONE || m->a.verdict == CHECK_NOT_ESTABLISHED);
}

static void tally(struct report_group *r, const struct report_machine *m)
{
    r->machines++;
    r->open += m->open;
    r->overdue += m->overdue;
    r->mitigated += m->mitigated;
    r->unverified += m->open && m->a.patch != NULL;
    r->unchecked += unchecked(m);
    r->waived += m->a.waive != NULL;
    r->fixed += m->a.verify != NULL;
}

static void into_groups(struct counting *g, const struct report_machine *m)
{
    const struct str name[REPORT_BYS] = {m->place, m->owner, m->department, m->organisation};
    for (size_t k = 0; k < REPORT_BYS; k++) {
        bool made;
        uint64_t *at = map_put(&g->group[k], name[k], &made);
        if (made) {
            *at = g->row[k].n;
            vec_push(&g->row[k], ((struct report_group){.name = name[k]}));
        }
        tally(&g->row[k].p[*at], m);
    }
}

static void machine(struct counting *g, const struct report_machine *m)
{
    struct report_figures *f = g->out;
    struct report_group r = {0};
    tally(&r, m);
    f->machines++;
    f->affected += m->a.triage == CASE_AFFECTED;
    f->not_affected += m->a.triage == CASE_NOT_AFFECTED;
    f->undecided += m->a.triage == CASE_UNTOLD || m->a.triage == CASE_CANNOT_TELL;
    f->open += r.open;
    f->overdue += r.overdue;
    f->unchecked += r.unchecked;
    f->contained += m->a.contain != NULL;
    f->mitigated += r.mitigated;
    f->lapsed += m->lapsed;
    f->unverified += r.unverified;
    f->fixed += r.fixed;
    f->waived += r.waived;
    f->compromised += m->a.verdict == CHECK_COMPROMISED && !m->a.closed;
    for (size_t k = REPORT_MATCHED; k < REPORT_STAGES; k++)
        reach(g, (enum report_stage)k, &m->times, true);
    into_groups(g, m);
}

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static int by_open(const void *x, const void *y)
{
    const struct report_group *a = x, *b = y;
    if (a->overdue != b->overdue)
        return a->overdue < b->overdue ? 1 : -1;
    if (a->open != b->open)
        return a->open < b->open ? 1 : -1;
    if (a->machines != b->machines)
        return a->machines < b->machines ? 1 : -1;
    return str_cmp(a->name, b->name);
}

/* Of an even number the mean of the two in the middle. */
static void finish_spans(struct counting *g)
{
    for (size_t k = 0; k < REPORT_STAGES; k++) {
        size_t n = g->span[k].n;
        int64_t *p = g->span[k].p;
        if (n) {
            qsort(p, n, sizeof(*p), by_size);
            g->out->span[k] = (struct report_span){n, n % 2 ? p[n / 2] : p[n / 2 - 1] + (p[n / 2] - p[n / 2 - 1]) / 2, p[n - 1]};
        }
        vec_release(&g->span[k]);
    }
}

static void finish_groups(struct counting *g)
{
    for (size_t k = 0; k < REPORT_BYS; k++) {
        size_t n = g->row[k].n;
        g->out->group[k] = arena_array(g->a, struct report_group, n + 1);
        g->out->group_n[k] = n;
        if (n) {
            memcpy(g->out->group[k], g->row[k].p, n * sizeof(struct report_group));
            qsort(g->out->group[k], n, sizeof(struct report_group), by_open);
        }
        vec_release(&g->row[k]);
        map_release(&g->group[k]);
    }
}

void figures_of(const struct report_case *c, size_t n, when_t from, when_t until, struct arena *a, struct report_figures *out)
{
    struct counting g = {.a = a, .out = out, .from = from, .until = until};
    *out = (struct report_figures){0};
    for (size_t i = 0; i < n; i++) {
        out->cases++;
        out->cases_open += c[i].head.closed == NULL;
        out->cases_opened += within(&g, c[i].head.opened);
        out->cases_closed += c[i].head.closed && within(&g, c[i].head.closed->at);
        reach(&g, REPORT_HEARD, &c[i].times, true);
        for (size_t k = 0; k < c[i].machine_n; k++)
            machine(&g, &c[i].machine[k]);
    }
    finish_spans(&g);
    finish_groups(&g);
}
