/* The decision for one finding: BOD 26-04's sixteen rows, unknown inputs, the clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "assess/decide.h"
#include "codec/stream.h"

static struct arena arena;
static const struct ssvc_table *bod;

static when_t at(const char *iso)
{
    when_t t;
    assert_true(clock_parse_iso(str_of(iso), ZONE_UTC, &t));
    return t;
}

static const char *jst(when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_JST, s);
    return arena_strdup(&arena, s);
}

/* A confirmed finding of which all is known, seen from a June day in Japan. */
static struct decide_input known(bool kev, enum exposure exposure, const char *automatable,
                                 const char *impact)
{
    static const struct kev listed = {
        .source = {"cisa", 4}, .added = 1781136000 * WHEN_SEC /* 2026-06-11 */, .due = WHEN_NONE};
    return (struct decide_input){
        .as_of = at("2026-06-20"),
        .zone_s = ZONE_JST,
        .status = FINDING_AFFECTED,
        .found = at("2026-06-12"),
        .published = at("2026-06-09T20:00Z"), /* the 10th in Japan */
        .kev = &listed,
        .kev_n = kev,
        .kev_consulted = true,
        .exposure = exposure,
        .ssvc = {.source = STR_LIT("cisa"),
                 .automatable = str_of(automatable),
                 .technical_impact = str_of(impact),
                 .when = WHEN_NONE},
    };
}

