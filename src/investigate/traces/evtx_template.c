/* Binary XML to a flat list of nodes, once a chunk for each template.
 *
 * Token and structure names: MS-EVEN6 2.2.12. The dependency id of an element is left out by
 * some producers (events collected from other machines); whether it is there is told by
 * the element's name, whose hash has to fit. */
#include "investigate/traces/evtx_in.h"

#define TOKEN_MORE 0x40u
#define DEF_HEAD 24u /* next u32, GUID, size u32 */
#define DESCRIPTOR 4u

enum token {
    T_EOF,
    T_OPEN,
    T_CLOSE,
    T_CLOSE_EMPTY,
    T_END,
    T_VALUE,
    T_ATTR,
    T_CDATA,
    T_CHAR,
    T_ENTITY,
    T_PI,
    T_PI_DATA,
    T_TEMPLATE,
    T_SUB,
    T_SUB_OPTIONAL,
    T_FRAGMENT
};

struct compiler {
    struct evtx_chunk *c;
    uint32_t at, end;
    uint32_t open[LIMIT_EVTX_DEPTH]; /* nodes of the elements begun */
    uint32_t depth;
    uint32_t attr; /* node of the attribute begun, while in_attr */
    bool in_attr, done;
    const char *damage;
};

/* ---- instances ---- */

static bool room(uint32_t at, uint32_t end, uint32_t n)
{
    return at <= end && end - at >= n;
}

/* Clips what does not fit and says so. */
static void instance_values(const struct evtx_chunk *c, uint32_t end, struct evtx_instance *in)
{
    if (in->n > (end - in->sub) / DESCRIPTOR) {
        in->n = (end - in->sub) / DESCRIPTOR;
        in->damage = tr("the list of values is longer than the record");
    }
    in->data = in->sub + in->n * DESCRIPTOR;
    uint64_t next = in->data;
    for (uint32_t i = 0; i < in->n; i++)
        next += evtx_u16(c->p + in->sub + i * DESCRIPTOR);
    if (next > end && !in->damage)
        in->damage = tr("the values are longer than the record");
    in->next = (uint32_t)MIN(next, (uint64_t)end);
}

bool evtx_instance_read(const struct evtx_chunk *c, uint32_t at, uint32_t end, struct evtx_instance *in)
{
    *in = (struct evtx_instance){0};
    if (!room(at, end, 10) || c->p[at] != T_TEMPLATE)
        return false;
    in->def = evtx_u32(c->p + at + 6);
    at += 10;
    if (in->def == at) {
        if (!room(at, end, DEF_HEAD))
            return false;
        uint32_t size = evtx_u32(c->p + at + 20);
        if (!room(at + DEF_HEAD, end, size))
            return false;
        at += DEF_HEAD + size;
    }
    if (!room(at, end, 4))
        return false;
    in->n = evtx_u32(c->p + at);
    in->sub = at + 4;
    instance_values(c, end, in);
    return true;
}

/* ---- nodes ---- */

static struct evtx_node *node_add(struct compiler *k, enum evtx_node_kind kind)
{
    struct evtx_node *n = vec_add(&k->c->scratch);
    *n = (struct evtx_node){.kind = (uint8_t)kind, .sub = EVTX_NONE};
    return n;
}

static bool bad(struct compiler *k, const char *why)
{
    k->damage = why;
    k->done = true;
    return false;
}

static const struct evtx_node *node_open(const struct compiler *k, uint32_t up)
{
    return k->depth > up ? &k->c->scratch.p[k->open[k->depth - 1 - up]] : NULL;
}

static unsigned open_known(const struct compiler *k, uint32_t up)
{
    const struct evtx_node *n = node_open(k, up);
    return n ? n->name->known : EVTX_K_OTHER;
}

static void attr_end(struct compiler *k)
{
    if (!k->in_attr)
        return;
    node_add(k, EVTX_N_ATTR_END);
    k->c->scratch.p[k->attr].end = (uint32_t)k->c->scratch.n;
    k->in_attr = false;
}

static void elem_end(struct compiler *k)
{
    attr_end(k);
    node_add(k, EVTX_N_END);
    k->c->scratch.p[k->open[--k->depth]].end = (uint32_t)k->c->scratch.n;
}

/* What the reader itself wants to know of the value now added. */
static uint8_t value_mark(const struct compiler *k)
{
    if (!k->in_attr)
        return open_known(k, 0) == EVTX_K_EVENTID && open_known(k, 1) == EVTX_K_SYSTEM ? EVTX_M_EVENTID
                                                                                       : EVTX_M_NONE;
    return open_known(k, 0) == EVTX_K_TIMECREATED && k->c->scratch.p[k->attr].name->known == EVTX_K_SYSTEMTIME
               ? EVTX_M_TIME
               : EVTX_M_NONE;
}

