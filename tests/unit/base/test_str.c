/* Views: comparing, cutting, lines, UTF-8 (RFC 3629). */
#include "base_test.h"

static void comparing(void **state)
{
    (void)state;
    assert_true(str_eq((struct str){0}, STR_LIT("")));
    assert_true(str_is_i(STR_LIT("AbC"), "aBc"));
    assert_false(
        str_is_i(STR_LIT("[a"), "{a")); /* 0x5B and 0x7B differ in the bit of case, but are no letters */
    assert_false(str_is_i(STR_LIT("\xC3\x84"), "\xC3\xA4")); /* ASCII only */
    assert_true(str_cmp(STR_LIT("ab"), STR_LIT("abc")) < 0);
    assert_true(str_cmp(STR_LIT("b"), STR_LIT("abc")) > 0);
    assert_true(str_cmp(STR_LIT("\xFF"), STR_LIT("a")) > 0); /* bytes, not signed characters */
    assert_int_equal(str_cmp((struct str){0}, (struct str){0}), 0);
    assert_true(str_starts(STR_LIT("CVE-2021"), "CVE-"));
    assert_false(str_starts(STR_LIT("CV"), "CVE-"));
    assert_true(str_ends_i(STR_LIT("a.JSON"), ".json"));
    assert_false(str_ends(STR_LIT("n"), "json"));
    assert_true(str_starts((struct str){0}, ""));
}

static void cutting(void **state)
{
    (void)state;
    assert_text(str_trim(STR_LIT(" \t\r\n\v\fa b\n ")), "a b");
    assert_text(str_trim(STR_LIT(" \n ")), "");
    assert_text(str_sub(STR_LIT("abc"), 1, 100), "bc");
    assert_text(str_sub(STR_LIT("abc"), 7, 1), "");
    assert_text(str_sub((struct str){0}, 3, SIZE_MAX), "");
    assert_int_equal(str_find(STR_LIT("aaab"), STR_LIT("ab")), 2);
    assert_true(str_find(STR_LIT("a"), STR_LIT("ab")) == STR_NONE);
    assert_int_equal(str_find((struct str){0}, (struct str){0}), 0);
    assert_int_equal(str_find_i(STR_LIT("xxAB"), STR_LIT("ab")), 2);
    assert_true(str_find_i((struct str){0}, STR_LIT("ab")) == STR_NONE);
    assert_int_equal(str_find_i((struct str){0}, (struct str){0}), 0);
    assert_int_equal(str_find_i(STR_LIT("aAab"), STR_LIT("AB")), 2);
    assert_int_equal(str_find_i(STR_LIT("x[1]"), STR_LIT("[1")), 1);
    assert_true(str_find_i(STR_LIT("{1"), STR_LIT("[1")) == STR_NONE); /* no letters, though a bit of case apart */
    assert_true(str_find_i(STR_LIT("ab"), STR_LIT("abc")) == STR_NONE);
    assert_int_equal(str_chr(STR_LIT("a\0b"), 'b'), 2);
    assert_true(str_chr((struct str){0}, 'b') == STR_NONE);
}

/* The slow and obvious way gives the same, wherever in a long text the find is. */
static void finding_case_blind(void **state)
{
    (void)state;
    char text[600];
    const struct str needle = STR_LIT("qZ9-");
    for (size_t at = 0; at + needle.n <= sizeof(text); at++) {
        for (size_t i = 0; i < sizeof(text); i++)
            text[i] = "zQq9"[i % 4];
        memcpy(text + at, at % 2 ? "Qz9-" : "qZ9-", needle.n);
        assert_int_equal(str_find_i(str_n(text, sizeof(text)), needle), at);
        assert_true(str_find_i(str_n(text, at + needle.n - 1), needle) == STR_NONE);
    }
}

static void splitting(void **state)
{
    const char *const want[] = {"a", "", "b", ""};
    struct str_split it = str_split_init(STR_LIT("a,,b,"), ',');
    struct str piece;
    size_t n = 0;
    (void)state;
    while (str_split_next(&it, &piece)) {
        assert_true(n < ARRAY_LEN(want));
        assert_text(piece, want[n]);
        n++;
    }
    assert_int_equal(n, ARRAY_LEN(want));
    it = str_split_init((struct str){0}, ',');
    assert_true(str_split_next(&it, &piece)); /* "" is one empty piece */
    assert_int_equal(piece.n, 0);
    assert_false(str_split_next(&it, &piece));
}

static void lines(void **state)
{
    const char *const want[] = {"a", "", "b\rc", "last"};
    struct str rest = STR_LIT("a\r\n\nb\rc\nlast"), line;
    size_t n = 0;
    (void)state;
    while (str_line_next(&rest, &line)) {
        assert_true(n < ARRAY_LEN(want));
        assert_text(line, want[n]);
        n++;
    }
    assert_int_equal(n, ARRAY_LEN(want));
    rest = STR_LIT("a\n");
    assert_true(str_line_next(&rest, &line));
    assert_false(str_line_next(&rest, &line)); /* an ended line is no second, empty one */
    rest = (struct str){0};
    assert_false(str_line_next(&rest, &line));
}

