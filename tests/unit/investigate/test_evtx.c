/* The event log reader on logs made by hand: value types, markup, embedded binary XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "evtx_made.h"

#define HEAD                                                                                                 \
    "{\"EventID\":1337,\"System\":{\"Provider\":{\"Name\":\"P\"},\"EventID\":1337,\"TimeCreated\":{"         \
    "\"SystemTime\":"                                                                                        \
    "\"2021-03-14T11:30:00.0000000Z\"}},\"EventData\":{\"V\":"

static void test_system(void **state)
{
    (void)state;
    one_event((struct val){0x01, "h\0i", 4});
    assert_int_equal(rec.id, 7);
    assert_int_equal(rec.event_id, 1337);
    assert_int_equal(rec.offset, 512);
    when_t t;
    assert_true(clock_parse_iso(STR_LIT("2021-03-14T11:30:00Z"), ZONE_UTC, &t));
    assert_int_equal(rec.time, t);
    assert_int_equal(rec.written, t + WHEN_SEC);
    assert_field("Provider", "P");
    assert_field("Provider_Name", "P");
    assert_field("EventID", "1337");
    assert_field("TimeCreated", "2021-03-14T11:30:00.0000000Z");
    assert_field("V", "hi");
    assert_int_equal(evtx_field_count(&rec), 4);
    assert_json(HEAD "\"hi\"}}");
    assert_int_equal(next(), EVTX_END);
}

/* Text forms are those of Windows' own rendering; numbers and SID checked by hand. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        unsigned type, n;
        const char *bytes, *text, *json;
    } row[] = {
        {0x00, 0, "", "", "null"},
        {0x01, 0, "", "", "\"\""},
        {0x01, 4, "a\0\0\0", "a", "\"a\""},
        {0x01, 6, "a\0\0\0b\0",
         "a\xEF\xBF\xBD"
         "b",
         "\"a\xEF\xBF\xBD"
         "b\""},
        {0x01, 4, "\x3D\xD8\x00\xDE", "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""}, /* U+1F600 */
        {0x01, 4,
         "\x3D\xD8"
         "a\0",
         "\xEF\xBF\xBD"
         "a",
         "\"\xEF\xBF\xBD"
         "a\""}, /* a lone surrogate */
        {0x01, 4, "\x53\x5F\x6A\x75", "\xE5\xBD\x93\xE7\x95\xAA", "\"\xE5\xBD\x93\xE7\x95\xAA\""}, /* 当番 */
        {0x01, 5, "a\0b\0c", "ab", "\"ab\""},
        {0x01, 2, "\"\0", "\"", "\"\\\"\""},
        {0x02, 3, "ab\0", "ab", "\"ab\""},
        {0x02, 4, "\x93\x96\x94\xD4", "\xE5\xBD\x93\xE7\x95\xAA", "\"\xE5\xBD\x93\xE7\x95\xAA\""}, /* CP932 */
        {0x03, 1, "\xFF", "-1", "-1"},
        {0x04, 1, "\xFF", "255", "255"},
        {0x05, 2, "\xFE\xFF", "-2", "-2"},
        {0x06, 2, "\xFE\xFF", "65534", "65534"},
        {0x07, 4, "\0\0\0\x80", "-2147483648", "-2147483648"},
        {0x08, 4, "\xFF\xFF\xFF\xFF", "4294967295", "4294967295"},
        {0x09, 8, "\0\0\0\0\0\0\0\x80", "-9223372036854775808", "-9223372036854775808"},
        {0x0A, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "18446744073709551615", "18446744073709551615"},
        {0x08, 2, "\x02\x01", "258", "258"},               /* narrower than the type says */
        {0x08, 3, "\x02\x01\xAB", "0201AB", "\"0201AB\""}, /* no number has three bytes */
        {0x0B, 4, "\0\0\xC0\x3F", "1.5", "1.5"},
        {0x0C, 8, "\x9A\x99\x99\x99\x99\x99\xB9\x3F", "0.1", "0.1"},
        {0x0C, 8, "\0\0\0\0\0\0\xF0\x7F", "INF", "\"INF\""},
        {0x0D, 4, "\1\0\0\0", "true", "true"},
        {0x0D, 4, "\0\0\0\0", "false", "false"},
        {0x0D, 4, "\0\0\0\x40", "true", "true"},
        {0x0E, 3, "\0\xAB\x10", "00AB10", "\"00AB10\""},
        {0x0F, 16, "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF",
         "{00112233-4455-6677-8899-AABBCCDDEEFF}", "\"{00112233-4455-6677-8899-AABBCCDDEEFF}\""},
        {0x10, 4, "\x1F\0\0\0", "0x1f", "\"0x1f\""},
        {0x10, 8, "\0\0\0\0\0\0\0\xF0", "0xf000000000000000", "\"0xf000000000000000\""},
        {0x11, 8, "\x00\x80\x3E\xD5\xDE\xB1\x9D\x01", "1970-01-01T00:00:00.0000000Z",
         "\"1970-01-01T00:00:00.0000000Z\""},
        {0x12, 16, "\xE5\x07\x03\x00\x00\x00\x0E\x00\x0B\x00\x1E\x00\x05\x00\x07\x00",
         "2021-03-14T11:30:05.007Z", "\"2021-03-14T11:30:05.007Z\""},
        {0x13, 12, "\1\1\0\0\0\0\0\5\x12\0\0\0", "S-1-5-18", "\"S-1-5-18\""},
        {0x13, 16, "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0", "S-1-5-32-544", "\"S-1-5-32-544\""},
        {0x13, 9, "\1\2\0\0\0\0\0\5\x20", "010200000000000520", "\"010200000000000520\""},
        {0x14, 4, "\xEF\xBE\xAD\xDE", "0xdeadbeef", "\"0xdeadbeef\""},
        {0x15, 8, "\0\0\0\0\0\0\0\0", "0x0", "\"0x0\""},
        {0x55, 2, "\xCA\xFE", "CAFE", "\"CAFE\""}, /* no such type */
        {0x7E, 2, "\xCA\xFE", "CAFE", "\"CAFE\""}, /* nor that, though the reader uses it inside */
        {0xFE, 2, "\xCA\xFE", "CAFE", "\"CAFE\""},
        {0x81, 8, "a\0\0\0b\0\0\0", NULL, "[\"a\",\"b\"]"},
        {0x81, 10, "a\0\0\0\0\0b\0\0\0", NULL, "[\"a\",\"\",\"b\"]"},
        {0x86, 4, "\1\0\2\0", NULL, "[1,2]"},
        {0x88, 8, "\1\0\0\0\2\0\0\0", NULL, "[1,2]"},
        {0x93, 24, "\1\1\0\0\0\0\0\5\x12\0\0\0\1\1\0\0\0\0\0\5\x13\0\0\0", NULL,
         "[\"S-1-5-18\",\"S-1-5-19\"]"},
    };
    char want[512];
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        one_event((struct val){row[i].type, row[i].bytes, row[i].n});
        if (row[i].text)
            assert_field("V", row[i].text);
        snprintf(want, sizeof(want), HEAD "%s}}", row[i].json);
        assert_json(want);
    }
}

