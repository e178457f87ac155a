/* json_reader.h — the inside of the pull reader, shared by the json_*.c files only.
 *
 * The reader looks at bytes [start, end); p is the cursor, tok the start of the
 * token being read. Over a stream these are in `own`, and json_refill moves tok
 * to its front; over memory they are the caller's bytes and are never written.
 */
#ifndef TOBAN_CODEC_JSON_READER_H
#define TOBAN_CODEC_JSON_READER_H

#include "codec/json.h"

enum json_state {
    JSON_AT_START,      /* before the top value */
    JSON_AT_END,        /* behind it */
    JSON_AT_OVER,       /* JSON_END has been given */
    JSON_AT_FIRST_KEY,  /* behind { */
    JSON_AT_VALUE,      /* behind a key */
    JSON_AT_NEXT_KEY,   /* behind a member */
    JSON_AT_FIRST_ITEM, /* behind [ */
    JSON_AT_NEXT_ITEM,  /* behind an item */
    JSON_AT_FAILURE
};

struct json_reader {
    const char *p, *end, *start, *tok;
    struct stream *in; /* borrows; NULL: memory */
    char *own;         /* owns */
    size_t cap;
    uint64_t base;    /* offset of start */
    size_t token_max; /* what tok may grow to */
    enum json_state state;
    enum json_state after; /* the state when the value at hand is complete */
    enum json_event last;  /* what json_next gave */
    unsigned depth;
    bool in_end, many, begun, spent;
    bool escaped;                                     /* text still has its escapes */
    uint64_t in_object[(LIMIT_JSON_DEPTH + 63) / 64]; /* a bit a level */
    struct str text;                                  /* KEY and STRING between the quotes, NUMBER */
    struct buf scratch;                               /* unescaped text when the bytes are not ours */
    const char *counted;                              /* line feeds are counted up to here */
    unsigned long lines;                              /* ... so many */
    struct err err;                                   /* last: not cleared at the start */
};

/* A reader in the caller's memory; give it to json_reader_done. */
void json_reader_init_mem(struct json_reader *r, struct str text);
void json_reader_done(struct json_reader *r);

/* More bytes behind end, keeping [tok, end); p and tok follow the move.
 * False at the end of the input and on failure (state is JSON_AT_FAILURE then). */
bool json_refill(struct json_reader *r);

/* The next event; text is as written (see escaped). Public json_next unescapes. */
enum json_event json_lex(struct json_reader *r);
/* Unescapes what json_lex accepted; dst has room for s.n bytes and may be s.p. Returns the length. */
size_t json_unescape(char *dst, struct str s);
/* The same for the reader's text, in place or in scratch. */
void json_unescape_text(struct json_reader *r);
/* The value of four hexadecimal digits, or -1. */
int json_hex4(const char *p);
/* Sets the error "line, byte: why" at `at` and returns JSON_ERROR. why is translated already. */
enum json_event json_fail(struct json_reader *r, int code, const char *at, const char *why);
/* The byte at the cursor behind white space, or -1 at the end or on failure. */
int json_peek(struct json_reader *r);
/* Leaves the array or object: state and depth. */
void json_leave(struct json_reader *r);
/* True when s is a number by RFC 8259 section 6. */
bool json_number_ok(struct str s);

#endif
