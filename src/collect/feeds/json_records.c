#include "collect/feeds/json_records.h"

#include "codec/stream.h"

struct state {
    const struct json_records *use;
    struct json_reader *r;
    struct arena one;  /* the record that is no element */
    struct json *item; /* its members */
    struct str *key;
    uint32_t n, cap;
    uint64_t records;
    bool list; /* a list was found */
};

static bool is_list(const struct json_records *use, struct str key)
{
    for (const char *const *l = use->lists; l && *l; l++)
        if (str_is(key, *l))
            return true;
    return false;
}

static int read_list(struct state *s, struct err *e)
{
    struct str raw;
    int rc;
    s->list = true;
    while ((rc = json_element(s->r, LIMIT_RECORD, &raw, e)) > 0) {
        s->records++;
        rc = s->use->record(s->use->ctx, raw, e);
        if (rc < 0)
            return rc;
    }
    return rc;
}

static void keep_member(struct state *s, struct str key, const struct json *value)
{
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 16;
        struct json *item = arena_array(&s->one, struct json, cap);
        struct str *keys = arena_array(&s->one, struct str, cap);
        if (s->n) {
            memcpy(item, s->item, s->n * sizeof(*item));
            memcpy(keys, s->key, s->n * sizeof(*keys));
        }
        s->item = item;
        s->key = keys;
        s->cap = cap;
    }
    s->key[s->n] = key;
    s->item[s->n++] = *value;
}

/* One member of a top object, its key just read. */
static int read_member(struct state *s, struct err *e)
{
    struct str name = json_text(s->r);
    bool list = is_list(s->use, name);
    struct str key = arena_str(&s->one, name);
    enum json_event ev = json_next(s->r);
    if (ev == JSON_ERROR)
        return json_reader_err(s->r, e);
    if (list && ev == JSON_ARRAY)
        return read_list(s, e);
    if (s->list && (ev == JSON_OBJECT || ev == JSON_ARRAY))
        return json_skip(s->r, e);
    uint64_t from = json_offset(s->r);
    const struct json *v = json_tree(s->r, &s->one, e);
    if (!v)
        return e ? e->code : ERR_INPUT;
    if (json_offset(s->r) - from > LIMIT_RECORD)
        return err_set(e, ERR_LIMIT, "a record is larger than %lu MiB", (unsigned long)(LIMIT_RECORD / MIB));
    if (s->use->member && (v->type == JSON_STRING || v->type == JSON_NUMBER))
        s->use->member(s->use->ctx, key, v->text);
    if (!s->list)
        keep_member(s, key, v);
    return 0;
}

static int read_object(struct state *s, struct err *e)
{
    enum json_event ev;
    bool before = s->list;
    arena_clear(&s->one);
    s->n = s->cap = 0;
    s->list = false;
    while ((ev = json_next(s->r)) == JSON_KEY) {
        int rc = read_member(s, e);
        if (rc < 0)
            return rc;
    }
    if (ev == JSON_ERROR)
        return json_reader_err(s->r, e);
    if (!s->list) {
        struct json root = {.type = JSON_OBJECT, .n = s->n, .key = s->key, .item = s->item};
        int rc = s->use->tree(s->use->ctx, &s->one, &root, e);
        s->list = before;
        s->records++;
        return rc;
    }
    return 0;
}

static int read_values(struct state *s, struct err *e)
{
    int rc = 0;
    json_reader_set_many(s->r, true);
    while (rc >= 0) {
        enum json_event ev = json_next(s->r);
        if (ev == JSON_END) {
            ev = json_next(s->r); /* the next value, or again the end */
            if (ev == JSON_END)
                break;
        }
        if (ev == JSON_ERROR)
            rc = json_reader_err(s->r, e);
        else if (ev == JSON_OBJECT)
            rc = read_object(s, e);
        else if (ev == JSON_ARRAY)
            rc = read_list(s, e);
        else
            s->use->bad(s->use->ctx, json_text(s->r), tr("the record is no JSON object"));
    }
    return rc;
}

static int read_lines(struct state *s, struct stream *in, struct err *e)
{
    struct str line;
    bool cut;
    int rc;
    while ((rc = stream_line(in, LIMIT_RECORD, &line, &cut, e)) > 0) {
        line = str_trim(line);
        if (!line.n)
            continue;
        s->records++;
        if (cut) {
            s->use->bad(s->use->ctx, str_sub(line, 0, 4096), tr("the line is longer than a record may be"));
            continue;
        }
        rc = s->use->record(s->use->ctx, line, e);
        if (rc < 0)
            break;
    }
    return rc;
}

static bool lines_by_name(const struct feed_input *in)
{
    const char *name = stream_name(in->stream);
    struct str texts[] = {in->url, str_of(name ? name : "")};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (str_find_i(texts[i], STR_LIT(".ndjson")) != STR_NONE ||
            str_find_i(texts[i], STR_LIT(".jsonl")) != STR_NONE)
            return true;
    return false;
}

int json_records_read(const struct feed_input *in, const struct json_records *use, struct err *e)
{
    struct state s = {.use = use};
    int rc;
    if (lines_by_name(in)) {
        rc = read_lines(&s, in->stream, e);
    } else {
        s.r = json_reader_new(in->stream);
        rc = read_values(&s, e);
        json_reader_free(s.r);
    }
    arena_release(&s.one);
    if (rc == 0 && !s.records && !s.list)
        rc = err_set(e, ERR_INPUT, "the answer is empty; the last good data are kept");
    return rc < 0 ? err_prefix(e, "%.*s", STR_ARG(in->url)) : 0;
}
