#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_sigma.h"

#define VARIANTS 65536 /* values one item may unfold to */

struct item {
    struct pack *p;
    struct err *e;
    enum cond_op op;
    bool cased, all, negate, exists, field_ref;
    const char *why;       /* not evaluable */
    VEC(struct str) value; /* in Sigma's notation: '*' and '?' wild, '\' before * ? \ plain */
    bool null;
};

/* ---- Sigma strings ---- */

static bool wild(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && strchr("*?\\", s.p[i + 1]))
            i++;
        else if (s.p[i] == '*' || s.p[i] == '?')
            return true;
    }
    return false;
}

static struct str plain(struct arena *a, struct str s)
{
    char *b = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && strchr("*?\\", s.p[i + 1]))
            i++;
        b[n++] = s.p[i];
    }
    b[n] = 0;
    return str_n(b, n);
}

/* Back into the notation. */
static struct str quoted(struct arena *a, struct str s)
{
    char *b = arena_alloc(a, 2 * s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("*?\\", s.p[i]) && s.p[i])
            b[n++] = '\\';
        b[n++] = s.p[i];
    }
    return str_n(b, n);
}

/* ---- encodings ---- */

static struct str utf16(struct arena *a, struct str s, bool big, bool bom)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    if (bom)
        buf_add(&b, "\xff\xfe", 2);
    for (size_t i = 0; i < s.n;) { /* well-formed UTF-8: the YAML reader checked it */
        unsigned char c = (unsigned char)s.p[i];
        size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        uint32_t u = len == 1 ? c : c & (0xffu >> (len + 1));
        for (size_t k = 1; k < len && i + k < s.n; k++)
            u = u << 6 | ((unsigned char)s.p[i + k] & 0x3f);
        i += len;
        uint32_t unit[2] = {u, 0};
        int units = 1;
        if (u >= 0x10000) {
            unit[0] = 0xd800 + ((u - 0x10000) >> 10);
            unit[1] = 0xdc00 + ((u - 0x10000) & 0x3ff);
            units = 2;
        }
        for (int k = 0; k < units; k++) {
            char pair[2] = {(char)(unit[k] & 0xff), (char)(unit[k] >> 8)};
            buf_addc(&b, pair[big ? 1 : 0]);
            buf_addc(&b, pair[big ? 0 : 1]);
        }
    }
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}

static struct str base64(struct arena *a, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *b = arena_alloc(a, (s.n + 2) / 3 * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            b[n++] = k <= s.n - i || s.n - i >= 3 ? digits[v >> (18 - 6 * k) & 63] : '=';
    }
    return str_n(b, n);
}

/* The text at each of the three offsets in a longer one: without the characters that its neighbours share. */
static void base64_offsets(struct item *t, struct arena *a, struct str s)
{
    static const size_t first[] = {0, 2, 3}, last[] = {0, 3, 2};
    for (size_t i = 0; i < 3; i++) {
        char *padded = arena_alloc(a, s.n + 3);
        memset(padded, ' ', i);
        memcpy(padded + i, s.p, s.n);
        struct str b = base64(a, str_n(padded, s.n + i));
        size_t cut = last[(s.n + i) % 3];
        if (b.n > first[i] + cut)
            vec_push(&t->value, quoted(a, str_sub(b, first[i], b.n - first[i] - cut)));
    }
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

/* Every way to write the dashes that begin an option. */
static void windash(struct item *t, struct arena *a, struct str s)
{
    static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};
    size_t at[4], spots = 0;
    for (size_t i = 0; i + 1 < s.n; i++)
        if ((s.p[i] == '-' || s.p[i] == '/') && (i == 0 || !is_word(s.p[i - 1])) && is_word(s.p[i + 1]) &&
            spots < ARRAY_LEN(at))
            at[spots++] = i;
    size_t ways = 1;
    for (size_t k = 0; k < spots; k++)
        ways *= ARRAY_LEN(dashes);
    for (size_t w = 0; w < ways && t->value.n < VARIANTS; w++) {
        struct buf b = BUF_INIT(LIMIT_LINE);
        size_t rest = w, k = 0;
        for (size_t i = 0; i < s.n; i++) {
            if (k < spots && at[k] == i) {
                buf_adds(&b, dashes[rest % ARRAY_LEN(dashes)]);
                rest /= ARRAY_LEN(dashes);
                k++;
            } else
                buf_addc(&b, s.p[i]);
        }
        vec_push(&t->value, arena_str(a, buf_str(&b)));
        buf_release(&b);
    }
}

