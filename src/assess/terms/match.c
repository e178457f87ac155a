#include "assess/terms/engine.h"

#define ENDS_MAX 12 /* different ends one phrase may have at one place */

struct ends {
    uint32_t at[ENDS_MAX];
    unsigned n;
};

struct walk {
    struct sentence_view *v;
    const struct pattern *p;
    unsigned clause;
    struct match m;
    struct ends *ends; /* of a phrase: collects them */
    const struct rule *rule;
    bool (*take)(void *ctx, const struct match *m);
    void *ctx;
};

static bool run(struct walk *w, unsigned i, uint32_t pos);

/* Blanks and quotation marks may stand between adjacent elements. */
static uint32_t skip(const struct sentence_view *v, uint32_t pos)
{
    for (;;) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (pos < v->end && (*p == ' ' || *p == '"'))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80 && p[2] >= 0x8C && p[2] <= 0x8F)
            pos += 3; /* 「 」 『 』 */
        else
            return pos;
    }
}

static uint32_t first_hit(const struct sentence_view *v, uint32_t pos)
{
    size_t lo = 0, hi = v->hits;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (v->hit[mid].start < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (uint32_t)lo;
}

/* Marks that may stand before the first word: list marks, brackets. */
static uint32_t skip_opening(const struct sentence_view *v)
{
    uint32_t pos = v->start;
    while (pos < v->end) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (*p < 0x80 && !((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 &&
                 ((p[1] == 0x80 && p[2] <= 0xBF) || (p[1] == 0x83 && p[2] == 0xBB)))
            pos += 3;
        else if (pos + 3 <= v->end && p[0] == 0xE2)
            pos += 3;
        else
            return pos;
    }
    return pos;
}

static bool at_end(const struct sentence_view *v, uint32_t pos)
{
    while (pos < v->end) {
        const unsigned char *p = (const unsigned char *)v->folded.p + pos;
        if (*p < 0x80 && !((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
            pos++;
        else if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80)
            pos += 3;
        else
            return false;
    }
    return true;
}

/* The end, a mark of punctuation, or a blank before Japanese: headlines use it for a full stop. */
static bool at_pause(const struct sentence_view *v, uint32_t pos)
{
    const unsigned char *p = (const unsigned char *)v->folded.p + pos;
    if (at_end(v, pos))
        return true;
    if (*p == ' ')
        return pos + 1 < v->end && (p[1] >= 0xE3 || strchr("-([/|", p[1]));
    if (pos + 3 <= v->end && p[0] == 0xE3 && p[1] == 0x80)
        return p[2] == 0x81 || p[2] == 0x82 || p[2] == 0x8D || p[2] == 0x8F; /* 、 。 」 』 */
    return strchr(",;:-()/", *p) != NULL;
}

static bool masked(const struct sentence_view *v, uint32_t start, uint32_t end)
{
    for (size_t i = 0; i < v->masks; i++)
        if (v->mask[i].start <= start && v->mask[i].end >= end &&
            v->mask[i].end - v->mask[i].start > end - start)
            return true;
    return false;
}

static void end_add(struct ends *e, uint32_t at)
{
    for (unsigned i = 0; i < e->n; i++)
        if (e->at[i] == at)
            return;
    if (e->n < ENDS_MAX)
        e->at[e->n++] = at;
}

static void word_at(struct sentence_view *v, unsigned id, uint32_t pos, struct ends *e)
{
    unsigned slot = pos % ARRAY_LEN(v->at);
    if (v->at[slot].pos != pos) {
        v->at[slot].pos = pos;
        v->at[slot].n = pos < v->end ? lexicon_at(v->terms->lexicon, v->folded, pos, v->at[slot].word) : 0;
    }
    for (unsigned i = v->at[slot].n; i-- > 0;) { /* longest first */
        const struct lexicon_word *w = lexicon_word(v->terms->lexicon, v->at[slot].word[i]);
        if (class_set_has(&w->classes, id) && !(v->masks && masked(v, pos, pos + w->len)))
            end_add(e, pos + w->len);
    }
}

static void class_at(struct sentence_view *v, unsigned id, uint32_t pos, unsigned clause, struct ends *e)
{
    const struct class *c = &v->terms->cls.p[id];
    if (c->is_cve) {
        for (size_t i = first_hit(v, pos); i < v->hits && v->hit[i].start == pos; i++)
            if (v->hit[i].word == LEXICON_CVE)
                end_add(e, v->hit[i].end);
    } else if (!c->is_phrase) {
        word_at(v, id, pos, e);
    } else {
        for (unsigned i = 0; i < c->phrases; i++) {
            struct walk w = {.v = v, .p = &c->phrase[i], .clause = clause, .ends = e};
            run(&w, 0, pos);
        }
    }
}

static bool meets(const struct class_set *a, const struct class_set *b)
{
    uint64_t met = 0;
    for (unsigned k = 0; k < CLASS_WORDS; k++)
        met |= a->bit[k] & b->bit[k];
    return met != 0;
}

static bool begins(const struct element *el, const struct class_set *set)
{
    for (unsigned i = 0; i < el->few_n; i++)
        if (class_set_has(set, el->few[i]))
            return true;
    return el->few_n == 0 && meets(&el->first, set);
}

static bool class_starts(struct sentence_view *v, unsigned id, size_t hit, unsigned clause)
{
    const struct class *c = &v->terms->cls.p[id];
    if (!c->is_phrase)
        return class_set_has(v->set[hit], id);
    if (!meets(&c->first, v->set[hit]))
        return false;
    struct ends e = {.n = 0};
    class_at(v, id, v->hit[hit].start, clause, &e);
    return e.n > 0;
}

static bool step_to(struct walk *w, unsigned i, uint32_t from, uint32_t to)
{
    if (w->p->element[i].anchor) {
        w->m.anchor_start = from;
        w->m.anchor_end = to;
    }
    return run(w, i + 1, to);
}

static bool run_adjacent(struct walk *w, unsigned i, uint32_t pos)
{
    const struct element *el = &w->p->element[i];
    uint32_t from = i == 0 ? pos : skip(w->v, pos);
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        if (a->kind == ATOM_START) {
            uint32_t open = skip_opening(w->v);
            if ((i == 0 || pos == w->v->start) && step_to(w, i, open, open))
                return true;
        } else if (a->kind == ATOM_END) {
            if (at_end(w->v, from) && step_to(w, i, from, from))
                return true;
        } else if (a->kind == ATOM_PAUSE) {
            if (at_pause(w->v, pos) && step_to(w, i, pos, pos))
                return true;
        } else {
            struct ends e = {.n = 0};
            class_at(w->v, a->class_id, from, w->clause, &e);
            for (unsigned n = 0; n < e.n; n++)
                if (step_to(w, i, from, e.at[n]))
                    return true;
        }
    }
    return false;
}

/* The element begins with this hit? Goes on behind it. */
static bool run_hit(struct walk *w, unsigned i, size_t hit)
{
    const struct element *el = &w->p->element[i];
    const struct hit *h = &w->v->hit[hit];
    const struct class_set *set = w->v->set[hit];
    if (!begins(el, set))
        return false;
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        if (a->kind != ATOM_CLASS)
            continue;
        const struct class *c = &w->v->terms->cls.p[a->class_id];
        if (class_set_has(set, a->class_id)) {
            if (step_to(w, i, h->start, h->end))
                return true;
        } else if (c->is_phrase && meets(&c->first, set)) {
            struct ends e = {.n = 0};
            class_at(w->v, a->class_id, h->start, w->clause, &e);
            for (unsigned n = 0; n < e.n; n++)
                if (step_to(w, i, h->start, e.at[n]))
                    return true;
        }
    }
    return false;
}

static bool stops(struct walk *w, const struct element *el, size_t hit)
{
    if (el->gap == GAP_CLAUSE && w->clause < CLASSES_MAX && class_set_has(w->v->set[hit], w->clause))
        return true;
    for (unsigned b = 0; b < el->bans; b++)
        if (class_starts(w->v, el->ban[b], hit, w->clause))
            return true;
    return false;
}

static bool run_gap(struct walk *w, unsigned i, uint32_t pos)
{
    struct sentence_view *v = w->v;
    const struct element *el = &w->p->element[i];
    size_t j = first_hit(v, pos);
    while (j < v->hits && v->hit[j].start - pos <= el->gap_max) {
        size_t k = j;
        for (; k < v->hits && v->hit[k].start == v->hit[j].start; k++)
            if (run_hit(w, i, k))
                return true;
        for (; j < k; j++)
            if (stops(w, el, j))
                return false;
    }
    if (j == v->hits && v->end - pos <= el->gap_max)
        for (unsigned a = 0; a < el->atoms; a++)
            if (el->atom[a].kind == ATOM_END)
                return step_to(w, i, v->end, v->end);
    return false;
}

static bool guards_hold(struct walk *w)
{
    struct sentence_view *v = w->v;
    const struct rule *r = w->rule;
    uint32_t lo = v->start, hi = v->end;
    if (!r->guards)
        return true;
    for (size_t i = 0; i < v->hits; i++) {
        const struct hit *h = &v->hit[i];
        if (r->clause >= CLASSES_MAX || !class_set_has(v->set[i], r->clause))
            continue;
        if (h->end <= w->m.anchor_start)
            lo = MAX(lo, h->end);
        else if (h->start >= w->m.anchor_end)
            hi = MIN(hi, h->start);
    }
    for (unsigned g = 0; g < r->guards; g++) {
        const struct guard *gd = &r->guard[g];
        uint32_t from = gd->where >= GUARD_SENTENCE ? v->start : lo,
                 to = gd->where >= GUARD_SENTENCE ? v->end : hi;
        if (gd->where == GUARD_BEFORE || gd->where == GUARD_SENTENCE_BEFORE)
            to = w->m.start;
        if (gd->where == GUARD_AFTER || gd->where == GUARD_SENTENCE_AFTER)
            from = w->m.end;
        bool found = false;
        for (size_t i = first_hit(v, from); i < v->hits && v->hit[i].start < to && !found; i++)
            for (unsigned a = 0; a < gd->atoms && !found; a++)
                found = gd->atom[a].kind == ATOM_CLASS && class_starts(v, gd->atom[a].class_id, i, r->clause);
        if (found != gd->wanted)
            return false;
    }
    return true;
}

static bool run(struct walk *w, unsigned i, uint32_t pos)
{
    if (w->v->steps == 0)
        return false;
    w->v->steps--;
    if (i == w->p->elements) {
        if (w->ends) {
            end_add(w->ends, pos);
            return false;
        }
        w->m.end = pos;
        return guards_hold(w) && w->take(w->ctx, &w->m);
    }
    const struct element *el = &w->p->element[i];
    if (el->gap == GAP_NONE ? run_adjacent(w, i, pos) : run_gap(w, i, pos))
        return true;
    return el->optional && run(w, i + 1, pos);
}

bool match_rule(struct sentence_view *v, const struct rule *r, unsigned bit,
                bool (*take)(void *ctx, const struct match *m), void *ctx)
{
    struct walk w = {.v = v, .p = &r->pattern, .clause = r->clause, .rule = r, .take = take, .ctx = ctx};
    if (r->pattern.element[0].atom[0].kind == ATOM_START) {
        w.m = (struct match){.start = v->start};
        return run(&w, 0, v->start);
    }
    for (size_t i = 0; i < v->hits; i++) {
        if (!(v->helps[i][bit / 64] >> (bit % 64) & 1))
            continue;
        w.m = (struct match){.start = v->hit[i].start};
        if (run_hit(&w, 0, i))
            return true;
    }
    return false;
}
