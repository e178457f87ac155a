/* source.h — what a feed is: one const struct in one file of feeds/, one line in source_list.h.
 *
 * A feed is a quiet room: it says which requests to make and turns bytes into
 * records. It opens no socket, reads no clock (the caller gives the time),
 * touches no database. The round (round.c) performs the requests, from https://,
 * file:// or a mirror directory, spools the bytes and stores the records.
 *
 * A visit: plan() puts the first requests; parse() is given each answer and may
 * put more (next page, the page behind a title, the document behind a list).
 * Duplicated URLs within a visit are dropped by the round.
 */
#ifndef TOBAN_COLLECT_SOURCE_H
#define TOBAN_COLLECT_SOURCE_H

#include "base/base.h"
#include "model/model.h"

enum source_kind {
    SOURCE_NOTICE,    /* advisory notices: words for people */
    SOURCE_VULN,      /* records about vulnerabilities */
    SOURCE_ASSERTION  /* KEV, EPSS: one list, wherever it comes from */
};

/* What the round knows from earlier visits, as the feed last left it. */
struct feed_state {
    when_t now;
    when_t last_ok;      /* end of the last complete visit; WHEN_NONE at first */
    struct str cursor;   /* whatever the feed put by sink->cursor at the last complete visit */
    struct str url;      /* the address from the configuration, or default_url */
    struct str account;  /* x: user name */
    bool have_key;       /* a key or token is configured (the round adds the header itself) */
};

struct feed_request {
    struct str url;
    struct str accept;   /* Accept header, "" = any */
    struct str kind;     /* the feed's own word, handed back to parse: "list", "page", "doc", "meta" */
    struct str context;  /* the feed's own bytes, handed back to parse (id of the notice, …) */
    bool optional;       /* a failure is a warning, not a failed visit (the page behind a title) */
    bool steers;         /* its answer matters for what it asks for next: read it even when its bytes are known
                            or the server says "not modified", for a request it made may have failed last time */
};

struct feed_input {
    struct str url, kind, context; /* of the request; kind "file" for a file of a mirror directory that no request asked for: tell by content */
    struct str content_type;       /* header, may be "" */
    when_t fetched;                /* when the bytes came; for mirror files their modification time */
    struct stream *stream;         /* the bytes, unpacked; borrowed */
    struct str cursor;             /* as it stands now: put in this visit, else by the last complete one; may be "" */
};

/* Where a feed puts what it finds. Callbacks copy what they keep; a negative
 * return ends the parse with that code. */
struct feed_sink {
    void *ctx;
    int (*notice)(void *ctx, const struct notice *n, struct err *e);
    int (*vuln)(void *ctx, const struct vuln *v, struct err *e);
    int (*kev)(void *ctx, const struct kev *k, struct err *e);
    int (*epss)(void *ctx, const struct epss *s, struct err *e);
    /* The document lists everything there is (KEV, EPSS of one day). Call before the first record. */
    int (*full_list)(void *ctx, struct err *e);
    /* A record that cannot be read: its bytes and the reason. Never fatal. */
    void (*bad)(void *ctx, struct str bytes, const char *reason);
    /* A count the document states about itself; checked against what was given (records good and bad). */
    void (*stated_count)(void *ctx, uint64_t count);
    int (*request)(void *ctx, const struct feed_request *r);
    /* Kept when the visit completes; a visit that puts none leaves none, so plan() puts the old one again. */
    void (*cursor)(void *ctx, struct str cursor);
    /* The document says when it was made (catalogue date, lastModified of the feed). */
    void (*document_time)(void *ctx, when_t when);
};

struct source {
    const char *name;        /* "jpcert": the word for the command line and the configuration */
    const char *title;       /* TR("…") */
    enum source_kind kind;
    const char *publisher;   /* "JPCERT/CC" */
    bool trusted;            /* a statement of exploitation counts as evidence for decisions */
    const char *default_url; /* NULL: none; the source is off until the user gives one */
    const char *key_header;  /* header that carries the configured key ("apiKey", "Authorization"), or NULL */
    unsigned period_min;     /* visit when older than this, minutes */
    unsigned stale_hours;    /* older than this: answers that depend on it are not trustworthy */
    unsigned min_gap_ms;     /* between two requests to this host */
    uint64_t min_records;    /* fewer in a full document: the guard refuses it; 0 = no floor */
    unsigned max_shrink_pct; /* a full document may shrink by this much; 100 = any */
    unsigned page_max;       /* requests in one visit, a stop against loops */
    bool retracts;           /* what its full list no longer holds is taken back (KEV); without it a list is one of
                              * many days (EPSS), and an older one is history that replaces nothing */
    bool needs_key;          /* answers nobody without a key: the source is off until one is configured */
    const char *fallback_url; /* the same document elsewhere, tried when default_url cannot be had; or NULL */
    int (*plan)(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e);
    int (*parse)(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e);
    /* For files of a mirror: does this content look like mine? head = the first 4 KiB. */
    bool (*sniff)(struct str head, const char *file_name);
};

#endif
