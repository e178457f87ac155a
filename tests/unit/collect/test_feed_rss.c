/* RSS of every age, Atom, CISA, the MSRC blog, X; and the helpers all feeds share. */
#include "feed_test.h"

#include "collect/feed.h"

extern const struct source source_rss, source_cisa, source_msrc_blog, source_x;

static void cves(struct str text, const char *expected)
{
    struct arena a = {0};
    struct str *out;
    size_t n;
    char got[1000] = "";
    feed_cves_in_text(&a, text, &out, &n);
    for (size_t i = 0; i < n; i++)
        snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s", i ? " " : "", STR_ARG(out[i]));
    assert_string_equal(got, expected);
    arena_release(&a);
}

static void cve_numbers(void **state)
{
    (void)state;
    cves(S(""), "");
    cves(S("CVE-2021-26855"), "CVE-2021-26855");
    cves(S("（cve-2021-26855、CVE-2021-27065,CVE-2021-26855）"), "CVE-2021-26855 CVE-2021-27065");
    cves(S("ＣＶＥ－２０２１－２６８５５"), "CVE-2021-26855");
    cves(S("CVE\xE2\x80\x90"
           "2021\xE2\x80\x91"
           "26855 CVE\xE2\x80\x93"
           "2021\xE2\x88\x92"
           "0002"),
         "CVE-2021-26855 CVE-2021-0002");
    cves(S("脆弱性CVE-2021-0001に"), "CVE-2021-0001");
    cves(S("xCVE-2021-0001 CVE-2021-123 CVE-21-0001 CVE-3021-0001 CVE-2021_0001 CVE-2021-"), "");
    cves(S("CVE-2021-1234567890123456789"), "CVE-2021-1234567890123456789");
    cves(S("CVE-2021-12345678901234567890"), "");
    cves(S("CVE-2021-0001.html?x=CVE-2021-0002&\xEF\xBC"), "CVE-2021-0001 CVE-2021-0002");
    struct arena a = {0};
    assert_str(feed_cve(&a, S(" cve-2021-0001 ")), "CVE-2021-0001");
    assert_str(feed_cve(&a, S("CVE-2021-0001-M")), "");
    assert_str(feed_cve(&a, S("")), "");
    arena_release(&a);
}

/* A long list switches to a map; the order and the absence of doubles stay. */
static void many_numbers(void **state)
{
    struct arena a = {0};
    struct buf b = BUF_INIT(1 * MIB);
    struct str *out;
    size_t n;
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 500; i++)
            buf_printf(&b, "CVE-2020-%05d ", i);
    feed_cves_in_text(&a, buf_str(&b), &out, &n);
    assert_int_equal(n, 500);
    assert_str(out[0], "CVE-2020-00000");
    assert_str(out[499], "CVE-2020-00499");
    buf_release(&b);
    arena_release(&a);
}

static void urls(void **state)
{
    struct arena a = {0};
    (void)state;
    struct str base = S("https://x.example/a/b.xml?q=/1");
    assert_str(feed_url_join(&a, base, S("https://y.example/z")), "https://y.example/z");
    assert_str(feed_url_join(&a, base, S("//y.example/z")), "https://y.example/z");
    assert_str(feed_url_join(&a, base, S("/z?u=1:2")), "https://x.example/z?u=1:2");
    assert_str(feed_url_join(&a, base, S("c.html")), "https://x.example/a/c.html");
    assert_str(feed_url_join(&a, S("https://x.example"), S("c.html")), "https://x.example/c.html");
    assert_str(feed_url_escape(&a, S("a b+c/日")), "a%20b%2Bc%2F%E6%97%A5");
    arena_release(&a);
}

static void page_context(void **state)
{
    struct arena a = {0};
    (void)state;
    struct notice n = {.id = S("id\x1f"
                               "1"),
                       .url = S("https://x.example/"),
                       .title = S("t\nt"),
                       .text = S("多い"),
                       .published = WHEN_NONE,
                       .updated = TEST_TIME},
                  m = {0};
    feed_page_recall(&a, feed_page_context(&a, &n), &m);
    assert_str(m.id, "id 1");
    assert_str(m.url, "https://x.example/");
    assert_str(m.title, "t\nt");
    assert_str(m.text, "多い");
    assert_true(m.published == WHEN_NONE && m.updated == TEST_TIME);
    feed_page_recall(&a, S(""), &m);
    assert_str(m.id, "");
    assert_true(m.published == WHEN_NONE);
    arena_release(&a);
}

/* ---- forms of feeds ---- */

