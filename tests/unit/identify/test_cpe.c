/* CPE names and their matching: NISTIR 7695 and 7696, and the published matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "identify/cpe.h"
#include "identify/cpe_match.h"
#include "suite.h"

static struct arena arena;

static struct cpe name_of(const char *s)
{
    struct cpe c;
    struct err e = {0};
    if (cpe_parse(&arena, str_of(s), &c, &e))
        fail_msg("%s", e.text);
    return c;
}

static const char *written(void (*write)(const struct cpe *, struct buf *), const struct cpe *c)
{
    struct buf b = BUF_INIT(16 * KIB);
    write(c, &b);
    const char *s = arena_strdup(&arena, buf_cstr(&b));
    buf_release(&b);
    return s;
}

static void assert_valid(const char *s, bool want)
{
    struct cpe c;
    struct err e = {0};
    if ((cpe_parse(&arena, str_of(s), &c, &e) == 0) != want)
        fail_msg("%s should be %s; %s", s, want ? "valid" : "invalid", e.text);
    if (!want)
        assert_true(e.text[0] != 0);
}

static void test_strict(void **state)
{
    (void)state;
    assert_valid("cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*", true);
    assert_valid("cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*", true);
    assert_valid("cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*", true);
    assert_valid("cpe:2.3:a:disney:where\\'s_my_perry\\?_free:1.5.1:*:*:*:*:android:*:*", true);
    assert_valid("cpe:2.3:o:cisco:ios:12.2\\(33\\)sxi*:*:*:ja:*:*:*:*", true);
    assert_valid("cpe:2.3:a:x:y:??1.2??:*:*:en-us:*:*:*:*", true);
    assert_valid("cpe:/a:microsoft:internet_explorer:8.%02:sp%01", true);
    assert_valid("cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~", true);
    assert_valid("cpe:/o:redhat:enterprise_linux:7", true);

    assert_valid("cpe:2.3:a:microsoft:edge", false);        /* fields */
    assert_valid("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*", false); /* one too many */
    assert_valid("cpe:2.3:x:v:p:1:*:*:*:*:*:*:*", false);   /* part */
    assert_valid("cpe:2.3:a:v/w:p:1:*:*:*:*:*:*:*", false); /* unquoted */
    assert_valid("cpe:2.3:a:v:p+:1:*:*:*:*:*:*:*", false);
    assert_valid("cpe:2.3:a:v:p q:1:*:*:*:*:*:*:*", false); /* space */
    assert_valid("cpe:2.3:a:v::1:*:*:*:*:*:*:*", false);    /* empty */
    assert_valid("cpe:2.3:a:v:p*q:1:*:*:*:*:*:*:*", false); /* wildcard inside */
    assert_valid("cpe:2.3:a:v:**p:1:*:*:*:*:*:*:*", false);
    assert_valid("cpe:2.3:a:v:p\\.q:1:*:*:*:*:*:*:*", false);   /* needless backslash */
    assert_valid("cpe:2.3:a:v:p:1:*:*:english:*:*:*:*", false); /* language */
    assert_valid("cpe:2.3:a:v:p\xc3\xa9:1:*:*:*:*:*:*:*", false);
    assert_valid("cpe:/a:v:p%02q", false);
    assert_valid("cpe:/a:v:p%02%02", false);
    assert_valid("cpe:/a:v:%02%01p", false);
    assert_valid("cpe:/a:v:%01%01p%01", true);
    assert_valid("cpe:/a:v:p%zz", false);
    assert_valid("cpe:/a:v:p:1:2:3:4:5", false);
    assert_valid("cpe:2.2:a:v:p", false);
    assert_valid("", false);
}

static void test_forms(void **state)
{
    (void)state;
    struct cpe c = name_of("cpe:2.3:a:HP:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*");
    assert_string_equal(written(cpe_format, &c),
                        "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*");
    assert_string_equal(written(cpe_format_uri, &c),
                        "cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~");
    assert_string_equal(
        written(cpe_format_wfn, &c),
        "wfn:[part=\"a\",vendor=\"hp\",product=\"insight_diagnostics\",version=\"7\\.4\\.0\\.1570\","
        "update=NA,sw_edition=\"online\",target_sw=\"win2003\",target_hw=\"x64\"]");
    struct cpe u = name_of(written(cpe_format_uri, &c));
    assert_int_equal(cpe_match_names(&c, &u), CPE_EQUAL);
}

