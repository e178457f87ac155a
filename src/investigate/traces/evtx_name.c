/* Names are kept once a chunk, found by their offset (the "string cache" of the chunk's
 * header is not needed, and cannot mislead). */
#include "investigate/traces/evtx_in.h"

#define NAME_HEAD 8u     /* next u32, hash u16, characters u16 */
#define COMPILE_TIMES 8u /* templates that do not overlap need less than 2 */

void evtx_chunk_use(struct evtx_chunk *c, const uint8_t *p, uint32_t n, uint64_t file_off)
{
    c->p = p;
    c->n = n;
    c->file_off = file_off;
    memset(c->name, 0, sizeof(c->name));
    memset(c->program, 0, sizeof(c->program));
    c->compile_left = COMPILE_TIMES * EVTX_CHUNK;
    c->items_left = LIMIT_EVTX_CHUNK_ITEMS;
    arena_clear(&c->arena);
}

void evtx_chunk_release(struct evtx_chunk *c)
{
    arena_release(&c->arena);
    vec_release(&c->scratch);
}

static uint8_t known_name(struct str s)
{
    static const struct {
        const char *name;
        uint8_t known;
    } table[] = {
        {"Event", EVTX_K_EVENT},          {"System", EVTX_K_SYSTEM},   {"EventData", EVTX_K_EVENTDATA},
        {"UserData", EVTX_K_USERDATA},    {"Data", EVTX_K_DATA},       {"Name", EVTX_K_NAME},
        {"Provider", EVTX_K_PROVIDER},    {"EventID", EVTX_K_EVENTID}, {"TimeCreated", EVTX_K_TIMECREATED},
        {"SystemTime", EVTX_K_SYSTEMTIME}};
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (str_is(s, table[i].name))
            return table[i].known;
    return str_is(s, "xmlns") || str_starts(s, "xmlns:") ? EVTX_K_XMLNS : EVTX_K_OTHER;
}

static uint16_t name_hash(const uint8_t *p, uint32_t chars)
{
    uint32_t h = 0;
    for (uint32_t i = 0; i < chars; i++)
        h = h * 65599 + evtx_u16(p + 2 * i);
    return (uint16_t)h;
}

static struct evtx_name *name_read(struct evtx_chunk *c, uint32_t off)
{
    if (off < EVTX_CHUNK_HEAD || off > c->n || c->n - off < NAME_HEAD)
        return NULL;
    const uint8_t *p = c->p + off;
    uint32_t chars = evtx_u16(p + 6);
    if (chars == 0 || chars > LIMIT_EVTX_NAME || c->n - off - NAME_HEAD < 2 * chars)
        return NULL;
    struct evtx_name *m = arena_new(&c->arena, struct evtx_name);
    m->off = off;
    m->end = MIN(off + NAME_HEAD + 2 * chars + 2, c->n);
    m->hash_ok = evtx_u16(p + 4) == name_hash(p + NAME_HEAD, chars);
    m->s = evtx_utf16(&c->arena, p + NAME_HEAD, (size_t)2 * chars);
    m->known = known_name(m->s);
    return m;
}

const struct evtx_name *evtx_name_at(struct evtx_chunk *c, uint32_t off)
{
    struct evtx_name **head = &c->name[off * 2654435761u >> 23];
    for (struct evtx_name *m = *head; m; m = m->next)
        if (m->off == off)
            return m;
    struct evtx_name *m = name_read(c, off);
    if (m) {
        m->next = *head;
        *head = m;
    }
    return m;
}
