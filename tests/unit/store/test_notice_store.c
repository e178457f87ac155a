/* Notices with every revision. */
#include "store_test.h"

#include "store/notice_store.h"

static struct notice a_notice(const char *id, const char *text)
{
    return (struct notice){.source = STR_LIT("jpcert"),
                           .id = str_of(id),
                           .url = STR_LIT("https://www.jpcert.or.jp/at/2021/at210012.html"),
                           .title = STR_LIT("Microsoft Exchange Server の脆弱性に関する注意喚起"),
                           .text = str_of(text),
                           .lang = STR_LIT("ja"),
                           .published = DAY(2),
                           .updated = WHEN_NONE,
                           .complete = true};
}

static int64_t put(struct store_test *t, const struct notice *n, when_t known)
{
    int64_t rev = -1;
    assert_ok(notice_store_put(t->db, n, known, DAY(30), STR_LIT("aa"), &rev, &t->e), t);
    return rev;
}

static size_t list(struct store_test *t, when_t since, when_t as_of, struct notice_rev **out)
{
    size_t n;
    assert_ok(notice_store_list(t->db, since, as_of, 100, &t->a, out, &n, &t->e), t);
    return n;
}

static void every_field(void **state)
{
    struct store_test *t = *state;
    struct str cve[] = {STR_LIT("CVE-2021-26855"), STR_LIT("CVE-2021-27065")};
    struct notice_product product[] = {{STR_LIT("日本 \"Vendor\""), STR_LIT("Exchange\\Server"),
                                        STR_LIT("2016 CU19"), STR_LIT("cpe:/a:x:y")},
                                       {STR_LIT(""), STR_LIT("p2"), STR_LIT(""), STR_LIT("")}};
    struct notice n = a_notice("JPCERT-AT-2021-0012", "第一\n第二\n");
    struct notice_rev *r;
    size_t count;
    int64_t id;
    n.cve = cve;
    n.cve_n = 2;
    n.product = product;
    n.product_n = 2;
    n.updated = DAY(3);
    int64_t rev = put(t, &n, DAY(3));
    assert_true(rev > 0);
    assert_ok(notice_store_find(t->db, n.id, &id, &t->e), t);
    assert_ok(notice_store_get(t->db, id, &t->a, &r, &count, &t->e), t);
    assert_int_equal(count, 1);
    assert_int_equal(r->rev, rev);
    assert_text(r->n.source, "jpcert");
    assert_text(r->n.id, "JPCERT-AT-2021-0012");
    assert_text(r->n.text, "第一\n第二\n");
    assert_text(r->n.title, "Microsoft Exchange Server の脆弱性に関する注意喚起");
    assert_text(r->n.lang, "ja");
    assert_text(r->sha256, "aa");
    assert_true(r->n.published == DAY(2) && r->n.updated == DAY(3) && r->known == DAY(3) &&
                r->heard == DAY(30) && r->n.complete);
    assert_int_equal(r->n.cve_n, 2);
    assert_text(r->n.cve[1], "CVE-2021-27065");
    assert_int_equal(r->n.product_n, 2);
    assert_text(r->n.product[0].vendor, "日本 \"Vendor\"");
    assert_text(r->n.product[0].product, "Exchange\\Server");
    assert_text(r->n.product[0].version, "2016 CU19");
    assert_text(r->n.product[1].product, "p2");
    struct notice_rev one;
    assert_ok(notice_store_get_rev(t->db, rev, &t->a, &one, &t->e), t);
    assert_text(one.n.text, "第一\n第二\n");
    assert_int_equal(notice_store_get_rev(t->db, rev + 99, &t->a, &one, &t->e), ERR_NOT_FOUND);
    assert_int_equal(notice_store_get(t->db, id + 99, &t->a, &r, &count, &t->e), ERR_NOT_FOUND);
    assert_non_null(strstr(t->e.text, "N-"));
    err_clear(&t->e);
    assert_int_equal(notice_store_find(t->db, STR_LIT("nothing"), &id, &t->e), ERR_NOT_FOUND);
}

