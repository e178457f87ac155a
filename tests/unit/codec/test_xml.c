#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/xml.h"

static struct arena arena;

static struct xml *ok(struct str s, unsigned flags)
{
    struct err e = {0};
    struct xml *x = xml_parse(&arena, s, NULL, flags, &e);
    if (!x)
        fail_msg("%s", e.text);
    return x;
}

static void no(struct str s, unsigned flags, int code)
{
    struct err e = {0};
    assert_null(xml_parse(&arena, s, NULL, flags, &e));
    assert_int_equal(e.code, code);
    assert_true(e.text[0]);
}

static void is(struct str s, const char *want)
{
    assert_string_equal(arena_strdup(&arena, arena_str(&arena, s).p), want);
}

static void the_tree(void **state)
{
    (void)state;
    struct xml *x = ok(STR_LIT("<?xml version='1.0'?>\n<!-- c --><r xmlns='urn:a' xmlns:b='urn:b'>\n"
                               "<b:i k='1' b:m='2'> one &amp;<![CDATA[ <two> ]]></b:i><i/>t<i>3</i>u</r>"),
                       0);
    is(x->name, "r");
    is(x->ns, "urn:a");
    assert_int_equal(x->line, 2);
    struct xml *i = xml_child(x, "i");
    is(i->ns, "urn:b");
    is(xml_attr(i, "k"), "1");
    is(xml_attr(i, "m"), "2");
    is(xml_attr(i, "none"), "");
    is(xml_text(x, "i"), "one & <two>");
    assert_int_equal(i->line, 3);
    i = xml_next(i, "i");
    is(i->text, "");
    is(xml_next(i, "i")->text, "3");
    assert_ptr_equal(i->parent, x);
    assert_null(xml_next(xml_next(i, "i"), "i"));
    is(xml_deep_text(&arena, x), "one & <two> t3u");
}

static void deep_text_keeps_the_order(void **state)
{
    (void)state;
    is(xml_deep_text(&arena, ok(STR_LIT("<p>a<b>c<i>d</i>e</b>f<b/>g</p>"), 0)), "acdefg");
}

static void null_is_accepted(void **state)
{
    (void)state;
    assert_null(xml_child(NULL, "a"));
    assert_null(xml_next(NULL, "a"));
    is(xml_text(NULL, "a"), "");
    is(xml_attr(NULL, "a"), "");
    is(xml_deep_text(&arena, NULL), "");
}

static void charsets(void **state)
{
    (void)state;
    /* 0x8740 is not in Shift_JIS proper, but in what is called so */
    is(ok(STR_LIT("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x87\x40\x8A\xC7</a>"), 0)->text, "①管");
    is(ok(STR_LIT("<?xml version='1.0' encoding='EUC-JP'?><a>\xAD\xA1\xB4\xC9</a>"), 0)->text, "①管");
    is(ok(STR_LIT("\xEF\xBB\xBF<?xml version='1.0' encoding='Shift_JIS'?><a>管</a>"), 0)->text, "管");
    is(ok(STR_LIT("\xFF\xFE<\0a\0>\0\xA1\x7B<\0/\0a\0>\0"), 0)->text, "管");
    /* .NET writes this declaration into strings that are then stored as UTF-8 */
    is(ok(STR_LIT("<?xml version='1.0' encoding='utf-16'?><a>管</a>"), 0)->text, "管");
    struct err e = {0};
    struct xml *x = xml_parse(&arena, STR_LIT("<?xml version='1.0' encoding='utf-8'?><a>\x8A\xC7</a>"),
                              "shift_jis", 0, &e);
    assert_non_null(x);
    is(x->text, "管");
    no(STR_LIT("<a>\x8A\xC7</a>"), 0, ERR_INPUT);
    no(STR_LIT("<?xml version='1.0' encoding='klingon'?><a/>"), 0, ERR_INPUT);
    no(STR_LIT("<?xml version='1.0' encoding='Shift_JIS'?><a>\x85\x40</a>"), 0, ERR_INPUT);
}

