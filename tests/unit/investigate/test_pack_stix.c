/* STIX patterns: the specification's examples, what must not parse, and what becomes of patterns. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "investigate/packs/pack.h"
#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_path.h"
#include "investigate/packs/pack_stix.h"

static int parse(struct str pattern, bool lenient)
{
    struct arena a = {0};
    struct stix_obs *o;
    struct err e = {0};
    int rc = pack_stix_parse(&a, pattern, lenient, &o, &e);
    assert_true(rc == 0 || e.text[0]);
    arena_release(&a);
    return rc;
}

static void spec_examples(void **state)
{
    (void)state;
    char path[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path),
             "%s/conformance/stix/cti-pattern-validator/stix2patterns/test/v21/spec_examples.txt",
             root ? root : "");
    struct buf b = BUF_INIT(MIB);
    struct str rest, line;
    size_t n = 0;
    if (stream_slurp(path, &b, NULL) < 0) {
        print_message("# skipped: spec_examples.txt is not there\n");
        return;
    }
    rest = buf_str(&b);
    while (str_line_next(&rest, &line))
        if (str_trim(line).n) {
            if (parse(line, false) < 0)
                fail_msg("%.*s", STR_ARG(line));
            n++;
        }
    assert_int_equal(n, 23);
    buf_release(&b);
}

static void grammar(void **state)
{
    (void)state;
    static const char *const good[] = {
        "[a:b = 1] WITHIN 1.5 SECONDS",
        "[a:b NOT = 1 OR a:c NOT IN ('x', 'y')]",
        "([a:b = 1] REPEATS 2 TIMES) WITHIN 5 SECONDS",
        "[EXISTS a:b.c[*].'d-e']",
        "[a:b = t'2021-02-28T23:59:59.5Z']",
        "[a:b = h'ffEE']",
        "[a:b = b'AAEC']",
        "[ a:b /* x */ = true ] // end",
        "[a:b == 'it\\'s']",
        "[a:b = 1] START t'2021-01-01T00:00:00Z' STOP t'2021-01-02T00:00:00Z'"};
    static const char *const bad[] = {"",
                                      "[]",
                                      "[a:b = 1",
                                      "a:b = 1",
                                      "[a:b = ]",
                                      "[a:b and a:c = 1]",
                                      "[a:b = 1 and a:c = 2]",
                                      "[a:b = 'x\\y']",
                                      "[a:b = 'x]",
                                      "[a:b = 1] WITHIN 0 SECONDS",
                                      "[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS",
                                      "[a:b = 1] REPEATS 1.5 TIMES",
                                      "[a:b = t'2021-13-01T00:00:00Z']",
                                      "[a:b = t'2021-01-01t00:00:00z']",
                                      "[a:b = h'f']",
                                      "[a:b = b'===']",
                                      "[a:b LIKE 5]",
                                      "[a.b:c = 1]",
                                      "[a:b > < 1]",
                                      "[a:b = 1] [a:c = 2]",
                                      "[a:b IN ()]",
                                      "[a:b = 1] START t'2021-01-01T00:00:00Z'"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (parse(str_of(good[i]), false) < 0)
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (parse(str_of(bad[i]), false) == 0)
            fail_msg("%s", bad[i]);
    assert_int_equal(parse(STR_LIT("[a:b = 'x\\y']"), true), 0);
    struct buf deep = BUF_INIT(MIB);
    for (int i = 0; i < 5000; i++)
        buf_addc(&deep, '(');
    assert_int_equal(parse(buf_str(&deep), false), ERR_LIMIT);
    buf_release(&deep);
}

