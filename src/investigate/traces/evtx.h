/* evtx.h — Windows event logs (EVTX 3.x): our own reader, for logs that may be damaged or forged.
 *
 * The file is a header of 4 KiB and chunks of 64 KiB; every chunk is read by itself, so
 * a stale file header ("dirty"), a carved chunk without a file, a chunk with a wrong
 * checksum and a file that breaks off are all read as far as they go. Within a chunk a
 * record that cannot be read is set aside and reading goes on at the next magic
 * 2a 2a 00 00. Nothing but I/O failures ends the reading.
 *
 * Records are binary XML: templates and the values put into them. Templates are compiled
 * once a chunk; a value becomes text when it is asked for. Rendering is Windows': GUID
 * "{UPPER-CASE}", pointers and hex types "0x1f", times "2021-03-14T01:40:19.1234567Z",
 * binary in upper-case hex, booleans "true"/"false".
 *
 * Fields: of System "EventID", "Channel", "Computer", "EventRecordID", "Level", … and
 * attributes as Element_Attribute ("Security_UserID", "Execution_ProcessID"), but
 * Provider's name is "Provider" (looked up as "Provider_Name", too) and the time
 * "TimeCreated"; then <Data Name="X"> as "X", unnamed Data each as "Data", and below
 * UserData every element by its own name. xmlns is left out. A Data that is an array
 * gives one field for each item.
 *
 * Bounded: one chunk, its compiled templates, one record; limits LIMIT_EVTX_*. Never mmap.
 * Threads: one reader, one thread; several readers may share one file (evtx_share).
 */
#ifndef TOBAN_INVESTIGATE_TRACES_EVTX_H
#define TOBAN_INVESTIGATE_TRACES_EVTX_H

#include "base/base.h"

struct stream;
struct evtx; /* owns what it opened */

/* A file by path; gzip and zstd, pipes and "-" (standard input) are read as a stream. */
int evtx_open(struct evtx **out, const char *path, struct err *e) MUST_CHECK;
/* Borrows a regular file; read with pread, its position is not touched. */
int evtx_open_fd(struct evtx **out, const char *name, int fd, struct err *e) MUST_CHECK;
/* Borrows memory. */
int evtx_open_mem(struct evtx **out, const char *name, struct str bytes, struct err *e) MUST_CHECK;
/* Borrows a stream at its beginning. */
int evtx_open_stream(struct evtx **out, const char *name, struct stream *in, struct err *e) MUST_CHECK;
/* A second reader of the same file or memory for another thread; not for streams (ERR_USAGE).
 * Borrows r, which must outlive it. Begins at the first chunk with counters at 0. */
int evtx_share(struct evtx **out, const struct evtx *r, struct err *e) MUST_CHECK;
void evtx_free(struct evtx *r);

/* Chunks the file has room for; 0 for a stream. */
uint64_t evtx_chunks(const struct evtx *r);
/* Reads only chunks first..first+n-1; before the first evtx_next. Counters count these. */
void evtx_range(struct evtx *r, uint64_t first, uint64_t n);

enum evtx_flag {
    EVTX_NO_CRC = 1, /* do not compute checksums */
    EVTX_SLACK = 2   /* also records behind the end of a chunk's used part (recovered is set) */
};
void evtx_set(struct evtx *r, unsigned flags);
/* Only records with one of these event ids are given (and damaged ones whose id cannot be read), the
 * others only counted. Borrows. */
void evtx_only(struct evtx *r, const uint32_t *event, size_t n);

enum evtx_item {
    EVTX_END = 0,
    EVTX_RECORD = 1, /* rec is a record; rec->damage tells when a part is missing */
    EVTX_DAMAGE = 2  /* rec->offset, size, id (or 0) and damage describe bytes that gave no record */
};

struct evtx_record {
    struct evtx *reader;
    uint64_t id;     /* EventRecordID as in the record's header */
    uint64_t offset; /* in the file */
    uint32_t size;   /* bytes; for damage, bytes lost, 0 when only a checksum is wrong */
    when_t written;  /* time of the header: when the log service wrote it */
    when_t time;     /* System/TimeCreated, else written */
    uint32_t event_id;
    bool recovered;
    const char *damage; /* NULL, or the reason, translated */
};

/* The next item (enum evtx_item), or negative on I/O failure. rec is valid until the next call. */
int evtx_next(struct evtx *r, struct evtx_record *rec, struct err *e) MUST_CHECK;

/* First value of a field; false when there is none. Valid until the next evtx_next, NUL behind it. */
bool evtx_field(const struct evtx_record *rec, const char *name, struct str *value);
/* All fields in order. A value is rendered by evtx_field_value. */
size_t evtx_field_count(const struct evtx_record *rec);
struct str evtx_field_name(const struct evtx_record *rec, size_t i);
struct str evtx_field_value(const struct evtx_record *rec, size_t i);

/* Appends one JSON object (no newline):
 *   {"EventID":4624,"System":{"Provider":{"Name":…,"Guid":…},"EventID":4624,…},"EventData":{…}}
 * System: elements with attributes alone are objects; EventID's attribute is "EventID_Qualifiers".
 * EventData: an object by Name; unnamed Data are an array "Data"; a name that comes again makes an
 * array. UserData and what else an event carries (RenderingInfo, …): elements are objects, or plain
 * values when they have text alone; attributes beside child elements or text begin with "@", such text is
 * "#text". Integers are numbers, booleans true/false, an empty element null. */
int evtx_json(const struct evtx_record *rec, struct buf *out, struct err *e) MUST_CHECK;

struct evtx_stats {
    uint64_t bytes;         /* read */
    uint64_t chunks;        /* with their magic */
    uint64_t chunks_empty;  /* zeroed or never used */
    uint64_t chunks_bad;    /* without magic, or breaking off */
    uint64_t bad_checksum;  /* chunks whose header's or records' CRC is wrong */
    uint64_t records;       /* whole ones, recovered included */
    uint64_t damaged;       /* records read in part, and places with bytes lost */
    uint64_t damaged_bytes; /* of the latter */
    uint64_t recovered;
    uint64_t rows;              /* records and parts of records, wanted or not */
    uint64_t timed;             /* those with a time, recovered ones not counted */
    uint64_t first_id, last_id; /* lowest and highest record id; 0 when none */
    uint64_t gaps, missing;     /* holes between these, whatever the order in the file, and ids left out */
    when_t first, last;         /* lowest and highest time; WHEN_NONE when none */
    bool dirty, full;           /* flags of the file's header */
    bool no_header;             /* begins with a chunk, or with something else */
};
void evtx_stats(const struct evtx *r, struct evtx_stats *out);

/* For `toban evtx`: every whole record as JSON, in file order. json returns 0 to go on, else that
 * value is returned. Records read in part and lost bytes go to damage (may be NULL) and are counted. */
struct evtx_sink {
    void *ctx;
    int (*json)(void *ctx, struct str object);
    void (*damage)(void *ctx, const struct evtx_record *rec);
};
int evtx_export(struct evtx *r, const struct evtx_sink *sink, struct err *e) MUST_CHECK;

#endif
