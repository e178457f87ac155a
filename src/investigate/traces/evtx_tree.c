/* A record unfolded: its template with the values put in, embedded binary XML included. */
#include "investigate/traces/evtx_in.h"

#define TOKEN_TEMPLATE 0x0C
#define TOKEN_FRAGMENT 0x0F

struct builder {
    struct evtx_tree *t;
    struct evtx_chunk *c;
    unsigned nest, depth;
};

static void fragment(struct builder *b, uint32_t at, uint32_t end);
static uint32_t instance(struct builder *b, uint32_t at, uint32_t end);

void evtx_tree_release(struct evtx_tree *t)
{
    vec_release(&t->piece);
    vec_release(&t->sub);
    vec_release(&t->slot);
    arena_release(&t->arena);
}

static void damage(struct builder *b, const char *why)
{
    if (!b->t->damage)
        b->t->damage = why;
}

/* The room was made by program(). */
static inline void piece_add(struct evtx_tree *t, const struct evtx_node *node, const uint8_t *p, size_t n,
                             uint8_t kind, uint8_t type)
{
    uint32_t end = (uint32_t)t->piece.n + 1;
    t->piece.p[t->piece.n++] =
        (struct evtx_piece){.node = node, .p = p, .n = (uint32_t)n, .end = end, .kind = kind, .type = type};
}

static void value_add(struct evtx_tree *t, const struct evtx_node *node, uint8_t type, const uint8_t *p,
                      size_t n)
{
    if (node->mark && !t->mark_p[node->mark]) {
        t->mark[node->mark] = (struct evtx_sub){.n = (uint32_t)n, .type = type};
        t->mark_p[node->mark] = p;
    }
    piece_add(t, NULL, p, n, EVTX_I_VALUE, type);
}

/* Values of an instance as sub[base..]; nothing past the record's end. */
static size_t subs_add(struct builder *b, const struct evtx_instance *in, uint32_t end)
{
    size_t base = b->t->sub.n;
    uint32_t off = in->data;
    vec_reserve(&b->t->sub, base + in->n);
    for (uint32_t i = 0; i < in->n; i++) {
        const uint8_t *d = b->c->p + in->sub + 4 * i;
        uint32_t n = MIN((uint32_t)evtx_u16(d), end - off);
        uint8_t type =
            (d[2] & ~EVTX_T_ARRAY) == EVTX_T_UTF8 ? EVTX_T_UNKNOWN : d[2]; /* that one is ours alone */
        vec_push(&b->t->sub, ((struct evtx_sub){.off = off, .n = n, .type = type}));
        off += n;
    }
    return base;
}

/* A value by index; false when it is absent or null. */
static bool sub_get(const struct builder *b, size_t base, size_t n, uint16_t i, struct evtx_sub *out)
{
    if (i >= n)
        return false;
    *out = b->t->sub.p[base + i];
    return out->type != EVTX_T_NULL;
}

/* A template with its values sub[base..base+n). */
struct frame {
    const struct evtx_program *p;
    size_t base, n;
    uint32_t open[LIMIT_EVTX_DEPTH], depth; /* pieces of the elements begun here */
    uint32_t attr;
    bool in_attr;
};

/* False when the element is not to be: then i moves to its end. */
static bool elem_wanted(struct builder *b, const struct frame *f, const struct evtx_node *node)
{
    struct evtx_sub s;
    if (b->depth == LIMIT_EVTX_DEPTH) {
        damage(b, tr("elements are nested too deeply"));
        return false;
    }
    /* the dependency id: without that value, no element */
    return node->sub == EVTX_NONE || node->sub >= f->n || sub_get(b, f->base, f->n, node->sub, &s);
}

static void elem_begin(struct builder *b, struct frame *f, const struct evtx_node *node)
{
    f->open[f->depth++] = (uint32_t)b->t->piece.n;
    b->depth++;
    piece_add(b->t, node, NULL, 0, EVTX_I_ELEM, 0);
}

static void elem_end(struct builder *b, struct frame *f)
{
    b->t->piece.p[f->open[--f->depth]].end = (uint32_t)b->t->piece.n;
    b->depth--;
}

