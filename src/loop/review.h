/* review.h — the organisation's own readiness 自己点検: each line measured from its data.
 *
 * review_load reads what the measures look at into struct review_facts; the caller adds what
 * belongs to the ledger. The measures are pure: facts in, a mark out. A line is one const
 * struct in one of the files review_*.c, and one line of review_list.h.
 *
 * A mark is measured (0 to 100), unknown (the data that would tell is missing: it counts as
 * 0, and is never called good), or empty (there is nothing of the kind, so nothing is said:
 * its weight is left out). Weights are in percent of the whole.
 */
#ifndef TOBAN_LOOP_REVIEW_H
#define TOBAN_LOOP_REVIEW_H

#include "codec/json.h"
#include "loop/stage_collect.h"
#include "loop/stage_remediate.h"
#include "store/contain_store.h"

#define REVIEW_DAYS 30         /* visits and rounds are counted over */
#define REVIEW_DAYS_LEAST 7    /* and tell nothing before so many */
#define REVIEW_NOTICE_DAYS 90  /* notices are looked at */
#define REVIEW_YEAR 365        /* plans, patches, exercises */
#define REVIEW_UNPROVED_DAYS 7 /* a patch may wait for its proof */
/* The action of the audit row that an exercise of the emergency patch, with people, leaves. */
#define REVIEW_EXERCISE_ACTION "drill.exercised"
#define REVIEW_NEVER INT64_MIN /* a day that is none */

enum review_state { REVIEW_MEASURED, REVIEW_UNKNOWN, REVIEW_EMPTY };
const char *review_state_name(enum review_state s); /* "measured" "unknown" "empty" */

struct review_mark {
    enum review_state state;
    int score;        /* 0 to 100 when measured, else 0 */
    struct str value; /* what was measured, in words; or why it could not be */
    struct str next;  /* what to do, with the command to type; "" when nothing is left */
};

/* ---- what is looked at ---- */

/* Days are counted back from today in the site's zone: bit 0 is today. */
struct review_source {
    struct str name;
    unsigned period_days; /* at least 1: as often as a visit is due */
    int64_t first;        /* day of the first visit, whatever its outcome; REVIEW_NEVER */
    uint64_t good;        /* days with a good visit */
    enum guard_age age;
};
struct review_urgent { /* a notice that speaks of exploitation or urgency, and touches machines */
    int64_t notice;
    struct str title;
    when_t heard;
    when_t opened; /* a case of it; WHEN_NONE: none */
};
struct review_exposed { /* machines of an open case that stand at a contractor */
    struct str organisation;
    int64_t case_id;
};
struct review_window { /* from the first known exploitation to the opening of the case */
    struct str vuln;
    int64_t case_id, days;
};
struct review_ledger { /* filled by the caller */
    int64_t assets, answerable, components, unnamed, unversioned, no_component;
    int64_t no_exposure, no_purpose, no_owner, old;
    when_t newest_import;
    struct str asked; /* the product that was asked for; "": none could be */
    int64_t asked_rows;
    uint64_t asked_ns;
};

struct review_facts {
    when_t now;
    int64_t today;
    int zone_s;
    int case_hours, contact_days, log_days; /* settings; log_days 0: not stated */
    struct str notify;                      /* setting: who is told; "" */
    struct review_source *source;           /* those that are on */
    size_t source_n;
    uint64_t round_days, business_days; /* of the last REVIEW_DAYS days */
    int64_t first_round;
    int64_t notices; /* heard within REVIEW_NOTICE_DAYS */
    struct review_urgent *urgent;
    size_t urgent_n;
    struct review_ledger ledger;
    struct str *contractor; /* in the ledger, each once */
    size_t contractor_n;
    struct contact *contact;
    size_t contact_n;
    struct case_file *file;
    size_t file_n;
    struct review_exposed *exposed;
    size_t exposed_n;
    struct enquiry *enquiry;
    size_t enquiry_n;
    struct review_window *window;
    size_t window_n;
    when_t exercised; /* the last exercise on live machines; WHEN_NONE: never */
    int64_t audit_rows, audit_broken;
};

struct review_first { /* when exploitation is first known to have happened */
    struct str cve;
    when_t from;
};
struct review_settings {
    int case_hours, contact_days, log_days;
    struct str notify;
    const struct calendar *calendar;
    const struct world_source *source;
    size_t source_n;
    const struct review_first *first;
    size_t first_n;
};
/* Everything but ledger. In the arena. */
int review_load(const struct world *w, const struct fleet *f, const struct review_settings *s, when_t now,
                struct arena *a, struct review_facts *out, struct err *e) MUST_CHECK;

/* ---- lines ---- */

struct review_line {
    const char *name;   /* "source_daily": never translated */
    const char *title;  /* TR: as a question */
    const char *reason; /* TR: why it counts */
    int weight;         /* percent */
    struct review_mark (*measure)(const struct review_facts *f, struct arena *a);
};
extern const struct review_line *const review_lines[]; /* NULL at the end, in the order of the loop */

#define REVIEW_LINES_MAX 64
struct review {
    const struct review_line *line[REVIEW_LINES_MAX];
    struct review_mark mark[REVIEW_LINES_MAX];
    size_t n;
    int score;                    /* 0 to 100 */
    int measured, unknown, empty; /* weights */
    size_t measured_n, unknown_n, empty_n;
};
void review_measure(const struct review_facts *f, struct arena *a, struct review *out);
/* Lines measured below that mark; unknown and empty ones are none. */
size_t review_below(const struct review *r, int mark);
/* Of the marks: those unknown weigh with 0, those empty not at all. 0 when nothing was measured. */
int review_score(const struct review_line *const *line, const struct review_mark *mark, size_t n);
/* As kept in fact_review: [{"line","state","score","weight","value","reason","next"}]. */
void review_json(const struct review *r, struct json_writer *w);

#endif