static void text_add(struct compiler *k, struct str s)
{
    uint8_t mark = value_mark(k);
    struct evtx_node *n = node_add(k, EVTX_N_TEXT);
    n->text = s;
    n->mark = mark;
}

/* ---- tokens ---- */

static const struct evtx_name *name_of(struct compiler *k)
{
    if (!room(k->at, k->end, 4))
        return NULL;
    const struct evtx_name *m = evtx_name_at(k->c, evtx_u32(k->c->p + k->at));
    k->at += 4;
    if (m && m->off == k->at)
        k->at = MIN(m->end, k->end);
    return m;
}

/* How many bytes lie between the token and the name's offset: 6, or 4 without dependency id. */
static uint32_t elem_gap(struct compiler *k)
{
    const struct evtx_name *with = NULL, *without = NULL;
    if (room(k->at, k->end, 11))
        with = evtx_name_at(k->c, evtx_u32(k->c->p + k->at + 7));
    if (with && with->hash_ok)
        return 6;
    if (room(k->at, k->end, 9))
        without = evtx_name_at(k->c, evtx_u32(k->c->p + k->at + 5));
    if (without && without->hash_ok)
        return 4;
    return with ? 6 : without ? 4 : 0;
}

static bool token_open(struct compiler *k, bool attributes)
{
    uint32_t gap = elem_gap(k);
    if (gap == 0)
        return bad(k, tr("an element has no name"));
    if (k->depth == LIMIT_EVTX_DEPTH)
        return bad(k, tr("elements are nested too deeply"));
    uint16_t dependency = gap == 6 ? evtx_u16(k->c->p + k->at + 1) : EVTX_NONE;
    k->at += 1 + gap;
    const struct evtx_name *name = name_of(k);
    if (!name)
        return bad(k, tr("an element has no name"));
    attr_end(k);
    k->open[k->depth++] = (uint32_t)k->c->scratch.n;
    struct evtx_node *n = node_add(k, EVTX_N_ELEM);
    n->name = name;
    n->text = name->s;
    n->sub = dependency;
    if (attributes)
        k->at = room(k->at, k->end, 4) ? k->at + 4 : k->end;
    return true;
}

static void attr_name(struct compiler *k, struct evtx_node *n)
{
    const struct evtx_node *elem = node_open(k, 0);
    n->hidden = n->name->known == EVTX_K_XMLNS;
    n->is_name = elem->name->known == EVTX_K_DATA && n->name->known == EVTX_K_NAME;
    if ((elem->name->known == EVTX_K_PROVIDER && n->name->known == EVTX_K_NAME) ||
        (elem->name->known == EVTX_K_TIMECREATED && n->name->known == EVTX_K_SYSTEMTIME)) {
        n->text = elem->name->s;
        return;
    }
    struct str a = elem->name->s, b = n->name->s;
    char *s = arena_alloc(&k->c->arena, a.n + b.n + 2);
    memcpy(s, a.p, a.n);
    s[a.n] = '_';
    memcpy(s + a.n + 1, b.p, b.n);
    s[a.n + b.n + 1] = 0;
    n->text = str_n(s, a.n + b.n + 1);
    k->c->compile_left -= MIN(k->c->compile_left, (uint32_t)n->text.n); /* it takes memory */
}

static bool token_attr(struct compiler *k)
{
    k->at++;
    const struct evtx_name *name = name_of(k);
    if (!name || k->depth == 0)
        return bad(k, tr("an attribute has no name"));
    attr_end(k);
    k->attr = (uint32_t)k->c->scratch.n;
    k->in_attr = true;
    struct evtx_node *n = node_add(k, EVTX_N_ATTR);
    n->name = name;
    attr_name(k, n);
    return true;
}

/* Counted UTF-16 behind `skip` bytes. */
static bool token_text(struct compiler *k, uint32_t skip, bool keep)
{
    if (!room(k->at, k->end, skip + 2))
        return bad(k, tr("a text breaks off"));
    uint32_t n = 2u * evtx_u16(k->c->p + k->at + skip);
    k->at += skip + 2;
    uint32_t have = MIN(n, k->end - k->at);
    if (keep)
        text_add(k, evtx_utf16(&k->c->arena, k->c->p + k->at, have));
    k->at += have;
    return have == n || bad(k, tr("a text breaks off"));
}

static bool token_char(struct compiler *k)
{
    if (!room(k->at, k->end, 3))
        return bad(k, tr("a text breaks off"));
    text_add(k, evtx_utf16(&k->c->arena, k->c->p + k->at + 1, 2));
    k->at += 3;
    return true;
}

