/* Packagist: Composer compares with PHP's version_compare(). */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

static bool packagist_valid(struct str v)
{
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] <= 0x20 || (unsigned char)v.p[i] >= 0x7f)
            return false;
    return true;
}

/* The next run of digits or of letters. */
static struct str next(struct str *s)
{
    size_t i = 0;
    while (i < s->n && !token_is_alnum(s->p[i]))
        i++;
    size_t n = token_digits(*s, i);
    if (!n)
        n = token_alphas(*s, i);
    struct str piece = str_sub(*s, i, n);
    *s = str_sub(*s, i + n, s->n);
    return piece;
}

/* PHP looks at how a word begins, so "patch" is "p". Unknown words come first. */
static int rank(struct str s)
{
    static const struct {
        const char *prefix;
        int rank;
    } form[] = {{"dev", 0}, {"alpha", 1}, {"a", 1},  {"beta", 2}, {"b", 2},
                {"RC", 3},  {"rc", 3},    {"pl", 5}, {"p", 5}};
    if (!s.n || token_is_digit(s.p[0]))
        return 4;
    for (size_t i = 0; i < ARRAY_LEN(form); i++)
        if (str_starts(s, form[i].prefix))
            return form[i].rank;
    return -1;
}

static struct str drop_v(struct str s)
{
    s = str_trim(s);
    return s.n > 1 && (s.p[0] == 'v' || s.p[0] == 'V') && token_is_digit(s.p[1]) ? str_sub(s, 1, s.n) : s;
}

static int packagist_compare(struct str a, struct str b)
{
    if (!packagist_valid(a) || !packagist_valid(b))
        return VERSION_INVALID;
    a = drop_v(a);
    b = drop_v(b);
    for (;;) {
        struct str p = next(&a), q = next(&b);
        if (!p.n && !q.n)
            return 0;
        if (!p.n || !q.n) {
            struct str rest = p.n ? p : q;
            int c = token_is_digit(rest.p[0]) ? 1 : token_sign(rank(rest) - 4);
            if (c)
                return p.n ? c : -c;
            continue;
        }
        int c = token_is_digit(p.p[0]) && token_is_digit(q.p[0]) ? token_cmp_num(p, q)
                                                                 : token_sign(rank(p) - rank(q));
        if (c)
            return c;
    }
}

const struct scheme scheme_packagist = {
    .name = "packagist",
    .aliases = "composer php drupal wordpress",
    .compare = packagist_compare,
    .valid = packagist_valid,
};
