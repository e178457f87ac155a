/* The Japanese publishers: JPCERT/CC, JVN, JVN iPedia, IPA. */
#include "feed_test.h"

extern const struct source source_jpcert, source_jvn, source_jvndb, source_ipa;

#define RDF                                                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rdf:RDF "                                                    \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" "          \
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "             \
    "xmlns:sec=\"http://jvn.jp/rss/mod_sec/\" xml:lang=\"ja\">"

/* ---- JPCERT/CC ---- */

static void jpcert_feed(void **state)
{
    struct got g = {0};
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = WHEN_NONE, .url = str_of(source_jpcert.default_url)};
    struct got p = got_plan(&source_jpcert, &st);
    assert_int_equal(p.request.n, 1);
    assert_str(p.request.p[0].url, "https://www.jpcert.or.jp/rss/jpcert.rdf");
    struct str doc =
        S(RDF "<channel "
              "rdf:about=\"https://www.jpcert.or.jp/rss/jpcert.rdf\"><title>注意喚起</"
              "title><dc:date>2021-03-03T12:00:00+09:00</dc:date></channel>"
              "<item rdf:about=\"https://www.jpcert.or.jp/at/2021/at210012.html\"><title>注意喚起: "
              "製品の脆弱性（ＣＶＥ－２０２１－２６８５５）に関する注意喚起 "
              "(公開)</title><link>https://www.jpcert.or.jp/at/2021/at210012.html</link><description>A&B "
              "社の製品。悪用を確認。</description><dc:date>2021-03-03T12:00+09:00</dc:date></item>"
              "<item rdf:about=\"https://www.jpcert.or.jp/wr/2021/wr210301.html\"><title>Weekly "
              "Report</title><link>https://www.jpcert.or.jp/wr/2021/wr210301.html</link><dc:date>2021-03-03</"
              "dc:date></item></rdf:RDF>");
    assert_int_equal(
        got_parse(&g, &source_jpcert, "list", "https://www.jpcert.or.jp/rss/jpcert.rdf", "", doc), 0);
    assert_int_equal(g.notice.n, 2);
    const struct notice *n = &g.notice.p[0];
    assert_str(n->id, "JPCERT-AT-2021-0012");
    assert_str(n->source, "jpcert");
    assert_str(n->lang, "ja");
    assert_when(n->published, "2021-03-03T03:00:00Z");
    assert_int_equal(n->cve_n, 1);
    assert_str(n->cve[0], "CVE-2021-26855");
    assert_true(has(n->text, "A&B 社"));
    assert_false(n->complete);
    assert_when(g.notice.p[1].published, "2021-03-02T15:00:00Z"); /* a day in Japan */
    assert_int_equal(g.request.n, 2);
    assert_true(g.request.p[0].optional);
    assert_str(g.request.p[0].kind, "page");
    got_release(&p);

    /* the page takes the notice's place and keeps what the list said */
    char context[2000];
    snprintf(context, sizeof(context), "%.*s", STR_ARG(g.request.p[0].context));
    struct str page = S(
        "<html><head><title>x | JPCERT</title><meta property=\"og:title\" "
        "content=\"製品に関する注意喚起\"></head><body><nav>menu</nav><article><div "
        "class=\"at\">JPCERT-AT-2021-0012<br />JPCERT/CC<br />2021-03-03（新規）<br />2021-03-05（更新）<br "
        "/><h4>I. 概要</h4>悪用が確認されています。（CVE-2021-27065）<br /></div></article></body></html>");
    assert_int_equal(got_parse(&g, &source_jpcert, "page", "https://www.jpcert.or.jp/at/2021/at210012.html",
                               context, page),
                     0);
    assert_int_equal(g.notice.n, 3);
    n = &g.notice.p[2];
    assert_str(n->id, "JPCERT-AT-2021-0012");
    assert_str(n->title, "製品に関する注意喚起");
    assert_true(n->complete);
    assert_true(has(n->text, "A&B 社"));
    assert_true(has(n->text, "悪用が確認されています"));
    assert_false(has(n->text, "menu"));
    assert_when(n->published, "2021-03-03T03:00:00Z"); /* the feed's moment on that day */
    assert_when(n->updated, "2021-03-04T15:00:00Z");
    assert_int_equal(n->cve_n, 1);
    /* a page without a date of update is not older than its title in the list */
    assert_int_equal(got_parse(&g, &source_jpcert, "page", "https://www.jpcert.or.jp/at/2021/at210012.html",
                               context,
                               S("<article><div class=\"at\">JPCERT-AT-2021-0012<br />JPCERT/CC<br "
                                 "/>2021-02-01（新規）<br />x</div></article>")),
                     0);
    n = &g.notice.p[3];
    assert_when(n->published, "2021-01-31T15:00:00Z");
    assert_when(n->updated, "2021-03-03T03:00:00Z");
    got_release(&g);
}

