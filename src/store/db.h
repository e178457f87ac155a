/* db.h — SQLite behind a small interface: open, migrate, run named statements.
 *
 * Statements are text in sql/NOUN.sql, each under a line "-- name: NOUN_VERB";
 * parameters only, bound by name. They are prepared once and cached.
 * The file is made with mode 0600, and is WAL, foreign keys on, tables STRICT; writes wait up to 10 s for
 * another process. A struct db is for one thread.
 *
 * Migrations are sql/NNNN_*.sql, applied in order in one transaction each;
 * PRAGMA user_version is the number of the last. A file from a newer toban is
 * refused (ERR_CONFLICT).
 */
#ifndef TOBAN_STORE_DB_H
#define TOBAN_STORE_DB_H

#include "base/base.h"

struct db;
struct stmt; /* borrowed from the db; valid until the same statement is run again */

int db_open(struct db **out, const char *path, struct err *e) MUST_CHECK; /* makes the file when absent */
void db_close(struct db *db);
const char *db_path(const struct db *db);

enum db_type { DB_END, DB_NULL, DB_INT, DB_DOUBLE, DB_TEXT, DB_BLOB };
struct db_arg {
    const char *name; /* of the parameter, without '$' */
    enum db_type type;
    int64_t i;
    double d;
    struct str s; /* borrowed until the next run of the statement */
};
#define ARG_S(n, v) ((struct db_arg){.name = (n), .type = DB_TEXT, .s = (v)})
#define ARG_C(n, v) ((struct db_arg){.name = (n), .type = DB_TEXT, .s = str_of(v)})
#define ARG_B(n, v) ((struct db_arg){.name = (n), .type = DB_BLOB, .s = (v)})
#define ARG_I(n, v) ((struct db_arg){.name = (n), .type = DB_INT, .i = (v)})
#define ARG_D(n, v) ((struct db_arg){.name = (n), .type = DB_DOUBLE, .d = (v)})
/* a moment; WHEN_NONE binds NULL */
#define ARG_W(n, v) ((struct db_arg){.name = (n), .type = (v) == WHEN_NONE ? DB_NULL : DB_INT, .i = (v)})
#define ARG_END ((struct db_arg){.type = DB_END})

/* Binds; rows are then fetched with stmt_next. Every parameter of the statement must be given. */
int db_query_(struct db *db, struct stmt **st, const char *name, const struct db_arg *arg, struct err *e) MUST_CHECK;
#define db_query(db, st, name, e, ...) db_query_((db), (st), (name), (struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ) ARG_END}, (e))
/* Runs a statement that gives no rows, or whose rows do not matter. */
int db_run_(struct db *db, const char *name, const struct db_arg *arg, struct err *e) MUST_CHECK;
#define db_run(db, name, e, ...) db_run_((db), (name), (struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ) ARG_END}, (e))
/* First column of the first row; ERR_NOT_FOUND without filling e when there is none. */
int db_get_int_(struct db *db, int64_t *out, const char *name, const struct db_arg *arg, struct err *e) MUST_CHECK;
#define db_get_int(db, out, name, e, ...) db_get_int_((db), (out), (name), (struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ) ARG_END}, (e))

int stmt_next(struct stmt *st, struct err *e) MUST_CHECK; /* 1 a row, 0 done (and reset), negative */
void stmt_done(struct stmt *st);                          /* ends early; accepts NULL */
int64_t stmt_int(struct stmt *st, int col);
double stmt_double(struct stmt *st, int col);
struct str stmt_str(struct stmt *st, int col);  /* view until the next stmt_next */
when_t stmt_when(struct stmt *st, int col);     /* NULL gives WHEN_NONE */
bool stmt_is_null(struct stmt *st, int col);

int64_t db_last_id(struct db *db);
int64_t db_changes(struct db *db);

/* Nesting is allowed: inner ones are savepoints. */
int db_begin(struct db *db, struct err *e) MUST_CHECK; /* IMMEDIATE */
int db_commit(struct db *db, struct err *e) MUST_CHECK;
void db_rollback(struct db *db); /* no effect outside a transaction */

/* Text that is not a named statement: for upkeep only (PRAGMA, migrations). */
int db_exec(struct db *db, const char *sql, struct err *e) MUST_CHECK;
/* First column of the first row of such a text, as text into b. */
int db_pragma(struct db *db, const char *sql, struct buf *b, struct err *e) MUST_CHECK;

/* Copies the database while it is in use, to a file that must not exist. */
int db_backup(struct db *db, const char *to, struct err *e) MUST_CHECK;
/* integrity_check and foreign_key_check; appends complaints to b (empty = sound). */
int db_check(struct db *db, struct buf *b, struct err *e) MUST_CHECK;

#endif
