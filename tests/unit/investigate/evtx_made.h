/* evtx_made.h — one chunk made by hand and a reader on it, for the tests. */
#ifndef TOBAN_TEST_EVTX_MADE_H
#define TOBAN_TEST_EVTX_MADE_H

#include "codec/json.h"
#include "evtx_build.h"
#include "investigate/traces/evtx.h"

static struct chunk chunk;
static struct evtx *reader;
static struct evtx_record rec;
static struct err err;

static inline void open_chunk(void)
{
    evtx_free(reader);
    assert_int_equal(evtx_open_mem(&reader, "made", str_n((const char *)chunk.p, CHUNK), &err), 0);
    evtx_set(reader, EVTX_NO_CRC);
}

static inline int next(void)
{
    int rc = evtx_next(reader, &rec, &err);
    assert_true(rc >= 0);
    return rc;
}

/* Reads to the end; the numbers of whole records and of those damaged. */
static inline struct evtx_stats drain(void)
{
    struct evtx_stats s;
    struct buf b = BUF_INIT(LIMIT_RECORD);
    while (next())
        if (rec.damage == NULL) {
            buf_clear(&b);
            assert_int_equal(evtx_json(&rec, &b, &err), 0);
        }
    evtx_stats(reader, &s);
    buf_release(&b);
    return s;
}

static inline void assert_field(const char *name, const char *want)
{
    struct str v = {0};
    if (!evtx_field(&rec, name, &v))
        fail_msg("no field %s", name);
    if (!str_is(v, want))
        fail_msg("%s is " STR_FMT ", should be %s", name, STR_ARG(v), want);
}

static inline void assert_json(const char *want)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    assert_int_equal(evtx_json(&rec, &b, &err), 0);
    assert_string_equal(buf_cstr(&b), want);
    buf_release(&b);
}

static inline void one_event(struct val v)
{
    uint32_t def = 0;
    chunk_init(&chunk);
    put_event(&chunk, &def, 7, v);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_null(rec.damage);
}

static inline int teardown(void **state)
{
    (void)state;
    evtx_free(reader);
    return 0;
}

#endif
