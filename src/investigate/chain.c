#include "investigate/sweep.h"

#include <stdlib.h>

#define SILENCE (3600 * WHEN_SEC) /* ends a chain */
#define AROUND (600 * WHEN_SEC)   /* what happens on the host so soon before or after belongs to it */

/* ---- parted patterns: all parts must be seen, each wherever ---- */

static bool group_whole(const struct sweep *s, const struct sighting *of)
{
    bool seen[64] = {false};
    uint16_t have = 0;
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        if (x->asset != of->asset || x->pack != of->pack || x->indicator->group != of->indicator->group || x->indicator->part >= ARRAY_LEN(seen))
            continue;
        have += !seen[x->indicator->part];
        seen[x->indicator->part] = true;
    }
    return have >= of->indicator->parts;
}

/* ---- sequences ---- */

static bool same_sequence(const struct sighting *a, const struct sighting *b)
{
    return a->asset == b->asset && a->check == b->check && a->time_source == SIGHTING_TIME_RECORD && str_eq(a->group, b->group);
}

/* Sightings are in order of time: the window from i on. */
static size_t stages_from(const struct sweep *s, size_t i, size_t *last)
{
    const struct sighting *a = &s->sighting.p[i];
    uint64_t seen = 0;
    size_t n = 0;
    for (size_t k = i; k < s->sighting.n && s->sighting.p[k].asset == a->asset; k++) {
        const struct sighting *b = &s->sighting.p[k];
        if (b->time - a->time > (when_t)a->check->within_s * WHEN_SEC)
            break;
        if (!same_sequence(a, b) || b->indicator->stage == 0 || b->indicator->stage > 64)
            continue;
        uint64_t bit = 1ULL << (b->indicator->stage - 1);
        n += !(seen & bit);
        seen |= bit;
        *last = k;
    }
    return n;
}

static void sequence(struct sweep *s, size_t i)
{
    struct sighting *a = &s->sighting.p[i];
    size_t last = i, n = a->time_source == SIGHTING_TIME_RECORD ? stages_from(s, i, &last) : 0;
    if (n < a->check->at_least)
        return;
    for (size_t k = i; k <= last; k++) {
        struct sighting *b = &s->sighting.p[k];
        if (!same_sequence(a, b) || !b->indicator->stage)
            continue;
        b->stage = true;
        b->level = MAX(b->level, a->check->level);
        b->hint = false;
        if (!b->note.n)
            b->note = str_of(arena_printf(&s->a, tr("stage %u of a sequence of which %zu stages were seen within %u seconds"),
                                          (unsigned)b->indicator->stage, n, (unsigned)a->check->within_s));
    }
}

void chain_sequences(struct sweep *s)
{
    for (size_t i = 0; i < s->sighting.n; i++)
        if (s->sighting.p[i].check->at_least && s->sighting.p[i].indicator->stage && !s->sighting.p[i].stage)
            sequence(s, i);
    size_t to = 0;
    for (size_t i = 0; i < s->sighting.n; i++) {
        struct sighting *x = &s->sighting.p[i];
        if (x->check->at_least && x->indicator->stage && !x->stage)
            continue; /* a stage alone says nothing: every mail client asks for autodiscover */
        if (x->indicator->parts > 1 && !group_whole(s, x)) {
            x->hint = true;
            if (!x->note.n)
                x->note = str_of(tr("only a part of a pattern: the other parts were not seen"));
        }
        s->sighting.p[to++] = *x;
    }
    s->sighting.n = to;
}

/* ---- chains ---- */

struct open_chain {
    struct chain c;
    VEC(size_t) member;
};
typedef VEC(struct open_chain) chains_t;

static bool timed(const struct sighting *x)
{
    return x->time_source == SIGHTING_TIME_RECORD && x->time != WHEN_NONE;
}

static bool local(struct str client)
{
    return client.n == 0 || str_starts(client, "127.") || str_is(client, "::1") || str_is(client, "-");
}

static struct open_chain *chain_for(chains_t *v, const struct sighting *x)
{
    for (size_t i = v->n; i-- > 0;) {
        struct open_chain *o = &v->p[i];
        if (o->c.asset == x->asset && x->time - o->c.last <= SILENCE && str_eq(o->c.client, x->client) &&
            (str_eq(o->c.session, x->session) || !x->session.n || !o->c.session.n))
            return o;
    }
    struct open_chain *o = vec_add(v);
    *o = (struct open_chain){.c = {.asset = x->asset, .client = x->client, .session = x->session, .first = x->time, .last = x->time}};
    return o;
}

static void join(struct open_chain *o, size_t i, const struct sighting *x)
{
    vec_push(&o->member, i);
    o->c.first = MIN(o->c.first, x->time);
    o->c.last = MAX(o->c.last, x->time);
}

/* Requests of clients first; then the host's own events go to the chain they lie beside. */
static void host_events(struct sweep *s, chains_t *v)
{
    size_t clients = v->n;
    for (size_t i = 0; i < s->sighting.n; i++) {
        struct sighting *x = &s->sighting.p[i];
        struct open_chain *best = NULL;
        if (x->hint || !timed(x) || !local(x->client))
            continue;
        for (size_t k = 0; k < clients; k++) {
            struct open_chain *o = &v->p[k];
            if (o->c.asset == x->asset && x->time >= o->c.first - AROUND && x->time <= o->c.last + SILENCE && (!best || o->c.last > best->c.last))
                best = o;
        }
        if (!best) {
            struct sighting y = *x;
            y.client = y.session = (struct str){"", 0};
            best = chain_for(v, &y);
        }
        best->c.hosts++;
        join(best, i, x);
    }
}

static int by_index(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static int by_first(const void *a, const void *b)
{
    const struct open_chain *x = a, *y = b;
    if (x->c.asset != y->c.asset)
        return x->c.asset < y->c.asset ? -1 : 1;
    return x->c.first < y->c.first ? -1 : x->c.first > y->c.first;
}

void chain_find(struct sweep *s)
{
    chains_t v = {0};
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        if (!x->hint && timed(x) && !local(x->client))
            join(chain_for(&v, x), i, x);
    }
    host_events(s, &v);
    if (v.n)
        qsort(v.p, v.n, sizeof(*v.p), by_first);
    s->chain = arena_array(&s->a, struct chain, v.n + 1);
    for (size_t k = 0; k < v.n; k++) {
        struct open_chain *o = &v.p[k];
        if (o->member.n > 1) { /* one sighting is no story */
            struct chain *c = &s->chain[s->chain_n];
            *c = o->c;
            c->number = (uint32_t)++s->chain_n;
            qsort(o->member.p, o->member.n, sizeof(size_t), by_index);
            c->n = o->member.n;
            c->sighting = arena_array(&s->a, size_t, c->n);
            memcpy(c->sighting, o->member.p, c->n * sizeof(size_t));
            for (size_t i = 0; i < c->n; i++)
                s->sighting.p[c->sighting[i]].chain = c->number;
        }
        vec_release(&o->member);
    }
    vec_release(&v);
}
