/* The truth tables of the reference and what a sweep must never do. */
#include "sweep_lib.h"

#include <fcntl.h>
#include <zlib.h>

#include "investigate/scan_hash.h"

static int setup(void **state)
{
    struct tree *t = mem_zalloc(sizeof(*t));
    tree_make(t);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    tree_remove(*state);
    free(*state);
    return 0;
}

/* compromise-checks A.4: eleven stock names, and what attackers called their files. */
static void names(void **state)
{
    static const char *const stock[] = {"ecp/auth/TimeoutLogout.aspx", "owa/auth/errorFE.aspx", "owa/auth/expiredpassword.aspx", "owa/auth/frowny.aspx",
                                        "owa/auth/getidtoken.htm", "owa/auth/logoff.aspx", "owa/auth/logon.aspx", "owa/auth/OutlookCN.aspx",
                                        "owa/auth/RedirSuiteServiceProxy.aspx", "owa/auth/signout.aspx", "owa/auth/SvmFeedback.aspx"};
    static const char *const alike[] = {"owa/auth/errorEE.aspx", "owa/auth/Err0r.aspx", "owa/auth/ErrorAA.aspx", "owa/auth/logout.aspx", "owa/auth/logg.aspx",
                                        "owa/auth/OutlookEN.aspx", "owa/auth/OutlookJP.aspx", "owa/auth/RedirSuiteServerProxy.aspx", "owa/auth/TimeoutLogout.aspx",
                                        "owa/auth/Current/themes/resources/logon.aspx", "owa/auth/ERROREEE.ASPX", "ecp/auth/TimeoutLogoff.aspx"};
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    char name[256];
    for (size_t i = 0; i < ARRAY_LEN(stock); i++) {
        snprintf(name, sizeof(name), "Exchange/FrontEnd/HttpProxy/%s", stock[i]);
        tree_put(t, name, "<html>");
    }
    for (size_t i = 0; i < ARRAY_LEN(alike); i++) {
        snprintf(name, sizeof(name), "Exchange/FrontEnd/HttpProxy/%s", alike[i]);
        tree_put(t, name, "<html>");
    }
    tree_put(t, "inetpub/wwwroot/aspnet_client/SUPP0RT.ASPX", "x");
    sweep_tree(&w, t->root, 'd', p);
    for (size_t i = 0; i < ARRAY_LEN(alike); i++)
        if (!found_at(&w, "p1", alike[i]))
            fail_msg("not found: %s", alike[i]);
    assert_true(found_at(&w, "p1", "SUPP0RT.ASPX"));
    assert_int_equal(found(&w, "p1"), ARRAY_LEN(alike) + 1);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-27065")), "shell-present");
    sweep_free(&w.s);
    pack_free(p);
}

static void httpproxy_hits(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    static const struct {
        const char *name, *text;
        size_t hits;
    } file[] = {
        {"0.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "user@contoso.com", "200"), 0},
        {"1.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/x?a=~1", "200"), 1},
        {"2.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "serverinfo~A]@EXCH01:444/ECP/x?a=~1", "200")
                      HTTPPROXY_ROW("2021-03-03T04:01:03.123Z", "user@contoso.com", "200")
                          HTTPPROXY_ROW("2021-03-03T04:01:04.123Z", "ServerInfo~a]@exch01:444/mapi/emsmdb/?a=~1", "200"), 2},
        {"bom.LOG", "\xef\xbb\xbf" HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/x?a=~1", "200"), 1},
        {"plain.LOG", HTTPPROXY_FIELDS "\r\n" HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/x?a=~1", "200"), 1},
        {"probe.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/autodiscover/autodiscover.xml?a=~1", "200"), 0},
        {"nmap.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~localhost/ecp/default.flt?~3", "500"), 0},
        {"nolf.LOG", NULL, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(file); i++) {
        struct swept w = {0};
        if (file[i].text)
            tree_put(t, file[i].name, file[i].text);
        else /* the last line has no end */
            tree_put_bytes(t, file[i].name, file[1].text, strlen(file[1].text) - 2);
        sweep_tree(&w, tree_path(t, file[i].name), 0, p);
        if (found(&w, "1a") != file[i].hits)
            fail_msg("%s: %zu hits of 1a, not %zu", file[i].name, found(&w, "1a"), file[i].hits);
        if (i == 1) {
            const struct sighting *x = NULL;
            for (size_t k = 0; k < w.s.sighting.n; k++)
                if (str_is(w.s.sighting.p[k].check->id, "1a"))
                    x = &w.s.sighting.p[k];
            assert_int_equal(x->number, 6);
            assert_true(str_is(x->client, "203.0.113.7"));
            char iso[CLOCK_ISO_SIZE];
            clock_iso(x->time, 0, iso);
            assert_string_equal(iso, "2021-03-03T04:01:02.123Z");
            assert_string_equal(sighting_time_name(x), "record:stated");
        }
        assert_int_equal(found(&w, "1c"), i == 5);
        assert_int_equal(found(&w, "1d") > 0, i == 6);
        sweep_free(&w.s);
    }
    pack_free(p);
}

