/* applic.h — does NVD's applicability (also cpeApplicability of CVE 5.1) name this asset?
 *
 * The statement is prepared once, the asset once; then each component is judged
 * against each statement. Three-valued: a leaf is true, false or unknown.
 *
 *   leaf            some name of the asset has the product, no other attribute is
 *                   disjoint, and the version lies in the bounds (generic order)
 *   node, config    AND / OR over its children, then negate; unknown is kept as such.
 *                   A node without leaves is false.
 *   finding         a leaf with vulnerable:true that names the component, while its node
 *                   and its configuration hold as well. vulnerable:false is context only.
 *
 * Decisions:
 * - bounds count only when the criteria's version is ANY; they are trimmed;
 * - a criteria whose product is ANY, NA or a pattern is refused (counted in refused);
 * - criteria version NA against a known version: true for context and hardware ("any
 *   version"), else unconfirmed: NVD also writes it for "not stated";
 * - the version of the asset missing: true for all-versions criteria, else unknown;
 * - criteria with an update the asset does not state: unknown; not so for a
 *   pre-release ("rc1"), which a version without one is not;
 * - a platform leaf that no name meets is unknown when the asset's inventory does not
 *   state that kind of thing (operating system, hardware, software), else false;
 * - the generic platforms microsoft:windows, linux:linux_kernel and apple:macos (version
 *   NA or ANY, no bounds, context) hold for every name of their family, and an
 *   application's own target_sw satisfies the platform leaf of that name.
 *
 * Ownership: prepared things are in the arena and borrow from what they were made of.
 * Threads: judging is pure; one prepared statement or asset serves many threads, each
 * with its own arena for results. Limits: none beyond the records' own.
 */
#ifndef TOBAN_IDENTIFY_APPLIC_H
#define TOBAN_IDENTIFY_APPLIC_H

#include "identify/cpe_match.h"
#include "model/finding.h"
#include "model/vuln.h"

/* ---- the asset ---- */

/* One product on the asset. */
struct applic_name {
    struct cpe cpe;
    struct str version; /* exact version as inventoried, "" = what the CPE says */
    struct str written; /* for sentences: the name as people wrote it; "" = the CPE */
    bool guessed;       /* not confirmed by a person nor stated by the source: lowers confidence */
};

/* What the inventory covers. A kind not covered is "not known", never "not there". */
enum { APPLIC_OS_KNOWN = 1, APPLIC_HARDWARE_KNOWN = 2, APPLIC_SOFTWARE_KNOWN = 4 };

struct applic_asset {
    const struct applic_name *name; /* borrows */
    size_t name_n;
    unsigned known;              /* APPLIC_x_KNOWN */
    unsigned families;           /* private: see applic_platform.h */
    uint32_t *head, *next, mask; /* private: names by product, 1-based chains */
};
/* known gets APPLIC_OS_KNOWN by itself when a name is an operating system. */
void applic_asset_init(struct arena *a, const struct applic_name *name, size_t n, unsigned known,
                       struct applic_asset *out);
/* From plain words; "" = ANY; part 0 = ANY. */
void applic_name_init(struct arena *a, char part, struct str vendor, struct str product, struct str version,
                      struct str update, struct applic_name *out);

/* ---- the statement ---- */

struct applic_leaf {
    const struct cpe_match *match; /* borrows */
    struct cpe cpe;
    struct cpe_bounds bounds;
    uint64_t hash; /* of the product */
    bool refused;  /* never true */
};
struct applic_node {
    bool op_and, negate;
    struct applic_leaf *leaf;
    size_t leaf_n;
};
struct applic_config {
    bool op_and, negate;
    struct applic_node *node;
    size_t node_n;
};
struct applic {
    struct applic_config *config;
    size_t config_n;
    size_t refused; /* criteria unreadable or without a product; worth showing */
    bool negated;   /* negate:true occurs: worth an alarm, NVD practically never uses it */
};
struct applic *applic_prepare(struct arena *a, const struct cpe_config *config, size_t n);

/* ---- judging ---- */

enum applic_truth { APPLIC_FALSE, APPLIC_UNKNOWN, APPLIC_TRUE };

/* Why a leaf is unknown. */
enum applic_reason {
    APPLIC_SURE,
    APPLIC_NO_PLATFORM, /* no name meets it and that kind is not inventoried */
    APPLIC_NO_VERSION,  /* the asset's version is not known */
    APPLIC_NO_UPDATE,   /* the criteria has an update, the asset states none */
    APPLIC_UNCONFIRMED, /* criteria version NA, the asset has one */
    APPLIC_INCOMPARABLE /* versions of two ways of counting */
};

struct applic_result {
    struct verdict verdict;        /* text in the arena, in the thread's language */
    const struct cpe_match *match; /* the criteria that decided, or NULL */
    enum applic_reason reason;     /* for UNKNOWN */
};

/* Judges the focus-th name. 1: the statement speaks about this product, *out is filled
 * (affected, not affected or unknown). 0: it does not, *out is cleared. source goes into
 * the verdict ("nvd"). */
int applic_judge(const struct applic *s, const struct applic_asset *asset, size_t focus, struct str source,
                 struct arena *a, struct applic_result *out);

/* One criteria against one name, without context; for tests and explanations. */
enum applic_truth applic_leaf_holds(const struct applic_leaf *leaf, const struct applic_name *name,
                                    enum applic_reason *reason, bool *loose);

#endif
