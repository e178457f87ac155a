/* RubyGems: numbers and words, a word makes it a pre-release. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

struct gem {
    struct str seg[LIMIT_VERSION + 1]; /* a "-" counts as the word "pre" */
    size_t n;
};

static bool gem_valid(struct str v)
{
    v = str_trim(v);
    if (v.n > LIMIT_VERSION || (v.n && !token_is_digit(v.p[0])))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!token_is_alnum(v.p[i]) && v.p[i] != '.' && v.p[i] != '-')
            return false;
    return v.n > 0;
}

static bool is_number(struct str s)
{
    return token_is_digit(s.p[0]);
}

/* Zeros at the end of the numbers before the first word, and at the very end, say nothing. */
static void drop_zeros(struct gem *g, size_t from, size_t to)
{
    size_t end = to;
    while (end > from && is_number(g->seg[end - 1]) && token_is_zero(g->seg[end - 1]))
        end--;
    memmove(&g->seg[end], &g->seg[to], (g->n - to) * sizeof(g->seg[0]));
    g->n -= to - end;
}

static void read_gem(struct str v, struct gem *g)
{
    g->n = 0;
    v = str_trim(v);
    for (size_t i = 0; i < v.n && g->n < LIMIT_VERSION;) {
        size_t n = token_digits(v, i);
        if (!n)
            n = token_alphas(v, i);
        if (n)
            g->seg[g->n++] = str_sub(v, i, n);
        else if (v.p[i] == '-')
            g->seg[g->n++] = STR_LIT("pre");
        i += n ? n : 1;
    }
    size_t word = 0;
    while (word < g->n && is_number(g->seg[word]))
        word++;
    drop_zeros(g, word, g->n);
    drop_zeros(g, 0, MIN(word, g->n));
}

static int gem_compare(struct str a, struct str b)
{
    static const struct str zero = STR_LIT("0");
    if (!gem_valid(a) || !gem_valid(b))
        return VERSION_INVALID;
    struct gem x, y;
    read_gem(a, &x);
    read_gem(b, &y);
    for (size_t i = 0; i < x.n || i < y.n; i++) {
        struct str p = i < x.n ? x.seg[i] : zero, q = i < y.n ? y.seg[i] : zero;
        bool np = is_number(p), nq = is_number(q);
        int c = np != nq ? (np ? 1 : -1) : np ? token_cmp_num(p, q) : token_cmp(p, q);
        if (c)
            return c;
    }
    return 0;
}

const struct scheme scheme_rubygems = {
    .name = "rubygems",
    .aliases = "gem ruby",
    .compare = gem_compare,
    .valid = gem_valid,
};
