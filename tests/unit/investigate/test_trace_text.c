#include "trace_lib.h"

#include <iconv.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#define HEADER                                                                                               \
    "#Software: Microsoft Exchange Server\r\n#Log-type: HttpProxy Logs\r\n#Fields: "                         \
    "DateTime,RequestId,AnchorMailbox,HttpStatus\r\n"

static struct str utf16(struct arena *a, const char *text, bool big, bool bom)
{
    size_t n = strlen(text) + (bom ? 1 : 0), k = 0;
    char *out = arena_alloc(a, n * 2);
    if (bom) {
        out[k++] = (char)(big ? 0xFE : 0xFF);
        out[k++] = (char)(big ? 0xFF : 0xFE);
    }
    for (; *text; text++) {
        out[k++] = big ? 0 : *text;
        out[k++] = big ? *text : 0;
    }
    return str_n(out, k);
}

/* One text, every encoding: the same rows, the same line numbers; offsets are those of the file. */
static void test_encodings(void **state)
{
    (void)state;
    const char *text =
        HEADER "2021-03-03T01:00:00.000Z,r1,ServerInfo~a/b,200\r\n2021-03-03T02:00:00.000Z,r2,Smtp~x,302\r\n";
    struct arena a = {0};
    char *bom = arena_printf(&a, "\xEF\xBB\xBF%s", text);
    struct {
        struct str bytes;
        unsigned unit, skip;
    } form[] = {{str_of(text), 1, 0},
                {str_of(bom), 1, 3},
                {utf16(&a, text, false, true), 2, 2},
                {utf16(&a, text, false, false), 2, 0},
                {utf16(&a, text, true, true), 2, 2},
                {utf16(&a, text, true, false), 2, 0}};
    for (size_t i = 0; i < ARRAY_LEN(form); i++) {
        struct log l;
        assert_string_equal(log_read(&l, NULL, form[i].bytes, "x.log", 0)->name, "httpproxy");
        assert_int_equal(l.row.n, 2);
        assert_string_equal(field(&l, 0, "AnchorMailbox"), "ServerInfo~a/b");
        assert_string_equal(field(&l, 1, "HttpStatus"), "302");
        assert_int_equal(l.row.p[0].number, 4);
        assert_int_equal(l.row.p[0].offset, form[i].skip + strlen(HEADER) * form[i].unit);
        assert_int_equal(l.row.p[1].offset, l.row.p[0].offset + l.row.p[0].bytes);
        assert_int_equal(l.row.p[1].offset + l.row.p[1].bytes, form[i].bytes.n);
        log_free(&l);
    }
    arena_release(&a);
}

/* Japanese in CP932, where second bytes look like ASCII ("ソ" is 83 5C), without a newline at the end. */
static void test_cp932(void **state)
{
    (void)state;
    struct log l;
    log_read(
        &l, "plain",
        str_of("\x83\x5C\x83\x74\x83\x67\x82\xF0\x8D\x58\x90\x56\x82\xB5\x82\xDC\x82\xB5\x82\xBD\r\nsecond"),
        "x.txt", 0);
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 0, "Message"), "ソフトを更新しました");
    assert_string_equal(field(&l, 1, "Message"), "second");
    assert_int_equal(l.row.p[1].offset, 22);
    log_free(&l);
    /* one such line in a web log, which is taken for UTF-8, is decoded by itself; the marks of attack stay */
    log_read(&l, NULL,
             str_of("#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status\n"
                    "2021-03-03 01:00:00 GET /owa/ q=\x83\x5C\x83\x74\x83\x67 200\n2021-03-03 01:00:01 GET "
                    "/\x81ServerInfo~ - 200\n"),
             "ex210303.log", 0);
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 0, "cs-uri-query"), "q=ソフト");
    log_free(&l);
}

