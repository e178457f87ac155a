/* cpe.h — CPE 2.3 names: parse, check, write (NISTIR 7695).
 *
 * A struct cpe is a well-formed name. Each attribute is kept in one canonical
 * spelling, so that equal values are equal bytes:
 *   "*"            ANY (NISTIR 7695, 5.3.1)
 *   "-"            NA
 *   anything else  a value in formatted-string spelling, ASCII lower case, with
 *                  a backslash before exactly the characters that need one
 *                  there: letters, digits, '.', '-' and '_' stand bare, the rest
 *                  is quoted, an unquoted '?' or '*' is a wildcard. A value that
 *                  is one hyphen is "\-".
 *
 * Ownership: attributes are views into the text given where that was canonical
 * already (nearly always: then nothing is allocated), else into the arena.
 * Limits: LIMIT_CPE bytes a name. Threads: pure.
 */
#ifndef TOBAN_IDENTIFY_CPE_H
#define TOBAN_IDENTIFY_CPE_H

#include "base/base.h"

enum cpe_attr {
    CPE_PART,
    CPE_VENDOR,
    CPE_PRODUCT,
    CPE_VERSION,
    CPE_UPDATE,
    CPE_EDITION,
    CPE_LANGUAGE,
    CPE_SW_EDITION,
    CPE_TARGET_SW,
    CPE_TARGET_HW,
    CPE_OTHER,
    CPE_ATTRS
};

struct cpe {
    struct str attr[CPE_ATTRS];
    uint16_t any, na, wild; /* bit CPE_x: the attribute is ANY, is NA, has an unquoted wildcard */
};

static inline bool cpe_is_any(const struct cpe *c, enum cpe_attr x)
{
    return c->any >> x & 1;
}
static inline bool cpe_is_na(const struct cpe *c, enum cpe_attr x)
{
    return c->na >> x & 1;
}
/* Neither ANY nor NA. */
static inline bool cpe_has(const struct cpe *c, enum cpe_attr x)
{
    return !((c->any | c->na) >> x & 1);
}

/* What the tolerant reader put right. Folding of case is not a repair: names are
 * case-blind. */
enum cpe_repair {
    CPE_REPAIR_SPACE = 1,     /* white space around or inside */
    CPE_REPAIR_ESCAPE = 2,    /* punctuation that lacked its backslash, or a backslash too many */
    CPE_REPAIR_PERCENT = 4,   /* %2b of the 2.2 form inside a 2.3 name */
    CPE_REPAIR_EMPTY = 8,     /* an empty attribute, read as ANY */
    CPE_REPAIR_FIELDS = 16,   /* fewer or more attributes than the form has */
    CPE_REPAIR_WILDCARD = 32, /* '*' or '?' where no wildcard may stand, read as the character */
    CPE_REPAIR_LANGUAGE = 64, /* not a language[-region] tag; kept */
    CPE_REPAIR_PREFIX = 128   /* "CPE:2.3:" or "CPE:/" in capitals */
};

/* Strict: the formatted string of NISTIR 7695, 6.2 or the URI of 6.1. */
int cpe_parse(struct arena *a, struct str s, struct cpe *out, struct err *e) MUST_CHECK;
/* Tolerant; *repairs (may be NULL) gets the enum cpe_repair bits. Fails only on
 * what no repair makes a name: another prefix, a part other than a o h * -, fewer
 * than part, vendor and product, bytes outside printable ASCII. */
int cpe_parse_tolerant(struct arena *a, struct str s, struct cpe *out, unsigned *repairs,
                       struct err *e) MUST_CHECK;
/* One attribute as people and dictionaries write it ("12.2(33)SXI", "exchange server"):
 * quoted and folded; "" gives ANY. Sets nothing but this attribute. */
void cpe_set(struct arena *a, struct cpe *c, enum cpe_attr x, struct str plain);
/* All attributes ANY. */
void cpe_init(struct cpe *c);

void cpe_format(const struct cpe *c, struct buf *out); /* cpe:2.3:… */
void cpe_format_uri(const struct cpe *c,
                    struct buf *out); /* cpe:/…; edition packed when needed (6.1.2.1.3) */
void cpe_format_wfn(const struct cpe *c, struct buf *out); /* wfn:[part="a",…]; ANY attributes left out */
/* The value without quoting: "12.2(33)sxi"; "" for ANY and NA. A view, or in the arena. */
struct str cpe_plain(struct arena *a, const struct cpe *c, enum cpe_attr x);
const char *cpe_attr_name(enum cpe_attr x); /* "part", "vendor", … "other" */
/* The repairs as words of the thread's language, comma separated. */
void cpe_repairs_text(unsigned repairs, struct buf *out);

#endif
