/* What the world says: history, products, KEV, EPSS, generations. */
#include "knowledge_test.h"

static size_t get(struct kt *t, const char *id, when_t as_of, struct known_vuln **out)
{
    size_t n;
    knowledge_read_end(t->k);
    ok(t, knowledge_read_begin(t->k, &t->e));
    int rc = knowledge_vuln(t->k, str_of(id), as_of, &t->a, out, &n, &t->e);
    assert_true(rc == (n ? 0 : ERR_NOT_FOUND));
    return n;
}

static bool text_is(const struct known_vuln *v, const char *text)
{
    return str_is(v->v.description, text) && !v->later;
}

static void history(void **state)
{
    struct kt *t = *state;
    struct known_vuln *v;
    struct vuln one = a_vuln("CVE-2021-26855", "nvd", "first", DAY(1), DAY(5)),
                two = a_vuln("CVE-2021-26855", "nvd", "second", DAY(1), DAY(9)),
                other = a_vuln("CVE-2021-26855", "msrc", "theirs", DAY(2), DAY(2)),
                near = a_vuln("CVE-2021-2685", "nvd", "near", DAY(1), DAY(1));
    assert_true(put(t, &one));
    assert_true(put(t, &two));
    assert_true(put(t, &near));
    assert_int_equal(get(t, "CVE-2021-26855", DAY(5), &v), 1);
    assert_true(text_is(&v[0], "first"));
    assert_int_equal(get(t, "CVE-2021-26855", DAY(9) - 1, &v), 1);
    assert_true(text_is(&v[0], "first"));
    assert_int_equal(get(t, "CVE-2021-26855", DAY(9), &v), 1);
    assert_true(text_is(&v[0], "second"));
    /* Published by then, but all we hold is from later: its existence, and not a word more. */
    assert_int_equal(get(t, "CVE-2021-26855", DAY(3), &v), 1);
    assert_true(v[0].later && v[0].v.description.n == 0 && v[0].v.published == DAY(1) &&
                str_is(v[0].v.source, "nvd"));
    assert_true(v[0].v.modified == WHEN_NONE && v[0].v.kev.added == WHEN_NONE);
    assert_int_equal(get(t, "CVE-2021-26855", DAY(1) - 1, &v), 0);
    assert_true(put(t, &other));
    assert_int_equal(get(t, "CVE-2021-26855", DAY(9), &v), 2); /* one entry a source */
    assert_true(str_is(v[0].v.source, "msrc") && str_is(v[1].v.source, "nvd"));
    assert_int_equal(get(t, "CVE-2021-2685", DAY(9), &v), 1); /* an id that another begins with */
    assert_true(text_is(&v[0], "near"));
    assert_int_equal(get(t, "CVE-2021-2", DAY(9), &v), 0);
    assert_int_equal(get(t, "", DAY(9), &v), 0);
    char *longest = arena_zalloc(&t->a, 5000);
    memset(longest, 'A', 4999);
    assert_int_equal(get(t, longest, DAY(9), &v), 0);
}

static void same_again(void **state)
{
    struct kt *t = *state;
    struct known_vuln *v;
    struct knowledge_stat st;
    struct vuln r = a_vuln("CVE-2021-1", "nvd", "a", DAY(1), DAY(2));
    assert_true(put(t, &r));
    assert_false(put(t, &r));
    r.known = r.modified = DAY(4); /* the same words, dated anew */
    assert_false(put(t, &r));
    r.description = STR_LIT("b");
    assert_true(put(t, &r));
    r.description = STR_LIT("a"); /* and back: that is a new state */
    r.known = DAY(6);
    assert_true(put(t, &r));
    r.known = DAY(3); /* late news of an earlier day that says what was known then */
    assert_false(put(t, &r));
    assert_int_equal(get(t, "CVE-2021-1", DAY(3), &v), 1);
    assert_true(text_is(&v[0], "a"));
    assert_int_equal(get(t, "CVE-2021-1", DAY(5), &v), 1);
    assert_true(text_is(&v[0], "b"));
    assert_int_equal(get(t, "CVE-2021-1", DAY(6), &v), 1);
    assert_true(text_is(&v[0], "a"));
    ok(t, knowledge_stat(t->k, &st, &t->e));
    assert_int_equal(st.vuln_states, 3);
}

