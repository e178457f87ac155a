/* The gates: what may follow what, and what is said when it may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remediate/fix.h"
#include "remediate/gate.h"
#include "remediate/mitigate.h"
#include "remediate/verify.h"

#define NOW (1614740400 * WHEN_SEC) /* 2021-03-03T03:00Z */
#define S(lit) STR_LIT(lit)

static const struct gate_policy two = {.four_eyes = true, .approvers = {"bucho, kacho", 12}, .mitigation_days = 30};

struct walk {
    struct case_step step[64];
    size_t n;
    struct case_asset as;
    struct err e;
};

static struct case_step make(struct walk *w, enum case_step_kind kind, const char *who, const char *value)
{
    return (struct case_step){.id = (int64_t)w->n + 1, .case_id = 1, .ledger = S("main"), .asset_key = S("S-1"), .kind = kind, .at = NOW + (when_t)w->n * WHEN_SEC,
                              .who = str_of(who), .value = str_of(value), .why = S("because"), .until = WHEN_NONE};
}

static void fold(struct walk *w)
{
    gate_fold(w->step, w->n, S("main"), S("S-1"), &w->as);
}

static int take(struct walk *w, struct case_step s)
{
    err_clear(&w->e);
    int rc = gate_check(&w->as, &s, &two, s.at, &w->e);
    if (rc == 0) {
        w->step[w->n++] = s;
        fold(w);
    }
    return rc;
}

static int simple(struct walk *w, enum case_step_kind kind, const char *who, const char *value)
{
    return take(w, make(w, kind, who, value));
}

static int check(struct walk *w, const char *verdict)
{
    struct case_step s = make(w, STEP_CHECK, "tanaka", verdict);
    s.detail = S("all logs");
    return take(w, s);
}

static int patch(struct walk *w)
{
    struct case_step s = make(w, STEP_PATCH, "tanaka", "1.2");
    s.detail = S("works");
    return take(w, s);
}

static enum case_state state(const struct walk *w)
{
    return gate_state(&w->as, NOW + WHEN_DAY);
}

/* Joined, affected, and a look for traces asked for. */
static void begin(struct walk *w)
{
    *w = (struct walk){0};
    fold(w);
    assert_int_equal(simple(w, STEP_JOIN, CASE_BY_RULE, ""), 0);
    assert_int_equal(state(w), CASE_NEW);
    assert_int_equal(gate_vex(&w->as), VEX_UNDER_INVESTIGATION);
    assert_int_equal(simple(w, STEP_TRIAGE, CASE_BY_RULE, "affected"), 0);
    assert_int_equal(simple(w, STEP_ASK, CASE_BY_RULE, ""), 0);
    assert_int_equal(state(w), CASE_TRIAGED);
}

static void no_patch_before_a_verdict(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(patch(&w), ERR_CONFLICT);
    assert_non_null(strstr(w.e.text, "because")); /* why it was asked for */
    assert_int_equal(check(&w, "not-established"), 0);
    assert_int_equal(patch(&w), ERR_CONFLICT);
    assert_int_equal(check(&w, "clean"), 0);
    assert_int_equal(state(&w), CASE_CHECKED);
    assert_int_equal(patch(&w), 0);
    assert_int_equal(state(&w), CASE_PATCHED);
    assert_int_equal(gate_vex(&w.as), VEX_AFFECTED); /* a word is no proof */
}

static void every_verdict(void **unused)
{
    (void)unused;
    static const struct {
        const char *verdict;
        bool bare, waived, contained;
    } row[] = {{"clean", true, true, true}, {"not-established", false, true, false}, {"suspicious", false, true, true}, {"compromised", false, false, true}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct walk w;
        begin(&w);
        assert_int_equal(check(&w, row[i].verdict), 0);
        assert_int_equal(gate_evidence(&w.as, NULL) == 0, row[i].bare);
        struct walk waived = w;
        fold(&waived);
        assert_int_equal(simple(&waived, STEP_WAIVE_ASK, "tanaka", ""), 0);
        assert_int_equal(simple(&waived, STEP_WAIVE, "bucho", ""), 0);
        assert_int_equal(gate_evidence(&waived.as, NULL) == 0, row[i].waived);
        assert_int_equal(simple(&w, STEP_CONTAIN, "tanaka", ""), 0);
        assert_int_equal(gate_evidence(&w.as, NULL) == 0, row[i].contained);
    }
}

