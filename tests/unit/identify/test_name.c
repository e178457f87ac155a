/* Names: folding, the shipped rules with their own tests, the dictionary, confirmed
 * answers, the batch row, and mentions in prose. */
#include "identify/build_table.h"
#include "identify/name.h"
#include "identify/name_dictionary.h"
#include "identify/name_rules.h"
#include "codec/stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static struct name_rules *rules;
static struct build_table *table;
static const struct build_table *tables[1];
static struct name_sources sources;
static struct arena arena;

static void slurp(const char *path, struct buf *b)
{
    char name[4096];
    struct err e = {0};
    snprintf(name, sizeof(name), "%s/rules/products/%s", getenv("TOBAN_SOURCE"), path);
    buf_init(b, LIMIT_FILE_SMALL);
    if (stream_slurp(name, b, &e))
        fail_msg("%s", e.text);
}

static int setup(void **state)
{
    (void)state;
    struct buf b;
    struct err e = {0};
    rules = name_rules_new();
    slurp("vendors.txt", &b);
    if (name_rules_vendors(rules, "vendors.txt", buf_str(&b), &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    slurp("names.txt", &b);
    if (name_rules_products(rules, "names.txt", buf_str(&b), &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    name_rules_ready(rules);
    slurp("exchange_builds.txt", &b);
    if (build_table_parse(&table, "exchange_builds.txt", buf_str(&b), &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    tables[0] = table;
    sources = (struct name_sources){.rules = rules, .build = tables, .build_n = 1};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    name_rules_free(rules);
    build_table_free(table);
    arena_release(&arena);
    return 0;
}

static void assert_str(struct str got, const char *want)
{
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static struct name_match match3(const struct name_sources *s, const char *product, const char *vendor,
                                const char *version)
{
    struct name_input in = {str_of(product), str_of(vendor), str_of(version)};
    struct name_match m;
    struct err e = {0};
    if (name_match(s, &in, &arena, &m, &e))
        fail_msg("%s", e.text);
    assert_true(m.reason.n > 0);
    return m;
}

static void expect(const char *product, const char *vendor, const char *version, enum name_kind kind,
                   const char *key)
{
    struct name_match m = match3(&sources, product, vendor, version);
    struct str got = name_key_text(&m, &arena);
    if (m.kind != kind || !str_is(got, key))
        fail_msg("\"%s\": %s %.*s, want %s %s (%.*s)", product, name_kind_name(m.kind), STR_ARG(got),
                 name_kind_name(kind), key, STR_ARG(m.reason));
}

static void test_fold(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"ＢＩＧ－ＩＰ", "BigIP"},
                                          {"サーバー", "サーバ"},
                                          {"ウィルスバスター", "ウイルスバスタ"},
                                          {"ﾄﾚﾝﾄﾞﾏｲｸﾛ", "トレンド・マイクロ"},
                                          {"Java(TM) SE", "Java SE"},
                                          {"Windows® Server", "windowsserver"},
                                          {"7ー Zip", "7-zip"},
                                          {"キャノン", "キヤノン"},
                                          {"ひらがな", "ヒラガナ"},
                                          {"Ⅲ", "iii"}};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct str a = name_fold_key(str_of(same[i][0]), &arena),
                   b = name_fold_key(str_of(same[i][1]), &arena);
        if (!str_eq(a, b))
            fail_msg("%s: %.*s, %s: %.*s", same[i][0], STR_ARG(a), same[i][1], STR_ARG(b));
    }
    assert_str(name_fold_key(STR_LIT("Notepad++ 7.9"), &arena), "notepad++7.9");
    assert_str(name_fold_key(STR_LIT("C# .NET"), &arena), "c#.net");
    struct name_fold f;
    assert_int_equal(name_fold(STR_LIT("ﾄﾞ 10.0"), &arena, &f, NULL), 0);
    assert_str(f.flat, "ド 10.0");
    assert_int_equal(f.from[0], 0);
    assert_int_equal(f.to[0], 6);   /* kana and its mark */
    assert_false(name_edge(&f, 5)); /* no edge inside 10.0 */
}

/* What the rule files say of themselves. */
static void test_shipped(void **state)
{
    (void)state;
    size_t failed;
    struct err e = {0};
    if (name_rules_test(&sources, "names.txt", &failed, &e))
        fail_msg("%zu failed, the first: %s", failed, e.text);
    assert_true(rules->test.n > 150);
}

static void test_columns(void **state)
{
    (void)state;
    /* Version and vendor apart, as inventories have them. */
    expect("7-Zip 19.00 (x64)", "Igor Pavlov", "19.00", NAME_RULE, "7-zip:7-zip:19.00");
    expect("Google Chrome", "Google LLC", "89.0.4389.90", NAME_RULE, "google:chrome:89.0.4389.90");
    expect("PostgreSQL 13", "PostgreSQL Global Development Group", "13.2", NAME_RULE,
           "postgresql:postgresql:13.2");
    expect("Adobe Acrobat Reader DC - Japanese", "Adobe Systems Incorporated", "21.001.20145", NAME_RULE,
           "adobe:acrobat_reader_dc:21.001.20145");
    expect("Microsoft Office Professional Plus 2019 - ja-jp", "Microsoft Corporation", "16.0.10371.20060",
           NAME_RULE, "microsoft:office:2019");
    expect("Microsoft Exchange Server", "Microsoft Corporation", "15.1.2176.9", NAME_RULE,
           "microsoft:exchange_server:2016:cumulative_update_19");
    expect("Microsoft Exchange Server", "", "Version 15.2 (Build 792.3)", NAME_RULE,
           "microsoft:exchange_server:2019:cumulative_update_8");
    expect("Microsoft Windows 10 Pro", "", "10.0.19043", NAME_RULE, "microsoft:windows_10_21h1");
    expect("Java 8 Update 281", "Oracle Corporation", "8.0.2810.9", NAME_RULE, "oracle:jre:1.8.0:update281");
    expect("Edge", "Microsoft", "", NAME_RULE, "microsoft:edge_chromium");
    expect("Office 10", "サイボウズ", "", NAME_RULE, "cybozu:office:10");
    expect("Office 2019", "マイクロソフト", "", NAME_RULE, "microsoft:office:2019");
}

static void test_doubt(void **state)
{
    (void)state;
    /* Another vendor than the product's, or one nobody knows: a person has to look. */
    expect("Apex One", "Fortinet", "", NAME_CANDIDATE, "trendmicro:apex_one");
    expect("Firefox 52.0", "Somebody", "", NAME_CANDIDATE, "mozilla:firefox:52.0");
    expect("Exchange Server 2016 / SQL Server 2016", "", "", NAME_CANDIDATE,
           "microsoft:exchange_server:2016");
    /* Never guessed. */
    static const char *const none[] = {"Mozilla Maintenance Service",
                                       "SQL Server Native Client",
                                       "基幹システム",
                                       "Access",
                                       "Microsoft",
                                       "ESET",
                                       "",
                                       "   ",
                                       "2016",
                                       "Exchange Online",
                                       "Google Update Helper",
                                       "php-fpm-helper"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        expect(none[i], "", "", NAME_NONE, "");
}

static void test_row(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct name_match m = match3(&sources, "Cisco IOS 15.2(4)E7", "", "");
    name_row(STR_LIT("Cisco\tIOS 15.2(4)E7"), &m, &arena, &b);
    assert_true(str_starts(buf_str(&b), "Cisco IOS 15.2(4)E7\trule\tcisco:ios:15.2\\(4\\)e7\t"));
    assert_int_equal(b.p[b.n - 1], '\n');
    buf_release(&b);
    /* Names longer than a cell are refused, not cut. */
    char *big = arena_alloc(&arena, LIMIT_LEDGER_CELL + 2);
    memset(big, 'a', LIMIT_LEDGER_CELL + 1);
    struct name_input in = {.product = str_n(big, LIMIT_LEDGER_CELL + 1)};
    assert_int_equal(name_match(&sources, &in, &arena, &m, NULL), ERR_LIMIT);
}

static void test_confirmed(void **state)
{
    (void)state;
    const struct name_answer v[] = {
        {STR_LIT("基幹メール"),
         STR_LIT("cpe:2.3:a:microsoft:exchange_server:2016:cumulative_update_19:*:*:*:*:*:*")},
        {STR_LIT("Firefox"), STR_LIT("mozilla:firefox_esr")},
        {STR_LIT("Editor"), STR_LIT("notepad-plus-plus:notepad\\+\\+")},
        {STR_LIT("bad"), STR_LIT("nonsense")},
    };
    struct name_confirmed *c = name_confirmed_new(v, ARRAY_LEN(v));
    struct name_sources s = sources;
    s.confirmed = c;
    struct name_match m = match3(&s, "基幹メール", "", "");
    assert_int_equal(m.kind, NAME_CONFIRMED);
    assert_str(name_key_text(&m, &arena), "microsoft:exchange_server:2016:cumulative_update_19");
    m = match3(&s, "ＦＩＲＥＦＯＸ", "", ""); /* before any rule, whatever the spelling */
    assert_str(name_key_text(&m, &arena), "mozilla:firefox_esr");
    m = match3(&s, "editor", "", "");
    assert_str(name_key_text(&m, &arena), "notepad-plus-plus:notepad\\+\\+");
    m = match3(&s, "bad", "", "");
    assert_int_equal(m.kind, NAME_NONE);
    name_confirmed_free(c);
}

static void test_dictionary(void **state)
{
    (void)state;
    char path[] = "/tmp/toban_names_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char list[] = "hidemaru/editor\tcpes\tcpe:2.3:a:hidemaru:editor:8.0:*:*:*:*:*:*:*\n"
                               "one/gizmo\tcpes\tcpe:2.3:a:one:gizmo:1:*:*:*:*:*:*:*\n"
                               "two/gizmo\tcpes\tcpe:2.3:a:two:gizmo:1:*:*:*:*:*:*:*\n"
                               "x/y\tpurls\tpkg:npm/y\n"
                               "broken\tcpes\tnot a cpe\n"
                               "{\"vname\":\"株式会社ためし\",\"vcpe\":\"cpe:/"
                               ":tameshi\",\"pname\":\"ためしエディタ\",\"pcpe\":\"cpe:/a:tameshi:editor\"}\n"
                               "{\"vname\":\"ファースト\",\"vcpe\":\"cpe:/"
                               ":one\",\"pname\":\"ギズモ\",\"pcpe\":\"cpe:/a:one:gizmo\"}\n";
    assert_int_equal(write(fd, list, sizeof(list) - 1), (ssize_t)sizeof(list) - 1);
    close(fd);
    struct buf index;
    size_t bad;
    struct err e = {0};
    const char *paths[] = {path};
    buf_init(&index, 16 * MIB);
    if (name_dictionary_build(paths, 1, &index, &bad, &e))
        fail_msg("%s", e.text);
    unlink(path);
    assert_int_equal(bad, 1);
    struct name_dictionary *d;
    if (name_dictionary_open_mem(&d, "index", buf_str(&index), &e))
        fail_msg("%s", e.text);
    struct name_sources s = sources;
    s.dictionary = d;
    struct name_match m = match3(&s, "ためしエディター 2.1", "", "");
    assert_int_equal(m.kind, NAME_CANDIDATE);
    assert_str(name_key_text(&m, &arena), "tameshi:editor:2.1");
    m = match3(&s, "Gizmo 3", "", ""); /* two vendors' */
    assert_int_equal(m.kind, NAME_NONE);
    m = match3(&s, "Gizmo 3", "ファースト", "");
    assert_str(name_key_text(&m, &arena), "one:gizmo:3");
    m = match3(&s, "Two Gizmo 3.0", "", "");
    assert_str(name_key_text(&m, &arena), "two:gizmo:3.0");
    m = match3(&s, "Firefox 86.0", "", ""); /* rules before the dictionary */
    assert_int_equal(m.kind, NAME_RULE);
    name_dictionary_free(d);
    /* Damaged indexes: refused, or without an answer, never a crash. */
    for (size_t i = 0; i < index.n; i += 7) {
        char keep = index.p[i];
        index.p[i] = (char)0xFF;
        if (name_dictionary_open_mem(&d, "index", buf_str(&index), &e) == 0) {
            s.dictionary = d;
            (void)match3(&s, "Gizmo 3", "", "");
            name_dictionary_free(d);
        }
        index.p[i] = keep;
    }
    assert_int_equal(name_dictionary_open_mem(&d, "index", str_n(index.p, index.n - 1), &e), ERR_INPUT);
    buf_release(&index);
}

struct hit {
    const char *text, *key;
};

static void expect_hits(const char *text, const struct hit *want, size_t n)
{
    struct name_hits h;
    struct err e = {0};
    if (name_find_in_text(rules, str_of(text), &arena, &h, &e))
        fail_msg("%s", e.text);
    for (size_t i = 0; i < MAX(n, h.n); i++) {
        struct str got =
            i < h.n ? str_sub(str_of(text), h.p[i].start, h.p[i].end - h.p[i].start) : (struct str){0};
        struct str key =
            i < h.n
                ? str_of(arena_printf(&arena, "%.*s:%.*s", STR_ARG(h.p[i].vendor), STR_ARG(h.p[i].product)))
                : (struct str){0};
        if (i >= n || i >= h.n || !str_is(got, want[i].text) || !str_is(key, want[i].key))
            fail_msg("%s: hit %zu is \"%.*s\" %.*s, want \"%s\" %s", text, i, STR_ARG(got), STR_ARG(key),
                     i < n ? want[i].text : "", i < n ? want[i].key : "");
    }
}
#define HITS(text, ...)                                                                                      \
    do {                                                                                                     \
        const struct hit want_[] = {__VA_ARGS__};                                                            \
        expect_hits(text, want_, ARRAY_LEN(want_));                                                          \
    } while (0)

static void test_prose(void **state)
{
    (void)state;
    HITS("Microsoft Exchange Server の複数の脆弱性に関する注意喚起",
         {"Exchange Server", "microsoft:exchange_server"});
    HITS("Ｍｉｃｒｏｓｏｆｔ　Ｅｘｃｈａｎｇｅの脆弱性", {"Ｅｘｃｈａｎｇｅ", "microsoft:exchange_server"});
    HITS("Apache Tomcat および Apache Struts 2 の脆弱性", {"Tomcat", "apache:tomcat"},
         {"Struts 2", "apache:struts"});
    HITS("フォーティネット社製FortiOSの脆弱性", {"FortiOS", "fortinet:fortios"});
    HITS("Pulse Connect Secure (CVE-2021-22893)",
         {"Pulse Connect Secure", "pulsesecure:pulse_connect_secure"});
    HITS("トレンドマイクロ株式会社 ウイルスバスター コーポレートエディション",
         {"ウイルスバスター コーポレートエディション", "trendmicro:officescan"});
    HITS("Cisco IOS XE Software Web UI", {"IOS XE Software", "cisco:ios_xe"});
    HITS("一太郎シリーズの脆弱性", {"一太郎", "justsystems:ichitaro"});
    HITS("vulnerabilities in VMware ESXi and vCenter Server.", {"VMware ESXi", "vmware:esxi"},
         {"vCenter Server", "vmware:vcenter_server"});
    /* Everyday words without their vendor, parts of words, other people's names. */
    static const char *const nothing[] = {"In exchange for the word, teams edge closer to access.",
                                          "The outlook for the project is good.",
                                          "press the office.",
                                          "wordpressed",
                                          "Exchangeable parts",
                                          "this is a post. Gres is not",
                                          "ワードプロセッサ",
                                          "chromed steel",
                                          "a DDoS attack of 3 Sep 2021",
                                          "the Windows kernel",
                                          "in the slack season",
                                          "Microsoft said. The teams met.",
                                          "https://office.example.com/word"};
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
        expect_hits(nothing[i], NULL, 0);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        bool vendors;
        const char *text, *where;
    } bad[] = {{true, "acme\n", "t:1:"},
               {true, "acme size=3 = Acme\n", "t:1:"},
               {true, "acme = Acme | --\n", "t:1:"},
               {false, "x = y\n", "t:1:"},
               {false, "[nobody]\n", "t:1:"},
               {false, "# c\n[acme]\nx form=odd = y\n", "t:3:"},
               {false, "[acme]\njust words\n", "t:2:"},
               {false, "\"a name\" -> none\n\"half\n", "t:2:"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct name_rules *r = name_rules_new();
        struct err e = {0};
        if (!bad[i].vendors)
            assert_int_equal(name_rules_vendors(r, "v", STR_LIT("acme = Acme\n"), &e), 0);
        int rc = bad[i].vendors ? name_rules_vendors(r, "t", str_of(bad[i].text), &e)
                                : name_rules_products(r, "t", str_of(bad[i].text), &e);
        if (rc != ERR_INPUT || !str_starts(str_of(e.text), bad[i].where))
            fail_msg("%zu: %d %s", i, rc, e.text);
        name_rules_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),       cmocka_unit_test(test_shipped), cmocka_unit_test(test_columns),
        cmocka_unit_test(test_doubt),      cmocka_unit_test(test_row),     cmocka_unit_test(test_confirmed),
        cmocka_unit_test(test_dictionary), cmocka_unit_test(test_prose),   cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
