#include "investigate/traces/trace_text.h"
#include "investigate/traces/trace_split.h"

/* W3C extended log format as IIS writes it: "#Fields:" may come anywhere and again; times are UTC.
 * Without a date column the day is that of "#Date:", or of the file's name, and said to be so. */
extern const struct trace_kind trace_iis;

#define COLUMNS_MAX 64

struct iis {
    struct trace_field field[COLUMNS_MAX];
    char *names; /* owns */
    size_t n;
    size_t date, time, query; /* columns; STR_NONE when there is none */
    bool named;               /* by a #Fields line */
    when_t day;               /* of rows without a date; WHEN_NONE: unknown */
    when_t before;            /* time of day of the last row */
    const char *day_note;
    struct trace_time clock;
    struct trace_text_file *file;
};

static bool is_iso(struct str row, struct trace_time *clock)
{
    when_t t;
    bool zoned;
    return trace_time_iso(clock, row, 0, &t, &zoned) > 0;
}

static bool is_method(struct str s)
{
    static const char *const methods[] = {
        "GET",   "POST",  "HEAD",   "OPTIONS",     "PUT",   "DELETE",    "PROPFIND", "CONNECT",
        "DEBUG", "TRACE", "SEARCH", "RPC_IN_DATA", "PATCH", "PROPPATCH", "MKCOL",    "RPC_OUT_DATA"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (str_is(s, methods[i]))
            return true;
    return false;
}

/* "date time … METHOD /path …" */
static size_t method_column(struct str row, size_t *n)
{
    struct str col[COLUMNS_MAX];
    *n = trace_split_plain(row, ' ', col, COLUMNS_MAX);
    for (size_t i = 2; i + 1 < MIN(*n, COLUMNS_MAX); i++)
        if (is_method(col[i]) && col[i + 1].n && (col[i + 1].p[0] == '/' || col[i + 1].p[0] == '*'))
            return i;
    return STR_NONE;
}

static struct str first_row(struct str head)
{
    struct str line;
    while (str_line_next(&head, &line))
        if (line.n && line.p[0] != '#')
            return line;
    return (struct str){0};
}

static int iis_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    struct trace_time clock = {0};
    size_t n;
    head = trace_text_head(head, copy, sizeof(copy));
    bool fields = str_find(head, STR_LIT("#Fields: ")) != STR_NONE;
    if (fields && (str_find(head, STR_LIT("cs-uri-stem")) != STR_NONE ||
                   str_find(head, STR_LIT("sc-status")) != STR_NONE))
        return 95;
    if (str_find(head, STR_LIT("#Software: Microsoft Internet Information Services")) != STR_NONE)
        return 90;
    struct str row = first_row(head);
    if (is_iso(row, &clock) && row.p[10] == ' ' && method_column(row, &n) != STR_NONE && n >= 10)
        return str_starts_i(file_name, "u_ex") || str_starts_i(file_name, "ex") ? 85 : 70;
    return 0;
}

static void names(struct iis *x, struct str line)
{
    struct str name;
    free(x->names);
    x->names = mem_dup(line.p, line.n);
    x->n = 0;
    x->date = x->time = x->query = STR_NONE;
    struct str_split it = str_split_init(str_n(x->names, line.n), ' ');
    while (x->n < COLUMNS_MAX && str_split_next(&it, &name)) {
        name = str_trim(name);
        if (name.n == 0)
            continue;
        if (str_is_i(name, "date"))
            x->date = x->n;
        if (str_is_i(name, "time"))
            x->time = x->n;
        if (str_is_i(name, "cs-uri-query"))
            x->query = x->n;
        x->field[x->n++] = (struct trace_field){name, {0}};
    }
}

/* "u_ex210303.log", "ex21030314_x.log": the day in UTC. */
static when_t day_of_name(struct str name)
{
    when_t t;
    size_t at = str_starts_i(name, "u_ex") ? 4 : str_starts_i(name, "ex") ? 2 : STR_NONE;
    if (at == STR_NONE || name.n < at + 6)
        return WHEN_NONE;
    int y = trace_time_2(name.p + at), m = trace_time_2(name.p + at + 2), d = trace_time_2(name.p + at + 4);
    return y >= 0 && trace_time_civil(2000 + y, m, d, 0, 0, 0, 0, &t) ? t : WHEN_NONE;
}

