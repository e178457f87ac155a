#include "investigate/traces/evtx_reader.h"

#include <stdio.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTES(c) (0x0101010101010101u * (unsigned char)(c))

/* JSON is what most of the time goes into, so it is not written through the general
 * writer: every text here is well-formed UTF-8 already, and the depth is bounded. */
struct writer {
    struct buf *out;
    struct evtx_tree *t;
    bool comma;   /* something stands in front at this level */
    bool numbers; /* digits are numbers, though the event has them as text */
};

struct shape {                            /* what stands directly inside an element */
    uint32_t attrs, elems, values, value; /* value: the first */
    bool blank;                           /* the values are white space */
    uint32_t name;                        /* the attribute that names a Data, 0 without */
};

/* A member of the object an element becomes. */
struct member {
    struct str key;
    struct shape shape;
    uint32_t piece;
    uint32_t next; /* same key again, 0: none (member 0 is never a repetition) */
    uint32_t last; /* of the first with this key: the last with it */
    bool first, list;
};

static void element(struct writer *x, uint32_t i, const struct shape *s);

static void shape_of(const struct evtx_tree *t, uint32_t i, struct shape *out)
{
    struct shape s = {.blank = true};
    for (uint32_t j = i + 1; j < t->piece.p[i].end; j = t->piece.p[j].end) {
        const struct evtx_piece *p = &t->piece.p[j];
        if (p->kind == EVTX_I_ELEM) {
            s.elems++;
        } else if (p->kind == EVTX_I_ATTR) {
            s.attrs += !p->node->hidden && !p->node->is_name;
            s.name = p->node->is_name ? j : s.name;
        } else {
            s.value = s.values++ ? s.value : j;
            s.blank = s.blank && evtx_value_blank(p->type, p->p, p->n);
        }
    }
    *out = s;
}

/* ---- JSON ---- */

/* A byte below 0x20, a quote or a backslash sets its top bit. */
static inline bool plain_eight(uint64_t v)
{
    uint64_t a = v ^ BYTES('"'), b = v ^ BYTES('\\');
    return !((((v - BYTES(0x20)) & ~v) | ((a - BYTES(1)) & ~a) | ((b - BYTES(1)) & ~b)) & BYTES(0x80));
}

/* Bytes at the front of p that stand for themselves in a JSON string, copied. */
static size_t plain_copy(char *q, const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i bad = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                                   _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        if (_mm_movemask_epi8(bad))
            break;
        _mm_storeu_si128((__m128i *)(void *)(q + i), v);
    }
#endif
    for (uint64_t v; i + 8 <= n; i += 8) {
        memcpy(&v, p + i, sizeof(v));
        if (!plain_eight(v))
            break;
        memcpy(q + i, &v, sizeof(v));
    }
    if (i < n && n - i < 8 && n >= 8) { /* the rest, with some of what is copied already */
        uint64_t v;
        memcpy(&v, p + n - 8, sizeof(v));
        if (plain_eight(v)) {
            memcpy(q + n - 8, &v, sizeof(v));
            return n;
        }
    } else if (i == 0 && n >= 4 && n < 8) {
        uint32_t v[2];
        memcpy(&v[0], p, 4);
        memcpy(&v[1], p + n - 4, 4);
        if (plain_eight((uint64_t)v[1] << 32 | v[0])) {
            memcpy(q, &v[0], 4);
            memcpy(q + n - 4, &v[1], 4);
            return n;
        }
    }
    for (; i < n && (unsigned char)p[i] >= 0x20 && p[i] != '"' && p[i] != '\\'; i++)
        q[i] = p[i];
    return i;
}

