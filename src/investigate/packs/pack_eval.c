#include "investigate/packs/pack_eval_in.h"

#include "investigate/packs/pack_path.h"
#include "investigate/packs/pack_rare.h"

#define LITERALS 64   /* prefilter texts of one condition */
#define LITERAL_MIN 4 /* bytes */

/* ---- building ---- */

static void add_chain(struct pack_eval *v, struct map *m, struct str key, uint32_t id)
{
    bool made;
    uint64_t *first = map_put(m, key, &made);
    v->next.p[id] = made ? UINT32_MAX : (uint32_t)*first;
    *first = id;
}

static void add_pattern(struct pack_eval *v, enum pack_place place, uint32_t id, struct str text, bool regex,
                        bool cased, bool wide)
{
    vec_push(&v->pattern[place], ((struct pack_pattern){id, text, regex, cased, wide}));
}

static void hash_leaf(void *ctx, const struct cond_test *t)
{
    struct pack_eval *v = ctx;
    struct str f = t->subject.name;
    v->hash_kinds |= str_is(f, "file.md5")      ? HASH_MD5
                     : str_is(f, "file.sha1")   ? HASH_SHA1
                     : str_is(f, "file.sha256") ? HASH_SHA256
                                                : 0;
}

static pack_eval_ids *bucket(struct pack_eval *v, uint32_t event)
{
    bool made;
    uint64_t *at = map_put(&v->event, str_n((const char *)&event, sizeof(event)), &made);
    if (made) {
        *at = v->bucket.n;
        vec_push(&v->bucket, ((pack_eval_ids){0}));
        vec_push(&v->event_id, event);
    }
    return &v->bucket.p[*at];
}

static void add_texts(struct pack_eval *v, uint32_t id, const struct cond *c)
{
    struct pack_cond_text text[LITERALS];
    size_t n = 0;
    if (!pack_cond_texts(c, LITERAL_MIN, text, LITERALS, &n)) {
        v->every = true;
        return;
    }
    for (size_t k = 0; k < n; k++) {
        struct buf b = BUF_INIT(64 * KIB);
        if (text[k].depth)
            pack_cond_text_regex(&text[k], &b);
        struct str s = text[k].depth ? arena_str(&v->a, buf_str(&b)) : text[k].text;
        add_pattern(v, PACK_PLACE_TEXT, id, s, text[k].depth > 0, false, false);
        buf_release(&b);
    }
}

static void registry_leaf(void *ctx, const struct cond_test *t)
{
    *(bool *)ctx |= str_is(t->subject.name, "TargetObject") || str_is(t->subject.name, "ObjectName");
}

/* Event ids from the rule's own gate, else from a test that is necessary. */
static void add_record(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    const struct cond_test *t;
    uint64_t number;
    bool gated = i->event_n > 0;
    for (uint32_t k = 0; k < i->event_n; k++)
        vec_push(bucket(v, i->event[k]), id);
    if (!gated && pack_cond_required(i->cond, "EventID", &t)) {
        gated = true;
        for (uint32_t k = 0; k < t->n; k++)
            gated &= num_u64(t->value[k], &number) && number <= UINT32_MAX;
        for (uint32_t k = 0; gated && k < t->n; k++)
            if (num_u64(t->value[k], &number))
                vec_push(bucket(v, (uint32_t)number), id);
    }
    if (!gated) {
        bool registry = false;
        vec_push(&v->any_event, id);
        pack_cond_each(i->cond, registry_leaf, &registry);
        if (registry && !i->channel_n)
            vec_push(&v->registry, id);
        bool event = i->channel_n > 0 || pack_cond_required(i->cond, "Channel", &t) ||
                     pack_cond_required(i->cond, "Provider_Name", &t);
        v->all_events |= event || !pack_cond_required(i->cond, "log", &t);
        if (event)
            return;
    }
    if (gated)
        return; /* events are not found by text */
    add_texts(v, id, i->cond);
}

