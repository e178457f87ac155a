/* report.h — what a report is made of: one case, a period, or the audit log, filled by app from the store.
 *
 * Writers of this room take these structs and append bytes to a buf: page_*.c one HTML file that
 * prints on A4, sheet.c CSV, data_*.c JSON, vex_*.c CSAF, CycloneDX and OpenVEX, findings_sarif.c SARIF 2.1.0.
 * Pure: no clock, no store. Strings are borrowed from the arena of whoever filled the struct;
 * what was written by strangers is escaped by each writer for its destination.
 *
 * A time that nobody recorded is WHEN_NONE and is told as "unknown", never as 0.
 */
#ifndef TOBAN_REPORT_REPORT_H
#define TOBAN_REPORT_REPORT_H

#include "model/asset.h"
#include "model/case.h"

#define REPORT_BYTES_MAX (512 * MIB) /* of one written report */

/* The way of a machine through a case, each with the moment it was reached. */
enum report_stage {
    REPORT_PUBLISHED, /* the earliest publication of one of the case's vulnerabilities */
    REPORT_HEARD,     /* the first notice of it that we fetched */
    REPORT_MATCHED,   /* the first finding, or joining the case */
    REPORT_CHECKED,   /* a verdict that establishes something, or a waiver */
    REPORT_CONTAINED,
    REPORT_MITIGATED,
    REPORT_PATCHED,
    REPORT_VERIFIED
};
#define REPORT_STAGES (REPORT_VERIFIED + 1)
const char *report_stage_name(enum report_stage s);  /* "published" …: never translated */
const char *report_stage_title(enum report_stage s); /* in the thread's language */

struct report_times {
    when_t at[REPORT_STAGES];
};

struct report_machine {
    struct case_asset a;          /* its steps up to the moment of the report */
    const struct case_look *look; /* NULL: never looked at */
    const struct case_plan *plan; /* NULL */
    int64_t asset;                /* A-number; 0: unknown */
    int64_t count;                /* machines that the row stands for */
    struct str name, place, purpose, owner, department, organisation; /* organisation "" : ourselves */
    enum exposure exposure;
    struct str vendor, product, version, cpe, purl; /* of the software concerned, as written; cpe in 2.3 form or "" */
    enum case_state state;
    enum case_vex vex;
    struct str state_text; /* in the thread's language */
    struct str next;       /* what to do; "" when nothing is left */
    struct str unverified; /* why a patch is not proved; "" */
    int64_t unverified_days;
    bool open;             /* still something to do: neither proved, nor closed, nor not affected */
    bool mitigated, lapsed, overdue;
    struct report_times times;
};

struct report_statement {
    int64_t notice; /* N-number; 0: a record, not a notice */
    struct str source, publisher, title, url, lang;
    struct str quote, signal; /* the sentence that decides; "" */
    when_t published, heard;  /* heard of a record: WHEN_NONE */
};

struct report_vuln {
    struct str id, title, description;
    when_t published; /* by any source */
};

/* How long something took, in microseconds; n 0: unknown. */
struct report_span {
    size_t n;
    int64_t median, longest;
};

struct report_group {
    struct str name; /* "" : not stated; of contractors: ourselves */
    size_t machines, open, overdue, mitigated, unverified, unchecked, waived, fixed;
};
enum report_by { REPORT_BY_PLACE, REPORT_BY_OWNER, REPORT_BY_DEPARTMENT, REPORT_BY_ORGANISATION };
#define REPORT_BYS (REPORT_BY_ORGANISATION + 1)
const char *report_by_name(enum report_by b);  /* "place" …: never translated */
const char *report_by_title(enum report_by b); /* in the thread's language */

struct report_figures {
    size_t cases, cases_open, cases_opened, cases_closed; /* opened, closed: within the period */
    size_t machines, affected, not_affected, undecided;
    size_t open, overdue, unchecked, contained, mitigated, lapsed, unverified, fixed, waived, compromised;
    size_t reached[REPORT_STAGES];           /* machines that reached it within the period */
    struct report_span span[REPORT_STAGES];  /* from publication, of those */
    struct report_group *group[REPORT_BYS];  /* most open first */
    size_t group_n[REPORT_BYS];
};

