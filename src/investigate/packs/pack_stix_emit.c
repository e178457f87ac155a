#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_stix.h"

/* What a STIX object path is here. `fields` are those of event records, tried one after the other. */
static const struct {
    const char *type, *path;
    enum indicator_kind kind; /* of a plain equality */
    enum hash_kind hash;
    const char *file;      /* field of a file */
    const char *fields[4]; /* fields of a record */
} paths[] = {
    {"file", "name", INDICATOR_PATH, 0, "file.name", {NULL}},
    {"file", "path", INDICATOR_PATH, 0, "file.path", {NULL}},
    {"file", "parent_directory_ref.path", INDICATOR_OTHER, 0, "file.directory", {NULL}},
    {"file", "size", INDICATOR_OTHER, 0, "file.size", {NULL}},
    {"file", "hashes.MD5", INDICATOR_HASH, HASH_MD5, "file.md5", {NULL}},
    {"file", "hashes.SHA-1", INDICATOR_HASH, HASH_SHA1, "file.sha1", {NULL}},
    {"file", "hashes.SHA1", INDICATOR_HASH, HASH_SHA1, "file.sha1", {NULL}},
    {"file", "hashes.SHA-256", INDICATOR_HASH, HASH_SHA256, "file.sha256", {NULL}},
    {"file", "hashes.SHA256", INDICATOR_HASH, HASH_SHA256, "file.sha256", {NULL}},
    {"artifact", "hashes.MD5", INDICATOR_HASH, HASH_MD5, "file.md5", {NULL}},
    {"artifact", "hashes.SHA-1", INDICATOR_HASH, HASH_SHA1, "file.sha1", {NULL}},
    {"artifact", "hashes.SHA-256", INDICATOR_HASH, HASH_SHA256, "file.sha256", {NULL}},
    {"directory", "path", INDICATOR_PATH, 0, "file.directory", {NULL}},
    {"ipv4-addr", "value", INDICATOR_IP, 0, NULL, {NULL}},
    {"ipv6-addr", "value", INDICATOR_IP, 0, NULL, {NULL}},
    {"network-traffic", "dst_ref.value", INDICATOR_IP, 0, NULL, {"DestinationIp", "DestinationHostname"}},
    {"network-traffic", "src_ref.value", INDICATOR_IP, 0, NULL, {"SourceIp", "IpAddress"}},
    {"network-traffic", "dst_port", INDICATOR_OTHER, 0, NULL, {"DestinationPort"}},
    {"domain-name", "value", INDICATOR_DOMAIN, 0, NULL, {NULL}},
    {"url", "value", INDICATOR_URL, 0, NULL, {NULL}},
    {"network-traffic",
     "extensions.http-request-ext.request_header.User-Agent",
     INDICATOR_USER_AGENT,
     0,
     NULL,
     {NULL}},
    {"process", "name", INDICATOR_PROCESS, 0, NULL, {NULL}},
    {"process", "command_line", INDICATOR_OTHER, 0, NULL, {"CommandLine", "ProcessCommandLine"}},
    {"process", "image_ref.name", INDICATOR_PROCESS, 0, NULL, {NULL}},
    {"windows-registry-key", "key", INDICATOR_REGISTRY, 0, NULL, {"TargetObject", "ObjectName"}},
    {"windows-registry-key", "values[*].name", INDICATOR_OTHER, 0, NULL, {"TargetObject", "ObjectValueName"}},
    {"windows-registry-key", "values[*].data", INDICATOR_OTHER, 0, NULL, {"Details", "NewValue"}},
    {"win-registry-key", "key", INDICATOR_REGISTRY, 0, NULL, {"TargetObject", "ObjectName"}},
    {"user-account", "account_login", INDICATOR_OTHER, 0, NULL, {"TargetUserName", "User"}},
};

static int path_of(const struct stix_cmp *c)
{
    struct str path = c->path;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (str_is(c->type, paths[i].type) && str_is_i(path, paths[i].path))
            return (int)i;
    return -1;
}

/* ---- a test as a condition ---- */

static struct str like_to_glob(struct pack *p, struct str v)
{
    struct buf b = BUF_INIT(LIMIT_LINE * 2);
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (strchr("*?\\", c))
            buf_addc(&b, '\\');
        buf_addc(&b, (char)(c == '%' ? '*' : c == '_' ? '?' : c));
    }
    struct str out = pack_build_copy(p, buf_str(&b));
    buf_release(&b);
    return out;
}

static struct cond *unknown(struct pack *p, const struct stix_cmp *c)
{
    return pack_cond_const(&p->a, TRI_UNKNOWN,
                           str_of(arena_printf(&p->a, "%.*s:%.*s", STR_ARG(str_sub(c->type, 0, 40)),
                                               STR_ARG(str_sub(c->path, 0, 80)))));
}

