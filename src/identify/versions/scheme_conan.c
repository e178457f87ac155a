/* Conan 2: items between dots, each a number or a text; zeros at the end say nothing;
 * "-pre" before, "+build" behind the same version without. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

struct conan {
    struct str main, pre, build;
    bool has_pre, has_build;
};

static bool read_conan(struct str v, struct conan *out)
{
    *out = (struct conan){0};
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] <= 0x20)
            return false;
    size_t plus = str_chr(v, '+');
    if (plus != STR_NONE) {
        out->has_build = true;
        out->build = str_sub(v, plus + 1, v.n);
        v = str_sub(v, 0, plus);
    }
    size_t dash = str_chr(v, '-');
    if (dash != STR_NONE) {
        out->has_pre = true;
        out->pre = str_sub(v, dash + 1, v.n);
        v = str_sub(v, 0, dash);
    }
    out->main = v;
    return v.n > 0;
}

static struct str drop_zeros(struct str s)
{
    for (;;) {
        size_t i = s.n;
        while (i > 0 && s.p[i - 1] != '.')
            i--;
        struct str last = str_sub(s, i, s.n);
        if (s.n && !(token_all_digits(last) && token_is_zero(last)))
            return s;
        if (i == 0)
            return (struct str){0};
        s = str_sub(s, 0, i - 1);
    }
}

static int cmp_item(struct str a, struct str b)
{
    if (token_all_digits(a) && token_all_digits(b))
        return token_cmp_num(a, b);
    return token_cmp(a, b);
}

static int cmp_items(struct str a, struct str b)
{
    a = drop_zeros(a);
    b = drop_zeros(b);
    struct str_split x = str_split_init(a, '.'), y = str_split_init(b, '.');
    for (;;) {
        struct str p, q;
        bool more_x = a.n && str_split_next(&x, &p), more_y = b.n && str_split_next(&y, &q);
        if (!more_x || !more_y)
            return (int)more_x - (int)more_y;
        int c = cmp_item(p, q);
        if (c)
            return c;
    }
}

static int conan_compare(struct str a, struct str b)
{
    struct conan x, y;
    if (!read_conan(a, &x) || !read_conan(b, &y))
        return VERSION_INVALID;
    int c = cmp_items(x.main, y.main);
    if (!c)
        c = (int)y.has_pre - (int)x.has_pre;
    if (!c)
        c = cmp_items(x.pre, y.pre);
    if (!c)
        c = (int)x.has_build - (int)y.has_build;
    return c ? c : cmp_items(x.build, y.build);
}

static bool conan_valid(struct str v)
{
    struct conan p;
    return read_conan(v, &p);
}

const struct scheme scheme_conan = {
    .name = "conan",
    .aliases = "conancenter",
    .compare = conan_compare,
    .valid = conan_valid,
};
