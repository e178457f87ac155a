/* test_json.c — the pull reader against RFC 8259, and real data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "drip.h"

/* ---- helpers ---- */

/* All events as text: "{ k:a n:1 }". Ends with "END" or "ERROR". */
static void log_events(struct json_reader *r, struct buf *b)
{
    static const char *const name[] = {"END", "{", "}", "[", "]", "k", "s", "n", "true", "false", "null"};
    for (;;) {
        enum json_event ev = json_next(r);
        if (ev == JSON_ERROR) {
            buf_adds(b, "ERROR");
            return;
        }
        buf_adds(b, name[ev]);
        if (ev == JSON_KEY || ev == JSON_STRING || ev == JSON_NUMBER) {
            buf_addc(b, ':');
            buf_add_str(b, json_text(r));
        }
        if (ev == JSON_END)
            return;
        buf_printf(b, "@%lu,%llu ", json_line(r), (unsigned long long)json_offset(r));
    }
}

static bool reader_accepts(struct str text)
{
    struct json_reader *r = json_reader_new_mem(text);
    enum json_event ev;
    do
        ev = json_next(r);
    while (ev > JSON_END);
    struct err e;
    assert_int_equal(json_reader_err(r, &e) == 0, ev == JSON_END);
    json_reader_free(r);
    return ev == JSON_END;
}

static bool tree_accepts(struct str text)
{
    struct arena a = {0};
    struct err e = {0};
    const struct json *v = json_parse(&a, text, &e);
    assert_int_equal(v != NULL, e.code == 0);
    if (!v)
        assert_non_null(strstr(e.text, "line "));
    arena_release(&a);
    return v != NULL;
}

/* Both ways, and with the bytes in an exact allocation, so that over-reading is seen. */
static bool accepts(struct str text)
{
    char *copy = malloc(text.n ? text.n : 1);
    memcpy(copy, text.n ? text.p : "", text.n);
    struct str s = str_n(copy, text.n);
    bool one = reader_accepts(s), two = tree_accepts(s);
    free(copy);
    assert_int_equal(one, two);
    return one;
}

static const char *error_of(const char *text)
{
    static struct err e;
    struct arena a = {0};
    assert_null(json_parse(&a, str_of(text), &e));
    arena_release(&a);
    return e.text;
}

/* ---- grammar ---- */

static void accepts_what_rfc8259_allows(void **state)
{
    (void)state;
    static const char *const good[] = {"0",
                                       "-0",
                                       "1",
                                       "-1",
                                       "1e5",
                                       "1E+5",
                                       "1e-05",
                                       "0.0",
                                       "-0.0e0",
                                       "10.25",
                                       "0e1",
                                       "1.5E3",
                                       "123456789012345678901234567890",
                                       "1e400",
                                       "-9223372036854775809",
                                       "true",
                                       "false",
                                       "null",
                                       "\"\"",
                                       "\"a\"",
                                       "[]",
                                       "{}",
                                       "[[]]",
                                       "[{}]",
                                       "{\"\":0}",
                                       "{\"a\":{\"a\":[]}}",
                                       "[1,2,3]",
                                       "[null,true,false,\"\",0]",
                                       " \t\r\n1 \t\r\n",
                                       "[ ]",
                                       "{ }",
                                       "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }",
                                       "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
                                       "\"\\u0001\\u001f\\u00e9\\uABCD\\uabcd\"",
                                       "\"\\ud83d\\ude00\"",
                                       "\"\x7f\"",
                                       "\"\xc2\x80\"",
                                       "\"\xdf\xbf\"",
                                       "\"\xe0\xa0\x80\"",
                                       "\"\xed\x9f\xbf\"",
                                       "\"\xee\x80\x80\"",
                                       "\"\xef\xbf\xbf\"",
                                       "\"\xf0\x90\x80\x80\"",
                                       "\"\xf4\x8f\xbf\xbf\"",
                                       "\xEF\xBB\xBF{}",
                                       "\xEF\xBB\xBF \"a\"",
                                       "{\"a\":1,\"a\":2}",
                                       "\"\xe2\x80\xa8\"",
                                       "\"/\"",
                                       "\"{[,:]}\"",
                                       "[\"aaaaaaaaaaaaaaa\",\"aaaaaaaaaaaaaaaa\",\"aaaaaaaaaaaaaaaaa\"]"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!accepts(str_of(good[i])))
            fail_msg("refused: %s", good[i]);
}

