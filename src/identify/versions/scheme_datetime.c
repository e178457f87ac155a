/* Moments of RFC 3339, with the capital T and Z that vers asks for. Compared as
 * instants, with fractions of any length. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

struct moment {
    int64_t second;      /* since 1970 */
    struct str fraction; /* digits, without zeros at the end */
};

/* Reads the digits that the picture asks for; other characters must agree. */
static bool read_picture(struct str s, const char *picture, int *out)
{
    size_t k = 0;
    for (size_t i = 0; picture[i]; i++) {
        char c = i < s.n ? s.p[i] : 0;
        bool digit = picture[i] >= '0' && picture[i] <= '9';
        if (digit ? !token_is_digit(c) : c != picture[i])
            return false;
        if (digit) {
            k = (size_t)(picture[i] - '0');
            out[k] = out[k] * 10 + (c - '0');
        }
    }
    return true;
}

static bool in_range(const int *v)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > days[v[1] - 1])
        return false;
    bool leap = (v[0] % 4 == 0 && v[0] % 100 != 0) || v[0] % 400 == 0;
    if (v[1] == 2 && v[2] == 29 && !leap)
        return false;
    return v[3] <= 23 && v[4] <= 59 && v[5] <= 60;
}

static bool read_moment(struct str s, struct moment *out)
{
    int v[6] = {0}, zone[2] = {0};
    *out = (struct moment){0};
    if (s.n > LIMIT_VERSION || !read_picture(s, "0000-11-22T33:44:55", v) || !in_range(v))
        return false;
    size_t i = 19;
    if (i < s.n && s.p[i] == '.') {
        size_t n = token_digits(s, i + 1);
        out->fraction = str_sub(s, i + 1, n);
        while (out->fraction.n && out->fraction.p[out->fraction.n - 1] == '0')
            out->fraction.n--;
        if (!n)
            return false;
        i += n + 1;
    }
    int64_t shift = 0;
    if (i < s.n && s.p[i] == 'Z' && i + 1 == s.n) {
        shift = 0;
    } else if (i + 6 == s.n && (s.p[i] == '+' || s.p[i] == '-') &&
               read_picture(str_sub(s, i + 1, 5), "00:11", zone) && zone[0] <= 23 && zone[1] <= 59) {
        shift = (s.p[i] == '-' ? -60 : 60) * (zone[0] * 60 + zone[1]);
    } else {
        return false;
    }
    out->second = clock_days(v[0], v[1], v[2]) * 86400 + v[3] * 3600 + v[4] * 60 + v[5] - shift;
    return true;
}

static bool datetime_valid(struct str v)
{
    struct moment m;
    return read_moment(v, &m);
}

static int datetime_compare(struct str a, struct str b)
{
    struct moment x, y;
    if (!read_moment(str_trim(a), &x) || !read_moment(str_trim(b), &y))
        return VERSION_INVALID;
    if (x.second != y.second)
        return x.second < y.second ? -1 : 1;
    return token_cmp(x.fraction, y.fraction);
}

const struct scheme scheme_datetime = {
    .name = "datetime",
    .aliases = "rfc3339",
    .compare = datetime_compare,
    .valid = datetime_valid,
};