/* Whatever stands where in a text, JSON's own reader gives it back. */
static void test_escapes(void **state)
{
    (void)state;
    static const unsigned char special[] = {'"', '\\', '\n', 1, 0x1F, 0x20, 0x7F, 0x80, 0xFF};
    struct arena a = {0};
    for (unsigned n = 1; n <= 40; n++)
        for (unsigned k = 0; k < n * ARRAY_LEN(special); k++) {
            unsigned char text[80] = {0};
            struct buf b = BUF_INIT(LIMIT_RECORD);
            struct str want;
            for (unsigned i = 0; i < n; i++)
                text[2 * i] = i == k % n ? special[k / n] : 'a';
            one_event((struct val){0x01, text, 2 * n});
            assert_int_equal(evtx_json(&rec, &b, &err), 0);
            const struct json *v = json_parse(&a, buf_str(&b), &err);
            assert_non_null(v);
            assert_true(evtx_field(&rec, "V", &want));
            assert_true(str_eq(want, json_get_str(json_get(v, "EventData"), "V")));
            assert_true(want.n == n + (special[k / n] >= 0x80));
            buf_release(&b);
            arena_clear(&a);
        }
    arena_release(&a);
}

/* <EventData><Data>…</Data><Data>…</Data></EventData>: positional; an array is several Data. */
static void test_unnamed(void **state)
{
    (void)state;
    chunk_init(&chunk);
    record_begin(&chunk, 1, FILETIME_2021);
    uint32_t def = template_begin(&chunk);
    put_element(&chunk, "Event", false);
    put_close(&chunk);
    put_element(&chunk, "EventData", false);
    put_close(&chunk);
    for (unsigned i = 0; i < 2; i++) {
        put_element(&chunk, "Data", false);
        put_close(&chunk);
        put_sub(&chunk, i, 0x01);
        put_end(&chunk);
    }
    put_end(&chunk);
    put_end(&chunk);
    template_end(&chunk, def);
    put_values(&chunk, (struct val[]){{0x01, "x\0", 2}, {0x81, "y\0\0\0z\0\0\0", 8}}, 2);
    record_end(&chunk);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_int_equal(evtx_field_count(&rec), 3);
    assert_true(str_is(evtx_field_name(&rec, 2), "Data") && str_is(evtx_field_value(&rec, 2), "z"));
    assert_json("{\"EventID\":0,\"EventData\":{\"Data\":[\"x\",\"y\",\"z\"]}}");
}

