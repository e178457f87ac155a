/* test_stream.c — plain, gzip and zstd input, packed here by zlib and libzstd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "codec/stream.h"

/* ---- helpers ---- */

static void gzip_add(struct buf *out, const void *p, size_t n)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, n) + 64;
    assert_true(buf_reserve(out, bound));
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += z.total_out;
    deflateEnd(&z);
}

static void zstd_add(struct buf *out, const void *p, size_t n)
{
    size_t bound = ZSTD_compressBound(n);
    assert_true(buf_reserve(out, bound));
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    size_t k = ZSTD_compress2(c, out->p + out->n, bound, p, n);
    assert_false(ZSTD_isError(k));
    out->n += k;
    ZSTD_freeCCtx(c);
}

typedef void pack_fn(struct buf *out, const void *p, size_t n);
static pack_fn *const packers[] = {gzip_add, zstd_add};

/* Text that packs neither too well nor too badly. */
static struct buf prose(size_t lines)
{
    struct buf b = BUF_INIT(64 * MIB);
    uint32_t x = 1;
    for (size_t i = 0; i < lines; i++) {
        x = x * 1664525 + 1013904223;
        buf_printf(&b, "line %zu CVE-2021-%04u score %u.%u\n", i, x >> 18, x >> 8 & 7, x & 7);
    }
    return b;
}

static int read_mem(struct str bytes, uint64_t limit, size_t max, size_t step, struct buf *out, struct err *e)
{
    struct stream *s;
    buf_init(out, max);
    int rc = stream_open_mem(&s, "test", bytes, limit, e);
    if (rc < 0)
        return rc;
    if (step == 0) {
        rc = stream_read_all(s, out, e);
    } else {
        size_t got = 1;
        char *p = malloc(step);
        while (rc == 0 && got) {
            rc = stream_read(s, p, step, &got, e);
            buf_add(out, p, got);
        }
        free(p);
    }
    if (rc == 0)
        assert_int_equal(stream_in(s), bytes.n);
    assert_int_equal(stream_out(s), out->n + buf_full(out)); /* one byte tells that there is more */
    stream_free(s);
    return rc;
}

static void assert_reads(struct str bytes, struct str want)
{
    static const size_t steps[] = {0, 1, 7, 1000, 70000};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct buf out;
        struct err e = {0};
        int rc = read_mem(bytes, UINT64_MAX, 64 * MIB, steps[i], &out, &e);
        if (rc < 0)
            fail_msg("%s", e.text);
        assert_int_equal(out.n, want.n);
        assert_true(str_eq(buf_str(&out), want));
        buf_release(&out);
    }
}

static void assert_fails(struct str bytes, int code)
{
    for (size_t step = 0; step < 3000; step = step * 50 + 1) {
        struct buf out;
        struct err e = {0};
        assert_int_equal(read_mem(bytes, UINT64_MAX, 64 * MIB, step, &out, &e), code);
        assert_int_equal(e.code, code);
        assert_non_null(strstr(e.text, "test"));
        buf_release(&out);
    }
}

/* ---- content ---- */

static void plain_bytes_come_as_they_are(void **state)
{
    (void)state;
    assert_reads(STR_LIT(""), STR_LIT(""));
    assert_reads(STR_LIT("a"), STR_LIT("a"));
    assert_reads(STR_LIT("\x1f"), STR_LIT("\x1f"));
    assert_reads(STR_LIT("\x28\xb5\x2f"), STR_LIT("\x28\xb5\x2f"));
    assert_reads(STR_LIT("{\"a\":0}\0\r\n"), STR_LIT("{\"a\":0}\0\r\n"));
    struct buf p = prose(50000);
    assert_reads(buf_str(&p), buf_str(&p));
    buf_release(&p);
}

static void packed_bytes_come_unpacked(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(packers); k++)
        for (size_t lines = 0; lines <= 40000; lines = lines * 200 + 1) {
            struct buf p = prose(lines), z = BUF_INIT(64 * MIB);
            packers[k](&z, p.p, p.n);
            assert_reads(buf_str(&z), buf_str(&p));
            buf_release(&p);
            buf_release(&z);
        }
}

static void members_in_a_row_are_one_stream(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(packers); k++) {
        struct buf p = prose(3000), z = BUF_INIT(64 * MIB);
        packers[k](&z, p.p, 10);
        packers[k](&z, p.p + 10, 0);
        packers[k](&z, p.p + 10, 70000);
        for (size_t i = 70010; i < 70100; i++)
            packers[k](&z, p.p + i, 1);
        packers[k](&z, p.p + 70100, p.n - 70100);
        assert_reads(buf_str(&z), buf_str(&p));
        buf_release(&p);
        buf_release(&z);
    }
}

