#include "loop/drill.h"

#include "loop/drill_parts.h"
#include "loop/identify_parts.h"

const char *drill_fate_name(enum drill_fate f)
{
    static const char *const name[] = {"fixed-already", "cleared",     "affected",
                                       "possible",      "cannot-tell", "never-heard"};
    return name[f];
}

static size_t cve_index(const struct drill_pack *p, struct str id)
{
    size_t i = 0;
    while (i < p->cve_n && !str_eq(p->cve[i], id))
        i++;
    return i;
}

static bool is_of_drill(const struct drill_pack *p, const struct round_result *res,
                        const struct round_item *it)
{
    for (size_t i = 0; i < it->vuln_n; i++)
        if (cve_index(p, res->found.vuln[it->vuln[i]].id) < p->cve_n)
            return true;
    for (size_t i = 0; i < it->notice_n; i++) {
        const struct notice *n = &res->found.notice[it->notice[i]].rev.n;
        for (size_t c = 0; c < n->cve_n; c++)
            if (cve_index(p, n->cve[c]) < p->cve_n)
                return true;
    }
    return false;
}

static struct drill_pair *pair_of(struct drill_run *r, const struct ledger_asset *as, size_t cve)
{
    size_t i = (size_t)(as - r->f->ledger.asset);
    if (!r->pair[i])
        r->pair[i] = arena_array(r->a, struct drill_pair, r->p->cve_n);
    return &r->pair[i][cve];
}

/* Several components of one machine may be the product: the worst of this round counts. */
static int rank(enum finding_status s)
{
    static const int by[] = {
        [FINDING_NOT_AFFECTED] = 0, [FINDING_UNKNOWN] = 1, [FINDING_POSSIBLE] = 2, [FINDING_AFFECTED] = 3};
    return by[s];
}

static void take_finding(const struct drill_day *d, const struct round_item *it,
                         const struct identify_finding *f, bool first, struct drill_pair *pair)
{
    if (!first && rank(f->v.status) <= rank(pair->status))
        return;
    pair->seen = true;
    pair->status = f->v.status;
    pair->written = f->item->match.written;
    if (f->v.fixed.n)
        pair->fixed = f->v.fixed;
    pair->missing = f->v.missing;
    if (f->v.status == FINDING_NOT_AFFECTED) {
        if (pair->told != WHEN_NONE && pair->cleared == WHEN_NONE)
            pair->cleared = d->round;
        return;
    }
    pair->cleared = WHEN_NONE;
    if (pair->told == WHEN_NONE) {
        pair->told = d->round;
        pair->decision = f->decision;
    }
    if (it->level == ROUND_NOW && pair->urgent == WHEN_NONE)
        pair->urgent = d->round;
}

static bool named_before(const struct drill_run *r, const struct ledger_asset *as)
{
    const struct drill_pair *pair = r->pair[as - r->f->ledger.asset];
    for (size_t i = 0; pair && i < r->p->cve_n; i++)
        if (pair[i].seen && pair[i].told != WHEN_NONE)
            return true;
    return false;
}

static void take_machine(struct drill_run *r, struct drill_day *d, const struct round_result *res,
                         const struct round_item *it, const struct round_machine *m)
{
    bool before = named_before(r, m->asset), *first = arena_array(r->a, bool, r->p->cve_n);
    for (size_t k = 0; k < m->finding_n; k++) {
        size_t cve = cve_index(r->p, res->found.vuln[m->finding[k]->vuln].id);
        if (cve == r->p->cve_n)
            continue;
        struct drill_pair *pair = pair_of(r, m->asset, cve);
        if (!pair->seen)
            pair->told = pair->urgent = pair->cleared = WHEN_NONE;
        take_finding(d, it, m->finding[k], !first[cve], pair);
        first[cve] = true;
    }
    if (before || !named_before(r, m->asset))
        return;
    d->named++;
    if (d->name_n < DRILL_NAMES)
        d->name[d->name_n++] = m->asset->a.name.n ? m->asset->a.name : m->asset->a.key;
}

