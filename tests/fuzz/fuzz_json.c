/* fuzz_json.c — the reader, the tree, elements and the writer against jansson and against each other.
 *
 * Where jansson differs by its documentation it is not asked: lone surrogates (we
 * give U+FFFD), a leading BOM, numbers beyond a double, depth above ours.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
/* jansson's enumerators have the names of ours. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "codec/json.h"
#include "codec/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x) ((x) ? (void)0 : abort())

static void write_tree(struct json_writer *w, const struct json *v)
{
    switch (v->type) {
    case JSON_OBJECT:
        json_w_object(w);
        for (uint32_t i = 0; i < v->n; i++) {
            char *key = mem_dup(v->key[i].p, v->key[i].n);
            json_w_key(w, key);
            free(key);
            write_tree(w, &v->item[i]);
        }
        json_w_object_end(w);
        break;
    case JSON_ARRAY:
        json_w_array(w);
        for (uint32_t i = 0; i < v->n; i++)
            write_tree(w, &v->item[i]);
        json_w_array_end(w);
        break;
    case JSON_STRING:
        json_w_str(w, v->text);
        break;
    case JSON_NUMBER:
        json_w_number_text(w, v->text);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_w_bool(w, v->type == JSON_TRUE);
        break;
    default:
        json_w_null(w);
    }
}

static void same_as_jansson(const struct json *v, const json_t *j)
{
    const char *key;
    json_t *item;
    switch (v->type) {
    case JSON_OBJECT:
        CHECK(json_typeof(j) == JANSSON_OBJECT && json_object_size(j) == v->n);
        json_object_foreach((json_t *)(uintptr_t)j, key, item)
        {
            const struct json *mine = json_get(v, key);
            CHECK(mine);
            same_as_jansson(mine, item);
        }
        break;
    case JSON_ARRAY:
        CHECK(json_typeof(j) == JANSSON_ARRAY && json_array_size(j) == v->n);
        for (uint32_t i = 0; i < v->n; i++)
            same_as_jansson(&v->item[i], json_array_get(j, i));
        break;
    case JSON_STRING:
        CHECK(json_typeof(j) == JANSSON_STRING && json_string_length(j) == v->text.n);
        CHECK(memcmp(json_string_value(j), v->text.p, v->text.n) == 0);
        break;
    case JSON_NUMBER:
        CHECK(json_typeof(j) == JSON_REAL);
        CHECK(v->text.n >= 64 || json_double(v, json_real_value(j) + 1) == json_real_value(j));
        break;
    default:
        CHECK(json_typeof(j) == (v->type == JSON_TRUE    ? JANSSON_TRUE
                                 : v->type == JSON_FALSE ? JANSSON_FALSE
                                                         : JANSSON_NULL));
    }
}

static bool asks_jansson(struct str s)
{
    if (str_starts(s, "\xEF\xBB\xBF"))
        return false;
    for (size_t i = 0; i + 3 < s.n; i++)
        if (s.p[i] == '\\' && s.p[i + 1] == 'u' && (s.p[i + 2] | 0x20) == 'd')
            return false;
    return true;
}

static void against_jansson(struct str s, const struct json *v, int code)
{
    json_error_t je;
    json_t *j = json_loadb(s.p, s.n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &je);
    if (v && j)
        same_as_jansson(v, j);
    if (!v && code != ERR_LIMIT && str_chr(s, 0) == STR_NONE) /* jansson takes a NUL byte for the end */
        CHECK(!j);
    if (!j && asks_jansson(s))
        CHECK(!v || json_error_code(&je) == json_error_numeric_overflow);
    json_decref(j);
}

static void log_events(struct json_reader *r, struct buf *b)
{
    enum json_event ev;
    struct err e;
    while ((ev = json_next(r)) > JSON_END) {
        buf_printf(b, "%d ", ev);
        if (ev == JSON_KEY || ev == JSON_STRING || ev == JSON_NUMBER)
            buf_add_str(b, json_text(r));
        buf_printf(b, "@%llu,%lu\n", (unsigned long long)json_offset(r), json_line(r));
    }
    if (json_reader_err(r, &e))
        buf_adds(b, e.text);
    json_reader_free(r);
}

