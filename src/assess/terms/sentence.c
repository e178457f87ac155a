#include "assess/terms/engine.h"

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

static bool needs_met(const struct rule *r, const struct class_set *present)
{
    for (unsigned i = 0; i < r->needs; i++) {
        uint64_t met = 0;
        for (unsigned k = 0; k < CLASS_WORDS; k++)
            met |= r->need[i].bit[k] & present->bit[k];
        if (!met)
            return false;
    }
    return true;
}

/* Where the clause ends in which pos stands. */
static uint32_t clause_end(const struct sentence_view *v, unsigned clause, uint32_t pos)
{
    for (size_t i = 0; i < v->hits; i++)
        if (v->hit[i].class_id == clause && v->hit[i].start >= pos)
            return v->hit[i].start;
    return v->end;
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

size_t sentence_read(struct sentence_view *v, uint8_t script, uint32_t index, struct reading_at out[READINGS_MAX])
{
    struct reader r = {.out = out, .sentence = index};
    v->steps = STEPS_MAX;
    for (size_t i = 0; i < v->terms->order_n && r.n < READINGS_MAX; i++) {
        r.rule = &v->terms->rule.p[v->terms->order[i]];
        if ((r.rule->script & script) && needs_met(r.rule, &v->present))
            match_rule(v, r.rule, take, &r);
    }
    deny(v, out, r.n);
    return r.n;
}