static void take_round(struct drill_run *r, struct drill_day *d, const struct round_result *res)
{
    bool first = true;
    d->name = arena_array(r->a, struct str, DRILL_NAMES);
    for (size_t i = 0; i < res->n; i++) {
        const struct round_item *it = &res->item[i];
        if (!is_of_drill(r->p, res, it))
            continue;
        for (size_t m = 0; m < it->machine_n; m++)
            take_machine(r, d, res, it, &it->machine[m]);
        d->affected += it->affected;
        d->possible += it->possible;
        d->unknown += it->unknown;
        d->cleared += it->cleared;
        if (!first)
            continue;
        first = false; /* the most pressing comes first */
        d->level = it->level;
        d->title = it->title;
        d->by = it->by;
        d->quote = it->quote;
        d->next = it->next;
        if (it->decision && it->decision->applies) {
            d->deadline = it->decision->deadline;
            d->outcome = it->decision->outcome ? it->decision->outcome->code : (struct str){0};
        }
    }
}

/* What the rules made of the notices first heard in this round. */
static void take_words(struct drill_run *r, struct drill_day *d, const struct round_result *res)
{
    for (size_t i = 0; i < d->heard_n; i++) {
        struct drill_heard *h = &r->out->heard[d->heard_first + i];
        for (size_t k = 0; h->how == DRILL_HEARD && k < res->found.notice_n; k++) {
            const struct identify_notice *n = &res->found.notice[k];
            if (!str_eq(n->rev.n.id, h->n->id) || !str_eq(n->rev.n.source, h->n->source) ||
                n->rev.known != h->n->when.at)
                continue;
            h->exploited = n->as.exploited;
            h->urgent = n->as.urgent;
            h->quote = identify_quote(n, &h->signal);
        }
    }
}

static bool became_known(const struct drill_run *r, when_t after, when_t until)
{
    const struct drill_pack *p = r->p;
    for (size_t i = 0; i < p->record_n; i++)
        if (p->record[i].when.at > after && p->record[i].when.at <= until &&
            drill_source_on(r->o, p->record[i].v.source))
            return true;
    for (size_t i = 0; i < p->kev_n; i++)
        if (p->kev[i].when.at > after && p->kev[i].when.at <= until && drill_source_on(r->o, STR_LIT("kev")))
            return true;
    for (size_t i = 0; i < r->out->heard_n; i++)
        if (r->out->heard[i].how == DRILL_HEARD && r->out->heard[i].n->when.at > after &&
            r->out->heard[i].n->when.at <= until)
            return true;
    return false;
}

bool drill_day_quiet(const struct drill_day *d)
{
    return !d->ran && !d->heard_n && !d->milestone_n && !d->question_n && !d->record_n;
}

static bool same_told(const struct drill_day *x, const struct drill_day *y)
{
    return x->level == y->level && x->affected == y->affected && x->possible == y->possible &&
           x->unknown == y->unknown && x->deadline == y->deadline && str_eq(x->next, y->next);
}

static int hold_round(struct drill_run *r, struct drill_day *d, const struct drill_day *last, struct err *e)
{
    struct round_result *res = arena_new(r->a, struct round_result);
    struct stage_identify_options o = {.as_of = d->round,
                                       .since = d->round - r->o->news_days * WHEN_DAY,
                                       .source = r->o->source,
                                       .source_n = r->o->source_n};
    int rc = round_build(r->w, r->f, &o, r->a, res, e);
    if (rc)
        return rc;
    d->ran = true;
    take_round(r, d, res);
    take_words(r, d, res);
    d->changed = d->named > 0 || !same_told(d, last);
    d->told = d->title.n > 0;
    if (r->out->first_matched == WHEN_NONE && d->affected + d->possible + d->unknown > 0)
        r->out->first_matched = d->round;
    if (r->out->first_now == WHEN_NONE && d->level == ROUND_NOW)
        r->out->first_now = d->round;
    return 0;
}

/* Those of a list, sorted by time, within (after, until]. */
static void span(const when_t *at, size_t n, when_t after, when_t until, size_t *first, size_t *count)
{
    *first = *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i] <= after)
            *first = i + 1;
        else if (at[i] <= until)
            ++*count;
    }
}

static void spans(struct drill_run *r, struct drill_day *d, when_t after)
{
    const struct drill_pack *p = r->p;
    when_t *at = arena_array(r->a, when_t,
                             MAX(r->out->heard_n, MAX(p->milestone_n, MAX(p->question_n, p->record_n))) + 1);
    for (size_t i = 0; i < p->milestone_n; i++)
        at[i] = p->milestone[i].when.at;
    span(at, p->milestone_n, after, d->round, &d->milestone_first, &d->milestone_n);
    for (size_t i = 0; i < p->question_n; i++)
        at[i] = p->question[i].when.at;
    span(at, p->question_n, after, d->round, &d->question_first, &d->question_n);
    for (size_t i = 0; i < p->record_n; i++)
        at[i] = p->record[i].when.at;
    span(at, p->record_n, after, d->round, &d->record_first, &d->record_n);
    for (size_t i = 0; i < r->out->heard_n; i++)
        at[i] = r->out->heard[i].n->when.at;
    span(at, r->out->heard_n, after, d->round, &d->heard_first, &d->heard_n);
    for (size_t i = 0; i < d->heard_n; i++)
        r->out->heard[d->heard_first + i].round = d->round;
}

