/* Readings that need their neighbours: answers, cells under a heading, corrections. */
#include "assess/terms/judge.h"

static bool has(const struct judge *j, uint32_t sentence, int reading)
{
    const struct judged_sentence *s = &j->sentence.p[sentence];
    for (uint32_t i = 0; i < s->n; i++)
        if (j->reading.p[s->first + i].reading == reading)
            return true;
    return false;
}

static bool is_event(int reading)
{
    return reading == TERMS_EXPLOITED || reading == TERMS_ATTEMPTED;
}

/* The row names a vulnerability, so it holds values and no headings. */
static bool row_has_cve(const struct judge *j, uint32_t index)
{
    uint32_t row = j->sentence.p[index].s->row;
    for (uint32_t i = index + 1; i-- > 0 && j->sentence.p[i].s->row == row;)
        if (j->sentence.p[i].cves)
            return true;
    return false;
}

/* The heading over this cell, or the cell in front of it, asks about exploitation. */
static bool under_heading(const struct judge *j, uint32_t index)
{
    const struct judged_sentence *s = &j->sentence.p[index];
    if (!s->s->cell)
        return false;
    for (uint32_t i = index; i-- > 0;) {
        const struct judged_sentence *c = &j->sentence.p[i];
        if (c->in_title != s->in_title || !c->s->cell)
            return false;
        bool left = c->s->row == s->s->row && c->s->column + 1 == s->s->column;
        bool above = c->s->row != s->s->row && c->s->column == s->s->column;
        if ((left || above) && has(j, i, READ_COLUMN) && !row_has_cve(j, i))
            return true;
    }
    return false;
}

#define ANSWER_REACH 2 /* sentences between a question and its answer */

static bool answers(const struct judge *j, uint32_t index)
{
    for (uint32_t i = index; i-- > 0 && i + ANSWER_REACH + 1 > index;)
        if (has(j, i, READ_ASKED))
            return true;
    return false;
}

static void answers_and_cells(struct judge *j)
{
    for (uint32_t i = 0; i < j->sentence.n; i++) {
        const struct judged_sentence *s = &j->sentence.p[i];
        bool asked = has(j, i, READ_ASKED) || (s->s->cell && has(j, i, READ_COLUMN) && !row_has_cve(j, i));
        for (uint32_t k = 0; k < s->n; k++) {
            struct reading_at *r = &j->reading.p[s->first + k];
            if (asked && reading_family(r->reading) == FAMILY_EXPLOIT)
                r->reading = READ_UNSAID;
            if (r->reading != READ_YES && r->reading != READ_NO)
                continue;
            if (under_heading(j, i) || answers(j, i))
                r->reading = r->reading == READ_YES ? TERMS_EXPLOITED : TERMS_NO_EXPLOITATION;
        }
    }
}

/* Takes back what earlier sentences (and this one) said. */
static void take_back(struct judge *j, uint32_t upto, uint32_t end)
{
    for (uint32_t i = 0; i < upto; i++)
        if (is_event(j->reading.p[i].reading) && j->reading.p[i].sentence < end)
            j->reading.p[i].reading = READ_UNSAID;
}

/* A later statement that denies overturns an earlier one that affirmed. */
static void corrections(struct judge *j)
{
    for (uint32_t i = 0; i < j->sentence.n; i++) {
        const struct judged_sentence *s = &j->sentence.p[i];
        if (has(j, i, READ_RETRACT))
            take_back(j, s->first + s->n, i + 1);
        if (!has(j, i, READ_UPDATE))
            continue;
        bool denied = false, affirmed = false;
        for (uint32_t k = i; k < j->sentence.n && (k == i || !has(j, k, READ_UPDATE)); k++) {
            denied |= has(j, k, TERMS_NO_EXPLOITATION);
            affirmed |= has(j, k, TERMS_EXPLOITED) || has(j, k, TERMS_ATTEMPTED);
        }
        if (denied && !affirmed)
            take_back(j, s->first, i);
    }
}

void resolve_readings(struct judge *j)
{
    answers_and_cells(j);
    corrections(j);
}
