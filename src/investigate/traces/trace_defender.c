#include "investigate/traces/trace_text.h"

/* Logs of Windows Defender: MPLog and MPDetection (UTF-16 mostly), msert.log of the safety scanner, and the
 * history as the shell prints it ("Name : value", a blank line between detections).
 *
 * A record is a line with a time and what follows it without one. The malware's name becomes the
 * field "Threat Name" and its file "Path", as in the event log. */
extern const struct trace_kind trace_defender;

struct defender {
    struct trace_time clock;
    struct trace_text_file *file;
    char first[64]; /* the name that begins a record of a printed list; "" in a log */
    when_t started; /* of a safety scanner's run; WHEN_NONE */
};

/* "Name : value" or "Name:value": the length of the name; 0 when it is neither. */
static size_t key_of(struct str line)
{
    size_t n = 0;
    while (n < line.n && n < 60 && line.p[n] != ':')
        n++;
    if (n == 0 || n >= line.n || line.p[n] != ':' || line.p[0] == ' ' || line.p[0] == '<')
        return 0;
    while (n && line.p[n - 1] == ' ')
        n--;
    return n;
}

static bool has_time(struct str line)
{
    struct trace_time clock = {0};
    when_t t;
    bool zoned;
    return line.n && line.p[0] >= '0' && line.p[0] <= '9' && trace_time_iso(&clock, line, 0, &t, &zoned) > 0;
}

static int defender_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    static const char *const marks[] = {"Microsoft Safety Scanner",
                                        "DETECTIONEVENT ",
                                        "DETECTION_ADD",
                                        "MpSigStub",
                                        "Microsoft Antimalware",
                                        "MPSOURCE_",
                                        "Windows Malicious Software Removal"};
    head = trace_text_head(head, copy, sizeof(copy));
    if (head.n == 0 || str_chr(head, '\0') != STR_NONE || head.p[0] == '{' || head.p[0] == '<' ||
        head.p[0] == '#')
        return 0;
    if (str_starts_i(file_name, "MPLog") || str_starts_i(file_name, "MPDetection") ||
        str_starts_i(file_name, "msert"))
        return 90;
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_find(head, str_of(marks[i])) != STR_NONE)
            return has_time(head) || i == 0 || i == 6 ? 80 : 60;
    bool printed =
        str_find(head, STR_LIT("ThreatID")) != STR_NONE && str_find(head, STR_LIT(" : ")) != STR_NONE;
    return printed && str_find(head, STR_LIT("Resources")) != STR_NONE ? 75 : 0;
}

static void defender_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct defender *x = state;
    struct str line = {0};
    x->file = file;
    x->started = WHEN_NONE;
    while (str_line_next(&head, &line) && str_trim(line).n == 0)
        ;
    size_t n = key_of(line);
    if (n && n < sizeof(x->first) && n + 2 < line.n && !has_time(line) &&
        str_starts(str_trim(str_sub(line, n, line.n)), ": "))
        memcpy(x->first, line.p, n);
}

static enum trace_text_line defender_look(const void *state, struct str line)
{
    const struct defender *x = state;
    if (str_starts(line, "Started On "))
        return TRACE_TEXT_CHANGE_ROW;
    if (x->first[0]) {
        size_t n = key_of(line);
        return n && str_is(str_sub(line, 0, n), x->first) ? TRACE_TEXT_ROW : TRACE_TEXT_MORE;
    }
    if (has_time(line) || str_starts_i(line, "Begin ") || str_starts(line, "Threat Detected") ||
        str_starts(line, "Threat detected"))
        return TRACE_TEXT_ROW;
    return TRACE_TEXT_MORE;
}

/* "Started On Thu Mar  4 09:57:03 2021" */
static void defender_change(void *state, struct str line)
{
    struct defender *x = state;
    when_t tod, day;
    struct str s = str_sub(line, 11, line.n);
    x->started = WHEN_NONE;
    if (s.n < 24 || trace_time_clock(str_sub(s, 11, 8), &tod) == 0)
        return;
    int d = s.p[8] == ' ' ? s.p[9] - '0' : trace_time_2(s.p + 8);
    if (trace_time_civil(trace_time_4(s.p + 20), trace_time_month(str_sub(s, 4, 3)), d, 0, 0, 0,
                         x->file->zone_s, &day))
        x->started = day + tod;
}

