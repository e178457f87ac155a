/* Findings, and the numbers people write down for them. */
#include <sys/wait.h>

#include "store_test.h"

#include "store/finding_store.h"
#include "store/ledger_store.h"

static const struct finding_key key_a = {STR_LIT("hq"), STR_LIT("S-1"), STR_LIT("microsoft:exchange_server"),
                                         STR_LIT("CVE-2021-26855")};
static const struct finding_key key_b = {STR_LIT("hq"), STR_LIT("S-1"), STR_LIT("microsoft:exchange_server"),
                                         STR_LIT("CVE-2021-27065")};

static int64_t number(struct store_test *t, const struct finding_key *k)
{
    int64_t id = -1;
    assert_ok(finding_store_number(t->db, k, &id, &t->e), t);
    assert_true(id > 0);
    return id;
}

static int64_t asset_id(struct store_test *t)
{
    struct asset a = {.key = STR_LIT("S-1"), .count = 1};
    struct import_head h = {.ledger = STR_LIT("hq"), .at = DAY(1)};
    struct import_count c;
    assert_ok(ledger_store_import(t->db, &h, &a, 1, NULL, 0, &c, &t->e), t);
    return atoi(store_ask(t, "SELECT id FROM fact_asset"));
}

static void numbers(void **state)
{
    struct store_test *t = *state;
    int64_t a = number(t, &key_a), b = number(t, &key_b);
    struct finding_key k;
    assert_true(a != b);
    assert_int_equal(number(t, &key_a), a);
    assert_ok(finding_store_clear(t->db, &t->e), t); /* a rebuild */
    assert_int_equal(number(t, &key_b), b);
    assert_int_equal(number(t, &key_a), a);
    db_close(t->db);
    assert_ok(db_open(&t->db, t->path, &t->e), t);
    assert_int_equal(number(t, &key_a), a);
    assert_ok(finding_store_key(t->db, b, &t->a, &k, &t->e), t);
    assert_text(k.vuln, "CVE-2021-27065");
    assert_text(k.asset_key, "S-1");
    assert_int_equal(finding_store_key(t->db, 999, &t->a, &k, &t->e), ERR_NOT_FOUND);
    assert_non_null(strstr(t->e.text, "F-999"));
}

/* Four processes number the same 200 findings at the same time: one number each. */
static void numbers_of_many(void **state)
{
    struct store_test *t = *state;
    pid_t pid[4];
    fflush(NULL);
    for (size_t p = 0; p < ARRAY_LEN(pid); p++) {
        pid[p] = fork();
        if (pid[p] == 0) {
            struct db *db;
            struct err e;
            if (db_open(&db, t->path, &e))
                _exit(1);
            for (int i = 0; i < 200; i++) {
                char vuln[32];
                int64_t id, again;
                snprintf(vuln, sizeof(vuln), "CVE-2021-%d", 10000 + i);
                struct finding_key k = key_a, back;
                struct arena a = {0};
                k.vuln = str_of(vuln);
                if (finding_store_number(db, &k, &id, &e) || finding_store_number(db, &k, &again, &e) ||
                    id != again || finding_store_key(db, id, &a, &back, &e) || !str_eq(back.vuln, k.vuln))
                    _exit(2);
                arena_release(&a);
            }
            db_close(db);
            _exit(0);
        }
    }
    for (size_t p = 0; p < ARRAY_LEN(pid); p++) {
        int status;
        assert_int_equal(waitpid(pid[p], &status, 0), pid[p]);
        assert_int_equal(status, 0);
    }
    assert_string_equal(store_ask(t, "SELECT count(*) || ' ' || max(id) FROM fact_finding_id"), "200 200");
}

static void rows(void **state)
{
    struct store_test *t = *state;
    struct finding_row r = {.id = number(t, &key_a),
                            .asset = asset_id(t),
                            .component = 7,
                            .vuln = key_a.vuln,
                            .v = {.status = FINDING_POSSIBLE,
                                  .confidence = CONFIDENCE_LOW,
                                  .conditional = true,
                                  .source = STR_LIT("msrc"),
                                  .rule = STR_LIT("build-table"),
                                  .criteria = STR_LIT("KB5000871"),
                                  .fixed = STR_LIT("15.1.2176.9"),
                                  .missing = STR_LIT("build"),
                                  .why = STR_LIT("because")},
                            .outcome = STR_LIT("act"),
                            .deadline = WHEN_NONE,
                            .since = DAY(1)},
                       got, *list;
    size_t n;
    assert_ok(finding_store_put(t->db, &r, &t->e), t);
    assert_ok(finding_store_get(t->db, r.id, &t->a, &got, &t->e), t);
    assert_true(got.v.status == FINDING_POSSIBLE && got.v.conditional && got.deadline == WHEN_NONE &&
                got.notice_rev == 0);
    assert_true(got.asset == r.asset && got.component == 7 && got.since == DAY(1));
    assert_text(got.v.criteria, "KB5000871");
    assert_text(got.v.missing, "build");
    assert_text(got.outcome, "act");
    r.since = DAY(2); /* concluded again, the same: since the first time */
    r.deadline = DAY(9);
    assert_ok(finding_store_put(t->db, &r, &t->e), t);
    assert_ok(finding_store_get(t->db, r.id, &t->a, &got, &t->e), t);
    assert_true(got.since == DAY(1) && got.deadline == DAY(9));
    r.v.status = FINDING_AFFECTED;
    r.since = DAY(3);
    assert_ok(finding_store_put(t->db, &r, &t->e), t);
    assert_ok(finding_store_of_vuln(t->db, key_a.vuln, &t->a, &list, &n, &t->e), t);
    assert_int_equal(n, 1);
    assert_true(list[0].since == DAY(3) && list[0].v.status == FINDING_AFFECTED);
    assert_ok(finding_store_clear(t->db, &t->e), t);
    assert_int_equal(finding_store_get(t->db, r.id, &t->a, &got, &t->e), ERR_NOT_FOUND);
    r.id = 999; /* a finding has a number first */
    assert_int_equal(finding_store_put(t->db, &r, &t->e), ERR_CONFLICT);
}

static void rounds(void **state)
{
    struct store_test *t = *state;
    when_t last;
    assert_ok(finding_store_last_round(t->db, DAY(9), &last, &t->e), t);
    assert_true(last == WHEN_NONE);
    assert_ok(finding_store_round(t->db, DAY(1), 3, &t->e), t);
    assert_ok(finding_store_round(t->db, DAY(2), 0, &t->e), t);
    assert_ok(finding_store_last_round(t->db, DAY(9), &last, &t->e), t);
    assert_true(last == DAY(2));
    assert_ok(finding_store_last_round(t->db, DAY(2), &last, &t->e), t);
    assert_true(last == DAY(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {store_test(numbers), store_test(numbers_of_many), store_test(rows),
                                       store_test(rounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
