/* One rule against one sentence, from left to right, every way it fits. */
#include "assess/terms/place.h"

struct ends {
    uint32_t at[ENDS_MAX];
    unsigned n;
};

struct walk {
    struct sentence_view *v;
    const struct element *element;
    unsigned elements, clause;
    struct match m;
    struct ends *ends; /* of a phrase: collects them */
    const struct rule *rule;
    bool (*take)(void *ctx, const struct match *m);
    void *ctx;
};

static bool run(struct walk *w, unsigned i, uint32_t pos);

static void end_add(struct ends *e, uint32_t at)
{
    for (unsigned i = 0; i < e->n; i++)
        if (e->at[i] == at)
            return;
    if (e->n < ENDS_MAX)
        e->at[e->n++] = at;
}

/* ---- phrases ---- */

/* The first element of the alternative cannot begin here. */
static bool hopeless(const struct element *el, const struct word_place *x)
{
    return el->gap == GAP_NONE && !el->optional && !el->blind && !place_begins(x, el->key);
}

static void phrase_read(struct sentence_view *v, const struct class *c, uint32_t pos, unsigned clause,
                        struct ends *all)
{
    for (unsigned i = 0; i < c->phrases; i++) {
        const struct pattern *p = &c->phrase[i];
        if (hopeless(&p->element[0], place_words(v, pos))) {
            v->steps -= v->steps > 0;
            continue;
        }
        struct walk w = {
            .v = v, .element = p->element, .elements = p->elements, .clause = clause, .ends = all};
        run(&w, 0, pos);
    }
}

/* Where the phrase can end that begins at pos. */
static void phrase_at(struct sentence_view *v, unsigned id, uint32_t pos, unsigned clause, struct ends *e)
{
    unsigned slot = (pos + id * 7) % PHRASES;
    struct phrase_ends *known = &v->notes->phrase[slot];
    e->n = 0;
    if (!(v->notes->phrase_known >> slot & 1) || known->pos != pos || known->class_id != id ||
        known->clause != clause) {
        phrase_read(v, &v->terms->cls.p[id], pos, clause, e);
        known->pos = pos;
        known->class_id = (uint16_t)id;
        known->clause = (uint16_t)clause;
        known->n = e->n;
        for (unsigned i = 0; i < e->n; i++)
            known->at[i] = e->at[i];
        v->notes->phrase_known |= (uint64_t)1 << slot;
        return;
    }
    for (; e->n < known->n; e->n++)
        e->at[e->n] = known->at[e->n];
}

static bool phrase_begins(struct sentence_view *v, unsigned id, uint32_t pos, unsigned clause)
{
    struct ends e;
    phrase_at(v, id, pos, clause, &e);
    return e.n > 0;
}

/* The first hit at or behind i with which the class begins, as long as it starts by limit; v->hits for none.
 */
static size_t next_of_class(struct sentence_view *v, unsigned id, size_t i, uint32_t limit, unsigned clause)
{
    const struct class *c = &v->terms->cls.p[id];
    for (; (i = place_next_hit(v, c->key, i)) < v->hits && v->hit[i].start <= limit; i++)
        if (!c->is_phrase || c->flat || phrase_begins(v, id, v->hit[i].start, clause))
            return i;
    return v->hits;
}

/* ---- elements ---- */

/* Can the elements from i on match at all? Most ways end here, before any work is done. */
static inline bool may_go_on(struct walk *w, unsigned i, uint32_t pos)
{
    struct sentence_view *v = w->v;
    const struct element *el = &w->element[i];
    if (i == w->elements || el->optional || el->blind)
        return true;
    if (el->gap == GAP_NONE)
        return place_begins(place_words(v, place_skip(v, pos)), el->key);
    size_t hit = place_next_hit(v, el->key, place_first_hit(v, pos));
    return hit < v->hits && v->hit[hit].start <= pos + el->gap_max;
}

static inline bool step_to(struct walk *w, unsigned i, uint32_t from, uint32_t to)
{
    if (w->element[i].anchor) {
        w->m.anchor_start = from;
        w->m.anchor_end = to;
    }
    if (may_go_on(w, i + 1, to))
        return run(w, i + 1, to);
    w->v->steps -= w->v->steps > 0;
    return false;
}

