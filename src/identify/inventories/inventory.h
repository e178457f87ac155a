/* inventory.h — tables of machines and software (CSV, XLSX) to rows of the ledger.
 *
 * Quiet room: bytes in, assets out. The words that tell columns and cells apart
 * are a profile, read from text such as rules/ledger/columns.txt; the caller
 * finds the file.
 *
 * The header row is that of the first INVENTORY_HEADER_ROWS rows in which the
 * profile knows the most fields (at least two, or one in a table of one column);
 * what stands above it (titles, time stamps, #TYPE) is passed over. Headers and
 * words are compared after NFKC and case folding.
 *
 * Which rows are one asset. The key, which must stay the same from one import to
 * the next, is the first that a row has of:
 *   1. management number: NFKC, upper case          "PC-0012"
 *   2. serial number, unless it is one that many machines share (words under
 *      serial.none; all zeros or all F)             "serial:5CD1234XYZ"
 *   3. host name, lower case, and the organisation  "host:web01", "host:web01@例社"
 *   4. a batch row without any of these: kind, place and product or OS
 *                                                   "batch:ノートpc/本社/windows 10"
 * Rows with one key are one asset: fields are merged, the first stated value
 * wins and a different one is a warning with both lines; each row's product and
 * OS become components, equal ones once. Batch rows are different machines:
 * their counts are added up (with a warning), and a batch with other versions is
 * an asset of its own whose key ends in "#" and the version. A row with nothing
 * to make a key of is set aside.
 *
 * Nothing is dropped silently: a row that cannot be used is in .error with its
 * text, a cell that cannot be understood in .warning and its field not stated.
 */
#ifndef TOBAN_IDENTIFY_INVENTORIES_INVENTORY_H
#define TOBAN_IDENTIFY_INVENTORIES_INVENTORY_H

#include "codec/table.h"
#include "model/asset.h"

#define INVENTORY_HEADER_ROWS 10

enum inventory_field {
    INVENTORY_NONE, /* no word of the profile */
    INVENTORY_IGNORE,
    INVENTORY_KEY,
    INVENTORY_NAME,
    INVENTORY_SERIAL,
    INVENTORY_IP,
    INVENTORY_KIND,
    INVENTORY_PLACE,
    INVENTORY_PURPOSE,
    INVENTORY_OWNER,
    INVENTORY_DEPARTMENT,
    INVENTORY_ORGANISATION,
    INVENTORY_CONTACT,
    INVENTORY_COUNT,
    INVENTORY_EXPOSURE,
    INVENTORY_CRITICALITY,
    INVENTORY_OS,
    INVENTORY_OS_VERSION,
    INVENTORY_OS_BUILD,
    INVENTORY_PRODUCT,
    INVENTORY_VERSION,
    INVENTORY_BUILD,
    INVENTORY_VENDOR,
    INVENTORY_CPE,
    INVENTORY_PURL,
    INVENTORY_SEEN,
    INVENTORY_FIELDS
};
/* As profiles write it: "key", "os_version"; "" for INVENTORY_NONE. */
const char *inventory_field_name(enum inventory_field f);

/* Words of one or more profile files. A zeroed profile is an empty one. */
struct inventory_profile {
    struct map header;      /* folded header -> field */
    struct map exposure;    /* folded word -> enum exposure */
    struct map criticality; /* folded word -> enum criticality */
    struct map none, serial_none, skip;
    unsigned files; /* read so far */
    /* Set by the caller, if at all: */
    int zone_s;        /* of dates without zone; a zeroed profile means UTC */
    const char *sheet; /* of a workbook; NULL = the first visible */
    char delimiter;    /* of CSV; 0 = judged */
};
/* Adds a file's words; a word that an earlier file gave moves. ERR_INPUT with file and line. */
int inventory_profile_read(struct inventory_profile *p, struct str bytes, const char *file_name,
                           struct err *e) MUST_CHECK;
void inventory_profile_release(struct inventory_profile *p);

struct inventory_issue {
    unsigned long line;  /* in the file */
    unsigned long other; /* the line it disagrees with; 0 = none */
    struct str column;   /* header; "" when about the whole row */
    struct str cell;     /* text of the cell, at most 200 bytes */
    struct str reason;   /* in the thread's language */
    struct str raw;      /* the row's text (errors only), at most 4 KiB */
};
struct inventory_column {
    struct str header;
    enum inventory_field field;
};
struct inventory_result {
    struct asset *asset;
    size_t asset_n;
    unsigned long *line;                     /* of each asset: its first row */
    struct inventory_issue *error, *warning; /* the first LIMIT_ERRORS_KEPT */
    size_t error_n, warning_n;
    size_t error_total, warning_total;
    struct inventory_column *column; /* as in the table, from left to right */
    size_t column_n;
    unsigned long header_line;
    size_t rows;      /* below the header, with those set aside */
    size_t passed;    /* rows above it, repeated headers and totals */
    int64_t machines; /* sum of the counts */
    enum table_format format;
    const char *encoding; /* charset_name; static */
    char delimiter;
    struct str sheet;
    size_t undecoded;
};
/* Everything in *r lives in the arena; bytes may go afterwards. source of the
 * components is file_name. Fails only when the file cannot be read as a table, has
 * no header row, or crosses LIMIT_LEDGER_ROWS. */
int inventory_table_read(struct str bytes, const char *file_name, const struct inventory_profile *p,
                         struct arena *a, struct inventory_result *r, struct err *e) MUST_CHECK;

#endif
