/* Hostile rules, networks in plain text, our own archives, dirty hives. */
#include "sweep_lib.h"

#include <sys/wait.h>

#include "hive_made.h"
#include "investigate/evidence.h"
#include "investigate/hive_log.h"

#define HEAD "pack m\ntitle M\nvulnerability CVE-2021-26855\n"

/* The smallest number divided by -1: the library dies of it, whenever a file is large enough for the rule to ask. */
static const char deadly[] = HEAD "check y\n title Y\n vulnerability CVE-2021-26855\n level shell-present\n needs file-contents\n yara\n"
                                  "rule deadly { condition: filesize > 100 and (filesize - filesize - 9223372036854775807 - 1) \\ (filesize - filesize - 1) == 7 }\n"
                                  "rule good { strings: $a = \"evilmark\" condition: $a }\n end\n";

static void test_yara(void **state)
{
    (void)state;
    struct tree t;
    struct swept w = {0};
    char big[200];
    memset(big, 'x', sizeof(big));
    tree_make(&t);
    for (int i = 0; i < 8; i++) {
        char name[64];
        snprintf(name, sizeof(name), "inetpub/wwwroot/%d.aspx", i);
        if (i == 3)
            tree_put_bytes(&t, name, big, sizeof(big));
        else
            tree_put(&t, name, "<% evilmark %>");
    }
    struct pack *p = text_pack(deadly);
    w.o.threads = 2;
    w.o.since = 1609632000 * WHEN_SEC;
    sweep_tree(&w, t.root, 'c', p);
    assert_int_equal(found(&w, "y"), 7);
    assert_int_equal(w.s.asset[0].coverage.skipped[SCAN_SKIP_YARA], 1);
    assert_int_equal(coverage_on(&w, "y")->state, COVERAGE_PARTLY);
    sweep_free(&w.s);
    /* no process stays behind */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    pack_free(p);
    tree_remove(&t);
}

