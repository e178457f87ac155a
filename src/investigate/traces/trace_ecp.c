#include "investigate/traces/trace_csv.h"
#include "investigate/traces/trace_split.h"

/* ECP\Server and ECP\Activity. EventData is a list "S:KEY=value;S:KEY=value;". Every key becomes
 * a field. CMD is "Set-OabVirtualDirectory.ExternalUrl='…'.Identity='…'": the cmdlet becomes the
 * field "Cmdlet", each of its parameters a field by its own name, so that a URL can be judged
 * instead of a line. */
extern const struct trace_kind trace_ecp;
#define FIRST "TimeStamp,"
#define COLUMNS "TimeStamp,ServerName,EventId,EventData"

struct ecp {
    struct trace_csv csv;
};

static int ecp_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    head = trace_text_head(head, copy, sizeof(copy));
    if (trace_text_find(head, STR_LIT("#Log-type: ECP ")) != STR_NONE)
        return 95;
    bool pairs = str_find(head, STR_LIT(",S:")) != STR_NONE || str_find(head, STR_LIT(";S:")) != STR_NONE;
    if (trace_text_find(head, STR_LIT(COLUMNS)) != STR_NONE)
        return pairs || str_starts_i(file_name, "ECP") ? 90 : 50;
    return pairs && (str_starts_i(file_name, "ECP") || str_find(head, STR_LIT(",ECP.")) != STR_NONE) ? 85 : 0;
}

static void ecp_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct ecp *x = state;
    x->csv.rest = true;
    x->csv.time_col = STR_NONE;
    if (trace_csv_has_header(head, FIRST))
        return;
    trace_csv_header(&x->csv, STR_LIT(COLUMNS));
    file->note = tr("the file has no header; its columns are taken to be in the usual order");
}

static void ecp_end(void *state)
{
    struct ecp *x = state;
    trace_csv_release(&x->csv);
}

static enum trace_text_line ecp_look(const void *state, struct str line)
{
    (void)state;
    return trace_csv_look(line, FIRST);
}

static void ecp_change(void *state, struct str line)
{
    struct ecp *x = state;
    trace_csv_header(&x->csv, line);
}

static when_t ecp_time(void *state, struct str row)
{
    struct ecp *x = state;
    return trace_csv_time(&x->csv, row);
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The length of "Name=" at the beginning of s, without "="; 0 when there is none. */
static size_t name_at(struct str s)
{
    size_t n = 0;
    while (n < s.n && n < 64 && (is_letter(s.p[n]) || (n && s.p[n] >= '0' && s.p[n] <= '9')))
        n++;
    return n && n < 64 && n < s.n && s.p[n] == '=' && s.p[0] >= 'A' && s.p[0] <= 'Z' ? n : 0;
}

/* Does a parameter's value end before s? */
static bool value_ends(struct str s)
{
    return s.n == 0 || (s.p[0] == '.' && name_at(str_sub(s, 1, s.n)) > 0);
}

/* A value: between quotes (doubled as the log doubles them, or not), or up to the next parameter. */
static size_t value_at(struct str s, struct str *value)
{
    size_t q = 0;
    while (q < s.n && q < 2 && s.p[q] == '\'')
        q++;
    for (size_t i = q; i <= s.n; i++) {
        struct str rest = str_sub(s, i, s.n);
        bool closed = true;
        for (size_t k = 0; k < q; k++)
            closed &= k < rest.n && rest.p[k] == '\'';
        if (q && closed && value_ends(str_sub(rest, q, rest.n))) {
            *value = str_sub(s, q, i - q);
            return i + q;
        }
        if (q == 0 && value_ends(rest)) {
            *value = str_sub(s, 0, i);
            return i;
        }
    }
    *value = str_sub(s, q, s.n); /* never closed */
    return s.n;
}

static void parameters(struct trace_text_row *r, struct str cmd)
{
    size_t dot = str_chr(cmd, '.');
    if (cmd.n == 0)
        return;
    trace_text_add(r, STR_LIT("Cmdlet"), str_sub(cmd, 0, MIN(dot, cmd.n)));
    while (dot != STR_NONE && dot < cmd.n) {
        struct str s = str_sub(cmd, dot + 1, cmd.n), value;
        size_t n = name_at(s);
        if (n == 0)
            return;
        dot += 1 + n + 1 + value_at(str_sub(s, n + 1, s.n), &value);
        trace_text_add(r, str_sub(s, 0, n), value);
    }
}

/* The next "S:" that begins a key, behind a ";" or at the beginning. */
static size_t next_key(struct str s, size_t from)
{
    for (; from + 1 < s.n; from++) {
        if (from && s.p[from - 1] != ';')
            continue;
        if (s.p[from + 1] != ':' || !is_letter(s.p[from]))
            continue;
        size_t n = 0;
        while (from + 2 + n < s.n && (is_letter(s.p[from + 2 + n]) || s.p[from + 2 + n] == '_'))
            n++;
        if (n && from + 2 + n < s.n && s.p[from + 2 + n] == '=')
            return from;
    }
    return s.n;
}

static void pairs(struct trace_text_row *r, struct str data)
{
    for (size_t at = next_key(data, 0); at < data.n;) {
        size_t next = next_key(data, at + 2);
        struct str pair = str_sub(data, at + 2, next - at - 2);
        if (pair.n && next < data.n && pair.p[pair.n - 1] == ';')
            pair.n--;
        size_t eq = str_chr(pair, '=');
        struct str key = str_sub(pair, 0, eq), value = str_sub(pair, eq + 1, pair.n);
        trace_text_add(r, key, value);
        if (str_is_i(key, "CMD"))
            parameters(r, value);
        at = next;
    }
}

static const char *ecp_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct ecp *x = state;
    const char *why = trace_csv_parse(&x->csv, r, text);
    if (why)
        return why;
    struct str data = {0};
    for (size_t i = 0; i < r->rec.field_n; i++) {
        trace_text_add(r, x->csv.field.p[i].name, x->csv.field.p[i].value);
        if (str_is_i(x->csv.field.p[i].name, "EventData"))
            data = x->csv.field.p[i].value;
    }
    pairs(r, data);
    r->rec.field = NULL; /* r->field it is */
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct ecp),
                                            .iso_first = true,
                                            .timed = true,
                                            .utf8 = true,
                                            .begin = ecp_begin,
                                            .end = ecp_end,
                                            .look = ecp_look,
                                            .change = ecp_change,
                                            .time = ecp_time,
                                            .parse = ecp_parse};

static int ecp_read(const struct trace_input *in, const struct trace_want *want,
                    const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_ecp, in, want, sink, coverage, e);
}

const struct trace_kind trace_ecp = {
    .name = "ecp", .title = TR("Exchange ECP log"), .sniff = ecp_sniff, .read = ecp_read, .text = &text};