/* Pages are asked for only when they are newer than the last visit (less a day). */
static void jpcert_old_items(void **state)
{
    struct got g = {0};
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = TEST_TIME, .url = str_of(source_jpcert.default_url)};
    struct got p = got_plan(&source_jpcert, &st);
    char context[64];
    snprintf(context, sizeof(context), "%.*s", STR_ARG(p.request.p[0].context));
    got_release(&p);
    struct str doc = S(RDF "<item><title>a</title><link>https://www.jpcert.or.jp/at/2021/at210001.html</"
                           "link><dc:date>2021-01-01T00:00+09:00</dc:date></item>"
                           "<item><title>b</title><link>https://www.jpcert.or.jp/at/2021/at210002.html</"
                           "link><dc:date>2021-03-31T12:00+09:00</dc:date></item></rdf:RDF>");
    assert_int_equal(got_parse(&g, &source_jpcert, "list", source_jpcert.default_url, context, doc), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.request.n, 1);
    assert_true(has(g.request.p[0].url, "at210002"));
    got_release(&g);
}

static void jpcert_real_pages(void **state)
{
    struct got g = {0};
    (void)state;
    assert_true(sniffs(&source_jpcert, "feeds/jvn/feed/rss/at/2021/at210050.html"));
    assert_int_equal(got_parse_file(&g, &source_jpcert, "file", "feeds/jvn/feed/rss/at/2021/at210050.html"),
                     0);
    assert_int_equal(g.notice.n, 1);
    const struct notice *n = &g.notice.p[0];
    assert_str(n->id, "JPCERT-AT-2021-0050");
    assert_str(n->url, "https://www.jpcert.or.jp/at/2021/at210050.html");
    assert_str(n->title, "Apache Log4jの任意のコード実行の脆弱性（CVE-2021-44228）に関する注意喚起");
    assert_when(n->published, "2021-12-10T15:00:00Z");
    assert_when(n->updated, "2022-01-03T15:00:00Z");
    /* the numbers of the page, in order of appearance */
    assert_int_equal(n->cve_n, 3);
    assert_str(n->cve[0], "CVE-2021-44228");
    assert_str(n->cve[1], "CVE-2021-45046");
    assert_str(n->cve[2], "CVE-2021-45105");
    assert_true(has(n->text, "国内にて本脆弱性の悪用を試みる通信を確認しています"));
    assert_true(has(n->text, "\nI. 概要"));
    assert_true(has(n->text, "更新: 2021年12月15日追記"));
    assert_false(has(n->text, "<"));
    assert_false(has(n->text, "Topへ"));
    got_release(&g);
    assert_int_equal(got_parse_file(&g, &source_jpcert, "file", "feeds/jvn/feed/rss/at/2011/at110008.html"),
                     0);
    n = &g.notice.p[0];
    assert_str(n->id, "JPCERT-AT-2011-0008");
    assert_when(n->published, "2011-04-12T15:00:00Z");
    assert_true(has(n->text, "\nMS11-018\n"));
    assert_true(
        has(n->text,
            "結果として遠隔の第三者によってサービス不能状態を引き起こされたり")); /* wrapped within a word */
    got_release(&g);
}

/* ---- JVN ---- */

