#include "assess/terms/place.h"

struct reader {
    struct reading_at *out;
    size_t n;
    const struct rule *rule;
    uint32_t sentence;
};

/* The first rule that matches a mention decides it: a place taken stays taken. */
static bool take(void *ctx, const struct match *m)
{
    struct reader *r = ctx;
    enum family f = reading_family(r->rule->reading);
    for (size_t i = 0; i < r->n; i++) {
        const struct reading_at *x = &r->out[i];
        bool rival = f == FAMILY_OWN ? x->reading == r->rule->reading : reading_family(x->reading) == f;
        if (rival && x->at.anchor_start < m->anchor_end && m->anchor_start < x->at.anchor_end)
            return false;
    }
    if (r->n == READINGS_MAX)
        return true;
    r->out[r->n++] = (struct reading_at){r->rule->reading, r->rule, *m, r->sentence};
    return false;
}

/* Rules for which every needed word is present in order, all at once. A match takes the
 * words of its elements from left to right; only when the sentence has more words
 * than were kept may one of them be missing here. False when there is no such rule. */
static bool candidates(const struct sentence_view *v, uint8_t script, rule_mask out[RULE_WORDS])
{
    const struct terms *t = v->terms;
    unsigned from = t->range[script].from, to = t->range[script].to;
    const rule_mask *free = v->crowded ? t->loose : t->free;
    rule_mask some = 0, met[RULE_WORDS * ROWS];
    for (unsigned w = from; w < to; w++) {
        met[ROW(w, 0) - 1] = ~(rule_mask)0;
        for (unsigned l = 0; l < NEED_LEVELS; l++)
            met[ROW(w, l)] = 0;
    }
    for (size_t i = 0; i < v->hits; i++) {
        unsigned kind = v->hit[i].kind;
        const struct help *h = t->help + t->help_from[kind], *end = t->help + t->help_from[kind + 1];
        for (; h < end; h++)
            if (h->row >= ROW(from, 0) && h->row < ROW(to, 0))
                met[h->row] |= h->rules & (met[h->row - 1] | free[h->row]);
    }
    for (unsigned w = from; w < to; w++) {
        rule_mask all = t->speaks[script][w];
        for (unsigned l = 0; l < NEED_LEVELS; l++)
            all &= met[ROW(w, l)] | t->always[ROW(w, l)];
        out[w] = all;
        some |= all;
    }
    return some != 0;
}

/* Where the clause ends in which pos stands; a comma behind it ends the reach, too. */
static uint32_t clause_end(const struct sentence_view *v, unsigned clause, uint32_t pos)
{
    const char *comma = pos < v->end ? memchr(v->folded.p + pos, ',', v->end - pos) : NULL;
    uint32_t end = comma ? (uint32_t)(comma - v->folded.p) : v->end;
    for (size_t i = 0; i < v->hits; i++)
        if (clause < CLASSES_MAX && class_set_has(hit_classes(v, i), clause) && v->hit[i].start >= pos)
            return MIN(end, v->hit[i].start);
    return end;
}

/* What stands within the reach of a denial is denied, whatever rule found it. An
 * English denial reaches to the end of its clause; a Japanese one stands last
 * and reaches back to the mention it denies. */
static void deny(const struct sentence_view *v, struct reading_at *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (r[i].reading != TERMS_NO_EXPLOITATION)
            continue;
        uint32_t end = r[i].at.end;
        if (r[i].rule->script == TEXT_EN)
            end = MAX(end, clause_end(v, r[i].rule->clause, end));
        for (size_t k = 0; k < n; k++)
            if ((r[k].reading == TERMS_EXPLOITED || r[k].reading == TERMS_ATTEMPTED) &&
                r[k].at.anchor_start >= r[i].at.start && r[k].at.anchor_end <= end)
                r[k].reading = READ_UNSAID;
    }
}

#define STEPS_MAX 20000 /* of matching work in one sentence; enough for any prose */

size_t sentence_read(struct sentence_view *v, uint8_t script, uint32_t index,
                     struct reading_at out[READINGS_MAX])
{
    struct reader r = {.out = out, .sentence = index};
    v->steps = STEPS_MAX;
    rule_mask may[RULE_WORDS];
    if (!candidates(v, script, may))
        return 0;
    place_begin(v);
    for (unsigned w = v->terms->range[script].from; w < v->terms->range[script].to; w++) {
        for (uint64_t left = may[w]; left && r.n < READINGS_MAX; left &= left - 1) {
            unsigned bit = w * 64 + (unsigned)__builtin_ctzll(left);
            r.rule = &v->terms->rule.p[v->terms->order[bit]];
            match_rule(v, r.rule, bit, take, &r);
        }
    }
    place_end(v);
    deny(v, out, r.n);
    return r.n;
}
