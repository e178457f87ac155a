/* decide.h — how soon one finding is remedied, and whether the machine is looked at first.
 *
 * The decision table is CISA BOD 26-04 as shipped in rules/decisions/bod_26_04.csv
 * or as the site changed it: In KEV × Publicly Exposed × Automatable × Technical
 * Impact. Its outcomes and their days come from the file.
 *
 * Inputs, and what counts
 *   In KEV            yes when a catalogue lists it, when a trusted notice says that it is
 *                     exploited, or when CISA's SSVC says "active"; the last two (and
 *                     catalogues other than CISA's) are marked in the reasons. No when
 *                     a catalogue was consulted and none of these is so. Else unknown.
 *   Publicly Exposed  from the ledger.
 *   Automatable, Technical Impact
 *                     as stated by a source, else derived from CVSS (scores/derive.h),
 *                     else unknown.
 * Nothing dated after `as_of` is looked at. An unknown input is never given a default:
 * best and worst outcome are both handed back, the worst one is acted on, and `missing`
 * says what to fill in.
 *
 * Clock: calendar days in `zone_s`. Day 0 is the later of the day the vulnerability was
 * published and, when In KEV is yes, the day that was first said; when neither is known
 * the day of the finding, else `as_of`. The deadline is the end of day 0 + days. The
 * catalogue's own due date and the site's policies are candidates, too: the earliest
 * wins and its reason says so.
 *
 * Forensic triage (BOD 26-04 guidance), when the outcome asks for it: from the moment
 * exploitation was first said: scope within 2 hours, volatile evidence within 24 hours
 * and before patching, verdict within 72 hours.
 *
 * Sentences are in the thread's language. All of the decision lives in the arena or
 * borrows from the input and the table. Pure; the caller gives the time.
 */
#ifndef TOBAN_ASSESS_DECIDE_H
#define TOBAN_ASSESS_DECIDE_H

#include "assess/scores/cvss.h"
#include "assess/scores/ssvc.h"
#include "model/model.h"

/* "It is being exploited", in somebody's words. */
struct decide_statement {
    struct str source, quote;
    when_t when; /* WHEN_NONE: not dated */
    bool trusted;
};

/* A rule of the site: remedied within so many days (0..LIMIT_SSVC_DAYS), whatever the table says. */
struct decide_policy {
    struct str name;
    int days;
};

struct decide_input {
    when_t as_of;
    int zone_s;
    enum finding_status status;
    when_t found;     /* when the finding was made; WHEN_NONE when not known */
    when_t published; /* of the vulnerability; WHEN_NONE when not known */

    const struct kev *kev; /* by all catalogues */
    size_t kev_n;
    bool kev_consulted; /* a catalogue was read, whether it lists this one or not */
    const struct decide_statement *statement;
    size_t statement_n;

    enum exposure exposure;
    struct str exposure_source; /* "" = the ledger */
    struct ssvc_points ssvc;    /* as stated; empty members = not stated */
    const struct cvss *cvss;    /* NULL when there is no vector */
    struct str cvss_source;

    const struct decide_policy *policy; /* that apply to this finding */
    size_t policy_n;
};

enum decide_about {
    DECIDE_STATUS,
    DECIDE_KEV,
    DECIDE_EXPOSURE,
    DECIDE_AUTOMATABLE,
    DECIDE_IMPACT,
    DECIDE_OUTCOME,
    DECIDE_DEADLINE,
    DECIDE_FORENSIC
};

struct decide_reason {
    enum decide_about about;
    struct str text;   /* a sentence */
    struct str source; /* who said it; "" = toban's own reckoning */
};

enum decide_start { DECIDE_START_PUBLISHED, DECIDE_START_EXPLOITED, DECIDE_START_FOUND, DECIDE_START_AS_OF };
enum decide_by { DECIDE_BY_NONE, DECIDE_BY_TABLE, DECIDE_BY_KEV_DUE, DECIDE_BY_POLICY };

#define DECIDE_REASONS 20
#define DECIDE_MISSING 4

struct decision {
    bool applies;     /* false: not affected; nothing below but the reason is set */
    bool provisional; /* the finding is not confirmed */
    const struct ssvc_value *outcome, *best,
        *worst;                    /* outcome = worst: ->code "3DF" "3D" "14D" "60D" "FSU" */
    bool in_kev, in_kev_by_notice; /* by_notice: no catalogue says so (yet) */
    when_t exploited_since;        /* WHEN_NONE */
    enum decide_start start_kind;
    when_t start;    /* first moment of day 0 */
    when_t deadline; /* last second of the last day; WHEN_NONE: with the next planned upgrade */
    enum decide_by deadline_by;
    bool forensic, forensic_certain; /* certain: the best outcome asks for it, too */
    when_t forensic_start, scope_by, volatile_by, verdict_by;
    struct decide_reason reason[DECIDE_REASONS];
    size_t reason_n;
    struct str missing[DECIDE_MISSING]; /* what to fill in, in the thread's language */
    size_t missing_n;
};

/* ERR_USAGE when the table lacks one of the four columns, ERR_INPUT when a stated
 * value is none of the table's. */
int decide_run(const struct decide_input *in, const struct ssvc_table *table, struct arena *a,
               struct decision *out, struct err *e) MUST_CHECK;

#endif
