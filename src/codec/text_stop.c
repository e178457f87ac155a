/* Full stops that end a sentence, and those of abbreviations and numbers. */
#include "codec/text_reader.h"

static bool ascii_alpha(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool ascii_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool digit_before(const struct text_reader *r)
{
    return r->open && !r->blank && r->n > r->cur.start && ascii_digit((unsigned char)r->dst[r->n - 1]);
}

static bool abbreviation(const struct text_reader *r)
{
    static const char known[][8] = {"e.g", "i.e", "vs",  "etc", "inc",    "corp", "ltd",  "co",
                                    "mr",  "ms",  "dr",  "fig", "approx", "ver",  "v",    "jan",
                                    "feb", "mar", "apr", "jun", "jul",    "aug",  "sep",  "sept",
                                    "oct", "nov", "dec", "st",  "cf",     "al",   "dept", "u.s",
                                    "u.k", "a.m", "p.m", "rev", "sec",    "eq",   "gov",  "resp"};
    size_t at = r->n;
    while (at > r->cur.start && (ascii_alpha((unsigned char)r->dst[at - 1]) || r->dst[at - 1] == '.'))
        at--;
    struct str w = str_n(r->dst + at, r->n - at);
    if (w.n == 1 && w.p[0] != 'i')
        return true;
    char last[8] = ""; /* filled with zeros, as the words are */
    if (w.n >= sizeof(last))
        return false;
    memcpy(last, w.p, w.n);
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (memcmp(last, known[i], sizeof(last)) == 0)
            return true;
    return false;
}

bool text_reader_full_stop(const struct text_reader *r, char c)
{
    size_t at = r->pos + 1;
    while (at < r->src.n && (r->src.p[at] == '"' || r->src.p[at] == '\'' || r->src.p[at] == ')'))
        at++;
    if (at >= r->src.n)
        return true;
    unsigned char n = (unsigned char)r->src.p[at];
    if (n == '<')
        return true;
    if (n >= 0xE3)
        return r->ja > 0 && (c != '.' || !digit_before(r));
    if (n == 0xE2)
        return str_starts(str_n(r->src.p + at, r->src.n - at), "\xE2\x80\x9D");
    if (n > ' ')
        return false;
    if (c != '.')
        return true;
    while (at < r->src.n && (unsigned char)r->src.p[at] <= ' ')
        at++;
    if (at >= r->src.n)
        return true;
    n = (unsigned char)r->src.p[at];
    if (n >= 'a' && n <= 'z')
        return false;
    size_t w = r->n;
    if (ascii_digit(n) && w >= 2 && memcmp(r->dst + w - 2, "no", 2) == 0 &&
        (w < 3 || !ascii_alpha((unsigned char)r->dst[w - 3])))
        return false;
    return !abbreviation(r);
}
