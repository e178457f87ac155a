/* test_json_tree.c — elements, the tree and the writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "drip.h"

/* ---- elements ---- */

static size_t elements_of(struct json_reader *r, struct str *out, size_t max)
{
    struct err e;
    size_t n = 0;
    struct str raw;
    assert_int_equal(json_next(r), JSON_ARRAY);
    for (;;) {
        int rc = json_element(r, 4096, &raw, &e);
        if (rc == 0)
            break;
        if (rc < 0)
            fail_msg("%s", e.text);
        assert_true(n < max);
        out[n++] = str_n(mem_dup(raw.p ? raw.p : "", raw.n), raw.n);
    }
    return n;
}

static void a_broken_element_harms_no_other(void **state)
{
    (void)state;
    static const char text[] =
        "[ {\"a\":\"]},{\\\"\"} , {\"b\":01,}, {\"c\":{\"d\":[1,2,{}]},\"e\":\"\xFF\"},,7, \"s,]\\\\\", "
        "nonsense , [1,[2]] x,"
        "{\"long\":\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\",\"q\":[[],{"
        "}]},\n"
        "{\"raw\nbreak\":\"\t\"}, {\"last\":[{\"x\":\"\\\\\\\"}\"}]} ]";
    static const char *const want[] = {
        "{\"a\":\"]},{\\\"\"}",
        "{\"b\":01,}",
        "{\"c\":{\"d\":[1,2,{}]},\"e\":\"\xFF\"}",
        "",
        "7",
        "\"s,]\\\\\"",
        "nonsense",
        "[1,[2]] x",
        ("{\"long\":\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\",\"q\":[[],{"
         "}]}"),
        "{\"raw\nbreak\":\"\t\"}",
        "{\"last\":[{\"x\":\"\\\\\\\"}\"}]}"};
    for (int way = 0; way < 2; way++) {
        struct sender s;
        pthread_t t;
        struct stream *in = way ? drip(&s, &t, str_of(text)) : NULL;
        struct json_reader *r = way ? json_reader_new(in) : json_reader_new_mem(str_of(text));
        struct str got[32];
        size_t n = elements_of(r, got, 32);
        assert_int_equal(n, ARRAY_LEN(want));
        for (size_t i = 0; i < n; i++) {
            assert_string_equal(got[i].p, want[i]);
            free((char *)(uintptr_t)got[i].p);
        }
        assert_int_equal(json_next(r), JSON_END);
        json_reader_free(r);
        if (way) {
            stream_free(in);
            pthread_join(t, NULL);
        }
    }
}

static void elements_end_where_the_array_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
    } c[] = {{"[]", 0},  {"[ ]", 0},     {"[1]", 1},     {"[1,]", 2},
             {"[,]", 2}, {"[[],[]]", 2}, {"[\"]\"]", 1}, {"[{}]", 1}};
    for (size_t i = 0; i < ARRAY_LEN(c); i++) {
        struct str got[4];
        struct json_reader *r = json_reader_new_mem(str_of(c[i].text));
        assert_int_equal(elements_of(r, got, 4), c[i].n);
        assert_int_equal(json_next(r), JSON_END);
        json_reader_free(r);
        for (size_t k = 0; k < c[i].n; k++)
            free((char *)(uintptr_t)got[k].p);
    }
}

static void elements_mix_with_events(void **state)
{
    (void)state;
    struct err e;
    struct str raw;
    struct json_reader *r = json_reader_new_mem(str_of("{\"v\":[1,{\"a\":2},\n [3]],\"w\":4}"));
    assert_int_equal(json_next(r), JSON_OBJECT);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_element(r, 10, &raw, &e), ERR_INTERNAL);
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_next(r), JSON_NUMBER);
    assert_int_equal(json_element(r, 10, &raw, &e), 1);
    assert_true(str_eq(raw, STR_LIT("{\"a\":2}")));
    assert_int_equal(json_element(r, 10, &raw, &e), 1);
    assert_true(str_eq(raw, STR_LIT("[3]")));
    assert_int_equal(json_line(r), 2);
    assert_int_equal(json_offset(r), 18);
    assert_int_equal(json_element(r, 10, &raw, &e), 0);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_next(r), JSON_NUMBER);
    assert_int_equal(json_next(r), JSON_OBJECT_END);
    assert_int_equal(json_next(r), JSON_END);
    json_reader_free(r);
}

