/* fuzz_stream.c — packed input as it comes, with zlib as oracle for gzip, and
 * the same bytes packed and read back; reads and lines in between.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "codec/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x) ((x) ? (void)0 : abort())

/* What zlib makes of it: members in a row, zeros behind. False when damaged. */
static bool zlib_all(struct str s, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)s.p, .avail_in = (uInt)s.n};
    CHECK(inflateInit2(&z, 31) == Z_OK);
    int rc = Z_OK;
    while (rc == Z_OK) {
        char block[4096];
        z.next_out = (Bytef *)block;
        z.avail_out = sizeof(block);
        rc = inflate(&z, Z_NO_FLUSH);
        buf_add(out, block, sizeof(block) - z.avail_out);
        if (rc == Z_STREAM_END && z.avail_in && *z.next_in == 0x1F)
            rc = inflateReset(&z);
    }
    inflateEnd(&z);
    return rc == Z_STREAM_END;
}

static int read_by(struct str s, size_t step, uint64_t limit, struct buf *out)
{
    struct stream *in;
    struct err e = {0};
    char block[5000];
    size_t got;
    int rc = stream_open_mem(&in, "fuzz", s, limit, &e);
    CHECK(rc == 0);
    do {
        rc = stream_read(in, block, step, &got, &e);
        buf_add(out, block, got);
    } while (rc == 0 && got);
    CHECK((rc == 0) == (e.code == 0));
    CHECK(rc != 0 || stream_in(in) == s.n);
    CHECK(stream_out(in) == out->n && out->n <= limit);
    stream_free(in);
    return rc;
}

static void by_lines(struct str s, size_t max, const struct buf *want)
{
    struct stream *in;
    struct err e;
    struct str line, rest = buf_str(want), whole;
    bool cut;
    int rc;
    CHECK(stream_open_mem(&in, "fuzz", s, UINT64_MAX, &e) == 0);
    while ((rc = stream_line(in, max, &line, &cut, &e)) > 0) {
        CHECK(str_line_next(&rest, &whole));
        CHECK(cut == (whole.n > max));
        CHECK(str_eq(line, str_sub(whole, 0, max)));
    }
    CHECK(rc == 0 && rest.n == 0);
    stream_free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t step = 1 + data[0] * 19U, max = data[1];
    struct str s = str_n((const char *)data + 2, size - 2);
    struct buf a = BUF_INIT(4 * MIB), b = BUF_INIT(8 * MIB);
    int rc = read_by(s, step, 2 * MIB, &a);
    if (rc == 0 && s.n > 2 && data[2] == 0x1F && data[3] == 0x8B)
        CHECK(zlib_all(s, &b) && str_eq(buf_str(&a), buf_str(&b)));
    if (rc == 0)
        by_lines(s, max, &a);
    buf_clear(&a);
    read_by(s, 5000, step, &a);

    /* packed by zlib, in two members, it comes back */
    char packed[20000];
    size_t n = 0, half = s.n / 2;
    if (s.n < 8000) {
        for (int k = 0; k < 2; k++) {
            z_stream z = {.next_in = (Bytef *)(uintptr_t)s.p + (k ? half : 0),
                          .avail_in = (uInt)(k ? s.n - half : half)};
            CHECK(deflateInit2(&z, max % 10, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
            z.next_out = (Bytef *)packed + n;
            z.avail_out = (uInt)(sizeof(packed) - n);
            CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
            n += z.total_out;
            deflateEnd(&z);
        }
        buf_clear(&a);
        CHECK(read_by(str_n(packed, n), step, s.n, &a) == 0);
        CHECK(str_eq(buf_str(&a), s));
    }
    buf_release(&a);
    buf_release(&b);
    return 0;
}
