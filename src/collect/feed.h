/* feed.h — what the feeds of feeds/ share: small readers and small writers.
 *
 * Pure: bytes in, values out. Nothing here keeps state between calls; results
 * live in the arena given. Times without a zone are read in the zone the caller
 * states (each feed's header says which and why).
 */
#ifndef TOBAN_COLLECT_FEED_H
#define TOBAN_COLLECT_FEED_H

#include "base/base.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "collect/source.h"
#include "model/model.h"

/* ---- CVE numbers ---- */

/* Every CVE number in the text, once each, in order of appearance, as CVE-YYYY-N….
 * Full-width letters, digits and hyphens and the Unicode hyphens and dashes count
 * as their ASCII counterparts; case does not matter. The sequence has 4 to 19 digits
 * (CVE record schema); what is glued to a letter or digit in front is no number. */
void feed_cves_in_text(struct arena *a, struct str text, struct str **out, size_t *n);
/* The whole of s (trimmed) as a CVE number; empty when it is none. Copies only when it changes. */
struct str feed_cve(struct arena *a, struct str s);

/* A list of strings without doubles, in order of first appearance. */
struct feed_set {
    struct arena *a; /* borrows */
    struct str *p;
    size_t n, cap;
    struct map seen; /* used once the list is long; feed_set_done releases it */
};
void feed_set_add(struct feed_set *s, struct str item); /* keeps the view; empty items are passed over */
void feed_set_done(struct feed_set *s);

/* ---- input ---- */

/* All bytes, at most LIMIT_FEED_DOCUMENT; ERR_INPUT when there are none. */
int feed_slurp(const struct feed_input *in, struct arena *a, struct str *bytes, struct err *e) MUST_CHECK;
/* The charset of a Content-Type header, or NULL. */
const char *feed_charset(struct arena *a, struct str content_type);
/* The bytes as UTF-8: charset of the header, else of the bytes themselves. */
int feed_utf8(const struct feed_input *in, struct arena *a, struct str bytes, struct str *utf8,
              struct err *e) MUST_CHECK;
/* XML of the input in lenient mode; NULL on error, with the address in front of the text. */
struct xml *feed_xml(const struct feed_input *in, struct arena *a, struct str *bytes,
                     struct err *e) MUST_CHECK;
bool feed_is_file(const struct feed_input *in); /* kind "file": nothing may be requested */
/* Name of the first element, without prefix; empty when the text is no XML. For sniff(). */
struct str feed_xml_root(struct str head);
bool feed_has(struct str head, const char *needle);
bool feed_looks_json(struct str head);

/* ---- text and time ---- */

/* Plain text of what a feed calls a description: HTML is reduced to its text, line ends become LF, ends are
 * trimmed. */
struct str feed_plain(struct arena *a, struct str s);
struct str feed_html_text(struct arena *a, struct str html);
/* Runs of white space become one space. */
struct str feed_one_line(struct arena *a, struct str s);
struct str feed_lower(struct arena *a, struct str s); /* ASCII */
/* ISO, RFC 822 or what people write; WHEN_NONE when it is none of them. */
when_t feed_when(struct str s, int zone_s);
struct str feed_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- addresses and requests ---- */

struct str feed_url_escape(struct arena *a, struct str s); /* RFC 3986: all but unreserved */
/* href against the address it was found at (RFC 3986 section 5, without dot segments). */
struct str feed_url_join(struct arena *a, struct str base, struct str href);
bool feed_url_is_web(struct str url); /* http:// or https:// */
int feed_ask(struct feed_sink *sink, const char *kind, struct str url, const char *accept, struct str context,
             bool optional, struct err *e) MUST_CHECK;
/* The same for a list, whose answer asks for more (feed_request.steers). */
int feed_ask_list(struct feed_sink *sink, const char *kind, struct str url, const char *accept,
                  struct str context, bool optional, struct err *e) MUST_CHECK;
/* Hands a whole request over; fills e when it is refused. */
int feed_request_put(struct feed_sink *sink, const struct feed_request *r, struct err *e) MUST_CHECK;

/* ---- the page behind a title ---- */

/* What the list said about a notice, packed for the context of the page's request, and back.
 * The page's notice must repeat it, for it takes the place of the list's. */
struct str feed_page_context(struct arena *a, const struct notice *n);
void feed_page_recall(struct arena *a, struct str context, struct notice *n);
/* The words of a page: <article>, <main>, <body>, or all of it. */
struct str feed_page_text(struct arena *a, struct str html);
struct str feed_page_title(struct arena *a, struct str html);
/* Description and body as one text, the description left out when the body has it. */
struct str feed_join_text(struct arena *a, struct str description, struct str body);
/* Puts the page behind when it is a web page and newer than the last visit (packed in in->context by
 * feed_since), or when there was none. */
int feed_page_ask(const struct feed_input *in, struct arena *a, struct feed_sink *sink,
                  const struct notice *n, struct err *e) MUST_CHECK;
struct str feed_since(struct arena *a, const struct feed_state *st);
when_t feed_since_read(struct str context);

#endif