static void four_eyes(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(simple(&w, STEP_WAIVE, "bucho", ""), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_WAIVE_ASK, "bucho", ""), 0);
    assert_int_equal(simple(&w, STEP_WAIVE, "bucho", ""), ERR_PERM);
    assert_int_equal(simple(&w, STEP_WAIVE, "tanaka", ""), ERR_PERM);
    assert_int_equal(simple(&w, STEP_WAIVE, "buch", ""), ERR_PERM); /* no part of a name */
    struct case_step silent = make(&w, STEP_WAIVE, "kacho", "");
    silent.why = S("");
    assert_int_equal(take(&w, silent), ERR_USAGE); /* in writing */
    assert_int_equal(simple(&w, STEP_WAIVE, "kacho", ""), 0);
    assert_int_equal(patch(&w), 0);
    struct gate_policy one = {.four_eyes = false};
    assert_true(gate_approver(&one, S("anybody")));
    assert_false(gate_approver(&one, S("")));
}

static void waived_before_it_was_seen(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(simple(&w, STEP_WAIVE_ASK, "tanaka", ""), 0);
    assert_int_equal(simple(&w, STEP_WAIVE, "bucho", ""), 0);
    assert_int_equal(gate_evidence(&w.as, NULL), 0);
    assert_int_equal(check(&w, "suspicious"), 0);
    assert_int_equal(patch(&w), ERR_CONFLICT);
}

static struct case_step mitigation(struct walk *w, when_t until)
{
    struct case_step s = make(w, STEP_MITIGATE, "tanaka", "port shut");
    s.owner = S("ito");
    s.until = until;
    return s;
}

static void a_mitigation_closes_nothing(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    struct case_step s = mitigation(&w, NOW + 7 * WHEN_DAY);
    s.owner = S("");
    assert_int_equal(take(&w, s), ERR_USAGE);
    assert_int_equal(take(&w, mitigation(&w, WHEN_NONE)), ERR_USAGE);
    assert_int_equal(take(&w, mitigation(&w, NOW)), ERR_USAGE);
    assert_int_equal(take(&w, mitigation(&w, NOW + 31 * WHEN_DAY)), ERR_USAGE);
    assert_int_equal(take(&w, mitigation(&w, NOW + 7 * WHEN_DAY)), 0);
    assert_int_equal(state(&w), CASE_MITIGATED);
    assert_int_equal(gate_vex(&w.as), VEX_AFFECTED);
    assert_int_equal(check(&w, "clean"), 0);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), ERR_CONFLICT);
    struct case_step inlined = make(&w, STEP_TRIAGE, "tanaka", "not-affected");
    inlined.detail = S("inline_mitigations_already_exist");
    assert_int_equal(take(&w, inlined), ERR_CONFLICT);
    /* Its end is the first moment it no longer stands, recorded or not. */
    assert_int_equal(gate_state(&w.as, NOW + 7 * WHEN_DAY - 1), CASE_MITIGATED);
    assert_int_equal(gate_state(&w.as, NOW + 7 * WHEN_DAY), CASE_CHECKED);
    assert_true(gate_lapsed(&w.as, NOW + 7 * WHEN_DAY));
    assert_int_equal(mitigate_days_left(w.as.mitigate, NOW + 7 * WHEN_DAY + 1), -1);
    assert_int_equal(simple(&w, STEP_EXPIRE, CASE_BY_RULE, ""), 0);
    assert_int_equal(gate_state(&w.as, NOW), CASE_CHECKED); /* a clock set back does not revive it */
}