static void test_uri_wildcards(void **state)
{
    (void)state;
    struct cpe c = name_of("cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f");
    assert_string_equal(written(cpe_format, &c),
                        "cpe:2.3:a:microsoft:internet_explorer:8.\\*:sp\\?:*:*:*:*:*:*");
    c = name_of("cpe:/a:microsoft:internet_explorer:8.%02:sp%01");
    assert_string_equal(written(cpe_format, &c), "cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*");
    assert_true(c.wild >> CPE_VERSION & 1);
    assert_string_equal(written(cpe_format_uri, &c), "cpe:/a:microsoft:internet_explorer:8.%02:sp%01");
    c = name_of("cpe:/a:foo%5cbar:big%24money");
    assert_string_equal(written(cpe_format, &c), "cpe:2.3:a:foo\\\\bar:big\\$money:*:*:*:*:*:*:*:*");
    c = name_of("cpe:/h:intel::-");
    assert_true(cpe_is_any(&c, CPE_PRODUCT) && cpe_is_na(&c, CPE_VERSION));
}

static void assert_repaired(const char *s, unsigned want, const char *fs)
{
    struct cpe c;
    struct err e = {0};
    unsigned got = 0;
    if (cpe_parse_tolerant(&arena, str_of(s), &c, &got, &e))
        fail_msg("%s", e.text);
    assert_string_equal(written(cpe_format, &c), fs);
    assert_int_equal(got, want);
}

static void test_tolerant(void **state)
{
    (void)state;
    assert_repaired("cpe:2.3:a:Apache:Log4J:2.14.1:*:*:*:*:*:*:*", 0,
                    "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*");
    assert_repaired(" cpe:2.3:a:v:p:1:*:*:*:*:*:*:*\r\n", CPE_REPAIR_SPACE, "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:notepad++:1:*:*:*:*:*:*:*", CPE_REPAIR_ESCAPE,
                    "cpe:2.3:a:v:notepad\\+\\+:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:tcp/ip:1\\.0:*:*:*:*:*:*:*", CPE_REPAIR_ESCAPE,
                    "cpe:2.3:a:v:tcp\\/ip:1.0:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:notepad%2b%2b:1:*:*:*:*:*:*:*", CPE_REPAIR_PERCENT,
                    "cpe:2.3:a:v:notepad\\+\\+:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:p:1:*:*:*:*:*:*", CPE_REPAIR_FIELDS, "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*:", CPE_REPAIR_FIELDS, "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:exchange server:1::*:*:*:*:*:*", CPE_REPAIR_SPACE | CPE_REPAIR_EMPTY,
                    "cpe:2.3:a:v:exchange_server:1:*:*:*:*:*:*:*");
    assert_repaired("CPE:2.3:a:v:p:1:*:*:*:*:*:*:*", CPE_REPAIR_PREFIX, "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:2.3:a:v:p*q:1:*:*:*:*:*:*:*", CPE_REPAIR_WILDCARD,
                    "cpe:2.3:a:v:p\\*q:1:*:*:*:*:*:*:*");
    assert_repaired("cpe:/a:microsoft:exchange_server:2013:sp1", 0,
                    "cpe:2.3:a:microsoft:exchange_server:2013:sp1:*:*:*:*:*:*");
    assert_repaired("cpe:/a:v:notepad++", CPE_REPAIR_ESCAPE, "cpe:2.3:a:v:notepad\\+\\+:*:*:*:*:*:*:*:*");
    struct cpe c;
    assert_int_not_equal(
        cpe_parse_tolerant(&arena, STR_LIT("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:real"), &c, NULL, NULL), 0);
    assert_int_not_equal(cpe_parse_tolerant(&arena, STR_LIT("cpe:2.3:a"), &c, NULL, NULL), 0);
    assert_int_not_equal(cpe_parse_tolerant(&arena, STR_LIT("log4j 2.14"), &c, NULL, NULL), 0);
}

static void test_limit(void **state)
{
    (void)state;
    char *p = arena_alloc(&arena, LIMIT_CPE + 100);
    memset(p, 'a', LIMIT_CPE + 100);
    memcpy(p, "cpe:2.3:a:v:", 12);
    struct cpe c;
    struct err e = {0};
    assert_int_equal(cpe_parse(&arena, str_n(p, LIMIT_CPE + 1), &c, &e), ERR_LIMIT);
}

