/* The review: what a mark may say, and that each line moves with the fact it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "loop/review.h"
#include "loop/review_mark.h"

#define NOW ((when_t)1614740400 * WHEN_SEC) /* 2021-03-03 12:00 +09:00 */
#define DAY(n) (NOW - (n)*WHEN_DAY)

static struct arena arena;
static struct review_facts f;

static int setup(void **state)
{
    (void)state;
    f = (struct review_facts){.now = NOW,
                              .today = NOW / WHEN_DAY,
                              .case_hours = 24,
                              .contact_days = 180,
                              .first_round = REVIEW_NEVER,
                              .exercised = WHEN_NONE,
                              .ledger = {.newest_import = WHEN_NONE}};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct review_mark mark(const char *name)
{
    for (size_t i = 0; review_lines[i]; i++)
        if (strcmp(review_lines[i]->name, name) == 0)
            return review_lines[i]->measure(&f, &arena);
    fail_msg("there is no line %s", name);
    return (struct review_mark){0};
}

static void expect(const char *name, enum review_state state, int score)
{
    struct review_mark m = mark(name);
    if (m.state != state || m.score != score)
        fail_msg("%s: %s %d, not %s %d: %.*s", name, review_state_name(m.state), m.score,
                 review_state_name(state), score, STR_ARG(m.value));
    assert_true(m.value.n > 0);
    /* Whatever is not whole says what to do, and what is whole does not. */
    assert_int_equal(m.next.n > 0, state == REVIEW_UNKNOWN || (state == REVIEW_MEASURED && score < 100));
}

static void test_weights(void **state)
{
    (void)state;
    int sum = 0;
    for (size_t i = 0; review_lines[i]; i++) {
        assert_true(review_lines[i]->weight > 0);
        sum += review_lines[i]->weight;
    }
    assert_int_equal(sum, 100);
}

static void test_score(void **state)
{
    (void)state;
    const struct review_line heavy = {.weight = 3}, light = {.weight = 1};
    const struct review_line *line[] = {&heavy, &light};
    struct review_mark m[2] = {{REVIEW_MEASURED, 100, {0}, {0}}, {REVIEW_MEASURED, 0, {0}, {0}}};
    assert_int_equal(review_score(line, m, 2), 75);
    m[1].state = REVIEW_EMPTY; /* left out */
    assert_int_equal(review_score(line, m, 2), 100);
    m[1].state = REVIEW_UNKNOWN; /* not left out */
    assert_int_equal(review_score(line, m, 2), 75);
    m[0] = (struct review_mark){REVIEW_UNKNOWN, 100, {0}, {0}};
    m[1] = (struct review_mark){REVIEW_MEASURED, 100, {0}, {0}};
    assert_int_equal(review_score(line, m, 2), 25);
    m[0].state = m[1].state = REVIEW_EMPTY; /* nothing measured is nothing good */
    assert_int_equal(review_score(line, m, 2), 0);
    assert_int_equal(review_score(line, m, 0), 0);
}

static void test_percent(void **state)
{
    (void)state;
    assert_int_equal(review_mark_percent(0, 0), 0);
    assert_int_equal(review_mark_percent(999, 1000), 99); /* 100 is all of them */
    assert_int_equal(review_mark_percent(1000, 1000), 100);
    assert_int_equal(review_mark_percent(-1, 5), 0);
    assert_int_equal(review_mark_percent(INT64_C(5000000000), INT64_C(10000000000)), 50);
}

static void test_nothing_is_known(void **state)
{
    (void)state;
    struct review r;
    review_measure(&f, &arena, &r);
    assert_int_equal(r.score, 0);
    assert_true(r.unknown_n > 0);
    for (size_t i = 0; i < r.n; i++)
        assert_int_equal(r.mark[i].score, 0);
    assert_int_equal(r.measured + r.unknown + r.empty, 100);
}

static void test_visits(void **state)
{
    (void)state;
    struct review_source s[2] = {
        {.name = STR_LIT("a"), .period_days = 1, .first = REVIEW_NEVER, .age = GUARD_NEVER},
        {.name = STR_LIT("b"), .period_days = 1, .first = REVIEW_NEVER, .age = GUARD_NEVER}};
    f.source = s;
    f.source_n = 2;
    expect("source_daily", REVIEW_UNKNOWN, 0);
    expect("source_fresh", REVIEW_UNKNOWN, 0);
    s[0].first = s[1].first = f.today - 3; /* too young to tell */
    s[0].good = s[1].good = 0xF;
    expect("source_daily", REVIEW_UNKNOWN, 0);
    s[0].first = s[1].first = f.today - 100;
    s[0].good = s[1].good = UINT64_MAX;
    expect("source_daily", REVIEW_MEASURED, 100);
    s[0].good = UINT64_MAX << 1; /* today is not over */
    expect("source_daily", REVIEW_MEASURED, 100);
    s[0].good = UINT64_MAX << 3; /* two days without: 57 of 59 */
    expect("source_daily", REVIEW_MEASURED, 96);
    s[0].period_days = 7; /* due once a week, it is not missed */
    expect("source_daily", REVIEW_MEASURED, 100);
    s[1].first = REVIEW_NEVER; /* turned on and never visited: 0 of 29 */
    s[1].good = 0;
    expect("source_daily", REVIEW_MEASURED, 50);
    s[0].age = GUARD_FRESH;
    expect("source_fresh", REVIEW_MEASURED, 50);
    s[1].age = GUARD_FRESH;
    expect("source_fresh", REVIEW_MEASURED, 100);
    s[1].age = GUARD_STALE;
    expect("source_fresh", REVIEW_MEASURED, 50);
}

static void test_rounds(void **state)
{
    (void)state;
    expect("people_rounds", REVIEW_UNKNOWN, 0);
    f.first_round = f.today - 9;
    f.business_days = 0x1F; /* today and the four days before */
    f.round_days = 0x1E;
    expect("people_rounds", REVIEW_MEASURED, 100);
    f.round_days = 0x60 | 0x6; /* two of four; those of the weekend are extra */
    expect("people_rounds", REVIEW_MEASURED, 50);
}

static void test_urgent(void **state)
{
    (void)state;
    struct review_urgent u[2] = {{1, STR_LIT("x"), DAY(10), WHEN_NONE}, {2, STR_LIT("y"), DAY(5), WHEN_NONE}};
    expect("people_cases", REVIEW_UNKNOWN, 0);
    f.ledger.assets = 1;
    f.first_round = f.today;
    f.notices = 3;
    expect("people_cases", REVIEW_EMPTY, 0);
    f.urgent = u;
    f.urgent_n = 2;
    expect("people_cases", REVIEW_MEASURED, 0);
    u[0].opened = u[0].heard + 25 * 3600 * WHEN_SEC; /* an hour late: half */
    u[1].heard = NOW - 23 * 3600 * WHEN_SEC;         /* its time is not up */
    expect("people_cases", REVIEW_MEASURED, 50);
    u[0].opened = u[0].heard + 24 * 3600 * WHEN_SEC;
    expect("people_cases", REVIEW_MEASURED, 100);
    u[0].opened = DAY(20); /* the case was there before the notice */
    expect("people_cases", REVIEW_MEASURED, 100);
    u[1].heard = DAY(2);
    expect("people_cases", REVIEW_MEASURED, 50);
}

static void test_ledger(void **state)
{
    (void)state;
    f.ledger = (struct review_ledger){.assets = 40,
                                      .answerable = 10,
                                      .components = 50,
                                      .unversioned = 30,
                                      .no_exposure = 1,
                                      .no_purpose = 40,
                                      .newest_import = DAY(1),
                                      .asked = STR_LIT("Exchange"),
                                      .asked_rows = 5,
                                      .asked_ns = 3000000};
    expect("ledger_answers", REVIEW_MEASURED, 25);
    expect("ledger_exposure", REVIEW_MEASURED, 97);
    expect("ledger_purpose", REVIEW_MEASURED, 0);
    expect("ledger_owner", REVIEW_MEASURED, 100);
    expect("ledger_age", REVIEW_MEASURED, 100);
    f.ledger.newest_import = DAY(92);
    expect("ledger_age", REVIEW_MEASURED, 0);
    f.ledger.newest_import = DAY(2);
    f.ledger.old = 10;
    expect("ledger_age", REVIEW_MEASURED, 75);
    expect("ledger_time", REVIEW_MEASURED, 100);
    f.ledger.asked_ns = UINT64_C(30000000000);
    expect("ledger_time", REVIEW_MEASURED, 20);
    f.ledger.asked_rows = 0;
    expect("ledger_time", REVIEW_MEASURED, 0);
    f.ledger.asked.n = 0;
    expect("ledger_time", REVIEW_UNKNOWN, 0);
}

static void test_contacts(void **state)
{
    (void)state;
    struct contact_channel mail = {.kind = CHANNEL_MAIL, .address = STR_LIT("a@example.jp")};
    struct contact_channel both[2] = {mail, {.kind = CHANNEL_PHONE, .address = STR_LIT("03-0000-0000")}};
    struct contact k[2] = {{.id = 1,
                            .name = STR_LIT("a"),
                            .role = STR_LIT("当番"),
                            .call_order = 1,
                            .checked = WHEN_NONE,
                            .channel = &mail,
                            .channel_n = 1},
                           {.id = 2,
                            .name = STR_LIT("b"),
                            .call_order = 2,
                            .checked = DAY(10),
                            .channel = both,
                            .channel_n = 2}};
    expect("contact_channels", REVIEW_MEASURED, 0);
    f.contact = k;
    f.contact_n = 2;
    expect("contact_checked", REVIEW_MEASURED, 50);
    expect("contact_channels", REVIEW_MEASURED, 50);
    expect("contact_substitutes", REVIEW_MEASURED, 0);
    expect("people_notified", REVIEW_MEASURED, 50);
    k[0].substitute = 2;
    expect("contact_substitutes", REVIEW_MEASURED, 50);
    k[1].substitute = 7; /* was removed */
    expect("contact_substitutes", REVIEW_MEASURED, 50);
    k[1].substitute = 1;
    expect("contact_substitutes", REVIEW_MEASURED, 100);
    k[0].channel = both;
    k[0].channel_n = 2;
    k[0].checked = DAY(1);
    expect("contact_channels", REVIEW_MEASURED, 100);
    expect("contact_checked", REVIEW_MEASURED, 100);
    expect("people_notified", REVIEW_MEASURED, 100);
    both[1].needs = STR_LIT("pbx mail"); /* a telephone that needs the mail server is mail */
    expect("contact_channels", REVIEW_MEASURED, 0);
    both[1].needs = (struct str){0};
    k[0].call_order = k[1].call_order = 0; /* nobody knows who calls */
    expect("contact_channels", REVIEW_MEASURED, 50);
    f.contact_days = 5;
    expect("contact_checked", REVIEW_MEASURED, 50);
    f.notify = STR_LIT("nobody");
    expect("people_notified", REVIEW_MEASURED, 0);
    f.notify = STR_LIT("b");
    expect("people_notified", REVIEW_MEASURED, 75);
}

/* ---- cases ---- */

static struct case_step patch, check, waive, mitigate, verify, plan_step;
static struct case_plan plan;
static struct case_member member;
static struct case_file file;
static struct str vuln = STR_LIT("CVE-2021-26855");

static void one_case(void)
{
    plan = (struct case_plan){.id = 1,
                              .at = DAY(20),
                              .track = STR_LIT("emergency"),
                              .fixed = STR_LIT("1.2"),
                              .test = STR_LIT("t"),
                              .owner = STR_LIT("o")};
    patch = (struct case_step){.kind = STEP_PATCH, .at = DAY(10)};
    waive = (struct case_step){.kind = STEP_WAIVE, .at = DAY(12)};
    check = (struct case_step){.kind = STEP_CHECK, .at = DAY(14)};
    verify = (struct case_step){.kind = STEP_VERIFY, .at = DAY(1)};
    mitigate = (struct case_step){.kind = STEP_MITIGATE, .at = DAY(15), .until = NOW + WHEN_DAY};
    plan_step = (struct case_step){.kind = STEP_PLAN, .value = STR_LIT("P-1"), .at = DAY(20)};
    member = (struct case_member){.a = {.key = STR_LIT("S-1"), .triage = CASE_AFFECTED, .plan = &plan_step}};
    file = (struct case_file){.head = {.id = 1, .opened = DAY(21)},
                              .member = &member,
                              .member_n = 1,
                              .plan = &plan,
                              .plan_n = 1,
                              .vuln = &vuln,
                              .vuln_n = 1};
    f.file = &file;
    f.file_n = 1;
}

static void test_contractors(void **state)
{
    (void)state;
    struct str org = STR_LIT("北斗システム");
    struct enquiry_event event = {.kind = ENQUIRY_SENT, .at = DAY(4)};
    struct enquiry q = {
        .id = 1, .case_id = 1, .organisation = STR_LIT("北斗システム "), .at = DAY(5), .due = NOW + WHEN_DAY};
    struct review_exposed x = {org, 1};
    expect("contact_contractors", REVIEW_UNKNOWN, 0);
    f.ledger.assets = 1;
    expect("contact_contractors", REVIEW_EMPTY, 0);
    f.contractor = &org;
    f.contractor_n = 1;
    expect("contact_contractors", REVIEW_UNKNOWN, 0); /* whether it would answer is not known */
    f.exposed = &x;
    f.exposed_n = 1;
    expect("contact_contractors", REVIEW_MEASURED, 0); /* and it should have been asked */
    f.enquiry = &q;
    f.enquiry_n = 1;
    expect("contact_contractors", REVIEW_MEASURED, 0); /* drafted is not asked */
    q.event = &event;
    q.event_n = 1;
    expect("contact_contractors", REVIEW_EMPTY, 0); /* there is time yet */
    q.due = DAY(1);
    expect("contact_contractors", REVIEW_MEASURED, 0); /* silent */
    event.kind = ENQUIRY_ANSWERED;
    expect("contact_contractors", REVIEW_MEASURED, 100);
    q.case_id = 2; /* about something else */
    expect("contact_contractors", REVIEW_MEASURED, 50);
    q.case_id = 0; /* of no case, and about a vulnerability of this one */
    q.subject = STR_LIT("cve-2021-26855");
    one_case();
    expect("contact_contractors", REVIEW_MEASURED, 100);
}

static void test_plans(void **state)
{
    (void)state;
    expect("fix_rollback", REVIEW_UNKNOWN, 0);
    one_case();
    expect("fix_rollback", REVIEW_MEASURED, 0);
    plan.rollback = STR_LIT("restore");
    expect("fix_rollback", REVIEW_MEASURED, 0); /* when to roll back is part of it */
    plan.trigger = STR_LIT("no mail");
    expect("fix_rollback", REVIEW_MEASURED, 100);
    plan.test = STR_LIT(" ");
    expect("fix_rollback", REVIEW_MEASURED, 50);
}

static void test_emergency(void **state)
{
    (void)state;
    one_case();
    expect("fix_emergency", REVIEW_MEASURED, 0);
    member.a.patch = &patch;
    expect("fix_emergency", REVIEW_MEASURED, 50);
    member.a.verify = &verify;
    expect("fix_emergency", REVIEW_MEASURED, 100);
    plan.track = STR_LIT("regular");
    expect("fix_emergency", REVIEW_MEASURED, 0);
    f.exercised = DAY(300);
    expect("fix_emergency", REVIEW_MEASURED, 100);
    f.exercised = DAY(400);
    expect("fix_emergency", REVIEW_MEASURED, 0);
}

static void test_mitigations(void **state)
{
    (void)state;
    one_case();
    expect("fix_mitigations", REVIEW_EMPTY, 0);
    member.a.mitigate = &mitigate;
    expect("fix_mitigations", REVIEW_MEASURED, 100);
    mitigate.until = DAY(1);
    expect("fix_mitigations", REVIEW_MEASURED, 0);
    member.a.patch = &patch;
    expect("fix_mitigations", REVIEW_EMPTY, 0);
}

static void test_proofs(void **state)
{
    (void)state;
    one_case();
    expect("fix_unproved", REVIEW_EMPTY, 0);
    member.a.patch = &patch;
    expect("fix_unproved", REVIEW_MEASURED, 0);
    patch.at = DAY(7);
    expect("fix_unproved", REVIEW_MEASURED, 100);
    patch.at = DAY(30);
    member.a.verify = &verify;
    expect("fix_unproved", REVIEW_MEASURED, 100);
}

static void test_waivers(void **state)
{
    (void)state;
    one_case();
    member.a.patch = &patch;
    expect("look_waivers", REVIEW_EMPTY, 0);
    member.a.waive = &waive;
    expect("look_waivers", REVIEW_MEASURED, 0);
    member.a.check = &check;
    member.a.verdict = CHECK_CLEAN; /* from before the waiver */
    expect("look_waivers", REVIEW_MEASURED, 0);
    check.at = DAY(2);
    expect("look_waivers", REVIEW_MEASURED, 100);
    member.a.verdict = CHECK_NOT_ESTABLISHED;
    expect("look_waivers", REVIEW_MEASURED, 0);
}

static void test_logs(void **state)
{
    (void)state;
    struct review_window w = {STR_LIT("CVE-2021-26855"), 1, 60};
    expect("look_logs", REVIEW_UNKNOWN, 0);
    f.log_days = 90; /* stated, and nothing to hold it against */
    expect("look_logs", REVIEW_EMPTY, 0);
    f.window = &w;
    f.window_n = 1;
    expect("look_logs", REVIEW_MEASURED, 100);
    f.log_days = 30;
    expect("look_logs", REVIEW_MEASURED, 50);
    f.log_days = 0;
    expect("look_logs", REVIEW_UNKNOWN, 0);
    one_case();
    member.a.check = &check;
    member.a.verdict = CHECK_NOT_ESTABLISHED;
    expect("look_logs", REVIEW_MEASURED, 0);
    member.a.verdict = CHECK_CLEAN;
    expect("look_logs", REVIEW_MEASURED, 50); /* how long they are kept is not stated */
    f.log_days = 60;
    expect("look_logs", REVIEW_MEASURED, 100);
}

static void test_chain(void **state)
{
    (void)state;
    expect("record_chain", REVIEW_UNKNOWN, 0);
    f.audit_rows = 5;
    expect("record_chain", REVIEW_MEASURED, 100);
    f.audit_broken = 3;
    expect("record_chain", REVIEW_MEASURED, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_weights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_score, setup, teardown),
        cmocka_unit_test_setup_teardown(test_percent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_visits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_urgent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contacts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contractors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plans, setup, teardown),
        cmocka_unit_test_setup_teardown(test_emergency, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mitigations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_proofs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_waivers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_logs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chain, setup, teardown)};
    return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
