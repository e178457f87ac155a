#include "codec/json_reader.h"

#include "codec/json_scan.h"

#define CHAR(p) ((unsigned char)*(p))
#define COLD __attribute__((cold, noinline))
#define HOT __attribute__((always_inline)) inline

/* ---- where we are ---- */

static enum json_event enter(struct json_reader *r, bool object)
{
    if (r->depth == LIMIT_JSON_DEPTH)
        return json_fail(r, ERR_LIMIT, r->p, tr("the data are nested too deeply"));
    unsigned i = r->depth++;
    uint64_t bit = 1ULL << (i % 64);
    r->in_object[i / 64] = object ? r->in_object[i / 64] | bit : r->in_object[i / 64] & ~bit;
    r->state = object ? JSON_AT_FIRST_KEY : JSON_AT_FIRST_ITEM;
    r->after = object ? JSON_AT_NEXT_KEY : JSON_AT_NEXT_ITEM;
    r->p++;
    return object ? JSON_OBJECT : JSON_ARRAY;
}

void json_leave(struct json_reader *r)
{
    unsigned i = --r->depth - 1;
    if (r->depth == 0)
        r->after = JSON_AT_END;
    else
        r->after = r->in_object[i / 64] >> (i % 64) & 1 ? JSON_AT_NEXT_KEY : JSON_AT_NEXT_ITEM;
    r->state = r->after;
}

static __attribute__((noinline)) int peek_slow(struct json_reader *r)
{
    for (;;) {
        r->p = json_scan_space(r->p, r->end);
        if (r->p < r->end)
            return CHAR(r->p);
        r->tok = r->p;
        if (!json_refill(r))
            return -1;
    }
}

static HOT int peek(struct json_reader *r)
{
    if (r->p < r->end && CHAR(r->p) > ' ')
        return CHAR(r->p);
    if (r->end - r->p >= 2 && *r->p == ' ' && CHAR(r->p + 1) > ' ') /* as behind the colon of pretty text */
        return CHAR(++r->p);
    return peek_slow(r);
}

int json_peek(struct json_reader *r)
{
    return peek(r);
}

/* At least n bytes behind the cursor, keeping the token. */
static bool have(struct json_reader *r, size_t n)
{
    while ((size_t)(r->end - r->p) < n)
        if (!json_refill(r))
            return false;
    return true;
}

static COLD enum json_event ended(struct json_reader *r)
{
    return json_fail(r, ERR_INPUT, r->end, tr("the data end too early; the file may be cut off"));
}

/* ---- strings ---- */

/* Passes over the escape at the cursor; false after a failure. */
static bool lex_escape(struct json_reader *r)
{
    if (!have(r, 2))
        return ended(r), false;
    char c = r->p[1];
    if (c != 'u') {
        if (c == 0 || !strchr("\"\\/bfnrt", c))
            return json_fail(r, ERR_INPUT, r->p, tr("this escape does not exist in JSON")), false;
        r->p += 2;
        return true;
    }
    if (!have(r, 6))
        return ended(r), false;
    int v = json_hex4(r->p + 2);
    if (v < 0)
        return json_fail(r, ERR_INPUT, r->p, tr("four hexadecimal digits must follow \\u")), false;
    if (v == 0)
        return json_fail(r, ERR_INPUT, r->p, tr("the character \\u0000 is not accepted")), false;
    r->p += 6;
    return true;
}

/* Handles the special byte, or the end of the bytes, at the cursor. Returns 1 at the closing quote. */
static int lex_special(struct json_reader *r)
{
    bool cut;
    if (r->p == r->end)
        return json_refill(r) ? 0 : (int)ended(r);
    unsigned char c = CHAR(r->p);
    if (c == '"')
        return 1;
    if (c == '\\') {
        r->escaped = true;
        return lex_escape(r) ? 0 : -1;
    }
    if (c < 0x20)
        return (int)json_fail(r, ERR_INPUT, r->p,
                              tr("a control character stands unescaped in a string, or a quote is missing"));
    r->p = json_scan_utf8(r->p, r->end, &cut);
    if (cut)
        return json_refill(r) ? 0 : (int)ended(r);
    if (r->p < r->end && CHAR(r->p) >= 0x80)
        return (int)json_fail(r, ERR_INPUT, r->p, tr("a string is not valid UTF-8"));
    return 0;
}

/* The rest of a string that is more than ASCII in one piece. True at the closing quote. */
static __attribute__((noinline)) bool lex_string_rest(struct json_reader *r)
{
    int rc;
    while ((rc = lex_special(r)) == 0)
        r->p = json_scan_string(r->p, r->end);
    if (rc < 0)
        r->escaped = false;
    return rc > 0;
}

