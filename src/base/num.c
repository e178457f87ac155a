#include "base/num.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

bool num_u64(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

bool num_i64(struct str s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    uint64_t v;
    if (!num_u64(str_sub(s, minus, s.n), &v))
        return false;
    if (v > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

/* Length of the digits at s.p[from]. */
static size_t digits_n(struct str s, size_t from)
{
    size_t i = from;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    return i - from;
}

/* RFC 8259 section 6, with a leading '+', and ".5" for "0.5". */
static bool double_grammar(struct str s)
{
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
    size_t whole = digits_n(s, i);
    if (whole > 1 && s.p[i] == '0')
        return false;
    i += whole;
    if (i < s.n && s.p[i] == '.') {
        size_t part = digits_n(s, i + 1);
        if (part == 0)
            return false;
        i += 1 + part;
    } else if (whole == 0) {
        return false;
    }
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
        size_t power = digits_n(s, i);
        if (power == 0)
            return false;
        i += power;
    }
    return i == s.n;
}

bool num_double(struct str s, double *out)
{
    char tmp[64];
    if (s.n >= sizeof(tmp) || !double_grammar(s))
        return false;
    memcpy(tmp, s.p, s.n);
    tmp[s.n] = 0;
    char *end;
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", NULL);
    double v = strtod_l(tmp, &end, c);
    freelocale(c);
    if (end != tmp + s.n || !isfinite(v))
        return false;
    *out = v;
    return true;
}

int num_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool num_hex(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > 16)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = num_hex_digit(s.p[i]);
        if (d < 0)
            return false;
        v = v << 4 | (uint64_t)d;
    }
    *out = v;
    return true;
}

bool num_unhex(struct str s, unsigned char *out, size_t out_size, size_t *n)
{
    if (s.n % 2 || s.n / 2 > out_size)
        return false;
    for (size_t i = 0; i < s.n; i += 2) {
        int a = num_hex_digit(s.p[i]), b = num_hex_digit(s.p[i + 1]);
        if (a < 0 || b < 0)
            return false;
        out[i / 2] = (unsigned char)(a << 4 | b);
    }
    *n = s.n / 2;
    return true;
}

void num_tohex(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
    out[2 * n] = 0;
}
