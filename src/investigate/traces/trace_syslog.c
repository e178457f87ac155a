#include "investigate/traces/trace_text.h"

/* Syslog as it lies in files: RFC 5424, RFC 3164 with and without "<PRI>", rsyslog's forms with ISO times.
 * Lines that begin no record go on with the one before. RFC 3164 writes neither year nor zone: the
 * year is the latest one before the file's time, the zone the one that was asked for; both are said. */
extern const struct trace_kind trace_syslog;

struct syslog {
    struct trace_time clock;
    bool raw; /* as it came over the wire: "<PRI>" in front */
    struct trace_text_file *file;
};

struct header {
    unsigned pri; /* 256: none */
    bool rfc5424;
    bool bsd; /* no year, no zone */
    bool zoned;
    bool bad_time; /* laid out like one, but there is no such time */
    when_t time;
    struct str time_text, rest;
};

/* "<13>": bytes used, or 0. */
static size_t priority(struct str s, unsigned *pri)
{
    unsigned v = 0;
    size_t n = 1;
    for (; n < s.n && n < 4 && s.p[n] >= '0' && s.p[n] <= '9'; n++)
        v = v * 10 + (unsigned)(s.p[n] - '0');
    if (n == 1 || n >= s.n || s.p[0] != '<' || s.p[n] != '>' || v > 191)
        return 0;
    *pri = v;
    return n + 1;
}

static bool read_header(struct trace_time *clock, struct str line, int zone_s, when_t before,
                        struct header *h)
{
    *h = (struct header){.pri = 256, .time = WHEN_NONE};
    struct str s = line;
    if (s.n && s.p[0] == '<')
        s = str_sub(s, priority(s, &h->pri), s.n);
    if (h->pri < 256 && str_starts(s, "1 ")) {
        h->rfc5424 = true;
        s = str_sub(s, 2, s.n);
    }
    size_t n = trace_time_iso(clock, s, zone_s, &h->time, &h->zoned);
    if (n == 0 && h->rfc5424 && str_starts(s, "- "))
        n = 1;
    if (n == 0) {
        n = trace_time_bsd(s, zone_s, before, &h->time);
        h->bsd = n > 0;
    }
    if (n == 0) {
        when_t tod;
        h->bad_time =
            s.n > 15 && s.p[3] == ' ' && s.p[6] == ' ' && trace_time_clock(str_sub(s, 7, 8), &tod) == 8;
        h->rest = s;
        return h->bad_time || h->pri < 256;
    }
    h->time_text = str_sub(s, 0, n);
    h->rest = str_sub(s, n, s.n);
    return h->rest.n == 0 || h->rest.p[0] == ' ' || h->rest.p[0] == ':';
}

static int syslog_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    struct trace_time clock = {0};
    struct str line;
    struct header h;
    int score = 0;
    head = trace_text_head(head, copy, sizeof(copy));
    for (int i = 0; i < 8 && str_line_next(&head, &line); i++) {
        if (!read_header(&clock, line, 0, WHEN_DAY * 365 * 60, &h) || h.bad_time)
            continue;
        if (h.pri < 256 && h.time_text.n)
            score = MAX(score, 85);
        else if (h.bsd)
            score = MAX(score, 65);
        else if (h.zoned && h.time_text.n > 10 && h.time_text.p[10] == 'T' && h.rest.n &&
                 h.rest.p[0] == ' ' && str_find(h.rest, STR_LIT(": ")) != STR_NONE)
            score = MAX(score, 45);
    }
    bool named = str_starts_i(file_name, "syslog") || str_starts_i(file_name, "messages") ||
                 str_starts_i(file_name, "auth") || str_starts_i(file_name, "secure");
    return score && named ? score + 10 : score;
}

static void syslog_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct syslog *x = state;
    x->file = file;
    x->raw = str_starts(head, "<");
}

static enum trace_text_line syslog_look(const void *state, struct str line)
{
    const struct syslog *x = state;
    struct trace_time clock = x->clock;
    struct header h;
    return read_header(&clock, line, 0, WHEN_DAY * 365 * 60, &h) ? TRACE_TEXT_ROW : TRACE_TEXT_MORE;
}

/* Forwarded over TCP, records may follow one another without a line's end. */
static size_t syslog_inner(const void *state, struct str line, size_t from)
{
    const struct syslog *x = state;
    struct header h;
    if (!x->raw)
        return line.n;
    for (size_t at = from + 1; at < line.n; at++) {
        const char *p = memchr(line.p + at, '<', line.n - at);
        if (!p)
            return line.n;
        at = (size_t)(p - line.p);
        struct trace_time clock = x->clock;
        struct str s = str_sub(line, at, 80);
        if (read_header(&clock, s, 0, WHEN_DAY * 365 * 60, &h) && h.pri < 256 && h.time_text.n)
            return at;
    }
    return line.n;
}

