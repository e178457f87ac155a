/* xlsx_book.h — what must be known of a workbook before its sheet can be read:
 * which part the sheet is, the shared strings, the number formats.
 */
#ifndef TOBAN_CODEC_XLSX_BOOK_H
#define TOBAN_CODEC_XLSX_BOOK_H

#include "codec/xlsx_number.h"
#include "codec/xlsx_part.h"

#define XLSX_FORMATS_MAX 65536

struct xlsx_book {
    struct arena arena;
    char *part;       /* of the sheet chosen */
    struct str sheet; /* its name */
    bool base1904;
    VEC(struct str) string;
    VEC(struct xlsx_format) format; /* by cell style */
};

/* sheet NULL: the first that is not hidden. */
int xlsx_book_read(struct xlsx_book *b, struct xlsx_package *p, const char *sheet, struct err *e) MUST_CHECK;
void xlsx_book_release(struct xlsx_book *b);
/* Undoes _xHHHH_ (ISO/IEC 29500-1, 22.4.2.4: characters XML cannot hold). Writes in place; the new length. */
size_t xlsx_book_unescape(char *p, size_t n);

#endif