static void attr_begin(struct evtx_tree *t, struct frame *f, const struct evtx_node *node)
{
    f->attr = (uint32_t)t->piece.n;
    f->in_attr = true;
    piece_add(t, node, NULL, 0, EVTX_I_ATTR, 0);
}

static void attr_end(struct evtx_tree *t, struct frame *f)
{
    if (t->piece.n == f->attr + 1)
        t->piece.n--; /* without a value: as if it were not there */
    else
        t->piece.p[f->attr].end = (uint32_t)t->piece.n;
    f->in_attr = false;
}

static bool bytes_take(struct builder *b, uint32_t n)
{
    if (n > b->t->bytes_left) {
        damage(b, tr("it unfolds to more than a record can hold"));
        return false;
    }
    b->t->bytes_left -= n;
    return true;
}

/* Returns true when the value was binary XML, so that room has to be made again. */
static bool sub_put(struct builder *b, const struct frame *f, const struct evtx_node *node)
{
    struct evtx_sub s;
    if (!sub_get(b, f->base, f->n, node->sub, &s))
        return false;
    if (s.type == EVTX_T_BINXML && !f->in_attr) {
        fragment(b, s.off, s.off + s.n);
        return true;
    }
    if (bytes_take(b, s.n))
        value_add(b->t, node, s.type, b->c->p + s.off, s.n);
    return false;
}

/* Also work that adds no pieces has to end. */
static bool program_fits(struct builder *b, const struct evtx_program *p, uint32_t values)
{
    uint32_t work = 1 + p->n + values / 4;
    if (b->c->items_left < work || b->t->piece.n + p->n > LIMIT_EVTX_ITEMS || !bytes_take(b, p->bytes)) {
        damage(b, tr("it unfolds to more than a record can hold"));
        return false;
    }
    b->c->items_left -= work;
    return true;
}

static void program(struct builder *b, struct frame *f)
{
    struct evtx_tree *t = b->t;
    bool again = true; /* others may have used the room */
    if (f->p->damage)
        damage(b, f->p->damage);
    for (uint32_t i = 0; i < f->p->n; i++) {
        const struct evtx_node *node = &f->p->node[i];
        if (again)
            vec_reserve(&t->piece, t->piece.n + f->p->n - i);
        again = false;
        switch ((enum evtx_node_kind)node->kind) {
        case EVTX_N_ELEM:
            if (elem_wanted(b, f, node))
                elem_begin(b, f, node);
            else
                i = node->end - 1;
            break;
        case EVTX_N_END:
            elem_end(b, f);
            break;
        case EVTX_N_ATTR:
            attr_begin(t, f, node);
            break;
        case EVTX_N_ATTR_END:
            attr_end(t, f);
            break;
        case EVTX_N_TEXT:
            value_add(t, node, EVTX_T_UTF8, (const uint8_t *)node->text.p, node->text.n);
            break;
        case EVTX_N_SUB:
            again = sub_put(b, f, node);
            break;
        case EVTX_N_NESTED:
            instance(b, node->end, b->c->n);
            again = true;
            break;
        }
    }
}

/* Returns where it ends. */
static uint32_t instance(struct builder *b, uint32_t at, uint32_t end)
{
    struct evtx_instance in;
    if (!evtx_instance_read(b->c, at, end, &in)) {
        damage(b, tr("its template breaks off"));
        return end;
    }
    if (in.damage)
        damage(b, in.damage);
    if (b->nest == LIMIT_EVTX_NEST) {
        damage(b, tr("binary XML is embedded too deeply"));
        return in.next;
    }
    struct frame f = {.p = evtx_template_at(b->c, in.def), .n = in.n};
    if (!program_fits(b, f.p, in.n))
        return in.next;
    f.base = subs_add(b, &in, end);
    b->nest++;
    program(b, &f);
    b->nest--;
    b->t->sub.n = f.base;
    return in.next;
}

static void bare(struct builder *b, uint32_t at, uint32_t end)
{
    struct frame f = {.p = evtx_template_bare(b->c, at, end)};
    if (b->nest == LIMIT_EVTX_NEST || !program_fits(b, f.p, 0))
        return;
    b->nest++;
    program(b, &f);
    b->nest--;
}