/* ---- modifiers ---- */

enum transform { T_NONE, T_WIDE, T_UTF16BE, T_UTF16, T_BASE64, T_OFFSETS, T_WINDASH };

static bool transform(struct item *t, enum transform how)
{
    struct arena *a = &t->p->a;
    VEC(struct str) old = {t->value.p, t->value.n, t->value.cap};
    t->value.p = NULL;
    t->value.n = t->value.cap = 0;
    bool ok = true;
    for (size_t i = 0; i < old.n && ok; i++) {
        struct str s = old.p[i];
        if (how != T_WINDASH && wild(s)) {
            ok = false;
            break;
        }
        struct str raw = plain(a, s);
        if (how == T_WINDASH)
            windash(t, a, s);
        else if (how == T_OFFSETS)
            base64_offsets(t, a, raw);
        else
            vec_push(&t->value, quoted(a, how == T_BASE64 ? base64(a, raw)
                                                          : utf16(a, raw, how == T_UTF16BE, how == T_UTF16)));
    }
    vec_release(&old);
    if (!ok)
        t->why = tr("wildcards cannot be encoded");
    return ok;
}

static const struct {
    const char *word;
    enum cond_op op;
    enum transform how;
} modifiers[] = {
    {"contains", COND_CONTAINS, T_NONE},  {"startswith", COND_STARTS, T_NONE},
    {"endswith", COND_ENDS, T_NONE},      {"re", COND_MATCHES, T_NONE},
    {"cidr", COND_WITHIN, T_NONE},        {"lt", COND_LESS, T_NONE},
    {"lte", COND_LESS_EQUAL, T_NONE},     {"gt", COND_MORE, T_NONE},
    {"gte", COND_MORE_EQUAL, T_NONE},     {"wide", COND_IS, T_WIDE},
    {"utf16le", COND_IS, T_WIDE},         {"utf16be", COND_IS, T_UTF16BE},
    {"utf16", COND_IS, T_UTF16},          {"base64", COND_IS, T_BASE64},
    {"base64offset", COND_IS, T_OFFSETS}, {"windash", COND_IS, T_WINDASH},
};

static unsigned regex_flags(struct str mods)
{
    unsigned f = PACK_REGEX_CASED;
    struct str_split it = str_split_init(mods, '|');
    struct str m;
    while (str_split_next(&it, &m)) {
        if (str_is(m, "i"))
            f &= ~(unsigned)PACK_REGEX_CASED;
        else if (str_is(m, "m"))
            f |= PACK_REGEX_MULTILINE;
        else if (str_is(m, "s"))
            f |= PACK_REGEX_DOTALL;
    }
    return f;
}

static void modifier(struct item *t, struct str m)
{
    for (size_t i = 0; i < ARRAY_LEN(modifiers); i++)
        if (str_is(m, modifiers[i].word)) {
            if (modifiers[i].how)
                (void)transform(t, modifiers[i].how);
            else
                t->op = modifiers[i].op;
            return;
        }
    if (str_is(m, "all"))
        t->all = true;
    else if (str_is(m, "cased"))
        t->cased = true;
    else if (str_is(m, "exists"))
        t->exists = true;
    else if (str_is(m, "neq"))
        t->negate = true;
    else if (str_is(m, "fieldref"))
        t->field_ref = true;
    else if (!str_is(m, "i") && !str_is(m, "m") && !str_is(m, "s"))
        t->why = arena_printf(&t->p->a, tr("the modifier \"%.*s\" cannot be evaluated"),
                              STR_ARG(str_sub(m, 0, 40)));
}