static char *put_escape(char *q, unsigned char c)
{
    static const char names[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *at = memchr(names, c, sizeof(names) - 1);
    *q++ = '\\';
    if (at) {
        *q++ = letters[at - names];
        return q;
    }
    *q++ = 'u';
    *q++ = '0';
    *q++ = '0';
    *q++ = (char)('0' + (c >> 4));
    *q++ = "0123456789abcdef"[c & 15];
    return q;
}

static void w_raw(struct writer *x, const char *p, size_t n)
{
    if (!buf_reserve(x->out, n + 1))
        return;
    char *q = x->out->p + x->out->n;
    if (x->comma)
        *q++ = ',';
    memcpy(q, p, n);
    x->out->n = (size_t)(q + n - x->out->p);
    x->comma = true;
}

static void w_string(struct writer *x, struct str s, bool key)
{
    if (!buf_reserve(x->out, 6 * s.n + 4))
        return;
    char *q = x->out->p + x->out->n;
    if (x->comma)
        *q++ = ',';
    *q++ = '"';
    for (size_t i = 0; i < s.n;) {
        size_t n = plain_copy(q, s.p + i, s.n - i);
        q += n;
        i += n;
        if (i < s.n)
            q = put_escape(q, (unsigned char)s.p[i++]);
    }
    *q++ = '"';
    if (key)
        *q++ = ':';
    x->out->n = (size_t)(q - x->out->p);
    x->comma = !key;
}

/* Text without anything to escape. */
static void w_quoted(struct writer *x, struct str s)
{
    if (!buf_reserve(x->out, s.n + 4))
        return;
    char *q = x->out->p + x->out->n;
    if (x->comma)
        *q++ = ',';
    *q++ = '"';
    memcpy(q, s.p, s.n);
    q[s.n] = '"';
    x->out->n = (size_t)(q + s.n + 1 - x->out->p);
    x->comma = true;
}

/* UTF-16 of characters that all stand for themselves goes straight to where it is to be; false: it has others. */
static bool w_utf16_plain(struct writer *x, const uint8_t *p, size_t n)
{
#ifdef __SSE2__
    size_t chars = n / 2, i = 0;
    while (chars && p[2 * chars - 2] == 0 && p[2 * chars - 1] == 0)
        chars--;
    if (chars < 8 || !buf_reserve(x->out, 6 * chars + 4))
        return false;
    char *q = x->out->p + x->out->n;
    if (x->comma)
        *q++ = ',';
    *q++ = '"';
    const __m128i lowest = _mm_set1_epi16(0x1F), highest = _mm_set1_epi16(0x80), quote = _mm_set1_epi16('"'), slash = _mm_set1_epi16('\\');
    while (i < chars) {
        size_t at = MIN(i, chars - 8); /* the last eight may have some again */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * at));
        __m128i good = _mm_and_si128(_mm_cmpgt_epi16(v, lowest), _mm_cmplt_epi16(v, highest));
        __m128i bad = _mm_or_si128(_mm_cmpeq_epi16(v, quote), _mm_cmpeq_epi16(v, slash));
        if (_mm_movemask_epi8(_mm_andnot_si128(bad, good)) != 0xFFFF)
            return false;
        _mm_storel_epi64((__m128i *)(void *)(q + at), _mm_packus_epi16(v, v));
        i = at + 8;
    }
    q[chars] = '"';
    x->out->n = (size_t)(q + chars + 1 - x->out->p);
    x->comma = true;
    return true;
#else
    (void)x;
    (void)p;
    (void)n;
    return false;
#endif
}

static void w_key(struct writer *x, struct str key)
{
    w_string(x, key, true);
}

static void w_open(struct writer *x, char c)
{
    w_raw(x, &c, 1);
    x->comma = false;
}

static void w_close(struct writer *x, char c)
{
    x->comma = false;
    w_raw(x, &c, 1);
}

/* ---- values ---- */

static void scalar(struct writer *x, uint8_t type, const uint8_t *p, uint32_t n)
{
    int64_t s;
    uint64_t u;
    bool is_signed;
    if (type == EVTX_T_STRING && !x->numbers && w_utf16_plain(x, p, n))
        return;
    struct str text = evtx_value_text(&x->t->arena, type, p, n);
    if (type == EVTX_T_NULL)
        w_raw(x, "null", 4);
    else if (evtx_value_int(type, p, n, &s, &u, &is_signed) ||
             (x->numbers && text.n && (text.n == 1 || text.p[0] != '0') && num_u64(text, &u)))
        w_raw(x, text.p, text.n);
    else if (type == EVTX_T_BOOL)
        w_raw(x, text.p, text.n);
    else if ((type == EVTX_T_FLOAT || type == EVTX_T_DOUBLE) && text.n && (text.p[text.n - 1] <= '9') &&
             (n == sizeof(float) || n == sizeof(double)))
        w_raw(x, text.p, text.n);
    else if (type >= EVTX_T_BINARY && type <= EVTX_T_HEX64) /* digits and letters */
        w_quoted(x, text);
    else
        w_string(x, text, false);
}

