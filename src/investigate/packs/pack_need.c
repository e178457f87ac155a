#include "investigate/packs/pack_need.h"

#include "investigate/packs/pack_rare.h"

#define REPEAT_MAX 8 /* copies of a repeated class that are looked at */
#define REPEAT_WAYS 4 /* different numbers of them */
#define DEPTH_MAX 8

struct one {
    uint16_t code[PACK_NEED_LENGTH];
    uint32_t n;
};
/* Alternatives of one run. */
struct set {
    VEC(struct one) one;
};
struct reader {
    struct pack_need *k;
    struct str p;
    size_t at;
    bool cased, failed;
    unsigned depth;
    size_t window;
};
struct repeat {
    unsigned min, max;
};

/* ---- classes ---- */

static void put(struct pack_need_class *c, unsigned char b)
{
    c->bit[b / 64] |= 1ULL << (b % 64);
}

static bool has(const struct pack_need_class *c, unsigned char b)
{
    return c->bit[b / 64] >> (b % 64) & 1;
}

static void invert(struct pack_need_class *c)
{
    for (int i = 0; i < 4; i++)
        c->bit[i] = ~c->bit[i];
}

static void fold(struct pack_need_class *c)
{
    for (unsigned b = 'a'; b <= 'z'; b++)
        if (has(c, (unsigned char)b) || has(c, (unsigned char)(b ^ 32))) {
            put(c, (unsigned char)b);
            put(c, (unsigned char)(b ^ 32));
        }
}

/* \d \w \s and their opposites; false for any other letter or digit. */
static bool shorthand(char e, struct pack_need_class *c)
{
    struct pack_need_class x = {{0}};
    for (unsigned b = 0; b < 128; b++) {
        bool digit = b >= '0' && b <= '9', alpha = (b | 32) >= 'a' && (b | 32) <= 'z';
        if ((e | 32) == 'd' ? digit : (e | 32) == 'w' ? digit || alpha || b == '_' : b == ' ' || (b >= 9 && b <= 13))
            put(&x, (unsigned char)b);
    }
    if (!strchr("dwsDWS", e))
        return false;
    if (e < 'a')
        invert(&x);
    for (int i = 0; i < 4; i++)
        c->bit[i] |= x.bit[i];
    return true;
}

static bool word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* "\r" and the like; -1: no such. */
static int control(char e)
{
    return e == 'r' ? '\r' : e == 'n' ? '\n' : e == 't' ? '\t' : e == 'f' ? '\f' : -1;
}

/* One member of "[…]" that may begin a range; -1: a shorthand was added. */
static int member(struct reader *r, struct pack_need_class *c)
{
    unsigned char b = (unsigned char)r->p.p[r->at++];
    if (b == '[' && r->at < r->p.n && strchr(":.=", r->p.p[r->at]))
        r->failed = true;
    if (b != '\\')
        return b;
    if (r->at >= r->p.n) {
        r->failed = true;
        return -1;
    }
    char e = r->p.p[r->at++];
    if (!word(e) || control(e) >= 0)
        return word(e) ? control(e) : (unsigned char)e;
    if (!shorthand(e, c))
        r->failed = true;
    return -1;
}

static void read_class(struct reader *r, struct pack_need_class *c)
{
    bool no = r->at < r->p.n && r->p.p[r->at] == '^', first = true;
    r->at += no;
    for (; !r->failed; first = false) {
        if (r->at >= r->p.n) {
            r->failed = true;
            return;
        }
        if (r->p.p[r->at] == ']' && !first)
            break;
        int from = member(r, c), to = from;
        if (from >= 0 && r->at + 1 < r->p.n && r->p.p[r->at] == '-' && r->p.p[r->at + 1] != ']') {
            r->at++;
            to = member(r, c);
            r->failed |= to < from;
        }
        for (int b = from; b >= 0 && b <= to; b++)
            put(c, (unsigned char)b);
    }
    r->at++;
    if (!r->cased)
        fold(c);
    if (no)
        invert(c);
}

