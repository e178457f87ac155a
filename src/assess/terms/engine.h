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

#define CLASSES_MAX 512
#define CLASS_WORDS (CLASSES_MAX / 64)
struct class_set {
    uint64_t bit[CLASS_WORDS];
};
static inline void class_set_add(struct class_set *s, unsigned c)
{
    s->bit[c / 64] |= (uint64_t)1 << (c % 64);
}
static inline void class_set_merge(struct class_set *to, const struct class_set *from)
{
    for (unsigned k = 0; k < CLASS_WORDS; k++)
        to->bit[k] |= from->bit[k];
}
static inline bool class_set_has(const struct class_set *s, unsigned c)
{
    return s->bit[c / 64] >> (c % 64) & 1;
}

enum atom_kind { ATOM_CLASS, ATOM_START, ATOM_END, ATOM_PAUSE };
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
    bool places;            /* ^, $ or % among its atoms */
    bool blind;             /* may begin with ^, $ or %, which first does not tell */
    struct class_set first; /* hits that can begin it */
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
    struct class_set first;
    uint32_t key; /* of first */
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

struct lexicon; /* lexicon.c */

#define NEED_LEVELS 5
#define RULES_MAX 1024
/* Which rules a word helps. NEED_LEVELS rows of terms.rule_words words, the words of one place in all rows
 * side by side; rule i may match only when in every row some word of the sentence has bit i. Row 0 is the
 * element the rule begins with; the words of a row must stand behind one of the row above, but
 * for rows that are free: those of guards. */
typedef uint64_t rule_mask;

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
    rule_mask *helps;                         /* by kind of word */
    rule_mask *always;                        /* rows a rule does not need */
    rule_mask *free;                          /* rows a rule needs anywhere */
    rule_mask *speaks[TEXT_EN + TEXT_JA + 1]; /* one row: rules that read sentences of this script */
    struct {
        unsigned from, to; /* words of that row that are not zero */
    } range[TEXT_EN + TEXT_JA + 1];
    unsigned rule_words;
    /* A key is a set of classes of which one must begin something: few differ. */
    VEC(struct class_set) key;
    uint64_t *begins; /* by kind of word, key_words each: the keys it answers */
    unsigned key_words;
    uint16_t *order; /* rules as they are tried: later files first; bits of the masks count in this order */
    size_t order_n;
    unsigned mask[2]; /* the classes "mask" of ja and en */
    bool compiled;
};

/* One word found. */
struct hit {
    uint32_t start, end;
    uint32_t kind;
};

/* Words that stand in the same lists are of one kind: few differ, so what hangs on them stays in the cache.
 */
#define KINDS_MAX 0x7FFE
#define LEXICON_CVE 0 /* the kind of any CVE identifier, and of nothing else */
#define LEXICON_AT_MAX 16
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *x);
int lexicon_add(struct lexicon *x, struct str word, unsigned class_id, bool searched,
                struct err *e) MUST_CHECK;
void lexicon_add_cve(struct lexicon *x, unsigned class_id);
/* The words added must still be there. */
int lexicon_compile(struct lexicon *x, struct err *e) MUST_CHECK;
/* By kind: the lists that hold its words. */
const struct class_set *lexicon_kinds(const struct lexicon *x, size_t *n);
/* All searched words in order of their starts; *hits is in the arena. Words of letters or digits count only
 * whole. */
size_t lexicon_find(const struct lexicon *x, struct str text, struct arena *a, struct hit **hits);
/* Words that begin exactly at pos, searched or not, shortest first. */
unsigned lexicon_at(const struct lexicon *x, struct str text, uint32_t pos, struct hit hit[LEXICON_AT_MAX]);

/* rulefile.c */
int rulefile_parse(struct terms *t, uint16_t file, struct str bytes, struct err *e) MUST_CHECK;
/* The class of that name in a language ("ja", "en"); made when it is new, CLASSES_MAX when there are too
 * many. */
unsigned rulefile_class(struct terms *t, struct str lang, struct str name);
/* expand.c: "a(b|c)d | e" as separate folded words. */
int expand_words(struct terms *t, uint16_t file, unsigned long line, struct str list, unsigned class_id,
                 struct err *e) MUST_CHECK;

/* match.c */
#define PLACES 16
/* The words that begin at one place, remembered. */
struct word_place {
    uint32_t pos;
    unsigned n;
    struct hit hit[LEXICON_AT_MAX];
    bool cve; /* an identifier begins here */
};
/* Where a phrase that begins at pos can end, remembered. */
#define ENDS_MAX 12 /* different ends one phrase may have at one place */
struct phrase_ends {
    uint32_t pos;
    uint16_t class_id, clause;
    uint32_t n, at[ENDS_MAX];
};
#define PHRASES 64
#define KEY_HITS 64
/* Memory for what is remembered of one sentence; a notice has one. */
struct sentence_notes {
    uint64_t *key_hits;  /* by key: which hits answer it, while there are at most KEY_HITS */
    uint64_t *key_known; /* bits of the above that are set */
    uint64_t phrase_known;
    struct phrase_ends phrase[PHRASES];
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
    uint32_t opening; /* behind the marks that may stand before the first word */
    struct sentence_notes *notes;
    unsigned steps; /* work left for this sentence */
    struct word_place at[PLACES];
};
static inline const struct class_set *hit_classes(const struct sentence_view *v, size_t hit)
{
    return &v->terms->kind[v->hit[hit].kind];
}
static inline bool kind_begins(const struct terms *t, unsigned kind, uint32_t key)
{
    return t->begins[kind * t->key_words + key / 64] >> (key % 64) & 1;
}
struct match {
    uint32_t start, end; /* all of it */
    uint32_t anchor_start, anchor_end;
};
/* Before the first rule of a sentence. */
void match_begin(struct sentence_view *v);
/* Calls take for every way the rule matches until it returns true; bit: its place in the masks. */
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
