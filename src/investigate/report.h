/* report.h — a sweep as text for programs and people: JSON (interfaces.md), one-file HTML, a CSV timeline, SARIF 2.1.0.
 *
 * All append to a buf. What strangers wrote is escaped for each destination: JSON and HTML by
 * their rules, CSV cells that start a formula get an apostrophe. Pure; the texts for people are in
 * the thread's language, JSON keys and values never.
 */
#ifndef TOBAN_INVESTIGATE_REPORT_H
#define TOBAN_INVESTIGATE_REPORT_H

#include "base/base.h"
#include "investigate/sweep.h"

#define REPORT_MAX (512 * MIB)

/* A sighting of an earlier report that this one lacks, or the other way round. */
struct report_change {
    struct str check, cve, path, number, pack_then, pack_now;
    bool pack; /* the pack is why: its version differs, or it has no such check (any more) */
};
struct report_diff {
    struct report_change *fresh, *gone;
    size_t fresh_n, gone_n;
    bool packs_differ;
};
/* Compares with the JSON of an earlier run. The diff is in the arena. */
int report_compare(const struct sweep *s, struct str earlier, struct arena *a, struct report_diff *out, struct err *e) MUST_CHECK;

/* diff may be NULL. */
void report_json(const struct sweep *s, const struct report_diff *diff, bool pretty, struct buf *out);
void report_html(const struct sweep *s, const struct report_diff *diff, struct buf *out);
void report_csv(const struct sweep *s, struct buf *out);
void report_sarif(const struct sweep *s, struct buf *out);

/* "UtcTime runs 5 h 00 min ahead of the event log's time in 9,872 of 10,487 records …"; "" when there is one clock. */
struct str report_clock(const struct sweep_asset *as, struct arena *a);
/* Title of a check in the thread's language. */
struct str report_check_title(const struct check *k);

#endif
