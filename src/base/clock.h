/* clock.h — moments, and how feeds write them.
 *
 * when_t is microseconds since 1970-01-01T00:00:00Z, without leap seconds.
 * Parsers are strict about ranges and generous about forms; what has no zone
 * is read in the zone the caller states.
 */
#ifndef TOBAN_BASE_CLOCK_H
#define TOBAN_BASE_CLOCK_H

#include "base/defs.h"
#include "base/str.h"

typedef int64_t when_t;
#define WHEN_NONE INT64_MIN
#define WHEN_SEC ((when_t)1000000)
#define WHEN_DAY (86400 * WHEN_SEC)
#define ZONE_UTC 0
#define ZONE_JST (9 * 3600)

/* Wall clock; TOBAN_NOW=2021-03-03T12:00+09:00 in the environment (or
 * clock_set) stands in for it in tests and replays. */
when_t clock_now(void);
void clock_set(when_t now); /* WHEN_NONE: the real clock again */
uint64_t clock_mono_ns(void); /* monotonic, for rates and time limits */

/* ISO 8601 / RFC 3339: date alone, "T" or space, minutes alone, 0-9 fraction
 * digits, Z, +09:00, +0900, +09. A date alone is midnight in zone_s. */
bool clock_parse_iso(struct str s, int zone_s, when_t *out);
/* RFC 822/1123/850: "Tue, 02 Mar 2021 19:00:00 GMT", two-digit years, zone names. */
bool clock_parse_rfc822(struct str s, when_t *out);
/* Any of: ISO, RFC 822, 2021/3/3 [12:34[:56]], 2021.03.03, 2021年3月3日, 令和3年3月3日,
 * R3.3.3, 20210303. For what people write in tables. */
bool clock_parse_any(struct str s, int zone_s, when_t *out);

#define CLOCK_ISO_SIZE 40
/* "2021-03-03T03:00:00Z" or with the zone "+09:00"; fraction only when not 0. "" for WHEN_NONE. */
void clock_iso(when_t t, int zone_s, char out[CLOCK_ISO_SIZE]);
/* "2021-03-03" in the zone. */
void clock_date(when_t t, int zone_s, char out[CLOCK_ISO_SIZE]);
/* "2021-03-03 12:00" in the zone. */
void clock_minute(when_t t, int zone_s, char out[CLOCK_ISO_SIZE]);
/* Days since 1970-01-01 of a civil date, and back (proleptic Gregorian). */
int64_t clock_days(int y, int m, int d);
void clock_civil(int64_t days, int *y, int *m, int *d);

#endif
