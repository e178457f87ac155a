#include "codec/json.h"
#include "investigate/traces/trace_event.h"

/* Events as JSON: one object a line, objects over several lines one behind the other, or a list.
 * Known forms: Event/System/EventData with attributes beside ("#attributes", "@Name") or as plain
 * members, winlogbeat old and new, flat (nxlog, logstash). Anything else is flattened to "a.b.c". */
extern const struct trace_kind trace_json;

struct json_state {
    bool lines; /* an object a line */
};

/* ---- recognising ---- */

/* The first line is an object and complete. */
static bool object_line(struct str head)
{
    struct str line = {0};
    while (str_line_next(&head, &line) && str_trim(line).n == 0)
        ;
    line = str_trim(line);
    return line.n > 1 && line.p[0] == '{' && line.p[line.n - 1] == '}' && head.p &&
           line.p + line.n < head.p + head.n;
}

static int json_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    (void)file_name;
    head = str_trim(trace_text_head(head, copy, sizeof(copy)));
    if (str_starts(head, "["))
        head = str_trim(str_sub(head, 1, head.n));
    if (!str_starts(head, "{"))
        return 0;
    struct str in = str_trim(str_sub(head, 1, head.n));
    if (in.n == 0 || (in.p[0] != '"' && in.p[0] != '}'))
        return 0;
    static const char *const marks[] = {"\"EventID\"", "\"event_id\"", "\"winlog\"", "\"Event\"",
                                        "\"EventTime\""};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_find(head, str_of(marks[i])) != STR_NONE)
            return 90;
    return 50;
}

static void json_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct json_state *x = state;
    (void)file;
    x->lines = object_line(head);
}

static enum trace_text_frame json_framed(const void *state)
{
    const struct json_state *x = state;
    return x->lines ? TRACE_TEXT_LINES : TRACE_TEXT_JSON;
}

/* Without parsing: the value of the first of the names that stands in the text. */
static when_t json_time(void *state, struct str row)
{
    static const char *const names[] = {"\"SystemTime\"", "\"TimeCreated\"", "\"EventTime\"",
                                        "\"@timestamp\"", "\"timestamp\""};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t at = str_find(row, str_of(names[i]));
        if (at == STR_NONE)
            continue;
        struct str s = str_trim(str_sub(row, at + strlen(names[i]), 200));
        enum trace_zone zone;
        when_t t;
        if (s.n && s.p[0] == ':')
            s = str_trim(str_sub(s, 1, s.n));
        if (s.n == 0 || s.p[0] != '"')
            continue;
        s = str_sub(s, 1, str_chr(str_sub(s, 1, s.n), '"'));
        if (trace_event_time(s, 0, &t, &zone))
            return t;
    }
    return WHEN_NONE;
}

/* ---- flattening ---- */

static struct str scalar(const struct json *v)
{
    switch (v->type) {
    case JSON_STRING:
    case JSON_NUMBER:
        return v->text;
    case JSON_TRUE:
        return STR_LIT("true");
    case JSON_FALSE:
        return STR_LIT("false");
    default:
        return STR_LIT("");
    }
}

static bool is_scalar(const struct json *v)
{
    return v->type != JSON_OBJECT && v->type != JSON_ARRAY;
}

static bool is_text_key(struct str key)
{
    return str_is(key, "#text") || str_is(key, "$t") || str_is(key, "_");
}

static void system_fields(struct trace_text_row *r, const struct json *system)
{
    for (uint32_t i = 0; i < system->n; i++) {
        const struct json *v = &system->item[i];
        struct str key = system->key[i];
        if (is_scalar(v)) {
            trace_event_system(r, key, STR_LIT(""), scalar(v));
            continue;
        }
        for (uint32_t k = 0; v->type == JSON_OBJECT && k < v->n; k++) {
            const struct json *in = &v->item[k];
            if (is_scalar(in))
                trace_event_system(r, key, is_text_key(v->key[k]) ? STR_LIT("") : v->key[k], scalar(in));
            else if (in->type == JSON_OBJECT && (str_is(v->key[k], "#attributes") || str_is(v->key[k], "$")))
                for (uint32_t m = 0; m < in->n; m++)
                    if (is_scalar(&in->item[m]))
                        trace_event_system(r, key, in->key[m], scalar(&in->item[m]));
        }
    }
}

static const struct json *text_of(const struct json *v)
{
    for (uint32_t i = 0; v->type == JSON_OBJECT && i < v->n; i++)
        if (is_text_key(v->key[i]))
            return &v->item[i];
    return NULL;
}

static struct str name_of(const struct json *v)
{
    const struct json *attributes = json_get(v, "#attributes");
    struct str s = json_get_str(v, "@Name");
    if (!s.n)
        s = json_get_str(v, "Name");
    return s.n || !attributes ? s : json_get_str(attributes, "Name");
}

/* Members of EventData, and what lies below UserData: each by its own name. */
static void data_field(struct trace_text_row *r, struct str key, const struct json *v)
{
    if (is_scalar(v)) {
        trace_text_add(r, key, scalar(v));
        return;
    }
    if (v->type == JSON_ARRAY) {
        for (uint32_t i = 0; i < v->n; i++)
            data_field(r, key, &v->item[i]);
        return;
    }
    const struct json *text = text_of(v);
    struct str name = name_of(v);
    if (str_is(key, "Data") && name.n) {
        data_field(r, name, text ? text : &(struct json){.type = JSON_NULL});
        return;
    }
    if (text) {
        data_field(r, key, text);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++)
        if (!str_is(v->key[i], "#attributes") && !str_starts(v->key[i], "@"))
            data_field(r, v->key[i], &v->item[i]);
}