static void jvn_feed(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc =
        S(RDF "<channel rdf:about=\"https://jvn.jp/rss/jvn.rdf\"><title>JVN</title></channel>"
              "<item "
              "rdf:about=\"https://jvn.jp/vu/JVNVU96768815/\"><title>Log4j</title><link>https://jvn.jp/vu/"
              "JVNVU96768815/</link><description>概要 "
              "CVE-2021-45046</description><sec:identifier>JVNVU#96768815</sec:identifier><sec:references "
              "source=\"CVE\" id=\"CVE-2021-44228\">https://x/</sec:references><sec:cpe version=\"2.2\" "
              "vendor=\"Apache\" product=\"Log4j\">cpe:/a:apache:log4j</sec:cpe><sec:cvss version=\"3.0\" "
              "score=\"10.0\" type=\"Base\" severity=\"Critical\" "
              "vector=\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H\"/><dc:date>2021-12-13T10:00+09:00</"
              "dc:date><dcterms:issued>2021-12-13T10:00</"
              "dcterms:issued><dcterms:modified>2022-01-05T10:00+09:00</dcterms:modified></item>"
              "<item "
              "rdf:about=\"https://jvn.jp/jp/JVN12345678/\"><title>t</title><link>https://jvn.jp/jp/"
              "JVN12345678/</link><description>全角 "
              "ＣＶＥ－２０２１－０００１</description><dc:date>2021-12-13T10:00+09:00</dc:date></item>"
              "<item/></rdf:RDF>");
    assert_int_equal(got_parse(&g, &source_jvn, "list", "https://jvn.jp/rss/jvn.rdf", NULL, doc), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.bad.n, 1);
    const struct notice *n = &g.notice.p[0];
    assert_str(n->id, "JVNVU#96768815");
    assert_int_equal(n->cve_n, 1); /* what it is about, not what it mentions */
    assert_str(n->cve[0], "CVE-2021-44228");
    assert_str(n->product[0].cpe, "cpe:/a:apache:log4j");
    assert_str(n->metric[0].version, "3.1");
    assert_true(n->metric[0].score == 10);
    assert_when(n->published, "2021-12-13T01:00:00Z"); /* no zone: JST */
    assert_when(n->updated, "2022-01-05T01:00:00Z");
    assert_str(g.notice.p[1].id, "JVN#12345678");
    assert_str(g.notice.p[1].cve[0], "CVE-2021-0001");
    got_release(&g);
}

/* ---- JVN iPedia ---- */

static void check_detail(const struct vuln *v, void *arg)
{
    *(bool *)arg = true;
    assert_str(v->id, "CVE-2021-44228");
    assert_str(v->source, "jvndb");
    assert_str(v->source_id, "JVNDB-2021-005429");
    assert_str(v->alias[0], "JVNDB-2021-005429");
    assert_true(str_starts(v->description_ja, "Log4j には JNDI Lookup 機能"));
    assert_int_equal(v->affected_n, 2);
    assert_str(v->affected[0].vendor, "Apache Software Foundation");
    assert_str(v->affected[0].cpe[0], "cpe:/a:apache:log4j");
    assert_int_equal(v->affected[0].version_n, 2);
    assert_str(v->affected[0].version[0].version, "2.13.0 から 2.15.0 より前のバージョン");
    assert_str(v->affected[0].version[0].version_type, "ja-prose");
    assert_str(v->affected[1].vendor, "日本電気");
    assert_int_equal(v->affected[1].version_n, 0);
    assert_int_equal(v->metric_n, 2);
    assert_true(v->metric[1].score == 10);
    assert_when(v->published, "2021-12-14T07:37:27Z");
    assert_when(v->modified, "2022-12-15T01:24:36Z");
    assert_int_equal(v->ref_n, 5);
}

static void jvndb_real_detail(void **state)
{
    struct got g = {.watch = ""};
    bool found = false;
    (void)state;
    g.seen = check_detail;
    g.arg = &found;
    assert_true(sniffs(&source_jvndb, "feeds/jvn/feed/detail/jvndb_detail_2021.rdf"));
    assert_false(sniffs(&source_jvndb, "feeds/jvn/feed/product/myjvn_product_202311.rdf"));
    assert_int_equal(got_parse_file(&g, &source_jvndb, "file", "feeds/jvn/feed/detail/jvndb_detail_2021.rdf"),
                     0);
    assert_true(found);
    assert_int_equal(g.vulns, 1);
    assert_int_equal(g.notice.n, 1);
    assert_str(g.notice.p[0].id, "JVNDB-2021-005429");
    assert_true(g.notice.p[0].complete);
    assert_true(has(g.notice.p[0].text, "[ワークアラウンドを実施する]"));
    assert_str(g.notice.p[0].product[0].version,
               "2.13.0 から 2.15.0 より前のバージョン / core 2.0-beta9 から 2.12.1 より前のバージョン");
    assert_int_equal(g.request.n, 0);
    got_release(&g);
    for (int year = 2022; year <= 2023; year++) {
        char rel[100];
        snprintf(rel, sizeof(rel), "feeds/jvn/feed/detail/jvndb_detail_%d.rdf", year);
        g.watch = NULL;
        assert_int_equal(got_parse_file(&g, &source_jvndb, "file", rel), 0);
        assert_true(g.vulns > 0);
        got_release(&g);
    }
}