static void fragment(struct builder *b, uint32_t at, uint32_t end)
{
    while (at < end && b->c->p[at] != 0) {
        if (b->c->p[at] == TOKEN_FRAGMENT) {
            at = end - at > 4 ? at + 4 : end;
        } else if (b->c->p[at] == TOKEN_TEMPLATE) {
            at = instance(b, at, end);
        } else {
            bare(b, at, end);
            return;
        }
    }
}

void evtx_tree_build(struct evtx_tree *t, struct evtx_chunk *c, uint32_t at, uint32_t end)
{
    struct builder b = {.t = t, .c = c};
    vec_clear(&t->piece);
    vec_clear(&t->sub);
    t->slotted = false;
    t->bytes_left = LIMIT_EVTX_UNFOLDED;
    t->damage = NULL;
    memset(t->mark_p, 0, sizeof(t->mark_p));
    arena_clear(&t->arena);
    fragment(&b, at, end);
    if (t->piece.n == 0)
        damage(&b, tr("it holds no event"));
}

/* ---- fields ---- */

struct open_elem {
    uint32_t end;
    struct str name;
};

static void slot_add(struct evtx_tree *t, struct str name, const struct evtx_piece *v, uint32_t first,
                     uint32_t last)
{
    struct evtx_slot *s = vec_add(&t->slot);
    *s = (struct evtx_slot){.name = name, .first = first, .last = last};
    if (last == first + 1) {
        s->type = v->type;
        s->p = v->p;
        s->n = v->n;
    }
}

/* Pieces first..last-1 are the values of one element or attribute. */
static void slot_values(struct evtx_tree *t, struct str name, uint32_t first, uint32_t last)
{
    const struct evtx_piece *v = &t->piece.p[first];
    if (last - first > 1 || !(v->type & EVTX_T_ARRAY)) {
        slot_add(t, name, v, first, last);
        return;
    }
    struct evtx_piece item = {.type = v->type & ~EVTX_T_ARRAY};
    const uint8_t *p = v->p;
    uint32_t n = v->n;
    while (t->slot.n < LIMIT_EVTX_ITEMS && evtx_value_item(v->type, &p, &n, &item.p, &item.n))
        slot_add(t, name, &item, first, first + 1);
}

static bool all_blank(const struct evtx_tree *t, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++)
        if (!evtx_value_blank(t->piece.p[i].type, t->piece.p[i].p, t->piece.p[i].n))
            return false;
    return true;
}

/* The text of the attribute at i. */
static struct str attr_text(struct evtx_tree *t, uint32_t i)
{
    const struct evtx_piece *v = &t->piece.p[i + 1];
    return evtx_value_text(&t->arena, v->type, v->p, v->n);
}

void evtx_tree_slots(struct evtx_tree *t)
{
    struct open_elem open[LIMIT_EVTX_DEPTH + 1] = {{UINT32_MAX, {"", 0}}};
    uint32_t depth = 1, n = (uint32_t)t->piece.n;
    vec_clear(&t->slot);
    t->slotted = true;
    for (uint32_t i = 0; i < n;) {
        const struct evtx_piece *p = &t->piece.p[i];
        while (open[depth - 1].end <= i)
            depth--;
        if (p->kind == EVTX_I_ELEM) {
            open[depth++] = (struct open_elem){p->end, p->node->text};
            i++;
            continue;
        }
        uint32_t first = i, last = p->end;
        if (p->kind == EVTX_I_VALUE) {
            while (last < n && t->piece.p[last].kind == EVTX_I_VALUE && last < open[depth - 1].end)
                last++;
            if (!all_blank(t, first, last))
                slot_values(t, open[depth - 1].name, first, last);
        } else if (p->node->is_name) {
            open[depth - 1].name = attr_text(t, i);
            if (last == open[depth - 1].end) /* named, but empty */
                slot_add(t, open[depth - 1].name, &(struct evtx_piece){.p = (const uint8_t *)""}, last,
                         last + 1);
        } else if (!p->node->hidden) {
            slot_values(t, p->node->text, first + 1, last);
        }
        i = last;
    }
}
