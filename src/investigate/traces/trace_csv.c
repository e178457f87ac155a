#include "investigate/traces/trace_csv.h"
#include "investigate/traces/trace_split.h"

void trace_csv_release(struct trace_csv *c)
{
    vec_release(&c->field);
    vec_release(&c->col);
    free(c->names);
}

static bool is_time_name(struct str name)
{
    return str_is_i(name, "DateTime") || str_is_i(name, "TimeStamp") || str_is_i(name, "date-time") ||
           str_is_i(name, "StartTime") || str_is_i(name, "Time");
}

/* Bounded by the line: a comma a name, LIMIT_CSV_COLUMNS at most. */
void trace_csv_header(struct trace_csv *c, struct str names)
{
    struct str piece;
    if (str_starts_i(names, "#Fields:"))
        names = str_trim(str_sub(names, 8, names.n));
    free(c->names);
    c->names = mem_alloc(names.n + LIMIT_CSV_COLUMNS * 6);
    size_t used = 0;
    vec_clear(&c->field);
    c->time_col = STR_NONE;
    struct str_split it = str_split_init(names, ',');
    while (c->field.n < LIMIT_CSV_COLUMNS && str_split_next(&it, &piece)) {
        piece = str_trim(piece);
        if (piece.n > 1 && piece.p[0] == '"' && piece.p[piece.n - 1] == '"')
            piece = str_sub(piece, 1, piece.n - 2);
        char *to = c->names + used;
        if (piece.n == 0) { /* a column without a name: one build has it */
            char number[8];
            size_t k = 0;
            for (size_t v = c->field.n + 1; v; v /= 10)
                number[k++] = (char)('0' + v % 10);
            to[0] = 'c';
            for (size_t i = 0; i < k; i++)
                to[i + 1] = number[k - 1 - i];
            piece = str_n(to, k + 1);
        } else {
            memcpy(to, piece.p, piece.n);
            piece.p = to;
        }
        used += piece.n;
        if (c->time_col == STR_NONE && is_time_name(piece))
            c->time_col = c->field.n;
        vec_push(&c->field, ((struct trace_field){piece, {0}}));
    }
    vec_reserve(&c->col, LIMIT_CSV_COLUMNS);
}

enum trace_text_line trace_csv_look(struct str line, const char *first)
{
    if (line.p[0] == '#')
        return str_starts_i(line, "#Fields:") ? TRACE_TEXT_CHANGE : TRACE_TEXT_SKIP;
    if (str_starts_i(line, first) || (line.p[0] == '"' && str_starts_i(str_sub(line, 1, line.n), first)))
        return TRACE_TEXT_CHANGE;
    /* the first name in quotes: "DateTime","RequestId" */
    size_t n = strlen(first) - 1;
    if (line.p[0] == '"' && line.n > n + 2 && str_ieq(str_sub(line, 1, n), str_n(first, n)) &&
        line.p[n + 1] == '"')
        return TRACE_TEXT_CHANGE;
    return TRACE_TEXT_ROW;
}

bool trace_csv_has_header(struct str head, const char *first)
{
    struct str line;
    for (int i = 0; i < 20 && str_line_next(&head, &line); i++) {
        if (line.n == 0)
            continue;
        enum trace_text_line is = trace_csv_look(line, first);
        if (is != TRACE_TEXT_SKIP)
            return is == TRACE_TEXT_CHANGE;
    }
    return false;
}

struct str trace_csv_first_row(struct str head)
{
    struct str line;
    while (str_line_next(&head, &line))
        if (line.n && line.p[0] != '#')
            return line;
    return (struct str){0};
}

when_t trace_csv_time(struct trace_csv *c, struct str row)
{
    when_t t;
    bool zoned, quotes;
    struct str s = row.n && row.p[0] == '"' ? str_sub(row, 1, row.n) : row;
    if (trace_time_iso(&c->clock, s, 0, &t, &zoned))
        return t;
    if (c->time_col == STR_NONE || c->time_col == 0)
        return WHEN_NONE;
    size_t n = trace_split_csv(row, ',', c->col.p, c->time_col + 1, &quotes);
    if (n <= c->time_col)
        return WHEN_NONE;
    s = c->col.p[c->time_col];
    if (s.n && s.p[0] == '"')
        s = str_sub(s, 1, s.n);
    return trace_time_iso(&c->clock, s, 0, &t, &zoned) ? t : WHEN_NONE;
}

static void take_time(struct trace_csv *c, struct trace_record *rec, size_t n)
{
    bool zoned;
    if (c->time_col >= n)
        return;
    struct str s = c->field.p[c->time_col].value;
    if (trace_time_iso(&c->clock, s, 0, &rec->time, &zoned)) {
        rec->time_text = s;
        rec->zone = zoned ? TRACE_ZONE_STATED : TRACE_ZONE_FORMAT;
    }
}

/* Columns of the row in c->col; how many it has. A stray quote must not swallow the rest of a row. */
static size_t columns(struct trace_csv *c, struct str text, bool *quotes)
{
    size_t n = trace_split_csv(text, ',', c->col.p, LIMIT_CSV_COLUMNS, quotes);
    if (*quotes && n != c->field.n && !c->rest) {
        size_t strict = trace_split_csv_strict(text, ',', c->col.p, LIMIT_CSV_COLUMNS);
        if (strict == c->field.n)
            return strict;
        n = trace_split_csv(text, ',', c->col.p, LIMIT_CSV_COLUMNS, quotes);
    }
    return n;
}

const char *trace_csv_parse(struct trace_csv *c, struct trace_text_row *r, struct str text)
{
    bool quotes;
    if (c->field.n == 0)
        trace_csv_header(c, STR_LIT("DateTime"));
    size_t n = columns(c, text, &quotes), want = c->field.n;
    if (n > want && c->rest && want) {
        const char *from = c->col.p[want - 1].p;
        c->col.p[want - 1].n = (size_t)(text.p + text.n - from);
        n = want;
    }
    size_t use = MIN(MIN(n, want), LIMIT_CSV_COLUMNS);
    for (size_t i = 0; i < use; i++)
        c->field.p[i].value = c->col.p[i];
    if (quotes)
        for (size_t i = 0; i < use; i++)
            c->field.p[i].value = trace_split_unquote(c->col.p[i], &r->arena);
    r->rec.field = c->field.p;
    r->rec.field_n = use;
    take_time(c, &r->rec, use);
    if (r->rec.time == WHEN_NONE && n == 1)
        return tr("neither a header nor a row of this log");
    if (n < want)
        r->rec.damage = tr("fewer columns than the header names");
    else if (n > want)
        r->rec.damage = tr("more columns than the header names");
    else if (r->rec.time == WHEN_NONE && c->time_col != STR_NONE)
        r->rec.damage = tr("the time cannot be read");
    return NULL;
}

struct str trace_csv_value(const struct trace_csv *c, const char *name)
{
    for (size_t i = 0; i < c->field.n; i++)
        if (str_is_i(c->field.p[i].name, name))
            return c->field.p[i].value;
    return (struct str){0};
}
