/* The published cases of YARA's own tests, through libyara as we compile and scan. */
#include <stdarg.h>
#include <setjmp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "investigate/packs/pack_yara.h"

static void count(void *ctx, const struct pack_yara_hit *h)
{
    (void)h;
    ++*(size_t *)ctx;
}

/* Modules and variables of that suite; "~" in hex strings came after the libyara 4.2 we link; numbers at the
 * edge of 64 bits, of which libyara 4.2 dies. */
static bool foreign(struct str rule)
{
    static const char *const words[] = {"\"tests\"", "var_", "include", "ext_", "\"test\"", "defined ("};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_find(rule, str_of(words[i])) != STR_NONE)
            return true;
    struct str hex = str_sub(rule, MIN(rule.n, str_find(rule, STR_LIT("{ 31 32 ~"))), 1);
    struct str group = str_sub(rule, MIN(rule.n, str_find(rule, STR_LIT("( 31 32 ~"))), 1);
    return hex.n || group.n || str_find(rule, STR_LIT("922337203685477580")) != STR_NONE;
}

/* Hits, or -1 when the library dies. */
static int scan_apart(const struct pack *p, struct str bytes)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        size_t hits = 0;
        (void)!freopen("/dev/null", "w", stderr);
        signal(SIGABRT, SIG_DFL);
        signal(SIGFPE, SIG_DFL);
        int rc = pack_yara_scan(p, bytes, NULL, 20, count, &hits, NULL);
        _exit(rc < 0 ? 99 : hits > 0);
    }
    assert_true(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) < 2 ? WEXITSTATUS(status) : -1;
}

/* What came to YARA after 4.2.3, by number in the suite; the yara command of that version answers as we do.
 */
static bool newer(int64_t call)
{
    static const int64_t calls[] = {101, 280, 284, 362, 697, 707, 708};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        if (calls[i] == call)
            return true;
    return false;
}

