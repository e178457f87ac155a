/* Decision tables: ours say what the published ones say, and a broken table is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "assess/scores/cvss_spec.h"
#include "assess/scores/ssvc.h"
#include "codec/stream.h"

static struct arena arena;

static const struct ssvc_table *shipped(const char *name)
{
    char path[1024];
    const char *root = getenv("TOBAN_SOURCE");
    snprintf(path, sizeof(path), "%s/rules/decisions/%s.csv", root ? root : ".", name);
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct err e = {0};
    if (stream_slurp(path, &b, &e) < 0)
        fail_msg("%s", e.text);
    const struct ssvc_table *t = ssvc_load(&arena, path, buf_str(&b), &e);
    buf_release(&b); /* the table keeps nothing of the text */
    if (!t)
        fail_msg("%s", e.text);
    return t;
}

static void refused(const char *text, const char *part)
{
    struct err e = {0};
    if (ssvc_load(&arena, "t.csv", str_of(text), &e))
        fail_msg("accepted: %s", text);
    assert_int_not_equal(e.code, 0);
    if (!strstr(e.text, part))
        fail_msg("\"%s\" does not say \"%s\"", e.text, part);
}

#define HEAD                                                                                                 \
    "#! values A: no | yes\n#! values B: x | y\n#! outcome L: low\n#! outcome H: high; days 3; forensic\n"

static void test_load(void **state)
{
    (void)state;
    struct err e = {0};
    const struct ssvc_table *t = ssvc_load(&arena, "t.csv",
                                           STR_LIT("\xef\xbb\xbf# remark\r\n"
                                                   "row,A v1.0.0,\"B, \"\"too\"\" v2.0.1 (cisa)\" ,Out\r\n"
                                                   "#! values a: no | yes\n"
                                                   "#! values B, \"too\": x | y z\n\n"
                                                   "#! alias A: oui = yes\n"
                                                   "#! outcome L: low\n"
                                                   "#! outcome H: high; days 3; forensic\n"
                                                   "0, NO ,x,low\n1,no,Y Z,low\n2,oui,x,low\n3,yes,y z,H"),
                                           &e);
    if (!t)
        fail_msg("%s", e.text);
    assert_int_equal(t->column_n, 3);
    assert_int_equal(t->row_n, 4);
    assert_true(str_is(t->column[0].name, "A"));
    assert_true(str_is(t->column[0].head, "A v1.0.0"));
    assert_true(str_is(t->column[1].name, "B, \"too\""));
    struct ssvc_answer a;
    struct ssvc_given g[] = {{STR_LIT("A"), STR_LIT("OUI")}, {STR_LIT("b, \"TOO\""), STR_LIT("Y z")}};
    assert_int_equal(ssvc_decide(t, g, 2, &a, &e), 0);
    assert_true(str_is(a.worst->code, "H"));
    assert_ptr_equal(a.worst, a.best);
    assert_int_equal(a.worst->days, 3);
    assert_true(a.worst->forensic);
    assert_int_equal(ssvc_outcomes(t)->value[0].days, -1);
}

