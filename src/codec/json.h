/* json.h — RFC 8259 JSON: a pull reader, a tree, and a writer.
 *
 * Strict: no trailing commas, no comments, numbers by the grammar, text is
 * well-formed UTF-8, depth <= LIMIT_JSON_DEPTH, one token <= LIMIT_JSON_TOKEN.
 * A leading UTF-8 BOM is passed over. \u0000 is refused; a lone surrogate becomes
 * U+FFFD. Numbers are kept as text. A key that comes twice in an object: the
 * tree keeps the last (as most peers do); the reader shows both.
 * Errors name the line and the byte offset. Threads: one reader, one thread.
 */
#ifndef TOBAN_CODEC_JSON_H
#define TOBAN_CODEC_JSON_H

#include "base/base.h"

struct stream;

enum json_event {
    JSON_ERROR = -1, /* see json_reader_err */
    JSON_END = 0,    /* after the top value; only white space followed */
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

struct json_reader; /* owns its buffer; bounded: the largest token plus 64 KiB */

struct json_reader *json_reader_new_mem(struct str text);       /* borrows text */
struct json_reader *json_reader_new(struct stream *in);         /* borrows in */
/* Back to the start on other memory: no allocation. */
void json_reader_reset_mem(struct json_reader *r, struct str text);
/* JSON Lines and concatenated values: after JSON_END, json_next begins the next
 * value when there is one (another JSON_END when there is none). Default: off. */
void json_reader_set_many(struct json_reader *r, bool many);
void json_reader_free(struct json_reader *r);

enum json_event json_next(struct json_reader *r);
/* Text of the KEY, STRING (unescaped) or NUMBER just returned; valid until the next call. */
struct str json_text(const struct json_reader *r);
/* After OBJECT or ARRAY: passes over everything up to its end. After KEY: over the value. */
int json_skip(struct json_reader *r, struct err *e) MUST_CHECK;
/* Inside an array (after JSON_ARRAY, or after another json_element): the raw bytes of the
 * next element, found by balance of brackets and quotes alone, at most max bytes
 * (ERR_LIMIT past that, and the reader is then unusable). Returns 1, 0 at the
 * array's end, negative on error. A broken element is thus isolated: parse it with json_parse.
 * An element reaches to the comma or ] outside of all brackets and quotes; of "[1,,2,]"
 * the second and the fourth are empty. Without white space around it. */
int json_element(struct json_reader *r, size_t max, struct str *raw, struct err *e) MUST_CHECK;
int json_reader_err(const struct json_reader *r, struct err *e); /* fills e for JSON_ERROR; returns its code */
unsigned long json_line(const struct json_reader *r);   /* 1-based, of the token just returned */
uint64_t json_offset(const struct json_reader *r);

/* ---- tree ---- */

struct json {
    enum json_event type; /* OBJECT ARRAY STRING NUMBER TRUE FALSE NULL */
    uint32_t n;           /* members or items */
    struct str text;      /* STRING (unescaped), NUMBER (as written) */
    struct str *key;      /* OBJECT: n keys */
    struct json *item;    /* OBJECT and ARRAY: n values */
};

/* Parses one whole value; the tree lives in the arena and may point into text. NULL on error. */
const struct json *json_parse(struct arena *a, struct str text, struct err *e) MUST_CHECK;
/* The value that begins with the event just returned by json_next (OBJECT, ARRAY or a scalar;
 * for KEY, the value behind it). The tree copies into the arena. */
const struct json *json_tree(struct json_reader *r, struct arena *a, struct err *e) MUST_CHECK;

/* Lookups accept NULL and values of another type, and then give NULL, "", the default. */
const struct json *json_get(const struct json *v, const char *key);
const struct json *json_at(const struct json *v, size_t i);
size_t json_len(const struct json *v); /* items of an ARRAY, else 0 */
struct str json_str(const struct json *v);               /* text of a STRING, else empty */
struct str json_get_str(const struct json *v, const char *key);
int64_t json_int(const struct json *v, int64_t otherwise);
double json_double(const struct json *v, double otherwise);
bool json_bool(const struct json *v, bool otherwise);
bool json_is(const struct json *v, enum json_event type);

/* ---- writer: into a buf, always valid JSON, keys in the order given ----
 * What JSON cannot say (infinity, a malformed number) is null; nesting above
 * LIMIT_JSON_DEPTH marks the buf full. */

struct json_writer {
    struct buf *out; /* borrows */
    unsigned depth;
    bool pretty;                         /* two spaces an indent; set before the first call */
    unsigned char first[LIMIT_JSON_DEPTH / 8 + 1]; /* a bit a level: nothing written yet */
    bool after_key;
};
void json_writer_init(struct json_writer *w, struct buf *out);
void json_w_object(struct json_writer *w);
void json_w_object_end(struct json_writer *w);
void json_w_array(struct json_writer *w);
void json_w_array_end(struct json_writer *w);
void json_w_key(struct json_writer *w, const char *key);
void json_w_str(struct json_writer *w, struct str s); /* invalid UTF-8 and U+0000 become U+FFFD */
void json_w_cstr(struct json_writer *w, const char *s); /* NULL writes null */
void json_w_int(struct json_writer *w, int64_t v);
void json_w_double(struct json_writer *w, double v, int decimals);
void json_w_number_text(struct json_writer *w, struct str number); /* as it stands */
void json_w_bool(struct json_writer *w, bool v);
void json_w_null(struct json_writer *w);
/* key and value in one */
void json_w_kstr(struct json_writer *w, const char *key, struct str s);
void json_w_kcstr(struct json_writer *w, const char *key, const char *s);
void json_w_kint(struct json_writer *w, const char *key, int64_t v);
void json_w_kbool(struct json_writer *w, const char *key, bool v);

#endif
