/* guard.h — may a document replace what we hold? And is what we hold fresh? Pure.
 *
 * A feed that answers 200 with half of its list, with a page for people, or with
 * last year's copy must not take away what we knew: the guard refuses, the last
 * good data stay, and the sentence says why and what to do.
 */
#ifndef TOBAN_COLLECT_GUARD_H
#define TOBAN_COLLECT_GUARD_H

#include "base/base.h"
#include "collect/source.h"

#define GUARD_TEXT 512
#define GUARD_BAD_PCT 20    /* more records than this share unreadable: refuse ... */
#define GUARD_BAD_FLOOR 10  /* ... when at least so many were seen; below, only if none was good */
#define GUARD_SILENT_DAYS 30 /* vulnerability data whose newest record is older is a mirror left behind */

/* What a visit's document held. */
struct guard_seen {
    uint64_t good, bad; /* records read, records set aside */
    bool stated;        /* the document states a count (feed_sink.stated_count): */
    uint64_t stated_count;
    bool full;          /* everything the source has (full_list, a whole feed); false: a window of changes,
                         * where few or no records are normal: floor and shrinking do not apply */
    when_t newest;      /* newest record; WHEN_NONE = not known */
    when_t document;    /* document_time; WHEN_NONE = not stated */
};

/* The last full document that was accepted. */
struct guard_last {
    bool any; /* false: there was none; nothing to compare with */
    uint64_t records;
    when_t newest, document;
};

enum guard_verdict {
    GUARD_ACCEPT,
    GUARD_EMPTY,     /* a full document without a record */
    GUARD_COUNT,     /* states another count than it holds */
    GUARD_BAD,       /* too many records that cannot be read */
    GUARD_FLOOR,     /* fewer than source.min_records */
    GUARD_SHRUNK,    /* fewer than source.max_shrink_pct allows */
    GUARD_BACKWARDS  /* older than the one we hold */
};

/* text: the reason in the thread's language, "" for GUARD_ACCEPT. */
enum guard_verdict guard_judge(const struct source *s, const struct guard_last *last, const struct guard_seen *seen,
                               char text[GUARD_TEXT]);

enum guard_age {
    GUARD_FRESH,
    GUARD_STALE, /* answers that depend on it are not trustworthy (exit 3) */
    GUARD_NEVER  /* no visit ever succeeded */
};

/* Stale when the last complete visit is older than source.stale_hours (0 = never stale), when it lies
 * more than a day in the future (the clock was wrong then or is now), or when vulnerability data hold
 * nothing newer than GUARD_SILENT_DAYS. Notices may be silent for long. text always says something. */
enum guard_age guard_age(const struct source *s, when_t last_ok, when_t newest, when_t now, char text[GUARD_TEXT]);

#endif
