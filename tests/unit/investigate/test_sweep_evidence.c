/* Evidence: copied, chained, sealed; a changed byte is noticed; nothing is written over. Reports and their comparison. */
#include "sweep_lib.h"

#include "codec/json.h"
#include "codec/stream.h"
#include "investigate/evidence.h"

static size_t said;
static void say(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
    said++;
}

static when_t at_noon(void)
{
    return SWEEP_NOW;
}

static void collect(void **state)
{
    struct tree t;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    struct err e = {0};
    struct evidence_result r;
    char folder[128], shell[1024];
    size_t files;
    (void)state;
    tree_make(&t);
    tree_put(&t, "inetpub/wwwroot/aspnet_client/x.aspx", "evil");
    tree_put(&t, "innocent.txt", "plain");
    sweep_tree(&w, t.root, 0, p);
    snprintf(folder, sizeof(folder), "%s-evidence", t.root);
    struct evidence_options o = {.folder = folder, .case_name = STR_LIT("INC-7"), .who = STR_LIT("hanako"), .report = STR_LIT("{}"), .clock = at_noon};
    if (evidence_collect(&w.s, &o, &r, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.files, 1);
    assert_int_equal(r.failed, 0);
    /* sha256sum of "evil" */
    struct buf m = BUF_INIT(MIB);
    snprintf(shell, sizeof(shell), "%s/manifest.jsonl", folder);
    assert_int_equal(stream_slurp(shell, &m, &e), 0);
    assert_int_not_equal(str_find(buf_str(&m), STR_LIT("b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73")), STR_NONE);
    buf_release(&m);
    assert_int_equal(evidence_verify(r.archive, say, NULL, &files, &e), 0);
    assert_int_equal(files, 1);
    assert_int_equal(evidence_collect(&w.s, &o, &r, &e), ERR_CONFLICT);
    /* A later sweep does not find its own copies. */
    assert_true(evidence_is_folder(folder));
    assert_false(evidence_is_folder(t.root));
    /* A second tool agrees about the seal. */
    snprintf(shell, sizeof(shell), "cd /tmp && sha256sum --status -c %s.tar.sha256", folder);
    assert_int_equal(system(shell), 0);
    /* One byte of the copy is changed: "evil" becomes "evel". */
    snprintf(shell, sizeof(shell), "sed -i 's/evil/evel/' %s.tar", folder);
    assert_int_equal(system(shell), 0);
    said = 0;
    snprintf(shell, sizeof(shell), "%s.tar", folder);
    assert_int_equal(evidence_verify(shell, say, NULL, &files, &e), ERR_INPUT);
    assert_int_equal(said, 2); /* the seal and the copy */
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

static const char pack_text[] = "pack t\ntitle T\nversion %d\nvulnerability CVE-2021-27065\ncheck a\n    title A\n    vulnerability CVE-2021-27065\n"
                                "    level shell-present\n    score 90\n    needs file-names\n    path \\inetpub\\**.%s\n";

static void compare(void **state)
{
    struct tree t;
    struct swept w = {0}, again = {0};
    struct arena a = {0};
    struct report_diff d;
    struct err e = {0};
    struct buf json = BUF_INIT(REPORT_MAX);
    char text[1024];
    (void)state;
    tree_make(&t);
    tree_put(&t, "inetpub/x.aspx", "1");
    tree_put(&t, "inetpub/y.ashx", "2");
    snprintf(text, sizeof(text), pack_text, 1, "aspx");
    struct pack *p1 = text_pack(text);
    sweep_tree(&w, t.root, 0, p1);
    report_json(&w.s, NULL, false, &json);
    assert_int_equal(report_compare(&w.s, buf_str(&json), &a, &d, &e), 0);
    assert_int_equal(d.fresh_n + d.gone_n, 0);
    snprintf(text, sizeof(text), pack_text, 2, "ashx");
    struct pack *p2 = text_pack(text);
    sweep_tree(&again, t.root, 0, p2);
    assert_int_equal(report_compare(&again.s, buf_str(&json), &a, &d, &e), 0);
    assert_int_equal(d.fresh_n, 1);
    assert_int_equal(d.gone_n, 1);
    assert_true(d.gone[0].pack && str_is(d.gone[0].pack_then, "1") && str_is(d.gone[0].pack_now, "2"));
    assert_true(str_ends(d.gone[0].path, "x.aspx"));
    assert_int_equal(report_compare(&w.s, STR_LIT("{\"schema\":\"other\"}"), &a, &d, &e), ERR_INPUT);
    buf_release(&json);
    arena_release(&a);
    sweep_free(&w.s);
    sweep_free(&again.s);
    pack_free(p1);
    pack_free(p2);
    tree_remove(&t);
}

/* The members that scripts rely on, exactly. */
static void json_members(void **state)
{
    static const char *const sighting[] = {"check", "cve", "level", "path", "line_or_record", "time", "time_source", "excerpt"};
    static const char *const coverage[] = {"check", "state", "files", "bytes", "rows", "first", "last", "missing"};
    static const char *const verdict[] = {"asset", "cve", "level", "established"};
    struct tree t;
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    struct arena a = {0};
    struct buf b = BUF_INIT(REPORT_MAX);
    struct err e = {0};
    (void)state;
    tree_make(&t);
    tree_put(&t, "inetpub/wwwroot/aspnet_client/x.aspx", "evil");
    sweep_tree(&w, t.root, 0, p);
    report_json(&w.s, NULL, false, &b);
    const struct json *root = json_parse(&a, buf_str(&b), &e);
    assert_non_null(root);
    assert_true(json_is(json_get(root, "hints"), JSON_ARRAY));
    for (size_t i = 0; i < ARRAY_LEN(sighting); i++)
        assert_non_null(json_get(json_at(json_get(root, "sightings"), 0), sighting[i]));
    for (size_t i = 0; i < ARRAY_LEN(coverage); i++)
        assert_non_null(json_get(json_at(json_get(root, "coverage"), 0), coverage[i]));
    for (size_t i = 0; i < ARRAY_LEN(verdict); i++)
        assert_non_null(json_get(json_at(json_get(root, "verdicts"), 0), verdict[i]));
    buf_clear(&b);
    report_sarif(&w.s, &b);
    root = json_parse(&a, buf_str(&b), &e);
    assert_true(str_is(json_get_str(root, "version"), "2.1.0"));
    assert_int_equal(json_len(json_get(json_at(json_get(root, "runs"), 0), "results")), w.s.sighting.n);
    buf_release(&b);
    arena_release(&a);
    sweep_free(&w.s);
    pack_free(p);
    tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(collect), cmocka_unit_test(compare), cmocka_unit_test(json_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
