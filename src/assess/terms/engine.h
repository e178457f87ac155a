/* engine.h — rules of terms as they stand in memory. Private to this folder.
 *
 * A rule file is lists of words, phrases and rules (doc/decisions/0004-terms.md).
 *   class    words, or a phrase of other classes; what a rule speaks of
 *   pattern  elements in order, each right behind the last one or after a gap
 *   rule     pattern + guards -> reading of the mention marked with @
 * Words that can begin a rule or stand behind a gap are found in one pass over
 * the text; those that only follow another element are looked up when needed.
 */
#ifndef TOBAN_ASSESS_TERMS_ENGINE_H
#define TOBAN_ASSESS_TERMS_ENGINE_H

#include "assess/terms/lexicon.h"
#include "assess/terms/terms.h"
#include "codec/text.h"

/* What a rule can say: the signals, and readings that steer them. */
enum reading {
    READ_UNSAID = TERMS_SIGNALS, /* the mention says nothing about what happened */
    READ_CALM,                   /* the haste is not the reader's */
    READ_ELSEWHERE,              /* exploited, but another vulnerability, as background */
    READ_RETRACT,                /* takes back what was said before */
    READ_UPDATE,                 /* a later statement begins here */
    READ_ASKED,                  /* a question about exploitation */
    READ_YES,                    /* an answer or a value of a cell */
    READ_NO,
    READ_COLUMN,            /* heading of a column about exploitation */
    READ_SUBJECT_ELSEWHERE, /* the sentence speaks about another vulnerability or product */
    READINGS
};
const char *reading_name(int reading);
bool reading_by_name(struct str name, int *reading);
/* Only one reading of a family holds for one mention: the first rule decides. */
enum family { FAMILY_EXPLOIT, FAMILY_HASTE, FAMILY_OWN };
enum family reading_family(int reading);

/* ATOM_CLASS as it is read; terms_compile makes one of those behind it of it. */
enum atom_kind { ATOM_START, ATOM_END, ATOM_PAUSE, ATOM_CLASS, ATOM_WORDS, ATOM_PHRASE, ATOM_CVE };
struct atom {
    uint8_t kind;
    uint16_t class_id;
};
enum gap { GAP_NONE, GAP_CLAUSE, GAP_SENTENCE };
#define BANS_MAX 4
struct element {
    struct atom *atom;
    uint16_t ban[BANS_MAX];
    uint16_t atoms;
    uint16_t gap_max; /* bytes */
    uint32_t key;     /* of first */
    uint8_t gap;      /* enum gap before this element */
    uint8_t bans;
    bool optional, anchor;
    bool places;             /* ^, $ or % among its atoms */
    bool blind;              /* may begin with ^, $ or %, which first does not tell */
    bool plain;              /* lists of words and nothing else */
    bool flat;               /* the same, or phrases that are flat */
    struct class_set *first; /* hits that can begin it; in the arena */
};
#define ELEMENTS_MAX 16
struct pattern {
    struct element *element;
    uint16_t elements;
};

enum guard_where {
    GUARD_CLAUSE,
    GUARD_BEFORE,
    GUARD_AFTER,
    GUARD_SENTENCE,
    GUARD_SENTENCE_BEFORE,
    GUARD_SENTENCE_AFTER
};
struct guard {
    uint8_t where;
    bool wanted; /* "with" rather than "unless" */
    struct atom *atom;
    uint16_t atoms;
    struct class_set *first; /* in the arena */
    uint32_t key;            /* of first */
};

struct class
{
    struct str name;
    struct str *word; /* folded, longest first */
    uint32_t words;
    struct pattern *phrase; /* or alternatives of a phrase */
    uint16_t phrases;
    bool defined, searched, is_phrase, is_cve, resolving, resolved;
    bool blind;   /* may begin with ^, $ or % */
    bool flat;    /* a phrase that stands for one list or another, as "exploit / attack" */
    uint32_t key; /* of first */
    uint16_t file;
    unsigned long line;
    struct class_set first;
};

struct rule {
    struct str name;
    struct pattern pattern;
    struct guard *guard;
    uint16_t guards;
    int reading;
    uint8_t script; /* the language of its file, enum text_script bit */
    bool dropped;
    uint16_t file;
    unsigned long line;
    unsigned clause; /* class that ends a clause in this language; CLASSES_MAX when there is none */
};

struct test {
    struct str name, text; /* name: a signal, "exploited", "urgent" or a rule */
    bool wanted;
    uint16_t file;
    unsigned long line;
};

#define NEED_LEVELS 5
#define RULES_MAX 1024
#define RULE_WORDS (RULES_MAX / 64)
/* Which rules a word helps: NEED_LEVELS rows of bits, in words of 64 rules. Rule i may match only when in
 * every row some word of the sentence has bit i. Row 0 is the element the rule begins with; the words of a
 * row must stand behind one of the row above, but for rows that are free: those of guards. */
typedef uint64_t rule_mask;
/* The rows of 64 rules lie side by side, in front of them one that all words have. */
#define ROWS (NEED_LEVELS + 1)
#define ROW(word, level) ((word)*ROWS + 1 + (level))
/* A word helps few rules: its rows that are not zero, of each 64 rules the last one first. */
struct help {
    uint32_t row;
    rule_mask rules;
};

