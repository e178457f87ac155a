/* A sweep that was killed goes on where it was: its end is that of one that was not. */
#include "sweep_lib.h"

#include <fcntl.h>

static char journal[128];

static const char pack_text[] = "pack r\ntitle R\nvulnerability CVE-2021-26855\n"
                                "check a\n title A\n vulnerability CVE-2021-26855\n level exploited\n needs httpproxy\n record log is httpproxy and AnchorMailbox like \"ServerInfo~*\"\n"
                                "check b\n title B\n vulnerability CVE-2021-26855\n level shell-present\n needs file-names\n path \\inetpub\\wwwroot\\**.aspx\n"
                                "check c\n title C\n vulnerability CVE-2021-26855\n level shell-present\n needs file-contents\n content \"evilmark\"\n";

static void plant(const struct tree *t)
{
    char name[128];
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof(name), "Logging/HttpProxy/Ecp/HttpProxy_%02d.LOG", i);
        tree_put(t, name, HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:00.000Z", "user@contoso.com", "200") HTTPPROXY_ROW("2021-03-03T04:02:00.000Z", "ServerInfo~a]@x:444/ecp/y?a=~1", "241"));
        snprintf(name, sizeof(name), "inetpub/wwwroot/p\xe3\x81\x82%02d.aspx", i);
        tree_put(t, name, i % 3 ? "<p>" : "..evilmark..");
        snprintf(name, sizeof(name), "inetpub/wwwroot/odd\xff%02d.txt", i);
        tree_put(t, name, "evilmark");
    }
    tree_put(t, "broken.gz", "\x1f\x8b\x08 no");
    tree_put(t, "link/x", "x");
    assert_int_equal(symlink("/etc", tree_path(t, "link/etc")), 0);
}

static void sweep_once(struct swept *w, const char *root, const struct pack *p, const char *resume, struct buf *json)
{
    struct err e = {0};
    *w = (struct swept){.root = {root, 'c', NULL}, .pack = p};
    w->o = (struct sweep_options){.root = &w->root, .root_n = 1, .pack = &w->pack, .pack_n = 1, .since = 1609632000 * WHEN_SEC, .threads = 2, .resume = resume};
    if (sweep_run(&w->s, &w->o, SWEEP_NOW, &e) != 0)
        fail_msg("%s", e.text);
    buf_clear(json);
    report_json(&w->s, NULL, true, json);
}

static size_t slurp(char *p, size_t max)
{
    FILE *f = fopen(journal, "rb");
    assert_non_null(f);
    size_t n = fread(p, 1, max, f);
    fclose(f);
    return n;
}

