/* stage_identify.h — findings: every vulnerability that may concern the fleet, against every component.
 *
 * Alike components are matched once and the answer fanned out. As of a moment:
 * only records, notices and KEV entries that could be known by then are looked at.
 */
#ifndef TOBAN_LOOP_STAGE_IDENTIFY_H
#define TOBAN_LOOP_STAGE_IDENTIFY_H

#include "assess/decide.h"
#include "loop/fleet.h"
#include "store/finding_store.h"
#include "store/notice_store.h"

/* A notice with its assessment. */
struct identify_notice {
    struct notice_rev rev;
    struct assessment as;
    bool assessed, trusted;
    struct str publisher;
    const struct json *evidence, *scope, *products; /* parsed, in the arena */
};

struct identify_finding {
    int64_t id; /* F-number; 0 while not numbered */
    const struct fleet_item *item;
    uint32_t vuln; /* index into identify_result.vuln */
    struct verdict v;
    const struct decision *decision; /* shared between alike findings */
    uint32_t notice; /* index of the notice it rests on, UINT32_MAX when none */
};

struct identify_vuln {
    struct str id;
    struct str title; /* of the best record or notice */
    when_t published;
    bool listed;      /* in KEV by then */
    bool exploited;   /* listed, or stated by a trusted notice */
    bool ranges;      /* some source states ranges by then */
    struct str cvss;  /* the vector that the decision looks at, as stated; "" when none */
    struct str cvss_source;
    double cvss_score;      /* overall; negative when there is none */
    struct epss epss;       /* by then; epss.cve empty when there is none */
    size_t first, n;  /* its findings */
};

struct identify_result {
    struct identify_notice *notice;
    size_t notice_n;
    struct identify_vuln *vuln;
    size_t vuln_n;
    struct identify_finding *finding; /* affected, possible, unknown; and not affected where a notice asked */
    size_t finding_n;
};

struct stage_identify_options {
    when_t as_of; /* notices, records and catalogues known by then */
    when_t since; /* what became known from then on is news (round.h); older findings stay open all the same */
    const struct world_source *source; /* for who is trusted */
    size_t source_n;
    struct str only_vuln; /* "" = all; else just this one */
};

int stage_identify_run(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                       struct arena *a, struct identify_result *out, struct err *e) MUST_CHECK;
/* Numbers and stores what was concluded, replacing what was concluded before. */
int stage_identify_store(const struct world *w, struct identify_result *r, when_t now, struct err *e) MUST_CHECK;

#endif
