/* The event log reader on damaged and forged logs made by hand, and as a kind of trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "evtx_made.h"
#include "investigate/traces/trace.h"

static const struct val hi = {0x01, "h\0i", 4};

/* Five records; what damage does to the third must not reach the others. */
static void five(uint32_t at[6])
{
    uint32_t def = 0;
    chunk_init(&chunk);
    for (uint64_t i = 0; i < 5; i++) {
        at[i] = chunk.at;
        put_event(&chunk, &def, i + 1, hi);
    }
    at[5] = chunk.at;
}

static void assert_others(uint64_t whole, uint64_t damaged)
{
    open_chunk();
    struct evtx_stats s = drain();
    assert_int_equal(s.records, whole);
    assert_int_equal(s.damaged, damaged);
    assert_int_equal(s.first_id, 1);
    assert_int_equal(s.last_id, 5);
}

static void test_isolation(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 27, 0x7FFFFFFF, 0xFFFFFFFF, 65536};
    uint32_t at[6];
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        five(at);
        fix32(&chunk, at[2] + 4, sizes[i]);
        assert_others(4, 1);
    }
    five(at);
    fix32(&chunk, at[3] - 4, 12345); /* the copy of the size alone: nothing is lost */
    assert_others(5, 0);
    five(at);
    memset(chunk.p + at[2], 0xEE, 4); /* its magic */
    assert_others(4, 1);
    struct evtx_stats s;
    evtx_stats(reader, &s);
    assert_int_equal(s.damaged_bytes, at[3] - at[2]);
    assert_int_equal(s.gaps, 1);
    assert_int_equal(s.missing, 1);
    five(at);
    memset(chunk.p + at[2] + 24, 0xEE, 40); /* its binary XML */
    assert_others(4, 1);
    five(at);
    fix32(&chunk, at[2] + 34, 0xFFFFFFF0); /* its template lies outside */
    assert_others(4, 1);
    five(at);
    fix32(&chunk, at[2] + 38, 0xFFFFFFFF); /* its number of values */
    assert_others(4, 1);
}

static void test_headers(void **state)
{
    (void)state;
    uint32_t at[6];
    five(at);
    memset(chunk.p, 'x', 8); /* the chunk's magic */
    assert_others(5, 0);
    five(at);
    fix32(&chunk, 48, 3); /* the end of its used part, impossible */
    assert_others(5, 0);
    five(at);
    fix32(&chunk, 48, at[3]); /* not written again since the third: a dirty log */
    assert_others(5, 0);
    evtx_free(reader); /* five bytes too many in front of it */
    five(at);
    static char moved[4096 + 5 + CHUNK];
    memset(moved, 'x', sizeof(moved));
    memcpy(moved, "ElfFile", 8);
    memcpy(moved + 4096 + 5, chunk.p, CHUNK);
    assert_int_equal(evtx_open_mem(&reader, "moved", str_n(moved, sizeof(moved)), &err), 0);
    assert_int_equal(drain().records, 5);
}

static void test_slack(void **state)
{
    (void)state;
    uint32_t at[6];
    five(at);
    chunk.p[at[3] + 8] = 40; /* an older turn: its id does not follow */
    fix32(&chunk, 48, at[3]);
    open_chunk();
    struct evtx_stats s = drain();
    assert_int_equal(s.records, 3);
    assert_int_equal(s.recovered, 0);
    open_chunk();
    evtx_set(reader, EVTX_NO_CRC | EVTX_SLACK);
    s = drain();
    assert_int_equal(s.records, 5);
    assert_int_equal(s.recovered, 2);
    assert_int_equal(s.last_id, 3);
}

static void test_checksum(void **state)
{
    (void)state;
    uint32_t at[6];
    five(at);
    evtx_free(reader);
    assert_int_equal(evtx_open_mem(&reader, "made", str_n((const char *)chunk.p, CHUNK), &err), 0);
    struct evtx_stats s = drain(); /* our chunk has none */
    assert_int_equal(s.bad_checksum, 1);
    assert_int_equal(s.records, 5);
    assert_int_equal(s.damaged, 0);
}

/* ---- forged ---- */

/* A template that holds itself, directly and as a value. */
static void test_loops(void **state)
{
    (void)state;
    struct chunk *c = &chunk;
    chunk_init(c);
    record_begin(c, 1, FILETIME_2021);
    uint32_t def = template_begin(c);
    put_element(c, "Event", false);
    put_close(c);
    for (int i = 0; i < 50; i++) {
        template_use(c, def);
        put32(c, 0);
    }
    put_end(c);
    template_end(c, def);
    put32(c, 0);
    record_end(c);
    record_begin(c, 2, FILETIME_2021);
    def = template_begin(c);
    put_element(c, "Event", false);
    put_close(c);
    for (int i = 0; i < 200; i++)
        put_sub(c, 0, 0x21);
    put_end(c);
    template_end(c, def);
    put32(c, 1);
    uint32_t size = 14 + 4;
    put16(c, size);
    put16(c, 0x21);
    template_use(c, def);
    put32(c, 1);
    put16(c, 0);
    put16(c, 0x21);
    record_end(c);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_non_null(rec.damage);
    assert_int_equal(next(), EVTX_RECORD);
    assert_int_equal(rec.id, 2);
    assert_int_equal(next(), EVTX_END);
}

