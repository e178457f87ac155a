/* Visits, documents, validators, cursors, and what was set aside. */
#include "store_test.h"

#include "store/visit_store.h"

#define SRC STR_LIT("kev")

static int64_t a_visit(struct store_test *t, when_t at, const char *outcome, when_t newest)
{
    struct visit v = {.ended = at + 1,
                      .outcome = str_of(outcome),
                      .good = 3,
                      .bad = 1,
                      .newest = newest,
                      .document_time = WHEN_NONE,
                      .text = STR_LIT("why")};
    assert_ok(visit_store_start(t->db, SRC, at, &v.id, &t->e), t);
    if (strcmp(outcome, "running") != 0)
        assert_ok(visit_store_end(t->db, &v, &t->e), t);
    return v.id;
}

static void visits(void **state)
{
    struct store_test *t = *state;
    struct visit v;
    when_t newest;
    assert_int_equal(visit_store_get(t->db, SRC, VISIT_LAST, DAY(9), &t->a, &v, &t->e), ERR_NOT_FOUND);
    assert_int_equal(t->e.code, 0);
    assert_ok(visit_store_newest(t->db, SRC, &newest, &t->e), t);
    assert_true(newest == WHEN_NONE);
    int64_t first = a_visit(t, DAY(1), "ok", DAY(0));
    int64_t second = a_visit(t, DAY(2), "refused", DAY(7));
    a_visit(t, DAY(3), "running", WHEN_NONE);
    assert_ok(visit_store_get(t->db, SRC, VISIT_LAST, DAY(9), &t->a, &v, &t->e), t);
    assert_int_equal(v.id, second); /* one under way is not the last one */
    assert_text(v.outcome, "refused");
    assert_text(v.text, "why");
    assert_true(v.document_time == WHEN_NONE && v.started == DAY(2) && v.ended == DAY(2) + 1 && v.good == 3 &&
                v.bad == 1);
    assert_ok(visit_store_get(t->db, SRC, VISIT_LAST_OK, DAY(9), &t->a, &v, &t->e), t);
    assert_int_equal(v.id, first);
    assert_ok(visit_store_get(t->db, SRC, VISIT_LAST, DAY(1), &t->a, &v, &t->e), t); /* as of a day */
    assert_int_equal(v.id, first);
    assert_int_equal(visit_store_get(t->db, SRC, VISIT_LAST, DAY(1) - 1, &t->a, &v, &t->e), ERR_NOT_FOUND);
    assert_int_equal(visit_store_get(t->db, STR_LIT("nvd"), VISIT_LAST, DAY(9), &t->a, &v, &t->e),
                     ERR_NOT_FOUND);
    assert_ok(visit_store_newest(t->db, SRC, &newest, &t->e), t);
    assert_true(newest == DAY(0)); /* what a refused visit saw does not count */
}

static void closes_interrupted(void **state)
{
    struct store_test *t = *state;
    struct visit v;
    a_visit(t, DAY(1), "running", WHEN_NONE);
    int64_t now_running = a_visit(t, DAY(2), "running", WHEN_NONE);
    assert_ok(visit_store_close_running(t->db, DAY(2) + 60 * WHEN_SEC, &t->e), t);
    assert_ok(visit_store_get(t->db, SRC, VISIT_LAST, DAY(9), &t->a, &v, &t->e), t);
    assert_text(v.outcome, "failed");
    assert_true(v.started == DAY(1) && v.text.n > 0);
    /* One of a minute ago may be another process at work. */
    assert_string_equal(store_ask(t, "SELECT id FROM fact_visit WHERE outcome = 'running'"),
                        arena_printf(&t->a, "%lld", (long long)now_running));
}

static void documents(void **state)
{
    struct store_test *t = *state;
    int64_t visit = a_visit(t, DAY(1), "ok", WHEN_NONE);
    struct document d = {.source = SRC,
                         .url = STR_LIT("https://a/1"),
                         .sha256 = STR_LIT("aa"),
                         .content_type = STR_LIT("application/json"),
                         .kind = STR_LIT("list"),
                         .context = STR_LIT("c\0d"),
                         .bytes = 10,
                         .fetched = DAY(1),
                         .records = 100,
                         .full = true,
                         .newest = DAY(0),
                         .document_time = WHEN_NONE};
    struct document last, *list;
    bool seen;
    size_t n;
    assert_int_equal(visit_store_last_full(t->db, SRC, STR_LIT(""), &last, &t->e), ERR_NOT_FOUND);
    assert_ok(visit_store_document(t->db, visit, &d, &t->e), t);
    d.url = STR_LIT("https://a/2");
    d.sha256 = STR_LIT("bb");
    d.records = 50;
    assert_ok(visit_store_document(t->db, visit, &d, &t->e), t);
    d.full = false;
    d.records = 1;
    d.sha256 = STR_LIT("cc");
    assert_ok(visit_store_document(t->db, visit, &d, &t->e), t);
    assert_ok(visit_store_last_full(t->db, SRC, STR_LIT("https://a/1"), &last, &t->e), t);
    assert_int_equal(last.records, 100);
    assert_true(last.newest == DAY(0) && last.document_time == WHEN_NONE);
    assert_ok(visit_store_last_full(t->db, SRC, STR_LIT(""), &last, &t->e), t);
    assert_int_equal(last.records, 50);
    assert_ok(visit_store_seen(t->db, SRC, STR_LIT("https://a/1"), STR_LIT("aa"), &seen, &t->e), t);
    assert_true(seen);
    assert_ok(visit_store_seen(t->db, SRC, STR_LIT("https://a/1"), STR_LIT("bb"), &seen, &t->e), t);
    assert_false(seen);
    assert_ok(visit_store_documents(t->db, &t->a, &list, &n, &t->e), t);
    assert_int_equal(n, 3);
    assert_text(list[0].sha256, "aa");
    assert_text(list[2].sha256, "cc");
    assert_int_equal(list[0].context.n, 3);
}