static struct cond *file_test(struct pack *p, const char *field, enum cond_op op, struct str value)
{
    bool path = strcmp(field, "file.path") == 0 || strcmp(field, "file.directory") == 0 ||
                strcmp(field, "file.name") == 0;
    if (op == COND_LIKE)
        value = like_to_glob(p, value);
    return path ? pack_build_path_test(p, op, field, value, NULL)
                : pack_build_test(p, op, false, str_of(field), &value, 1, NULL);
}

static struct cond *one_value(struct pack *p, int at, enum cond_op op, struct str value)
{
    struct cond *part[4];
    size_t n = 0;
    if (paths[at].file)
        return file_test(p, paths[at].file, op, value);
    if (op == COND_LIKE)
        value = like_to_glob(p, value);
    for (size_t i = 0; i < ARRAY_LEN(paths[at].fields) && paths[at].fields[i]; i++) {
        part[n] = pack_build_test(p, op, op == COND_MATCHES, str_of(paths[at].fields[i]), &value, 1, NULL);
        if (!part[n++])
            return NULL;
    }
    return n ? pack_cond_join(&p->a, COND_OR, part, n) : NULL;
}

static struct cond *test(struct pack *p, const struct stix_cmp *c)
{
    static const enum cond_op ops[] = {COND_IS, COND_LESS, COND_LESS_EQUAL, COND_MORE,  COND_MORE_EQUAL,
                                       COND_IS, COND_LIKE, COND_MATCHES,    COND_WITHIN};
    int at = path_of(c);
    if (at < 0 || c->op > STIX_SUBSET || c->n == 0 || c->n > 10000)
        return unknown(p, c);
    struct cond **part = arena_array(&p->a, struct cond *, c->n);
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->value_kind[i] == 'h' || c->value_kind[i] == 'x')
            return unknown(p, c);
        part[i] = one_value(p, at, ops[c->op], c->value[i]);
        if (!part[i])
            return unknown(p, c);
    }
    struct cond *r = pack_cond_join(&p->a, COND_OR, part, c->n);
    return c->negate ? pack_cond_not(&p->a, r) : r;
}

/* The parts of a chain of `join`s, left to right at the end; recursion only into parentheses. */
static size_t chain(struct arena *a, const struct stix_cmp *c, enum stix_join join,
                    const struct stix_cmp ***out)
{
    size_t n = 1;
    for (const struct stix_cmp *x = c; x->join == join; x = x->a)
        n++;
    const struct stix_cmp **v = arena_array(a, const struct stix_cmp *, n);
    for (size_t i = n - 1; c->join == join; c = c->a)
        v[i--] = c->b;
    v[0] = c;
    *out = v;
    return n;
}

static struct cond *condition(struct pack *p, const struct stix_cmp *c)
{
    if (c->join == STIX_OBSERVATION)
        return test(p, c);
    const struct stix_cmp **v;
    size_t n = chain(&p->a, c, c->join, &v);
    struct cond **part = arena_array(&p->a, struct cond *, n);
    for (size_t i = 0; i < n; i++)
        part[i] = condition(p, v[i]);
    return pack_cond_join(&p->a, c->join == STIX_AND ? COND_AND : COND_OR, part, n);
}

/* ---- indicators ---- */

static void add_context(struct pack *p, const struct indicator *x, struct str value, const char *why)
{
    struct indicator i = *x;
    i.kind = INDICATOR_OTHER;
    i.value = value;
    i.context = true;
    i.why = str_of(why);
    pack_build_add(p, &i);
}

/* What a test says, for people. */
static struct str said(struct pack *p, const struct stix_cmp *c)
{
    return str_of(arena_printf(&p->a, "%.*s:%.*s %s%.*s", STR_ARG(str_sub(c->type, 0, 60)),
                               STR_ARG(str_sub(c->path, 0, 200)), c->negate ? "NOT " : "",
                               STR_ARG(c->n ? str_sub(c->value[0], 0, 500) : c->path)));
}

static void leaves(struct pack *p, const struct stix_cmp *c, const struct indicator *x, const char *why)
{
    for (; c->join != STIX_OBSERVATION; c = c->a)
        leaves(p, c->b, x, why);
    add_context(p, x, said(p, c), why);
}

struct scan {
    size_t file, record;
};

static void count_leaf(void *ctx, const struct cond_test *t)
{
    struct scan *s = ctx;
    if (str_starts(t->subject.name, "file."))
        s->file++;
    else
        s->record++;
}

