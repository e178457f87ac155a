/* str.h — a view of bytes: pointer and length, borrowed, not terminated.
 *
 * All functions are pure; case folding is ASCII only (Unicode: codec/text.h).
 */
#ifndef TOBAN_BASE_STR_H
#define TOBAN_BASE_STR_H

#include <string.h>
#include "base/defs.h"

struct str {
    const char *p; /* may be NULL when n is 0 */
    size_t n;
};

#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, ((s).p ? (s).p : "")
#define STR_LIT(s) ((struct str){"" s, sizeof(s) - 1})

static inline struct str str_of(const char *s)
{
    return (struct str){s, s ? strlen(s) : 0};
}
static inline struct str str_n(const char *p, size_t n)
{
    return (struct str){p, n};
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(struct str a, const char *lit)
{
    return str_eq(a, str_of(lit));
}
static inline bool str_empty(struct str a)
{
    return a.n == 0;
}
bool str_ieq(struct str a, struct str b);           /* ASCII case-blind */
bool str_is_i(struct str a, const char *lit);       /* ASCII case-blind */
int str_cmp(struct str a, struct str b);            /* bytes, shorter first */
bool str_starts(struct str s, const char *prefix);
bool str_starts_i(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_ends_i(struct str s, const char *suffix);
struct str str_trim(struct str s);                  /* ASCII space, tab, CR, LF, VT, FF */
struct str str_sub(struct str s, size_t from, size_t n); /* clipped to s */
#define STR_NONE ((size_t)-1)
size_t str_find(struct str s, struct str needle);   /* offset or STR_NONE */
size_t str_find_i(struct str s, struct str needle); /* ASCII case-blind */
size_t str_chr(struct str s, char c);               /* offset or STR_NONE */
/* Cuts the piece before the first c off *rest; false when *rest is used up.
 * "a,,b" gives "a", "", "b"; "" gives one empty piece. Start with started=false. */
struct str_split {
    struct str rest;
    char sep;
    bool done;
};
static inline struct str_split str_split_init(struct str s, char sep)
{
    return (struct str_split){s, sep, false};
}
bool str_split_next(struct str_split *it, struct str *piece);
/* The next line without its CR/LF; accepts LF, CRLF. False at the end. */
bool str_line_next(struct str *rest, struct str *line);
/* FNV-free 64-bit hash (XXH3). */
uint64_t str_hash(struct str s);
/* True when s is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);
/* Largest n' <= n that does not cut a UTF-8 character. */
size_t str_utf8_clip(const char *p, size_t n);

/* malloc family that aborts when memory is out. Free with free(). */
void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
void *mem_realloc(void *p, size_t n);
char *mem_dup(const void *p, size_t n); /* adds a NUL behind */

#endif
