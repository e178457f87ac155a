/* Numbers out of text. */
#include <locale.h>

#include "base_test.h"

static void whole(void **state)
{
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "99999999999999999999", "１"};
    uint64_t v;
    (void)state;
    assert_true(num_u64(STR_LIT("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    assert_true(num_u64(STR_LIT("007"), &v));
    assert_int_equal(v, 7);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (num_u64(str_of(bad[i]), &v))
            fail_msg("\"%s\" passes", bad[i]);
}

static void negative(void **state)
{
    static const char *const bad[] = {"",   "-", "--1", "+1", "9223372036854775808", "-9223372036854775809",
                                      "- 1"};
    int64_t v;
    (void)state;
    assert_true(num_i64(STR_LIT("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(num_i64(STR_LIT("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(num_i64(STR_LIT("-0"), &v) && v == 0);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (num_i64(str_of(bad[i]), &v))
            fail_msg("\"%s\" passes", bad[i]);
}

static void floating(void **state)
{
    static const char *const bad[] = {"",    ".",   "-",     "+",      "1.",    "1.e5", "e5",      "1e",
                                      "1e+", "inf", "nan",   "0x1p3",  "1,5",   "01",   "-01",     "1 ",
                                      " 1",  "--1", "1e999", "-1e999", "1.2.3", "1-2",  "Infinity"};
    static const struct {
        const char *text;
        double v;
    } good[] = {{"0", 0},        {"-0.5", -0.5}, {"9.8", 9.8},  {"1e3", 1000},        {"1E-2", 0.01},
                {"+1.25", 1.25}, {".5", 0.5},    {"-.5", -0.5}, {"0.00043", 0.00043}, {"10.0", 10}};
    double v;
    (void)state;
    /* '.' is the point whatever the locale. */
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        print_message("locale de_DE.UTF-8 is not installed; the test runs in the default locale\n");
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!num_double(str_of(good[i].text), &v) || v < good[i].v || v > good[i].v)
            fail_msg("\"%s\"", good[i].text);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (num_double(str_of(bad[i]), &v))
            fail_msg("\"%s\" passes", bad[i]);
    assert_false(num_double(STR_LIT("1\0"), &v));
    char *digits = mem_alloc(1000);
    memset(digits, '1', 1000);
    (void)num_double(str_n(digits, 1000), &v); /* no overrun */
    free(digits);
    setlocale(LC_NUMERIC, "C");
}

static void hexadecimal(void **state)
{
    uint64_t v;
    unsigned char out[4];
    char text[9];
    size_t n;
    (void)state;
    assert_true(num_hex(STR_LIT("ffffFFFFffffFFFF"), &v) && v == UINT64_MAX);
    assert_false(num_hex(STR_LIT("10000000000000000"), &v));
    assert_false(num_hex(STR_LIT("0x1"), &v));
    assert_false(num_hex(STR_LIT(""), &v));
    assert_true(num_unhex(STR_LIT("00ffA5"), out, sizeof(out), &n));
    assert_int_equal(n, 3);
    assert_int_equal(out[2], 0xA5);
    assert_false(num_unhex(STR_LIT("abc"), out, sizeof(out), &n));
    assert_false(num_unhex(STR_LIT("0011223344"), out, sizeof(out), &n));
    assert_false(num_unhex(STR_LIT("0g"), out, sizeof(out), &n));
    num_tohex((const unsigned char *)"\x00\x0f\xa5\xff", 4, text);
    assert_string_equal(text, "000fa5ff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),
        cmocka_unit_test(negative),
        cmocka_unit_test(floating),
        cmocka_unit_test(hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