static void packed(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    const char *text = HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/x?a=~1", "200");
    gzFile g = gzopen(tree_path(t, "a.LOG.gz"), "wb");
    assert_int_equal(gzwrite(g, text, (unsigned)strlen(text)), strlen(text));
    gzclose(g);
    tree_put(t, "z/HttpProxy_2021030304-1.LOG", text);
    tree_put(t, "z/inetpub/wwwroot/aspnet_client/discover.aspx", "x");
    char cmd[512];
    snprintf(cmd, sizeof(cmd), "cd %s/z && python3 -m zipfile -c ../b.zip * && rm -rf %s/z", t->root, t->root);
    assert_int_equal(system(cmd), 0);
    sweep_tree(&w, t->root, 0, p);
    assert_int_equal(found(&w, "1a"), 2);
    assert_true(found_at(&w, "1a", "b.zip!HttpProxy_2021030304-1.LOG"));
    assert_true(found_at(&w, "p1", "b.zip!inetpub/wwwroot/aspnet_client/discover.aspx"));
    sweep_free(&w.s);
    pack_free(p);
}

/* The eight lines of A.2 as an ECP log: six are attacks. */
static void ecp_lines(void **state)
{
    static const char *const cmd[] = {
        "Set-OabVirtualDirectory.ExternalUrl=''http://f/<script language=\"\"JScript\"\" runat=\"\"server\"\">function Page_Load(){eval(Request[\"\"x\"\"],\"\"unsafe\"\");}</script>''.Identity=''7e''",
        "Set-OabVirtualDirectory.ExternalUrl=''http://f/<%System.IO.File.WriteAllText(Request[\"\"a\"\"],Request[\"\"b\"\"]);%>''.Identity=''7e''",
        "Set-OabVirtualDirectory.ExternalUrl=''http://f/<script>''.Identity=''7e''",
        "Set-EcpVirtualDirectory.ExternalUrl=''http://f/<script runat=\"\"server\"\">x</script>''.Identity=''7e''",
        "Set-OABVirtualDirectory.ExternalUrl=''http://f/<script runat=\"\"server\"\">x</script>''.Identity=''7e''",
        "Set-OabVirtualDirectory.InternalUrl=''http://f/<script runat=\"\"server\"\">x</script>''.Identity=''7e''",
        "Set-OabVirtualDirectory.ExternalUrl=''https://mail.contoso.com/OAB''.Identity=''7e''",
        "Get-OabVirtualDirectory.Identity=''7e''"};
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct buf b = BUF_INIT(MIB);
    struct swept w = {0};
    buf_adds(&b, "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: ECP Server Log\r\n#Date: 2021-03-03T00:02:33.938Z\r\n"
                 "#Fields: TimeStamp,ServerName,EventId,EventData\r\n");
    for (size_t i = 0; i < ARRAY_LEN(cmd); i++)
        buf_printf(&b, "2021-03-03T04:0%zu:00.000Z,EXCH01,ECP.Request,\"S:TIME=1;S:SID=1;S:CMD=%s;S:REQID=;S:URL=/ecp/DDI\"\r\n", i, cmd[i]);
    tree_put_bytes(t, "Logging/ECP/Server/ECPServer20210303-1.LOG", b.p, b.n);
    buf_release(&b);
    sweep_tree(&w, t->root, 0, p);
    for (size_t i = 0; i < w.s.sighting.n; i++)
        if (str_is(w.s.sighting.p[i].check->id, "4a"))
            assert_true(w.s.sighting.p[i].number >= 6 && w.s.sighting.p[i].number <= 11);
    assert_int_equal(found(&w, "4a"), 6);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-27065")), "write-attempted");
    sweep_free(&w.s);
    pack_free(p);
}

