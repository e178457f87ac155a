/* What every record that fits a condition has in its text: where the search for it begins. */
#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_rare.h"

#define DEPTH_MAX 2 /* times encoded */
#define ENCODED_MAX 4 /* characters of an encoded text: each has many forms */

/* The least ordinary piece of w that any way of writing a log leaves alone. */
static struct str piece(struct str w, bool glob)
{
    struct str best = {"", 0};
    unsigned cost = 0;
    size_t from = 0;
    for (size_t i = 0; i <= w.n; i++) {
        unsigned char c = i < w.n ? (unsigned char)w.p[i] : 0;
        if (c > ' ' && c < 127 && !strchr("\"'\\,+&;<>%", c) && !(glob && (c == '*' || c == '?')))
            continue;
        struct str s = str_sub(w, from, i - from);
        unsigned is = pack_rare_cost(s);
        if (s.n && (!best.n || is < cost || (is == cost && s.n > best.n))) {
            best = s;
            cost = is;
        }
        from = i + 1;
    }
    return best;
}

static struct str test_piece(const struct cond_test *t, uint32_t i)
{
    switch (t->op) {
    case COND_IS:
    case COND_CONTAINS:
    case COND_STARTS:
    case COND_ENDS:
        return piece(t->value[i], t->subject.source == COND_JOINED);
    case COND_LIKE:
        return piece(t->value[i], true);
    case COND_MATCHES:
        return piece(pack_regex_literal(t->rx[i]), t->subject.source == COND_JOINED);
    default:
        return (struct str){"", 0};
    }
}

/* How often the value was decoded on its way from the text; false: it is not in the text at all. */
static bool depth_of(const struct cond_value *v, unsigned *depth)
{
    unsigned other = 0;
    *depth = 0;
    if (v->source == COND_FIELD)
        return !(str_is(v->name, "log") || str_starts(v->name, "log.") || str_starts(v->name, "file."));
    if (v->of && !depth_of(v->of, depth))
        return false;
    if (v->of2 && !depth_of(v->of2, &other))
        return false;
    *depth = MAX(*depth, other) + (v->source == COND_DECODED || v->source == COND_URL_PATH || v->source == COND_QUERY);
    return true;
}

static bool add(const struct pack_cond_text *t, size_t min, struct pack_cond_text *out, size_t max, size_t *n)
{
    struct pack_cond_text x = *t;
    if (x.depth && x.text.n > ENCODED_MAX)
        x.text.n = ENCODED_MAX;
    bool sign = x.text.n >= 2 && pack_rare_cost(x.text) < pack_rare_cost(STR_LIT("abc"));
    if ((x.text.n < min && !sign) || *n >= max)
        return false;
    out[(*n)++] = x;
    return true;
}

static bool test_texts(const struct cond_test *t, size_t min, struct pack_cond_text *out, size_t max, size_t *n)
{
    struct pack_cond_text x = {0}, best = {0};
    unsigned cost = 0;
    if (!depth_of(&t->subject, &x.depth) || x.depth > DEPTH_MAX)
        return false;
    best.depth = x.depth;
    for (uint32_t i = 0; i < t->n; i++) {
        x.text = test_piece(t, i);
        if (!t->all) {
            if (!add(&x, min, out, max, n))
                return false;
            continue;
        }
        unsigned is = pack_rare_cost(x.text);
        if (!best.text.n || is < cost) {
            best = x;
            cost = is;
        }
    }
    return t->n > 0 && (!t->all || add(&best, min, out, max, n));
}

static unsigned long cost_of(const struct pack_cond_text *t, size_t n)
{
    unsigned long cost = 0;
    for (size_t i = 0; i < n; i++)
        cost += pack_rare_cost(t[i].text) + t[i].depth; /* plain texts are found faster */
    return cost;
}

/* Of an AND the part with the least ordinary texts; of an OR all parts. */
bool pack_cond_texts(const struct cond *c, size_t min, struct pack_cond_text *out, size_t max, size_t *n)
{
    size_t begin = *n, best = 0;
    unsigned long best_cost = 0;
    bool have = false;
    if (c->type == COND_TEST)
        return test_texts(c->test, min, out, max, n);
    if (c->type == COND_OR) {
        for (uint32_t i = 0; i < c->n; i++)
            if (!pack_cond_texts(c->sub[i], min, out, max, n))
                return false;
        return c->n > 0;
    }
    if (c->type != COND_AND)
        return c->type == COND_CONST && c->value == TRI_NO;
    for (uint32_t i = 0; i < c->n; i++) {
        *n = begin;
        if (!pack_cond_texts(c->sub[i], min, out, max, n) || *n == begin)
            continue;
        unsigned long cost = cost_of(out + begin, *n - begin);
        if (!have || cost < best_cost) {
            have = true;
            best_cost = cost;
            best = i;
        }
    }
    *n = begin;
    return have && pack_cond_texts(c->sub[best], min, out, max, n);
}

/* ---- encoded forms ---- */

static void add_byte(struct buf *b, unsigned char c, unsigned depth);

/* "%6a": the sign and each digit may again be encoded. */
static void add_hex(struct buf *b, unsigned char c, unsigned depth)
{
    static const char digit[] = "0123456789abcdef";
    buf_addc(b, '|');
    add_byte(b, '%', depth);
    add_byte(b, (unsigned char)digit[c >> 4], depth);
    add_byte(b, (unsigned char)digit[c & 15], depth);
}

static void add_byte(struct buf *b, unsigned char c, unsigned depth)
{
    bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
    if (!depth) {
        buf_printf(b, letter || (c >= '0' && c <= '9') ? "%c" : "\\x%02x", c);
        return;
    }
    buf_adds(b, "(?:");
    add_byte(b, c, depth - 1);
    add_hex(b, c, depth - 1);
    if (letter)
        add_hex(b, c ^ 32, depth - 1);
    buf_addc(b, ')');
}

void pack_cond_text_regex(const struct pack_cond_text *t, struct buf *out)
{
    for (size_t i = 0; i < t->text.n; i++)
        add_byte(out, (unsigned char)t->text.p[i], t->depth);
}