static void items(struct writer *x, const struct evtx_piece *v)
{
    const uint8_t *p = v->p, *item;
    uint32_t n = v->n, item_n;
    while (evtx_value_item(v->type, &p, &n, &item, &item_n))
        scalar(x, v->type & (uint8_t)~EVTX_T_ARRAY, item, item_n);
}

static void value(struct writer *x, const struct evtx_piece *v)
{
    if (!(v->type & EVTX_T_ARRAY)) {
        scalar(x, v->type, v->p, v->n);
        return;
    }
    w_open(x, '[');
    items(x, v);
    w_close(x, ']');
}

/* The values directly inside piece i. */
static void values(struct writer *x, uint32_t i, const struct shape *s)
{
    if (s->values == 1) {
        value(x, &x->t->piece.p[s->value]);
        return;
    }
    struct buf b = BUF_INIT(LIMIT_RECORD);
    for (uint32_t j = i + 1; j < x->t->piece.p[i].end; j = x->t->piece.p[j].end) {
        const struct evtx_piece *p = &x->t->piece.p[j];
        if (p->kind == EVTX_I_VALUE)
            buf_add_str(&b, evtx_value_text(&x->t->arena, p->type, p->p, p->n));
    }
    w_string(x, buf_str(&b), false);
    buf_release(&b);
}

/* ---- members ---- */

static struct str at_name(struct writer *x, struct str name, bool at)
{
    return at ? str_of(arena_printf(&x->t->arena, "@" STR_FMT, STR_ARG(name))) : name;
}

static void attributes(struct writer *x, uint32_t i, bool at)
{
    for (uint32_t j = i + 1; j < x->t->piece.p[i].end; j = x->t->piece.p[j].end) {
        const struct evtx_piece *p = &x->t->piece.p[j];
        if (p->kind != EVTX_I_ATTR || p->node->hidden || p->node->is_name)
            continue;
        struct shape s;
        shape_of(x->t, j, &s);
        w_key(x, at_name(x, p->node->name->s, at));
        values(x, j, &s);
    }
}

/* Finds the members with the same key: a hash table, since their number is a stranger's choice. */
static void members_join(struct writer *x, struct member *m, uint32_t n)
{
    uint32_t size = 4;
    while (size < 2 * n)
        size *= 2;
    uint32_t *slot = arena_array(&x->t->arena, uint32_t, size);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = (uint32_t)str_hash(m[i].key) & (size - 1);
        while (slot[h] && !str_eq(m[slot[h] - 1].key, m[i].key))
            h = (h + 1) & (size - 1);
        if (!slot[h]) {
            slot[h] = i + 1;
            m[i].first = true;
            m[i].last = i;
            continue;
        }
        struct member *head = &m[slot[h] - 1];
        m[head->last].next = i;
        head->last = i;
        head->list = true;
    }
}

static struct member *members(struct writer *x, uint32_t i, uint32_t n)
{
    struct member *m = arena_array(&x->t->arena, struct member, n), *q = m;
    for (uint32_t j = i + 1; j < x->t->piece.p[i].end; j = x->t->piece.p[j].end) {
        const struct evtx_piece *p = &x->t->piece.p[j];
        if (p->kind != EVTX_I_ELEM)
            continue;
        q->key = p->node->name->s;
        q->piece = j;
        shape_of(x->t, j, &q->shape);
        const struct evtx_piece *name = q->shape.name ? &x->t->piece.p[q->shape.name + 1] : NULL;
        if (name)
            q->key = evtx_value_text(&x->t->arena, name->type, name->p, name->n);
        q->list = !name && p->node->name->known == EVTX_K_DATA;
        q++;
    }
    members_join(x, m, n);
    return m;
}

static void list_item(struct writer *x, const struct member *m)
{
    const struct shape *s = &m->shape;
    if (s->values == 1 && !s->attrs && !s->elems && x->t->piece.p[s->value].type & EVTX_T_ARRAY)
        items(x, &x->t->piece.p[s->value]);
    else
        element(x, m->piece, s);
}

