/* indicator.h — 痕跡情報: what a trace of an attack looks like, and the packs that carry it.
 *
 * One model for every format (investigate/packs): what is a plain value (a hash, a
 * path, an address) is one indicator of its kind; what is logic (a rule over the
 * fields of one record or of one file) is an indicator with a condition tree.
 * Everything lives in the arena of its pack and is immutable once the pack is read.
 */
#ifndef TOBAN_MODEL_INDICATOR_H
#define TOBAN_MODEL_INDICATOR_H

#include "base/base.h"

/* Three-valued logic (Kleene): what cannot be told is never yes, and never no. */
enum tri { TRI_UNKNOWN = -1, TRI_NO = 0, TRI_YES = 1 };

/* ---- conditions ---- */

struct pack_regex; /* a compiled expression, owned by the pack */

/* Where a value comes from: a field of the record or file, or something made of it.
 * Names of file fields: "file.name", "file.path" (normal form of pack_path.h), "file.directory",
 * "file.extension", "file.size", "file.md5", "file.sha1", "file.sha256". */
enum cond_source {
    COND_FIELD,     /* the field `name`; may have several values */
    COND_TEXT,      /* the whole record as it stands */
    COND_ANY,       /* every field's value, each by itself */
    COND_PAIR,      /* value of key `name` in "K=v;K=v", quotes respected */
    COND_ARGUMENT,  /* value of the parameter `name` of a command: -Name 'v', .Name='v', Name=v */
    COND_CAPTURE,   /* what group 1 (else all) of a regular expression takes */
    COND_HOST,      /* host of a URL */
    COND_URL_PATH,  /* path of a URL, percent decoded */
    COND_QUERY,     /* query of a URL, percent decoded */
    COND_DECODED,   /* percent decoded, '+' as it is */
    COND_NAME,      /* last part of a path */
    COND_EXTENSION, /* behind its last dot, without it */
    COND_JOINED     /* `of` and `of2` with `name` between, when the second is there */
};
struct cond_value {
    enum cond_source source;
    struct str name;
    const struct cond_value *of, *of2; /* NULL for FIELD, TEXT, ANY */
    const struct pack_regex *rx;
};

enum cond_op {
    COND_IS,
    COND_CONTAINS,
    COND_STARTS,
    COND_ENDS,
    COND_LIKE,    /* '*' and '?' over the whole value; '\' makes the next character plain */
    COND_MATCHES, /* regular expression, search */
    COND_LESS,
    COND_LESS_EQUAL,
    COND_MORE,
    COND_MORE_EQUAL,
    COND_WITHIN, /* an address in a network "10.0.0.0/8" */
    COND_UNDER,  /* a path below a directory; %Variables% come from the subject */
    COND_SAME,   /* equal to another field */
    COND_EMPTY,  /* absent, or all its values "" */
    COND_PRESENT /* has a value, maybe "" */
};
struct cond_test {
    enum cond_op op;
    bool cased; /* letter case counts */
    bool all;   /* every value of the list must fit (some field value); else any */
    struct cond_value subject;
    struct str *value;
    const struct pack_regex **rx; /* MATCHES: one for each value */
    uint32_t n;
};

enum cond_type { COND_AND, COND_OR, COND_NOT, COND_TEST, COND_CONST };
struct cond {
    enum cond_type type;
    enum tri value; /* CONST */
    struct str why; /* CONST unknown: what cannot be evaluated */
    uint32_t n;     /* AND, OR: any; NOT: 1 */
    struct cond **sub;
    struct cond_test *test;
};

/* ---- indicators ---- */

enum indicator_kind {
    INDICATOR_PATH, /* file or directory name */
    INDICATOR_HASH,
    INDICATOR_CONTENT, /* in the bytes of a file */
    INDICATOR_LINE,    /* in a line of a log */
    INDICATOR_RECORD,  /* cond over the fields of one record */
    INDICATOR_FILE,    /* cond over one file */
    INDICATOR_YARA,    /* one YARA rule; value is its name */
    INDICATOR_REGISTRY,
    INDICATOR_IP, /* address or network */
    INDICATOR_DOMAIN,
    INDICATOR_URL,
    INDICATOR_USER_AGENT,
    INDICATOR_DETECTION, /* name an anti-malware product gives */
    INDICATOR_PROCESS,   /* image name */
    INDICATOR_COMMAND,   /* command line */
    INDICATOR_OTHER      /* kept for people: mutex, mail address, … */
};
enum { INDICATOR_KINDS = INDICATOR_OTHER + 1 };

enum hash_kind { HASH_MD5 = 1, HASH_SHA1 = 2, HASH_SHA256 = 4 }; /* bits */
enum pattern_form { PATTERN_LITERAL, PATTERN_GLOB, PATTERN_REGEX };