static void jvndb_real_rss(void **state)
{
    struct got g = {0};
    (void)state;
    assert_true(sniffs(&source_jvndb, "feeds/jvn/feed/rss/jvndb_new.rdf"));
    assert_false(sniffs(&source_jvn, "feeds/jvn/feed/rss/jvndb_new.rdf"));
    assert_int_equal(got_parse_file(&g, &source_jvndb, "file", "feeds/jvn/feed/rss/jvndb_new.rdf"), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.vulns, 2);
    assert_int_equal(g.bad.n, 0);
    const struct notice *n = &g.notice.p[1];
    assert_str(n->id, "JVNDB-2022-020469");
    assert_str(n->text, "アップルの macOS には、不特定の脆弱性が存在します。");
    assert_str(n->cve[0], "CVE-2022-46723");
    assert_str(n->product[0].vendor, "アップル");
    assert_true(n->metric[0].score == 9.8);
    assert_when(n->published, "2023-11-02T02:30:00Z");
    assert_int_equal(g.request.n, 0);
    got_release(&g);
    assert_int_equal(got_parse_file(&g, &source_jvndb, "file", "feeds/jvn/feed/rss/jvndb_2021.rdf"), 0);
    assert_int_equal(g.notice.n, 1);
    assert_int_equal(g.notice.p[0].metric_n, 2);
    assert_str(g.notice.p[0].metric[0].version, "2.0");
    got_release(&g);
}

#define STATUS(total, ret, first)                                                                            \
    "<status:Status xmlns:status=\"http://jvndb.jvn.jp/myjvn/Status\" version=\"3.3\" "                      \
    "method=\"getVulnOverviewList\" retCd=\"0\" retMax=\"50\" errCd=\"\" errMsg=\"\" totalRes=\"" total      \
    "\" totalResRet=\"" ret "\" firstRes=\"" first "\"/>"
#define ITEM(id)                                                                                             \
    "<item><title>t</title><link>https://jvndb.jvn.jp/ja/contents/2021/" id                                  \
    ".html</link><description>d</description><sec:identifier>" id                                            \
    "</sec:identifier><dc:date>2021-03-03T12:00+09:00</dc:date></item>"

static void jvndb_api(void **state)
{
    struct got g = {0};
    (void)state;
    struct feed_state st = {
        .now = TEST_TIME, .last_ok = TEST_TIME - 10 * WHEN_DAY, .url = str_of(source_jvndb.default_url)};
    struct got p = got_plan(&source_jvndb, &st);
    assert_int_equal(p.request.n, 1);
    struct str url = p.request.p[0].url;
    assert_true(has(url, "rangeDatePublic=n&rangeDatePublished=n&rangeDateFirstPublished=n"));
    assert_true(has(url, "datePublishedStartY=2021&datePublishedStartM=3&datePublishedStartD=20"));
    assert_true(has(url, "datePublishedEndY=2021&datePublishedEndM=4&datePublishedEndD=1"));
    char list_url[1000];
    snprintf(list_url, sizeof(list_url), "%.*s", STR_ARG(url));
    got_release(&p);

    struct str doc =
        S(RDF ITEM("JVNDB-2021-000001")
              ITEM("JVNDB-2021-000002") "<item><title>no "
                                        "number</title><link>https://jvndb.jvn.jp/x</link></item>" STATUS(
                                            "5", "3", "1") "</rdf:RDF>");
    assert_int_equal(got_parse(&g, &source_jvndb, "list", list_url, NULL, doc), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.bad.n, 1);
    assert_int_equal(g.vulns, 0); /* the details that were asked for say more */
    assert_int_equal(g.request.n, 2);
    assert_true(has(g.request.p[0].url, "method=getVulnDetailInfo"));
    assert_true(has(g.request.p[0].url, "vulnId=JVNDB-2021-000001+JVNDB-2021-000002"));
    assert_true(has(g.request.p[1].url, "startItem=4"));
    got_release(&g);
    /* the last page asks for nothing more; a page with holes is no page */
    assert_int_equal(got_parse(&g, &source_jvndb, "list", list_url, NULL,
                               S(RDF ITEM("JVNDB-2021-000005") STATUS("5", "1", "5") "</rdf:RDF>")),
                     0);
    assert_int_equal(g.request.n, 1);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_jvndb, "list", list_url, NULL,
                               S(RDF ITEM("JVNDB-2021-000005") STATUS("50", "10", "1") "</rdf:RDF>")),
                     ERR_INPUT);
    got_release(&g);
    /* nothing found is said by an item that is none */
    assert_int_equal(
        got_parse(&g, &source_jvndb, "list", list_url, NULL,
                  S(RDF "<item><title>該当する脆弱性対策情報はありません。</title></item>" STATUS(
                      "0", "0", "0") "</rdf:RDF>")),
        0);
    assert_int_equal(g.notice.n + g.bad.n + g.request.n, 0);
    got_release(&g);
    /* the server's refusal is an error with its words */
    assert_int_equal(got_parse(&g, &source_jvndb, "list", list_url, NULL,
                               S(RDF "<status:Status xmlns:status=\"s\" retCd=\"1\" errCd=\"E001\" "
                                     "errMsg=\"bad parameter\"/></rdf:RDF>")),
                     ERR_INPUT);
    assert_non_null(strstr(g.err.text, "bad parameter"));
    got_release(&g);
}

