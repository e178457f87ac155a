/* Tables as tools export them. Expected cells follow RFC 4180, ISO/IEC 29500 and
 * what Excel shows; workbooks are made with libxlsxwriter or, where it would
 * not write such a thing, put together by hand. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <xlsxwriter.h>

#include "codec/table.h"

/* Reads all: rows as "line:cell|cell\n", a row set aside as "line!\n". */
static int read_all(struct str bytes, const struct table_options *opt, struct buf *out, struct err *e)
{
    struct table *t;
    struct table_row row;
    int rc = table_open(&t, "t.csv", bytes, opt, e);
    if (rc)
        return rc;
    while ((rc = table_next(t, &row, e)) == 1) {
        buf_printf(out, "%lu%s", row.line, row.problem.n ? "!" : ":");
        for (size_t i = 0; i < row.cell_n && !row.problem.n; i++) {
            buf_adds(out, i ? "|" : "");
            buf_add_str(out, row.cell[i]);
        }
        buf_addc(out, '\n');
    }
    table_free(t);
    return rc;
}

static void is(struct str bytes, const char *want)
{
    struct err e = {0};
    struct buf out = BUF_INIT(16 * MIB);
    if (read_all(bytes, NULL, &out, &e))
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&out), want);
    buf_release(&out);
}

static void fails(struct str bytes, const struct table_options *opt, int code)
{
    struct err e = {0};
    struct buf out = BUF_INIT(64 * MIB);
    assert_int_equal(read_all(bytes, opt, &out, &e), code);
    assert_non_null(strstr(e.text, "t.csv"));
    buf_release(&out);
}

static void rfc4180(void **state)
{
    (void)state;
    is(STR_LIT("a,b,c\r\n1,2,3\r\n"), "1:a|b|c\n2:1|2|3\n");
    is(STR_LIT("a,b\n1,2"), "1:a|b\n2:1|2\n");
    is(STR_LIT("a,b\r1,2\r"), "1:a|b\n2:1|2\n");
    is(STR_LIT("\"x, y\",\"say \"\"hi\"\"\"\r\n"), "1:x, y|say \"hi\"\n");
    is(STR_LIT("a,\"two\nlines\",c\nnext,1\n"), "1:a|two\nlines|c\n3:next|1\n");
    is(STR_LIT("a,b\n\n\n1,2\n"), "1:a|b\n4:1|2\n");
    is(STR_LIT("a,b,,,\n,,,\n1,,3,\n"), "1:a|b\n3:1||3\n");
    is(STR_LIT("a , b\n\" a \",b\n"), "1:a|b\n2: a |b\n");
    is(STR_LIT("only\none\n"), "1:only\n2:one\n");
}

