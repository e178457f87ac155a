/* Sigma rules: semantics of the specification, and the rules that must fire on the published event logs. */
#include <stdarg.h>
#include <setjmp.h>
#include <ftw.h>
#include <stdio.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "investigate/packs/pack.h"
#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_yaml.h"
#include "investigate/traces/trace.h"

struct rule_file {
    char id[64], path[768];
};
static VEC(struct rule_file) rules;
static VEC(struct rule_file) cases; /* id, path of info.yml */

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    size_t n = strlen(path);
    bool info = n > 8 && strcmp(path + n - 8, "info.yml") == 0;
    if (type != FTW_F || n < 4 || strcmp(path + n - 4, ".yml") != 0 ||
        (strstr(path, "sigma-regression") && !info))
        return 0;
    struct buf b = BUF_INIT(MIB);
    struct str rest, line;
    struct rule_file f = {.id = ""};
    if (stream_slurp(path, &b, NULL) < 0)
        return 0;
    rest = buf_str(&b);
    while (!f.id[0] && str_line_next(&rest, &line)) {
        struct str t = str_trim(line);
        if (str_starts(t, info ? "- id: " : "id: "))
            snprintf(f.id, sizeof(f.id), "%.*s", STR_ARG(str_trim(str_sub(t, info ? 6 : 4, 40))));
    }
    snprintf(f.path, sizeof(f.path), "%s", path);
    buf_release(&b);
    if (info)
        vec_push(&cases, f);
    else
        vec_push(&rules, f);
    return 0;
}

struct count {
    const struct pack_eval *v;
    struct arena *scratch;
    size_t hits, records;
};

static int on_hit(void *ctx, const struct pack_hit *h)
{
    (void)ctx;
    (void)h;
    return 1; /* one is enough for a record */
}

static int on_record(void *ctx, const struct trace_record *r, size_t n)
{
    struct count *c = ctx;
    struct pack_sink sink = {c, on_hit};
    for (size_t i = 0; i < n; i++) {
        struct pack_record rec = {.record = &r[i], .kind = "evtx", .scratch = c->scratch};
        c->records++;
        c->hits += pack_eval_record(c->v, &rec, &sink, NULL) == 1;
        arena_clear(c->scratch);
    }
    return 0;
}

static void run_log(const struct pack *p, const char *evtx, struct count *c)
{
    struct pack_eval *v = pack_eval_new(&p, 1);
    struct arena scratch = {0};
    struct buf b = BUF_INIT(LIMIT_FILE_WHOLE);
    struct err e = {0};
    assert_int_equal(stream_slurp(evtx, &b, &e), 0);
    struct trace_input in = {.name = evtx, .bytes = buf_str(&b)};
    struct trace_want want = {0};
    struct trace_coverage coverage = {0};
    c->v = v;
    c->scratch = &scratch;
    struct trace_sink sink = {.ctx = c, .record = on_record};
    assert_int_equal(trace_by_name(STR_LIT("evtx"))->read(&in, &want, &sink, &coverage, &e), 0);
    pack_eval_free(v);
    arena_release(&scratch);
    buf_release(&b);
}

static bool wanted_count(const char *info, unsigned *n)
{
    struct buf b = BUF_INIT(MIB);
    struct str rest, line;
    uint64_t v = 0;
    assert_int_equal(stream_slurp(info, &b, NULL), 0);
    rest = buf_str(&b);
    while (str_line_next(&rest, &line))
        if (str_starts(str_trim(line), "match_count: "))
            (void)num_u64(str_trim(str_sub(str_trim(line), 13, 20)), &v);
    buf_release(&b);
    *n = (unsigned)v;
    return v > 0;
}