static bool step_over_cve(struct walk *w, unsigned i, uint32_t from)
{
    const struct sentence_view *v = w->v;
    for (size_t h = place_first_hit(v, from); h < v->hits && v->hit[h].start == from; h++)
        if (v->hit[h].kind == LEXICON_CVE && step_to(w, i, from, v->hit[h].end))
            return true;
    return false;
}

/* The words of a list that begin at pos, longest first. */
static bool step_over_words(struct walk *w, unsigned i, unsigned id, uint32_t from)
{
    for (unsigned n = place_words(w->v, from)->n; n-- > 0;) {
        /* a step may have put the words of another place in its slot */
        const struct word_place *x = place_words(w->v, from);
        if (class_set_has(&w->v->terms->kind[x->hit[n].kind], id) && step_to(w, i, from, x->hit[n].end))
            return true;
    }
    return false;
}

static bool step_over_phrase(struct walk *w, unsigned i, unsigned id, uint32_t from)
{
    struct ends e;
    phrase_at(w->v, id, from, w->clause, &e);
    for (unsigned n = 0; n < e.n; n++)
        if (step_to(w, i, from, e.at[n]))
            return true;
    return false;
}

static bool run_adjacent(struct walk *w, unsigned i, uint32_t pos)
{
    const struct element *el = &w->element[i];
    uint32_t from = i == 0 ? pos : place_skip(w->v, pos);
    if (!el->blind && !place_begins(place_words(w->v, from), el->key))
        return false;
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        bool done = false;
        switch (a->kind) {
        case ATOM_START:
            done = (i == 0 || pos == w->v->start) && step_to(w, i, w->v->opening, w->v->opening);
            break;
        case ATOM_END:
            done = place_is_end(w->v, from) && step_to(w, i, from, from);
            break;
        case ATOM_PAUSE:
            done = place_is_pause(w->v, pos) && step_to(w, i, pos, pos);
            break;
        case ATOM_PHRASE:
            done = step_over_phrase(w, i, a->class_id, from);
            break;
        case ATOM_CVE:
            done = place_words(w->v, from)->cve && step_over_cve(w, i, from);
            break;
        default:
            done = step_over_words(w, i, a->class_id, from);
        }
        if (done)
            return true;
    }
    return false;
}

/* No other hit begins where this one does. */
static bool stands_alone(const struct sentence_view *v, size_t hit)
{
    uint32_t at = v->hit[hit].start;
    return (hit == 0 || v->hit[hit - 1].start != at) && (hit + 1 == v->hits || v->hit[hit + 1].start != at);
}

/* The element begins with this hit, which answers its key? Goes on behind it. */
static bool run_hit(struct walk *w, unsigned i, size_t hit)
{
    const struct element *el = &w->element[i];
    const struct hit *h = &w->v->hit[hit];
    const struct class_set *set = hit_classes(w->v, hit);
    if (el->plain || (el->flat && stands_alone(w->v, hit))) /* the key tells all */
        return step_to(w, i, h->start, h->end);
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        if (a->kind == ATOM_WORDS || a->kind == ATOM_CVE) {
            if (class_set_has(set, a->class_id) && step_to(w, i, h->start, h->end))
                return true;
        } else if (a->kind == ATOM_PHRASE) {
            if (kind_begins(w->v->terms, h->kind, w->v->terms->cls.p[a->class_id].key) &&
                step_over_phrase(w, i, a->class_id, h->start))
                return true;
        }
    }
    return false;
}

/* Where the gap that begins in front of hit j is cut off, at the latest at limit + 1. */
static uint32_t gap_stop(struct walk *w, const struct element *el, size_t j, uint32_t limit)
{
    struct sentence_view *v = w->v;
    size_t stop = v->hits;
    if (el->gap == GAP_CLAUSE && w->clause < CLASSES_MAX)
        stop = next_of_class(v, w->clause, j, limit, w->clause);
    for (unsigned b = 0; b < el->bans; b++) {
        size_t ban = next_of_class(v, el->ban[b], j, limit, w->clause);
        stop = MIN(stop, ban);
    }
    return stop < v->hits ? v->hit[stop].start : limit + 1;
}

