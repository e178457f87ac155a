/* Tables of contacts: headers in two languages, encodings, what cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "contain/contact_table.h"

static struct contact_words words;

/* The words as they are shipped. */
static int setup(void **unused)
{
    (void)unused;
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct err e = {0};
    const char *root = getenv("TOBAN_SOURCE");
    char path[4096];
    snprintf(path, sizeof(path), "%s/rules/contacts/columns.txt", root ? root : ".");
    if (stream_slurp(path, &b, &e) || contact_words_read(&words, buf_str(&b), path, &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    contact_words_release(&words);
    return 0;
}

static struct contact_table read_ok(struct str bytes, struct arena *a)
{
    struct contact_table t;
    struct err e = {0};
    if (contact_table_read(bytes, "t.csv", &words, NULL, ZONE_JST, a, &t, &e))
        fail_msg("%s", e.text);
    return t;
}

static const char japanese[] = "連絡網（2021年度）\n"
                               "連絡順,氏名,役職,所属,会社名,電話番号,携帯電話,メールアドレス,連絡元,代理者,最終確認日\n"
                               "1,佐藤 一郎,情シス責任者,情報システム部,当社,03-1234-5678；内線1201,090-0000-0001,sato@example.jp,,鈴木,2021/2/1\n"
                               "２,鈴木,担当,情報システム部,当社,,090-0000-0002、090-0000-0003,suzuki@example.jp,佐藤一郎,,令和3年1月15日\n"
                               ",,,,,,,,,,\n"
                               ",,当番窓口,,北斗システム,043-000-0000,,,,,\n"
                               ",,,,,03-9,,,,,\n"
                               "x,高橋,,,,,,,,,いつか\n";

static void check(const struct contact_table *t)
{
    assert_int_equal(t->n, 4);
    const struct contact_row *r = &t->row[0];
    assert_true(str_is(r->c.name, "佐藤 一郎"));
    assert_true(str_is(r->c.role, "情シス責任者"));
    assert_true(str_is(r->c.department, "情報システム部"));
    assert_true(str_is(r->c.organisation, "当社"));
    assert_true(str_is(r->substitute, "鈴木"));
    assert_int_equal(r->c.call_order, 1);
    assert_int_equal(r->c.channel_n, 4);
    assert_int_equal(r->c.channel[0].kind, CHANNEL_PHONE);
    assert_true(str_is(r->c.channel[1].address, "内線1201"));
    assert_int_equal(r->c.channel[2].kind, CHANNEL_MOBILE);
    assert_int_equal(r->c.channel[3].kind, CHANNEL_MAIL);
    assert_true(str_is(r->c.channel[3].needs, "mail"));
    assert_int_equal(r->c.checked, (clock_days(2021, 2, 1) * 86400 - ZONE_JST) * WHEN_SEC);
    r = &t->row[1];
    assert_int_equal(r->c.call_order, 2); /* full width */
    assert_true(str_is(r->called_by, "佐藤一郎"));
    assert_int_equal(r->c.channel_n, 3);
    assert_int_equal(r->c.checked, (clock_days(2021, 1, 15) * 86400 - ZONE_JST) * WHEN_SEC);
    r = &t->row[2]; /* a desk without a person's name */
    assert_true(str_is(r->c.name, "当番窓口"));
    assert_int_equal(r->c.kind, CONTACT_ROLE);
    /* a number that is nobody's is kept aside; a cell that cannot be read is left out, and told */
    assert_int_equal(t->aside, 1);
    assert_int_equal(t->issue_n, 3);
    assert_true(t->issue[0].whole && t->issue[0].line == 7);
    assert_true(!t->issue[1].whole && t->issue[1].line == 8);
    assert_true(str_is(t->row[3].c.name, "高橋"));
    assert_int_equal(t->row[3].c.checked, WHEN_NONE);
}

static void in_japanese(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct contact_table t = read_ok(str_of(japanese), &a);
    check(&t);
    arena_release(&a);
}

static void in_english(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct contact_table t = read_ok(STR_LIT("Name;Type;Company;Phone Number;E-Mail;Called by;Order;Language\n"
                                             "NOC;organisation;Hokuto;+81 43;noc@example.jp;Sato;1;English\n"),
                                     &a);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.row[0].c.kind, CONTACT_ORGANISATION);
    assert_true(str_is(t.row[0].c.organisation, "Hokuto"));
    assert_true(str_is(t.row[0].c.lang, "en"));
    assert_true(str_is(t.row[0].called_by, "Sato"));
    assert_int_equal(t.row[0].c.channel_n, 2);
    assert_true(t.has[CONTACT_FIELD_CHANNEL + CHANNEL_PHONE]);
    assert_false(t.has[CONTACT_FIELD_CHANNEL + CHANNEL_FAX]);
    arena_release(&a);
}

static void no_header(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct contact_table t;
    struct err e = {0};
    assert_int_equal(contact_table_read(STR_LIT("1,2,3\n4,5,6\n"), "t.csv", &words, NULL, 0, &a, &t, &e), ERR_INPUT);
    assert_int_equal(contact_table_read(STR_LIT(""), "t.csv", &words, NULL, 0, &a, &t, &e), ERR_INPUT);
    arena_release(&a);
}

static void too_much(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct buf b = BUF_INIT(4 * MIB);
    struct contact_table t;
    struct err e = {0};
    buf_adds(&b, "name,phone\nmany,");
    for (int i = 0; i < LIMIT_CONTACT_CHANNELS + 5; i++)
        buf_printf(&b, "%d、", i);
    t = read_ok(buf_str(&b), &a);
    assert_int_equal(t.row[0].c.channel_n, LIMIT_CONTACT_CHANNELS);
    assert_int_equal(t.issue_n, 1);
    for (int i = 0; i < LIMIT_CONTACTS; i++)
        buf_printf(&b, "\nx%d,1", i);
    assert_int_equal(contact_table_read(buf_str(&b), "t.csv", &words, NULL, 0, &a, &t, &e), ERR_LIMIT);
    buf_release(&b);
    arena_release(&a);
}

static void bad_words(void **unused)
{
    (void)unused;
    struct contact_words w = {0};
    struct err e = {0};
    assert_int_equal(contact_words_read(&w, STR_LIT("# ok\nnam = x\n"), "w", &e), ERR_INPUT);
    assert_int_equal(strncmp(e.text, "w:2:", 4), 0);
    assert_int_equal(contact_words_read(&w, STR_LIT("name = x\nrole = Ｘ\n"), "w", &e), ERR_INPUT); /* one word, two meanings */
    contact_words_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_japanese), cmocka_unit_test(in_english), cmocka_unit_test(no_header),
                                       cmocka_unit_test(too_much), cmocka_unit_test(bad_words)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