static bool word_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "Backdoor:JS/Chopper.A!dha": letters, colon, platform, slash, name. */
static struct str threat_in(struct str s)
{
    for (size_t at = 0; at < s.n;) {
        size_t k = str_chr(str_sub(s, at, s.n), ':');
        if (k == STR_NONE)
            break;
        size_t colon = at + k, from = colon, to = colon + 1;
        while (from > 0 && word_char(s.p[from - 1]))
            from--;
        while (to < s.n && word_char(s.p[to]))
            to++;
        at = colon + 1;
        if (colon - from < 3 || to == colon + 1 || to + 1 >= s.n || s.p[to] != '/' || !word_char(s.p[to + 1]))
            continue;
        for (to++; to < s.n && (word_char(s.p[to]) || strchr(".!_-&", s.p[to])) && s.p[to];)
            to++;
        return str_sub(s, from, to - from);
    }
    return (struct str){0};
}

static struct str path_in(struct str s)
{
    size_t at = str_find_i(s, STR_LIT("file:"));
    if (at == STR_NONE)
        return (struct str){0};
    s = str_sub(s, at + 5, s.n);
    while (s.n && (s.p[0] == '_' || s.p[0] == '/'))
        s = str_sub(s, 1, s.n);
    size_t end = MIN(MIN(str_chr(s, ';'), str_chr(s, '\n')), str_chr(s, '"'));
    end = MIN(end, MIN(str_chr(s, '}'), str_find(s, STR_LIT("->"))));
    return str_trim(str_sub(s, 0, end));
}

static when_t defender_time(void *state, struct str row)
{
    struct defender *x = state;
    when_t t;
    bool zoned;
    if (trace_time_iso(&x->clock, row, x->file->zone_s, &t, &zoned))
        return t;
    return x->started;
}

static bool has(const struct trace_text_row *r, const char *name)
{
    for (size_t i = 0; i < r->field.n; i++)
        if (str_is(r->field.p[i].name, name))
            return true;
    return false;
}

static void pairs(struct trace_text_row *r, struct str rest)
{
    struct str line;
    while (str_line_next(&rest, &line)) {
        size_t n = key_of(line);
        if (n == 0)
            continue;
        struct str value = str_trim(str_sub(line, str_chr(line, ':') + 1, line.n)),
                   name = str_sub(line, 0, n);
        trace_text_add(r, name, value);
        if (str_is_i(name, "Resource Path") && !has(r, "Path"))
            trace_text_add(r, STR_LIT("Path"), value);
        if (str_is_i(name, "ThreatName") && !has(r, "Threat Name"))
            trace_text_add(r, STR_LIT("Threat Name"), value);
    }
}

static void take_time(struct defender *x, struct trace_text_row *r, struct str text)
{
    bool zoned;
    size_t n = trace_time_iso(&x->clock, text, r->file->zone_s, &r->rec.time, &zoned);
    r->rec.time_text = str_sub(text, 0, n);
    r->rec.zone = zoned ? TRACE_ZONE_STATED : TRACE_ZONE_ASSUMED;
    if (n == 0 && x->started != WHEN_NONE) {
        r->rec.time = x->started;
        r->rec.time_note = tr("the time is that of the beginning of the scan");
    }
    trace_text_add(r, STR_LIT("Message"), str_trim(str_sub(text, n, text.n)));
}

static const char *defender_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct defender *x = state;
    take_time(x, r, text);
    pairs(r, r->rec.time_text.n ? str_sub(text, MIN(str_chr(text, '\n'), text.n), text.n) : text);
    if (!has(r, "Threat Name")) {
        struct str threat = threat_in(text);
        if (threat.n)
            trace_text_add(r, STR_LIT("Threat Name"), threat);
    }
    if (!has(r, "Path")) {
        struct str path = path_in(text);
        if (path.n)
            trace_text_add(r, STR_LIT("Path"), path);
    }
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct defender),
                                            .indexed = true,
                                            .begin = defender_begin,
                                            .look = defender_look,
                                            .change = defender_change,
                                            .time = defender_time,
                                            .parse = defender_parse};

static int defender_read(const struct trace_input *in, const struct trace_want *want,
                         const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_defender, in, want, sink, coverage, e);
}

const struct trace_kind trace_defender = {.name = "defender",
                                          .title = TR("Windows Defender log"),
                                          .sniff = defender_sniff,
                                          .read = defender_read,
                                          .text = &text};
