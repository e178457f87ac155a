/* Readers of indicator files against published files, with the counts that can be had from the files
 * themselves. */
#include <stdarg.h>
#include <setjmp.h>
#include <dirent.h>
#include <stdio.h>
#include <cmocka.h>

#include "investigate/packs/pack.h"

static const char *data(const char *path)
{
    static char b[1024];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(b, sizeof(b), "%s/%s", root ? root : "", path);
    FILE *f = root ? fopen(b, "rb") : NULL;
    if (!f) {
        print_message("# skipped: %s is not there\n", path);
        return NULL;
    }
    fclose(f);
    return b;
}

static struct pack *load(const char *path)
{
    struct pack *p;
    struct err e = {0};
    if (pack_open(&p, path, NULL, &e) < 0)
        fail_msg("%s", e.text);
    return p;
}

static struct pack *text(const char *name, const char *s)
{
    struct pack *p;
    struct err e = {0};
    if (pack_read(&p, name, str_of(s), NULL, &e) < 0)
        fail_msg("%s", e.text);
    return p;
}

static size_t rows_of(const struct pack *p, enum indicator_kind k)
{
    size_t n = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < p->indicator_n; i++)
        if (p->indicator[i].kind == k && p->indicator[i].row != last) {
            last = p->indicator[i].row;
            n++;
        }
    return n;
}

static size_t lines_of(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0;
    int c, last = '\n';
    while ((c = fgetc(f)) != EOF) {
        n += c == '\n';
        last = c;
    }
    fclose(f);
    return n + (last != '\n');
}

static void mstic_versions(void **state)
{
    (void)state;
    const char *any = data("ioc/mstic/MSTIC-Exchange-20210401-1235-876427cf7.csv");
    if (!any)
        return;
    char dir[1024], csv[2048], json[2048];
    snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(any, '/') - any), any);
    DIR *d = opendir(dir);
    size_t versions = 0;
    for (struct dirent *x; (x = readdir(d));) {
        if (!strstr(x->d_name, ".csv"))
            continue;
        snprintf(csv, sizeof(csv), "%s/%s", dir, x->d_name);
        snprintf(json, sizeof(json), "%s/%.*s.json", dir, (int)strlen(x->d_name) - 4, x->d_name);
        struct pack *a = load(csv), *b = load(json);
        assert_string_equal(a->format, "mstic");
        assert_string_equal(b->format, "mstic");
        assert_int_equal(a->rows, lines_of(csv) - 1);
        if (a->note_count[PACK_REJECTED] == 0) { /* the first version holds placeholders only */
            assert_int_equal(b->rows, a->rows);
            assert_int_equal(rows_of(a, INDICATOR_HASH) + rows_of(a, INDICATOR_PATH) +
                                 rows_of(a, INDICATOR_DOMAIN) + a->note_count[PACK_DUPLICATE],
                             a->rows);
            assert_int_equal(rows_of(b, INDICATOR_HASH), rows_of(a, INDICATOR_HASH));
            assert_int_equal(rows_of(b, INDICATOR_PATH), rows_of(a, INDICATOR_PATH));
        } else {
            assert_int_equal(a->indicator_n, 0);
            assert_int_equal(a->note_count[PACK_REJECTED], a->rows);
        }
        versions++;
        pack_free(a);
        pack_free(b);
    }
    closedir(d);
    assert_int_equal(versions, 14);
}

/* 152 rows: 45 sha256, 104 paths of which 5 come twice, 3 domains. */
static void mstic_last(void **state)
{
    (void)state;
    const char *f = data("ioc/mstic/MSTIC-Exchange-20210401-1235-876427cf7.csv");
    if (!f)
        return;
    struct pack *p = load(f);
    assert_int_equal(p->rows, 152);
    assert_int_equal(rows_of(p, INDICATOR_HASH), 45);
    assert_int_equal(rows_of(p, INDICATOR_PATH), 99);
    assert_int_equal(rows_of(p, INDICATOR_DOMAIN), 3);
    assert_int_equal(p->note_count[PACK_DUPLICATE], 5);
    assert_int_equal(p->indicator[0].tlp, TLP_CLEAR);
    pack_free(p);
}

static void loki_lists(void **state)
{
    (void)state;
    const char *f = data("ioc/signature-base/iocs/hash-iocs.txt");
    if (!f)
        return;
    struct pack *p = load(f);
    assert_int_equal(p->rows, 3224);
    assert_int_equal(p->indicator_n, 3053); /* distinct */
    pack_free(p);
    p = load(data("ioc/signature-base/iocs/filename-iocs.txt"));
    assert_int_equal(p->rows, 3828);
    size_t except = 0;
    for (size_t i = 0; i < p->indicator_n; i++)
        except += p->indicator[i].except != NULL;
    assert_int_equal(except, 30);
    assert_int_equal(p->note_count[PACK_REJECTED], 1); /* the '$' in the middle */
    assert_non_null(strstr(p->note[0].kind == PACK_REJECTED ? p->note[0].excerpt.p : "Recycle", "Recycle"));
    pack_free(p);
    p = load(data("ioc/signature-base/iocs/c2-iocs.txt"));
    assert_int_equal(rows_of(p, INDICATOR_DOMAIN) + rows_of(p, INDICATOR_IP) + p->note_count[PACK_DUPLICATE],
                     1709 + 135);
    pack_free(p);
}