static int all_days(struct drill_run *r, struct err *e)
{
    const struct drill_pack *p = r->p;
    struct drill_result *out = r->out;
    struct drill_day none = {.deadline = WHEN_NONE, .next = STR_LIT("")};
    const struct drill_day *last = &none;
    when_t after = (p->from * 86400 - r->w->zone_s) * WHEN_SEC - 1; /* milestones of before are no news */
    int rc = 0;
    out->day = arena_array(r->a, struct drill_day, p->until - p->from + 1);
    for (int64_t day = p->from; rc == 0 && day <= p->until; day++) {
        struct drill_day *d = &out->day[out->day_n++];
        *d = (struct drill_day){.round = (day * 86400 + r->o->hour * 3600 - r->w->zone_s) * WHEN_SEC,
                                .deadline = WHEN_NONE};
        spans(r, d, after);
        if (became_known(r, after, d->round))
            rc = hold_round(r, d, last, e);
        out->quiet += drill_day_quiet(d);
        for (size_t i = 0; i < d->heard_n; i++)
            if (out->first_heard == WHEN_NONE && out->heard[d->heard_first + i].how == DRILL_HEARD)
                out->first_heard = d->round;
        if (d->ran)
            last = d;
        after = d->round;
    }
    return rc;
}

static void add_muted(struct drill_run *r, struct str source)
{
    struct drill_result *out = r->out;
    if (out->muted.n == 0)
        out->muted = source;
    else if (str_find(out->muted, source) == STR_NONE)
        out->muted = str_of(arena_printf(r->a, STR_FMT ", " STR_FMT, STR_ARG(out->muted), STR_ARG(source)));
}

static void list_heard(struct drill_run *r)
{
    const struct drill_pack *p = r->p;
    struct drill_result *out = r->out;
    out->heard = arena_array(r->a, struct drill_heard, p->notice_n + 1);
    for (size_t i = 0; i < p->notice_n; i++) {
        const struct drill_notice *n = &p->notice[i];
        bool on = drill_source_on(r->o, n->source);
        out->heard[out->heard_n++] = (struct drill_heard){.n = n,
                                                          .round = WHEN_NONE,
                                                          .how = on            ? DRILL_HEARD
                                                                 : n->source.n ? DRILL_MUTED
                                                                               : DRILL_NOT_OURS};
        if (n->source.n && !on)
            add_muted(r, n->source);
    }
    for (size_t i = 0; i < p->record_n; i++) {
        if (drill_source_on(r->o, p->record[i].v.source))
            continue;
        add_muted(r, p->record[i].v.source);
        out->records_muted++;
    }
    if (p->kev_n && !drill_source_on(r->o, STR_LIT("kev")))
        add_muted(r, STR_LIT("kev"));
}

int drill_run(const struct world *w, const struct fleet *f, const struct drill_pack *p,
              const struct drill_options *o, struct arena *a, struct drill_result *out, struct err *e)
{
    struct drill_run r = {.w = w, .f = f, .p = p, .o = o, .a = a, .out = out};
    *out = (struct drill_result){.pack = p,
                                 .first_heard = WHEN_NONE,
                                 .first_matched = WHEN_NONE,
                                 .first_now = WHEN_NONE,
                                 .all_safe = WHEN_NONE,
                                 .ledger_n = f->ledger.n};
    r.pair = arena_array(a, struct drill_pair *, f->ledger.n + 1);
    list_heard(&r);
    int rc = knowledge_read_begin(w->knowledge, e);
    if (rc == 0)
        rc = all_days(&r, e);
    if (rc == 0)
        drill_machines(&r);
    /* What people are told points into the map: keep it. */
    for (size_t i = 0; rc == 0 && i < out->day_n; i++) {
        struct drill_day *d = &out->day[i];
        struct str *const text[] = {&d->title, &d->by, &d->quote, &d->next, &d->outcome};
        for (size_t k = 0; k < ARRAY_LEN(text); k++)
            *text[k] = arena_str(a, *text[k]);
    }
    knowledge_read_end(w->knowledge);
    return rc;
}
