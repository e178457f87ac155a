/* Places that were moved are found under the names packs write; what is missing is said; hives are searched. */
#include "sweep_lib.h"

#include "hive_made.h"

static const char pack_text[] = "pack moved\ntitle Moved\nvulnerability CVE-2021-27065\n"
                                "check x1\n title Page of Exchange\n vulnerability CVE-2021-27065\n level shell-present\n needs file-names\n"
                                " path C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\evil1.aspx\n"
                                "check w1\n title Page of the site\n vulnerability CVE-2021-27065\n level shell-present\n needs file-names\n path C:\\inetpub\\wwwroot\\aspnet_client\\evil2.aspx\n"
                                "check w2\n title Page at the top\n vulnerability CVE-2021-27065\n level shell-present\n needs file-names\n path C:\\inetpub\\wwwroot\\*.asp\n";

static const char config[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><configuration><system.applicationHost><sites>"
    "<siteDefaults><logFile directory=\"%SystemDrive%\\inetpub\\logs\\LogFiles\"/></siteDefaults>"
    "<site name=\"Default Web Site\" id=\"1\"><application path=\"/\"><virtualDirectory path=\"/\" physicalPath=\"E:\\web\"/></application>"
    "<logFile directory=\"E:\\logs\"/></site></sites></system.applicationHost></configuration>";

static const char *const setup_key[] = {"Microsoft", "ExchangeServer", "v15", "Setup", NULL};

static void put_disks(const struct tree *t, const char *top)
{
    char name[256];
    static const struct {
        const char *name, *text;
    } file[] = {{"C/Windows/System32/config/SOFTWARE", ""},
                {"C/Windows/System32/inetsrv/config/applicationHost.config", config},
                {"D/Exch/V15/FrontEnd/HttpProxy/OWA/auth/Evil1.aspx", "x"},
                {"D/Exch/V15/FrontEnd/HttpProxy/owa/auth/logon.aspx", "x"},
                {"E/web/aspnet_client/evil2.aspx", "x"},
                {"E/web/a.asp", "x"},
                {"E/other/aspnet_client/evil2.aspx", "x"},
                {"E/logs/W3SVC1/empty.txt", "x"}};
    for (size_t i = 0; i < ARRAY_LEN(file); i++) {
        snprintf(name, sizeof(name), "%s%s", top, file[i].name);
        tree_put(t, name, file[i].text);
    }
    snprintf(name, sizeof(name), "%sC/Windows/System32/config/SOFTWARE", top);
    assert_int_equal(hive_made(tree_path(t, name), false, setup_key, "MsiInstallPath", "D:\\Exch\\V15\\"), 0);
}

static size_t count_missing(const struct swept *w, const char *check, const char *part)
{
    size_t n = 0;
    for (size_t i = 0; i < w->s.check_n * w->s.asset_n; i++)
        for (size_t m = 0; str_is(w->s.check[i].check->id, check) && m < w->s.check[i].missing_n; m++)
            n += str_find(w->s.check[i].missing[m], str_of(part)) != STR_NONE;
    return n;
}

static void run(struct swept *w, const struct sweep_root *root, size_t n, const struct pack *p)
{
    struct err e = {0};
    w->pack = p;
    w->o = (struct sweep_options){.root = root, .root_n = n, .pack = &w->pack, .pack_n = 1, .since = WHEN_NONE, .threads = 2};
    if (sweep_run(&w->s, &w->o, SWEEP_NOW, &e) != 0)
        fail_msg("%s", e.text);
}

static void check_hits(const struct swept *w)
{
    assert_true(found_at(w, "x1", "Evil1.aspx"));
    assert_true(found_at(w, "w1", "E/web/aspnet_client/evil2.aspx"));
    assert_true(found_at(w, "w2", "a.asp"));
    assert_int_equal(found(w, NULL), 3);
}

static void test_mounted(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    tree_make(&t);
    put_disks(&t, "");
    struct pack *p = text_pack(pack_text);
    struct sweep_root root[] = {{tree_path(&t, "C"), 'c', NULL}, {tree_path(&t, "D"), 'd', NULL}, {tree_path(&t, "E"), 'e', NULL}};
    run(&w, root, 3, p);
    check_hits(&w);
    assert_int_equal(w.s.place_n, 3);
    assert_string_equal(w.s.place[0].kind, "exchange");
    assert_true(str_is(w.s.place[0].windows, "d:\\exch\\v15"));
    assert_true(str_ends(w.s.place[0].path, "/D/Exch/V15"));
    assert_string_equal(w.s.place[0].how, "registry");
    assert_true(str_is(w.s.place[1].windows, "e:\\web"));
    assert_true(str_ends(w.s.place[2].path, "/E/logs/W3SVC1"));
    assert_int_equal(count_missing(&w, "x1", "Exchange is installed in"), 0);
    sweep_free(&w.s);
    /* without its disk, Exchange was not examined, and nothing is whole */
    run(&w, root, 1, p);
    assert_int_equal(found(&w, NULL), 0);
    assert_int_equal(count_missing(&w, "x1", "Exchange is installed in d:\\exch\\v15"), 1);
    assert_int_equal(count_missing(&w, "w1", "IIS serves files from e:\\web"), 1);
    assert_int_equal(verdict_on(&w, "CVE-2021-27065")->state, VERDICT_NOT_ESTABLISHED);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

/* Two machines in one folder: each has its own disks. */
static void test_collected(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    tree_make(&t);
    put_disks(&t, "host1/");
    tree_put(&t, "host2/C/inetpub/wwwroot/index.htm", "x");
    tree_put(&t, "host2/D/Exch/V15/readme.txt", "x");
    struct pack *p = text_pack(pack_text);
    struct sweep_root root = {t.root, 0, NULL};
    run(&w, &root, 1, p);
    check_hits(&w);
    assert_true(str_ends(w.s.place[0].path, "/host1/D/Exch/V15"));
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

/* What the user says of a root holds, whatever was found. */
static void test_given(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    tree_make(&t);
    put_disks(&t, "");
    tree_put(&t, "copy/FrontEnd/HttpProxy/owa/auth/evil1.aspx", "x");
    struct pack *p = text_pack(pack_text);
    struct sweep_root root[] = {{tree_path(&t, "copy"), 0, "%ExchangeInstallPath%"}, {tree_path(&t, "E/web"), 'c', "C:\\inetpub\\wwwroot"}};
    run(&w, root, 2, p);
    assert_true(found_at(&w, "x1", "evil1.aspx"));
    assert_true(found_at(&w, "w1", "evil2.aspx"));
    assert_true(found_at(&w, "w2", "a.asp"));
    assert_int_equal(w.s.place_n, 2);
    assert_string_equal(w.s.place[0].how, "given");
    sweep_free(&w.s);
    /* by the name the registry knows it under */
    struct sweep_root named[] = {{tree_path(&t, "C"), 'c', NULL}, {tree_path(&t, "copy"), 'd', "D:\\Exch\\V15"}};
    run(&w, named, 2, p);
    assert_true(found_at(&w, "x1", "copy/FrontEnd/HttpProxy/owa/auth/evil1.aspx"));
    assert_int_equal(count_missing(&w, "x1", "Exchange is installed in"), 0);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

static void test_registry(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    static const char *const run_key[] = {"Microsoft", "Windows", "CurrentVersion", "Run", NULL}, *const service[] = {"ControlSet001", "Services", "evilsvc", NULL},
                            *const user[] = {"Software", "Evil", NULL};
    struct pack *p = text_pack("pack reg\ntitle Reg\nvulnerability CVE-2021-26855\n"
                               "check r1\n title Autostart\n level post-exploitation\n registry \"CurrentVersion\\Run\\updater\"\n"
                               "check r2\n title Service\n level post-exploitation\n registry \"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\evilsvc\"\n"
                               "check r3\n title User\n level post-exploitation\n needs registry\n registry \"HKCU\\Software\\Evil\"\n"
                               "check r4\n title None\n level post-exploitation\n registry \"HKLM\\SOFTWARE\\NotThere\"\n");
    tree_make(&t);
    tree_put(&t, "Windows/System32/config/x", "x");
    tree_put(&t, "Users/a/x", "x");
    struct sweep_root root = {t.root, 'c', NULL};
    run(&w, &root, 1, p);
    for (int i = 1; i <= 4; i++) {
        char id[4];
        snprintf(id, sizeof(id), "r%d", i);
        assert_int_equal(coverage_on(&w, id)->state, COVERAGE_NOT_DONE);
        assert_int_equal(count_missing(&w, id, "registry hives"), 1);
    }
    sweep_free(&w.s);
    assert_int_equal(hive_made(tree_path(&t, "Windows/System32/config/SOFTWARE"), false, run_key, "Updater", "C:\\temp\\x.exe"), 0);
    assert_int_equal(hive_made(tree_path(&t, "Windows/System32/config/SYSTEM"), false, service, "ImagePath", "C:\\temp\\y.exe"), 0);
    assert_int_equal(hive_made(tree_path(&t, "Users/a/NTUSER.DAT"), false, user, "a", "b"), 0);
    run(&w, &root, 1, p);
    assert_true(found_at(&w, "r1", "config/SOFTWARE"));
    assert_true(found_at(&w, "r2", "config/SYSTEM"));
    assert_true(found_at(&w, "r3", "NTUSER.DAT"));
    assert_int_equal(found(&w, "r4"), 0);
    assert_int_equal(coverage_on(&w, "r4")->state, COVERAGE_DONE);
    bool told = false;
    for (size_t i = 0; i < w.s.sighting.n; i++)
        told |= str_find(w.s.sighting.p[i].excerpt, STR_LIT("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater = C:\\temp\\x.exe")) != STR_NONE;
    assert_true(told);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mounted), cmocka_unit_test(test_collected), cmocka_unit_test(test_given), cmocka_unit_test(test_registry)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