/* An expression's certain text finds the lines that are worth trying it on. */
static void add_expression(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    struct str certain = pack_regex_literal(i->rx);
    bool good = certain.n >= LITERAL_MIN && pack_rare_cost(certain) < PACK_RARE_ORDINARY;
    add_pattern(v, PACK_PLACE_TEXT, id, good ? certain : i->value, !good, false, false);
}

/* What every address of a network begins with, as addresses are usually written: whole numbers of IPv4, whole groups of
 * IPv6. "" when it is too large for that: then every record is looked at. */
static struct str net_beginning(struct pack_eval *v, struct str net)
{
    unsigned char addr[16];
    unsigned bits;
    struct buf b = BUF_INIT(64);
    if (!pack_value_ip(net, addr, &bits))
        return (struct str){"", 0};
    if (str_chr(net, ':') == STR_NONE) {
        for (unsigned i = 0; i < (bits - 96) / 8; i++) /* only networks come here: bits count the 96 in front */
            buf_printf(&b, "%u%s", addr[12 + i], i < 3 ? "." : "");
    } else
        for (unsigned i = 0; i < bits / 16 && (addr[2 * i] || addr[2 * i + 1]); i++) /* a zero may be left out */
            buf_printf(&b, "%x:", addr[2 * i] << 8 | addr[2 * i + 1]);
    struct str out = b.n >= 3 ? arena_str(&v->a, buf_str(&b)) : (struct str){"", 0};
    buf_release(&b);
    return out;
}

static void add_net(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    struct str begin = net_beginning(v, i->value);
    vec_push(&v->nets, id);
    if (begin.n)
        add_pattern(v, PACK_PLACE_TEXT, id, begin, false, false, false);
    else
        v->every = true;
}

static void add_value(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    bool net = i->kind == INDICATOR_IP && str_chr(i->value, '/') != STR_NONE;
    if (net)
        add_net(v, id, i);
    else if (i->kind == INDICATOR_IP || i->kind == INDICATOR_DOMAIN)
        add_chain(v, &v->exact, i->value, id);
    else
        vec_push(&v->values, id);
    if (i->kind == INDICATOR_REGISTRY)
        vec_push(&v->registry, id);
    if (i->kind == INDICATOR_REGISTRY || net || i->kind == INDICATOR_OTHER)
        return;
    if (i->form == PATTERN_REGEX)
        add_expression(v, id, i);
    else
        add_pattern(v, PACK_PLACE_TEXT, id, i->value, false, false, false);
}

static void add_bytes(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    bool line = i->kind == INDICATOR_LINE;
    enum pack_place place = line ? PACK_PLACE_TEXT : PACK_PLACE_FILE;
    struct str certain = i->form == PATTERN_REGEX ? pack_regex_literal(i->rx) : i->value;
    if (line)
        vec_push(&v->line, id);
    else
        vec_push(&v->bytes, id);
    if (certain.n >= LITERAL_MIN)
        add_pattern(v, place, id, certain, false, i->cased && i->form != PATTERN_REGEX, i->wide);
    else
        add_pattern(v, place, id, i->value, i->form == PATTERN_REGEX, i->cased, i->wide);
}

static void add_item(struct pack_eval *v, uint32_t id, const struct indicator *i)
{
    switch (i->kind) {
    case INDICATOR_PATH:
        vec_push(&v->path, id);
        add_pattern(v, PACK_PLACE_PATH, id, pack_regex_text(i->rx), true, false, false);
        break;
    case INDICATOR_HASH:
        v->hash_kinds |= i->hash;
        add_chain(v, &v->hash, i->value, id);
        break;
    case INDICATOR_CONTENT:
    case INDICATOR_LINE:
        add_bytes(v, id, i);
        break;
    case INDICATOR_FILE:
        vec_push(&v->file, id);
        pack_cond_each(i->cond, hash_leaf, v);
        break;
    case INDICATOR_RECORD:
        add_record(v, id, i);
        break;
    case INDICATOR_YARA:
    case INDICATOR_OTHER:
        break;
    default:
        add_value(v, id, i);
    }
}