static void add_condition(struct pack *p, const struct stix_cmp *c, const struct indicator *x)
{
    struct indicator i = *x;
    struct scan s = {0};
    struct cond *k = condition(p, c);
    struct str why = {"", 0};
    pack_cond_each(k, count_leaf, &s);
    bool unknown_part = pack_cond_unknown(k, &why);
    if ((!s.file && !s.record) || (s.file && s.record)) {
        leaves(p, c, x,
               why.n ? arena_printf(&p->a, tr("%s cannot be evaluated in a sweep"), why.p)
                     : tr("no single file or record can have all of it"));
        return;
    }
    i.kind = s.file ? INDICATOR_FILE : INDICATOR_RECORD;
    i.cond = k;
    i.value = said(p, c->join == STIX_OBSERVATION ? c : c->b);
    i.level = pack_value_level(s.file ? INDICATOR_FILE : INDICATOR_COMMAND, i.score);
    if (unknown_part) {
        i.why = str_of(arena_printf(&p->a, tr("%s cannot be evaluated in a sweep"), why.p));
        pack_build_note(p, PACK_NOT_EVALUABLE, x->line, i.value, "%s", i.why.p);
    }
    pack_build_push(p, &i);
}

/* An equality that is a plain value. */
static bool add_plain(struct pack *p, const struct stix_cmp *c, const struct indicator *x)
{
    int at = path_of(c);
    if (at < 0 || c->negate ||
        (c->op != STIX_EQUAL && c->op != STIX_IN &&
         !(c->op == STIX_SUBSET && paths[at].kind == INDICATOR_IP)) ||
        paths[at].kind == INDICATOR_OTHER)
        return false;
    for (uint32_t k = 0; k < c->n; k++)
        if (c->value_kind[k] != 's')
            return false;
    for (uint32_t k = 0; k < c->n; k++) {
        struct indicator i = *x;
        enum indicator_kind guess;
        i.kind = paths[at].kind;
        i.hash = paths[at].hash;
        i.value = c->value[k];
        if (i.kind == INDICATOR_IP && pack_value_guess(c->value[k], &guess) && guess == INDICATOR_DOMAIN)
            i.kind = guess;
        i.level = pack_value_level(i.kind, i.score);
        pack_build_add(p, &i);
    }
    return true;
}

static void emit_cmp(struct pack *p, const struct stix_cmp *c, const struct indicator *x)
{
    if (c->join == STIX_OR) {
        const struct stix_cmp **v;
        size_t n = chain(&p->a, c, STIX_OR, &v);
        for (size_t i = 0; i < n; i++)
            emit_cmp(p, v[i], x);
        return;
    }
    if (c->join == STIX_OBSERVATION && add_plain(p, c, x))
        return;
    add_condition(p, c, x);
}

static void all_leaves(struct pack *p, const struct stix_obs *o, const struct indicator *x, const char *why)
{
    for (; o->join != STIX_OBSERVATION; o = o->a)
        all_leaves(p, o->b, x, why);
    leaves(p, o->cmp, x, why);
}

static bool ordered(const struct stix_obs *o)
{
    for (; o->join != STIX_OBSERVATION; o = o->a)
        if (o->qualified || o->join == STIX_FOLLOWED_BY || ordered(o->b))
            return true;
    return o->qualified;
}

/* Observations under AND may be different objects at different times: each is a part that is looked for by
 * itself. */
static void emit_part(struct pack *p, const struct stix_obs *o, const struct indicator *x)
{
    for (; o->join == STIX_OR; o = o->a)
        emit_part(p, o->b, x);
    if (o->join == STIX_OBSERVATION)
        emit_cmp(p, o->cmp, x);
    else
        all_leaves(p, o, x, tr("observations are nested in a way that cannot be followed in a sweep"));
}

void pack_stix_emit(struct pack *p, const struct stix_obs *o, const struct indicator *x)
{
    struct indicator i = *x;
    if (ordered(o)) {
        all_leaves(p, o, x, tr("an order or a time span of observations cannot be evaluated in a sweep"));
        return;
    }
    for (; o->join == STIX_OR; o = o->a)
        pack_stix_emit(p, o->b, x);
    if (o->join == STIX_OBSERVATION) {
        emit_cmp(p, o->cmp, x);
        return;
    }
    size_t n = 1;
    for (const struct stix_obs *k = o; k->join == STIX_AND; k = k->a)
        n++;
    if (n > 1000) {
        all_leaves(p, o, x, tr("observations are nested in a way that cannot be followed in a sweep"));
        return;
    }
    i.group = ++p->groups;
    i.parts = (uint16_t)n;
    for (i.part = i.parts; o->join == STIX_AND; o = o->a, i.part--)
        emit_part(p, o->b, &i);
    emit_part(p, o, &i);
}
