/* name.h — from a product's name as people write it to CPE vendor:product[:version[:update]].
 *
 * Knowledge, in this order: what the user confirmed; our rule tables; a dictionary
 * when there is one; nothing, and then the name belongs in the work queue. A rule
 * answers only when every word of the name is understood: vendor, product, version,
 * or known noise (edition, language, architecture). Words in Japanese that are not
 * understood, or a stated vendor that is not the product's, lower it to a candidate,
 * which a person has to confirm; other unknown words lower it to none. The reason says why.
 *
 * How versions are written, by family (NVD's convention):
 *   Exchange        2016:cumulative_update_19, 2013:sp1, 2010:sp3_rollup32; by name or by build
 *   Windows         windows_10_21h2, windows_11_23h2; a full build is the version (10.0.19044.1288)
 *   Windows Server  windows_server_2019 without version unless the build is full;
 *                   windows_server_2012:r2, windows_server_2008:-:sp2
 *   Office, SQL Server, SharePoint, Visual Studio   the year: sql_server:2016:sp2
 *   Java            jre:1.8.0:update281, java_se:8u281, from 9 on as written
 *   Pulse, Junos    9.1:r11, 18.4:r1-s2        Check Point  r80.40
 *   Cisco IOS       15.2(4)e7                  ASA          9.16.1.4
 *   ESXi, vCenter   7.0:update_3, 6.7:update3
 *   FortiGate, BIG-IP and other appliances      the software, not the box: fortios,
 * big-ip_local_traffic_manager all others      the version as written A version that the name does not state
 * is empty, never "-": "-" stands only where an update needs a place before it (windows_7:-:sp1).
 *
 * Ownership: a name_match borrows from the sources and from the arena. The sources
 * are immutable and may be shared by threads. Pure. Limits: a name of LIMIT_LEDGER_CELL.
 */
#ifndef TOBAN_IDENTIFY_NAME_H
#define TOBAN_IDENTIFY_NAME_H

#include "base/base.h"

struct name_rules;
struct name_dictionary;
struct name_confirmed;
struct build_table;

enum name_kind { NAME_NONE, NAME_CANDIDATE, NAME_RULE, NAME_CONFIRMED };

struct name_sources {
    const struct name_rules *rules;           /* needed */
    const struct name_confirmed *confirmed;   /* or NULL */
    const struct name_dictionary *dictionary; /* or NULL */
    const struct build_table *const *build;   /* or NULL */
    size_t build_n;
};

/* One ledger row: what stands apart may be given apart. */
struct name_input {
    struct str product; /* as written */
    struct str vendor, version;
};

struct name_match {
    enum name_kind kind;
    struct str vendor, product, version, update; /* CPE words, lower case, not quoted */
    struct str build;                            /* a build number stated beside the version: "15.1.2176.9" */
    struct str also;   /* other names of the product in CPE: "oracle:jdk,oracle:jre" */
    struct str reason; /* in the thread's language */
};

/* ERR_LIMIT for a name that is too long; otherwise always answers. */
int name_match(const struct name_sources *s, const struct name_input *in, struct arena *a,
               struct name_match *out, struct err *e) MUST_CHECK;
/* "confirmed", "rule", "candidate", "none": never translated. */
const char *name_kind_name(enum name_kind k);
/* "vendor:product[:version[:update]]", values quoted as in a CPE 2.3 formatted string; empty for none. */
struct str name_key_text(const struct name_match *m, struct arena *a);
/* The row of `toban names match -`: name, kind, key, reason, with tabs between and a line feed
 * behind; tabs and line feeds of the name become spaces. */
void name_row(struct str name, const struct name_match *m, struct arena *a, struct buf *out);

/* ---- confirmed answers ---- */

struct name_answer {
    struct str name; /* as written; compared by its key */
    struct str cpe;  /* "vendor:product[:version[:update]]" or a CPE name, 2.3 or 2.2 */
};
/* Copies. A later answer to the same name replaces an earlier one. */
struct name_confirmed *name_confirmed_new(const struct name_answer *v, size_t n);
void name_confirmed_free(struct name_confirmed *c);

/* ---- notices ---- */

struct name_hit {
    struct str vendor, product; /* CPE words; borrow from the rules */
    uint32_t start, end;        /* bytes of the text */
    bool weak;                  /* a short name that its vendor, standing near, made clear */
};
struct name_hits {
    struct name_hit *p; /* in the arena */
    size_t n;
};
#define NAME_HITS 10000 /* at most, per text */
/* Mentions of products in prose, in order, not overlapping. Precision first: an alias
 * marked "?" in the rules counts only with its vendor near, one marked "!" only right
 * behind its vendor. ERR_LIMIT past LIMIT_NOTICE_TEXT. */
int name_find_in_text(const struct name_rules *r, struct str text, struct arena *a, struct name_hits *out,
                      struct err *e) MUST_CHECK;

/* Runs the tests that stand in the rule files; *failed counts, the first failure is in *e.
 * ERR_INPUT when one failed. build as in name_sources. */
int name_rules_test(const struct name_sources *s, const char *file, size_t *failed, struct err *e) MUST_CHECK;

#endif
