#include "identify/versions/native_part.h"

#include "identify/versions/token.h"

enum native_kind native_part_kind(struct str type)
{
    static const struct {
        const char *type;
        enum native_kind kind;
    } list[] = {{"npm", NATIVE_NPM},
                {"semver", NATIVE_NPM},
                {"cargo", NATIVE_NPM},
                {"conan", NATIVE_CONAN},
                {"nuget", NATIVE_NUGET},
                {"gem", NATIVE_PESSIMISTIC},
                {"rubygems", NATIVE_PESSIMISTIC},
                {"pypi", NATIVE_PESSIMISTIC},
                {"pep440", NATIVE_PESSIMISTIC},
                {"composer", NATIVE_PESSIMISTIC},
                {"packagist", NATIVE_PESSIMISTIC},
                {"nginx", NATIVE_NGINX},
                {"openssl", NATIVE_LIST}};
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (str_is_i(type, list[i].type))
            return list[i].kind;
    return NATIVE_OTHER;
}

static bool is_wild(struct str s, size_t i)
{
    char c = i < s.n ? s.p[i] : 0;
    return (c == '*' || c == 'x' || c == 'X') && (i + 1 == s.n || s.p[i + 1] == '.' || s.p[i + 1] == '-');
}

bool native_part_read(enum native_kind kind, struct str text, struct native_part *out)
{
    *out = (struct native_part){0};
    if (!text.n || text.n > LIMIT_VERSION)
        return false;
    if (text.n > 1 && (text.p[0] == 'v' || text.p[0] == 'V') && token_is_digit(text.p[1]))
        text = str_sub(text, 1, text.n);
    if (kind == NATIVE_CONAN && text.n > 1 && text.p[text.n - 1] == '-')
        text.n--;
    size_t i = 0, end = 0;
    while (out->n < ARRAY_LEN(out->part) && !out->wild) {
        size_t n = token_digits(text, i);
        if (!n) {
            out->wild = is_wild(text, i);
            break;
        }
        out->part[out->n++] = str_sub(text, i, n);
        end = i + n;
        if (end >= text.n || text.p[end] != '.')
            break;
        i = end + 1;
    }
    if (out->wild) {
        out->text = str_sub(text, 0, end);
        return true;
    }
    out->text = text;
    out->rest = str_sub(text, end, text.n);
    return kind != NATIVE_NPM || out->n > 0;
}

struct str native_part_text(struct arena *a, enum native_kind kind, const struct native_part *p)
{
    if (kind != NATIVE_NPM || p->n >= 3)
        return p->text;
    struct buf b = BUF_INIT(LIMIT_VERSION + 16);
    for (size_t i = 0; i < 3; i++) {
        buf_adds(&b, i ? "." : "");
        buf_add_str(&b, i < p->n ? p->part[i] : STR_LIT("0"));
    }
    buf_add_str(&b, p->rest);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* Digits plus one, whatever their length. */
static void add_one(struct buf *b, struct str digits)
{
    size_t from = b->n;
    buf_addc(b, '0');
    buf_add_str(b, digits);
    if (buf_full(b))
        return;
    size_t i = b->n;
    while (b->p[--i] == '9')
        b->p[i] = '0';
    b->p[i]++;
    if (b->p[from] == '0') {
        memmove(b->p + from, b->p + from + 1, b->n - from - 1);
        b->n--;
    }
}

/* Which number is raised by one. */
static size_t raised(enum native_kind kind, const struct native_part *p, struct str op)
{
    if (str_is(op, "x"))
        return p->n - 1;
    if (str_is(op, "^")) {
        size_t i = 0;
        while (i + 1 < p->n && token_is_zero(p->part[i]))
            i++;
        return i;
    }
    if (kind == NATIVE_NPM || kind == NATIVE_CONAN)
        return p->n > 1 ? 1 : 0;
    return p->n > 1 ? p->n - 2 : 0;
}

struct str native_part_upper(struct arena *a, enum native_kind kind, const struct native_part *p,
                             struct str op)
{
    if (!p->n)
        return p->text;
    struct buf b = BUF_INIT(LIMIT_VERSION + 32);
    size_t up = raised(kind, p, op);
    for (size_t i = 0; i < up; i++) {
        buf_add_str(&b, p->part[i]);
        buf_addc(&b, '.');
    }
    add_one(&b, p->part[up]);
    for (size_t i = up + 1; kind == NATIVE_NPM && i < 3; i++)
        buf_adds(&b, ".0");
    if (kind == NATIVE_CONAN)
        buf_addc(&b, '-');
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}
