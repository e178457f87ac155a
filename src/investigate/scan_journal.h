/* scan_journal.h — what a sweep has done, written as it goes, so that one that was killed can go on.
 *
 * A file of lines: checksum, key, JSON. The first says what the sweep is (packs by hash, roots, options, layout); the
 * others each hold all that one finished file gave: its sightings and its part of the coverage. Key is a hash of
 * asset and path, checksum the beginning of a SHA-256 of the rest. A line that is torn or does not add up does
 * not count: its file is done again, as is one whose size, times or inode differ.
 *
 * Memory: about 60 bytes for each line that is there when the sweep begins. One sweep at a time holds the file.
 * Threads: open and free in one; take, begin and end each for its own worker.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_JOURNAL_H
#define TOBAN_INVESTIGATE_SCAN_JOURNAL_H

#include <sys/stat.h>
#include "investigate/sweep.h"

struct scan_journal;
struct scan_worker;
struct scan_job;

/* Made when absent. ERR_CONFLICT when it belongs to another sweep (says in what) or another process has it. */
int scan_journal_open(struct scan_journal **out, const char *path, const struct sweep *s, struct err *e) MUST_CHECK;
void scan_journal_free(struct scan_journal *j);
/* True when st is the journal itself. */
bool scan_journal_is(const struct scan_journal *j, const struct stat *st);

/* Takes over what an earlier run learnt of this file; false: do it. */
bool scan_journal_take(struct scan_journal *j, struct scan_worker *w, const struct scan_job *job);
/* Between begin and end, what the worker learns is kept apart; end writes it (unless the sweep was stopped) and adds it. */
void scan_journal_begin(struct scan_journal *j, struct scan_worker *w, uint32_t asset);
void scan_journal_end(struct scan_journal *j, struct scan_worker *w, const struct scan_job *job);
uint64_t scan_journal_taken(const struct scan_journal *j); /* files */
bool scan_journal_failed(const struct scan_journal *j);    /* it could not be written: the next run does more again */

/* ---- scan_journal_line.c: one file as JSON and back ---- */

/* What a file gave. */
struct scan_journal_file {
    const char *path;
    const struct stat *st;
    uint32_t asset;
    const struct sighting *sighting;
    size_t sighting_n;
    const struct coverage *cover;
    const struct map *hosts, *clocks;
    when_t newest;
    uint64_t charged, stock, beyond;
};
void scan_journal_write(const struct scan_journal_file *f, const struct sweep_options *o, struct buf *out);
/* Fills the worker's parts from a line. False when it is about another state of the file, or cannot be read; then nothing
 * was changed. */
bool scan_journal_read(struct str json, const struct scan_job *job, struct scan_worker *w, uint64_t *charged);

#endif
