#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "urgency_set.h"

struct fixture {
    struct arena a;
    struct terms *t;
};

static int setup(void **state)
{
    struct fixture *f = mem_zalloc(sizeof(*f));
    const char *source = getenv("TOBAN_SOURCE");
    struct err e = {0};
    f->t = set_rules(&f->a, source ? source : ".", &e);
    if (!f->t)
        fprintf(stderr, "%s\n", e.text);
    *state = f;
    return f->t ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    terms_free(f->t);
    arena_release(&f->a);
    free(f);
    return 0;
}

static struct terms_result judge(struct fixture *f, const char *text)
{
    struct terms_result r;
    assert_int_equal(0, terms_judge(f->t, &(struct terms_input){.text = str_of(text)}, &f->a, &r, NULL));
    assert_int_equal(r.exploited, (r.signals & (1U << TERMS_EXPLOITED | 1U << TERMS_ATTEMPTED)) != 0);
    assert_int_equal(r.urgent,
                     r.exploited || (r.signals & (1U << TERMS_URGE_STRONG | 1U << TERMS_DIRECTIVE)));
    return r;
}

struct expected {
    const char *text;
    bool exploited, urgent;
};

static void check(struct fixture *f, const struct expected *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct terms_result r = judge(f, x[i].text);
        if (r.exploited != x[i].exploited || r.urgent != x[i].urgent)
            fail_msg("exploited %d urgent %d: %s", r.exploited, r.urgent, x[i].text);
    }
}

