/* terms.h — does this text say that a vulnerability is exploited, and does it call for action at once?
 *
 * Judges Japanese and English notices by rules that people may read and edit
 * (rules/urgency/ja.rules, en.rules; the language is described there and in
 * doc/decisions/0004-terms.md). No network, no clock, no database: text in,
 * signals with quoted sentences out.
 *
 *   struct terms *t = terms_new();
 *   terms_add_rules(t, "ja.rules", bytes, &e);   again for each file; later files win
 *   terms_compile(t, &e);                        from here on t is never changed
 *   terms_judge(t, &input, &arena, &result, &e);
 *
 * Threads: a compiled struct terms may be shared; each call to terms_judge needs
 * its own arena. Limits: LIMIT_NOTICE_TEXT a text, LIMIT_FILE_SMALL a rule file.
 */
#ifndef TOBAN_ASSESS_TERMS_TERMS_H
#define TOBAN_ASSESS_TERMS_TERMS_H

#include "base/base.h"

enum terms_signal {
    TERMS_EXPLOITED,       /* attacks took place, reported or relayed with hedging */
    TERMS_ATTEMPTED,       /* attempts against systems in the field, and no more than that */
    TERMS_POC,             /* exploit code or a demonstration exists */
    TERMS_NO_EXPLOITATION, /* the text denies it, wholly or in part */
    TERMS_DIRECTIVE,       /* an order with force */
    TERMS_URGE_STRONG,     /* act at once */
    TERMS_URGE,            /* an ordinary request */
    TERMS_PATCH,
    TERMS_WORKAROUND,
    TERMS_MITIGATION_ONLY, /* no fix yet */
    TERMS_NOT_AFFECTED,
    TERMS_END_OF_LIFE,
    TERMS_SIGNALS
};

struct terms; /* compiled rules; owns everything below it */

struct terms_input {
    struct str text;        /* UTF-8, plain or HTML */
    struct str title;       /* may be empty; judged as the first sentence */
    struct str lang;        /* "ja", "en" or empty; only a hint, sentences are judged by their script */
    const struct str *cves; /* identifiers the notice is about, when known; may be NULL */
    size_t cves_n;
};

struct terms_evidence {
    enum terms_signal signal;
    bool decides;        /* this is the statement on which "exploited" rests */
    bool in_title;       /* start and end count in the title instead of the text */
    uint32_t start, end; /* the sentence (or table cell), in bytes of the UTF-8 given; line breaks and tags
                            inside included */
    uint32_t hit_start, hit_end; /* the words in it that matched */
    struct str quote;            /* the bytes start..end; borrowed from the input */
    struct str rule;             /* name of the rule; borrowed from struct terms */
};

struct terms_scope {
    struct str cve; /* "CVE-2021-26855"; in the arena */
    bool exploited;
};

struct terms_result {
    bool exploited;                        /* exactly when signals has EXPLOITED or ATTEMPTED */
    bool urgent;                           /* exploited, or signals has URGE_STRONG or DIRECTIVE */
    uint32_t signals;                      /* bit 1 << enum terms_signal */
    const struct terms_evidence *evidence; /* in the order of the text, the deciding one first */
    size_t evidence_n;
    const struct terms_scope *scope; /* one for each CVE of the text, in order; false where nothing is said */
    size_t scope_n;
    const struct str *cves; /* identifiers found in title and text, in order, ASCII, without repeats */
    size_t cves_n;
    char lang[3]; /* "ja" or "en": the script of most of the text */
};

struct terms *terms_new(void);
void terms_free(struct terms *t);

/* Adds one file of rules; file is its name in messages (copied), bytes are copied.
 * A rule or word list of the same name in a later file replaces the earlier one.
 * Errors name file:line. Only before terms_compile. */
int terms_add_rules(struct terms *t, const char *file, struct str bytes, struct err *e) MUST_CHECK;
int terms_compile(struct terms *t, struct err *e) MUST_CHECK;

/* Judges one notice. ERR_LIMIT when title or text is longer than LIMIT_NOTICE_TEXT.
 * Everything in *out lives in the arena, borrows from the input, or belongs to t. */
int terms_judge(const struct terms *t, const struct terms_input *in, struct arena *a,
                struct terms_result *out, struct err *e) MUST_CHECK;

/* Runs the tests written in the rule files. Calls failed (may be NULL) with a message that begins
 * "file:line: " for each one that fails. Returns the number of failures; *ran counts all. */
size_t terms_run_tests(const struct terms *t, void (*failed)(void *ctx, const char *message), void *ctx,
                       size_t *ran);

/* "exploited", "urge_strong", … as in rules and JSON; static storage. */
const char *terms_signal_name(enum terms_signal s);

#endif
