#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_toban.h"

#define VALUE_DEPTH 8

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_SIGN };

struct parser {
    struct toban_pack *t;
    struct arena *a;
    struct str s;
    size_t i;
    enum token_kind kind;
    struct str tok; /* a TEXT without its quotes */
    unsigned depth;
    struct err *e;
};

static int fail(struct parser *p, const char *what)
{
    if (p->e && p->e->code)
        return p->e->code;
    return p->tok.n ? err_set(p->e, ERR_INPUT, "at \"%.*s\": %s", STR_ARG(str_sub(p->tok, 0, 60)), what)
                    : err_set(p->e, ERR_INPUT, "at the end: %s", what);
}

static void quoted(struct parser *p)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    size_t i = p->i + 1;
    p->kind = TOKEN_TEXT;
    for (; i < p->s.n; i++) {
        if (p->s.p[i] == '"') {
            if (i + 1 >= p->s.n || p->s.p[i + 1] != '"')
                break;
            i++;
        }
        buf_addc(&b, p->s.p[i]);
    }
    if (i >= p->s.n)
        err_set(p->e, ERR_INPUT, "a quote is never closed");
    p->i = MIN(i + 1, p->s.n);
    p->tok = arena_str(p->a, buf_str(&b));
    if (!p->tok.n)
        p->tok.p = "";
    buf_release(&b);
}

static void next(struct parser *p)
{
    while (p->i < p->s.n && strchr(" \t\n", p->s.p[p->i]) && p->s.p[p->i])
        p->i++;
    p->tok = (struct str){"", 0};
    p->kind = TOKEN_END;
    if (p->i >= p->s.n)
        return;
    size_t from = p->i;
    char c = p->s.p[p->i];
    if (c == '"') {
        quoted(p);
        return;
    }
    p->kind = TOKEN_SIGN;
    if (strchr("(),=", c))
        p->i++;
    else if (c == '<' || c == '>')
        p->i += p->i + 1 < p->s.n && p->s.p[p->i + 1] == '=' ? 2 : 1;
    else {
        p->kind = TOKEN_WORD;
        while (p->i < p->s.n && !strchr(" \t\n(),\"=<>", p->s.p[p->i]))
            p->i++;
    }
    p->tok = str_sub(p->s, from, p->i - from);
}

static bool word(const struct parser *p, const char *w)
{
    return p->kind == TOKEN_WORD && str_is(p->tok, w);
}

static bool sign(const struct parser *p, const char *w)
{
    return p->kind == TOKEN_SIGN && str_is(p->tok, w);
}

/* /…/ at the place behind the token at hand; "\/" is a slash. Moves on behind it. */
static const struct pack_regex *regex(struct parser *p, unsigned flags)
{
    while (p->i < p->s.n && strchr(" \t\n", p->s.p[p->i]) && p->s.p[p->i])
        p->i++;
    size_t i = p->i + 1;
    struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
    if (p->i >= p->s.n || p->s.p[p->i] != '/') {
        next(p);
        fail(p, tr("a /regular expression/ is expected"));
        return NULL;
    }
    for (; i < p->s.n && p->s.p[i] != '/'; i++) {
        if (p->s.p[i] == '\\' && i + 1 < p->s.n) {
            if (p->s.p[i + 1] != '/')
                buf_addc(&b, '\\');
            i++;
        }
        buf_addc(&b, p->s.p[i]);
    }
    const struct pack_regex *r = i < p->s.n ? pack_build_regex(p->t->p, buf_str(&b), flags, p->e) : NULL;
    buf_release(&b);
    if (i >= p->s.n)
        err_set(p->e, ERR_INPUT, "a regular expression is never closed");
    p->i = MIN(i + 1, p->s.n);
    next(p);
    return r;
}

/* ---- values ---- */

static const struct {
    const char *name;
    enum cond_source source;
} functions[] = {{"pair", COND_PAIR},       {"argument", COND_ARGUMENT}, {"capture", COND_CAPTURE},
                 {"host", COND_HOST},       {"url-path", COND_URL_PATH}, {"query", COND_QUERY},
                 {"decoded", COND_DECODED}, {"name", COND_NAME},         {"extension", COND_EXTENSION},
                 {"joined", COND_JOINED}};

static bool value(struct parser *p, struct cond_value *v);