static void only_an_inventory_verifies(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(check(&w, "clean"), 0);
    assert_int_equal(simple(&w, STEP_VERIFY, CASE_BY_RULE, ""), ERR_CONFLICT); /* nothing to verify */
    assert_int_equal(patch(&w), 0);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_VERIFY, "tanaka", ""), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_VERIFY, CASE_BY_RULE, ""), 0);
    assert_int_equal(gate_vex(&w.as), VEX_FIXED);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), 0);
    assert_int_equal(state(&w), CASE_CLOSED);
    assert_int_equal(simple(&w, STEP_REOPEN, CASE_BY_RULE, ""), 0);
    assert_int_equal(state(&w), CASE_TRIAGED);
    assert_int_equal(patch(&w), ERR_CONFLICT); /* the clean verdict was about another time */
}

static void patched_by_itself_still_wants_a_look(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(simple(&w, STEP_PATCH, CASE_BY_RULE, "1.2"), 0);
    assert_int_equal(simple(&w, STEP_VERIFY, CASE_BY_RULE, ""), 0);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), ERR_CONFLICT);
    assert_int_equal(check(&w, "clean"), 0);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), 0);
}

static void not_affected(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    struct case_step s = make(&w, STEP_TRIAGE, "tanaka", "not-affected");
    assert_int_equal(take(&w, s), ERR_USAGE);
    s.detail = S("component_not_present");
    assert_int_equal(take(&w, s), 0);
    assert_int_equal(gate_vex(&w.as), VEX_NOT_AFFECTED);
    assert_int_equal(patch(&w), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), 0);
}

/* A patched machine that is scrapped will never prove its patch. */
static void scrapped(void **unused)
{
    (void)unused;
    struct walk w;
    begin(&w);
    assert_int_equal(check(&w, "clean"), 0);
    assert_int_equal(patch(&w), 0);
    struct case_step s = make(&w, STEP_TRIAGE, "tanaka", "not-affected");
    s.detail = S("vulnerable_code_not_present"); /* that is for an inventory to say */
    assert_int_equal(take(&w, s), ERR_CONFLICT);
    s.detail = S("component_not_present");
    assert_int_equal(take(&w, s), 0);
    assert_int_equal(state(&w), CASE_CHECKED);
    assert_int_equal(simple(&w, STEP_CLOSE, "tanaka", ""), 0);
}

static void vex_names(void **unused)
{
    (void)unused;
    /* OpenVEX 0.2.0 status labels; CycloneDX 1.5 impactAnalysisState. */
    static const char *const open[] = {"under_investigation", "affected", "not_affected", "fixed"};
    static const char *const cyclone[] = {"in_triage", "exploitable", "not_affected", "resolved"};
    for (int i = 0; i < 4; i++) {
        assert_string_equal(case_vex_name((enum case_vex)i), open[i]);
        assert_string_equal(case_vex_cyclonedx((enum case_vex)i), cyclone[i]);
    }
    for (int i = VEX_COMPONENT_NOT_PRESENT; i <= VEX_INLINE_MITIGATION; i++) {
        enum case_vex_reason r;
        assert_true(case_vex_reason_by_name(str_of(case_vex_reason_name((enum case_vex_reason)i)), &r));
        assert_int_equal(r, i);
    }
    for (int i = 0; i < STEP_KINDS; i++) {
        enum case_step_kind k;
        assert_true(case_step_by_name(str_of(case_step_name((enum case_step_kind)i)), &k));
        assert_int_equal(k, i);
    }
}

static void proof(void **unused)
{
    (void)unused;
    struct case_look l = {.component = S("x 2"), .status = FINDING_NOT_AFFECTED, .seen = NOW + 1};
    assert_int_equal(verify_judge(NOW, &l), VERIFY_PROVED);
    assert_int_equal(verify_judge(NOW + 1, &l), VERIFY_NO_INVENTORY); /* not newer */
    l.status = FINDING_AFFECTED;
    assert_int_equal(verify_judge(NOW, &l), VERIFY_STILL_AFFECTED);
    l.status = FINDING_POSSIBLE;
    assert_int_equal(verify_judge(NOW, &l), VERIFY_CANNOT_TELL);
    l.status = FINDING_UNKNOWN;
    assert_int_equal(verify_judge(NOW, &l), VERIFY_CANNOT_TELL);
    l.component = S("");
    assert_int_equal(verify_judge(NOW, &l), VERIFY_GONE);
    l.seen = WHEN_NONE;
    assert_int_equal(verify_judge(NOW, &l), VERIFY_NO_INVENTORY);
    l.gone = true;
    assert_int_equal(verify_judge(NOW, &l), VERIFY_GONE);
    assert_int_equal(verify_judge(NOW, NULL), VERIFY_GONE);
}