static when_t syslog_time(void *state, struct str row)
{
    struct syslog *x = state;
    struct header h;
    return read_header(&x->clock, row, x->file->zone_s, x->file->modified, &h) ? h.time : WHEN_NONE;
}

static struct str word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\n')
        n++;
    struct str w = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return w;
}

static struct str number(struct arena *a, unsigned v)
{
    return str_of(arena_printf(a, "%u", v));
}

/* "[id a="b"][id2]" or "-": a quote may hold an escaped bracket. */
static struct str structured(struct str *rest)
{
    *rest = str_trim(*rest);
    bool quoted = false;
    size_t n = 0;
    if (rest->n == 0 || rest->p[0] != '[')
        return word(rest);
    for (; n < rest->n; n++) {
        char c = rest->p[n];
        if (c == '\\' && quoted)
            n++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ']' && !quoted && (n + 1 == rest->n || rest->p[n + 1] != '['))
            break;
    }
    n = MIN(n + 1, rest->n);
    struct str s = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return s;
}

static bool is_severity(struct str w)
{
    static const char *const names[] = {"EMERG",   "ALERT",  "CRIT", "ERR",
                                        "WARNING", "NOTICE", "INFO", "DEBUG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_is(w, names[i]))
            return true;
    return false;
}

static void add_unless_nil(struct trace_text_row *r, const char *name, struct str value)
{
    if (value.n && !str_is(value, "-"))
        trace_text_add(r, str_of(name), value);
}

/* "tag[123]: message", "tag: message", "tag message". */
static void tag(struct trace_text_row *r, struct str rest)
{
    struct str message = rest, w = word(&message), pid = {0};
    size_t open = str_chr(w, '[');
    bool colon = w.n && w.p[w.n - 1] == ':';
    if (colon)
        w.n--;
    if (open != STR_NONE && open > 0 && w.n && w.p[w.n - 1] == ']') {
        pid = str_sub(w, open + 1, w.n - open - 2);
        w = str_sub(w, 0, open);
    } else if (!colon && open == STR_NONE && str_starts(str_trim(message), "<")) {
        colon = true; /* "tag[1] <Info>: message" has no colon behind the tag */
    }
    add_unless_nil(r, "AppName", w);
    add_unless_nil(r, "ProcID", pid);
    trace_text_add(r, STR_LIT("Message"), str_trim(message));
}

static const char *syslog_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct syslog *x = state;
    struct header h;
    if (!read_header(&x->clock, text, r->file->zone_s, r->file->modified, &h))
        return tr("no syslog header, and no record before it that this line could go on with");
    if (h.bad_time)
        return tr("the time cannot be read");
    r->rec.time = h.time;
    r->rec.time_text = h.time_text;
    r->rec.zone = h.zoned ? TRACE_ZONE_STATED : TRACE_ZONE_ASSUMED;
    if (h.bsd)
        r->rec.time_note =
            h.time == WHEN_NONE
                ? tr("the record writes no year, and the file's time is not known")
                : tr("the record writes no year; it is the latest possible before the file's time");
    if (h.pri < 256) {
        trace_text_add(r, STR_LIT("Facility"), number(&r->arena, h.pri / 8));
        trace_text_add(r, STR_LIT("Severity"), number(&r->arena, h.pri % 8));
    }
    if (h.rfc5424) {
        add_unless_nil(r, "Hostname", word(&h.rest));
        add_unless_nil(r, "AppName", word(&h.rest));
        add_unless_nil(r, "ProcID", word(&h.rest));
        add_unless_nil(r, "MsgID", word(&h.rest));
        add_unless_nil(r, "StructuredData", structured(&h.rest));
        struct str message = str_trim(h.rest);
        if (str_starts(message, "\xEF\xBB\xBF"))
            message = str_sub(message, 3, message.n);
        trace_text_add(r, STR_LIT("Message"), message);
        return NULL;
    }
    if (h.rest.n && h.rest.p[0] == ':') { /* "Mar 11 09:39:39: --- last message repeated 5 times ---" */
        trace_text_add(r, STR_LIT("Message"), str_trim(str_sub(h.rest, 1, h.rest.n)));
        return NULL;
    }
    struct str host = word(&h.rest);
    if (is_severity(host))
        trace_text_add(r, STR_LIT("Severity"), host);
    else
        add_unless_nil(r, "Hostname", host);
    tag(r, h.rest);
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct syslog),
                                            .indexed = true,
                                            .timed = true,
                                            .utf8 = true,
                                            .begin = syslog_begin,
                                            .look = syslog_look,
                                            .inner = syslog_inner,
                                            .time = syslog_time,
                                            .parse = syslog_parse};

static int syslog_read(const struct trace_input *in, const struct trace_want *want,
                       const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_syslog, in, want, sink, coverage, e);
}

const struct trace_kind trace_syslog = {
    .name = "syslog", .title = TR("syslog"), .sniff = syslog_sniff, .read = syslog_read, .text = &text};
