#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/html.h"

static void text_is(const char *html, const char *want)
{
    struct buf b = BUF_INIT(1 * MIB);
    html_text(str_of(html), &b);
    assert_string_equal(buf_cstr(&b), want);
    buf_release(&b);
}

static void text(void **state)
{
    (void)state;
    text_is("<p>one</p><p>two<br/>three</p>", "one\ntwo\nthree");
    text_is("  a \n\t b  ", "a b");
    text_is("a<br><br><br>b", "a\n\nb");
    text_is("<ul><li>x</li>\n<li>y</li></ul>", "x\ny");
    text_is("<b>bo</b>ld", "bold");
    text_is("<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a b\nc");
    text_is("a<script>if (a<b) '</p>'</script>b<style>p{}</style>c<!-- <p>no</p> -->d", "abcd");
    text_is("&lt;b&gt;&amp;amp; &nbsp; &#12354;&#x3042; &copy; &euro; &apos;", "<b>&amp; ああ © € '");
    text_is("1 < 2 & 3 > 2 &unknown; &#xZZ; <3", "1 < 2 & 3 > 2 &unknown; &#xZZ; <3");
    text_is("<a title=\"x>y\" href='z'>t</a>", "t");
    text_is("<pre>a\n  b</pre>", "a\nb");
    text_is("cut <a href=\"x", "cut <a href=\"x");
    text_is("<!DOCTYPE html><html><head><title>T</title></head><body>B</body></html>", "T\nB");
    text_is("x<!-- never closed", "x<!-- never closed");
    text_is("<SCRIPT>x", "");
    text_is("&#150;&#0;&#xD800;&#x110000;", "–\uFFFD\uFFFD\uFFFD");
    text_is("", "");
}

static void found(const char *html, const char *tag, const char *cls, const char *want)
{
    struct str s = html_find(str_of(html), tag, cls);
    struct buf b = BUF_INIT(4096);
    buf_add_str(&b, s);
    assert_string_equal(buf_cstr(&b), want);
    buf_release(&b);
}

static void find(void **state)
{
    (void)state;
    const char *h =
        "<div class=nav>n</div><!-- <div class='main'>c</div> --><div id=x class=\"a main b\">1<div>2</div>3"
        "</div><div>4</div>";
    found(h, "div", NULL, "n");
    found(h, "div", "main", "1<div>2</div>3");
    found(h, "DIV", "nav", "n");
    found(h, "div", "mai", "");
    found(h, "span", NULL, "");
    found("<p class='a'>x<p>y", "p", "a", "x<p>y");
    found("<p data-class='a'>x</p>", "p", "a", "");
    found("<title>t</title>", "title", NULL, "t");
}

static void escapes(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(4096);
    html_escape(STR_LIT("<a href=\"x\">'&'"), &b);
    assert_string_equal(buf_cstr(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    struct buf c = BUF_INIT(4096);
    html_unescape(buf_str(&b), &c);
    assert_string_equal(buf_cstr(&c), "<a href=\"x\">'&'");
    buf_clear(&c);
    html_unescape(STR_LIT("a & b &amp;lt; & &"), &c);
    assert_string_equal(buf_cstr(&c), "a & b &lt; & &");
    buf_release(&b);
    buf_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(find),
                                       cmocka_unit_test(escapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
