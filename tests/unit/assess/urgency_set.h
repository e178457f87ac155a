/* urgency_set.h — labelled passages, and how well judgements agree with them.
 *
 * Used by the tests and by tests/bench/bench_terms.c. A passage is one line of
 * JSON: id, lang, text, exploited, urgent, evidence ("" when nothing decides),
 * scope (optional). A span is correct when the quote of the deciding evidence
 * contains the labelled evidence whole, or lies within it and covers at least
 * half of it; places are compared, not words.
 */
#ifndef TOBAN_TESTS_URGENCY_SET_H
#define TOBAN_TESTS_URGENCY_SET_H

#include <stdio.h>
#include <stdlib.h>

#include "assess/terms/terms.h"
#include "codec/json.h"

struct passage {
    struct str id, lang, text, evidence;
    bool exploited, urgent;
    const struct json *scope;
};
struct passages {
    struct passage *p;
    size_t n;
};
struct tally {
    unsigned tp, fp, fn;
};
struct score {
    struct tally exploited, urgent;
    unsigned spans, spans_right, scopes, scopes_right;
};

/* The file's bytes in the arena; p is NULL when it cannot be opened. */
static inline struct str set_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct str){0};
    struct buf b = BUF_INIT(64 * MIB);
    char part[8192];
    size_t n;
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        buf_add(&b, part, n);
    fclose(f);
    struct str s = str_n(arena_dup(a, buf_cstr(&b), b.n), b.n);
    buf_release(&b);
    return s;
}

static inline struct passages set_read(struct arena *a, struct str bytes)
{
    struct passages out = {0};
    struct str rest = bytes, line;
    size_t lines = 1;
    for (size_t i = 0; i < bytes.n; i++)
        lines += bytes.p[i] == '\n';
    out.p = arena_array(a, struct passage, lines);
    while (str_line_next(&rest, &line)) {
        struct err e = {0};
        const struct json *v = str_trim(line).n ? json_parse(a, line, &e) : NULL;
        if (!v)
            continue;
        out.p[out.n++] = (struct passage){.id = json_get_str(v, "id"),
                                          .lang = json_get_str(v, "lang"),
                                          .text = json_get_str(v, "text"),
                                          .evidence = json_get_str(v, "evidence"),
                                          .exploited = json_bool(json_get(v, "exploited"), false),
                                          .urgent = json_bool(json_get(v, "urgent"), false),
                                          .scope = json_get(v, "scope")};
    }
    return out;
}

static inline struct terms *set_rules(struct arena *a, const char *source, struct err *e)
{
    static const char *const name[] = {"ja.rules", "en.rules"};
    struct terms *t = terms_new();
    for (int i = 0; i < 2; i++) {
        struct str bytes = set_file(a, arena_printf(a, "%s/rules/urgency/%s", source, name[i]));
        if (!bytes.p || terms_add_rules(t, name[i], bytes, e) < 0) {
            terms_free(t);
            return NULL;
        }
    }
    if (terms_compile(t, e) == 0)
        return t;
    terms_free(t);
    return NULL;
}

static inline void tally_add(struct tally *t, bool want, bool got)
{
    t->tp += want && got;
    t->fp += !want && got;
    t->fn += want && !got;
}

static inline double tally_f1(const struct tally *t)
{
    unsigned all = 2 * t->tp + t->fp + t->fn;
    return all ? 2.0 * t->tp / all : 1;
}

static inline bool set_span_right(const struct passage *p, const struct terms_result *r)
{
    if (!r->evidence_n || !r->evidence[0].decides)
        return false;
    size_t from = r->evidence[0].start, to = r->evidence[0].end, n = p->evidence.n;
    for (size_t at = 0; at + n <= p->text.n; at++) {
        size_t k = str_find(str_sub(p->text, at, p->text.n), p->evidence);
        if (k == STR_NONE)
            break;
        at += k;
        bool holds = from <= at && at + n <= to;
        bool within = at <= from && to <= at + n && (to - from) * 2 >= n;
        if (holds || within)
            return true;
    }
    return false;
}

static inline void set_score(const struct passage *p, const struct terms_result *r, struct score *s)
{
    tally_add(&s->exploited, p->exploited, r->exploited);
    tally_add(&s->urgent, p->urgent, r->urgent);
    if (p->evidence.n) {
        s->spans++;
        s->spans_right += set_span_right(p, r);
    }
    for (uint32_t i = 0; p->scope && i < p->scope->n; i++) {
        s->scopes++;
        for (size_t k = 0; k < r->scope_n; k++)
            s->scopes_right += str_eq(r->scope[k].cve, p->scope->key[i]) &&
                               r->scope[k].exploited == json_bool(&p->scope->item[i], false);
    }
}

#endif