static void regression(void **state)
{
    (void)state;
    char path[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/sigma", root ? root : "");
    if (nftw(path, visit, 16, FTW_PHYS) < 0) {
        print_message("# skipped: sigma is not there\n");
        return;
    }
    snprintf(path, sizeof(path), "%s/evidence/sigma-regression", root);
    (void)nftw(path, visit, 16, FTW_PHYS);
    size_t fired = 0, unknown = 0, absent = 0;
    for (size_t i = 0; i < cases.n; i++) {
        const struct rule_file *rule = NULL;
        for (size_t k = 0; k < rules.n; k++)
            if (strcmp(rules.p[k].id, cases.p[i].id) == 0)
                rule = &rules.p[k];
        if (!rule) {
            absent++;
            continue;
        }
        struct pack *p;
        struct err e = {0};
        if (pack_open(&p, rule->path, NULL, &e) < 0)
            fail_msg("%s", e.text);
        if (p->indicator_n == 0 || p->indicator[0].context) {
            unknown++;
            print_message("# not evaluable: %s\n", rule->path);
            pack_free(p);
            continue;
        }
        char log[1024];
        snprintf(log, sizeof(log), "%.*s/%s.evtx", (int)(strrchr(cases.p[i].path, '/') - cases.p[i].path),
                 cases.p[i].path, cases.p[i].id);
        struct count c = {0};
        unsigned wanted;
        run_log(p, log, &c);
        if (!c.hits)
            print_error("does not fire: %s on %s\n", rule->path, log);
        if (wanted_count(cases.p[i].path, &wanted) && c.hits && c.hits != wanted)
            print_message("# %zu hits, %u stated: %s\n", c.hits, wanted, rule->path);
        fired += c.hits > 0;
        pack_free(p);
    }
    print_message("# %zu of %zu cases fire, %zu not evaluable, %zu without a rule here\n", fired, cases.n,
                  unknown, absent);
    assert_int_equal(fired + unknown + absent, cases.n);
    vec_release(&cases);
    vec_release(&rules);
}

/* ---- semantics ---- */

static bool fires(const char *detection, const char *name, const char *value)
{
    char text[4096];
    struct pack *p;
    struct err e = {0};
    snprintf(text, sizeof(text),
             "title: t\nlogsource: {product: windows, service: security}\ndetection:\n%s\n", detection);
    if (pack_read(&p, "t.yml", str_of(text), NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_false(p->indicator[0].context);
    struct trace_field f[] = {{STR_LIT("Channel"), STR_LIT("Security")}, {str_of(name), str_of(value)}};
    struct trace_record t = {.field = f, .field_n = name ? 2 : 1};
    struct arena a = {0};
    struct pack_record r = {.record = &t, .kind = "evtx", .scratch = &a};
    bool yes = pack_eval_one(&p->indicator[0], &r) == TRI_YES;
    arena_release(&a);
    pack_free(p);
    return yes;
}

static void semantics(void **state)
{
    (void)state;
    static const struct {
        const char *detection, *name, *value;
        bool hit;
    } t[] = {
        {"  s: {A: foo}\n  condition: s", "A", "FOO", true},
        {"  s: {A|cased: foo}\n  condition: s", "A", "FOO", false},
        {"  s: {A: 'f*o?'}\n  condition: s", "A", "fooooX", true},
        {"  s: {A: 'f\\*o'}\n  condition: s", "A", "f*o", true},
        {"  s: {A: 'f\\*o'}\n  condition: s", "A", "fxo", false},
        {"  s: {A: '\\\\\\\\srv\\share'}\n  condition: s", "A", "\\\\srv\\share", true},
        {"  s: {A|endswith: '\\cmd.exe'}\n  condition: s", "A", "C:\\Windows\\CMD.EXE", true},
        {"  s: {A|contains|all: [foo, bar]}\n  condition: s", "A", "barfoo", true},
        {"  s: {A|contains|all: [foo, bar]}\n  condition: s", "A", "foo", false},
        {"  s: {A|re: '^fo+$'}\n  condition: s", "A", "fooo", true},
        {"  s: {A|re: '^fo+$'}\n  condition: s", "A", "FOOO", false},
        {"  s: {A|re|i: '^fo+$'}\n  condition: s", "A", "FOOO", true},
        {"  s: {A|cidr: 10.0.0.0/8}\n  condition: s", "A", "10.9.8.7", true},
        {"  s: {A|cidr: 10.0.0.0/8}\n  condition: s", "A", "11.9.8.7", false},
        {"  s: {A|windash|contains: ' -f '}\n  condition: s", "A", "x /f y", true},
        {"  s: {A|windash|contains: ' -f '}\n  condition: s", "A",
         "x \xe2\x80\x93"
         "f y",
         true},
        {"  s: {A|base64offset|contains: foobar}\n  condition: s", "A", "eHhmb29iYXJ4", true},
        {"  s: {A|base64: foobar}\n  condition: s", "A", "Zm9vYmFy", true},
        {"  s: {A|gt: 5}\n  condition: s", "A", "6", true},
        {"  s: {A|lte: 5}\n  condition: s", "A", "6", false},
        {"  s: {A: null}\n  condition: s", "B", "x", true},
        {"  s: {A: null}\n  condition: s", "A", "x", false},
        {"  s: {A|exists: true}\n  condition: s", "A", "x", true},
        {"  s: {A|exists: false}\n  condition: s", "A", "x", false},
        {"  s: [foo, bar]\n  condition: s", "B", "xx bar xx", true},
        {"  s: {A: x}\n  f1: {A: y}\n  f2: {A: z}\n  condition: s and not 1 of f*", "A", "x", true},
        {"  s1: {A: x}\n  s2: {A: y}\n  condition: all of s*", "A", "x", false},
        {"  s1: {A: x}\n  _s2: {A: y}\n  condition: all of them", "A", "x", true},
        {"  a: {A: x}\n  b: {A: y}\n  c: {A: z}\n  condition: a or b and c", "A", "x", true},
        {"  a: {A: x}\n  b: {A: y}\n  c: {A: z}\n  condition: (a or b) and c", "A", "x", false},
        {"  a: {A: y}\n  b: {A: x}\n  condition: [a, b]", "A", "x", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        if (fires(t[i].detection, t[i].name, t[i].value) != t[i].hit)
            fail_msg("%s on %s=%s", t[i].detection, t[i].name, t[i].value);
}

static void not_evaluable(void **state)
{
    (void)state;
    static const char *const text[] = {
        "title: t\nlogsource: {category: process_creation, product: windows}\ndetection:\n  s: "
        "{GrandParentImage: x}\n  condition: s\n",
        "title: t\nlogsource: {category: proxy}\ndetection:\n  s: {c-uri: x}\n  condition: s\n",
        "title: t\nlogsource: {product: windows, service: security}\ndetection:\n  s: {A|expand: '%x%'}\n  "
        "condition: s\n",
        "title: t\ncorrelation:\n  type: event_count\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(text); i++) {
        struct pack *p;
        struct err e = {0};
        if (pack_read(&p, "t.yml", str_of(text[i]), NULL, &e) < 0)
            fail_msg("%s", e.text);
        assert_int_equal(p->indicator_n, 1);
        assert_true(p->indicator[0].context);
        assert_true(p->indicator[0].why.n > 0);
        assert_int_equal(p->note_count[PACK_NOT_EVALUABLE], 1);
        pack_free(p);
    }
    struct pack *p;
    struct err e = {0};
    assert_true(pack_read(&p, "t.yml",
                          STR_LIT("title: t\nlogsource: {product: windows, service: security}\ndetection:\n  "
                                  "s: {A: x}\n  condition: s | count() > 5\n"),
                          NULL, &e) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(semantics), cmocka_unit_test(not_evaluable),
                                       cmocka_unit_test(regression)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