/* What a hit means, from least to most. HINT never carries a verdict alone. */
enum indicator_level {
    LEVEL_HINT,
    LEVEL_SCAN,
    LEVEL_PROBE,
    LEVEL_EXPLOITED,
    LEVEL_WRITE_ATTEMPTED,
    LEVEL_WRITTEN,
    LEVEL_SHELL_PRESENT,
    LEVEL_POST_EXPLOITATION
};

enum tlp { TLP_NONE, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED };

struct indicator {
    enum indicator_kind kind;
    enum hash_kind hash; /* HASH only */
    enum pattern_form form;
    bool cased;   /* CONTENT, LINE: letter case counts */
    bool wide;    /* CONTENT: also as UTF-16LE */
    bool context; /* for people, never matched; `why` says why */
    enum indicator_level level;
    enum tlp tlp;
    int score;                       /* 0..100 */
    struct str value;                /* hash lower case; host names lower case, refanged; others as written */
    struct str log;                  /* LINE: only in this kind of log; "" any */
    const struct pack_regex *rx;     /* compiled value, when form is not LITERAL or kind is PATH */
    const struct pack_regex *except; /* what matches this, too, is no hit; NULL */
    struct str except_text;
    const struct cond *cond; /* RECORD, FILE */
    struct str *channel;     /* RECORD: only in these event channels (or providers); none = any */
    uint32_t channel_n;
    uint32_t *event; /* RECORD: only with these event ids; none = any */
    uint32_t event_n;
    struct str why;           /* why it is context, or can be told only in part */
    when_t from, until;       /* WHEN_NONE: not stated */
    struct str vulnerability; /* CVE; "" = that of the check */
    struct str source, source_id, description, reference;
    uint32_t check;       /* index in pack.check */
    uint32_t stage;       /* of a check that is a sequence, from 1; else 0 */
    uint32_t group;       /* parts of one pattern share it, from 1; 0 = stands alone */
    uint16_t part, parts; /* all parts must be seen, each wherever */
    unsigned long line;   /* in the file it came from; 0 unknown */
    uint32_t row;         /* counts the rows of the source; several indicators may come of one */
};

/* ---- packs ---- */

struct check {
    struct str id, title, title_ja;
    struct str next, next_ja; /* what to do when it hits */
    struct str vulnerability; /* CVE */
    enum indicator_level level;
    int score;
    /* Inputs it needs for "done": kinds of traces ("httpproxy", "iis"), event channels
     * ("event:Application"), "file-names", "file-hashes", "file-contents". Every one of them. */
    struct str *needs;
    uint32_t needs_n;
    /* A sequence: its indicators are stages; it hits when at_least different stages come within
     * within_s seconds with the same value of the field group_by. at_least 0: no sequence. */
    struct str group_by;
    uint32_t at_least, within_s;
};

enum pack_note_kind {
    PACK_REJECTED,     /* the row is not used */
    PACK_DUPLICATE,    /* said before; the first stands */
    PACK_WARNING,      /* used, but look at it */
    PACK_EXPIRED,      /* valid_until is past by the pack's own date, or withdrawn */
    PACK_NOT_EVALUABLE /* kept as context */
};
struct pack_note {
    enum pack_note_kind kind;
    unsigned long line;
    struct str text;    /* why, in the thread's language */
    struct str excerpt; /* of the row, cut */
};

struct pack {
    struct arena a;
    struct str name, title, title_ja, version, file;
    const char *format; /* name of the reader */
    struct str digest;  /* SHA-256 of the bytes it was read from, hex */
    struct str *vulnerability;
    uint32_t vulnerability_n;
    struct check *check; /* owns the three arrays */
    size_t check_n, check_cap;
    struct indicator *indicator;
    size_t indicator_n, indicator_cap;
    struct pack_note *note;
    size_t note_n, note_cap;
    size_t note_count[PACK_NOT_EVALUABLE + 1]; /* also those beyond LIMIT_PACK_NOTES */
    struct str *stock; /* stock files of the vendor it speaks of: normal paths, without what is in front of a
                          variable */
    uint32_t stock_n;
    size_t rows; /* rows of the source that state an indicator, usable or not */
    uint32_t groups;
    struct pack_part *parts; /* private to the readers: compiled expressions, YARA rules */
    void *seen;              /* private: duplicates */
};

/* Never translated: "shell-present", "path", "rejected", "amber". */
const char *indicator_level_name(enum indicator_level l);
bool indicator_level_by_name(struct str name, enum indicator_level *out);
const char *indicator_kind_name(enum indicator_kind k);
const char *indicator_tlp_name(enum tlp t);
const char *pack_note_kind_name(enum pack_note_kind k);

#endif
