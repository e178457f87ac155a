/* identify_parts.h — shared by the files of stage_identify only. */
#ifndef TOBAN_LOOP_IDENTIFY_PARTS_H
#define TOBAN_LOOP_IDENTIFY_PARTS_H

#include "codec/json.h"
#include "loop/stage_identify.h"

#define IDENTIFY_NOTICES 50000
#define NO_NOTICE UINT32_MAX

/* One pair to look at: a vulnerability and a product of the fleet. */
struct candidate {
    uint32_t vuln, key, notice; /* notice: the newest that names the product; NO_NOTICE */
    uint32_t oldest;            /* and the oldest */
    bool indexed;               /* knowledge lists the product under this vulnerability */
    bool alone;                 /* a notice names the product in its title or list, and no record of the notice's
                                 * vulnerabilities speaks of it: what is said of other products clears nothing */
};

struct identify_run {
    const struct world *w;
    const struct fleet *f;
    const struct stage_identify_options *o;
    struct arena *a;      /* of the result */
    struct arena scratch; /* of one vulnerability */
    struct identify_result *out;
    VEC(struct candidate) cand;
    VEC(struct identify_vuln) vuln;
    VEC(struct identify_finding) finding;
    struct map vuln_index, cand_index;
    struct map spoken; /* "KEY ID" for each product named in a notice; "KEY" itself once it was looked up */
    bool kev_consulted;
    /* by struct fleet_item.same, for the vulnerability at hand */
    uint32_t *stamp;
    struct verdict *verdict;
    bool *undecided;
};

int identify_notices(const struct world *w, const struct stage_identify_options *o, struct arena *a,
                     struct identify_result *out, struct err *e) MUST_CHECK;
/* Does the notice say that this vulnerability is exploited? */
bool identify_says_exploited(const struct identify_notice *n, struct str cve);
/* The quoted sentence to show, and which signal it carries; empty when there is none. */
struct str identify_quote(const struct identify_notice *n, struct str *signal);

/* Fills run->cand and run->vuln. */
int identify_candidates(struct identify_run *r, struct err *e) MUST_CHECK;
/* The decision for each exposure and status; in run->a. */
int identify_decide(struct identify_run *r, struct identify_vuln *v, const struct known_vuln *record, size_t n,
                    const struct decision *(*table)[3][4], struct err *e) MUST_CHECK;

#endif
