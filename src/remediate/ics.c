#include "remediate/ics.h"

#include <stdio.h>

#define ICS_LINE 75

/* One content line, folded. A continuation begins with a blank, which counts. */
static void put_line(struct buf *out, struct str line)
{
    size_t room = ICS_LINE;
    while (line.n > room) {
        size_t n = str_utf8_clip(line.p, room);
        buf_add(out, line.p, n);
        buf_adds(out, "\r\n ");
        line = str_sub(line, n, line.n);
        room = ICS_LINE - 1;
    }
    buf_add_str(out, line);
    buf_adds(out, "\r\n");
}

static void put_text(struct buf *out, const char *property, struct str value)
{
    struct buf b = BUF_INIT(64 * KIB);
    buf_printf(&b, "%s:", property);
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' || c == ';' || c == ',')
            buf_addc(&b, '\\');
        if (c == '\n')
            buf_adds(&b, "\\n");
        else if ((unsigned char)c >= ' ' && c != 0x7f)
            buf_addc(&b, c); /* control characters are not allowed in text */
    }
    put_line(out, buf_str(&b));
    buf_release(&b);
}

/* "20210310T130000Z", or the date alone in the zone. */
static void put_time(struct buf *out, const char *property, when_t t, bool date, int zone_s)
{
    char line[80];
    int y, m, d;
    when_t local = t + (date ? zone_s * WHEN_SEC : 0);
    int64_t day = local / WHEN_DAY, s = local % WHEN_DAY / WHEN_SEC;
    clock_civil(day, &y, &m, &d);
    if (date)
        snprintf(line, sizeof(line), "%s;VALUE=DATE:%04d%02d%02d", property, y, m, d);
    else
        snprintf(line, sizeof(line), "%s:%04d%02d%02dT%02d%02d%02dZ", property, y, m, d, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    put_line(out, str_of(line));
}

void ics_begin(struct buf *out, struct str name)
{
    buf_adds(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//toban//patch windows//EN\r\nCALSCALE:GREGORIAN\r\n");
    put_text(out, "X-WR-CALNAME", name);
}

void ics_add(struct buf *out, const struct ics_event *ev, int zone_s)
{
    buf_adds(out, "BEGIN:VEVENT\r\n");
    put_text(out, "UID", ev->uid);
    put_time(out, "DTSTAMP", ev->stamp, false, 0);
    put_time(out, "DTSTART", ev->start, ev->all_day, zone_s);
    put_time(out, "DTEND", ev->end, ev->all_day, zone_s);
    put_text(out, "SUMMARY", ev->summary);
    if (ev->description.n)
        put_text(out, "DESCRIPTION", ev->description);
    if (ev->all_day)
        buf_adds(out, "TRANSP:TRANSPARENT\r\n");
    buf_adds(out, "END:VEVENT\r\n");
}

void ics_end(struct buf *out)
{
    buf_adds(out, "END:VCALENDAR\r\n");
}
