/* NVD applicability against one asset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "identify/applic.h"
#include "identify/versions/scheme.h"
#include "suite.h"

static struct arena arena;

/* ---- NVD's JSON shape ---- */

static void match_of(const struct json *v, struct cpe_match *m)
{
    *m = (struct cpe_match){.criteria = json_get_str(v, "criteria"),
                            .match_id = json_get_str(v, "matchCriteriaId"),
                            .start_incl = json_get_str(v, "versionStartIncluding"),
                            .start_excl = json_get_str(v, "versionStartExcluding"),
                            .end_incl = json_get_str(v, "versionEndIncluding"),
                            .end_excl = json_get_str(v, "versionEndExcluding"),
                            .vulnerable = json_bool(json_get(v, "vulnerable"), false)};
}

static struct cpe_config *configs_of(const struct json *list, size_t *n)
{
    *n = json_len(list);
    struct cpe_config *c = arena_array(&arena, struct cpe_config, *n);
    for (size_t i = 0; i < *n; i++) {
        const struct json *from = json_at(list, i), *nodes = json_get(from, "nodes");
        c[i] = (struct cpe_config){.op_and = str_is(json_get_str(from, "operator"), "AND"),
                                   .negate = json_bool(json_get(from, "negate"), false),
                                   .node = arena_array(&arena, struct cpe_node, json_len(nodes)),
                                   .node_n = json_len(nodes)};
        for (size_t k = 0; k < json_len(nodes); k++) {
            const struct json *node = json_at(nodes, k), *matches = json_get(node, "cpeMatch");
            c[i].node[k] =
                (struct cpe_node){.op_and = str_is(json_get_str(node, "operator"), "AND"),
                                  .negate = json_bool(json_get(node, "negate"), false),
                                  .match = arena_array(&arena, struct cpe_match, json_len(matches)),
                                  .match_n = json_len(matches)};
            for (size_t j = 0; j < json_len(matches); j++)
                match_of(json_at(matches, j), &c[i].node[k].match[j]);
        }
    }
    return c;
}

static struct applic *statement(const char *json)
{
    struct err e = {0};
    const struct json *v = json_parse(&arena, str_of(json), &e);
    if (!v)
        fail_msg("%s", e.text);
    size_t n;
    const struct cpe_config *c = configs_of(v, &n);
    return applic_prepare(&arena, c, n);
}

/* ---- short forms ---- */

/* "a:vendor:product:version:update" */
static struct applic_name name_of(const char *text)
{
    struct str f[5] = {{0}};
    struct str_split it = str_split_init(str_of(text), ':');
    for (size_t i = 0; i < 5 && str_split_next(&it, &f[i]); i++)
        ;
    struct applic_name n;
    applic_name_init(&arena, f[0].n ? f[0].p[0] : 0, f[1], f[2], f[3], f[4], &n);
    return n;
}

static struct applic_result result;

/* Judges names[0] on an asset that has all of names (NULL ends). */
static int judge(const struct applic *s, unsigned known, const char *const *names)
{
    size_t n = 0;
    while (names[n])
        n++;
    struct applic_name *list = arena_array(&arena, struct applic_name, n);
    for (size_t i = 0; i < n; i++)
        list[i] = name_of(names[i]);
    struct applic_asset asset;
    applic_asset_init(&arena, list, n, known, &asset);
    return applic_judge(s, &asset, 0, STR_LIT("nvd"), &arena, &result);
}

#define JUDGE(s, known, ...) judge(s, known, (const char *const[]){__VA_ARGS__, NULL})

static void assert_status(enum finding_status want, bool conditional)
{
    if (result.verdict.status != want || result.verdict.conditional != conditional)
        fail_msg("%s%s: %.*s", finding_status_name(result.verdict.status),
                 result.verdict.conditional ? " (conditional)" : "", STR_ARG(result.verdict.why));
    assert_true(result.verdict.why.n > 0);
    assert_true(want != FINDING_UNKNOWN || result.verdict.missing.n > 0);
}

#define LEAF(vulnerable, cpe, more) "{\"vulnerable\":" vulnerable ",\"criteria\":\"cpe:2.3:" cpe "\"" more "}"
#define NODE(op, leaves) "{\"operator\":\"" op "\",\"negate\":false,\"cpeMatch\":[" leaves "]}"
#define CONFIG(op, nodes) "{\"operator\":\"" op "\",\"nodes\":[" nodes "]}"