/* Elements without dependency id, text in pieces (entity, character reference, CDATA), attributes beside
 * text. */
static void test_markup(void **state)
{
    (void)state;
    chunk_init(&chunk);
    record_begin(&chunk, 1, FILETIME_2021);
    put_open(&chunk, "Event", false, false, 0);
    put_close(&chunk);
    put_open(&chunk, "UserData", false, false, 0);
    put_close(&chunk);
    put_open(&chunk, "E", true, false, 0);
    put_attr(&chunk, "xmlns");
    put_text(&chunk, "urn:x");
    put_attr(&chunk, "a");
    put_text(&chunk, "1");
    put_close(&chunk);
    put_text(&chunk, "x ");
    put8(&chunk, 0x09);
    put_name(&chunk, "lt");
    put_bytes(&chunk, "\x08y\0", 3);
    put_bytes(&chunk, "\x07\x02\0&\0z\0", 7);
    put_end(&chunk);
    put_open(&chunk, "F", false, false, 0);
    put_empty(&chunk);
    put_end(&chunk);
    put_end(&chunk);
    put8(&chunk, 0);
    record_end(&chunk);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_null(rec.damage);
    assert_field("E", "x <y&z");
    assert_field("E_a", "1");
    assert_json("{\"EventID\":0,\"UserData\":{\"E\":{\"@a\":\"1\",\"#text\":\"x <y&z\"},\"F\":null}}");
}

/* An element depends on a value: it is there only with the value (MS-EVEN6 2.2.12, dependency id). */
static void test_dependency(void **state)
{
    (void)state;
    for (unsigned null = 0; null < 2; null++) {
        chunk_init(&chunk);
        record_begin(&chunk, 1, FILETIME_2021);
        uint32_t def = template_begin(&chunk);
        put_element(&chunk, "Event", false);
        put_close(&chunk);
        put_open(&chunk, "E", false, true, 0);
        put_close(&chunk);
        put_sub(&chunk, 0, 0x08);
        put_end(&chunk);
        put_end(&chunk);
        template_end(&chunk, def);
        put_values(&chunk, (struct val[]){{null ? 0 : 0x08, "\5\0\0\0", null ? 0 : 4}}, 1);
        record_end(&chunk);
        open_chunk();
        assert_int_equal(next(), EVTX_RECORD);
        assert_json(null ? "{\"EventID\":0}" : "{\"EventID\":0,\"E\":5}");
    }
}

/* Binary XML as a value, its template in the middle of the record's values. */
static void test_embedded(void **state)
{
    (void)state;
    struct chunk *c = &chunk;
    chunk_init(c);
    record_begin(c, 1, FILETIME_2021);
    uint32_t def = template_begin(c);
    put_element(c, "Event", false);
    put_close(c);
    put_sub(c, 0, 0x21);
    put_end(c);
    template_end(c, def);
    put32(c, 1);
    uint32_t size_at = c->at;
    put16(c, 0);
    put16(c, 0x21);
    uint32_t from = c->at;
    put_bytes(c, "\x0f\x01\x01\0", 4);
    uint32_t inner = template_begin(c);
    put_element(c, "EventData", false);
    put_close(c);
    put_element(c, "Data", true);
    put_attr(c, "Name");
    put_sub(c, 0, 0x01);
    put_close(c);
    put_sub(c, 1, 0x08);
    put_end(c);
    put_end(c);
    template_end(c, inner);
    put_values(c, (struct val[]){{0x01, "N\0", 2}, {0x08, "\x2A\0\0\0", 4}}, 2);
    uint32_t n = c->at - from;
    c->p[size_at] = (unsigned char)n;
    c->p[size_at + 1] = (unsigned char)(n >> 8);
    record_end(c);
    open_chunk();
    assert_int_equal(next(), EVTX_RECORD);
    assert_null(rec.damage);
    assert_field("N", "42");
    assert_json("{\"EventID\":0,\"EventData\":{\"N\":42}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_system),  cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_escapes), cmocka_unit_test(test_unnamed),
                                       cmocka_unit_test(test_markup),  cmocka_unit_test(test_dependency),
                                       cmocka_unit_test(test_embedded)};
    return cmocka_run_group_tests(tests, NULL, teardown);
}
