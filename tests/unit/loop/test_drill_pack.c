/* Drills: the shipped packs read whole, and what is wrong is told with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "loop/drill_pack.h"

#define HEAD                                                                                                  \
    "drill x\n  title.ja: 題\n  title.en: t\n  from: 2021-03-02\n  until: 2021-03-03\n  cve: CVE-2021-1\n  " \
    "product: a:b\n"                                                                                          \
    "milestone exploited 2021-01-03 +00:00\n  ja: a\n  en: a\n  source: https://x.example/\n"                 \
    "milestone patch 2021-03-02T14:00-08:00\n  ja: b\n  en: b\n  source: https://x.example/\n"

static const char *iso(when_t t)
{
    static char text[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, text);
    return text;
}

static void parse(struct arena *a, struct drill_pack *p, const char *text)
{
    struct err e = {0};
    if (drill_pack_parse(p, str_of(text), "t.txt", a, &e))
        fail_msg("%s", e.text);
}

/* What bears only a day is known when that day ended where it was published. */
static void moments(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct drill_pack p;
    parse(&a, &p, HEAD "fix 2021-03-08 -08:00\n  build: 1.2 1.3\n  url: https://x.example/\n");
    assert_string_equal(iso(p.milestone[0].when.at), "2021-01-03T23:59:59Z");
    assert_string_equal(iso(drill_pack_from(&p.milestone[0])), "2021-01-03T00:00:00Z");
    assert_string_equal(iso(p.milestone[1].when.at), "2021-03-02T22:00:00Z");
    assert_false(p.milestone[1].when.day);
    assert_int_equal(p.milestone[1].when.zone_s, -8 * 3600);
    assert_string_equal(iso(p.fix[0].when.at), "2021-03-09T07:59:59Z");
    assert_int_equal(p.fix[0].build_n, 2);
    arena_release(&a);
}

static void records(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct drill_pack p;
    parse(
        &a, &p,
        HEAD
        "record 2021-03-09T20:01:23Z\n  source: nvd\n  id: CVE-2021-1 CVE-2021-2\n  url: https://x.example/\n"
        "  cpe: cpe:2.3:a:a:b:*:*:*:*:*:*:*:* from=1.0 before=2.0\n"
        "  product: Thing 2016 Cumulative Update 14,15 | KB5000871\n  affected: V | P | 0 | 3.1\n"
        "  cvss: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n"
        "record 2021-03-03T02:02:01Z\n  source: nvd\n  id: CVE-2021-1\n  url: https://x.example/\n");
    assert_int_equal(p.record_n, 2);
    assert_string_equal(iso(p.record[0].when.at), "2021-03-03T02:02:01Z"); /* by time */
    const struct vuln *v = &p.record[1].v;
    assert_int_equal(p.record[0].v.config_n, 0);
    assert_int_equal(p.record[1].id_n, 2);
    assert_true(str_is(v->config->node->match->end_excl, "2.0"));
    assert_int_equal(v->product_n, 2);
    assert_true(str_is(v->product[1].name, "Thing 2016 Cumulative Update 15"));
    assert_true(str_is(v->product[1].kb, "5000871"));
    assert_true(str_is(v->affected->version->less_than, "3.1"));
    assert_true(str_is(v->metric->version, "3.1"));
    arena_release(&a);
}

static void wrong(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "t.txt:1: "},
        {"milestone patch 2021-03-02 +00:00\n", "t.txt:1: milestone: a pack begins"},
        {"  title.en: x\n", "t.txt:1: a field"},
        {HEAD "drill y\n", "t.txt:16: drill: "},
        {HEAD "fix 2021-03-08\n  build: 1\n  url: u\n", "t.txt:16: fix: when?"},
        {HEAD "fix 2021-02-30 +00:00\n  build: 1\n  url: u\n", "t.txt:16: fix: when?"},
        {HEAD "fix 2021-03-08 +00:00\n  built: 1\n", "t.txt:17: \"built\" is no field of fix"},
        {HEAD "milestone dream 2021-03-08 +00:00\n  ja: a\n  en: a\n  source: u\n",
         "t.txt:16: milestone: there is no such kind"},
        {HEAD "record 2021-03-08 +00:00\n  source: nvd\n  id: CVE-1\n  url: u\n  cpe: "
              "cpe:2.3:a:a:b:*:*:*:*:*:*:*:* until=3\n",
         "t.txt:20: record, cpe: "},
        {HEAD "question 2021-03-08 +00:00\n  ja: a\n  en: a\n  option.ja: x\n  option.en: x\n  meant.ja: x\n "
              " meant.en: x\n",
         "t.txt:16: question: "},
        {HEAD "notice 2021-03-08 +00:00\n  publisher: P\n  source: jpcert\n  url: u\n  lang: fr\n  title.ja: "
              "a\n  title.en: a\n  ja: a\n  en: a\n",
         "t.txt:20: notice, lang: "},
        {"drill x\n  title.ja: 題\n  title.en: t\n  from: 2021-03-02\n  until: 2021-03-03\n  cve: C\n  "
         "product: a:b\n",
         "t.txt:1: milestones"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arena a = {0};
        struct drill_pack p;
        struct err e = {0};
        assert_int_equal(drill_pack_parse(&p, str_of(bad[i].text), "t.txt", &a, &e), ERR_INPUT);
        if (strncmp(e.text, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("\"%s\" does not begin with \"%s\"", e.text, bad[i].message);
        arena_release(&a);
    }
}

static void limits(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct drill_pack p;
    struct err e = {0};
    struct buf b = BUF_INIT(64 * MIB);
    buf_adds(&b, HEAD);
    for (size_t i = 0; i <= LIMIT_DRILL_BLOCKS; i++)
        buf_adds(&b, "fix 2021-03-08 +00:00\n  build: 1\n  url: u\n");
    assert_int_equal(drill_pack_parse(&p, buf_str(&b), "t.txt", &a, &e), ERR_LIMIT);
    buf_clear(&b);
    buf_adds(&b, HEAD "fix 2021-03-08 +00:00\n");
    for (size_t i = 0; i <= LIMIT_DRILL_LIST; i++)
        buf_adds(&b, "  build: 1\n");
    assert_int_equal(drill_pack_parse(&p, buf_str(&b), "t.txt", &a, &e), ERR_LIMIT);
    buf_clear(&b);
    buf_adds(&b, HEAD "fix 2021-03-08 +00:00\n  build: ");
    for (size_t i = 0; i <= LIMIT_DRILL_LINE; i++)
        buf_addc(&b, '1');
    assert_int_equal(drill_pack_parse(&p, buf_str(&b), "t.txt", &a, &e), ERR_LIMIT);
    buf_release(&b);
    arena_release(&a);
}

static void shipped(void **unused)
{
    (void)unused;
    static const char *const name[] = {"proxylogon", "log4shell"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++) {
        struct arena a = {0};
        struct drill_pack p;
        struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
        char path[4096];
        snprintf(path, sizeof(path), "%s/rules/drills/%s.txt", getenv("TOBAN_SOURCE"), name[i]);
        assert_int_equal(stream_slurp(path, &b, NULL), 0);
        parse(&a, &p, buf_cstr(&b));
        assert_true(str_is(p.name, name[i]));
        for (size_t k = 0; k < p.milestone_n; k++)
            assert_true(str_starts(p.milestone[k].url, "https://"));
        assert_non_null(drill_pack_mark(&p, DRILL_DEADLINE));
        buf_release(&b);
        arena_release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(moments), cmocka_unit_test(records),
                                       cmocka_unit_test(wrong), cmocka_unit_test(limits),
                                       cmocka_unit_test(shipped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