static void refuses_what_rfc8259_forbids(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "\xEF\xBB\xBF",
                                      "\xEF\xBB",
                                      "[",
                                      "]",
                                      "{",
                                      "}",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[,]",
                                      "[1,,2]",
                                      "[1 2]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{1:1}",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\"::1}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "[1}",
                                      "{\"a\":1]",
                                      "[1]]",
                                      "[1][2]",
                                      "1 2",
                                      "{}{}",
                                      "nul",
                                      "nulll",
                                      "True",
                                      "TRUE",
                                      "NaN",
                                      "Infinity",
                                      "-Infinity",
                                      "undefined",
                                      "01",
                                      "-01",
                                      "00",
                                      "+1",
                                      ".5",
                                      "5.",
                                      "-",
                                      "-.5",
                                      "1.e5",
                                      "1e",
                                      "1e+",
                                      "1e5.5",
                                      "0x10",
                                      "1_000",
                                      "1a",
                                      "--1",
                                      "1.2.3",
                                      "\"",
                                      "\"a",
                                      "\"\\",
                                      "\"\\\"",
                                      "'a'",
                                      "\"\\x41\"",
                                      "\"\\a\"",
                                      "\"\\'\"",
                                      "\"\\u\"",
                                      "\"\\u12\"",
                                      "\"\\u123\"",
                                      "\"\\u12G4\"",
                                      "\"\\U0041\"",
                                      "\"\\u0000\"",
                                      "\"a\\u0000b\"",
                                      "\"\t\"",
                                      "\"\n\"",
                                      "\"\r\"",
                                      "\"\x01\"",
                                      "\"\x1f\"",
                                      "\"\\\n\"",
                                      "/**/1",
                                      "//\n1",
                                      "[1]//",
                                      "1;",
                                      "\x0c"
                                      "1",
                                      "\xC2\xA0"
                                      "1",
                                      "1\xC2\xA0",
                                      "[\x0b]",
                                      "\"\xEF\xBB\xBF",
                                      "[\xEF\xBB\xBF]",
                                      "{\"a\":1}\xEF\xBB\xBF",
                                      "\xFE\xFF",
                                      "\"a\"b",
                                      "\"a\"\"b\"",
                                      "[\"a\"\"b\"]",
                                      "{\"a\":1,\"b\"}",
                                      "{\"a\":tru}",
                                      "[truefalse]",
                                      "{\"a\\u0000\":1}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (accepts(str_of(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    assert_false(accepts(STR_LIT("\"a\0b\"")));
    assert_false(accepts(STR_LIT("1\0")));
    assert_false(accepts(STR_LIT("[1\0]")));
}

static void refuses_malformed_utf8(void **state)
{
    (void)state;
    /* RFC 3629: overlong, surrogates, above U+10FFFF, stray and missing continuation bytes */
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xE0\x9F\xBF",
                                      "\xF0\x80\x80\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xFE",
                                      "\xC2",
                                      "\xC2"
                                      "a",
                                      "\xE3\x81",
                                      "\xE3\x81"
                                      "a",
                                      "\xE3"
                                      "a\x81",
                                      "\xF0\x9F\x98",
                                      "\xF0\x9F\x98"
                                      "a",
                                      "\xF0\x9F"
                                      "a",
                                      "\xE3\x81\x82\x82",
                                      "\xF8\x88\x80\x80\x80"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        /* at every position of a block of 16, before the closing quote and before text */
        for (int pad = 0; pad < 18; pad++) {
            char text[64];
            int n = snprintf(text, sizeof(text), "\"%.*s%s\"", pad, "aaaaaaaaaaaaaaaaaaaa", bad[i]);
            if (accepts(str_n(text, (size_t)n)))
                fail_msg("accepted malformed UTF-8 number %zu", i);
            n = snprintf(text, sizeof(text), "{\"%.*s%sbbbbbbbbbbbbbbbbbb\":1}", pad, "aaaaaaaaaaaaaaaaaaaa",
                         bad[i]);
            assert_false(accepts(str_n(text, (size_t)n)));
        }
    }
}

