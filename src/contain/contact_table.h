/* contact_table.h — a table of contacts (CSV, XLSX) to contacts.
 *
 * The words that tell columns apart are read from rules/contacts/columns.txt; the caller finds the
 * file. The header row is the first of ten in which the words know a name and at least one field more.
 * A cell may hold several addresses, on lines of their own or with ; or 、 between. A row that cannot be used is kept
 * aside with its line and the reason; a cell that cannot be understood is reported and left out.
 *
 * Pure. Bounds: those of table.h, LIMIT_CONTACTS, LIMIT_CONTACT_CHANNELS.
 */
#ifndef TOBAN_CONTAIN_CONTACT_TABLE_H
#define TOBAN_CONTAIN_CONTACT_TABLE_H

#include "model/contact.h"

enum contact_field {
    CONTACT_FIELD_NONE,
    CONTACT_FIELD_NAME,
    CONTACT_FIELD_KIND,
    CONTACT_FIELD_ROLE,
    CONTACT_FIELD_ORGANISATION,
    CONTACT_FIELD_DEPARTMENT,
    CONTACT_FIELD_LANG,
    CONTACT_FIELD_ORDER,
    CONTACT_FIELD_CALLED_BY,
    CONTACT_FIELD_SUBSTITUTE,
    CONTACT_FIELD_CHECKED,
    CONTACT_FIELD_NOTE,
    CONTACT_FIELD_CHANNEL, /* and the kinds of channel behind it */
    CONTACT_FIELDS = CONTACT_FIELD_CHANNEL + CHANNEL_IN_PERSON + 1
};

struct contact_words { /* a zeroed one is empty */
    struct map header; /* folded header → enum contact_field */
    struct map kind;   /* folded word → enum contact_kind */
};
int contact_words_read(struct contact_words *w, struct str bytes, const char *file, struct err *e) MUST_CHECK;
void contact_words_release(struct contact_words *w);

struct contact_row {
    struct contact c; /* id 0; checked WHEN_NONE, call_order 0, … when not stated */
    struct str called_by, substitute; /* as written: a name, or K-4 */
    bool stated[CONTACT_FIELDS];      /* the cell has something */
    unsigned long line;
};
struct contact_issue {
    unsigned long line;
    struct str reason; /* in the thread's language */
    bool whole;        /* the row was kept aside; else one cell of it was left out */
};
struct contact_table {
    struct contact_row *row;
    size_t n;
    struct contact_issue *issue; /* at most LIMIT_ERRORS_KEPT */
    size_t issue_n, aside;       /* aside: rows kept aside, all of them */
    bool has[CONTACT_FIELDS];    /* the table has such a column */
};
/* Everything lies in the arena. zone_s is for dates. Fails when it is no table, or has no header row. */
int contact_table_read(struct str bytes, const char *file, const struct contact_words *w, const char *sheet,
                       int zone_s, struct arena *a, struct contact_table *out, struct err *e) MUST_CHECK;
/* A name as two spellings of it are compared: width, case and blanks do not count. In the arena. */
struct str contact_table_fold(struct str s, struct arena *a);

#endif
