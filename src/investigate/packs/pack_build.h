/* pack_build.h — what readers use to fill a pack. Not for others.
 *
 * A reader sets `base` of a struct pack_build with what holds for every row and adds
 * rows; values are refanged, checked (pack_lint.c), compiled and copied here, so
 * that all formats mean the same.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_BUILD_H
#define TOBAN_INVESTIGATE_PACKS_PACK_BUILD_H

#include "investigate/packs/pack.h"
#include "investigate/packs/pack_regex.h"

/* Things a pack owns that are not in its arena. */
struct pack_part {
    struct pack_part *next;
    struct pack_regex *regex;
    void *other;
    void (*release)(void *other);
};

/* What an indicator is before a row says otherwise. */
#define PACK_BUILD_ROW(number)                                                                               \
    ((struct indicator){.from = WHEN_NONE, .until = WHEN_NONE, .score = 50, .line = (number)})

/* Numbers of a new check; title is copied. */
uint32_t pack_build_check(struct pack *p, const char *id, struct str title, enum indicator_level level);
/* Adds the indicator *i (its strings are copied) unless lint refuses it. i->value is as it came: refanged,
 * checked and compiled here. For PATH and REGEX forms i->rx is made here. True when it was added (also as
 * context). */
bool pack_build_add(struct pack *p, const struct indicator *i);
/* Adds without looking: for conditions. Copies strings; cond must be in the pack's arena. */
struct indicator *pack_build_push(struct pack *p, const struct indicator *i);
/* A note about a row; fmt is translated already: tr("…"). */
void pack_build_note(struct pack *p, enum pack_note_kind kind, unsigned long line, struct str excerpt,
                     const char *fmt, ...) PRINTF_LIKE(5, 6);
/* A compiled expression owned by the pack; NULL with *e. */
const struct pack_regex *pack_build_regex(struct pack *p, struct str pattern, unsigned flags, struct err *e);
void pack_build_own(struct pack *p, void *other, void (*release)(void *));
void pack_build_vulnerability(struct pack *p, struct str cve);
/* A stock file of the vendor, as a path in normal form or the end of one; %Variables% are cut off. */
void pack_build_stock(struct pack *p, struct str path);
struct str pack_build_copy(struct pack *p, struct str s);
/* First CVE identifier in text, upper case in the arena; "" when there is none. */
struct str pack_build_cve(struct pack *p, struct str text);

/* Which line of text a view into it is on; 0 when it is no such view. Cheap when asked in order. */
struct pack_lines {
    struct str text;
    size_t at;
    unsigned long line;
};
unsigned long pack_build_line(struct pack_lines *l, struct str view);
/* A test of "file.path", "file.directory" or "file.name": the value is made what the normal form of the
 * subject needs. NULL with *e when it cannot be compiled. */
struct cond *pack_build_path_test(struct pack *p, enum cond_op op, const char *field, struct str value,
                                  struct err *e);
/* A test of a field, expressions compiled. NULL with *e. */
struct cond *pack_build_test(struct pack *p, enum cond_op op, bool cased, struct str field, struct str *value,
                             size_t n, struct err *e);

/* ---- pack_yara.c and pack_sigma.c, for rules inside other formats ---- */

/* Compiles rules and adds one YARA indicator for each, like *i. */
int pack_yara_add(struct pack *p, struct str rules, const struct indicator *i, struct err *e) MUST_CHECK;
/* Adds the documents of a Sigma file. */
int pack_sigma_add(struct pack *p, struct str text, const struct indicator *i, struct err *e) MUST_CHECK;

/* ---- pack_value.c: what a value is ---- */

/* hxxp, [.], (.), [dot], [:], [at] and their kin undone; in the arena. */
struct str pack_value_refang(struct arena *a, struct str s);
/* By length: HASH_MD5, SHA1, SHA256, or 0; only hex digits. */
enum hash_kind pack_value_hash(struct str s);
/* A type as people write it in tables ("SHA-256", "filepath", "ip-dst", "domainname", …). False when unknown;
 * *hash is set for hashes with a stated kind, else 0. */
bool pack_value_type(struct str word, enum indicator_kind *kind, enum hash_kind *hash);
/* Guesses from the (refanged) value alone; false when it says nothing. */
bool pack_value_guess(struct str value, enum indicator_kind *kind);
enum tlp pack_value_tlp(struct str word);
/* Address, "a.b.c.d/n" or IPv6. *bits is the prefix length; addr in network order, IPv4 as ::ffff:a.b.c.d. */
bool pack_value_ip(struct str s, unsigned char addr[16], unsigned *bits);
/* True when address s lies in the network net. */
bool pack_value_within(struct str s, struct str net);
/* The default level of an indicator of this kind when its source states none. */
enum indicator_level pack_value_level(enum indicator_kind kind, int score);

/* ---- pack_lint.c ---- */

/* NULL when the (prepared) indicator may be used, else why not (translated); *kind says how to note it.
 * A warning (kind PACK_WARNING) does not keep it out. */
const char *pack_lint(const struct pack *p, const struct indicator *i, enum pack_note_kind *kind);

#endif