static struct str last_part(struct str path)
{
    size_t i = path.n;
    while (i && path.p[i - 1] != '/')
        i--;
    return str_sub(path, i, path.n);
}

struct pack_eval *pack_eval_new(const struct pack *const *pack, size_t n)
{
    struct pack_eval *v = mem_zalloc(sizeof(*v));
    for (size_t p = 0; p < n; p++) {
        for (size_t k = 0; k < pack[p]->indicator_n; k++) {
            const struct indicator *i = &pack[p]->indicator[k];
            if (i->context)
                continue;
            struct pack_hit h = {.pack = pack[p],
                                 .indicator = i,
                                 .check = &pack[p]->check[i->check],
                                 .id = (uint32_t)v->item.n};
            vec_push(&v->item, h);
        }
        for (uint32_t k = 0; k < pack[p]->stock_n; k++)
            *map_put(&v->stock, last_part(pack[p]->stock[k]), NULL) = 1;
    }
    vec_reserve(&v->next, v->item.n + 1);
    v->next.n = v->item.n;
    for (uint32_t id = 0; id < v->item.n; id++)
        add_item(v, id, v->item.p[id].indicator);
    return v;
}

void pack_eval_free(struct pack_eval *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->bucket.n; i++)
        vec_release(&v->bucket.p[i]);
    for (size_t i = 0; i < ARRAY_LEN(v->pattern); i++)
        vec_release(&v->pattern[i]);
    vec_release(&v->item);
    vec_release(&v->path);
    vec_release(&v->file);
    vec_release(&v->bytes);
    vec_release(&v->line);
    vec_release(&v->values);
    vec_release(&v->registry);
    vec_release(&v->next);
    vec_release(&v->nets);
    vec_release(&v->bucket);
    vec_release(&v->any_event);
    vec_release(&v->event_id);
    map_release(&v->hash);
    map_release(&v->exact);
    map_release(&v->event);
    map_release(&v->stock);
    arena_release(&v->a);
    free(v);
}

size_t pack_eval_count(const struct pack_eval *v)
{
    return v->item.n;
}

struct pack_hit pack_eval_at(const struct pack_eval *v, uint32_t id)
{
    return v->item.p[id];
}

size_t pack_eval_patterns(const struct pack_eval *v, enum pack_place place, const struct pack_pattern **out)
{
    *out = v->pattern[place].p;
    return v->pattern[place].n;
}

bool pack_eval_every(const struct pack_eval *v)
{
    return v->every;
}

unsigned pack_eval_hash_kinds(const struct pack_eval *v)
{
    return v->hash_kinds;
}

bool pack_eval_events(const struct pack_eval *v, const uint32_t **out, size_t *n)
{
    *out = v->event_id.p;
    *n = v->event_id.n;
    return !v->all_events && v->values.n == 0 && v->exact.n == 0 && v->nets.n == 0;
}

/* ---- paths ---- */

static bool is_stock(const struct pack_eval *v, struct str path)
{
    if (!map_get(&v->stock, last_part(path)))
        return false;
    for (size_t i = 0; i < v->item.n; i++) { /* rare: the name alone is stock already */
        const struct pack *p = v->item.p[i].pack;
        if (i && p == v->item.p[i - 1].pack)
            continue;
        for (uint32_t k = 0; k < p->stock_n; k++) {
            struct str tail = str_sub(p->stock[k], 2, p->stock[k].n); /* without its drive */
            if (path.n >= tail.n && str_eq(str_sub(path, path.n - tail.n, tail.n), tail))
                return true;
        }
    }
    return false;
}

bool pack_eval_check_path(const struct pack_eval *v, uint32_t id, struct str path, struct pack_hit *h)
{
    const struct indicator *i = v->item.p[id].indicator;
    if (pack_regex_match(i->rx, path) != TRI_YES ||
        (i->except && pack_regex_match(i->except, path) == TRI_YES))
        return false;
    *h = v->item.p[id];
    h->found = path;
    h->stock = v->stock.n && is_stock(v, path);
    return true;
}