static void test_set(void **state)
{
    (void)state;
    struct cpe c;
    cpe_init(&c);
    cpe_set(&arena, &c, CPE_PART, STR_LIT("o"));
    cpe_set(&arena, &c, CPE_VENDOR, STR_LIT("Cisco"));
    cpe_set(&arena, &c, CPE_PRODUCT, STR_LIT("IOS XE"));
    cpe_set(&arena, &c, CPE_VERSION, STR_LIT("12.2(33)SXI"));
    cpe_set(&arena, &c, CPE_OTHER, STR_LIT("-"));
    assert_string_equal(written(cpe_format, &c), "cpe:2.3:o:cisco:ios_xe:12.2\\(33\\)sxi:*:*:*:*:*:*:\\-");
    assert_true(str_is(cpe_plain(&arena, &c, CPE_VERSION), "12.2(33)sxi"));
}

static enum cpe_relation relation(const char *source, const char *target)
{
    struct cpe a = name_of(source), b = name_of(target);
    return cpe_match_names(&a, &b);
}

/* Table 6-2 on the version, wildcards after 6.3. */
static void test_relations(void **state)
{
    (void)state;
    static const struct {
        const char *source, *target;
        enum cpe_relation want;
    } row[] = {
        {"*", "*", CPE_EQUAL},
        {"*", "-", CPE_SUPERSET},
        {"*", "1.0", CPE_SUPERSET},
        {"*", "1*", CPE_UNDEFINED},
        {"-", "*", CPE_SUBSET},
        {"-", "-", CPE_EQUAL},
        {"-", "1.0", CPE_DISJOINT},
        {"-", "1*", CPE_UNDEFINED},
        {"1.0", "1.0", CPE_EQUAL},
        {"1.0", "1.1", CPE_DISJOINT},
        {"1.0", "1*", CPE_UNDEFINED},
        {"1.0", "-", CPE_DISJOINT},
        {"1.0", "*", CPE_SUBSET},
        {"1*", "1.0", CPE_SUPERSET},
        {"2*", "1.0", CPE_DISJOINT},
        {"1*", "*", CPE_SUBSET},
        {"1*", "-", CPE_DISJOINT},
        {"1*", "1*", CPE_UNDEFINED},
        {"1.0", "1.0.1", CPE_DISJOINT}, /* no matching of prefixes */
        {"fo??", "foo", CPE_SUPERSET},
        {"fo??", "fo", CPE_SUPERSET},
        {"fo??", "fooba", CPE_DISJOINT},
        {"??o", "foo", CPE_SUPERSET},
        {"?o", "foo", CPE_DISJOINT},
        {"*o", "foo", CPE_SUPERSET},
        {"*oo*", "foobar", CPE_SUPERSET},
        {"*oz*", "foobar", CPE_DISJOINT},
        {"?\\(1\\)?", "\\(1\\)", CPE_SUPERSET},
        {"*\\)", "12\\(33\\)", CPE_SUPERSET},
        {"1?", "1\\(", CPE_SUPERSET},
        {"1?", "1\\(2", CPE_DISJOINT},
        {"*\\\\", "a\\\\\\\\", CPE_SUPERSET},
        {"*a*", "\\\\a", CPE_SUPERSET},
        {"SP1", "sp1", CPE_EQUAL},
        {"\\-", "*", CPE_SUBSET},
        {"\\-", "-", CPE_DISJOINT},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        const char *a = arena_printf(&arena, "cpe:2.3:a:v:p:%s:*:*:*:*:*:*:*", row[i].source);
        const char *b = arena_printf(&arena, "cpe:2.3:a:v:p:%s:*:*:*:*:*:*:*", row[i].target);
        enum cpe_relation got = relation(a, b);
        if (got != row[i].want)
            fail_msg("%s / %s: %s, should be %s", row[i].source, row[i].target, cpe_match_word(got),
                     cpe_match_word(row[i].want));
    }
}

