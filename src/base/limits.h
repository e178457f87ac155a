/* limits.h — every size that a stranger can choose, by name.
 *
 * A limit is a promise to the machine: nothing that arrives from outside makes
 * us use more than this. Each has a test that crosses it.
 */
#ifndef TOBAN_BASE_LIMITS_H
#define TOBAN_BASE_LIMITS_H

#define KIB (1024UL)
#define MIB (1024UL * KIB)
#define GIB (1024UL * MIB)

#define LIMIT_JSON_DEPTH 128          /* nesting of arrays and objects */
#define LIMIT_JSON_TOKEN (64 * MIB)   /* one string or number */
#define LIMIT_XML_DEPTH 128           /* nesting of elements */
#define LIMIT_XML_TEXT (16 * MIB)     /* character data of one element */
#define LIMIT_FILE_SMALL (16 * MIB)   /* configuration, rules, catalogues */
#define LIMIT_FILE_WHOLE (1 * GIB)    /* a file that is read as a whole */
#define LIMIT_DOWNLOAD (512 * MIB)    /* one answer of a server, as sent */
#define LIMIT_INFLATED (4 * GIB)      /* the same, unpacked */
#define LIMIT_INFLATE_RATIO 1100      /* above this after the first MiB: a bomb (deflate tops at 1032) */
#define LIMIT_RECORD (16 * MIB)       /* one record of a feed */
#define LIMIT_LINE (1 * MIB)          /* one line of an input that is split in lines */
#define LIMIT_NOTICE_TEXT (4 * MIB)   /* text of one notice */
#define LIMIT_ERRORS_KEPT 1000        /* records set aside that are kept with their bytes, per source */
#define LIMIT_LEDGER_ROWS 1000000     /* rows of one ledger import */
#define LIMIT_LEDGER_CELL (32 * KIB)  /* one cell of a table */
#define LIMIT_CSV_COLUMNS 1024
#define LIMIT_XLSX_CELLS 20000000
#define LIMIT_ZIP_ENTRIES 100000
#define LIMIT_REDIRECTS 5

#endif
