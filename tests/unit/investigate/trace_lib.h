/* trace_lib.h — what the tests of text traces share: reading a log from memory and keeping its records. */
#ifndef TEST_TRACE_LIB_H
#define TEST_TRACE_LIB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "codec/stream.h"
#include "investigate/traces/trace_text.h"

struct kept {
    uint64_t number, offset, bytes;
    when_t time, second;
    enum trace_zone zone;
    struct str text, time_text;
    const char *damage, *note;
    bool cut;
    struct trace_field *field;
    size_t n;
};
struct log {
    struct arena a;
    VEC(struct kept) row;
    VEC(struct trace_damage) damage;
    struct trace_coverage cover;
};

static inline int log_row(void *ctx, const struct trace_record *r, size_t n)
{
    struct log *l = ctx;
    for (; n; n--, r++) {
        struct kept k = {r->number,
                         r->offset,
                         r->bytes,
                         r->time,
                         r->second,
                         r->zone,
                         arena_str(&l->a, r->text),
                         arena_str(&l->a, r->time_text),
                         r->damage ? arena_strdup(&l->a, r->damage) : NULL,
                         r->time_note,
                         r->cut,
                         arena_array(&l->a, struct trace_field, r->field_n + 1),
                         r->field_n};
        for (size_t i = 0; i < r->field_n; i++)
            k.field[i] =
                (struct trace_field){arena_str(&l->a, r->field[i].name), arena_str(&l->a, r->field[i].value)};
        assert_true(str_is_utf8(r->text));
        vec_push(&l->row, k);
    }
    return 0;
}

static inline void log_damage(void *ctx, const struct trace_damage *d)
{
    struct log *l = ctx;
    struct trace_damage k = *d;
    k.reason = arena_strdup(&l->a, d->reason);
    vec_push(&l->damage, k);
}

static inline const char *field(const struct log *l, size_t row, const char *name)
{
    if (row >= l->row.n)
        return NULL;
    for (size_t i = 0; i < l->row.p[row].n; i++)
        if (str_is(l->row.p[row].field[i].name, name))
            return l->row.p[row].field[i].value.p;
    return NULL;
}

static inline void log_free(struct log *l)
{
    arena_release(&l->a);
    vec_release(&l->row);
    vec_release(&l->damage);
}

/* The same input as blocks must tell the same, and every row must be found from a byte in its middle. */
static inline void log_blocks(const struct log *l, const struct trace_kind *k, struct str bytes,
                              const char *name, when_t modified)
{
    struct trace_text *t;
    struct trace_text_block b;
    struct trace_coverage c = {0};
    struct err e = {0};
    size_t row = 0;
    struct stream *in;
    assert_int_equal(stream_open_mem(&in, name, bytes, 1 * GIB, &e), 0);
    struct trace_input input = {.name = name, .stream = in, .modified = modified};
    assert_int_equal(trace_text_open(&t, k, &input, NULL, &e), 0);
    while (trace_text_block(t, &b, &e) > 0) {
        struct trace_record r;
        size_t end = 0;
        for (size_t at = 0; at < b.bytes.n && !b.part; at = end) {
            if (!trace_text_row(t, at, &r, &end) || (r.damage && r.field_n == 0) || r.number == 0)
                continue;
            if (row < l->row.n && r.offset == l->row.p[row].offset) {
                assert_int_equal(r.number, l->row.p[row].number);
                assert_int_equal(r.bytes, l->row.p[row].bytes);
                assert_true(str_eq(r.text, l->row.p[row].text));
                row++;
            }
        }
    }
    trace_text_cover(t, &c);
    assert_int_equal(c.rows, l->cover.rows);
    assert_int_equal(c.bytes, l->cover.bytes);
    assert_int_equal(c.timed, l->cover.timed);
    assert_int_equal(c.first, l->cover.first);
    assert_int_equal(c.last, l->cover.last);
    if (c.cut == 0)
        assert_int_equal(row, l->row.n);
    trace_text_free(t);
    stream_free(in);
}

/* kind NULL: by content. */
static inline const struct trace_kind *log_read(struct log *l, const char *kind, struct str bytes,
                                                const char *name, when_t modified)
{
    struct trace_want want = {0};
    struct trace_sink sink = {l, log_row, log_damage};
    struct err e = {0};
    struct stream *in, *peek;
    static char head[TRACE_HEAD];
    size_t n = 0, got;
    *l = (struct log){0};
    assert_int_equal(stream_open_mem(&peek, name, bytes, 1 * GIB, &e), 0);
    while (n < sizeof(head) && stream_read(peek, head + n, sizeof(head) - n, &got, &e) == 0 && got)
        n += got;
    stream_free(peek);
    const struct trace_kind *k =
        kind ? trace_by_name(str_of(kind)) : trace_sniff(str_n(head, n), str_of(name));
    assert_non_null(k);
    assert_non_null(k->text);
    assert_int_equal(stream_open_mem(&in, name, bytes, 1 * GIB, &e), 0);
    struct trace_input input = {.name = name, .stream = in, .modified = modified};
    int rc = k->read(&input, &want, &sink, &l->cover, &e);
    if (rc < 0)
        fail_msg("%s", e.text);
    stream_free(in);
    log_blocks(l, k, bytes, name, modified);
    return k;
}

#endif
