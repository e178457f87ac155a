/* Looking things up in text that has been read: places and identifiers. */
#include "codec/text.h"

#include "codec/text_fold.h"
#include "codec/text_reader.h"

static bool ascii_alpha(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool ascii_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t source_at(const struct text *t, uint32_t folded)
{
    size_t lo = 0, hi = t->runs;
    if (!hi)
        return 0;
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (t->run[mid].folded <= folded)
            lo = mid;
        else
            hi = mid;
    }
    uint32_t at = t->run[lo].source + (folded - t->run[lo].folded);
    /* characters that grew in folding end where the next run begins */
    uint32_t bound = lo + 1 < t->runs ? t->run[lo + 1].source : (uint32_t)t->source.n;
    return MIN(at, bound);
}

uint32_t text_source_start(const struct text *t, uint32_t folded)
{
    uint32_t at = source_at(t, folded);
    while (at > 0 && at < t->source.n && ((unsigned char)t->source.p[at] & 0xC0) == 0x80)
        at--;
    return at;
}

uint32_t text_source_end(const struct text *t, uint32_t folded)
{
    if (!folded)
        return 0;
    uint32_t at = MIN(source_at(t, folded - 1) + 1, (uint32_t)t->source.n);
    while (at < t->source.n && ((unsigned char)t->source.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

struct str text_fold_word(struct str word, struct arena *a)
{
    struct buf b = BUF_INIT(word.n * TEXT_FOLD_MAX + 1);
    while (word.n) {
        uint32_t cp;
        size_t k = text_fold_decode(word, &cp);
        char out[TEXT_FOLD_MAX];
        size_t m = text_fold_char(cp, out);
        word = str_sub(word, k, word.n);
        char last = b.n ? b.p[b.n - 1] : 0;
        if (m == 1 && out[0] == '-' && ascii_alpha((unsigned char)last) && word.n &&
            ascii_alpha((unsigned char)word.p[0]))
            out[0] = ' ';
        if (m != 1 || out[0] != ' ' || last != ' ')
            buf_add(&b, out, m);
    }
    struct str folded = str_n(arena_dup(a, buf_cstr(&b), b.n), b.n);
    buf_release(&b);
    return folded;
}

static size_t digits_from(struct str s, size_t at)
{
    while (at < s.n && ascii_digit((unsigned char)s.p[at]))
        at++;
    return at;
}

static size_t separators_from(struct str s, size_t at)
{
    size_t max = at + 3;
    while (at < s.n && at < max && (s.p[at] == ' ' || s.p[at] == '-'))
        at++;
    return at;
}

/* The identifier whose 'v' stands at i: where it ends; 0 when there is none. */
static size_t identifier(struct str s, size_t i, size_t from, char id[TEXT_CVE_SIZE])
{
    if (i < from + 1 || s.p[i - 1] != 'c' || i + 1 >= s.n || s.p[i + 1] != 'e')
        return 0;
    if (i >= 2 && (ascii_alpha((unsigned char)s.p[i - 2]) || ascii_digit((unsigned char)s.p[i - 2])))
        return 0;
    size_t year = separators_from(s, i + 2), behind = digits_from(s, year);
    size_t number = separators_from(s, behind), end = digits_from(s, number);
    if (behind - year != 4 || number == behind || end - number < 4 || end - number > 19)
        return 0;
    memcpy(id, "CVE-", 4);
    memcpy(id + 4, s.p + year, 4);
    id[8] = '-';
    memcpy(id + 9, s.p + number, end - number);
    id[9 + end - number] = 0;
    return end;
}

bool text_cve_next(struct str folded, uint32_t *pos, uint32_t *end, char id[TEXT_CVE_SIZE])
{
    for (size_t at = *pos; at + 11 < folded.n;) {
        const char *v = memchr(folded.p + at, 'v', folded.n - at);
        if (!v)
            return false;
        size_t i = (size_t)(v - folded.p);
        size_t behind = identifier(folded, i, *pos, id);
        if (behind) {
            *pos = (uint32_t)(i - 1);
            *end = (uint32_t)behind;
            return true;
        }
        at = i + 1;
    }
    return false;
}