/* EventID of System is a number, its Qualifiers stand beside it. */
static bool text_beside(struct writer *x, const struct member *m)
{
    const struct shape *s = &m->shape;
    const struct evtx_piece *p = &x->t->piece.p[m->piece];
    if (m->list || !s->attrs || s->elems || s->blank)
        return false;
    w_key(x, m->key);
    values(x, m->piece, s);
    for (uint32_t j = m->piece + 1; j < p->end; j = x->t->piece.p[j].end) {
        const struct evtx_piece *q = &x->t->piece.p[j];
        if (q->kind != EVTX_I_ATTR || q->node->hidden)
            continue;
        struct shape a;
        shape_of(x->t, j, &a);
        w_key(x, q->node->text);
        values(x, j, &a);
    }
    return true;
}

static void children(struct writer *x, uint32_t i, uint32_t n)
{
    if (n == 0)
        return;
    const struct member *m = members(x, i, n);
    bool system = x->t->piece.p[i].node->name->known == EVTX_K_SYSTEM;
    for (uint32_t k = 0; k < n; k++) {
        if (!m[k].first)
            continue;
        x->numbers = system && !str_is(m[k].key, "Computer") && !str_is(m[k].key, "Channel");
        if (system && text_beside(x, &m[k]))
            continue;
        w_key(x, m[k].key);
        if (!m[k].list) {
            element(x, m[k].piece, &m[k].shape);
            continue;
        }
        w_open(x, '[');
        list_item(x, &m[k]);
        for (uint32_t j = m[k].next; j; j = m[j].next)
            list_item(x, &m[j]);
        w_close(x, ']');
    }
    x->numbers = false;
}

/* ---- elements ---- */

static bool always_object(const struct evtx_piece *p)
{
    unsigned k = p->node->name->known;
    return k == EVTX_K_SYSTEM || k == EVTX_K_EVENTDATA || k == EVTX_K_USERDATA;
}

static void element(struct writer *x, uint32_t i, const struct shape *s)
{
    bool object = always_object(&x->t->piece.p[i]);
    bool text = s->values && (!s->blank || !s->elems); /* white space between elements is none */
    if (!s->attrs && !s->elems && !object) {
        if (s->values)
            values(x, i, s);
        else
            w_raw(x, "null", 4);
        return;
    }
    w_open(x, '{');
    if (s->attrs)
        attributes(x, i, s->elems || text || object);
    if (text) {
        w_key(x, STR_LIT("#text"));
        values(x, i, s);
    }
    children(x, i, s->elems);
    w_close(x, '}');
}

int evtx_json(const struct evtx_record *rec, struct buf *out, struct err *e)
{
    struct writer x = {.t = &rec->reader->tree, .out = out};
    char id[12];
    const struct evtx_piece *root = x.t->piece.p;
    w_open(&x, '{');
    w_key(&x, STR_LIT("EventID"));
    int n = snprintf(id, sizeof(id), "%u", rec->event_id);
    w_raw(&x, id, (size_t)n);
    if (x.t->piece.n && root->kind == EVTX_I_ELEM) {
        struct shape s;
        shape_of(x.t, 0, &s);
        if (root->node->name->known == EVTX_K_EVENT) {
            children(&x, 0, s.elems);
        } else {
            w_key(&x, root->node->name->s);
            element(&x, 0, &s);
        }
    }
    w_close(&x, '}');
    buf_adds(out, "");
    if (buf_full(out))
        return err_set(e, ERR_LIMIT, "record %llu of the event log is too large as JSON",
                       (unsigned long long)rec->id);
    return 0;
}

int evtx_export(struct evtx *r, const struct evtx_sink *sink, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    struct evtx_record rec;
    int rc;
    while ((rc = evtx_next(r, &rec, e)) > 0) {
        if (rc == EVTX_DAMAGE || rec.damage) {
            if (sink->damage)
                sink->damage(sink->ctx, &rec);
            continue;
        }
        buf_clear(&b);
        rc = evtx_json(&rec, &b, e);
        if (rc == 0)
            rc = sink->json(sink->ctx, buf_str(&b));
        if (rc != 0)
            break;
    }
    buf_release(&b);
    return rc;
}
