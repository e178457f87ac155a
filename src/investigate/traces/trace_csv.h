/* trace_csv.h — the logs Exchange writes: "#Fields:" or a plain header row, then comma-separated rows.
 *
 * Columns go by name: builds differ in number, order and letter case, and a file
 * may hold several sessions, each with a header of its own. Times are UTC. Rows are cut in
 * place; only quoted columns with doubled quotes are copied.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_CSV_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_CSV_H

#include "investigate/traces/trace_text.h"

struct trace_csv {
    VEC(struct trace_field) field; /* owns; names are set, values those of the last row */
    VEC(struct str) col;           /* owns */
    char *names;                   /* owns */
    size_t time_col;               /* STR_NONE: no column is a time */
    bool rest;                     /* surplus columns belong to the last: it is free text */
    struct trace_time clock;
};

void trace_csv_release(struct trace_csv *c);
/* Names from "a,b,c"; a leading "#Fields:" is passed over. */
void trace_csv_header(struct trace_csv *c, struct str names);
/* For trace_text_kind.look. first: how the plain header row begins, as "DateTime,". */
enum trace_text_line trace_csv_look(struct str line, const char *first);
/* Is there a header among the first lines of head? */
bool trace_csv_has_header(struct str head, const char *first);
when_t trace_csv_time(struct trace_csv *c, struct str row);
/* For trace_text_kind.parse, with a header or with names like "c3". */
const char *trace_csv_parse(struct trace_csv *c, struct trace_text_row *r, struct str text);
/* The first line of head that is not empty and no "#" line. */
struct str trace_csv_first_row(struct str head);
/* The value of a column in the row parsed last; a view with p NULL when there is none. */
struct str trace_csv_value(const struct trace_csv *c, const char *name);

#endif