static bool call(struct parser *p, struct cond_value *v, enum cond_source source)
{
    struct cond_value *of = arena_new(p->a, struct cond_value), *of2;
    *v = (struct cond_value){.source = source, .of = of};
    next(p); /* the parenthesis */
    if (!value(p, of))
        return false;
    bool key = source == COND_PAIR || source == COND_ARGUMENT,
         more = key || source == COND_CAPTURE || source == COND_JOINED;
    if (more && !sign(p, ",")) {
        fail(p, tr("',' and a second argument are expected"));
        return false;
    }
    if (source == COND_CAPTURE) {
        v->rx = regex(p, 0);
        if (!v->rx)
            return false;
    } else if (more) {
        next(p);
        if (source == COND_JOINED) {
            of2 = arena_new(p->a, struct cond_value);
            v->of2 = of2;
            v->name = STR_LIT("?");
            if (!value(p, of2))
                return false;
        } else {
            if (p->kind != TOKEN_WORD && p->kind != TOKEN_TEXT) {
                fail(p, tr("a name is expected"));
                return false;
            }
            v->name = arena_str(p->a, p->tok);
            next(p);
        }
    }
    if (!sign(p, ")")) {
        fail(p, tr("')' is missing"));
        return false;
    }
    next(p);
    return true;
}

static const struct toban_name *named(const struct parser *p)
{
    for (size_t i = 0; p->kind == TOKEN_WORD && i < p->t->name.n; i++)
        if (str_eq(p->t->name.p[i].name, p->tok))
            return &p->t->name.p[i];
    return NULL;
}

static bool peek_call(const struct parser *p)
{
    return p->kind == TOKEN_WORD && p->i < p->s.n && p->s.p[p->i] == '(';
}

static bool value(struct parser *p, struct cond_value *v)
{
    if (++p->depth > VALUE_DEPTH + LIMIT_PACK_DEPTH) {
        fail(p, tr("it is nested too deeply"));
        return false;
    }
    bool ok = true;
    const struct toban_name *n = named(p);
    if (peek_call(p)) {
        ok = false;
        for (size_t i = 0; i < ARRAY_LEN(functions); i++)
            if (str_is(p->tok, functions[i].name)) {
                next(p);
                ok = call(p, v, functions[i].source);
                p->depth--;
                return ok;
            }
        fail(p, tr("there is no such function"));
    } else if (n && n->value) {
        *v = *n->value;
        next(p);
    } else if (word(p, "text") || word(p, "any")) {
        *v = (struct cond_value){.source = word(p, "text") ? COND_TEXT : COND_ANY};
        next(p);
    } else if (p->kind == TOKEN_WORD || p->kind == TOKEN_TEXT) {
        *v = (struct cond_value){.source = COND_FIELD, .name = arena_str(p->a, p->tok)};
        next(p);
    } else {
        fail(p, tr("a field is expected"));
        ok = false;
    }
    p->depth--;
    return ok;
}

/* ---- tests ---- */

static const struct {
    const char *word;
    enum cond_op op;
} operators[] = {{"is", COND_IS},           {"contains", COND_CONTAINS},
                 {"starts", COND_STARTS},   {"ends", COND_ENDS},
                 {"like", COND_LIKE},       {"matches", COND_MATCHES},
                 {"under", COND_UNDER},     {"within", COND_WITHIN},
                 {"same", COND_SAME},       {"empty", COND_EMPTY},
                 {"present", COND_PRESENT}, {"<", COND_LESS},
                 {"<=", COND_LESS_EQUAL},   {">", COND_MORE},
                 {">=", COND_MORE_EQUAL}};

typedef VEC(struct str) words;

static bool operand(struct parser *p, words *out)
{
    if (word(p, "list")) {
        next(p);
        const struct toban_list *l = pack_toban_list(p->t, p->tok);
        if (!l) {
            fail(p, tr("there is no list of that name above"));
            return false;
        }
        for (size_t i = 0; i < l->word.n; i++)
            vec_push(out, l->word.p[i]);
        next(p);
        return true;
    }
    bool many = sign(p, "(");
    if (many)
        next(p);
    for (;;) {
        if (p->kind != TOKEN_WORD && p->kind != TOKEN_TEXT) {
            fail(p, tr("a word or a \"text\" is expected"));
            return false;
        }
        vec_push(out, arena_str(p->a, p->tok));
        next(p);
        if (!many)
            return true;
        if (sign(p, ")")) {
            next(p);
            return true;
        }
        if (!sign(p, ",")) {
            fail(p, tr("',' or ')' is expected"));
            return false;
        }
        next(p);
    }
}

static struct cond *make(struct parser *p, enum cond_op op, bool cased, bool all, const struct cond_value *v,
                         words *w)
{
    struct cond *c = pack_build_test(p->t->p, op, cased, (struct str){"", 0}, w->p, w->n, p->e);
    if (c) {
        c->test->subject = *v;
        c->test->all = all;
    }
    return c;
}

