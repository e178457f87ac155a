/* buf.h — a growing byte string born with a maximum.
 *
 * Once the maximum would be crossed the buffer becomes "full": further appends
 * change nothing and return false. Callers may check once, at the end
 * (buf_full). The contents always have a NUL behind them.
 */
#ifndef TOBAN_BASE_BUF_H
#define TOBAN_BASE_BUF_H

#include <stdarg.h>
#include "base/defs.h"
#include "base/str.h"

struct buf {
    char *p; /* owns; NULL until the first append */
    size_t n, cap, max;
    bool full;
};

#define BUF_INIT(maximum) ((struct buf){.max = (maximum)})

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, forgets "full" */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_adds(struct buf *b, const char *s);
bool buf_add_str(struct buf *b, struct str s);
bool buf_addc(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap);
bool buf_add_utf8(struct buf *b, uint32_t codepoint);
bool buf_reserve(struct buf *b, size_t more); /* room for more bytes at p+n */
const char *buf_cstr(const struct buf *b);    /* "" when empty */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->p, b->n};
}
static inline bool buf_full(const struct buf *b)
{
    return b->full;
}

#endif
