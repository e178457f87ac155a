/* vec.h — a growing array, and a hash map from strings to numbers.
 *
 *   VEC(struct notice) v = {0};  *vec_add(&v) = x;  v.p[i], v.n;  vec_release(&v);
 * The vector owns its array, not what its items point to.
 */
#ifndef TOBAN_BASE_VEC_H
#define TOBAN_BASE_VEC_H

#include <stdlib.h>
#include "base/defs.h"
#include "base/str.h"

#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *p;                                                                                             \
        size_t n, cap;                                                                                       \
    }

void *vec_grow_(void *p, size_t *cap, size_t need, size_t item);

#define vec_reserve(v, need)                                                                                 \
    ((v)->cap >= (need) ? (void)0                                                                            \
                        : (void)((v)->p = vec_grow_((v)->p, &(v)->cap, (need), sizeof(*(v)->p))))
/* Pointer to a new, uninitialised last item. */
#define vec_add(v) (vec_reserve(v, (v)->n + 1), &(v)->p[(v)->n++])
#define vec_push(v, item) ((void)(vec_reserve(v, (v)->n + 1), (v)->p[(v)->n++] = (item)))
#define vec_clear(v) ((void)((v)->n = 0))
#define vec_release(v) (free((v)->p), (v)->p = NULL, (v)->n = (v)->cap = 0)

/* Map from byte strings to uint64_t. Copies its keys. Not ordered. */
struct map_slot {
    uint64_t hash, value;
    uint32_t key, len; /* offset and length in keys */
};
struct map {
    struct map_slot *slot; /* owns */
    size_t n, cap;
    char *keys; /* owns */
    size_t keys_n, keys_cap;
};
void map_release(struct map *m); /* a zeroed struct map is an empty map */
/* The value's place; made (and *value = 0) when absent. *made may be NULL. */
uint64_t *map_put(struct map *m, struct str key, bool *made);
/* NULL when absent. Valid until the next map_put. */
uint64_t *map_get(const struct map *m, struct str key);

#endif