static struct decision decided(const struct decide_input *in)
{
    struct decision d;
    struct err e = {0};
    if (decide_run(in, bod, &arena, &d, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(d.reason_n > 0 && d.reason_n <= DECIDE_REASONS);
    return d;
}

static const struct decide_reason *reason_of(const struct decision *d, enum decide_about about)
{
    for (size_t i = 0; i < d->reason_n; i++)
        if (d->reason[i].about == about)
            return &d->reason[i];
    fail_msg("no reason about %d", about);
    return NULL;
}

static void says(const struct decision *d, enum decide_about about, const char *part)
{
    for (size_t i = 0; i < d->reason_n; i++)
        if (d->reason[i].about == about && str_find(d->reason[i].text, str_of(part)) != STR_NONE)
            return;
    fail_msg("no reason about %d says \"%s\"; the first is \"" STR_FMT "\"", about, part,
             STR_ARG(reason_of(d, about)->text));
}

/* BOD 26-04, all of it: exposed, in KEV, automatable, impact; days; forensic. */
static void test_sixteen_rows(void **state)
{
    (void)state;
    static const struct {
        bool exposed, kev;
        const char *automatable, *impact, *code;
        int days;
        bool forensic;
    } row[] = {
        {true, true, "yes", "total", "3DF", 3, true},     {true, true, "yes", "partial", "3D", 3, false},
        {true, true, "no", "total", "3DF", 3, true},      {true, true, "no", "partial", "14D", 14, false},
        {true, false, "yes", "total", "3D", 3, false},    {true, false, "yes", "partial", "14D", 14, false},
        {true, false, "no", "total", "14D", 14, false},   {true, false, "no", "partial", "60D", 60, false},
        {false, true, "yes", "total", "3DF", 3, true},    {false, true, "yes", "partial", "14D", 14, false},
        {false, true, "no", "total", "14D", 14, false},   {false, true, "no", "partial", "14D", 14, false},
        {false, false, "yes", "total", "60D", 60, false}, {false, false, "yes", "partial", "60D", 60, false},
        {false, false, "no", "total", "FSU", -1, false},  {false, false, "no", "partial", "FSU", -1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct decide_input in = known(row[i].kev, row[i].exposed ? EXPOSURE_PUBLIC : EXPOSURE_INTERNAL,
                                       row[i].automatable, row[i].impact);
        struct decision d = decided(&in);
        assert_true(str_is(d.outcome->code, row[i].code));
        assert_int_equal(d.outcome->days, row[i].days);
        assert_int_equal(d.forensic, row[i].forensic);
        assert_int_equal(d.forensic, d.forensic_certain);
        assert_ptr_equal(d.best, d.worst);
        assert_int_equal(d.missing_n, 0);
        assert_false(d.provisional);
        /* KEV: from the 11th; else from publication, the 10th in Japan */
        when_t day0 = at(row[i].kev ? "2026-06-11T00:00+09:00" : "2026-06-10T00:00+09:00");
        assert_int_equal(d.start, day0);
        assert_int_equal(d.start_kind, row[i].kev ? DECIDE_START_EXPLOITED : DECIDE_START_PUBLISHED);
        if (row[i].days < 0)
            assert_int_equal(d.deadline, WHEN_NONE);
        else
            assert_int_equal(d.deadline, day0 + (row[i].days + 1) * WHEN_DAY - WHEN_SEC);
        assert_int_equal(d.deadline_by, row[i].days < 0 ? DECIDE_BY_NONE : DECIDE_BY_TABLE);
    }
}

/* 2021-03-03, noon in Japan: no catalogue of exploited vulnerabilities exists, a trusted
 * notice says it; the ledger knows the machine as public. */
static struct decide_input march_2021(const struct decide_statement *s, size_t n, const struct cvss *cvss)
{
    return (struct decide_input){
        .as_of = at("2021-03-03T12:00+09:00"),
        .zone_s = ZONE_JST,
        .status = FINDING_POSSIBLE,
        .found = at("2021-03-03T12:00+09:00"),
        .published = at("2021-03-03T02:02Z"),
        .kev_consulted = true,
        .statement = s,
        .statement_n = n,
        .exposure = EXPOSURE_PUBLIC,
        .ssvc = {.when = WHEN_NONE},
        .cvss = cvss,
        .cvss_source = STR_LIT("msrc"),
    };
}

static void test_notice_before_kev(void **state)
{
    (void)state;
    static const struct decide_statement said = {
        .source = {"jpcert", 6}, .quote = {"悪用の事実を確認している", 36}, .trusted = true};
    struct decide_statement s = said;
    struct cvss v;
    struct err e = {0};
    s.when = at("2021-03-03T11:30+09:00");
    assert_int_equal(cvss_parse(STR_LIT("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"), &v, &e), 0);
    struct decide_input in = march_2021(&s, 1, &v);
    struct decision d = decided(&in);
    assert_true(str_is(d.outcome->code, "3DF"));
    assert_true(d.in_kev && d.in_kev_by_notice);
    assert_true(d.provisional);
    says(&d, DECIDE_STATUS, "Provisional");
    says(&d, DECIDE_KEV, "trusted notice, jpcert (2021-03-03 11:30)");
    says(&d, DECIDE_KEV, "悪用の事実を確認している");
    says(&d, DECIDE_AUTOMATABLE, "Derived from CVSS 3.0");
    assert_true(str_is(reason_of(&d, DECIDE_KEV)->source, "jpcert"));
    assert_string_equal(jst(d.deadline), "2021-03-06T23:59:59+09:00");
    assert_true(d.forensic && d.forensic_certain);
    assert_string_equal(jst(d.scope_by), "2021-03-03T13:30:00+09:00");
    assert_string_equal(jst(d.volatile_by), "2021-03-04T11:30:00+09:00");
    assert_string_equal(jst(d.verdict_by), "2021-03-06T11:30:00+09:00");

    /* the same before the notice came: what is dated later is not looked at */
    in.as_of = at("2021-03-03T11:20+09:00");
    d = decided(&in);
    assert_false(d.in_kev);
    assert_true(str_is(d.outcome->code, "3D"));
    assert_false(d.forensic);

    /* the same words from a source that is not trusted change nothing, and are shown */
    in.as_of = at("2021-03-03T12:00+09:00");
    s.trusted = false;
    d = decided(&in);
    assert_false(d.in_kev);
    says(&d, DECIDE_KEV, "not a trusted source");
}

static void test_unknown_exposure(void **state)
{
    (void)state;
    struct decide_input in = known(true, EXPOSURE_UNKNOWN, "no", "total");
    struct decision d = decided(&in);
    assert_true(str_is(d.best->code, "14D"));
    assert_true(str_is(d.worst->code, "3DF"));
    assert_ptr_equal(d.outcome, d.worst);
    assert_true(d.forensic);
    assert_false(d.forensic_certain);
    assert_string_equal(jst(d.deadline), "2026-06-14T23:59:59+09:00");
    assert_int_equal(d.missing_n, 1);
    assert_int_not_equal(str_find(d.missing[0], STR_LIT("exposure")), STR_NONE);
    says(&d, DECIDE_OUTCOME, "14D");
    says(&d, DECIDE_OUTCOME, "3DF");
    says(&d, DECIDE_FORENSIC, "may have to be examined");

    /* KEV, automatable and total ask for the same wherever the machine stands: nothing to fill in */
    in = known(true, EXPOSURE_UNKNOWN, "yes", "total");
    d = decided(&in);
    assert_true(str_is(d.outcome->code, "3DF"));
    assert_true(d.forensic_certain);
    assert_int_equal(d.missing_n, 0);
}

static void test_nothing_known(void **state)
{
    (void)state;
    struct decide_input in = {.as_of = at("2026-06-20"),
                              .zone_s = ZONE_JST,
                              .status = FINDING_UNKNOWN,
                              .found = WHEN_NONE,
                              .published = WHEN_NONE,
                              .ssvc = {.when = WHEN_NONE}};
    struct decision d = decided(&in);
    assert_true(str_is(d.best->code, "FSU"));
    assert_true(str_is(d.worst->code, "3DF"));
    assert_int_equal(d.missing_n, 4);
    assert_true(d.provisional);
    assert_int_equal(d.start_kind, DECIDE_START_AS_OF);
    assert_false(d.in_kev);
    says(&d, DECIDE_KEV, "not known");
    in.found = at("2026-06-18T12:00Z");
    d = decided(&in);
    assert_int_equal(d.start_kind, DECIDE_START_FOUND);
    assert_string_equal(jst(d.start), "2026-06-18T00:00:00+09:00");
    in.status = FINDING_NOT_AFFECTED;
    d = decided(&in);
    assert_false(d.applies);
    assert_null(d.outcome);
}

/* CVE-2021-26855 as KEV lists it: added on 2021-11-03, due on 2021-04-16. */
static void test_kev_due_date(void **state)
{
    (void)state;
    struct kev k = {.source = STR_LIT("cisa"), .added = at("2021-11-03"), .due = at("2021-04-16")};
    struct decide_input in = known(true, EXPOSURE_INTERNAL, "no", "partial");
    in.kev = &k;
    in.published = at("2021-03-03");
    in.as_of = at("2021-11-04");
    struct decision d = decided(&in);
    assert_true(str_is(d.outcome->code, "14D"));
    assert_int_equal(d.deadline_by, DECIDE_BY_KEV_DUE);
    assert_string_equal(jst(d.deadline), "2021-04-16T23:59:59+09:00");
    says(&d, DECIDE_DEADLINE, "had passed when it was entered on 2021-11-03");
    says(&d, DECIDE_DEADLINE, "2021-11-17"); /* the table's date is shown, too */
    says(&d, DECIDE_DEADLINE, "The earliest date counts: 2021-04-16");
    /* the day before it was entered it was not in KEV */
    in.as_of = at("2021-11-02");
    d = decided(&in);
    assert_false(d.in_kev);
    assert_int_equal(d.deadline, WHEN_NONE);

    /* a due date later than the table's changes nothing */
    k = (struct kev){.source = STR_LIT("cisa"), .added = at("2026-06-11"), .due = at("2026-07-02")};
    in = known(true, EXPOSURE_PUBLIC, "yes", "total");
    in.kev = &k;
    d = decided(&in);
    assert_int_equal(d.deadline_by, DECIDE_BY_TABLE);
    assert_string_equal(jst(d.deadline), "2026-06-14T23:59:59+09:00");
}

static void test_policy(void **state)
{
    (void)state;
    static const struct decide_policy policy[] = {{{"a month", 7}, 30}, {{"a week", 6}, 7}, {{"bad", 3}, -1}};
    struct decide_input in = known(false, EXPOSURE_INTERNAL, "no", "partial");
    in.policy = policy;
    in.policy_n = 3;
    struct decision d = decided(&in);
    assert_true(str_is(d.outcome->code, "FSU"));
    assert_int_equal(d.deadline_by, DECIDE_BY_POLICY);
    assert_string_equal(jst(d.deadline), "2026-06-17T23:59:59+09:00");
    says(&d, DECIDE_DEADLINE, "\"a week\"");
    in = known(true, EXPOSURE_PUBLIC, "yes", "partial");
    in.policy = policy;
    in.policy_n = 3;
    d = decided(&in);
    assert_int_equal(d.deadline_by, DECIDE_BY_TABLE);
}

static void test_sources(void **state)
{
    (void)state;
    /* another catalogue counts, and says that it is not CISA's */
    struct kev k = {.source = STR_LIT("eu"), .added = at("2026-06-11"), .due = WHEN_NONE};
    struct decide_input in = known(true, EXPOSURE_PUBLIC, "YES", "Total");
    in.kev = &k;
    struct decision d = decided(&in);
    assert_true(str_is(d.outcome->code, "3DF"));
    says(&d, DECIDE_KEV, "not CISA's KEV");
    /* CISA's SSVC may say "active" before its catalogue does (Vulnrichment issue 292, the other way round) */
    in = known(false, EXPOSURE_PUBLIC, "yes", "total");
    in.ssvc.exploitation = STR_LIT("Active");
    in.ssvc.when = at("2026-06-12T01:00Z");
    d = decided(&in);
    assert_true(d.in_kev && d.in_kev_by_notice);
    assert_string_equal(jst(d.start), "2026-06-12T00:00:00+09:00");
    says(&d, DECIDE_KEV, "exploitation: active");
    /* published after exploitation was first said: the later of the two is day 0 */
    in.published = at("2026-06-15T00:30Z");
    d = decided(&in);
    assert_int_equal(d.start_kind, DECIDE_START_PUBLISHED);
    assert_string_equal(jst(d.start), "2026-06-15T00:00:00+09:00");
    /* the listing and the notice: the earlier one starts the clock */
    struct decide_statement s = {STR_LIT("msrc"), STR_LIT("Exploited:Yes"), at("2026-06-10T15:00+09:00"),
                                 true};
    in = known(true, EXPOSURE_PUBLIC, "yes", "total");
    in.statement = &s;
    in.statement_n = 1;
    d = decided(&in);
    assert_true(d.in_kev && !d.in_kev_by_notice);
    assert_string_equal(jst(d.start), "2026-06-10T00:00:00+09:00");
    assert_string_equal(jst(d.scope_by), "2026-06-10T17:00:00+09:00");
}

/* Many statements do not crowd out the other reasons. */
static void test_many_statements(void **state)
{
    (void)state;
    struct decide_statement s[40];
    for (size_t i = 0; i < ARRAY_LEN(s); i++)
        s[i] = (struct decide_statement){STR_LIT("x"), STR_LIT("exploited"), at("2026-06-12"), i % 2 == 0};
    static const struct decide_policy policy = {{"a day", 5}, 1};
    struct decide_input in = known(true, EXPOSURE_UNKNOWN, "yes", "partial");
    struct kev k = {.source = STR_LIT("cisa"), .added = at("2026-06-13"), .due = at("2026-06-14")};
    in.kev = &k;
    in.status = FINDING_POSSIBLE;
    in.statement = s;
    in.statement_n = ARRAY_LEN(s);
    in.policy = &policy;
    in.policy_n = 1;
    in.ssvc.automatable = in.ssvc.technical_impact = STR_LIT("");
    struct decision d = decided(&in);
    assert_true(d.reason_n < DECIDE_REASONS);
    says(&d, DECIDE_FORENSIC, "scope by");
    assert_int_equal(d.deadline_by, DECIDE_BY_POLICY);
}

static void test_site_table(void **state)
{
    (void)state;
    struct err e = {0};
    struct decision d;
    struct decide_input in = known(true, EXPOSURE_PUBLIC, "yes", "total");
    /* a site without the forensic step, and with a day of its own */
    static const char head[] =
        "#! values In KEV: no | yes\n#! values Publicly Exposed: no | yes\n"
        "#! values Automatable: no | yes\n#! values Technical Impact: partial | total\n"
        "#! outcome L: later\n#! outcome N: now; days 1\n"
        "Technical Impact,In KEV,Publicly Exposed,Automatable,Site\n";
    struct buf b = BUF_INIT(MIB);
    buf_adds(&b, head);
    for (int i = 0; i < 16; i++)
        buf_printf(&b, "%s,%s,%s,%s,%s\n", i & 1 ? "total" : "partial", i & 2 ? "yes" : "no",
                   i & 4 ? "yes" : "no", i & 8 ? "yes" : "no", i & 2 ? "now" : "later");
    const struct ssvc_table *site = ssvc_load(&arena, "site.csv", buf_str(&b), &e);
    assert_non_null(site);
    assert_int_equal(decide_run(&in, site, &arena, &d, &e), 0);
    assert_true(str_is(d.outcome->code, "N"));
    assert_string_equal(jst(d.deadline), "2026-06-12T23:59:59+09:00");
    assert_false(d.forensic);
    buf_release(&b);
    /* a table that asks something else is refused by name */
    const struct ssvc_table *other =
        ssvc_load(&arena, "other.csv", STR_LIT("#! values A: a\n#! outcome X: x\nA,O\na,x\n"), &e);
    assert_non_null(other);
    assert_int_equal(decide_run(&in, other, &arena, &d, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "other.csv"));
    /* a stated value that is none */
    in.ssvc.automatable = STR_LIT("perhaps");
    assert_int_equal(decide_run(&in, bod, &arena, &d, &e), ERR_INPUT);
}

static int setup(void **state)
{
    (void)state;
    char path[1024];
    const char *root = getenv("TOBAN_SOURCE");
    snprintf(path, sizeof(path), "%s/rules/decisions/bod_26_04.csv", root ? root : ".");
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct err e = {0};
    if (stream_slurp(path, &b, &e) < 0 || !(bod = ssvc_load(&arena, path, buf_str(&b), &e))) {
        print_error("%s\n", e.text);
        return -1;
    }
    buf_release(&b);
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
        cmocka_unit_test(test_sixteen_rows),     cmocka_unit_test(test_notice_before_kev),
        cmocka_unit_test(test_unknown_exposure), cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_kev_due_date),     cmocka_unit_test(test_policy),
        cmocka_unit_test(test_sources),          cmocka_unit_test(test_many_statements),
        cmocka_unit_test(test_site_table),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