/* Encodes by the table of RFC 3629 section 3, without its rules. */
static size_t encode(uint32_t c, size_t n, unsigned char out[4])
{
    static const unsigned char head[] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (n == 1) {
        out[0] = (unsigned char)c;
        return 1;
    }
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (unsigned char)(0x80 | (c & 0x3F));
    out[0] = (unsigned char)(head[n] | c);
    return n;
}

/* Every code point, in each length it could be written in: only the shortest form of a scalar value is
 * well-formed. */
static void utf8_every_character(void **state)
{
    static const uint32_t end[] = {0, 0x80, 0x800, 0x10000, 0x200000};
    (void)state;
    for (size_t n = 1; n <= 4; n++) {
        for (uint32_t c = 0; c<end[n]; c += c> 0x30000 && c < 0x10F000 ? 61 : 1) {
            unsigned char u[4];
            size_t k = encode(c, n, u);
            bool shortest = n == 1 || c >= end[n - 1];
            bool scalar = c < 0x110000 && !(c >= 0xD800 && c <= 0xDFFF);
            if (str_is_utf8(str_n((char *)u, k)) != (shortest && scalar))
                fail_msg("U+%04X in %zu bytes", (unsigned)c, n);
        }
    }
}

static void utf8_malformed(void **state)
{
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "a\x80z",
                                      "\xC2",
                                      "\xC2z",
                                      "\xE3\x81",
                                      "\xE3\x81z",
                                      "\xF0\x9F\x98",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\xAF",
                                      "\xF0\x80\x80\xAF",
                                      "\xED\xA0\x80\xED\xB0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "12345678\xC2",
                                      "1234567\xC2-1234567",
                                      "12345678\xE3\x81"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (str_is_utf8(str_of(bad[i])))
            fail_msg("malformed text %zu passes", i);
    assert_true(str_is_utf8((struct str){0}));
    assert_true(str_is_utf8(STR_LIT("a\0b")));
    assert_true(str_is_utf8(STR_LIT("\xEF\xBB\xBF\xEF\xBF\xBE 当番 \xF4\x8F\xBF\xBF 12345678901234")));
}

/* At every length of a text of characters of 1..4 bytes, what is kept is well-formed and nothing more is
 * lost. */
static void utf8_clip(void **state)
{
    static const char text[] = "aé当😀z😀当éa";
    (void)state;
    for (size_t n = 0; n <= strlen(text); n++) {
        char copy[64];
        memcpy(copy, text, n); /* nothing behind may matter */
        size_t k = str_utf8_clip(copy, n);
        assert_true(k <= n && n - k < 4);
        assert_true(str_is_utf8(str_n(text, k)));
        for (size_t more = k + 1; more <= n; more++)
            assert_false(str_is_utf8(str_n(text, more)));
    }
    assert_int_equal(str_utf8_clip("\x80\x80\x80\x80\x80\x80", 6),
                     6); /* no character is cut where there is none */
}

/* A buffer refuses what is one byte too much, whole, and stays refused until it is cleared. */
static void buffer(void **state)
{
    struct buf b = BUF_INIT(10);
    (void)state;
    assert_string_equal(buf_cstr(&b), "");
    assert_true(buf_adds(&b, "12345"));
    assert_true(buf_printf(&b, "%d", 67890));
    assert_false(buf_full(&b));
    assert_int_equal(b.n, 10);
    assert_false(buf_addc(&b, 'x'));
    assert_true(buf_full(&b));
    assert_false(buf_adds(&b, "")); /* full stays full */
    assert_string_equal(buf_cstr(&b), "1234567890");
    buf_clear(&b);
    assert_true(buf_add(&b, NULL, 0));
    assert_false(buf_printf(&b, "%s", "12345678901"));
    assert_string_equal(buf_cstr(&b), "");
    buf_clear(&b);
    assert_true(buf_reserve(&b, 10));
    assert_false(buf_reserve(&b, 11));
    buf_release(&b);
    assert_int_equal(b.max, 10);
    b = BUF_INIT(SIZE_MAX); /* no wrap at the largest maximum */
    assert_true(buf_adds(&b, "abc"));
    assert_string_equal(buf_cstr(&b), "abc");
    buf_release(&b);
    b = BUF_INIT(0);
    assert_true(buf_add(&b, "", 0));
    assert_false(buf_addc(&b, 'a'));
    buf_release(&b);
    buf_release(NULL);
}

static void buffer_utf8(void **state)
{
    struct buf b = BUF_INIT(64);
    (void)state;
    const uint32_t c[] = {0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < ARRAY_LEN(c); i++)
        assert_true(buf_add_utf8(&b, c[i]));
    assert_string_equal(buf_cstr(&b),
                        "A\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
    assert_true(str_is_utf8(buf_str(&b)));
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(cutting),
        cmocka_unit_test(finding_case_blind),
        cmocka_unit_test(splitting),
        cmocka_unit_test(lines),
        cmocka_unit_test(utf8_every_character),
        cmocka_unit_test(utf8_malformed),
        cmocka_unit_test(utf8_clip),
        cmocka_unit_test(buffer),
        cmocka_unit_test(buffer_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