static void test_line_ends(void **state)
{
    (void)state;
    struct log l;
    log_read(&l, "plain", str_of("a\n\nb\r\n\r\nc"), "x.txt", 0);
    assert_int_equal(l.row.n, 3);
    assert_int_equal(l.row.p[1].number, 3);
    assert_int_equal(l.row.p[2].number, 5);
    assert_int_equal(l.row.p[2].offset, 8);
    log_free(&l);
    log_read(&l, "plain", str_of(""), "x.txt", 0);
    assert_int_equal(l.row.n, 0);
    log_free(&l);
    log_read(&l, "plain", str_of("\n"), "x.txt", 0);
    assert_int_equal(l.row.n, 0);
    log_free(&l);
}

/* A log whose end was allocated but not written, and one that goes on behind such a hole. */
static void test_nul(void **state)
{
    (void)state;
    struct log l;
    char text[4096 + 256] = HEADER "2021-03-03T01:00:00.000Z,r1,x,200\r\n";
    size_t n = strlen(text);
    log_read(&l, NULL, str_n(text, n + 3000), "x.log", 0);
    assert_int_equal(l.row.n, 1);
    assert_int_equal(l.cover.notes, 1);
    log_free(&l);
    memcpy(text + n + 3000, "2021-03-03T02:00:00.000Z,r2,y,200\r\n", 35);
    log_read(&l, NULL, str_n(text, n + 3035), "x.log", 0);
    assert_int_equal(l.row.n, 2);
    assert_string_equal(field(&l, 1, "AnchorMailbox"), "y");
    log_free(&l);
}

static void test_gzip(void **state)
{
    (void)state;
    const char *text = HEADER "2021-03-03T01:00:00.000Z,r1,ServerInfo~a/b,200\r\n";
    unsigned char packed[1024];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
                  .avail_in = (uInt)strlen(text),
                  .next_out = packed,
                  .avail_out = sizeof(packed)};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    struct log l;
    log_read(&l, NULL, str_n((char *)packed, z.total_out), "HttpProxy_2021030301-1.LOG.gz", 0);
    deflateEnd(&z);
    assert_int_equal(l.row.n, 1);
    assert_int_equal(l.cover.bytes, strlen(text));
    log_free(&l);
}

/* Many blocks, with a line across every edge: numbers and offsets are those of a plain count. */
static void test_blocks(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(8 * MIB);
    VEC(uint64_t) at = {0};
    for (unsigned i = 0; b.n < 3 * MIB; i++) {
        vec_push(&at, b.n);
        buf_printf(&b, "%u ", i);
        for (unsigned k = 0; k < i * 37 % 900; k++)
            buf_addc(&b, 'x');
        buf_addc(&b, '\n');
    }
    struct log l;
    log_read(&l, "plain", buf_str(&b), "x.txt", 0);
    assert_int_equal(l.row.n, at.n);
    for (size_t i = 0; i < at.n; i++) {
        assert_int_equal(l.row.p[i].number, i + 1);
        assert_int_equal(l.row.p[i].offset, at.p[i]);
    }
    log_free(&l);
    /* the same in UTF-16 */
    struct arena a = {0};
    log_read(&l, "plain", utf16(&a, buf_cstr(&b), false, true), "x.txt", 0);
    assert_int_equal(l.row.n, at.n);
    for (size_t i = 0; i < at.n; i++)
        assert_int_equal(l.row.p[i].offset, 2 + 2 * at.p[i]);
    log_free(&l);
    arena_release(&a);
    vec_release(&at);
    buf_release(&b);
}

/* 200 MB without a line end, made on the fly: bounded memory, cut with a flag, searched to its end, and the
 * next line read. */
