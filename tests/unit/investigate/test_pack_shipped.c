/* The packs that toban ships: they load (their own tests run then), and what the engine is told about them.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "investigate/packs/pack.h"
#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_path.h"
#include "investigate/traces/trace.h"

static struct pack *shipped(const char *name)
{
    char path[1024];
    struct pack *p;
    struct err e = {0};
    const char *root = getenv("TOBAN_SOURCE");
    snprintf(path, sizeof(path), "%s/rules/packs/%s/%s.pack", root ? root : ".", name, name);
    if (pack_open(&p, path, NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(p->format, "toban");
    return p;
}

static void whole(void **state)
{
    (void)state;
    static const char *const names[] = {"proxylogon", "log4shell"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct pack *p = shipped(names[i]);
        assert_true(str_is(p->name, names[i]));
        for (size_t k = 0; k < p->check_n; k++) {
            assert_true(p->check[k].title.n && p->check[k].title_ja.n);
            assert_true(p->check[k].vulnerability.n > 0);
            assert_true(p->check[k].needs_n > 0);
        }
        assert_int_equal(p->note_count[PACK_REJECTED] + p->note_count[PACK_NOT_EVALUABLE], 0);
        pack_free(p);
    }
}

static const struct check *check(const struct pack *p, const char *id)
{
    for (size_t i = 0; i < p->check_n; i++)
        if (str_is(p->check[i].id, id))
            return &p->check[i];
    fail_msg("no check %s", id);
    return NULL;
}

static void levels(void **state)
{
    (void)state;
    static const struct {
        const char *id, *cve;
        enum indicator_level level;
    } t[] = {{"1a", "CVE-2021-26855", LEVEL_EXPLOITED}, {"1c", "CVE-2021-26855", LEVEL_PROBE},
             {"1d", "CVE-2021-26855", LEVEL_SCAN},      {"2", "CVE-2021-26857", LEVEL_EXPLOITED},
             {"3", "CVE-2021-26858", LEVEL_EXPLOITED},  {"4a", "CVE-2021-27065", LEVEL_WRITE_ATTEMPTED},
             {"4b", "CVE-2021-27065", LEVEL_WRITTEN},   {"4e", "CVE-2021-27065", LEVEL_WRITTEN},
             {"5", "CVE-2021-27065", LEVEL_HINT},       {"p1", "CVE-2021-27065", LEVEL_SHELL_PRESENT}};
    struct pack *p = shipped("proxylogon");
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        const struct check *k = check(p, t[i].id);
        assert_true(str_is(k->vulnerability, t[i].cve));
        assert_int_equal(k->level, t[i].level);
    }
    assert_int_equal(check(p, "1f")->at_least, 3);
    assert_true(str_is(check(p, "1f")->group_by, "ClientIpAddress"));
    pack_free(p);
}

/* Every log condition can be found by a text first: nothing makes the engine parse each row. */
static void prefilter(void **state)
{
    (void)state;
    struct pack *p = shipped("proxylogon");
    const struct pack *packs[1] = {p};
    struct pack_eval *v = pack_eval_new(packs, 1);
    const struct pack_pattern *t;
    assert_false(pack_eval_every(v));
    assert_true(pack_eval_patterns(v, PACK_PLACE_TEXT, &t) > 0);
    bool forged = false;
    for (size_t i = 0, n = pack_eval_patterns(v, PACK_PLACE_TEXT, &t); i < n; i++)
        forged |= str_is_i(t[i].text, "ServerInfo~");
    assert_true(forged);
    assert_int_equal(pack_eval_hash_kinds(v), HASH_SHA256);
    pack_eval_free(v);
    pack_free(p);
}

static int first(void *ctx, const struct pack_hit *h)
{
    *(struct pack_hit *)ctx = *h;
    return 1;
}

/* The feed of Microsoft lists a stock page: with the pack beside it the hit is marked. */
static void stock(void **state)
{
    (void)state;
    struct pack *p = shipped("proxylogon"), *feed;
    struct pack_options o = {.known = p};
    struct err e = {0};
    struct str csv =
        STR_LIT("DateAdded,FirstSeen,Indicator,IndicatorType,TLP\n2021-03-19,2021-03-19,"
                "C:\\Program Files\\Microsoft\\Exchange "
                "Server\\V15\\FrontEnd\\HttpProxy\\ecp\\auth\\TimeoutLogout.aspx,filepath,White\n"
                "2021-03-19,2021-03-19,C:\\inetpub\\wwwroot\\aspnet_client\\discover.aspx,filepath,White\n");
    assert_int_equal(pack_read(&feed, "feed.csv", csv, &o, &e), 0);
    assert_int_equal(feed->indicator_n, 2);
    assert_int_equal(feed->note_count[PACK_WARNING], 1);
    assert_int_equal(feed->note[0].line, 2);
    const struct pack *packs[2] = {feed, p};
    struct pack_eval *v = pack_eval_new(packs, 2);
    static const struct {
        const char *path;
        bool hit, stock;
    } t[] = {{"D:\\Exchange\\FrontEnd\\HttpProxy\\ecp\\auth\\TimeoutLogout.aspx", false, false},
             {"C:\\Program Files\\Microsoft\\Exchange "
              "Server\\V15\\FrontEnd\\HttpProxy\\ecp\\auth\\TIMEOUTLOGOUT.ASPX",
              true, true},
             {"/mnt/img/inetpub/wwwroot/aspnet_client/Discover.aspx", true, false},
             {"C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\WebForms.js", false, false}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct buf b = BUF_INIT(4096);
        struct pack_hit h = {0};
        struct pack_sink sink = {&h, first};
        pack_path_normal(str_of(t[i].path), 0, 0, &b);
        assert_int_equal(pack_eval_path(v, buf_str(&b), &sink), t[i].hit);
        assert_int_equal(h.stock, t[i].stock);
        buf_release(&b);
    }
    pack_eval_free(v);
    pack_free(feed);
    pack_free(p);
}

