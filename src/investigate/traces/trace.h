/* trace.h — the contract of every reader of traces: event logs, web logs, syslog, exported events.
 *
 * One kind of trace is one file trace_NAME.c holding one `const struct trace_kind
 * trace_NAME`, and one line in trace_list.h. A reader recognises its format by
 * content (the file's name only breaks ties), reads it from the beginning to the
 * end in bounded memory, and hands out records: when, where in the file, and a flat
 * list of fields under the names the field uses ("EventID", "Channel", "cs-uri-stem",
 * "AnchorMailbox", the names of EventData). What to make of a record is not its business.
 *
 * Times are UTC; the text they were read from and how the zone is known go with
 * them. A reader never guesses a zone in silence: what has none is read in
 * trace_want.zone_s and marked TRACE_ZONE_ASSUMED.
 *
 * Damage is isolated: what cannot be read is reported with its place and reason,
 * counted in the coverage, and reading goes on behind it. read() fails only when
 * the input itself fails (I/O, a packed file that breaks off) or the sink says so.
 * All names, values and texts handed out are well-formed UTF-8.
 *
 * Pure: no clock, no socket, no database; the input is opened by the caller.
 * Threads: a kind has no state; each read() call belongs to one thread.
 */
#ifndef TOBAN_INVESTIGATE_TRACES_TRACE_H
#define TOBAN_INVESTIGATE_TRACES_TRACE_H

#include "base/base.h"

struct stream;
struct trace_text_kind;

#define TRACE_HEAD (64 * KIB) /* give sniff() so much of the (unpacked) beginning when there is so much */
#define TRACE_BATCH 64        /* most records in one call of the sink */

/* How the zone of a time is known. */
enum trace_zone {
    TRACE_ZONE_NONE,   /* no time at all */
    TRACE_ZONE_FORMAT, /* the format prescribes UTC (EVTX, IIS, HttpProxy) */
    TRACE_ZONE_STATED, /* the record says it ("Z", "+09:00") */
    TRACE_ZONE_FILE,   /* a header of the file says it */
    TRACE_ZONE_ASSUMED /* nobody says it: the zone of trace_want was taken */
};

struct trace_field {
    struct str name, value; /* a name may come more than once (unnamed Data): each is a value of it */
};

/* All memory belongs to the reader and is valid until the sink returns. */
struct trace_record {
    uint64_t number; /* record id, or line number from 1 */
    uint64_t offset; /* of its first byte in the unpacked file */
    uint64_t bytes;
    when_t time;          /* WHEN_NONE when it has none */
    struct str time_text; /* as written, or as the format's own tools show it */
    enum trace_zone zone;
    const struct trace_field *field;
    size_t field_n;
    struct str text; /* the line as it stands; rendered (JSON) for a binary format, and then only if wanted */
    const char *damage; /* NULL; or why only a part of it could be read (translated) */
    bool recovered;     /* from space the log had given up: older than, or a copy of, its neighbours */
    bool cut; /* longer than LIMIT_LINE: only the beginning (or, in a block, the part around the hit) */
    const char
        *time_note; /* NULL, or what had to be concluded to get the time (the year, the date; translated) */
    when_t second;  /* 0, or what another clock of the same record says (UtcTime beside TimeCreated) */
};

/* Bytes that gave no record. */
struct trace_damage {
    uint64_t offset, bytes; /* bytes 0: nothing was lost, but something is not as it should be (checksum) */
    uint64_t number;        /* record id or line, 0 when unknown */
    const char *reason;     /* translated */
};

/* What was looked at. Zero it before the first file; several files may add up. */
struct trace_coverage {
    uint64_t bytes;         /* unpacked bytes read */
    uint64_t rows;          /* records seen, also those that were not wanted */
    uint64_t damaged;       /* places reported as damaged with bytes lost, and records read in part */
    uint64_t damaged_bytes; /* bytes that gave no record */
    uint64_t recovered;     /* rows marked recovered, not in the two times */
    uint64_t notes;         /* damage reported with bytes 0 */
    uint64_t cut;           /* rows longer than the limit, cut */
    uint64_t gaps, missing; /* jumps in the record numbers, and how many numbers they leave out */
    when_t first, last;     /* of the rows with a time; meaningful when timed > 0 */
    uint64_t timed;
    when_t silent_from,
        silent_to; /* longest time without a row between two rows of one text file; both 0: unknown */
};

/* What the caller needs; all zero: everything. A reader may hand out more. */
struct trace_want {
    const struct str *name; /* borrows: only these fields need be rendered */
    size_t name_n;
    const uint32_t *event; /* borrows: only records with these event ids (formats that have them) */
    size_t event_n;
    bool text;      /* render trace_record.text where it costs something */
    bool recovered; /* records from given-up space, too */
    int zone_s;     /* for times without a zone */
};

/* The caller's side. record: n (1..TRACE_BATCH) records; 0 to go on, else read() stops and
 * returns that value (make it negative, and say in ctx why). damage may be NULL. */
struct trace_sink {
    void *ctx;
    int (*record)(void *ctx, const struct trace_record *batch, size_t n);
    void (*damage)(void *ctx, const struct trace_damage *d);
};

/* What is read: a stream at its beginning, which every kind can read, or in its place
 * a plain file or memory, for the kinds that have a use for random access (EVTX). */
struct trace_input {
    const char *name;      /* for messages */
    struct stream *stream; /* borrows; NULL: fd or bytes */
    int fd;                /* borrows, a regular file; used when stream and bytes.p are NULL */
    struct str bytes;      /* borrows */
    when_t modified;       /* 0, or the time of the file: what writes no year gets the latest one before it */
};

struct trace_kind {
    const char *name;  /* "evtx": for options and output, never translated */
    const char *title; /* TR("…"): English for people, translated at use */
    /* How surely head (the first TRACE_HEAD unpacked bytes or all there is) is of this kind,
     * 0 (no) to 100 (a magic number); file_name is the last part of the path, maybe "". */
    int (*sniff)(struct str head, struct str file_name);
    /* Reads all of it. 0, the sink's value, or a negative err_code. coverage is added to. */
    int (*read)(const struct trace_input *in, const struct trace_want *want, const struct trace_sink *sink,
                struct trace_coverage *coverage, struct err *e);
    const struct trace_text_kind *text; /* how its lines are read, for trace_text.h; NULL: not a text */
};

/* First value of a field by exact name, or an empty view with p NULL. "Provider_Name" finds "Provider". */
struct str trace_field(const struct trace_record *r, const char *name);
/* The kind with the highest sniff; NULL when none recognises it. */
const struct trace_kind *trace_sniff(struct str head, struct str file_name);
const struct trace_kind *trace_by_name(struct str name);
/* For readers: widens first..last. WHEN_NONE is passed over. */
void trace_coverage_time(struct trace_coverage *c, when_t t);
/* Adds b to *a. */
void trace_coverage_add(struct trace_coverage *a, const struct trace_coverage *b);

#endif