static void gzip_headers_may_carry_fields(void **state)
{
    (void)state;
    gz_header h = {.name = (Bytef *)(uintptr_t) "feed.json",
                   .comment = (Bytef *)(uintptr_t) "a comment",
                   .hcrc = 1,
                   .extra = (Bytef *)(uintptr_t) "ab\2\0cd",
                   .extra_len = 6};
    unsigned char out[256];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflateSetHeader(&z, &h), Z_OK);
    z.next_in = (Bytef *)(uintptr_t) "hello";
    z.avail_in = 5;
    z.next_out = out;
    z.avail_out = sizeof(out);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_reads(str_n((char *)out, z.total_out), STR_LIT("hello"));
    deflateEnd(&z);
}

static void zstd_skippable_frames_are_passed_over(void **state)
{
    (void)state;
    struct buf z = BUF_INIT(MIB);
    buf_add(&z, "\x52\x2A\x4D\x18\x03\0\0\0xyz", 11);
    zstd_add(&z, "hello", 5);
    buf_add(&z, "\x50\x2A\x4D\x18\0\0\0\0", 8);
    zstd_add(&z, " you", 4);
    assert_reads(buf_str(&z), STR_LIT("hello you"));
    buf_release(&z);
}

/* ---- damage ---- */

static void a_cut_input_is_an_error_at_every_byte(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(packers); k++) {
        struct buf p = prose(20), z = BUF_INIT(MIB);
        packers[k](&z, p.p, p.n / 2);
        size_t first = z.n;
        packers[k](&z, p.p + p.n / 2, p.n - p.n / 2);
        for (size_t i = k == 0 ? 2 : 4; i < z.n; i++)
            if (i != first)
                assert_fails(str_n(z.p, i), ERR_INPUT);
        buf_release(&p);
        buf_release(&z);
    }
}

static void what_follows_gzip_may_only_be_zeros(void **state)
{
    (void)state;
    struct buf z = BUF_INIT(MIB);
    gzip_add(&z, "hello", 5);
    size_t n = z.n;
    for (int i = 0; i < 1500; i++)
        buf_addc(&z, 0);
    assert_reads(buf_str(&z), STR_LIT("hello"));
    buf_addc(&z, 'x');
    assert_fails(buf_str(&z), ERR_INPUT);
    z.n = n;
    buf_addc(&z, 'x');
    assert_fails(buf_str(&z), ERR_INPUT);
    z.n = n;
    buf_addc(&z, 0);
    gzip_add(&z, "again", 5); /* not padding */
    assert_fails(buf_str(&z), ERR_INPUT);
    z.n = n;
    buf_add(&z, "\x1f\x8c", 2);
    assert_fails(buf_str(&z), ERR_INPUT);
    buf_release(&z);
}

static void a_changed_byte_is_noticed(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(packers); k++) {
        struct buf p = prose(100), z = BUF_INIT(MIB);
        packers[k](&z, p.p, p.n);
        /* the trailers: CRC and length of gzip, checksum of zstd; then the middle */
        for (size_t back = 1; back <= (k == 0 ? 8U : 4U); back++) {
            z.p[z.n - back] ^= 0x10;
            assert_fails(buf_str(&z), ERR_INPUT);
            z.p[z.n - back] ^= 0x10;
        }
        for (size_t i = 20; i < z.n - 8; i += 13) {
            z.p[i] ^= 0x04;
            assert_fails(buf_str(&z), ERR_INPUT);
            z.p[i] ^= 0x04;
        }
        buf_release(&p);
        buf_release(&z);
    }
}

/* ---- limits ---- */

static void bombs_end_in_an_error(void **state)
{
    (void)state;
    size_t n = 200 * MIB;
    char *zeros = calloc(1, n);
    struct buf z = BUF_INIT(2 * n), out;
    struct err e;
    zstd_add(&z, zeros, n);
    assert_true(z.n < 100000);
    assert_int_equal(read_mem(buf_str(&z), UINT64_MAX, n, 65536, &out, &e), ERR_LIMIT);
    assert_true(out.n < 64 * MIB); /* found by its ratio, long before the end */
    assert_non_null(strstr(e.text, "bomb"));
    buf_release(&out);
    /* deflate cannot exceed 1032:1, which stays below the ratio: the limit of bytes stops it */
    buf_clear(&z);
    gzip_add(&z, zeros, n);
    assert_true(z.n < 300000);
    assert_int_equal(read_mem(buf_str(&z), 64 * MIB, n, 65536, &out, &e), ERR_LIMIT);
    assert_int_equal(out.n, 64 * MIB);
    buf_release(&out);
    buf_release(&z);
    free(zeros);
}

