/* knowledge_internal.h — shared by the files of this room only. */
#ifndef TOBAN_KNOWLEDGE_KNOWLEDGE_INTERNAL_H
#define TOBAN_KNOWLEDGE_KNOWLEDGE_INTERNAL_H

#include <lmdb.h>
#include "knowledge/knowledge.h"

enum { TABLE_VULN, TABLE_PRODUCT, TABLE_KEV, TABLE_EPSS, TABLE_META, KNOWLEDGE_TABLES };

struct knowledge {
    MDB_env *env;
    MDB_dbi table[KNOWLEDGE_TABLES];
    MDB_txn *write, *read;
    char *dir;
    struct buf scratch;
    struct str kev_full;  /* source of the catalogue being put, in kev_name */
    char kev_name[32];
    struct map kev_seen;
};

int knowledge_fail(struct knowledge *k, int rc, struct err *e);

/* Key "ID\0SOURCE\0" + moment, big-endian with the sign flipped, so that moments sort. */
#define KNOWLEDGE_KEY_MAX 200
#define KNOWLEDGE_PRODUCT_MAX 256 /* longer names of products are not indexed; LMDB's keys end at 511 */
bool knowledge_key(struct str id, struct str source, when_t when, char *out, size_t *n);
when_t knowledge_key_when(const MDB_val *key);

#endif
