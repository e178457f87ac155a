#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "codec/text.h"

static struct arena arena;

static struct text read_text(const char *s)
{
    struct text t;
    arena_clear(&arena);
    assert_int_equal(0, text_read(str_of(s), &arena, &t, NULL));
    return t;
}

/* The sentences joined by '|', as folded. */
static void folds_to(const char *source, const char *expected)
{
    struct text t = read_text(source);
    struct buf b = BUF_INIT(1 << 20);
    for (size_t i = 0; i < t.sentences; i++) {
        if (i)
            buf_addc(&b, '|');
        buf_add(&b, t.folded.p + t.sentence[i].start, t.sentence[i].end - t.sentence[i].start);
    }
    assert_string_equal(expected, buf_cstr(&b));
    buf_release(&b);
}

static void folding(void **state)
{
    (void)state;
    folds_to("ＣＶＥ－２０９９－０００１", "cve-2099-0001");
    folds_to("ｾﾞﾛﾃﾞｲ ﾊﾟｯﾁ", "ゼロデイ パッチ");
    folds_to("カ\xE3\x82\x99", "ガ"); /* U+3099 behind U+30AB */
    folds_to("It’s a “proof‑of‑concept”", "it's a \"proof of concept\"");
    folds_to("in-the-wild  use,\tnow", "in the wild use,|now");
    folds_to("㈱①Ⅳ", "(株)1iv");
    folds_to("a\xE2\x80\x8B"
             "b",
             "ab"); /* zero width space */
    folds_to("x\xFFy", "x\xEF\xBF\xBDy");
    folds_to("&lt;b&gt; &amp; Exploitation&nbsp;Detected", "<b> & exploitation detected");
    folds_to("a <b>bold</b> word, 1 < 2, <foo@example.org>", "a bold word, 1 < 2, <foo@example.org>");
    folds_to("a<script>evil.</script>b<!-- gone. -->c", "a|bc");
}

static void english_sentences(void **state)
{
    (void)state;
    folds_to("Fixed in 8.2.0. Upgrade now! Really? Yes.", "fixed in 8.2.0.|upgrade now!|really?|yes.");
    folds_to("Sites in the U.S. Air Force, e.g. Ramstein, vs. others.",
             "sites in the u.s. air force, e.g. ramstein, vs. others.");
    folds_to("See No. 5. No. It ended.", "see no. 5.|no.|it ended.");
    folds_to("He said \"stop.\" Then left.", "he said \"stop.\"|then left.");
    folds_to("being\nactively exploited", "being actively exploited");
    folds_to("Title Of It\nBody begins here.", "title of it|body begins here.");
    folds_to("One\n\ntwo", "one|two");
    folds_to("- one\n- two", "- one|- two");
    folds_to("A: x\nB: y", "a: x|b: y");
}

static void japanese_sentences(void **state)
{
    (void)state;
    folds_to("確認した。更新する！なぜ？", "確認した。|更新する!|なぜ?");
    folds_to("「確認した。」と発表した。以上", "「確認した。」と発表した。|以上");
    folds_to("本脆弱性が実際に攻撃に悪用\nされていることが判明した。",
             "本脆弱性が実際に攻撃に悪用されていることが判明した。");
    folds_to("概要\n複数の製品に脆弱性があります。", "概要|複数の製品に脆弱性があります。");
    folds_to("・一つ目\n・二つ目", "・一つ目|・二つ目");
    folds_to("Ｖｅｒ．２．０．７へ更新．終わり", "ver.2.0.7へ更新。|終わり");
}

static void cells(void **state)
{
    (void)state;
    struct text t = read_text("CVE\tState\nCVE-2099-0001\tyes\n");
    assert_int_equal(4, t.sentences);
    assert_true(t.sentence[3].cell);
    assert_int_equal(1, t.sentence[3].column);
    assert_int_equal(t.sentence[2].row, t.sentence[3].row);
    assert_int_not_equal(t.sentence[1].row, t.sentence[2].row);

    const char *html = "<tr><td>CVE</td>\n<td>悪用</td></tr>\n<tr><td>x</td>\n<td>あり</td></tr>";
    t = read_text(html);
    assert_int_equal(4, t.sentences);
    assert_int_equal(1, t.sentence[3].column);
    assert_int_equal(t.sentence[2].row, t.sentence[3].row);
    struct str cell = str_n(html + t.sentence[3].from, t.sentence[3].to - t.sentence[3].from);
    assert_true(str_is(cell, "<td>あり</td>"));
}

/* Every folded character leads back to a place inside of its sentence, in order. */
static void offsets(void **state)
{
    (void)state;
    const char *source = "前置き。ＣＶＥ－２０９９－０００１は\n「ｾﾞﾛﾃﾞｲ」で<b>悪用</b>された&amp;㈱。 End.";
    struct text t = read_text(source);
    uint32_t last = 0;
    for (size_t i = 0; i < t.sentences; i++) {
        for (uint32_t k = t.sentence[i].start; k < t.sentence[i].end; k++) {
            uint32_t at = text_source_start(&t, k);
            assert_true(at >= last && at >= t.sentence[i].from && at <= t.sentence[i].to);
            last = at;
        }
    }
    size_t at = str_find(t.folded, STR_LIT("悪用"));
    assert_int_not_equal(STR_NONE, at);
    assert_int_equal(strstr(source, "悪用") - source, text_source_start(&t, (uint32_t)at));
    assert_int_equal(strstr(source, "</b>") - source, text_source_end(&t, (uint32_t)at + 6));
    at = str_find(t.folded, STR_LIT("ゼロ"));
    assert_int_equal(strstr(source, "ｾﾞﾛ") - source, text_source_start(&t, (uint32_t)at));
}

static void identifiers(void **state)
{
    (void)state;
    struct text t = read_text("CVE-2021-26855, ＣＶＥ－２０２１－４４２２８ and cve 2099 12345; CVE-21-1, "
                              "XCVE-2021-1234, CVE-2021-123");
    static const char *const expected[] = {"CVE-2021-26855", "CVE-2021-44228", "CVE-2099-12345"};
    uint32_t pos = 0, end;
    char id[TEXT_CVE_SIZE];
    size_t n = 0;
    while (text_cve_next(t.folded, &pos, &end, id)) {
        assert_true(n < ARRAY_LEN(expected));
        assert_string_equal(expected[n++], id);
        pos = end;
    }
    assert_int_equal(ARRAY_LEN(expected), n);
}

static void scripts_and_limit(void **state)
{
    (void)state;
    struct text t = read_text("これは日本語です。This is English.");
    assert_int_equal(TEXT_JA, t.sentence[0].script);
    assert_int_equal(TEXT_EN, t.sentence[1].script);
    char *big = mem_zalloc(LIMIT_NOTICE_TEXT + 1);
    struct err e;
    assert_int_equal(ERR_LIMIT, text_read(str_n(big, LIMIT_NOTICE_TEXT + 1), &arena, &t, &e));
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folding),
                                       cmocka_unit_test(english_sentences),
                                       cmocka_unit_test(japanese_sentences),
                                       cmocka_unit_test(cells),
                                       cmocka_unit_test(offsets),
                                       cmocka_unit_test(identifiers),
                                       cmocka_unit_test(scripts_and_limit)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return rc;
}