static void test_range(void **state)
{
    (void)state;
    const struct applic *s = statement(
        "[" CONFIG("OR", NODE("OR", LEAF("true", "a:apache:log4j:*:*:*:*:*:*:*:*",
                                         ",\"versionStartIncluding\":\"2.13.0\",\"versionEndExcluding\":\" "
                                         "2.15.0\"") "," LEAF("true", "a:apache:log4j:2.0:beta9:*:*:*:*:*:*",
                                                              ""))) "]");
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.14.1"), 1);
    assert_status(FINDING_AFFECTED, false);
    assert_true(str_is(result.verdict.fixed, "2.15.0"));
    assert_true(str_is(result.verdict.rule, "cpe-range"));
    assert_int_equal(result.verdict.confidence, CONFIDENCE_HIGH);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.15.0"), 1);
    assert_status(FINDING_NOT_AFFECTED, false);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.0:beta9"), 1);
    assert_status(FINDING_AFFECTED, false);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.0-beta9"), 1);
    assert_status(FINDING_AFFECTED, false);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.0"), 1);
    assert_status(FINDING_NOT_AFFECTED, false);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2.15.0:rc1"), 1); /* before 2.15.0 */
    assert_status(FINDING_AFFECTED, false);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:"), 1);
    assert_status(FINDING_UNKNOWN, false);
    assert_int_equal(result.reason, APPLIC_NO_VERSION);
    assert_int_equal(JUDGE(s, 0, "a:apache:log4j:2021"), 1);
    assert_status(FINDING_UNKNOWN, false);
    assert_int_equal(result.reason, APPLIC_INCOMPARABLE);
    assert_int_equal(JUDGE(s, 0, "a:apache:tomcat:9.0"), 0);
    assert_int_equal(JUDGE(s, 0, "a:acme:log4j:2.14.1"), 0);
}

/* NVD names Exchange cumulative updates in "update". */
static void test_update(void **state)
{
    (void)state;
    const struct applic *s = statement("[" CONFIG(
        "OR", NODE("OR", LEAF("true", "a:microsoft:exchange_server:2016:cumulative_update_19:*:*:*:*:*:*",
                              ""))) "]");
    JUDGE(s, 0, "a:microsoft:exchange_server:2016:cumulative_update_19");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "a:microsoft:exchange_server:2016:cumulative_update_20");
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, 0, "a:microsoft:exchange_server:2016");
    assert_status(FINDING_UNKNOWN, false);
    assert_int_equal(result.reason, APPLIC_NO_UPDATE);
    JUDGE(s, 0, "a:microsoft:exchange_server:2019:cumulative_update_19");
    assert_status(FINDING_NOT_AFFECTED, false);
}

static void test_platform(void **state)
{
    (void)state;
    const struct applic *s = statement("[" CONFIG(
        "AND",
        NODE("OR",
             LEAF("true", "a:acme:reader:*:*:*:*:*:*:*:*",
                  ",\"versionEndIncluding\":\"5.0\"")) "," NODE("OR",
                                                                LEAF("false",
                                                                     "o:microsoft:windows:-:*:*:*:*:*:*:*",
                                                                     "") "," LEAF("false",
                                                                                  "o:apple:macos:-:*:*:*:*:*:"
                                                                                  "*:*",
                                                                                  ""))) "]");
    JUDGE(s, 0, "a:acme:reader:4.9");
    assert_status(FINDING_AFFECTED, true);
    assert_true(result.verdict.missing.n > 0);
    JUDGE(s, 0, "a:acme:reader:4.9", "o:microsoft:windows_server_2019:10.0.17763.1728");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "a:acme:reader:4.9", ":microsoft:windows_10:"); /* no part in the ledger */
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "a:acme:reader:4.9", "o:canonical:ubuntu_linux:22.04");
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, APPLIC_OS_KNOWN, "a:acme:reader:4.9");
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, 0, "a:acme:reader:5.1", "o:microsoft:windows_10:");
    assert_status(FINDING_NOT_AFFECTED, false);
    /* context alone is no finding */
    assert_int_equal(JUDGE(s, 0, "o:microsoft:windows_10:"), 0);
}