static void nests_128_deep_and_no_deeper(void **state)
{
    (void)state;
    for (int n = 127; n <= 130; n++) {
        char text[300], objects[1000] = "";
        memset(text, '[', (size_t)n);
        memset(text + n, ']', (size_t)n);
        assert_int_equal(accepts(str_n(text, 2 * (size_t)n)), n <= 128);
        for (int i = 0; i < n; i++)
            strcat(objects, "{\"\":");
        strcat(objects, "1");
        memset(text, '}', (size_t)n);
        text[n] = 0;
        strcat(objects, text);
        assert_int_equal(accepts(str_of(objects)), n <= 128);
    }
    char deep[129];
    memset(deep, '[', 129);
    struct arena a = {0};
    struct err e;
    assert_null(json_parse(&a, str_n(deep, 129), &e));
    assert_int_equal(e.code, ERR_LIMIT);
    arena_release(&a);
}

static void a_cut_text_is_an_error_at_every_byte(void **state)
{
    (void)state;
    size_t n = sizeof(sample) - 1;
    assert_true(accepts(str_n(sample, n)));
    assert_true(accepts(str_n(sample, n - 1))); /* the last line feed */
    for (size_t i = 0; i < n - 1; i++)
        assert_false(accepts(str_n(sample, i)));
}

static void one_byte_at_a_time_gives_the_same_events(void **state)
{
    (void)state;
    static const char *const texts[] = {sample,
                                        "[1,2.5e1,-0,12]",
                                        "123",
                                        "true",
                                        "\"\\ud800x\"",
                                        "[\"a\" \"b\"]",
                                        "[01]",
                                        "nul",
                                        "{\"a\":1}x",
                                        "[\"\xE3\x81\"]",
                                        " ",
                                        "[1,]",
                                        "[\n\n\"a\\n\\n\\nb\",\n1]"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct buf a = BUF_INIT(MIB), b = BUF_INIT(MIB);
        struct json_reader *r = json_reader_new_mem(str_of(texts[i]));
        struct err ea, eb;
        log_events(r, &a);
        json_reader_err(r, &ea);
        json_reader_free(r);
        struct sender s;
        pthread_t t;
        struct stream *in = drip(&s, &t, str_of(texts[i]));
        r = json_reader_new(in);
        log_events(r, &b);
        json_reader_err(r, &eb);
        json_reader_free(r);
        stream_free(in);
        pthread_join(t, NULL);
        assert_string_equal(buf_cstr(&a), buf_cstr(&b));
        assert_int_equal(ea.code, eb.code);
        if (ea.code)
            assert_string_equal(ea.text, eb.text);
        buf_release(&a);
        buf_release(&b);
    }
}

static void a_token_longer_than_the_window_stays_whole(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(8 * MIB);
    buf_adds(&b, "[1,\"");
    for (int i = 0; i < 300000; i++)
        buf_adds(&b, i % 7 ? "\xE3\x81\x82" : "\\n");
    buf_adds(&b, "\",\"end\"]");
    struct stream *in;
    struct err e;
    assert_int_equal(stream_open_mem(&in, "big", buf_str(&b), UINT64_MAX, &e), 0);
    struct json_reader *r = json_reader_new(in);
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_next(r), JSON_NUMBER);
    assert_int_equal(json_next(r), JSON_STRING);
    size_t breaks = (300000 + 6) / 7;
    assert_int_equal(json_text(r).n, breaks + (300000 - breaks) * 3);
    assert_int_equal(json_text(r).p[0], '\n');
    assert_int_equal(json_line(r), 1);
    assert_int_equal(json_next(r), JSON_STRING);
    assert_true(str_is(json_text(r), "end"));
    assert_int_equal(json_offset(r), b.n - 6);
    assert_int_equal(json_next(r), JSON_ARRAY_END);
    assert_int_equal(json_next(r), JSON_END);
    assert_int_equal(json_next(r), JSON_END);
    json_reader_free(r);
    stream_free(in);
    buf_release(&b);
}

