/* Bytes of the encodings that Japanese tools write; expected text is given as UTF-8. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/charset.h"

struct text {
    enum charset c;
    const char *bytes;
    size_t n;
    const char *utf8;
};
#define T(c, b, u)                                                                                           \
    {                                                                                                        \
        c, b, sizeof(b) - 1, u                                                                               \
    }

/* Encoded with Python 3's codecs cp932, euc_jp, iso2022_jp, utf-16. */
static const struct text sample[] = {
    T(CHARSET_UTF8, "管理番号,1", "管理番号,1"),
    T(CHARSET_UTF8, "plain", "plain"),
    T(CHARSET_UTF8, "", ""),
    T(CHARSET_UTF8_BOM, "\xEF\xBB\xBF管理", "管理"),
    T(CHARSET_CP932,
      "\x87\x40\x87\x8A\xEE\xE0\xED\x95\x20\x83\x5C\x83\x74\x83\x67\x95\x5C\x2C\x8A\xC7\x97\x9D\x94\xD4\x8D"
      "\x86"
      "\x81\x60",
      "①㈱髙﨑 ソフト表,管理番号～"),
    T(CHARSET_CP932,
      "\x8A\xC7\x97\x9D\x94\xD4\x8D\x86\x2C\x83\x7A\x83\x58\x83\x67\x96\xBC\r\n1,"
      "\x82\xB3\x82\xAD\x82\xE7\r\n",
      "管理番号,ホスト名\r\n1,さくら\r\n"),
    T(CHARSET_CP932, "\xCE\xBD\xC4\x96\xBC\x2C\xCA\xDE\xB0\xBC\xDE\xAE\xDD", "ﾎｽﾄ名,ﾊﾞｰｼﾞｮﾝ"),
    T(CHARSET_EUCJP,
      "\xB4\xC9\xCD\xFD\xC8\xD6\xB9\xE6\x2C\xA5\xDB\xA5\xB9\xA5\xC8\xCC\xBE\r\n1,"
      "\xA4\xB5\xA4\xAF\xA4\xE9\r\n",
      "管理番号,ホスト名\r\n1,さくら\r\n"),
    T(CHARSET_ISO2022JP,
      "\x1B$B\x34\x49\x4D\x7D\x48\x56\x39\x66\x1B(B,\x1B$B\x25\x5B\x25\x39\x25\x48\x4C\x3E\x1B(B\r\n1,"
      "\x1B$B\x24\x35\x24\x2F\x24\x69\x1B(B\r\n",
      "管理番号,ホスト名\r\n1,さくら\r\n"),
    /* NEC row 13 and half-width kana, as Windows mailers write them (CP50221) */
    T(CHARSET_ISO2022JP, "\x1B$B\x2D\x21\x2D\x6A\x1B(B \x1B(I\x36\x45\x1B(B", "①㈱ ｶﾅ"),
    T(CHARSET_UTF16LE, "\xFF\xFE\xA1\x7B\x06\x74\x09\0\x31\0", "管理\t1"),
    T(CHARSET_UTF16BE, "\xFE\xFF\x7B\xA1\x74\x06\0\x09\0\x31", "管理\t1"),
    T(CHARSET_UTF16LE, "I\0D\0,\0\xA1\x7B\x06\x74\r\0\n\0", "ID,管理\r\n"),
    T(CHARSET_UTF16BE, "\0I\0D\0,\x7B\xA1\x74\x06\0\r\0\n", "ID,管理\r\n"),
};

static void detects_and_converts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sample); i++) {
        struct buf out = BUF_INIT(4096);
        struct err e = {0};
        enum charset found = CHARSET_LATIN1;
        size_t bad = 9;
        assert_int_equal(charset_any_to_utf8(str_n(sample[i].bytes, sample[i].n), &out, &found, &bad, &e), 0);
        assert_string_equal(buf_cstr(&out), sample[i].utf8);
        assert_string_equal(charset_name(found), charset_name(sample[i].c));
        assert_int_equal(bad, 0);
        buf_release(&out);
    }
}

