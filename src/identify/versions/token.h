/* token.h — what the version schemes share: digit runs of any length, signs. */
#ifndef TOBAN_IDENTIFY_VERSIONS_TOKEN_H
#define TOBAN_IDENTIFY_VERSIONS_TOKEN_H

#include "base/base.h"

static inline bool token_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool token_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool token_is_alnum(char c)
{
    return token_is_digit(c) || token_is_alpha(c);
}
static inline char token_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
/* Is c one of the characters of set? Never for 0. */
static inline bool token_in(char c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}
static inline int token_sign(int64_t v)
{
    return (v > 0) - (v < 0);
}
/* Length of the run of digits (letters) at i. */
size_t token_digits(struct str s, size_t i);
size_t token_alphas(struct str s, size_t i);
bool token_all_digits(struct str s); /* and not empty */
/* Runs of digits as numbers of any length; "" is 0. -1, 0, 1. */
int token_cmp_num(struct str a, struct str b);
bool token_is_zero(struct str s);           /* all zeros, or empty */
int token_cmp(struct str a, struct str b);  /* bytes; a prefix comes first */
int token_icmp(struct str a, struct str b); /* the same, ASCII case-blind */
#endif
