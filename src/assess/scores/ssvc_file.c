#include "assess/scores/ssvc_file.h"

#include "assess/scores/ssvc.h"

#define UNSET 255

struct loader {
    struct arena *a;
    struct ssvc_table *t;
    const char *file;
    unsigned long line;
    struct str text;
    struct err *e;
    bool numbered; /* the first column is "row" */
};

/* Splits one line of CSV (RFC 4180 without line breaks in cells); cells are trimmed
 * and live in the arena. Returns their number or a negative error. */
static int cells_split(struct loader *l, struct str line, struct str cell[LIMIT_SSVC_COLUMNS + 1])
{
    int n = 0;
    size_t i = 0;
    for (;;) {
        char *out = arena_alloc(l->a, line.n + 1);
        size_t len = 0;
        while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
            i++;
        bool quoted = i < line.n && line.p[i] == '"';
        for (i += quoted; i < line.n; i++) {
            bool quote = quoted && line.p[i] == '"';
            if (quote && i + 1 < line.n && line.p[i + 1] == '"')
                i++;
            else if (quote || (!quoted && line.p[i] == ','))
                break;
            out[len++] = line.p[i];
        }
        if (quoted && i >= line.n)
            return err_at(l->e, ERR_INPUT, l->file, l->line,
                          "a cell begins with a quotation mark and does not end with one");
        i += quoted;
        while (i < line.n && quoted && (line.p[i] == ' ' || line.p[i] == '\t'))
            i++;
        if (i < line.n && line.p[i] != ',')
            return err_at(l->e, ERR_INPUT, l->file, l->line,
                          "something stands between a quoted cell and the next comma");
        if (n > LIMIT_SSVC_COLUMNS)
            return err_at(l->e, ERR_LIMIT, l->file, l->line, "a decision table has at most %d columns",
                          LIMIT_SSVC_COLUMNS);
        cell[n++] = str_trim(str_n(out, len));
        if (i++ >= line.n)
            return n;
    }
}

/* "Automatable v2.0.0" and "In KEV v1.0.0 (cisa)" without what follows the name. */
static struct str head_name(struct str head)
{
    for (size_t i = 0; i + 2 < head.n; i++)
        if (head.p[i] == ' ' && head.p[i + 1] == 'v' && head.p[i + 2] >= '0' && head.p[i + 2] <= '9')
            return str_trim(str_sub(head, 0, i));
    return head;
}

/* The next line that is a directive (directive=true) or a row of CSV; false at the end. */
static bool line_next(struct loader *l, struct str *rest, bool directive, struct str *line)
{
    while (str_line_next(rest, line)) {
        l->line++;
        *line = str_trim(*line);
        if (line->n == 0)
            continue;
        if (line->p[0] == '#' ? directive && str_starts(*line, "#!") : !directive)
            return true;
    }
    return false;
}

static int header_read(struct loader *l)
{
    struct str rest = l->text, line, cell[LIMIT_SSVC_COLUMNS + 1] = {0};
    l->line = 0;
    if (!line_next(l, &rest, false, &line))
        return err_at(l->e, ERR_INPUT, l->file, 0, "a decision table needs a line of column names");
    int n = cells_split(l, line, cell);
    if (n < 0)
        return n;
    l->numbered = str_is_i(cell[0], "row");
    size_t from = l->numbered;
    if ((size_t)n < from + 2)
        return err_at(l->e, ERR_INPUT, l->file, l->line,
                      "a decision table needs an input column and an outcome column");
    l->t->column_n = (size_t)n - from;
    if (l->t->column_n > LIMIT_SSVC_COLUMNS)
        return err_at(l->e, ERR_LIMIT, l->file, l->line, "a decision table has at most %d columns",
                      LIMIT_SSVC_COLUMNS);
    l->t->column = arena_array(l->a, struct ssvc_column, l->t->column_n);
    for (size_t i = 0; i < l->t->column_n; i++) {
        struct ssvc_column *c = &l->t->column[i];
        *c = (struct ssvc_column){.head = cell[from + i], .name = head_name(cell[from + i])};
        c->value = arena_array(l->a, struct ssvc_value, LIMIT_SSVC_VALUES);
        c->alias = arena_array(l->a, struct ssvc_alias, LIMIT_SSVC_VALUES);
        if (c->name.n == 0)
            return err_at(l->e, ERR_INPUT, l->file, l->line, "a column has no name");
        for (size_t j = 0; j < i; j++)
            if (str_ieq(l->t->column[j].name, c->name))
                return err_at(l->e, ERR_INPUT, l->file, l->line, "the column \"%.*s\" comes twice",
                              STR_ARG(c->name));
    }
    return 0;
}