static void small_files(void **state)
{
    (void)state;
    struct pack *p = text("a.csv", "indicator_type,data,note\r\nsha-256,"
                                   "0000000000000000000000000000000000000000000000000000000000000001,x\r\n"
                                   "domain,evil[.]example[.]com,y,,\r\nurl,hxxp://evil[.]example[.]com/"
                                   "a,z\r\nip,198[.]18[.]0[.]9:443,\r\nfile_name,evil.aspx,\r\nfoo,???,\r\n");
    assert_string_equal(p->format, "csv");
    assert_int_equal(p->rows, 6);
    assert_int_equal(p->indicator_n, 5);
    assert_int_equal(p->note_count[PACK_REJECTED], 1);
    assert_int_equal(p->note[0].line, 7);
    assert_true(str_is(p->indicator[1].value, "evil.example.com"));
    assert_true(str_is(p->indicator[2].value, "http://evil.example.com/a"));
    assert_true(str_is(p->indicator[3].value, "198.18.0.9"));
    pack_free(p);
    p = text("sums", "# comment\n0cc175b9c0f1b6a831c399e269772661  a.txt\nSHA256 (b) = "
                     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n"
                     "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\n");
    assert_string_equal(p->format, "hashes");
    assert_int_equal(p->indicator_n, 3);
    assert_int_equal(p->indicator[1].hash, HASH_SHA256);
    pack_free(p);
}

static void lint(void **state)
{
    (void)state;
    struct pack *p = text("a.csv", "type,value\nmd5,d41d8cd98f00b204e9800998ecf8427e\nsha256,"
                                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
                                   "md5,0cc175b9c0f1b6a831c399e26977266\nip,8.8.8.8\nip,10.1.2.3\nip,192.0.2."
                                   "1\nfilename,cmd.exe\ndomain,google.com\n"
                                   "ip,203.0.114.1\nip,203.0.114.1\n");
    assert_int_equal(p->rows, 10);
    assert_int_equal(p->indicator_n, 1);
    assert_int_equal(p->note_count[PACK_REJECTED], 8);
    assert_int_equal(p->note_count[PACK_DUPLICATE], 1);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(p->note[i].line, i + 2);
    pack_free(p);
    p = text("filename-iocs.txt", "# all\n.*;50\n[Cc]:\\\\$Recycle\\.Bin\\\\x;60\n\\\\evil\\.exe;80\n");
    assert_int_equal(p->indicator_n, 1);
    assert_int_equal(p->note_count[PACK_REJECTED], 2);
    assert_int_equal(p->note[1].line, 3);
    pack_free(p);
}

/* A broken file is no pack at all. */
static void broken(void **state)
{
    (void)state;
    static const char *const bad[] = {
        ("{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":\"md5\",\"value\":"
         "\"0cc175b9c0f1b6a831c399e269772661\"},]}}"),
        "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"type\":\"indicator\"",
        "title: x\ndetection:\n  a: [\n",
        "<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\"><definition>",
        "rule a { condition: nothing }",
        "pack x\ncheck 1\n  record a is\n",
        "pack x\ncheck 1\n  path C:\\a\\b.exe\n  hit path C:\\c\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct pack *p = NULL;
        struct err e = {0};
        assert_true(pack_read(&p, "x", str_of(bad[i]), NULL, &e) < 0);
        assert_null(p);
        assert_true(e.text[0]);
    }
    struct pack *p;
    struct err e = {0};
    assert_true(pack_read(&p, "x.pack", str_of("pack x\n\ncheck 1\n  record a is\n"), NULL, &e) < 0);
    assert_non_null(strstr(e.text, "x.pack:4:"));
}

static void expiry(void **state)
{
    (void)state;
    struct pack *p;
    struct err e = {0};
    struct pack_options o = {0};
    assert_true(clock_parse_iso(STR_LIT("2022-01-01"), 0, &o.now));
    o.vulnerability = "CVE-2021-26855";
    assert_int_equal(
        pack_read(&p, "a.csv",
                  STR_LIT("type,value,valid_until\nip,203.0.114.1,2021-06-01\nip,203.0.114.2,2023-06-01\n"),
                  &o, &e),
        0);
    assert_true(p->indicator[0].context);
    assert_false(p->indicator[1].context);
    assert_int_equal(p->note_count[PACK_EXPIRED], 1);
    assert_true(str_is(p->check[0].vulnerability, "CVE-2021-26855"));
    pack_free(p);
}

static void chirp_and_openioc(void **state)
{
    (void)state;
    const char *f = data("ioc/chirp/indicators/AA21-062A/AA21062A.yaml");
    if (!f)
        return;
    struct pack *p = load(f);
    assert_string_equal(p->format, "chirp");
    assert_int_equal(rows_of(p, INDICATOR_IP), 1);
    size_t ip = 0;
    for (size_t i = 0; i < p->indicator_n; i++)
        ip += p->indicator[i].kind == INDICATOR_IP;
    assert_int_equal(ip, 15);
    assert_int_equal(p->check_n, 11); /* documents */
    pack_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mstic_versions), cmocka_unit_test(mstic_last),
                                       cmocka_unit_test(loki_lists),     cmocka_unit_test(small_files),
                                       cmocka_unit_test(lint),           cmocka_unit_test(broken),
                                       cmocka_unit_test(expiry),         cmocka_unit_test(chirp_and_openioc)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
