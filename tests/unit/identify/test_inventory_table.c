/* From tables as Japanese tools and people write them to rows of the ledger. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include <xlsxwriter.h>

#include "identify/inventories/inventory.h"

static struct inventory_profile profile;
static struct arena arena;

static struct buf slurp(const char *path)
{
    struct buf b = BUF_INIT(64 * MIB);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s", path);
    char p[4096];
    size_t n;
    while ((n = fread(p, 1, sizeof(p), f)) > 0)
        buf_add(&b, p, n);
    fclose(f);
    return b;
}

static int setup(void **state)
{
    (void)state;
    const char *root = getenv("TOBAN_SOURCE");
    char path[4096];
    snprintf(path, sizeof(path), "%s/rules/ledger/columns.txt", root ? root : ".");
    struct buf b = slurp(path);
    struct err e = {0};
    if (inventory_profile_read(&profile, buf_str(&b), "columns.txt", &e))
        fail_msg("%s", e.text);
    buf_release(&b);
    profile.zone_s = ZONE_JST;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    inventory_profile_release(&profile);
    arena_release(&arena);
    return 0;
}

static struct inventory_result read_ok(struct str s)
{
    struct inventory_result r;
    struct err e = {0};
    if (inventory_table_read(s, "t.csv", &profile, &arena, &r, &e))
        fail_msg("%s", e.text);
    return r;
}

static void is(struct str s, const char *want)
{
    assert_string_equal(arena_dup(&arena, s.p, s.n), want);
}

static void a_ledger(void **state)
{
    (void)state;
    struct inventory_result r = read_ok(
        STR_LIT("情報機器管理台帳\r\n出力日,2021/03/03\r\n"
                "管理番号,ホスト名,種別,設置場所,用途,OS,OSバージョン,製品名,バージョン,ビルド,外部公開,"
                "重要度,台数,管理者,部署,委託先,連絡先,"
                "IPアドレス,シリアル番号,メーカー,更新日,色\r\n"
                "SV-0001,mail01,サーバ,本社,メール,Windows Server,2019,Exchange Server "
                "2016,CU18,15.1.2106.2,○,高,,鈴木,情シス,㈱例,"
                "03-0000-0000,192.0.2.1,ABC123,Microsoft,令和3年3月3日,赤\r\n"
                "PC-,,ノートPC,支社,事務,Windows 10,20H2,,,,無,低,１２台,佐藤,総務,,,,,,2021-03-01,\r\n"));
    assert_int_equal(r.header_line, 3);
    assert_int_equal(r.passed, 2);
    assert_int_equal(r.rows, 2);
    assert_int_equal(r.error_n, 0);
    assert_int_equal(r.warning_n, 0);
    assert_int_equal(r.asset_n, 2);
    assert_int_equal(r.machines, 13);
    const struct asset *a = &r.asset[0];
    is(a->key, "SV-0001");
    is(a->name, "mail01");
    is(a->kind, "サーバ");
    is(a->place, "本社");
    is(a->purpose, "メール");
    is(a->owner, "鈴木");
    is(a->department, "情シス");
    is(a->organisation, "㈱例");
    is(a->contact, "03-0000-0000");
    is(a->os, "Windows Server");
    is(a->ip, "192.0.2.1");
    is(a->serial, "ABC123");
    assert_int_equal(a->exposure, EXPOSURE_PUBLIC);
    assert_int_equal(a->criticality, CRITICALITY_HIGH);
    assert_int_equal(a->count, 1);
    assert_int_equal(a->component_n, 2);
    is(a->component[0].product, "Windows Server");
    is(a->component[0].version, "2019");
    is(a->component[1].product, "Exchange Server 2016");
    is(a->component[1].version, "CU18");
    is(a->component[1].build, "15.1.2106.2");
    is(a->component[1].vendor, "Microsoft");
    is(a->component[1].source, "t.csv");
    when_t t;
    assert_true(clock_parse_iso(STR_LIT("2021-03-03T00:00:00+09:00"), 0, &t));
    assert_true(a->component[1].seen == t);
    a = &r.asset[1];
    assert_int_equal(a->exposure, EXPOSURE_INTERNAL);
    assert_int_equal(a->criticality, CRITICALITY_LOW);
    assert_int_equal(a->count, 12);
    assert_int_equal(a->component_n, 1);
    is(r.column[21].header, "色");
    assert_int_equal(r.column[21].field, INVENTORY_NONE);
    assert_int_equal(r.column[7].field, INVENTORY_PRODUCT);
    assert_string_equal(inventory_field_name(r.column[0].field), "key");
    assert_int_equal(r.line[1], 5);
}

/* One table in each of the encodings that tools write; made with Python's codecs cp932 and utf-16. */
static void encodings(void **state)
{
    (void)state;
    const struct {
        struct str bytes;
        const char *encoding;
    } t[] = {
        {STR_LIT("管理番号,会社,管理者\n①,㈱,髙﨑\n"), "UTF-8"},
        {STR_LIT("\xEF\xBB\xBF管理番号,会社,管理者\n①,㈱,髙﨑\n"), "UTF-8 (BOM)"},
        {STR_LIT("\x8A\xC7\x97\x9D\x94\xD4\x8D\x86,\x89\xEF\x8E\xD0,\x8A\xC7\x97\x9D\x8E\xD2\n\x87\x40,"
                 "\x87\x8A,\xEE\xE0"
                 "\xED\x95\n"),
         "CP932"},
        {STR_LIT("\xFF\xFE\xA1\x7B\x06\x74\x6A\x75\xF7\x53\t\0\x1A\x4F\x3E\x79\t\0\xA1\x7B\x06\x74\x05\x80\r"
                 "\0\n\0"
                 "\x60\x24\t\0\x31\x32\t\0\xD9\x9A\x11\xFA\r\0\n\0"),
         "UTF-16LE"},
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct inventory_result r = read_ok(t[i].bytes);
        assert_string_equal(r.encoding, t[i].encoding);
        assert_int_equal(r.asset_n, 1);
        is(r.asset[0].organisation, "㈱");
        is(r.asset[0].owner, "髙﨑");
        is(r.asset[0].key, "1"); /* NFKC of ① */
    }
}