static void delimiters(void **state)
{
    (void)state;
    is(STR_LIT("a\tb\n1,5\t2\n"), "1:a|b\n2:1,5|2\n");
    is(STR_LIT("a;b;c\n1;2;3\n"), "1:a|b|c\n2:1|2|3\n");
    is(STR_LIT("a,b,c\nx;y,2,3\nz;z,5,6\n"), "1:a|b|c\n2:x;y|2|3\n3:z;z|5|6\n");
    is(STR_LIT("sep=;\r\na;b,c\r\n"), "2:a|b,c\n");
    is(STR_LIT("title of the list\n2021-03-03\nno,name\n1,x\n"),
       "1:title of the list\n2:2021-03-03\n3:no|name\n4:1|x\n");
    struct err e = {0};
    struct buf out = BUF_INIT(4096);
    assert_int_equal(read_all(STR_LIT("a;b,c\n"), &(struct table_options){.delimiter = ','}, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "1:a;b|c\n");
    buf_release(&out);
}

static void encodings(void **state)
{
    (void)state;
    /* UTF-16LE with TAB, as ISM CloudOne names .csv */
    is(STR_LIT("\xFF\xFE\"\0\xA1\x7B\"\0\t\0\"\0\x31\0\"\0\r\0\n\0"), "1:管|1\n");
    /* 0x5C and 0x7C are second bytes of ソ and ポ: split after decoding */
    is(STR_LIT("\x83\x5C\x83\x74\x83\x67,\x83\x7C\x81\x5B\x83\x67\r\n\x87\x40,\x95\x5C\r\n"),
       "1:ソフト|ポート\n2:①|表\n");
    is(STR_LIT("\xEF\xBB\xBF\"管\",b\n"), "1:管|b\n");
}

static void excel_artefacts(void **state)
{
    (void)state;
    is(STR_LIT("=\"001\",b\n\"=\"\"0\"\"\"\"1\"\"\",\n"), "1:001|b\n2:0\"1\n");
    is(STR_LIT("'=SUM(A1),'-x,'plain\n"), "1:=SUM(A1)|-x|'plain\n");
}

static void unclosed_quote_costs_one_row(void **state)
{
    (void)state;
    is(STR_LIT("a,b\n1,\"x\n2,y\n3,z\n"), "1:a|b\n2!\n3:2|y\n4:3|z\n");
    is(STR_LIT("\"\n"), "1!\n");
    is(STR_LIT("1,\"x\n2,y\n3,\"z\"\n"), "1!\n2:2|y\n3:3|z\n"); /* not closed by the quotes of a later row */
    is(STR_LIT("1,\"3.5\" disk\"\n2,5\" x\n"), "1:1|3.5\" disk\n2:2|5\" x\n");
    /* and many of them cost linear time: nothing after the first hundred is read twice */
    struct buf b = BUF_INIT(8 * MIB);
    for (int i = 0; i < 200000; i++)
        buf_adds(&b, "a,\"bcd\n");
    struct buf out = BUF_INIT(16 * MIB);
    struct err e = {0};
    assert_int_equal(read_all(buf_str(&b), NULL, &out, &e), 0);
    buf_release(&b);
    buf_release(&out);
}

static void bad_rows_are_set_aside(void **state)
{
    (void)state;
    is(STR_LIT("a,b\nx\0y,1\n2,z\n"), "1:a|b\n2!\n3:2|z\n");
    struct buf b = BUF_INIT(16 * MIB);
    buf_adds(&b, "a,b\n");
    for (size_t i = 0; i < 10 * MIB / 16; i++)
        buf_adds(&b, "0123456789,bcdef");
    buf_adds(&b, "\n1,2\n");
    is(buf_str(&b), "1:a|b\n2!\n3:1|2\n");
    buf_clear(&b);
    buf_adds(&b, "a,b\n\"");
    for (size_t i = 0; i < LIMIT_LEDGER_CELL; i++)
        buf_addc(&b, 'x');
    buf_adds(&b, "\",1\n\"y");
    for (size_t i = 0; i < LIMIT_LEDGER_CELL; i++)
        buf_addc(&b, 'x');
    buf_adds(&b, "\",1\n3,4\n");
    struct buf out = BUF_INIT(1 * MIB);
    struct err e = {0};
    assert_int_equal(read_all(buf_str(&b), NULL, &out, &e), 0);
    assert_non_null(strstr(out.p, "\n3!\n4:3|4\n"));
    assert_null(strstr(out.p, "2!"));
    buf_clear(&b);
    for (int i = 0; i <= LIMIT_CSV_COLUMNS; i++)
        buf_adds(&b, "x,");
    buf_adds(&b, "\n1,2\n");
    is(buf_str(&b), "1!\n2:1|2\n");
    buf_release(&b);
    buf_release(&out);
}

static void not_tables(void **state)
{
    (void)state;
    fails(STR_LIT(""), NULL, ERR_INPUT);
    fails(STR_LIT(" \r\n"), NULL, ERR_INPUT);
    fails(STR_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), NULL, ERR_INPUT);
    fails(STR_LIT("<html><table>"), NULL, ERR_INPUT);
    fails(STR_LIT("PK\x03\x04garbage"), NULL, ERR_INPUT);
}

