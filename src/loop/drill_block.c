#include "loop/drill_block.h"

#include <stdio.h>

int drill_block_err(const struct drill_block *b, struct err *e, const char *key, const char *text)
{
    unsigned long line = b->line;
    for (size_t i = 0; key && i < b->field_n; i++)
        if (str_is(b->field[i].key, key))
            line = b->field[i].line;
    struct str kind = str_sub(b->kind, 0, 40);
    return key ? err_at(e, ERR_INPUT, b->file, line, "%.*s, %s: %s", STR_ARG(kind), key, text)
               : err_at(e, ERR_INPUT, b->file, line, "%.*s: %s", STR_ARG(kind), text);
}

static bool listed(struct str key, const char *keys)
{
    struct str_split it = str_split_init(str_of(keys), ' ');
    struct str word;
    while (str_split_next(&it, &word))
        if (str_eq(word, key))
            return true;
    return false;
}

int drill_block_keys(const struct drill_block *b, const char *keys, struct err *e)
{
    for (size_t i = 0; i < b->field_n; i++)
        if (!listed(b->field[i].key, keys))
            return err_at(e, ERR_INPUT, b->file, b->field[i].line,
                          "\"%.*s\" is no field of %.*s; those are: %s",
                          STR_ARG(str_sub(b->field[i].key, 0, 40)), STR_ARG(b->kind), keys);
    return 0;
}

struct str drill_block_get(const struct drill_block *b, const char *key)
{
    for (size_t i = 0; i < b->field_n; i++)
        if (str_is(b->field[i].key, key))
            return b->field[i].value;
    return (struct str){0};
}

static struct str joined(const struct drill_block *b, const char *prefix, const char *lang, struct arena *a)
{
    struct buf out = BUF_INIT(LIMIT_NOTICE_TEXT);
    size_t n = strlen(prefix);
    for (size_t i = 0; i < b->field_n; i++) {
        struct str k = b->field[i].key;
        if (str_starts(k, prefix) && str_is(str_sub(k, n, k.n), lang))
            buf_printf(&out, "%s" STR_FMT, out.n ? "\n" : "", STR_ARG(b->field[i].value));
    }
    struct str s = arena_str(a, buf_str(&out));
    buf_release(&out);
    return s;
}

struct drill_text drill_block_text(const struct drill_block *b, const char *prefix, struct arena *a)
{
    return (struct drill_text){joined(b, prefix, "ja", a), joined(b, prefix, "en", a)};
}

struct str *drill_block_words(const struct drill_block *b, const char *key, struct arena *a, size_t *n)
{
    struct str *out, word;
    size_t max = 1;
    for (size_t i = 0; i < b->field_n; i++)
        for (size_t k = 0; str_is(b->field[i].key, key) && k <= b->field[i].value.n; k++)
            max += k == b->field[i].value.n || b->field[i].value.p[k] == ' ';
    out = arena_array(a, struct str, MIN(max, (size_t)LIMIT_DRILL_LIST));
    *n = 0;
    for (size_t i = 0; i < b->field_n; i++) {
        if (!str_is(b->field[i].key, key))
            continue;
        struct str_split it = str_split_init(b->field[i].value, ' ');
        while (str_split_next(&it, &word))
            if (word.n && *n < LIMIT_DRILL_LIST)
                out[(*n)++] = arena_str(a, word);
    }
    return out;
}

/* "+09:00", "Z". */
static bool read_zone(struct str s, int *zone_s)
{
    when_t t;
    char text[48];
    if (s.n == 0 || s.n > 10)
        return false;
    snprintf(text, sizeof(text), "1970-01-02T00:00" STR_FMT, STR_ARG(s));
    if ((s.p[0] != '+' && s.p[0] != '-' && !str_is(s, "Z")) || !clock_parse_iso(str_of(text), ZONE_UTC, &t))
        return false;
    *zone_s = (int)((WHEN_DAY - t) / WHEN_SEC);
    return true;
}

