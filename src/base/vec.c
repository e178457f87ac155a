#include "base/vec.h"

void *vec_grow_(void *p, size_t *cap, size_t need, size_t item)
{
    size_t n = MAX(*cap + *cap / 2, 8);
    n = MAX(n, need);
    if (n > SIZE_MAX / item)
        abort();
    p = mem_realloc(p, n * item);
    *cap = n;
    return p;
}

void map_release(struct map *m)
{
    if (!m)
        return;
    free(m->slot);
    free(m->keys);
    *m = (struct map){0};
}

/* Slot of the key, or the empty slot where it would go. cap is a power of two. */
static struct map_slot *map_find(const struct map *m, struct str key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct map_slot *s = &m->slot[i];
        if (s->hash == 0 || (s->hash == hash && s->len == key.n &&
                             (key.n == 0 || memcmp(m->keys + s->key, key.p, key.n) == 0)))
            return s;
    }
}

static void map_rehash(struct map *m)
{
    size_t old_cap = m->cap;
    struct map_slot *old = m->slot;
    m->cap = old_cap ? old_cap * 2 : 16;
    m->slot = mem_zalloc(m->cap * sizeof(*m->slot));
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i].hash)
            continue;
        size_t k = old[i].hash & (m->cap - 1);
        while (m->slot[k].hash)
            k = (k + 1) & (m->cap - 1);
        m->slot[k] = old[i];
    }
    free(old);
}

static uint64_t key_hash(struct str key)
{
    uint64_t h = str_hash(key);
    return h ? h : 1; /* 0 marks an empty slot */
}

uint64_t *map_put(struct map *m, struct str key, bool *made)
{
    if (m->n * 4 >= m->cap * 3)
        map_rehash(m);
    uint64_t hash = key_hash(key);
    struct map_slot *s = map_find(m, key, hash);
    if (made)
        *made = s->hash == 0;
    if (s->hash == 0) {
        if (key.n > UINT32_MAX || m->keys_n + key.n > UINT32_MAX)
            abort();
        if (m->keys_n + key.n > m->keys_cap)
            m->keys = vec_grow_(m->keys, &m->keys_cap, m->keys_n + key.n, 1);
        if (key.n)
            memcpy(m->keys + m->keys_n, key.p, key.n);
        *s = (struct map_slot){hash, 0, (uint32_t)m->keys_n, (uint32_t)key.n};
        m->keys_n += key.n;
        m->n++;
    }
    return &s->value;
}

uint64_t *map_get(const struct map *m, struct str key)
{
    if (!m->cap)
        return NULL;
    struct map_slot *s = map_find(m, key, key_hash(key));
    return s->hash ? &s->value : NULL;
}
