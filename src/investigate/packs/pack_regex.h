/* pack_regex.h — regular expressions of indicators: PCRE2 (the home of pcre2.h), bounded.
 *
 * Bytes, not characters; '.' does not match a newline. An expression is at most
 * LIMIT_PACK_REGEX long and one attempt takes at most LIMIT_PACK_MATCH steps.
 * Immutable once made: may be shared by threads.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_REGEX_H
#define TOBAN_INVESTIGATE_PACKS_PACK_REGEX_H

#include "base/base.h"
#include "model/indicator.h"

enum pack_regex_flag {
    PACK_REGEX_CASED = 1,
    PACK_REGEX_MULTILINE = 2, /* ^ and $ at lines, too */
    PACK_REGEX_DOTALL = 4,
    PACK_REGEX_COLD = 8,  /* rarely matched: not worth compiling to machine code */
    PACK_REGEX_WHOLE = 16 /* must cover the whole subject */
};
/* NULL on error: the message has the offset. */
struct pack_regex *pack_regex_new(struct str pattern, unsigned flags, struct err *e) MUST_CHECK;
void pack_regex_free(struct pack_regex *r);

/* Searches; UNKNOWN when the attempt was given up at the limit. */
enum tri pack_regex_match(const struct pack_regex *r, struct str subject);
/* The same; *out is what group 1 took, or all when there is no such group. */
enum tri pack_regex_capture(const struct pack_regex *r, struct str subject, struct str *out);

struct str pack_regex_text(const struct pack_regex *r); /* the pattern */
bool pack_regex_cased(const struct pack_regex *r);
/* The least ordinary (pack_rare.h) of the texts that are in every match, lower case; "" when none is certain. Lives
 * as long as r. */
struct str pack_regex_literal(const struct pack_regex *r);

enum pack_regex_sense { PACK_REGEX_SOUND, PACK_REGEX_NEVER, PACK_REGEX_ALWAYS };
/* A '$' in the middle or a '^' behind something can never match; what matches "" or
 * texts that have nothing in common matches always. Not complete, never wrong. */
enum pack_regex_sense pack_regex_judge(const struct pack_regex *r);

/* '*' and '?' over the whole value, ASCII case-blind unless cased; '\' makes * ? and \ plain.
 * Linear in memory, at most pattern times subject in time. */
bool pack_regex_glob(struct str glob, struct str subject, bool cased);

#endif
