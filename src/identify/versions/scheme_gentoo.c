/* Gentoo: Package Manager Specification, "Version Comparison". */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

struct ebuild {
    struct str numbers, suffixes, revision;
    char letter;
};

static int suffix_rank(struct str word)
{
    static const char *const name[] = {"alpha", "beta", "pre", "rc", "p"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        if (str_is(word, name[i]))
            return (int)i + 1;
    return 0;
}

/* "_rc3" off the front of *s. */
static bool next_suffix(struct str *s, int *rank, struct str *number)
{
    if (!s->n || s->p[0] != '_')
        return false;
    size_t w = token_alphas(*s, 1), d = token_digits(*s, 1 + w);
    *rank = suffix_rank(str_sub(*s, 1, w));
    *number = str_sub(*s, 1 + w, d);
    if (*rank == 0)
        return false;
    *s = str_sub(*s, 1 + w + d, s->n);
    return true;
}

static bool read_ebuild(struct str v, struct ebuild *out)
{
    *out = (struct ebuild){0};
    v = str_trim(v);
    if (v.n > LIMIT_VERSION)
        return false;
    size_t i = token_digits(v, 0);
    if (!i)
        return false;
    while (i + 1 < v.n && v.p[i] == '.' && token_is_digit(v.p[i + 1]))
        i += 1 + token_digits(v, i + 1);
    out->numbers = str_sub(v, 0, i);
    if (i < v.n && v.p[i] >= 'a' && v.p[i] <= 'z')
        out->letter = v.p[i++];
    struct str rest = str_sub(v, i, v.n), number;
    int rank;
    while (next_suffix(&rest, &rank, &number))
        ;
    out->suffixes = str_sub(v, i, v.n - i - rest.n);
    if (!rest.n)
        return true;
    out->revision = str_sub(rest, 2, rest.n);
    return str_starts(rest, "-r") && token_all_digits(out->revision);
}

static struct str strip_tail_zeros(struct str s)
{
    while (s.n && s.p[s.n - 1] == '0')
        s.n--;
    return s;
}

static int cmp_numbers(struct str a, struct str b)
{
    struct str_split x = str_split_init(a, '.'), y = str_split_init(b, '.');
    for (bool first = true;; first = false) {
        struct str p, q;
        bool more_x = str_split_next(&x, &p), more_y = str_split_next(&y, &q);
        if (!more_x || !more_y)
            return (int)more_x - (int)more_y;
        int c;
        if (!first && (p.p[0] == '0' || q.p[0] == '0'))
            c = token_cmp(strip_tail_zeros(p), strip_tail_zeros(q));
        else
            c = token_cmp_num(p, q);
        if (c)
            return c;
    }
}

static int cmp_suffixes(struct str a, struct str b)
{
    for (;;) {
        int rank_a = 0, rank_b = 0;
        struct str p = {0}, q = {0};
        bool more_a = next_suffix(&a, &rank_a, &p), more_b = next_suffix(&b, &rank_b, &q);
        if (!more_a && !more_b)
            return 0;
        /* one has more: a patch is newer, a pre-release older */
        if (!more_b)
            return rank_a == 5 ? 1 : -1;
        if (!more_a)
            return rank_b == 5 ? -1 : 1;
        int c = rank_a != rank_b ? token_sign(rank_a - rank_b) : token_cmp_num(p, q);
        if (c)
            return c;
    }
}

static int gentoo_compare(struct str a, struct str b)
{
    struct ebuild x, y;
    if (!read_ebuild(a, &x) || !read_ebuild(b, &y))
        return VERSION_INVALID;
    int c = cmp_numbers(x.numbers, y.numbers);
    if (!c)
        c = token_sign(x.letter - y.letter);
    if (!c)
        c = cmp_suffixes(x.suffixes, y.suffixes);
    return c ? c : token_cmp_num(x.revision, y.revision);
}

static bool gentoo_valid(struct str v)
{
    struct ebuild e;
    return read_ebuild(v, &e);
}

const struct scheme scheme_gentoo = {
    .name = "gentoo",
    .aliases = "ebuild portage",
    .compare = gentoo_compare,
    .valid = gentoo_valid,
};