static void one(struct str doc, const char *id, const char *link, const char *title, const char *text,
                const char *published)
{
    struct got g = {0};
    assert_int_equal(got_parse(&g, &source_rss, "list", "https://x.example/feed/", NULL, doc), 0);
    assert_int_equal(g.notice.n, 1);
    assert_str(g.notice.p[0].id, id);
    assert_str(g.notice.p[0].url, link);
    assert_str(g.notice.p[0].title, title);
    assert_str(g.notice.p[0].text, text);
    assert_when(g.notice.p[0].published, published);
    got_release(&g);
}

static void forms(void **state)
{
    (void)state;
    one(S("<rss "
          "version=\"0.91\"><channel><title>c</title><item><title>T</title><link>/a</link><description>D "
          "&amp; E</description></item></channel></rss>"),
        "https://x.example/a", "https://x.example/a", "T", "D & E", "");
    one(S("<rdf:RDF xmlns:rdf=\"r\" "
          "xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><channel><title>c</title></"
          "channel><item><title>T</title><link>https://y.example/</link></item></rdf:RDF>"),
        "https://y.example/", "https://y.example/", "T", "", "");
    one(S("<rss version=\"2.0\" xmlns:content=\"c\"><channel><item><guid "
          "isPermaLink=\"false\">g-1</guid><title>A &lt;b&gt;bold&lt;/b&gt; "
          "T</title><link>https://y.example/1</link><description>short</"
          "description><content:encoded><![CDATA[<p>long text</p><p>second &amp; "
          "last</p>]]></content:encoded><pubDate>Tue, 02 Mar 21 19:00:00 "
          "EST</pubDate></item></channel></rss>"),
        "g-1", "https://y.example/1", "A bold T", "long text\nsecond & last", "2021-03-03T00:00:00Z");
    one(S("<rss version=\"2.0\"><channel><item><guid>https://y.example/p</guid><description>words & "
          "more</description></item></channel></rss>"),
        "https://y.example/p", "https://y.example/p", "", "words & more", "");
    one(S("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en-US\"><entry><id>urn:1</id><title "
          "type=\"html\">T</title><link rel=\"self\" href=\"https://y.example/self\"/><link "
          "href=\"https://y.example/1\"/><summary>S</summary><content type=\"xhtml\"><div "
          "xmlns=\"http://www.w3.org/1999/xhtml\">Body <b>text</b> "
          "here</div></content><updated>2021-03-02T19:00:00Z</updated></entry></feed>"),
        "urn:1", "https://y.example/1", "T", "Body text here", "2021-03-02T19:00:00Z");
}

static void encodings(void **state)
{
    (void)state;
    /* Shift_JIS: 日本 = 93 FA 96 7B */
    one(S("<?xml version=\"1.0\" "
          "encoding=\"Shift_JIS\"?><rss><channel><item><title>\x93\xFA\x96\x7B</title><link>https://"
          "y.example/</link></item></channel></rss>"),
        "https://y.example/", "https://y.example/", "日本", "", "");
    /* a BOM before the declaration, an undefined entity, a bare ampersand in an address */
    one(S("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss><channel><item><title>caf&eacute; "
          "R&D</title><link>https://y.example/?a=1&b=2</link></item></channel></rss>"),
        "https://y.example/?a=1&b=2", "https://y.example/?a=1&b=2", "café R&D", "", "");
}

static void rss_not_the_document(void **state)
{
    static const char *const docs[] = {"", "<html><body/></html>", "{\"json\":1}", "<rss><channel><item>"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        struct got g = {0};
        assert_int_equal(got_parse(&g, &source_rss, "list", "https://x.example/", NULL, str_of(docs[i])),
                         ERR_INPUT);
        got_release(&g);
    }
    /* entities that would grow without end are refused, not followed */
    struct got g = {0};
    int rc = got_parse(&g, &source_rss, "list", "https://x.example/", NULL,
                       S("<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaa\"><!ENTITY b "
                         "\"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY x SYSTEM "
                         "\"file:///etc/passwd\">]><rss><channel><item><title>&b;&x;</title><link>https://"
                         "y.example/</link></item></channel></rss>"));
    for (size_t i = 0; rc == 0 && i < g.notice.n; i++)
        assert_false(has(g.notice.p[i].title, "root:"));
    got_release(&g);
}

