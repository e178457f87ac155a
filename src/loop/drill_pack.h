/* drill_pack.h — a drill 演習: what was published when, in one event of the past. Pure.
 *
 * FORMAT, UTF-8, "#" comments on lines of their own; a block begins at the left edge and its
 * fields are indented, "key: value". A text field given again goes on in a new line.
 *   drill NAME                  first; fields title.ja title.en from until (days), cve (those
 *                               that make a machine unsafe), product (of which it is known now that
 *                               they were concerned: "vendor:product"), word (in names of such products)
 *   milestone KIND WHEN         ja en source; KIND: exploited patch mitigation directive
 *                               deadline kev poc attacks end
 *   notice WHEN                 publisher, source (of toban; absent: no source carries it), id,
 *                               url, lang, cve, title.ja title.en ja en, judged: exploited|urgent…|none
 *   record WHEN                 source, id…, published, cvss, exploited, url,
 *                               product: NAME | KB5000871      a vendor's product list
 *                               cpe: CPE2.3 [from=V] [after=V] [before=V] [upto=V]
 *                               affected: VENDOR | PRODUCT | FROM | BEFORE   (CVE 5)
 *   kev WHEN                    id, due, vendor, product, name, url
 *   fix WHEN                    build… (the first fixed versions that became available), url
 *   question WHEN               ja en; then, an option each: option.ja option.en meant.ja meant.en
 * WHEN is a moment ("2021-03-03T02:02:01Z"), or a day and its zone ("2021-03-03 +09:00"): what
 * bears only a day counts as known when that day ended where it was published. Every block but
 * drill, notice and question cites its source; a notice has its url.
 *
 * Ownership: what is parsed lives in the arena or borrows from the text. Limits:
 * LIMIT_FILE_SMALL, LIMIT_DRILL_BLOCKS, LIMIT_DRILL_LIST.
 */
#ifndef TOBAN_LOOP_DRILL_PACK_H
#define TOBAN_LOOP_DRILL_PACK_H

#include "base/base.h"
#include "model/model.h"

struct drill_text {
    struct str ja, en;
};
/* The one in the thread's language, or else the other. */
struct str drill_text_get(const struct drill_text *t);

struct drill_when {
    when_t at; /* since when it could be known */
    int zone_s;
    bool day; /* only the day is recorded; at is its end */
};

enum drill_mark {
    DRILL_EXPLOITED, /* first known exploitation */
    DRILL_PATCH,
    DRILL_MITIGATION,
    DRILL_DIRECTIVE,
    DRILL_DEADLINE, /* of the directive */
    DRILL_KEV,
    DRILL_POC,
    DRILL_ATTACKS,
    DRILL_END
};
const char *drill_mark_name(enum drill_mark m); /* as written: never translated */

struct drill_milestone {
    enum drill_mark mark;
    struct drill_when when;
    struct drill_text text;
    struct str url;
};
struct drill_notice {
    struct drill_when when;
    struct str publisher, source, id, url, lang;
    struct drill_text title, text;
    struct str *cve;
    size_t cve_n;
    bool exploited, urgent; /* how it has to be judged */
    unsigned long line;
};
struct drill_record {
    struct drill_when when;
    struct vuln v; /* without id */
    struct str *id;
    size_t id_n;
    struct str url;
};
struct drill_kev {
    struct drill_when when;
    struct kev kev; /* of the first id */
    struct str *id;
    size_t id_n;
    struct str url;
};
struct drill_fix {
    struct drill_when when;
    struct str *build;
    size_t build_n;
    struct str url;
};
struct drill_option {
    struct drill_text text, meant;
};
struct drill_question {
    struct drill_when when;
    struct drill_text text;
    struct drill_option *option;
    size_t option_n;
};

struct drill_pack {
    const char *file;
    struct str name;
    struct drill_text title;
    int64_t from, until; /* days since 1970-01-01, both included */
    struct str *cve, *product, *word;
    size_t cve_n, product_n, word_n;
    struct drill_milestone *milestone;
    struct drill_notice *notice;
    struct drill_record *record;
    struct drill_kev *kev;
    struct drill_fix *fix;
    struct drill_question *question;
    size_t milestone_n, notice_n, record_n, kev_n, fix_n, question_n;
};

/* Errors name file and line. file is kept as it is (borrowed). */
int drill_pack_parse(struct drill_pack *out, struct str text, const char *file, struct arena *a, struct err *e) MUST_CHECK;
/* From when a milestone is counted in figures: a day alone from its beginning, so that no exposure is made shorter. */
when_t drill_pack_from(const struct drill_milestone *m);
/* The first milestone of a kind; NULL. */
const struct drill_milestone *drill_pack_mark(const struct drill_pack *p, enum drill_mark m);

#endif