static void check(enum charset c, struct str bytes, const char *utf8, size_t bad_want)
{
    struct buf out = BUF_INIT(4096);
    struct err e = {0};
    size_t bad;
    assert_int_equal(charset_to_utf8(c, bytes, &out, &bad, &e), 0);
    assert_string_equal(buf_cstr(&out), utf8);
    assert_int_equal(bad, bad_want);
    buf_release(&out);
}

static void microsoft_meanings(void **state)
{
    (void)state;
    check(CHARSET_CP932, STR_LIT("\x81\x60\x81\x7C\\~"), "～－\\~", 0); /* U+FF5E, U+FF0D, ASCII */
    check(CHARSET_EUCJP, STR_LIT("\xA1\xC1\xAD\xA1\xAD\xEA"), "～①㈱", 0);
    check(CHARSET_LATIN1, STR_LIT("\x80 caf\xE9 \x93q\x94"), "€ café “q”", 0);
}

static void bad_bytes_are_counted(void **state)
{
    (void)state;
    check(CHARSET_UTF8,
          STR_LIT("a\xFF"
                  "b\xE3\x81"
                  "c\xED\xA0\x80"),
          "a\uFFFDb\uFFFDc\uFFFD\uFFFD\uFFFD", 5);
    check(CHARSET_CP932, STR_LIT("a\x81,b"), "a\uFFFD,b", 1); /* the comma survives */
    check(CHARSET_CP932, STR_LIT("ab\x8A"), "ab\uFFFD", 1);
    check(CHARSET_UTF16LE, STR_LIT("a\0\x00\xD8\x62\0z"), "a\uFFFDb\uFFFD", 2); /* lone surrogate, odd byte */
}

static void one_damaged_character_stays_utf8(void **state)
{
    (void)state;
    size_t bom;
    struct buf b = BUF_INIT(4096);
    for (int i = 0; i < 30; i++)
        buf_adds(&b, "管理番号");
    buf_adds(&b, "\xE7\xAE");
    buf_adds(&b, ",x");
    assert_int_equal(charset_detect(buf_str(&b), &bom), CHARSET_UTF8);
    buf_release(&b);
}

static void cut_within_a_character(void **state)
{
    (void)state;
    size_t bom;
    struct str s = STR_LIT("管理番号");
    for (size_t n = 4; n <= s.n; n++)
        assert_int_equal(charset_detect(str_n(s.p, n), &bom), CHARSET_UTF8);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum charset c;
    } want[] = {
        {"Shift_JIS", CHARSET_CP932},       {"SHIFT-JIS", CHARSET_CP932},   {"windows-31j", CHARSET_CP932},
        {"EUC-JP", CHARSET_EUCJP},          {"utf-8", CHARSET_UTF8},        {"UTF8", CHARSET_UTF8},
        {"ISO-2022-JP", CHARSET_ISO2022JP}, {"iso-8859-1", CHARSET_LATIN1}, {"UTF-16BE", CHARSET_UTF16BE}};
    enum charset c;
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_true(charset_by_name(str_of(want[i].name), &c));
        assert_int_equal(c, want[i].c);
    }
    assert_false(charset_by_name(STR_LIT("klingon"), &c));
    assert_false(charset_by_name(STR_LIT(""), &c));
}

static void full_output_is_a_limit(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(8);
    struct err e = {0};
    assert_int_equal(
        charset_to_utf8(CHARSET_CP932, STR_LIT("\x8A\xC7\x97\x9D\x94\xD4\x8D\x86"), &out, NULL, &e),
        ERR_LIMIT);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detects_and_converts),   cmocka_unit_test(microsoft_meanings),
        cmocka_unit_test(bad_bytes_are_counted),  cmocka_unit_test(one_damaged_character_stays_utf8),
        cmocka_unit_test(cut_within_a_character), cmocka_unit_test(names),
        cmocka_unit_test(full_output_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