static void jvndb_without_cve(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc = S("<VULDEF-Document "
                       "xmlns=\"http://jvn.jp/vuldef/\"><Vulinfo><VulinfoID>JVNDB-2021-000009</"
                       "VulinfoID><VulinfoData><Title>t</Title><VulinfoDescription><Overview>行1\\n行2</"
                       "Overview></VulinfoDescription></VulinfoData></Vulinfo><Vulinfo/>"
                       "<Vulinfo><VulinfoID>JVNDB-2021-000010</VulinfoID><VulinfoData><Title>t</"
                       "Title><Related><RelatedItem type=\"advisory\"><Name>Common Vulnerabilities and "
                       "Exposures (CVE)</Name><VulinfoID>CVE-2021-0001</VulinfoID></RelatedItem><RelatedItem "
                       "type=\"advisory\"><Name>National Vulnerability Database "
                       "(NVD)</Name><VulinfoID>CVE-2021-0002</VulinfoID></RelatedItem><RelatedItem "
                       "type=\"cwe\"><VulinfoID>CWE-79</VulinfoID></RelatedItem><RelatedItem "
                       "type=\"cwe\"><VulinfoID>CWE-noinfo</VulinfoID></RelatedItem></Related></"
                       "VulinfoData></Vulinfo></VULDEF-Document>");
    assert_int_equal(got_parse(&g, &source_jvndb, "doc", "https://jvndb.jvn.jp/myjvn", NULL, doc), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.bad.n, 1);
    assert_int_equal(g.vulns, 3); /* one without a number, one for each of two numbers */
    assert_str(g.notice.p[0].text, "行1\n行2");
    got_release(&g);
}

/* ---- IPA ---- */

#define ATOM                                                                                                 \
    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:sec=\"https://jvn.jp/rss/mod_sec/3.0/\" "             \
    "xml:lang=\"ja\"><id>swid:ipa.go.jp+myjvn_alert+1.0.0</id>"

static void check_ipa(const struct got *g)
{
    assert_int_equal(g->notice.n, 1);
    const struct notice *n = &g->notice.p[0];
    assert_str(n->source, "ipa");
    assert_str(n->id, "ipa-1");
    assert_str(n->url, "https://www.ipa.go.jp/security/1.html");
    assert_str(n->title, "製品の脆弱性対策について");
    assert_true(has(n->text, "緊急"));
    assert_true(has(n->text, "概要です"));
    assert_true(has(n->text, "関連の題"));
    assert_str(n->cve[0], "CVE-2021-26855");
    assert_str(n->product[0].cpe, "cpe:/a:microsoft:exchange_server");
    assert_when(n->published, "2021-03-03T01:00:00Z");
    assert_when(n->updated, "2021-03-04T01:00:00Z");
}