static void plans(void **unused)
{
    (void)unused;
    const char *missing[FIX_MISSING];
    struct case_plan p = {.fixed = S("1.2"), .track = S("emergency"), .test = S("t"), .rollback = S("r"), .trigger = S("x"), .owner = S("o")};
    assert_int_equal(fix_missing(&p, missing), 0);
    p.track = S("regular");
    assert_int_equal(fix_missing(&p, missing), 1); /* the window */
    p.window = S("w");
    p.test = S("  ");
    assert_int_equal(fix_missing(&p, missing), 1);
    p.rollback = S("");
    assert_int_equal(fix_missing(&p, missing), 2);
    p.track = S("soon");
    assert_int_equal(fix_check(&p, NULL), ERR_USAGE);
    assert_string_equal(fix_track(NOW + 3 * WHEN_DAY, NOW + WHEN_DAY, NOW), "emergency");
    assert_string_equal(fix_track(NOW + 14 * WHEN_DAY, NOW + 7 * WHEN_DAY, NOW), "regular");
    assert_string_equal(fix_track(NOW + 14 * WHEN_DAY, NOW + 15 * WHEN_DAY, NOW), "emergency");
    assert_string_equal(fix_track(NOW + 14 * WHEN_DAY, WHEN_NONE, NOW), "emergency");
}

/* What contained a machine is undone: before the patch its gate is shut again, after it the machine is in service. */
static void released(void **unused)
{
    (void)unused;
    struct walk w = {0};
    gate_start(&w.as, S("main"), S("S-1"));
    assert_int_equal(simple(&w, STEP_JOIN, "toban", ""), 0);
    assert_int_equal(simple(&w, STEP_TRIAGE, "toban", "affected"), 0);
    assert_int_equal(check(&w, "compromised"), 0);
    assert_int_equal(patch(&w), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_CONTAIN, "ito", "B-1"), 0);
    assert_int_equal(gate_state(&w.as, NOW), CASE_CONTAINED);
    assert_int_equal(simple(&w, STEP_RELEASE, "ito", "B-1"), 0);
    assert_int_equal(gate_state(&w.as, NOW), CASE_CHECKED);
    assert_int_equal(patch(&w), ERR_CONFLICT);
    assert_int_equal(simple(&w, STEP_CONTAIN, "ito", "B-1"), 0);
    assert_int_equal(patch(&w), 0);
    assert_int_equal(simple(&w, STEP_RELEASE, "ito", "B-1"), 0);
    assert_int_equal(gate_state(&w.as, NOW), CASE_PATCHED);
    assert_int_equal(gate_evidence(&w.as, &w.e), 0); /* it can be closed once it is verified */
    assert_int_equal(simple(&w, STEP_ROLLBACK, "ito", ""), 0);
    assert_int_equal(patch(&w), ERR_CONFLICT); /* in service, and vulnerable again */
    assert_int_equal(simple(&w, STEP_CONTAIN, "ito", ""), 0);
    assert_int_equal(patch(&w), 0);
    assert_int_equal(simple(&w, STEP_RELEASE, "ito", ""), 0);
    assert_int_equal(simple(&w, STEP_REOPEN, "toban", ""), 0);
    assert_int_equal(patch(&w), ERR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_patch_before_a_verdict),
        cmocka_unit_test(every_verdict),
        cmocka_unit_test(four_eyes),
        cmocka_unit_test(waived_before_it_was_seen),
        cmocka_unit_test(a_mitigation_closes_nothing),
        cmocka_unit_test(only_an_inventory_verifies),
        cmocka_unit_test(patched_by_itself_still_wants_a_look),
        cmocka_unit_test(not_affected),
        cmocka_unit_test(scrapped),
        cmocka_unit_test(vex_names),
        cmocka_unit_test(proof),
        cmocka_unit_test(released),
        cmocka_unit_test(plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