/* Of a case-blind expression only the lower case counts; what is left of "[.]" or "[s]" is one byte. */
static uint16_t code_of(struct reader *r, struct pack_need_class *c)
{
    size_t i = 0;
    unsigned n = 0, last = 0;
    for (unsigned b = 0; b < 256; b++) {
        if (!r->cased && b >= 'A' && b <= 'Z')
            c->bit[b / 64] &= ~(1ULL << (b % 64));
        if (has(c, (unsigned char)b)) {
            n++;
            last = b;
        }
    }
    if (n == 1)
        return (uint16_t)last;
    for (; i < r->k->class.n; i++)
        if (memcmp(&r->k->class.p[i], c, sizeof(*c)) == 0)
            break;
    if (i == r->k->class.n) {
        r->failed |= i >= 60000;
        vec_push(&r->k->class, *c);
    }
    return (uint16_t)(256 + i);
}

static uint16_t code_of_byte(const struct reader *r, unsigned char b)
{
    return !r->cased && b >= 'A' && b <= 'Z' ? b + 32 : b;
}

/* ---- sets ---- */

/* Every alternative of a is followed by every one of b; false when there would be too many, or too long ones. */
static bool append(struct set *a, const struct set *b)
{
    struct set out = {0};
    if (a->one.n * b->one.n > PACK_NEED_TEXTS)
        return false;
    for (size_t i = 0; i < a->one.n; i++)
        for (size_t j = 0; j < b->one.n; j++) {
            struct one x = a->one.p[i];
            const struct one *y = &b->one.p[j];
            if (x.n + y->n > PACK_NEED_LENGTH) {
                vec_release(&out.one);
                return false;
            }
            memcpy(x.code + x.n, y->code, y->n * sizeof(*y->code));
            x.n += y->n;
            vec_push(&out.one, x);
        }
    vec_release(&a->one);
    *a = out;
    return true;
}

static void empty(struct set *s)
{
    vec_clear(&s->one);
    vec_push(&s->one, ((struct one){.n = 0}));
}

/* How ordinary the longest run of bytes is, and how much the classes around it add; UINT_MAX: too short. */
static unsigned cost_of(const struct reader *r, const struct one *o)
{
    char run[PACK_NEED_LENGTH];
    unsigned best = UINT32_MAX, strict = 0;
    size_t n = 0;
    for (uint32_t i = 0; i <= o->n; i++) {
        if (i < o->n && o->code[i] < 256) {
            run[n++] = (char)o->code[i];
            continue;
        }
        if (n >= r->window)
            best = MIN(best, pack_rare_cost(str_n(run, n)));
        n = 0;
        if (i < o->n) {
            const uint64_t *b = r->k->class.p[o->code[i] - 256].bit;
            strict += __builtin_popcountll(b[0]) + __builtin_popcountll(b[1]) + __builtin_popcountll(b[2]) + __builtin_popcountll(b[3]) < 128;
        }
    }
    return best == UINT32_MAX ? best : best / (1 + strict) + 1;
}

struct best {
    struct set set, follow;
    uint16_t code; /* between them, at most max of it; follow is empty when that is not known */
    uint32_t max;
    uint64_t cost; /* UINT64_MAX: none */
};

/* A run that has ended, and what lies behind it so far. */
struct pending {
    struct set run;
    uint16_t code;
    uint32_t max;
    bool gap;      /* the two above are known */
    uint32_t lead; /* so many of the next run's first codes belong to the gap */
};

static void copy(struct set *to, const struct set *from, uint32_t skip)
{
    vec_clear(&to->one);
    for (size_t i = 0; i < from->one.n; i++) {
        const struct one *o = &from->one.p[i];
        struct one x = {.n = o->n - MIN(skip, o->n)};
        memcpy(x.code, o->code + (o->n - x.n), x.n * sizeof(*x.code));
        vec_push(&to->one, x);
    }
}

/* next NULL: not known. */
static void offer(const struct reader *r, const struct pending *d, const struct set *next, struct best *b)
{
    uint64_t cost = 0;
    for (size_t i = 0; i < d->run.one.n; i++) {
        unsigned c = cost_of(r, &d->run.one.p[i]);
        if (c == UINT32_MAX)
            return;
        cost += c;
    }
    if (cost >= b->cost || d->run.one.n == 0)
        return;
    b->cost = cost;
    b->code = d->code;
    b->max = d->max;
    copy(&b->set, &d->run, 0);
    vec_clear(&b->follow.one);
    if (d->gap && next)
        copy(&b->follow, next, d->lead);
}

