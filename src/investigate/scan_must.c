#include "investigate/scan_must.h"

#include <stdlib.h>

#include "investigate/packs/pack_regex.h"

#define SET_MAX 16
#define MIN_TEXT 3

struct set {
    uint32_t first, n; /* in text */
};
struct range {
    uint32_t first, n; /* in set */
};
struct scan_must {
    struct arena a;
    VEC(struct str) text;
    VEC(size_t) pivot; /* of each text, its rarest character */
    VEC(struct set) set;
    struct range *of; /* owns, by id */
};

/* How seldom a byte is in logs. */
static int rarity(char c)
{
    if (strchr("/.,-=_: ", c))
        return 2;
    if ((c | 32) >= 'a' && (c | 32) <= 'z')
        return 1;
    return c >= '0' && c <= '9' ? 0 : 3;
}

static bool letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static size_t rarest(struct str s)
{
    size_t pivot = 0;
    for (size_t i = 1; i < s.n; i++)
        if (rarity(s.p[i]) > rarity(s.p[pivot]))
            pivot = i;
    return pivot;
}

static void add_set(struct scan_must *m, const struct str *s, size_t n)
{
    vec_push(&m->set, ((struct set){(uint32_t)m->text.n, (uint32_t)n}));
    for (size_t i = 0; i < n; i++) {
        vec_push(&m->text, arena_str(&m->a, s[i]));
        vec_push(&m->pivot, rarest(s[i]));
    }
}

static bool plain_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '~' || c == '_' || c == '/' || c == '-' || c == ':' || c == '=';
}

/* The next character of a regular expression that stands for itself: its length, or 0. */
static size_t literal_at(struct str r, size_t i, char *c)
{
    if (r.p[i] == '\\' && i + 1 < r.n && strchr("/.~-", r.p[i + 1])) {
        *c = r.p[i + 1];
        return 2;
    }
    *c = r.p[i];
    return plain_char(r.p[i]) ? 1 : 0;
}

/* Runs of plain characters in an expression without groups, classes and alternatives: all of them are in every match. */
static void add_runs(struct scan_must *m, struct str r)
{
    for (size_t i = 0; i < r.n; i++)
        if (strchr("|()[]{", r.p[i]))
            return;
    for (size_t i = 0; i < r.n;) {
        char run[64], c;
        size_t n = 0, k;
        while (i < r.n && n < sizeof(run) && (k = literal_at(r, i, &c)) > 0) {
            run[n++] = c;
            i += k;
        }
        if (n && i < r.n && strchr("?*+", r.p[i]))
            n--; /* that one may be missing */
        struct str s = str_n(run, n);
        if (n >= MIN_TEXT)
            add_set(m, &s, 1);
        if (i < r.n && literal_at(r, i, &c) == 0)
            i += r.p[i] == '\\' ? 2 : 1;
    }
}

static void add_cond(struct scan_must *m, const struct cond *c)
{
    struct pack_cond_text t[SET_MAX];
    struct str s[SET_MAX];
    size_t n = 0;
    bool plain = true;
    if (c->type == COND_AND) {
        for (uint32_t i = 0; i < c->n; i++)
            add_cond(m, c->sub[i]);
        return;
    }
    if ((c->type == COND_TEST || c->type == COND_OR) && pack_cond_texts(c, MIN_TEXT, t, SET_MAX, &n) && n) {
        for (size_t i = 0; i < n; i++) {
            s[i] = t[i].text;
            plain &= t[i].depth == 0; /* the engine alone knows the encoded forms */
        }
        if (!plain)
            return;
        add_set(m, s, n);
        /* What has a literal is a value as the line has it: so have all runs of its expression. */
        if (c->type == COND_TEST && c->test->op == COND_MATCHES && c->test->n == 1 && c->test->subject.source == COND_FIELD)
            add_runs(m, pack_regex_text(c->test->rx[0]));
    }
}

struct scan_must *scan_must_new(const struct pack_eval *v)
{
    struct scan_must *m = mem_zalloc(sizeof(*m));
    size_t n = pack_eval_count(v);
    m->of = mem_zalloc((n + 1) * sizeof(*m->of));
    for (uint32_t id = 0; id < n; id++) {
        const struct indicator *i = pack_eval_at(v, id).indicator;
        m->of[id].first = (uint32_t)m->set.n;
        if (i->kind == INDICATOR_RECORD && i->cond)
            add_cond(m, i->cond);
        m->of[id].n = (uint32_t)m->set.n - m->of[id].first;
    }
    return m;
}

void scan_must_free(struct scan_must *m)
{
    if (!m)
        return;
    vec_release(&m->text);
    vec_release(&m->pivot);
    vec_release(&m->set);
    arena_release(&m->a);
    free(m->of);
    free(m);
}

static size_t find(struct str text, struct str s, size_t pivot)
{
    if (!s.n || s.n > text.n)
        return s.n ? STR_NONE : 0;
    if (letter(s.p[pivot]))
        return str_find_i(text, s);
    for (size_t at = pivot; at + (s.n - pivot) <= text.n;) {
        const char *p = memchr(text.p + at, s.p[pivot], text.n - (s.n - pivot) - at + 1);
        if (!p)
            return STR_NONE;
        at = (size_t)(p - text.p);
        if (str_ieq(str_n(text.p + at - pivot, s.n), s))
            return at - pivot;
        at++;
    }
    return STR_NONE;
}

bool scan_must_may(const struct scan_must *m, uint32_t id, struct str line)
{
    const struct range *r = &m->of[id];
    for (uint32_t k = r->first; k < r->first + r->n; k++) {
        const struct set *s = &m->set.p[k];
        bool have = false;
        for (uint32_t i = 0; i < s->n && !have; i++)
            have = find(line, m->text.p[s->first + i], m->pivot.p[s->first + i]) != STR_NONE;
        if (!have)
            return false;
    }
    return true;
}