static int values(struct item *t, const struct pack_yaml *v)
{
    if (v->type == PACK_YAML_NULL)
        t->null = true;
    else if (v->type == PACK_YAML_TEXT)
        vec_push(&t->value, v->text);
    else if (v->type == PACK_YAML_LIST)
        for (uint32_t i = 0; i < v->n; i++) {
            if (v->item[i].type == PACK_YAML_NULL)
                t->null = true;
            else if (v->item[i].type == PACK_YAML_TEXT)
                vec_push(&t->value, v->item[i].text);
            else
                return err_set(t->e, ERR_INPUT, "line %lu: a text or a number is expected", v->item[i].line);
        }
    else
        return err_set(t->e, ERR_INPUT, "line %lu: a value or a list of values is expected", v->line);
    return 0;
}

/* ---- as a condition ---- */

static void set_subject(struct pack *p, struct cond *c, struct str name)
{
    size_t join = str_chr(name, '?');
    if (join == STR_NONE)
        return;
    struct cond_value *front = arena_new(&p->a, struct cond_value),
                      *back = arena_new(&p->a, struct cond_value);
    *front = (struct cond_value){.source = COND_FIELD, .name = pack_build_copy(p, str_sub(name, 0, join))};
    *back = (struct cond_value){.source = COND_FIELD,
                                .name = pack_build_copy(p, str_sub(name, join + 1, name.n))};
    c->test->subject =
        (struct cond_value){.source = COND_JOINED, .name = STR_LIT("?"), .of = front, .of2 = back};
}

/* Values with wildcards need another operator than those without. */
static struct cond *test_values(struct item *t, struct str name, struct str mods)
{
    struct arena *a = &t->p->a;
    VEC(struct str) simple = {0}, glob = {0};
    struct cond *part[2];
    size_t n = 0;
    bool failed = false;
    bool text = t->op == COND_IS || t->op == COND_CONTAINS || t->op == COND_STARTS || t->op == COND_ENDS;
    for (size_t i = 0; i < t->value.n; i++) {
        struct str v = t->value.p[i];
        if (text && wild(v))
            vec_push(&glob, str_of(arena_printf(
                                a, "%s" STR_FMT "%s", t->op == COND_CONTAINS || t->op == COND_ENDS ? "*" : "",
                                STR_ARG(v), t->op == COND_CONTAINS || t->op == COND_STARTS ? "*" : "")));
        else
            vec_push(&simple, text ? plain(a, v) : v);
    }
    if (simple.n) {
        part[n] = pack_cond_field(a, t->op, name, simple.p, simple.n);
        for (size_t i = 0; i < simple.n && t->op == COND_MATCHES; i++) {
            part[n]->test->rx[i] = pack_build_regex(t->p, simple.p[i], regex_flags(mods), t->e);
            failed |= !part[n]->test->rx[i];
        }
        n++;
    }
    if (glob.n)
        part[n++] = pack_cond_field(a, COND_LIKE, name, glob.p, glob.n);
    for (size_t i = 0; i < n; i++) {
        part[i]->test->cased = t->cased;
        part[i]->test->all = t->all;
        set_subject(t->p, part[i], name);
    }
    vec_release(&simple);
    vec_release(&glob);
    return failed ? NULL : pack_cond_join(a, t->all ? COND_AND : COND_OR, part, n);
}