/* The columns IIS writes unless told otherwise, with and without site name and referrer. */
static void guess(struct iis *x, struct str row)
{
    size_t n, method = method_column(row, &n);
    struct str col[COLUMNS_MAX];
    n = trace_split_plain(row, ' ', col, COLUMNS_MAX);
    bool site = n > 2 && str_starts_i(col[2], "W3SVC");
    if (method == 4 && n == 15)
        names(x,
              STR_LIT(
                  "date time s-ip s-computername cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
                  "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken"));
    else if (site && method == 4)
        names(x,
              STR_LIT("date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
                      "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken"));
    else if (n == 14)
        names(x,
              STR_LIT(
                  "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
                  "sc-status sc-substatus sc-win32-status time-taken"));
    else
        names(x,
              STR_LIT(
                  "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
                  "cs(Referer) sc-status sc-substatus sc-win32-status time-taken"));
}

static void iis_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct iis *x = state;
    struct str line, rest = head;
    x->file = file;
    x->day = day_of_name(file->name);
    x->day_note = tr("the date was taken from the file's name");
    x->before = -1;
    x->date = x->time = x->query = STR_NONE;
    bool header = false;
    while (!header && str_line_next(&rest, &line) && (line.n == 0 || line.p[0] == '#'))
        header = str_starts(line, "#Fields:");
    if (header)
        return;
    guess(x, first_row(head));
    file->note = tr(
        "the file has no #Fields line before its first row; its columns are taken to be in the usual order");
}

static void iis_end(void *state)
{
    struct iis *x = state;
    free(x->names);
}

/* A row without a date whose clock has gone back by more than half a day is of the next day. */
static bool rolls(const struct iis *x, struct str row)
{
    when_t tod;
    if (x->date != STR_NONE || x->time != 0 || x->before < 0 || x->day == WHEN_NONE)
        return false;
    return trace_time_clock(row, &tod) && x->before - tod > WHEN_DAY / 2;
}

static enum trace_text_line iis_look(const void *state, struct str line)
{
    if (line.p[0] != '#')
        return rolls(state, line) ? TRACE_TEXT_CHANGE_ROW : TRACE_TEXT_ROW;
    return str_starts(line, "#Fields:") || str_starts(line, "#Date:") ? TRACE_TEXT_CHANGE : TRACE_TEXT_SKIP;
}

static void iis_change(void *state, struct str line)
{
    struct iis *x = state;
    when_t t;
    bool zoned;
    if (str_starts(line, "#Fields:")) {
        x->named = true;
        names(x, str_trim(str_sub(line, 8, line.n)));
    } else if (str_starts(line, "#Date:")) {
        if (trace_time_iso(&x->clock, str_trim(str_sub(line, 6, line.n)), 0, &t, &zoned)) {
            x->day = t - t % WHEN_DAY;
            x->before = t % WHEN_DAY;
            x->day_note = tr("the date was taken from the #Date line above");
        }
    } else {
        x->day += WHEN_DAY;
        x->before = 0;
    }
}

static when_t iis_time(void *state, struct str row)
{
    struct iis *x = state;
    struct str col[COLUMNS_MAX];
    when_t t;
    bool zoned;
    if (x->date == STR_NONE && x->time != STR_NONE) {
        size_t n = trace_split_plain(row, ' ', col, COLUMNS_MAX);
        if (x->time >= n || !trace_time_clock(col[x->time], &t) || x->day == WHEN_NONE)
            return WHEN_NONE;
        x->before = t;
        return x->day + t;
    }
    if (x->date == STR_NONE || x->time != x->date + 1)
        return WHEN_NONE;
    size_t n = trace_split_plain(row, ' ', col, COLUMNS_MAX);
    if (x->time >= n)
        return WHEN_NONE;
    struct str s = str_n(col[x->date].p, col[x->date].n + 1 + col[x->time].n);
    return trace_time_iso(&x->clock, s, 0, &t, &zoned) ? t : WHEN_NONE;
}

