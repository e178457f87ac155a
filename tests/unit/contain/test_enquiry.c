/* Enquiries: where they stand, their words, and the form that comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "contain/enquiry.h"
#include "contain/reply_form.h"

static void state(void **unused)
{
    (void)unused;
    when_t now = 1000 * WHEN_DAY;
    struct enquiry_event ev[] = {{.kind = ENQUIRY_SENT}, {.kind = ENQUIRY_REMINDED}, {.kind = ENQUIRY_REMINDED}, {.kind = ENQUIRY_ANSWERED, .runs = STR_LIT("no")}};
    struct enquiry q = {.id = 1, .case_id = 7, .due = now - WHEN_DAY, .event = ev};
    struct enquiry_status s = enquiry_status(&q, now);
    assert_int_equal(s.state, ENQUIRY_DRAFT);
    assert_true(s.overdue); /* not sent is no excuse */
    assert_int_equal(s.late, 1);
    q.event_n = 3;
    s = enquiry_status(&q, now);
    assert_int_equal(s.state, ENQUIRY_WAITING);
    assert_int_equal(s.reminders, 2);
    assert_false(enquiry_status(&q, q.due).overdue);
    struct enquiry list[] = {q, q, q};
    list[1].event_n = 4;
    list[2].event_n = 0;
    list[2].case_id = 0;
    list[2].due = now + 1;
    struct enquiry_count n = enquiry_count(list, 3, 0, now);
    assert_true(n.open == 2 && n.overdue == 1 && n.draft == 1);
    n = enquiry_count(list, 3, 7, now);
    assert_true(n.open == 1 && n.overdue == 1 && n.draft == 0);
    s = enquiry_status(&list[1], now);
    assert_int_equal(s.state, ENQUIRY_DONE);
    assert_true(!s.overdue && str_is(s.answer->runs, "no"));
    ev[3].kind = ENQUIRY_WITHDRAWN;
    assert_int_equal(enquiry_status(&list[1], now).state, ENQUIRY_GONE);
}

static void words(void **unused)
{
    (void)unused;
    struct buf b = BUF_INIT(KIB);
    struct err e = {0};
    const struct enquiry_field f[] = {{"id", STR_LIT("E-1")}, {"none", {0}}, {"odd", STR_LIT("{id}")}};
    /* A lone brace is text, values are not looked into, a line with an empty value goes. */
    struct str t = STR_LIT("# a comment\n#\nNo. {id}\n\n# kept {id}\nleft out {none}\n{odd} }\nend");
    assert_int_equal(enquiry_render(t, "t", f, 3, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), "No. E-1\n\n# kept E-1\n{id} }\nend\n");
    assert_int_equal(enquiry_render(STR_LIT("a\n{nobody}\n"), "t", f, 3, &b, &e), ERR_INPUT);
    assert_int_equal(strncmp(e.text, "t:2:", 4), 0);
    buf_release(&b);
    b = (struct buf)BUF_INIT(8);
    assert_int_equal(enquiry_render(STR_LIT("123456789\n"), "t", f, 3, &b, &e), ERR_LIMIT);
    buf_release(&b);
}

static struct reply_form form(const char *text, struct arena *a)
{
    struct reply_form f;
    struct err e = {0};
    if (reply_form_read(str_of(text), a, &f, &e))
        fail_msg("%s", e.text);
    return f;
}

/* What is drafted can be read back: every shipped template has the whole form. */
static void shipped(void **unused)
{
    (void)unused;
    static const char *const name[] = {"ask.ja.txt", "ask.en.txt", "remind.ja.txt", "remind.en.txt"};
    static const char *const tag[] = {"[enquiry]", "[runs]", "[product]", "[version]", "[machines]", "[found]", "[patched]", "[contact]", "[note]"};
    static const char *const field[] = {"id", "date", "due", "organisation", "about", "from", "reply_to", "mail", "machines", "case", "sent", "reminder"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++) {
        struct arena a = {0};
        struct buf file = BUF_INIT(MIB), out = BUF_INIT(MIB);
        struct err e = {0};
        struct enquiry_field f[ARRAY_LEN(field)];
        char path[4096];
        snprintf(path, sizeof(path), "%s/rules/contacts/%s", getenv("TOBAN_SOURCE") ? getenv("TOBAN_SOURCE") : ".", name[i]);
        for (size_t k = 0; k < ARRAY_LEN(field); k++)
            f[k] = (struct enquiry_field){field[k], str_of(k ? "VALUE" : "E-12")};
        if (stream_slurp(path, &file, &e) || enquiry_render(buf_str(&file), path, f, ARRAY_LEN(field), &out, &e))
            fail_msg("%s", e.text);
        for (size_t k = 0; k < ARRAY_LEN(tag); k++)
            assert_int_not_equal(str_find(buf_str(&out), str_of(tag[k])), STR_NONE);
        struct reply_form r = form(buf_cstr(&out), &a);
        assert_int_equal(r.enquiry, 12);
        assert_true(r.runs.n == 0 && r.product.n == 0 && r.found.n == 0 && r.note.n == 0); /* labels are no answers */
        buf_release(&file);
        buf_release(&out);
        arena_release(&a);
    }
}

