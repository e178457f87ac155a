#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_made.h"
#include "investigate/layout.h"

static char top[64];

static void put(const char *path, const void *p, size_t n)
{
    char full[512];
    snprintf(full, sizeof(full), "%s/%s", top, path);
    for (char *s = full + strlen(top) + 1; (s = strchr(s, '/')) != NULL; s++) {
        *s = '\0';
        mkdir(full, 0700);
        *s = '/';
    }
    if (full[strlen(full) - 1] == '/')
        return;
    FILE *f = fopen(full, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static struct layout *with_root(const char *below, const char *drive)
{
    struct err e = {0};
    char spec[512];
    struct layout *l = layout_new();
    snprintf(spec, sizeof(spec), "%s/%s%s", top, below, drive);
    if (layout_root(l, str_of(spec), &e) != 0)
        fail_msg("%s", e.text);
    return l;
}

static void check_path(const struct layout *l, const char *posix, const char *want)
{
    struct buf b = BUF_INIT(4096);
    char full[512];
    snprintf(full, sizeof(full), "%s/%s", top, posix);
    layout_windows_path(l, str_of(full), &b);
    assert_string_equal(buf_cstr(&b), want);
    buf_release(&b);
}

static void test_windows_path(void **state)
{
    (void)state;
    put("disk/INETPUB/wwwroot/Aspnet_Client/SUPP0RT.ASPX", "x", 1);
    put("set/C%3A/Windows/x.txt", "x", 1);
    struct layout *l = with_root("disk", "=C:");
    check_path(l, "disk/INETPUB/wwwroot//Aspnet_Client/SUPP0RT.ASPX",
               "c:\\inetpub\\wwwroot\\aspnet_client\\supp0rt.aspx");
    check_path(l, "disk", "c:\\");
    struct buf b = BUF_INIT(4096), want = BUF_INIT(4096);
    assert_true(
        layout_posix_path(l, STR_LIT("\\\\?\\C:\\inetpub\\WWWROOT\\aspnet_client\\supp0rt.aspx"), &b));
    buf_printf(&want, "%s/disk/INETPUB/wwwroot/Aspnet_Client/SUPP0RT.ASPX", top);
    assert_string_equal(buf_cstr(&b), buf_cstr(&want));
    assert_false(layout_posix_path(l, STR_LIT("D:\\inetpub"), &b));
    assert_false(layout_posix_path(l, STR_LIT("C:\\inetpub\\none"), &b));
    assert_false(layout_posix_path(l, STR_LIT("C:\\inetpub\\..\\..\\set"), &b));
    layout_free(l);
    l = with_root("set", "");
    check_path(l, "set/C%3A/Windows/X.txt", "c:\\windows\\x.txt");
    check_path(l, "set/logs/a.log", "\\logs\\a.log");
    buf_clear(&b);
    assert_true(layout_posix_path(l, STR_LIT("c:\\windows\\X.TXT"), &b));
    layout_free(l);
    buf_release(&b);
    buf_release(&want);
}

/* A link that leads out of the root is not followed. */
static void test_links(void **state)
{
    (void)state;
    char from[512], to[512];
    put("out/secret.txt", "x", 1);
    put("in/a.txt", "x", 1);
    snprintf(from, sizeof(from), "%s/out", top);
    snprintf(to, sizeof(to), "%s/in/Logs", top);
    assert_int_equal(symlink(from, to), 0);
    struct layout *l = with_root("in", "=C:");
    struct buf b = BUF_INIT(4096);
    assert_false(layout_posix_path(l, STR_LIT("C:\\logs\\secret.txt"), &b));
    assert_int_equal(b.n, 0);
    layout_free(l);
    buf_release(&b);
}

static void test_found(void **state)
{
    (void)state;
    size_t n;
    put("d/Exchange/Logging/HttpProxy/Ecp/a.log", "x", 1);
    struct layout *l = with_root("d", "=D:");
    char path[512];
    snprintf(path, sizeof(path), "%s/d/Exchange/Logging/HttpProxy", top);
    layout_seen(l, str_of(path));
    layout_seen(l, str_of(path));
    const struct layout_exchange *x = layout_exchanges(l, &n);
    assert_int_equal(n, 1);
    assert_true(str_is(x->windows, "d:\\exchange"));
    assert_int_equal(x->how, LAYOUT_FOUND);
    layout_free(l);
}

static void test_iis(void **state)
{
    (void)state;
    static const char config[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><configuration><system.applicationHost><sites>"
        "<siteDefaults><logFile directory=\"%SystemDrive%\\inetpub\\logs\\LogFiles\"/></siteDefaults>"
        "<site name=\"Default Web Site\" id=\"1\"><application path=\"/\"><virtualDirectory path=\"/\" "
        "physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\"/>"
        "<virtualDirectory path=\"/aspnet_client\" physicalPath=\"E:\\Web\\Client\"/></application>"
        "<application path=\"/owa\"><virtualDirectory path=\"/\" "
        "physicalPath=\"D:\\Exchange\\FrontEnd\\HttpProxy\\owa\\\"/></application></site>"
        "<site name=\"Exchange Back End\" id=\"2\"><logFile "
        "directory=\"D:\\Logs\"/></site></sites></system.applicationHost></configuration>";
    size_t n;
    put("w/WINDOWS/system32/InetSrv/config/applicationHost.config", config, sizeof(config) - 1);
    struct layout *l = with_root("w", "=C:");
    layout_look(l);
    const struct layout_vdir *v = layout_vdirs(l, &n);
    assert_int_equal(n, 3);
    assert_true(str_is(v[0].windows, "c:\\inetpub\\wwwroot"));
    assert_true(str_is(v[0].path, "/"));
    assert_true(str_is(v[1].path, "/aspnet_client"));
    assert_true(str_is(v[1].windows, "e:\\web\\client"));
    assert_true(str_is(v[2].path, "/owa"));
    assert_true(str_is(v[2].windows, "d:\\exchange\\frontend\\httpproxy\\owa"));
    const struct layout_logs *g = layout_iis_logs(l, &n);
    assert_int_equal(n, 2);
    assert_true(str_is(g[0].windows, "c:\\inetpub\\logs\\logfiles\\w3svc1"));
    assert_true(str_is(g[1].windows, "d:\\logs\\w3svc2"));
    layout_notes(l, &n);
    assert_int_equal(n, 0);
    layout_free(l);
}

static void test_hive(void **state)
{
    (void)state;
    unsigned char h[8192];
    char path[512];
    size_t n;
    empty_hive(h);
    put("h/windows/System32/Config/software", h, sizeof(h));
    put("h2/Program Files/x", "", 0);
    snprintf(path, sizeof(path), "%s/h/windows/System32/Config/software", top);
    hive_h *hive = hivex_open(path, HIVEX_OPEN_WRITE);
    assert_non_null(hive);
    hive_node_h node = hivex_root(hive);
    static const char *const names[] = {"Microsoft", "ExchangeServer", "v15", "Setup"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        node = hivex_node_add_child(hive, node, names[i]);
        assert_true(node != 0);
    }
    static const char place[] = "D:\\Exchange Server\\V15\\";
    char wide[2 * sizeof(place)];
    for (size_t i = 0; i < sizeof(place); i++) {
        wide[2 * i] = place[i];
        wide[2 * i + 1] = 0;
    }
    static const char *const numbers[] = {"MsiProductMajor", "MsiProductMinor", "MsiBuildMajor",
                                          "MsiBuildMinor"};
    static const uint32_t build[] = {15, 1, 2176, 2};
    hive_set_value all[5] = {{(char *)(uintptr_t) "MsiInstallPath", hive_t_REG_SZ, sizeof(wide), wide}};
    for (size_t i = 0; i < 4; i++)
        all[i + 1] = (hive_set_value){(char *)(uintptr_t)numbers[i], hive_t_REG_DWORD, 4,
                                      (char *)(uintptr_t)&build[i]};
    assert_int_equal(hivex_node_set_values(hive, node, 5, all, 0), 0);
    assert_int_equal(hivex_commit(hive, NULL, 0), 0);
    hivex_close(hive);
    struct layout *l = with_root("h", "=C:");
    layout_look(l);
    const struct layout_exchange *x = layout_exchanges(l, &n);
    assert_int_equal(n, 1);
    assert_true(str_is(x->windows, "d:\\exchange server\\v15"));
    assert_true(str_is(x->build, "15.1.2176.2"));
    assert_int_equal(x->major, 15);
    assert_int_equal(x->how, LAYOUT_HIVE);
    assert_int_equal(x->posix.n, 0); /* D: is not among the roots */
    layout_free(l);
    /* neither a broken hive nor one without the key is an error; the broken one is told */
    memset(h + 4096, 0, 64);
    put("h3/Windows/System32/config/SOFTWARE", h, sizeof(h));
    l = with_root("h3", "=C:");
    layout_look(l);
    layout_exchanges(l, &n);
    assert_int_equal(n, 0);
    layout_notes(l, &n);
    assert_int_equal(n, 1);
    layout_free(l);
}

static void test_roots(void **state)
{
    (void)state;
    struct layout *l = layout_new();
    struct err e = {0};
    char spec[512];
    assert_int_equal(layout_root(l, STR_LIT(""), &e), ERR_USAGE);
    assert_int_equal(layout_root(l, STR_LIT("/no/such/folder=C:"), &e), ERR_NOT_FOUND);
    snprintf(spec, sizeof(spec), "%s/in/a.txt", top);
    assert_int_equal(layout_root(l, str_of(spec), &e), ERR_USAGE);
    layout_free(l);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)type;
    (void)f;
    return remove(path);
}

int main(void)
{
    strcpy(top, "/tmp/toban-layout-XXXXXX");
    if (!mkdtemp(top))
        return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_windows_path), cmocka_unit_test(test_links),
                                       cmocka_unit_test(test_found),        cmocka_unit_test(test_iis),
                                       cmocka_unit_test(test_hive),         cmocka_unit_test(test_roots)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    nftw(top, drop, 16, FTW_DEPTH | FTW_PHYS);
    return rc;
}