static void take_time(struct iis *x, struct trace_record *rec, size_t n)
{
    when_t t;
    bool zoned;
    if (x->time >= n)
        return;
    struct str clock = x->field[x->time].value;
    if (x->date == STR_NONE) {
        rec->time_text = clock;
        if (x->day == WHEN_NONE || !trace_time_clock(clock, &t))
            return;
        rec->time = x->day + t;
        rec->zone = TRACE_ZONE_FORMAT;
        rec->time_note = x->day_note;
        return;
    }
    if (x->date >= n)
        return;
    struct str day = x->field[x->date].value;
    if (x->time == x->date + 1 && day.p + day.n + 1 == clock.p) { /* side by side */
        rec->time_text = str_n(day.p, day.n + 1 + clock.n);
        if (!trace_time_iso(&x->clock, rec->time_text, 0, &rec->time, &zoned))
            rec->time = WHEN_NONE;
    } else {
        rec->time_text = clock;
        if (clock_parse_iso(day, 0, &rec->time) && trace_time_clock(clock, &t))
            rec->time += t;
        else
            rec->time = WHEN_NONE;
    }
    rec->zone = TRACE_ZONE_FORMAT;
}

/* Blanks where none may be: several in a row, or some within a value. Columns are then counted
 * from both ends, and what is too much goes to the query, where it comes from most often. */
static size_t columns(struct iis *x, struct str text, const char **damage)
{
    struct str col[COLUMNS_MAX * 2], tight[COLUMNS_MAX * 2];
    size_t n = trace_split_plain(text, ' ', col, ARRAY_LEN(col)), k = 0;
    n = MIN(n, ARRAY_LEN(col));
    if (n > x->n) {
        for (size_t i = 0; i < n; i++)
            if (col[i].n)
                tight[k++] = col[i];
        if (k <= x->n || x->query == STR_NONE) {
            memcpy(col, tight, k * sizeof(*col));
            n = k;
        }
    }
    if (n < x->n)
        *damage = tr("fewer columns than the #Fields line names");
    if (n > x->n)
        *damage = tr("more columns than the #Fields line names");
    if (n <= x->n || x->query == STR_NONE) {
        n = MIN(n, x->n);
        for (size_t i = 0; i < n; i++)
            x->field[i].value = col[i];
        return n;
    }
    size_t more = n - x->n;
    for (size_t i = 0; i < x->n; i++)
        x->field[i].value = col[i <= x->query ? i : i + more];
    struct str *q = &x->field[x->query].value, last = col[x->query + more];
    q->n = (size_t)(last.p + last.n - q->p);
    return x->n;
}

static const char *iis_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct iis *x = state;
    const char *damage = NULL;
    if (x->n == 0)
        return tr("no #Fields line names the columns of this row");
    size_t n = columns(x, text, &damage);
    take_time(x, &r->rec, n);
    if (n < 3 && r->rec.time == WHEN_NONE)
        return tr("neither a header nor a row of this log");
    r->rec.field = x->field;
    r->rec.field_n = n;
    if (!damage && r->rec.time == WHEN_NONE)
        damage = tr("the time cannot be read");
    r->rec.damage = damage;
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct iis),
                                            .iso_first = true,
                                            .timed = true,
                                            .utf8 = true,
                                            .begin = iis_begin,
                                            .end = iis_end,
                                            .look = iis_look,
                                            .change = iis_change,
                                            .time = iis_time,
                                            .parse = iis_parse};

static int iis_read(const struct trace_input *in, const struct trace_want *want,
                    const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_iis, in, want, sink, coverage, e);
}

const struct trace_kind trace_iis = {
    .name = "iis", .title = TR("IIS log (W3C)"), .sniff = iis_sniff, .read = iis_read, .text = &text};
