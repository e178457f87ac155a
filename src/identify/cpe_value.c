#include "identify/cpe_value.h"

void cpe_value_store(struct cpe *out, enum cpe_attr x, struct str canonical, bool wild)
{
    uint16_t bit = (uint16_t)(1U << x);
    out->any &= (uint16_t)~bit;
    out->na &= (uint16_t)~bit;
    out->wild &= (uint16_t)~bit;
    if (canonical.n == 1 && canonical.p[0] == '*') {
        out->any |= bit;
        canonical = STR_LIT("*");
    } else if (canonical.n == 1 && canonical.p[0] == '-') {
        out->na |= bit;
    } else if (wild) {
        out->wild |= bit;
    }
    out->attr[x] = canonical;
}

/* language[-region] (NISTIR 7695, 5.3.3.6) */
bool cpe_value_is_language(struct str s)
{
    size_t dash = str_chr(s, '-');
    struct str lang = dash == STR_NONE ? s : str_sub(s, 0, dash);
    if (lang.n < 2 || lang.n > 3)
        return false;
    for (size_t i = 0; i < lang.n; i++)
        if (lang.p[i] < 'a' || lang.p[i] > 'z')
            return false;
    if (dash == STR_NONE)
        return true;
    struct str region = str_sub(s, dash + 1, s.n);
    size_t letters = 0, digits = 0;
    for (size_t i = 0; i < region.n; i++) {
        letters += region.p[i] >= 'a' && region.p[i] <= 'z';
        digits += region.p[i] >= '0' && region.p[i] <= '9';
    }
    return (region.n == 2 && letters == 2) || (region.n == 3 && digits == 3);
}

/* Already canonical and without wildcards: the common case, which must not allocate. */
static bool is_canonical(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (cpe_value_bare(c))
            continue;
        if (c != '\\' || i + 1 == s.n)
            return false;
        unsigned char q = (unsigned char)s.p[++i];
        if (!cpe_value_print(q) || cpe_value_bare(q) || (q >= 'A' && q <= 'Z'))
            return false;
    }
    return s.n > 0;
}

/* Length of the wildcard that begins (or, from the back, ends) the value:
 * one '*' or a run of '?'. */
static size_t lead_wild(struct str s)
{
    if (s.n && s.p[0] == '*')
        return 1;
    size_t n = 0;
    while (n < s.n && s.p[n] == '?')
        n++;
    return n;
}

static bool is_escaped(struct str s, size_t i)
{
    size_t n = 0;
    while (i > 0 && s.p[i - 1] == '\\') {
        n++;
        i--;
    }
    return n % 2 == 1;
}

static size_t tail_wild(struct str s, size_t lead)
{
    if (s.n > lead && s.p[s.n - 1] == '*' && !is_escaped(s, s.n - 1))
        return 1;
    size_t n = 0;
    while (s.n > lead + n && s.p[s.n - 1 - n] == '?' && !is_escaped(s, s.n - 1 - n))
        n++;
    return n;
}

struct writer {
    char *p;
    size_t n;
    unsigned repairs;
    bool bad; /* bytes that no name may have */
};

static void put(struct writer *w, unsigned char c, bool quoted)
{
    if (c >= 'A' && c <= 'Z')
        c = (unsigned char)(c + 32);
    if (!cpe_value_bare(c)) {
        w->p[w->n++] = '\\';
        if (!quoted)
            w->repairs |= c == '*' || c == '?' ? CPE_REPAIR_WILDCARD : CPE_REPAIR_ESCAPE;
    } else if (quoted) {
        w->repairs |= CPE_REPAIR_ESCAPE;
    }
    w->p[w->n++] = (char)c;
}