int drill_block_when(const struct drill_block *b, struct str s, struct drill_when *out, struct err *e)
{
    *out = (struct drill_when){0};
    size_t blank = str_chr(s, ' ');
    struct str date = str_sub(s, 0, blank), zone = str_trim(str_sub(s, date.n, s.n));
    if (date.n == 10 && read_zone(zone, &out->zone_s) && clock_parse_iso(date, out->zone_s, &out->at)) {
        out->day = true;
        out->at += WHEN_DAY - WHEN_SEC;
        return 0;
    }
    /* The zone of a moment is what stands behind its time. */
    size_t at = s.n;
    while (at > 11 && s.p[at - 1] != '+' && s.p[at - 1] != '-' && s.p[at - 1] != 'Z')
        at--;
    if (s.n > 16 && at > 11 && read_zone(str_sub(s, at - 1, s.n), &out->zone_s) &&
        clock_parse_iso(s, ZONE_UTC, &out->at))
        return 0;
    return drill_block_err(b, e, NULL,
                           tr("when? 2021-03-03T10:00+09:00, or the day and its zone: 2021-03-03 +09:00"));
}

/* ---- ranges ---- */

/* The fields between "|". */
static size_t bars(struct str s, struct str *out, size_t max)
{
    struct str_split it = str_split_init(s, '|');
    struct str piece;
    size_t n = 0;
    while (n < max && str_split_next(&it, &piece))
        out[n++] = str_trim(piece);
    return n;
}

static int read_cpe(const struct drill_block *b, struct str s, struct cpe_match *m, struct err *e)
{
    struct str_split it = str_split_init(s, ' ');
    struct str word;
    *m = (struct cpe_match){.vulnerable = true};
    while (str_split_next(&it, &word)) {
        const struct {
            const char *name;
            struct str *to;
        } bound[] = {{"from=", &m->start_incl},
                     {"after=", &m->start_excl},
                     {"before=", &m->end_excl},
                     {"upto=", &m->end_incl}};
        size_t i = 0;
        if (word.n == 0)
            continue;
        if (m->criteria.n == 0 && str_starts(word, "cpe:2.3:")) {
            m->criteria = word;
            continue;
        }
        while (i < ARRAY_LEN(bound) && !str_starts(word, bound[i].name))
            i++;
        if (i == ARRAY_LEN(bound))
            return drill_block_err(b, e, "cpe",
                                   tr("a CPE 2.3 name with from=, after=, before= or upto= is expected"));
        *bound[i].to = str_sub(word, strlen(bound[i].name), word.n);
    }
    return m->criteria.n
               ? 0
               : drill_block_err(b, e, "cpe",
                                 tr("a CPE 2.3 name with from=, after=, before= or upto= is expected"));
}

static int read_affected(const struct drill_block *b, struct str s, struct affected *out, struct arena *a,
                         struct err *e)
{
    struct str part[4];
    if (bars(s, part, 4) != 4 || !part[1].n || !part[2].n || !part[3].n)
        return drill_block_err(b, e, "affected", tr("VENDOR | PRODUCT | FROM | BEFORE is expected"));
    *out = (struct affected){.vendor = part[0], .product = part[1], .default_status = STR_LIT("unaffected")};
    out->version = arena_new(a, struct affected_version);
    out->version_n = 1;
    *out->version = (struct affected_version){.version = part[2],
                                              .less_than = part[3],
                                              .status = STR_LIT("affected"),
                                              .version_type = STR_LIT("custom")};
    return 0;
}

/* "… Cumulative Update 14,15,16" stands for three. */
static void add_products(struct str s, struct vuln *v, struct arena *a)
{
    struct str part[2] = {{0}, {0}}, level;
    bars(s, part, 2);
    size_t tail = part[0].n;
    while (tail > 0 && part[0].p[tail - 1] != ' ')
        tail--;
    struct str_split it = str_split_init(str_sub(part[0], tail, part[0].n), ',');
    while (str_split_next(&it, &level)) {
        struct vendor_product *p = &v->product[v->product_n++];
        *p = (struct vendor_product){.status = STR_LIT("known_affected")};
        p->name =
            str_of(arena_printf(a, STR_FMT STR_FMT, STR_ARG(str_sub(part[0], 0, tail)), STR_ARG(level)));
        p->kb = str_starts(part[1], "KB") ? str_sub(part[1], 2, part[1].n) : part[1];
    }
}

static size_t count_products(const struct drill_block *b)
{
    size_t n = 1;
    for (size_t i = 0; i < b->field_n; i++)
        for (size_t k = 0; k <= b->field[i].value.n; k++)
            n += k == b->field[i].value.n || b->field[i].value.p[k] == ',';
    return n;
}

static void add_score(struct str s, const struct vuln *v, struct metric *m)
{
    *m = (struct metric){
        .source = v->source, .type = STR_LIT("Primary"), .vector = s, .score = -1, .version = STR_LIT("2.0")};
    if (str_starts(s, "CVSS:") && s.n > 8)
        m->version = str_sub(s, 5, 3);
}