static void a_token_above_the_limit_is_refused(void **state)
{
    (void)state;
    size_t n = LIMIT_JSON_TOKEN + 3;
    char *text = malloc(n);
    memset(text, 'a', n);
    text[0] = text[n - 1] = '"';
    struct err e;
    for (int way = 0; way < 3; way++) {
        /* one byte too long in memory, then as a stream, then exactly the limit as a stream */
        struct stream *in = NULL;
        if (way == 2)
            text[n - 2] = '"';
        struct str s = str_n(text, way == 2 ? n - 1 : n);
        if (way)
            assert_int_equal(stream_open_mem(&in, "t", s, UINT64_MAX, &e), 0);
        struct json_reader *r = way ? json_reader_new(in) : json_reader_new_mem(s);
        assert_int_equal(json_next(r), way == 2 ? JSON_STRING : JSON_ERROR);
        assert_int_equal(json_reader_err(r, &e), way == 2 ? 0 : ERR_LIMIT);
        json_reader_free(r);
        stream_free(in);
    }
    memset(text, '1', n);
    struct json_reader *r = json_reader_new_mem(str_n(text, n));
    assert_int_equal(json_next(r), JSON_ERROR);
    assert_int_equal(json_reader_err(r, NULL), ERR_LIMIT);
    json_reader_free(r);
    free(text);
}

static void escapes_become_characters(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } c[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u3042\\uFFFF\"", "A\xC3\xA9\xE3\x81\x82\xEF\xBF\xBF"},
        {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
        {"\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        /* lone surrogates: one U+FFFD each */
        {"\"\\ud800\"", "\xEF\xBF\xBD"},
        {"\"\\udc00\"", "\xEF\xBF\xBD"},
        {"\"\\ud800\\ud800\"", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\"\\udc00\\ud800x\"", "\xEF\xBF\xBD\xEF\xBF\xBDx"},
        {"\"\\ud800\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
        {"\"\\ud800\\u0041\"", "\xEF\xBF\xBD"
                               "A"},
        {"\"\\ud800\\n\"", "\xEF\xBF\xBD\n"},
        {"\"a\\\\u0041\"", "a\\u0041"},
    };
    for (size_t i = 0; i < ARRAY_LEN(c); i++) {
        struct arena a = {0};
        struct err e;
        const struct json *v = json_parse(&a, str_of(c[i].json), &e);
        assert_non_null(v);
        assert_int_equal(v->text.n, strlen(c[i].text));
        assert_memory_equal(v->text.p, c[i].text, v->text.n);
        struct json_reader *r = json_reader_new_mem(str_of(c[i].json));
        assert_int_equal(json_next(r), JSON_STRING);
        assert_true(str_is(json_text(r), c[i].text));
        json_reader_free(r);
        arena_release(&a);
    }
}

static void errors_say_where_and_what(void **state)
{
    (void)state;
    assert_string_equal(error_of("{\n \"a\": 1,\n \"b\": [\"x\" \"y\"]\n}"),
                        "line 3, byte 22: a comma is missing before this string");
    assert_string_equal(error_of("[1,\n]"), "line 2, byte 4: a comma stands before the end of this array");
    assert_string_equal(error_of("{\"a\" 1}"), "line 1, byte 5: a colon was expected behind the key");
    assert_non_null(strstr(error_of("{\"a\": 01}"), "line 1, byte 6: this number"));
    assert_non_null(strstr(error_of("[\"abc\\q\"]"), "line 1, byte 5: this escape"));
    assert_non_null(strstr(error_of("[1] 2"), "line 1, byte 4: something follows"));
}

/* ---- many values, reset, skip ---- */

static void json_lines_and_concatenated_values(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":1}\n{\"a\":2}\r\n\n[3]4 \"x\"\n";
    struct json_reader *r = json_reader_new_mem(str_of(text));
    struct arena a = {0};
    struct err e;
    json_reader_set_many(r, true);
    size_t values = 0;
    enum json_event ev;
    while ((ev = json_next(r)) > JSON_END) {
        assert_non_null(json_tree(r, &a, &e));
        assert_int_equal(json_next(r), JSON_END);
        values++;
    }
    assert_int_equal(ev, JSON_END);
    assert_int_equal(values, 5);
    assert_int_equal(json_next(r), JSON_END);
    json_reader_reset_mem(r, str_of("\n"));
    assert_int_equal(json_next(r), JSON_END);
    json_reader_reset_mem(r, str_of("[1]\n[2"));
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_skip(r, &e), 0);
    assert_int_equal(json_next(r), JSON_END);
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_line(r), 2);
    assert_int_equal(json_skip(r, &e), ERR_INPUT);
    json_reader_reset_mem(r, str_of("true")); /* a failed reader begins anew */
    assert_int_equal(json_next(r), JSON_TRUE);
    json_reader_free(r);
    arena_release(&a);
}

