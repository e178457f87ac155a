/* round.h — today's list 巡回: what was heard, why it is urgent, which machines, by when, what next.
 *
 * Built from the findings of stage_identify: notices that speak of the same
 * vulnerabilities are one item; vulnerabilities no notice speaks of are one item
 * a product. What has machines stays on the list until it is settled; what has
 * none is told once, while it is news. Nothing is left out in silence: what is
 * below the threshold is counted.
 */
#ifndef TOBAN_LOOP_ROUND_H
#define TOBAN_LOOP_ROUND_H

#include "loop/stage_identify.h"

enum round_level {
    ROUND_QUIET, /* heard; nothing of ours, not urgent */
    ROUND_HEARD, /* urgent, and no machine of the ledger fits */
    ROUND_LATER, /* machines, with regular updates */
    ROUND_SOON,  /* within 14 days */
    ROUND_NOW    /* within 3 days, exploited, or called for at once */
};
const char *round_level_name(enum round_level l); /* "now", "soon", …: never translated */

struct round_machine {
    const struct ledger_asset *asset;
    enum finding_status status; /* the worst of its findings */
    const struct identify_finding **finding;
    size_t finding_n;
};

struct round_item {
    enum round_level level;
    const uint32_t *notice, *vuln; /* indices; notice[0] is the one to show */
    size_t notice_n, vuln_n;
    struct str title;
    struct str quote, signal, by; /* the sentence, what it says, whose */
    bool exploited, urgent, listed;
    bool news; /* a notice or vulnerability of it became known in the window */
    const struct decision *decision; /* the most pressing; NULL without machines */
    struct round_machine *machine;   /* affected first, then possible, unknown, not affected */
    size_t machine_n;
    int64_t affected, possible, unknown, cleared; /* machines, batch rows counted in full */
    int64_t exposed, contractor;                  /* of those not cleared */
    struct str place, organisation;               /* joined, at most a few */
    struct str next;                              /* what to do, in the thread's language */
};

struct round_result {
    struct round_item *item; /* most pressing first */
    size_t n;
    size_t count[ROUND_NOW + 1];
    size_t notices;        /* heard in the window */
    size_t unassessed;     /* of them, not judged */
    struct identify_result found;
};

int round_build(const struct world *w, const struct fleet *f, const struct stage_identify_options *o, struct arena *a,
                struct round_result *out, struct err *e) MUST_CHECK;
/* What to do about one item; used by round_build. */
struct str round_next(const struct round_item *it, struct arena *a);

#endif