static void test_target_sw(void **state)
{
    (void)state;
    const struct applic *s =
        statement("[" CONFIG("AND", NODE("OR", LEAF("true", "a:acme:reader:*:*:*:*:*:*:*:*", "")) "," NODE(
                                        "OR", LEAF("false", "o:apple:macos:-:*:*:*:*:*:*:*", ""))) "]");
    struct applic_name app[1] = {name_of("a:acme:reader:1.0")};
    cpe_set(&arena, &app[0].cpe, CPE_TARGET_SW, STR_LIT("macos"));
    struct applic_asset asset;
    applic_asset_init(&arena, app, 1, APPLIC_OS_KNOWN, &asset);
    applic_judge(s, &asset, 0, STR_LIT("nvd"), &arena, &result);
    assert_status(FINDING_AFFECTED, false);
    /* a criteria for another target does not apply, one for a target we do not know loosely */
    s = statement("[" CONFIG("OR", NODE("OR", LEAF("true", "a:acme:reader:*:*:*:*:*:android:*:*", ""))) "]");
    applic_judge(s, &asset, 0, STR_LIT("nvd"), &arena, &result);
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, 0, "a:acme:reader:1.0");
    assert_status(FINDING_AFFECTED, false);
    assert_int_equal(result.verdict.confidence, CONFIDENCE_MEDIUM);
}

static void test_firmware(void **state)
{
    (void)state;
    const struct applic *s = statement("[" CONFIG(
        "AND",
        NODE("OR",
             LEAF("true", "o:cisco:rv110w_firmware:*:*:*:*:*:*:*:*",
                  ",\"versionEndExcluding\":\"1.2.2.8\"")) "," NODE("OR",
                                                                    LEAF("false",
                                                                         "h:cisco:rv110w:-:*:*:*:*:*:*:*",
                                                                         ""))) "]");
    JUDGE(s, 0, "o:cisco:rv110w_firmware:1.2.2.5", "h:cisco:rv110w:");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "o:cisco:rv110w_firmware:1.2.2.5");
    assert_status(FINDING_AFFECTED, true);
    JUDGE(s, APPLIC_HARDWARE_KNOWN, "o:cisco:rv110w_firmware:1.2.2.5", "h:cisco:rv130w:");
    assert_status(FINDING_NOT_AFFECTED, false);
    /* only the box is in the ledger: the firmware is what is missing */
    assert_int_equal(JUDGE(s, APPLIC_HARDWARE_KNOWN, "h:cisco:rv110w:"), 1);
    assert_status(FINDING_UNKNOWN, false);
}

/* A true leaf whose own AND fails is no finding, though another node makes the configuration true. */
static void test_path(void **state)
{
    (void)state;
    const struct applic *s = statement("[" CONFIG(
        "OR", NODE("AND", LEAF("true", "a:v:one:*:*:*:*:*:*:*:*", "") "," LEAF(
                              "false", "a:v:host:1:*:*:*:*:*:*:*",
                              "")) "," NODE("OR", LEAF("true", "a:v:two:*:*:*:*:*:*:*:*", ""))) "]");
    JUDGE(s, APPLIC_SOFTWARE_KNOWN, "a:v:one:1", "a:v:two:1");
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, APPLIC_SOFTWARE_KNOWN, "a:v:two:1", "a:v:one:1");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, APPLIC_SOFTWARE_KNOWN, "a:v:one:1", "a:v:host:1");
    assert_status(FINDING_AFFECTED, false);
}

static void test_grades(void **state)
{
    (void)state;
    const struct applic *s =
        statement("[" CONFIG("OR", NODE("OR", LEAF("true", "a:v:p:-:*:*:*:*:*:*:*", ""))) "]");
    JUDGE(s, 0, "a:v:p:1.0");
    assert_status(FINDING_UNKNOWN, false);
    assert_int_equal(result.reason, APPLIC_UNCONFIRMED);
    assert_int_equal(result.verdict.confidence, CONFIDENCE_LOW);
    s = statement("[" CONFIG("OR", NODE("OR", LEAF("true", "a:v:p:*:*:*:*:*:*:*:*", ""))) "]");
    JUDGE(s, 0, "a:v:p:");
    assert_status(FINDING_AFFECTED, false);
    /* bounds beside a version are ignored */
    s = statement("[" CONFIG(
        "OR", NODE("OR", LEAF("true", "a:v:p:1.0:*:*:*:*:*:*:*", ",\"versionEndExcluding\":\"0.5\""))) "]");
    JUDGE(s, 0, "a:v:p:1.0");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "a:v:p:1.0.0");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, 0, "a:v:p:0.1");
    assert_status(FINDING_NOT_AFFECTED, false);
}