struct terms {
    struct arena arena;
    VEC(struct class) cls;
    VEC(struct rule) rule;
    VEC(struct test) test;
    VEC(char *) file;
    struct map class_by_name;
    struct lexicon *lexicon;
    const struct class_set *kind; /* by kind of word: the lists that hold it */
    size_t kinds;
    struct help *help; /* by kind of word: those from help_from[kind] to [kind + 1] */
    uint32_t *help_from;
    rule_mask *always;                        /* rows a rule does not need */
    rule_mask *free;                          /* rows a rule needs anywhere */
    rule_mask *loose;                         /* all rules, for sentences with too many words */
    rule_mask *speaks[TEXT_EN + TEXT_JA + 1]; /* rules that read sentences of this script */
    struct {
        unsigned from, to; /* words of that row that are not zero */
    } range[TEXT_EN + TEXT_JA + 1];
    unsigned rule_words;
    /* A key is a set of classes of which one must begin something: few differ. */
    VEC(struct class_set) key;
    uint64_t *begins; /* by kind of word, key_words each: the keys it answers */
    unsigned key_words;
    unsigned sought_keys; /* the first so many are looked for among the hits */
    uint32_t *answers;    /* those a kind answers as numbers, from answers_from[kind] to [kind + 1] */
    uint32_t *answers_from;
    uint16_t *order; /* rules as they are tried: later files first; bits of the masks count in this order */
    size_t order_n;
    unsigned mask[2]; /* the classes "mask" of ja and en */
    bool *masks;      /* by kind of word: one of those holds it */
    bool compiled;
};

/* rulefile.c */
int rulefile_parse(struct terms *t, uint16_t file, struct str bytes, struct err *e) MUST_CHECK;
/* The class of that name in a language ("ja", "en"); made when it is new, CLASSES_MAX when there are too
 * many. */
unsigned rulefile_class(struct terms *t, struct str lang, struct str name);
/* expand.c: "a(b|c)d | e" as separate folded words. */
int expand_words(struct terms *t, uint16_t file, unsigned long line, struct str list, unsigned class_id,
                 struct err *e) MUST_CHECK;

#define PLACES 32
/* The words that begin at one place, remembered. */
struct word_place {
    uint32_t pos;
    unsigned n;
    bool cve;             /* an identifier begins here */
    const uint64_t *keys; /* bits: the keys all of these answer */
    struct hit hit[LEXICON_AT_MAX];
};
/* Where a phrase that begins at pos can end, remembered. */
#define ENDS_MAX 12 /* different ends one phrase may have at one place */
struct phrase_ends {
    uint32_t pos;
    uint16_t class_id, clause;
    uint32_t n, at[ENDS_MAX];
};
#define PHRASES 64
#define KEY_HITS 64          /* hits with bits in key_hits; when there are more, they are scanned */
#define FIRST_HIT_REACH 1024 /* bytes of a sentence with places in first_hit */
/* Memory for what is remembered of one sentence; a notice has one. */
struct sentence_notes {
    struct arena *arena;
    uint64_t *key_hits; /* by sought key: the hits that answer it; zero between sentences; made when needed */
    uint64_t *place_keys; /* by slot of sentence_view.at, key_words each */
    uint64_t phrase_known;
    struct phrase_ends phrase[PHRASES];
    uint8_t first_hit[FIRST_HIT_REACH + 8];
};
struct sentence_view {
    const struct terms *terms;
    struct str folded;
    uint32_t start, end;
    const struct hit *hit; /* sorted by start */
    size_t hits;
    const struct hit *mask; /* spans whose inner words do not count */
    size_t masks;
    bool crowded;     /* there were more words than hit holds */
    bool cves;        /* identifiers are among them */
    bool indexed;     /* first_hit is set */
    uint32_t opening; /* behind the marks that may stand before the first word */
    struct sentence_notes *notes;
    unsigned steps;               /* work left for this sentence */
    struct word_place at[PLACES]; /* place.h */
};
static inline const struct class_set *hit_classes(const struct sentence_view *v, size_t hit)
{
    return &v->terms->kind[v->hit[hit].kind];
}
static inline bool kind_begins(const struct terms *t, unsigned kind, uint32_t key)
{
    return t->begins[kind * t->key_words + key / 64] >> (key % 64) & 1;
}
/* The word helps the rule in row 0. */
static inline bool help_has(const struct terms *t, unsigned kind, unsigned rule)
{
    for (uint32_t i = t->help_from[kind]; i < t->help_from[kind + 1]; i++)
        if (t->help[i].row == ROW(rule / 64, 0))
            return t->help[i].rules >> (rule % 64) & 1;
    return false;
}

/* match.c */
struct match {
    uint32_t start, end; /* all of it */
    uint32_t anchor_start, anchor_end;
};
/* Calls take for every way the rule matches until it returns true; bit: its place in the masks. */
/* place_begin comes first. */
bool match_rule(struct sentence_view *v, const struct rule *r, unsigned bit,
                bool (*take)(void *ctx, const struct match *m), void *ctx);

/* sentence.c: readings of one sentence */
struct reading_at {
    int reading;
    const struct rule *rule;
    struct match at;
    uint32_t sentence; /* index */
};
#define READINGS_MAX 48 /* of one sentence; further ones are dropped */
size_t sentence_read(struct sentence_view *v, uint8_t script, uint32_t index,
                     struct reading_at out[READINGS_MAX]);

#endif
