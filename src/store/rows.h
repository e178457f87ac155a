/* rows.h — reading rows into the arena, for the stores. */
#ifndef TOBAN_STORE_ROWS_H
#define TOBAN_STORE_ROWS_H

#include "store/db.h"

/* Hands a vector over to the arena. */
#define ROWS_TO_ARENA(a, v, type, out, n_out)                                                                \
    do {                                                                                                     \
        *(n_out) = (v).n;                                                                                    \
        *(out) = arena_array((a), type, (v).n + 1);                                                          \
        if ((v).n)                                                                                           \
            memcpy(*(out), (v).p, (v).n * sizeof(type));                                                     \
        vec_release(&(v));                                                                                   \
    } while (0)

static inline struct str rows_text(struct stmt *st, struct arena *a, int col)
{
    return arena_str(a, stmt_str(st, col));
}

/* A number that refers to another row; 0 binds NULL. */
#define ARG_REF(n, v) ((struct db_arg){.name = (n), .type = (v) ? DB_INT : DB_NULL, .i = (v)})

#endif