static void write_and_read_back(void **state)
{
    (void)state;
    struct str c[] = {STR_LIT("a,b"),   STR_LIT("say \"x\""), STR_LIT(""),       STR_LIT("=1+1"),
                      STR_LIT("-5"),    STR_LIT("@x"),        STR_LIT("二\n行"), STR_LIT("+81-3"),
                      STR_LIT(" pad "), STR_LIT("＝x"),       STR_LIT("p")};
    struct buf b = BUF_INIT(4096);
    table_write(&b, c, ARRAY_LEN(c), TABLE_CRLF | TABLE_BOM);
    table_write(&b, c, 2, 0);
    assert_string_equal(buf_cstr(&b),
                        "\xEF\xBB\xBF\"a,b\",\"say \"\"x\"\"\",,\"'=1+1\",-5,\"'@x\",\"二\n行\",\"'+81-3\","
                        "\" pad \",\"'＝x\",p\r\n\"a,b\",\"say \"\"x\"\"\"\n");
    is(buf_str(&b), "1:a,b|say \"x\"||=1+1|-5|@x|二\n行|+81-3| pad |＝x|p\n3:a,b|say \"x\"\n");
    buf_release(&b);
}

/* --- XLSX --- */

static struct buf slurp(const char *path)
{
    struct buf b = BUF_INIT(64 * MIB);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char p[4096];
    size_t n;
    while ((n = fread(p, 1, sizeof(p), f)) > 0)
        buf_add(&b, p, n);
    fclose(f);
    return b;
}

static struct buf workbook(void)
{
    char path[] = "/tmp/toban-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    lxw_workbook *w = workbook_new(path);
    lxw_worksheet *hidden = workbook_add_worksheet(w, "隠し"), *s = workbook_add_worksheet(w, "台帳"),
                  *other = workbook_add_worksheet(w, "他");
    worksheet_hide(hidden);
    worksheet_activate(s);
    worksheet_set_first_sheet(s);
    worksheet_write_string(hidden, 0, 0, "secret", NULL);
    worksheet_write_string(other, 0, 0, "other", NULL);
    lxw_format *date = workbook_add_format(w), *both = workbook_add_format(w), *ja = workbook_add_format(w),
               *wide = workbook_add_format(w), *two = workbook_add_format(w), *sci = workbook_add_format(w),
               *bold = workbook_add_format(w), *time = workbook_add_format(w);
    format_set_num_format_index(date, 14);
    format_set_num_format(both, "yyyy/mm/dd hh:mm");
    format_set_num_format(ja, "[$-411]ggge\"年\"m\"月\"d\"日\"");
    format_set_num_format(wide, "00000");
    format_set_num_format(two, "0.00");
    format_set_num_format(sci, "0.00E+00");
    format_set_num_format(time, "[h]:mm");
    format_set_bold(bold);
    worksheet_write_string(s, 0, 0, "管理番号", bold);
    worksheet_write_string(s, 0, 2, "name & <x>", NULL);
    lxw_datetime d = {2021, 3, 3, 12, 34, 56.0};
    worksheet_write_datetime(s, 2, 0, &d, both);
    worksheet_write_number(s, 2, 1, 44258, date); /* 2021-03-03 */
    worksheet_write_number(s, 2, 2, 44258, ja);
    worksheet_write_number(s, 2, 3, 12, wide);
    worksheet_write_number(s, 2, 4, 1.1, two);
    worksheet_write_number(s, 2, 5, 1.1, NULL);
    worksheet_write_number(s, 2, 6, 0.1 + 0.2, NULL);
    worksheet_write_number(s, 2, 7, 1234567, sci);
    worksheet_write_boolean(s, 2, 8, 1, NULL);
    worksheet_write_number(s, 2, 9, 1.5, time);
    worksheet_write_formula_str(s, 3, 0, "=A1", NULL, "計算");
    worksheet_write_formula_num(s, 3, 1, "=1+1", NULL, 2);
    char thick[] = "太", thin[] = "字";
    lxw_rich_string_tuple a = {bold, thick}, b = {NULL, thin}, *rich[] = {&a, &b, NULL};
    worksheet_write_rich_string(s, 3, 2, rich, NULL);
    worksheet_write_string(s, 3, 3, "=\"007\"", NULL);
    worksheet_write_blank(s, 3, 9, bold);
    assert_int_equal(workbook_close(w), LXW_NO_ERROR);
    struct buf file = slurp(path);
    unlink(path);
    return file;
}

static const char *const sheet_rows =
    "1:管理番号||name & <x>\n"
    "3:2021-03-03T12:34:56|2021-03-03|2021-03-03|00012|1.10|1.1|0.3|1234567|TRUE|1900-01-01T12:00:00\n"
    "4:計算|2|太字|007\n";