static COLD enum json_event too_long(struct json_reader *r)
{
    r->escaped = false;
    return json_fail(r, ERR_LIMIT, r->tok, tr("this value is longer than is allowed"));
}

static HOT enum json_event lex_string(struct json_reader *r, enum json_event ev, enum json_state next)
{
    const char *end = r->end;
    r->tok = r->p;
    r->p = json_scan_string(r->p + 1, end);
    if ((r->p == end || *r->p != '"') && !lex_string_rest(r))
        return JSON_ERROR;
    r->text = str_n(r->tok + 1, (size_t)(r->p - r->tok) - 1);
    if (r->text.n > LIMIT_JSON_TOKEN)
        return too_long(r);
    r->p++;
    r->state = next;
    return ev;
}

/* ---- numbers and words ---- */

static inline bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The longest prefix of [p, end) that is the beginning of a number; *whole when it is one itself. */
static const char *number_end(const char *p, const char *end, bool *whole)
{
    *whole = false;
    if (p < end && *p == '-')
        p++;
    if (p == end || !digit(*p))
        return p;
    if (*p++ != '0')
        while (p < end && digit(*p))
            p++;
    if (p < end && *p == '.') {
        p++;
        if (p == end || !digit(*p))
            return p;
        while (p < end && digit(*p))
            p++;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (p == end || !digit(*p))
            return p;
        while (p < end && digit(*p))
            p++;
    }
    *whole = true;
    return p;
}

bool json_number_ok(struct str s)
{
    bool whole;
    return s.n && number_end(s.p, s.p + s.n, &whole) == s.p + s.n && whole;
}

/* A number or word must not run into the next: "01", "1x", "nullnull". */
static inline bool runs_on(char c)
{
    return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '+' || c == '-' ||
           c == '_' || (unsigned char)c >= 0x80;
}

static enum json_event lex_number(struct json_reader *r)
{
    bool whole;
    r->tok = r->p;
    const char *p = number_end(r->p, r->end, &whole);
    if (p == r->end && !r->in_end) {
        while (have(r, 1) && runs_on(*r->p))
            r->p++;
        if (r->state == JSON_AT_FAILURE)
            return JSON_ERROR;
        r->p = r->tok;
        p = number_end(r->p, r->end, &whole);
    }
    r->text = str_n(r->tok, (size_t)(p - r->tok));
    if (r->text.n > LIMIT_JSON_TOKEN)
        return too_long(r);
    if (!whole && p == r->end)
        return ended(r);
    if (!whole || (p < r->end && runs_on(*p)))
        return json_fail(r, ERR_INPUT, r->tok, tr("this number is not written as JSON wants it"));
    r->p = p;
    r->state = r->after;
    return JSON_NUMBER;
}

static enum json_event lex_word(struct json_reader *r, const char *word, size_t n, enum json_event ev)
{
    r->tok = r->p;
    bool all = have(r, n);
    if (r->state == JSON_AT_FAILURE)
        return JSON_ERROR;
    if (memcmp(r->p, word, MIN(n, (size_t)(r->end - r->p))) != 0)
        return json_fail(r, ERR_INPUT, r->p, tr("a value was expected here"));
    if (!all)
        return ended(r);
    if (have(r, n + 1) && runs_on(r->p[n]))
        return json_fail(r, ERR_INPUT, r->p, tr("a value was expected here"));
    if (r->state == JSON_AT_FAILURE)
        return JSON_ERROR;
    r->p += n;
    r->state = r->after;
    return ev;
}

static enum json_event lex_value(struct json_reader *r, int c)
{
    if (c == '"')
        return lex_string(r, JSON_STRING, r->after);
    if (c == '-' || digit((char)c))
        return lex_number(r);
    switch (c) {
    case '{':
    case '[':
        r->tok = r->p;
        return enter(r, c == '{');
    case 't':
        return lex_word(r, "true", 4, JSON_TRUE);
    case 'f':
        return lex_word(r, "false", 5, JSON_FALSE);
    case 'n':
        return lex_word(r, "null", 4, JSON_NULL);
    case -1:
        return ended(r);
    default:
        return json_fail(r, ERR_INPUT, r->p, tr("a value was expected here"));
    }
}

/* ---- the grammar ---- */

static enum json_event close_with(struct json_reader *r, enum json_event ev)
{
    r->tok = r->p++;
    json_leave(r);
    return ev;
}