static void lenient(void **state)
{
    (void)state;
    no(STR_LIT("<a>AT&T</a>"), 0, ERR_INPUT);
    no(STR_LIT("<a>x&nbsp;y</a>"), 0, ERR_INPUT);
    is(ok(STR_LIT("<a>AT&T &nbsp;&copy; &lt;b&gt; &#x3042;&foo; a&b=1</a>"), XML_LENIENT)->text,
       "AT&T \u00A0© <b> あ&foo; a&b=1");
    is(xml_attr(ok(STR_LIT("<a href='?a=1&b=2&quot;'/>"), XML_LENIENT), "href"), "?a=1&b=2\"");
    is(ok(STR_LIT("<a><![CDATA[x & y &nbsp;]]></a>"), XML_LENIENT)->text, "x & y &nbsp;");
    is(ok(STR_LIT("\r\n <?xml version='1.0'?><a>x\x0By\0z&#0;</a>"), XML_LENIENT)->text,
       "x\uFFFDy\uFFFDz\uFFFD");
    is(ok(STR_LIT("<dc:a><q:b dc:k='1'/></dc:a>"), XML_LENIENT)->name, "a");
    is(ok(STR_LIT("<?xml version='1.0' encoding='UTF-8'?><a>x\xFFy</a>"), XML_LENIENT)->text, "x\uFFFDy");
    no(STR_LIT("<a><b></a>"), XML_LENIENT, ERR_INPUT);
}

static void entities_are_harmless(void **state)
{
    (void)state;
    /* external: not read, and not an error */
    is(ok(STR_LIT("<!DOCTYPE a SYSTEM 'http://192.0.2.1/x.dtd' [<!ENTITY p SYSTEM "
                  "'file:///etc/passwd'>]><a>x&p;y</a>"),
          0)
           ->text,
       "xy");
    struct buf b = BUF_INIT(1 * MIB);
    buf_adds(&b, "<!DOCTYPE a [<!ENTITY l0 '0123456789'>");
    for (int i = 1; i < 12; i++) {
        buf_printf(&b, "<!ENTITY l%d '", i);
        for (int k = 0; k < 10; k++)
            buf_printf(&b, "&l%d;", i - 1);
        buf_adds(&b, "'>");
    }
    buf_adds(&b, "]><a>&l11;</a>");
    no(buf_str(&b), 0, ERR_INPUT);
    buf_release(&b);
}

static void limits(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(40 * MIB);
    for (int i = 0; i < LIMIT_XML_DEPTH; i++)
        buf_adds(&b, "<a>");
    for (int i = 0; i < LIMIT_XML_DEPTH; i++)
        buf_adds(&b, "</a>");
    ok(buf_str(&b), 0);
    buf_clear(&b);
    for (int i = 0; i <= LIMIT_XML_DEPTH; i++)
        buf_adds(&b, "<a>");
    no(buf_str(&b), 0, ERR_LIMIT);
    buf_clear(&b);
    buf_adds(&b, "<a>");
    while (b.n < LIMIT_XML_TEXT + 100)
        buf_adds(&b, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    buf_adds(&b, "</a>");
    no(buf_str(&b), 0, ERR_LIMIT);
    buf_release(&b);
}

static void broken(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "<",
                                      "<a",
                                      "<a>",
                                      "<a/><b/>",
                                      "text",
                                      "<a b=c/>",
                                      "<a></b>",
                                      "<html><br></html>",
                                      "{\"json\":1}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        no(str_of(bad[i]), 0, ERR_INPUT);
        no(str_of(bad[i]), XML_LENIENT, ERR_INPUT);
    }
}

static int setup(void **state)
{
    (void)state;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree),         cmocka_unit_test(deep_text_keeps_the_order),
        cmocka_unit_test(null_is_accepted), cmocka_unit_test(charsets),
        cmocka_unit_test(lenient),          cmocka_unit_test(entities_are_harmless),
        cmocka_unit_test(limits),           cmocka_unit_test(broken),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