static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool hit;
    } t[] = {
        {"C:\\a\\b.exe", "c:\\A\\B.EXE", true},
        {"C:\\a\\b.exe", "D:/a/b.exe", true},
        {"C:\\a\\b.exe", "/mnt/disk/a/b.exe", true},
        {"C:\\a\\b.exe", "/mnt/disk/xa/b.exe", false},
        {"C:\\b.exe", "C:\\b.exe", true},
        {"C:\\b.exe", "C:\\a\\b.exe", false},
        {"b.exe", "C:\\a\\b.exe", true},
        {"b.exe", "C:\\a\\xb.exe", false},
        {"%ExchangeInstallPath%\\x\\y.aspx", "D:\\Exchange\\x\\y.aspx", true},
        {"%windir%\\temp\\x.dmp", "E:\\Windows\\Temp\\x.dmp", true},
        {"%SystemDrive%\\a\\x.dmp", "E:\\a\\x.dmp", true},
        {"%PUBLIC%\\x.exe", "c:\\users\\public\\x.exe", true},
        {"C:\\a\\*.exe", "C:\\a\\b.exe", true},
        {"C:\\a\\*.exe", "C:\\a\\b\\c.exe", false},
        {"C:\\a\\**.exe", "C:\\a\\b\\c.exe", true},
        {"C:\\a\\b\\", "C:\\a\\b\\c\\d", true},
        {"C:\\a\\b\\", "C:\\a\\bc", false},
        {"\\\\?\\C:\\a\\b.exe", "C:\\a\\b.exe", true},
        {"/tmp/x.sh", "/tmp//./x.sh", true},
        {"a+b(1).exe", "C:\\A+B(1).EXE", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        char text[512];
        struct pack *p;
        struct err e = {0};
        snprintf(text, sizeof(text), "pack x\ncheck 1\n path %s\n %s path %s\n", t[i].pattern,
                 t[i].hit ? "hit" : "miss", t[i].path);
        if (pack_read(&p, "x.pack", str_of(text), NULL, &e) < 0)
            fail_msg("%s on %s: %s", t[i].pattern, t[i].path, e.text);
        pack_free(p);
    }
}

/* Addresses, names and hashes in the fields of records. */
static void values(void **state)
{
    (void)state;
    struct pack *p;
    struct err e = {0};
    assert_int_equal(
        pack_read(
            &p, "x.pack",
            STR_LIT(
                "pack x\ncheck 1\n ip 203.0.114.9\n ip 203.0.115.0/24\n domain example-evil.net\n"
                " md5 0cc175b9c0f1b6a831c399e269772661\n process evil.exe\n user-agent \"antSword/v2.1\"\n"),
            NULL, &e),
        0);
    const struct pack *packs[1] = {p};
    struct pack_eval *v = pack_eval_new(packs, 1);
    static const struct {
        const char *name, *value;
        bool hit;
    } t[] = {{"c-ip", "203.0.114.9", true},
             {"c-ip", "203.0.114.90", false},
             {"c-ip", "203.0.115.77", true},
             {"ClientIpAddress", "203.0.114.9:443", true},
             {"QueryName", "a.example-evil.net", true},
             {"QueryName", "xexample-evil.net", false},
             {"Image", "C:\\x\\EVIL.exe", true},
             {"cs(User-Agent)", "antSword/v2.1", true},
             {"cs(Referer)", "http://Example-Evil.net/x", true}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct trace_field f = {str_of(t[i].name), str_of(t[i].value)};
        struct trace_record r = {.field = &f, .field_n = 1};
        struct arena a = {0};
        struct pack_record rec = {.record = &r, .kind = "iis", .scratch = &a};
        struct pack_hit h = {0};
        struct pack_sink sink = {&h, first};
        if (pack_eval_record(v, &rec, &sink, NULL) != t[i].hit)
            fail_msg("%s=%s", t[i].name, t[i].value);
        arena_release(&a);
    }
    unsigned char md5[16];
    size_t n;
    struct pack_hit h = {0};
    struct pack_sink sink = {&h, first};
    assert_true(num_unhex(STR_LIT("0cc175b9c0f1b6a831c399e269772661"), md5, sizeof(md5), &n));
    assert_int_equal(pack_eval_hash(v, HASH_MD5, md5, &sink), 1);
    md5[0] ^= 1;
    assert_int_equal(pack_eval_hash(v, HASH_MD5, md5, &sink), 0);
    pack_eval_free(v);
    pack_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole),     cmocka_unit_test(levels),
                                       cmocka_unit_test(prefilter), cmocka_unit_test(stock),
                                       cmocka_unit_test(paths),     cmocka_unit_test(values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
