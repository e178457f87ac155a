/* The fast answer over paths and the slow one are the same; texts that a search begins with are really needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "investigate/packs/pack.h"
#include "investigate/packs/pack_need.h"
#include "investigate/packs/pack_path.h"
#include "investigate/scan_names.h"

static const char *const words[] = {"windows", "system32", "temp", "users", "admin", "appdata", "local", "roaming", "programdata", "inetpub", "wwwroot",
                                    "aspnet_client", "frontend", "httpproxy", "owa", "auth", "current", "start menu", "programs", "startup", "web", "intel"};
static const char *const names[] = {"a.exe", "7.dll", "ab.exe", "abc.vbs", "lsass.exe", "lassx.exe", "lsassa.exe", "win_1.exe", "explorer.exe", "explarer", "expllrer", "x.aspx",
                                    "supp0rt.aspx", "12345678.aspx", "te.vbs", "texvbs", "report.pdf.exe", "       .exe", "cve-2021-26855.py", "g64-x", "x.7z", "p.zip",
                                    "svchost.exe", "12.vbs", "a123.vbs", "wce32.exe", "abc.flv", "winhttpc.dll", "usbclass.sys"};

struct hits {
    uint32_t id[4096];
    size_t n;
};

static int on_hit(void *ctx, const struct pack_hit *h)
{
    struct hits *t = ctx;
    if (t->n < 4096)
        t->id[t->n++] = h->id;
    return 0;
}

struct both {
    struct pack_eval *v;
    struct scan_names *m;
    struct scan_scratch *s;
    struct scan_names_found f;
    size_t hits, paths;
};

static void begin(struct both *b, const struct pack *const *p, size_t n)
{
    struct err e = {0};
    *b = (struct both){.v = pack_eval_new(p, n)};
    assert_int_equal(scan_names_new(&b->m, b->v, 0, &e), 0);
    const struct scan_match *db = scan_names_match(b->m);
    assert_int_equal(scan_scratch_new(&b->s, &db, 1, &e), 0);
}

static void end(struct both *b)
{
    scan_names_found_release(&b->f);
    scan_scratch_free(b->s);
    scan_names_free(b->m);
    pack_eval_free(b->v);
}

static void one_path(struct both *b, const char *path)
{
    static struct hits slow;
    struct pack_hit h;
    struct buf normal = BUF_INIT(64 * KIB);
    size_t n = 0;
    slow.n = 0;
    pack_path_normal(str_of(path), 0, 0, &normal);
    pack_eval_path(b->v, buf_str(&normal), &(struct pack_sink){&slow, on_hit});
    scan_names_find(b->m, b->s, buf_str(&normal), &b->f);
    for (size_t i = 0; i < b->f.id.n; i++) {
        assert_true(i == 0 || b->f.id.p[i] > b->f.id.p[i - 1]);
        if (!pack_eval_check_path(b->v, b->f.id.p[i], buf_str(&normal), &h))
            continue;
        if (n >= slow.n || slow.id[n] != b->f.id.p[i])
            fail_msg("%s: %u found, and not by trying all", path, b->f.id.p[i]);
        n++;
    }
    if (n != slow.n)
        fail_msg("%s: %zu of %zu hits, not %u", path, n, slow.n, slow.id[n]);
    b->hits += n;
    b->paths++;
    buf_release(&normal);
}

/* The expression itself, made a name: what is special in it goes. */
static void path_of(struct str regex, char *out, size_t size, unsigned way)
{
    size_t n = 0;
    for (size_t i = 0; i < regex.n && n + 2 < size; i++) {
        char c = regex.p[i];
        if (c == '\\' && i + 1 < regex.n)
            out[n++] = regex.p[++i];
        else if (c == '.' || c == '[')
            out[n++] = way & 1 ? 'a' : '7';
        else if (!strchr("^$()|]*+?{}", c) || (way & 2 && c == '|'))
            out[n++] = c;
    }
    out[n] = 0;
}

static void many(struct both *b)
{
    char path[8192];
    const struct pack_pattern *p;
    size_t n = pack_eval_patterns(b->v, PACK_PLACE_PATH, &p);
    unsigned seed = 7;
    for (size_t i = 0; i < n; i += 1 + n / 500)
        for (unsigned way = 0; way < 4; way++) {
            path_of(p[i].text, path, sizeof(path), way);
            one_path(b, path);
        }
    for (int i = 0; i < 1500; i++) {
        size_t at = 0;
        int depth = 1 + rand_r(&seed) % 6;
        for (int k = 0; k < depth; k++)
            at += (size_t)snprintf(path + at, sizeof(path) - at, "/%s", words[(size_t)rand_r(&seed) % ARRAY_LEN(words)]);
        snprintf(path + at, sizeof(path) - at, "/%s", names[(size_t)rand_r(&seed) % ARRAY_LEN(names)]);
        one_path(b, path);
    }
    one_path(b, "");
    one_path(b, "c:");
    one_path(b, "/");
}