/* The same words again are no revision; other words are; both stay. */
static void revisions(void **state)
{
    struct store_test *t = *state;
    struct notice n = a_notice("A", "first");
    struct notice_rev *r;
    size_t count;
    int64_t id, one = put(t, &n, DAY(2));
    assert_true(one > 0);
    assert_int_equal(put(t, &n, DAY(2)), 0);
    assert_int_equal(put(t, &n, DAY(5)), 0);
    n.text = STR_LIT("second");
    n.updated = DAY(4);
    int64_t two = put(t, &n, DAY(4));
    assert_true(two > one);
    assert_ok(notice_store_find(t->db, STR_LIT("A"), &id, &t->e), t);
    assert_ok(notice_store_get(t->db, id, &t->a, &r, &count, &t->e), t);
    assert_int_equal(count, 2);
    assert_text(r[0].n.text, "second"); /* newest first */
    assert_text(r[1].n.text, "first");
    /* As it stood. */
    assert_int_equal(list(t, 0, DAY(3), &r), 1);
    assert_text(r[0].n.text, "first");
    assert_int_equal(list(t, 0, DAY(4), &r), 1);
    assert_text(r[0].n.text, "second");
    assert_int_equal(list(t, 0, DAY(2) - 1, &r), 0);
    assert_int_equal(list(t, DAY(3), DAY(3), &r), 0); /* not new since then */
    assert_int_equal(list(t, DAY(4), DAY(9), &r), 1);
}

/* The feed's title and summary add nothing to the page of the same date. */
static void title_only(void **state)
{
    struct store_test *t = *state;
    struct notice title = a_notice("A", "summary"), page = a_notice("A", "the whole page");
    struct notice_rev *r;
    title.complete = false;
    assert_true(put(t, &title, DAY(2)) > 0);
    assert_true(put(t, &page, DAY(2)) > 0);
    assert_int_equal(list(t, 0, DAY(9), &r), 1);
    assert_text(r[0].n.text, "the whole page");
    title.text = STR_LIT("another summary");
    assert_int_equal(put(t, &title, DAY(2)), 0);
    assert_int_equal(put(t, &title, DAY(1)), 0);
    assert_true(put(t, &title, DAY(3)) > 0); /* it was updated, and the page is not here yet */
    assert_int_equal(list(t, DAY(3), DAY(9), &r), 1);
    assert_text(r[0].n.text, "the whole page");
    assert_true(r[0].known == DAY(3));
    page.text = STR_LIT("the whole new page");
    assert_true(put(t, &page, DAY(3)) > 0);
    assert_int_equal(list(t, 0, DAY(9), &r), 1);
    assert_text(r[0].n.text, "the whole new page");
}

static void order_and_identity(void **state)
{
    struct store_test *t = *state;
    struct notice a = a_notice("A", "x"), b = a_notice("B", "x"), c = a_notice("A", "x");
    struct notice_rev *r;
    size_t n;
    c.source = STR_LIT("cisa");
    put(t, &a, DAY(2));
    put(t, &b, DAY(4));
    put(t, &c, DAY(3));
    assert_int_equal(list(t, 0, DAY(9), &r), 3); /* two publishers may use one id */
    assert_text(r[0].n.id, "B");
    assert_text(r[1].n.source, "cisa");
    assert_ok(notice_store_list(t->db, 0, DAY(9), 2, &t->a, &r, &n, &t->e), t);
    assert_int_equal(n, 2);
}

static void assessments(void **state)
{
    struct store_test *t = *state;
    struct notice n = a_notice("A", "悪用が確認されています");
    struct assessment as = {true, false, STR_LIT("exploited"), STR_LIT("[{}]"), STR_LIT("{}"), STR_LIT("[]")},
                      got;
    struct notice_rev *r;
    size_t count;
    bool found;
    int64_t rev = put(t, &n, DAY(2));
    assert_ok(notice_store_unassessed(t->db, STR_LIT("rules1"), &t->a, &r, &count, &t->e), t);
    assert_int_equal(count, 1);
    assert_ok(notice_store_assessment(t->db, rev, &t->a, &got, &found, &t->e), t);
    assert_false(found);
    assert_ok(notice_store_assess(t->db, rev, &as, STR_LIT("rules1"), &t->e), t);
    assert_ok(notice_store_unassessed(t->db, STR_LIT("rules1"), &t->a, &r, &count, &t->e), t);
    assert_int_equal(count, 0);
    assert_ok(notice_store_unassessed(t->db, STR_LIT("rules2"), &t->a, &r, &count, &t->e),
              t); /* other rules: again */
    assert_int_equal(count, 1);
    as.urgent = true;
    assert_ok(notice_store_assess(t->db, rev, &as, STR_LIT("rules2"), &t->e), t);
    assert_ok(notice_store_assessment(t->db, rev, &t->a, &got, &found, &t->e), t);
    assert_true(found && got.exploited && got.urgent);
    assert_text(got.signals, "exploited");
    assert_text(got.evidence, "[{}]");
    assert_int_equal(notice_store_assess(t->db, rev + 99, &as, STR_LIT("x"), &t->e), ERR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(every_field),        store_test(revisions),   store_test(title_only),
        store_test(order_and_identity), store_test(assessments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
