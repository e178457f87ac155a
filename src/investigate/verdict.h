/* verdict.h — what follows from sightings and coverage, for each asset and vulnerability.
 *
 * The ladder, from least to most: not-checked < not-established < clean < scan < probe < exploited <
 * write-attempted < written < shell-present < post-exploitation. "clean" stands only on full
 * coverage; hints never carry a verdict alone.
 */
#ifndef TOBAN_INVESTIGATE_VERDICT_H
#define TOBAN_INVESTIGATE_VERDICT_H

#include "base/base.h"
#include "model/indicator.h"

struct sweep;

enum verdict_level {
    VERDICT_NOT_CHECKED,
    VERDICT_NOT_ESTABLISHED, /* nothing found, and not all that is needed was seen */
    VERDICT_CLEAN,
    VERDICT_FOUND            /* `level` says what */
};
struct verdict_result {
    uint32_t asset;
    struct str cve; /* "" when the pack names none */
    enum verdict_level state;
    enum indicator_level level; /* FOUND */
    bool established;
    size_t sightings, hints;
    when_t first, last;         /* of the sightings that carry it; WHEN_NONE */
    struct str why, next;       /* translated */
    struct str *missing;
    size_t missing_n;
};
/* Fills s->verdict; sightings are sorted, checks judged. */
void verdict_judge(struct sweep *s);
/* "clean", "not-established", "shell-present", …; never translated. */
const char *verdict_name(const struct verdict_result *v);
/* For people. */
const char *verdict_title(const struct verdict_result *v);

#endif
