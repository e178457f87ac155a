#include "identify/name_scan.h"

struct scanner {
    const struct name_rules *r;
    const struct name_fold *f;
    struct name_scan *out;
    bool build; /* the next number is a build */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

static size_t edge_next(const struct name_fold *f, size_t at)
{
    for (at++; at < f->key.n && !name_edge(f, at);)
        at++;
    return at;
}

static struct str flat_of(const struct name_fold *f, size_t at, size_t end)
{
    size_t last = f->at[end - 1] + 1;
    while (last < f->flat.n && ((unsigned char)f->flat.p[last] & 0xC0) == 0x80)
        last++;
    return str_sub(f->flat, f->at[at], last - f->at[at]);
}

static struct name_seg *seg_add(struct scanner *s, enum name_seg_kind kind, size_t at, size_t n)
{
    struct name_seg *g = s->out->n ? &s->out->seg[s->out->n - 1] : NULL;
    bool joined = g && kind == NAME_SEG_WORD && g->kind == kind && g->at + g->n == at &&
                  name_sep(s->f, at) == NAME_SEP_NONE;
    if (joined || s->out->n == NAME_SEGS) {
        g->n = (uint32_t)(at + n - g->at);
    } else {
        g = &s->out->seg[s->out->n++];
        *g = (struct name_seg){.kind = kind, .at = (uint32_t)at, .n = (uint32_t)n};
        g->paren = (s->f->mark[at] & NAME_F_PAREN) != 0;
    }
    g->text = flat_of(s->f, g->at, g->at + g->n);
    return g;
}

/* A number right behind an update's name: "19" of "CU19", "3a" of "U3a". Its end in the key. */
static size_t number_end(const struct name_fold *f, size_t at)
{
    size_t end = at;
    while (end < f->key.n && (is_digit(f->key.p[end]) || f->key.p[end] == '.') &&
           (end == at || name_sep(f, end) == NAME_SEP_NONE))
        end++;
    bool letter =
        end < f->key.n && f->key.p[end] >= 'a' && f->key.p[end] <= 'z' && name_sep(f, end) == NAME_SEP_NONE;
    return letter && name_edge(f, end + 1) ? end + 1 : end;
}

/* Length of an update's name at `at` that a number follows, or 0. */
static size_t update_at(const struct name_rules *r, const struct name_fold *f, size_t at, size_t *first)
{
    size_t n, len = name_rules_longest(r, f, at, NAME_KEY_UPDATE, first, &n);
    if (!len || at + len >= f->key.n || !is_digit(f->key.p[at + len]))
        return 0;
    enum name_sep sep = name_sep(f, at + len);
    if (sep == NAME_SEP_HARD || (len == 1 && sep != NAME_SEP_NONE))
        return 0;
    while (r->key.p[*first].kind != NAME_KEY_UPDATE)
        (*first)++;
    return len;
}

#define ALIASES (NAME_KEY_PRODUCT | NAME_KEY_VENDOR | NAME_KEY_NOISE)

/* Whether a version must end before this byte of the key: an alias or an update begins. */
static bool version_stops(const struct scanner *s, size_t k, bool separated)
{
    size_t first, n;
    if (k >= s->f->key.n || !name_edge(s->f, k))
        return false;
    if (update_at(s->r, s->f, k, &first))
        return true;
    return separated && name_rules_longest(s->r, s->f, k, ALIASES, &first, &n) > 1;
}

/* "(4)" of "15.2(4)E7": how many bytes, 0 when it is not part of a version. */
static size_t bracket_part(struct str flat, size_t i, bool dotted)
{
    size_t k = i + 1;
    if (!dotted || i == 0 || !is_digit(flat.p[i - 1]) || k >= flat.n || !is_digit(flat.p[k]))
        return 0;
    while (k < flat.n && is_alnum(flat.p[k]) && k - i < 6)
        k++;
    return k < flat.n && flat.p[k] == ')' ? k + 1 - i : 0;
}

/* What may follow a hyphen or underline inside a version: "-88.16", "-s2", "-x"; not "-libs". */
static bool part_follows(struct str flat, size_t i)
{
    size_t letters = 0;
    while (i + letters < flat.n && flat.p[i + letters] >= 'a' && flat.p[i + letters] <= 'z')
        letters++;
    size_t behind = i + letters;
    bool digit = behind < flat.n && is_digit(flat.p[behind]);
    bool end =
        behind == flat.n || (!is_digit(flat.p[behind]) && flat.p[behind] != '-' && flat.p[behind] != '_');
    return letters == 0 || (digit && letters <= 2) || (end && letters == 1);
}

/* Reads a version that begins at byte `at` of the key; its end in the key. */
static size_t version_read(const struct scanner *s, size_t at)
{
    struct str flat = s->f->flat;
    size_t i = s->f->at[at], k = at;
    bool dotted = false;
    while (i < flat.n) {
        char c = flat.p[i];
        if (is_alnum(c)) {
            if (k > at && version_stops(s, k, false))
                break;
            k++;
            i++;
        } else if (c == '.' || c == '-' || c == '_' || c == '+' || c == '~') {
            size_t next = k + (k < s->f->key.n && s->f->at[k] == i);
            if (i + 1 >= flat.n || !is_alnum(flat.p[i + 1]) || version_stops(s, next, true) ||
                ((c == '-' || c == '_') && !part_follows(flat, i + 1)))
                break;
            dotted |= c == '.';
            k = next;
            i++;
        } else if (c == '(') {
            size_t n = bracket_part(flat, i, dotted);
            if (!n || version_stops(s, k, true))
                break;
            k += n - 2;
            i += n;
        } else {
            break;
        }
    }
    return MAX(k, at + 1);
}

/* "v" or "r" glued to a number. */
static bool lettered_number(const struct name_fold *f, size_t at, char letter)
{
    return f->key.p[at] == letter && at + 1 < f->key.n && is_digit(f->key.p[at + 1]) &&
           name_sep(f, at + 1) == NAME_SEP_NONE;
}

/* "2aci" of "docker2aci" is no version: three letters or more right behind the first digits. */
static bool version_like(struct str t)
{
    size_t i = 0, letters = 0;
    while (i < t.n && !is_digit(t.p[i]))
        i++;
    while (i < t.n && is_digit(t.p[i]))
        i++;
    while (i + letters < t.n && t.p[i + letters] >= 'a' && t.p[i + letters] <= 'z')
        letters++;
    return letters < 3;
}

static size_t take_version(struct scanner *s, size_t at)
{
    size_t end = version_read(s, at);
    enum name_seg_kind kind = version_like(flat_of(s->f, at, end)) ? NAME_SEG_VERSION : NAME_SEG_WORD;
    struct name_seg *g = seg_add(s, kind, at, end - at);
    if (g->kind == NAME_SEG_VERSION) {
        /* flat_of stops at the last byte kept in the key; a closing bracket is not. */
        size_t stop = (size_t)(g->text.p - s->f->flat.p) + g->text.n;
        if (stop < s->f->flat.n && s->f->flat.p[stop] == ')' && str_chr(g->text, '(') != STR_NONE)
            g->text.n++;
        g->build = s->build;
    }
    s->build = false;
    return end;
}

static size_t take_alias(struct scanner *s, size_t at, size_t len, size_t first, size_t n)
{
    unsigned kinds = 0;
    for (size_t i = first; i < first + n; i++)
        kinds |= s->r->key.p[i].kind;
    enum name_seg_kind kind = kinds & NAME_KEY_PRODUCT  ? NAME_SEG_PRODUCT
                              : kinds & NAME_KEY_VENDOR ? NAME_SEG_VENDOR
                                                        : NAME_SEG_NOISE;
    struct name_seg *g = seg_add(s, kind, at, len);
    if (g->kind == kind) {
        g->first = first;
        g->count = n;
        g->both = (kinds & (NAME_KEY_PRODUCT | NAME_KEY_VENDOR)) == (NAME_KEY_PRODUCT | NAME_KEY_VENDOR);
    }
    return at + len;
}

static size_t take_word(struct scanner *s, size_t at)
{
    size_t end = edge_next(s->f, at);
    enum name_class c = name_class(s->f, at);
    if (c == NAME_C_LETTER || c == NAME_C_DIGIT)
        while (end < s->f->key.n && name_sep(s->f, end) == NAME_SEP_NONE &&
               (name_class(s->f, end) == NAME_C_LETTER || name_class(s->f, end) == NAME_C_DIGIT))
            end = edge_next(s->f, end);
    (void)seg_add(s, NAME_SEG_WORD, at, end - at);
    return end;
}

/* One segment; where the next begins. */
static size_t step(struct scanner *s, size_t at)
{
    const struct name_fold *f = s->f;
    size_t first = 0, n = 0, ufirst = 0, ulen = update_at(s->r, f, at, &ufirst);
    size_t len = name_rules_alias(s->r, f, at, ALIASES, &first, &n);
    if (ulen && ulen >= len) {
        size_t end = number_end(f, at + ulen);
        struct name_seg *g = seg_add(s, NAME_SEG_UPDATE, at, end - at);
        g->text = flat_of(f, at + ulen, end);
        g->ref = s->r->key.p[ufirst].ref;
        return end;
    }
    if (len)
        return take_alias(s, at, len, first, n);
    len = name_rules_longest(s->r, f, at, NAME_KEY_BUILD | NAME_KEY_VERSION, &first, &n);
    if (len && at + len < f->key.n && is_digit(f->key.p[at + len]) &&
        !(len > 1 && name_sep(f, at + len) == NAME_SEP_HARD && f->flat.p[f->at[at + len] - 1] == '(')) {
        s->build = s->r->key.p[first].kind == NAME_KEY_BUILD;
        return take_version(s, at + len);
    }
    if (is_digit(f->key.p[at]) || lettered_number(f, at, 'r'))
        return take_version(s, at);
    return take_word(s, at);
}

void name_scan(const struct name_rules *r, const struct name_fold *f, struct arena *a, struct name_scan *out)
{
    struct scanner s = {.r = r, .f = f, .out = out};
    out->seg = arena_array(a, struct name_seg, NAME_SEGS);
    out->n = 0;
    for (size_t at = 0; at < f->key.n;)
        at = step(&s, at);
}
