#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_stix.h"

struct parser {
    struct arena *a;
    struct str s;
    size_t i;
    unsigned depth;
    size_t nodes;
    bool lenient;
    struct err *e;
};

static int fail(struct parser *p, const char *what)
{
    return err_set(p->e, ERR_INPUT, "the pattern cannot be read at byte %zu: %s", p->i, what);
}

static void skip(struct parser *p)
{
    while (p->i < p->s.n) {
        struct str rest = str_sub(p->s, p->i, p->s.n);
        if (strchr(" \t\r\n\v\f", p->s.p[p->i]) && p->s.p[p->i])
            p->i++;
        else if (str_starts(rest, "\xc2\xa0"))
            p->i += 2;
        else if (str_starts(rest, "/*")) {
            size_t end = str_find(rest, STR_LIT("*/"));
            p->i += end == STR_NONE ? rest.n : end + 2;
        } else if (str_starts(rest, "//")) {
            size_t end = str_chr(rest, '\n');
            p->i += end == STR_NONE ? rest.n : end;
        } else
            return;
    }
}

static bool word_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-';
}

/* A keyword: upper case, not the beginning of a longer word. */
static bool keyword(struct parser *p, const char *w)
{
    size_t n = strlen(w);
    skip(p);
    if (!str_starts(str_sub(p->s, p->i, p->s.n), w) || (p->i + n < p->s.n && word_char(p->s.p[p->i + n])))
        return false;
    p->i += n;
    return true;
}

static bool sign(struct parser *p, const char *w)
{
    skip(p);
    if (!str_starts(str_sub(p->s, p->i, p->s.n), w))
        return false;
    p->i += strlen(w);
    return true;
}

/* '…' with \\ and \'; p->i is at the quote. */
static int text(struct parser *p, struct str *out)
{
    if (p->i >= p->s.n || p->s.p[p->i] != '\'')
        return fail(p, tr("a text in single quotes is expected"));
    size_t n = 0, i = p->i + 1;
    char *b = arena_alloc(p->a, p->s.n - p->i + 1);
    for (; i < p->s.n && p->s.p[i] != '\''; i++) {
        if (p->s.p[i] == '\\') {
            char next = i + 1 < p->s.n ? p->s.p[i + 1] : 0;
            if (next == '\\' || next == '\'')
                i++;
            else if (!p->lenient) {
                p->i = i;
                return fail(p, tr("only \\\\ and \\' may follow a backslash"));
            }
        }
        b[n++] = p->s.p[i];
    }
    if (i >= p->s.n)
        return fail(p, tr("the text never ends"));
    b[n] = 0;
    *out = str_n(b, n);
    p->i = i + 1;
    return 0;
}

/* t'2021-03-03T00:00:00Z': capital T and Z, months 01..12. */
static bool time_ok(struct str s)
{
    static const char form[] = "0000-00-00T00:00:00";
    if (s.n < sizeof(form) || s.p[s.n - 1] != 'Z')
        return false;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
            return false;
    struct str fraction = str_sub(s, sizeof(form) - 1, s.n - sizeof(form));
    for (size_t i = 0; i < fraction.n; i++)
        if (i ? fraction.p[i] < '0' || fraction.p[i] > '9' : fraction.p[i] != '.')
            return false;
    int month = (s.p[5] - '0') * 10 + s.p[6] - '0', day = (s.p[8] - '0') * 10 + s.p[9] - '0';
    return fraction.n != 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           str_cmp(str_sub(s, 11, 2), STR_LIT("23")) <= 0 && str_cmp(str_sub(s, 14, 2), STR_LIT("59")) <= 0 &&
           str_cmp(str_sub(s, 17, 2), STR_LIT("60")) <= 0;
}

static bool hex_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (num_hex_digit(s.p[i]) < 0)
            return false;
    return s.n % 2 == 0;
}

static bool base64_ok(struct str s)
{
    size_t pad = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool digit = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '+' || c == '/';
        pad += c == '=';
        if ((!digit && c != '=') || (digit && pad))
            return false;
    }
    return s.n % 4 == 0 && pad <= 2;
}