static int value_add(struct loader *l, size_t column, struct ssvc_value v)
{
    struct ssvc_column *c = &l->t->column[column];
    if (v.text.n == 0)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "a value of \"%.*s\" is empty", STR_ARG(c->name));
    if (c->value_n == LIMIT_SSVC_VALUES)
        return err_at(l->e, ERR_LIMIT, l->file, l->line, "a column of a decision table has at most %d values",
                      LIMIT_SSVC_VALUES);
    if (ssvc_value_find(l->t, (int)column, v.text) >= 0 ||
        (v.code.n && ssvc_value_find(l->t, (int)column, v.code) >= 0))
        return err_at(l->e, ERR_INPUT, l->file, l->line, "the value \"%.*s\" comes twice", STR_ARG(v.text));
    v.text = arena_str(l->a, v.text);
    v.code = arena_str(l->a, v.code);
    c->value[c->value_n++] = v;
    return 0;
}

/* Cuts "Name: rest"; the input column's index or a negative error. */
static int column_of(struct loader *l, struct str *s)
{
    size_t colon = str_chr(*s, ':');
    if (colon == STR_NONE)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "a colon is missing behind the column's name");
    struct str name = str_trim(str_sub(*s, 0, colon));
    int column = ssvc_column_find(l->t, name);
    if (column < 0 || (size_t)column + 1 == l->t->column_n)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "there is no input column \"%.*s\"", STR_ARG(name));
    *s = str_trim(str_sub(*s, colon + 1, s->n));
    return column;
}

static int values_read(struct loader *l, struct str s)
{
    int column = column_of(l, &s), rc = 0;
    if (column < 0)
        return column;
    if (l->t->column[column].value_n)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "the values of \"%.*s\" are declared twice",
                      STR_ARG(l->t->column[column].name));
    struct str_split it = str_split_init(s, '|');
    struct str piece;
    while (rc == 0 && str_split_next(&it, &piece))
        rc = value_add(l, (size_t)column, (struct ssvc_value){.text = str_trim(piece), .days = -1});
    return rc;
}

static int outcome_read(struct loader *l, struct str s)
{
    size_t colon = str_chr(s, ':');
    if (colon == STR_NONE || colon == 0)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "write an outcome as CODE: text");
    struct ssvc_value v = {.code = str_trim(str_sub(s, 0, colon)), .days = -1};
    struct str_split it = str_split_init(str_sub(s, colon + 1, s.n), ';');
    struct str piece;
    for (int i = 0; str_split_next(&it, &piece); i++) {
        uint64_t days;
        piece = str_trim(piece);
        if (i == 0)
            v.text = piece;
        else if (str_is(piece, "forensic"))
            v.forensic = true;
        else if (str_starts(piece, "days ") && num_u64(str_trim(str_sub(piece, 5, piece.n)), &days) &&
                 days <= LIMIT_SSVC_DAYS)
            v.days = (int)days;
        else
            return err_at(l->e, ERR_INPUT, l->file, l->line,
                          "\"%.*s\" behind an outcome is neither \"days N\" (0 to %d) nor \"forensic\"",
                          STR_ARG(ssvc_clip(piece)), LIMIT_SSVC_DAYS);
    }
    return value_add(l, l->t->column_n - 1, v);
}

static int alias_read(struct loader *l, struct str s)
{
    int column = column_of(l, &s);
    if (column < 0)
        return column;
    struct ssvc_column *c = &l->t->column[column];
    size_t eq = str_chr(s, '=');
    if (eq == STR_NONE)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "write an alias as Column: word = value");
    struct str from = str_trim(str_sub(s, 0, eq)), to = str_trim(str_sub(s, eq + 1, s.n));
    int index = ssvc_value_find(l->t, column, to);
    if (index < 0)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "\"%.*s\" is no value of \"%.*s\"",
                      STR_ARG(ssvc_clip(to)), STR_ARG(c->name));
    if (from.n == 0 || ssvc_value_find(l->t, column, from) >= 0 || c->alias_n == LIMIT_SSVC_VALUES)
        return err_at(l->e, ERR_INPUT, l->file, l->line,
                      "the alias \"%.*s\" is empty, taken, or one too many", STR_ARG(ssvc_clip(from)));
    c->alias[c->alias_n++] = (struct ssvc_alias){arena_str(l->a, from), (size_t)index};
    return 0;
}