/* A sequence: its stages count only together, from one client, within its time. */
static void sequence(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    tree_put(t, "chain.LOG",
             HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:00.000Z", "ServerInfo~a]@exch01:444/autodiscover/autodiscover.xml?a=~1", "200")
                 HTTPPROXY_ROW("2021-03-03T04:01:05.000Z", "ServerInfo~a]@exch01:444/mapi/emsmdb/?MailboxId=x&a=~1", "200")
                     HTTPPROXY_ROW("2021-03-03T04:01:09.000Z", "ServerInfo~a]@exch01:444/ecp/proxyLogon.ecp?a=~1", "241"));
    sweep_tree(&w, tree_path(t, "chain.LOG"), 0, p);
    assert_int_equal(found(&w, "1f"), 3);
    assert_int_equal(w.s.chain_n, 1);
    assert_true(str_is(w.s.chain[0].client, "203.0.113.7"));
    sweep_free(&w.s);
    w = (struct swept){0};
    tree_put(t, "two.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:00.000Z", "ServerInfo~a]@exch01:444/autodiscover/autodiscover.xml?a=~1", "200")
                               HTTPPROXY_ROW("2021-03-03T06:01:05.000Z", "ServerInfo~a]@exch01:444/mapi/emsmdb/?MailboxId=x&a=~1", "200"));
    sweep_tree(&w, tree_path(t, "two.LOG"), 0, p);
    assert_int_equal(found(&w, "1f"), 0);
    sweep_free(&w.s);
    pack_free(p);
}

/* Nothing found is "clean" only when everything was seen back to the window's beginning. */
static void never_clean_in_part(void **state)
{
    struct tree *t = *state;
    struct pack *p = text_pack("pack t\ntitle T\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n"
                               "    level exploited\n    score 90\n    needs httpproxy\n    record log is httpproxy and AnchorMailbox like \"ServerInfo~*\"\n");
    struct swept w = {0};
    tree_put(t, "a.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:00.000Z", "user@contoso.com", "200"));
    sweep_tree(&w, t->root, 0, p); /* since when is not known */
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-26855")), "not-established");
    assert_false(verdict_on(&w, "CVE-2021-26855")->established);
    sweep_free(&w.s);
    w = (struct swept){0};
    w.o.since = 1609632000 * WHEN_SEC; /* 2021-01-03: the log does not reach back */
    sweep_tree(&w, t->root, 0, p);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-26855")), "not-established");
    assert_int_equal(coverage_on(&w, "a")->state, COVERAGE_PARTLY);
    sweep_free(&w.s);
    w = (struct swept){0};
    w.o.since = 1614729600 * WHEN_SEC; /* 2021-03-03 */
    sweep_tree(&w, t->root, 0, p);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-26855")), "clean");
    assert_int_equal(coverage_on(&w, "a")->rows, 1);
    sweep_free(&w.s);
    assert_int_equal(unlink(tree_path(t, "a.LOG")), 0);
    tree_put(t, "readme.txt", "no log at all\n");
    w = (struct swept){0};
    w.o.since = 1614729600 * WHEN_SEC;
    sweep_tree(&w, t->root, 0, p);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-26855")), "not-checked");
    sweep_free(&w.s);
    pack_free(p);
}

static void broken_off(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    atomic_bool stop = true;
    struct swept w = {0};
    tree_put(t, "a.LOG", HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:00.000Z", "user@contoso.com", "200"));
    w.o.cancel = &stop;
    w.o.since = 1614729600 * WHEN_SEC;
    sweep_tree(&w, t->root, 0, p);
    assert_true(w.s.stopped);
    for (size_t i = 0; i < w.s.verdict_n; i++)
        assert_false(w.s.verdict[i].established);
    sweep_free(&w.s);
    pack_free(p);
}

/* Links are not followed, pipes are not opened, and nothing in the tree is touched. */
static void leaves_no_trace(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    struct stat before, after;
    const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    tree_put(t, "inetpub/wwwroot/aspnet_client/x.aspx", "evil");
    assert_int_equal(symlink("/etc", tree_path(t, "link")), 0);
    assert_int_equal(symlink(".", tree_path(t, "inetpub/loop")), 0);
    assert_int_equal(mkfifo(tree_path(t, "pipe"), 0600), 0);
    assert_int_equal(utimensat(AT_FDCWD, tree_path(t, "inetpub/wwwroot/aspnet_client/x.aspx"), old, 0), 0);
    assert_int_equal(stat(tree_path(t, "inetpub/wwwroot/aspnet_client/x.aspx"), &before), 0);
    sweep_tree(&w, t->root, 0, p);
    assert_int_equal(stat(tree_path(t, "inetpub/wwwroot/aspnet_client/x.aspx"), &after), 0);
    assert_memory_equal(&before.st_atim, &after.st_atim, sizeof(before.st_atim));
    assert_memory_equal(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim));
    assert_int_equal(w.s.asset[0].coverage.skipped[SCAN_SKIP_LINK], 2);
    assert_int_equal(w.s.asset[0].coverage.skipped[SCAN_SKIP_SPECIAL], 1);
    assert_int_equal(w.s.asset[0].coverage.files, 1);
    assert_int_equal(found(&w, "p1"), 1);
    sweep_free(&w.s);
    pack_free(p);
}

