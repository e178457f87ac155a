/* Event logs. First byte: 0 a file as it stands; 1 a chunk; 2 one record's binary XML put in a chunk;
 * 3 a stream; bit 2: with records of slack. Every way of asking for a record's contents has to agree. */
#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "investigate/traces/evtx.h"
#include "investigate/traces/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHUNK (64 * KIB)

static void check_record(const struct evtx_record *rec, struct buf *json, struct arena *a)
{
    struct err e = {0};
    for (size_t i = 0, n = evtx_field_count(rec); i < n; i++)
        if (!str_is_utf8(evtx_field_name(rec, i)) || !str_is_utf8(evtx_field_value(rec, i)))
            __builtin_trap();
    buf_clear(json);
    if (evtx_json(rec, json, &e) == 0 && !json_parse(a, buf_str(json), &e)) {
        fprintf(stderr, "%s\n", e.text);
        __builtin_trap();
    }
    arena_clear(a);
}

static void read_all(struct evtx *r, unsigned flags)
{
    struct evtx_record rec;
    struct err e = {0};
    struct buf json = BUF_INIT(LIMIT_RECORD);
    struct arena a = {0};
    uint64_t records = 0;
    evtx_set(r, flags);
    for (int rc; (rc = evtx_next(r, &rec, &e)) > 0;) {
        if (rc == EVTX_DAMAGE && !rec.damage)
            __builtin_trap();
        if (rc == EVTX_RECORD) {
            records++;
            check_record(&rec, &json, &a);
        }
    }
    struct evtx_stats s;
    evtx_stats(r, &s);
    if (s.rows != records)
        __builtin_trap();
    evtx_free(r);
    buf_release(&json);
    arena_release(&a);
}

static void put32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

/* The head of a chunk whose records end at used, and one record that holds all behind 512. */
static void dress(unsigned char *c, uint32_t used, bool record)
{
    memcpy(c, "ElfChnk", 8);
    put32(c + 40, 128);
    put32(c + 48, used);
    if (!record)
        return;
    memcpy(c + 512, "**\0\0", 4);
    put32(c + 516, used - 512);
    put32(c + used - 4, used - 512);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct evtx *r;
    struct err e = {0};
    if (size == 0 || size > 3 * CHUNK)
        return 0;
    unsigned kind = data[0] & 3, flags = data[0] & 4 ? EVTX_SLACK : 0;
    data++, size--;
    if (kind == 3) {
        struct stream *in;
        if (stream_open_mem(&in, "fuzz", str_n((const char *)data, size), 64 * MIB, &e) < 0)
            return 0;
        if (evtx_open_stream(&r, "fuzz", in, &e) == 0)
            read_all(r, flags);
        stream_free(in);
        return 0;
    }
    if (kind == 0) {
        if (evtx_open_mem(&r, "fuzz", str_n((const char *)data, size), &e) == 0)
            read_all(r, flags);
        return 0;
    }
    size_t from = kind == 1 ? 0 : 536, n = MIN(size, CHUNK - from - 4);
    unsigned char *c = mem_zalloc(CHUNK);
    memcpy(c + from, data, n);
    dress(c, (uint32_t)(from + n + 4 < 600 ? 600 : from + n + 4), kind == 2);
    if (evtx_open_mem(&r, "fuzz", str_n((const char *)c, CHUNK), &e) == 0)
        read_all(r, flags);
    free(c);
    return 0;
}
