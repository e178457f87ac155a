#include "investigate/traces/trace_text.h"

/* Error logs of Apache ("[Fri Mar 05 10:14:32.123456 2021] [core:error] [pid 7] [client 1.2.3.4:5] …") and
 * nginx ("2021/03/05 10:14:32 [error] 7#7: *1 …, client: 1.2.3.4, …"). Both write local time. */
extern const struct trace_kind trace_weberror;

struct weberror {
    struct trace_time clock;
    struct trace_text_file *file;
};

static size_t apache_stamp(struct str s, int zone_s, when_t *out)
{
    when_t tod, day;
    if (s.n < 26 || s.p[0] != '[' || s.p[4] != ' ' || s.p[8] != ' ' || s.p[11] != ' ')
        return 0;
    int mo = trace_time_month(str_sub(s, 5, 3));
    int d = s.p[9] == ' ' ? s.p[10] - '0' : trace_time_2(s.p + 9);
    size_t n = trace_time_clock(str_sub(s, 12, s.n), &tod);
    if (mo == 0 || n == 0 || s.n < 12 + n + 6 || s.p[12 + n] != ' ' || s.p[12 + n + 5] != ']')
        return 0;
    if (!trace_time_civil(trace_time_4(s.p + 12 + n + 1), mo, d, 0, 0, 0, zone_s, &day))
        return 0;
    *out = day + tod;
    return 12 + n + 6;
}

static size_t nginx_stamp(struct trace_time *clock, struct str s, int zone_s, when_t *out)
{
    bool zoned;
    if (s.n < 22 || s.p[4] != '/' || s.p[10] != ' ')
        return 0;
    size_t n = trace_time_iso(clock, s, zone_s, out, &zoned);
    return n == 19 && s.p[19] == ' ' && s.p[20] == '[' ? n : 0;
}

static size_t stamp(struct trace_time *clock, struct str s, int zone_s, when_t *out)
{
    return s.n && s.p[0] == '[' ? apache_stamp(s, zone_s, out) : nginx_stamp(clock, s, zone_s, out);
}

static int weberror_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    struct trace_time clock = {0};
    struct str line;
    when_t t;
    (void)file_name;
    head = trace_text_head(head, copy, sizeof(copy));
    for (int i = 0; i < 5 && str_line_next(&head, &line); i++)
        if (stamp(&clock, line, 0, &t))
            return 80;
    return 0;
}

static void weberror_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct weberror *x = state;
    (void)head;
    x->file = file;
}

static enum trace_text_line weberror_look(const void *state, struct str line)
{
    const struct weberror *x = state;
    struct trace_time clock = x->clock;
    when_t t;
    return stamp(&clock, line, 0, &t) ? TRACE_TEXT_ROW : TRACE_TEXT_MORE;
}

static when_t weberror_time(void *state, struct str row)
{
    struct weberror *x = state;
    when_t t;
    return stamp(&x->clock, row, x->file->zone_s, &t) ? t : WHEN_NONE;
}

/* The value behind ", name: ", up to the next comma or without its quotes. */
static void pair(struct trace_text_row *r, struct str text, const char *mark, const char *name)
{
    size_t at = str_find(text, str_of(mark));
    if (at == STR_NONE)
        return;
    struct str v = str_sub(text, at + strlen(mark), text.n);
    if (v.n && v.p[0] == '"')
        v = str_sub(v, 1, str_chr(str_sub(v, 1, v.n), '"'));
    else
        v = str_sub(v, 0, MIN(str_chr(v, ','), str_chr(v, ']')));
    trace_text_add(r, str_of(name), v);
}

static const char *weberror_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct weberror *x = state;
    size_t n = stamp(&x->clock, text, r->file->zone_s, &r->rec.time);
    if (n == 0)
        return tr("no time, and no record before it that this line could go on with");
    bool apache = text.p[0] == '[';
    r->rec.time_text = apache ? str_sub(text, 1, n - 2) : str_sub(text, 0, n);
    r->rec.zone = TRACE_ZONE_ASSUMED;
    struct str rest = str_trim(str_sub(text, n, text.n));
    if (rest.n && rest.p[0] == '[') {
        size_t end = str_chr(rest, ']');
        trace_text_add(r, STR_LIT("level"), str_sub(rest, 1, MIN(end, rest.n) - 1));
        rest = str_trim(str_sub(rest, MIN(end, rest.n) + 1, rest.n));
    }
    if (apache) {
        pair(r, rest, "[pid ", "pid");
        pair(r, rest, "[client ", "c-ip");
        while (rest.n && rest.p[0] == '[' && str_chr(rest, ']') != STR_NONE)
            rest = str_trim(str_sub(rest, str_chr(rest, ']') + 1, rest.n));
        for (size_t i = 0; i < r->field.n; i++) { /* the port of the client goes */
            struct str *v = &r->field.p[i].value;
            const char *colon = str_is(r->field.p[i].name, "c-ip") && v->n ? memrchr(v->p, ':', v->n) : NULL;
            if (colon)
                v->n = (size_t)(colon - v->p);
        }
    } else {
        pair(r, rest, ", client: ", "c-ip");
        pair(r, rest, ", request: ", "request");
        pair(r, rest, ", host: ", "cs-host");
    }
    trace_text_add(r, STR_LIT("Message"), rest);
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct weberror),
                                            .indexed = true,
                                            .timed = true,
                                            .utf8 = true,
                                            .begin = weberror_begin,
                                            .look = weberror_look,
                                            .time = weberror_time,
                                            .parse = weberror_parse};

static int weberror_read(const struct trace_input *in, const struct trace_want *want,
                         const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_weberror, in, want, sink, coverage, e);
}

const struct trace_kind trace_weberror = {.name = "weberror",
                                          .title = TR("web server error log (Apache, nginx)"),
                                          .sniff = weberror_sniff,
                                          .read = weberror_read,
                                          .text = &text};
