/* world.h — all that a stage works with, opened by app and handed down. Borrowed by all below. */
#ifndef TOBAN_LOOP_WORLD_H
#define TOBAN_LOOP_WORLD_H

#include <stdatomic.h>

#include "assess/scores/ssvc.h"
#include "assess/terms/terms.h"
#include "collect/visit.h"
#include "identify/build_table.h"
#include "identify/name.h"
#include "knowledge/knowledge.h"
#include "store/db.h"

struct world {
    struct db *db;
    struct knowledge *knowledge;
    struct spool *spool;
    const struct terms *terms;
    struct str terms_hash; /* of the rules, so that a changed rule judges again */
    struct name_sources names; /* confirmed, rules, dictionary, build tables */
    const struct ssvc_table *decision_table;
    int zone_s;
    int site_days; /* the site's own limit for urgent findings; 0: none */
};

/* A source as configured. */
struct world_source {
    const struct source *s;
    struct visit_setup setup;
    bool enabled, trusted;
    unsigned period_min, stale_hours;
};

#endif
