/* ics.h — iCalendar (RFC 5545) out: a calendar of events, for calendar programs.
 *
 * Lines end with CRLF and are folded at 75 octets, never inside a character (3.1);
 * text is escaped (3.3.11); times are UTC (3.3.5 form 2), so that no VTIMEZONE is needed.
 * Every occurrence is an event of its own: a rule in another zone, with freezes taken
 * out, would not be one RRULE. Pure.
 */
#ifndef TOBAN_REMEDIATE_ICS_H
#define TOBAN_REMEDIATE_ICS_H

#include "base/base.h"

struct ics_event {
    struct str uid;      /* globally unique and the same every time (3.8.4.7) */
    when_t stamp, start, end;
    struct str summary, description;
    bool all_day;        /* a freeze: transparent, by date in the zone */
};
void ics_begin(struct buf *out, struct str name);
void ics_add(struct buf *out, const struct ics_event *ev, int zone_s);
void ics_end(struct buf *out);

#endif