static bool token_entity(struct compiler *k)
{
    static const char *const table[][2] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    k->at++;
    const struct evtx_name *m = name_of(k);
    if (!m)
        return bad(k, tr("an entity has no name"));
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (str_is(m->s, table[i][0])) {
            text_add(k, str_of(table[i][1]));
            return true;
        }
    text_add(k, str_of(arena_printf(&k->c->arena, "&" STR_FMT ";", STR_ARG(m->s))));
    return true;
}

static bool token_sub(struct compiler *k)
{
    if (!room(k->at, k->end, 4))
        return bad(k, tr("a place for a value breaks off"));
    uint8_t mark = value_mark(k);
    struct evtx_node *n = node_add(k, EVTX_N_SUB);
    n->sub = evtx_u16(k->c->p + k->at + 1);
    n->mark = mark;
    k->at += 4;
    return true;
}

static bool token_template(struct compiler *k)
{
    struct evtx_instance in;
    if (!evtx_instance_read(k->c, k->at, k->end, &in))
        return bad(k, tr("an embedded template breaks off"));
    node_add(k, EVTX_N_NESTED)->end = k->at;
    k->at = in.next;
    return true;
}

static bool token_close(struct compiler *k, unsigned base)
{
    k->at++;
    if (k->depth == 0)
        return bad(k, tr("an element ends that did not begin"));
    if (base == T_CLOSE)
        attr_end(k);
    else
        elem_end(k);
    return true;
}

static bool token(struct compiler *k)
{
    unsigned t = k->c->p[k->at], base = t & ~TOKEN_MORE;
    switch (base) {
    case T_EOF:
        k->done = true;
        return true;
    case T_OPEN:
        return token_open(k, t & TOKEN_MORE);
    case T_CLOSE:
    case T_CLOSE_EMPTY:
    case T_END:
        return token_close(k, base);
    case T_VALUE: /* the type is always a string */
        return token_text(k, 2, true);
    case T_ATTR:
        return token_attr(k);
    case T_CDATA:
        return token_text(k, 1, true);
    case T_CHAR:
        return token_char(k);
    case T_ENTITY:
        return token_entity(k);
    case T_PI: /* instructions say nothing about the event */
        k->at++;
        return name_of(k) || bad(k, tr("an instruction has no name"));
    case T_PI_DATA:
        return token_text(k, 1, false);
    case T_TEMPLATE:
        return token_template(k);
    case T_SUB:
    case T_SUB_OPTIONAL:
        return token_sub(k);
    case T_FRAGMENT:
        k->at = room(k->at, k->end, 4) ? k->at + 4 : k->end;
        return true;
    default:
        return bad(k, tr("unknown binary XML"));
    }
}

static const struct evtx_program *compile(struct evtx_chunk *c, uint32_t at, uint32_t end, const char *damage)
{
    struct compiler k = {.c = c, .at = at, .end = end, .damage = damage};
    vec_clear(&c->scratch);
    while (!k.done && k.at < k.end) {
        uint32_t from = k.at;
        if (!token(&k))
            break;
        if (c->compile_left < k.at - from) {
            c->compile_left = 0;
            bad(&k, tr("the templates of this chunk overlap too often"));
            break;
        }
        c->compile_left -= k.at - from;
    }
    if (k.depth && !k.damage)
        k.damage = tr("the binary XML breaks off");
    while (k.depth)
        elem_end(&k);
    struct evtx_program *p = arena_new(&c->arena, struct evtx_program);
    struct evtx_node *copy = arena_array(&c->arena, struct evtx_node, c->scratch.n);
    if (c->scratch.n)
        memcpy(copy, c->scratch.p, c->scratch.n * sizeof(*copy));
    *p = (struct evtx_program){.off = at, .n = (uint32_t)c->scratch.n, .node = copy, .damage = k.damage};
    for (uint32_t i = 0; i < p->n; i++)
        p->bytes += (uint32_t)copy[i].text.n;
    return p;
}

const struct evtx_program *evtx_template_bare(struct evtx_chunk *c, uint32_t at, uint32_t end)
{
    return compile(c, at, end, NULL);
}

const struct evtx_program *evtx_template_at(struct evtx_chunk *c, uint32_t def)
{
    struct evtx_program **head = &c->program[def * 2654435761u >> 23];
    for (struct evtx_program *p = *head; p; p = p->next)
        if (p->off == def)
            return p;
    uint32_t end = def;
    const char *damage = NULL;
    if (def < EVTX_CHUNK_HEAD || !room(def, c->n, DEF_HEAD)) {
        damage = tr("its template lies outside the chunk");
    } else {
        uint32_t size = evtx_u32(c->p + def + 20);
        end = room(def + DEF_HEAD, c->n, size) ? def + DEF_HEAD + size : c->n;
    }
    struct evtx_program *p =
        (struct evtx_program *)compile(c, damage ? 0 : def + DEF_HEAD, damage ? 0 : end, damage);
    p->off = def;
    p->next = *head;
    *head = p;
    return p;
}