static void headers_in_other_words(void **state)
{
    (void)state;
    struct inventory_result r =
        read_ok(STR_LIT("#TYPE System.Management.Automation.PSCustomObject\n"
                        "\"Asset No.\",\"Host_Name\",\"ｺﾝﾋﾟｭｰﾀ名\",\"Operating "
                        "System\",\"ソフトウェア名（正式）\",\"ＶＥＲＳＩＯＮ\",\"台数(台)\"\n"
                        "A1,web,,Linux,nginx,1.18,3\n"));
    assert_int_equal(r.header_line, 2);
    assert_int_equal(r.asset_n, 1);
    for (size_t i = 0; i < r.column_n; i++)
        assert_int_not_equal(r.column[i].field, INVENTORY_NONE);
    is(r.asset[0].name, "web");
    is(r.asset[0].component[1].product, "nginx");
    is(r.asset[0].component[1].version, "1.18");
    assert_int_equal(r.asset[0].count, 3);
}

static void exposure_words(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        enum exposure want;
        bool warns;
    } t[] = {
        {"公開", EXPOSURE_PUBLIC, false},
        {"DMZ", EXPOSURE_PUBLIC, false},
        {"ｲﾝﾀｰﾈｯﾄ", EXPOSURE_PUBLIC, false},
        {"外部", EXPOSURE_PUBLIC, false},
        {"有", EXPOSURE_PUBLIC, false},
        {"○", EXPOSURE_PUBLIC, false},
        {"〇", EXPOSURE_PUBLIC, false},
        {"Yes", EXPOSURE_PUBLIC, false},
        {"ＰＵＢＬＩＣ", EXPOSURE_PUBLIC, false},
        {"公開（DMZ）", EXPOSURE_PUBLIC, false},
        {"内部", EXPOSURE_INTERNAL, false},
        {"社内", EXPOSURE_INTERNAL, false},
        {"閉域", EXPOSURE_INTERNAL, false},
        {"無", EXPOSURE_INTERNAL, false},
        {"×", EXPOSURE_INTERNAL, false},
        {"no", EXPOSURE_INTERNAL, false},
        {"非公開", EXPOSURE_INTERNAL, false},
        {"internal", EXPOSURE_INTERNAL, false},
        {"", EXPOSURE_UNKNOWN, false},
        {"-", EXPOSURE_UNKNOWN, false},
        {"検討中", EXPOSURE_UNKNOWN, true},
        {"公開（予定）", EXPOSURE_UNKNOWN, true},
        {"公開/社内", EXPOSURE_UNKNOWN, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        char *s = arena_printf(&arena, "管理番号,外部公開,場所\nA%zu,%s,x\n", i, t[i].cell);
        struct inventory_result r = read_ok(str_of(s));
        assert_int_equal(r.asset_n, 1);
        if (r.asset[0].exposure != t[i].want || r.warning_n != t[i].warns)
            fail_msg("“%s” is read as %d with %zu warnings", t[i].cell, r.asset[0].exposure, r.warning_n);
        if (t[i].warns) {
            assert_int_equal(r.warning[0].line, 2);
            is(r.warning[0].column, "外部公開");
            is(r.warning[0].cell, t[i].cell);
        }
    }
}