static void test_refusals(void **state)
{
    (void)state;
    refused("", "t.csv: ");
    refused("# nothing\n", "t.csv: ");
    refused("A\n", "t.csv:1: ");
    refused("A,B,O\nno,x,low\n", "not declared");
    refused(HEAD "A,B,O\nno,x,low\nno,y,low\nyes,x,low\n", "A=yes, B=y");
    refused(HEAD "A,B,O\nno,x,low\nno,y,low\nyes,x,low\nyes,y,high\nno,x,low\n", "t.csv:10: ");
    refused(HEAD "A,B,O\nno,x,low\nno,z,low\n", "t.csv:7: \"z\" is no value of \"B\" (one of: x, y)");
    refused(HEAD "A,B,O\nno,x,low\nno,y,middle\n", "t.csv:7: ");
    refused(HEAD "A,B,O\nno,x\n", "t.csv:6: ");
    refused(HEAD "A,B,O\nno,x,low,low\n", "t.csv:6: ");
    refused(HEAD "A,B,O\nno,\"x,low\n", "t.csv:6: ");
    refused(HEAD "A,B,O\nno,\"x\"y,low\n", "t.csv:6: ");
    refused(HEAD "A,A,O\n", "twice");
    refused(HEAD "A,,O\n", "no name");
    refused("#! values A: no | no\nA,O\n", "t.csv:1: ");
    refused("#! values A: no |\nA,O\n", "t.csv:1: ");
    refused("#! values A: no\n#! values A: yes\nA,O\n", "t.csv:2: ");
    refused("#! values Q: no\nA,O\n", "\"Q\"");
    refused("#! values O: no\nA,O\n", "\"O\""); /* the outcome is declared by outcome lines */
    refused("#! value A: no\nA,O\n", "t.csv:1: ");
    refused("#! values A no\nA,O\n", "t.csv:1: ");
    refused("#! outcome low\nA,O\n", "t.csv:1: ");
    refused("#! outcome L: low; days many\nA,O\n", "t.csv:1: ");
    refused("#! outcome L: low; days 999999\nA,O\n", "t.csv:1: ");
    refused("#! outcome L: low\n#! outcome L: high\nA,O\n", "t.csv:2: ");
    refused("#! values A: no\n#! alias A: non = nein\nA,O\n", "t.csv:2: ");
    refused("#! values A: no\n#! alias A: no = no\nA,O\n", "t.csv:2: ");
    refused("A\xff,O\n", "UTF-8");
}

static void test_limits(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(MIB);
    for (int i = 0; i <= LIMIT_SSVC_COLUMNS; i++)
        buf_printf(&b, "%sC%d", i ? "," : "", i);
    refused(buf_cstr(&b), "columns");
    buf_clear(&b);
    buf_adds(&b, "A,O\n#! values A: v0");
    for (int i = 1; i <= LIMIT_SSVC_VALUES; i++)
        buf_printf(&b, " | v%d", i);
    refused(buf_cstr(&b), "values");
    buf_clear(&b);
    buf_adds(&b, "A,B,C,D,E,O\n#! outcome X: x\n");
    for (char c = 'A'; c <= 'E'; c++) {
        buf_printf(&b, "#! values %c: v0", c);
        for (int i = 1; i < LIMIT_SSVC_VALUES; i++)
            buf_printf(&b, " | v%d", i);
        buf_addc(&b, '\n');
    }
    refused(buf_cstr(&b), "rows");
    buf_release(&b);
}

static void test_unknown(void **state)
{
    (void)state;
    const struct ssvc_table *t = shipped("cisa_coordinator");
    struct ssvc_answer a;
    struct err e = {0};
    /* as Vulnrichment writes it */
    struct ssvc_given g[] = {{STR_LIT("Exploitation"), STR_LIT("PoC")},
                             {STR_LIT("Automatable"), STR_LIT("Yes")},
                             {STR_LIT("Technical Impact"), STR_LIT("Total")}};
    assert_int_equal(ssvc_decide(t, g, 3, &a, &e), 0);
    assert_int_equal(a.rows, 3);
    assert_true(str_is(a.best->text, "track"));
    assert_true(str_is(a.worst->text, "attend"));
    assert_int_equal(a.unknown, 8);
    assert_int_equal(a.matters, 8);
    /* all unknown: the whole range */
    assert_int_equal(ssvc_decide(t, NULL, 0, &a, &e), 0);
    assert_int_equal(a.rows, 36);
    assert_true(str_is(a.best->code, "T"));
    assert_true(str_is(a.worst->code, "AC"));
    /* unknown, but it cannot change anything: not in KEV, not exposed, not automatable */
    t = shipped("bod_26_04");
    struct ssvc_given h[] = {{STR_LIT("In KEV"), STR_LIT("no")},
                             {STR_LIT("Publicly Exposed"), STR_LIT("no")},
                             {STR_LIT("Automatable"), STR_LIT("no")},
                             {STR_LIT("Technical Impact"), {0}}};
    assert_int_equal(ssvc_decide(t, h, 4, &a, &e), 0);
    assert_ptr_equal(a.best, a.worst);
    assert_int_equal(a.unknown, 8);
    assert_int_equal(a.matters, 0);
}