static void before_1970_and_without_date(void **state)
{
    struct kt *t = *state;
    struct known_vuln *v;
    struct vuln old = a_vuln("OLD-1", "nvd", "old", -DAY(0), -DAY(0)),
                undated = a_vuln("X-1", "nvd", "x", WHEN_NONE, WHEN_NONE);
    struct vuln new = a_vuln("OLD-1", "nvd", "new", -DAY(0), DAY(0));
    assert_true(put(t, &old));
    assert_true(put(t, &new));
    assert_int_equal(get(t, "OLD-1", -1, &v), 1); /* negative moments sort before the others */
    assert_true(text_is(&v[0], "old"));
    assert_true(put(t, &undated));
    assert_int_equal(get(t, "X-1", DAY(0), &v), 1);
}

static void bad_identifiers(void **state)
{
    struct kt *t = *state;
    struct vuln v = a_vuln("", "nvd", "x", DAY(1), DAY(1));
    char *longest = arena_zalloc(&t->a, 600);
    memset(longest, 'A', 599);
    ok(t, knowledge_begin(t->k, &t->e));
    assert_int_equal(knowledge_put_vuln(t->k, &v, NULL, 0, NULL, &t->e), ERR_INPUT);
    v.id = str_of(longest);
    assert_int_equal(knowledge_put_vuln(t->k, &v, NULL, 0, NULL, &t->e), ERR_INPUT);
    v.id = STR_LIT("CVE\0X");
    assert_int_equal(knowledge_put_vuln(t->k, &v, NULL, 0, NULL, &t->e), ERR_INPUT);
    struct kev k = {.source = STR_LIT("cisa"), .added = DAY(1), .due = WHEN_NONE};
    assert_int_equal(knowledge_put_kev(t->k, &k, DAY(1), &t->e), ERR_INPUT);
    struct epss s = {.date = DAY(1)};
    assert_int_equal(knowledge_put_epss(t->k, &s, &t->e), ERR_INPUT);
    v = a_vuln("CVE-2021-7", "nvd", "", DAY(1), DAY(1));
    v.description = str_n(arena_zalloc(&t->a, 65 * MIB), 65 * MIB);
    assert_int_equal(knowledge_put_vuln(t->k, &v, NULL, 0, NULL, &t->e), ERR_LIMIT);
    v.description = STR_LIT("small"); /* and the batch goes on */
    ok(t, knowledge_put_vuln(t->k, &v, NULL, 0, NULL, &t->e));
    assert_int_equal(knowledge_begin(t->k, &t->e), ERR_INTERNAL); /* no batch in a batch */
    ok(t, knowledge_commit(t->k, &t->e));
}

static bool names(struct kt *t, const char *key, const char *want)
{
    struct str *id;
    size_t n;
    struct buf b = BUF_INIT(4096);
    knowledge_read_end(t->k);
    ok(t, knowledge_read_begin(t->k, &t->e));
    ok(t, knowledge_of_product(t->k, str_of(key), &t->a, &id, &n, &t->e));
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(id[i]));
    bool is = strcmp(buf_cstr(&b), want) == 0;
    if (!is)
        print_message("%s: %s\n", key, buf_cstr(&b));
    buf_release(&b);
    return is;
}