static void cisa(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc =
        S("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" "
          "xml:base=\"https://www.cisa.gov/\"><channel><title>All CISA "
          "Advisories</title><link>https://www.cisa.gov/</link>"
          "<item><title>Mitigate Microsoft Exchange Server "
          "Vulnerabilities</title><link>https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a</"
          "link><description>&lt;p&gt;&lt;strong&gt;CISA&lt;/strong&gt; partners have observed active "
          "exploitation of CVE-2021-26855.&lt;/p&gt;</description><pubDate>Wed, 03 Mar 21 12:00:00 "
          "EST</pubDate><guid isPermaLink=\"false\">/node/1</guid></item>"
          "<item><title>Vendor Product "
          "ICSA-21-062-01</title><link>https://www.cisa.gov/news-events/ics-advisories/x</"
          "link><description>d</description></item>"
          "<item><title>ED 21-02 for "
          "Exchange</title><link>https://www.cisa.gov/news-events/directives/ed-21-02</link></item></"
          "channel></rss>");
    assert_int_equal(got_parse(&g, &source_cisa, "list", source_cisa.default_url, "", doc), 0);
    assert_int_equal(g.notice.n, 3);
    assert_str(g.notice.p[0].id, "AA21-062A");
    assert_str(g.notice.p[0].text, "CISA partners have observed active exploitation of CVE-2021-26855.");
    assert_str(g.notice.p[0].cve[0], "CVE-2021-26855");
    assert_when(g.notice.p[0].published, "2021-03-03T17:00:00Z");
    assert_str(g.notice.p[1].id, "ICSA-21-062-01");
    assert_str(g.notice.p[2].id, "https://www.cisa.gov/news-events/directives/ed-21-02");
    assert_int_equal(g.request.n, 3);
    assert_true(g.request.p[0].optional);
    char context[2000];
    snprintf(context, sizeof(context), "%.*s", STR_ARG(g.request.p[0].context));
    assert_int_equal(got_parse(&g, &source_cisa, "page",
                               "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a", context,
                               S("<html><body><header>menu</header><main><h1>Mitigate</h1><p>Also "
                                 "CVE-2021-27065.</p><script>CVE-1999-0001</script></main></body></html>")),
                     0);
    const struct notice *n = &g.notice.p[3];
    assert_str(n->id, "AA21-062A");
    assert_true(n->complete);
    assert_int_equal(n->cve_n, 2);
    assert_when(n->published, "2021-03-03T17:00:00Z");
    assert_false(has(n->text, "menu"));
    got_release(&g);
}

static void blog(void **state)
{
    struct got g = {0};
    (void)state;
    struct str doc =
        S("<rss version=\"2.0\"><channel><link>https://msrc.microsoft.com/blog/</link><item><title>Multiple "
          "Security Updates Released for Exchange "
          "Server</title><link>https://msrc.microsoft.com/blog/2021/03/x/</link><description>Today we are "
          "releasing updates.</description><pubDate>Tue, 02 Mar 2021 21:00:00 "
          "+0000</pubDate></item></channel></rss>");
    assert_true(source_msrc_blog.sniff(doc, "feed.xml"));
    assert_false(source_cisa.sniff(doc, "feed.xml"));
    assert_int_equal(got_parse(&g, &source_msrc_blog, "list", source_msrc_blog.default_url, NULL, doc), 0);
    assert_int_equal(g.notice.n, 1);
    assert_str(g.notice.p[0].source, "msrc_blog");
    assert_str(g.notice.p[0].lang, "en");
    got_release(&g);
}

/* ---- X ---- */