static void negation(void **state)
{
    static const struct expected x[] = {
        {"本脆弱性を悪用した攻撃は確認されていません。", false, false},
        {"本脆弱性の悪用を示す情報は得られておらず、攻撃も観測されていません。", false, false},
        {"悪用が確認されている脆弱性はありません。", false, false},
        {"本脆弱性を悪用した攻撃を確認しています。", true, true},
        {"The flaw has not been exploited in the wild.", false, false},
        {"We have no evidence of exploitation.", false, false},
        {"None of these issues is known to be under active attack.", false, false},
        {"Nobody has reported attacks that use it.", false, false},
        {"The flaw has been exploited in the wild.", true, true},
        {"Exploitation is not limited to one region.", true, true},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void condition_and_possibility(void **state)
{
    static const struct expected x[] = {
        {"本脆弱性が悪用された場合、任意のコードを実行される可能性があります。", false, false},
        {"悪用されると、サーバーを操作されるおそれがあります。", false, false},
        {"今後、悪用される可能性があります。", false, false},
        {"本脆弱性が悪用されたかどうかは不明です。", false, false},
        {"本脆弱性はすでに悪用された可能性があります。", true, true},
        {"本脆弱性が悪用されたとみられます。", true, true},
        {"If exploited, the flaw lets an attacker run code.", false, false},
        {"Attackers could exploit this flaw to run code.", false, false},
        {"The flaw could have been exploited for years.", false, false},
        {"It is not known whether the flaw was exploited.", false, false},
        {"The flaw may have been exploited in limited attacks.", true, true},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void concession_and_place(void **state)
{
    static const struct expected x[] = {
        {"国内での被害は確認されていませんが、海外では本脆弱性を悪用した攻撃が確認されています。", true,
         true},
        {"国内における悪用の情報は確認していません。", false, false},
        {"悪用は確認されていないものの、実証コードが公開されています。", false, false},
        {"We know of no victims here, but agencies abroad have confirmed active exploitation.", true, true},
        {"No exploitation has been seen in our constituency.", false, false},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void haste(void **state)
{
    static const struct expected x[] = {
        {"至急、更新プログラムを適用してください。", false, true},
        {"更新プログラムの適用を推奨します。", false, false},
        {"直ちに対応する必要はありません。", false, false},
        {"修正版は速やかに公開する予定です。", false, false},
        {"不審なログが見つかった場合は、直ちにご連絡ください。", false, false},
        {"Apply the update immediately.", false, true},
        {"The agency strongly urges administrators to patch.", false, true},
        {"The agency encourages administrators to patch.", false, false},
        {"There is no need to patch immediately.", false, false},
        {"We will release a fix as soon as possible.", false, false},
        {"If you find unknown accounts, call us immediately.", false, false},
        {"Emergency Directive 99-01 requires agencies to disconnect the devices.", false, true},
        {"Emergency Directive 99-01 is closed.", false, false},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void catalogue_cells_answers(void **state)
{
    static const struct expected x[] = {
        {"CISA added CVE-2099-0001 to the Known Exploited Vulnerabilities Catalog.", true, true},
        {"CVE-2099-0001 was removed from the KEV catalog.", false, false},
        {"CISAはCVE-2099-0001をKEVカタログに追加しました。", true, true},
        {"Publicly disclosed: No | Exploited: Yes", true, true},
        {"Publicly disclosed: Yes | Exploited: No", false, false},
        {"悪用: あり、一般への公開: なし", true, true},
        {"悪用: なし、一般への公開: あり", false, false},
        {"<table><tr><th>CVE</th><th>悪用</th></tr><tr><td>CVE-2099-0001</td><td>あり</td></tr></table>",
         true, true},
        {"<table><tr><th>CVE</th><th>悪用</th></tr><tr><td>CVE-2099-0001</td><td>なし</td></tr></table>",
         false, false},
        {"Is this flaw being exploited? No.", false, false},
        {"Is this flaw being exploited? Yes.", true, true},
        {"Q. 悪用されていますか。\nA. いいえ。", false, false},
        {"Q. 悪用されていますか。\nA. はい。", true, true},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void later_statement_wins(void **state)
{
    static const struct expected x[] = {
        {"5/10 公開。悪用は確認されていません。\n5/16 更新。悪用を確認したため改めました。", true, true},
        {"【訂正】「悪用が確認されています」と記載しましたが、本脆弱性の悪用は確認されていません。", false,
         false},
        {"Update: the first version said there was no evidence of exploitation. We have since confirmed "
         "exploitation.",
         true, true},
        {"The flaw is being exploited.\nCorrection: an earlier version said the flaw was being exploited. "
         "The vendor knows of no attacks.",
         false, false},
    };
    check(*state, x, ARRAY_LEN(x));
}

static void background(void **state)
{
    struct fixture *f = *state;
    struct terms_result r =
        judge(f, "CVE-2099-0002の悪用は確認されていません。なお、過去に同社の別の製品の脆弱性CVE-2021-"
                 "44228が攻撃に悪用されました。");
    assert_false(r.exploited);
    assert_int_equal(2, r.scope_n);
    assert_string_equal("CVE-2099-0002", r.scope[0].cve.p);
    assert_false(r.scope[0].exploited);
    assert_true(r.scope[1].exploited);
}

static void scope(void **state)
{
    struct fixture *f = *state;
    static const char *const text[] = {
        "CVE-2099-0001については悪用が確認されています。CVE-2099-0002の悪用は確認されていません。",
        "CVE-2099-0001 is being exploited in the wild. CVE-2099-0002 is not known to be exploited.",
        "CVE-2099-0001\tCritical\texploited in the wild\nCVE-2099-0002\tCritical\tnot exploited",
        "ＣＶＥ－２０９９－０００１は悪用が確認されている。cve-2099-0002 の悪用は確認されていない。",
    };
    for (size_t i = 0; i < ARRAY_LEN(text); i++) {
        struct terms_result r = judge(f, text[i]);
        assert_int_equal(2, r.scope_n);
        assert_int_equal(2, r.cves_n);
        assert_string_equal("CVE-2099-0001", r.scope[0].cve.p);
        assert_true(r.scope[0].exploited);
        assert_false(r.scope[1].exploited);
        assert_true(r.exploited);
    }
}

/* The quote is the very bytes of the source, whatever folding and joining did. */
static void quotes(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text, *quote;
    } x[] = {
        {"お知らせです。本脆弱性は、実際に攻撃に悪用\nされていることが判明しました。以上。",
         "本脆弱性は、実際に攻撃に悪用\nされていることが判明しました。"},
        {"ｾﾞﾛﾃﾞｲ脆弱性の悪用を確認", "ｾﾞﾛﾃﾞｲ脆弱性の悪用を確認"},
        {"<p>See below.</p><p>It is being <b>actively&nbsp;exploited</b>.</p>",
         "It is being <b>actively&nbsp;exploited</b>."},
        {"Affects U.S. sites running 8.2.0. It is being\nactively exploited on them. Thanks.",
         "It is being\nactively exploited on them."},
    };
    for (size_t i = 0; i < ARRAY_LEN(x); i++) {
        struct terms_result r = judge(f, x[i].text);
        assert_true(r.exploited);
        assert_true(r.evidence[0].decides);
        struct str q = r.evidence[0].quote;
        assert_int_equal(strlen(x[i].quote), q.n);
        assert_memory_equal(x[i].quote, q.p, q.n);
        assert_ptr_equal(x[i].text + r.evidence[0].start, q.p);
        assert_true(r.evidence[0].hit_start >= r.evidence[0].start &&
                    r.evidence[0].hit_end <= r.evidence[0].end);
    }
}

static void title_is_judged(void **state)
{
    struct fixture *f = *state;
    struct terms_result r;
    struct terms_input in = {.title = STR_LIT("Flaw in X actively exploited"),
                             .text = STR_LIT("Details follow.")};
    assert_int_equal(0, terms_judge(f->t, &in, &f->a, &r, NULL));
    assert_true(r.exploited);
    assert_true(r.evidence[0].in_title);
    in.title = STR_LIT("本製品について");
    assert_int_equal(0, terms_judge(f->t, &in, &f->a, &r, NULL));
    assert_false(r.exploited);
}

static void known_subject(void **state)
{
    struct fixture *f = *state;
    struct terms_result r;
    struct str about = STR_LIT("CVE-2099-0002");
    struct terms_input in = {
        .text = STR_LIT("CVE-2099-0001 is being actively exploited. CVE-2099-0002 is fixed in 2.0."),
        .cves = &about,
        .cves_n = 1};
    assert_int_equal(0, terms_judge(f->t, &in, &f->a, &r, NULL));
    assert_false(r.exploited);
    assert_true(r.scope[0].exploited);
}

static void limits(void **state)
{
    struct fixture *f = *state;
    struct terms_result r;
    struct err e;
    char *big = mem_zalloc(LIMIT_NOTICE_TEXT + 1);
    memset(big, 'x', LIMIT_NOTICE_TEXT + 1);
    struct terms_input in = {.text = str_n(big, LIMIT_NOTICE_TEXT + 1)};
    assert_int_equal(ERR_LIMIT, terms_judge(f->t, &in, &f->a, &r, &e));
    in.text.n--;
    assert_int_equal(0, terms_judge(f->t, &in, &f->a, &r, &e));
    free(big);
    in.text = (struct str){0};
    assert_int_equal(0, terms_judge(f->t, &in, &f->a, &r, &e));
    assert_int_equal(0, r.signals);
}

static void report(void *ctx, const char *message)
{
    (void)ctx;
    fprintf(stderr, "%s\n", message);
}

static void tests_in_rules(void **state)
{
    struct fixture *f = *state;
    size_t ran;
    assert_int_equal(0, terms_run_tests(f->t, report, NULL, &ran));
    assert_true(ran >= 40);
}

/* ---- rule files ---- */

static int compile(const char *first, const char *second, struct terms **out, struct err *e)
{
    struct terms *t = terms_new();
    int rc = terms_add_rules(t, "one.rules", str_of(first), e);
    if (rc == 0 && second)
        rc = terms_add_rules(t, "two.rules", str_of(second), e);
    if (rc == 0)
        rc = terms_compile(t, e);
    if (rc == 0 && out)
        *out = t;
    else
        terms_free(t);
    return rc;
}

static void errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *rules, *at;
    } x[] = {
        {"words a = b\n", "one.rules:1"},
        {"language en\nwords a = b | | c\n", "one.rules:2"},
        {"language en\n\nwords a = b(c\n", "one.rules:3"},
        {"language en\nrule r exploited = nowhere\n", "one.rules:2"},
        {"language en\nrule r nonsense = \"x\"\n", "one.rules:2"},
        {"language en\nrule r exploited = \"x\" ..\n", "one.rules:2"},
        {"language en\nrule r exploited = @\"x\" @\"y\"\n", "one.rules:2"},
        {"language en\nphrase p = q\nphrase q = p\nrule r exploited = p\n", "one.rules:"},
        {"language en\ndrop r\n", "one.rules:2"},
        {"language en\ntest + exploited no quotes\n", "one.rules:2"},
        {"language fr\n", "one.rules:1"},
        {"language en\nwords a = b\nwords a = c\n", "one.rules:3"},
        {"language en\nsurprise\n", "one.rules:2"},
        {"language en\nrule r exploited = ^ $\n", "one.rules:2"},
    };
    for (size_t i = 0; i < ARRAY_LEN(x); i++) {
        struct err e = {0};
        assert_true(compile(x[i].rules, NULL, NULL, &e) < 0);
        if (strncmp(e.text, x[i].at, strlen(x[i].at)) != 0)
            fail_msg("'%s' for: %s", e.text, x[i].rules);
    }
}

static bool says(const struct terms *t, const char *text, enum terms_signal s)
{
    struct arena a = {0};
    struct terms_result r;
    assert_int_equal(0, terms_judge(t, &(struct terms_input){.text = str_of(text)}, &a, &r, NULL));
    bool yes = r.signals >> s & 1;
    arena_release(&a);
    return yes;
}

static void site_files_replace_and_extend(void **state)
{
    (void)state;
    static const char base[] =
        "language en\nwords bad = pwned\nrule r exploited = @bad\nrule s patch = \"hotfix\"\n";
    struct terms *t;
    struct err e;
    assert_int_equal(0, compile(base, "language en\nwords bad += owned(ed|)\n", &t, &e));
    assert_true(says(t, "It was pwned.", TERMS_EXPLOITED) && says(t, "It was owned.", TERMS_EXPLOITED));
    terms_free(t);
    assert_int_equal(0, compile(base, "language en\nwords bad = owned\n", &t, &e));
    assert_false(says(t, "It was pwned.", TERMS_EXPLOITED));
    terms_free(t);
    assert_int_equal(0, compile(base, "language en\nrule r exploited = @bad \"again\"\n", &t, &e));
    assert_false(says(t, "It was pwned.", TERMS_EXPLOITED));
    assert_true(says(t, "It was pwned again.", TERMS_EXPLOITED));
    terms_free(t);
    assert_int_equal(0, compile(base, "language en\ndrop s\nrule q unsaid = \"not\" @bad\n", &t, &e));
    assert_false(says(t, "A hotfix is out.", TERMS_PATCH));
    assert_false(says(t, "It was not pwned.", TERMS_EXPLOITED)); /* later files are tried first */
    terms_free(t);
}

static void gaps_and_guards(void **state)
{
    (void)state;
    struct terms *t;
    struct err e;
    assert_int_equal(0, compile("language en\nwords clause = ;\nwords no = not\n"
                                "rule a exploited = \"seen\" ..20!no @\"attack\" ; unless-after \"drill\"\n"
                                "rule b urge = \"seen\" ...40 @\"patch\" $\nphrase unused = \"x\" .. \"y\"\n",
                                NULL, &t, &e));
    assert_true(says(t, "seen one attack", TERMS_EXPLOITED));
    assert_false(says(t, "seen one; attack", TERMS_EXPLOITED));         /* ".." stays in its clause */
    assert_false(says(t, "seen it is not an attack", TERMS_EXPLOITED)); /* "!no" */
    assert_false(says(t, "seen one attack drill", TERMS_EXPLOITED));    /* guard */
    assert_false(says(t, "seen xxxxxxxxxxxxxxxxxxxxx attack", TERMS_EXPLOITED)); /* 20 at most */
    assert_false(says(t, "seen counterattack", TERMS_EXPLOITED));                /* whole words */
    assert_true(says(t, "seen; now patch.", TERMS_URGE)); /* "..." crosses, "$" is the end */
    assert_false(says(t, "seen; now patch it.", TERMS_URGE));
    terms_free(t);
}

/* Words are read 8 bytes at a time, a run of letters with the blank in front of it. */
static void words_count_whole(void **state)
{
    (void)state;
    struct terms *t;
    struct err e;
    assert_int_equal(0, compile("language en\nwords w = exploits | in the wild | exploitation chains | c2\n"
                                "rule a exploited = @w\nlanguage ja\nwords v = 悪 | 悪用 | 悪用後 | kev登録\n"
                                "rule b urge = @v \"済\"\n",
                                NULL, &t, &e));
    assert_true(says(t, "exploits", TERMS_EXPLOITED) && says(t, "(exploits)", TERMS_EXPLOITED));
    assert_false(says(t, "exploitss", TERMS_EXPLOITED) || says(t, "exploit s", TERMS_EXPLOITED));
    assert_false(says(t, "exploits1", TERMS_EXPLOITED) || says(t, "xexploits", TERMS_EXPLOITED));
    assert_true(says(t, "seen in the wild.", TERMS_EXPLOITED));
    assert_false(says(t, "in the wilderness", TERMS_EXPLOITED) || says(t, "in the", TERMS_EXPLOITED));
    assert_true(says(t, "two exploitation chains", TERMS_EXPLOITED));
    assert_false(says(t, "exploitation chainsaw", TERMS_EXPLOITED) ||
                 says(t, "exploitation", TERMS_EXPLOITED));
    assert_true(says(t, "a c2 server", TERMS_EXPLOITED) && !says(t, "c20", TERMS_EXPLOITED));
    assert_true(says(t, "悪済", TERMS_URGE) && says(t, "悪用済", TERMS_URGE) &&
                says(t, "悪用後済", TERMS_URGE));
    assert_true(says(t, "KEV登録済", TERMS_URGE) && !says(t, "xkev登録済", TERMS_URGE));
    assert_false(says(t, "悪用前済", TERMS_URGE) || says(t, "悪", TERMS_URGE));
    terms_free(t);
}

/* Past the words of which bits are kept, and past the places that are indexed. */
static void long_sentences(void **state)
{
    (void)state;
    struct terms *t;
    struct err e;
    assert_int_equal(
        0, compile("language en\nrule a exploited = \"seen\" ..9 @\"attack\" \"end\"\n", NULL, &t, &e));
    static const size_t copies[] = {1, 63, 64, 65, 300};
    for (size_t i = 0; i < ARRAY_LEN(copies) * 2; i++) {
        struct buf text = BUF_INIT(1 << 16);
        for (size_t k = 0; k < copies[i / 2]; k++)
            buf_adds(&text, "attack ");
        buf_adds(&text, i % 2 ? "seen attack end" : "seen attack no end");
        for (size_t k = 0; k < 400; k++)
            buf_adds(&text, " so");
        assert_int_equal(i % 2, says(t, buf_cstr(&text), TERMS_EXPLOITED));
        buf_release(&text);
    }
    terms_free(t);
}

/* ---- labelled sets ---- */

static bool score_set(struct fixture *f, const char *path, struct score *s)
{
    struct passages p = set_read(&f->a, set_file(&f->a, path));
    if (!p.n) {
        fprintf(stderr, "skipped: %s is not there\n", path);
        return false;
    }
    for (size_t i = 0; i < p.n; i++) {
        struct terms_result r;
        struct arena a = {0};
        assert_int_equal(0, terms_judge(f->t, &(struct terms_input){.text = p.p[i].text}, &a, &r, NULL));
        set_score(&p.p[i], &r, s);
        arena_release(&a);
    }
    fprintf(stderr, "%s: exploited F1 %.3f, urgent F1 %.3f, span %u/%u, scope %u/%u\n", path,
            tally_f1(&s->exploited), tally_f1(&s->urgent), s->spans_right, s->spans, s->scopes_right,
            s->scopes);
    return true;
}

static void thresholds(void **state)
{
    struct fixture *f = *state;
    const char *data = getenv("TOBAN_TEST_DATA"), *source = getenv("TOBAN_SOURCE");
    struct score dev = {0}, hard = {0}, own = {0};
    assert_true(
        score_set(f, arena_printf(&f->a, "%s/tests/golden/urgency_own.jsonl", source ? source : "."), &own));
    assert_true(tally_f1(&own.exploited) >= 0.95 && tally_f1(&own.urgent) >= 0.93);
    if (!data || !score_set(f, arena_printf(&f->a, "%s/urgency/dev.jsonl", data), &dev))
        skip();
    assert_true(tally_f1(&dev.exploited) >= 0.95);
    assert_true(tally_f1(&dev.urgent) >= 0.93);
    assert_true(dev.spans_right >= 0.95 * dev.spans);
    score_set(f, arena_printf(&f->a, "%s/urgency/hard.jsonl", data), &hard); /* reported, no threshold */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negation),
        cmocka_unit_test(condition_and_possibility),
        cmocka_unit_test(concession_and_place),
        cmocka_unit_test(haste),
        cmocka_unit_test(catalogue_cells_answers),
        cmocka_unit_test(later_statement_wins),
        cmocka_unit_test(background),
        cmocka_unit_test(scope),
        cmocka_unit_test(quotes),
        cmocka_unit_test(title_is_judged),
        cmocka_unit_test(known_subject),
        cmocka_unit_test(limits),
        cmocka_unit_test(tests_in_rules),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(site_files_replace_and_extend),
        cmocka_unit_test(gaps_and_guards),
        cmocka_unit_test(words_count_whole),
        cmocka_unit_test(long_sentences),
        cmocka_unit_test(thresholds),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
