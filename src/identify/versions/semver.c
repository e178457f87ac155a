#include "identify/versions/semver.h"

static bool idents_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!token_is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return true;
}

bool semver_read(struct str v, struct semver *out)
{
    *out = (struct semver){0};
    v = str_trim(v);
    if (v.n > LIMIT_VERSION)
        return false;
    while (v.n && (v.p[0] == '=' || v.p[0] == 'v' || v.p[0] == 'V' || v.p[0] == ' '))
        v = str_sub(v, 1, v.n);
    size_t plus = str_chr(v, '+');
    if (plus != STR_NONE) {
        out->build = str_sub(v, plus + 1, v.n);
        v = str_sub(v, 0, plus);
    }
    size_t i = 0;
    for (;;) {
        size_t n = token_digits(v, i);
        if (!n)
            return false;
        i += n;
        if (i + 1 >= v.n || v.p[i] != '.' || !token_is_digit(v.p[i + 1]))
            break;
        i++;
    }
    out->core = str_sub(v, 0, i);
    if (i == v.n)
        return true;
    out->has_pre = true;
    /* "1.2.3beta" and "1.2.beta" are read as "1.2.3-beta", as loose readers do */
    out->pre = str_sub(v, v.p[i] == '-' || v.p[i] == '.' ? i + 1 : i, v.n);
    return idents_ok(out->pre);
}

struct str semver_number(const struct semver *v, size_t i)
{
    struct str_split it = str_split_init(v->core, '.');
    struct str piece;
    while (str_split_next(&it, &piece))
        if (i-- == 0)
            return piece;
    return (struct str){0};
}

size_t semver_numbers(const struct semver *v)
{
    size_t n = 1;
    for (size_t i = 0; i < v->core.n; i++)
        n += v->core.p[i] == '.';
    return n;
}

int semver_cmp_core(const struct semver *a, const struct semver *b)
{
    struct str_split x = str_split_init(a->core, '.'), y = str_split_init(b->core, '.');
    for (;;) {
        struct str p = {0}, q = {0};
        bool more_x = str_split_next(&x, &p), more_y = str_split_next(&y, &q);
        if (!more_x && !more_y)
            return 0;
        int c = token_cmp_num(more_x ? p : (struct str){0}, more_y ? q : (struct str){0});
        if (c)
            return c;
    }
}

static int cmp_ident(struct str a, struct str b, bool blind)
{
    bool na = token_all_digits(a), nb = token_all_digits(b);
    if (na && nb)
        return token_cmp_num(a, b);
    if (na != nb)
        return na ? -1 : 1;
    return blind ? token_icmp(a, b) : token_cmp(a, b);
}

int semver_cmp_pre(const struct semver *a, const struct semver *b, bool blind)
{
    if (!a->has_pre || !b->has_pre)
        return (int)b->has_pre - (int)a->has_pre;
    struct str_split x = str_split_init(a->pre, '.'), y = str_split_init(b->pre, '.');
    for (;;) {
        struct str p, q;
        bool more_x = str_split_next(&x, &p), more_y = str_split_next(&y, &q);
        if (!more_x || !more_y)
            return (int)more_x - (int)more_y;
        int c = cmp_ident(p, q, blind);
        if (c)
            return c;
    }
}
