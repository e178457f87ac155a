/* Which machine is a mail system, by the rules as shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "contain/mail_rules.h"

static void shipped(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct mail_rules r;
    struct buf b = BUF_INIT(MIB);
    struct err e = {0};
    char path[4096];
    snprintf(path, sizeof(path), "%s/rules/products/mail.txt", getenv("TOBAN_SOURCE") ? getenv("TOBAN_SOURCE") : ".");
    if (stream_slurp(path, &b, &e) || mail_rules_parse(&r, buf_str(&b), path, &a, &e))
        fail_msg("%s", e.text);
    static const char *const yes[] = {"microsoft:exchange_server", "postfix:postfix", "sendmail:sendmail", "dovecot:dovecot", "exim:exim", "synacor:zimbra_collaboration_suite", "ibm:domino", "hcltech:domino"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(mail_rules_product(&r, str_of(yes[i])));
    assert_false(mail_rules_product(&r, STR_LIT("microsoft:outlook")));
    assert_false(mail_rules_product(&r, STR_LIT("")));
    assert_true(mail_rules_words(&r, STR_LIT("サーバー"), STR_LIT("全社メール")));
    assert_true(mail_rules_words(&r, STR_LIT("Mail gateway"), STR_LIT("")));
    assert_true(mail_rules_words(&r, STR_LIT(""), STR_LIT("ﾒｰﾙ中継")));
    assert_false(mail_rules_words(&r, STR_LIT("サーバー"), STR_LIT("会計")));
    assert_false(mail_rules_words(&r, STR_LIT("ノートPC"), STR_LIT("事務、メール"))); /* people read it there */
    buf_release(&b);
    arena_release(&a);
}

static void bad(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct mail_rules r;
    struct err e = {0};
    assert_int_equal(mail_rules_parse(&r, STR_LIT("# x\nproduct = exchange\n"), "m", &a, &e), ERR_INPUT);
    assert_int_equal(strncmp(e.text, "m:2:", 4), 0);
    assert_int_equal(mail_rules_parse(&r, STR_LIT("word = a,,b\n"), "m", &a, &e), ERR_INPUT);
    assert_int_equal(mail_rules_parse(&r, STR_LIT("words = a\n"), "m", &a, &e), ERR_INPUT);
    assert_int_equal(mail_rules_parse(&r, STR_LIT(""), "m", &a, &e), 0);
    assert_false(mail_rules_words(&r, STR_LIT("mail"), STR_LIT("mail")));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped), cmocka_unit_test(bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