static void skip_passes_over_one_value(void **state)
{
    (void)state;
    struct err e;
    struct json_reader *r = json_reader_new_mem(
        str_of("{\"a\":{\"x\":[1,{}]},\"b\":[[],[1]],\"c\":\"\\n\",\"d\":[{\"e\":1},2]}"));
    assert_int_equal(json_next(r), JSON_OBJECT);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_skip(r, &e), 0);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_true(str_is(json_text(r), "b"));
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_skip(r, &e), 0);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_true(str_is(json_text(r), "c"));
    assert_int_equal(json_skip(r, &e), 0);
    assert_int_equal(json_next(r), JSON_KEY);
    assert_int_equal(json_next(r), JSON_ARRAY);
    assert_int_equal(json_next(r), JSON_OBJECT);
    assert_int_equal(json_skip(r, &e), 0);
    assert_int_equal(json_next(r), JSON_NUMBER);
    assert_int_equal(json_skip(r, &e), 0); /* nothing to pass over */
    assert_int_equal(json_next(r), JSON_ARRAY_END);
    assert_int_equal(json_next(r), JSON_OBJECT_END);
    assert_int_equal(json_next(r), JSON_END);
    json_reader_free(r);
}

/* ---- real data ---- */

static void a_real_feed_gives_one_count_two_ways(void **state)
{
    (void)state;
    const char *data = getenv("TOBAN_TEST_DATA");
    char path[1024];
    snprintf(path, sizeof(path), "%s/nvd/nvdcve-2.0-2021.json.gz", data ? data : "");
    if (!data || access(path, R_OK) != 0) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    struct err e;
    struct stream *in;
    struct arena a = {0};
    size_t pulled = 0, cut = 0;
    int64_t total = -1;
    assert_int_equal(stream_open(&in, path, LIMIT_INFLATED, &e), 0);
    struct json_reader *r = json_reader_new(in);
    for (unsigned depth = 0;;) {
        enum json_event ev = json_next(r);
        assert_int_not_equal(ev, JSON_ERROR);
        if (ev == JSON_END)
            break;
        if (ev == JSON_KEY && depth == 1 && str_is(json_text(r), "totalResults")) {
            assert_int_equal(json_next(r), JSON_NUMBER);
            assert_true(num_i64(json_text(r), &total));
        }
        pulled += ev == JSON_OBJECT && depth == 2;
        depth += ev == JSON_OBJECT || ev == JSON_ARRAY;
        depth -= ev == JSON_OBJECT_END || ev == JSON_ARRAY_END;
    }
    json_reader_free(r);
    stream_free(in);
    assert_int_equal(pulled, total);

    assert_int_equal(stream_open(&in, path, LIMIT_INFLATED, &e), 0);
    r = json_reader_new(in);
    while (json_next(r) != JSON_KEY || !str_is(json_text(r), "vulnerabilities"))
        ;
    assert_int_equal(json_next(r), JSON_ARRAY);
    struct str raw;
    int rc;
    while ((rc = json_element(r, LIMIT_RECORD, &raw, &e)) > 0) {
        arena_clear(&a);
        const struct json *v = json_parse(&a, raw, &e);
        assert_non_null(v);
        assert_true(str_starts(json_get_str(json_get(v, "cve"), "id"), "CVE-2021-"));
        cut++;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(cut, total);
    json_reader_free(r);
    stream_free(in);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_rfc8259_allows),
        cmocka_unit_test(refuses_what_rfc8259_forbids),
        cmocka_unit_test(refuses_malformed_utf8),
        cmocka_unit_test(nests_128_deep_and_no_deeper),
        cmocka_unit_test(a_cut_text_is_an_error_at_every_byte),
        cmocka_unit_test(one_byte_at_a_time_gives_the_same_events),
        cmocka_unit_test(a_token_longer_than_the_window_stays_whole),
        cmocka_unit_test(a_token_above_the_limit_is_refused),
        cmocka_unit_test(escapes_become_characters),
        cmocka_unit_test(errors_say_where_and_what),
        cmocka_unit_test(json_lines_and_concatenated_values),
        cmocka_unit_test(skip_passes_over_one_value),
        cmocka_unit_test(a_real_feed_gives_one_count_two_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
