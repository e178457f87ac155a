#include "codec/table.h"

#include "codec/table_kind.h"

static int kind_open(struct table *t, struct str bytes, const struct table_options *opt, struct err *e)
{
    if (bytes.n > LIMIT_FILE_WHOLE)
        return err_at(e, ERR_LIMIT, t->name, 0, "the table is larger than %lu bytes; split it",
                      LIMIT_FILE_WHOLE);
    if (str_starts(bytes, "PK\x03\x04"))
        return table_xlsx_open(t, bytes, opt->sheet, e);
    if (str_starts(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
        return err_at(
            e, ERR_INPUT, t->name, 0,
            "this is an old Excel file (.xls) or a workbook with a password; save it as .xlsx without a "
            "password, or as CSV");
    struct str head = str_trim(str_sub(bytes, 0, 512));
    if (str_starts_i(head, "<!DOCTYPE") || str_starts_i(head, "<html") || str_starts_i(head, "<?xml") ||
        str_starts_i(head, "<table"))
        return err_at(
            e, ERR_INPUT, t->name, 0,
            "this is HTML or XML, not a table; open it in a spreadsheet and save it as .xlsx or CSV");
    if (str_trim(bytes).n == 0)
        return err_at(e, ERR_INPUT, t->name, 0, "the file is empty");
    return table_csv_open(t, bytes, opt->delimiter, e);
}

int table_open(struct table **out, const char *name, struct str bytes, const struct table_options *opt,
               struct err *e)
{
    static const struct table_options none;
    struct table *t = mem_zalloc(sizeof(*t));
    t->name = mem_dup(name, strlen(name));
    int rc = kind_open(t, bytes, opt ? opt : &none, e);
    if (rc) {
        table_free(t);
        t = NULL;
    }
    *out = t;
    return rc;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    if (t->state)
        t->kind->close(t);
    arena_release(&t->row);
    vec_release(&t->cell);
    free(t->name);
    free(t);
}

static bool formula_lead(struct str c)
{
    /* full-width = + - @ too: Japanese Excel reads them alike */
    return (c.n && str_chr(STR_LIT("=+-@\t\r"), c.p[0]) != STR_NONE) || str_starts(c, "＝") ||
           str_starts(c, "＋") || str_starts(c, "－") || str_starts(c, "＠");
}

/* ="001" is how exports keep Excel from eating zeros; '=… how we keep it from calculating. */
static struct str unwrap(struct arena *a, struct str c)
{
    if (str_starts(c, "'") && formula_lead(str_sub(c, 1, c.n)))
        return str_sub(c, 1, c.n);
    if (c.n < 3 || !str_starts(c, "=\"") || c.p[c.n - 1] != '"')
        return c;
    c = str_n(c.p + 2, c.n - 3);
    char *q = arena_alloc(a, c.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < c.n; i++) {
        q[n++] = c.p[i];
        if (c.p[i] == '"' && i + 1 < c.n && c.p[i + 1] == '"')
            i++;
    }
    return str_n(q, n);
}

static void raw_join(struct table *t, struct table_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->cell_n; i++)
        n += row->cell[i].n + 1;
    char *q = arena_alloc(&t->row, n + 1), *w = q;
    for (size_t i = 0; i < row->cell_n; i++) {
        if (i)
            *w++ = '\t';
        if (row->cell[i].n)
            memcpy(w, row->cell[i].p, row->cell[i].n);
        w += row->cell[i].n;
    }
    row->raw = str_n(q, (size_t)(w - q));
}

int table_next(struct table *t, struct table_row *row, struct err *e)
{
    for (;;) {
        arena_clear(&t->row);
        vec_clear(&t->cell);
        *row = (struct table_row){0};
        int rc = t->kind->next(t, row, e);
        if (rc <= 0)
            return rc;
        while (row->cell_n && row->cell[row->cell_n - 1].n == 0)
            row->cell_n--;
        if (row->cell_n == 0 && row->problem.n == 0)
            continue;
        if (!row->raw.p)
            raw_join(t, row);
        for (size_t i = 0; i < row->cell_n; i++)
            row->cell[i] = unwrap(&t->row, row->cell[i]);
        return 1;
    }
}

enum table_format table_format(const struct table *t)
{
    return t->kind->format;
}

enum charset table_charset(const struct table *t)
{
    return t->charset;
}

char table_delimiter(const struct table *t)
{
    return t->delimiter;
}

size_t table_undecoded(const struct table *t)
{
    return t->undecoded;
}

struct str table_sheet(const struct table *t)
{
    return t->sheet;
}

static bool is_formula(struct str c)
{
    double number;
    return formula_lead(c) && !num_double(c, &number);
}

void table_write(struct buf *out, const struct str *cell, size_t n, unsigned flags)
{
    if (flags & TABLE_BOM)
        buf_adds(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n; i++) {
        struct str c = cell[i];
        if (i)
            buf_addc(out, ',');
        bool formula = is_formula(c), quote = formula || (n == 1 && c.n == 0);
        for (size_t k = 0; k < c.n && !quote; k++)
            quote = strchr(",;\"\r\n\t", c.p[k]) != NULL;
        /* Blanks at the edges are part of a cell only when quoted. */
        quote = quote || str_trim(c).n != c.n;
        if (!quote) {
            buf_add_str(out, c);
            continue;
        }
        buf_addc(out, '"');
        if (formula)
            buf_addc(out, '\'');
        for (size_t k = 0; k < c.n; k++) {
            if (c.p[k] == '"')
                buf_addc(out, '"');
            buf_addc(out, c.p[k]);
        }
        buf_addc(out, '"');
    }
    buf_adds(out, flags & TABLE_CRLF ? "\r\n" : "\n");
}