static void data_fields(struct trace_text_row *r, const struct json *data)
{
    if (!data || data->type == JSON_NULL)
        return;
    if (is_scalar(data) || data->type == JSON_ARRAY)
        data_field(r, STR_LIT("Data"), data);
    for (uint32_t i = 0; data->type == JSON_OBJECT && i < data->n; i++)
        if (!str_is(data->key[i], "#attributes") && !str_starts(data->key[i], "@"))
            data_field(r, data->key[i], &data->item[i]);
}

static void flat_fields(struct trace_text_row *r, const struct json *v, struct str prefix)
{
    for (uint32_t i = 0; i < v->n; i++) {
        const struct json *in = &v->item[i];
        struct str name = v->type == JSON_OBJECT ? v->key[i] : prefix;
        if (v->type == JSON_OBJECT && prefix.n)
            name = str_of(arena_printf(&r->arena, STR_FMT "." STR_FMT, STR_ARG(prefix), STR_ARG(name)));
        if (is_scalar(in))
            trace_text_add(r, name, scalar(in));
        else
            flat_fields(r, in, name);
    }
}

static void aliases(struct trace_text_row *r)
{
    static const char *const map[][2] = {
        {"SourceName", "Provider"},
        {"ProviderName", "Provider"},
        {"Hostname", "Computer"},
        {"ProviderGuid", "Provider_Guid"},
        {"RecordNumber", "EventRecordID"},
        {"EventTime", "TimeCreated"},
        {"ExecutionProcessID", "Execution_ProcessID"},
        {"ThreadID", "Execution_ThreadID"},
        {"event_id", "EventID"},
        {"source_name", "Provider"},
        {"log_name", "Channel"},
        {"computer_name", "Computer"},
        {"record_number", "EventRecordID"},
        {"message", "Message"},
        {"winlog.event_id", "EventID"},
        {"winlog.provider_name", "Provider"},
        {"winlog.provider_guid", "Provider_Guid"},
        {"winlog.channel", "Channel"},
        {"winlog.computer_name", "Computer"},
        {"winlog.record_id", "EventRecordID"},
        {"winlog.process.pid", "Execution_ProcessID"},
        {"winlog.process.thread.id", "Execution_ThreadID"},
        {"winlog.user.identifier", "Security_UserID"},
        {"event.code", "EventID"},
        {"event.provider", "Provider"},
        {"host.name", "Computer"},
    };
    for (size_t i = 0; i < ARRAY_LEN(map); i++)
        trace_event_alias(r, map[i][1], trace_event_get(r, map[i][0]));
    if (trace_event_get(r, "EventID").p)
        trace_event_alias(r, "TimeCreated", trace_event_get(r, "@timestamp"));
}

/* winlogbeat: what the event says lies in event_data; the rest is the shipper's. */
static void beat_fields(struct trace_text_row *r, const struct json *v)
{
    const struct json *winlog = json_get(v, "winlog");
    const struct json *from = json_is(winlog, JSON_OBJECT) ? winlog : v;
    data_fields(r, json_get(from, "event_data"));
    data_fields(r, json_get(from, "user_data"));
    flat_fields(r, v, STR_LIT(""));
}

static void event_fields(struct trace_text_row *r, const struct json *v)
{
    const struct json *source = json_get(v, "_source"), *event = json_get(v, "Event");
    if (json_is(source, JSON_OBJECT)) {
        v = source;
        event = json_get(v, "Event");
    }
    if (!json_is(event, JSON_OBJECT))
        event = v;
    const struct json *system = json_get(event, "System");
    if (json_is(system, JSON_OBJECT)) {
        system_fields(r, system);
        data_fields(r, json_get(event, "EventData"));
        data_fields(r, json_get(event, "UserData"));
        const struct json *message = json_get(json_get(event, "RenderingInfo"), "Message");
        if (json_is(message, JSON_STRING))
            trace_text_add(r, STR_LIT("Message"), message->text);
        return;
    }
    if (json_is(json_get(v, "winlog"), JSON_OBJECT) || json_is(json_get(v, "event_data"), JSON_OBJECT))
        beat_fields(r, v);
    else
        flat_fields(r, v, STR_LIT(""));
    aliases(r);
}

static const char *json_parse_row(void *state, struct trace_text_row *r, struct str text)
{
    struct err e = {0};
    (void)state;
    text = str_trim(text);
    while (text.n && (text.p[text.n - 1] == ',' || text.p[0] == '[' || text.p[text.n - 1] == ']')) {
        /* a list whose items have a line each */
        if (text.p[0] == '[')
            text = str_sub(text, 1, text.n);
        else
            text.n--;
        text = str_trim(text);
    }
    if (text.n == 0) {
        r->unwanted = true;
        return NULL;
    }
    const struct json *v = json_parse(&r->arena, text, &e);
    if (!v)
        return arena_strdup(&r->arena, e.text);
    if (v->type != JSON_OBJECT)
        return tr("no JSON object");
    event_fields(r, v);
    trace_event_finish(r);
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct json_state),
                                            .begin = json_begin,
                                            .framed = json_framed,
                                            .time = json_time,
                                            .parse = json_parse_row};

static int json_read(const struct trace_input *in, const struct trace_want *want,
                     const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_json, in, want, sink, coverage, e);
}

const struct trace_kind trace_json = {
    .name = "json", .title = TR("events as JSON"), .sniff = json_sniff, .read = json_read, .text = &text};