static void test_name_relations(void **state)
{
    (void)state;
    assert_int_equal(relation("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:1:2:*:*:*:*:*:*"),
                     CPE_SUPERSET);
    assert_int_equal(relation("cpe:2.3:a:v:p:1:2:*:*:*:*:*:*", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"), CPE_SUBSET);
    /* subset and superset mixed */
    assert_int_equal(relation("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:*:sp1:*:*:*:*:*:*"),
                     CPE_UNDEFINED);
    /* disjoint wins over undefined */
    assert_int_equal(relation("cpe:2.3:a:v:p:1:x:*:*:*:*:*:*", "cpe:2.3:a:v:p:1*:y:*:*:*:*:*:*"),
                     CPE_DISJOINT);
    assert_int_equal(relation("cpe:2.3:a:v:p:1:x:*:*:*:*:*:*", "cpe:2.3:a:v:p:1*:x:*:*:*:*:*:*"),
                     CPE_UNDEFINED);
}

static const char *line(const char *in)
{
    struct buf b = BUF_INIT(64 * KIB);
    cpe_match_line(str_of(in), &b);
    const char *s = arena_strdup(&arena, buf_cstr(&b));
    buf_release(&b);
    return s;
}

static void test_line(void **state)
{
    (void)state;
    assert_string_equal(line("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*\tcpe:/a:v:p:1"), "superset\n");
    assert_string_equal(line("cpe:2.3:a:V:P:1:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:1:*:*:*:*:*:*:*"), "equal\n");
    static const char *const wrong[] = {"",
                                        "x",
                                        "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*",
                                        "cpe:2.3:a:v:p\tcpe:/a:v:p",
                                        "cpe:2.3:a:v:p*q:1:*:*:*:*:*:*:*\tcpe:/a:v:p",
                                        "cpe:/a:v:p\tlog4j"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const char *s = line(wrong[i]);
        assert_int_equal(strncmp(s, "{\"error\":\"", 10), 0);
        assert_true(str_ends(str_of(s), "}\n"));
    }
}

static struct cpe_bounds bounds_of(struct str range)
{
    struct cpe_bounds b = {0};
    struct str_split it = str_split_init(range, ';');
    struct str piece;
    while (str_split_next(&it, &piece)) {
        size_t eq = str_chr(piece, '=');
        struct str v = eq == STR_NONE ? (struct str){0} : str_sub(piece, eq + 1, piece.n);
        if (str_starts(piece, "StartIncluding="))
            b.start_incl = v;
        else if (str_starts(piece, "StartExcluding="))
            b.start_excl = v;
        else if (str_starts(piece, "EndIncluding="))
            b.end_incl = v;
        else if (str_starts(piece, "EndExcluding="))
            b.end_excl = v;
        else
            assert_true(str_empty(piece));
    }
    return b;
}

/* Each row of the published matrix: does the criteria apply to the asset? */
static void test_matrix(void **state)
{
    (void)state;
    struct str rest = suite_file(&arena, "conformance/cpe/cpe_matching.tsv"), row, f[5];
    if (!rest.p)
        skip();
    size_t n = 0, wrong = 0;
    str_line_next(&rest, &row);
    while (str_line_next(&rest, &row)) {
        suite_fields(row, f, 5);
        struct cpe criteria, asset;
        struct err e = {0};
        assert_int_equal(cpe_parse_tolerant(&arena, f[0], &criteria, NULL, &e), 0);
        assert_int_equal(cpe_parse_tolerant(&arena, f[3], &asset, NULL, &e), 0);
        struct cpe_bounds b = bounds_of(f[1]);
        n++;
        if (cpe_match_applies(&criteria, &b, &asset) != str_is(f[2], "1")) {
            wrong++;
            print_message("# should be " STR_FMT ": " STR_FMT "\n", STR_ARG(f[2]), STR_ARG(row));
        }
    }
    print_message("# cpe_matching.tsv: %zu of %zu rows\n", n - wrong, n);
    assert_int_equal(wrong, 0);
    assert_int_equal(n, 214);
}

static void test_bounds(void **state)
{
    (void)state;
    struct cpe_bounds b = {.end_excl = STR_LIT(" 5.10.35")};
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("5.10.34")), 1);
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("5.10.35")), 0);
    b = (struct cpe_bounds){.end_incl = STR_LIT("16.81")};
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("2002")), -1);
    b.start_excl = STR_LIT("3000");
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("2002")), 0);
    b = (struct cpe_bounds){.start_incl = STR_LIT("12.29.0"), .end_excl = STR_LIT("2024.11.0-alpha.3")};
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("13.1")), 1);
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("2024.2")), 1);
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("2024.11.0")), 0);
    assert_int_equal(cpe_match_bounds(&b, STR_LIT("12.1")), 0);
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
        cmocka_unit_test(test_strict),        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_uri_wildcards), cmocka_unit_test(test_tolerant),
        cmocka_unit_test(test_limit),         cmocka_unit_test(test_set),
        cmocka_unit_test(test_relations),     cmocka_unit_test(test_name_relations),
        cmocka_unit_test(test_line),          cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
