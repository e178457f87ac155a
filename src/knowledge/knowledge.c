#include "knowledge/knowledge_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "knowledge/record.h"

#define MAP_SIZE (64 * GIB) /* address space; the file is as large as its contents */

int knowledge_fail(struct knowledge *k, int rc, struct err *e)
{
    if (rc == ENOSPC)
        return err_set(e, ERR_IO, "%s: the disk is full; the last good data is kept", k->dir);
    if (rc == MDB_VERSION_MISMATCH)
        return err_set(e, ERR_STALE,
                       "%s: written by another version of toban; toban rebuild --knowledge makes it anew",
                       k->dir);
    if (rc == MDB_CORRUPTED || rc == MDB_INVALID || rc == MDB_PAGE_NOTFOUND)
        return err_set(e, ERR_INPUT,
                       "%s: the knowledge file is damaged (%s); toban rebuild --knowledge makes it anew",
                       k->dir, mdb_strerror(rc));
    return err_set(e, rc == EACCES ? ERR_PERM : ERR_IO, "%s: %s", k->dir, mdb_strerror(rc));
}

static int open_tables(struct knowledge *k)
{
    static const struct {
        const char *name;
        unsigned flags;
    } table[KNOWLEDGE_TABLES] = {{"vuln", 0}, {"product", MDB_DUPSORT}, {"kev", 0}, {"epss", 0}, {"meta", 0}};
    MDB_txn *txn;
    int rc = mdb_txn_begin(k->env, NULL, 0, &txn);
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(table); i++)
        rc = mdb_dbi_open(txn, table[i].name, MDB_CREATE | table[i].flags, &k->table[i]);
    if (rc == 0) {
        uint32_t format = RECORD_FORMAT;
        MDB_val key = {6, (void *)"format"}, have, put = {sizeof(format), &format};
        rc = mdb_get(txn, k->table[TABLE_META], &key, &have);
        if (rc == MDB_NOTFOUND)
            rc = mdb_put(txn, k->table[TABLE_META], &key, &put, 0);
        else if (rc == 0 &&
                 (have.mv_size != sizeof(format) || memcmp(have.mv_data, &format, sizeof(format)) != 0))
            rc = MDB_VERSION_MISMATCH;
    }
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

int knowledge_remove(const char *dir, struct err *e)
{
    static const char *const file[] = {"data.mdb", "lock.mdb"};
    char path[4096];
    for (size_t i = 0; i < ARRAY_LEN(file); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, file[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return err_sys(e, "cannot remove %s", path);
    }
    return 0;
}

int knowledge_open(struct knowledge **out, const char *dir, struct err *e)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return err_sys(e, "cannot make the folder %s", dir);
    struct knowledge *k = mem_zalloc(sizeof(*k));
    k->dir = mem_dup(dir, strlen(dir));
    k->scratch = BUF_INIT(64 * MIB);
    int rc = mdb_env_create(&k->env);
    if (rc == 0)
        rc = mdb_env_set_mapsize(k->env, MAP_SIZE);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(k->env, KNOWLEDGE_TABLES);
    if (rc == 0)
        rc = mdb_env_open(k->env, dir, MDB_NOTLS, 0600);
    int dead; /* readers that were killed; they would keep old pages in use for ever */
    if (rc == 0)
        rc = mdb_reader_check(k->env, &dead);
    if (rc == 0)
        rc = open_tables(k);
    if (rc) {
        rc = knowledge_fail(k, rc, e);
        knowledge_close(k);
        return rc;
    }
    *out = k;
    return 0;
}

void knowledge_close(struct knowledge *k)
{
    if (!k)
        return;
    knowledge_abort(k);
    knowledge_read_end(k);
    if (k->env)
        mdb_env_close(k->env);
    map_release(&k->kev_seen);
    buf_release(&k->scratch);
    free(k->dir);
    free(k);
}

int knowledge_begin(struct knowledge *k, struct err *e)
{
    if (k->write)
        return err_set(e, ERR_INTERNAL, "%s: a batch is open already", k->dir);
    int rc = mdb_txn_begin(k->env, NULL, 0, &k->write);
    return rc ? knowledge_fail(k, rc, e) : 0;
}

int knowledge_commit(struct knowledge *k, struct err *e)
{
    int rc = mdb_txn_commit(k->write);
    k->write = NULL;
    return rc ? knowledge_fail(k, rc, e) : 0;
}

void knowledge_abort(struct knowledge *k)
{
    if (k->write)
        mdb_txn_abort(k->write);
    k->write = NULL;
    k->kev_full = (struct str){0};
    map_release(&k->kev_seen);
}

int knowledge_clear(struct knowledge *k, struct err *e)
{
    int rc = knowledge_begin(k, e);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < TABLE_META; i++)
        rc = mdb_drop(k->write, k->table[i], 0);
    if (rc == 0)
        return knowledge_commit(k, e);
    knowledge_abort(k);
    return knowledge_fail(k, rc, e);
}

int knowledge_read_begin(struct knowledge *k, struct err *e)
{
    if (k->read)
        return 0;
    int rc = mdb_txn_begin(k->env, NULL, MDB_RDONLY, &k->read);
    return rc ? knowledge_fail(k, rc, e) : 0;
}

void knowledge_read_end(struct knowledge *k)
{
    if (k->read)
        mdb_txn_abort(k->read);
    k->read = NULL;
}

uint64_t knowledge_generation(const struct knowledge *k)
{
    return k->read ? mdb_txn_id(k->read) : 0;
}

int knowledge_stat(struct knowledge *k, struct knowledge_stat *out, struct err *e)
{
    MDB_stat st[KNOWLEDGE_TABLES];
    for (size_t i = 0; i < KNOWLEDGE_TABLES; i++) {
        int rc = mdb_stat(k->read, k->table[i], &st[i]);
        if (rc)
            return knowledge_fail(k, rc, e);
    }
    MDB_envinfo info;
    mdb_env_info(k->env, &info);
    *out = (struct knowledge_stat){.vuln_states = st[TABLE_VULN].ms_entries,
                                   .products = st[TABLE_PRODUCT].ms_entries,
                                   .kev = st[TABLE_KEV].ms_entries,
                                   .epss = st[TABLE_EPSS].ms_entries,
                                   .bytes = (uint64_t)(info.me_last_pgno + 1) * st[0].ms_psize};
    return 0;
}
