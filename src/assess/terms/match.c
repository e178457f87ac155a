#include "assess/terms/engine.h"

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

/* The first hit at or behind i that answers the key; v->hits when there is none. */
static inline size_t next_hit(const struct sentence_view *v, uint32_t key, size_t i)
{
    if (v->hits > KEY_HITS) {
        while (i < v->hits && !kind_begins(v->terms, v->hit[i].kind, key))
            i++;
        return i;
    }
    struct sentence_notes *notes = v->notes;
    if (!(notes->key_known[key / 64] >> (key % 64) & 1)) {
        uint64_t hits = 0;
        for (size_t h = 0; h < v->hits; h++)
            hits |= (uint64_t)kind_begins(v->terms, v->hit[h].kind, key) << h;
        notes->key_hits[key] = hits;
        notes->key_known[key / 64] |= (uint64_t)1 << (key % 64);
    }
    uint64_t left = i < KEY_HITS ? notes->key_hits[key] >> i : 0;
    return left ? i + (size_t)__builtin_ctzll(left) : v->hits;
}

static void place_fill(const struct sentence_view *v, struct word_place *x)
{
    unsigned n = x->pos < v->end ? lexicon_at(v->terms->lexicon, v->folded, x->pos, x->hit) : 0;
    x->n = 0;
    x->cve = false;
    for (unsigned i = 0; i < n; i++)
        if (!v->masks || !masked(v, x->pos, x->hit[i].end))
            x->hit[x->n++] = x->hit[i];
    for (size_t i = v->cves ? first_hit(v, x->pos) : v->hits; i < v->hits && v->hit[i].start == x->pos; i++)
        x->cve |= v->hit[i].kind == LEXICON_CVE;
}

/* Valid until the next call. */
static inline const struct word_place *place(struct sentence_view *v, uint32_t pos)
{
    struct word_place *x = &v->at[pos % PLACES];
    if (x->pos != pos) {
        x->pos = pos;
        place_fill(v, x);
    }
    return x;
}

static inline bool place_begins(struct sentence_view *v, uint32_t pos, uint32_t key)
{
    const struct word_place *x = place(v, pos);
    for (unsigned i = 0; i < x->n; i++)
        if (kind_begins(v->terms, x->hit[i].kind, key))
            return true;
    return x->cve && kind_begins(v->terms, LEXICON_CVE, key);
}

static void phrase_at(struct sentence_view *v, unsigned id, uint32_t pos, unsigned clause, struct ends *e)
{
    const struct class *c = &v->terms->cls.p[id];
    unsigned slot = (pos + id * 7) % PHRASES;
    struct phrase_ends *known = &v->notes->phrase[slot];
    struct ends all;
    all.n = 0;
    if ((v->notes->phrase_known >> slot & 1) && known->pos == pos && known->class_id == id &&
        known->clause == clause) {
        for (unsigned i = 0; i < known->n; i++)
            end_add(e, known->at[i]);
        return;
    }
    for (unsigned i = 0; i < c->phrases; i++) {
        struct walk w = {.v = v, .p = &c->phrase[i], .clause = clause, .ends = &all};
        run(&w, 0, pos);
    }
    *known = (struct phrase_ends){pos, (uint16_t)id, (uint16_t)clause, all.n, {0}};
    v->notes->phrase_known |= (uint64_t)1 << slot;
    for (unsigned i = 0; i < all.n; i++) {
        known->at[i] = all.at[i];
        end_add(e, all.at[i]);
    }
}

static void class_at(struct sentence_view *v, unsigned id, uint32_t pos, unsigned clause, struct ends *e)
{
    const struct class *c = &v->terms->cls.p[id];
    if (c->is_phrase) {
        phrase_at(v, id, pos, clause, e);
        return;
    }
    const struct word_place *x = place(v, pos);
    for (unsigned i = x->n; i-- > 0 && !c->is_cve;) /* longest first */
        if (class_set_has(&v->terms->kind[x->hit[i].kind], id))
            end_add(e, x->hit[i].end);
    for (size_t i = c->is_cve && x->cve ? first_hit(v, pos) : v->hits; i < v->hits && v->hit[i].start == pos;
         i++)
        if (v->hit[i].kind == LEXICON_CVE)
            end_add(e, v->hit[i].end);
}

/* The first hit at or behind i with which the class begins, as long as it starts by limit; v->hits for none.
 */
static size_t next_of_class(struct sentence_view *v, unsigned id, size_t i, uint32_t limit, unsigned clause)
{
    const struct class *c = &v->terms->cls.p[id];
    while ((i = next_hit(v, c->key, i)) < v->hits && v->hit[i].start <= limit) {
        struct ends e;
        e.n = 0;
        if (c->is_phrase)
            class_at(v, id, v->hit[i].start, clause, &e);
        if (!c->is_phrase || e.n)
            return i;
        i++;
    }
    return v->hits;
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
    if (!el->blind && !place_begins(w->v, from, el->key))
        return false;
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        if (a->kind == ATOM_START) {
            uint32_t open = w->v->opening;
            if ((i == 0 || pos == w->v->start) && step_to(w, i, open, open))
                return true;
        } else if (a->kind == ATOM_END) {
            if (at_end(w->v, from) && step_to(w, i, from, from))
                return true;
        } else if (a->kind == ATOM_PAUSE) {
            if (at_pause(w->v, pos) && step_to(w, i, pos, pos))
                return true;
        } else {
            struct ends e;
            e.n = 0;
            class_at(w->v, a->class_id, from, w->clause, &e);
            for (unsigned n = 0; n < e.n; n++)
                if (step_to(w, i, from, e.at[n]))
                    return true;
        }
    }
    return false;
}

