/* trace_event.h — exported Windows events under the names the EVTX reader gives them (evtx.h), whatever
 * exported them. For trace_json.c and trace_xml.c.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_EVENT_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_EVENT_H

#include "investigate/traces/trace_text.h"

/* An element or attribute of System: "Provider"/"Name" is "Provider", "TimeCreated"/"SystemTime" is
 * "TimeCreated", others "Element_Attribute"; attribute empty: the element's own text. */
void trace_event_system(struct trace_text_row *r, struct str element, struct str attribute, struct str value);
/* First value of a field added so far; p NULL when there is none. */
struct str trace_event_get(const struct trace_text_row *r, const char *name);
/* The same fact under our name: adds name unless it is there. */
void trace_event_alias(struct trace_text_row *r, const char *name, struct str value);
/* Time, second clock and the event filter, once all fields are there. */
void trace_event_finish(struct trace_text_row *r);
/* A time as exporters write it: ISO, RFC 822, "/Date(1614942872000)/", seconds or milliseconds since 1970. */
bool trace_event_time(struct str s, int zone_s, when_t *out, enum trace_zone *zone);

#endif
