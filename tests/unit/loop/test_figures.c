/* Figures: medians of what is known, periods with an end, groups, and overdue only while open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "loop/figures.h"

#define NOW (1614740400 * WHEN_SEC) /* 2021-03-03T03:00:00Z */
#define HOUR (3600 * WHEN_SEC)

/* Three machines of one case: proved after 10 h, patched after 20 h, and one that nobody looked at. */
static const struct case_step step[] = {
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_JOIN, .at = NOW + HOUR, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_JOIN, .at = NOW + 2 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"c", 1}, .ledger = {"m", 1}, .kind = STEP_JOIN, .at = NOW + 3 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_TRIAGE, .at = NOW + 3 * HOUR, .value = {"affected", 8}, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_TRIAGE, .at = NOW + 3 * HOUR, .value = {"affected", 8}, .until = WHEN_NONE},
    {.asset_key = {"c", 1}, .ledger = {"m", 1}, .kind = STEP_TRIAGE, .at = NOW + 3 * HOUR, .value = {"affected", 8}, .until = WHEN_NONE},
    {.asset_key = {"c", 1}, .ledger = {"m", 1}, .kind = STEP_ASK, .at = NOW + 3 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_CHECK, .at = NOW + 4 * HOUR, .value = {"not-established", 15}, .until = WHEN_NONE},
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_CHECK, .at = NOW + 5 * HOUR, .value = {"clean", 5}, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_WAIVE, .at = NOW + 6 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_PATCH, .at = NOW + 8 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"a", 1}, .ledger = {"m", 1}, .kind = STEP_VERIFY, .at = NOW + 10 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_PATCH, .at = NOW + 15 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_ROLLBACK, .at = NOW + 16 * HOUR, .until = WHEN_NONE},
    {.asset_key = {"b", 1}, .ledger = {"m", 1}, .kind = STEP_PATCH, .at = NOW + 20 * HOUR, .until = WHEN_NONE}};

struct made {
    struct case_step step[ARRAY_LEN(step)];
    struct case_member member[3];
    struct case_look look;
    struct report_machine machine[3];
    struct case_file f;
    struct report_case c;
};

static void make(struct made *m)
{
    static const char *const key[] = {"a", "b", "c"};
    const when_t first[] = {NOW + HOUR / 2, WHEN_NONE, WHEN_NONE};
    *m = (struct made){0};
    memcpy(m->step, step, sizeof(step));
    m->look = (struct case_look){.deadline = NOW + 24 * HOUR};
    for (size_t i = 0; i < 3; i++) {
        gate_fold(m->step, ARRAY_LEN(step), STR_LIT("m"), str_of(key[i]), &m->member[i].a);
        m->machine[i] = (struct report_machine){.a = m->member[i].a, .look = &m->look, .place = i < 2 ? STR_LIT("Tokyo") : (struct str){0}};
    }
    m->f = (struct case_file){.step = m->step, .step_n = ARRAY_LEN(step), .member = m->member, .member_n = 3};
    m->c = (struct report_case){.site = {.at = NOW + 25 * HOUR}, .head = {.id = 1, .opened = NOW + HOUR}, .machine = m->machine, .machine_n = 3};
    for (size_t k = 0; k < REPORT_STAGES; k++)
        m->c.times.at[k] = WHEN_NONE;
    m->c.times.at[REPORT_PUBLISHED] = NOW;
    figures_times(&m->f, m->machine, first);
    figures_case(&m->c);
}

static void test_times(void **state)
{
    struct made m;
    (void)state;
    make(&m);
    assert_true(m.machine[0].times.at[REPORT_MATCHED] == NOW + HOUR / 2); /* the finding came before the case */
    assert_true(m.machine[1].times.at[REPORT_MATCHED] == NOW + 2 * HOUR);
    assert_true(m.machine[0].times.at[REPORT_CHECKED] == NOW + 5 * HOUR); /* not-established settles nothing */
    assert_true(m.machine[1].times.at[REPORT_CHECKED] == NOW + 6 * HOUR); /* a waiver does */
    assert_true(m.machine[2].times.at[REPORT_CHECKED] == WHEN_NONE);
    assert_true(m.machine[1].times.at[REPORT_PATCHED] == NOW + 20 * HOUR); /* not the one that was rolled back */
    assert_true(m.c.times.at[REPORT_MATCHED] == NOW + HOUR / 2);
    assert_true(m.c.times.at[REPORT_CHECKED] == WHEN_NONE); /* one lacks it */
}

static void test_counts(void **state)
{
    struct made m;
    struct arena a = {0};
    struct report_figures f;
    (void)state;
    make(&m);
    figures_of(&m.c, 1, WHEN_NONE, INT64_MAX, &a, &f);
    assert_int_equal(f.machines, 3);
    assert_int_equal(f.open, 2);
    assert_int_equal(f.overdue, 2); /* the proved one is not */
    assert_int_equal(f.unverified, 1);
    assert_int_equal(f.unchecked, 1);
    assert_int_equal(f.waived, 1);
    assert_int_equal(f.fixed, 1);
    assert_int_equal(f.span[REPORT_HEARD].n, 0); /* unknown */
    assert_int_equal(f.span[REPORT_PATCHED].n, 2);
    assert_true(f.span[REPORT_PATCHED].median == 14 * HOUR && f.span[REPORT_PATCHED].longest == 20 * HOUR);
    assert_true(f.span[REPORT_MATCHED].median == 2 * HOUR);
    assert_int_equal(f.group_n[REPORT_BY_PLACE], 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(f.group[REPORT_BY_PLACE][i].machines, f.group[REPORT_BY_PLACE][i].name.n ? 2 : 1);
    arena_release(&a);
}

/* The end of a period is not in it. */
static void test_period(void **state)
{
    struct made m;
    struct arena a = {0};
    struct report_figures f;
    (void)state;
    make(&m);
    figures_of(&m.c, 1, NOW + 8 * HOUR, NOW + 20 * HOUR, &a, &f);
    assert_int_equal(f.reached[REPORT_PATCHED], 1);
    assert_int_equal(f.reached[REPORT_VERIFIED], 1);
    assert_int_equal(f.reached[REPORT_MATCHED], 0);
    assert_int_equal(f.cases_opened, 0);
    figures_of(&m.c, 1, NOW + 20 * HOUR, NOW + 21 * HOUR, &a, &f);
    assert_int_equal(f.reached[REPORT_PATCHED], 1);
    assert_true(f.span[REPORT_PATCHED].median == 20 * HOUR);
    arena_release(&a);
}

/* Without a publication there is nothing to reckon from. */
static void test_unpublished(void **state)
{
    struct made m;
    struct arena a = {0};
    struct report_figures f;
    (void)state;
    make(&m);
    m.c.times.at[REPORT_PUBLISHED] = WHEN_NONE;
    figures_case(&m.c);
    figures_of(&m.c, 1, WHEN_NONE, INT64_MAX, &a, &f);
    assert_int_equal(f.span[REPORT_PATCHED].n, 0);
    assert_int_equal(f.reached[REPORT_PATCHED], 2);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_times), cmocka_unit_test(test_counts), cmocka_unit_test(test_period), cmocka_unit_test(test_unpublished)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
