#include "identify/versions/token.h"

size_t token_digits(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && token_is_digit(s.p[i + n]))
        n++;
    return n;
}

size_t token_alphas(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && token_is_alpha(s.p[i + n]))
        n++;
    return n;
}

bool token_all_digits(struct str s)
{
    return s.n > 0 && token_digits(s, 0) == s.n;
}

static struct str strip_zeros(struct str s)
{
    while (s.n && s.p[0] == '0')
        s = str_sub(s, 1, s.n);
    return s;
}

bool token_is_zero(struct str s)
{
    return strip_zeros(s).n == 0;
}

int token_cmp_num(struct str a, struct str b)
{
    a = strip_zeros(a);
    b = strip_zeros(b);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n ? token_sign(memcmp(a.p, b.p, a.n)) : 0;
}

int token_cmp(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? token_sign(c) : token_sign((int64_t)a.n - (int64_t)b.n);
}

int token_icmp(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        unsigned char x = (unsigned char)token_lower(a.p[i]), y = (unsigned char)token_lower(b.p[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return token_sign((int64_t)a.n - (int64_t)b.n);
}
