/* evtx_build.h — event logs made by hand, token by token (MS-EVEN6 2.2.12), for the tests. */
#ifndef TOBAN_TEST_EVTX_BUILD_H
#define TOBAN_TEST_EVTX_BUILD_H

#include "base/base.h"

#define CHUNK (64 * KIB)

struct chunk {
    unsigned char p[CHUNK];
    uint32_t at, record; /* where the next byte goes; start of the record begun */
};

static inline void put8(struct chunk *c, unsigned v)
{
    c->p[c->at++] = (unsigned char)v;
}
static inline void put16(struct chunk *c, unsigned v)
{
    put8(c, v & 255);
    put8(c, v >> 8 & 255);
}
static inline void put32(struct chunk *c, uint32_t v)
{
    put16(c, v & 0xFFFF);
    put16(c, v >> 16);
}
static inline void put64(struct chunk *c, uint64_t v)
{
    put32(c, (uint32_t)v);
    put32(c, (uint32_t)(v >> 32));
}
static inline void put_bytes(struct chunk *c, const void *p, size_t n)
{
    if (n)
        memcpy(c->p + c->at, p, n);
    c->at += (uint32_t)n;
}
static inline void fix32(struct chunk *c, uint32_t at, uint32_t v)
{
    uint32_t was = c->at;
    c->at = at;
    put32(c, v);
    c->at = was;
}
static inline void put_utf16(struct chunk *c, const char *ascii)
{
    for (; *ascii; ascii++)
        put16(c, (unsigned char)*ascii);
}
/* Offset of the name, then the name itself in place. */
static inline void put_name(struct chunk *c, const char *name)
{
    uint32_t h = 0;
    put32(c, c->at + 4);
    for (const char *q = name; *q; q++)
        h = h * 65599 + (unsigned char)*q;
    put32(c, 0);
    put16(c, h & 0xFFFF);
    put16(c, (unsigned)strlen(name));
    put_utf16(c, name);
    put16(c, 0);
}
static inline void put_open(struct chunk *c, const char *name, bool attributes, bool with_dependency,
                            unsigned dependency)
{
    put8(c, attributes ? 0x41 : 0x01);
    if (with_dependency)
        put16(c, dependency);
    put32(c, 0);
    put_name(c, name);
    if (attributes)
        put32(c, 0);
}
static inline void put_element(struct chunk *c, const char *name, bool attributes)
{
    put_open(c, name, attributes, true, 0xFFFF);
}
static inline void put_attr(struct chunk *c, const char *name)
{
    put8(c, 0x06);
    put_name(c, name);
}
static inline void put_text(struct chunk *c, const char *ascii)
{
    put8(c, 0x05);
    put8(c, 0x01);
    put16(c, (unsigned)strlen(ascii));
    put_utf16(c, ascii);
}
static inline void put_sub(struct chunk *c, unsigned i, unsigned type)
{
    put8(c, 0x0E);
    put16(c, i);
    put8(c, type);
}
static inline void put_close(struct chunk *c)
{
    put8(c, 0x02);
}
static inline void put_empty(struct chunk *c)
{
    put8(c, 0x03);
}
static inline void put_end(struct chunk *c)
{
    put8(c, 0x04);
}

static inline void chunk_init(struct chunk *c)
{
    memset(c, 0, sizeof(*c));
    memcpy(c->p, "ElfChnk", 8);
    fix32(c, 40, 128);
    c->at = 512;
}
static inline void record_begin(struct chunk *c, uint64_t id, uint64_t filetime)
{
    c->record = c->at;
    put_bytes(c, "**\0\0", 4);
    put32(c, 0);
    put64(c, id);
    put64(c, filetime);
    put_bytes(c, "\x0f\x01\x01\0", 4);
}
static inline void record_end(struct chunk *c)
{
    uint32_t size = c->at + 4 - c->record;
    put32(c, size);
    fix32(c, c->record + 4, size);
    fix32(c, 48, c->at);
}
/* A template that stands in place; returns its offset. Its end fixes the size. */
static inline uint32_t template_begin(struct chunk *c)
{
    put_bytes(c, "\x0c\x01\x11\x22\x33\x44", 6);
    put32(c, c->at + 4);
    uint32_t def = c->at;
    put32(c, 0);
    put64(c, 0x1122334455667788);
    put64(c, 0);
    put32(c, 0);
    put_bytes(c, "\x0f\x01\x01\0", 4);
    return def;
}
static inline void template_end(struct chunk *c, uint32_t def)
{
    put8(c, 0);
    fix32(c, def + 20, c->at - def - 24);
}
/* The same template again. */
static inline void template_use(struct chunk *c, uint32_t def)
{
    put_bytes(c, "\x0c\x01\x11\x22\x33\x44", 6);
    put32(c, def);
}

struct val {
    unsigned type;
    const void *p;
    unsigned n;
};
static inline void put_values(struct chunk *c, const struct val *v, unsigned n)
{
    put32(c, n);
    for (unsigned i = 0; i < n; i++) {
        put16(c, v[i].n);
        put16(c, v[i].type);
    }
    for (unsigned i = 0; i < n; i++)
        put_bytes(c, v[i].p, v[i].n);
}

/* <Event><System><Provider Name='P'/><EventID>{0}</EventID><TimeCreated SystemTime='{1}'/></System>
 * <EventData><Data Name='V'>{2}</Data></EventData></Event> */
static inline uint32_t put_event_template(struct chunk *c)
{
    uint32_t def = template_begin(c);
    put_element(c, "Event", false);
    put_close(c);
    put_element(c, "System", false);
    put_close(c);
    put_element(c, "Provider", true);
    put_attr(c, "Name");
    put_text(c, "P");
    put_empty(c);
    put_element(c, "EventID", false);
    put_close(c);
    put_sub(c, 0, 0x06);
    put_end(c);
    put_element(c, "TimeCreated", true);
    put_attr(c, "SystemTime");
    put_sub(c, 1, 0x11);
    put_empty(c);
    put_end(c);
    put_element(c, "EventData", false);
    put_close(c);
    put_element(c, "Data", true);
    put_attr(c, "Name");
    put_text(c, "V");
    put_close(c);
    put_sub(c, 2, 0x01);
    put_end(c);
    put_end(c);
    put_end(c);
    template_end(c, def);
    return def;
}

#define FILETIME_2021 132601950000000000ull /* 2021-03-14T11:30:00Z */

static inline void put_event(struct chunk *c, uint32_t *def, uint64_t id, struct val v)
{
    static const unsigned char event_id[2] = {0x39, 0x05}; /* 1337 */
    unsigned char time[8];
    for (int i = 0; i < 8; i++)
        time[i] = (unsigned char)(FILETIME_2021 >> 8 * i);
    record_begin(c, id, FILETIME_2021 + 10000000);
    if (*def)
        template_use(c, *def);
    else
        *def = put_event_template(c);
    put_values(c, (struct val[]){{0x06, event_id, 2}, {0x11, time, 8}, v}, 3);
    record_end(c);
}

#endif