static void filled(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct reply_form f = form("お世話になっております。\r\n"
                               "> ----- 回答票 ここから -----\r\n"
                               "> [enquiry] 照会番号: E-3\r\n"
                               "> ［runs］該当製品の利用（はい・いいえ・不明）：　はい。\r\n"
                               "> [product] 製品名: Exchange Server 2016 CU18\r\n"
                               ">> [version] バージョン・ビルド番号: 15.1.2106.2: 表示のまま\r\n"
                               "> [found] 侵害の痕跡:\r\n"
                               "> IIS のログを 2/26 から調査。\r\n"
                               "> 痕跡なし。\r\n"
                               "> [contact] ご担当者とご連絡先: 北 043-000-0000\r\n"
                               "> ----- 回答票 ここまで -----\r\n"
                               "署名 [株式会社]: 北斗\r\n",
                               &a);
    assert_int_equal(f.enquiry, 3);
    assert_true(str_is(f.runs, "yes"));
    assert_true(str_is(f.product, "Exchange Server 2016 CU18"));
    assert_true(str_is(f.version, "15.1.2106.2: 表示のまま"));
    assert_true(str_is(f.found, "IIS のログを 2/26 から調査。\n痕跡なし。"));
    assert_true(str_is(f.contact, "北 043-000-0000"));
    /* An answer above the quoted, empty form; and below one. */
    f = form("[runs] x: no\n> [runs] x: \n", &a);
    assert_true(str_is(f.runs, "no"));
    f = form("> [runs] x: \n[runs] x: unknown\n", &a);
    assert_true(str_is(f.runs, "unknown"));
    /* The choice left as it was printed is no answer. */
    f = form("[runs] x: はい・いいえ・不明\n", &a);
    assert_true(f.runs.n == 0 && f.runs_written.n);
    arena_release(&a);
}

static void encodings(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct reply_form f;
    struct err e = {0};
    /* "[runs] 利用: いいえ" in CP932, and in UTF-16 with BOM */
    static const char cp932[] = "[runs] \x97\x98\x97\x70: \x82\xa2\x82\xa2\x82\xa6\n[note] \x94\xf5\x8d\x6c: \x82\xc8\x82\xb5\n";
    assert_int_equal(reply_form_read(str_of(cp932), &a, &f, &e), 0);
    assert_true(str_is(f.runs, "no"));
    static const char utf16[] = "\xff\xfe[\0r\0u\0n\0s\0]\0:\0 \0y\0e\0s\0\n";
    assert_int_equal(reply_form_read(str_n(utf16, sizeof(utf16)), &a, &f, &e), 0);
    assert_true(str_is(f.runs, "yes"));
    arena_release(&a);
}

static void answers(void **unused)
{
    (void)unused;
    static const char *const yes[] = {"yes", "YES", " はい ", "有り", "○", "ＹＥＳ"}, *const no[] = {"no", "いいえ", "無", "なし。", "×"},
                            *const unknown[] = {"不明", "確認中", "?"}, *const none[] = {"", "maybe", "はい・いいえ", "yes no"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(str_is(reply_form_runs(str_of(yes[i])), "yes"));
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        assert_true(str_is(reply_form_runs(str_of(no[i])), "no"));
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
        assert_true(str_is(reply_form_runs(str_of(unknown[i])), "unknown"));
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_int_equal(reply_form_runs(str_of(none[i])).n, 0);
}

static void limits(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct buf b = BUF_INIT(MIB);
    struct reply_form f;
    struct err e = {0};
    assert_int_equal(reply_form_read(STR_LIT("nothing of ours"), &a, &f, &e), ERR_INPUT);
    buf_adds(&b, "[found] ");
    while (b.n < LIMIT_LEDGER_CELL + 100)
        buf_adds(&b, "あ");
    assert_int_equal(reply_form_read(buf_str(&b), &a, &f, &e), 0);
    assert_true(f.found.n <= LIMIT_LEDGER_CELL && f.found.n > LIMIT_LEDGER_CELL - 4);
    assert_true(str_is_utf8(f.found)); /* cut between characters */
    while (b.n <= LIMIT_REPLY_FORM)
        buf_adds(&b, "0123456789abcdef");
    assert_int_equal(reply_form_read(buf_str(&b), &a, &f, &e), ERR_LIMIT);
    buf_release(&b);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(state), cmocka_unit_test(words), cmocka_unit_test(shipped), cmocka_unit_test(filled),
                                       cmocka_unit_test(encodings), cmocka_unit_test(answers), cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
