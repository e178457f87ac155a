#include "codec/table_kind.h"
#include "codec/xlsx_book.h"

struct xlsx {
    struct table *table;
    struct xlsx_package package;
    struct xlsx_book book;
    struct xlsx_part *part;
    uint64_t cells;
    unsigned long row; /* number of the row in hand */
    size_t column;     /* of the cell in hand, from 0 */
    char type;         /* of it: n, s, b, i (inline), t (text as it stands) */
    size_t style;
    struct buf value;
    bool in_row, in_cell, in_value;
    unsigned phonetic;
    const char *problem;
};

/* "BC12" to 54 and 12; false when it is no such reference. */
static bool reference(const char *r, size_t *column)
{
    size_t c = 0, n = 0;
    for (; r[n] >= 'A' && r[n] <= 'Z' && n < 4; n++)
        c = c * 26 + (size_t)(r[n] - 'A') + 1;
    if (n == 0 || n > 3)
        return false;
    *column = c - 1;
    return true;
}

static char type_of(const char *t)
{
    if (!t || strcmp(t, "n") == 0)
        return 'n';
    if (strcmp(t, "s") == 0)
        return 's';
    if (strcmp(t, "b") == 0)
        return 'b';
    return strcmp(t, "inlineStr") == 0 ? 'i' : 't';
}

static int cell_begin(struct xlsx *x, const char **atts, struct err *e)
{
    const char *r = xlsx_attr(atts, "r"), *s = xlsx_attr(atts, "s");
    uint64_t style = 0;
    if (++x->cells > LIMIT_XLSX_CELLS)
        return err_at(e, ERR_LIMIT, x->package.name, x->row, "the sheet has more than %d cells; split it",
                      LIMIT_XLSX_CELLS);
    x->column++;
    if (r && !reference(r, &x->column))
        x->problem = tr("a cell says that it stands in a column that does not exist");
    if (s && !num_u64(str_of(s), &style))
        style = 0;
    x->style = (size_t)style;
    x->type = type_of(xlsx_attr(atts, "t"));
    x->in_cell = true;
    x->phonetic = 0;
    buf_clear(&x->value);
    return 0;
}

static int on_start(void *user, const char *el, const char **atts, struct err *e)
{
    struct xlsx *x = user;
    if (strcmp(el, "row") == 0) {
        const char *r = xlsx_attr(atts, "r");
        uint64_t n;
        x->row = r && num_u64(str_of(r), &n) && n < 10000000 ? (unsigned long)n : x->row + 1;
        x->column = (size_t)-1;
        x->in_row = true;
        x->problem = NULL;
        vec_clear(&x->table->cell);
        return 0;
    }
    if (x->in_row && strcmp(el, "c") == 0)
        return cell_begin(x, atts, e);
    if (x->in_cell) {
        x->phonetic += strcmp(el, "rPh") == 0;
        x->in_value = strcmp(el, x->type == 'i' ? "t" : "v") == 0;
    }
    return 0;
}

static void on_text(void *user, const char *p, size_t n)
{
    struct xlsx *x = user;
    if (x->in_value && !x->phonetic)
        buf_add(&x->value, p, MIN(n, x->value.max - x->value.n));
}

static struct str value(struct xlsx *x)
{
    static const struct xlsx_format general = {.kind = XLSX_GENERAL};
    struct str v = buf_str(&x->value);
    struct arena *a = &x->table->row;
    uint64_t n;
    if (x->type == 's') {
        if (!num_u64(v, &n) || n >= x->book.string.n) {
            x->problem = tr("a cell refers to a text that is not in the workbook");
            return (struct str){0};
        }
        return x->book.string.p[n]; /* lives as long as the table */
    }
    if (x->type == 'b')
        return str_is(v, "1") ? STR_LIT("TRUE") : STR_LIT("FALSE");
    if (x->type == 'n' && v.n) {
        struct buf b = BUF_INIT(LIMIT_LEDGER_CELL + 64);
        xlsx_number_text(v, x->style < x->book.format.n ? x->book.format.p[x->style] : general,
                         x->book.base1904, &b);
        v = arena_str(a, buf_str(&b));
        buf_release(&b);
        return v;
    }
    v = arena_str(a, v);
    return v.n ? str_n(v.p, xlsx_book_unescape((char *)v.p, v.n)) : v; /* ours to write: just copied */
}

static void cell_end(struct xlsx *x)
{
    struct table *t = x->table;
    x->in_cell = x->in_value = false;
    struct str v = str_trim(value(x));
    if (v.n == 0)
        return;
    if (v.n > LIMIT_LEDGER_CELL) {
        x->problem =
            arena_printf(&t->row, tr("cell %zu is longer than %lu bytes"), x->column + 1, LIMIT_LEDGER_CELL);
        return;
    }
    if (x->column >= LIMIT_CSV_COLUMNS) {
        x->problem = arena_printf(&t->row, tr("the row has more than %d cells"), LIMIT_CSV_COLUMNS);
        return;
    }
    while (t->cell.n <= x->column)
        vec_push(&t->cell, (struct str){0});
    t->cell.p[x->column] = v;
}

static int on_end(void *user, const char *el, struct err *e)
{
    struct xlsx *x = user;
    (void)e;
    if (x->in_cell) {
        x->in_value = false;
        if (x->phonetic && strcmp(el, "rPh") == 0)
            x->phonetic--;
        if (strcmp(el, "c") == 0)
            cell_end(x);
        return 0;
    }
    if (!x->in_row || strcmp(el, "row") != 0)
        return 0;
    x->in_row = false;
    return 1;
}

static int xlsx_next(struct table *t, struct table_row *row, struct err *e)
{
    struct xlsx *x = t->state;
    int rc = xlsx_part_run(x->part, e);
    if (rc <= 0)
        return rc;
    row->line = x->row;
    row->cell = t->cell.p;
    row->cell_n = t->cell.n;
    if (x->problem)
        row->problem = str_of(x->problem);
    return 1;
}

static void xlsx_close(struct table *t)
{
    struct xlsx *x = t->state;
    xlsx_part_free(x->part);
    xlsx_book_release(&x->book);
    buf_release(&x->value);
    free(x);
}

int table_xlsx_open(struct table *t, struct str bytes, const char *sheet, struct err *e)
{
    static const struct table_kind kind = {TABLE_XLSX, xlsx_next, xlsx_close};
    static const struct xlsx_events events = {on_start, on_end, on_text};
    struct xlsx *x = mem_zalloc(sizeof(*x));
    x->table = t;
    x->value = BUF_INIT(LIMIT_LEDGER_CELL + 1);
    t->state = x;
    t->kind = &kind;
    xlsx_package_init(&x->package, t->name, bytes);
    int rc = xlsx_book_read(&x->book, &x->package, sheet, e);
    if (rc)
        return rc;
    t->sheet = x->book.sheet;
    rc = xlsx_part_open(&x->part, &x->package, x->book.part, &events, x, e);
    if (rc == 0)
        return err_at(e, ERR_INPUT, t->name, 0,
                      "the workbook does not contain the sheet it lists; save it again");
    return rc < 0 ? rc : 0;
}
