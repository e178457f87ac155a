#include "base/str.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool equal_fold(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool str_ieq(struct str a, struct str b)
{
    return a.n == b.n && equal_fold(a.p, b.p, a.n);
}

bool str_is_i(struct str a, const char *lit)
{
    return str_ieq(a, str_of(lit));
}

int str_cmp(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool str_starts_i(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && equal_fold(s.p, prefix, n);
}

bool str_ends(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

bool str_ends_i(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && equal_fold(s.p + s.n - n, suffix, n);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0]))
        s.p++, s.n--;
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    if (from > s.n)
        from = s.n;
    return (struct str){s.p ? s.p + from : NULL, MIN(n, s.n - from)};
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return STR_NONE;
    const char *q = memmem(s.p, s.n, needle.p, needle.n);
    return q ? (size_t)(q - s.p) : STR_NONE;
}

/* One pass over a block for each case of the first letter, and never far beyond the nearer of the two. */
size_t str_find_i(struct str s, struct str needle)
{
    enum { BLOCK = 256 };
    if (needle.n > s.n)
        return STR_NONE;
    if (needle.n == 0)
        return 0;
    char small = lower(needle.p[0]), big = small >= 'a' && small <= 'z' ? (char)(small - 32) : small;
    size_t starts = s.n - needle.n + 1; /* a match begins before this */
    for (size_t at = 0; at < starts; at += BLOCK) {
        const char *end = s.p + MIN(starts, at + BLOCK);
        const char *a = memchr(s.p + at, small, (size_t)(end - s.p) - at);
        const char *b = big != small ? memchr(s.p + at, big, (size_t)(end - s.p) - at) : NULL;
        while (a || b) {
            const char *p = !b || (a && a < b) ? a : b;
            if (equal_fold(p + 1, needle.p + 1, needle.n - 1))
                return (size_t)(p - s.p);
            if (p == a)
                a = memchr(p + 1, small, (size_t)(end - p - 1));
            else
                b = memchr(p + 1, big, (size_t)(end - p - 1));
        }
    }
    return STR_NONE;
}

size_t str_chr(struct str s, char c)
{
    const char *q = s.n ? memchr(s.p, c, s.n) : NULL;
    return q ? (size_t)(q - s.p) : STR_NONE;
}

bool str_split_next(struct str_split *it, struct str *piece)
{
    if (it->done)
        return false;
    size_t at = str_chr(it->rest, it->sep);
    if (at == STR_NONE) {
        *piece = it->rest;
        it->done = true;
    } else {
        *piece = str_sub(it->rest, 0, at);
        it->rest = str_sub(it->rest, at + 1, it->rest.n);
    }
    return true;
}

bool str_line_next(struct str *rest, struct str *line)
{
    if (rest->n == 0)
        return false;
    size_t at = str_chr(*rest, '\n');
    if (at == STR_NONE) {
        *line = *rest;
        *rest = str_sub(*rest, rest->n, 0);
    } else {
        *line = str_sub(*rest, 0, at);
        *rest = str_sub(*rest, at + 1, rest->n);
    }
    if (line->n && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

uint64_t str_hash(struct str s)
{
    return XXH3_64bits(s.p ? s.p : "", s.n);
}

/* Length of the well-formed character at p (1..4), 0 when malformed. */
static size_t utf8_char(const unsigned char *p, size_t n)
{
    unsigned c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t k = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n < k)
        return 0;
    for (size_t i = 1; i < k; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) ||
        (c == 0xF4 && p[1] > 0x8F))
        return 0;
    return k;
}

bool str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t w;
        if (i + 8 <= s.n && (memcpy(&w, p + i, 8), (w & 0x8080808080808080ULL) == 0)) {
            i += 8;
            continue;
        }
        size_t k = utf8_char(p + i, s.n - i);
        if (k == 0)
            return false;
        i += k;
    }
    return true;
}

size_t str_utf8_clip(const char *p, size_t n)
{
    size_t i = n;
    while (i > 0 && n - i < 4 && ((unsigned char)p[i - 1] & 0xC0) == 0x80)
        i--;
    if (i == 0)
        return n;
    unsigned char c = (unsigned char)p[i - 1];
    size_t want = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return i - 1 + want <= n ? n : i - 1;
}

void *mem_alloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p)
        abort();
    return p;
}

void *mem_zalloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p)
        abort();
    return p;
}

void *mem_realloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);
    if (!q)
        abort();
    return q;
}

char *mem_dup(const void *p, size_t n)
{
    char *q = mem_alloc(n + 1);
    if (n)
        memcpy(q, p, n);
    q[n] = 0;
    return q;
}
