/* drill.h — replays a drill against the ledger, day by day, with the code of a round.
 *
 * What the pack holds is put into a scratch store and knowledge (the world given), each thing
 * with the moment since when it could be known; then each day of the drill has its round at
 * the hour given, as of that moment. A day on which nothing was published changes nothing and
 * is counted as quiet. The fleet may come from another store; it is only read.
 *
 * When a machine would have been safe, under these assumptions:
 *   - the ledger is as it is now;
 *   - nothing is begun before the round that names the machine, nor before the fix that its
 *     finding names can be had (blocks "fix" of the pack, else the milestone "patch");
 *   - named among what is to be done now: fixed `assume_hours` later, or in the next patch window
 *     if that ends sooner; named for later: in the next patch window; without windows, at the
 *     deadline of its decision. Freezes shut windows, not emergencies.
 *   - a machine that could not be told counts like an affected one, and is marked.
 */
#ifndef TOBAN_LOOP_DRILL_H
#define TOBAN_LOOP_DRILL_H

#include "loop/drill_pack.h"
#include "loop/round.h"
#include "remediate/window.h"

struct drill_options {
    int hour;         /* of the round, in the site's zone */
    int assume_hours; /* from being told to fixed, in an emergency */
    int news_days;    /* as the setting round.days */
    const struct world_source *source; /* as configured: what is off is not heard */
    size_t source_n;
    /* The next patch window that is not over at `from`; false when there is none. */
    bool (*next_window)(void *ctx, when_t from, struct window_span *out);
    void *ctx;
};

enum drill_heard_how {
    DRILL_HEARD,
    DRILL_MUTED,  /* the source is off in the settings */
    DRILL_NOT_OURS /* toban has no source that carries it: told as a circumstance */
};
struct drill_heard {
    const struct drill_notice *n;
    enum drill_heard_how how;
    when_t round;
    bool exploited, urgent;   /* as judged by the rules in force */
    struct str quote, signal;
};

/* One machine (row of the ledger) that the drill's vulnerabilities concern, or may concern. */
enum drill_fate {
    DRILL_FIXED_ALREADY, /* not affected from the first word on */
    DRILL_CLEARED,       /* named, and found not affected later */
    DRILL_AFFECTED,
    DRILL_POSSIBLE,      /* by its product's name only */
    DRILL_CANNOT_TELL,   /* the ledger lacks what would tell */
    DRILL_NEVER_HEARD    /* its product was not identified: no round would have named it */
};
const char *drill_fate_name(enum drill_fate f); /* never translated */

struct drill_machine {
    const struct ledger_asset *asset;
    enum drill_fate fate;
    struct str written;  /* the component in question, as written */
    struct str vuln;     /* CVEs that apply, blanks between */
    when_t told;         /* the round that named it; WHEN_NONE */
    when_t fix;          /* when its fix could be had; WHEN_NONE: no fix known in the drill */
    when_t deadline;     /* of the decision when told; WHEN_NONE */
    struct str outcome;  /* of the table: "3DF" */
    bool emergency, forensic;
    when_t safe;         /* WHEN_NONE: not within what can be planned; told machines only */
    when_t cleared;      /* DRILL_CLEARED */
    struct str fixed;    /* what fixes it, as found */
    struct str missing;  /* what to fill in */
    bool late;           /* past the directive's deadline */
};

struct drill_day {
    when_t round;
    size_t heard_first, heard_n;         /* into drill_result.heard */
    size_t milestone_first, milestone_n; /* into pack.milestone: since the round before */
    size_t question_first, question_n;
    size_t record_first, record_n;       /* into pack.record; some may be of sources that are off */
    bool ran;                            /* something became known, and the round was held */
    bool told;                           /* the list of that round speaks of the event */
    bool changed;                        /* what people are told is other than at the round before */
    enum round_level level;
    size_t named;                        /* machines named for the first time */
    int64_t affected, possible, unknown, cleared; /* machines, batch rows in full */
    when_t deadline;
    struct str outcome, title, by, quote, next;
    struct str *name;                    /* of those named for the first time, at most DRILL_NAMES */
    size_t name_n;
};
bool drill_day_quiet(const struct drill_day *d); /* nothing to show */
#define DRILL_NAMES 12

struct drill_result {
    const struct drill_pack *pack;
    struct drill_heard *heard; /* by time */
    size_t heard_n;
    struct drill_day *day;
    size_t day_n, quiet;
    struct drill_machine *machine; /* the latest to be safe first */
    size_t machine_n;
    size_t records_muted;          /* facts of sources that are off */
    struct str muted;              /* names of those sources, ", " between */
    when_t first_heard, first_matched, first_now; /* WHEN_NONE: never */
    when_t all_safe;               /* WHEN_NONE: some never, or there was nothing to make safe */
    size_t open;                   /* machines to be made safe */
    size_t late, unanswered;       /* past the deadline; that the ledger could not answer for */
    size_t unnamed, bare;          /* further rows with a name not identified, or without any software */
    size_t ledger_n;
};

/* Puts the pack into w's store and knowledge, and judges its notices. */
int drill_fill(const struct world *w, const struct drill_pack *p, const struct drill_options *o, struct err *e) MUST_CHECK;
/* The replay. knowledge_read_begin must not be in force. All in the arena. */
int drill_run(const struct world *w, const struct fleet *f, const struct drill_pack *p, const struct drill_options *o,
              struct arena *a, struct drill_result *out, struct err *e) MUST_CHECK;
/* Are notices judged as the pack says, in both languages? Appends a line for each that is not. */
int drill_check(const struct world *w, const struct drill_pack *p, struct buf *complaints, size_t *failed, struct err *e) MUST_CHECK;

#endif