/* A stream that gives the bytes in small pieces: each is a packet. */
static struct stream *drip(struct str s)
{
    int fd[2];
    struct stream *in;
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
    size_t step = s.n / 48 + 1;
    for (size_t i = 0; i < s.n; i += step)
        CHECK(send(fd[1], s.p + i, MIN(step, s.n - i), 0) > 0);
    close(fd[1]);
    CHECK(stream_open_fd(&in, "drip", fd[0], UINT64_MAX, NULL) == 0);
    return in;
}

static void pieces_are_like_memory(struct str s)
{
    struct buf a = BUF_INIT(16 * MIB), b = BUF_INIT(16 * MIB);
    struct stream *in = drip(s);
    if (stream_size(in) == 0 && !(s.n >= 2 && (unsigned char)s.p[0] == 0x1F)) {
        log_events(json_reader_new_mem(s), &a);
        log_events(json_reader_new(in), &b);
        CHECK(str_eq(buf_str(&a), buf_str(&b)));
    }
    stream_free(in);
    buf_release(&a);
    buf_release(&b);
}

static void as_element(struct str s, bool valid)
{
    struct buf b = BUF_INIT(16 * MIB);
    struct err e;
    struct str raw;
    if (str_starts(s, "\xEF\xBB\xBF"))
        return;
    buf_adds(&b, "[\n");
    buf_add_str(&b, s);
    buf_adds(&b, " ,{\"x\":1}]");
    struct stream *in = drip(buf_str(&b));
    for (int way = 0; way < 2; way++) {
        struct json_reader *r = way ? json_reader_new(in) : json_reader_new_mem(buf_str(&b));
        CHECK(json_next(r) == JSON_ARRAY);
        int rc = json_element(r, 8 * MIB, &raw, &e);
        if (valid) {
            struct str t = s;
            while (t.n && t.p[0] && strchr(" \t\r\n", t.p[0]))
                t = str_sub(t, 1, t.n);
            while (t.n && strchr(" \t\r\n", t.p[t.n - 1]))
                t.n--;
            CHECK(rc == 1 && str_eq(raw, t));
            CHECK(json_element(r, 100, &raw, &e) == 1 && str_eq(raw, STR_LIT("{\"x\":1}")));
            CHECK(json_element(r, 100, &raw, &e) == 0);
            CHECK(json_next(r) == JSON_END);
        }
        for (int i = 0; rc > 0 && i < 10000; i++)
            rc = json_element(r, 8 * MIB, &raw, &e);
        json_reader_free(r);
    }
    stream_free(in);
    buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct arena a = {0};
    struct err e = {0};
    struct str s = str_n((const char *)data, size);
    const struct json *v = json_parse(&a, s, &e);
    CHECK((v != NULL) == (e.code == 0));
    against_jansson(s, v, e.code);
    pieces_are_like_memory(s);
    as_element(s, v != NULL);
    if (v) {
        struct buf one = BUF_INIT(4 * MIB), two = BUF_INIT(4 * MIB), three = BUF_INIT(4 * MIB);
        struct json_writer w;
        json_writer_init(&w, &one);
        write_tree(&w, v);
        json_writer_init(&w, &two);
        w.pretty = true;
        write_tree(&w, v);
        const struct json *again = json_parse(&a, buf_str(&two), &e);
        CHECK(again);
        json_writer_init(&w, &three);
        write_tree(&w, again);
        CHECK(str_eq(buf_str(&one), buf_str(&three)));
        buf_release(&three);
        buf_release(&one);
        buf_release(&two);
    }
    struct json_reader *r = json_reader_new_mem(s);
    json_reader_set_many(r, true);
    for (int ends = 0; ends < 2;) {
        enum json_event ev = json_next(r);
        if (ev == JSON_ERROR)
            break;
        ends = ev == JSON_END ? ends + 1 : 0;
        if (ev == JSON_KEY && json_skip(r, &e) < 0)
            break;
    }
    json_reader_free(r);
    arena_release(&a);
    return 0;
}
