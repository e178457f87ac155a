/* build_table.h — which level and update a build number is, and whether a fix is in it.
 *
 * NVD names levels (Exchange 2016 Cumulative Update 19), vendors' fixes come on
 * top of a level and show only in the build number. A build table joins the two.
 * It is data (rules/products/exchange_builds.txt; the format is in that file's
 * head), so another product family is another file.
 *
 * Comparison: the first two numbers of a build name the generation, the third the
 * level, the fourth the update upon that level. Fourth numbers are never compared
 * across levels. A build whose level is not in the table is "unknown" unless it
 * lies past a level that contains the fix.
 *
 * Ownership: the table copies its text. What the functions fill in borrows from
 * the table; sentences are made in the arena given. A table is immutable after
 * parsing and may be shared by threads. Limits: LIMIT_FILE_SMALL.
 */
#ifndef TOBAN_IDENTIFY_BUILD_TABLE_H
#define TOBAN_IDENTIFY_BUILD_TABLE_H

#include "base/base.h"

struct build_table;

/* Parses a table; errors name file and line. */
int build_table_parse(struct build_table **out, const char *file, struct str text, struct err *e) MUST_CHECK;
void build_table_free(struct build_table *t);

struct build_info {
    struct str product;     /* key of the product line: "2016" */
    struct str title;       /* "Exchange Server 2016" */
    struct str level;       /* "CU19", "SP3", "RTM"; empty when the level is not in the table */
    struct str update;      /* "Mar21SU", "RU32"; empty when none, or not known */
    struct str date;        /* of the build, "2021-03-02"; empty when not known */
    struct str cpe_version; /* "2016" */
    struct str cpe_update;  /* "cumulative_update_19"; empty when there is none */
    uint32_t build[4];      /* all 0 when the name gave no build */
    bool listed;            /* the very build is in the table */
    bool level_only;        /* the source shows the level and cannot show the update */
};

struct str build_table_vendor(const struct build_table *t); /* CPE words */
struct str build_table_product(const struct build_table *t);
struct str build_table_family(const struct build_table *t);

/* Reads a build out of "15.1.2176.9", "15.01.2176.009" (the same), "Version 15.1
 * (Build 2176.2)" (AdminDisplayVersion: shows the level only). False when there is
 * none, or none of this family's generations. */
bool build_table_find(const struct build_table *t, struct str written, struct build_info *out);
/* A level by name: product is a key ("2016"), level "CU19", "Cumulative Update 19",
 * "SP1", "RTM" or empty; rollup "RU32" or a security update "Mar21SU", or empty.
 * False when the table has no such level. Without an update, level_only is set. */
bool build_table_level(const struct build_table *t, struct str product, struct str level, struct str update,
                       struct build_info *out);

enum build_fix {
    BUILD_FIX_UNKNOWN, /* the level is not in the table, or the update cannot be seen */
    BUILD_FIX_NO,      /* the level can have the fix and this build does not */
    BUILD_FIX_YES,
    BUILD_FIX_UPGRADE_FIRST, /* the fix was never made for this level */
    BUILD_FIX_VERIFY,        /* the sources disagree about this build */
    BUILD_FIX_OTHER          /* the fix is not for this product line, or not in the table */
};
struct build_answer {
    enum build_fix fix;
    struct str fixed; /* first fixed build on this level, or else the first level that contains it */
    struct str kb;    /* the fix that decided: "KB5000871" */
    struct str why;   /* one sentence in the thread's language */
};
/* what is a KB ("KB5000871", "5000871") or a CVE. */
void build_table_fix(const struct build_table *t, struct arena *a, const struct build_info *b,
                     struct str what, struct build_answer *out);
/* "fixed", "not fixed", …: machine names, never translated. */
const char *build_fix_name(enum build_fix f);

#endif