/* ---- reading ---- */

/* Up to five digits; -1: none. */
static int number(struct reader *r)
{
    int n = -1;
    for (int i = 0; i < 5 && r->at < r->p.n && r->p.p[r->at] >= '0' && r->p.p[r->at] <= '9'; i++)
        n = (n < 0 ? 0 : n) * 10 + (r->p.p[r->at++] - '0');
    return n;
}

/* What stands behind an item. */
static struct repeat quantifier(struct reader *r)
{
    struct repeat q = {1, 1};
    char c = r->at < r->p.n ? r->p.p[r->at] : 0;
    if (!c || !strchr("?*+{", c))
        return q;
    r->at++;
    if (c == '{') {
        int min = number(r), max = min;
        if (r->at < r->p.n && r->p.p[r->at] == ',') {
            r->at++;
            max = number(r);
            q.max = max < 0 ? UINT32_MAX : (unsigned)max;
        } else
            q.max = (unsigned)max;
        r->failed |= min < 0 || q.max < (unsigned)min || r->at >= r->p.n || r->p.p[r->at] != '}';
        q.min = min < 0 ? 0 : (unsigned)min;
        r->at++;
    } else
        q = (struct repeat){c == '+', c == '?' ? 1 : UINT32_MAX};
    if (r->at < r->p.n && (r->p.p[r->at] == '?' || r->p.p[r->at] == '+'))
        r->at++; /* lazy, possessive */
    return q;
}

/* The item as often as the quantifier says, every number of times being an alternative; false: too many. */
static bool repeated(const struct set *s, struct repeat q, struct set *out)
{
    struct set t = {0};
    bool ok = q.max <= REPEAT_MAX && q.max - q.min < REPEAT_WAYS;
    vec_clear(&out->one);
    for (unsigned c = q.min; ok && c <= q.max; c++) {
        empty(&t);
        for (unsigned i = 0; i < c && ok; i++)
            ok = append(&t, s);
        for (size_t i = 0; i < t.one.n; i++)
            vec_push(&out->one, t.one.p[i]);
        ok &= out->one.n <= PACK_NEED_TEXTS;
    }
    vec_release(&t.one);
    return ok;
}

static bool read_group(struct reader *r, struct set *out);

/* One item into s; false: it can be of any length (s is empty then). */
static bool item(struct reader *r, struct set *s)
{
    struct pack_need_class c = {{0}};
    char b = r->p.p[r->at++];
    empty(s);
    struct one *o = &s->one.p[0];
    if (b == '(')
        return read_group(r, s);
    if (b == '^' || b == '$')
        return true; /* a place, no byte */
    o->n = 1;
    if (b == '[') {
        read_class(r, &c);
        o->code[0] = code_of(r, &c);
    } else if (b == '.') {
        invert(&c);
        o->code[0] = code_of(r, &c);
    } else if (b == '\\') {
        char e = r->at < r->p.n ? r->p.p[r->at++] : 'x';
        if (e == 'b')
            o->n = 0;
        else if (!word(e) || control(e) >= 0)
            o->code[0] = word(e) ? (uint16_t)control(e) : code_of_byte(r, (unsigned char)e);
        else if (shorthand(e, &c))
            o->code[0] = code_of(r, &c);
        else
            r->failed = true;
    } else if (strchr("?*+{)", b))
        r->failed = true;
    else
        o->code[0] = code_of_byte(r, (unsigned char)b);
    return true;
}

/* The run ends before the item s, which may be there so many times. */
static void run_ends(const struct reader *r, struct pending *d, const struct set *run, const struct set *s, const struct repeat *q, struct best *best)
{
    offer(r, d, run, best);
    copy(&d->run, run, 0);
    d->gap = s && s->one.n == 1 && s->one.p[0].n == 1;
    d->code = d->gap ? s->one.p[0].code[0] : 0;
    d->max = q->max;
}