static void limits_are_exact(void **state)
{
    (void)state;
    struct buf p = prose(5000), z[3] = {BUF_INIT(MIB), BUF_INIT(MIB), BUF_INIT(MIB)}, out;
    struct err e;
    buf_add_str(&z[0], buf_str(&p));
    gzip_add(&z[1], p.p, p.n);
    zstd_add(&z[2], p.p, p.n);
    for (int k = 0; k < 3; k++)
        for (size_t step = 0; step < 100000; step = step * 300 + 100) {
            assert_int_equal(read_mem(buf_str(&z[k]), p.n, MIB, step, &out, &e), 0);
            assert_int_equal(out.n, p.n);
            buf_release(&out);
            assert_int_equal(read_mem(buf_str(&z[k]), p.n - 1, MIB, step, &out, &e), ERR_LIMIT);
            assert_int_equal(out.n, p.n - 1);
            buf_release(&out);
        }
    for (int k = 0; k < 3; k++) { /* the maximum of the buffer */
        assert_int_equal(read_mem(buf_str(&z[k]), UINT64_MAX, p.n, 0, &out, &e), 0);
        buf_release(&out);
        assert_int_equal(read_mem(buf_str(&z[k]), UINT64_MAX, p.n - 1, 0, &out, &e), ERR_LIMIT);
        assert_true(buf_full(&out));
        buf_release(&out);
        buf_release(&z[k]);
    }
    buf_release(&p);
}

/* ---- lines ---- */

static void expect_line(struct stream *s, size_t max, const char *want, bool want_cut)
{
    struct str line;
    struct err e;
    bool cut;
    assert_int_equal(stream_line(s, max, &line, &cut, &e), 1);
    assert_int_equal(line.n, strlen(want));
    assert_memory_equal(line.p, want, line.n);
    assert_int_equal(cut, want_cut);
}

static void expect_end(struct stream *s)
{
    struct str line;
    struct err e;
    bool cut;
    for (int i = 0; i < 2; i++)
        assert_int_equal(stream_line(s, 5, &line, &cut, &e), 0);
}

static void lines_lose_their_ends(void **state)
{
    (void)state;
    struct stream *s;
    struct err e;
    assert_int_equal(stream_open_mem(&s, "t", STR_LIT("a\nbc\r\n\n\r\na\rb\nlast"), 100, &e), 0);
    expect_line(s, 100, "a", false);
    assert_int_equal(stream_out(s), 2);
    expect_line(s, 100, "bc", false);
    expect_line(s, 100, "", false);
    expect_line(s, 100, "", false);
    expect_line(s, 100, "a\rb", false);
    expect_line(s, 100, "last", false);
    expect_end(s);
    stream_free(s);
    assert_int_equal(stream_open_mem(&s, "t", STR_LIT(""), 100, &e), 0);
    expect_end(s);
    stream_free(s);
}

static void long_lines_are_cut_and_the_next_is_whole(void **state)
{
    (void)state;
    struct stream *s;
    struct err e;
    assert_int_equal(stream_open_mem(&s, "t",
                                     STR_LIT("12345\n12345\r\n123456\n123456\r\n1234567\r\nok\n12345678"),
                                     1000, &e),
                     0);
    expect_line(s, 5, "12345", false);
    expect_line(s, 5, "12345", false);
    expect_line(s, 5, "12345", true);
    expect_line(s, 5, "12345", true);
    expect_line(s, 5, "12345", true);
    expect_line(s, 5, "ok", false);
    expect_line(s, 5, "12345", true);
    expect_end(s);
    stream_free(s);
    /* longer than every window */
    struct buf b = BUF_INIT(4 * MIB), z = BUF_INIT(8 * MIB);
    for (int i = 0; i < 3 * 1024 * 1024; i++)
        buf_addc(&b, (char)('a' + i % 23));
    buf_adds(&b, "\nnext\n");
    gzip_add(&z, b.p, b.n);
    assert_int_equal(stream_open_mem(&s, "t", buf_str(&z), 4 * MIB, &e), 0);
    struct str line;
    bool cut;
    assert_int_equal(stream_line(s, 200000, &line, &cut, &e), 1);
    assert_int_equal(line.n, 200000);
    assert_memory_equal(line.p, b.p, line.n);
    assert_true(cut);
    expect_line(s, 5, "next", false);
    expect_end(s);
    stream_free(s);
    buf_release(&b);
    buf_release(&z);
}

