#include "codec/table_kind.h"

#include <csv.h>

/* How often reading starts again behind a quote that never ended, before whole
 * stretches are set aside instead: keeps the time linear. */
#define RESCANS 100
#define JUDGED_ROWS 20

struct csv {
    struct csv_parser parser;
    struct table *table;
    struct buf decoded;
    struct str text;
    size_t at;
    unsigned long line; /* number of the physical line at `at` */
    unsigned rescans;
    bool ended, too_many; /* about the row in hand */
};

/* Bytes of the physical line at s with its end: LF, CR LF or CR. */
static size_t line_bytes(struct str s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
        i++;
    if (i < s.n && s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
        i++;
    return MIN(i + 1, s.n);
}

static void on_cell(void *p, size_t n, void *user)
{
    struct csv *c = user;
    struct table *t = c->table;
    if (t->cell.n == LIMIT_CSV_COLUMNS)
        c->too_many = c->too_many || n > 0;
    else
        vec_push(&t->cell, arena_str(&t->row, str_n(p, n)));
}

static void on_row(int end, void *user)
{
    struct csv *c = user;
    (void)end;
    c->ended = true;
}

static void feed(struct csv *c, struct str part)
{
    csv_parse(&c->parser, part.p, part.n, on_cell, on_row, c);
}

/* Sets the stretch from..to aside; reading goes on at to. */
static int aside(struct csv *c, struct table_row *row, size_t from, size_t to, const char *why)
{
    row->raw = str_trim(str_sub(c->text, from, MIN(to - from, 4 * KIB)));
    row->raw.n = row->raw.n ? str_utf8_clip(row->raw.p, row->raw.n) : 0;
    row->problem = str_of(why);
    row->cell_n = 0;
    c->at = to;
    return 1;
}

static const char *row_check(const struct csv *c, struct str raw)
{
    if (c->too_many)
        return arena_printf(&c->table->row, tr("the row has more than %d cells"), LIMIT_CSV_COLUMNS);
    for (size_t i = 0; i < c->table->cell.n; i++)
        if (c->table->cell.p[i].n > LIMIT_LEDGER_CELL)
            return arena_printf(&c->table->row, tr("cell %zu is longer than %lu bytes"), i + 1,
                                LIMIT_LEDGER_CELL);
    if (str_chr(raw, 0) != STR_NONE)
        return tr("the row contains NUL bytes; export the table again");
    return NULL;
}

/* The quote that opened in this row did not close in reasonable time. */
static int unclosed(struct csv *c, struct table_row *row, size_t from, size_t to)
{
    const char *why = tr("a quotation mark opens a cell and nothing closes it; put a second one behind it");
    csv_fini(&c->parser, NULL, NULL, NULL);
    size_t first = from + line_bytes(str_sub(c->text, from, c->text.n));
    if (c->rescans++ < RESCANS && first < to) {
        c->line = row->line + 1;
        to = first;
    }
    return aside(c, row, from, to, why);
}

/* True when a quoted cell of the row goes on behind its closing quote. Within one
 * line that is somebody's inch mark; over several it is a quote left open, which
 * took the next row that has quotes for its end. */
static bool quotes_disagree(struct str raw, char delimiter)
{
    bool begins = true;
    for (size_t i = 0; i < raw.n; i++) {
        char ch = raw.p[i];
        if (!begins || ch != '"') {
            begins = ch == delimiter || (begins && ch == ' ');
            continue;
        }
        for (i++; i < raw.n; i++) {
            if (raw.p[i] != '"')
                continue;
            if (i + 1 >= raw.n || raw.p[i + 1] != '"')
                break;
            i++;
        }
        while (i + 1 < raw.n && raw.p[i + 1] == ' ')
            i++;
        begins = false;
        if (i + 1 < raw.n && raw.p[i + 1] != delimiter && raw.p[i + 1] != '\n' && raw.p[i + 1] != '\r')
            return true;
    }
    return false;
}

static int csv_next(struct table *t, struct table_row *row, struct err *e)
{
    struct csv *c = t->state;
    (void)e;
    size_t n = 0;
    for (;; c->at += n, c->line++) { /* blank lines */
        if (c->at >= c->text.n)
            return 0;
        n = line_bytes(str_sub(c->text, c->at, c->text.n));
        if (str_trim(str_sub(c->text, c->at, n)).n || memchr(c->text.p + c->at, t->delimiter, n))
            break;
    }
    size_t from = c->at, at = from;
    row->line = c->line;
    c->ended = c->too_many = false;
    while (!c->ended) {
        struct str rest = str_sub(c->text, at, c->text.n);
        n = line_bytes(rest);
        if (at + n - from > LIMIT_LINE) {
            if (at > from)
                return unclosed(c, row, from, at);
            c->line++;
            return aside(c, row, from, at + n,
                         arena_printf(&t->row, tr("the row is longer than %lu bytes"), LIMIT_LINE));
        }
        feed(c, str_sub(rest, 0, n));
        at += n;
        c->line++;
        if (!c->ended && at >= c->text.n)
            feed(c, STR_LIT("\n"));
        if (!c->ended && (at >= c->text.n || c->parser.entry_pos > LIMIT_LEDGER_CELL))
            return unclosed(c, row, from, at);
    }
    struct str raw = str_sub(c->text, from, at - from);
    if (c->line > row->line + 1 && quotes_disagree(raw, t->delimiter))
        return unclosed(c, row, from, at);
    const char *why = row_check(c, raw);
    if (why)
        return aside(c, row, from, at, why);
    while (raw.n && (raw.p[raw.n - 1] == '\n' || raw.p[raw.n - 1] == '\r'))
        raw.n--;
    row->raw = raw;
    row->cell = t->cell.p;
    row->cell_n = t->cell.n;
    c->at = at;
    return 1;
}

static void csv_close(struct table *t)
{
    struct csv *c = t->state;
    csv_free(&c->parser);
    buf_release(&c->decoded);
    free(c);
}

/* Delimiters outside quotes, row by row. */
static unsigned count_rows(struct str s, char delimiter, unsigned count[JUDGED_ROWS])
{
    unsigned rows = 0, here = 0;
    bool quoted = false, any = false;
    s = str_sub(s, 0, 64 * KIB);
    for (size_t i = 0; i < s.n && rows < JUDGED_ROWS; i++) {
        char ch = s.p[i];
        if (ch == '"')
            quoted = !quoted;
        if (quoted || (ch != '\n' && ch != '\r')) {
            here += !quoted && ch == delimiter;
            any = true;
            continue;
        }
        if (any)
            count[rows++] = here;
        here = 0;
        any = false;
    }
    if (any && rows < JUDGED_ROWS)
        count[rows++] = here;
    return rows;
}

/* The one that cuts the most rows into the same number of cells, the more the better. */
static char judge(struct str s)
{
    static const char candidate[] = {'\t', ',', ';'};
    char best = ',';
    unsigned most = 0;
    for (size_t k = 0; k < sizeof(candidate); k++) {
        unsigned count[JUDGED_ROWS], rows = count_rows(s, candidate[k], count);
        for (unsigned i = 0; i < rows; i++) {
            unsigned same = 0;
            for (unsigned j = 0; j < rows; j++)
                same += count[j] == count[i];
            if (same * count[i] > most) {
                most = same * count[i];
                best = candidate[k];
            }
        }
    }
    return best;
}

/* "sep=;" on the first line, Excel's own way to say it. */
static char said(struct csv *c)
{
    size_t n = line_bytes(c->text);
    struct str l = str_sub(c->text, 0, n);
    while (l.n && (l.p[l.n - 1] == '\n' || l.p[l.n - 1] == '\r'))
        l.n--;
    if (l.n == 7 && l.p[0] == '"' && l.p[6] == '"')
        l = str_sub(l, 1, 5);
    if (l.n != 5 || !str_starts_i(l, "sep=") || str_chr(STR_LIT(",;\t|:"), l.p[4]) == STR_NONE)
        return 0;
    c->at = n;
    c->line++;
    return l.p[4];
}

int table_csv_open(struct table *t, struct str bytes, char delimiter, struct err *e)
{
    static const struct table_kind kind = {TABLE_CSV, csv_next, csv_close};
    struct csv *c = mem_zalloc(sizeof(*c));
    csv_init(&c->parser, 0);
    csv_set_blk_size(&c->parser, 4096);
    c->table = t;
    c->line = 1;
    t->state = c;
    t->kind = &kind;
    size_t bom;
    t->charset = charset_detect(bytes, &bom);
    struct str body = str_sub(bytes, bom, bytes.n);
    c->text = body;
    if (t->charset > CHARSET_UTF8_BOM || !str_is_utf8(body)) {
        buf_init(&c->decoded, bytes.n * 3 + 16);
        int rc = charset_to_utf8(t->charset, body, &c->decoded, &t->undecoded, e);
        if (rc)
            return rc;
        c->text = buf_str(&c->decoded);
    }
    char by_line = said(c);
    t->delimiter = delimiter ? delimiter : by_line ? by_line : judge(c->text);
    csv_set_delim(&c->parser, (unsigned char)t->delimiter);
    return 0;
}