static void ipa_forms(void **state)
{
    struct got g = {0};
    (void)state;
    struct str xml =
        S(ATOM "<entry><title>製品の脆弱性対策について</title><id>ipa-1</id><summary>概要です</summary><link "
               "href=\"https://www.ipa.go.jp/security/1.html\"/><published>2021-03-03T10:00:00+09:00</"
               "published><updated>2021-03-04T10:00:00</updated><category term=\"a\" label=\"緊急\"/>"
               "<sec:items><sec:item><sec:title>関連の題（CVE-2021-26855）</sec:title><sec:link "
               "href=\"https://x.example/\"/><sec:cpe>cpe:/a:microsoft:exchange_server</sec:cpe></sec:item></"
               "sec:items></entry>" STATUS("1", "1", "1") "</feed>");
    assert_int_equal(got_parse(&g, &source_ipa, "list",
                               "https://jvndb.jvn.jp/myjvn?method=getAlertList&startItem=1", NULL, xml),
                     0);
    check_ipa(&g);
    assert_int_equal(g.request.n, 0);
    got_release(&g);
    struct str json =
        S("{\"feed\":{\"id\":\"swid:ipa.go.jp+myjvn_alert+1.0.0\",\"entry\":[{\"title\":"
          "\"製品の脆弱性対策について\",\"id\":\"ipa-1\",\"summary\":\"概要です\",\"link\":\"https://"
          "www.ipa.go.jp/security/"
          "1.html\",\"category\":{\"term\":\"a\",\"label\":\"緊急\"},\"update\":\"2021-03-04T10:00:00+09:"
          "00\",\"published\":\"2021-03-03T10:00:00+09:00\","
          "\"sec:items\":[{\"sec:item\":{\"sec:title\":\"関連の題（CVE-2021-26855）\",\"sec:link\":\"https://"
          "x.example/\",\"sec:cpe\":[{\"value\":\"cpe:/"
          "a:microsoft:exchange_server\"}]}}]},{}],\"status:Status\":{\"retCd\":\"0\",\"totalRes\":\"1\"}}}");
    assert_int_equal(got_parse(&g, &source_ipa, "list", "https://jvndb.jvn.jp/myjvn?ft=json", NULL, json), 0);
    check_ipa(&g);
    assert_int_equal(g.bad.n, 1);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_ipa, "list", "https://jvndb.jvn.jp/myjvn", NULL,
                               S("{\"feed\":{\"status:Status\":{\"retCd\":\"1\",\"errMsg\":\"no\"}}}")),
                     ERR_INPUT);
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_ipa, "list", "https://jvndb.jvn.jp/myjvn", NULL,
                               S(ATOM "<entry><title>該当する情報はありません。</title></entry>" STATUS(
                                   "0", "0", "0") "</feed>")),
                     0);
    assert_int_equal(g.notice.n + g.bad.n, 0);
    got_release(&g);
}

static void ipa_plan(void **state)
{
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = WHEN_NONE, .url = str_of(source_ipa.default_url)};
    struct got g = got_plan(&source_ipa, &st);
    assert_int_equal(g.request.n, 2);
    assert_true(has(g.request.p[0].url, "method=getAlertList") &&
                has(g.request.p[0].url, "datePublished=2021"));
    assert_true(has(g.request.p[1].url, "datePublished=2020"));
    got_release(&g);
    st.last_ok = TEST_TIME - WHEN_DAY;
    g = got_plan(&source_ipa, &st);
    assert_int_equal(g.request.n, 1);
    got_release(&g);
}

static void not_the_document(void **state)
{
    static const char *const docs[] = {"", "  ", "<html><body>err</body></html>", RDF "<item>",
                                       "plain words"};
    static const struct source *const sources[] = {&source_jpcert, &source_jvn, &source_jvndb, &source_ipa};
    (void)state;
    for (size_t s = 0; s < ARRAY_LEN(sources); s++)
        for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
            struct got g = {0};
            assert_int_equal(
                got_parse(&g, sources[s], "list", "https://x.example/feed", NULL, str_of(docs[i])),
                ERR_INPUT);
            got_release(&g);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpcert_feed),       cmocka_unit_test(jpcert_old_items),
        cmocka_unit_test(jpcert_real_pages), cmocka_unit_test(jvn_feed),
        cmocka_unit_test(jvndb_real_detail), cmocka_unit_test(jvndb_real_rss),
        cmocka_unit_test(jvndb_api),         cmocka_unit_test(jvndb_without_cve),
        cmocka_unit_test(ipa_forms),         cmocka_unit_test(ipa_plan),
        cmocka_unit_test(not_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