static void every_line_of_a_packed_log_comes(void **state)
{
    (void)state;
    struct buf p = prose(30000), z = BUF_INIT(4 * MIB);
    gzip_add(&z, p.p, p.n);
    struct stream *s;
    struct err e;
    struct str rest = buf_str(&p), want, line;
    bool cut;
    size_t got;
    char some[10];
    assert_int_equal(stream_open_mem(&s, "t", buf_str(&z), UINT64_MAX, &e), 0);
    for (int i = 0; i < 20000; i++) {
        assert_true(str_line_next(&rest, &want));
        assert_int_equal(stream_line(s, 1000, &line, &cut, &e), 1);
        assert_true(str_eq(line, want));
    }
    /* reading goes on where the lines stopped */
    assert_int_equal(stream_read(s, some, sizeof(some), &got, &e), 0);
    assert_memory_equal(some, rest.p, got);
    stream_free(s);
    /* a truncated one gives its whole lines, then the error */
    assert_int_equal(stream_open_mem(&s, "t", str_n(z.p, z.n / 2), UINT64_MAX, &e), 0);
    int rc;
    size_t lines = 0;
    while ((rc = stream_line(s, 1000, &line, &cut, &e)) > 0)
        lines++;
    assert_int_equal(rc, ERR_INPUT);
    assert_true(lines > 10000);
    assert_int_equal(stream_line(s, 1000, &line, &cut, &e), ERR_INPUT);
    stream_free(s);
    buf_release(&p);
    buf_release(&z);
}

/* ---- files ---- */

static void files_and_pipes(void **state)
{
    (void)state;
    char path[] = "/tmp/toban-test-stream-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct buf p = prose(20000), z = BUF_INIT(4 * MIB), b = BUF_INIT(4 * MIB);
    struct err e;
    struct stream *s;
    gzip_add(&z, p.p, p.n);
    assert_int_equal(write(fd, z.p, z.n), z.n);
    close(fd);
    assert_int_equal(stream_slurp(path, &b, &e), 0);
    assert_true(str_eq(buf_str(&b), buf_str(&p)));
    assert_int_equal(stream_open(&s, path, UINT64_MAX, &e), 0);
    assert_string_equal(stream_name(s), path);
    assert_int_equal(stream_size(s), z.n);
    stream_free(s);
    buf_release(&b);
    b = BUF_INIT(p.n - 1);
    assert_int_equal(stream_slurp(path, &b, &e), ERR_LIMIT);
    buf_release(&b);
    unlink(path);
    assert_int_equal(stream_open(&s, path, 1, &e), ERR_NOT_FOUND);
    assert_non_null(strstr(e.text, path));
    assert_int_equal(stream_open(&s, "/", 1, &e), ERR_IO);

    int pair[2];
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(write(pair[1], "a", 1), 1);
    assert_int_equal(write(pair[1], "bc\nd", 4), 4);
    close(pair[1]);
    assert_int_equal(stream_open_fd(&s, "pipe", pair[0], 100, &e), 0);
    assert_int_equal(stream_size(s), 0);
    expect_line(s, 10, "abc", false);
    expect_line(s, 10, "d", false);
    expect_end(s);
    stream_free(s);
    buf_release(&p);
    buf_release(&z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bytes_come_as_they_are),
        cmocka_unit_test(packed_bytes_come_unpacked),
        cmocka_unit_test(members_in_a_row_are_one_stream),
        cmocka_unit_test(gzip_headers_may_carry_fields),
        cmocka_unit_test(zstd_skippable_frames_are_passed_over),
        cmocka_unit_test(a_cut_input_is_an_error_at_every_byte),
        cmocka_unit_test(what_follows_gzip_may_only_be_zeros),
        cmocka_unit_test(a_changed_byte_is_noticed),
        cmocka_unit_test(bombs_end_in_an_error),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(lines_lose_their_ends),
        cmocka_unit_test(long_lines_are_cut_and_the_next_is_whole),
        cmocka_unit_test(every_line_of_a_packed_log_comes),
        cmocka_unit_test(files_and_pipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