int drill_block_ranges(const struct drill_block *b, struct vuln *v, struct arena *a, struct err *e)
{
    v->config = arena_new(a, struct cpe_config);
    v->config->node = arena_new(a, struct cpe_node);
    v->config->node_n = 1;
    struct cpe_node *node = v->config->node;
    node->match = arena_array(a, struct cpe_match, b->field_n + 1);
    v->product = arena_array(a, struct vendor_product, count_products(b));
    v->affected = arena_array(a, struct affected, b->field_n + 1);
    v->metric = arena_array(a, struct metric, b->field_n + 1);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->field_n; i++) {
        const struct drill_field *f = &b->field[i];
        if (str_is(f->key, "cpe"))
            rc = read_cpe(b, f->value, &node->match[node->match_n++], e);
        else if (str_is(f->key, "affected"))
            rc = read_affected(b, f->value, &v->affected[v->affected_n++], a, e);
        else if (str_is(f->key, "product"))
            add_products(f->value, v, a);
        else if (str_is(f->key, "cvss"))
            add_score(f->value, v, &v->metric[v->metric_n++]);
    }
    v->config_n = node->match_n > 0;
    return rc;
}

/* ---- lines ---- */

struct block_read {
    struct drill_block b;
    VEC(struct drill_field) field;
    size_t blocks;
    int (*each)(void *ctx, const struct drill_block *b);
    void *ctx;
};

static int end_block(struct block_read *r, struct arena *a)
{
    if (r->b.kind.n == 0)
        return 0;
    r->b.field_n = r->field.n;
    r->b.field = arena_array(a, struct drill_field, r->field.n + 1);
    if (r->field.n)
        memcpy(r->b.field, r->field.p, r->field.n * sizeof(*r->field.p));
    vec_clear(&r->field);
    return r->each(r->ctx, &r->b);
}

static int one_line(struct block_read *r, struct str line, unsigned long number, struct arena *a,
                    struct err *e)
{
    const char *file = r->b.file;
    struct str s = str_trim(line);
    if (s.n == 0 || s.p[0] == '#')
        return 0;
    if (line.n > LIMIT_DRILL_LINE)
        return err_at(e, ERR_LIMIT, file, number, "a line longer than %lu bytes", LIMIT_DRILL_LINE);
    if (line.p[0] != ' ' && line.p[0] != '\t') {
        int rc = end_block(r, a);
        if (rc)
            return rc;
        if (++r->blocks > LIMIT_DRILL_BLOCKS)
            return err_at(e, ERR_LIMIT, file, number, "more than %d blocks", LIMIT_DRILL_BLOCKS);
        size_t blank = str_chr(s, ' ');
        r->b.kind = str_sub(s, 0, blank);
        r->b.head = str_trim(str_sub(s, r->b.kind.n, s.n));
        r->b.line = number;
        return 0;
    }
    size_t colon = str_chr(s, ':');
    if (r->b.kind.n == 0 || colon == STR_NONE || colon == 0)
        return err_at(e, ERR_INPUT, file, number, "a field \"key: value\" of a block is expected");
    if (r->field.n == LIMIT_DRILL_LIST)
        return err_at(e, ERR_LIMIT, file, number, "more than %d fields in one block", LIMIT_DRILL_LIST);
    vec_push(&r->field,
             ((struct drill_field){str_sub(s, 0, colon), str_trim(str_sub(s, colon + 1, s.n)), number}));
    return 0;
}

int drill_block_each(struct str text, const char *file, struct arena *a,
                     int (*each)(void *ctx, const struct drill_block *b), void *ctx, struct err *e)
{
    struct block_read r = {.b = {.file = file}, .each = each, .ctx = ctx};
    struct str line;
    unsigned long number = 0;
    int rc = 0;
    if (text.n > LIMIT_FILE_SMALL)
        return err_at(e, ERR_LIMIT, file, 0, "larger than %lu bytes", LIMIT_FILE_SMALL);
    if (!str_is_utf8(text))
        return err_at(e, ERR_INPUT, file, 0, "this is not UTF-8");
    while (rc == 0 && str_line_next(&text, &line))
        rc = one_line(&r, line, ++number, a, e);
    if (rc == 0)
        rc = end_block(&r, a);
    vec_release(&r.field);
    return rc;
}
