/* Escaping for each destination, the waiver in each form, and times that nobody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/table.h"
#include "made.h"

static bool has(const struct buf *b, const char *s)
{
    return str_find(buf_str(b), str_of(s)) != STR_NONE;
}

/* Nothing of a stranger's becomes markup, and nothing a terminal or browser would obey gets through. */
static void test_html(void **state)
{
    struct made m;
    struct buf b = BUF_INIT(MIB);
    (void)state;
    made_case(&m);
    page_case(&m.c, &b);
    assert_false(has(&b, "<img"));
    assert_false(has(&b, "\x1b"));
    assert_false(has(&b, "\xE2\x80\xAE"));
    assert_false(has(&b, "href"));
    assert_true(has(&b, "&lt;img src=x onerror=alert(1)&gt; &quot;&amp;&quot;"));
    assert_true(has(&b, "bucho"));
    assert_true(has(&b, "</html>"));
    buf_release(&b);
}

static void test_csv(void **state)
{
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct table *t;
    struct table_row row;
    struct err e;
    (void)state;
    made_case(&m);
    sheet_case(&m.c, SHEET_BOM, &b);
    assert_memory_equal(b.p, "\xEF\xBB\xBF" "case,asset", 13);
    assert_true(has(&b, "\"'=cmd|'/c calc'!A1"));
    assert_true(has(&b, ",bucho,"));
    /* Read back, every row has every column. */
    assert_int_equal(table_open(&t, "x.csv", buf_str(&b), NULL, &e), 0);
    size_t n = 0;
    while (table_next(t, &row, &e) == 1) {
        assert_int_equal(row.problem.n, 0);
        if (n++ == 0)
            assert_int_equal(row.cell_n, 40);
    }
    assert_int_equal(n, 5);
    table_free(t);
    buf_clear(&b);
    sheet_case(&m.c, 0, &b);
    assert_memory_equal(b.p, "case,", 5);
    buf_release(&b);
}

static void test_json(void **state)
{
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct arena a = {0};
    struct err e;
    (void)state;
    made_case(&m);
    data_case(&m.c, &b);
    const struct json *v = json_parse(&a, buf_str(&b), &e);
    assert_non_null(v);
    assert_true(str_is(json_get_str(v, "title"), EVIL));
    const struct json *x = json_at(json_get(v, "machines"), 1);
    assert_true(json_bool(json_get(x, "waived"), false));
    assert_true(str_is(json_get_str(json_get(x, "waiver"), "who"), "bucho"));
    /* Unknown is null, not 0. */
    assert_true(json_is(json_get(json_get(v, "times"), "published"), JSON_NULL));
    assert_true(json_is(json_get(json_get(json_get(json_get(v, "figures"), "from_publication"), "heard"), "median_seconds"), JSON_NULL));
    arena_release(&a);
    buf_release(&b);
}

static void test_month_unknown(void **state)
{
    struct made m;
    struct buf b = BUF_INIT(MIB);
    struct report_month month = {.from = NOW, .until = NOW + WHEN_DAY};
    (void)state;
    made_case(&m);
    month.site = m.c.site;
    month.cases = &m.c;
    month.case_n = 1;
    sheet_month(&month, 0, &b);
    assert_true(has(&b, "published_to_heard,median,,,seconds\r\n"));
    buf_clear(&b);
    page_month(&month, &b);
    assert_true(has(&b, "unknown"));
    assert_false(has(&b, "<img"));
    assert_true(has(&b, "bucho")); /* the waiver */
    buf_release(&b);
}

static void test_audit(void **state)
{
    struct buf b = BUF_INIT(MIB);
    struct report_decision d[2] = {{1, NOW, STR_LIT("tanaka"), STR_LIT("case.note"), STR_LIT("C-1"), STR_LIT("{\"why\":\"<b>\\u0001 & more\"}"), STR_LIT("00")},
                                   {2, NOW, STR_LIT("tanaka"), STR_LIT("case.note"), STR_LIT("C-1"), STR_LIT("not JSON <i>"), STR_LIT("11")}};
    struct report_audit r = {.site = {STR_LIT("p"), STR_LIT("https://x.example"), NOW, 0, STR_LIT("w")}, .from = WHEN_NONE, .until = WHEN_NONE,
                             .decision = d, .decision_n = 2, .chain_rows = 2, .chain_broken = 2, .chain_head = STR_LIT("11")};
    (void)state;
    page_audit(&r, &b);
    assert_true(has(&b, "why: &lt;b&gt;\xEF\xBF\xBD &amp; more"));
    assert_true(has(&b, "not JSON &lt;i&gt;"));
    assert_true(has(&b, "BROKEN: row 2"));
    buf_clear(&b);
    sheet_audit(&r, 0, &b);
    assert_true(has(&b, "audit.verify,broken at 2,2 rows,11\r\n"));
    buf_release(&b);
}

static void test_spans(void **state)
{
    static const struct {
        int64_t minutes;
        const char *text;
    } is[] = {{0, "0 min"}, {59, "59 min"}, {60, "1 h 00 min"}, {2879, "47 h 59 min"}, {2880, "2 d 0 h"}, {4500, "3 d 3 h"}, {-90, "-1 h 30 min"}};
    struct buf b = BUF_INIT(KIB);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(is); i++) {
        buf_clear(&b);
        report_span_text(is[i].minutes * 60 * WHEN_SEC, true, &b);
        assert_string_equal(buf_cstr(&b), is[i].text);
    }
    buf_clear(&b);
    report_span_text(0, false, &b);
    assert_string_equal(buf_cstr(&b), "unknown");
    buf_release(&b);
}

/* Withdrawn ones are nobody's debt. */
static void test_enquiries(void **state)
{
    struct made m;
    (void)state;
    made_case(&m);
    struct report_enquiries n = report_enquiry_count(m.enquiry, 3, NOW);
    assert_int_equal(n.asked, 2);
    assert_int_equal(n.answered, 1);
    assert_int_equal(n.unanswered, 1);
    assert_int_equal(n.overdue, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_html),          cmocka_unit_test(test_csv),   cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_month_unknown), cmocka_unit_test(test_audit), cmocka_unit_test(test_spans),
                                       cmocka_unit_test(test_enquiries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