/* Items until '|', ')' or the end. Runs are offered to best when it is given; returns whether all of it is one run,
 * which is then in out. */
static bool sequence(struct reader *r, struct set *out, struct best *best)
{
    bool whole = true;
    struct set s = {0}, all = {0};
    struct pending before = {0};
    struct repeat none = {0, 0};
    empty(out);
    while (!r->failed && r->at < r->p.n && r->p.p[r->at] != '|' && r->p.p[r->at] != ')') {
        bool known = item(r, &s);
        struct repeat q = quantifier(r);
        unsigned copies = known ? MIN(q.min, (unsigned)REPEAT_MAX) : 0, lead = 0;
        if (known && repeated(&s, q, &all) && append(out, &all))
            continue;
        for (unsigned i = 0; i < copies && append(out, &s); i++)
            ;
        whole = false;
        if (best)
            run_ends(r, &before, out, known ? &s : NULL, &q, best);
        empty(out);
        while (lead < copies && append(out, &s))
            lead++;
        before.lead = lead;
    }
    if (best) {
        run_ends(r, &before, out, NULL, &none, best);
        offer(r, &before, NULL, best);
    }
    vec_release(&s.one);
    vec_release(&all.one);
    vec_release(&before.run.one);
    return whole;
}

/* Behind '('. */
static bool read_group(struct reader *r, struct set *out)
{
    struct set one = {0};
    bool whole = true;
    if (r->at < r->p.n && r->p.p[r->at] == '?') {
        if (r->at + 1 >= r->p.n || r->p.p[r->at + 1] != ':')
            r->failed = true;
        r->at += 2;
    } else if (r->at < r->p.n && r->p.p[r->at] == '*')
        r->failed = true;
    vec_clear(&out->one);
    r->failed |= ++r->depth > DEPTH_MAX;
    while (!r->failed) {
        whole &= sequence(r, &one, NULL);
        for (size_t i = 0; i < one.one.n && out->one.n <= PACK_NEED_TEXTS; i++)
            vec_push(&out->one, one.one.p[i]);
        if (r->at >= r->p.n) {
            r->failed = true;
            break;
        }
        if (r->p.p[r->at++] == ')')
            break;
    }
    r->depth--;
    whole &= !r->failed && out->one.n <= PACK_NEED_TEXTS;
    if (!whole)
        empty(out);
    vec_release(&one.one);
    return whole;
}

static void keep(struct pack_need *k, const struct set *s)
{
    for (size_t i = 0; i < s->one.n; i++) {
        const struct one *o = &s->one.p[i];
        uint16_t *code = arena_array(&k->a, uint16_t, o->n);
        memcpy(code, o->code, o->n * sizeof(*code));
        vec_push(&k->text, ((struct pack_need_text){code, o->n}));
    }
}

bool pack_need_find(struct pack_need *k, const struct pack_regex *rx, size_t window, struct pack_need_follow *f)
{
    struct reader r = {.k = k, .p = pack_regex_text(rx), .cased = pack_regex_cased(rx), .window = window};
    struct set run = {0};
    struct best best = {.cost = UINT64_MAX};
    size_t before = k->text.n;
    bool ok = true, several = false;
    while (ok) { /* each alternative of the whole expression must give its own */
        best.cost = UINT64_MAX;
        sequence(&r, &run, &best);
        bool more = r.at < r.p.n;
        ok = !r.failed && best.cost != UINT64_MAX && !(more && r.p.p[r.at] == ')');
        if (ok)
            keep(k, &best.set);
        if (!more)
            break;
        several = true;
        r.at++;
    }
    if (!ok)
        k->text.n = before;
    *f = (struct pack_need_follow){best.code, best.max, k->text.n, 0};
    if (ok && !several)
        keep(k, &best.follow);
    f->n = k->text.n - f->first;
    vec_release(&best.set.one);
    vec_release(&best.follow.one);
    vec_release(&run.one);
    return ok;
}

void pack_need_release(struct pack_need *k)
{
    vec_release(&k->class);
    vec_release(&k->text);
    arena_release(&k->a);
}