static void test_depth(void **state)
{
    (void)state;
    for (unsigned extra = 0; extra < 2; extra++) {
        chunk_init(&chunk);
        record_begin(&chunk, 1, FILETIME_2021);
        for (unsigned i = 0; i < LIMIT_EVTX_DEPTH + extra; i++) {
            put_element(&chunk, "E", false);
            put_close(&chunk);
        }
        for (unsigned i = 0; i < LIMIT_EVTX_DEPTH + extra; i++)
            put_end(&chunk);
        put8(&chunk, 0);
        record_end(&chunk);
        open_chunk();
        assert_int_equal(next(), EVTX_RECORD);
        assert_true((rec.damage != NULL) == (extra == 1));
        struct buf b = BUF_INIT(LIMIT_RECORD);
        assert_int_equal(evtx_json(&rec, &b, &err), 0);
        buf_release(&b);
    }
}

/* One long value put into very many places: LIMIT_EVTX_UNFOLDED. */
static void test_amplified(void **state)
{
    (void)state;
    static unsigned char value[30000];
    memset(value, 'a', sizeof(value));
    chunk_init(&chunk);
    record_begin(&chunk, 1, FILETIME_2021);
    uint32_t def = template_begin(&chunk);
    put_element(&chunk, "Event", false);
    put_close(&chunk);
    for (int i = 0; i < 5000; i++)
        put_sub(&chunk, 0, 0x0E);
    put_end(&chunk);
    template_end(&chunk, def);
    put_values(&chunk, (struct val[]){{0x0E, value, sizeof(value)}}, 1);
    record_end(&chunk);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_non_null(rec.damage);
    struct str v;
    assert_true(evtx_field(&rec, "Event", &v));
    assert_true(v.n <= 2 * LIMIT_EVTX_UNFOLDED);
}

/* ---- as a trace ---- */

struct seen {
    struct str text;
    unsigned n, damage;
    int stop;
    char v[32];
    char time[40];
};

static int see(void *ctx, const struct trace_record *r, size_t n)
{
    struct seen *s = ctx;
    for (size_t i = 0; i < n; i++) {
        struct str v = trace_field(&r[i], "V");
        snprintf(s->v, sizeof(s->v), STR_FMT, STR_ARG(v));
        snprintf(s->time, sizeof(s->time), STR_FMT, STR_ARG(r[i].time_text));
        assert_int_equal(r[i].zone, TRACE_ZONE_FORMAT);
        assert_true(r[i].text.n > 0);
        s->n++;
    }
    return s->stop;
}

static void see_damage(void *ctx, const struct trace_damage *d)
{
    ((struct seen *)ctx)->damage += d->bytes > 0;
}

static void test_trace(void **state)
{
    (void)state;
    uint32_t at[6];
    struct str bytes = str_n((const char *)chunk.p, CHUNK), name = STR_LIT("V");
    five(at);
    memset(chunk.p + at[2], 0xEE, 4);
    const struct trace_kind *k = trace_sniff(bytes, STR_LIT("whatever.bin"));
    assert_non_null(k);
    assert_string_equal(k->name, "evtx");
    assert_ptr_equal(k, trace_by_name(STR_LIT("evtx")));
    struct seen seen = {0};
    struct trace_coverage cover = {0};
    struct trace_sink sink = {&seen, see, see_damage};
    struct trace_want want = {.text = true, .name = &name, .name_n = 1};
    struct trace_input in = {.name = "made", .fd = -1, .bytes = bytes};
    assert_int_equal(k->read(&in, &want, &sink, &cover, &err), 0);
    assert_int_equal(seen.n, 4);
    assert_int_equal(seen.damage, 1);
    assert_string_equal(seen.v, "hi");
    assert_string_equal(seen.time, "2021-03-14T11:30:00.0000000Z");
    assert_int_equal(cover.rows, 4);
    assert_int_equal(cover.damaged, 1);
    assert_int_equal(cover.missing, 1);
    assert_int_equal(cover.bytes, CHUNK);
    assert_int_equal(cover.first, cover.last);
    static const uint32_t other[] = {4624};
    want.event = other;
    want.event_n = 1;
    seen.n = 0;
    assert_int_equal(k->read(&in, &want, &sink, &cover, &err), 0);
    assert_int_equal(seen.n, 0);
    assert_int_equal(cover.rows, 8); /* counted all the same, and files add up */
    want.event_n = 0;
    seen.stop = -99;
    assert_int_equal(k->read(&in, &want, &sink, &cover, &err), -99);
    assert_int_equal(seen.n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_isolation), cmocka_unit_test(test_headers),
                                       cmocka_unit_test(test_slack),     cmocka_unit_test(test_checksum),
                                       cmocka_unit_test(test_loops),     cmocka_unit_test(test_depth),
                                       cmocka_unit_test(test_amplified), cmocka_unit_test(test_trace)};
    return cmocka_run_group_tests(tests, NULL, teardown);
}