static void test_long_line(void **state)
{
    (void)state;
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    const size_t size = 200 * MIB;
    pid_t child = fork();
    if (child == 0) {
        static char fill[64 * KIB];
        close(fd[0]);
        memset(fill, 'x', sizeof(fill));
        ssize_t rc = write(fd[1], "first\n", 6);
        for (size_t n = 0; n < size && rc > 0; n += sizeof(fill))
            rc = write(fd[1], fill, sizeof(fill));
        rc = write(fd[1], "NEEDLE\nlast", 11);
        _exit(rc == 11 ? 0 : 1);
    }
    close(fd[1]);
    struct stream *in;
    struct err e = {0};
    struct trace_text *t;
    struct trace_text_block b;
    assert_int_equal(stream_open_fd(&in, "pipe", fd[0], 1 * GIB, &e), 0);
    struct trace_input input = {.name = "pipe", .stream = in};
    assert_int_equal(trace_text_open(&t, trace_by_name(STR_LIT("plain")), &input, NULL, &e), 0);
    int found = 0, last = 0, rc;
    while ((rc = trace_text_block(t, &b, &e)) > 0) {
        struct trace_record r;
        size_t k = str_find(b.bytes, STR_LIT("NEEDLE"));
        assert_true(b.bytes.n <= LIMIT_LINE);
        if (k != STR_NONE) {
            found++;
            assert_true(b.part);
            assert_true(trace_text_row(t, k, &r, NULL));
            assert_int_equal(r.number, 2);
            assert_true(r.cut);
            assert_int_equal(b.offset + k, 6 + size);
            assert_true(str_find(r.text, STR_LIT("NEEDLE")) != STR_NONE);
        }
        k = str_find(b.bytes, STR_LIT("last"));
        if (k != STR_NONE) {
            last++;
            assert_true(trace_text_row(t, k, &r, NULL));
            assert_int_equal(r.number, 3);
            assert_int_equal(r.offset, 6 + size + 7);
            assert_false(r.cut);
        }
    }
    assert_int_equal(rc, 0);
    assert_int_equal(found, 1);
    assert_int_equal(last, 1);
    struct trace_coverage c = {0};
    trace_text_cover(t, &c);
    assert_int_equal(c.rows, 3);
    assert_int_equal(c.cut, 1);
    assert_int_equal(c.bytes, 6 + size + 11);
    trace_text_free(t);
    stream_free(in);
}

/* A word across the edge of two pieces is found in one of them. */
static void test_long_overlap(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(8 * MIB);
    while (b.n < 4 * MIB)
        buf_addc(&b, 'x');
    memcpy(b.p + LIMIT_LINE - 3, "NEEDLE", 6);
    struct trace_text *t;
    struct trace_text_block k;
    struct err e = {0};
    struct trace_input input = {.name = "x", .bytes = buf_str(&b)};
    assert_int_equal(trace_text_open(&t, trace_by_name(STR_LIT("plain")), &input, NULL, &e), 0);
    int found = 0;
    while (trace_text_block(t, &k, &e) > 0)
        found += str_find(k.bytes, STR_LIT("NEEDLE")) != STR_NONE;
    assert_int_equal(found, 1);
    trace_text_free(t);
    buf_release(&b);
}

/* An input that fails is an error, with what was read counted. */
static void test_truncated(void **state)
{
    (void)state;
    static const unsigned char packed[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b};
    struct stream *in;
    struct err e = {0};
    struct log l = {0};
    struct trace_want want = {0};
    struct trace_sink sink = {&l, log_row, NULL};
    assert_int_equal(stream_open_mem(&in, "x.gz", str_n((const char *)packed, sizeof(packed)), MIB, &e), 0);
    struct trace_input input = {.name = "x.gz", .stream = in};
    assert_int_equal(trace_by_name(STR_LIT("plain"))->read(&input, &want, &sink, &l.cover, &e), ERR_INPUT);
    stream_free(in);
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_encodings), cmocka_unit_test(test_cp932),
                                       cmocka_unit_test(test_line_ends), cmocka_unit_test(test_nul),
                                       cmocka_unit_test(test_gzip),      cmocka_unit_test(test_blocks),
                                       cmocka_unit_test(test_long_line), cmocka_unit_test(test_long_overlap),
                                       cmocka_unit_test(test_truncated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
