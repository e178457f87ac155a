/* scan_in.h — what the threads of a sweep share, and what each has. Not for others. */
#ifndef TOBAN_INVESTIGATE_SCAN_IN_H
#define TOBAN_INVESTIGATE_SCAN_IN_H

#include <pthread.h>
#include <stdio.h>
#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_yara.h"
#include "investigate/scan_hash.h"
#include "investigate/scan_journal.h"
#include "investigate/scan_layout.h"
#include "investigate/scan_match.h"
#include "investigate/scan_must.h"
#include "investigate/scan_names.h"
#include "investigate/traces/trace_text.h"
#include "investigate/sweep.h"

#define SCAN_BLOCK (256 * KIB)
#define SCAN_QUEUE 64
#define SCAN_TEXT_KINDS 32

struct scan_job {
    int fd; /* -1: cannot be opened; its name counts even so */
    bool directory, atime;
    char *path; /* owns */
    size_t root_n;
    uint32_t asset;
    struct stat st;
};

/* The patterns that concern one kind of log; match NULL: all of them. */
struct scan_text_db {
    const struct trace_kind *kind;
    struct scan_match *match;
    struct pack_pattern *patterns;
};

/* What a thread learns, by asset. */
struct scan_learnt {
    struct coverage *cover;
    struct map *hosts, *clocks;
    when_t *newest;
};

/* Read-only for the threads, but for the atomics and the queue. */
struct scan_shared {
    const struct sweep_options *o;
    struct sweep *sweep;
    const struct pack_eval *eval;
    struct scan_names *path;
    struct scan_match *file, *text;
    struct scan_must *must;
    struct scan_layout *layout;
    struct scan_journal *journal; /* NULL: none is kept */
    struct scan_text_db text_db[SCAN_TEXT_KINDS]; /* under text_lock while one is made */
    pthread_mutex_t text_lock;
    unsigned hash_kinds;
    bool yara, records; /* some pack has such */
    struct pack_yara_pool *yara_pool; /* NULL without such rules */
    struct coverage *cover; /* of the walk, by asset */
    atomic_bool stop;
    atomic_ullong bytes, files, hits, kept, queued;
    uint64_t began;
    pthread_mutex_t lock;
    pthread_cond_t room, work, idle;
    struct scan_job job[SCAN_QUEUE];
    size_t head, job_n;
    bool closed;
    unsigned running;
    char at[512]; /* where the walk is, under lock */
};

struct scan_worker {
    struct scan_shared *sh;
    pthread_t thread;
    struct scan_scratch *scratch;
    struct scan_names_found names; /* candidates for a path */
    struct scan_hash hash;
    struct pack_yara_host *yara; /* NULL without such rules */
    char *block; /* owns SCAN_BLOCK */
    struct arena a;       /* texts of sightings: lives as long as the sweep */
    struct arena scratch_a;
    VEC(struct sighting) sighting;
    struct coverage *cover; /* by asset */
    struct map *hosts;      /* by asset */
    struct map *clocks;     /* by asset: minutes of difference as text → records */
    when_t *newest;
    uint64_t stock, beyond; /* hits on the vendor's own files; sightings only counted */
    uint64_t taken_bytes;   /* read by an earlier run */
    /* with a journal: the four above apart for the file at hand, and the rest as it was before it */
    struct scan_learnt kept, fresh;
    uint64_t kept_stock, kept_beyond, kept_charged;
    size_t kept_first;
    struct buf normal;
    const char *failed; /* why the thread could not start; NULL */
};

/* One thing being looked at: a file, or a member of an archive. */
struct scan_item {
    struct scan_worker *w;
    uint32_t asset;
    const char *path;  /* shown */
    const char *file;  /* on the disk: of a member, its archive */
    struct str normal; /* normal form */
    when_t modified;
    uint64_t size;
    unsigned nest;
    size_t first;      /* its sightings begin here in w->sighting */
    struct map count;  /* check → sightings in this file */
    unsigned char sha256[32];
    bool hashed;
};

bool scan_stopped(struct scan_shared *sh);
/* Counts bytes read and keeps to the limit. */
void scan_charge(struct scan_shared *sh, uint64_t n);
uint64_t scan_charged(void); /* by this thread */
void scan_merge_map(struct map *to, const struct map *from);

/* ---- sweep_conclude.c ---- */
/* clocks: for each asset, minutes between the two clocks of a record → records. */
void sweep_conclude(struct sweep *s, const struct map *clocks);

/* ---- scan_sight.c ---- */
/* Adds a sighting; record NULL: the file itself. */
struct sighting *scan_sight(struct scan_item *it, const struct pack_hit *h, const struct trace_record *rec, const char *kind);
void scan_item_begin(struct scan_item *it);
void scan_item_end(struct scan_item *it);
/* Appends s as UTF-8 without control characters or direction marks: what a stranger wrote must not act on a screen. */
struct str scan_clean(struct arena *a, struct str s, size_t max);

/* ---- scan_path.c ---- */
void scan_path_match(struct scan_item *it);
/* A path that a record names: what is looked for as a file was a file then. */
void scan_path_record(struct scan_item *it, struct str path, const struct trace_record *rec, const char *kind);

/* ---- scan_file.c ---- */
/* fd is at any position and stays open. */
void scan_file(struct scan_item *it, int fd);

/* ---- scan_hive.c ---- */
bool scan_hive_is(struct str head);
void scan_hive(struct scan_item *it, int fd);

/* ---- scan_archive.c ---- */
bool scan_archive_is(struct str head);
void scan_archive(struct scan_item *it, int fd);
/* Unpacks gzip or zstd into an unlinked temporary file; -1 after a skip was noted. */
int scan_archive_unpack(struct scan_item *it, int fd);

/* ---- scan_text.c ---- */
/* The database for logs of this kind, ready for this thread; NULL on failure. */
const struct scan_match *scan_text_for(struct scan_worker *w, const struct trace_kind *k, struct err *e);
void scan_text_release(struct scan_shared *sh);

/* ---- scan_trace.c ---- */
void scan_trace(struct scan_item *it, const struct trace_kind *k, int fd, bool packed);

#endif
