/* arena.h — memory that lives as long as one record, request or batch.
 *
 * Allocation is a bump; nothing is freed alone; arena_clear keeps the largest
 * block for reuse. Not for use by two threads at once. Aborts when out of memory.
 */
#ifndef TOBAN_BASE_ARENA_H
#define TOBAN_BASE_ARENA_H

#include "base/defs.h"
#include "base/limits.h"
#include "base/str.h"

struct arena_block;
struct arena {
    struct arena_block *head; /* owns */
    char *p, *end;
    size_t used; /* bytes given out since init or clear */
};

void arena_init(struct arena *a); /* a zeroed struct arena is initialised, too */
void arena_release(struct arena *a);
void arena_clear(struct arena *a);
void *arena_alloc(struct arena *a, size_t n); /* aligned to 16, not zeroed */
void *arena_zalloc(struct arena *a, size_t n);
char *arena_dup(struct arena *a, const void *p, size_t n); /* adds a NUL behind */
struct str arena_str(struct arena *a, struct str s);       /* copy, NUL behind */
char *arena_strdup(struct arena *a, const char *s);        /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define arena_new(a, type) ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_zalloc((a), sizeof(type) * (size_t)(n)))

#endif