static struct cond *test(struct parser *p)
{
    struct cond_value v;
    words w = {0};
    struct cond *c = NULL;
    bool cased = false, all = false, no = false;
    if (!value(p, &v))
        return NULL;
    if (word(p, "not")) {
        no = true;
        next(p);
    }
    if (word(p, "cased")) {
        cased = true;
        next(p);
    }
    size_t at = 0;
    while (at < ARRAY_LEN(operators) &&
           !((p->kind == TOKEN_WORD || p->kind == TOKEN_SIGN) && str_is(p->tok, operators[at].word)))
        at++;
    if (at == ARRAY_LEN(operators)) {
        fail(p, tr("an operator is expected (is, contains, starts, ends, like, matches, under, within, same, "
                   "empty, present, <, >)"));
        return NULL;
    }
    enum cond_op op = operators[at].op;
    if (op == COND_MATCHES) {
        const struct pack_regex *r = regex(p, cased ? PACK_REGEX_CASED : 0);
        if (!r)
            return NULL;
        struct str shown = pack_regex_text(r);
        c = pack_cond_field(p->a, op, (struct str){"", 0}, &shown, 1);
        c->test->rx[0] = r;
        c->test->subject = v;
        return no ? pack_cond_not(p->a, c) : c;
    }
    next(p);
    if (op == COND_IS && word(p, "not")) {
        no = !no;
        next(p);
    }
    bool bare = op == COND_EMPTY || op == COND_PRESENT;
    if (!bare && word(p, "all")) {
        all = true;
        next(p);
    }
    if (bare || operand(p, &w))
        c = make(p, op, cased, all, &v, &w);
    vec_release(&w);
    return c && no ? pack_cond_not(p->a, c) : c;
}

/* ---- and, or, not ---- */

static struct cond *alternatives(struct parser *p);

static struct cond *primary(struct parser *p)
{
    struct cond *c;
    if (++p->depth > LIMIT_PACK_DEPTH) {
        fail(p, tr("it is nested too deeply"));
        return NULL;
    }
    const struct toban_name *n = named(p);
    if (word(p, "not")) {
        next(p);
        c = primary(p);
        c = c ? pack_cond_not(p->a, c) : NULL;
    } else if (sign(p, "(")) {
        next(p);
        c = alternatives(p);
        if (c && !sign(p, ")")) {
            fail(p, tr("')' is missing"));
            c = NULL;
        } else if (c)
            next(p);
    } else if (n && n->cond && !peek_call(p)) {
        c = n->cond;
        next(p);
    } else
        c = test(p);
    p->depth--;
    return c;
}

static struct cond *chain(struct parser *p, enum cond_type type)
{
    VEC(struct cond *) part = {0};
    struct cond *c;
    bool more = true;
    while (more) {
        c = type == COND_AND ? primary(p) : chain(p, COND_AND);
        if (!c)
            break;
        vec_push(&part, c); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
        more = word(p, type == COND_AND ? "and" : "or");
        if (more)
            next(p);
    }
    c = more ? NULL : pack_cond_join(p->a, type, part.p, part.n);
    vec_release(&part);
    return c;
}

static struct cond *alternatives(struct parser *p)
{
    return chain(p, COND_OR);
}

struct cond *pack_toban_condition(struct toban_pack *t, struct str text, struct err *e)
{
    struct err own = {0};
    struct parser p = {.t = t, .a = &t->p->a, .s = text, .e = e ? e : &own};
    next(&p);
    struct cond *c = alternatives(&p);
    if (c && p.kind != TOKEN_END) {
        fail(&p, tr("\"and\" or \"or\" is expected"));
        return NULL;
    }
    return p.e->code ? NULL : c;
}

const struct cond_value *pack_toban_value(struct toban_pack *t, struct str text, struct err *e)
{
    struct err own = {0};
    struct parser p = {.t = t, .a = &t->p->a, .s = text, .e = e ? e : &own};
    struct cond_value *v = arena_new(p.a, struct cond_value);
    next(&p);
    bool ok = value(&p, v);
    if (ok && p.kind != TOKEN_END) {
        fail(&p, tr("something follows the value"));
        ok = false;
    }
    return ok && !p.e->code ? v : NULL;
}

const struct toban_list *pack_toban_list(const struct toban_pack *t, struct str name)
{
    for (size_t i = 0; i < t->list.n; i++)
        if (str_eq(t->list.p[i].name, name))
            return &t->list.p[i];
    return NULL;
}