static void validators_and_cursors(void **state)
{
    struct store_test *t = *state;
    struct validator v = {STR_LIT("\"x\""), STR_LIT("Mon"), STR_LIT("aa")}, got;
    struct str cursor;
    when_t last_ok;
    assert_ok(visit_store_validator(t->db, STR_LIT("https://a/"), &t->a, &got, &t->e), t);
    assert_int_equal(got.etag.n, 0);
    assert_ok(visit_store_set_validator(t->db, STR_LIT("https://a/"), &v, &t->e), t);
    v.etag = STR_LIT("\"y\"");
    assert_ok(visit_store_set_validator(t->db, STR_LIT("https://a/"), &v, &t->e), t);
    assert_ok(visit_store_validator(t->db, STR_LIT("https://a/"), &t->a, &got, &t->e), t);
    assert_text(got.etag, "\"y\"");
    assert_text(got.last_modified, "Mon");
    assert_ok(visit_store_cursor(t->db, SRC, &t->a, &cursor, &last_ok, &t->e), t);
    assert_true(cursor.n == 0 && last_ok == WHEN_NONE);
    assert_ok(visit_store_set_cursor(t->db, SRC, STR_LIT("page 2"), DAY(1), &t->e), t);
    assert_ok(visit_store_cursor(t->db, SRC, &t->a, &cursor, &last_ok, &t->e), t);
    assert_text(cursor, "page 2");
    assert_true(last_ok == DAY(1));
}

/* Records set aside are kept with their bytes, the newest LIMIT_ERRORS_KEPT of each source. */
static void quarantine(void **state)
{
    struct store_test *t = *state;
    int64_t visit = a_visit(t, DAY(1), "ok", WHEN_NONE), total;
    struct quarantined *q;
    size_t n;
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(
        visit_store_quarantine(t->db, STR_LIT("nvd"), visit, DAY(1), "no id", STR_LIT("\xff\0\x01"), &t->e),
        t);
    for (int i = 0; i < LIMIT_ERRORS_KEPT + 5; i++)
        assert_ok(visit_store_quarantine(t->db, SRC, visit, DAY(1), arena_printf(&t->a, "%d", i),
                                         STR_LIT("x"), &t->e),
                  t);
    assert_ok(db_commit(t->db, &t->e), t);
    assert_ok(visit_store_quarantined(t->db, SRC, 3, &t->a, &q, &n, &total, &t->e), t);
    assert_int_equal(total, LIMIT_ERRORS_KEPT);
    assert_int_equal(n, 3);
    assert_text(q[0].reason, arena_printf(&t->a, "%d", LIMIT_ERRORS_KEPT + 4));
    assert_ok(visit_store_quarantined(t->db, STR_LIT("nvd"), 100, &t->a, &q, &n, &total, &t->e), t);
    assert_int_equal(n, 1);
    assert_int_equal(q[0].bytes.n, 3);
    assert_memory_equal(q[0].bytes.p, "\xff\0\x01", 3);
}

static void acceptance(void **state)
{
    struct store_test *t = *state;
    bool yes;
    assert_ok(visit_store_accepted(t->db, SRC, STR_LIT("aa"), &yes, &t->e), t);
    assert_false(yes);
    assert_ok(
        visit_store_accept(t->db, SRC, STR_LIT("aa"), STR_LIT("checked"), STR_LIT("sato"), DAY(1), &t->e), t);
    assert_ok(visit_store_accepted(t->db, SRC, STR_LIT("aa"), &yes, &t->e), t);
    assert_true(yes);
    assert_ok(visit_store_accepted(t->db, SRC, STR_LIT("bb"), &yes, &t->e), t); /* these bytes, no others */
    assert_false(yes);
    assert_ok(visit_store_accepted(t->db, STR_LIT("nvd"), STR_LIT("aa"), &yes, &t->e), t);
    assert_false(yes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(visits),     store_test(closes_interrupted),
        store_test(documents),  store_test(validators_and_cursors),
        store_test(quarantine), store_test(acceptance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
