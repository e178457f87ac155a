#include "assess/terms/judge.h"

#include <stdlib.h>

/* ---- readings ---- */

static void note_cve(struct judge *j, const char *id, uint32_t start, uint32_t end)
{
    bool made;
    uint64_t *slot = map_put(&j->cve_index, str_of(id), &made);
    if (made) {
        *slot = j->cve.n;
        vec_push(&j->cve, arena_str(j->arena, str_of(id)));
    }
    vec_push(&j->mention, ((struct cve_at){start, end, (uint32_t)*slot}));
}

struct cursor {
    struct hit *hit;
    size_t hits, at;
    uint32_t cve_pos;
    bool cve_done;
    uint32_t cve_start, cve_end;
    char cve_id[TEXT_CVE_SIZE];
};

static void cve_step(struct cursor *c, struct str folded)
{
    c->cve_start = c->cve_pos;
    c->cve_done = !text_cve_next(folded, &c->cve_start, &c->cve_end, c->cve_id);
    c->cve_pos = c->cve_end;
}

#define SENTENCE_HITS 512 /* words looked at in one sentence */
#define SENTENCE_MASKS 32

/* The words of one sentence, identifiers among them in their places. */
struct gathered {
    struct hit hit[SENTENCE_HITS], mask[SENTENCE_MASKS];
    size_t n, masks;
};

static void gather_hit(const struct judge *j, struct gathered *g, struct hit h)
{
    if (g->n == SENTENCE_HITS)
        return;
    if (j->terms->masks[h.kind] && g->masks < SENTENCE_MASKS)
        g->mask[g->masks++] = h;
    g->hit[g->n++] = h;
}

/* A mask hides the words within it. */
static void apply_masks(struct gathered *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct hit *h = &g->hit[i];
        bool hidden = false;
        for (size_t k = 0; k < g->masks; k++)
            hidden |= g->mask[k].start <= h->start && g->mask[k].end >= h->end &&
                      g->mask[k].end - g->mask[k].start > h->end - h->start;
        if (hidden)
            continue;
        g->hit[kept++] = *h;
    }
    g->n = kept;
}

static void gather(struct judge *j, struct cursor *c, struct str folded, uint32_t end, struct gathered *g)
{
    while ((c->at < c->hits && c->hit[c->at].end <= end) || (!c->cve_done && c->cve_end <= end)) {
        bool word = c->at < c->hits && c->hit[c->at].end <= end;
        if (word && (c->cve_done || c->cve_end > end || c->hit[c->at].start <= c->cve_start)) {
            gather_hit(j, g, c->hit[c->at++]);
        } else {
            if (j->cve.n < CVES_MAX)
                note_cve(j, c->cve_id, c->cve_start, c->cve_end);
            gather_hit(j, g, (struct hit){c->cve_start, c->cve_end, LEXICON_CVE});
            cve_step(c, folded);
        }
    }
}

static void read_sentence(struct judge *j, struct cursor *c, const struct text *t, size_t index,
                          bool in_title)
{
    const struct text_sentence *s = &t->sentence[index];
    struct judged_sentence js = {.text = t,
                                 .s = s,
                                 .in_title = in_title,
                                 .first = (uint32_t)j->reading.n,
                                 .cve_first = (uint32_t)j->mention.n};
    struct gathered g;
    g.n = g.masks = 0;
    struct sentence_view v; /* large: its places are set by place_begin */
    v.terms = j->terms;
    v.folded = t->folded;
    v.start = s->start;
    v.end = s->end;
    v.hit = g.hit;
    v.notes = j->notes;
    gather(j, c, t->folded, s->end, &g);
    js.cves = (uint32_t)(j->mention.n - js.cve_first);
    v.crowded = g.n == SENTENCE_HITS;
    if (g.masks)
        apply_masks(&g);
    v.hits = g.n;
    v.mask = g.mask;
    v.masks = g.masks;
    if (g.n) {
        struct reading_at out[READINGS_MAX];
        size_t got = sentence_read(&v, s->script, (uint32_t)j->sentence.n, out);
        js.n = (uint32_t)got;
        for (size_t i = 0; i < got; i++)
            vec_push(&j->reading, out[i]);
    }
    vec_push(&j->sentence, js);
}

