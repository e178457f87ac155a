/* Tables. First byte: 0 CSV, 1 a workbook as it stands, 2 a sheet that is put
 * into a workbook, 3 its shared strings, 4 its styles, 5 an inventory (CSV). */
#include <archive.h>
#include <archive_entry.h>

#include "identify/inventories/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(struct archive *a, const char *name, struct str body)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)body.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(a, entry);
    archive_write_data(a, body.p, body.n);
    archive_entry_free(entry);
}

static struct str package(unsigned which, struct str s, char *mem, size_t cap)
{
    size_t used = 0;
    struct archive *a = archive_write_new();
    archive_write_set_format_zip(a);
    archive_write_set_options(a, "zip:compression=store");
    archive_write_open_memory(a, mem, cap, &used);
    add(a, "xl/workbook.xml", STR_LIT("<workbook><sheets><sheet name='S' r:id='r'/></sheets></workbook>"));
    add(a, "xl/_rels/workbook.xml.rels", STR_LIT("<R><Relationship Id='r' Target='s.xml'/></R>"));
    add(a, "xl/s.xml",
        which == 2 ? s
                   : STR_LIT("<w><sheetData><row><c t='s'><v>0</v></c><c "
                             "s='1'><v>44258.5</v></c></row></sheetData></w>"));
    if (which == 3)
        add(a, "xl/sharedStrings.xml", s);
    if (which == 4)
        add(a, "xl/styles.xml", s);
    archive_write_close(a);
    archive_write_free(a);
    return str_n(mem, used);
}

static void rows(struct str s)
{
    struct table *t;
    struct table_row row;
    struct err e = {0};
    if (table_open(&t, "fuzz", s, NULL, &e))
        return;
    unsigned long last = 0;
    struct buf b = BUF_INIT(1 * MIB);
    while (table_next(t, &row, &e) == 1) {
        if (table_format(t) == TABLE_CSV && row.line <= last)
            __builtin_trap();
        last = row.line;
        for (size_t i = 0; i < row.cell_n; i++)
            if (!str_is_utf8(row.cell[i]) || row.cell[i].n > LIMIT_LEDGER_CELL)
                __builtin_trap();
        buf_clear(&b);
        table_write(&b, row.cell, row.cell_n, 0);
    }
    buf_release(&b);
    table_free(t);
}

static void inventory(struct str s)
{
    struct inventory_profile p = {0};
    struct inventory_result r;
    struct arena a = {0};
    struct err e = {0};
    static const char words[] =
        "key = k\nname = n\nproduct = p\nversion = v\ncount = c\nseen = d\nos = o\nkind = t\nserial = s\n"
        "exposure = e\nexposure.public = y\nnone = -\nskip = z\n";
    if (inventory_profile_read(&p, str_of(words), "words", &e))
        __builtin_trap();
    if (inventory_table_read(s, "fuzz", &p, &a, &r, &e) == 0)
        for (size_t i = 0; i < r.asset_n; i++)
            if (r.asset[i].key.n == 0 || r.asset[i].count < 1)
                __builtin_trap();
    struct inventory_profile q = {0};
    if (inventory_profile_read(&q, s, "fuzz", &e) && e.text[0] == 0)
        __builtin_trap();
    inventory_profile_release(&q);
    inventory_profile_release(&p);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 64 * KIB)
        return 0;
    struct str s = str_n((const char *)data + 1, size - 1);
    unsigned which = data[0] % 6;
    if (which == 5) {
        inventory(s);
    } else if (which < 2) {
        rows(s);
    } else {
        char *mem = mem_alloc(size + 8192);
        rows(package(which, s, mem, size + 8192));
        free(mem);
    }
    return 0;
}
