/* evtx_reader.h — the state of a reader: where it is in the file and in its chunk. Not for others. */
#ifndef TOBAN_INVESTIGATE_TRACES_EVTX_READER_H
#define TOBAN_INVESTIGATE_TRACES_EVTX_READER_H

#include "investigate/traces/evtx_in.h"

struct evtx_run {
    uint64_t first, last; /* record ids */
};

struct evtx {
    struct evtx_source *source; /* owns */
    unsigned flags;
    const uint32_t *only; /* borrows */
    size_t only_n;
    uint64_t begin;     /* file offset of the first chunk */
    uint64_t next, end; /* file offsets: next chunk, end of the range */
    struct evtx_chunk chunk;
    bool in_chunk;
    uint32_t at;      /* in the chunk */
    uint32_t used;    /* end of the records, by the chunk's header */
    uint64_t last_id; /* of the record before, in this file order */
    VEC(struct evtx_run) run;
    bool in_slack;
    struct evtx_record note[3]; /* what there is to say about the chunk before its records */
    unsigned note_n, note_at;
    struct evtx_tree tree;
    struct evtx_stats stats;
};

/* ---- evtx_chunk.c ---- */
/* Makes the next chunk current. 1, 0 at the end, negative on failure. */
int evtx_reader_chunk(struct evtx *r, struct err *e) MUST_CHECK;
/* The next record of the chunk: its place in rec, and the end of its binary XML in *end;
 * EVTX_RECORD, EVTX_DAMAGE or EVTX_END. */
enum evtx_item evtx_reader_place(struct evtx *r, struct evtx_record *rec, uint32_t *end);

#endif