static void x_visit(void **state)
{
    (void)state;
    struct feed_state st = {.now = TEST_TIME, .last_ok = WHEN_NONE, .url = str_of(source_x.default_url)};
    struct got g = got_plan(&source_x, &st);
    assert_int_equal(g.err.code, ERR_USAGE); /* no token */
    assert_true(source_x.needs_key);
    got_release(&g);
    st.have_key = true;
    g = got_plan(&source_x, &st);
    assert_int_equal(g.request.n, 1);
    assert_str(g.request.p[0].url, "https://api.x.com/2/users/by/username/eurekaberry");
    char context[400];
    snprintf(context, sizeof(context), "%.*s", STR_ARG(g.request.p[0].context));
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_x, "user", "https://api.x.com/2/users/by/username/eurekaberry",
                               context,
                               S("{\"data\":{\"id\":\"42\",\"name\":\"n\",\"username\":\"eurekaberry\"}}")),
                     0);
    assert_int_equal(g.request.n, 1);
    assert_true(str_starts(g.request.p[0].url, "https://api.x.com/2/users/42/tweets?max_results=100"));
    assert_false(has(g.request.p[0].url, "since_id"));
    char posts[1000];
    snprintf(posts, sizeof(posts), "%.*s", STR_ARG(g.request.p[0].url));
    snprintf(context, sizeof(context), "%.*s", STR_ARG(g.request.p[0].context));
    got_release(&g);
    struct str doc = S(
        "{\"data\":[{\"id\":\"102\",\"text\":\"cut…\",\"note_tweet\":{\"text\":\"Exchange &amp; more: "
        "CVE-2021-26855 を悪用 "
        "https://t.co/a\\n2行目\",\"entities\":{\"urls\":[{\"url\":\"https://t.co/"
        "a\",\"expanded_url\":\"https://aka.ms/"
        "exchange\"}]}},\"created_at\":\"2021-03-02T22:00:00.000Z\",\"lang\":\"ja\"},{\"id\":7},{\"id\":"
        "\"101\",\"text\":\"older\",\"created_at\":\"2021-03-01T00:00:00.000Z\",\"lang\":\"und\"}],\"meta\":{"
        "\"newest_id\":\"102\",\"oldest_id\":\"101\",\"result_count\":3,\"next_token\":\"tok/1\"}}");
    assert_true(source_x.sniff(doc, "posts.json"));
    assert_int_equal(got_parse(&g, &source_x, "list", posts, context, doc), 0);
    assert_int_equal(g.notice.n, 2);
    assert_int_equal(g.bad.n, 1);
    const struct notice *n = &g.notice.p[0];
    assert_str(n->text, "Exchange & more: CVE-2021-26855 を悪用 https://aka.ms/exchange\n2行目");
    assert_str(n->title, "Exchange & more: CVE-2021-26855 を悪用 https://aka.ms/exchange");
    assert_str(n->url, "https://x.com/eurekaberry/status/102");
    assert_str(n->lang, "ja");
    assert_str(n->cve[0], "CVE-2021-26855");
    assert_when(n->published, "2021-03-02T22:00:00Z");
    assert_int_equal(g.request.n, 1);
    assert_true(has(g.request.p[0].url, "pagination_token=tok%2F1"));
    assert_true(has(g.cursor, "\"since\":\"102\""));
    char cursor[400];
    snprintf(cursor, sizeof(cursor), "%.*s", STR_ARG(g.cursor));
    /* a later page does not move the cursor back */
    assert_int_equal(got_parse(&g, &source_x, "more", posts, context,
                               S("{\"data\":[{\"id\":\"90\",\"text\":\"t\"}],\"meta\":{\"newest_id\":\"90\","
                                 "\"result_count\":1}}")),
                     0);
    assert_str(g.cursor, cursor);
    got_release(&g);
    st.cursor = str_of(cursor);
    g = got_plan(&source_x, &st);
    assert_true(has(g.request.p[0].url, "/users/42/tweets?") && has(g.request.p[0].url, "&since_id=102"));
    got_release(&g);
    st.account = S("other"); /* another account: looked up anew */
    g = got_plan(&source_x, &st);
    assert_true(has(g.request.p[0].url, "/users/by/username/other"));
    got_release(&g);
}

static void x_errors(void **state)
{
    static const char *const docs[] = {"",
                                       "<html/>",
                                       "{\"errors\":[{\"detail\":\"Unauthorized\"}]}",
                                       "{\"title\":\"Too Many\",\"detail\":\"Too Many Requests\"}",
                                       "[]",
                                       "{\"data\":"};
    struct got g = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
        assert_int_equal(
            got_parse(&g, &source_x, "list", "https://api.x.com/2/users/1/tweets", "{}", str_of(docs[i])),
            ERR_INPUT);
        got_release(&g);
    }
    assert_int_equal(got_parse(&g, &source_x, "user", "https://api.x.com/2/users/by/username/q", "{}",
                               S("{\"errors\":[{\"detail\":\"Could not find user\"}]}")),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(g.err.text, "Could not find user"));
    got_release(&g);
    assert_int_equal(got_parse(&g, &source_x, "list", "https://api.x.com/2/users/1/tweets",
                               "{\"user\":\"1\",\"since\":\"5\"}", S("{\"meta\":{\"result_count\":0}}")),
                     0);
    assert_true(has(g.cursor, "\"since\":\"5\"")); /* nothing new: the cursor stays */
    got_release(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cve_numbers),
        cmocka_unit_test(many_numbers),
        cmocka_unit_test(urls),
        cmocka_unit_test(page_context),
        cmocka_unit_test(forms),
        cmocka_unit_test(encodings),
        cmocka_unit_test(rss_not_the_document),
        cmocka_unit_test(cisa),
        cmocka_unit_test(blog),
        cmocka_unit_test(x_visit),
        cmocka_unit_test(x_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
