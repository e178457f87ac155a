#include "codec/json_reader.h"

#include <stdlib.h>

#include "codec/stream.h"

#define WINDOW (64 * KIB)

static void reader_begin(struct json_reader *r, struct str text)
{
    r->start = r->p = r->tok = r->counted = text.n ? text.p : "";
    r->end = r->start + text.n;
    r->base = 0;
    r->token_max = LIMIT_JSON_TOKEN;
    r->state = JSON_AT_START;
    r->after = JSON_AT_END;
    r->depth = 0;
    r->begun = r->spent = r->escaped = false;
    r->text = str_n("", 0);
    r->lines = 0;
    r->err.code = 0;
}

void json_reader_init_mem(struct json_reader *r, struct str text)
{
    memset(r, 0, offsetof(struct json_reader, err));
    buf_init(&r->scratch, LIMIT_JSON_TOKEN);
    r->in_end = true;
    reader_begin(r, text);
}

void json_reader_done(struct json_reader *r)
{
    buf_release(&r->scratch);
    free(r->own);
}

struct json_reader *json_reader_new_mem(struct str text)
{
    struct json_reader *r = mem_alloc(sizeof(*r));
    json_reader_init_mem(r, text);
    return r;
}

struct json_reader *json_reader_new(struct stream *in)
{
    struct json_reader *r = json_reader_new_mem(str_n(NULL, 0));
    r->in = in;
    r->in_end = false;
    r->cap = WINDOW;
    r->own = mem_alloc(r->cap);
    r->start = r->p = r->tok = r->counted = r->end = r->own;
    return r;
}

void json_reader_reset_mem(struct json_reader *r, struct str text)
{
    r->in = NULL;
    r->in_end = true;
    reader_begin(r, text);
}

void json_reader_set_many(struct json_reader *r, bool many)
{
    r->many = many;
}

void json_reader_free(struct json_reader *r)
{
    if (!r)
        return;
    json_reader_done(r);
    free(r);
}

/* Line feeds in [p, to). */
static unsigned long lines_between(const char *p, const char *to)
{
    unsigned long n = 0;
    for (; p < to; p++)
        n += *p == '\n';
    return n;
}

static void lines_catch_up(struct json_reader *r, const char *to)
{
    if (to <= r->counted)
        return;
    r->lines += lines_between(r->counted, to);
    r->counted = to;
}

bool json_refill(struct json_reader *r)
{
    if (r->in_end || r->state == JSON_AT_FAILURE)
        return false;
    size_t keep = (size_t)(r->end - r->tok), at = (size_t)(r->p - r->tok), got;
    if (keep > r->token_max + 2) { /* with its quotes */
        json_fail(r, ERR_LIMIT, r->tok, tr("this value is longer than is allowed"));
        return false;
    }
    lines_catch_up(r, r->tok);
    r->base += (uint64_t)(r->tok - r->start);
    if (keep && r->tok != r->own)
        memmove(r->own, r->tok, keep);
    if (r->cap - keep < WINDOW / 2) {
        r->cap = MIN(r->cap * 2, r->token_max + WINDOW);
        r->own = mem_realloc(r->own, r->cap);
    }
    r->start = r->tok = r->counted = r->own;
    r->p = r->own + at;
    r->end = r->own + keep;
    if (stream_read(r->in, r->own + keep, r->cap - keep, &got, &r->err) < 0) {
        r->state = JSON_AT_FAILURE;
        return false;
    }
    r->end += got;
    r->in_end = got == 0;
    return got != 0;
}

enum json_event json_fail(struct json_reader *r, int code, const char *at, const char *why)
{
    if (r->state == JSON_AT_FAILURE) /* the first failure is the one to tell */
        return JSON_ERROR;
    r->state = JSON_AT_FAILURE;
    unsigned long line = r->lines + 1;
    if (at > r->counted)
        line += lines_between(r->counted, at);
    unsigned long long offset = r->base + (uint64_t)(at - r->start);
    err_set(&r->err, code, "line %lu, byte %llu: %s", line, offset, why);
    return JSON_ERROR;
}

void json_unescape_text(struct json_reader *r)
{
    char *dst;
    r->escaped = false;
    if (r->in) {
        dst = r->own + (r->text.p - r->own);
        /* Written over itself: no line feed of the source is lost, a string has none. */
        lines_catch_up(r, r->tok);
        r->counted = r->p;
    } else {
        buf_clear(&r->scratch);
        buf_reserve(&r->scratch, r->text.n);
        dst = r->scratch.p;
    }
    r->text = str_n(dst, json_unescape(dst, r->text));
}

struct str json_text(const struct json_reader *r)
{
    return r->text;
}

int json_reader_err(const struct json_reader *r, struct err *e)
{
    if (e && r->err.code)
        *e = r->err;
    else if (e)
        err_clear(e);
    return r->err.code;
}

int json_skip(struct json_reader *r, struct err *e)
{
    enum json_event ev = JSON_NULL;
    unsigned depth = r->depth;
    if (r->state == JSON_AT_VALUE)
        ev = json_lex(r);
    else if (r->depth && (r->state == JSON_AT_FIRST_KEY || r->state == JSON_AT_FIRST_ITEM))
        depth--;
    while (ev != JSON_ERROR && r->depth > depth)
        ev = json_lex(r);
    r->escaped = false;
    r->last = JSON_END;
    return ev == JSON_ERROR ? json_reader_err(r, e) : 0;
}

unsigned long json_line(const struct json_reader *r)
{
    /* Counting is bookkeeping behind a const face: the answer is the same each time. */
    lines_catch_up((struct json_reader *)r, r->tok);
    return r->lines + 1;
}

uint64_t json_offset(const struct json_reader *r)
{
    return r->base + (uint64_t)(r->tok - r->start);
}