static void test_networks(void **state)
{
    (void)state;
    struct tree t;
    struct swept w = {0};
    tree_make(&t);
    tree_put(&t, "app.log", "2021-03-03 04:00:00 started\n2021-03-03 04:01:00 request from 185.250.151.72: refused\n2021-03-03 04:02:00 version 185.250.152.72\n"
                            "2021-03-03 04:03:00 peer [2a01:4f8:5::9]:443 said hello\n2021-03-03 04:04:00 name evil-host-name.net.\n2021-03-03 04:05:00 5.2.69.14\n");
    struct pack *p = text_pack(HEAD "check v4\n title A\n level probe\n needs plain\n ip 185.250.151.64/26\n"
                                    "check v6\n title B\n level probe\n needs plain\n ip 2a01:4f8::/32\n"
                                    "check one\n title C\n level probe\n needs plain\n ip 5.2.69.14\n"
                                    "check name\n title D\n level probe\n needs plain\n domain evil-host-name.net\n");
    sweep_tree(&w, t.root, 0, p);
    assert_int_equal(found(&w, "v4"), 1);
    assert_int_equal(found(&w, "v6"), 1);
    assert_int_equal(found(&w, "one"), 1);
    assert_int_equal(found(&w, "name"), 1);
    for (size_t i = 0; i < w.s.sighting.n; i++)
        if (str_is(w.s.sighting.p[i].check->id, "v4"))
            assert_int_equal(w.s.sighting.p[i].number, 2);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

static void test_own_archive(void **state)
{
    (void)state;
    struct tree t;
    struct swept w = {0};
    struct evidence_result x;
    struct err e = {0};
    char folder[128];
    tree_make(&t);
    tree_put(&t, "inetpub/wwwroot/evil.aspx", "evilmark");
    struct pack *p = text_pack(HEAD "check p\n title P\n level shell-present\n needs file-names\n path \\inetpub\\wwwroot\\evil.aspx\n"
                                    "check c\n title C\n level shell-present\n needs file-contents\n content \"evilmark\"\n");
    sweep_tree(&w, t.root, 'c', p);
    assert_int_equal(found(&w, NULL), 2);
    snprintf(folder, sizeof(folder), "%s/out", t.root);
    struct evidence_options o = {.folder = folder, .report = STR_LIT("{}"), .clock = clock_now};
    if (evidence_collect(&w.s, &o, &x, &e) != 0)
        fail_msg("%s", e.text);
    sweep_free(&w.s);
    w = (struct swept){0};
    sweep_tree(&w, t.root, 'c', p);
    assert_int_equal(found(&w, NULL), 2); /* neither the folder nor the archive says it again */
    assert_int_equal(w.s.asset[0].coverage.skipped[SCAN_SKIP_OWN], 2);
    sweep_free(&w.s);
    /* an archive with a fault in it is looked into like any other */
    FILE *f = fopen(tree_path(&t, "out.tar"), "r+b");
    assert_non_null(f);
    static char bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof(bytes), f);
    char *at = memmem(bytes, n, "evilmark", 8);
    assert_non_null(at);
    assert_int_equal(fseek(f, at - bytes, SEEK_SET), 0);
    fputc('!', f);
    fclose(f);
    w = (struct swept){0};
    sweep_tree(&w, t.root, 'c', p);
    assert_true(found(&w, NULL) > 2);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

/* A hive as it was copied from a running machine: what is only in its log is found, or it is said that it was not read. */
static void test_dirty_hive(void **state)
{
    (void)state;
    struct tree t;
    struct swept w = {0};
    static const char *const keys[] = {"Microsoft", "Run", NULL};
    static unsigned char old[1 << 17], new[1 << 17], log[1 << 17];
    tree_make(&t);
    tree_put(&t, "Windows/System32/config/SOFTWARE", "");
    const char *path = tree_path(&t, "Windows/System32/config/SOFTWARE");
    assert_int_equal(hive_made(path, false, keys, "good", "x"), 0);
    FILE *f = fopen(path, "rb");
    size_t old_n = fread(old, 1, sizeof(old), f);
    fclose(f);
    assert_int_equal(hive_made(path, true, keys, "evilvalue", "y"), 0);
    f = fopen(path, "rb");
    size_t new_n = fread(new, 1, sizeof(new), f);
    fclose(f);
    put32(old + 4, 9);
    put32(old + 8, 8);
    hive_sum(old);
    tree_put_bytes(&t, "Windows/System32/config/SOFTWARE", old, old_n);
    struct pack *p = text_pack(HEAD "check r\n title R\n level post-exploitation\n needs registry\n registry \"Run\\evilvalue\"\n");
    sweep_tree(&w, t.root, 'c', p);
    assert_int_equal(found(&w, "r"), 0);
    assert_int_equal(coverage_on(&w, "r")->state, COVERAGE_PARTLY);
    bool said = false;
    for (size_t i = 0; i < coverage_on(&w, "r")->missing_n; i++)
        said |= str_find(coverage_on(&w, "r")->missing[i], STR_LIT("log was not replayed")) != STR_NONE;
    assert_true(said);
    assert_true(w.s.layout_note_n > 0);
    sweep_free(&w.s);
    /* one entry with all pages */
    size_t pages = (new_n - 4096) / 4096, at = 40 + 8 * pages, size = (at + 4096 * pages + 511) / 512 * 512;
    memcpy(log, new, 512);
    put32(log + 4, 8);
    put32(log + 8, 8);
    put32(log + 28, 6);
    hive_sum(log);
    unsigned char *e = log + 512;
    memcpy(e, "HvLE", 4);
    put32(e + 4, (uint32_t)size);
    put32(e + 12, 8);
    put32(e + 16, (uint32_t)(new_n - 4096));
    put32(e + 20, (uint32_t)pages);
    for (size_t i = 0; i < pages; i++) {
        put32(e + 40 + 8 * i, (uint32_t)(4096 * i));
        put32(e + 44 + 8 * i, 4096);
        memcpy(e + at + 4096 * i, new + 4096 + 4096 * i, 4096);
    }
    uint64_t h = hive_log_marvin(HIVE_LOG_SEED, str_n((char *)e + 40, size - 40));
    memcpy(e + 24, &h, 8);
    h = hive_log_marvin(HIVE_LOG_SEED, str_n((char *)e, 32));
    memcpy(e + 32, &h, 8);
    tree_put_bytes(&t, "Windows/System32/config/software.log1", log, 512 + size);
    w = (struct swept){0};
    sweep_tree(&w, t.root, 'c', p);
    assert_int_equal(found(&w, "r"), 1);
    assert_int_equal(coverage_on(&w, "r")->state, COVERAGE_DONE);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yara), cmocka_unit_test(test_networks), cmocka_unit_test(test_own_archive), cmocka_unit_test(test_dirty_hive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
