/* num.h — numbers out of text, strictly. Nothing may stand before or behind. */
#ifndef TOBAN_BASE_NUM_H
#define TOBAN_BASE_NUM_H

#include "base/defs.h"
#include "base/str.h"

bool num_u64(struct str s, uint64_t *out);     /* digits only, no sign, no overflow */
bool num_i64(struct str s, int64_t *out);      /* optional '-' */
bool num_double(struct str s, double *out);    /* JSON's grammar, plus a leading '+' or '.'; '.' is the point whatever the locale; finite */
bool num_hex(struct str s, uint64_t *out);     /* 1..16 hex digits */
int num_hex_digit(char c);                     /* 0..15 or -1 */
/* Hex text to bytes; false when odd, too long or not hex. */
bool num_unhex(struct str s, unsigned char *out, size_t out_size, size_t *n);
void num_tohex(const unsigned char *p, size_t n, char *out /* 2n+1 */); /* lower case */

#endif