static void read_text(struct judge *j, const struct text *t, bool in_title)
{
    struct cursor c = {0};
    c.hits = lexicon_find(j->terms->lexicon, t->folded, j->arena, &c.hit);
    cve_step(&c, t->folded);
    for (size_t i = 0; i < t->sentences; i++)
        read_sentence(j, &c, t, i, in_title);
}

/* ---- judgement ---- */

static bool subject(const struct judge *j, const uint32_t *ids, size_t n)
{
    if (!j->in->cves_n || !n)
        return true;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < j->in->cves_n; k++)
            if (str_ieq(j->cve.p[ids[i]], j->in->cves[k]))
                return true;
    return false;
}

enum { SAID_NOTHING, SAID_NO, SAID_YES };

/* The sentence quoted; a bare "Yes." takes the next sentence along, a cell the row from its identifier on. */
static void quote_span(const struct judge *j, const struct reading_at *r, uint32_t *from, uint32_t *to)
{
    const struct judged_sentence *s = &j->sentence.p[r->sentence];
    *from = s->s->from;
    *to = s->s->to;
    bool answer = r->rule->reading == READ_YES || r->rule->reading == READ_NO;
    if (answer && !s->s->cell && *to - *from < 48 && r->sentence + 1 < j->sentence.n) {
        const struct judged_sentence *next = &j->sentence.p[r->sentence + 1];
        if (next->in_title == s->in_title && next->s->row == s->s->row)
            *to = next->s->to;
    }
    for (uint32_t i = r->sentence; s->s->cell && i-- > 0;) {
        const struct judged_sentence *c = &j->sentence.p[i];
        if (c->in_title != s->in_title || c->s->row != s->s->row)
            break;
        if (c->cves)
            *from = c->s->from;
    }
}

static void signal_add(struct judge *j, const struct reading_at *r, struct terms_result *out,
                       struct terms_evidence *ev)
{
    const struct judged_sentence *s = &j->sentence.p[r->sentence];
    int signal = r->reading == READ_RETRACT ? TERMS_NO_EXPLOITATION : r->reading;
    uint32_t from, to;
    quote_span(j, r, &from, &to);
    for (size_t i = 0; i < out->evidence_n; i++)
        if (ev[i].signal == (enum terms_signal)signal && ev[i].start == from && ev[i].in_title == s->in_title)
            return;
    out->signals |= 1U << signal;
    ev[out->evidence_n++] = (struct terms_evidence){.signal = (enum terms_signal)signal,
                                                    .in_title = s->in_title,
                                                    .start = from,
                                                    .end = to,
                                                    .hit_start = text_source_start(s->text, r->at.start),
                                                    .hit_end = text_source_end(s->text, r->at.end),
                                                    .quote = str_sub(s->text->source, from, to - from),
                                                    .rule = r->rule->name};
}

/* The deciding statement goes first: the affirming one; else the first plain denial; else the last sentence
 * that takes something back. */
static void decide_evidence(struct terms_result *out, struct terms_evidence *ev, const bool *retracts)
{
    size_t best = (size_t)-1;
    for (size_t i = 0; i < out->evidence_n && best == (size_t)-1; i++)
        if (out->exploited &&
            ev[i].signal == (out->signals >> TERMS_EXPLOITED & 1 ? TERMS_EXPLOITED : TERMS_ATTEMPTED))
            best = i;
    for (size_t i = 0; i < out->evidence_n && !out->exploited; i++) {
        if (ev[i].signal != TERMS_NO_EXPLOITATION)
            continue;
        if (best == (size_t)-1 || retracts[best])
            best = i;
    }
    if (best == (size_t)-1)
        return;
    struct terms_evidence first = ev[best];
    memmove(ev + 1, ev, best * sizeof(*ev));
    ev[0] = first;
    ev[0].decides = true;
}