static void products(void **state)
{
    struct kt *t = *state;
    struct cpe_match match[] = {
        {.criteria = STR_LIT("cpe:2.3:a:microsoft:exchange_server:2016:cumulative_update_19:*:*:*:*:*:*"),
         .vulnerable = true},
        {.criteria = STR_LIT("cpe:2.3:a:Microsoft:Exchange_Server:2019:*:*:*:*:*:*:*"), .vulnerable = true},
        {.criteria = STR_LIT("cpe:2.3:a:rack\\:up:c\\+\\+\\\\lib:1:*:*:*:*:*:*:*"), .vulnerable = true},
        {.criteria = STR_LIT("cpe:2.3:o:microsoft:windows_server_2016:-:*:*:*:*:*:*:*"), .vulnerable = false},
        {.criteria = STR_LIT("cpe:2.3:a:only_vendor"), .vulnerable = true},
        {.criteria = STR_LIT("cpe:2.3:"), .vulnerable = true},
        {.criteria = STR_LIT("cpe:2.3:a:x:trailing\\"), .vulnerable = true}};
    struct cpe_node node = {.match = match, .match_n = ARRAY_LEN(match)};
    struct cpe_config config = {.node = &node, .node_n = 1};
    struct str cpe[] = {STR_LIT("cpe:2.3:a:apache:http_server:*:*:*:*:*:*:*:*")};
    struct affected aff[] = {{.vendor = STR_LIT("Apache Software Foundation"),
                              .product = STR_LIT("Apache HTTP Server"),
                              .cpe = cpe,
                              .cpe_n = 1},
                             {.vendor = STR_LIT("v"), .product = STR_LIT("")}};
    struct vendor_product vp = {.cpe = STR_LIT("cpe:2.3:a:fortinet:fortios:7:*:*:*:*:*:*:*")};
    struct str extra[] = {STR_LIT("sonicwall:sma100"), STR_LIT("")};
    struct vuln v = a_vuln("CVE-2", "nvd", "x", DAY(1), DAY(1)),
                w = a_vuln("CVE-1", "nvd", "x", DAY(1), DAY(1));
    v.config = &config;
    v.config_n = 1;
    v.affected = aff;
    v.affected_n = 2;
    v.product = &vp;
    v.product_n = 1;
    w.config = &config;
    w.config_n = 1;
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_vuln(t->k, &v, extra, 2, NULL, &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
    put(t, &w);
    assert_true(names(t, "microsoft:exchange_server", "CVE-1 CVE-2"));
    assert_true(names(t, "rack:up:c++\\lib", "CVE-1 CVE-2"));
    assert_true(names(t, "microsoft:windows_server_2016", "")); /* a platform is not what is vulnerable */
    assert_true(names(t, "apache:http_server", "CVE-2"));
    assert_true(names(t, "apache_software_foundation:apache_http_server", "CVE-2"));
    assert_true(names(t, "fortinet:fortios", "CVE-2"));
    assert_true(names(t, "sonicwall:sma100", "CVE-2"));
    assert_true(names(t, "microsoft:exchange", ""));
    assert_true(names(t, "", ""));
    char *longest = arena_zalloc(&t->a, 5000);
    memset(longest, 'a', 4999);
    assert_true(names(t, longest, ""));
}

static struct kev an_entry(const char *cve, when_t added)
{
    return (struct kev){.source = STR_LIT("cisa"),
                        .cve = str_of(cve),
                        .vendor = STR_LIT("Microsoft"),
                        .added = added,
                        .due = added + 14 * WHEN_DAY,
                        .ransomware = true};
}

static void catalogue(struct kt *t, const char *const *cve, size_t n, when_t seen)
{
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_kev_full_begin(t->k, STR_LIT("cisa"), &t->e));
    for (size_t i = 0; i < n; i++) {
        struct kev k = an_entry(cve[i], DAY(1));
        ok(t, knowledge_put_kev(t->k, &k, seen, &t->e));
    }
    ok(t, knowledge_kev_full_end(t->k, seen, &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
}

static size_t kev(struct kt *t, const char *cve, when_t as_of, struct kev **out)
{
    size_t n;
    knowledge_read_end(t->k);
    ok(t, knowledge_read_begin(t->k, &t->e));
    ok(t, knowledge_kev(t->k, str_of(cve), as_of, &t->a, out, &n, &t->e));
    return n;
}

static void retraction(void **state)
{
    struct kt *t = *state;
    struct kev *k, other = an_entry("CVE-2", DAY(1));
    other.source = STR_LIT("vulnrichment");
    catalogue(t, (const char *const[]){"CVE-1", "CVE-2", "CVE-10"}, 3, DAY(2));
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_kev(t->k, &other, DAY(2), &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
    assert_int_equal(kev(t, "CVE-1", DAY(1), &k), 1); /* the catalogue's date, not our first look */
    assert_true(k[0].ransomware && k[0].due == DAY(15) && str_is(k[0].vendor, "Microsoft"));
    assert_int_equal(kev(t, "CVE-1", DAY(1) - 1, &k), 0);
    assert_int_equal(kev(t, "CVE-", DAY(9), &k), 0);
    assert_int_equal(kev(t, "", DAY(9), &k), 0);
    assert_int_equal(kev(t, "CVE-2", DAY(9), &k), 2);
    catalogue(t, (const char *const[]){"CVE-1", "CVE-10"}, 2, DAY(5));
    assert_int_equal(kev(t, "CVE-1", DAY(9), &k), 1);
    assert_int_equal(kev(t, "CVE-2", DAY(9), &k), 1); /* retracted by the one, not by the other */
    assert_true(str_is(k[0].source, "vulnrichment"));
    assert_int_equal(kev(t, "CVE-2", DAY(4), &k), 2); /* then it was in force */
    catalogue(t, (const char *const[]){"CVE-1", "CVE-10", "CVE-2"}, 3, DAY(7));
    assert_int_equal(kev(t, "CVE-2", DAY(9), &k), 2); /* listed again */
}

/* A catalogue that is aborted in the middle leaves no trace, in the next batch either. */
static void aborted_catalogue(void **state)
{
    struct kt *t = *state;
    struct kev *k, one = an_entry("CVE-1", DAY(1));
    catalogue(t, (const char *const[]){"CVE-1", "CVE-2"}, 2, DAY(2));
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_kev_full_begin(t->k, STR_LIT("cisa"), &t->e));
    ok(t, knowledge_put_kev(t->k, &one, DAY(5), &t->e));
    knowledge_abort(t->k);
    knowledge_abort(t->k);
    assert_int_equal(kev(t, "CVE-2", DAY(9), &k), 1);
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_kev(t->k, &one, DAY(6), &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
    assert_int_equal(kev(t, "CVE-2", DAY(9), &k), 1);
}

static bool score(struct kt *t, when_t as_of, double *out)
{
    struct epss s;
    bool found;
    knowledge_read_end(t->k);
    ok(t, knowledge_read_begin(t->k, &t->e));
    ok(t, knowledge_epss(t->k, STR_LIT("CVE-1"), as_of, &s, &found, &t->e));
    if (found) {
        *out = s.score;
        assert_true(str_is(s.model_version, "v2025.03.14") && str_is(s.cve, "CVE-1"));
    }
    return found;
}

static void put_score(struct kt *t, double v, when_t date)
{
    struct epss s = {STR_LIT("CVE-1"), STR_LIT("v2025.03.14"), v, 0.5, date};
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_epss(t->k, &s, &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
}

static void scores(void **state)
{
    struct kt *t = *state;
    double v = 0;
    bool found;
    struct epss s;
    assert_false(score(t, DAY(99), &v));
    put_score(t, 0.25, DAY(5));
    assert_false(score(t, DAY(4), &v));
    assert_true(score(t, DAY(5), &v) && v == 0.25);
    put_score(t, 0.125, DAY(3)); /* an older one never replaces */
    assert_true(score(t, DAY(5), &v) && v == 0.25);
    assert_true(score(t, DAY(4), &v) && v == 0.125);
    put_score(t, 0.75, DAY(8));
    assert_true(score(t, DAY(9), &v) && v == 0.75);
    assert_true(score(t, DAY(7), &v) && v == 0.25);
    put_score(t, 0.5, DAY(8)); /* corrected on its day */
    assert_true(score(t, DAY(9), &v) && v == 0.5);
    char *longest = arena_zalloc(&t->a, 5000);
    memset(longest, 'A', 4999);
    ok(t, knowledge_epss(t->k, str_of(longest), DAY(9), &s, &found, &t->e));
    assert_false(found);
}

/* Readers keep the generation they began with, whole, whatever is written, aborted or cleared meanwhile. */
static void generations(void **state)
{
    struct kt *t = *state;
    struct known_vuln *v;
    struct vuln one = a_vuln("CVE-1", "nvd", "one", DAY(1), DAY(1)),
                two = a_vuln("CVE-1", "nvd", "two", DAY(1), DAY(2));
    size_t n;
    put(t, &one);
    ok(t, knowledge_read_begin(t->k, &t->e));
    uint64_t was = knowledge_generation(t->k);
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_vuln(t->k, &two, NULL, 0, NULL, &t->e));
    knowledge_abort(t->k);
    ok(t, knowledge_vuln(t->k, STR_LIT("CVE-1"), DAY(9), &t->a, &v, &n, &t->e));
    assert_true(n == 1 && text_is(&v[0], "one"));
    assert_int_equal(get(t, "CVE-1", DAY(9), &v), 1); /* refused: it was never there */
    assert_true(text_is(&v[0], "one"));
    assert_true(knowledge_generation(t->k) == was);
    struct str seen = v[0].v.description;
    put(t, &two);
    ok(t, knowledge_clear(t->k, &t->e));
    assert_true(str_is(seen, "one")); /* what was read lives until read_end */
    ok(t, knowledge_vuln(t->k, STR_LIT("CVE-1"), DAY(9), &t->a, &v, &n, &t->e));
    assert_true(n == 1 && text_is(&v[0], "one"));
    assert_int_equal(get(t, "CVE-1", DAY(9), &v), 0);
    assert_true(knowledge_generation(t->k) > was);
    knowledge_read_end(t->k);
    assert_int_equal(knowledge_generation(t->k), 0);
}

static void opens(void **state)
{
    struct kt *t = *state;
    struct knowledge *k = NULL;
    char path[128];
    knowledge_close(t->k);
    t->k = NULL;
    ok(t, knowledge_open(&t->k, t->dir, &t->e)); /* again */
    snprintf(path, sizeof(path), "%s/no/such", t->dir);
    assert_int_equal(knowledge_open(&k, path, &t->e), ERR_NOT_FOUND);
    assert_null(k);
    knowledge_close(NULL);
    /* A damaged file is refused with what to do. */
    snprintf(path, sizeof(path), "%s/bad", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/bad/data.mdb", t->dir);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 3000; i++)
        fputs("not a map ", f);
    fclose(f);
    snprintf(path, sizeof(path), "%s/bad", t->dir);
    assert_int_equal(knowledge_open(&k, path, &t->e), ERR_INPUT);
    assert_non_null(strstr(t->e.text, "rebuild"));
    assert_null(k);
}

static int collect_key(void *ctx, struct str key)
{
    struct buf *b = ctx;
    buf_printf(b, STR_FMT " ", STR_ARG(key));
    return b->n > 20 ? ERR_LIMIT : 0;
}

static void every_product(void **state)
{
    struct kt *t = *state;
    struct buf b = BUF_INIT(4096);
    struct vuln v = a_vuln("CVE-1", "nvd", "x", DAY(1), DAY(1)),
                w = a_vuln("CVE-2", "nvd", "x", DAY(1), DAY(1));
    ok(t, knowledge_begin(t->k, &t->e));
    ok(t, knowledge_put_vuln(t->k, &v, (struct str[]){STR_LIT("b:b"), STR_LIT("A:a")}, 2, NULL, &t->e));
    ok(t, knowledge_put_vuln(t->k, &w, (struct str[]){STR_LIT("b:b")}, 1, NULL, &t->e));
    ok(t, knowledge_commit(t->k, &t->e));
    ok(t, knowledge_read_begin(t->k, &t->e));
    ok(t, knowledge_each_product(t->k, collect_key, &b, &t->e));
    assert_string_equal(buf_cstr(&b), "a:a b:b "); /* in order, each once */
    buf_adds(&b, "12345678901234567890");
    assert_int_equal(knowledge_each_product(t->k, collect_key, &b, &t->e), ERR_LIMIT);
    buf_release(&b);
    knowledge_close(t->k);
    t->k = NULL;
    ok(t, knowledge_remove(t->dir, &t->e));
    ok(t, knowledge_remove(t->dir, &t->e)); /* nothing there is nothing to do */
    ok(t, knowledge_open(&t->k, t->dir, &t->e));
    struct known_vuln *k;
    assert_int_equal(get(t, "CVE-1", DAY(9), &k), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kt_test(history),
        kt_test(same_again),
        kt_test(before_1970_and_without_date),
        kt_test(bad_identifiers),
        kt_test(products),
        kt_test(retraction),
        kt_test(aborted_catalogue),
        kt_test(scores),
        kt_test(generations),
        kt_test(opens),
        kt_test(every_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