/* The element begins with this hit, which answers its key? Goes on behind it. */
static bool run_hit(struct walk *w, unsigned i, size_t hit)
{
    const struct element *el = &w->p->element[i];
    const struct hit *h = &w->v->hit[hit];
    const struct class_set *set = hit_classes(w->v, hit);
    for (unsigned k = 0; k < el->atoms; k++) {
        const struct atom *a = &el->atom[k];
        if (a->kind != ATOM_CLASS)
            continue;
        const struct class *c = &w->v->terms->cls.p[a->class_id];
        if (class_set_has(set, a->class_id)) {
            if (step_to(w, i, h->start, h->end))
                return true;
        } else if (c->is_phrase && kind_begins(w->v->terms, h->kind, c->key)) {
            struct ends e;
            e.n = 0;
            class_at(w->v, a->class_id, h->start, w->clause, &e);
            for (unsigned n = 0; n < e.n; n++)
                if (step_to(w, i, h->start, e.at[n]))
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
    for (unsigned b = 0; b < el->bans; b++)
        stop = MIN(stop, next_of_class(v, el->ban[b], j, limit, w->clause));
    return stop < v->hits ? v->hit[stop].start : limit + 1;
}

static bool run_gap(struct walk *w, unsigned i, uint32_t pos)
{
    struct sentence_view *v = w->v;
    const struct element *el = &w->p->element[i];
    uint32_t limit = pos + el->gap_max;
    size_t j = first_hit(v, pos), k = next_hit(v, el->key, j);
    if ((k == v->hits || v->hit[k].start > limit) && !(el->places && v->end <= limit))
        return false;
    uint32_t stop = gap_stop(w, el, j, limit);
    for (; k < v->hits && v->hit[k].start <= MIN(stop, limit); k = next_hit(v, el->key, k + 1))
        if (run_hit(w, i, k))
            return true;
    if (stop > limit && v->end <= limit)
        for (unsigned a = 0; a < el->atoms; a++)
            if (el->atom[a].kind == ATOM_END)
                return step_to(w, i, v->end, v->end);
    return false;
}

/* The clause in which the mention stands. */
static void clause_around(const struct walk *w, uint32_t *lo, uint32_t *hi)
{
    const struct sentence_view *v = w->v;
    if (w->rule->clause >= CLASSES_MAX)
        return;
    uint32_t key = v->terms->cls.p[w->rule->clause].key;
    for (size_t i = 0; (i = next_hit(v, key, i)) < v->hits; i++) {
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
        size_t first = from < to ? next_hit(v, gd->key, first_hit(v, from)) : v->hits;
        if (first < v->hits && v->hit[first].start < to)
            for (unsigned a = 0; a < gd->atoms && !found; a++)
                found = gd->atom[a].kind == ATOM_CLASS &&
                        next_of_class(v, gd->atom[a].class_id, first, to - 1, r->clause) < v->hits;
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

void match_begin(struct sentence_view *v)
{
    for (unsigned k = 0; k < PLACES; k++)
        v->at[k].pos = UINT32_MAX;
    memset(v->notes->key_known, 0, v->terms->key_words * sizeof(uint64_t));
    v->notes->phrase_known = 0;
    v->opening = skip_opening(v);
    v->cves = false;
    for (size_t i = 0; i < v->hits; i++)
        v->cves |= v->hit[i].kind == LEXICON_CVE;
}

bool match_rule(struct sentence_view *v, const struct rule *r, unsigned bit,
                bool (*take)(void *ctx, const struct match *m), void *ctx)
{
    struct walk w = {.v = v, .p = &r->pattern, .clause = r->clause, .rule = r, .take = take, .ctx = ctx};
    const struct terms *t = v->terms;
    const struct element *el = &r->pattern.element[0];
    if (el->atom[0].kind == ATOM_START) {
        w.m = (struct match){.start = v->start};
        return run(&w, 0, v->start);
    }
    for (size_t i = 0; (i = next_hit(v, el->key, i)) < v->hits; i++) {
        /* the words of row 0 are others when a place is among the atoms */
        if (el->places &&
            !(t->helps[v->hit[i].kind * NEED_LEVELS * t->rule_words + bit / 64 * NEED_LEVELS] >> (bit % 64) &
              1))
            continue;
        w.m = (struct match){.start = v->hit[i].start};
        if (run_hit(&w, 0, i))
            return true;
    }
    return false;
}
