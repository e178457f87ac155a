/* ssvc.h — decision tables as data (SSVC and its like).
 *
 * A table is a text file under rules/decisions/ that a site may change:
 *
 *   # remarks
 *   #! values In KEV: no | yes                    every input column: its values
 *   #! outcome 14D: 14 days; days 14              every outcome, from the least to the most
 *   #! outcome 3DF: 3 days & …; days 3; forensic  pressing: code, text, then optional facts
 *   #! alias Exploitation: poc = public poc       another word for a value
 *   In KEV v1.0.0 (cisa),…,Timelines v1.0.0       CSV header; the last column is the outcome
 *   no,…,14 days                                  one row for every combination
 *
 * The lines of "#!" may stand anywhere. A column's name is its header without
 * " v1.0.0 …" behind. A first column "row" is passed over, so that the rows of the
 * published tables may be taken as they are. Names and values are compared without
 * regard to case (ASCII). A table is refused, with file and line, unless every
 * combination of the declared values comes exactly once.
 *
 * An unknown input is never given a default: all rows that fit are looked at and
 * the best and the worst outcome are handed back.
 *
 * Limits: LIMIT_SSVC_COLUMNS, LIMIT_SSVC_VALUES, LIMIT_SSVC_ROWS, LIMIT_FILE_SMALL.
 * Ownership: the table lives in the arena and copies what it keeps. Pure; a loaded
 * table may be read by many threads.
 */
#ifndef TOBAN_ASSESS_SCORES_SSVC_H
#define TOBAN_ASSESS_SCORES_SSVC_H

#include "base/base.h"

struct ssvc_value {
    struct str text; /* as declared */
    struct str code; /* outcomes: "3DF"; "" for inputs */
    int days;        /* outcomes: calendar days; -1 when not stated */
    bool forensic;   /* outcomes: an investigation is part of it */
};

struct ssvc_alias {
    struct str from;
    size_t to; /* index of the value */
};

struct ssvc_column {
    struct str head; /* "Automatable v2.0.0" */
    struct str name; /* "Automatable" */
    struct ssvc_value *value;
    size_t value_n;
    struct ssvc_alias *alias;
    size_t alias_n;
};

struct ssvc_table {
    struct str file;
    struct ssvc_column *column; /* the last one is the outcome, its values in rising order */
    size_t column_n;
    unsigned char *outcome; /* by combination, the last input running fastest */
    size_t row_n;
};

/* text: the bytes of the file; file: its name for messages. NULL on error (ERR_INPUT, ERR_LIMIT). */
const struct ssvc_table *ssvc_load(struct arena *a, const char *file, struct str text,
                                   struct err *e) MUST_CHECK;

/* By name, case-blind; -1 when there is none. */
int ssvc_column_find(const struct ssvc_table *t, struct str name);
/* By text, alias or (outcomes) code, case-blind; -1 when there is none. */
int ssvc_value_find(const struct ssvc_table *t, int column, struct str text);
static inline const struct ssvc_column *ssvc_outcomes(const struct ssvc_table *t)
{
    return &t->column[t->column_n - 1];
}

struct ssvc_given {
    struct str column, value; /* an empty value: unknown */
};

struct ssvc_answer {
    const struct ssvc_value *best, *worst; /* the same when all that matters is known */
    size_t rows;                           /* rows that fit */
    uint32_t unknown;                      /* input columns without a value, a bit each */
    uint32_t matters;                      /* those of them that can change the outcome */
};

/* Columns not given are unknown. ERR_USAGE for a column the table has not, ERR_INPUT
 * for a value the column has not. */
int ssvc_decide(const struct ssvc_table *t, const struct ssvc_given *given, size_t n, struct ssvc_answer *out,
                struct err *e) MUST_CHECK;

#endif