static int number(struct parser *p, struct str *out)
{
    double v;
    size_t i = p->i;
    while (i < p->s.n && ((p->s.p[i] >= '0' && p->s.p[i] <= '9') || strchr("+-.eE", p->s.p[i])))
        i++;
    *out = str_sub(p->s, p->i, i - p->i);
    if (!out->n || !num_double(*out, &v))
        return fail(p, tr("a value is expected"));
    p->i = i;
    return 0;
}

static int literal(struct parser *p, struct str *out, char *kind)
{
    skip(p);
    char c = p->i < p->s.n ? p->s.p[p->i] : 0, q = p->i + 1 < p->s.n ? p->s.p[p->i + 1] : 0;
    *kind = 's';
    if (c == '\'')
        return text(p, out);
    if ((c == 't' || c == 'h' || c == 'b') && q == '\'') {
        p->i++;
        int rc = text(p, out);
        *kind = c == 'b' ? 'x' : c;
        if (rc == 0 && !(c == 't' ? time_ok(*out) : c == 'h' ? hex_ok(*out) : base64_ok(*out)))
            rc = fail(p, tr("the time, hex or base64 text is not well formed"));
        return rc;
    }
    if (keyword(p, "true") || keyword(p, "false")) {
        *kind = 'b';
        *out = c == 't' ? str_of("true") : str_of("false");
        return 0;
    }
    *kind = 'n';
    return number(p, out);
}

/* ---- object paths ---- */