static void test_refused(void **state)
{
    (void)state;
    struct applic *s =
        statement("[" CONFIG("OR", NODE("OR", LEAF("true", "a:pascom_cloud_phone_system:*:*:*:*:*:*:*:*:*",
                                                   "") "," LEAF("true", "rubbish", ""))) "]");
    assert_int_equal(s->refused, 2);
    assert_int_equal(JUDGE(s, 0, "a::util-linux-setarch:2.37.4"), 0);
}

static void test_negate(void **state)
{
    (void)state;
    struct applic *s = statement("[{\"operator\":\"AND\",\"nodes\":[" NODE(
        "OR",
        LEAF("true", "a:v:p:*:*:*:*:*:*:*:*", "")) ","
                                                   "{\"operator\":\"OR\",\"negate\":true,\"cpeMatch\":[" LEAF(
                                                       "false", "a:v:shield:1:*:*:*:*:*:*:*", "") "]}]}]");
    assert_true(s->negated);
    JUDGE(s, APPLIC_SOFTWARE_KNOWN, "a:v:p:1");
    assert_status(FINDING_AFFECTED, false);
    JUDGE(s, APPLIC_SOFTWARE_KNOWN, "a:v:p:1", "a:v:shield:1");
    assert_status(FINDING_NOT_AFFECTED, false);
    JUDGE(s, 0, "a:v:p:1");
    assert_status(FINDING_AFFECTED, true);
}

/* A build beside NVD's way of naming: the exact version decides ranges, the named one equality. */
static void test_two_versions(void **state)
{
    (void)state;
    struct applic_name n = name_of("a:microsoft:exchange_server:2016:cumulative_update_19");
    n.version = STR_LIT("15.1.2176.2");
    struct applic_asset asset;
    applic_asset_init(&arena, &n, 1, 0, &asset);
    const struct applic *s = statement("[" CONFIG(
        "OR", NODE("OR", LEAF("true", "a:microsoft:exchange_server:2016:cumulative_update_19:*:*:*:*:*:*",
                              ""))) "]");
    applic_judge(s, &asset, 0, STR_LIT("nvd"), &arena, &result);
    assert_status(FINDING_AFFECTED, false);
    s = statement("[" CONFIG("OR", NODE("OR", LEAF("true", "a:microsoft:exchange_server:*:*:*:*:*:*:*:*",
                                                   ",\"versionEndExcluding\":\"15.1.2176.9\""))) "]");
    applic_judge(s, &asset, 0, STR_LIT("nvd"), &arena, &result);
    assert_status(FINDING_AFFECTED, false);
}

/* ---- real data ---- */

static struct str slurp(const char *path, size_t max)
{
    const char *root = getenv("TOBAN_TEST_DATA");
    struct buf b = BUF_INIT(max);
    struct err e = {0};
    if (!root || stream_slurp(arena_printf(&arena, "%s/%s", root, path), &b, &e)) {
        printf("# skipped: %s is not there\n", path);
        buf_release(&b);
        return (struct str){0};
    }
    struct str s = arena_str(&arena, buf_str(&b));
    buf_release(&b);
    return s;
}

/* NVD's own expansion of criteria into dictionary names. */
static void test_expansion(void **state)
{
    (void)state;
    struct str text = slurp("feeds/nvd/feed/cpematch/v1/nvdcpematch-1.0.json.gz", 64 * MIB);
    if (!text.p)
        skip();
    struct err e = {0};
    const struct json *list = json_get(json_parse(&arena, text, &e), "matches");
    size_t n = 0;
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *m = json_at(list, i), *names = json_get(m, "cpe_name");
        struct cpe criteria, name;
        struct cpe_bounds b = {
            json_get_str(m, "versionStartIncluding"), json_get_str(m, "versionStartExcluding"),
            json_get_str(m, "versionEndIncluding"), json_get_str(m, "versionEndExcluding")};
        assert_int_equal(cpe_parse(&arena, json_get_str(m, "cpe23Uri"), &criteria, &e), 0);
        for (size_t k = 0; k < json_len(names); k++, n++) {
            assert_int_equal(cpe_parse(&arena, json_get_str(json_at(names, k), "cpe23Uri"), &name, &e), 0);
            assert_true(cpe_match_applies(&criteria, &b, &name));
        }
    }
    assert_true(n > 5);
}