static struct cond *one_name(struct item *t, struct str name, struct str mods)
{
    struct arena *a = &t->p->a;
    struct cond *part[2];
    size_t n = 0;
    if (t->exists) {
        struct cond *c = pack_cond_field(a, COND_PRESENT, name, NULL, 0);
        bool no = t->value.n && (str_is_i(t->value.p[0], "false") || str_is_i(t->value.p[0], "no"));
        return no ? pack_cond_not(a, c) : c;
    }
    if (t->field_ref) {
        struct cond *c = pack_cond_field(a, COND_SAME, name, t->value.p, t->value.n);
        c->test->cased = t->cased;
        return c;
    }
    if (t->value.n) {
        part[n] = test_values(t, name, mods);
        if (!part[n++])
            return NULL;
    }
    if (t->null || (t->value.n == 0 && !n)) {
        part[n] = pack_cond_field(a, COND_EMPTY, name, NULL, 0);
        set_subject(t->p, part[n], name);
        n++;
    }
    return pack_cond_join(a, COND_OR, part, n);
}

static struct cond *names_condition(struct item *t, struct str names, struct str mods)
{
    struct str_split it = str_split_init(names, '|');
    struct str name;
    struct cond *part[8];
    size_t n = 0;
    while (n < ARRAY_LEN(part) && str_split_next(&it, &name)) {
        part[n] = one_name(t, name, mods);
        if (!part[n++])
            return NULL;
    }
    /* "absent" must hold for all names a field may have. */
    struct cond *c = pack_cond_join(&t->p->a, t->null && !t->value.n ? COND_AND : COND_OR, part, n);
    return t->negate ? pack_cond_not(&t->p->a, c) : c;
}

struct cond *pack_sigma_item(struct pack *p, const struct sigma_target *target, struct str key,
                             const struct pack_yaml *value, struct err *e)
{
    struct item t = {.p = p, .e = e, .op = COND_IS};
    size_t bar = str_chr(key, '|');
    struct str field = str_sub(key, 0, bar),
               mods = bar == STR_NONE ? (struct str){"", 0} : str_sub(key, bar + 1, key.n);
    struct str names = pack_sigma_field(target, field), m;
    struct cond *c = NULL;
    int rc = values(&t, value);
    struct str_split it = str_split_init(mods, '|');
    while (rc == 0 && mods.n && !t.why && str_split_next(&it, &m))
        modifier(&t, m);
    if (rc == 0 && t.field_ref) {
        for (size_t i = 0; i < t.value.n && !t.why; i++)
            if (!pack_sigma_field(target, t.value.p[i]).n || t.op != COND_IS)
                t.why = tr("the modifier \"fieldref\" cannot be evaluated here");
    }
    if (rc == 0 && t.value.n > VARIANTS)
        rc = err_set(e, ERR_LIMIT, "a field has more than %d values", VARIANTS);
    if (rc == 0 && t.why)
        c = pack_cond_const(&p->a, TRI_UNKNOWN, str_of(arena_strdup(&p->a, t.why)));
    else if (rc == 0 && !names.n)
        c = pack_cond_const(&p->a, TRI_UNKNOWN,
                            str_of(arena_printf(&p->a, tr("the field \"%.*s\" is not in these logs"),
                                                STR_ARG(str_sub(field, 0, 80)))));
    else if (rc == 0)
        c = names_condition(&t, names, mods);
    vec_release(&t.value);
    return c;
}

struct cond *pack_sigma_keywords(struct pack *p, const struct pack_yaml *list, bool all, struct err *e)
{
    struct item t = {.p = p, .e = e, .op = COND_CONTAINS, .all = all};
    struct cond *c = NULL;
    if (values(&t, list) == 0) {
        c = t.value.n ? test_values(&t, (struct str){"", 0}, (struct str){"", 0})
                      : pack_cond_const(&p->a, TRI_NO, (struct str){"", 0});
        if (c && c->type == COND_TEST)
            c->test->subject = (struct cond_value){.source = COND_ANY};
        for (uint32_t i = 0; c && c->type != COND_TEST && i < c->n; i++)
            c->sub[i]->test->subject = (struct cond_value){.source = COND_ANY};
    }
    vec_release(&t.value);
    return c;
}