static void unreadable(void **state)
{
    struct tree *t = *state;
    struct pack *p = text_pack("pack t\ntitle T\nversion 1\nvulnerability CVE-2021-27065\ncheck a\n    title A\n    vulnerability CVE-2021-27065\n"
                               "    level shell-present\n    score 90\n    needs file-names\n    path \\inetpub\\**.aspx\n");
    struct swept w = {0};
    if (geteuid() == 0) {
        print_message("skipped: root reads everything\n");
        pack_free(p);
        return;
    }
    tree_put(t, "inetpub/a/x.txt", "x");
    assert_int_equal(chmod(tree_path(t, "inetpub/a"), 0), 0);
    sweep_tree(&w, t->root, 0, p);
    assert_int_equal(chmod(tree_path(t, "inetpub/a"), 0755), 0);
    assert_int_equal(coverage_on(&w, "a")->state, COVERAGE_PARTLY);
    sweep_free(&w.s);
    pack_free(p);
}

static char *json_of(const struct swept *w)
{
    struct buf b = BUF_INIT(REPORT_MAX);
    report_json(&w->s, NULL, true, &b);
    return b.p;
}

/* One thread or eight, with the engine or without: the same answer. */
static void same_answer(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    char *first = NULL;
    static const struct {
        unsigned threads;
        bool plain;
    } way[] = {{1, false}, {8, false}, {2, true}};
    for (int i = 0; i < 20; i++) {
        char name[64];
        snprintf(name, sizeof(name), "d%d/HttpProxy_20210303%02d-1.LOG", i % 3, i);
        tree_put(t, name, HTTPPROXY_HEAD HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/x?a=~1", "200")
                              HTTPPROXY_ROW("2021-03-03T04:01:02.123Z", "ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?schema=ResetOABVirtualDirectory#", "200"));
    }
    tree_put(t, "inetpub/wwwroot/aspnet_client/x.aspx", "ExternalUrl InternalAuthenticationMethods ExtendedProtectionTokenChecking <script");
    for (size_t i = 0; i < ARRAY_LEN(way); i++) {
        struct swept w = {0};
        w.o.threads = way[i].threads;
        w.o.plain = way[i].plain;
        sweep_tree(&w, t->root, 0, p);
        assert_int_equal(found(&w, "4b"), 20);
        assert_int_equal(found(&w, "s1"), 1);
        char *json = json_of(&w);
        if (first)
            assert_string_equal(first, json);
        else
            first = json;
        if (first != json)
            free(json);
        sweep_free(&w.s);
    }
    free(first);
    pack_free(p);
}

/* What a stranger wrote must not act on a screen or in a page. */
static void hostile_text(void **state)
{
    struct tree *t = *state;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    struct buf html = BUF_INIT(REPORT_MAX), csv = BUF_INIT(REPORT_MAX);
    tree_put(t, "inetpub/wwwroot/aspnet_client/\x1b[31m<script>\xe2\x80\xae.aspx", "x");
    sweep_tree(&w, t->root, 0, p);
    assert_int_equal(found(&w, "p1"), 1);
    report_html(&w.s, NULL, &html);
    report_csv(&w.s, &csv);
    assert_null(strchr(html.p, '\x1b'));
    assert_null(strstr(html.p, "<script"));
    assert_null(strstr(html.p, "\xe2\x80\xae"));
    assert_null(strchr(csv.p, '\x1b'));
    buf_release(&html);
    buf_release(&csv);
    sweep_free(&w.s);
    pack_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names, setup, teardown),           cmocka_unit_test_setup_teardown(httpproxy_hits, setup, teardown),
        cmocka_unit_test_setup_teardown(packed, setup, teardown),          cmocka_unit_test_setup_teardown(ecp_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(sequence, setup, teardown),        cmocka_unit_test_setup_teardown(never_clean_in_part, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_off, setup, teardown),      cmocka_unit_test_setup_teardown(leaves_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(unreadable, setup, teardown),      cmocka_unit_test_setup_teardown(same_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_text, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