static void put(const char *p, size_t n)
{
    FILE *f = fopen(journal, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static void test_killed(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    struct buf whole = BUF_INIT(16 * MIB), part = BUF_INIT(16 * MIB);
    static char bytes[1 << 20];
    tree_make(&t);
    plant(&t);
    snprintf(journal, sizeof(journal), "%s-journal", t.root);
    struct pack *p = text_pack(pack_text);
    sweep_once(&w, t.root, p, NULL, &whole);
    assert_true(found(&w, "a") == 12 && found(&w, "b") == 12 && found(&w, "c") == 16);
    uint64_t files = w.s.asset[0].coverage.files;
    sweep_free(&w.s);
    sweep_once(&w, t.root, p, journal, &part);
    assert_string_equal(buf_cstr(&part), buf_cstr(&whole));
    assert_int_equal(w.s.resumed, 0);
    sweep_free(&w.s);
    size_t n = slurp(bytes, sizeof(bytes));
    assert_true(n < sizeof(bytes));
    /* killed at any moment: the journal ends anywhere, also in a line */
    for (size_t cut = 0; cut <= n; cut += cut < n && n - cut < 997 ? n - cut : 997) {
        put(bytes, cut);
        sweep_once(&w, t.root, p, journal, &part);
        assert_string_equal(buf_cstr(&part), buf_cstr(&whole));
        if (cut == n)
            assert_int_equal(w.s.resumed, files);
        sweep_free(&w.s);
        static char again[1 << 20];
        assert_int_equal(slurp(again, sizeof(again)), n); /* whole again; the order of lines is the threads' */
        if (cut == n)
            break;
    }
    buf_release(&whole);
    buf_release(&part);
    pack_free(p);
    tree_remove(&t);
}

static void test_changed(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    struct buf j = BUF_INIT(16 * MIB);
    static char bytes[1 << 20];
    tree_make(&t);
    plant(&t);
    snprintf(journal, sizeof(journal), "%s-journal", t.root);
    struct pack *p = text_pack(pack_text);
    sweep_once(&w, t.root, p, journal, &j);
    uint64_t before = found(&w, "c");
    sweep_free(&w.s);
    /* a changed file is done again, and only that */
    tree_put(&t, "inetpub/wwwroot/p\xe3\x81\x82" "01.aspx", "now evilmark");
    sweep_once(&w, t.root, p, journal, &j);
    assert_int_equal(found(&w, "c"), before + 1);
    uint64_t taken = w.s.resumed;
    sweep_free(&w.s);
    sweep_once(&w, t.root, p, journal, &j);
    assert_int_equal(w.s.resumed, taken + 1);
    assert_int_equal(found(&w, "c"), before + 1);
    sweep_free(&w.s);
    /* a line that does not add up does not count */
    size_t n = slurp(bytes, sizeof(bytes));
    char *line = memchr(bytes, '\n', n);
    line[200] ^= 1;
    put(bytes, n);
    sweep_once(&w, t.root, p, journal, &j);
    assert_int_equal(w.s.resumed, taken);
    assert_int_equal(found(&w, "c"), before + 1);
    sweep_free(&w.s);
    buf_release(&j);
    pack_free(p);
    tree_remove(&t);
}

static void refuse(struct swept *w, const char *root, const struct pack *p, const char *part)
{
    struct err e = {0};
    *w = (struct swept){.root = {root, 'c', NULL}, .pack = p};
    w->o = (struct sweep_options){.root = &w->root, .root_n = 1, .pack = &w->pack, .pack_n = 1, .since = WHEN_NONE, .resume = journal};
    assert_int_equal(sweep_run(&w->s, &w->o, SWEEP_NOW, &e), ERR_CONFLICT);
    assert_non_null(strstr(e.text, part));
    sweep_free(&w->s);
}

static void test_refused(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    struct buf j = BUF_INIT(16 * MIB);
    static char bytes[1 << 20], again[1 << 20];
    tree_make(&t);
    plant(&t);
    snprintf(journal, sizeof(journal), "%s-journal", t.root);
    struct pack *p = text_pack(pack_text), *other = text_pack("pack r\ntitle R\nvulnerability CVE-2021-26855\ncheck a\n title A\n level exploited\n needs file-contents\n content \"other\"\n");
    sweep_once(&w, t.root, p, journal, &j);
    sweep_free(&w.s);
    size_t n = slurp(bytes, sizeof(bytes));
    refuse(&w, t.root, other, "other packs");
    refuse(&w, tree_path(&t, "inetpub"), p, "other paths");
    assert_int_equal(slurp(again, sizeof(again)), n);
    assert_memory_equal(bytes, again, n);
    /* a file of somebody else is not written over */
    put("important\n", 10);
    refuse(&w, t.root, p, "no journal");
    assert_int_equal(slurp(again, sizeof(again)), 10);
    unlink(journal);
    buf_release(&j);
    pack_free(p);
    pack_free(other);
    tree_remove(&t);
}

/* Broken off by ctrl-C: nothing half-done is written as done; the journal in the tree is our own. */
static void test_stopped(void **state)
{
    (void)state;
    struct tree t;
    struct swept w;
    struct buf whole = BUF_INIT(16 * MIB), j = BUF_INIT(16 * MIB);
    struct err e = {0};
    atomic_bool cancel = true;
    tree_make(&t);
    plant(&t);
    snprintf(journal, sizeof(journal), "%s/journal", t.root);
    struct pack *p = text_pack(pack_text);
    w = (struct swept){.root = {t.root, 'c', NULL}, .pack = p};
    w.o = (struct sweep_options){.root = &w.root, .root_n = 1, .pack = &w.pack, .pack_n = 1, .since = WHEN_NONE, .resume = journal, .cancel = &cancel};
    assert_int_equal(sweep_run(&w.s, &w.o, SWEEP_NOW, &e), 0);
    assert_true(w.s.stopped);
    sweep_free(&w.s);
    sweep_once(&w, t.root, p, journal, &whole);
    assert_int_equal(w.s.resumed, 0);
    assert_int_equal(w.s.asset[0].coverage.skipped[SCAN_SKIP_OWN], 1);
    assert_int_equal(found(&w, "c"), 16);
    sweep_free(&w.s);
    sweep_once(&w, t.root, p, journal, &j);
    assert_string_equal(buf_cstr(&j), buf_cstr(&whole));
    sweep_free(&w.s);
    buf_release(&j);
    buf_release(&whole);
    pack_free(p);
    tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed), cmocka_unit_test(test_changed), cmocka_unit_test(test_refused), cmocka_unit_test(test_stopped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
