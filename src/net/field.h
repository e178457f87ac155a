/* field.h — the few HTTP header fields that are read by hand. Pure; any bytes
 * may come in. Rules: RFC 9110 (HTTP Semantics).
 */
#ifndef TOBAN_NET_FIELD_H
#define TOBAN_NET_FIELD_H

#include "base/base.h"

#define FIELD_WAIT_MAX_MS (7 * 86400 * UINT64_C(1000)) /* a longer Retry-After is cut to this */

/* An HTTP-date, section 5.6.7: IMF-fixdate, RFC 850, asctime. */
bool field_date(struct str s, when_t *out);
/* Retry-After, section 10.2.3: seconds or a date; a date gone by is 0. */
bool field_retry_after(struct str s, when_t now, uint64_t *wait_ms);
/* Content-Range, section 14.4: "bytes 5-9/10"; *total is UINT64_MAX for "*". */
bool field_content_range(struct str s, uint64_t *first, uint64_t *last, uint64_t *total);
/* Accept-Ranges, section 14.3: does the list name bytes? */
bool field_accepts_bytes(struct str s);
/* An entity tag that compares strongly, section 8.8.3: quoted, without W/. */
bool field_etag_is_strong(struct str s);
/* May Last-Modified stand in If-Range? Section 8.8.2.2: Date must be later by a second. */
bool field_modified_is_strong(struct str last_modified, struct str date);
/* The charset parameter of a Content-Type, without quotes; "" when there is none. */
struct str field_charset(struct str content_type);
/* A stranger's words for our message: well-formed UTF-8, no control characters, cut to size. */
void field_clean(struct str s, char *out, size_t size);
/* May this go into a header we send? No control characters but tab. */
bool field_value_ok(struct str s);

#endif
