/* The call tree: order, what is affected, circles, who is not reached, the printed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "contain/call_tree.h"

static struct contact_channel phone = {.kind = CHANNEL_PHONE, .address = {"03-1", 4}};
static struct contact_channel mail = {.kind = CHANNEL_MAIL, .address = {"a@x", 3}};

static struct contact person(int64_t id, const char *name, int order, int64_t by, struct contact_channel *ch, size_t n)
{
    return (struct contact){.id = id, .name = str_of(name), .call_order = order, .called_by = by, .channel = ch, .channel_n = n, .checked = WHEN_NONE};
}

static const char *order_of(const struct call_tree *t)
{
    static char text[400];
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 0; i < t->n; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u:%.*s", i ? " " : "", t->line[i].depth, STR_ARG(t->line[i].c->name));
    return text;
}

static void channels(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct contact_channel v[] = {{.kind = CHANNEL_MAIL, .address = STR_LIT("a@x"), .needs = STR_LIT("mail")},
                                  {.kind = CHANNEL_CHAT, .address = STR_LIT("#bcp"), .needs = STR_LIT("S-015 S-016")},
                                  {.kind = CHANNEL_PHONE, .address = STR_LIT("03-1")},
                                  {.kind = CHANNEL_MAIL, .address = STR_LIT("b@y")}}; /* mail needs mail though nobody said so */
    struct contact c = person(1, "a", 1, 0, v, 4);
    struct call_channel *ch;
    struct outage none = {0};
    assert_int_equal(call_tree_channels(&c, &none, &a, &ch), 4);
    assert_ptr_equal(ch[0].c, &v[0]); /* their own order when all is well */
    struct str down[] = {STR_LIT("S-016"), STR_LIT("S-999")};
    struct outage o = {.mail = true, .asset = down, .asset_n = 2};
    assert_int_equal(call_tree_channels(&c, &o, &a, &ch), 1);
    assert_ptr_equal(ch[0].c, &v[2]);
    assert_ptr_equal(ch[1].c, &v[0]);
    assert_true(str_is(ch[1].needs, "mail"));
    assert_true(str_is(ch[2].needs, "S-016"));
    assert_true(str_is(ch[3].needs, "mail"));
    assert_true(str_is(call_tree_channel_text(&ch[1], &a), "mail a@x (needs mail, which is affected)"));
    assert_true(str_is(call_tree_channel_text(&ch[0], &a), "phone 03-1"));
    down[0] = STR_LIT("S-01"); /* a key is a whole word */
    o.mail = false;
    assert_int_equal(call_tree_channels(&c, &o, &a, &ch), 4);
    arena_release(&a);
}

static void tree(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct outage none = {0};
    struct call_tree t;
    /* d and e call each other; f hangs below them; g is not in the tree; h's caller is gone, i's is not in the tree. */
    struct contact c[] = {person(1, "b2", 2, 5, &phone, 1), person(2, "d", 1, 3, &phone, 1), person(3, "e", 1, 2, &phone, 1),
                          person(4, "f", 1, 3, &phone, 1),  person(5, "a", 1, 0, &phone, 1), person(6, "b1", 1, 5, &phone, 1),
                          person(7, "g", 0, 0, &phone, 1),  person(8, "h", 1, 99, &phone, 1), person(9, "c", 1, 6, &phone, 1),
                          person(10, "i", 3, 7, &phone, 1)};
    call_tree_build(c, ARRAY_LEN(c), &none, &a, &t);
    assert_string_equal(order_of(&t), "0:a 1:b1 2:c 1:b2 0:h 0:i");
    assert_false(t.line[0].orphan);
    assert_true(t.line[4].orphan && t.line[5].orphan);
    assert_int_equal(t.line[0].calls, 2);
    assert_int_equal(t.circle_n, 3);
    call_tree_build(c, 0, &none, &a, &t);
    assert_int_equal(t.n + t.circle_n, 0);
    arena_release(&a);
}

static void reach(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct outage o = {.mail = true};
    struct call_tree t;
    struct contact c[] = {person(1, "a", 1, 0, &mail, 1), person(2, "b", 1, 1, &mail, 1), person(3, "c", 0, 0, &phone, 1), person(4, "d", 2, 1, NULL, 0)};
    c[1].substitute = 3; /* not in the tree itself */
    c[3].substitute = 1; /* who cannot be reached either */
    call_tree_build(c, 4, &o, &a, &t);
    assert_string_equal(order_of(&t), "0:a 1:b 1:d");
    assert_false(t.line[0].reached);
    assert_true(t.line[1].reached);
    assert_int_equal(t.line[1].works, 0);
    assert_false(t.line[2].reached);
    o.mail = false;
    call_tree_build(c, 4, &o, &a, &t);
    assert_true(t.line[0].reached && t.line[1].reached && t.line[2].reached);
    arena_release(&a);
}

/* Thousands in a row: no recursion, no quadratic walk. */
static void deep(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct outage none = {0};
    struct call_tree t;
    size_t n = LIMIT_CONTACTS;
    struct contact *c = arena_array(&a, struct contact, n);
    for (size_t i = 0; i < n; i++)
        c[i] = person((int64_t)i + 1, "x", 1, (int64_t)i, &phone, 1);
    call_tree_build(c, n, &none, &a, &t);
    assert_int_equal(t.n, n);
    assert_int_equal(t.line[n - 1].depth, n - 1);
    arena_release(&a);
}

static void overdue(void **unused)
{
    (void)unused;
    struct contact c = person(1, "a", 1, 0, &phone, 1);
    when_t now = 1000 * WHEN_DAY;
    assert_true(call_tree_overdue(&c, 180, now)); /* never checked */
    c.checked = now - 180 * WHEN_DAY;
    assert_false(call_tree_overdue(&c, 180, now));
    c.checked -= 1;
    assert_true(call_tree_overdue(&c, 180, now));
}

/* Whatever people are called, the page stays one page. */
static void html(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct buf b = BUF_INIT(MIB);
    struct outage o = {.mail = true};
    struct call_tree t;
    struct contact c[] = {person(1, "<script>alert(1)</script>", 1, 0, &mail, 1), person(2, "b\"'&", 1, 1, &phone, 1)};
    c[0].role = STR_LIT("</td><td>");
    call_tree_build(c, 2, &o, &a, &t);
    call_tree_html(&t, STR_LIT("<b>mail</b>"), 1614740400 * WHEN_SEC, ZONE_JST, 180, &b);
    struct str s = buf_str(&b);
    assert_int_equal(str_find_i(s, STR_LIT("<script")), STR_NONE);
    assert_int_equal(str_find(s, STR_LIT("<b>mail")), STR_NONE);
    assert_int_not_equal(str_find(s, STR_LIT("b&quot;&#39;&amp;")), STR_NONE);
    assert_int_not_equal(str_find(s, STR_LIT("@page{size:A4")), STR_NONE);
    assert_int_not_equal(str_find(s, STR_LIT("2021-03-03 12:00")), STR_NONE);
    assert_int_equal(str_find(s, STR_LIT("http")), STR_NONE); /* nothing is loaded from elsewhere */
    assert_int_not_equal(str_find(s, STR_LIT("whoever calls takes over this list")), STR_NONE);
    buf_release(&b);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(channels), cmocka_unit_test(tree),    cmocka_unit_test(reach),
                                       cmocka_unit_test(deep),     cmocka_unit_test(overdue), cmocka_unit_test(html)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
