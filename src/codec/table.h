/* table.h — rows of a table that somebody exported: CSV or XLSX, told apart by
 * content, never by name.
 *
 * CSV: any encoding of charset.h; delimiter comma, TAB or semicolon, judged from
 * the first rows or said by a "sep=" line; RFC 4180 quoting with newlines inside
 * quotes; blanks around an unquoted cell are dropped. XLSX: one sheet; strings
 * without phonetic runs, numbers as Excel shows them (15 digits; formats made of
 * zeros only keep their zeros), dates as ISO 8601 text, TRUE and FALSE. Merged
 * cells have their value in their first cell only.
 * Excel's ="001" is unwrapped to 001, and the apostrophe that table_write puts
 * before a formula is taken off again. Empty cells at a row's end are dropped,
 * and so are rows without any cell.
 *
 * Bounds: LIMIT_LINE (one row), LIMIT_LEDGER_CELL, LIMIT_CSV_COLUMNS,
 * LIMIT_XLSX_CELLS, LIMIT_ZIP_ENTRIES, LIMIT_XLSX_RATIO, LIMIT_FILE_WHOLE.
 * A row that crosses its bounds, has NUL bytes or a quote that never ends is
 * given with .problem set, and reading goes on with the next; after a quote that
 * never ends, on the next physical line. One thread at a time.
 */
#ifndef TOBAN_CODEC_TABLE_H
#define TOBAN_CODEC_TABLE_H

#include "base/base.h"
#include "codec/charset.h"

enum table_format { TABLE_CSV, TABLE_XLSX };

struct table_options {
    const char *sheet; /* NULL: the first sheet that is not hidden */
    char delimiter;    /* 0: judged */
};

/* All views are valid until the next call for the same table. */
struct table_row {
    unsigned long line; /* physical line on which the row begins, or row of the sheet; from 1 */
    struct str *cell;   /* UTF-8 */
    size_t cell_n;
    struct str raw;     /* the row as it stands, decoded; of XLSX the cells joined by TAB */
    struct str problem; /* why the row cannot be used, in the thread's language; "" = it can */
};

struct table;
/* bytes are borrowed until table_free. name is for messages (copied). opt may be NULL. */
int table_open(struct table **out, const char *name, struct str bytes, const struct table_options *opt,
               struct err *e) MUST_CHECK;
void table_free(struct table *t);
/* 1 with a row, 0 at the end, negative when reading cannot go on. */
int table_next(struct table *t, struct table_row *row, struct err *e) MUST_CHECK;

enum table_format table_format(const struct table *t);
enum charset table_charset(const struct table *t); /* of CSV; UTF-8 for XLSX */
char table_delimiter(const struct table *t);       /* of CSV; 0 for XLSX */
size_t table_undecoded(const struct table *t);     /* characters that became U+FFFD */
struct str table_sheet(const struct table *t);     /* of XLSX; "" for CSV */

#define TABLE_CRLF 1U /* lines end in CR LF (RFC 4180); else LF */
#define TABLE_BOM 2U  /* a BOM first, for Excel: give it with the first row only */
/* Appends one row of CSV. A cell that a spreadsheet would take for a formula
 * (first character = + - @ TAB CR or their full-width forms, and not a plain
 * number) gets an apostrophe in front. */
void table_write(struct buf *out, const struct str *cell, size_t n, unsigned flags);

#endif