static void cases(void **state)
{
    (void)state;
    char path[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/conformance/yara_rules_cases.jsonl", root ? root : "");
    struct buf b = BUF_INIT(16 * MIB);
    struct arena a = {0};
    struct str rest, line;
    size_t run = 0, skipped = 0, bad = 0, died = 0;
    if (stream_slurp(path, &b, NULL) < 0) {
        print_message("# skipped: conformance/yara_rules_cases.jsonl is not there\n");
        return;
    }
    rest = buf_str(&b);
    while (str_line_next(&rest, &line)) {
        const struct json *c = json_parse(&a, line, NULL);
        struct str kind = json_get_str(c, "kind"), rule = json_get_str(c, "rule"),
                   data = json_get_str(c, "data");
        bool match = str_is(kind, "match"), miss = str_is(kind, "nomatch"), error = str_is(kind, "error");
        if ((!match && !miss && !error) || foreign(rule) || newer(json_int(json_get(c, "call"), -1)) ||
            str_is(json_get_str(c, "code"), "ERROR_INVALID_VALUE")) {
            skipped++;
            continue;
        }
        struct pack *p = NULL;
        struct err e = {0};
        const struct pack_options o = {.kind = pack_by_name(STR_LIT("yara"))};
        int rc = pack_read(&p, "t.yar", rule, &o, &e);
        run++;
        if (error || rc < 0) {
            bad += !(error && rc < 0);
            if (!(error && rc < 0))
                print_error("%.*s: %s\n", STR_ARG(line), e.text);
            pack_free(p);
            continue;
        }
        char *bytes = arena_alloc(&a, data.n + 1); /* Latin-1 characters are bytes */
        size_t n = 0, hits = 0;
        for (size_t i = 0; i < data.n; i++) {
            unsigned char x = (unsigned char)data.p[i];
            if (x >= 0xc2 && x <= 0xc3 && i + 1 < data.n)
                x = (unsigned char)((x & 3) << 6 | (data.p[++i] & 0x3f));
            bytes[n++] = (char)x;
        }
        int status = scan_apart(p, str_n(bytes, n));
        if (status < 0) { /* so does the yara command of this version */
            print_message("# the library dies of: %.*s\n", STR_ARG(rule));
            died++;
        }
        hits = (size_t)(status > 0);
        if (status >= 0 && (hits > 0) != match) {
            bad++;
            print_error("%.*s: %zu hits\n", STR_ARG(line), hits);
        }
        pack_free(p);
        arena_clear(&a);
    }
    print_message("# %zu cases run, %zu skipped (modules and variables of that suite, single expressions)\n",
                  run, skipped);
    assert_int_equal(bad, 0);
    assert_true(died < 10);
    assert_true(run > 250);
    arena_release(&a);
    buf_release(&b);
}

static void externals(void **state)
{
    (void)state;
    struct pack *p;
    struct err e = {0};
    size_t hits = 0;
    assert_int_equal(pack_read(&p, "t.yar",
                               STR_LIT("rule a { strings: $x = \"abcd\" condition: $x and extension == "
                                       "\".aspx\" and filename matches /^err/ }"),
                               NULL, &e),
                     0);
    struct pack_yara_file f = {.name = STR_LIT("errorEE.aspx"), .extension = STR_LIT(".aspx")};
    assert_int_equal(pack_yara_scan(p, STR_LIT("..abcd"), &f, 5, count, &hits, &e), 0);
    assert_int_equal(hits, 1);
    f.extension = STR_LIT(".txt");
    assert_int_equal(pack_yara_scan(p, STR_LIT("..abcd"), &f, 5, count, &hits, &e), 0);
    assert_int_equal(hits, 1);
    FILE *t = tmpfile();
    fputs("....abcd", t);
    fflush(t);
    rewind(t);
    f.extension = STR_LIT(".aspx");
    assert_int_equal(pack_yara_scan_fd(p, fileno(t), 8, &f, 5, count, &hits, &e), 0);
    assert_int_equal(hits, 2);
    rewind(t);
    assert_int_equal(pack_yara_scan_fd(p, fileno(t), 7, &f, 5, count, &hits, &e), ERR_LIMIT);
    fclose(t);
    pack_free(p);
}

/* The smallest number divided by -1: libyara 4.2.3 does not guard it. */
#define DEADLY "rule deadly { condition: filesize > 3 and (filesize - filesize - 9223372036854775807 - 1) \\ (filesize - filesize - 1) == 7 }\n"

static struct pack *read_rules(const char *text)
{
    struct pack *p;
    struct err e = {0};
    const struct pack_options o = {.kind = pack_by_name(STR_LIT("yara"))};
    if (pack_read(&p, "t.yar", str_of(text), &o, &e) != 0)
        fail_msg("%s", e.text);
    return p;
}

static int temporary(const char *text)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static void hostile(void **state)
{
    (void)state;
    struct err e = {0};
    size_t hits = 0;
    struct pack *p = read_rules(DEADLY "rule good { strings: $a = \"abc\" condition: $a }\n");
    assert_int_equal(pack_yara_scan(p, STR_LIT("abcdef"), NULL, 5, count, &hits, &e), ERR_INTERNAL);
    hits = 0;
    assert_int_equal(pack_yara_scan(p, STR_LIT("abc"), NULL, 5, count, &hits, &e), 0);
    assert_int_equal(hits, 1);
    /* one host after the other: each death is that file's alone */
    const struct pack *all[] = {p};
    struct pack_yara_pool *pool;
    int bad = temporary("abcdef"), good = temporary("abc");
    assert_int_equal(pack_yara_pool_new(&pool, all, 1, &e), 0);
    struct pack_yara_host *h = pack_yara_host_new(pool, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        hits = 0;
        assert_int_equal(pack_yara_host_scan(h, 0, bad, 100, NULL, 5, count, &hits, &e), ERR_INTERNAL);
        assert_int_equal(pack_yara_host_scan(h, 0, good, 100, NULL, 5, count, &hits, &e), 0);
        assert_int_equal(hits, 1);
    }
    /* killed from outside, too */
    assert_true(pack_yara_host_pid(h) > 0);
    assert_int_equal(kill(pack_yara_host_pid(h), SIGKILL), 0);
    hits = 0;
    int rc = pack_yara_host_scan(h, 0, good, 100, NULL, 5, count, &hits, &e);
    assert_true(rc == ERR_INTERNAL);
    hits = 0;
    assert_int_equal(pack_yara_host_scan(h, 0, good, 100, NULL, 5, count, &hits, &e), 0);
    assert_int_equal(hits, 1);
    /* what dies on every file is not started for ever */
    for (int i = 0; i <= PACK_YARA_DEATHS; i++)
        assert_int_equal(pack_yara_host_scan(h, 0, bad, 100, NULL, 5, count, &hits, &e), ERR_INTERNAL);
    assert_int_equal(pack_yara_host_pid(h), 0);
    pack_yara_host_free(h);
    pack_yara_pool_free(pool);
    close(bad);
    close(good);
    pack_free(p);
}

/* Rules that kill the compiler are an error like any other. */
static void hostile_rules(void **state)
{
    (void)state;
    struct pack *p;
    struct err e = {0};
    const struct pack_options o = {.kind = pack_by_name(STR_LIT("yara"))};
    int rc = pack_read(&p, "t.yar", STR_LIT("rule a { condition: (-9223372036854775807 - 1) \\ -1 == 1 }"), &o, &e);
    assert_int_equal(rc, ERR_INPUT);
    assert_null(p);
    assert_non_null(strstr(e.text, "cannot be used"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases), cmocka_unit_test(externals), cmocka_unit_test(hostile), cmocka_unit_test(hostile_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
