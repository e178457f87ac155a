#include "identify/inventories/inventory_fold.h"

#include <utf8proc.h>

static bool is_ascii(struct str s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++)
        all |= (unsigned char)s.p[i];
    return all < 0x80;
}

/* NFKC leaves ASCII alone. */
static struct str ascii(struct arena *a, struct str s, bool fold)
{
    char *q = arena_dup(a, s.p, s.n);
    for (size_t i = 0; i < s.n && fold; i++)
        if (q[i] >= 'A' && q[i] <= 'Z')
            q[i] = (char)(q[i] - 'A' + 'a');
    return str_n(q, s.n);
}

static struct str map(struct arena *a, struct str s, bool fold)
{
    utf8proc_uint8_t *q = NULL;
    unsigned options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | (fold ? UTF8PROC_CASEFOLD : 0U);
    if (s.n == 0)
        return (struct str){0};
    if (is_ascii(s))
        return ascii(a, s, fold);
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &q, (utf8proc_option_t)options);
    if (n < 0)
        return arena_str(a, s);
    struct str out = arena_str(a, str_n((const char *)q, (size_t)n));
    free(q);
    return out;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* NFKC has made every blank of Unicode an ASCII one, except zero width. Writes in place. */
static struct str squeeze(struct str s, bool all)
{
    s = str_trim(s);
    char *w = (char *)s.p; /* ours: map copied it */
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (is_blank(s.p[i])) {
            if (!all && n && w[n - 1] != ' ')
                w[n++] = ' ';
            continue;
        }
        if (str_starts(str_sub(s, i, 3), "\u200B") || str_starts(str_sub(s, i, 3), "\uFEFF")) {
            i += 2;
            continue;
        }
        w[n++] = s.p[i];
    }
    return str_n(s.p, n);
}

struct str inventory_fold(struct arena *a, struct str s)
{
    return squeeze(map(a, s, true), false);
}

struct str inventory_fold_word(struct arena *a, struct str s)
{
    return squeeze(map(a, s, true), true);
}

struct str inventory_fold_header(struct arena *a, struct str s)
{
    static const char *const gone[] = {"ー", "※", "★", "●", "■", "◆", "_", "-", "*"};
    s = inventory_fold_word(a, s);
    char *w = (char *)s.p;
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        size_t k = 0;
        for (size_t j = 0; j < ARRAY_LEN(gone) && k == 0; j++)
            if (str_starts(str_sub(s, i, 4), gone[j]))
                k = strlen(gone[j]);
        if (k == 0)
            w[n++] = s.p[i++];
        i += k;
    }
    return str_n(s.p, n);
}

struct str inventory_fold_number(struct arena *a, struct str s)
{
    s = squeeze(map(a, s, false), true);
    char *w = (char *)s.p;
    for (size_t i = 0; i < s.n; i++)
        if (w[i] >= 'a' && w[i] <= 'z')
            w[i] = (char)(w[i] - 'a' + 'A');
    return s;
}