static void an_element_without_end_or_too_long_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max;
        int code;
    } c[] = {{"[{\"a\":1", 100, ERR_INPUT},
             {"[\"a]", 100, ERR_INPUT},
             {"[1", 100, ERR_INPUT},
             {"[", 100, ERR_INPUT},
             {"[12345]", 4, ERR_LIMIT},
             {"[12345]", 5, 1},
             {"[{\"a\":\"b\"}]", 8, ERR_LIMIT},
             {"[1,", 100, 1}};
    for (size_t i = 0; i < ARRAY_LEN(c); i++)
        for (int way = 0; way < 2; way++) {
            struct err e;
            struct str raw;
            struct stream *in = NULL;
            assert_int_equal(stream_open_mem(&in, "t", str_of(c[i].text), UINT64_MAX, &e), 0);
            struct json_reader *r = way ? json_reader_new(in) : json_reader_new_mem(str_of(c[i].text));
            assert_int_equal(json_next(r), JSON_ARRAY);
            assert_int_equal(json_element(r, c[i].max, &raw, &e), c[i].code);
            if (c[i].code < 0) {
                assert_int_equal(json_next(r), JSON_ERROR);
                assert_int_equal(json_element(r, c[i].max, &raw, &e), c[i].code);
            }
            json_reader_free(r);
            stream_free(in);
        }
}

/* ---- tree ---- */

static void the_tree_answers_lookups(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    const struct json *v =
        json_parse(&a,
                   STR_LIT("{\"s\":\"x\",\"i\":-7,\"d\":2.5,\"big\":123456789012345678901234567890,\"e\":1e5,"
                           "\"t\":true,\"z\":null,"
                           "\"l\":[1,2,3],\"o\":{\"k\":\"v\"},\"k\\u0065y\":1}"),
                   &e);
    assert_non_null(v);
    assert_int_equal(v->n, 10);
    assert_true(str_is(json_get_str(v, "s"), "x"));
    assert_int_equal(json_int(json_get(v, "i"), 0), -7);
    assert_true(json_double(json_get(v, "d"), 0) == 2.5);
    assert_int_equal(json_int(json_get(v, "d"), 9), 9);
    assert_int_equal(json_int(json_get(v, "big"), 9), 9);
    assert_true(str_is(json_get(v, "big")->text, "123456789012345678901234567890"));
    assert_int_equal(json_int(json_get(v, "e"), 0), 100000);
    assert_true(json_bool(json_get(v, "t"), false));
    assert_true(json_is(json_get(v, "z"), JSON_NULL));
    assert_int_equal(json_len(json_get(v, "l")), 3);
    assert_int_equal(json_int(json_at(json_get(v, "l"), 2), 0), 3);
    assert_null(json_at(json_get(v, "l"), 3));
    assert_true(str_is(json_get_str(json_get(v, "o"), "k"), "v"));
    assert_int_equal(json_int(json_get(v, "key"), 0), 1);
    /* another type, or nothing at all */
    assert_null(json_get(json_get(v, "s"), "x"));
    assert_null(json_get(NULL, "x"));
    assert_null(json_at(v, 0));
    assert_int_equal(json_len(v), 0);
    assert_int_equal(json_str(json_get(v, "i")).n, 0);
    assert_int_equal(json_int(json_get(v, "s"), 5), 5);
    assert_true(json_bool(json_get(v, "z"), true));
    assert_false(json_is(NULL, JSON_NULL));
    arena_release(&a);
}

static void the_last_of_equal_keys_stays(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    const struct json *v = json_parse(&a, STR_LIT("{\"a\":1,\"b\":2,\"\\u0061\":3,\"\":4,\"\":5}"), &e);
    assert_int_equal(v->n, 3);
    assert_int_equal(json_int(json_get(v, "a"), 0), 3);
    assert_int_equal(json_int(json_get(v, "b"), 0), 2);
    assert_int_equal(json_int(json_get(v, ""), 0), 5);
    /* many members: 500 names, each four times */
    struct buf b = BUF_INIT(MIB);
    buf_addc(&b, '{');
    for (int i = 0; i < 2000; i++)
        buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i * 7 % 500, i);
    buf_addc(&b, '}');
    v = json_parse(&a, buf_str(&b), &e);
    assert_int_equal(v->n, 500);
    for (int i = 1500; i < 2000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%d", i * 7 % 500);
        assert_int_equal(json_int(json_get(v, key), 0), i);
        assert_true(str_is(v->key[i - 1500], key)); /* in the order of the ones kept */
    }
    buf_release(&b);
    arena_release(&a);
}

static void a_tree_from_the_reader_is_the_same(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    struct sender s;
    pthread_t t;
    struct stream *in = drip(&s, &t, str_of(sample));
    struct json_reader *r = json_reader_new(in);
    assert_int_equal(json_next(r), JSON_OBJECT);
    assert_int_equal(json_next(r), JSON_KEY);
    const struct json *id = json_tree(r, &a, &e);
    assert_true(str_is(json_str(id), "CVE-2021-0001"));
    assert_null(json_tree(r, &a, &e)); /* no value begins here */
    assert_int_equal(e.code, ERR_INTERNAL);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_next(r), JSON_NUMBER);
    assert_true(json_double(json_tree(r, &a, &e), 0) == -12500.0);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_next(r), JSON_STRING);
    const struct json *text = json_tree(r, &a, &e);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_next(r), JSON_ARRAY);
    const struct json *list = json_tree(r, &a, &e);
    assert_int_equal(json_len(list), 7);
    assert_int_equal(json_next(r), JSON_KEY);
    const struct json *deep = json_tree(r, &a, &e);
    assert_int_equal(json_next(r), JSON_OBJECT_END);
    assert_null(json_tree(r, &a, &e));
    assert_int_equal(json_next(r), JSON_END);
    json_reader_free(r);
    stream_free(in);
    pthread_join(t, NULL);
    assert_true(str_is(json_str(text), "a\n\xE3\x81\x82\xF0\x9F\x98\x80\xE3\x81\x84 \"q\" \xF0\x9F\x98\x80"));
    assert_true(str_is(json_str(json_at(list, 6)), "long long long long long long text"));
    assert_int_equal(json_int(json_at(json_at(json_get(json_get(deep, "a"), "b"), 0), 0), 0), 1);
    arena_release(&a);
}