/* Every bounded criteria of a real set holds at its inclusive edges and not at its exclusive ones. */
static void test_edges(void **state)
{
    (void)state;
    struct str rest = slurp("cve5/nvd-overrides-sample.ndjson.gz", 256 * MIB), line;
    if (!rest.p)
        skip();
    size_t edges = 0, wrong = 0, unread = 0, strict = 0, names = 0, empty = 0;
    struct arena keep = arena;
    arena = (struct arena){0};
    while (str_line_next(&rest, &line)) {
        struct err e = {0};
        arena_clear(&arena);
        const struct json *v = json_get(json_parse(&arena, line, &e), "cve");
        size_t n;
        const struct cpe_config *config = configs_of(json_get(v, "configurations"), &n);
        const struct applic *s = applic_prepare(&arena, config, n);
        for (size_t i = 0; i < s->config_n; i++)
            for (size_t k = 0; k < s->config[i].node_n; k++)
                for (size_t j = 0; j < s->config[i].node[k].leaf_n; j++) {
                    const struct applic_leaf *l = &s->config[i].node[k].leaf[j];
                    struct cpe c;
                    names++;
                    strict += cpe_parse(&arena, l->match->criteria, &c, NULL) == 0;
                    unread += l->refused;
                    if (l->refused)
                        print_message("# refused: %.*s\n", STR_ARG(l->match->criteria));
                    const struct {
                        struct str bound;
                        bool in;
                    } edge[] = {{l->bounds.start_incl, true},
                                {l->bounds.start_excl, false},
                                {l->bounds.end_incl, true},
                                {l->bounds.end_excl, false}};
                    for (size_t x = 0; x < ARRAY_LEN(edge) && !l->refused; x++) {
                        if (!edge[x].bound.n)
                            continue;
                        edges++;
                        /* some ranges are empty as written */
                        struct str lo = l->bounds.start_incl.n ? l->bounds.start_incl : l->bounds.start_excl;
                        struct str hi = l->bounds.end_incl.n ? l->bounds.end_incl : l->bounds.end_excl;
                        int order = lo.n && hi.n ? scheme_generic.compare(lo, hi) : -1;
                        if (order == 1 || (order == 0 && !(l->bounds.start_incl.n && l->bounds.end_incl.n))) {
                            empty++;
                            continue;
                        }
                        int in = cpe_match_bounds(&l->bounds, edge[x].bound);
                        if (in == (int)edge[x].in)
                            continue;
                        wrong++;
                        if (wrong < 20)
                            print_message("# %.*s >= %.*s > %.*s <= %.*s < %.*s\n",
                                          STR_ARG(l->match->criteria), STR_ARG(l->bounds.start_incl),
                                          STR_ARG(l->bounds.start_excl), STR_ARG(l->bounds.end_incl),
                                          STR_ARG(l->bounds.end_excl));
                    }
                }
    }
    print_message(
        "# %zu criteria, %zu strictly valid, %zu refused; %zu edges, %zu of empty ranges, %zu wrong\n", names,
        strict, unread, edges, empty, wrong);
    arena_release(&arena);
    arena = keep;
    assert_true(edges > 1000);
    assert_int_equal(wrong, 0);
    assert_true(empty * 400 < edges);
    assert_true(unread <= 1);
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
        cmocka_unit_test(test_range),     cmocka_unit_test(test_update),
        cmocka_unit_test(test_platform),  cmocka_unit_test(test_target_sw),
        cmocka_unit_test(test_firmware),  cmocka_unit_test(test_path),
        cmocka_unit_test(test_grades),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_negate),    cmocka_unit_test(test_two_versions),
        cmocka_unit_test(test_expansion), cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
