/* data.h — parts of JSON that the files of this room share. */
#ifndef TOBAN_REPORT_DATA_H
#define TOBAN_REPORT_DATA_H

#include "codec/json.h"
#include "report/report.h"

/* RFC 3339 in UTC; null for WHEN_NONE. */
void data_when(struct json_writer *w, const char *key, when_t t);
void data_number(struct json_writer *w, const char *key, const char *prefix, int64_t n); /* "C-1"; null for 0 */
void data_figures(struct json_writer *w, const char *key, const struct report_figures *f);
void data_enquiries(struct json_writer *w, const struct report_enquiry *q, size_t n, when_t now);
void data_machine(struct json_writer *w, const struct report_machine *m);
void data_head(struct json_writer *w, const char *schema, const struct report_site *site, const struct str *lead, size_t n);

#endif
