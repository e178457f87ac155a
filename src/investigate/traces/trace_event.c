#include "investigate/traces/trace_event.h"

void trace_event_system(struct trace_text_row *r, struct str element, struct str attribute, struct str value)
{
    if (attribute.n && attribute.p[0] == '@')
        attribute = str_sub(attribute, 1, attribute.n);
    if (str_is(attribute, "xmlns"))
        return;
    bool own = attribute.n == 0 || (str_is(element, "Provider") && str_is(attribute, "Name")) ||
               (str_is(element, "TimeCreated") && str_is(attribute, "SystemTime"));
    if (own) {
        trace_text_add(r, element, value);
        return;
    }
    char *name = arena_printf(&r->arena, STR_FMT "_" STR_FMT, STR_ARG(element), STR_ARG(attribute));
    trace_text_add(r, str_of(name), value);
}

struct str trace_event_get(const struct trace_text_row *r, const char *name)
{
    for (size_t i = 0; i < r->field.n; i++)
        if (str_is(r->field.p[i].name, name))
            return r->field.p[i].value;
    return (struct str){0};
}

void trace_event_alias(struct trace_text_row *r, const char *name, struct str value)
{
    if (value.p && !trace_event_get(r, name).p)
        trace_text_add(r, str_of(name), value);
}

bool trace_event_time(struct str s, int zone_s, when_t *out, enum trace_zone *zone)
{
    struct trace_time clock = {0};
    uint64_t number;
    bool zoned;
    s = str_trim(s);
    *zone = TRACE_ZONE_STATED;
    size_t n = trace_time_iso(&clock, s, zone_s, out, &zoned);
    if (n == 0 && s.n > 10 && clock_parse_iso(s, zone_s, out)) {
        char last = s.p[s.n - 1];
        *zone = last == 'Z' ? TRACE_ZONE_STATED : TRACE_ZONE_ASSUMED;
        return true;
    }
    if (n && str_trim(str_sub(s, n, s.n)).n == 0) {
        *zone = zoned ? TRACE_ZONE_STATED : TRACE_ZONE_ASSUMED;
        return true;
    }
    if (str_starts(s, "/Date(") && s.n > 6)
        s = str_sub(s, 6, str_chr(str_sub(s, 6, s.n), ')'));
    if (num_u64(s, &number) && (s.n == 10 || s.n == 13)) {
        *out = (when_t)number * (s.n == 10 ? WHEN_SEC : 1000);
        *zone = TRACE_ZONE_FORMAT;
        return true;
    }
    return clock_parse_rfc822(s, out);
}

static bool wanted_event(const struct trace_text_row *r)
{
    const struct trace_want *w = r->file->want;
    uint64_t id;
    if (w->event_n == 0)
        return true;
    if (!num_u64(str_trim(trace_event_get(r, "EventID")), &id))
        return false;
    for (size_t i = 0; i < w->event_n; i++)
        if (w->event[i] == id)
            return true;
    return false;
}

void trace_event_finish(struct trace_text_row *r)
{
    static const char *const names[] = {"TimeCreated", "EventTime", "@timestamp",           "timestamp",
                                        "time",        "Timestamp", "InitialDetectionTime", "date",
                                        "ts"};
    struct trace_record *rec = &r->rec;
    enum trace_zone zone;
    when_t t;
    for (size_t i = 0; i < ARRAY_LEN(names) && rec->time == WHEN_NONE; i++) {
        struct str s = trace_event_get(r, names[i]);
        if (s.n && trace_event_time(s, r->file->zone_s, &t, &zone)) {
            rec->time = t;
            rec->time_text = s;
            rec->zone = zone;
        }
    }
    struct str utc = trace_event_get(r, "UtcTime");
    if (utc.n && trace_event_time(utc, 0, &t, &zone)) {
        if (rec->time == WHEN_NONE) {
            rec->time = t;
            rec->time_text = utc;
            rec->zone = TRACE_ZONE_FORMAT;
        } else {
            rec->second = t;
            when_t apart = rec->time > t ? rec->time - t : t - rec->time;
            if (apart >= 900 * WHEN_SEC)
                rec->time_note =
                    tr("UtcTime, which the monitored machine wrote, and the time of the event are far apart: "
                       "one of the two is local time called UTC");
        }
    }
    r->unwanted = !wanted_event(r);
}
