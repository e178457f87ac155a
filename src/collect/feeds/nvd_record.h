/* nvd_record.h — one record of NVD, in the shape of API 2.0 or of the 1.1 feeds of old. */
#ifndef TOBAN_COLLECT_FEEDS_NVD_RECORD_H
#define TOBAN_COLLECT_FEEDS_NVD_RECORD_H

#include "collect/feeds/cve_parts.h"

/* raw: {"cve":{…}} of API 2.0, the inner object alone, an item of CVE_Items (1.1), or a line of an
 * archive of changes {"t":…,"op":…,"rec":{1.1 item}}, whose t becomes v->known. Tells by content.
 * Views point into raw and the arena. NULL when read; else why not, in the thread's language. */
const char *nvd_record_read(struct arena *a, struct str raw, struct vuln *v, struct err *why);
/* The same for a tree. */
const char *nvd_record_tree(struct arena *a, const struct json *root, struct vuln *v);
/* {"cve":{"CVE_data_meta":…},"configurations":…,"impact":…} */
const char *nvd_record_legacy(struct arena *a, const struct json *item, struct vuln *v);

#endif
