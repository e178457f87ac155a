#include "codec/xml.h"
#include "investigate/traces/trace_event.h"

/* Exported Windows events as XML: <Event> elements one behind the other, within <Events> or not. Each is
 * read by itself, so that one that is broken does not end the file. */
extern const struct trace_kind trace_xml;

static int xml_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    (void)file_name;
    head = str_trim(trace_text_head(head, copy, sizeof(copy)));
    if (!str_starts(head, "<"))
        return 0;
    if (str_find(head, STR_LIT("http://schemas.microsoft.com/win/2004/08/events/event")) != STR_NONE)
        return 95;
    bool event =
        str_find(head, STR_LIT("<Event ")) != STR_NONE || str_find(head, STR_LIT("<Event>")) != STR_NONE;
    return event && str_find(head, STR_LIT("<System>")) != STR_NONE ? 80 : 0;
}

static when_t xml_time(void *state, struct str row)
{
    enum trace_zone zone;
    when_t t;
    (void)state;
    size_t at = str_find(row, STR_LIT("SystemTime="));
    if (at == STR_NONE)
        return WHEN_NONE;
    struct str s = str_sub(row, at + 12, 64);
    s = str_sub(s, 0, MIN(str_chr(s, '"'), str_chr(s, '\'')));
    return trace_event_time(s, 0, &t, &zone) ? t : WHEN_NONE;
}

static void system_fields(struct trace_text_row *r, const struct xml *system)
{
    for (const struct xml *x = system->first; x; x = x->next) {
        struct str own = str_trim(x->text);
        if (own.n || x->attr_n == 0)
            trace_event_system(r, x->name, STR_LIT(""), own);
        for (uint32_t i = 0; i < x->attr_n; i++)
            trace_event_system(r, x->name, x->attr[i].name, x->attr[i].value);
    }
}

static void data_fields(struct trace_text_row *r, const struct xml *data)
{
    for (const struct xml *x = data->first; x; x = x->next) {
        struct str name = xml_attr(x, "Name");
        if (str_is(x->name, "Data"))
            trace_text_add(r, name.n ? name : x->name, x->text);
        else if (!x->first)
            trace_text_add(r, x->name, x->text);
        else
            data_fields(r, x);
    }
}

static const char *xml_parse_row(void *state, struct trace_text_row *r, struct str text)
{
    struct err e = {0};
    (void)state;
    const struct xml *event = xml_parse(&r->arena, text, "UTF-8", XML_LENIENT, &e);
    if (!event)
        return arena_strdup(&r->arena, e.text);
    const struct xml *system = xml_child(event, "System");
    if (!system)
        return tr("an event without System");
    system_fields(r, system);
    for (const struct xml *x = event->first; x; x = x->next) {
        if (str_is(x->name, "EventData") || str_is(x->name, "UserData"))
            data_fields(r, x);
        else if (str_is(x->name, "RenderingInfo"))
            trace_text_add(r, STR_LIT("Message"), xml_text(x, "Message"));
    }
    trace_event_finish(r);
    return NULL;
}

static const struct trace_text_kind text = {
    .size = 1, .frame = TRACE_TEXT_XML, .time = xml_time, .parse = xml_parse_row};

static int xml_read(const struct trace_input *in, const struct trace_want *want,
                    const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_xml, in, want, sink, coverage, e);
}

const struct trace_kind trace_xml = {
    .name = "xml", .title = TR("Windows events as XML"), .sniff = xml_sniff, .read = xml_read, .text = &text};