static void xlsx(void **state)
{
    (void)state;
    struct buf b = workbook();
    is(buf_str(&b), sheet_rows);
    struct err e = {0};
    struct buf out = BUF_INIT(4096);
    assert_int_equal(read_all(buf_str(&b), &(struct table_options){.sheet = "他"}, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "1:other\n");
    fails(buf_str(&b), &(struct table_options){.sheet = "無い"}, ERR_NOT_FOUND);
    struct table *t;
    assert_int_equal(table_open(&t, "x", buf_str(&b), NULL, &e), 0);
    assert_int_equal(table_format(t), TABLE_XLSX);
    assert_true(str_is(table_sheet(t), "台帳"));
    table_free(t);
    buf_release(&out);
    buf_release(&b);
}

static void truncated_xlsx(void **state)
{
    (void)state;
    struct buf b = workbook();
    for (size_t n = 4; n < b.n; n += 97) {
        struct err e = {0};
        struct buf out = BUF_INIT(1 * MIB);
        int rc = read_all(str_n(b.p, n), NULL, &out, &e);
        assert_true(rc == 0 || (rc < 0 && e.text[0]));
        if (n < b.n - 22) /* without the end of the central directory nothing can be known */
            assert_true(rc < 0);
        buf_release(&out);
    }
    buf_release(&b);
}

struct part {
    const char *name;
    struct str body;
};

static struct buf package(const struct part *part, size_t n)
{
    struct buf b = BUF_INIT(128 * MIB);
    size_t cap = 32 * MIB, used = 0;
    for (size_t i = 0; i < n; i++)
        cap += 1024;
    char *mem = malloc(cap);
    assert_non_null(mem);
    struct archive *a = archive_write_new();
    archive_write_set_format_zip(a);
    assert_int_equal(archive_write_open_memory(a, mem, cap, &used), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, part[i].name);
        archive_entry_set_size(entry, (la_int64_t)part[i].body.n);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
        archive_write_data(a, part[i].body.p, part[i].body.n);
        archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
    buf_add(&b, mem, used);
    free(mem);
    return b;
}

#define BOOK                                                                                                 \
    {"xl/workbook.xml",                                                                                      \
     STR_LIT("<workbook xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet name='S' sheetId='1' "          \
             "r:id='r1'/></sheets></workbook>")},                                                            \
    {                                                                                                        \
        "xl/_rels/workbook.xml.rels",                                                                        \
            STR_LIT(                                                                                         \
                "<Relationships><Relationship Id='r1' Target='/xl/worksheets/sheet1.xml'/></Relationships>") \
    }

static void xlsx_by_hand(void **state)
{
    (void)state;
    struct part p[] = {
        BOOK,
        {"xl/sharedStrings.xml",
         STR_LIT(
             "<sst><si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si><si><r><t>a</t></r><r><t> b"
             "</t></r></si><si><t>x_x000D_\ny_x005F_</t></si></sst>")},
        {"xl/styles.xml",
         STR_LIT(
             "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='m\"月\"d'/></numFmts><cellStyleXfs><xf "
             "numFmtId='14'/></cellStyleXfs><cellXfs><xf/><xf numFmtId='164'/></cellXfs></styleSheet>")},
        {"xl/worksheets/sheet1.xml",
         STR_LIT("<x:worksheet xmlns:x='u'><x:sheetData><x:row><x:c t='s'><x:v>0</x:v></x:c><x:c "
                 "t='s'><x:v>1</x:v></x:c><x:c "
                 "t='s'><x:v>2</x:v></x:c></x:row><x:row r='7'><x:c r='C7' "
                 "t='inlineStr'><x:is><x:t>in</x:t><x:rPh><x:t>no</x:t>"
                 "</x:rPh></x:is></x:c><x:c s='1'><x:f>1+1</x:f><x:v>0</x:v></x:c><x:c "
                 "t='e'><x:v>#N/A</x:v></x:c><x:c "
                 "t='d'><x:v>2021-03-03</x:v></x:c></x:row><x:row r='8'><x:c "
                 "t='s'><x:v>99</x:v></x:c></x:row><x:row><x:c><x:v>"
                 "1</x:v></x:c></x:row></x:sheetData></x:worksheet>")},
    };
    struct buf b = package(p, ARRAY_LEN(p));
    is(buf_str(&b), "1:東京|a b|x\ny_\n7:||in|1904-01-01|#N/A|2021-03-03\n8!\n9:1\n");
    buf_release(&b);
    p[ARRAY_LEN(p) - 1].body = STR_LIT("<!DOCTYPE a [<!ENTITY x 'y'>]><worksheet/>");
    b = package(p, ARRAY_LEN(p));
    fails(buf_str(&b), NULL, ERR_INPUT);
    buf_release(&b);
    p[ARRAY_LEN(p) - 1].body = STR_LIT("<worksheet><sheetData><row><c>");
    b = package(p, ARRAY_LEN(p));
    fails(buf_str(&b), NULL, ERR_INPUT);
    buf_release(&b);
    b = package(p, 2); /* the sheet is missing */
    fails(buf_str(&b), NULL, ERR_INPUT);
    buf_release(&b);
    struct part odt[] = {{"mimetype", STR_LIT("application/vnd.oasis.opendocument.spreadsheet")}};
    b = package(odt, 1);
    fails(buf_str(&b), NULL, ERR_INPUT);
    buf_release(&b);
}

static void zip_bomb(void **state)
{
    (void)state;
    struct buf blank = BUF_INIT(80 * MIB);
    buf_adds(&blank, "<worksheet><sheetData>");
    buf_reserve(&blank, 70 * MIB);
    memset(blank.p + blank.n, ' ', 70 * MIB);
    blank.n += 70 * MIB;
    buf_adds(&blank, "</sheetData></worksheet>");
    struct part p[] = {BOOK, {"xl/worksheets/sheet1.xml", buf_str(&blank)}};
    struct buf b = package(p, ARRAY_LEN(p));
    assert_true(b.n * LIMIT_XLSX_RATIO < blank.n);
    fails(buf_str(&b), NULL, ERR_LIMIT);
    buf_release(&b);
    buf_release(&blank);
}

static void many_entries(void **state)
{
    (void)state;
    size_t n = LIMIT_ZIP_ENTRIES + 1;
    struct part *p = calloc(n, sizeof(*p));
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (struct part){"x", STR_LIT("")};
    struct buf b = package(p, n);
    fails(buf_str(&b), NULL, ERR_LIMIT);
    buf_release(&b);
    free(p);
}

/* 402 builds and a header (the data's README); MS17-023 came out on 14 March 2017. */
static void real_tables(void **state)
{
    (void)state;
    const char *data = getenv("TOBAN_TEST_DATA");
    if (!data || access(data, R_OK)) {
        print_message("# skipped: TOBAN_TEST_DATA does not name the data folder\n");
        skip();
    }
    char path[4096];
    struct err e = {0};
    struct buf out = BUF_INIT(4 * MIB);
    snprintf(path, sizeof(path), "%s/exchange/exchange_builds.csv", data);
    struct buf b = slurp(path);
    assert_int_equal(read_all(buf_str(&b), NULL, &out, &e), 0);
    size_t lines = 0;
    for (size_t i = 0; i < out.n; i++)
        lines += out.p[i] == '\n';
    assert_int_equal(lines, 403);
    buf_release(&b);
    buf_clear(&out);
    snprintf(path, sizeof(path), "%s/feeds/microsoft/bulletin/BulletinSearch.xlsx", data);
    b = slurp(path);
    assert_int_equal(read_all(buf_str(&b), NULL, &out, &e), 0);
    assert_non_null(strstr(out.p, "2:2017-03-14|MS17-023|4014329|Critical|Remote Code Execution|"));
    buf_release(&b);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc4180),
        cmocka_unit_test(delimiters),
        cmocka_unit_test(encodings),
        cmocka_unit_test(excel_artefacts),
        cmocka_unit_test(unclosed_quote_costs_one_row),
        cmocka_unit_test(bad_rows_are_set_aside),
        cmocka_unit_test(not_tables),
        cmocka_unit_test(write_and_read_back),
        cmocka_unit_test(xlsx),
        cmocka_unit_test(truncated_xlsx),
        cmocka_unit_test(xlsx_by_hand),
        cmocka_unit_test(zip_bomb),
        cmocka_unit_test(many_entries),
        cmocka_unit_test(real_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
