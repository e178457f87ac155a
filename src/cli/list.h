/* list.h — a list for people or programs: aligned text (East Asian width), JSON, CSV.
 *
 *   struct list t; list_init(&t, c, "toban.ledger.list/1");
 *   list_column(&t, "asset", TR("Asset"), 0); …
 *   list_cell(&t, str); … one call a column, row by row
 *   list_end(&t);
 * JSON: {"schema":…, extra members, "rows":[{column: value}]}. Text columns are cut to
 * fit a terminal only when stdout is one.
 */
#ifndef TOBAN_CLI_LIST_H
#define TOBAN_CLI_LIST_H

#include "cli/cli.h"

#define LIST_NUMBER 1U /* right-aligned; a JSON number */
#define LIST_WIDE 2U   /* the column that may be cut when the line is too long */
#define LIST_JSON 4U   /* only in JSON and CSV */

struct list_column {
    const char *name, *title;
    unsigned flags;
};
struct list {
    struct cli *c;
    const char *schema;
    struct list_column column[32];
    size_t column_n, cell_n;
    VEC(struct str) cell; /* copies in c->a */
};
void list_init(struct list *t, struct cli *c, const char *schema);
void list_column(struct list *t, const char *name, const char *title, unsigned flags);
void list_cell(struct list *t, struct str s);
void list_cells(struct list *t, const char *s);
void list_cellf(struct list *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void list_end(struct list *t); /* prints and releases */

/* The text without what a terminal would obey: control characters, C1, and the marks that turn the
 * direction of writing become U+FFFD; newline and tab stay. The same view when there is nothing to change. */
struct str list_safe(struct arena *a, struct str s);
/* Columns a terminal uses for this text. */
size_t list_width(const struct cli *c, struct str s);
/* Largest prefix of s that fits in width columns. */
struct str list_fit(const struct cli *c, struct str s, size_t width);
/* Columns of the terminal on stdout; 0 when it is none. */
size_t list_terminal(const struct cli *c);
/* Prints text wrapped to the terminal (or 100 columns) with an indent, Japanese included. */
void list_wrap(const struct cli *c, FILE *out, const char *indent, struct str text);

#endif