static bool run_gap(struct walk *w, unsigned i, uint32_t pos)
{
    struct sentence_view *v = w->v;
    const struct element *el = &w->element[i];
    uint32_t limit = pos + el->gap_max;
    size_t j = place_first_hit(v, pos), k = place_next_hit(v, el->key, j);
    if ((k == v->hits || v->hit[k].start > limit) && !(el->places && v->end <= limit))
        return false;
    uint32_t stop = gap_stop(w, el, j, limit), last = MIN(stop, limit);
    for (; k < v->hits && v->hit[k].start <= last; k = place_next_hit(v, el->key, k + 1))
        if (run_hit(w, i, k))
            return true;
    if (stop > limit && v->end <= limit)
        for (unsigned a = 0; a < el->atoms; a++)
            if (el->atom[a].kind == ATOM_END)
                return step_to(w, i, v->end, v->end);
    return false;
}

/* ---- the end ---- */

/* The clause in which the mention stands. */
static void clause_around(const struct walk *w, uint32_t *lo, uint32_t *hi)
{
    const struct sentence_view *v = w->v;
    if (w->rule->clause >= CLASSES_MAX)
        return;
    uint32_t key = v->terms->cls.p[w->rule->clause].key;
    for (size_t i = 0; (i = place_next_hit(v, key, i)) < v->hits; i++) {
        const struct hit *h = &v->hit[i];
        if (h->end <= w->m.anchor_start)
            *lo = MAX(*lo, h->end);
        else if (h->start >= w->m.anchor_end)
            *hi = MIN(*hi, h->start);
    }
}

static bool guards_hold(struct walk *w)
{
    struct sentence_view *v = w->v;
    const struct rule *r = w->rule;
    uint32_t lo = v->start, hi = v->end;
    if (!r->guards)
        return true;
    clause_around(w, &lo, &hi);
    for (unsigned g = 0; g < r->guards; g++) {
        const struct guard *gd = &r->guard[g];
        uint32_t from = gd->where >= GUARD_SENTENCE ? v->start : lo,
                 to = gd->where >= GUARD_SENTENCE ? v->end : hi;
        if (gd->where == GUARD_BEFORE || gd->where == GUARD_SENTENCE_BEFORE)
            to = w->m.start;
        if (gd->where == GUARD_AFTER || gd->where == GUARD_SENTENCE_AFTER)
            from = w->m.end;
        bool found = false;
        size_t first = from < to ? place_next_hit(v, gd->key, place_first_hit(v, from)) : v->hits;
        if (first < v->hits && v->hit[first].start < to)
            for (unsigned a = 0; a < gd->atoms && !found; a++)
                found = gd->atom[a].kind >= ATOM_WORDS &&
                        next_of_class(v, gd->atom[a].class_id, first, to - 1, r->clause) < v->hits;
        if (found != gd->wanted)
            return false;
    }
    return true;
}

static bool matched(struct walk *w, uint32_t pos)
{
    if (w->ends) {
        end_add(w->ends, pos);
        return false;
    }
    w->m.end = pos;
    return guards_hold(w) && w->take(w->ctx, &w->m);
}

/* The elements from i on; an optional one is also left out. */
static bool run(struct walk *w, unsigned i, uint32_t pos)
{
    for (;; i++) {
        if (w->v->steps == 0)
            return false;
        w->v->steps--;
        if (i == w->elements)
            return matched(w, pos);
        const struct element *el = &w->element[i];
        if (el->gap == GAP_NONE ? run_adjacent(w, i, pos) : run_gap(w, i, pos))
            return true;
        if (!el->optional)
            return false;
    }
}

bool match_rule(struct sentence_view *v, const struct rule *r, unsigned bit,
                bool (*take)(void *ctx, const struct match *m), void *ctx)
{
    struct walk w = {.v = v,
                     .element = r->pattern.element,
                     .elements = r->pattern.elements,
                     .clause = r->clause,
                     .rule = r,
                     .take = take,
                     .ctx = ctx};
    const struct element *el = &r->pattern.element[0];
    if (el->atom[0].kind == ATOM_START) {
        w.m.start = v->start;
        return run(&w, 0, v->start);
    }
    for (size_t i = 0; (i = place_next_hit(v, el->key, i)) < v->hits; i++) {
        /* the words of row 0 are others when a place is among the atoms */
        if (el->places && !help_has(v->terms, v->hit[i].kind, bit))
            continue;
        w.m = (struct match){.start = v->hit[i].start};
        if (run_hit(&w, 0, i))
            return true;
    }
    return false;
}
