/* Which vulnerability does a sentence speak of? */
#include "assess/terms/judge.h"

static size_t copy_ids(const struct judge *j, const struct cve_at *m, size_t n, const uint32_t **ids)
{
    uint32_t *p = arena_alloc(j->arena, n * sizeof(*p) + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = m[i].id;
    *ids = p;
    return n;
}

#define LIST_GAP 48 /* bytes between identifiers of one list */

/* The last list of identifiers that ends at or before pos. */
static size_t list_before(const struct cve_at *m, size_t n, uint32_t pos, size_t *first)
{
    size_t last = n;
    while (last > 0 && m[last - 1].end > pos)
        last--;
    if (!last)
        return 0;
    size_t at = last - 1;
    while (at > 0 && m[at].start - m[at - 1].end <= LIST_GAP)
        at--;
    *first = at;
    return last - at;
}

static size_t list_after(const struct cve_at *m, size_t n, uint32_t pos, size_t *first)
{
    size_t at = 0;
    while (at < n && m[at].start < pos)
        at++;
    *first = at;
    return n - at;
}

/* The clause of the sentence in which pos stands. */
static void clause_of(const struct judge *j, const struct judged_sentence *s, const struct reading_at *r,
                      uint32_t *lo, uint32_t *hi)
{
    *lo = s->s->start;
    *hi = s->s->end;
    unsigned id = r->rule->clause;
    if (id >= CLASSES_MAX)
        return;
    const struct class *c = &j->terms->cls.p[id];
    struct str folded = s->text->folded;
    for (uint32_t w = 0; w < c->words; w++) {
        struct str word = c->word[w];
        for (uint32_t at = s->s->start; at + word.n <= s->s->end;) {
            size_t k = str_find(str_n(folded.p + at, s->s->end - at), word);
            if (k == STR_NONE)
                break;
            uint32_t from = at + (uint32_t)k, to = from + (uint32_t)word.n;
            if (to <= r->at.anchor_start)
                *lo = MAX(*lo, to);
            else if (from >= r->at.anchor_end)
                *hi = MIN(*hi, from);
            at = to;
        }
    }
}

/* Is what stands between a mention and an identifier a preposition, as in "exploitation of CVE-…"? */
static bool leads_to(struct str between)
{
    static const char *const word[] = {"of",  "in",        "for", "against",    "using",
                                       "via", "targeting", "on",  "exploiting", "("};
    between = str_trim(between);
    if (between.n > 20)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_starts(between, word[i]))
            return true;
    return between.n == 0;
}

static size_t in_sentence(const struct judge *j, const struct judged_sentence *s, const struct reading_at *r,
                          const uint32_t **ids)
{
    const struct cve_at *m = j->mention.p + s->cve_first;
    size_t n = s->cves, first = 0, k;
    if (n == 1)
        return copy_ids(j, m, 1, ids);
    uint32_t lo, hi;
    clause_of(j, s, r, &lo, &hi);
    size_t a = 0, b = n;
    while (a < n && m[a].start < lo)
        a++;
    while (b > a && m[b - 1].end > hi)
        b--;
    if (b > a) { /* some stand in the same clause */
        const struct cve_at *c = m + a;
        size_t of_first = 0, of = list_after(c, b - a, r->at.anchor_end, &of_first);
        if (of && r->rule->script == TEXT_EN &&
            leads_to(str_n(s->text->folded.p + r->at.anchor_end, c[of_first].start - r->at.anchor_end)))
            return copy_ids(j, c + of_first, of, ids); /* "exploitation of CVE-…" */
        if ((k = list_before(c, b - a, r->at.anchor_start, &first)) > 0)
            return copy_ids(j, c + first, k, ids);
        return of ? copy_ids(j, c + of_first, of, ids) : copy_ids(j, c, b - a, ids);
    }
    if ((k = list_before(m, n, r->at.anchor_start, &first)) > 0)
        return copy_ids(j, m + first, k, ids);
    k = list_after(m, n, r->at.anchor_end, &first);
    return k ? copy_ids(j, m + first, k, ids) : copy_ids(j, m, n, ids);
}

size_t scope_of(const struct judge *j, const struct reading_at *r, const uint32_t **ids)
{
    const struct judged_sentence *s = &j->sentence.p[r->sentence];
    if (j->cve.n == 0)
        return 0;
    if (s->cves)
        return in_sentence(j, s, r, ids);
    if (s->s->cell) { /* the identifier of the row */
        for (uint32_t i = r->sentence; i-- > 0;) {
            const struct judged_sentence *c = &j->sentence.p[i];
            if (c->in_title != s->in_title || c->s->row != s->s->row)
                break;
            if (c->cves)
                return copy_ids(j, j->mention.p + c->cve_first, c->cves, ids);
        }
    }
    for (uint32_t i = r->sentence; i-- > 0;) {
        const struct judged_sentence *c = &j->sentence.p[i];
        if (c->cves)
            return copy_ids(j, j->mention.p + c->cve_first, c->cves, ids);
    }
    return 0; /* nothing named yet: the notice as a whole */
}