static void conclude(struct judge *j, struct terms_result *out)
{
    struct terms_evidence *ev = arena_array(j->arena, struct terms_evidence, j->reading.n + 1);
    bool *retracts = arena_array(j->arena, bool, j->reading.n + 1);
    uint8_t *said = arena_zalloc(j->arena, j->cve.n + 1);
    bool all = false; /* exploitation was stated before any identifier */
    for (size_t i = 0; i < j->reading.n; i++) {
        const struct reading_at *r = &j->reading.p[i];
        const uint32_t *ids = NULL;
        size_t n = 0;
        bool event =
            r->reading == TERMS_EXPLOITED || r->reading == TERMS_ATTEMPTED || r->reading == READ_ELSEWHERE;
        if (event || r->reading == TERMS_NO_EXPLOITATION)
            n = scope_of(j, r, &ids);
        all |= event && !n && r->reading != READ_ELSEWHERE;
        for (size_t k = 0; k < n; k++)
            said[ids[k]] = MAX(said[ids[k]], event ? SAID_YES : SAID_NO);
        if (r->reading == READ_ELSEWHERE || (event && !subject(j, ids, n)))
            continue;
        if (r->reading < TERMS_SIGNALS || r->reading == READ_RETRACT) {
            retracts[out->evidence_n] = r->reading == READ_RETRACT;
            signal_add(j, r, out, ev);
        }
    }
    if (out->signals & 1U << TERMS_EXPLOITED)
        out->signals &= ~(1U << TERMS_ATTEMPTED);
    out->exploited = out->signals & (1U << TERMS_EXPLOITED | 1U << TERMS_ATTEMPTED);
    out->urgent = out->exploited || (out->signals & (1U << TERMS_URGE_STRONG | 1U << TERMS_DIRECTIVE));
    decide_evidence(out, ev, retracts);
    out->evidence = ev;
    struct terms_scope *scope = arena_array(j->arena, struct terms_scope, j->cve.n + 1);
    for (size_t i = 0; i < j->cve.n; i++)
        scope[out->scope_n++] =
            (struct terms_scope){j->cve.p[i], said[i] == SAID_YES || (all && said[i] == SAID_NOTHING)};
    out->scope = scope;
    struct str *cves = arena_array(j->arena, struct str, j->cve.n + 1);
    for (size_t i = 0; i < j->cve.n; i++)
        cves[i] = j->cve.p[i];
    out->cves = cves;
    out->cves_n = j->cve.n;
}

int terms_judge(const struct terms *t, const struct terms_input *in, struct arena *a,
                struct terms_result *out, struct err *e)
{
    struct judge j = {.terms = t, .in = in, .arena = a};
    *out = (struct terms_result){0};
    if (!t->compiled)
        return err_set(e, ERR_INTERNAL, "the rules are not compiled");
    int rc = text_read(in->title, a, &j.text[0], e);
    if (rc == 0)
        rc = text_read(in->text, a, &j.text[1], e);
    if (rc < 0)
        return rc;
    j.notes = arena_alloc(a, sizeof(*j.notes)); /* place_begin sets what is read */
    j.notes->arena = a;
    j.notes->key_hits = NULL;
    j.notes->place_keys = arena_alloc(a, PLACES * t->key_words * sizeof(uint64_t));
    read_text(&j, &j.text[0], true);
    read_text(&j, &j.text[1], false);
    resolve_readings(&j);
    conclude(&j, out);
    memcpy(out->lang, j.text[in->text.n ? 1 : 0].japanese ? "ja" : "en", 3);
    vec_release(&j.sentence);
    vec_release(&j.reading);
    vec_release(&j.mention);
    vec_release(&j.cve);
    map_release(&j.cve_index);
    return 0;
}