static void keys(void **state)
{
    (void)state;
    struct inventory_result r =
        read_ok(STR_LIT("管理番号,シリアル,ホスト名,委託先,種別,場所,製品名,バージョン,台数\n"
                        "ｐｃ－００１,S1,h1,,PC,本社,x,1,\n"
                        "-,abc-9,h2,,PC,本社,x,1,\n"
                        ",To be filled by O.E.M.,H3,,PC,本社,x,1,\n"
                        ",Default string,h3,例社,PC,本社,x,1,\n"
                        ",0,h4,,PC,本社,x,1,\n"
                        ",00000000,,,ノートPC,支社,Windows 10,,7\n"
                        ",,,,,,,,3\n"
                        ",,,,ノートPC,支社,Windows 10,,5\n"
                        ",,,,ノートPC,支社,Windows 10,22H2,4\n"));
    static const char *const want[] = {"PC-001",
                                       "serial:ABC-9",
                                       "host:h3",
                                       "host:h3@例社",
                                       "host:h4",
                                       "batch:ノートpc/支社/windows 10",
                                       "batch:ノートpc/支社/windows 10#22h2"};
    assert_int_equal(r.asset_n, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        is(r.asset[i].key, want[i]);
    assert_int_equal(r.asset[5].count, 12); /* 7 + 5 */
    assert_int_equal(r.asset[6].count, 4);
    assert_int_equal(r.warning_n, 1);
    assert_int_equal(r.warning[0].line, 9);
    assert_int_equal(r.warning[0].other, 7);
    assert_int_equal(r.error_n, 1);
    assert_int_equal(r.error[0].line, 8);
    is(r.error[0].raw, ",,,,,,,,3");
}

static void one_row_per_software(void **state)
{
    (void)state;
    struct inventory_result r = read_ok(STR_LIT("ホスト名,OS,場所,外部公開,ソフトウェア名,バージョン\n"
                                                "web01,RHEL 8,本社,無,httpd,2.4.37\n"
                                                "WEB01,RHEL 8,本社,公開,php,7.4\n"
                                                "web01,RHEL 8,支社,,httpd,2.4.37\n"
                                                "web02,RHEL 8,本社,,php,7.4\n"));
    assert_int_equal(r.asset_n, 2);
    assert_int_equal(r.asset[0].component_n, 3); /* the OS, httpd once, php */
    is(r.asset[0].place, "本社");
    assert_int_equal(r.asset[0].exposure, EXPOSURE_PUBLIC);
    assert_int_equal(r.warning_n, 2);
    assert_int_equal(r.warning[1].line, 4);
    assert_int_equal(r.warning[1].other, 2);
    is(r.warning[1].column, "場所");
    is(r.warning[1].cell, "支社");
}

static void several_products_in_a_row(void **state)
{
    (void)state;
    struct inventory_result r = read_ok(STR_LIT("ホスト名,製品名1,バージョン1,製品名2,バージョン2,備考\n"
                                                "h,nginx,1.18,php,7.4,\n"
                                                "i,\"a\nb\",\"1\n2\",なし,,memo\n"));
    assert_int_equal(r.asset[0].component_n, 2);
    is(r.asset[0].component[1].product, "php");
    is(r.asset[0].component[1].version, "7.4");
    assert_int_equal(r.asset[1].component_n, 2);
    is(r.asset[1].component[1].product, "b");
    is(r.asset[1].component[1].version, "2");
    assert_int_equal(r.column[5].field, INVENTORY_IGNORE);
    /* a version column beside an OS column alone is the OS's */
    r = read_ok(STR_LIT("PC名,OS,バージョン\nh,Windows 10,20H2\n"));
    is(r.asset[0].component[0].version, "20H2");
}

static void bad_rows(void **state)
{
    (void)state;
    struct inventory_result r = read_ok(STR_LIT("管理番号,台数,場所\nA,多数,x\nB,2,\"y\nC,3,z\nD,0,z\nE,\"1,"
                                                "200\",z\n合計,9\n管理番号,台数,場所\nF,1,??? ??\n"));
    static const char *const want[] = {"C", "E", "F"};
    assert_int_equal(r.asset_n, 3);
    for (size_t i = 0; i < 3; i++)
        is(r.asset[i].key, want[i]);
    assert_int_equal(r.asset[1].count, 1200);
    assert_int_equal(r.error_n, 3);
    assert_int_equal(r.error[0].line, 2);
    is(r.error[0].column, "台数");
    is(r.error[0].cell, "多数");
    is(r.error[0].raw, "A,多数,x");
    assert_int_equal(r.error[1].line, 3); /* the quote */
    assert_int_equal(r.error[2].line, 5);
    assert_int_equal(r.passed, 2); /* the total and the second header */
    assert_int_equal(r.warning_n, 2);
    is(r.warning[1].cell, "??? ??");
}

static void no_header(void **state)
{
    (void)state;
    struct inventory_result r;
    struct err e = {0};
    assert_int_equal(inventory_table_read(STR_LIT("1,2,3\n4,5,6\n"), "t.csv", &profile, &arena, &r, &e),
                     ERR_INPUT);
    assert_non_null(strstr(e.text, "t.csv"));
    assert_int_equal(inventory_table_read(STR_LIT(""), "t.csv", &profile, &arena, &r, &e), ERR_INPUT);
}

static void own_profile(void **state)
{
    (void)state;
    struct inventory_profile p = {0};
    struct err e = {0};
    struct inventory_result r;
    assert_int_equal(
        inventory_profile_read(&p, STR_LIT("# mine\nkey = コード\nexposure = 区分\nplace = 棟\n"), "a", &e),
        0);
    assert_int_equal(inventory_profile_read(
                         &p, STR_LIT("exposure.public = 甲\r\nexposure.internal=乙\nignore = 棟\n"), "b", &e),
                     0);
    assert_int_equal(
        inventory_table_read(STR_LIT("コード,区分,棟\n1,甲,x\n2,乙,x\n3,公開,x\n"), "t", &p, &arena, &r, &e),
        0);
    assert_int_equal(r.asset[0].exposure, EXPOSURE_PUBLIC);
    assert_int_equal(r.asset[1].exposure, EXPOSURE_INTERNAL);
    assert_int_equal(r.asset[2].exposure, EXPOSURE_UNKNOWN);
    assert_int_equal(r.warning_n, 1);
    is(r.asset[0].place, ""); /* the later file took the word away */
    inventory_profile_release(&p);
    static const struct {
        const char *text, *where;
    } bad[] = {{"key = a\ncolour = b\n", "f:2: "},
               {"\nkey\n", "f:2: "},
               {"key = a,,b\n", "f:1: "},
               {"key = a\nname = Ａ\n", "f:2: "},
               {"key = \xFF\n", "f: "}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(inventory_profile_read(&p, str_of(bad[i].text), "f", &e), ERR_INPUT);
        assert_memory_equal(e.text, bad[i].where, strlen(bad[i].where));
        inventory_profile_release(&p);
    }
}

static void workbook(void **state)
{
    (void)state;
    char path[] = "/tmp/toban-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    lxw_workbook *w = workbook_new(path);
    lxw_worksheet *s = workbook_add_worksheet(w, "台帳");
    lxw_format *date = workbook_add_format(w), *wide = workbook_add_format(w);
    format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
    format_set_num_format(wide, "0000");
    worksheet_write_string(s, 0, 0, "機器一覧", NULL);
    static const char *const head[] = {"管理番号", "機器名", "台数", "棚卸日", "OS", "インターネット公開"};
    for (uint16_t i = 0; i < ARRAY_LEN(head); i++)
        worksheet_write_string(s, 2, i, head[i], NULL);
    worksheet_write_number(s, 3, 0, 12, wide);
    worksheet_write_string(s, 3, 1, "端末", NULL);
    worksheet_write_number(s, 3, 2, 30, NULL);
    worksheet_write_number(s, 3, 3, 44258, date);
    worksheet_write_string(s, 3, 4, "Windows 10", NULL);
    worksheet_write_boolean(s, 3, 5, 0, NULL);
    assert_int_equal(workbook_close(w), LXW_NO_ERROR);
    struct buf b = slurp(path);
    unlink(path);
    struct inventory_result r = read_ok(buf_str(&b));
    assert_int_equal(r.format, TABLE_XLSX);
    assert_int_equal(r.asset_n, 1);
    is(r.sheet, "台帳");
    is(r.asset[0].key, "0012");
    assert_int_equal(r.asset[0].count, 30);
    assert_int_equal(r.asset[0].exposure, EXPOSURE_INTERNAL);
    when_t t;
    assert_true(clock_parse_iso(STR_LIT("2021-03-03T00:00:00+09:00"), 0, &t));
    assert_true(r.asset[0].component[0].seen == t);
    assert_int_equal(r.line[0], 4);
    buf_release(&b);
}

static void too_many_rows(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(64 * MIB);
    buf_adds(&b, "key,kind\n");
    for (size_t i = 0; i <= LIMIT_LEDGER_ROWS; i++)
        buf_adds(&b, "a,b\n");
    struct inventory_result r;
    struct err e = {0};
    assert_int_equal(inventory_table_read(buf_str(&b), "t.csv", &profile, &arena, &r, &e), ERR_LIMIT);
    buf_release(&b);
}

static void errors_kept_are_bounded(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(64 * MIB);
    buf_adds(&b, "key,count\n");
    for (size_t i = 0; i < LIMIT_ERRORS_KEPT + 5; i++)
        buf_adds(&b, "a,x\n");
    struct inventory_result r = read_ok(buf_str(&b));
    assert_int_equal(r.error_n, LIMIT_ERRORS_KEPT);
    assert_int_equal(r.error_total, LIMIT_ERRORS_KEPT + 5);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ledger),
        cmocka_unit_test(encodings),
        cmocka_unit_test(headers_in_other_words),
        cmocka_unit_test(exposure_words),
        cmocka_unit_test(keys),
        cmocka_unit_test(one_row_per_software),
        cmocka_unit_test(several_products_in_a_row),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(no_header),
        cmocka_unit_test(own_profile),
        cmocka_unit_test(workbook),
        cmocka_unit_test(too_many_rows),
        cmocka_unit_test(errors_kept_are_bounded),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