/* Every construct, in the words of the format for our own packs. */
static const char own[] =
    "pack t\ntitle T\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n    level hint\n    score 1\n    needs file-names\n"
    "    path /\\/win[0-9_]{0,3}\\.exe$/\n    path /\\/l[s]?ass[a-z0-9]\\.exe/\n    path /\\/(temp|tmp)\\/[a-z]\\.(zip|exe|txt)$/\n    path /\\/ex[p]?l[^o]rer/\n"
    "    path /[\\s]{7,}\\.(exe|com|dll)/\n    path /\\/te.vbs/\n    path /\\/(users|documents and settings)\\/[^\\/]{1,20}\\/[^\\/]{1,20}\\.(exe|dll)/\n"
    "    path /supp0rt\\.aspx$|usbclass\\.sys/\n    path /a(b|cd)?e{2}\\.dll/\n    path /\\/appdata\\/[^\\/]{1,64}\\.exe([^._]|$)/\n    path /(?:.*\\/)?x\\.aspx$/\n"
    "    path C:\\Windows\\*\\abc.vbs\n    path **\\a.exe\n    path %Temp%\\p.zip\n    path /\\/[0-9]{1,10}\\.vbs/\n    path /\\/(cve|CVE)-20[012][0-9]\\-[0-9]{4,5}.{0,20}(\\.py|$)/\n";

static void own_patterns(void **state)
{
    struct pack *p;
    struct err e = {0};
    struct both b;
    (void)state;
    struct pack_options opt = {.kind = pack_by_name(STR_LIT("toban"))};
    if (pack_read(&p, "t.pack", str_of(own), &opt, &e) != 0)
        fail_msg("%s", e.text);
    begin(&b, (const struct pack *const *)&p, 1);
    many(&b);
    assert_true(b.hits > 100);
    end(&b);
    pack_free(p);
}

static void published_patterns(void **state)
{
    const char *data = getenv("TOBAN_TEST_DATA");
    char path[4096];
    struct pack *p;
    struct err e = {0};
    struct both b;
    (void)state;
    snprintf(path, sizeof(path), "%s/ioc/signature-base/iocs/filename-iocs.txt", data ? data : "");
    if (!data || access(path, R_OK) != 0) {
        print_message("[  SKIPPED ] no test data (TOBAN_TEST_DATA)\n");
        skip();
    }
    if (pack_open(&p, path, NULL, &e) != 0)
        fail_msg("%s", e.text);
    begin(&b, (const struct pack *const *)&p, 1);
    many(&b);
    assert_true(b.hits > 300);
    end(&b);
    pack_free(p);
}

static void needed(const char *regex, const char *expect)
{
    struct err e = {0};
    struct pack_need k = {0};
    struct pack_need_follow f;
    char text[256];
    size_t n = 0;
    struct pack_regex *r = pack_regex_new(str_of(regex), 0, &e);
    assert_non_null(r);
    bool ok = pack_need_find(&k, r, 4, &f);
    for (size_t i = 0; ok && i < f.first; i++) {
        if (i)
            text[n++] = ' ';
        for (uint32_t j = 0; j < k.text.p[i].n; j++)
            text[n++] = k.text.p[i].code[j] < 256 ? (char)k.text.p[i].code[j] : '#';
    }
    text[n] = 0;
    assert_string_equal(text, expect);
    pack_need_release(&k);
    pack_regex_free(r);
}

static void what_is_needed(void **state)
{
    (void)state;
    needed("Abcd", "abcd");
    needed("ab(c|d)ef", "abcef abdef");
    needed("abcd?ef", "abcef abcdef");
    needed("abcd+efgh", "defgh");
    needed("wxyz[.]exe", "wxyz.exe");
    needed("wxyz[0-9]\\.exe", "wxyz#.exe");
    needed("abcd.*qwxzv|zzqy", "qwxzv zzqy");
    /* what every match has not, or what is not understood, gives nothing */
    needed("(abcd)?", "");
    needed("(abcd|.*)", "");
    needed("abc", "");
    needed("abcd|.*", "");
    needed("\\x41bcdefg", "");
    needed("(?=abcd)efghi", "");
    needed("(?i:abcd)efghi", "");
    needed("a{0}bcd", "");
    needed("(x)\\1abcdef", "");
    needed("[[:alpha:]]abcdef", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_needed),
        cmocka_unit_test(own_patterns),
        cmocka_unit_test(published_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