/* Aliases come after all values, wherever they stand. */
static int directives_read(struct loader *l, bool aliases)
{
    struct str rest = l->text, line;
    l->line = 0;
    while (line_next(l, &rest, true, &line)) {
        struct str s = str_trim(str_sub(line, 2, line.n));
        int rc = 0;
        if (str_starts(s, "alias "))
            rc = aliases ? alias_read(l, str_sub(s, 6, s.n)) : 0;
        else if (aliases)
            continue;
        else if (str_starts(s, "values "))
            rc = values_read(l, str_sub(s, 7, s.n));
        else if (str_starts(s, "outcome "))
            rc = outcome_read(l, str_sub(s, 8, s.n));
        else
            rc = err_at(l->e, ERR_INPUT, l->file, l->line,
                        "behind #! stands \"values\", \"outcome\" or \"alias\"");
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int table_size(struct loader *l)
{
    size_t rows = 1;
    l->line = 0;
    for (size_t c = 0; c < l->t->column_n; c++) {
        const struct ssvc_column *col = &l->t->column[c];
        bool last = c + 1 == l->t->column_n;
        if (col->value_n == 0 && last)
            return err_at(l->e, ERR_INPUT, l->file, l->line,
                          "no outcome is declared; add lines such as \"#! outcome CODE: text\"");
        if (col->value_n == 0)
            return err_at(l->e, ERR_INPUT, l->file, l->line,
                          "the values of \"%.*s\" are not declared; add \"#! values %.*s: a | b\"",
                          STR_ARG(col->name), STR_ARG(col->name));
        rows *= last ? 1 : col->value_n;
        if (rows > LIMIT_SSVC_ROWS)
            return err_at(l->e, ERR_LIMIT, l->file, l->line, "a decision table has at most %d rows",
                          LIMIT_SSVC_ROWS);
    }
    l->t->row_n = rows;
    l->t->outcome = arena_alloc(l->a, rows);
    memset(l->t->outcome, UNSET, rows);
    return 0;
}

static int row_read(struct loader *l, struct str line, size_t *at, int *outcome)
{
    struct str cell[LIMIT_SSVC_COLUMNS + 1];
    int n = cells_split(l, line, cell);
    if (n < 0)
        return n;
    if ((size_t)n != l->t->column_n + l->numbered)
        return err_at(l->e, ERR_INPUT, l->file, l->line, "this row has %d cells where the header has %zu", n,
                      l->t->column_n + l->numbered);
    *at = 0;
    for (size_t c = 0; c < l->t->column_n; c++) {
        const struct ssvc_column *col = &l->t->column[c];
        int index = ssvc_value_find(l->t, (int)c, cell[c + l->numbered]);
        if (index < 0)
            return err_at(l->e, ERR_INPUT, l->file, l->line, "\"%.*s\" is no value of \"%.*s\" (one of: %s)",
                          STR_ARG(ssvc_clip(cell[c + l->numbered])), STR_ARG(col->name),
                          ssvc_value_list(l->a, col));
        if (c + 1 == l->t->column_n)
            *outcome = index;
        else
            *at = *at * col->value_n + (size_t)index;
    }
    return 0;
}

static int missing_say(struct loader *l, size_t row, size_t missing)
{
    const char *list = "";
    for (size_t c = l->t->column_n - 1; c-- > 0;) {
        const struct ssvc_column *col = &l->t->column[c];
        list = arena_printf(l->a, STR_FMT "=" STR_FMT "%s%s", STR_ARG(col->name),
                            STR_ARG(col->value[row % col->value_n].text), *list ? ", " : "", list);
        row /= col->value_n;
    }
    l->line = 0;
    return err_at(l->e, ERR_INPUT, l->file, l->line, "%zu combinations have no row, the first of them %s",
                  missing, list);
}

static int rows_read(struct loader *l)
{
    struct str rest = l->text, line;
    size_t at = 0, missing = 0, first = 0;
    int outcome = 0;
    l->line = 0;
    (void)line_next(l, &rest, false, &line); /* the header */
    while (line_next(l, &rest, false, &line)) {
        int rc = row_read(l, line, &at, &outcome);
        if (rc < 0)
            return rc;
        if (l->t->outcome[at] != UNSET)
            return err_at(l->e, ERR_INPUT, l->file, l->line, "this combination has a row already");
        l->t->outcome[at] = (unsigned char)outcome;
    }
    for (size_t row = l->t->row_n; row-- > 0;)
        if (l->t->outcome[row] == UNSET) {
            missing++;
            first = row;
        }
    return missing ? missing_say(l, first, missing) : 0;
}

const struct ssvc_table *ssvc_load(struct arena *a, const char *file, struct str text, struct err *e)
{
    struct loader l = {.a = a, .file = file, .text = text, .e = e};
    l.t = arena_new(a, struct ssvc_table);
    l.t->file = arena_str(a, str_of(file));
    if (text.n > LIMIT_FILE_SMALL) {
        (void)err_at(l.e, ERR_LIMIT, l.file, l.line, "the file is larger than %lu MiB",
                     LIMIT_FILE_SMALL / MIB);
        return NULL;
    }
    if (str_starts(l.text, "\xef\xbb\xbf"))
        l.text = str_sub(l.text, 3, l.text.n);
    if (!str_is_utf8(l.text)) {
        (void)err_at(l.e, ERR_INPUT, l.file, l.line, "the file is not UTF-8 text");
        return NULL;
    }
    if (header_read(&l) < 0 || directives_read(&l, false) < 0 || directives_read(&l, true) < 0 ||
        table_size(&l) < 0 || rows_read(&l) < 0)
        return NULL;
    return l.t;
}
