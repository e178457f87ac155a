/* pack_yara.h — YARA rules, compiled and run in processes of their own.
 *
 * libyara 4.2.3 can die of hostile rules and files (a division it does not guard, a failed assertion). So toban itself
 * never calls it: rules are compiled in a child that hands back their names and the compiled bytes; scanning is done
 * by hosts, processes that take an open file and answer with the rules that hit. Children have no use for the
 * network, write nothing, ignore ctrl-C (their parent decides) and end with their parent.
 *
 * A pool is one small process forked while toban has one thread; it forks the hosts, also those that replace one
 * that died. Threads: pool_new before the threads, pool_free after; a host belongs to one thread.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_YARA_H
#define TOBAN_INVESTIGATE_PACKS_PACK_YARA_H

#include "investigate/packs/pack.h"

struct pack_yara_pool;
struct pack_yara_host;

/* Borrows the packs. */
int pack_yara_pool_new(struct pack_yara_pool **out, const struct pack *const *pack, size_t n, struct err *e) MUST_CHECK;
void pack_yara_pool_free(struct pack_yara_pool *p);

/* Its process starts with the first scan. stop (NULL) is asked while waiting. */
struct pack_yara_host *pack_yara_host_new(struct pack_yara_pool *p, bool (*stop)(void *ctx), void *ctx);
void pack_yara_host_free(struct pack_yara_host *h);
/* The rules of pack number i over a regular file of at most max bytes. 0; ERR_LIMIT when the file is longer or the time
 * was up; ERR_INTERNAL when the process died on this file (the next scan starts another one; after
 * PACK_YARA_DEATHS in a row none is started); ERR_CONFLICT when stop said so; ERR_IO. */
#define PACK_YARA_DEATHS 25
int pack_yara_host_scan(struct pack_yara_host *h, size_t i, int fd, size_t max, const struct pack_yara_file *file, int timeout_s,
                        void (*hit)(void *ctx, const struct pack_yara_hit *y), void *ctx, struct err *e) MUST_CHECK;
/* Number of the host's process, 0 when none runs. */
int pack_yara_host_pid(const struct pack_yara_host *h);

#endif