static COLD enum json_event no_key(struct json_reader *r, int c)
{
    if (c < 0)
        return ended(r);
    if (c == '}' && r->state == JSON_AT_NEXT_KEY)
        return json_fail(r, ERR_INPUT, r->p, tr("a comma stands before the end of this object"));
    return json_fail(r, ERR_INPUT, r->p, tr("a key in double quotes was expected here"));
}

static HOT enum json_event lex_key(struct json_reader *r, int c)
{
    return c == '"' ? lex_string(r, JSON_KEY, JSON_AT_VALUE) : no_key(r, c);
}

static COLD enum json_event no_comma(struct json_reader *r, int c, const char *why)
{
    if (c < 0)
        return ended(r);
    return json_fail(r, ERR_INPUT, r->p, c == '"' ? tr("a comma is missing before this string") : why);
}

static enum json_event lex_next_key(struct json_reader *r)
{
    int c = peek(r);
    if (c == ',') {
        r->p++;
        return lex_key(r, peek(r));
    }
    if (c == '}')
        return close_with(r, JSON_OBJECT_END);
    return no_comma(r, c, tr("a comma or } was expected here"));
}

static enum json_event lex_next_item(struct json_reader *r)
{
    int c = peek(r);
    if (c == ',') {
        r->p++;
        c = peek(r);
        if (c == ']')
            return json_fail(r, ERR_INPUT, r->p, tr("a comma stands before the end of this array"));
        return lex_value(r, c);
    }
    if (c == ']')
        return close_with(r, JSON_ARRAY_END);
    return no_comma(r, c, tr("a comma or ] was expected here"));
}

static enum json_event lex_start(struct json_reader *r)
{
    if (!r->begun) {
        r->begun = true;
        r->tok = r->p;
        have(r, 3);
        if (r->end - r->p >= 3 && memcmp(r->p, "\xEF\xBB\xBF", 3) == 0)
            r->p += 3;
    }
    int c = peek(r);
    if (c < 0 && (r->spent || r->many) && r->state != JSON_AT_FAILURE) {
        r->tok = r->p;
        return JSON_END;
    }
    return lex_value(r, c);
}

static enum json_event lex_end(struct json_reader *r)
{
    int c = r->many ? -1 : peek(r);
    if (r->state == JSON_AT_FAILURE)
        return JSON_ERROR;
    if (c >= 0)
        return json_fail(r, ERR_INPUT, r->p, tr("something follows the end of the data"));
    r->tok = r->p;
    r->spent = true;
    r->state = r->many ? JSON_AT_START : JSON_AT_OVER;
    return JSON_END;
}

static __attribute__((noinline)) enum json_event lex_any(struct json_reader *r)
{
    int c;
    switch (r->state) {
    case JSON_AT_START:
        return lex_start(r);
    case JSON_AT_END:
        return lex_end(r);
    case JSON_AT_OVER:
        return JSON_END;
    case JSON_AT_FIRST_KEY:
        c = peek(r);
        return c == '}' ? close_with(r, JSON_OBJECT_END) : lex_key(r, c);
    case JSON_AT_VALUE:
        c = peek(r);
        if (c == ':') {
            r->p++;
            return lex_value(r, peek(r));
        }
        return c < 0 ? ended(r) : json_fail(r, ERR_INPUT, r->p, tr("a colon was expected behind the key"));
    case JSON_AT_NEXT_KEY:
        return lex_next_key(r);
    case JSON_AT_FIRST_ITEM:
        c = peek(r);
        return c == ']' ? close_with(r, JSON_ARRAY_END) : lex_value(r, c);
    case JSON_AT_NEXT_ITEM:
        return lex_next_item(r);
    default:
        return JSON_ERROR;
    }
}

static HOT enum json_event lex(struct json_reader *r)
{
    const char *p = r->p;
    r->escaped = false;
    if (r->end - p >= 2) { /* most events: a key or its string, without space between */
        if (r->state == JSON_AT_VALUE && p[0] == ':' && p[1] == '"') {
            r->p = p + 1;
            return lex_string(r, JSON_STRING, JSON_AT_NEXT_KEY);
        }
        if (r->state == JSON_AT_NEXT_KEY && p[0] == ',' && p[1] == '"') {
            r->p = p + 1;
            return lex_string(r, JSON_KEY, JSON_AT_VALUE);
        }
    }
    return lex_any(r);
}

enum json_event json_lex(struct json_reader *r)
{
    return lex(r);
}

enum json_event json_next(struct json_reader *r)
{
    enum json_event ev = r->last = lex(r);
    if (r->escaped)
        json_unescape_text(r);
    return ev;
}