int pack_eval_path(const struct pack_eval *v, struct str path, const struct pack_sink *sink)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < v->path.n; k++) {
        struct pack_hit h;
        if (pack_eval_check_path(v, v->path.p[k], path, &h))
            rc = sink->hit(sink->ctx, &h);
    }
    return rc;
}

/* ---- hashes ---- */

int pack_eval_hash(const struct pack_eval *v, enum hash_kind kind, const unsigned char *digest,
                   const struct pack_sink *sink)
{
    char hex[65];
    size_t n = kind == HASH_MD5 ? 16 : kind == HASH_SHA1 ? 20 : 32;
    int rc = 0;
    num_tohex(digest, n, hex);
    const uint64_t *first = map_get(&v->hash, str_n(hex, 2 * n));
    for (uint32_t id = first ? (uint32_t)*first : UINT32_MAX; rc == 0 && id != UINT32_MAX;
         id = v->next.p[id]) {
        struct pack_hit h = v->item.p[id];
        h.found = h.indicator->value;
        rc = sink->hit(sink->ctx, &h);
    }
    return rc;
}

/* ---- files ---- */

size_t pack_eval_files(const struct pack_eval *v)
{
    return v->file.n;
}

int pack_eval_file(const struct pack_eval *v, const struct pack_subject *file, const struct pack_sink *sink,
                   size_t *unknown)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < v->file.n; k++) {
        const struct pack_hit *h = &v->item.p[v->file.p[k]];
        enum tri t = pack_cond_eval(h->indicator->cond, file);
        if (t == TRI_YES)
            rc = sink->hit(sink->ctx, h);
        else if (t == TRI_UNKNOWN && unknown)
            ++*unknown;
    }
    return rc;
}

/* ---- bytes ---- */

static bool wide_find(struct str bytes, struct str s, bool cased, uint64_t *at)
{
    for (size_t i = 0; s.n && i + 2 * s.n <= bytes.n; i++) {
        size_t k = 0;
        while (k < s.n && bytes.p[i + 2 * k + 1] == 0 &&
               (cased ? bytes.p[i + 2 * k] == s.p[k]
                      : str_ieq(str_n(bytes.p + i + 2 * k, 1), str_n(s.p + k, 1))))
            k++;
        if (k == s.n) {
            *at = i;
            return true;
        }
    }
    return false;
}

bool pack_eval_check_bytes(const struct pack_eval *v, uint32_t id, struct str bytes, struct str kind,
                           struct pack_hit *h)
{
    const struct indicator *i = v->item.p[id].indicator;
    struct pack_hit out = v->item.p[id];
    if (i->kind == INDICATOR_LINE && i->log.n && !str_eq(i->log, kind))
        return false;
    if (i->form == PATTERN_REGEX) {
        if (pack_regex_capture(i->rx, bytes, &out.found) != TRI_YES)
            return false;
        out.offset = (uint64_t)(out.found.p - bytes.p);
    } else {
        size_t at = i->cased ? str_find(bytes, i->value) : str_find_i(bytes, i->value);
        out.offset = at;
        if (at == STR_NONE && !(i->wide && wide_find(bytes, i->value, i->cased, &out.offset)))
            return false;
        out.found = i->value;
    }
    *h = out;
    return true;
}

int pack_eval_bytes(const struct pack_eval *v, enum pack_place place, struct str bytes, struct str kind,
                    const struct pack_sink *sink)
{
    const pack_eval_ids *list = place == PACK_PLACE_TEXT ? &v->line : &v->bytes;
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < list->n; k++) {
        struct pack_hit h;
        if (pack_eval_check_bytes(v, list->p[k], bytes, kind, &h))
            rc = sink->hit(sink->ctx, &h);
    }
    return rc;
}