/* ---- writer ---- */

static void the_writer_writes_valid_json(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(MIB);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kcstr(&w, "s", "a\"\\\n\t\x01/\xE3\x81\x82");
    json_w_kcstr(&w, "none", NULL);
    json_w_kint(&w, "min", INT64_MIN);
    json_w_kbool(&w, "yes", true);
    json_w_kstr(&w, "bad", STR_LIT("x\xFFy\xE3\x81z\xED\xA0\x80"));
    json_w_kstr(&w, "empty", str_n(NULL, 0));
    json_w_key(&w, "list");
    json_w_array(&w);
    json_w_double(&w, 9.84, 1);
    json_w_double(&w, -0.5, 3);
    json_w_double(&w, 1.0 / 0.0, 3);
    json_w_double(&w, 1e300, 0);
    json_w_number_text(&w, STR_LIT("12345678901234567890"));
    json_w_number_text(&w, STR_LIT("01"));
    json_w_array(&w);
    json_w_array_end(&w);
    json_w_object(&w);
    json_w_object_end(&w);
    json_w_null(&w);
    json_w_array_end(&w);
    json_w_key(&w, "no value");
    json_w_object_end(&w);
    static const char want[] =
        "{\"s\":\"a\\\"\\\\\\n\\t\\u0001/"
        "\xE3\x81\x82\",\"none\":null,\"min\":-9223372036854775808,\"yes\":true,"
        "\"bad\":\"x\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\",\"empty\":"
        "\"\",\"list\":[9.8,-0.500,null,";
    assert_memory_equal(b.p, want, sizeof(want) - 1);
    struct arena a = {0};
    struct err e;
    assert_non_null(json_parse(&a, buf_str(&b), &e));
    arena_release(&a);
    assert_true(str_ends(buf_str(&b), ",12345678901234567890,null,[],{},null],\"no value\":null}"));
    buf_clear(&b);
    json_writer_init(&w, &b);
    w.pretty = true;
    json_w_object(&w);
    json_w_kint(&w, "a", 1);
    json_w_key(&w, "b");
    json_w_array(&w);
    json_w_int(&w, 1);
    json_w_int(&w, 2);
    json_w_array_end(&w);
    json_w_key(&w, "c");
    json_w_object(&w);
    json_w_object_end(&w);
    json_w_object_end(&w);
    assert_string_equal(buf_cstr(&b), "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {}\n}");
    buf_release(&b);
}

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

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    struct buf one = BUF_INIT(MIB), two = BUF_INIT(MIB);
    struct json_writer w;
    const struct json *v = json_parse(&a, str_of(sample), &e);
    json_writer_init(&w, &one);
    write_tree(&w, v);
    v = json_parse(&a, buf_str(&one), &e);
    assert_non_null(v);
    assert_true(str_is(json_get_str(v, "text"),
                       "a\n\xE3\x81\x82\xF0\x9F\x98\x80\xE3\x81\x84 \"q\" \xF0\x9F\x98\x80"));
    json_writer_init(&w, &two);
    write_tree(&w, v);
    assert_string_equal(buf_cstr(&one), buf_cstr(&two));
    buf_release(&one);
    buf_release(&two);
    arena_release(&a);
}

static void the_writer_refuses_what_readers_refuse(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(MIB);
    struct json_writer w;
    json_writer_init(&w, &b);
    for (int i = 0; i < LIMIT_JSON_DEPTH; i++)
        json_w_array(&w);
    assert_false(buf_full(&b));
    json_w_array(&w);
    assert_true(buf_full(&b)); /* too deep: the output is marked unusable */
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_element_harms_no_other),
        cmocka_unit_test(elements_end_where_the_array_ends),
        cmocka_unit_test(elements_mix_with_events),
        cmocka_unit_test(an_element_without_end_or_too_long_is_an_error),
        cmocka_unit_test(the_tree_answers_lookups),
        cmocka_unit_test(the_last_of_equal_keys_stays),
        cmocka_unit_test(a_tree_from_the_reader_is_the_same),
        cmocka_unit_test(the_writer_writes_valid_json),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(the_writer_refuses_what_readers_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
