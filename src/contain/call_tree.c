#include "contain/call_tree.h"

#include "base/i18n.h"

#include <stdlib.h>

static bool affected(const struct outage *o, struct str what)
{
    if (str_is(what, "mail"))
        return o->mail;
    for (size_t i = 0; i < o->asset_n; i++)
        if (str_eq(o->asset[i], what))
            return true;
    return false;
}

bool call_tree_works(const struct contact_channel *ch, const struct outage *o, struct str *needs)
{
    struct str_split it = str_split_init(ch->needs, ' ');
    struct str word;
    *needs = (struct str){0};
    if (ch->kind == CHANNEL_MAIL && o->mail) {
        *needs = STR_LIT("mail");
        return false;
    }
    while (str_split_next(&it, &word)) {
        word = str_trim(word);
        if (word.n && affected(o, word)) {
            *needs = word;
            return false;
        }
    }
    return true;
}

size_t call_tree_channels(const struct contact *c, const struct outage *o, struct arena *a,
                          struct call_channel **out)
{
    struct call_channel *v = arena_array(a, struct call_channel, c->channel_n + 1);
    struct str needs;
    size_t n = 0, works;
    for (size_t i = 0; i < c->channel_n; i++)
        if (call_tree_works(&c->channel[i], o, &needs))
            v[n++].c = &c->channel[i];
    works = n;
    for (size_t i = 0; i < c->channel_n; i++)
        if (!call_tree_works(&c->channel[i], o, &needs))
            v[n++] = (struct call_channel){&c->channel[i], needs};
    *out = v;
    return works;
}

const char *call_tree_channel_title(enum contact_channel_kind k)
{
    static const char *const name[] = {TR("phone"), TR("mobile"), TR("SMS"), TR("chat"),     TR("mail"),
                                       TR("fax"),   TR("radio"),  TR("web"), TR("in person")};
    return tr(name[k]);
}

struct str call_tree_channel_text(const struct call_channel *c, struct arena *a)
{
    const char *kind = call_tree_channel_title(c->c->kind);
    if (c->needs.n == 0)
        return str_of(arena_printf(a, "%s " STR_FMT, kind, STR_ARG(c->c->address)));
    if (str_is(c->needs, "mail"))
        return str_of(
            arena_printf(a, tr("%s %.*s (needs mail, which is affected)"), kind, STR_ARG(c->c->address)));
    return str_of(arena_printf(a, tr("%s %.*s (needs %.*s, which is affected)"), kind, STR_ARG(c->c->address),
                               STR_ARG(c->needs)));
}

bool call_tree_overdue(const struct contact *c, int days, when_t now)
{
    return c->checked == WHEN_NONE || now - c->checked > days * WHEN_DAY;
}

const struct contact *call_tree_find(const struct contact *c, size_t n, int64_t id)
{
    for (size_t i = 0; id && i < n; i++)
        if (c[i].id == id)
            return &c[i];
    return NULL;
}

/* ---- the tree ---- */

struct node {
    const struct contact *c;
    int64_t by; /* 0: the one on duty */
    bool orphan, seen;
};

static int by_caller(const void *a, const void *b)
{
    const struct node *x = a, *y = b;
    if (x->by != y->by)
        return (x->by > y->by) - (x->by < y->by);
    if (x->c->call_order != y->c->call_order)
        return (x->c->call_order > y->c->call_order) - (x->c->call_order < y->c->call_order);
    return (x->c->id > y->c->id) - (x->c->id < y->c->id);
}

/* The callees of one contact stand together: [first, first + n). */
static size_t callees(const struct node *v, size_t n, int64_t by, size_t *first)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v[mid].by < by)
            lo = mid + 1;
        else
            hi = mid;
    }
    *first = lo;
    while (lo < n && v[lo].by == by)
        lo++;
    return lo - *first;
}

/* A caller counts when it is there and in the tree itself. */
static bool in_tree(const struct map *ids, int64_t id)
{
    return map_get(ids, str_n((const char *)&id, sizeof(id))) != NULL;
}

static size_t collect(const struct contact *c, size_t n, struct node *v)
{
    struct map ids = {0};
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (c[i].call_order > 0)
            *map_put(&ids, str_n((const char *)&c[i].id, sizeof(c[i].id)), NULL) = 1;
    for (size_t i = 0; i < n; i++) {
        if (c[i].call_order <= 0)
            continue;
        bool there = c[i].called_by == 0 || in_tree(&ids, c[i].called_by);
        v[k++] = (struct node){.c = &c[i], .by = there ? c[i].called_by : 0, .orphan = !there};
    }
    map_release(&ids);
    if (k)
        qsort(v, k, sizeof(*v), by_caller);
    return k;
}

static void add_line(struct call_tree *t, const struct node *v, unsigned depth, const struct contact *c, size_t n,
                     const struct outage *o, struct arena *a)
{
    struct call_line *l = &t->line[t->n++];
    struct call_channel *of_substitute;
    *l = (struct call_line){.c = v->c, .depth = depth, .orphan = v->orphan, .channel_n = v->c->channel_n};
    l->substitute = call_tree_find(c, n, v->c->substitute);
    l->works = call_tree_channels(v->c, o, a, &l->channel);
    l->reached = l->works || (l->substitute && call_tree_channels(l->substitute, o, a, &of_substitute));
}

void call_tree_build(const struct contact *c, size_t n, const struct outage *o, struct arena *a,
                     struct call_tree *out)
{
    struct node *v = arena_array(a, struct node, n + 1);
    struct walk {
        size_t node;
        unsigned depth;
    } *stack = arena_array(a, struct walk, n + 1);
    size_t k = collect(c, n, v), first, top = 0;
    *out = (struct call_tree){.line = arena_array(a, struct call_line, k + 1),
                              .circle = arena_array(a, const struct contact *, k + 1)};
    /* Each has one caller, so nothing is pushed twice, and a circle is never entered. */
    for (size_t i = callees(v, k, 0, &first); i-- > 0;)
        stack[top++] = (struct walk){first + i, 0};
    while (top) {
        struct walk w = stack[--top];
        v[w.node].seen = true;
        add_line(out, &v[w.node], w.depth, c, n, o, a);
        size_t calls = callees(v, k, v[w.node].c->id, &first);
        out->line[out->n - 1].calls = calls;
        for (size_t i = calls; i-- > 0;)
            stack[top++] = (struct walk){first + i, w.depth + 1};
    }
    for (size_t i = 0; i < k; i++)
        if (!v[i].seen)
            out->circle[out->circle_n++] = v[i].c;
}