static struct pack *one(const char *pattern)
{
    char text[4096];
    struct pack *p;
    struct err e = {0};
    snprintf(text, sizeof(text),
             "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n{\"type\":\"indicator\",\"id\":"
             "\"indicator--1\",\"pattern_type\":\"stix\",\n"
             "\"valid_from\":\"2021-03-01T00:00:00Z\",\"confidence\":85,\"pattern\":\"%s\"}]}",
             pattern);
    if (pack_read(&p, "b.json", str_of(text), NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(p->format, "stix");
    return p;
}

static void meaning(void **state)
{
    (void)state;
    struct pack *p =
        one("[file:hashes.'SHA-256' = 'AEC070645FE53EE3B3763059376134F058CC337247C978ADD178B6CCDFB0019F' OR "
            "file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f' OR ipv4-addr:value = '198.18.0.9']");
    assert_int_equal(p->indicator_n, 3);
    assert_int_equal(p->indicator[0].kind, INDICATOR_HASH);
    assert_true(
        str_is(p->indicator[0].value, "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"));
    assert_int_equal(p->indicator[0].score, 85);
    assert_int_equal(p->indicator[0].line, 2);
    pack_free(p);
    p = one("[file:name = 'a.exe'] AND [domain-name:value = 'evil.example.net']");
    assert_int_equal(p->indicator_n, 2);
    assert_int_equal(p->indicator[0].group, 1);
    assert_int_equal(p->indicator[1].group, 1);
    assert_int_equal(p->indicator[0].parts, 2);
    assert_int_not_equal(p->indicator[0].part, p->indicator[1].part);
    pack_free(p);
    p = one("[file:name = 'a.exe'] FOLLOWEDBY [file:name = 'b.exe']");
    assert_int_equal(p->indicator_n, 2);
    assert_true(p->indicator[0].context && p->indicator[1].context);
    assert_int_equal(p->note_count[PACK_NOT_EVALUABLE], 2);
    pack_free(p);
    p = one("[x-custom:a = 'b']");
    assert_true(p->indicator[0].context);
    pack_free(p);
}

struct file {
    const char *name, *path, *directory, *size;
};

static int file_field(const void *ctx, struct str name, struct str *out, int max)
{
    const struct file *f = ctx;
    const char *v = str_is(name, "file.name")        ? f->name
                    : str_is(name, "file.path")      ? f->path
                    : str_is(name, "file.directory") ? f->directory
                    : str_is(name, "file.size")      ? f->size
                                                     : NULL;
    if (!v || max < 1)
        return -1; /* not computed */
    out[0] = str_of(v);
    return 1;
}

static int count(void *ctx, const struct pack_hit *h)
{
    (void)h;
    ++*(size_t *)ctx;
    return 0;
}

static void conditions(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t hits, unknown;
    } t[] = {
        {"[file:name = 'FOO.dll' AND file:parent_directory_ref.path = 'C:\\\\\\\\Windows\\\\\\\\System32']",
         1, 0},
        {"[file:name = 'foo.dll' AND file:parent_directory_ref.path = 'C:\\\\\\\\Windows']", 0, 0},
        {"[file:name = 'foo.dll' AND file:size > 1000]", 1, 0},
        {"[file:name = 'foo.dll' AND file:size < 1000]", 0, 0},
        {"[file:name LIKE 'f%.dl_' AND file:size IN (1, 2048)]", 1, 0},
        {"[file:name MATCHES '^fo+' AND file:size != 1]", 1, 0},
        {"[file:name = 'foo.dll' AND file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f']", 0, 1},
        {"[file:name = 'bar.dll' AND file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f']", 0, 0},
        {"[file:name = 'foo.dll' AND file:mime_type = 'x/y']", 0, 1},
        {"[file:name = 'foo.dll' AND (file:mime_type = 'x/y' OR file:size = 2048)]", 1, 0},
    };
    const struct file f = {"Foo.DLL", "c:/windows/system32/foo.dll", "c:/windows/system32", "2048"};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct pack *p = one(t[i].pattern);
        const struct pack *packs[1] = {p};
        struct pack_eval *v = pack_eval_new(packs, 1);
        struct arena a = {0};
        struct pack_subject s = {.ctx = &f, .field = file_field, .scratch = &a};
        size_t hits = 0, unknown = 0;
        struct pack_sink sink = {&hits, count};
        assert_int_equal(pack_eval_file(v, &s, &sink, &unknown), 0);
        if (hits != t[i].hits || unknown != t[i].unknown)
            fail_msg("%s: %zu hits, %zu unknown", t[i].pattern, hits, unknown);
        arena_release(&a);
        pack_eval_free(v);
        pack_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spec_examples), cmocka_unit_test(grammar),
                                       cmocka_unit_test(meaning), cmocka_unit_test(conditions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
