/* Alpine: digits{.digits}[letter]{_suffix[digits]}[~hash][-rN], apk-package(5).
 * Texts that break off this grammar are ordered up to where they do, as apk itself does. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

/* In the order of the grammar: a kind never follows a higher one. */
enum kind { FIRST_DIGITS, DIGITS, LETTER, SUFFIX, SUFFIX_DIGITS, HASH, REVISION, END, INVALID };

#define SUFFIX_NONE 0 /* below: pre-releases, above: patches */

struct token {
    enum kind kind;
    struct str text;
    int suffix;
};

static bool suffix_value(struct str s, int *out)
{
    static const struct {
        const char *name;
        int value;
    } list[] = {{"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"cvs", 1},
                {"svn", 2},    {"git", 3},   {"hg", 4},   {"p", 5}};
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (str_is(s, list[i].name)) {
            *out = list[i].value;
            return true;
        }
    return false;
}

static void take(struct token *t, struct str *s, enum kind kind, size_t n)
{
    t->kind = n ? kind : INVALID;
    t->text = str_sub(*s, 0, n);
    *s = str_sub(*s, n, s->n);
}

static void next_digits(struct token *t, struct str *s)
{
    enum kind kind = t->kind <= DIGITS ? DIGITS : t->kind == SUFFIX ? SUFFIX_DIGITS : INVALID;
    if (kind == INVALID)
        t->kind = INVALID;
    else
        take(t, s, kind, token_digits(*s, 0));
}

static size_t small_letters(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
        n++;
    return n;
}

static size_t hex_digits(struct str s)
{
    size_t n = 0;
    while (n < s.n && (token_is_digit(s.p[n]) || (s.p[n] >= 'a' && s.p[n] <= 'f')))
        n++;
    return n;
}

static void next(struct token *t, struct str *s)
{
    if (!s->n) {
        t->kind = END;
        return;
    }
    char c = s->p[0];
    struct str rest = str_sub(*s, 1, s->n);
    if (c >= 'a' && c <= 'z' && t->kind <= DIGITS) {
        take(t, s, LETTER, 1);
    } else if (c == '.' && t->kind <= DIGITS) {
        *s = rest;
        next_digits(t, s);
    } else if (token_is_digit(c)) {
        next_digits(t, s);
    } else if (c == '_' && t->kind <= SUFFIX_DIGITS) {
        *s = rest;
        take(t, s, SUFFIX, small_letters(rest));
        if (!suffix_value(t->text, &t->suffix))
            t->kind = INVALID;
    } else if (c == '~' && t->kind < HASH) {
        *s = rest;
        take(t, s, HASH, hex_digits(rest));
    } else if (c == '-' && t->kind < REVISION && str_starts(rest, "r")) {
        *s = str_sub(rest, 1, rest.n);
        take(t, s, REVISION, token_digits(*s, 0));
    } else {
        t->kind = INVALID;
    }
}

static int token_order(const struct token *a, const struct token *b)
{
    switch (a->kind) {
    case DIGITS:
        /* a leading zero makes it a decimal fraction: 1.01 < 1.1 */
        if (a->text.p[0] == '0' || b->text.p[0] == '0')
            return token_cmp(a->text, b->text);
        return token_cmp_num(a->text, b->text);
    case FIRST_DIGITS:
    case SUFFIX_DIGITS:
    case REVISION:
        return token_cmp_num(a->text, b->text);
    case SUFFIX:
        return token_sign(a->suffix - b->suffix);
    default:
        return token_cmp(a->text, b->text);
    }
}

static int apk_compare(struct str a, struct str b)
{
    a = str_trim(a);
    b = str_trim(b);
    if (!a.n || !b.n || a.n > LIMIT_VERSION || b.n > LIMIT_VERSION)
        return VERSION_INVALID;
    if (str_eq(a, b))
        return 0;
    struct token x = {0}, y = {0};
    take(&x, &a, FIRST_DIGITS, token_digits(a, 0));
    take(&y, &b, FIRST_DIGITS, token_digits(b, 0));
    while (x.kind == y.kind && x.kind < END) {
        int c = token_order(&x, &y);
        if (c)
            return c;
        next(&x, &a);
        next(&y, &b);
    }
    if (x.kind == y.kind)
        return 0;
    /* the longer one is newer, unless what it has more is a pre-release */
    if (x.kind == SUFFIX && x.suffix < SUFFIX_NONE)
        return -1;
    if (y.kind == SUFFIX && y.suffix < SUFFIX_NONE)
        return 1;
    return x.kind > y.kind ? -1 : 1;
}

static bool apk_valid(struct str v)
{
    struct token t = {0};
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    take(&t, &v, FIRST_DIGITS, token_digits(v, 0));
    while (t.kind < END)
        next(&t, &v);
    return t.kind == END;
}

const struct scheme scheme_apk = {
    .name = "apk",
    .aliases = "alpine wolfi chainguard",
    .compare = apk_compare,
    .valid = apk_valid,
};
