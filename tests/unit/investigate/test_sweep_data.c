/* Real evidence and the vendor's own lists, read in place. */
#include "sweep_lib.h"

#include "codec/stream.h"

static const char *data(const char *name)
{
    static char path[1024];
    const char *dir = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/%s", dir ? dir : "", name);
    if (!dir || access(path, R_OK) != 0) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    return path;
}

static const struct sighting *first_of(const struct swept *w, const char *check)
{
    for (size_t i = 0; i < w->s.sighting.n; i++)
        if (str_is(w->s.sighting.p[i].check->id, check))
            return &w->s.sighting.p[i];
    fail_msg("no sighting of %s", check);
    return NULL;
}

/* The lab's own record of the attack: a script in the address of a virtual directory, the page written,
 * compiled, and a command run through it; UtcTime is five hours ahead of the log's time. */
static void otrf(void **state)
{
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    (void)state;
    sweep_tree(&w, data("evidence/otrf"), 0, p);
    const struct sighting *set = first_of(&w, "4d"), *page = first_of(&w, "p1"), *shell = first_of(&w, "c2");
    assert_true(first_of(&w, "1g")->time <= set->time); /* the forged request comes first */
    assert_true(set->time <= page->time && page->time <= shell->time);
    assert_int_equal(set->level, LEVEL_WRITE_ATTEMPTED);
    assert_int_equal(page->level, LEVEL_SHELL_PRESENT);
    assert_int_equal(shell->level, LEVEL_POST_EXPLOITATION);
    assert_int_not_equal(str_find(page->excerpt, STR_LIT("ohyeah.aspx")), STR_NONE);
    assert_string_equal(verdict_name(verdict_on(&w, "CVE-2021-27065")), "post-exploitation");
    assert_true(verdict_on(&w, "CVE-2021-27065")->established);
    assert_int_equal(w.s.asset[0].clock_s, 5 * 3600);
    assert_int_equal(w.s.asset[0].clock_n, w.s.asset[0].clock_of);
    assert_true(str_is(w.s.asset[0].host, "MXS01.azsentinel.local"));
    assert_true(w.s.chain_n >= 1);
    /* One minute of events says nothing about the months before. */
    for (size_t i = 0; i < w.s.verdict_n; i++)
        assert_int_not_equal(w.s.verdict[i].state, VERDICT_CLEAN);
    sweep_free(&w.s);
    pack_free(p);
}

static void benign(void **state)
{
    struct pack *p = shipped_pack("proxylogon");
    struct swept w = {0};
    (void)state;
    sweep_tree(&w, data("evidence/exchange-logs"), 0, p);
    assert_int_equal(found(&w, NULL), 0);
    assert_true(coverage_on(&w, "1a")->rows > 0);
    assert_true(coverage_on(&w, "4a")->rows > 0);
    sweep_free(&w.s);
    pack_free(p);
}

/* Microsoft's feed lists a path that Microsoft installs: the hash decides. */
static void baseline(void **state)
{
    struct baseline_build *b = baseline_build_new();
    struct buf csv = BUF_INIT(LIMIT_FILE_WHOLE), out = BUF_INIT(LIMIT_FILE_WHOLE);
    struct err e = {0};
    struct baseline *base;
    size_t rows = 0, bad = 0;
    unsigned char digest[32] = {0};
    (void)state;
    const char *path = data("ioc/baselines/baseline_15.1.2106.13.csv.gz");
    assert_int_equal(stream_slurp(path, &csv, &e), 0);
    assert_int_equal(baseline_build_csv(b, path, buf_str(&csv), &rows, &bad, &e), 0);
    assert_int_equal(bad, 0);
    assert_int_equal(baseline_build_write(b, &out, &e), 0);
    assert_int_equal(baseline_read(&base, "made", buf_str(&out), &e), 0);
    assert_int_equal(baseline_builds(base), 1);
    /* Every row of the list is recognised by its own hash, under any drive and folder. */
    struct str rest = buf_str(&csv), line;
    size_t n, seen = 0;
    while (str_line_next(&rest, &line) && seen < 2000) {
        struct str_split it = str_split_init(line, ',');
        struct str hex, build, rel;
        if (str_starts(line, "\xef\xbb\xbf"))
            continue;
        assert_true(str_split_next(&it, &hex) && str_split_next(&it, &build) && str_split_next(&it, &rel));
        assert_true(num_unhex(hex, digest, sizeof(digest), &n));
        struct buf normal = BUF_INIT(KIB * 4);
        buf_adds(&normal, "d:/mail/exchange");
        for (size_t i = 0; i < rel.n; i++)
            buf_addc(&normal, rel.p[i] == '\\' ? '/' : (char)(rel.p[i] >= 'A' && rel.p[i] <= 'Z' ? rel.p[i] + 32 : rel.p[i]));
        assert_int_equal(baseline_ask(base, buf_str(&normal), digest), BASELINE_STOCK);
        digest[0] ^= 1;
        assert_int_equal(baseline_ask(base, buf_str(&normal), digest), BASELINE_CHANGED);
        buf_addc(&normal, 'x');
        assert_int_equal(baseline_ask(base, buf_str(&normal), digest), BASELINE_UNKNOWN);
        buf_release(&normal);
        seen++;
    }
    assert_int_equal(seen, 2000);
    baseline_free(base);
    assert_int_equal(baseline_read(&base, "cut", str_sub(buf_str(&out), 0, out.n - 5), &e), ERR_INPUT);
    baseline_build_free(b);
    buf_release(&csv);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(otrf), cmocka_unit_test(benign), cmocka_unit_test(baseline)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