static void test_wrong_question(void **state)
{
    (void)state;
    const struct ssvc_table *t = shipped("bod_26_04");
    struct ssvc_answer a;
    struct err e = {0};
    struct ssvc_given value = {STR_LIT("Automatable"), STR_LIT("maybe")};
    assert_int_equal(ssvc_decide(t, &value, 1, &a, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "no, yes"));
    struct ssvc_given column = {STR_LIT("Exploitation"), STR_LIT("active")};
    assert_int_equal(ssvc_decide(t, &column, 1, &a, &e), ERR_USAGE);
    struct ssvc_given outcome = {ssvc_outcomes(t)->name, STR_LIT("3 days")};
    assert_int_equal(ssvc_decide(t, &outcome, 1, &a, &e), ERR_USAGE);
}

/* Every shipped table loads, with as many rows as its published counterpart. */
static void test_shipped(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t rows;
    } all[] = {{"bod_26_04", 16}, {"cisa_coordinator", 36},    {"deployer", 72},
               {"supplier", 36},  {"coordinator_triage", 192}, {"coordinator_publish", 27},
               {"utility", 4},    {"human_impact", 16},        {"public_safety_impact", 4}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        assert_int_equal(shipped(all[i].name)->row_n, all[i].rows);
}

/* ---- row by row against the published tables, read apart from our loader ---- */

#define CELLS 16
/* Splits a line of CSV in place; returns the number of cells. */
static int csv_cells(char *line, char *cell[CELLS])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line;;) {
        bool quoted = *p == '"';
        cell[n++] = p += quoted;
        p = quoted ? strchr(p, '"') : p + strcspn(p, ",");
        char *next = quoted ? p + 1 : p;
        bool more = *next == ',';
        *p = 0;
        if (!more)
            return n;
        p = next + 1;
    }
}

static FILE *published(const char *name)
{
    char path[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/ssvc/%s", root ? root : "", name);
    FILE *f = root ? fopen(path, "r") : NULL;
    if (!f) {
        print_message("# skipped: ssvc/%s is not there (TOBAN_TEST_DATA)\n", name);
        skip();
    }
    return f;
}

static void same_as(const char *ours, const char *theirs)
{
    const struct ssvc_table *t = shipped(ours);
    FILE *f = published(theirs);
    char line[1024], head_line[1024], *head[CELLS], *cell[CELLS];
    assert_non_null(fgets(head_line, sizeof(head_line), f));
    int n = csv_cells(head_line, head);
    assert_int_equal(n - 1, t->column_n);
    for (int i = 1; i < n; i++)
        assert_true(str_is(t->column[i - 1].head, head[i])); /* the versions of the decision points, too */
    size_t rows = 0;
    while (fgets(line, sizeof(line), f)) {
        struct ssvc_given g[CELLS];
        struct ssvc_answer a;
        struct err e = {0};
        assert_int_equal(csv_cells(line, cell), n);
        for (int i = 1; i < n - 1; i++)
            g[i - 1] = (struct ssvc_given){str_of(head[i]), str_of(cell[i])};
        if (ssvc_decide(t, g, (size_t)n - 2, &a, &e) < 0)
            fail_msg("%s", e.text);
        assert_int_equal(a.rows, 1);
        if (!str_is(a.worst->text, cell[n - 1]))
            fail_msg("%s row %s: ours says " STR_FMT, theirs, cell[0], STR_ARG(a.worst->text));
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, t->row_n);
    print_message("# %s: %zu rows agree\n", theirs, rows);
}

static void test_published(void **state)
{
    (void)state;
    same_as("bod_26_04", "cisa_bod_26_04_1_0_0.csv");
    same_as("cisa_coordinator", "cisa_coordinator_2_0_3.csv");
    same_as("deployer", "deployer_patch_application_priority_1_0_0.csv");
    same_as("supplier", "supplier_patch_development_priority_1_0_0.csv");
    same_as("coordinator_triage", "coordinator_triage_1_0_0.csv");
    same_as("coordinator_publish", "coordinator_publish_decision_table_1_0_0.csv");
    same_as("utility", "utility_1_0_0.csv");
    same_as("human_impact", "human_impact_1_0_0.csv");
    same_as("public_safety_impact", "public_safety_impact_1_0_0.csv");
}

/* The tables of CVSS v4.0's equivalence sets are not shipped: cvss4.c is that table, and
 * is held against every row of them here. */

static char letter_of(const char *value)
{
    static const char *const words[] = {"unreported", "proof-of-concept", "attacked", "negligible"};
    static const char letters[] = "UPAN";
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(value, words[i]) == 0)
            return letters[i];
    return (char)(value[0] - 'a' + 'A');
}

