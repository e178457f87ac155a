#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_MIN (64 * KIB)

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes behind this header */
};

#define HEADER ((sizeof(struct arena_block) + 15) & ~(size_t)15)

static char *block_data(struct arena_block *b)
{
    return (char *)b + HEADER;
}

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_release(struct arena *a)
{
    if (!a)
        return;
    struct arena_block *b = a->head;
    while (b) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    arena_init(a);
}

void arena_clear(struct arena *a)
{
    struct arena_block *keep = NULL;
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        if (!keep || b->size > keep->size) {
            free(keep);
            keep = b;
        } else {
            free(b);
        }
    }
    arena_init(a);
    if (keep) {
        keep->next = NULL;
        a->head = keep;
        a->p = block_data(keep);
        a->end = a->p + keep->size;
    }
}

static void arena_grow(struct arena *a, size_t n)
{
    size_t size = a->head ? MIN(a->head->size * 2, 8 * MIB) : BLOCK_MIN;
    size = MAX(size, n);
    struct arena_block *b = mem_alloc(HEADER + size);
    b->size = size;
    b->next = a->head;
    a->head = b;
    a->p = block_data(b);
    a->end = a->p + size;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - 4096)
        abort();
    n = (n + 15) & ~(size_t)15;
    if ((size_t)(a->end - a->p) < n || !a->p)
        arena_grow(a, n);
    char *q = a->p;
    a->p += n;
    a->used += n;
    return q;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    return memset(arena_alloc(a, n), 0, n);
}

char *arena_dup(struct arena *a, const void *p, size_t n)
{
    char *q = arena_alloc(a, n + 1);
    if (n)
        memcpy(q, p, n);
    q[n] = 0;
    return q;
}

struct str arena_str(struct arena *a, struct str s)
{
    return (struct str){arena_dup(a, s.p, s.n), s.n};
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_dup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *q = arena_alloc(a, (size_t)MAX(n, 0) + 1);
    q[0] = 0;
    if (n >= 0)
        vsnprintf(q, (size_t)n + 1, fmt, again);
    va_end(again);
    return q;
}
