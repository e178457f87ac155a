/* xlsx_number.h — a stored number of a sheet as the text a person sees.
 *
 * ISO/IEC 29500-1, 18.8.30 (number formats), 18.17.4 (dates).
 */
#ifndef TOBAN_CODEC_XLSX_NUMBER_H
#define TOBAN_CODEC_XLSX_NUMBER_H

#include "base/base.h"

enum xlsx_kind { XLSX_GENERAL, XLSX_ZEROS, XLSX_DATE, XLSX_TIME, XLSX_DATE_TIME };
struct xlsx_format {
    enum xlsx_kind kind;
    uint8_t width, decimals; /* of XLSX_ZEROS: "000.00" is 3 and 2 */
};

/* Of a built-in number format; custom ones are judged by their code. */
struct xlsx_format xlsx_format_builtin(unsigned long id);
struct xlsx_format xlsx_format_code(struct str code);
/* Appends the text of v, the content of <v>. What is no number is copied. */
void xlsx_number_text(struct str v, struct xlsx_format f, bool base1904, struct buf *out);

#endif