/* The part between the wildcards. */
static void put_core(struct writer *w, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool quoted = c == '\\' && i + 1 < s.n;
        if (quoted)
            c = (unsigned char)s.p[++i];
        uint64_t hex;
        if (!quoted && c == '%' && i + 2 < s.n && num_hex(str_sub(s, i + 1, 2), &hex) &&
            cpe_value_print((unsigned char)hex)) {
            c = (unsigned char)hex;
            i += 2;
            w->repairs |= CPE_REPAIR_PERCENT;
            quoted = !cpe_value_bare(c);
        }
        if (c == ' ' || c == '\t') {
            c = '_';
            quoted = false;
            w->repairs |= CPE_REPAIR_SPACE;
        }
        if (!cpe_value_print(c))
            w->bad = true;
        else
            put(w, c, quoted);
    }
}

int cpe_value_read(struct arena *a, struct str raw, struct cpe *out, enum cpe_attr x, bool strict,
                   unsigned *repairs)
{
    if (raw.n == 1 && (raw.p[0] == '*' || raw.p[0] == '-')) {
        cpe_value_store(out, x, raw, false);
        return 0;
    }
    if (raw.n == 0) {
        *repairs |= CPE_REPAIR_EMPTY;
        cpe_value_store(out, x, STR_LIT("*"), false);
        return strict ? ERR_INPUT : 0;
    }
    struct writer w = {0};
    bool wild = false;
    if (is_canonical(raw)) {
        cpe_value_store(out, x, raw, false);
    } else if (raw.n == 2 && raw.p[0] == '\\' && raw.p[1] == '-') {
        cpe_value_store(out, x, raw, false);
    } else {
        struct str v = str_trim(raw);
        if (v.n != raw.n)
            w.repairs |= CPE_REPAIR_SPACE;
        size_t lead = lead_wild(v), tail = tail_wild(v, lead);
        struct str core = str_sub(v, lead, v.n - lead - tail);
        w.p = arena_alloc(a, 2 * v.n + 3);
        if (lead)
            memcpy(w.p, v.p, lead);
        w.n = lead;
        put_core(&w, core);
        if (tail)
            memcpy(w.p + w.n, v.p + v.n - tail, tail);
        w.n += tail;
        wild = lead + tail > 0;
        if (w.bad)
            return ERR_INPUT;
        if (wild && core.n == 0)
            w.repairs |= CPE_REPAIR_WILDCARD;
        if (w.n == 0) {
            w.p[w.n++] = '*';
            w.repairs |= CPE_REPAIR_EMPTY;
        }
        cpe_value_store(out, x, str_n(w.p, w.n), wild);
    }
    if (x == CPE_LANGUAGE && cpe_has(out, x) && !cpe_value_is_language(out->attr[x]))
        w.repairs |= CPE_REPAIR_LANGUAGE;
    *repairs |= w.repairs;
    return strict && w.repairs ? ERR_INPUT : 0;
}

void cpe_set(struct arena *a, struct cpe *c, enum cpe_attr x, struct str plain)
{
    plain = str_trim(plain);
    if (plain.n == 0) {
        cpe_value_store(c, x, STR_LIT("*"), false);
        return;
    }
    struct writer w = {.p = arena_alloc(a, 2 * plain.n + 2)};
    for (size_t i = 0; i < plain.n; i++) {
        unsigned char ch = (unsigned char)plain.p[i];
        if (ch == ' ' || ch == '\t')
            ch = '_';
        if (cpe_value_print(ch))
            put(&w, ch, true);
    }
    if (w.n == 1 && w.p[0] == '-') {
        w.p[0] = '\\';
        w.p[1] = '-';
        w.n = 2;
    }
    cpe_value_store(c, x, w.n ? str_n(w.p, w.n) : STR_LIT("*"), false);
}

struct str cpe_plain(struct arena *a, const struct cpe *c, enum cpe_attr x)
{
    if (!cpe_has(c, x))
        return (struct str){0};
    struct str v = c->attr[x];
    if (str_chr(v, '\\') == STR_NONE)
        return v;
    char *p = arena_alloc(a, v.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '\\' && i + 1 < v.n)
            i++;
        p[n++] = v.p[i];
    }
    p[n] = 0;
    return str_n(p, n);
}
