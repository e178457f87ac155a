#include "codec/xlsx_number.h"

#include <math.h>

/* Days from 1970-01-01 back to day 0 of Excel's two calendars. */
#define EPOCH_1900 25569
#define EPOCH_1904 24107
#define SERIAL_MAX 2958466.0 /* 10000-01-01 */

struct xlsx_format xlsx_format_builtin(unsigned long id)
{
    if (id == 1)
        return (struct xlsx_format){XLSX_ZEROS, 1, 0};
    if (id == 2)
        return (struct xlsx_format){XLSX_ZEROS, 1, 2};
    if (id == 22)
        return (struct xlsx_format){.kind = XLSX_DATE_TIME};
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || id == 32 || id == 33)
        return (struct xlsx_format){.kind = XLSX_TIME};
    /* 27-36 and 50-58 as the Japanese version defines them */
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
        return (struct xlsx_format){.kind = XLSX_DATE};
    return (struct xlsx_format){.kind = XLSX_GENERAL};
}

static bool zeros(struct str code, struct xlsx_format *f)
{
    size_t w = 0, d = 0;
    while (w < code.n && code.p[w] == '0')
        w++;
    if (w < code.n && code.p[w] == '.')
        for (; w + 1 + d < code.n && code.p[w + 1 + d] == '0'; d++)
            ;
    if (w == 0 || w > 20 || d > 10 || w + (d ? d + 1 : 0) != code.n)
        return false;
    *f = (struct xlsx_format){XLSX_ZEROS, (uint8_t)w, (uint8_t)d};
    return true;
}

/* [h], [mm], [ss]: hours, minutes or seconds that run past their maximum. */
static bool is_elapsed(struct str s)
{
    bool same = s.n == 1 || s.n == 2;
    for (size_t i = 0; i < s.n; i++)
        same = same && strchr("hHmMsS", s.p[i]) && s.p[i] == s.p[0];
    return same;
}

struct xlsx_format xlsx_format_code(struct str code)
{
    struct xlsx_format f = {.kind = XLSX_GENERAL};
    if (zeros(code, &f))
        return f;
    bool date = false, time = false, month = false;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == ';') /* the sections for negative numbers and zero say nothing new */
            break;
        if (c == '"' || c == '[') {
            size_t end = str_chr(str_sub(code, i + 1, code.n), c == '"' ? '"' : ']');
            struct str in = str_sub(code, i + 1, end == STR_NONE ? 0 : end);
            time = time || (c == '[' && is_elapsed(in));
            i = end == STR_NONE ? code.n : i + 1 + end;
            continue;
        }
        if (c == '\\' || c == '_' || c == '*') {
            i++;
            continue;
        }
        if (str_starts_i(str_sub(code, i, 7), "general"))
            return f;
        char n = i + 1 < code.n ? code.p[i + 1] : 0;
        if (strchr("yYdDgG", c) || ((c == 'e' || c == 'E') && n != '+' && n != '-'))
            date = true;
        else if (strchr("hHsS", c))
            time = true;
        else if (c == 'm' || c == 'M')
            month = true;
    }
    date = date || (month && !time);
    f.kind = date ? (time ? XLSX_DATE_TIME : XLSX_DATE) : time ? XLSX_TIME : XLSX_GENERAL;
    return f;
}

static void date_text(double v, enum xlsx_kind kind, bool base1904, struct buf *out)
{
    double whole = floor(v);
    long sec = lround((v - whole) * 86400);
    if (sec == 86400) {
        whole += 1;
        sec = 0;
    }
    bool with_date = kind != XLSX_TIME || whole >= 1;
    if (with_date) {
        int64_t day = (int64_t)whole;
        /* Excel's 1900 has a 29 February (serial 60): before it the days are one off. */
        if (!base1904 && day < 60)
            day++;
        int y, m, d;
        clock_civil(day - (base1904 ? EPOCH_1904 : EPOCH_1900), &y, &m, &d);
        buf_printf(out, "%04d-%02d-%02d", y, m, d);
    }
    if (!with_date || kind == XLSX_DATE_TIME || sec)
        buf_printf(out, "%s%02ld:%02ld:%02ld", with_date ? "T" : "", sec / 3600, sec / 60 % 60, sec % 60);
}

void xlsx_number_text(struct str v, struct xlsx_format f, bool base1904, struct buf *out)
{
    double d;
    if (!num_double(v, &d) || !isfinite(d)) {
        buf_add_str(out, v);
        return;
    }
    if (f.kind >= XLSX_DATE && d >= 0 && d < SERIAL_MAX) {
        date_text(d, f.kind, base1904, out);
    } else if (f.kind == XLSX_ZEROS && fabs(d) < 1e15) {
        buf_printf(out, "%0*.*f", f.width + (f.decimals ? f.decimals + 1 : 0) + (d < 0), f.decimals, d);
    } else if (fabs(d) < 1e15 && floor(d) == d) {
        buf_printf(out, "%.0f", d + 0.0);
    } else {
        buf_printf(out, "%.15g", d);
    }
}