struct report_enquiry {
    int64_t id, case_id;
    struct str organisation, subject, runs, who; /* runs: of the answer; who: answered */
    when_t sent, due, reminded, answered;
    bool withdrawn;
};

struct report_containment {
    int64_t id;
    struct str title, who, approved_by;
    when_t at, approved;
    size_t actions, done, skipped;
    bool refused;
};

struct report_site {
    struct str publisher, space; /* who publishes, and their namespace (a URL) */
    when_t at;                   /* of the report */
    int zone_s;
    struct str who;
};

struct report_case {
    struct report_site site;
    struct case_head head;
    const struct case_step *step; /* up to the moment of the report */
    size_t step_n;
    struct report_vuln *vuln;
    size_t vuln_n;
    struct report_statement *statement; /* by publication */
    size_t statement_n;
    struct report_machine *machine;
    size_t machine_n;
    struct report_containment *containment;
    size_t containment_n;
    struct report_enquiry *enquiry;
    size_t enquiry_n;
    struct str *lead; /* whom to reach by what, when mail is hit; printed first */
    size_t lead_n;
    struct report_times times; /* of the case: the first machine's matching; for the others the last machine's, WHEN_NONE while one lacks it */
    struct report_figures figures;
};

struct report_month {
    struct report_site site;
    when_t from, until; /* the month in the site's zone; until is its end, or the moment of the report */
    bool running;       /* the month is not over */
    struct report_case *cases; /* as they stood at the end */
    size_t case_n;
    struct report_enquiry *enquiry;
    size_t enquiry_n;
    struct str *lead;
    size_t lead_n;
    struct report_figures figures;
};

struct report_decision {
    int64_t id;
    when_t at;
    struct str who, action, object, detail, hash; /* detail: JSON */
};
struct report_waiver {
    int64_t case_id;
    struct str title, machine; /* of the case */
    struct str asked_by, asked_why, by, why;
    when_t asked, at;          /* at WHEN_NONE: not approved */
    bool in_force;
};
struct report_audit {
    struct report_site site;
    when_t from, until; /* WHEN_NONE: open */
    struct report_decision *decision;
    size_t decision_n, by_rule; /* by_rule: of these, taken by toban itself */
    struct report_waiver *waiver;
    size_t waiver_n;
    struct str *lead;
    size_t lead_n;
    int64_t chain_rows, chain_broken; /* number of the first row that does not fit; 0: whole */
    struct str chain_head;
};

struct report_enquiries {
    size_t asked, answered, unanswered, overdue;
};
/* Counts what stands at that moment; withdrawn ones are left out. */
struct report_enquiries report_enquiry_count(const struct report_enquiry *q, size_t n, when_t now);
/* The whole state in one sentence of the thread's language; appended. */
void report_case_sentence(const struct report_case *c, struct buf *out);
/* "3 d 4 h", "5 h 20 min" in the thread's language; "unknown" for n 0. */
void report_span_text(int64_t span, bool known, struct buf *out);
/* "WAIVED: …", or a waiver that waits; nothing when there is none. */
void report_waiver_text(const struct report_machine *m, int zone_s, struct buf *out);
/* What is not known about the case, in sentences; calls say for each. */
void report_unknowns(const struct report_case *c, void (*say)(void *ctx, struct str text), void *ctx);
const char *report_verdict_title(enum case_verdict v);
/* The sentence to show first: of an exploitation, in the thread's language, oldest; NULL: none is quoted. */
const struct report_statement *report_quote(const struct report_case *c);

/* ---- writers; each appends ---- */

void page_case(const struct report_case *c, struct buf *out);
void page_month(const struct report_month *m, struct buf *out);
void page_audit(const struct report_audit *r, struct buf *out);

#define SHEET_BOM 1U
void sheet_case(const struct report_case *c, unsigned flags, struct buf *out);
void sheet_month(const struct report_month *m, unsigned flags, struct buf *out);
void sheet_audit(const struct report_audit *r, unsigned flags, struct buf *out);

void data_case(const struct report_case *c, struct buf *out);
void data_month(const struct report_month *m, struct buf *out);
void data_audit(const struct report_audit *r, struct buf *out);

void findings_sarif(const struct report_case *c, struct buf *out);
/* vex.h has the machine formats. */

#endif