/* Metric of each column of equivalence set 1..6. */
static const char *const set_metric[7][7] = {
    {0},
    {"AV", "PR", "UI"},
    {"AC", "AT"},
    {"VC", "VI", "VA"},
    {"MSC", "MSI", "MSA"},
    {"E"},
    {"CR", "VC", "IR", "VI", "AR", "VA"},
};

static void vector_put(char *vector, const char *metric, char value)
{
    char key[8];
    snprintf(key, sizeof(key), "/%s:", metric);
    char *at = strstr(vector, key);
    assert_non_null(at);
    at[strlen(key)] = value;
}

static void test_equivalence_sets(void **state)
{
    (void)state;
    for (int set = 1; set <= 6; set++) {
        char name[64], line[512], *cell[CELLS];
        snprintf(name, sizeof(name), "cvss_v4_equivalence_set_%d_1_0_0.csv", set);
        FILE *f = published(name);
        size_t rows = 0;
        assert_non_null(fgets(line, sizeof(line), f));
        while (fgets(line, sizeof(line), f)) {
            char vector[] =
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A/CR:H/IR:H/AR:H/"
                "MSC:H/MSI:H/MSA:H";
            struct cvss v;
            struct err e = {0};
            int n = csv_cells(line, cell);
            for (int i = 1; i < n - 1; i++)
                vector_put(vector, set_metric[set][i - 1], letter_of(cell[i]));
            if (cvss_parse(str_of(vector), &v, &e) < 0)
                fail_msg("%s", e.text);
            /* low, (medium,) high; sets 2 and 6 have two levels */
            int lowest = set == 2 || set == 6 ? 1 : 2;
            int level = strcmp(cell[n - 1], "high") == 0     ? 0
                        : strcmp(cell[n - 1], "medium") == 0 ? 1
                                                             : lowest;
            if (v.macrovector[set - 1] - '0' != level)
                fail_msg("%s row %s: %s", name, cell[0], v.macrovector);
            rows++;
        }
        fclose(f);
        print_message("# %s: %zu rows agree\n", name, rows);
        assert_true(rows >= 3);
    }
}

static void test_macrovector_severity(void **state)
{
    (void)state;
    char line[512], *cell[CELLS];
    FILE *f = published("cvss_v4_0_qualitative_severity_ratings_4_0_0.csv");
    size_t rows = 0, impossible = 0;
    assert_non_null(fgets(line, sizeof(line), f));
    while (fgets(line, sizeof(line), f)) {
        char mv[7] = "";
        assert_int_equal(csv_cells(line, cell), 8);
        for (int i = 0; i < 6; i++) {
            int lowest = i == 1 || i == 5 ? 1 : 2;
            mv[i] = (char)('0' + (cell[i + 1][0] == 'h' ? 0 : cell[i + 1][0] == 'm' ? 1 : lowest));
        }
        int score = cvss4_lookup(mv);
        rows++;
        if (score < 0) { /* EQ3 low with EQ6 high cannot be */
            assert_true(mv[2] == '2' && mv[5] == '0');
            impossible++;
            continue;
        }
        if (!str_is_i(str_of(cell[7]), cvss_severity_name(cvss_severity_of(CVSS_40, score))))
            fail_msg("row %s: %s scores %d, not %s", cell[0], mv, score, cell[7]);
    }
    fclose(f);
    print_message("# severity ratings: %zu rows agree, %zu of them cannot occur\n", rows, impossible);
    assert_int_equal(rows, 324);
    assert_int_equal(cvss4_lookup("000002"), -1);
    assert_int_equal(cvss4_lookup("00000"), -1);
    assert_int_equal(cvss4_lookup("0000000"), -1);
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
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_wrong_question),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_equivalence_sets),
        cmocka_unit_test(test_macrovector_severity),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