static int step(struct parser *p, struct buf *path)
{
    struct str s;
    if (p->i < p->s.n && p->s.p[p->i] == '\'') {
        int rc = text(p, &s);
        if (rc < 0)
            return rc;
    } else {
        size_t from = p->i;
        while (p->i < p->s.n && word_char(p->s.p[p->i]))
            p->i++;
        s = str_sub(p->s, from, p->i - from);
        if (!s.n || (s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '-')
            return fail(p, tr("a property name is expected"));
    }
    buf_add_str(path, s);
    return 0;
}

static int index_(struct parser *p, struct buf *path)
{
    size_t close = str_chr(str_sub(p->s, p->i, p->s.n), ']');
    struct str in = str_trim(str_sub(p->s, p->i + 1, close == STR_NONE ? 0 : close - 1));
    int64_t v;
    if (close == STR_NONE || (!str_is(in, "*") && !num_i64(in, &v)))
        return fail(p, tr("an index is a number or *"));
    buf_printf(path, "[" STR_FMT "]", STR_ARG(in));
    p->i += close + 1;
    return 0;
}

static int object_path(struct parser *p, struct stix_cmp *c)
{
    struct buf path = BUF_INIT(LIMIT_PACK_REGEX);
    skip(p);
    size_t from = p->i;
    while (p->i < p->s.n && word_char(p->s.p[p->i]))
        p->i++;
    c->type = str_sub(p->s, from, p->i - from);
    int rc = c->type.n ? 0 : fail(p, tr("an object type is expected"));
    if (rc == 0 && !sign(p, ":"))
        rc = fail(p, tr("':' is expected behind the object type"));
    if (rc == 0)
        rc = step(p, &path);
    while (rc == 0 && p->i < p->s.n && (p->s.p[p->i] == '.' || p->s.p[p->i] == '[')) {
        if (p->s.p[p->i] == '[')
            rc = index_(p, &path);
        else {
            p->i++;
            buf_addc(&path, '.');
            rc = step(p, &path);
        }
    }
    c->path = arena_str(p->a, buf_str(&path));
    buf_release(&path);
    return rc;
}

/* ---- comparisons ---- */

static int set(struct parser *p, struct stix_cmp *c)
{
    VEC(struct str) v = {0};
    VEC(char) kind = {0};
    int rc = sign(p, "(") ? 0 : fail(p, tr("'(' is expected behind IN"));
    while (rc == 0) {
        struct str one;
        char k;
        rc = literal(p, &one, &k);
        if (rc == 0) {
            vec_push(&v, one);
            vec_push(&kind, k);
            if (sign(p, ")"))
                break;
            if (!sign(p, ","))
                rc = fail(p, tr("',' or ')' is expected"));
        }
    }
    c->n = (uint32_t)v.n;
    c->value = arena_array(p->a, struct str, v.n + 1);
    c->value_kind = arena_alloc(p->a, v.n + 1);
    if (v.n) {
        memcpy(c->value, v.p, v.n * sizeof(*v.p));
        memcpy(c->value_kind, kind.p, v.n);
    }
    vec_release(&v);
    vec_release(&kind);
    return rc;
}

static int operation(struct parser *p, struct stix_cmp *c)
{
    static const struct {
        const char *word;
        enum stix_test_op op;
        bool negate;
    } signs[] = {{"==", STIX_EQUAL, false},      {"=", STIX_EQUAL, false},       {"!=", STIX_EQUAL, true},
                 {"<>", STIX_EQUAL, true},       {"<=", STIX_LESS_EQUAL, false}, {"<", STIX_LESS, false},
                 {">=", STIX_MORE_EQUAL, false}, {">", STIX_MORE, false}},
      words[] = {{"IN", STIX_IN, false},
                 {"LIKE", STIX_LIKE, false},
                 {"MATCHES", STIX_MATCHES, false},
                 {"ISSUBSET", STIX_SUBSET, false},
                 {"ISSUPERSET", STIX_SUPERSET, false}};
    if (keyword(p, "NOT"))
        c->negate = !c->negate;
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (sign(p, signs[i].word)) {
            c->op = signs[i].op;
            c->negate ^= signs[i].negate;
            return 0;
        }
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (keyword(p, words[i].word)) {
            c->op = words[i].op;
            return 0;
        }
    return fail(p, tr("a comparison operator is expected"));
}

static int comparison(struct parser *p, struct stix_cmp **out);

static int test(struct parser *p, struct stix_cmp **out)
{
    if (++p->nodes > LIMIT_PACK_NODES)
        return err_set(p->e, ERR_LIMIT, "the pattern has more than %d parts", LIMIT_PACK_NODES);
    if (sign(p, "(")) {
        int rc = comparison(p, out);
        return rc < 0 ? rc : sign(p, ")") ? 0 : fail(p, tr("')' is missing"));
    }
    struct stix_cmp *c = arena_new(p->a, struct stix_cmp);
    *out = c;
    c->negate = keyword(p, "NOT");
    if (keyword(p, "EXISTS")) {
        c->op = STIX_EXISTS;
        return object_path(p, c);
    }
    int rc = object_path(p, c);
    if (rc == 0)
        rc = operation(p, c);
    if (rc < 0)
        return rc;
    if (c->op == STIX_IN)
        return set(p, c);
    c->n = 1;
    c->value = arena_array(p->a, struct str, 1);
    c->value_kind = arena_alloc(p->a, 1);
    rc = literal(p, &c->value[0], &c->value_kind[0]);
    if (rc == 0 && c->op > STIX_IN && c->value_kind[0] != 's')
        rc = fail(p, tr("this operator needs a text"));
    return rc;
}

static struct stix_cmp *pair(struct parser *p, enum stix_join j, struct stix_cmp *a, struct stix_cmp *b)
{
    struct stix_cmp *c = arena_new(p->a, struct stix_cmp);
    c->join = j;
    c->a = a;
    c->b = b;
    return c;
}

static int conjunction(struct parser *p, struct stix_cmp **out)
{
    int rc = test(p, out);
    while (rc == 0 && keyword(p, "AND")) {
        struct stix_cmp *b;
        rc = test(p, &b);
        if (rc == 0)
            *out = pair(p, STIX_AND, *out, b);
    }
    return rc;
}

static int comparison(struct parser *p, struct stix_cmp **out)
{
    if (++p->depth > LIMIT_PACK_DEPTH)
        return err_set(p->e, ERR_LIMIT, "the pattern is nested more than %d deep", LIMIT_PACK_DEPTH);
    int rc = conjunction(p, out);
    while (rc == 0 && keyword(p, "OR")) {
        struct stix_cmp *b;
        rc = conjunction(p, &b);
        if (rc == 0)
            *out = pair(p, STIX_OR, *out, b);
    }
    p->depth--;
    return rc;
}

/* ---- observations ---- */

static int observation(struct parser *p, struct stix_obs **out);

/* Each qualifier at most once. */
static int qualifiers(struct parser *p, struct stix_obs *o)
{
    bool within = false, repeats = false, start = false;
    struct str v;
    int rc = 0;
    while (rc == 0) {
        bool *seen = keyword(p, "WITHIN")    ? &within
                     : keyword(p, "REPEATS") ? &repeats
                     : keyword(p, "START")   ? &start
                                             : NULL;
        if (!seen)
            return 0;
        if (*seen)
            return fail(p, tr("a qualifier comes twice"));
        *seen = o->qualified = true;
        if (seen == &start) {
            char k1, k2;
            struct str to;
            rc = literal(p, &v, &k1);
            if (rc == 0 && !keyword(p, "STOP"))
                rc = fail(p, tr("STOP is expected"));
            if (rc == 0)
                rc = literal(p, &to, &k2);
            if (rc == 0 && ((k1 != 't' && k1 != 's') || k1 != k2 || !time_ok(v) || !time_ok(to)))
                rc = fail(p, tr("START and STOP need times"));
            continue;
        }
        double n;
        skip(p);
        rc = number(p, &v);
        if (rc == 0 && (!num_double(v, &n) || n <= 0 || (seen == &repeats && str_chr(v, '.') != STR_NONE)))
            rc = fail(p, tr("the number must be above zero"));
        if (rc == 0 && !keyword(p, seen == &within ? "SECONDS" : "TIMES"))
            rc = fail(p, tr("SECONDS or TIMES is expected"));
    }
    return rc;
}

static int single(struct parser *p, struct stix_obs **out)
{
    int rc;
    if (sign(p, "[")) {
        struct stix_obs *o = arena_new(p->a, struct stix_obs);
        *out = o;
        rc = comparison(p, &o->cmp);
        if (rc == 0 && !sign(p, "]"))
            rc = fail(p, tr("']' is missing"));
    } else if (sign(p, "(")) {
        rc = observation(p, out);
        if (rc == 0 && !sign(p, ")"))
            rc = fail(p, tr("')' is missing"));
    } else
        rc = fail(p, tr("'[' is expected"));
    return rc < 0 ? rc : qualifiers(p, *out);
}

/* AND binds tighter than OR, OR tighter than FOLLOWEDBY. */
static int level(struct parser *p, enum stix_join j, struct stix_obs **out)
{
    static const char *const words[] = {"", "AND", "OR", "FOLLOWEDBY"};
    int rc = j == STIX_AND ? single(p, out) : level(p, (enum stix_join)(j - 1), out);
    while (rc == 0 && keyword(p, words[j])) {
        struct stix_obs *o = arena_new(p->a, struct stix_obs);
        if (++p->nodes > LIMIT_PACK_NODES)
            return err_set(p->e, ERR_LIMIT, "the pattern has more than %d parts", LIMIT_PACK_NODES);
        o->join = j;
        o->a = *out;
        rc = j == STIX_AND ? single(p, &o->b) : level(p, (enum stix_join)(j - 1), &o->b);
        *out = o;
    }
    return rc;
}

static int observation(struct parser *p, struct stix_obs **out)
{
    if (++p->depth > LIMIT_PACK_DEPTH)
        return err_set(p->e, ERR_LIMIT, "the pattern is nested more than %d deep", LIMIT_PACK_DEPTH);
    int rc = level(p, STIX_FOLLOWED_BY, out);
    p->depth--;
    return rc;
}

int pack_stix_parse(struct arena *a, struct str pattern, bool lenient, struct stix_obs **out, struct err *e)
{
    struct parser p = {.a = a, .s = pattern, .lenient = lenient, .e = e};
    if (pattern.n > LIMIT_LINE)
        return err_set(e, ERR_LIMIT, "the pattern is longer than %lu bytes", LIMIT_LINE);
    int rc = observation(&p, out);
    skip(&p);
    if (rc == 0 && p.i < pattern.n)
        rc = fail(&p, tr("something follows the pattern"));
    return rc;
}
