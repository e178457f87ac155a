/* sweep.h — 調査: was this machine already broken into?
 *
 * sweep_run() walks the roots, matches names, hashes, contents, log lines and records against the
 * packs, and gives three things: what was found, where and when (sightings); what could not be
 * looked at (coverage); and therefore what the verdict is. It never writes below a root, never follows a
 * link out of it, and reads with read(), not mmap.
 *
 * Every name is matched before any gate of size or type. A file is read once for hashes and
 * contents together; a log is then read by its reader. Packed files (gzip, zstd) and zip archives are
 * looked into, LIMIT_SWEEP_NEST deep.
 *
 * First the roots are walked by name to learn where things are (scan_layout.h); registry hives are searched when a
 * pack asks for keys, their transaction logs replayed into a copy. YARA rules run in processes of their own
 * (pack_yara.h), forked before the threads start. With a journal, a sweep that was killed goes on (scan_journal.h).
 *
 * Threads: sweep_run starts its own; call it from one thread; progress is called from that thread.
 * Results do not depend on the number of threads. Memory is bounded whatever the size of the input:
 * a few MiB a thread, the packs, and LIMIT_SWEEP_SIGHTINGS.
 */
#ifndef TOBAN_INVESTIGATE_SWEEP_H
#define TOBAN_INVESTIGATE_SWEEP_H

#include <stdatomic.h>
#include "base/base.h"
#include "investigate/baseline.h"
#include "investigate/chain.h"
#include "investigate/coverage.h"
#include "investigate/packs/pack.h"
#include "investigate/verdict.h"

/* How the time of a sighting is known. */
enum sighting_time {
    SIGHTING_TIME_NONE,
    SIGHTING_TIME_RECORD, /* from the record; zone says how its zone is known */
    SIGHTING_TIME_FILE    /* the file's modification time: attackers change it */
};

struct sighting {
    const struct pack *pack;
    const struct check *check;
    const struct indicator *indicator;
    enum indicator_level level;
    struct str cve;
    uint32_t asset;
    struct str path;     /* as given and found, fit for a screen; "archive.zip!member" */
    struct str file;     /* the file on the disk, byte for byte */
    uint64_t number;     /* record id or line; 0: the file itself */
    const char *kind;    /* of trace; NULL: a file */
    when_t time;         /* WHEN_NONE: unknown */
    enum sighting_time time_source;
    enum trace_zone zone;
    struct str time_text;
    when_t second;       /* what another clock of the same record says; 0: nothing */
    struct str excerpt;  /* UTF-8, at most LIMIT_SWEEP_EXCERPT */
    struct str found;    /* the value or file name that fits */
    struct str client, session, host; /* "" unknown */
    struct str group;    /* value of check->group_by */
    struct str note;     /* translated; "" */
    uint32_t more;       /* further sightings of this check in this file that were only counted */
    uint32_t chain;      /* number of its attack chain from 1; 0: in none */
    bool stage;          /* a stage of a sequence that was seen whole */
    bool hint;           /* carries no verdict alone */
};

struct sweep_asset {
    struct str name; /* the root as given */
    char drive;      /* letter it stands for, 0 */
    struct coverage coverage;
    struct map hosts;
    struct str host; /* when all records name one and the same */
    /* Difference between the two clocks of records that have two (UtcTime and TimeCreated). */
    int64_t clock_s;   /* second - time, rounded to minutes, in seconds; the most frequent */
    uint64_t clock_n, clock_of; /* records that show it, of so many with two clocks */
    when_t oldest, newest; /* file times: the newest says when the evidence was taken at the latest */
};

struct sweep_root {
    const char *path;
    char drive; /* 'c': the root is this drive's; 0: unknown */
    const char *folder; /* NULL, or the folder on Windows that the root is: "D:\\Exch\\V15", "%ExchangeInstallPath%" */
};
/* When exploitation of a vulnerability is first known. */
struct sweep_first {
    struct str cve;
    when_t from;
};
/* What the evidence itself says about where things are (layout.h). */
struct sweep_place {
    const char *kind;    /* "exchange", "iis-folder", "iis-logs", "folder" */
    struct str name;     /* build of Exchange; site and path; "" */
    struct str windows;  /* what the machine calls it */
    struct str path;     /* where it lies; "": not among the roots */
    const char *how;     /* "registry", "config", "found", "given" */
};
struct sweep_progress {
    uint64_t files, bytes, hits, queued_bytes, seconds_ms;
    const char *path; /* of the walk */
    bool walking;
};
struct sweep_options {
    const struct sweep_root *root;
    size_t root_n;
    const struct pack *const *pack;
    size_t pack_n;
    const struct baseline *baseline; /* NULL */
    when_t since;          /* first known exploitation of all; WHEN_NONE: as `first` says */
    const struct sweep_first *first;
    size_t first_n;
    unsigned threads;      /* 0: cores */
    uint64_t limit_bps;    /* bytes read a second; 0: no limit */
    int yara_s;            /* seconds a file may take; 0: 60 */
    int zone_s;            /* of times that state no zone */
    bool idle;             /* idle I/O class */
    bool plain;            /* without the pattern engine; for tests */
    const char *own;       /* a directory of ours that is passed over; NULL */
    const char *resume;    /* journal: made, or gone on with (scan_journal.h); NULL: none */
    const atomic_bool *cancel; /* NULL */
    void (*progress)(void *ctx, const struct sweep_progress *p);
    void *ctx;
};

struct sweep {
    struct arena a;
    const struct sweep_options *options; /* borrows */
    struct sweep_asset *asset;
    size_t asset_n;
    VEC(struct sighting) sighting; /* by asset, time, path, number; hints among them */
    uint64_t beyond;               /* sightings that were only counted */
    struct coverage_check *check;  /* for each asset all checks of all packs */
    size_t check_n;                /* a row of one asset */
    struct verdict_result *verdict;
    size_t verdict_n;
    struct chain *chain;
    size_t chain_n;
    struct coverage_window window;
    struct sweep_place *place;
    size_t place_n;
    struct str *layout_note; /* what could not be learnt about places; translated */
    size_t layout_note_n;
    struct str *not_evaluable; /* what the packs ask for and no sweep can tell */
    size_t not_evaluable_n;
    uint64_t stock;            /* hits on names that are the vendor's own files */
    uint64_t files, bytes, ns;
    uint64_t resumed;          /* files an earlier run had done */
    bool journal_failed;       /* the journal could not be written to the end */
    bool stopped;              /* broken off: partial */
    when_t at;
};

/* Fails only when nothing can be said (no root can be opened, a pack cannot be compiled).
 * now: for the report; the room has no clock. Free with sweep_free, also after a failure. */
int sweep_run(struct sweep *s, const struct sweep_options *o, when_t now, struct err *e) MUST_CHECK;
void sweep_free(struct sweep *s);

/* "record:format", "record:stated", "record:file", "record:assumed", "file:modified", "none". */
const char *sighting_time_name(const struct sighting *s);
size_t sweep_findings(const struct sweep *s); /* sightings that are no hints, at or over SCAN */

#endif
